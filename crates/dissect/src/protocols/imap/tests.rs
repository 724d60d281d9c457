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
    assert_eq!(
        of(5, "imap.request").as_deref(),
        Some("a1 LOGIN \"bob\" hunter2")
    );
    assert_eq!(super::SECRET_REQUEST.holds, weir_model::Holds::Secret);
    assert!(!trees[4].info_text().contains("hunter2"));
    assert_eq!(of(8, "tcp.reassembled_in").as_deref(), Some("10"));
    // What is told on the way is a line, the end is the response.
    assert_eq!(of(10, "imap.response").as_deref(), Some(")"));
    assert_eq!(of(6, "imap.response.status").as_deref(), Some("NO"));
    assert_eq!(of(4, "imap.response"), None);
}

#[test]
fn a_command_by_lasting_numbers_is_named_by_its_next_word() {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 143));
    c.server(&mut s, "* OK IMAP4rev1 ready\r\n");
    c.client(&mut s, "a1 UID FETCH 1:* (FLAGS)\r\n");
    c.client(&mut s, "a2 AUTHENTICATE NTLM\r\n");
    c.server(&mut s, "+ \r\n");
    c.client(&mut s, "c2VjcmV0\r\n");
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "imap.request.command").as_deref(), Some("FETCH"));
    assert_eq!(of(7, "imap.response").as_deref(), Some("+ "));
    assert_eq!(of(8, "imap.request_tag").as_deref(), Some("c2VjcmV0"));
    assert!(!trees[7].info_text().contains("c2VjcmV0"));
}
