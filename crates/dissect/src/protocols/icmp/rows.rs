//! What both ICMP versions tell: who asks whom for an echo and what it carries, and who reports which failure.

use super::PROTOCOL;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use weir_model::{LimitKind, Timestamp};

/// Bytes of an echo's content that its entropy is of.
const MEASURED: usize = 1024;
/// Rows of each kind kept: a flood of them says nothing new.
const ROWS: usize = 200_000;
/// Bytes in front of an echo's pattern in which programs put the time.
const STAMP: usize = 24;

static MANY: LimitKind = LimitKind {
    id: "icmp.rows",
    says: "more ICMP messages than are listed",
    bound: ROWS as u64,
    unit: "messages of a kind",
};

row! {
    /// Somebody asks whether an address is there, with the answer; or an answer that nobody asked for. First: the
    /// request; last: the reply.
    pub struct Echo of PROTOCOL {
        kind: &'static str = "echo, timestamp, information or mask; unasked: a reply without its request",
        client: IpAddr = "Who asks",
        server: IpAddr = "Who is asked",
        id: u16 = "Identifier, of one run of a program mostly",
        seq: u16 = "Sequence number",
        size: u32 = "Bytes of content on the wire",
        filler: &'static str = "What fills it, where programs fill it so: alphabet, counting, constant, empty",
        entropy: u16 = "Thousandths of a bit of information per byte of its first 1,024 bytes",
        answered: Option<Timestamp> = "When the answer came",
        reply_size: Option<u32> = "Bytes of content of the answer",
        same: Option<bool> = "The answer has the same content, as it must",
    }
    |e| match e.answered {
        Some(at) => format!("{} {} → {}, {} bytes, answered after {} s", e.kind, e.client, e.server, e.size, at.since(e.meta.time).decimal()),
        None => format!("{} {} → {}, {} bytes", e.kind, e.client, e.server, e.size),
    }
}

row! {
    /// Somebody reports that a packet did not arrive.
    pub struct Failure of PROTOCOL {
        reason: &'static str = "What went wrong",
        from: IpAddr = "Who reports it",
        to: IpAddr = "To whom",
        src: IpAddr = "Who sent the packet",
        src_port: Option<u16> = "From which port",
        dst: IpAddr = "To whom",
        dst_port: Option<u16> = "To which port",
        protocol: u8 = "Its protocol's number: 1 ICMP, 6 TCP, 17 UDP",
        len: u32 = "Its length, as its head says",
        mtu: Option<u32> = "The longest that would pass",
        gateway: Option<IpAddr> = "The router to use instead, of a redirect",
    }
    |f| format!("{}: {} of {} to {}", f.from, f.reason, f.src, f.dst)
}

/// An echo's content.
pub(crate) struct Content {
    pub(crate) size: u32,
    pub(crate) filler: &'static str,
    pub(crate) entropy: u16,
    pub(crate) digest: u64,
}

impl Content {
    pub(crate) fn of(ctx: &Ctx<'_>, data: Data<'_>) -> Self {
        let bytes = data.bytes;
        let mut hasher = FixedState::with_seed(0x1c39).build_hasher();
        hasher.write(bytes);
        Self {
            size: u32::try_from(bytes.len())
                .unwrap_or(u32::MAX)
                .saturating_add(ctx.packet.beyond),
            filler: filler(bytes),
            entropy: entropy(bytes.get(..MEASURED).unwrap_or(bytes)),
            digest: hasher.finish(),
        }
    }
}

/// Thousandths of a bit per byte (Shannon).
fn entropy(bytes: &[u8]) -> u16 {
    let mut counts = [0_u16; 256];
    for b in bytes {
        if let Some(n) = counts.get_mut(usize::from(*b)) {
            *n += 1;
        }
    }
    let all = f64::from(u16::try_from(bytes.len()).unwrap_or(u16::MAX)).max(1.0);
    let bits: f64 = counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| {
            let p = f64::from(*n) / all;
            -p * p.log2()
        })
        .sum();
    // Between 0 and 8 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let thousandths = (bits * 1000.0).round() as u16;
    thousandths
}

/// How programs fill an echo, behind a time that some put in front: Windows with letters, Linux and macOS by
/// counting, others with one byte.
fn filler(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "empty";
    }
    let rest = match bytes.get(STAMP..) {
        Some(rest) if rest.len() >= 8 => rest,
        _ => bytes,
    };
    let pairs = || rest.iter().zip(rest.iter().skip(1));
    if pairs().all(|(a, b)| a == b) {
        // Words in front of zeros are words.
        return if text(bytes) && bytes.first() != rest.first() {
            ""
        } else {
            "constant"
        };
    }
    let letters = pairs().all(|(a, b)| b.wrapping_sub(*a) == 1 || (*a == b'w' && *b == b'a'));
    let letters = letters && rest.iter().all(u8::is_ascii_lowercase);
    if letters {
        return "alphabet";
    }
    if pairs().all(|(a, b)| b.wrapping_sub(*a) == 1) {
        return "counting";
    }
    ""
}

