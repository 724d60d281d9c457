//! IMAP (RFC 9051): commands and responses with their tags, who logs in, the mails that are fetched.

mod fetch;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing, Part};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Protocol, Start, StreamDissector,
};
use crate::protocols::ntlmssp::Exchange;
use crate::registry::registry;
use crate::sasl;
use fetch::Fetch;
use weir_model::{Field, Holds, Kind, Value};

static IS_REQUEST: Field = Field::new("imap.isrequest", Kind::Bool, "Request");
static LINE: Field = Field::new("imap.line", Kind::Text, "Line").holds(Holds::Content);
static TAG: Field = Field::new("imap.tag", Kind::Text, "Tag");
static COMMAND: Field = Field::new("imap.command", Kind::Text, "Command");
static REQUEST: Field = Field::new("imap.request", Kind::Text, "Request").holds(Holds::Content);
static SECRET_LINE: Field = Field::new("imap.line", Kind::Text, "Line").holds(Holds::Secret);
static SECRET_REQUEST: Field =
    Field::new("imap.request", Kind::Text, "Request").holds(Holds::Secret);
static REQUEST_TAG: Field = Field::new("imap.request_tag", Kind::Text, "Request Tag");
static SECRET_TAG: Field =
    Field::new("imap.request_tag", Kind::Text, "Request Tag").holds(Holds::Secret);
static IS_UID: Field = Field::new("imap.request.command.uid", Kind::Bool, "Request isUID");
static REQUEST_COMMAND: Field = Field::new("imap.request.command", Kind::Text, "Request Command");
static USERNAME: Field =
    Field::new("imap.request.username", Kind::Text, "Request Username").holds(Holds::Name);
static PASSWORD: Field =
    Field::new("imap.request.password", Kind::Text, "Request Password").holds(Holds::Secret);
static RESPONSE: Field = Field::new("imap.response", Kind::Text, "Response").holds(Holds::Content);
static RESPONSE_TAG: Field = Field::new("imap.response_tag", Kind::Text, "Response Tag");
static STATUS: Field = Field::new("imap.response.status", Kind::Text, "Response Status");
static RESPONSE_COMMAND: Field =
    Field::new("imap.response.command", Kind::Text, "Response Command");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9051",
    over: &[Over::TcpPort(143), Over::TlsPort(993), Over::Alpn("imap")],
    fields: &[
        &IS_REQUEST,
        &LINE,
        &TAG,
        &COMMAND,
        &REQUEST,
        &SECRET_LINE,
        &SECRET_REQUEST,
        &SECRET_TAG,
        &IS_UID,
        &REQUEST_TAG,
        &REQUEST_COMMAND,
        &USERNAME,
        &PASSWORD,
        &RESPONSE,
        &RESPONSE_TAG,
        &STATUS,
        &RESPONSE_COMMAND,
    ],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Imap::default(), start.from_start)
    }),
    logs: &[Log::of::<Command>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("imap", "Internet Message Access Protocol", "IMAP")
};

row! {
    /// A command and how it ended. First: the command; last: the line with its tag.
    pub struct Command of PROTOCOL {
        tag: Box<str> = "What its response is known by",
        command: Box<str> = "In capitals",
        user: Box<str> = "As whom, of a log-in",
        mechanism: Box<str> = "How, of AUTHENTICATE",
        status: Box<str> = "OK, NO or BAD",
    }
    |c| format!("{} {} → {}", c.command, c.user, c.status)
}

/// Bytes of a line that are waited for or kept.
const TEXT: usize = 1024;
/// Commands that wait for their end.
const OPEN: usize = 64;

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Forward {
        return Certainty::No;
    }
    let head = p.bytes.get(..64).unwrap_or(p.bytes);
    let says = head.windows(4).any(|w| w.eq_ignore_ascii_case(b"imap"));
    if !head.starts_with(b"* OK") {
        return if b"* OK".starts_with(head) {
            Certainty::More
        } else {
            Certainty::No
        };
    }
    if says {
        Certainty::Certain
    } else {
        Certainty::Unsure
    }
}

#[derive(Clone, Default)]
struct Imap {
    open: Vec<(Box<str>, Option<u32>, bool)>,
    fetch: Fetch,
    /// The server's last line asked for more of a command.
    asked: bool,
    /// What is said in a log-in by NTLM.
    ntlm: Exchange,
    /// The row of an AUTHENTICATE whose name comes with the answer, and its mechanism.
    answers: Option<(Option<u32>, String)>,
}

