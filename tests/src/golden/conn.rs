//! The log that a flow sensor on the same tap would have written: Zeek's `conn` of what is on the tape. Reads
//! frames with a few lines of its own, so that nothing of `crates/` has a part in it.

use crate::packets::tape::{PacketId, Tape};
use crate::packets::{MICRO, MINUTE, Nanos, SECOND};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A UDP or ICMP conversation that pauses for longer is another one.
const PAUSE: Nanos = MINUTE;
/// The same of TCP, where no end was seen.
const TCP_PAUSE: Nanos = 15 * MINUTE;

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

type End = (IpAddr, u16);

/// One packet above IP.
struct Seen {
    proto: u8,
    from: End,
    to: End,
    flags: u8,
    /// Bytes of IP packet and payload.
    sizes: (u64, u64),
}

#[derive(Default)]
struct Side {
    packets: u64,
    ip_bytes: u64,
    bytes: u64,
    flags: u8,
}

struct Row {
    first: Nanos,
    last: Nanos,
    proto: u8,
    ends: [End; 2],
    sides: [Side; 2],
    history: String,
    closed: bool,
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn read(frame: &[u8]) -> Option<Seen> {
    let mut at = 12;
    let mut kind = number(frame, at)?;
    while kind == 0x8100 {
        at += 4;
        kind = number(frame, at)?;
    }
    let ip = frame.get(at + 2..)?;
    let (proto, from, to, len, upper) = match kind {
        0x0800 => {
            let address = |n: usize| -> Option<IpAddr> {
                let b: [u8; 4] = ip.get(n..n + 4)?.try_into().ok()?;
                Some(Ipv4Addr::from(b).into())
            };
            let head = usize::from(*ip.first()? & 15) * 4;
            let len = usize::from(number(ip, 2)?);
            (
                *ip.get(9)?,
                address(12)?,
                address(16)?,
                len,
                ip.get(head..len)?,
            )
        }
        0x86dd => {
            let address = |n: usize| -> Option<IpAddr> {
                let b: [u8; 16] = ip.get(n..n + 16)?.try_into().ok()?;
                Some(Ipv6Addr::from(b).into())
            };
            let len = 40 + usize::from(number(ip, 4)?);
            (
                *ip.get(6)?,
                address(8)?,
                address(24)?,
                len,
                ip.get(40..len)?,
            )
        }
        _ => return None,
    };
    let (source, target, head, flags) = match proto {
        6 => {
            let head = usize::from(*upper.get(12)? >> 4) * 4;
            (number(upper, 0)?, number(upper, 2)?, head, *upper.get(13)?)
        }
        17 => (number(upper, 0)?, number(upper, 2)?, 8, 0),
        // Type and code stand for ports.
        1 | 58 => (u16::from(*upper.first()?), u16::from(*upper.get(1)?), 8, 0),
        _ => return None,
    };
    Some(Seen {
        proto,
        from: (from, source),
        to: (to, target),
        flags,
        sizes: (len as u64, upper.len().saturating_sub(head) as u64),
    })
}

impl Row {
    fn new(time: Nanos, p: &Seen) -> Self {
        Self {
            first: time,
            last: time,
            proto: p.proto,
            ends: [p.from, p.to],
            sides: [Side::default(), Side::default()],
            history: String::new(),
            closed: false,
        }
    }

    fn add(&mut self, time: Nanos, p: &Seen) {
        let back = usize::from(p.from != self.ends[0]);
        let side = &mut self.sides[back];
        self.last = time;
        let mut note = |letter: char| {
            let letter = if back == 1 {
                letter.to_ascii_lowercase()
            } else {
                letter
            };
            if !self.history.contains(letter) {
                self.history.push(letter);
            }
        };
        if p.proto == 6 {
            for (bit, letter) in [(FIN, 'F'), (RST, 'R')] {
                if p.flags & bit != 0 {
                    note(letter);
                }
            }
            if p.flags & SYN != 0 {
                note(if p.flags & ACK != 0 { 'H' } else { 'S' });
            } else if p.sizes.1 == 0 && p.flags & ACK != 0 {
                note('A');
            }
        }
        if p.sizes.1 > 0 {
            note('D');
        }
        side.packets += 1;
        side.ip_bytes += p.sizes.0;
        side.bytes += p.sizes.1;
        side.flags |= p.flags;
        let ended = |s: &Side| s.flags & FIN != 0;
        self.closed = self.sides.iter().all(ended) || self.sides.iter().any(|s| s.flags & RST != 0);
    }

