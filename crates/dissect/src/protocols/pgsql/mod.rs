//! The PostgreSQL protocol, version 3: messages, who logs in to what and how, which statements are sent. Reads no rows.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static TYPE: Field = Field::new("pgsql.type", Kind::Text, "Type");
static LENGTH: Field = Field::new("pgsql.length", Kind::Uint(32), "Length");
static FRONTEND: Field = Field::new("pgsql.frontend", Kind::Bool, "Frontend");
static NAME: Field = Field::new("pgsql.parameter_name", Kind::Text, "Parameter name");
static PARAMETER: Field =
    Field::new("pgsql.parameter_value", Kind::Text, "Parameter value").holds(Holds::Name);
static QUERY: Field = Field::new("pgsql.query", Kind::Text, "Query").holds(Holds::Content);
static AUTHTYPE: Field =
    Field::new("pgsql.authtype", Kind::Int(32), "Authentication type").values(&[
        (0, "Success"),
        (2, "Kerberos V5"),
        (3, "Plaintext password"),
        (5, "MD5 password"),
        (7, "GSSAPI"),
        (9, "SSPI"),
        (10, "SASL"),
        (11, "SASL continue"),
        (12, "SASL complete"),
    ]);
static PASSWORD: Field = Field::new("pgsql.password", Kind::Text, "Password").holds(Holds::Secret);
static SEVERITY: Field = Field::new("pgsql.severity", Kind::Text, "Severity");
static MESSAGE: Field = Field::new("pgsql.message", Kind::Text, "Message");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "PostgreSQL Frontend/Backend Protocol 3.0",
    over: &[Over::TcpPort(5432)],
    fields: &[
        &TYPE, &LENGTH, &FRONTEND, &NAME, &PARAMETER, &QUERY, &AUTHTYPE, &PASSWORD, &SEVERITY,
        &MESSAGE,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    stream: Some(start),
    logs: &[Log::of::<Statement>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("pgsql", "PostgreSQL", "PGSQL")
};

row! {
    /// A log-in or a statement, and how it went.
    pub struct Statement of PROTOCOL {
        user: Box<str> = "As whom",
        database: Box<str> = "In which database",
        frontend: &'static str = "What the client sends",
        frontend_arg: Box<str> = "The statement",
        login: &'static str = "How the password was sent, of a log-in: clear text or MD5",
        success: Option<bool> = "Did it go well?",
        backend_arg: Box<str> = "What the server says where it did not",
    }
    |s| format!("{} {}", s.frontend, s.frontend_arg)
}

/// Length and a code that is no version: what asks for encryption or to cancel.
const SSL: u32 = 80_877_103;
const GSS: u32 = 80_877_104;
const CANCEL: u32 = 80_877_102;
const VERSION: u32 = 3;
/// Bytes of a message without a type, before what it says.
const HEAD: usize = 8;
/// Bytes of a text that are kept.
const TEXT: usize = 1024;
/// The longest message that is believed.
const LONGEST: u64 = 1 << 30;

/// The first message of a client: its length and code.
fn opening(b: &[u8]) -> Option<(u32, u32)> {
    let four = |n: usize| {
        let four = b.get(n..)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*four))
    };
    Some((four(0)?, four(4)?))
}

fn known(len: u32, code: u32) -> bool {
    match code {
        SSL | GSS => len == 8,
        CANCEL => len == 16,
        _ => code >> 16 == VERSION && (9..=10_000).contains(&len),
    }
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Backward {
        return Certainty::No;
    }
    match opening(p.bytes) {
        Some((len, code)) if known(len, code) => {
            let text = p.bytes.get(HEAD..).unwrap_or_default();
            if code >> 16 == VERSION && !text.starts_with(b"user\0") {
                Certainty::Unsure
            } else {
                Certainty::Certain
            }
        }
        Some(_) => Certainty::No,
        None if p.bytes.starts_with(&[0, 0]) => Certainty::More,
        None => Certainty::No,
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(
        Pgsql {
            sasl: None,
            how: None,
            opening: start.from_start,
            asked: false,
            user: Box::default(),
            database: Box::default(),
            row: None,
        },
        start.from_start,
    )
}

#[derive(Clone)]
struct Pgsql {
    /// The server asked for SASL: for its first message, or for a further one.
    sasl: Option<bool>,
    /// How the server asked for the password.
    how: Option<&'static str>,
    /// The client's next message has no type.
    opening: bool,
    /// The server's next byte says whether encryption begins.
    asked: bool,
    user: Box<str>,
    database: Box<str>,
    row: Option<u32>,
}

fn text(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end.min(TEXT)).unwrap_or_default()).into_owned()
}

