//! Operations with their results, what SASL wraps, messages cut anywhere.

use super::Operation;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 389);

pub(super) fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    if let Ok(n) = u8::try_from(body.len())
        && n < 0x80
    {
        out.push(n);
    } else {
        out.push(0x82);
        out.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
    }
    out.extend_from_slice(body);
    out
}

pub(super) fn message(id: u8, op: u8, body: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[tlv(2, &[id]), tlv(op, &body.concat())].concat())
}

pub(super) fn bind() -> Vec<u8> {
    message(
        1,
        0x60,
        &[&tlv(2, &[3]), &tlv(4, b"cn=a"), &tlv(0x80, b"secret")],
    )
}

pub(super) fn result(id: u8, op: u8, code: u8) -> Vec<u8> {
    message(
        id,
        op,
        &[&tlv(10, &[code]), &tlv(4, b""), &tlv(4, b"because")],
    )
}

#[test]
fn a_bind_a_search_and_what_came_of_them() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, bind());
    c.server(&mut s, result(1, 0x61, 0));
    c.client(
        &mut s,
        message(2, 0x63, &[&tlv(4, b"dc=x"), &tlv(10, &[2])]),
    );
    c.server(&mut s, message(2, 0x64, &[&tlv(4, &[b'e'; 3000])]));
    c.server(&mut s, message(2, 0x73, &[&tlv(4, b"ldap://x")]));
    c.server(&mut s, result(2, 0x65, 4));
    c.client(&mut s, message(3, 0x42, &[]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Operation>();
    let told: Vec<String> = rows.iter().map(crate::facts::Message::summary).collect();
    assert_eq!(
        told,
        [
            "bindRequest cn=a → success",
            "searchRequest dc=x → sizeLimitExceeded",
            "unbindRequest  → no result"
        ]
    );
    assert_eq!(
        rows.iter().map(|r| r.entries).collect::<Vec<_>>(),
        [0, 1, 0]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(4, "ldap.name").as_deref(), Some("cn=a"));
    assert_eq!(of(7, "tcp.reassembled_in").as_deref(), Some("9"));
    assert_eq!(of(9, "ldap.protocolOp").as_deref(), Some("4"));
}

#[test]
fn what_sasl_wraps_has_a_length_before_it() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, bind());
    let mut wrapped = vec![0, 0, 0x0b, 0xb8];
    wrapped.resize(3004, 0x60);
    c.server(&mut s, wrapped);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = bind();
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Operation>().is_empty());
    }
}
