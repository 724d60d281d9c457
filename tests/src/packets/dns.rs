//! DNS, mDNS and NetBIOS name messages.

use std::net::{IpAddr, Ipv4Addr};

/// Record data the generator needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A or AAAA.
    Address(IpAddr),
    /// CNAME.
    Alias(String),
    /// PTR.
    Pointer(String),
    /// TXT, one string.
    Text(String),
    /// SOA of a zone, for negative answers.
    Soa,
}

/// One answer record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Owner.
    pub name: String,
    /// Seconds it may be kept.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// Question type A.
pub const A: u16 = 1;
/// Question type PTR.
pub const PTR: u16 = 12;
/// Question type TXT.
pub const TXT: u16 = 16;
/// Question type AAAA.
pub const AAAA: u16 = 28;

/// Wire form of a name, uncompressed; one final dot is ignored.
#[must_use]
pub fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text
        .trim_end_matches('.')
        .split('.')
        .filter(|l| !l.is_empty())
    {
        let bytes = label.as_bytes();
        let len = bytes.len().min(63);
        out.push(u8::try_from(len).unwrap_or(63));
        out.extend(bytes.iter().take(len));
    }
    out.push(0);
    out
}

fn record(out: &mut Vec<u8>, record: &Record, class: u16) {
    let (kind, data) = match &record.data {
        Data::Address(IpAddr::V4(ip)) => (A, ip.octets().to_vec()),
        Data::Address(IpAddr::V6(ip)) => (AAAA, ip.octets().to_vec()),
        Data::Alias(to) => (5, name(to)),
        Data::Pointer(to) => (PTR, name(to)),
        Data::Text(text) => (TXT, {
            let mut out = vec![u8::try_from(text.len().min(255)).unwrap_or(255)];
            out.extend(text.bytes().take(255));
            out
        }),
        Data::Soa => (6, {
            let mut out = name(&format!("ns1.{}", record.name));
            out.extend(name(&format!("hostmaster.{}", record.name)));
            for n in [2_026_030_101u32, 7200, 900, 1_209_600, 300] {
                out.extend_from_slice(&n.to_be_bytes());
            }
            out
        }),
    };
    out.extend(name(&record.name));
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&class.to_be_bytes());
    out.extend_from_slice(&record.ttl.to_be_bytes());
    out.extend_from_slice(&u16::try_from(data.len()).unwrap_or(0).to_be_bytes());
    out.extend(data);
}

fn header(id: u16, flags: u16, counts: [usize; 4]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(&flags.to_be_bytes());
    for n in counts {
        out.extend_from_slice(&u16::try_from(n).unwrap_or(0).to_be_bytes());
    }
    out
}

fn question(out: &mut Vec<u8>, asked: &str, kind: u16) {
    out.extend(name(asked));
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&1u16.to_be_bytes());
}

/// A recursive question.
#[must_use]
pub fn query(id: u16, asked: &str, kind: u16) -> Vec<u8> {
    let mut out = header(id, 0x0100, [1, 0, 0, 0]);
    question(&mut out, asked, kind);
    out
}

/// What the resolver says; a negative answer carries the zone's SOA.
#[must_use]
pub fn response(id: u16, asked: &str, kind: u16, rcode: u16, answers: &[Record]) -> Vec<u8> {
    let negative = answers.is_empty() && rcode != 2;
    let mut out = header(
        id,
        0x8180 | rcode,
        [1, answers.len(), usize::from(negative), 0],
    );
    question(&mut out, asked, kind);
    for answer in answers {
        record(&mut out, answer, 1);
    }
    if negative {
        let zone = asked
            .trim_end_matches('.')
            .split_once('.')
            .map_or("test", |(_, zone)| zone);
        record(
            &mut out,
            &Record {
                name: zone.to_owned(),
                ttl: 300,
                data: Data::Soa,
            },
            1,
        );
    }
    out
}

/// An mDNS announcement of a host's addresses (RFC 6762, 8.3), cache-flush bit set.
#[must_use]
pub fn mdns(host: &str, addresses: &[IpAddr]) -> Vec<u8> {
    let mut out = header(0, 0x8400, [0, addresses.len(), 0, 0]);
    for ip in addresses {
        record(
            &mut out,
            &Record {
                name: format!("{host}.local"),
                ttl: 120,
                data: Data::Address(*ip),
            },
            0x8001,
        );
    }
    out
}

/// First-level encoded NetBIOS name (RFC 1001, 14.1) with its suffix byte.
#[must_use]
pub fn netbios(host: &str, suffix: u8) -> Vec<u8> {
    let mut raw = [b' '; 16];
    for (slot, b) in raw
        .iter_mut()
        .take(15)
        .zip(host.to_ascii_uppercase().bytes())
    {
        *slot = b;
    }
    raw[15] = suffix;
    let mut out = vec![32];
    for b in raw {
        out.push(b'A' + (b >> 4));
        out.push(b'A' + (b & 15));
    }
    out.push(0);
    out
}

/// A NetBIOS name registration by broadcast (RFC 1002, 4.2.2).
#[must_use]
pub fn nbns_register(id: u16, host: &str, ip: Ipv4Addr) -> Vec<u8> {
    let mut out = header(id, 0x2910, [1, 0, 0, 1]);
    out.extend(netbios(host, 0));
    out.extend_from_slice(&[0, 0x20, 0, 1]);
    out.extend_from_slice(&[0xc0, 12, 0, 0x20, 0, 1]);
    out.extend_from_slice(&300_000u32.to_be_bytes());
    out.extend_from_slice(&[0, 6, 0, 0]);
    out.extend_from_slice(&ip.octets());
    out
}
