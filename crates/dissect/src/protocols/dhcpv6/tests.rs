//! DHCPv6: options with others inside, relayed messages, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Exchange;
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 546);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 547);

pub(super) fn option(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut o = kind.to_be_bytes().to_vec();
    o.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    o.extend_from_slice(body);
    o
}

pub(super) fn reply() -> Vec<u8> {
    let mut address = vec![0x20, 1, 0xd, 0xb8];
    address.extend([0; 11]);
    address.push(9);
    let lease = [&address[..], &[0, 0, 1, 0, 0, 0, 2, 0]].concat();
    let association = [
        &[1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6][..],
        &option(5, &lease),
    ]
    .concat();
    let mut prefix = vec![0, 0, 0, 1, 0, 0, 0, 2, 56];
    prefix.extend_from_slice(&address);
    let delegation = [
        &[1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6][..],
        &option(26, &prefix),
    ]
    .concat();
    [
        vec![7, 0xab, 0xcd, 0xef],
        option(1, &[0, 1, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 7]),
        option(2, &[0, 3, 0, 1, 2, 0, 0, 0, 0, 8]),
        option(3, &association),
        option(25, &delegation),
        option(6, &[0, 23, 0, 24]),
        option(8, &[0, 3]),
        option(13, &[0, 2, b'n', b'o']),
        option(15, &[0, 2, b'u', b'c']),
        option(16, &[0, 0, 1, 55, 0, 2, b'v', b'c']),
        option(23, &address),
        option(24, b"\x01a\x07example\0\x01b\0"),
        option(39, b"\x01\x02pc\x04home\0"),
    ]
    .concat()
}

#[test]
fn what_a_host_is_given() {
    let mut relayed = vec![13, 1];
    relayed.extend([0xfe; 32]);
    relayed.extend(option(9, &reply()));
    let mut s = Synth::default();
    s.udp(SERVER, CLIENT, &reply());
    s.udp(SERVER, SERVER, &relayed);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["Reply pc.home 2001:db8::9, 2001:db8::9/56"; 2]);
    let row = rows.get(0).unwrap();
    assert_eq!(
        (row.xid, &*row.mac, row.status, &*row.vendor),
        (Some(0xab_cdef), "02:00:00:00:00:07", "NoAddrAvail", "vc")
    );
    assert_eq!(row.dns.join(","), "2001:db8::9");
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0, "dhcpv6.search_list_entry"), ["a.example.", "b."]);
    assert_eq!(of(0, "dhcpv6.elapsed_time"), ["30"]);
    assert_eq!(of(0, "dhcpv6.iaid"), ["01020304", "01020304"]);
    assert_eq!(of(0, "dhcpv6.duid.type"), ["1", "3"]);
    assert_eq!(of(1, "dhcpv6.msgtype"), ["13", "7"]);
    assert_eq!(of(1, "dhcpv6.hopcount"), ["1"]);
}

#[test]
fn every_length_is_read_without_harm() {
    let whole = reply();
    for n in 0..=whole.len() {
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &whole[..n]);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}

#[test]
fn relays_inside_relays_have_a_bound() {
    let mut m = reply();
    for _ in 0..20 {
        let mut outer = vec![12, 0];
        outer.extend([0; 32]);
        outer.extend(option(9, &m));
        m = outer;
    }
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &m);
    let loaded = s.load();
    assert!(
        loaded
            .facts()
            .limits
            .all()
            .iter()
            .any(|l| l.kind.id == "dhcpv6.depth")
    );
}

#[test]
fn what_is_left_out_is_told() {
    let lease = option(5, &[0x20; 24]);
    let mut m = vec![7, 0, 0, 1];
    m.extend(option(3, &[&[0; 12][..], &lease.repeat(17)].concat()));
    m.extend(option(14, &[]).repeat(256));
    let mut s = Synth::default();
    s.udp(SERVER, CLIENT, &m);
    let loaded = s.load();
    let limits = loaded.facts().limits.all();
    let told: Vec<_> = limits.iter().map(|l| l.kind.id).collect();
    assert_eq!(told, ["dhcpv6.addresses", "dhcpv6.options"]);
    let rows = loaded.facts().messages.all::<Exchange>();
    assert_eq!(rows.get(0).unwrap().addresses.len(), 16);
}

#[test]
fn a_class_that_is_longer_than_its_option_is_malformed() {
    for (class, malformed) in [
        (&[0, 2, b'a', b'b'][..], 0),
        (&[0, 1, b'a', 0, 1, b'b'], 0),
        (&[0, 3, b'a', b'b'], 1),
        (b"iPXE", 1),
    ] {
        let solicit = [&[1, 0, 0, 9][..], &option(15, class), &option(8, &[0, 0])].concat();
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &solicit);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        assert_eq!(
            trees[0].values("_ws.malformed").count(),
            malformed,
            "{class:?}"
        );
        assert_eq!(trees[0].values("dhcpv6.elapsed_time").count(), 1);
    }
}
