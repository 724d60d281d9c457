//! Unit tests of DHCP: bytes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::synth::Synth;
use proptest::prelude::*;

pub(super) fn message(op: u8, options: &[u8]) -> Vec<u8> {
    let mut m = vec![op, 1, 6, 0, 0, 0, 0, 9, 0, 0, 0, 0];
    m.extend_from_slice(&[0; 4]);
    m.extend_from_slice(if op == 2 { &[10, 0, 0, 7] } else { &[0; 4] });
    m.extend_from_slice(&[0; 8]);
    m.extend_from_slice(&[2, 0, 0, 0, 0, 5]);
    m.resize(236, 0);
    m.extend_from_slice(&COOKIE);
    m.extend_from_slice(options);
    m
}

#[test]
fn a_rogue_server_shows_its_gateway_and_its_address() {
    let mut s = Synth::default();
    let ask = message(1, b"\x35\x01\x03\x0c\x04PC07\x32\x04\x0a\x00\x00\x07\x51\x07\x00\x00\x00pc.x\x37\x02\x01\x03\xff");
    s.udp(([0, 0, 0, 0], 68), ([255, 255, 255, 255], 67), &ask);
    let ack = message(2, b"\x35\x01\x05\x36\x04\x0a\x00\x00\x63\x03\x04\x0a\x00\x00\x63\x06\x08\x08\x08\x08\x08\x09\x09\x09\x09\x33\x04\x00\x00\x0e\x10\xff\x00\x00");
    s.udp(([10, 0, 0, 99], 67), ([10, 0, 0, 7], 68), &ack);
    let d = s.load();
    let [request, ack] = d.facts().messages.all::<Lease>().iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(
        (
            request.kind,
            request.host_name.as_deref(),
            request.client_fqdn.as_deref()
        ),
        (3, Some("PC07"), Some("pc.x"))
    );
    assert_eq!(request.requested_addr, Some("10.0.0.7".parse().unwrap()));
    assert_eq!(&*request.parameters, [1, 3]);
    assert_eq!(ack.server_addr, Some("10.0.0.99".parse().unwrap()));
    assert_eq!(
        ack.routers.as_slice(),
        ["10.0.0.99".parse::<std::net::Ipv4Addr>().unwrap()]
    );
    assert_eq!((ack.resolvers.len(), ack.lease_time), (2, Some(3600)));
    assert_eq!(ack.assigned_addr, Some("10.0.0.7".parse().unwrap()));
    assert_eq!(ack.sender_mac.unwrap().to_string(), "02:00:0a:00:00:63");
    let t = s.trees(d.facts());
    assert_eq!(
        t[0].values("dhcp.option.hostname").collect::<Vec<_>>(),
        ["PC07"]
    );
    assert_eq!(t[1].values("dhcp.option.dhcp").collect::<Vec<_>>(), ["5"]);
    assert_eq!(t[1].values("dhcp.option.padding").count(), 1);
}

#[test]
fn options_in_the_file_field_count_when_overloaded() {
    let mut m = message(2, b"\x34\x01\x01\xff");
    m[108..115].copy_from_slice(b"\x0c\x04HOST\xff");
    let mut s = Synth::default();
    s.udp(([10, 0, 0, 99], 67), ([10, 0, 0, 7], 68), &m);
    let d = s.load();
    assert_eq!(
        d.facts().messages.all::<Lease>()[0].host_name.as_deref(),
        Some("HOST")
    );
}

#[test]
fn what_a_capture_kept_of_the_fixed_part_is_shown() {
    let whole = message(1, b"\x35\x01\x01\xff");
    for (n, mac, server, file) in [(43, 0, 0, 0), (44, 1, 0, 0), (108, 1, 1, 0), (236, 1, 1, 1)] {
        let mut s = Synth::default();
        s.udp(([0; 4], 68), ([255; 4], 67), &whole[..n]);
        let d = s.load();
        let t = s.trees(d.facts());
        let has = |f: &str| t[0].values(f).count();
        assert_eq!(has("dhcp.hw.mac_addr"), mac, "{n} bytes");
        assert_eq!(has("dhcp.server"), server, "{n} bytes");
        assert_eq!(has("dhcp.file"), file, "{n} bytes");
        let rows = d.facts().messages.all::<Lease>().len();
        assert_eq!(rows, usize::from(n == 236), "{n} bytes");
    }
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..260, to in any::<u8>(), cut in 0usize..300, junk in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut m = message(1, b"\x35\x01\x03\x0c\x04PC07\x34\x01\x03\xff");
        m.extend(junk);
        if let Some(b) = m.get_mut(at) { *b = to; }
        m.truncate(cut);
        let mut s = Synth::default();
        s.udp(([0, 0, 0, 0], 68), ([255, 255, 255, 255], 67), &m);
        let d = s.load();
        s.trees(d.facts());
    }
}
