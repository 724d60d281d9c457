//! Ethernet, IP, TCP and UDP around a payload, with right checksums.

use std::net::IpAddr;

/// Who talks to whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) client: (IpAddr, u16),
    pub(crate) server: (IpAddr, u16),
}

/// From the client or from the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const PSH: u8 = 8;
pub(crate) const ACK: u8 = 16;

/// The parts of a TCP header that change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) flags: u8,
}

fn add(mut sum: u32, bytes: &[u8]) -> u32 {
    for pair in bytes.chunks(2) {
        sum += u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
    }
    sum
}

fn fold(mut sum: u32) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

fn mac(ip: IpAddr) -> [u8; 6] {
    // Inside addresses have a card of their own; all others are behind the router.
    match ip {
        IpAddr::V4(a) if a.octets()[0] == 10 => {
            let [_, b, c, d] = a.octets();
            [2, 0x10, 0, b, c, d]
        }
        IpAddr::V6(a) if a.segments()[0] == 0xfd00 => {
            let o = a.octets();
            [2, 0x60, 0, o[13], o[14], o[15]]
        }
        _ => [2, 0, 0, 0, 0, 1],
    }
}

/// Appends Ethernet and IP headers and the transport header and payload that `transport` writes;
/// `sum_at` is where its checksum stands.
fn wrap(
    out: &mut Vec<u8>,
    ends: &Ends,
    from: Side,
    protocol: u8,
    id: u16,
    transport: &[&[u8]],
    sum_at: usize,
) {
    let ((source, _), (target, _)) = match from {
        Side::Client => (ends.client, ends.server),
        Side::Server => (ends.server, ends.client),
    };
    let len = transport.iter().map(|t| t.len()).sum::<usize>();
    out.extend(mac(target));
    out.extend(mac(source));
    let mut sum = u32::from(protocol) + len as u32;
    match (source, target) {
        (IpAddr::V4(s), IpAddr::V4(t)) => {
            out.extend([8, 0]);
            let start = out.len();
            out.extend([0x45, 0]);
            out.extend((len as u16 + 20).to_be_bytes());
            out.extend(id.to_be_bytes());
            out.extend([
                0x40,
                0,
                if from == Side::Client { 64 } else { 57 },
                protocol,
                0,
                0,
            ]);
            out.extend(s.octets());
            out.extend(t.octets());
            let header = fold(add(0, &out[start..])).to_be_bytes();
            out[start + 10..start + 12].copy_from_slice(&header);
            sum = add(add(sum, &s.octets()), &t.octets());
        }
        (IpAddr::V6(s), IpAddr::V6(t)) => {
            out.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            out.extend((len as u16).to_be_bytes());
            out.extend([protocol, 64]);
            out.extend(s.octets());
            out.extend(t.octets());
            sum = add(add(sum, &s.octets()), &t.octets());
        }
        _ => {}
    }
    let start = out.len();
    for part in transport {
        out.extend_from_slice(part);
    }
    let mut check = fold(add(sum, &out[start..]));
    if protocol == 17 && check == 0 {
        check = 0xffff;
    }
    out[start + sum_at..start + sum_at + 2].copy_from_slice(&check.to_be_bytes());
    if out.len() < 60 {
        out.resize(60, 0);
    }
}

fn ports(ends: &Ends, from: Side) -> [u8; 4] {
    let (a, b) = match from {
        Side::Client => (ends.client.1, ends.server.1),
        Side::Server => (ends.server.1, ends.client.1),
    };
    let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
    [a, b, c, d]
}

/// A TCP frame; a SYN offers MSS, SACK and window scale.
pub(crate) fn tcp(out: &mut Vec<u8>, ends: &Ends, from: Side, id: u16, s: Segment, payload: &[u8]) {
    let options: &[u8] = if s.flags & SYN != 0 {
        &[2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7]
    } else {
        &[]
    };
    let mut header = [0; 20];
    header[..4].copy_from_slice(&ports(ends, from));
    header[4..8].copy_from_slice(&s.seq.to_be_bytes());
    header[8..12].copy_from_slice(&s.ack.to_be_bytes());
    header[12] = ((20 + options.len()) as u8 / 4) << 4;
    header[13] = s.flags;
    header[14..16].copy_from_slice(&[0xfa, 0xf0]);
    wrap(out, ends, from, 6, id, &[&header, options, payload], 16);
}

/// A UDP frame.
pub(crate) fn udp(out: &mut Vec<u8>, ends: &Ends, from: Side, id: u16, payload: &[u8]) {
    let mut header = [0; 8];
    header[..4].copy_from_slice(&ports(ends, from));
    header[4..6].copy_from_slice(&(payload.len() as u16 + 8).to_be_bytes());
    wrap(out, ends, from, 17, id, &[&header, payload], 6);
}
