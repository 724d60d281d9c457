//! Unit tests of HSRP: both versions, each at the ends of its numbers, cut at every length and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::Dissector;
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const ROUTER: End = ([10, 0, 0, 2], 1985);
pub(super) const OLD: End = ([224, 0, 0, 2], 1985);
pub(super) const NEW: End = ([224, 0, 0, 102], 1985);

/// Version 0: operation, state, priority, group, password.
pub(super) fn hello(
    operation: u8,
    state: u8,
    priority: u8,
    group: u8,
    password: &[u8; 8],
) -> Vec<u8> {
    let mut m = vec![0, operation, state, 3, 10, priority, group, 0];
    m.extend_from_slice(password);
    m.extend_from_slice(&[10, 0, 0, 1]);
    m
}

pub(super) const CISCO: &[u8; 8] = b"cisco\0\0\0";

pub(super) fn md5() -> Vec<u8> {
    let mut m = vec![4, 28, 1, 0, 0, 0, 10, 0, 0, 2, 0, 0, 0, 7];
    m.extend_from_slice(&[0xab; 16]);
    m
}

/// Version 2: the group's state, with an address of this kind.
pub(super) fn state(operation: u8, state: u8, ip: u8, group: u16, priority: u32) -> Vec<u8> {
    let mut m = vec![1, 40, 2, operation, state, ip];
    m.extend_from_slice(&group.to_be_bytes());
    m.extend_from_slice(&[0, 0x1b, 0x54, 1, 2, 3]);
    m.extend_from_slice(&priority.to_be_bytes());
    m.extend_from_slice(&3000u32.to_be_bytes());
    m.extend_from_slice(&10_000u32.to_be_bytes());
    m.extend_from_slice(&[10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    m
}

fn load(to: End, messages: &[Vec<u8>]) -> (Synth, Dissector) {
    let mut s = Synth::default();
    for m in messages {
        s.udp(ROUTER, to, m);
    }
    let d = s.load();
    (s, d)
}

fn rows(d: &Dissector) -> Vec<&Group> {
    d.facts().messages.all::<Group>().iter().collect()
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
fn a_hello_tells_who_forwards_and_that_its_password_is_the_default() {
    let (s, d) = load(OLD, &[hello(0, 16, 100, 1, CISCO)]);
    let t = s.trees(d.facts());
    let first = |name: &str| t[0].values(name).next().map(str::to_owned);
    assert_eq!(first("hsrp.auth_data").as_deref(), Some("cisco"));
    assert_eq!(first("hsrp.virt_ip").as_deref(), Some("10.0.0.1"));
    let [row] = rows(&d)[..] else { panic!() };
    assert_eq!((row.state, row.group, row.priority), ("Active", 1, 100));
}

#[test]
fn numbers_at_their_ends() {
    let ends = [0, 1, 254, 255u8];
    let messages: Vec<_> = ends.map(|n| hello(n.min(2), n, n, n, CISCO)).to_vec();
    let (s, d) = load(OLD, &messages);
    let (t, rows) = (s.trees(d.facts()), rows(&d));
    assert_eq!(rows.len(), ends.len());
    for ((n, t), row) in ends.iter().zip(&t).zip(rows) {
        for name in ["hsrp.state", "hsrp.priority", "hsrp.group"] {
            assert_eq!(t.values(name).next().unwrap(), n.to_string(), "{name}");
        }
        assert_eq!((row.group, row.priority), (u16::from(*n), u32::from(*n)));
    }
    let wide = [(0, 0), (u16::MAX, u32::MAX)];
    let messages: Vec<_> = wide.map(|(g, p)| state(0, 5, 4, g, p)).to_vec();
    let (_, d) = load(NEW, &messages);
    let told = super::tests::rows(&d).into_iter();
    assert_eq!(
        told.map(|r| (r.group, r.priority)).collect::<Vec<_>>(),
        wide
    );
}

#[test]
fn an_operation_past_the_last_is_data() {
    let advertisement = vec![0, 3, 0, 1, 0, 10, 2, 0, 255, 255, 0, 1, 0, 0, 0, 0];
    let (s, d) = load(OLD, &[advertisement, hello(4, 16, 255, 1, CISCO)]);
    let t = s.trees(d.facts());
    let all = |n: usize, name: &str| t[n].values(name).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all(0, "hsrp.adv.state"), ["2"]);
    assert_eq!(all(0, "hsrp.adv.activegrp"), ["65535"]);
    assert_eq!(all(1, "data.len"), ["18"]);
    assert!(all(1, "hsrp.state").is_empty());
    assert!(rows(&d).is_empty() && raised(&d).is_empty());
}

#[test]
fn the_second_version_is_told_by_where_it_is_sent() {
    let both = [state(1, 6, 4, 7, 90), md5()].concat();
    let (s, d) = load(NEW, std::slice::from_ref(&both));
    let t = s.trees(d.facts());
    let first = |name: &str| t[0].values(name).next().unwrap().to_owned();
    assert_eq!(first("hsrp2.identifier"), "00:1b:54:01:02:03");
    assert_eq!(first("hsrp2.hellotime"), "3000");
    assert_eq!(first("hsrp2.md5_key_id"), "7");
    assert_eq!(first("hsrp.md5_ip_address"), "10.0.0.2");
    let [row] = rows(&d)[..] else { panic!() };
    assert_eq!((row.operation, row.state), ("Coup", "Active"));
    assert_eq!(row.hello_time, Duration::seconds(3));
    assert_eq!(row.virtual_address.unwrap().to_string(), "10.0.0.1");
    assert_eq!(row.authentication, "md5");
    for elsewhere in [([10, 0, 0, 9], 1985), ([224, 0, 0, 102], 4000)] {
        let (s, d) = load(elsewhere, std::slice::from_ref(&both));
        assert!(rows(&d).is_empty());
        assert_eq!(s.trees(d.facts())[0].values("hsrp2.version").count(), 0);
    }
}

#[test]
fn over_ipv6_the_port_tells_it() {
    let ends = ["fe80::2", "ff02::66"].map(|a| a.parse().unwrap());
    let mut s = Synth::default();
    for port in [2029u16, 1985] {
        let message = state(0, 6, 6, 7, 90);
        let mut p = [port.to_be_bytes(), port.to_be_bytes()].concat();
        p.extend([0, 8 + u8::try_from(message.len()).unwrap(), 0, 0]);
        p.extend(message);
        s.hop(ends, 17, 255, &p);
    }
    let d = s.load();
    let [row] = rows(&d)[..] else { panic!() };
    assert_eq!(row.virtual_address.unwrap().to_string(), "a00:1::1");
    assert_eq!(row.meta.first.number, 1);
}

#[test]
fn each_group_is_told_with_its_own_proof() {
    let text = [&[3, 8][..], CISCO].concat();
    let one = [state(0, 6, 4, 1, 9), text, state(0, 5, 6, 2, 8), md5()].concat();
    let (_, d) = load(NEW, &[one]);
    let told: Vec<_> = rows(&d)
        .iter()
        .map(|r| {
            (
                r.group,
                r.authentication,
                r.virtual_address.unwrap().is_ipv6(),
            )
        })
        .collect();
    assert_eq!(told, [(1, "default password", false), (2, "md5", true)]);
}

#[test]
fn an_address_of_no_known_kind_ends_the_reading() {
    let (s, d) = load(NEW, &[[state(0, 6, 7, 1, 9), md5()].concat()]);
    let t = s.trees(d.facts());
    assert_eq!(t[0].values("hsrp2.md5_key_id").count(), 0);
    assert_eq!(t[0].values("data.len").next(), Some("46"));
    assert_eq!(rows(&d)[0].virtual_address, None);
}

#[test]
fn what_stands_behind_the_first_version_is_md5_or_unknown() {
    let right = [hello(0, 16, 100, 1, &[0; 8]), md5()].concat();
    let mut wrong = right.clone();
    wrong[20] = 5;
    let (s, d) = load(OLD, &[right, wrong]);
    let t = s.trees(d.facts());
    assert_eq!(t[0].values("hsrp2.md5_algorithm").next(), Some("1"));
    let proofs: Vec<_> = rows(&d).iter().map(|r| r.authentication).collect();
    assert_eq!(proofs, ["md5", "none"]);
    assert_eq!(raised(&d), ["hsrp.unknown_tlv"]);
}

#[test]
fn only_the_default_password_is_the_default() {
    let passwords = [
        *CISCO,
        *b"ciscoABC",
        *b"Cisco\0\0\0",
        *b"cisc\0\0\0\0",
        [0; 8],
    ];
    let messages: Vec<_> = passwords.map(|p| hello(0, 16, 100, 1, &p)).to_vec();
    let (_, d) = load(OLD, &messages);
    assert_eq!(raised(&d), ["weir.hsrp.default_password"]);
    let proofs: Vec<_> = rows(&d).iter().map(|r| r.authentication).collect();
    assert_eq!(
        proofs,
        [
            "default password",
            "password",
            "password",
            "password",
            "none"
        ]
    );
}

#[test]
fn a_takeover_is_a_claim_with_the_highest_priority() {
    let claims = [
        (1, 2, 255),
        (0, 16, 255),
        (0, 8, 255),
        (1, 16, 254),
        (2, 2, 255),
    ];
    for (n, (operation, state, priority)) in claims.into_iter().enumerate() {
        let (_, d) = load(OLD, &[hello(operation, state, priority, 1, b"12345678")]);
        let expected: &[&str] = if n < 2 { &["weir.hsrp.takeover"] } else { &[] };
        assert_eq!(raised(&d), expected, "{operation} {state} {priority}");
    }
}

#[test]
fn a_cut_message_is_malformed_and_tells_nothing() {
    let whole = hello(0, 16, 255, 1, CISCO);
    for len in 1..whole.len() {
        let (s, d) = load(OLD, &[whole[..len].to_vec()]);
        s.trees(d.facts());
        assert!(rows(&d).is_empty());
        assert_eq!(raised(&d), ["_ws.malformed"], "{len} bytes");
    }
    let whole = [state(0, 6, 4, 1, 9), vec![2, 4, 0, 1, 0, 2], md5()].concat();
    for len in 1..whole.len() {
        let (s, d) = load(NEW, &[whole[..len].to_vec()]);
        s.trees(d.facts());
        let complete = matches!(len, 42 | 48);
        assert_eq!(raised(&d).is_empty(), complete, "{len} bytes");
        assert_eq!(rows(&d).len(), usize::from(len >= 42), "{len} bytes");
    }
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..80, to in any::<u8>(), cut in 0usize..90, junk in proptest::collection::vec(any::<u8>(), 0..40)) {
        for (end, mut m) in [(OLD, hello(0, 16, 100, 1, CISCO)), (NEW, [state(0, 6, 6, 1, 9), md5()].concat())] {
            if let Some(b) = m.get_mut(at) { *b = to; }
            m.truncate(cut);
            m.extend(&junk);
            let (s, d) = load(end, &[m]);
            s.trees(d.facts());
        }
    }
}
