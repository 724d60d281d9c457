//! RADIUS: a request is joined with its answer, attributes of each kind, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Exchange;
use crate::synth::Synth;

pub(super) const NAS: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 1812);

pub(super) fn packet(code: u8, id: u8, attributes: &[(u8, &[u8])]) -> Vec<u8> {
    let mut list = vec![];
    for (kind, value) in attributes {
        list.extend([*kind, u8::try_from(value.len() + 2).unwrap()]);
        list.extend_from_slice(value);
    }
    let mut p = vec![code, id];
    p.extend(u16::try_from(20 + list.len()).unwrap().to_be_bytes());
    p.extend([9; 16]);
    p.extend(list);
    p
}

pub(super) fn request() -> Vec<u8> {
    packet(
        1,
        7,
        &[
            (1, b"alice"),
            (2, &[1; 16]),
            (4, &[10, 0, 0, 1]),
            (6, &[0, 0, 0, 2]),
            (26, &[0, 0, 1, 55, 1, 4, 5, 6]),
            (31, b"00-11-22-33-44-55"),
            (64, &[1, 0, 0, 13]),
            (81, &[1, b'v', b'1']),
            (55, &[0x65, 0, 0, 0]),
            (250, b"x"),
        ],
    )
}

#[test]
fn a_request_is_joined_with_its_answer() {
    let mut s = Synth::default();
    s.udp(NAS, SERVER, &request());
    s.udp(SERVER, NAS, &packet(3, 7, &[(18, b"go away")]));
    s.udp(SERVER, NAS, &packet(2, 8, &[]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    let row = rows.get(0).unwrap();
    assert_eq!(
        (
            &*row.username,
            &*row.mac,
            &*row.nas,
            row.result,
            &*row.reply_msg
        ),
        (
            "alice",
            "00-11-22-33-44-55",
            "10.0.0.1",
            "Access-Reject",
            "go away"
        )
    );
    assert_eq!(rows.iter().count(), 1);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(0, "radius.User_Name").as_deref(), Some("alice"));
    assert_eq!(of(0, "radius.Service_Type").as_deref(), Some("2"));
    assert_eq!(of(0, "radius.Tunnel_Type").as_deref(), Some("13"));
    assert_eq!(
        of(0, "radius.Tunnel_Private_Group_Id").as_deref(),
        Some("v1")
    );
    assert_eq!(of(0, "radius.avp.vendor_id").as_deref(), Some("311"));
    assert_eq!(of(0, "radius.rspframe").as_deref(), Some("2"));
    assert_eq!(of(1, "radius.reqframe").as_deref(), Some("1"));
    assert_eq!(of(2, "radius.reqframe"), None);
}

#[test]
fn every_length_is_read_without_harm() {
    let whole = request();
    for n in 0..=whole.len() {
        let mut s = Synth::default();
        s.udp(NAS, SERVER, &whole[..n]);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
    // A length that is too small, and an attribute that says it has none.
    for bytes in [[1, 1, 0, 3], [1, 1, 0, 30]] {
        let mut broken = bytes.to_vec();
        broken.resize(30, 0);
        let mut s = Synth::default();
        s.udp(NAS, SERVER, &broken);
        let loaded = s.load();
        assert_eq!(loaded.facts().anomalies.rows().iter().count(), 1);
    }
}