/// The size of the literal that the line announces at its end (RFC 9051 section 4.3).
fn literal(line: &[u8]) -> Option<u64> {
    let line = line.trim_ascii_end().strip_suffix(b"}")?;
    let at = memchr::memrchr(b'{', line)?;
    let digits = std::str::from_utf8(line.get(at + 1..)?).ok()?;
    digits.trim_end_matches('+').parse().ok()
}

/// Where the last literal that these bytes announce ends, if that is behind them.
fn extent(bytes: &[u8]) -> Option<u64> {
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'\n', bytes.get(at..)?) {
        let line = bytes.get(at..at + n)?;
        at += n + 1;
        if let Some(size) = literal(line) {
            let end = (at as u64).saturating_add(size);
            if end > bytes.len() as u64 {
                return Some(end);
            }
            at = usize::try_from(end).ok()?;
        }
    }
    None
}

fn cut(text: &str) -> Box<str> {
    let mut end = text.len().min(TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

impl Framing for Imap {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        // A client sends its literal only when the server asks for it, so only answers hold theirs.
        if at.direction == Direction::Backward
            && let Some(end) = extent(bytes)
        {
            return Frame::Whole(end);
        }
        Frame::Whole(bytes.len() as u64)
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let wanted = ctx.layer(&PROTOCOL, m.data.all());
        let asks = m.direction == Direction::Forward;
        if wanted {
            ctx.computed(&IS_REQUEST, Value::Bool(asks));
        }
        let mut at = 0;
        while at < m.data.len() {
            let rest = m.data.rest(at);
            let end = memchr::memchr(b'\n', rest.bytes).map_or(rest.len(), |n| n + 1);
            let line = rest.sub(0, end);
            at += end;
            let skip = literal(line.bytes).filter(|_| !asks).unwrap_or(0);
            at = at.saturating_add(usize::try_from(skip).unwrap_or(usize::MAX));
            let text = line.bytes.strip_suffix(b"\n").unwrap_or(line.bytes);
            let text = String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text));
            if asks {
                self.command(ctx, m, line, &text, wanted);
            } else {
                self.response(ctx, line, &text, wanted);
            }
        }
        if wanted {
            ctx.close();
        }
        if !asks && !m.passed {
            self.fetch.data(ctx, m.data.bytes, m.offset, m.from);
        }
    }

    fn part(&mut self, ctx: &mut Ctx<'_>, p: &Part<'_>) {
        if p.direction == Direction::Backward {
            let offset = p.offset.saturating_add(p.at);
            self.fetch.data(ctx, p.bytes, offset, p.from);
        }
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        if direction == Direction::Backward {
            self.fetch.close(ctx, how);
        }
    }

    fn held(&self) -> usize {
        self.fetch.held()
    }
}

