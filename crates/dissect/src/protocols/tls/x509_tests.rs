//! Names and times outside of a handshake's certificates: what HTTP carries about them, and whom a server asks for one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::tests::{message, record};
use crate::synth::Synth;

fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let len = u16::try_from(body.len()).unwrap().to_be_bytes();
    [vec![tag, 0x82, len[0], len[1]], body].concat()
}

/// A name of one attribute, by its object identifier.
fn name(kind: &[u8], value: &str) -> Vec<u8> {
    let parts = [
        tlv(6, &[kind.to_vec()]),
        tlv(0x13, &[value.as_bytes().to_vec()]),
    ];
    tlv(0x30, &[tlv(0x31, &[tlv(0x30, &parts)])])
}

const COMMON: &[u8] = &[0x55, 4, 3];
const STATE_REGISTERED: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x3c, 2, 1, 2];

fn time(text: &str) -> Vec<u8> {
    tlv(0x17, &[text.as_bytes().to_vec()])
}

/// A list of revoked certificates with one entry.
fn list() -> Vec<u8> {
    let entry = tlv(0x30, &[tlv(2, &[vec![9]]), time("240102030405Z")]);
    let signed = tlv(
        0x30,
        &[
            tlv(2, &[vec![1]]),
            tlv(0x30, &[]),
            name(COMMON, "Signer"),
            time("240101000000Z"),
            time("250101000000Z"),
            tlv(0x30, &[entry]),
        ],
    );
    tlv(0x30, &[signed, tlv(0x30, &[]), tlv(3, &[vec![0]])])
}

/// An answer of OCSP, signed by somebody registered somewhere.
fn answer() -> Vec<u8> {
    let data = tlv(0x30, &[tlv(0xa1, &[name(STATE_REGISTERED, "Delaware")])]);
    let basic = tlv(0x30, &[data, tlv(0x30, &[]), tlv(3, &[vec![0]])]);
    let bytes = tlv(0x30, &[tlv(6, &[vec![0x2b]]), tlv(4, &[basic])]);
    tlv(0x30, &[tlv(0x0a, &[vec![0]]), tlv(0xa0, &[bytes])])
}

/// What the packets show of a field, when HTTP answers with this.
fn answered(kind: &str, body: &[u8], field: &str) -> Vec<String> {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40_000), ([10, 0, 0, 2], 80));
    c.client(&mut s, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    c.server(&mut s, [head.as_bytes(), body].concat());
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let values = trees.iter().flat_map(|t| t.values(field));
    values.map(str::to_owned).collect()
}

#[test]
fn what_http_carries_about_certificates_is_named() {
    let printable = "x509sat.printableString";
    let crl = "application/pkix-crl";
    assert_eq!(answered(crl, &list(), printable), ["Signer"]);
    assert_eq!(
        answered(crl, &list(), "x509af.utcTime"),
        [
            "2024-01-01 00:00:00 (UTC)",
            "2025-01-01 00:00:00 (UTC)",
            "2024-01-02 03:04:05 (UTC)"
        ]
    );
    let ocsp = "application/ocsp-response";
    assert_eq!(answered(ocsp, &answer(), printable), ["Delaware"]);
    // The type says what it is; cut anywhere it does no harm.
    assert!(answered("application/octet-stream", &list(), printable).is_empty());
    for n in 0..answer().len() {
        assert!(answered(ocsp, &answer()[..n], printable).len() <= 1);
        assert!(answered(crl, &list()[..n.min(list().len())], printable).len() <= 1);
    }
}

#[test]
fn whom_a_server_asks_for_a_certificate_of_is_named() {
    let sized = |body: &[u8]| {
        let len = u16::try_from(body.len()).unwrap().to_be_bytes();
        [len.to_vec(), body.to_vec()].concat()
    };
    let names = sized(&[sized(&name(COMMON, "One")), sized(&name(COMMON, "Two"))].concat());
    let kinds = vec![2, 1, 64];
    // TLS 1.0 and 1.1 have no algorithms before the names; without names there are none.
    for (body, told) in [
        ([kinds.clone(), names.clone()].concat(), 2),
        ([kinds.clone(), sized(&[4, 3, 5, 3]), names].concat(), 2),
        ([kinds.clone(), sized(&[4, 3]), sized(&[])].concat(), 0),
        (kinds, 0),
    ] {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40_000), ([10, 0, 0, 2], 443));
        c.server(&mut s, record(22, &message(13, &body)));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let values = trees
            .iter()
            .flat_map(|t| t.values("x509sat.printableString"));
        assert_eq!(values.count(), told);
    }
}
