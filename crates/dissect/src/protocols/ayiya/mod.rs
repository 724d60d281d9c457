//! AYIYA (draft-massar-v6ops-ayiya): packets, mostly IPv6, in authenticated datagrams. Checks no signature.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static NEXT: Field = Field::new("ayiya.nextheader", Kind::Uint(8), "Next Header");
static IDENTITY: Field = Field::new("ayiya.identity", Kind::Bytes, "Identity");
static SIGNATURE: Field = Field::new("ayiya.signature", Kind::Bytes, "Signature");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "draft-massar-v6ops-ayiya-02",
    over: &[Over::UdpPort(5072)],
    fields: &[&NEXT, &IDENTITY, &SIGNATURE],
    datagram: Some(dissect),
    tunnel: true,
    ..Protocol::new("ayiya", "Anything in Anything Protocol", "AYIYA")
};

/// Lengths, operation, next header, time.
const HEAD: usize = 8;
/// The operation that carries a packet.
const FORWARD: u8 = 1;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Some([lens, sizes, operation, next]) = data.bytes.first_chunk::<4>().copied() else {
        return ctx.unknown(data);
    };
    let identity = HEAD + (1usize << (lens >> 4));
    let end = identity + usize::from(sizes >> 4) * 4;
    if end > data.len() {
        return ctx.unknown(data);
    }
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        ctx.number(&NEXT, data, 3, 1);
        ctx.bytes(&IDENTITY, data, HEAD, identity);
        ctx.bytes(&SIGNATURE, data, identity, end);
        ctx.close();
    }
    let inner = data.rest(end);
    if operation & 0x0f == FORWARD && !inner.is_empty() {
        ctx.next(Over::IpProto(next), inner);
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn what_is_forwarded_is_read_and_what_is_short_is_not() {
        let mut s = Synth::default();
        let mut bytes = vec![0x41, 0x52, 0x11, 59, 0, 0, 0, 0];
        bytes.resize(8 + 16 + 20, 0);
        bytes.push(1);
        let ends = ([10, 0, 0, 1], 5072);
        s.udp(ends, ([10, 0, 0, 2], 5072), &bytes);
        s.udp(ends, ([10, 0, 0, 3], 5072), &bytes[..20]);
        let stacks: Vec<String> = s
            .trees(s.load().facts())
            .iter()
            .filter_map(|t| t.values("frame.protocols").next().map(str::to_owned))
            .collect();
        assert!(stacks[0].contains("udp:ayiya"), "{stacks:?}");
        assert!(stacks[1].ends_with("udp:data"), "{stacks:?}");
    }
}
