//! OpenVPN: tunnels opened over UDP and TCP, guarded or not, TLS put in order, every cut length, and what is none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::session::Tunnel;
use crate::synth::Synth;
use crate::tree::TreeSink;

pub(super) const A: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const B: ([u8; 4], u16) = ([10, 0, 0, 2], 50000);

pub(super) fn packet(
    opcode: u8,
    session: u8,
    acks: &[u32],
    number: Option<u32>,
    payload: &[u8],
) -> Vec<u8> {
    let mut p = vec![opcode << 3];
    p.extend([session; 8]);
    p.push(u8::try_from(acks.len()).unwrap());
    p.extend(acks.iter().flat_map(|n| n.to_be_bytes()));
    if !acks.is_empty() {
        p.extend([9; 8]);
    }
    p.extend(number.iter().flat_map(|n| n.to_be_bytes()));
    p.extend_from_slice(payload);
    p
}

/// A client's hello of 226 bytes in a record.
fn hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0x13, 1, 1, 0]);
    let name = b"vpn.example.org";
    let len = u16::try_from(name.len()).unwrap();
    let mut extensions = vec![0, 0];
    extensions.extend((len + 5).to_be_bytes());
    extensions.extend((len + 3).to_be_bytes());
    extensions.push(0);
    extensions.extend(len.to_be_bytes());
    extensions.extend_from_slice(name);
    let fill = 226 - 9 - body.len() - 2 - extensions.len() - 4;
    extensions.extend([0, 21]);
    extensions.extend(u16::try_from(fill).unwrap().to_be_bytes());
    extensions.extend(vec![0; fill]);
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let mut out = vec![22, 3, 1];
    out.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    out.extend([1, 0]);
    out.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    out.extend(body);
    assert_eq!(out.len(), 226);
    out
}

fn of(tree: &TreeSink, field: &str) -> Vec<String> {
    tree.values(field).map(str::to_owned).collect()
}

pub(super) fn opened() -> Vec<(bool, Vec<u8>)> {
    let hello = hello();
    vec![
        (true, packet(7, 1, &[], Some(0), &[])),
        (true, packet(7, 1, &[], Some(0), &[])),
        (false, packet(8, 2, &[0], Some(0), &[])),
        (true, packet(5, 1, &[0], None, &[])),
        // In disorder, and one of them twice.
        (true, packet(4, 1, &[], Some(2), &hello[100..200])),
        (true, packet(4, 1, &[], Some(1), &hello[..100])),
        (true, packet(4, 1, &[], Some(1), &hello[..100])),
        (true, packet(4, 1, &[], Some(3), &hello[200..])),
        (true, vec![6 << 3, 1, 2, 3, 4]),
        (true, vec![9 << 3 | 1, 0, 0, 5, 1, 2, 3, 4]),
    ]
}

#[test]
fn a_tunnel_over_datagrams_on_any_port() {
    let mut s = Synth::default();
    for (client, p) in opened() {
        let (from, to) = if client { (A, B) } else { (B, A) };
        s.udp(from, to, &p);
    }
    let loaded = s.load();
    let rows: Vec<_> = loaded.facts().messages.all::<Tunnel>().iter().collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (
            &*rows[0].session,
            &*rows[0].peer_session,
            rows[0].guard,
            rows[0].answered,
            rows[0].tls
        ),
        ("0101010101010101", "0202020202020202", "none", true, true)
    );
    let trees = s.trees(loaded.facts());
    assert_eq!(of(&trees[2], "openvpn.mpidarrayelement"), ["0"]);
    assert_eq!(of(&trees[2], "openvpn.rsessionid"), ["651061555542690057"]);
    assert!(of(&trees[3], "openvpn.mpid").is_empty());
    let names: Vec<_> = trees
        .iter()
        .map(|t| of(t, "tls.handshake.extensions_server_name").concat())
        .collect();
    assert_eq!(names[7], "vpn.example.org");
    assert_eq!(names.concat(), "vpn.example.org");
    assert_eq!(of(&trees[7], "openvpn.fragment"), ["6", "5", "8"]);
    assert_eq!(of(&trees[9], "openvpn.peerid"), ["5"]);
    assert!(loaded.facts().anomalies.counts().is_empty());
}

#[test]
fn a_tunnel_over_a_stream() {
    let mut s = Synth::default();
    let mut c = s.connect(A, B);
    for (client, p) in opened() {
        let mut framed = u16::try_from(p.len()).unwrap().to_be_bytes().to_vec();
        framed.extend(p);
        if client {
            c.client(&mut s, framed);
        } else {
            c.server(&mut s, framed);
        }
    }
    let ack = [&[0, 22][..], &packet(5, 1, &[0], None, &[])].concat();
    c.client(&mut s, ack.repeat(2));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Tunnel>();
    assert_eq!((rows.iter().count(), rows.get(0).unwrap().tls), (1, true));
    let trees = s.trees(loaded.facts());
    assert_eq!(of(&trees[3], "openvpn.plen"), ["14"]);
    let list = |n: usize| of(&trees[n], "frame.protocols").concat();
    let last = trees.len() - 1;
    assert!(list(last).ends_with(":tcp:openvpn"), "{}", list(last));
    assert_eq!(of(&trees[last], "openvpn.plen"), ["22", "22"]);
    assert_eq!(
        of(&trees[10], "tls.handshake.extensions_server_name"),
        ["vpn.example.org"]
    );
}

#[test]
fn what_guards_the_channel_is_told() {
    let stamp = [0, 0, 0, 1, 0x66, 0, 0, 0];
    let mut auth = vec![7 << 3];
    auth.extend([1; 8]);
    auth.extend([0xa5; 32]);
    auth.extend(stamp);
    auth.extend([0; 5]);
    let mut crypt = vec![7 << 3];
    crypt.extend([1; 8]);
    crypt.extend(stamp);
    crypt.extend([0xa5; 37]);
    for (p, guard) in [(auth, "tls-auth"), (crypt, "tls-crypt")] {
        let mut s = Synth::default();
        s.udp(A, B, &p);
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Tunnel>();
        assert_eq!(rows.get(0).unwrap().guard, guard);
        let trees = s.trees(loaded.facts());
        assert_eq!(of(&trees[0], "openvpn.pid"), ["1"]);
        assert_eq!(of(&trees[0], "openvpn.hmac").concat().len(), 64);
        assert_eq!(of(&trees[0], "openvpn.net_time").len(), 1);
    }
}

#[test]
fn every_length_is_read_without_harm() {
    for (_, whole) in opened() {
        for n in 0..=whole.len() {
            let mut s = Synth::default();
            s.udp(A, (B.0, 1194), &whole[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
        }
    }
}

#[test]
fn others_are_not_taken() {
    let mut s = Synth::default();
    // The first packet acknowledges something, is not the first, is longer; an opcode that there is not.
    s.udp(A, B, &packet(7, 1, &[1], Some(0), &[]));
    s.udp(A, (B.0, 50001), &packet(7, 1, &[], Some(1), &[]));
    s.udp(A, (B.0, 50002), &packet(7, 1, &[], Some(0), &[1]));
    s.udp(A, (B.0, 1194), &[0xff; 20]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert!(
        trees
            .iter()
            .all(|t| t.values("openvpn.type").next().is_none())
    );
    assert!(loaded.facts().anomalies.counts().is_empty());
}
