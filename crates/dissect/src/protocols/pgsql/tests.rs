//! A log-in, statements, refusals; messages in pieces and cut at every length.

use super::Statement;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 54320);

pub(super) fn sized(body: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(body.len() + 4)
        .unwrap()
        .to_be_bytes()
        .to_vec();
    out.extend_from_slice(body);
    out
}

pub(super) fn typed(kind: u8, body: &[u8]) -> Vec<u8> {
    [vec![kind], sized(body)].concat()
}

pub(super) fn startup() -> Vec<u8> {
    sized(b"\0\x03\0\0user\0bob\0database\0shop\0\0")
}

#[test]
fn a_log_in_and_statements() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, sized(&80_877_103u32.to_be_bytes()));
    c.server(&mut s, "N");
    c.client(&mut s, startup());
    c.server(&mut s, typed(b'R', &[0, 0, 0, 0]));
    c.client(&mut s, typed(b'Q', b"select 1\0"));
    c.server(&mut s, typed(b'E', b"SERROR\0Mno such thing\0\0"));
    c.server(&mut s, typed(b'D', &[0; 3000]));
    c.client(&mut s, typed(b'X', b""));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Statement>();
    let told: Vec<_> = rows
        .iter()
        .map(|r| (&*r.user, r.summary(), r.success, &*r.backend_arg))
        .collect();
    assert_eq!(
        told,
        [
            ("", "ssl_request ".to_owned(), Some(false), "N"),
            ("bob", "startup ".to_owned(), Some(true), ""),
            (
                "bob",
                "simple_query select 1".to_owned(),
                Some(false),
                "no such thing"
            ),
            ("bob", "terminate ".to_owned(), None, ""),
        ]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(8, "pgsql.query").as_deref(), Some("select 1"));
    assert_eq!(of(10, "tcp.reassembled_in").as_deref(), Some("12"));
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = startup();
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Statement>().is_empty());
    }
}
