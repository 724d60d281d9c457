//! IRC (RFC 2812): who joins what under which name, what is said where.

pub(crate) mod dcc;
mod fields;
mod line;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::flow::Expectation;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::Transport;
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use crate::protocols::irc_data;
use crate::shown::shown;
use dcc::Offer;
use fields as f;
use line::Line;
use weir_model::{Field, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2812",
    over: &[
        Over::TcpPort(6667),
        Over::TcpPort(57000),
        Over::TlsPort(6697),
    ],
    fields: f::ALL,
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Irc::default(), start.from_start)
    }),
    logs: &[Log::of::<Event>(), Log::of::<Said>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("irc", "Internet Relay Chat", "IRC")
};

row! {
    /// A client takes a name, says who it is, joins a channel or sends a file: named as Zeek's log does.
    pub struct Event of PROTOCOL {
        nick: Box<str> = "Under which name, as known then",
        user: Box<str> = "User name, as known then",
        command: Box<str> = "NICK, USER, JOIN or DCC",
        value: Box<str> = "What it names",
        addl: Box<str> = "What else it says",
    }
    |e| format!("{} {} {}", e.nick, e.command, e.value)
}

row! {
    /// Something said to a channel or a person.
    pub struct Said of PROTOCOL {
        from: Box<str> = "Who said it",
        command: &'static str = "PRIVMSG or NOTICE",
        target: Box<str> = "To which channel or person",
        text: Box<str> = "What was said",
    }
    |s| format!("{} → {}: {}", s.from, s.target, s.text)
}

/// Bytes of a line that are waited for.
const LINE: usize = 16 << 10;
/// Bytes of a value that are kept.
const VALUE: usize = 512;

/// A server's first words, or a client's.
fn probe(p: &Probe<'_>) -> Certainty {
    let b = p.bytes;
    if p.direction == Direction::Forward {
        let both = b.starts_with(b"NICK ") && memchr::memmem::find(b, b"\nUSER ").is_some()
            || b.starts_with(b"USER ") && memchr::memmem::find(b, b"\nNICK ").is_some()
            || b.starts_with(b"PASS ") && memchr::memmem::find(b, b"\nNICK ").is_some()
            || b.starts_with(b"CAP LS");
        return if both {
            Certainty::Certain
        } else if b.starts_with(b"NICK ") {
            Certainty::Unsure
        } else {
            Certainty::No
        };
    }
    if b.starts_with(b"NOTICE AUTH :") {
        return Certainty::Certain;
    }
    if b.first() != Some(&b':') {
        return Certainty::No;
    }
    let Some(end) = memchr::memchr(b'\n', b) else {
        return if b.len() < 512 && b.is_ascii() {
            Certainty::More
        } else {
            Certainty::No
        };
    };
    let text = b.get(..end).unwrap_or_default();
    let line = Line::read(text);
    let command = text.get(line.command.0..line.command.1).unwrap_or_default();
    let greets = command == b"NOTICE" || matches!(command, b"001" | b"020" | b"433");
    if greets && (line.trailer.is_some() || line.parameters.len() > 1) {
        Certainty::Certain
    } else {
        Certainty::No
    }
}

#[derive(Clone, Default)]
struct Irc {
    nick: Box<str>,
    user: Box<str>,
}

fn cut(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes.get(..VALUE).unwrap_or(bytes)).into()
}

/// Its fields, for what a client or a server says.
struct Side {
    whole: &'static Field,
    prefix: &'static Field,
    command: &'static Field,
    parameter: &'static Field,
    trailer: &'static Field,
}

static CLIENT: Side = Side {
    whole: &f::REQUEST,
    prefix: &f::REQUEST_PREFIX,
    command: &f::REQUEST_COMMAND,
    parameter: &f::REQUEST_PARAMETER,
    trailer: &f::REQUEST_TRAILER,
};

static SERVER: Side = Side {
    whole: &f::RESPONSE,
    prefix: &f::RESPONSE_PREFIX,
    command: &f::RESPONSE_COMMAND,
    parameter: &f::RESPONSE_PARAMETER,
    trailer: &f::RESPONSE_TRAILER,
};

impl Framing for Irc {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        match memchr::memrchr(b'\n', bytes) {
            Some(n) => Frame::Whole(n as u64 + 1),
            None if bytes.len() < LINE => Frame::More(bytes.len() + 1),
            None => Frame::Whole(bytes.len() as u64),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let wanted = ctx.layer(&PROTOCOL, m.data.all());
        let client = m.direction == Direction::Forward;
        let mut at = 0;
        let mut commands = String::new();
        while at < m.data.len() {
            let rest = m.data.rest(at);
            let end = memchr::memchr(b'\n', rest.bytes).map_or(rest.len(), |n| n + 1);
            let whole = rest.sub(0, end);
            at += end;
            let text = whole.bytes.strip_suffix(b"\n").unwrap_or(whole.bytes);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.is_empty() {
                continue;
            }
            let line = Line::read(text);
            let text = whole.sub(0, text.len());
            if wanted {
                describe(ctx, if client { &CLIENT } else { &SERVER }, text, &line);
                let word = text.sub(line.command.0, line.command.1);
                commands.push_str(&format!(" ({})", cut(word.bytes)));
                commands.truncate(commands.floor_char_boundary(256));
            }
            self.line(ctx, m, text, &line);
        }
        if wanted {
            let word = if client { "Request" } else { "Response" };
            ctx.info(format_args!("{word}{commands}"));
            ctx.close();
        }
    }
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>) {
    ctx.field(field, Value::Text(&shown(part.bytes)), part.all());
}

