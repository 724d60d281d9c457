//! IEEE 802.11 frames. Know type, addresses and whether the content is encrypted; data lead to link control.

use super::llc;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Holds, Kind, Mac, Value};

static TYPE_SUBTYPE: Field =
    Field::new("wlan.fc.type_subtype", Kind::Uint(16), "Type/Subtype").hex();
static PROTECTED: Field = Field::new("wlan.fc.protected", Kind::Bool, "Protected flag");
static ADDRESS: Field =
    Field::new("wlan.addr", Kind::Mac, "Hardware address").holds(Holds::Address);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.11",
    over: &[Over::LinkType(105)],
    fields: &[&TYPE_SUBTYPE, &PROTECTED, &ADDRESS],
    datagram: Some(dissect),
    ..Protocol::new("wlan", "IEEE 802.11", "802.11")
};

/// Frame control bits, as the two bytes stand.
mod bit {
    pub(super) const TO: u8 = 0x01;
    pub(super) const FROM: u8 = 0x02;
    pub(super) const PROTECTED: u8 = 0x40;
    pub(super) const ORDER: u8 = 0x80;
}
/// Type of data frames; subtype bits of quality of service and of frames without data.
const DATA: u8 = 2;
const QOS: u8 = 8;
const EMPTY: u8 = 4;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    read(ctx, data, false);
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
    let both = bit::TO | bit::FROM;
    let mut header: usize = if flags & both == both { 30 } else { 24 };
    if class == DATA && subtype & QOS != 0 {
        header += 2 + if flags & bit::ORDER != 0 { 4 } else { 0 };
    }
    if padded {
        header = header.next_multiple_of(4);
    }
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        let value = u64::from(class) << 4 | u64::from(subtype);
        ctx.field(&TYPE_SUBTYPE, Value::Uint(value), data.range(0, 1));
        ctx.flag(&PROTECTED, data, 1, 1, u64::from(bit::PROTECTED));
        for at in [4, 10, 16] {
            if let Some(mac) = data.array(at).filter(|_| class == DATA) {
                ctx.field(&ADDRESS, Value::Mac(Mac(mac)), data.range(at, at + 6));
            }
        }
        ctx.close();
    }
    if class != DATA || subtype & EMPTY != 0 {
        return;
    }
    // Receiver and transmitter, then the third party, as the direction bits say.
    let at = |n| data.array(n).map(Mac);
    let ends = match flags & both {
        0 => at(10).zip(at(4)),
        bit::TO => at(10).zip(at(16)),
        bit::FROM => at(16).zip(at(4)),
        _ => at(24).zip(at(16)),
    };
    ctx.packet.macs = ends.or(ctx.packet.macs);
    if data.len() < header {
        return ctx.short();
    }
    let body = data.rest(header);
    if flags & bit::PROTECTED != 0 {
        ctx.unknown(body);
    } else if !body.is_empty() {
        llc::dissect(ctx, body);
    }
}
