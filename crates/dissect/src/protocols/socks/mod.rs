//! SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): who has a proxy connect where. What the proxy carries then is recognised anew.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod wire;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use crate::shown::shown;
use fields as f;
use weir_model::{Field, Value};
use wire::{Kind, address, measure};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1928",
    over: &[Over::TcpPort(1080)],
    fields: f::ALL,
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Socks::default(), start.from_start)
    }),
    logs: &[Log::of::<Connection>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("socks", "Socks Protocol", "Socks")
};

row! {
    /// What a client had a proxy do, named as Zeek's log does. First: the request; last: its answer.
    pub struct Connection of PROTOCOL {
        version: u8 = "4 or 5",
        command: &'static str = "Connect, Bind or UdpAssociate",
        user: Box<str> = "As whom",
        status: &'static str = "What the proxy answered",
        request: Box<str> = "Where to: an address or a name",
        request_p: u16 = "Port there",
        bound: Box<str> = "Where the proxy connected from",
        bound_p: Option<u16> = "Port there",
    }
    |c| format!("{} {}:{} as {:?}: {}", c.command, c.request, c.request_p, c.user, c.status)
}

/// A client's first bytes, whole.
fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Backward || !p.from_start {
        return Certainty::No;
    }
    let whole = |kind| measure(kind, p.bytes) == Frame::Whole(p.bytes.len() as u64);
    let five = || {
        let methods = p.bytes.get(2..).unwrap_or_default();
        whole(Kind::Methods) && methods.len() <= 10 && methods.iter().all(|m| *m <= 9 || *m >= 0x80)
    };
    let four = || {
        let port = p.bytes.get(2..4).is_some_and(|b| b != [0, 0]);
        let text = p.bytes.get(8..).unwrap_or_default();
        port && whole(Kind::Request4) && text.iter().all(|b| *b == 0 || b.is_ascii_graphic())
    };
    match p.bytes.first() {
        Some(5) if five() => Certainty::Unsure,
        Some(4) if matches!(p.bytes.get(1), Some(1 | 2)) && four() => Certainty::Unsure,
        _ => Certainty::No,
    }
}

#[derive(Clone, Default)]
struct Socks {
    /// What each side says next; nothing once it is told.
    next: [Option<Kind>; 2],
    begun: bool,
    user: Box<str>,
    row: Option<u32>,
    /// A second answer follows the first (BIND).
    twice: bool,
}

impl Framing for Socks {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        if !self.begun {
            let kind = match (at.direction, bytes.first()) {
                (Direction::Forward, Some(4)) if !at.lost => Kind::Request4,
                (Direction::Forward, Some(5)) if !at.lost => Kind::Methods,
                _ => return Frame::Foreign,
            };
            self.next[0] = Some(kind);
        }
        match self.next[at.direction.index()] {
            Some(kind) => measure(kind, bytes),
            None => Frame::Foreign,
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        self.begun = true;
        let way = m.direction.index();
        let Some(kind) = self.next[way].take() else {
            return;
        };
        if ctx.layer(&PROTOCOL, m.data.all()) {
            describe(ctx, kind, m.data);
            ctx.close();
        }
        self.step(ctx, kind, m);
    }
}

fn address_text(data: Data<'_>, at: usize) -> (Box<str>, Option<u16>) {
    match address(data, at) {
        Some(a) => (a.text(data).into(), data.u16(a.end)),
        None => (Box::default(), None),
    }
}

impl Socks {
    /// What a message changes.
    fn step(&mut self, ctx: &mut Ctx<'_>, kind: Kind, m: &Framed<'_>) {
        let data = m.data;
        match kind {
            Kind::Methods => self.next[1] = Some(Kind::Method),
            Kind::Method => match data.u8(1) {
                Some(0) => self.next = [Some(Kind::Request5), Some(Kind::Reply5)],
                Some(2) => self.next = [Some(Kind::Password), Some(Kind::Status)],
                _ => {}
            },
            Kind::Password => {
                let len = data.u8(1).map_or(0, usize::from);
                self.user = shown(data.sub(2, 2 + len).bytes).into();
            }
            Kind::Status => {
                if data.u8(1) == Some(0) {
                    self.next = [Some(Kind::Request5), Some(Kind::Reply5)];
                }
            }
            Kind::Request4 => {
                let (user, name) = wire::texts4(data);
                self.user = shown(user.bytes).into();
                let to = match name {
                    Some(name) => shown(name.bytes).into(),
                    None => data
                        .array::<4>(4)
                        .map(|a| std::net::Ipv4Addr::from(a).to_string().into())
                        .unwrap_or_default(),
                };
                self.asked(ctx, m, 4, to, data.u16(2).unwrap_or(0));
                self.next[1] = Some(Kind::Reply4);
            }
            Kind::Request5 => {
                let (to, port) = address_text(data, 3);
                self.asked(ctx, m, 5, to, port.unwrap_or(0));
                self.next[1] = Some(Kind::Reply5);
            }
            Kind::Reply4 => {
                let code = data.u8(1).unwrap_or(0);
                let bound = data.array::<4>(4).map(std::net::Ipv4Addr::from);
                let bound = bound.map(|a| a.to_string().into()).unwrap_or_default();
                let word = f::RESULTS.word(code.into()).unwrap_or("unknown");
                self.told(ctx, kind, word, code == 90, (bound, data.u16(2)));
            }
            Kind::Reply5 => {
                let code = data.u8(1).unwrap_or(0);
                let word = f::RESULTS5.word(code.into()).unwrap_or("unknown");
                self.told(ctx, kind, word, code == 0, address_text(data, 3));
            }
        }
    }