    fn state(&self) -> &'static str {
        let [a, b] = &self.sides;
        if self.proto != 6 {
            return match (a.packets, b.packets) {
                (_, 0) => "S0",
                _ => "SF",
            };
        }
        let asked = a.flags & SYN != 0;
        let met = asked && b.flags & SYN != 0;
        match () {
            () if !asked => "OTH",
            () if b.packets == 0 => "S0",
            () if !met && b.flags & RST != 0 => "REJ",
            () if a.flags & RST != 0 => "RSTO",
            () if b.flags & RST != 0 => "RSTR",
            () if a.flags & FIN != 0 && b.flags & FIN != 0 => "SF",
            () if a.flags & FIN != 0 => "S2",
            () if b.flags & FIN != 0 => "S3",
            () => "S1",
        }
    }

    /// By the port alone: a flow sensor reads no payload.
    fn service(&self) -> &'static str {
        match (self.proto, self.ends[1].1) {
            (6, 80 | 8080 | 8081) => "http",
            (6, 443) => "ssl",
            (6, 21) => "ftp",
            (_, 53) => "dns",
            (17, 67) => "dhcp",
            (17, 123) => "ntp",
            _ => "-",
        }
    }
}

fn time(t: Nanos) -> String {
    format!(
        "{}.{:06}",
        t.div_euclid(SECOND),
        t.rem_euclid(SECOND) / MICRO
    )
}

/// The log of these packets as a Zeek table, rows in the order in which their flows ended.
#[must_use]
pub fn log(tape: &Tape, ids: &[PacketId]) -> Vec<u8> {
    let mut open: BTreeMap<(u8, End, End), Row> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for packet in ids.iter().filter_map(|id| tape.get(*id)) {
        let Some(p) = read(&packet.frame) else {
            continue;
        };
        // Both ends of an ICMP exchange go by its request.
        let key = if matches!(p.proto, 1 | 58) {
            let (a, b) = (p.from.0.min(p.to.0), p.from.0.max(p.to.0));
            (p.proto, (a, 0), (b, 0))
        } else {
            (p.proto, p.from.min(p.to), p.from.max(p.to))
        };
        let pause = if p.proto == 6 { TCP_PAUSE } else { PAUSE };
        let new = |r: &Row| {
            packet.time - r.last > pause || (r.closed && p.flags & SYN != 0 && p.flags & ACK == 0)
        };
        if open.get(&key).is_some_and(new) {
            rows.extend(open.remove(&key));
        }
        open.entry(key)
            .or_insert_with(|| Row::new(packet.time, &p))
            .add(packet.time, &p);
    }
    rows.extend(open.into_values());
    rows.sort_by_key(|r| (r.last, r.first, r.ends));
    let mut out = String::from(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n\
         #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\
         \tresp_bytes\tconn_state\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n",
    );
    for (n, r) in rows.iter().enumerate() {
        let proto = match r.proto {
            6 => "tcp",
            17 => "udp",
            _ => "icmp",
        };
        let [(a, ap), (b, bp)] = r.ends;
        let [from, back] = &r.sides;
        let _ = writeln!(
            out,
            "{}\tC{n:06}\t{a}\t{ap}\t{b}\t{bp}\t{proto}\t{}\t{}\t{}\t{}\t{}\t0\t{}\t{}\t{}\t{}\t{}",
            time(r.first),
            r.service(),
            time(r.last - r.first),
            from.bytes,
            back.bytes,
            r.state(),
            if r.history.is_empty() {
                "-"
            } else {
                &r.history
            },
            from.packets,
            from.ip_bytes,
            back.packets,
            back.ip_bytes,
        );
    }
    out.push_str("#close\t-\n");
    out.into_bytes()
}