impl Framing for Pgsql {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        if at.direction == Direction::Forward && self.opening {
            return match opening(bytes) {
                None => Frame::More(HEAD),
                Some((len, code)) if known(len, code) => Frame::Whole(len.into()),
                Some(_) => Frame::Foreign,
            };
        }
        if at.direction == Direction::Backward && self.asked && matches!(bytes, [b'S' | b'N', ..]) {
            return Frame::Whole(1);
        }
        let Some(head) = bytes.first_chunk::<5>() else {
            return Frame::More(5);
        };
        let [kind, len @ ..] = *head;
        let len = u64::from(u32::from_be_bytes(len));
        let fits = kind.is_ascii_alphanumeric() && (4..=LONGEST).contains(&len);
        if fits {
            Frame::Whole(1 + len)
        } else {
            Frame::Foreign
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let wanted = ctx.layer(&PROTOCOL, m.data.all());
        let client = m.direction == Direction::Forward;
        if wanted {
            ctx.computed(&FRONTEND, Value::Bool(client));
        }
        if client && self.opening {
            self.open(ctx, m, wanted);
        } else if !client && self.asked && m.data.len() == 1 {
            self.asked = false;
            if wanted {
                ctx.field(&TYPE, Value::Text("SSL response"), m.data.all());
            }
            let agreed = m.data.u8(0) != Some(b'N');
            self.done(ctx, agreed, if agreed { "S" } else { "N" });
            if m.data.u8(0) == Some(b'S') {
                ctx.hand_over(crate::registry::registry().named("tls"));
            }
        } else {
            self.typed(ctx, m, client, wanted);
        }
        if wanted {
            ctx.close();
        }
    }
}

impl Pgsql {
    fn open(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let data = m.data;
        let code = data.u32(4).unwrap_or(0);
        let kind = match code {
            SSL => "SSL request",
            GSS => "GSS encrypt request",
            CANCEL => "Cancel request",
            _ => "Startup message",
        };
        if wanted {
            ctx.computed(&TYPE, Value::Text(kind));
            ctx.number(&LENGTH, data, 0, 4);
            ctx.info(format_args!("> {kind}"));
        }
        if matches!(code, SSL | GSS) {
            self.asked = true;
            let what = if code == SSL {
                "ssl_request"
            } else {
                "gss_request"
            };
            self.row = self.note(ctx, m, what, Box::default());
            return;
        }
        self.opening = false;
        if code == CANCEL {
            return;
        }
        let mut at = HEAD;
        while data.u8(at).is_some_and(|b| b != 0) {
            let name = text(data.rest(at).bytes);
            let value_at = at + name.len() + 1;
            let value = text(data.rest(value_at).bytes);
            if wanted {
                ctx.field(&NAME, Value::Text(&name), data.range(at, at + name.len()));
                let range = data.range(value_at, value_at + value.len());
                ctx.field(&PARAMETER, Value::Text(&value), range);
            }
            at = value_at + value.len() + 1;
            match name.as_str() {
                "user" => self.user = value.into(),
                "database" => self.database = value.into(),
                _ => {}
            }
        }
        self.row = self.note(ctx, m, "startup", Box::default());
    }

    fn note(
        &self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        what: &'static str,
        arg: Box<str>,
    ) -> Option<u32> {
        let meta = ctx.message(m.direction, m.from);
        ctx.emit(Statement {
            meta,
            user: self.user.clone(),
            database: self.database.clone(),
            frontend: what,
            frontend_arg: arg,
            login: "",
            success: None,
            backend_arg: Box::default(),
        })
    }

