//! Unit tests of VRRP: versions 2 and 3 over IPv4 and IPv6, at the ends of their numbers, cut at every length and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::Dissector;
use crate::synth::Synth;
use proptest::prelude::*;

pub(super) const OLD: [&str; 2] = ["10.0.0.2", "224.0.0.18"];
pub(super) const NEW: [&str; 2] = ["fe80::2", "ff02::12"];

/// A message as it is built up; its checksum is right where nobody bends it.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) ends: [IpAddr; 2],
    pub(super) first: u8,
    pub(super) virtual_router: u8,
    pub(super) priority: u8,
    /// Kind of authentication and interval of version 2; both bytes of version 3's interval.
    pub(super) middle: [u8; 2],
    pub(super) addresses: Vec<IpAddr>,
    pub(super) tail: Vec<u8>,
    pub(super) ttl: u8,
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn message(version: u8, ends: [&str; 2]) -> Message {
    let ends = ends.map(ip);
    let own = if ends[0].is_ipv6() {
        "fe80::1"
    } else {
        "10.0.0.1"
    };
    Message {
        ends,
        first: version << 4 | ADVERTISEMENT,
        virtual_router: 7,
        priority: 100,
        middle: [0, 1],
        addresses: vec![ip(own)],
        tail: vec![],
        ttl: FRESH,
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(a) => a.octets().to_vec(),
        IpAddr::V6(a) => a.octets().to_vec(),
    }
}

impl Message {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let count = u8::try_from(self.addresses.len()).unwrap();
        let mut m = vec![self.first, self.virtual_router, self.priority, count];
        m.extend(self.middle);
        m.extend([0, 0]);
        m.extend(self.addresses.iter().copied().flat_map(octets));
        m.extend(&self.tail);
        let mut summed = m.clone();
        if self.first >> 4 == 3 {
            summed.extend(self.ends.into_iter().flat_map(octets));
            summed.extend([0, 112]);
            summed.extend(u16::try_from(m.len()).unwrap().to_be_bytes());
        }
        // Another way than the one that is tested.
        let words = summed
            .chunks(2)
            .map(|c| u32::from(c[0]) << 8 | u32::from(*c.get(1).unwrap_or(&0)));
        let sum = !(words.sum::<u32>() % 0xffff) as u16;
        m[6..8].copy_from_slice(&sum.to_be_bytes());
        m
    }
}

fn load(messages: &[Message]) -> (Synth, Dissector) {
    let mut s = Synth::default();
    for m in messages {
        s.hop(m.ends, NUMBER, m.ttl, &m.bytes());
    }
    let d = s.load();
    (s, d)
}

fn load_bytes(ends: [&str; 2], bytes: &[u8]) -> (Synth, Dissector) {
    let mut s = Synth::default();
    s.hop(ends.map(ip), NUMBER, FRESH, bytes);
    let d = s.load();
    (s, d)
}

fn rows(d: &Dissector) -> Vec<&Advertisement> {
    d.facts().messages.all::<Advertisement>().iter().collect()
}

fn raised(d: &Dissector) -> Vec<&'static str> {
    d.facts()
        .anomalies
        .rows()
        .iter()
        .map(|a| a.kind.id)
        .collect()
}

