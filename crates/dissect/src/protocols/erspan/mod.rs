//! ERSPAN: mirrored Ethernet frames in GRE, types I to III. Knows the session, not the frame.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static VERSION: Field = Field::new("erspan.version", Kind::Uint(16), "Version");
static VLAN: Field = Field::new("erspan.vlan", Kind::Uint(16), "Vlan");
static SPAN: Field = Field::new("erspan.spanid", Kind::Uint(16), "SpanID");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "draft-foschiano-erspan",
    fields: &[&VERSION, &VLAN, &SPAN],
    ..Protocol::new(
        "erspan",
        "Encapsulated Remote Switch Packet ANalysis",
        "ERSPAN",
    )
};

/// Type I has no header and no GRE sequence number; `kind` is the GRE protocol.
pub(crate) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>, kind: u16, sequence: bool) {
    let len = match (kind, sequence) {
        (0x88be, false) => 0,
        (0x88be, true) => 8,
        // The platform's own header follows where the last bit says so.
        _ => 12 + usize::from(data.u8(11).unwrap_or_default() & 1) * 8,
    };
    if ctx.layer(&PROTOCOL, data.range(0, len)) {
        if len > 0 {
            ctx.bits(&VERSION, data, 0, 2, 0xf000);
            ctx.bits(&VLAN, data, 0, 2, 0x0fff);
            ctx.bits(&SPAN, data, 2, 2, 0x03ff);
        }
        ctx.close();
    }
    if data.len() < len {
        return ctx.short();
    }
    ctx.next(Over::LinkType(1), data.rest(len));
}
