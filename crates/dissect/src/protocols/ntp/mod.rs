//! NTP (RFC 5905): what time hosts ask for and tell, and its control (RFC 9327) and private messages, whose answers are
//! long enough to be misused.

mod fields;
mod manage;
pub use manage::Control;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::asked::{answer_in, answered, ask, question_in};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol};
use fields as f;
use weir_model::{Duration, Timestamp, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5905",
    over: &[Over::UdpPort(123)],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<Time>(), Log::of::<Control>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ntp", "Network Time Protocol", "NTP")
};

row! {
    /// A message of the time protocol itself, named as Zeek's log does.
    pub struct Time of PROTOCOL {
        version: u8 = "Version",
        mode: u8 = "Mode: 3 client, 4 server …",
        stratum: u8 = "Distance from a reference clock",
        poll: Duration = "Longest time between messages",
        precision: Duration = "Precision of the clock",
        root_delay: Duration = "Round trip to the reference clock",
        root_disp: Duration = "Dispersion to the reference clock",
        ref_id: Box<str> = "Which reference clock or server",
        ref_time: Option<Timestamp> = "When the clock was last set",
        org_time: Option<Timestamp> = "When the request left",
        rec_time: Option<Timestamp> = "When the request came",
        xmt_time: Option<Timestamp> = "When this message left",
    }
    |t| format!("version {}, mode {}, stratum {}, {}", t.version, t.mode, t.stratum, t.ref_id)
}

/// A head of the time protocol.
const HEAD: usize = 48;
/// Seconds from 1900 to 1970.
const EPOCH: i64 = 2_208_988_800;
/// Seconds of an era.
const ERA: i64 = 1 << 32;