#[test]
fn both_versions_tell_who_forwards() {
    let mut long = message(3, NEW);
    (long.middle, long.addresses) = ([0xff, 0xff], vec![ip("fe80::1"), ip("2001:db8::1")]);
    let (s, d) = load(&[message(2, OLD), message(3, OLD), long]);
    let t = s.trees(d.facts());
    let all = |n: usize, name: &str| t[n].values(name).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all(0, "vrrp.version"), ["2"]);
    assert_eq!(all(0, "vrrp.adver_int"), ["1"]);
    assert_eq!(all(0, "vrrp.ip_addr"), ["10.0.0.1"]);
    assert!(all(1, "vrrp.auth_type").is_empty());
    assert_eq!(all(2, "vrrp.reserved_mbz"), ["15"]);
    assert_eq!(all(2, "vrrp.short_adver_int"), ["4095"]);
    assert_eq!(all(2, "vrrp.ipv6_addr"), ["fe80::1", "2001:db8::1"]);
    for n in 0..3 {
        assert_eq!(all(n, "vrrp.checksum.status"), ["1"], "{n}");
    }
    assert!(raised(&d).is_empty(), "{:?}", raised(&d));
    let intervals: Vec<_> = rows(&d).iter().map(|r| r.interval.decimal()).collect();
    assert_eq!(
        intervals,
        [1_000_000_000, 10_000_000, 40_950_000_000].map(|n| Duration(n).decimal())
    );
    assert_eq!(rows(&d)[2].addresses.len(), 2);
}

#[test]
fn numbers_at_their_ends() {
    let ends = [0, 1, 254, 255u8];
    let messages: Vec<_> = ends
        .iter()
        .map(|n| {
            let mut m = message(2, OLD);
            (m.virtual_router, m.priority, m.middle[1]) = (*n, *n, *n);
            m.addresses = (0..*n).map(|n| IpAddr::from([10, 0, 1, n])).collect();
            m
        })
        .collect();
    let (s, d) = load(&messages);
    let t = s.trees(d.facts());
    assert_eq!(rows(&d).len(), ends.len());
    for ((n, t), row) in ends.iter().zip(&t).zip(rows(&d)) {
        for name in [
            "vrrp.virt_rtr_id",
            "vrrp.prio",
            "vrrp.adver_int",
            "vrrp.addr_count",
        ] {
            assert_eq!(t.values(name).next().unwrap(), n.to_string(), "{name}");
        }
        assert_eq!(t.values("vrrp.ip_addr").count(), usize::from(*n));
        assert_eq!((row.virtual_router, row.priority), (*n, *n));
    }
}

#[test]
fn a_wrong_checksum_is_told_and_version_3_sums_where_it_goes() {
    for (version, ends) in [(2, OLD), (3, OLD), (3, NEW)] {
        let mut bytes = message(version, ends).bytes();
        bytes[7] ^= 1;
        let (s, d) = load_bytes(ends, &bytes);
        assert_eq!(raised(&d), ["vrrp.checksum_bad.expert"]);
        let t = s.trees(d.facts());
        assert_eq!(t[0].values("vrrp.checksum.status").next(), Some("0"));
        let right = format!(
            "Bad checksum [should be 0x{:02x}{:02x}]",
            bytes[6],
            bytes[7] ^ 1
        );
        assert_eq!(t[0].values("_ws.expert.message").next(), Some(&*right));
    }
    // The same message from elsewhere.
    for (version, told) in [(2, 0), (3, 1)] {
        let bytes = message(version, OLD).bytes();
        let (_, d) = load_bytes(["10.0.0.3", OLD[1]], &bytes);
        assert_eq!(raised(&d).len(), told, "version {version}");
    }
}

#[test]
fn passwords_are_told_by_how_they_protect() {
    let cases: [(u8, &[u8], &str, &[&str]); 8] = [
        (0, b"cisco\0\0\0", "none", &[]),
        (
            1,
            b"cisco\0\0\0",
            "default password",
            &["weir.vrrp.default_password"],
        ),
        (
            1,
            b"Cisco\0\0\0",
            "password",
            &["weir.vrrp.cleartext_password"],
        ),
        (
            1,
            b"ciscociscocisco",
            "password",
            &["weir.vrrp.cleartext_password"],
        ),
        (1, &[0; 8], "none", &[]),
        (2, b"", "header", &[]),
        (254, &[0xab; 16], "md5", &[]),
        (255, b"", "other", &[]),
    ];
    for (kind, tail, word, anomalies) in cases {
        let mut m = message(2, OLD);
        (m.middle[0], m.tail) = (kind, tail.to_vec());
        let (s, d) = load(&[m]);
        assert_eq!(rows(&d)[0].authentication, word);
        assert_eq!(raised(&d), anomalies, "{word}");
        let t = s.trees(d.facts());
        assert_eq!(
            t[0].values("vrrp.auth_string").count(),
            usize::from(kind == 1)
        );
        assert_eq!(
            t[0].values("vrrp.md5_auth_data").count(),
            usize::from(kind == 254)
        );
    }
}

