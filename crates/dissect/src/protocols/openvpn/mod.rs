//! OpenVPN over UDP and TCP (the protocol's description in OpenVPN's `ssl_pkt.h`): who opens a tunnel, how its control
//! channel is guarded, the TLS in it where it is in the clear; what the tunnel carries is sealed.

mod fields;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector, Transport};
use fields as f;
use session::Session;
pub use session::Tunnel;
use weir_model::{Timestamp, Value};
use wire::{CLIENT_RESET, CLIENT_RESET_V3, Control, DATA_V1, DATA_V2, Guard};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "OpenVPN network protocol",
    over: &[
        Over::UdpPort(1194),
        Over::TcpPort(1194),
        Over::Heuristic(Transport::Udp),
        Over::Heuristic(Transport::Tcp),
    ],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(datagram),
    stream: Some(stream),
    logs: &[Log::of::<Tunnel>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("openvpn", "OpenVPN Protocol", "OpenVPN")
};

/// The length before a packet over TCP.
const LENGTH: usize = 2;
/// The shortest packet there is, and the longest that OpenVPN sends (its buffers).
const SIZES: std::ops::RangeInclusive<usize> = 9..=4096;

/// A client's first packet is known by what it cannot hold yet.
fn probe(p: &Probe<'_>) -> Certainty {
    let whole = Data::packet(p.bytes);
    let data = if p.transport == Transport::Tcp {
        let len = whole.u16(0).map_or(0, usize::from);
        if !SIZES.contains(&len) || !whole.u8(LENGTH).is_none_or(is_client) {
            return Certainty::No;
        }
        if whole.len() < LENGTH + len {
            return Certainty::More;
        }
        whole.sub(LENGTH, LENGTH + len)
    } else {
        whole
    };
    let Some((opcode, 0)) = wire::opcode(data).filter(|_| data.u8(0).is_some_and(is_client)) else {
        return Certainty::No;
    };
    match Control::read(data, opcode) {
        Some(c) if !c.is_first(data) => Certainty::No,
        Some(c) if c.guard == Guard::Crypt => Certainty::Unsure,
        Some(_) => Certainty::Certain,
        None => Certainty::No,
    }
}

fn is_client(first: u8) -> bool {
    first == CLIENT_RESET << 3 || first == CLIENT_RESET_V3 << 3
}

fn datagram(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if wire::opcode(data).is_none() {
        return ctx.unknown(data);
    }
    // What is sealed changes nothing.
    if data
        .u8(0)
        .is_some_and(|b| matches!(b >> 3, DATA_V1 | DATA_V2))
    {
        return packet(ctx, None, data, None);
    }
    let state = ctx.flow_state(|s: &mut Session| std::mem::take(s));
    let mut state = state.unwrap_or_default();
    packet(ctx, Some(&mut state), data, None);
    ctx.flow_state(|s: &mut Session| *s = state);
}

fn stream(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Tcp::default(), start.from_start)
}

#[derive(Clone, Default)]
struct Tcp(Session);

impl Framing for Tcp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        match bytes {
            [high, low, first, ..] => {
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                let known = wire::opcode(Data::packet(&[*first])).is_some();
                if known && len > 0 && len <= *SIZES.end() {
                    Frame::Whole((LENGTH + len) as u64)
                } else {
                    Frame::Foreign
                }
            }
            _ => Frame::More(LENGTH + 1),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let body = m.data.rest(LENGTH);
        packet(ctx, Some(&mut self.0), body, Some(m.data));
    }

    fn held(&self) -> usize {
        self.0.held()
    }
}

fn number(
    ctx: &mut Ctx<'_>,
    field: &'static weir_model::Field,
    data: Data<'_>,
    at: Option<usize>,
    len: usize,
) {
    if let Some(at) = at {
        ctx.number(field, data, at, len);
    }
}

/// A packet; `framed`: with its length, over TCP.
fn packet(
    ctx: &mut Ctx<'_>,
    session: Option<&mut Session>,
    data: Data<'_>,
    framed: Option<Data<'_>>,
) {
    let Some((opcode, _)) = wire::opcode(data) else {
        return;
    };
    // Several packets of a segment are one line in the list of layers.
    let again = framed.is_some() && ctx.packet.layers.last() == Some(&PROTOCOL.id());
    let range = framed.unwrap_or(data).all();
    let wanted = if again {
        ctx.layer_again(&PROTOCOL, range)
    } else {
        ctx.layer(&PROTOCOL, range)
    };
    if wanted {
        if let Some(framed) = framed {
            ctx.number(&f::PACKET_LENGTH, framed, 0, LENGTH);
        }
        let first = Value::Uint(data.u8(0).unwrap_or(0).into());
        ctx.open(&f::TYPE, first, data.range(0, 1));
        ctx.bits(&f::OPCODE, data, 0, 1, 0xf8);
        ctx.bits(&f::KEY, data, 0, 1, 0x07);
        ctx.close();
        let word = f::OPCODE
            .word(opcode.into())
            .unwrap_or("Unknown Messagetype");
        ctx.info(format_args!("MessageType: {word}"));
    }
    let sealed = match opcode {
        DATA_V1 => Some(1),
        DATA_V2 => Some(4),
        _ => None,
    };
    if let Some(at) = sealed {
        if wanted {
            if opcode == DATA_V2 {
                ctx.number(&f::PEER, data, 1, 3);
            }
            ctx.bytes(&f::DATA, data, at, data.len());
            ctx.close();
        }
        return;
    }
    let control = Control::read(data, opcode);
    if let Some(c) = control.filter(|_| wanted) {
        describe(ctx, data, &c);
    }
    let mut ready = None;
    let mut session = session;
    if let Some(c) = control.filter(|c| c.payload < data.len() || wire::is_reset(opcode)) {
        let clear = session::carries(opcode) && c.guard != Guard::Crypt;
        match session.as_deref_mut() {
            Some(session) if wire::is_reset(opcode) => session.reset(ctx, opcode, &c, data),
            Some(session) if clear => ready = session.piece(ctx, &c, data, wanted),
            _ => {}
        }
        if !clear && wanted {
            ctx.bytes(&f::DATA, data, c.payload, data.len());
        }
    }
    if wanted {
        ctx.close();
    }
    if control.is_none_or(|c| !c.is_sound(data)) {
        ctx.short();
    }
    if let (Some(ready), Some(session)) = (ready, session) {
        session.read(ctx, ready);
    }
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, c: &Control) {
    ctx.number(&f::SESSION, data, 1, 8);
    if c.guard == Guard::Auth {
        ctx.bytes(&f::HMAC, data, c.hmac.0, c.hmac.1);
    }
    if let Some(at) = c.stamp {
        ctx.number(&f::REPLAY, data, at, 4);
        if let Some(t) = data.u32(at + 4) {
            let time = Timestamp::from_parts(t.into(), 0);
            ctx.field(&f::NET_TIME, Value::Time(time), data.range(at + 4, at + 8));
        }
    }
    if c.guard == Guard::Crypt {
        ctx.bytes(&f::HMAC, data, c.hmac.0, c.hmac.1);
    }
    number(ctx, &f::ACKS, data, c.acks, 1);
    if let Some(at) = c.acks {
        let many = data.u8(at).map_or(0, usize::from);
        for n in 0..many {
            ctx.number(&f::ACK, data, at + 1 + n * 4, 4);
        }
    }
    number(ctx, &f::REMOTE, data, c.remote, 8);
    number(ctx, &f::MESSAGE, data, c.message, 4);
}
