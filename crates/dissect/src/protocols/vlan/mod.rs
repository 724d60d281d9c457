//! VLAN tags (IEEE 802.1Q, 802.1ad and the older 0x9100). Knows priority and id, not what follows.

#[cfg(test)]
mod sample;

use super::{eth, ethertype, llc};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static PRIORITY: Field = Field::new("vlan.priority", Kind::Uint(16), "Priority").values(PRIORITIES);
static DEI: Field = Field::new("vlan.dei", Kind::Bool, "DEI");
static ID: Field = Field::new("vlan.id", Kind::Uint(16), "ID");
static ETYPE: Field = Field::new("vlan.etype", Kind::Uint(16), "Type")
    .hex()
    .values(eth::ETHERTYPES);
static LEN: Field = Field::new("vlan.len", Kind::Uint(16), "Length");
static AD_PRIORITY: Field =
    Field::new("ieee8021ad.priority", Kind::Uint(16), "Priority").values(PRIORITIES);
static AD_DEI: Field = Field::new("ieee8021ad.dei", Kind::Bool, "DEI");
static AD_ID: Field = Field::new("ieee8021ad.id", Kind::Uint(16), "ID");

const PRIORITIES: &[(u64, &str)] = &[
    (0, "Best Effort (default)"),
    (1, "Background"),
    (2, "Excellent Effort"),
    (3, "Critical Applications"),
    (4, "Video"),
    (5, "Voice"),
    (6, "Internetwork Control"),
    (7, "Network Control"),
];

/// The customer's tag.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1Q",
    over: &[Over::EtherType(0x8100), Over::EtherType(0x9100)],
    fields: &[&PRIORITY, &DEI, &ID, &ETYPE, &LEN],
    datagram: Some(customer),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("vlan", "802.1Q Virtual LAN", "VLAN")
};

/// The provider's tag.
pub static PROTOCOL_AD: Protocol = Protocol {
    spec: "IEEE 802.1ad",
    over: &[Over::EtherType(0x88a8)],
    fields: &[&AD_PRIORITY, &AD_DEI, &AD_ID],
    datagram: Some(provider),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ieee8021ad", "IEEE 802.1ad", "IEEE 802.1ad")
};

fn customer(ctx: &mut Ctx<'_>, data: Data<'_>) {
    tag(ctx, data, &PROTOCOL, [&PRIORITY, &DEI, &ID]);
}

fn provider(ctx: &mut Ctx<'_>, data: Data<'_>) {
    tag(ctx, data, &PROTOCOL_AD, [&AD_PRIORITY, &AD_DEI, &AD_ID]);
}

fn tag(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    protocol: &'static Protocol,
    fields: [&'static Field; 3],
) {
    let (Some(control), Some(kind)) = (data.u16(0), data.u16(2)) else {
        if ctx.layer(protocol, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    ctx.packet.vlans.push(control & 0x0fff);
    let is_length = kind < 0x0600;
    if ctx.layer(protocol, data.range(0, 4)) {
        let [priority, dei, id] = fields;
        ctx.bits(priority, data, 0, 2, 0xe000);
        ctx.flag(dei, data, 0, 2, 0x1000);
        ctx.bits(id, data, 0, 2, 0x0fff);
        ctx.number(if is_length { &LEN } else { &ETYPE }, data, 2, 2);
        ctx.close();
    }
    let body = data.rest(4);
    if is_length {
        llc::dissect(ctx, body.sub(0, usize::from(kind)));
    } else {
        ethertype::next(ctx, kind, body);
    }
}