#[test]
fn who_stops_and_who_claims_what_is_not_its_own() {
    let own = ip(OLD[0]);
    let cases: [(u8, IpAddr, &[&str]); 5] = [
        (0, own, &["weir.vrrp.resigned"]),
        (1, own, &[]),
        (254, ip("10.0.0.1"), &[]),
        (255, own, &[]),
        (255, ip("10.0.0.1"), &["weir.vrrp.false_owner"]),
    ];
    for (priority, address, anomalies) in cases {
        let mut m = message(2, OLD);
        (m.priority, m.addresses) = (priority, vec![address]);
        let (_, d) = load(&[m]);
        assert_eq!(raised(&d), anomalies, "{priority} {address}");
    }
}

#[test]
fn what_a_router_passed_on_is_told() {
    for (ttl, told) in [(255, 0), (254, 1), (1, 1)] {
        for (version, ends) in [(2, OLD), (3, NEW)] {
            let mut m = message(version, ends);
            m.ttl = ttl;
            let (_, d) = load(&[m]);
            assert_eq!(raised(&d).iter().filter(|a| **a == TTL.id).count(), told);
        }
    }
}

#[test]
fn what_is_no_advertisement_of_a_known_version_has_no_row() {
    for first in [0x20, 0x22, 0x2f, 0x11, 0x41, 0xf1] {
        let mut m = message(2, OLD);
        (m.first, m.priority) = (first, 0);
        let (s, d) = load(&[m]);
        assert!(rows(&d).is_empty() && raised(&d).is_empty(), "{first:#x}");
        let shown = s.trees(d.facts())[0].values("vrrp.ip_addr").count();
        assert_eq!(shown, 1);
    }
}

#[test]
fn a_cut_message_is_malformed_and_has_no_row() {
    let mut secret = message(2, OLD);
    (secret.middle[0], secret.tail) = (1, b"12345678".to_vec());
    let mut digest = message(2, OLD);
    (digest.middle[0], digest.tail) = (254, vec![1; 16]);
    for (m, ends) in [(secret, OLD), (digest, OLD), (message(3, NEW), NEW)] {
        let whole = m.bytes();
        for len in 1..whole.len() {
            let (s, d) = load_bytes(ends, &whole[..len]);
            s.trees(d.facts());
            assert!(rows(&d).is_empty(), "{len} bytes");
            assert!(raised(&d).contains(&"_ws.malformed"), "{len} bytes");
        }
    }
}

#[test]
fn what_the_snap_length_cut_is_not_malformed() {
    let whole = message(2, OLD);
    let mut s = Synth::default();
    s.hop(whole.ends, NUMBER, FRESH, &whole.bytes());
    let mut meta = s.meta(0);
    meta.wire_len = u32::try_from(s.packets[0].len()).unwrap();
    let mut d = Dissector::new(s.options.clone());
    let cut = s.packets[0].len() - 4;
    d.packet(&meta, &s.packets[0][..cut]);
    d.finish(None);
    assert!(raised(&d).is_empty() && rows(&d).is_empty());
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..40, to in any::<u8>(), cut in 0usize..60, junk in proptest::collection::vec(any::<u8>(), 0..40)) {
        for (version, ends) in [(2, OLD), (3, OLD), (3, NEW)] {
            let mut m = message(version, ends).bytes();
            if let Some(b) = m.get_mut(at) { *b = to; }
            m.truncate(cut);
            m.extend(&junk);
            let (s, d) = load_bytes(ends, &m);
            s.trees(d.facts());
        }
    }
}
