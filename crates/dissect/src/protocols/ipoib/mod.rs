//! IP over InfiniBand (RFC 4391) behind its 40-byte pseudo-header. Knows the type, not what follows.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static TYPE: Field = Field::new("ipoib.type", Kind::Uint(16), "Type")
    .hex()
    .values(super::eth::ETHERTYPES);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4391",
    over: &[Over::LinkType(242)],
    fields: &[&TYPE],
    datagram: Some(dissect),
    ..Protocol::new("ipoib", "IP over Infiniband", "IPoIB")
};

/// Bytes of the pseudo-header: addresses of the capturing interface.
const ADDRESSES: usize = 40;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let end = ADDRESSES + 4;
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        ctx.number(&TYPE, data, ADDRESSES, 2);
        ctx.close();
    }
    match data.u16(ADDRESSES) {
        Some(kind) => ctx.next(Over::EtherType(kind), data.rest(end)),
        None => ctx.short(),
    }
}
