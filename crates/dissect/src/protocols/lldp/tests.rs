//! A switch that says everything, cut at every length, and TLVs that lie.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Neighbour;
use crate::synth::Synth;

pub(super) fn tlv(kind: u16, body: &[u8]) -> Vec<u8> {
    let head = kind << 9 | u16::try_from(body.len()).unwrap();
    [&head.to_be_bytes()[..], body].concat()
}

pub(super) fn message() -> Vec<u8> {
    [
        tlv(1, &[4, 0, 0x22, 0x2d, 0x81, 0xdb, 0x10]),
        tlv(2, b"\x05ge-0/0/1"),
        tlv(3, &[0, 120]),
        tlv(4, b"uplink"),
        tlv(5, b"sw1"),
        tlv(6, b"Maker Model 3.20"),
        tlv(7, &[0, 0x14, 0, 0x04]),
        tlv(8, &[5, 1, 192, 168, 2, 10, 2, 0, 0, 0, 1, 0]),
        tlv(127, &[0, 0x12, 0x0f, 1, 3, 0x6c, 1, 0, 0x10]),
        tlv(0, &[]),
    ]
    .concat()
}

pub(super) fn capture(body: &[u8]) -> Synth {
    let mut s = Synth::default();
    let mut p = vec![
        1, 0x80, 0xc2, 0, 0, 0x0e, 0, 0x22, 0x2d, 0x81, 0xdb, 0x10, 0x88, 0xcc,
    ];
    p.extend(body);
    s.packets.push(p);
    s
}

#[test]
fn a_switch_tells_who_it_is() {
    let s = capture(&message());
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Neighbour>();
    assert_eq!(rows.len(), 1);
    let n = &rows[0];
    assert_eq!(&*n.chassis, "00:22:2d:81:db:10");
    assert_eq!((&*n.port, &*n.port_description), ("ge-0/0/1", "uplink"));
    assert_eq!((&*n.system, &*n.description), ("sw1", "Maker Model 3.20"));
    assert_eq!(
        (&*n.capabilities, &*n.management),
        ("bridge", "192.168.2.10")
    );
    assert_eq!(n.ttl, 120);
    let trees = s.trees(loaded.facts());
    let of = |f: &str| trees[0].values(f).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(of("lldp.chassis.id.mac"), ["00:22:2d:81:db:10"]);
    assert_eq!(of("lldp.port.id"), ["ge-0/0/1"]);
    assert_eq!(of("lldp.tlv.system_cap.router"), ["1"]);
    assert_eq!(of("lldp.tlv.enable_system_cap.router"), ["0"]);
    assert_eq!(of("lldp.mgn.addr.ip4"), ["192.168.2.10"]);
    assert_eq!(of("lldp.tlv.type").len(), 10);
}

#[test]
fn a_cut_message_keeps_what_was_said_before() {
    let whole = message();
    for n in 0..whole.len() - 2 {
        let s = capture(&whole[..n]);
        // The address of the chassis begins with a zero byte, which says nothing yet.
        let loaded = s.load();
        let found = loaded.facts().messages.all::<Neighbour>();
        assert_eq!(found.len(), usize::from(n > 4), "{n} bytes");
        if n >= 60 {
            assert_eq!(&*found[0].system, "sw1", "{n} bytes");
        }
    }
}

#[test]
fn a_length_beyond_the_frame_is_malformed() {
    let mut m = tlv(1, &[7, b'x']);
    m.extend([0x05, 0xff, b'y']);
    let s = capture(&m);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(trees[0].values("_ws.malformed").count(), 1);
    let rows = loaded.facts().messages.all::<Neighbour>();
    assert_eq!(&*rows[0].chassis, "x");
}
