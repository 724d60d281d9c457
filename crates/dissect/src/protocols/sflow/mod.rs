//! sFlow version 5 (sflow.org, "sFlow Version 5"): the sampled packet headers in its datagrams. They are shown as
//! what another device saw, and are no traffic of this capture. Counters and other records are skipped.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static VERSION: Field = Field::new("sflow_245.version", Kind::Uint(32), "Datagram version");
static SAMPLES: Field = Field::new("sflow_245.numsamples", Kind::Uint(32), "NumSamples");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "sFlow Version 5",
    over: &[Over::UdpPort(6343)],
    fields: &[&VERSION, &SAMPLES],
    datagram: Some(dissect),
    ..Protocol::new("sflow", "InMon sFlow", "sFlow")
};

/// Samples and records of one datagram that are looked at.
const PARTS: usize = 64;
/// A sample of packets, and its variant with long interface numbers; bytes before their records.
const FLOW: (u32, usize) = (1, 32);
const FLOW_EXPANDED: (u32, usize) = (3, 44);
/// A record with the front of a packet.
const RAW_HEADER: u32 = 1;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let agent = match (data.u32(0), data.u32(4)) {
        (Some(5), Some(1)) => 4,
        (Some(5), Some(2)) => 16,
        _ => return ctx.unknown(data),
    };
    let at = 8 + agent + 12;
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.number(&VERSION, data, 0, 4);
        ctx.number(&SAMPLES, data, at, 4);
        ctx.close();
    }
    let mut rest = data.rest(at + 4);
    let mut left = PARTS;
    while let Some((kind, sample, after)) = part(rest) {
        let records = match kind {
            k if k == FLOW.0 => FLOW.1,
            k if k == FLOW_EXPANDED.0 => FLOW_EXPANDED.1,
            _ => sample.len(),
        };
        let mut inner = sample.rest(records);
        while let Some((kind, record, next)) = part(inner) {
            if kind == RAW_HEADER {
                header(ctx, record);
            }
            inner = next;
            left = left.saturating_sub(1);
            if left == 0 {
                return;
            }
        }
        rest = after;
        left = left.saturating_sub(1);
        if left == 0 {
            return;
        }
    }
}

/// Format, content and what follows of the next sample or record.
fn part(data: Data<'_>) -> Option<(u32, Data<'_>, Data<'_>)> {
    let (kind, len) = (data.u32(0)?, usize::try_from(data.u32(4)?).ok()?);
    let end = len.checked_add(8).filter(|end| *end <= data.len())?;
    Some((kind, data.sub(8, end), data.rest(end)))
}

/// Protocol of the header, bytes of the packet, bytes taken off its end, bytes here; then these.
fn header(ctx: &mut Ctx<'_>, record: Data<'_>) {
    let (Some(protocol), Some(wire), Some(len)) = (record.u32(0), record.u32(4), record.u32(12))
    else {
        return;
    };
    let key = match protocol {
        1 => Over::LinkType(1),
        11 => Over::EtherType(0x0800),
        12 => Over::EtherType(0x86dd),
        _ => return,
    };
    let len = usize::try_from(len)
        .unwrap_or(usize::MAX)
        .saturating_add(16);
    let front = record.sub(16, len.min(record.len()));
    let (nested, macs) = (ctx.packet.nested, ctx.packet.macs);
    ctx.quote_cut(
        key,
        front,
        wire.saturating_sub(u32::try_from(front.len()).unwrap_or(0)),
    );
    ctx.packet.nested = nested;
    ctx.packet.macs = macs;
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn a_sampled_packet_is_shown_and_is_no_traffic() {
        let mut inner = Synth::default();
        inner.udp(([1, 1, 1, 1], 9), ([2, 2, 2, 2], 7), b"x");
        let front = inner.packets[0].clone();
        let word = |n: usize| u32::try_from(n).unwrap_or(0).to_be_bytes();
        let padded = front.len().next_multiple_of(4);
        let mut record = [
            word(1),
            word(16 + padded),
            word(1),
            word(1500),
            word(4),
            word(front.len()),
        ]
        .concat();
        record.extend_from_slice(&front);
        record.resize(24 + padded, 0);
        let mut sample = [word(1), word(32 + record.len())].concat();
        sample.extend_from_slice(&[0; 32]);
        sample.extend_from_slice(&record);
        let mut datagram = [
            word(5),
            word(1),
            [10, 0, 0, 9],
            word(0),
            word(1),
            word(1),
            word(1),
        ]
        .concat();
        datagram.extend_from_slice(&sample);
        let mut s = Synth::default();
        s.udp(([10, 0, 0, 9], 50000), ([10, 0, 0, 8], 6343), &datagram);
        let loaded = s.load();
        assert_eq!(loaded.facts().flows.len(), 1);
        let trees = s.trees(loaded.facts());
        let sources: Vec<&str> = trees[0].values("ip.src").collect();
        assert_eq!(sources, ["10.0.0.9", "1.1.1.1"]);
    }
}
