//! IGMP (RFC 1112, 2236, 3376): who listens to which group.

#[cfg(test)]
mod sample;

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
static AUX: Field = Field::new("igmp.aux_data_len", Kind::Uint(8), "Aux Data Len");
static SOURCES: Field = Field::new("igmp.num_src", Kind::Uint(16), "Num Src");
static SUPPRESS: Field = Field::new("igmp.s", Kind::Bool, "S");
static ROBUSTNESS: Field = Field::new("igmp.qrv", Kind::Uint(8), "QRV");
static INTERVAL: Field = Field::new("igmp.qqic", Kind::Uint(8), "QQIC");
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
        &AUX,
        &SOURCES,
        &SUPPRESS,
        &ROBUSTNESS,
        &INTERVAL,
        &SADDR,
    ],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
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
        if kind != 0x22 && version > 1 {
            ctx.number(&MAX_RESP, data, 1, 1);
        }
        ctx.number(&CHECKSUM, data, 2, 2);
        if kind == 0x22 {
            ctx.number(&RECORDS, data, 6, 2);
        } else {
            ctx.ipv4(&MADDR, data, 4);
        }
        if kind == 0x11 && version == 3 {
            ctx.flag(&SUPPRESS, data, 8, 1, 8);
            ctx.bits(&ROBUSTNESS, data, 8, 1, 7);
            ctx.number(&INTERVAL, data, 9, 1);
            ctx.number(&SOURCES, data, 10, 2);
        }
    }
    let whole = match kind {
        0x22 => records(ctx, data, wanted),
        0x11 if version == 3 => sources(ctx, data, 10, 12, wanted),
        _ => Some(8),
    };
    if wanted {
        ctx.close();
    }
    if whole.is_none_or(|len| len > data.len()) {
        ctx.short();
    }
}

/// The records of a report, as many as it says; where they end.
fn records(ctx: &mut Ctx<'_>, data: Data<'_>, wanted: bool) -> Option<usize> {
    let mut at = 8;
    for _ in 0..data.u16(6)? {
        let aux = data.u8(at + 1)?;
        if wanted {
            ctx.number(&RECORD_TYPE, data, at, 1);
            ctx.number(&AUX, data, at + 1, 1);
            ctx.number(&SOURCES, data, at + 2, 2);
            ctx.ipv4(&MADDR, data, at + 4);
        }
        at = sources(ctx, data, at + 2, at + 8, wanted)? + usize::from(aux) * 4;
    }
    Some(at)
}

/// Addresses at `at`, as many as the number at `count` says; where they end, if they are all there.
fn sources(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    count: usize,
    at: usize,
    wanted: bool,
) -> Option<usize> {
    let end = at + usize::from(data.u16(count)?) * 4;
    if wanted {
        for at in (at..end.min(data.len())).step_by(4) {
            ctx.ipv4(&SADDR, data, at);
        }
    }
    (end <= data.len()).then_some(end)
}
