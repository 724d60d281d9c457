//! What a wireless card said before an IEEE 802.11 frame: radiotap and Prism headers. Knows lengths and flags.

use super::wlan;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static LENGTH: Field = Field::new("radiotap.length", Kind::Uint(16), "Header length");
static PRESENT: Field = Field::new(
    "radiotap.present.word",
    Kind::Uint(32),
    "Present flags word",
)
.hex();

/// Radiotap.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_IEEE802_11_RADIOTAP",
    over: &[Over::LinkType(127)],
    fields: &[&LENGTH, &PRESENT],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(super::wlan::sample::SAMPLE),
    ..Protocol::new("radiotap", "Radiotap Header", "802.11 Radio")
};

/// Prism.
pub static PROTOCOL_PRISM: Protocol = Protocol {
    spec: "LINKTYPE_IEEE802_11_PRISM",
    over: &[Over::LinkType(119)],
    datagram: Some(prism),
    ..Protocol::new("prism", "Prism capture header", "Prism")
};

/// Words that say what is present, at most.
const WORDS: usize = 32;
/// A check sequence stands at the frame's end.
const WITH_FCS: u8 = 0x10;
/// The header is padded to four bytes.
const PADDED: u8 = 0x20;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let length = data.array(2).map(u16::from_le_bytes);
    let present = data.array(4).map(u32::from_le_bytes);
    let header = usize::from(length.unwrap_or(8));
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        if let (Some(length), Some(present)) = (length, present) {
            ctx.field(&LENGTH, Value::Uint(u64::from(length)), data.range(2, 4));
            ctx.field(&PRESENT, Value::Uint(u64::from(present)), data.range(4, 8));
        }
        ctx.close();
    }
    let Some(present) = present.filter(|_| data.len() >= header) else {
        return ctx.short();
    };
    let flags = flags(data, present).unwrap_or_default();
    let frame = data.rest(header);
    let end = frame.len()
        - if flags & WITH_FCS != 0 {
            4.min(frame.len())
        } else {
            0
        };
    wlan::read(ctx, frame.sub(0, end), flags & PADDED != 0);
}

/// The byte of frame flags: behind the words of presence and the clock, where those are there.
fn flags(data: Data<'_>, present: u32) -> Option<u8> {
    if present & 2 == 0 {
        return None;
    }
    let word = |n: usize| data.array(4 + n * 4).map(u32::from_le_bytes);
    let last = (0..WORDS).find(|n| word(*n).is_none_or(|w| w >> 31 == 0))?;
    let mut at = 8 + last * 4;
    if present & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    data.u8(at)
}

fn prism(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // In the byte order of the capturing host.
    let len = data
        .array(4)
        .map(|n| u32::from_le_bytes(n).min(u32::from_be_bytes(n)));
    let header = len
        .and_then(|n| usize::try_from(n).ok())
        .filter(|n| *n <= data.len());
    if ctx.layer(&PROTOCOL_PRISM, data.range(0, header.unwrap_or(8))) {
        ctx.close();
    }
    match header {
        Some(header) => wlan::read(ctx, data.rest(header), false),
        None => ctx.short(),
    }
}
