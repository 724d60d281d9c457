//! A router that says everything, cut at every length, and lengths that lie.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Neighbour;
use super::sample::{capture, message, tlv};

#[test]
fn a_router_tells_who_it_is() {
    let s = capture(&message());
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Neighbour>();
    assert_eq!(rows.len(), 1);
    let n = &rows[0];
    assert_eq!((&*n.device, &*n.port), ("R1", "Ethernet0"));
    assert_eq!((&*n.platform, &*n.software), ("cisco 1601", "IOS 11.2"));
    assert_eq!(
        (&*n.capabilities, &*n.address),
        ("router, switch", "192.168.10.1")
    );
    assert_eq!((n.vlan, n.ttl), (Some(7), 180));
    let trees = s.trees(loaded.facts());
    let of = |f: &str| trees[0].values(f).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(of("cdp.deviceid"), ["R1"]);
    assert_eq!(of("cdp.nrgyz.ip_address"), ["192.168.10.1"]);
    assert_eq!(of("cdp.capabilities.switch"), ["1"]);
    assert_eq!(of("cdp.capabilities.host"), ["0"]);
    assert_eq!(of("cdp.duplex"), ["1"]);
}

#[test]
fn a_cut_message_keeps_what_was_said_before() {
    let whole = message();
    for n in 0..whole.len() {
        let loaded = capture(&whole[..n]).load();
        let rows = loaded.facts().messages.all::<Neighbour>();
        assert_eq!(rows.len(), usize::from(n > 8), "{n} bytes");
    }
}

#[test]
fn a_length_that_is_none_ends_the_message() {
    for len in [0, 3] {
        let m = [&[2, 180, 0, 0, 0, 1, 0, len, 0, 3][..], &tlv(6, b"x")].concat();
        let s = capture(&m);
        let loaded = s.load();
        assert!(loaded.facts().messages.all::<Neighbour>().is_empty());
        let trees = s.trees(loaded.facts());
        assert_eq!(trees[0].values("_ws.malformed").count(), 1);
    }
}