    fn typed(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, client: bool, wanted: bool) {
        let data = m.data;
        let kind = data.u8(0).unwrap_or(0);
        let body = data.rest(5);
        if wanted {
            let word = match (self.sasl, kind) {
                (Some(true), b'p') => "SASLInitialResponse message",
                (Some(false), b'p') => "SASLResponse message",
                _ => name(kind, client),
            };
            ctx.field(&TYPE, Value::Text(word), data.range(0, 1));
            ctx.number(&LENGTH, data, 1, 4);
            ctx.info(format_args!("{} {word}", if client { '>' } else { '<' }));
        }
        match (client, kind) {
            (true, b'Q') => {
                let statement = text(body.bytes);
                if wanted {
                    ctx.field(&QUERY, Value::Text(&statement), body.all());
                }
                self.row = self.note(ctx, m, "simple_query", statement.into());
            }
            (true, b'P') => {
                // The name of the prepared statement stands first.
                let skip = text(body.bytes).len() + 1;
                let statement = text(body.rest(skip).bytes);
                if wanted {
                    ctx.field(&QUERY, Value::Text(&statement), body.rest(skip).all());
                }
                self.row = self.note(ctx, m, "parse", statement.into());
            }
            (true, b'X') => {
                self.note(ctx, m, "terminate", Box::default());
            }
            (true, b'p') => {
                if wanted {
                    ctx.field(&PASSWORD, Value::Text(&text(body.bytes)), body.all());
                }
                if let Some(how) = self.how.take() {
                    ctx.update::<Statement>(self.row, |s| s.login = how);
                }
            }
            (false, b'S') if wanted => {
                let name = text(body.bytes);
                let from = name.len() + 1;
                let value = text(body.rest(from).bytes);
                ctx.field(&NAME, Value::Text(&name), body.range(0, name.len()));
                let range = body.range(from, from + value.len());
                ctx.field(&PARAMETER, Value::Text(&value), range);
            }
            (false, b'R') => {
                let kind = body.u32(0);
                self.sasl = match kind {
                    Some(10) => Some(true),
                    Some(11) => Some(false),
                    _ => None,
                };
                self.how = match kind {
                    Some(3) => Some("clear text"),
                    Some(5) => Some("MD5"),
                    _ => None,
                };
                if wanted && let Some(n) = kind {
                    ctx.field(&AUTHTYPE, Value::Int(n.into()), body.range(0, 4));
                }
                if kind == Some(0) {
                    self.done(ctx, true, "");
                }
            }
            (false, b'E') => {
                let said = refusal(ctx, body, wanted);
                self.done(ctx, false, &said);
            }
            (false, b'C' | b'1') => self.done(ctx, true, ""),
            _ => {}
        }
    }

    fn done(&mut self, ctx: &mut Ctx<'_>, good: bool, said: &str) {
        let at = (ctx.meta.packet, ctx.meta.time);
        let row = self.row.take();
        ctx.update::<Statement>(row, |s| {
            s.success = Some(good);
            s.backend_arg = said.into();
            (s.meta.last, s.meta.end) = at;
        });
    }
}

/// The parts of an error: a letter and a text each.
fn refusal(ctx: &mut Ctx<'_>, body: Data<'_>, wanted: bool) -> String {
    let mut at = 0;
    let mut said = String::new();
    while let Some(letter) = body.u8(at).filter(|b| *b != 0) {
        let value = text(body.rest(at + 1).bytes);
        let range = body.range(at + 1, at + 1 + value.len());
        let field: Option<&'static Field> = match letter {
            b'S' => Some(&SEVERITY),
            b'M' => Some(&MESSAGE),
            _ => None,
        };
        if wanted && let Some(field) = field {
            ctx.field(field, Value::Text(&value), range);
        }
        at += value.len() + 2;
        if letter == b'M' {
            said = value;
        }
    }
    said
}

fn name(kind: u8, client: bool) -> &'static str {
    match (client, kind) {
        (true, b'B') => "Bind",
        (true, b'C') => "Close",
        (true, b'D') => "Describe",
        (true, b'E') => "Execute",
        (true, b'F') => "Function call",
        (true, b'H') => "Flush",
        (true, b'P') => "Parse",
        (true, b'Q') => "Simple query",
        (true, b'S') => "Sync",
        (true, b'X') => "Termination",
        (true, b'p') => "Password message",
        (false, b'1') => "Parse completion",
        (false, b'2') => "Bind completion",
        (false, b'3') => "Close completion",
        (false, b'A') => "Notification",
        (false, b'C') => "Command completion",
        (false, b'D') => "Data row",
        (false, b'E') => "Error",
        (false, b'K') => "Backend key data",
        (false, b'N') => "Notice",
        (false, b'R') => "Authentication request",
        (false, b'S') => "Parameter status",
        (false, b'T') => "Row description",
        (false, b'Z') => "Ready for query",
        (_, b'c') => "Copy completion",
        (_, b'd') => "Copy data",
        _ => "Unknown",
    }
}
