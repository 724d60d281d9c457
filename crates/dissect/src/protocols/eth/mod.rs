//! Ethernet II and IEEE 802.3 frames. Knows addresses and the type, not what follows.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use etherparse::Ethernet2Slice;
use weir_model::{Field, Holds, Kind, Mac, Value};

static DST: Field = Field::new("eth.dst", Kind::Mac, "Destination")
    .part_of(&["eth.addr"])
    .holds(Holds::Address);
static SRC: Field = Field::new("eth.src", Kind::Mac, "Source")
    .part_of(&["eth.addr"])
    .holds(Holds::Address);
static TYPE: Field = Field::new("eth.type", Kind::Uint(16), "Type").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.3",
    over: &[Over::LinkType(1)],
    fields: &[&DST, &SRC, &TYPE],
    datagram: Some(dissect),
    ..Protocol::new("eth", "Ethernet II", "Ethernet")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok(eth) = Ethernet2Slice::from_slice_without_fcs(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let (dst, src, kind) = (
        Mac(eth.destination()),
        Mac(eth.source()),
        eth.ether_type().0,
    );
    ctx.packet.macs = Some((src, dst));
    if ctx.layer(&PROTOCOL, data.range(0, 14)) {
        ctx.field(&DST, Value::Mac(dst), data.range(0, 6));
        ctx.field(&SRC, Value::Mac(src), data.range(6, 12));
        ctx.field(&TYPE, Value::Uint(u64::from(kind)), data.range(12, 14));
        ctx.close();
    }
    ctx.next(Over::EtherType(kind), data.rest(14));
}
