//! IEEE 802.2 logical link control with SNAP. Knows points, organisation and type, not what follows.

#[cfg(test)]
mod sample;

use super::ethertype;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static DSAP: Field = Field::new("llc.dsap", Kind::Uint(8), "DSAP")
    .hex()
    .values(POINTS);
static SSAP: Field = Field::new("llc.ssap", Kind::Uint(8), "SSAP")
    .hex()
    .values(POINTS);
static CONTROL: Field = Field::new("llc.control", Kind::Uint(16), "Control field").hex();
static OUI: Field = Field::new("llc.oui", Kind::Uint(24), "Organization Code");
static TYPE: Field = Field::new("llc.type", Kind::Uint(16), "Type")
    .hex()
    .values(super::eth::ETHERTYPES);

static CISCO: Field = Field::new("llc.cisco_pid", Kind::Uint(16), "PID")
    .hex()
    .values(&[
        (0x010b, "PVSTP+"),
        (0x0111, "UDLD"),
        (0x2000, "CDP"),
        (0x2003, "VTP"),
        (0x2004, "DTP"),
    ]);

const POINTS: &[(u64, &str)] = &[
    (0x00, "NULL LSAP"),
    (0x06, "TCP/IP"),
    (0x42, "Spanning Tree BPDU"),
    (0xaa, "SNAP"),
    (0xe0, "NetWare"),
    (0xf0, "NetBIOS"),
    (0xfe, "ISO Network Layer"),
    (0xff, "Global DSAP"),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.2",
    fields: &[&DSAP, &SSAP, &CONTROL, &OUI, &TYPE, &CISCO],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("llc", "Logical-Link Control", "LLC")
};

/// The point of IP, and the one that SNAP uses.
const IP: u8 = 0x06;
const SNAP: u8 = 0xaa;
const CISCO_OUI: u64 = 0x0000_000c;

pub(crate) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(dsap), Some(ssap), Some(control)) = (data.u8(0), data.u8(1), data.u8(2)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    // Unnumbered frames have one control byte, the others two.
    let unnumbered = control & 3 == 3;
    let header = if unnumbered { 3 } else { 4 };
    let snap = dsap == SNAP && ssap == SNAP && unnumbered;
    let kind = data.u16(6).filter(|_| snap);
    let end = if snap { 8 } else { header };
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        ctx.number(&DSAP, data, 0, 1);
        ctx.number(&SSAP, data, 1, 1);
        if unnumbered {
            ctx.number(&CONTROL, data, 2, 1);
        } else {
            ctx.number(&CONTROL, data, 2, 2);
        }
        if snap {
            ctx.number(&OUI, data, 3, 3);
            let cisco = data.number(3, 3) == Some(CISCO_OUI);
            ctx.number(if cisco { &CISCO } else { &TYPE }, data, 6, 2);
        }
        ctx.close();
    }
    let known_oui = matches!(data.number(3, 3), Some(0 | 0x0000_00f8));
    match kind {
        Some(kind) if known_oui => {
            let body = data.rest(8);
            // The types of an encapsulated Ethernet frame.
            let used = ethertype::claimed(kind, body).unwrap_or(body.len());
            ctx.next(Over::EtherType(kind), body.sub(0, used));
        }
        Some(kind) if data.number(3, 3) == Some(CISCO_OUI) => {
            ctx.next(Over::CiscoPid(kind), data.rest(8));
        }
        None if snap => ctx.short(),
        Some(_) => ctx.unknown(data.rest(8)),
        None if dsap == IP && unnumbered => ctx.next(Over::EtherType(0x0800), data.rest(header)),
        None if unnumbered => ctx.next(Over::Llc(dsap), data.rest(header)),
        None => ctx.unknown(data.rest(header)),
    }
}