    fn asked(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, version: u8, to: Box<str>, port: u16) {
        let command = m.data.u8(1).unwrap_or(0);
        self.twice = command == 2;
        let meta = ctx.message(m.direction, m.from);
        self.row = ctx.emit(Connection {
            meta,
            version,
            command: f::COMMAND.word(command.into()).unwrap_or("unknown"),
            user: self.user.clone(),
            status: "",
            request: to,
            request_p: port,
            bound: Box::default(),
            bound_p: None,
        });
    }

    /// The proxy answered.
    fn told(
        &mut self,
        ctx: &mut Ctx<'_>,
        kind: Kind,
        status: &'static str,
        fine: bool,
        bound: (Box<str>, Option<u16>),
    ) {
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Connection>(self.row, |c| {
            c.status = status;
            (c.bound, c.bound_p) = bound;
            (c.meta.last, c.meta.end) = at;
        });
        if fine && std::mem::take(&mut self.twice) {
            self.next[1] = Some(kind);
        } else if fine {
            ctx.hand_over(None);
        }
    }
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>) {
    ctx.field(field, Value::Text(&shown(part.bytes)), part.all());
}

fn ipv4(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    if let Some(a) = data.array::<4>(at) {
        ctx.field(&f::DST, Value::Ipv4(a.into()), data.range(at, at + 4));
    }
}

fn describe(ctx: &mut Ctx<'_>, kind: Kind, data: Data<'_>) {
    ctx.info(format_args!("{}", kind.says()));
    match kind {
        Kind::Password | Kind::Status => ctx.number(&f::SUBVERSION, data, 0, 1),
        _ => ctx.number(&f::VERSION, data, 0, 1),
    }
    match kind {
        Kind::Methods => {
            ctx.number(&f::METHOD_COUNT, data, 1, 1);
            for n in 2..data.len() {
                ctx.number(&f::METHOD, data, n, 1);
            }
        }
        Kind::Method => ctx.number(&f::ACCEPTED, data, 1, 1),
        Kind::Password => {
            let user = data.u8(1).map_or(0, usize::from);
            text(ctx, &f::USERNAME, data.sub(2, 2 + user));
            let secret = data.u8(2 + user).map_or(0, usize::from);
            text(ctx, &f::PASSWORD, data.sub(3 + user, 3 + user + secret));
        }
        Kind::Status => ctx.number(&f::AUTH_STATUS, data, 1, 1),
        Kind::Request4 => {
            ctx.number(&f::COMMAND, data, 1, 1);
            ctx.number(&f::DSTPORT, data, 2, 2);
            ipv4(ctx, data, 4);
            let (user, name) = wire::texts4(data);
            text(ctx, &f::USERNAME, user);
            if let Some(name) = name {
                text(ctx, &f::NAME4, name);
            }
        }
        Kind::Reply4 => {
            ctx.number(&f::RESULTS, data, 1, 1);
            ctx.number(&f::DSTPORT, data, 2, 2);
            ipv4(ctx, data, 4);
        }
        Kind::Request5 | Kind::Reply5 => {
            let second = if kind == Kind::Request5 {
                &f::COMMAND
            } else {
                &f::RESULTS5
            };
            ctx.number(second, data, 1, 1);
            ctx.number(&f::RESERVED, data, 2, 1);
            ctx.number(&f::ADDRESS_TYPE, data, 3, 1);
            let Some(a) = address(data, 3) else {
                return;
            };
            match a.kind {
                1 => ipv4(ctx, data, a.from),
                4 => {
                    if let Some(v6) = data.array::<16>(a.from) {
                        let range = data.range(a.from, a.end);
                        ctx.field(&f::DST6, Value::Ipv6(v6.into()), range);
                    }
                }
                _ => text(ctx, &f::NAME, data.sub(a.from, a.end)),
            }
            ctx.number(&f::PORT, data, a.end, 2);
        }
    }
}
