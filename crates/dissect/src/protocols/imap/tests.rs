//! Log-ins without passwords, literals in pieces, sizes at their bounds.

use super::{Command, extent, literal};
use crate::facts::Message;
use crate::synth::Synth;

#[test]
fn sizes_of_literals() {
    assert_eq!(literal(b"* 1 FETCH (BODY[] {310}\r"), Some(310));
    assert_eq!(literal(b"a APPEND x {5+}"), Some(5));
    assert_eq!(literal(b"{99999999999999999999}"), None);
    assert_eq!(
        (literal(b"x}"), literal(b"{}"), literal(b"")),
        (None, None, None)
    );
    assert_eq!(extent(b"* {3}\r\nabc)\r\n"), None);
    assert_eq!(extent(b"* {4}\r\nabc"), Some(11));
    assert_eq!(extent(b"* {18446744073709551615}\r\n"), Some(u64::MAX));
}

#[test]
fn a_log_in_and_a_long_mail() {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1430));
    c.server(&mut s, "* OK IMAP4rev1 ready\r\n");
    c.client(&mut s, "a1 LOGIN \"bob\" hunter2\r\n");
    c.server(&mut s, "a1 NO wrong\r\n");
    c.client(&mut s, "a2 FETCH 1 BODY[]\r\n");
    c.server(
        &mut s,
        format!("* 1 FETCH (BODY[] {{3000}}\r\n{})\r\n", "x".repeat(3000)),
    );
    c.server(&mut s, "a2 OK done\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Command>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["LOGIN bob → NO", "FETCH  → OK"]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "imap.request.username").as_deref(), Some("bob"));
    assert_eq!(of(5, "imap.line"), None);
    assert!(!trees[4].info_text().contains("hunter2"));
    assert_eq!(of(8, "tcp.reassembled_in").as_deref(), Some("10"));
    assert!(of(10, "imap.response").is_some());
}