fn describe(ctx: &mut Ctx<'_>, side: &Side, whole: Data<'_>, line: &Line) {
    let of = |r: (usize, usize)| whole.sub(r.0, r.1);
    ctx.open(side.whole, Value::Text(&shown(whole.bytes)), whole.all());
    if let Some(prefix) = line.prefix {
        text(ctx, side.prefix, of(prefix));
    }
    let command = of(line.command);
    let number = match command.bytes {
        [a, b, c] if command.bytes.iter().all(u8::is_ascii_digit) => Some(
            [a, b, c]
                .iter()
                .fold(0, |n: u64, d| n * 10 + u64::from(**d - b'0')),
        ),
        _ => None,
    };
    if !command.is_empty() {
        text(ctx, side.command, command);
    }
    if let Some(n) = number.filter(|_| std::ptr::eq(side, &SERVER)) {
        ctx.field(&f::RESPONSE_NUMBER, Value::Uint(n), command.all());
    }
    for p in &line.parameters {
        text(ctx, side.parameter, of(*p));
    }
    if let Some(trailer) = line.trailer {
        let part = of(trailer);
        text(ctx, side.trailer, part);
        if let Some(inner) = part.bytes.strip_prefix(&[1]) {
            let end = memchr::memchr(1, inner).unwrap_or(inner.len());
            text(ctx, &f::CTCP, part.sub(1, 1 + end));
        }
    }
    ctx.close();
}

impl Irc {
    /// What a line tells, for the rows.
    fn line(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, whole: Data<'_>, line: &Line) {
        let of = |r: (usize, usize)| whole.sub(r.0, r.1).bytes;
        let nth = |n: usize| line.parameters.get(n).map(|r| of(*r)).unwrap_or_default();
        let trailer = line.trailer.map(of);
        let command = of(line.command).to_ascii_uppercase();
        let client = m.direction == Direction::Forward;
        match &*command {
            b"NICK" if client => {
                let name = line.parameters.first().map(|r| of(*r)).or(trailer);
                let name = cut(name.unwrap_or_default());
                self.event(ctx, m, "NICK", name.clone(), Box::default());
                self.nick = name;
            }
            b"USER" if client => {
                let user = cut(nth(0));
                let addl = [nth(1), nth(2), trailer.unwrap_or_default()].join(&b' ');
                self.event(ctx, m, "USER", user.clone(), cut(&addl));
                self.user = user;
            }
            b"JOIN" if client => {
                let channels = line.parameters.first().map(|r| of(*r)).or(trailer);
                let key = nth(1);
                let addl = if key.is_empty() {
                    Box::default()
                } else {
                    "with channel key".into()
                };
                self.event(ctx, m, "JOIN", cut(channels.unwrap_or_default()), addl);
            }
            b"PRIVMSG" | b"NOTICE" => {
                let said = trailer.unwrap_or_else(|| nth(1));
                if said.starts_with(b"\x01DCC ") {
                    let words = said.get(5..).unwrap_or_default();
                    let words = words.strip_suffix(&[1]).unwrap_or(words);
                    self.offered(ctx, m, cut(words), cut(nth(0)));
                }
                let from = match line.prefix.map(of) {
                    Some(prefix) => cut(prefix),
                    None if client => self.nick.clone(),
                    None => Box::default(),
                };
                let meta = ctx.message(m.direction, m.from);
                ctx.emit(Said {
                    meta,
                    from,
                    command: if command == b"NOTICE" {
                        "NOTICE"
                    } else {
                        "PRIVMSG"
                    },
                    target: cut(nth(0)),
                    text: cut(said),
                });
            }
            _ => {}
        }
    }

    /// Something is offered past the server: a file comes over a connection of its own.
    fn offered(&self, ctx: &mut Ctx<'_>, m: &Framed<'_>, words: Box<str>, target: Box<str>) {
        let offer = Offer::read(&words);
        let row = self.event(ctx, m, "DCC", words, target);
        if let (Some(offer), Some(row)) = (offer, row) {
            ctx.expect(Expectation {
                transport: Transport::Tcp,
                server: offer.server,
                client: None,
                protocol: &irc_data::PROTOCOL,
                token: irc_data::token(row),
                setup: ctx.meta.packet,
            });
        }
    }

    fn event(
        &self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        command: &str,
        value: Box<str>,
        addl: Box<str>,
    ) -> Option<u32> {
        let meta = ctx.message(m.direction, m.from);
        ctx.emit(Event {
            meta,
            nick: self.nick.clone(),
            user: self.user.clone(),
            command: command.into(),
            value,
            addl,
        })
    }
}