impl Imap {
    fn command(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        line: Data<'_>,
        text: &str,
        wanted: bool,
    ) {
        let mut words = text.splitn(3, ' ');
        let (Some(tag), Some(command)) = (words.next(), words.next()) else {
            // What a server was asked for with `+`: an answer to its challenge, maybe.
            if self.asked {
                self.ntlm.heard(ctx, text);
                self.named(ctx, text);
            }
            if wanted && !text.is_empty() && self.asked {
                let range = line.range(0, text.len());
                ctx.field(&SECRET_LINE, Value::Text(text), range);
                ctx.field(&SECRET_REQUEST, Value::Text(text), range);
                ctx.field(&SECRET_TAG, Value::Text(text), range);
            }
            return;
        };
        let plain = |t: &str| t.len() <= 32 && t.bytes().all(|b| b.is_ascii_graphic());
        let word = command.to_ascii_uppercase();
        if tag.is_empty() || !plain(tag) || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
            return;
        }
        let args = words.next().unwrap_or_default();
        let login = word == "LOGIN";
        let (user, password) = args.split_once(' ').filter(|_| login).unwrap_or_default();
        if wanted {
            let range = line.range(0, text.len());
            if !login {
                ctx.field(&LINE, Value::Text(text), range);
                ctx.field(&REQUEST, Value::Text(text), range);
                ctx.info(format_args!("Request: {text}"));
            } else {
                ctx.field(&SECRET_LINE, Value::Text(text), range);
                ctx.field(&SECRET_REQUEST, Value::Text(text), range);
                ctx.info(format_args!("Request: {tag} {command} {user}"));
            }
            let tag_range = line.range(0, tag.len());
            ctx.field(&TAG, Value::Text(tag), tag_range);
            ctx.field(&REQUEST_TAG, Value::Text(tag), tag_range);
            // What is done by numbers that last (RFC 9051 section 6.4.9) is named by the next word.
            let uid = word == "UID";
            let at = tag.len() + 1;
            let (at, command) = if uid {
                let next = args.split(' ').next().unwrap_or_default();
                (at + command.len() + 1, next)
            } else {
                (at, command)
            };
            if uid {
                ctx.computed(&IS_UID, Value::Bool(true));
            }
            let range = line.range(at, at + command.len());
            ctx.field(&COMMAND, Value::Text(command), range);
            ctx.field(&REQUEST_COMMAND, Value::Text(command), range);
            if login {
                let from = text.len() - args.len();
                let name = user.trim_matches('"');
                let range = line.range(from, from + user.len());
                ctx.field(&USERNAME, Value::Text(name), range);
                let range = line.range(from + user.len() + 1, text.len());
                ctx.field(&PASSWORD, Value::Text(password.trim_matches('"')), range);
            }
        }
        let meta = ctx.message(m.direction, m.from);
        // The answer may come along (RFC 4959).
        let mut parts = args.split(' ');
        let mechanism = parts.next().filter(|_| word == "AUTHENTICATE");
        let mechanism = mechanism.unwrap_or_default().to_ascii_uppercase();
        let name = sasl::name(&mechanism, parts.next().unwrap_or_default());
        let named = name.unwrap_or_else(|| user.trim_matches('"').to_owned());
        let row = ctx.emit(Command {
            meta,
            tag: cut(tag),
            command: cut(&word),
            user: cut(&named),
            mechanism: cut(&mechanism),
            status: Box::default(),
        });
        self.answers = (sasl::in_clear(&mechanism) && named.is_empty()).then_some((row, mechanism));
        if self.open.len() >= OPEN {
            self.open.remove(0);
        }
        self.open.push((cut(tag), row, word == "STARTTLS"));
    }

    /// The answer to AUTHENTICATE that says who it is.
    fn named(&mut self, ctx: &mut Ctx<'_>, text: &str) {
        let Some((row, mechanism)) = self.answers.take() else {
            return;
        };
        if let Some(name) = sasl::name(&mechanism, text) {
            ctx.update::<Command>(row, |c| c.user = cut(&name));
        }
    }

    fn response(&mut self, ctx: &mut Ctx<'_>, line: Data<'_>, text: &str, wanted: bool) {
        let mut words = text.splitn(4, ' ');
        let (tag, word) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        self.asked = tag == "+";
        if self.asked {
            self.ntlm.heard(ctx, word);
        }
        let status = matches!(word, "OK" | "NO" | "BAD" | "BYE" | "PREAUTH").then_some(word);
        if wanted {
            let range = line.range(0, text.len());
            ctx.field(&LINE, Value::Text(text), range);
            ctx.info(format_args!("Response: {text}"));
            // What a server says unasked, or on its way to the answer, is a line and no answer.
            if tag != "*" {
                let part = |from: usize, t: &str| line.range(from, from + t.len());
                ctx.field(&RESPONSE, Value::Text(text), range);
                ctx.field(&RESPONSE_TAG, Value::Text(tag), part(0, tag));
                let mut from = tag.len() + 1;
                for (field, word) in [
                    (&STATUS, word),
                    (&RESPONSE_COMMAND, words.next().unwrap_or_default()),
                ] {
                    if !word.is_empty() {
                        ctx.field(field, Value::Text(word), part(from, word));
                    }
                    from += word.len() + 1;
                }
            }
        }
        let (Some(n), Some(status)) = (self.open.iter().position(|o| &*o.0 == tag), status) else {
            return;
        };
        let (_, row, tls) = self.open.remove(n);
        self.ntlm.finish(ctx, Some(status == "OK"));
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Command>(row, |c| {
            c.status = status.into();
            (c.meta.last, c.meta.end) = at;
        });
        if tls && status == "OK" {
            ctx.hand_over(registry().named("tls"));
        }
    }
}
