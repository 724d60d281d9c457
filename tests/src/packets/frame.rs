//! Ethernet, VLAN, ARP, IPv4, IPv6, UDP, ICMP and ICMPv6 frames with right lengths and checksums.

use super::Nanos;
use super::tape::{PacketId, Tape};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A hardware address.
pub type Mac = [u8; 6];

/// All stations.
pub const BROADCAST: Mac = [0xff; 6];

/// Text form of a hardware address, lower case with colons.
#[must_use]
pub fn mac_text(mac: Mac) -> String {
    mac.map(|b| format!("{b:02x}")).join(":")
}

/// One side of a conversation as it appears on this segment: behind a router the MAC is the router's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Station on this segment.
    pub mac: Mac,
    /// Address.
    pub ip: IpAddr,
    /// Port, 0 where there is none.
    pub port: u16,
    /// TTL or hop limit on this segment.
    pub ttl: u8,
}

impl End {
    /// The same end with another port.
    #[must_use]
    pub fn at(self, port: u16) -> Self {
        Self { port, ..self }
    }
}

/// The Internet checksum over 16-bit words (RFC 1071).
#[must_use]
pub fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u64;
    for part in parts {
        for pair in part.chunks(2) {
            let hi = u64::from(pair.first().copied().unwrap_or(0));
            let lo = u64::from(pair.get(1).copied().unwrap_or(0));
            sum += (hi << 8) | lo;
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// An Ethernet II frame, padded to 60 bytes, with an 802.1Q tag if `vlan` is given.
#[must_use]
pub fn ethernet(dst: Mac, src: Mac, vlan: Option<u16>, ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 18);
    out.extend_from_slice(&dst);
    out.extend_from_slice(&src);
    if let Some(tag) = vlan {
        out.extend_from_slice(&0x8100u16.to_be_bytes());
        out.extend_from_slice(&tag.to_be_bytes());
    }
    out.extend_from_slice(&ethertype.to_be_bytes());
    out.extend_from_slice(payload);
    if out.len() < 60 {
        out.resize(60, 0);
    }
    out
}

/// The same frame with an 802.1Q tag put in after the addresses.
#[must_use]
pub fn tagged(frame: &[u8], vlan: u16) -> Vec<u8> {
    let (addresses, rest) = frame.split_at(12.min(frame.len()));
    let mut out = addresses.to_vec();
    out.extend_from_slice(&0x8100u16.to_be_bytes());
    out.extend_from_slice(&vlan.to_be_bytes());
    out.extend_from_slice(rest);
    out
}

fn len16(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// The pseudo header that TCP, UDP and ICMPv6 checksums cover.
#[must_use]
pub fn pseudo(src: IpAddr, dst: IpAddr, protocol: u8, len: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(40);
    match (src, dst) {
        (IpAddr::V4(s), IpAddr::V4(d)) => {
            out.extend_from_slice(&s.octets());
            out.extend_from_slice(&d.octets());
            out.extend_from_slice(&[0, protocol]);
            out.extend_from_slice(&len16(len).to_be_bytes());
        }
        (s, d) => {
            for ip in [s, d] {
                if let IpAddr::V6(ip) = ip {
                    out.extend_from_slice(&ip.octets());
                }
            }
            out.extend_from_slice(&u32::from(len16(len)).to_be_bytes());
            out.extend_from_slice(&[0, 0, 0, protocol]);
        }
    }
    out
}

/// An Ethernet frame with one IP packet from `from` to `to`.
pub fn ip(tape: &mut Tape, from: &End, to: &End, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(payload.len() + 40);
    match (from.ip, to.ip) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            packet.extend_from_slice(&[0x45, 0]);
            packet.extend_from_slice(&len16(payload.len() + 20).to_be_bytes());
            packet.extend_from_slice(&tape.ip_id(from.ip).to_be_bytes());
            packet.extend_from_slice(&[0x40, 0, from.ttl, protocol, 0, 0]);
            packet.extend_from_slice(&src.octets());
            packet.extend_from_slice(&dst.octets());
            let sum = checksum(&[&packet]).to_be_bytes();
            packet.splice(10..12, sum);
            packet.extend_from_slice(payload);
            ethernet(to.mac, from.mac, None, 0x0800, &packet)
        }
        (src, dst) => {
            packet.extend_from_slice(&[0x60, 0, 0, 0]);
            packet.extend_from_slice(&len16(payload.len()).to_be_bytes());
            packet.extend_from_slice(&[protocol, from.ttl]);
            for ip in [src, dst] {
                if let IpAddr::V6(ip) = ip {
                    packet.extend_from_slice(&ip.octets());
                }
            }
            packet.extend_from_slice(payload);
            ethernet(to.mac, from.mac, None, 0x86dd, &packet)
        }
    }
}

