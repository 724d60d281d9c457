//! IEEE 802.11 frames (IEEE 802.11-2020 section 9). Know type, addresses, whether the content is encrypted, and what
//! management frames tag; data lead to link control. Opens nothing.

mod fields;
mod mgt;
#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;

use super::llc;
use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol, Severity};
use fields as f;
pub use mgt::{Network, PROTOCOL as PROTOCOL_MGT};
use weir_model::{Field, Mac, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.11-2020 section 9",
    over: &[Over::LinkType(105)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &RETRY],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("wlan", "IEEE 802.11", "802.11")
};

/// Sent once more, because nobody acknowledged it.
static RETRY: AnomalyKind = AnomalyKind {
    id: "wlan.fc.retry.expert",
    says: "Retransmission (retry)",
    severity: Severity::Note,
    group: "Sequence",
};

/// Frame control bits, as the two bytes stand.
mod bit {
    pub(super) const TO: u8 = 0x01;
    pub(super) const FROM: u8 = 0x02;
    pub(super) const RETRY: u8 = 0x08;
    pub(super) const PROTECTED: u8 = 0x40;
    pub(super) const ORDER: u8 = 0x80;
}
/// Types of frames; subtype bits of quality of service and of frames without data.
const MANAGEMENT: u8 = 0;
const CONTROL: u8 = 1;
const DATA: u8 = 2;
const QOS: u8 = 8;
const EMPTY: u8 = 4;
/// Subtypes of control frames that have but one address: clear to send, acknowledgement.
const ONE_ADDRESS: [u8; 2] = [12, 13];

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    read(ctx, data, false);
}

/// A field of the little-endian number at `at`.
fn little(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize, len: usize) {
    let part = data.sub(at, at + len);
    if part.len() == len {
        let value = part
            .bytes
            .iter()
            .rev()
            .fold(0, |n, b| n << 8 | u64::from(*b));
        ctx.field(field, Value::Uint(value), part.all());
    }
}

fn header(class: u8, subtype: u8, flags: u8) -> usize {
    let both = bit::TO | bit::FROM;
    match class {
        CONTROL if ONE_ADDRESS.contains(&subtype) => 10,
        CONTROL => 16,
        DATA => {
            let addresses = if flags & both == both { 30 } else { 24 };
            let qos = match (subtype & QOS != 0, flags & bit::ORDER != 0) {
                (true, true) => 6,
                (true, false) => 2,
                (false, _) => 0,
            };
            addresses + qos
        }
        MANAGEMENT if flags & bit::ORDER != 0 => 28,
        _ => 24,
    }
}

/// The roles of the addresses in the order they stand.
fn roles(class: u8, subtype: u8, flags: u8) -> [&'static [&'static Field]; 4] {
    match (class, flags & (bit::TO | bit::FROM)) {
        (CONTROL, _) if ONE_ADDRESS.contains(&subtype) => const { [&[&f::RA], &[], &[], &[]] },
        (CONTROL, _) => const { [&[&f::RA], &[&f::TA], &[], &[]] },
        (DATA, bit::TO) => {
            const {
                [
                    &[&f::RA, &f::BSSID],
                    &[&f::TA, &f::SA, &f::STAA],
                    &[&f::DA],
                    &[],
                ]
            }
        }
        (DATA, bit::FROM) => {
            const {
                [
                    &[&f::RA, &f::DA, &f::STAA],
                    &[&f::TA, &f::BSSID],
                    &[&f::SA],
                    &[],
                ]
            }
        }
        (DATA, both) if both != 0 => const { [&[&f::RA], &[&f::TA], &[&f::DA], &[&f::SA]] },
        (DATA, _) => {
            const {
                [
                    &[&f::RA, &f::DA],
                    &[&f::TA, &f::SA, &f::STAA],
                    &[&f::BSSID],
                    &[],
                ]
            }
        }
        _ => const { [&[&f::RA, &f::DA], &[&f::TA, &f::SA], &[&f::BSSID], &[]] },
    }
}

/// A frame; `padded`: its header is filled up to four bytes.
pub(crate) fn read(ctx: &mut Ctx<'_>, data: Data<'_>, padded: bool) {
    let (Some(kind), Some(flags)) = (data.u8(0), data.u8(1)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let (class, subtype) = (kind >> 2 & 3, kind >> 4);
    let mut header = header(class, subtype, flags);
    if padded {
        header = header.next_multiple_of(4);
    }
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        describe(ctx, data, class, subtype, flags);
        ctx.close();
    }
    if flags & bit::RETRY != 0 {
        ctx.remark(&RETRY, format_args!("{}", RETRY.says));
    }
    if data.len() < header {
        return ctx.short();
    }
    let body = data.rest(header);
    match class {
        MANAGEMENT if flags & bit::PROTECTED == 0 => {
            let bssid = Mac(data.array(16).unwrap_or_default());
            mgt::dissect(ctx, subtype, bssid, body);
        }
        MANAGEMENT => ctx.unknown(body),
        DATA if subtype & EMPTY == 0 => {
            // Receiver and transmitter, then the third party, as the direction bits say.
            let at = |n| data.array(n).map(Mac);
            let ends = match flags & (bit::TO | bit::FROM) {
                0 => at(10).zip(at(4)),
                bit::TO => at(10).zip(at(16)),
                bit::FROM => at(16).zip(at(4)),
                _ => at(24).zip(at(16)),
            };
            ctx.packet.macs = ends.or(ctx.packet.macs);
            if flags & bit::PROTECTED != 0 {
                // Behind what opens it: four bytes of WEP, eight of what came after it.
                let long = body.u8(3).is_some_and(|b| b & 0x20 != 0);
                ctx.unknown(body.rest(if long { 8 } else { 4 }));
            } else if !body.is_empty() {
                llc::dissect(ctx, body);
            }
        }
        _ => {}
    }
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, class: u8, subtype: u8, flags: u8) {
    let value = u64::from(class) << 4 | u64::from(subtype);
    ctx.field(&f::TYPE_SUBTYPE, Value::Uint(value), data.range(0, 1));
    let word = f::TYPE_SUBTYPE.word(value).unwrap_or("Unrecognized");
    ctx.info(format_args!("{word}"));
    ctx.open(
        &f::FC,
        Value::Uint(data.u16(0).unwrap_or_default().into()),
        data.range(0, 2),
    );
    ctx.bits(&f::VERSION, data, 0, 1, 0x03);
    ctx.bits(&f::TYPE, data, 0, 1, 0x0c);
    ctx.bits(&f::SUBTYPE, data, 0, 1, 0xf0);
    ctx.open(&f::FLAGS, Value::Uint(flags.into()), data.range(1, 2));
    ctx.bits(&f::DS, data, 1, 1, 0x03);
    for (field, mask) in f::BITS {
        ctx.flag(field, data, 1, 1, *mask);
    }
    ctx.close();
    ctx.close();
    little(ctx, &f::DURATION, data, 2, 2);
    for (n, roles) in roles(class, subtype, flags).into_iter().enumerate() {
        let at = if n < 3 { 4 + 6 * n } else { 24 };
        if let Some(mac) = data.array(at) {
            for field in roles {
                ctx.field(field, Value::Mac(Mac(mac)), data.range(at, at + 6));
            }
        }
    }
    if class != CONTROL
        && let Some(n) = data.array(22).map(u16::from_le_bytes)
    {
        let range = data.range(22, 24);
        ctx.field(&f::FRAG, Value::Uint(u64::from(n & 15)), range);
        ctx.field(&f::SEQ, Value::Uint(u64::from(n >> 4)), range);
    }
}
