//! A log-in, a query, an error; packets in pieces and cut at every length.

use super::Command;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 33060);

pub(super) fn packet(n: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap().to_le_bytes();
    let mut out = vec![len[0], len[1], len[2], n];
    out.extend_from_slice(body);
    out
}

fn login() -> Vec<u8> {
    let mut body = vec![0; 32];
    body.extend_from_slice(b"root\0secret");
    packet(1, &body)
}

#[test]
fn a_log_in_a_query_and_an_error() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, packet(0, b"\x0a8.0.1\0rest"));
    c.client(&mut s, login());
    c.server(&mut s, packet(2, &[0, 0, 0]));
    c.client(&mut s, packet(0, b"\x03select 1"));
    c.server(&mut s, packet(1, b"\xff\x28\x04#42000no"));
    c.client(&mut s, packet(0, &[3; 3000]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Command>();
    let told: Vec<_> = rows
        .iter()
        .take(2)
        .map(|c| (c.summary(), c.success))
        .collect();
    assert_eq!(
        told,
        [
            ("login root".to_owned(), Some(true)),
            ("Query select 1".to_owned(), Some(false))
        ]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(7, "mysql.query").as_deref(), Some("select 1"));
    assert_eq!(of(8, "mysql.error_code").as_deref(), Some("1064"));
    assert_eq!(of(9, "tcp.reassembled_in").as_deref(), Some("11"));
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = login();
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, packet(0, b"\x0a8.0.1\0rest"));
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Command>().is_empty());
    }
}