/// Does it begin with a word?
fn text(bytes: &[u8]) -> bool {
    let word = bytes
        .iter()
        .take_while(|b| b.is_ascii_graphic() || **b == b' ');
    word.count() >= 4
}

/// Adds a request, or a reply without one; its row.
pub(crate) fn asked(
    ctx: &mut Ctx<'_>,
    kind: &'static str,
    number: (u16, u16),
    content: &Content,
) -> Option<u32> {
    let ends = ctx.packet.addresses?;
    if ctx.core.muted || ctx.packet.duplicate || ctx.packet.quoted {
        return None;
    }
    if ctx.core.facts.messages.all::<Echo>().len() >= ROWS {
        ctx.limit(&MANY);
        return None;
    }
    let reply = kind == "unasked";
    let (client, server) = if reply {
        (ends.dst, ends.src)
    } else {
        (ends.src, ends.dst)
    };
    let meta = ctx.whole_message();
    ctx.emit(Echo {
        meta,
        kind,
        client,
        server,
        id: number.0,
        seq: number.1,
        size: if reply { 0 } else { content.size },
        filler: content.filler,
        entropy: content.entropy,
        answered: reply.then_some(meta.time),
        reply_size: reply.then_some(content.size),
        same: None,
    })
}

/// The reply to a row's request.
pub(crate) fn answered(ctx: &mut Ctx<'_>, row: Option<u32>, content: &Content, same: bool) {
    let (packet, time) = (ctx.meta.packet, ctx.meta.time);
    let cut = ctx.packet.beyond > 0;
    ctx.update::<Echo>(row, |e| {
        (e.meta.last, e.meta.end) = (packet, time);
        e.answered = Some(time);
        e.reply_size = Some(content.size);
        e.same = (!cut).then_some(same);
        if !same && e.filler != content.filler {
            e.filler = "";
        }
        e.entropy = e.entropy.max(content.entropy);
    });
}

/// What a failure is about, as far as its quote reaches.
struct Quoted {
    src: IpAddr,
    dst: IpAddr,
    protocol: u8,
    ports: Option<(u16, u16)>,
    len: u32,
}

fn quoted(data: Data<'_>) -> Option<Quoted> {
    let (protocol, at, len, src, dst): (u8, usize, u32, IpAddr, IpAddr) = match data.u8(0)? >> 4 {
        4 => (
            data.u8(9)?,
            usize::from(data.u8(0)? & 15) * 4,
            data.u16(2)?.into(),
            Ipv4Addr::from(data.array::<4>(12)?).into(),
            Ipv4Addr::from(data.array::<4>(16)?).into(),
        ),
        6 => (
            data.u8(6)?,
            40,
            u32::from(data.u16(4)?) + 40,
            Ipv6Addr::from(data.array::<16>(8)?).into(),
            Ipv6Addr::from(data.array::<16>(24)?).into(),
        ),
        _ => return None,
    };
    let has_ports = matches!(protocol, 6 | 17 | 132);
    Some(Quoted {
        src,
        dst,
        protocol,
        ports: data.u16(at).zip(data.u16(at + 2)).filter(|_| has_ports),
        len,
    })
}

/// Adds a failure. `data` is the quoted packet.
pub(crate) fn failed(
    ctx: &mut Ctx<'_>,
    reason: &'static str,
    data: Data<'_>,
    mtu: Option<u32>,
    gateway: Option<IpAddr>,
) {
    let (Some(ends), Some(q)) = (ctx.packet.addresses, quoted(data)) else {
        return;
    };
    if ctx.core.muted || ctx.packet.duplicate || ctx.packet.quoted {
        return;
    }
    if ctx.core.facts.messages.all::<Failure>().len() >= ROWS {
        return ctx.limit(&MANY);
    }
    let meta = ctx.whole_message();
    ctx.emit(Failure {
        meta,
        reason,
        from: ends.src,
        to: ends.dst,
        src: q.src,
        src_port: q.ports.map(|p| p.0),
        dst: q.dst,
        dst_port: q.ports.map(|p| p.1),
        protocol: q.protocol,
        len: q.len,
        mtu,
        gateway,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_fill_an_echo_with_has_a_name() {
        let counting: Vec<u8> = (0x10..0x38).collect();
        let stamped = [&[9, 1, 200, 3, 77, 0, 5, 1][..], &counting].concat();
        let windows = b"abcdefghijklmnopqrstuvwabcdefghi";
        let mut command = b"shell".to_vec();
        command.resize(788, 0);
        for (bytes, name) in [
            (&b""[..], "empty"),
            (&[7; 56][..], "constant"),
            (&counting, "counting"),
            (&stamped, "counting"),
            (windows, "alphabet"),
            (&command, ""),
            (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n and more", ""),
        ] {
            assert_eq!(filler(bytes), name, "{bytes:?}");
        }
    }

    #[test]
    fn entropy_of_what_is_known() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(entropy(&all), 8000);
        assert_eq!(entropy(&[1, 2, 1, 2]), 1000);
        assert_eq!(entropy(&[0; 9]), 0);
        assert_eq!(entropy(&[]), 0);
    }
}
