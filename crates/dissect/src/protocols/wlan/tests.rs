//! A beacon, who is thrown out, roles of addresses by direction, and every cut.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Network;
use crate::synth::Synth;
use crate::{Facts, TreeSink};

/// Frames stand in radiotap's shortest header.
pub(super) fn capture(frames: &[Vec<u8>]) -> Synth {
    let mut s = Synth {
        link: Some(127),
        ..Synth::default()
    };
    for f in frames {
        s.packets.push([&[0, 0, 8, 0, 0, 0, 0, 0][..], f].concat());
    }
    s
}

pub(super) fn management(subtype: u8, body: &[u8]) -> Vec<u8> {
    let mut f = vec![subtype << 4, 0, 0, 0];
    for last in [1, 2, 3] {
        f.extend([2, 0, 0, 0, 0, last]);
    }
    f.extend([0x30, 0x12]);
    f.extend(body);
    f
}

pub(super) fn beacon(ssid: &str) -> Vec<u8> {
    let mut b = vec![1, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0x11, 0];
    b.extend([0, u8::try_from(ssid.len()).unwrap()]);
    b.extend(ssid.bytes());
    b.extend([1, 2, 0x82, 0x84, 3, 1, 6, 7, 6]);
    b.extend(b"DE \x01\x0d\x14");
    b.extend([48, 20, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0]);
    b.extend([0, 0x0f, 0xac, 2, 0, 0]);
    management(8, &b)
}

fn of(trees: &[TreeSink], n: usize, field: &str) -> Vec<String> {
    trees[n].values(field).map(str::to_owned).collect()
}

fn networks(facts: &Facts) -> Vec<(String, String, Option<u8>, bool, String)> {
    let rows = facts.messages.all::<Network>();
    rows.iter()
        .map(|n| {
            (
                n.ssid.to_string(),
                n.bssid.to_string(),
                n.channel,
                n.privacy,
                n.management.to_string(),
            )
        })
        .collect()
}

#[test]
fn a_beacon_tells_of_its_network_once() {
    let s = capture(&[beacon("office"), beacon("office"), beacon("guests")]);
    let loaded = s.load();
    let row = |name: &str| {
        (
            name.to_owned(),
            "02:00:00:00:00:03".to_owned(),
            Some(6),
            true,
            "PSK".to_owned(),
        )
    };
    assert_eq!(networks(loaded.facts()), [row("office"), row("guests")]);
    let trees = s.trees(loaded.facts());
    assert_eq!(of(&trees, 0, "wlan.ssid"), ["6f6666696365"]);
    assert_eq!(of(&trees, 0, "wlan.ds.current_channel"), ["6"]);
    assert_eq!(of(&trees, 0, "wlan.country_info.code"), ["DE"]);
    assert_eq!(of(&trees, 0, "wlan.rsn.akms.type"), ["2"]);
    assert_eq!(of(&trees, 0, "wlan.bssid"), ["02:00:00:00:00:03"]);
    assert_eq!(of(&trees, 0, "wlan.seq"), ["291"]);
}

#[test]
fn a_station_is_thrown_out_for_a_reason() {
    let s = capture(&[management(12, &[7, 0])]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(of(&trees, 0, "wlan.fixed.reason_code"), ["0x0007"]);
}

#[test]
fn directions_give_addresses_their_roles() {
    let data = |flags: u8| {
        let mut f = vec![0x08, flags, 0, 0];
        for last in [1, 2, 3] {
            f.extend([2, 0, 0, 0, 0, last]);
        }
        f.extend([0, 0, 2, 0, 0, 0, 0, 4, 0xaa, 0xaa]);
        f
    };
    let s = capture(&[
        data(0),
        data(1),
        data(2),
        data(3),
        vec![0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 9],
    ]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let last = |n: usize, field: &str| -> Vec<String> {
        let all = of(&trees, n, field);
        all.iter().map(|a| a[16..].to_owned()).collect()
    };
    for (n, sa, da, bssid) in [(0, "2", "1", "3"), (1, "2", "3", "1"), (2, "3", "1", "2")] {
        assert_eq!(last(n, "wlan.sa"), [sa], "{n}");
        assert_eq!(last(n, "wlan.da"), [da], "{n}");
        assert_eq!(last(n, "wlan.bssid"), [bssid], "{n}");
    }
    assert_eq!(
        (last(3, "wlan.sa"), last(3, "wlan.da")),
        (vec!["4".into()], vec!["3".into()])
    );
    assert_eq!(
        (last(4, "wlan.ra"), last(4, "wlan.ta")),
        (vec!["9".into()], vec![])
    );
}

#[test]
fn a_cut_beacon_is_read_as_far_as_it_goes() {
    let whole = beacon("office");
    for n in 0..whole.len() {
        let s = capture(&[whole[..n].to_vec()]);
        let loaded = s.load();
        let seen = networks(loaded.facts());
        assert!(seen.len() <= 1, "{n} bytes");
        if n >= 44 {
            assert_eq!(seen[0].0, "office", "{n} bytes");
        }
        s.trees(loaded.facts());
    }
}
