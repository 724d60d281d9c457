//! IGMP (RFC 1112, 2236, 3376): who listens to which group.

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static VERSION: Field = Field::new("igmp.version", Kind::Uint(8), "IGMP Version");
static TYPE: Field = Field::new("igmp.type", Kind::Uint(8), "Type")
    .hex()
    .values(&[
        (0x11, "Membership Query"),
        (0x12, "Membership Report (IGMPv1)"),
        (0x16, "Membership Report (IGMPv2)"),
        (0x17, "Leave Group"),
        (0x22, "Membership Report"),
    ]);
static MAX_RESP: Field = Field::new("igmp.max_resp", Kind::Uint(8), "Max Resp Time");
static CHECKSUM: Field = Field::new("igmp.checksum", Kind::Uint(16), "Checksum").hex();
static MADDR: Field = Field::new("igmp.maddr", Kind::Ipv4, "Multicast Address");
static RECORDS: Field = Field::new("igmp.num_grp_recs", Kind::Uint(16), "Num Group Records");
static RECORD_TYPE: Field = Field::new("igmp.record_type", Kind::Uint(8), "Record Type");
static SADDR: Field = Field::new("igmp.saddr", Kind::Ipv4, "Source Address");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3376",
    over: &[Over::IpProto(2)],
    fields: &[
        &VERSION,
        &TYPE,
        &MAX_RESP,
        &CHECKSUM,
        &MADDR,
        &RECORDS,
        &RECORD_TYPE,
        &SADDR,
    ],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    ..Protocol::new("igmp", "Internet Group Management Protocol", "IGMP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let (Some(kind), Some(code)) = (data.u8(0), data.u8(1)) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let version = match kind {
        0x11 if data.len() >= 12 => 3,
        0x11 if code == 0 => 1,
        0x12 => 1,
        0x22 => 3,
        _ => 2,
    };
    if wanted {
        ctx.computed(&VERSION, Value::Uint(version));
        ctx.number(&TYPE, data, 0, 1);
        if kind != 0x22 {
            ctx.number(&MAX_RESP, data, 1, 1);
        }
        ctx.number(&CHECKSUM, data, 2, 2);
        if kind == 0x22 {
            ctx.number(&RECORDS, data, 6, 2);
            records(ctx, data);
        } else {
            ctx.ipv4(&MADDR, data, 4);
        }
        ctx.close();
    }
    if data.len() < 8 {
        ctx.short();
    }
}

fn records(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = 8;
    while let (Some(aux), Some(sources)) = (data.u8(at + 1), data.u16(at + 2)) {
        ctx.number(&RECORD_TYPE, data, at, 1);
        ctx.ipv4(&MADDR, data, at + 4);
        at += 8;
        for _ in 0..sources {
            if at + 4 > data.len() {
                return;
            }
            ctx.ipv4(&SADDR, data, at);
            at += 4;
        }
        at += usize::from(aux) * 4;
    }
}