/// Only on its port do a few bits tell enough.
fn probe(p: &Probe<'_>) -> Certainty {
    let port = p.ports.0 == 123 || p.ports.1 == 123;
    let first = p.bytes.first().copied().unwrap_or(0);
    let (version, mode) = (first >> 3 & 7, first & 7);
    if !port && p.bytes.len() == HEAD && version == 4 && matches!(mode, 3 | 4) && plausible(p.bytes)
    {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

/// Do stratum, poll and the fraction of the delays look like a clock's?
fn plausible(b: &[u8]) -> bool {
    let at = |n: usize| b.get(n).copied().unwrap_or(0xff);
    at(1) <= 16 && at(2) <= 17 && at(3) >= 0xe0 && at(4) == 0 && at(8) == 0
}

/// A timestamp (section 6): seconds of 1900 or, before 1968, of 2036 and a fraction; none where it is all zero.
fn stamp(data: Data<'_>, at: usize) -> Option<Timestamp> {
    let (seconds, fraction) = (data.u32(at)?, data.u32(at + 4)?);
    if seconds == 0 && fraction == 0 {
        return None;
    }
    let era = if seconds & 0x8000_0000 == 0 { ERA } else { 0 };
    let nanos = (u64::from(fraction) * 1_000_000_000) >> 32;
    Some(Timestamp::from_parts(
        i64::from(seconds) + era - EPOCH,
        i64::try_from(nanos).unwrap_or(0),
    ))
}

/// Four letters of a reference clock, or the address of a server.
fn reference(stratum: u8, data: Data<'_>) -> String {
    let bytes = data.array::<4>(12).unwrap_or_default();
    if stratum <= 1 {
        let text = bytes.split(|b| *b == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    } else {
        std::net::Ipv4Addr::from(bytes).to_string()
    }
}

/// A span written as the power of two of its seconds, with a sign (section 7.3). What is longer than a span can be is as
/// long as it can be.
fn power(exponent: u8) -> Duration {
    let n = u32::from(exponent.cast_signed().unsigned_abs());
    let second = 1_000_000_000_i64;
    let nanos = if exponent & 0x80 == 0 {
        1_i64
            .checked_shl(n)
            .filter(|p| *p > 0)
            .and_then(|p| second.checked_mul(p))
            .unwrap_or(i64::MAX)
    } else {
        second.checked_shr(n).unwrap_or(0)
    };
    Duration(nanos)
}

/// Seconds in sixteen bits, and as many of a fraction (section 6).
fn short_format(n: u32) -> Duration {
    let nanos = (u64::from(n) * 1_000_000_000) >> 16;
    Duration(i64::try_from(nanos).unwrap_or(i64::MAX))
}

/// What a question and its answer share.
fn key(data: Data<'_>, at: usize) -> u64 {
    data.number(at, 8).unwrap_or(0)
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let Some(first) = data.u8(0) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let fine = match first & 7 {
        6 => manage::control(ctx, wanted, data),
        7 => manage::private(ctx, wanted, data),
        _ => time(ctx, wanted, data, first),
    };
    if wanted {
        ctx.close();
    }
    if !fine {
        ctx.short();
    }
}

/// `false`: too short.
fn time(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>, first: u8) -> bool {
    let (version, mode) = (first >> 3 & 7, first & 7);
    let question = match mode {
        4 if data.len() >= HEAD => answered(ctx, key(data, 24)),
        _ => None,
    };
    if wanted {
        let word = f::MODE.word(u64::from(mode)).unwrap_or("reserved");
        ctx.info(format_args!("NTP Version {version}, {word}"));
        ctx.open(&f::FLAGS, Value::Uint(u64::from(first)), data.range(0, 1));
        ctx.bits(&f::LI, data, 0, 1, 0xc0);
        ctx.bits(&f::VN, data, 0, 1, 0x38);
        ctx.bits(&f::MODE, data, 0, 1, 0x07);
        ctx.close();
        if let Some(q) = &question {
            question_in(ctx, q, &f::REQUEST_IN, &f::DELTA);
        }
        if mode == 3 && data.len() >= HEAD {
            answer_in(ctx, key(data, 40), &f::RESPONSE_IN);
        }
        ctx.number(&f::STRATUM, data, 1, 1);
        ctx.number(&f::POLL, data, 2, 1);
        ctx.number(&f::PRECISION, data, 3, 1);
        ctx.number(&f::ROOT_DELAY, data, 4, 4);
        ctx.number(&f::ROOT_DISPERSION, data, 8, 4);
        ctx.bytes(&f::REFID, data, 12, 16);
        for (field, at) in [
            (&f::REFTIME, 16),
            (&f::ORG, 24),
            (&f::REC, 32),
            (&f::XMT, 40),
        ] {
            if data.len() >= at + 8 {
                let time = stamp(data, at).unwrap_or(Timestamp::from_parts(0, 0));
                ctx.field(field, Value::Time(time), data.range(at, at + 8));
            }
        }
        tail(ctx, data);
    }
    if data.len() < HEAD {
        return false;
    }
    let stratum = data.u8(1).unwrap_or(0);
    let row = Time {
        meta: ctx.whole_message(),
        version,
        mode,
        stratum,
        poll: power(data.u8(2).unwrap_or(0)),
        precision: power(data.u8(3).unwrap_or(0)),
        root_delay: short_format(data.u32(4).unwrap_or(0)),
        root_disp: short_format(data.u32(8).unwrap_or(0)),
        ref_id: reference(stratum, data).into(),
        ref_time: stamp(data, 16),
        org_time: stamp(data, 24),
        rec_time: stamp(data, 32),
        xmt_time: stamp(data, 40),
    };
    let row = ctx.emit(row);
    if mode == 3 {
        ask(ctx, key(data, 40), row);
    }
    true
}

/// Extensions (section 7.5) and the authentication at the end.
fn tail(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = HEAD;
    // RFC 7822 section 3: what is left after the last extension is a code of 20 or 24 bytes, or a key alone.
    while data.len().saturating_sub(at) > 24 {
        let Some(len) = data.u16(at + 2).map(usize::from) else {
            return;
        };
        if len < 16 || at + len > data.len() {
            break;
        }
        ctx.open(&f::EXT, Value::None, data.range(at, at + len));
        ctx.number(&f::EXT_TYPE, data, at, 2);
        ctx.number(&f::EXT_LENGTH, data, at + 2, 2);
        ctx.bytes(&f::EXT_VALUE, data, at + 4, at + len);
        ctx.close();
        at += len;
    }
    if data.len() >= at + 4 {
        ctx.bytes(&f::KEYID, data, at, at + 4);
        ctx.bytes(&f::MAC, data, at + 4, data.len());
    }
}
