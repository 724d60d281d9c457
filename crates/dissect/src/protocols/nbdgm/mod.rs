//! The NetBIOS datagram service (RFC 1002 section 4.4): who announces what to whom. What it carries is SMB's.

#[cfg(test)]
mod sample;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::framed::Framed;
use crate::protocol::{Direction, Over, Protocol};
use crate::protocols::nbss;
use crate::protocols::smb::{self, Smb};
use weir_model::{Field, Holds, Kind, Value};

static TYPE: Field = Field::new("nbdgm.type", Kind::Uint(8), "Message Type").values(&[
    (0x10, "Direct_unique datagram"),
    (0x11, "Direct_group datagram"),
    (0x12, "Broadcast datagram"),
    (0x13, "Datagram error"),
    (0x14, "Datagram query request"),
    (0x15, "Datagram positive query response"),
    (0x16, "Datagram negative query response"),
]);
static FLAGS: Field = Field::new("nbdgm.flags", Kind::Uint(8), "Flags").hex();
static NEXT: Field = Field::new("nbdgm.next", Kind::Bool, "More fragments follow");
static FIRST: Field = Field::new("nbdgm.first", Kind::Bool, "This is first fragment");
static NODE: Field = Field::new("nbdgm.node_type", Kind::Uint(8), "Node Type").values(&[
    (0, "B node"),
    (1, "P node"),
    (2, "M node"),
    (3, "NBDD"),
]);
static ID: Field = Field::new("nbdgm.dgram_id", Kind::Uint(16), "Datagram ID").hex();
static SRC_IP: Field = Field::new("nbdgm.src.ip", Kind::Ipv4, "Source IP").holds(Holds::Address);
static SRC_PORT: Field = Field::new("nbdgm.src.port", Kind::Uint(16), "Source Port");
static LENGTH: Field = Field::new("nbdgm.dgram_len", Kind::Uint(16), "Datagram length");
static OFFSET: Field = Field::new("nbdgm.pkt_offset", Kind::Uint(16), "Packet offset");
static ERROR: Field = Field::new("nbdgm.error_code", Kind::Uint(8), "Error code").hex();
static SOURCE: Field =
    Field::new("nbdgm.source_name", Kind::Text, "Source name").holds(Holds::Name);
static DESTINATION: Field =
    Field::new("nbdgm.destination_name", Kind::Text, "Destination name").holds(Holds::Name);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1002",
    over: &[Over::UdpPort(138)],
    fields: &[
        &TYPE,
        &FLAGS,
        &NEXT,
        &FIRST,
        &NODE,
        &ID,
        &SRC_IP,
        &SRC_PORT,
        &LENGTH,
        &OFFSET,
        &ERROR,
        &SOURCE,
        &DESTINATION,
    ],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("nbdgm", "NetBIOS Datagram Service", "NBDS")
};

/// Bytes before the names.
const HEAD: usize = 14;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let kind = data.u8(0).unwrap_or(0);
    let known = TYPE.word(kind.into()).is_some();
    if !known {
        return ctx.unknown(data);
    }
    let wanted = ctx.layer(&PROTOCOL, data.all());
    if wanted {
        ctx.number(&TYPE, data, 0, 1);
        if let Some(flags) = data.u8(1) {
            ctx.open(&FLAGS, Value::Uint(flags.into()), data.range(1, 2));
            ctx.flag(&NEXT, data, 1, 1, 1);
            ctx.flag(&FIRST, data, 1, 1, 2);
            ctx.bits(&NODE, data, 1, 1, 0xc);
            ctx.close();
        }
        ctx.number(&ID, data, 2, 2);
        if let Some(ip) = data.array::<4>(4) {
            ctx.field(&SRC_IP, Value::Ipv4(ip.into()), data.range(4, 8));
        }
        ctx.number(&SRC_PORT, data, 8, 2);
        if let Some(word) = TYPE.word(kind.into()) {
            ctx.info(format_args!("{word}"));
        }
    }
    let mut at = data.len();
    if data.len() < 10 {
        ctx.short();
    } else if kind == 0x13 {
        if wanted {
            ctx.number(&ERROR, data, 10, 1);
        }
    } else {
        // A query has no length, and one name.
        let names: &[&'static Field] = if kind < 0x13 {
            &[&SOURCE, &DESTINATION]
        } else {
            &[&DESTINATION]
        };
        at = if kind < 0x13 { HEAD } else { 10 };
        if wanted && kind < 0x13 {
            ctx.number(&LENGTH, data, 10, 2);
            ctx.number(&OFFSET, data, 12, 2);
        }
        for field in names {
            let part = data.rest(at);
            let Some((name, len)) = nbss::name(part.bytes) else {
                ctx.short();
                at = data.len();
                break;
            };
            if wanted {
                ctx.field(field, Value::Text(&name), part.range(0, len));
            }
            at += len;
        }
    }
    if wanted {
        ctx.close();
    }
    let content = data.rest(at);
    if smb::is_mine(content.bytes) {
        let from = (ctx.meta.packet, ctx.meta.time);
        let direction = ctx.packet.flow.map_or(Direction::Forward, |f| f.1);
        let message = Framed {
            direction,
            data: content,
            from,
            offset: 0,
            passed: true,
        };
        Smb::new().message(ctx, &message, content, 0);
    } else {
        ctx.unknown(content);
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    const FROM: ([u8; 4], u16) = ([10, 0, 0, 1], 138);
    const TO: ([u8; 4], u16) = ([10, 0, 0, 255], 138);

    pub(super) fn datagram() -> Vec<u8> {
        let mut m = vec![0x11, 0x0a, 1, 2, 10, 0, 0, 1, 0, 138, 0, 187, 0, 0];
        for _ in 0..2 {
            m.push(32);
            m.extend_from_slice(b"EBCACACACACACACACACACACACACACAAA");
            m.push(0);
        }
        m.extend_from_slice(b"\xffSMB\x25");
        m.resize(m.len() + 27, 0);
        let words = [0; 34];
        m.push(17);
        m.extend_from_slice(&words);
        m.extend_from_slice(b"\x11\0\\MAILSLOT\\BROWSE\0");
        m
    }

    #[test]
    fn names_and_what_is_carried() {
        let mut s = Synth::default();
        s.udp(FROM, TO, &datagram());
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |field: &str| trees[0].values(field).next().map(str::to_owned);
        assert_eq!(of("nbdgm.source_name").as_deref(), Some("A<00>"));
        assert_eq!(of("smb.trans_name").as_deref(), Some(r"\MAILSLOT\BROWSE"));
        assert_eq!(
            of("frame.protocols").as_deref(),
            Some("eth:ethertype:ip:udp:nbdgm:smb")
        );
    }

    #[test]
    fn cut_at_every_length_nothing_breaks() {
        let whole = datagram();
        for n in 0..whole.len() {
            let mut s = Synth::default();
            s.udp(FROM, TO, &whole[..n]);
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
        }
    }
}