/// Writes one UDP datagram.
pub fn udp(tape: &mut Tape, time: Nanos, from: &End, to: &End, data: &[u8]) -> PacketId {
    let mut segment = Vec::with_capacity(data.len() + 8);
    segment.extend_from_slice(&from.port.to_be_bytes());
    segment.extend_from_slice(&to.port.to_be_bytes());
    segment.extend_from_slice(&len16(data.len() + 8).to_be_bytes());
    segment.extend_from_slice(&[0, 0]);
    segment.extend_from_slice(data);
    let sum = match checksum(&[&pseudo(from.ip, to.ip, 17, segment.len()), &segment]) {
        0 => 0xffff,
        sum => sum,
    };
    segment.splice(6..8, sum.to_be_bytes());
    let frame = ip(tape, from, to, 17, &segment);
    tape.push(time, frame, None)
}

/// ARP operation codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arp {
    /// Who has the target?
    Request,
    /// The sender has it.
    Reply,
}

/// Writes one ARP packet; `to` is the station it is sent to.
pub fn arp(
    tape: &mut Tape,
    time: Nanos,
    op: Arp,
    sender: (Mac, Ipv4Addr),
    target: (Mac, Ipv4Addr),
    to: Mac,
) -> PacketId {
    let mut out = vec![0, 1, 8, 0, 6, 4, 0, if op == Arp::Request { 1 } else { 2 }];
    out.extend_from_slice(&sender.0);
    out.extend_from_slice(&sender.1.octets());
    out.extend_from_slice(&target.0);
    out.extend_from_slice(&target.1.octets());
    tape.push(time, ethernet(to, sender.0, None, 0x0806, &out), None)
}

/// Writes an ICMP echo request and, `rtt` later, its reply.
pub fn ping(
    tape: &mut Tape,
    time: Nanos,
    from: &End,
    to: &End,
    seq: u16,
    rtt: Nanos,
) -> [PacketId; 2] {
    let body = |kind: u8| {
        let mut out = vec![kind, 0, 0, 0, 0, 1];
        out.extend_from_slice(&seq.to_be_bytes());
        out.extend_from_slice(b"abcdefghijklmnopqrstuvwabcdefghi");
        let sum = checksum(&[&out]).to_be_bytes();
        out.splice(2..4, sum);
        out
    };
    let ask = ip(tape, from, to, 1, &body(8));
    let reply = ip(tape, to, from, 1, &body(0));
    [
        tape.push(time, ask, None),
        tape.push(time + rtt, reply, None),
    ]
}

/// The multicast station of an IPv6 group.
#[must_use]
pub fn group_mac(ip: Ipv6Addr) -> Mac {
    let o = ip.octets();
    [0x33, 0x33, o[12], o[13], o[14], o[15]]
}

/// The solicited-node group of an address (RFC 4291, 2.7.1).
#[must_use]
pub fn solicited(ip: Ipv6Addr) -> Ipv6Addr {
    let s = ip.segments();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | (s[6] & 0xff), s[7])
}

fn icmp6(tape: &mut Tape, time: Nanos, from: &End, to: &End, body: Vec<u8>) -> PacketId {
    let mut body = body;
    let sum = checksum(&[&pseudo(from.ip, to.ip, 58, body.len()), &body]).to_be_bytes();
    body.splice(2..4, sum);
    let frame = ip(tape, from, to, 58, &body);
    tape.push(time, frame, None)
}

/// Writes a neighbour solicitation for `target` and the advertisement that answers it.
pub fn neighbour(
    tape: &mut Tape,
    time: Nanos,
    asker: (Mac, Ipv6Addr),
    target: (Mac, Ipv6Addr),
) -> [PacketId; 2] {
    let end = |mac, ip: Ipv6Addr| End {
        mac,
        ip: IpAddr::V6(ip),
        port: 0,
        ttl: 255,
    };
    let group = solicited(target.1);
    let mut ask = vec![135, 0, 0, 0, 0, 0, 0, 0];
    ask.extend_from_slice(&target.1.octets());
    ask.extend_from_slice(&[1, 1]);
    ask.extend_from_slice(&asker.0);
    let mut tell = vec![136, 0, 0, 0, 0x60, 0, 0, 0];
    tell.extend_from_slice(&target.1.octets());
    tell.extend_from_slice(&[2, 1]);
    tell.extend_from_slice(&target.0);
    let asker = end(asker.0, asker.1);
    let owner = end(target.0, target.1);
    [
        icmp6(tape, time, &asker, &end(group_mac(group), group), ask),
        icmp6(tape, time + 300_000, &owner, &asker, tell),
    ]
}

/// Writes a router advertisement with one prefix of 64 bits.
pub fn router_advertisement(
    tape: &mut Tape,
    time: Nanos,
    router: (Mac, Ipv6Addr),
    prefix: Ipv6Addr,
) -> PacketId {
    let all = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    let mut body = vec![
        134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 64, 0xc0,
    ];
    body.extend_from_slice(&86_400u32.to_be_bytes());
    body.extend_from_slice(&14_400u32.to_be_bytes());
    body.extend_from_slice(&[0; 4]);
    body.extend_from_slice(&prefix.octets());
    body.extend_from_slice(&[1, 1]);
    body.extend_from_slice(&router.0);
    let from = End {
        mac: router.0,
        ip: IpAddr::V6(router.1),
        port: 0,
        ttl: 255,
    };
    let to = End {
        mac: group_mac(all),
        ip: IpAddr::V6(all),
        port: 0,
        ttl: 255,
    };
    icmp6(tape, time, &from, &to, body)
}
