//! The client protocol of MySQL and MariaDB: packets, who logs in, which commands are sent. Reads no result sets.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static PACKET_LENGTH: Field = Field::new("mysql.packet_length", Kind::Uint(24), "Packet Length");
static PACKET_NUMBER: Field = Field::new("mysql.packet_number", Kind::Uint(8), "Packet Number");
static PROTOCOL_VERSION: Field = Field::new("mysql.protocol", Kind::Uint(8), "Protocol");
static VERSION: Field = Field::new("mysql.version", Kind::Text, "Version");
static USER: Field = Field::new("mysql.user", Kind::Text, "Username").holds(Holds::Name);
static COMMAND: Field = Field::new("mysql.command", Kind::Uint(8), "Command").values(COMMANDS);
static QUERY: Field = Field::new("mysql.query", Kind::Text, "Statement").holds(Holds::Content);
static ERROR: Field = Field::new("mysql.error_code", Kind::Uint(16), "Error Code");

/// The commands of the text protocol.
static COMMANDS: &[(u64, &str)] = &[
    (0, "SLEEP"),
    (1, "Quit"),
    (2, "Use Database"),
    (3, "Query"),
    (4, "Show Fields"),
    (5, "Create Database"),
    (6, "Drop Database"),
    (7, "Refresh"),
    (8, "Shutdown"),
    (9, "Statistics"),
    (10, "Process List"),
    (12, "Kill Server Thread"),
    (13, "Dump Debuginfo"),
    (14, "Ping"),
    (17, "Change User"),
    (18, "Send Binlog"),
    (22, "Prepare Statement"),
    (23, "Execute Statement"),
    (24, "Send BLOB"),
    (25, "Close Statement"),
    (26, "Reset Statement"),
    (27, "Set Option"),
    (28, "Fetch Data"),
    (31, "Reset Connection"),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "MySQL Internals, Client/Server Protocol",
    over: &[Over::TcpPort(3306)],
    fields: &[
        &PACKET_LENGTH,
        &PACKET_NUMBER,
        &PROTOCOL_VERSION,
        &VERSION,
        &USER,
        &COMMAND,
        &QUERY,
        &ERROR,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    stream: Some(start),
    logs: &[Log::of::<Command>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("mysql", "MySQL Protocol", "MySQL")
};

row! {
    /// A log-in or a command, with the first packet of its answer.
    pub struct Command of PROTOCOL {
        cmd: &'static str = "Command; login: the log-in",
        arg: Box<str> = "Statement, database or user",
        success: Option<bool> = "Did it go well?",
        response: Box<str> = "What the server says where it did not",
    }
    |c| format!("{} {}", c.cmd, c.arg)
}

/// Bytes of a head.
const HEAD: usize = 4;
/// Bytes of a statement that are kept.
const TEXT: usize = 1024;
/// CLIENT_SSL among the client's capabilities.
const SSL: u32 = 0x0800;
/// A statement has attributes before it (CLIENT_QUERY_ATTRIBUTES).
const ATTRIBUTES: u32 = 1 << 27;

/// A greeting: protocol 10, a version in digits that ends with a zero.
fn greeting(b: &[u8]) -> Certainty {
    match b.get(..6) {
        None => {
            let front: [Option<u8>; 3] = [None, Some(0), Some(0)];
            let fits = b.iter().zip(front).all(|(b, f)| f.is_none_or(|f| f == *b));
            if fits { Certainty::More } else { Certainty::No }
        }
        Some([_, 0, 0, 0, 10, digit]) if digit.is_ascii_digit() => {
            let version = b.get(5..).unwrap_or_default();
            let end = memchr::memchr(0, version).unwrap_or(version.len());
            let text = version.get(..end).unwrap_or_default();
            if end < 64 && text.iter().all(u8::is_ascii_graphic) && text.contains(&b'.') {
                Certainty::Certain
            } else {
                Certainty::No
            }
        }
        Some(_) => Certainty::No,
    }
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Forward {
        Certainty::No
    } else {
        greeting(p.bytes)
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let stage = if start.from_start {
        Stage::Greeting
    } else {
        Stage::Commands
    };
    let state = Mysql {
        stage,
        row: None,
        attributes: false,
    };
    Frames::boxed(state, start.from_start)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Greeting,
    Login,
    /// The log-in goes on until the server says how it ended.
    Auth,
    Commands,
}

#[derive(Clone)]
struct Mysql {
    stage: Stage,
    /// The command that waits for its answer.
    row: Option<u32>,
    /// Attributes stand before statements.
    attributes: bool,
}

fn text(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes.get(..TEXT).unwrap_or(bytes)).into()
}

/// The bytes up to a zero.
fn word(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

impl Framing for Mysql {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        let Some([a, b, c, n]) = bytes.first_chunk::<HEAD>() else {
            return Frame::More(HEAD);
        };
        if at.direction == Direction::Backward && self.stage == Stage::Greeting && *n != 0 {
            return Frame::Foreign;
        }
        let len = u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16;
        Frame::Whole(HEAD as u64 + len)
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let wanted = ctx.layer(&PROTOCOL, data.all());
        if wanted {
            let len = data.bytes.get(..3).unwrap_or_default();
            let len = len.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
            ctx.field(&PACKET_LENGTH, Value::Uint(len), data.range(0, 3));
            ctx.number(&PACKET_NUMBER, data, 3, 1);
        }
        if m.direction == Direction::Forward {
            self.client(ctx, m, wanted);
        } else {
            self.server(ctx, m, wanted);
        }
        if wanted {
            ctx.close();
        }
    }
}

impl Mysql {
    fn client(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let body = m.data.rest(HEAD);
        let first = m.data.u8(3) == Some(0);
        match self.stage {
            Stage::Greeting | Stage::Login => {
                let capabilities = body
                    .bytes
                    .first_chunk::<4>()
                    .map(|c| u32::from_le_bytes(*c));
                let Some(capabilities) = capabilities else {
                    return ctx.short();
                };
                if capabilities & SSL != 0 && body.len() == 32 {
                    return ctx.hand_over(crate::registry::registry().named("tls"));
                }
                // Capabilities, the longest packet, a character set, 23 bytes of nothing.
                let user = word(body.rest(32).bytes);
                let name = text(user);
                if wanted {
                    let range = body.range(32, 32 + user.len());
                    ctx.field(&USER, Value::Text(&name), range);
                    ctx.info(format_args!("Login Request user={name}"));
                }
                self.stage = Stage::Auth;
                self.attributes = capabilities & ATTRIBUTES != 0;
                self.row = note(ctx, m, "login", name);
            }
            Stage::Auth => {}
            Stage::Commands if first => {
                let Some(code) = body.u8(0) else {
                    return ctx.short();
                };
                let cmd = COMMAND.word(code.into()).unwrap_or("unknown");
                if wanted {
                    ctx.number(&COMMAND, body, 0, 1);
                    ctx.info(format_args!("Request {cmd}"));
                }
                let arg = match code {
                    2 | 3 | 5 | 6 | 22 => {
                        let skip = (code == 3 && self.attributes)
                            .then(|| attributes(body.rest(1).bytes))
                            .flatten();
                        let statement = body.rest(1 + skip.unwrap_or(0));
                        let arg = String::from_utf8_lossy(statement.bytes);
                        if wanted && matches!(code, 3 | 22) {
                            ctx.field(&QUERY, Value::Text(&arg), statement.all());
                        }
                        text(statement.bytes)
                    }
                    // The table whose columns are asked for.
                    4 => text(word(body.rest(1).bytes)),
                    _ => Box::default(),
                };
                self.row = note(ctx, m, cmd, arg);
            }
            Stage::Commands => {}
        }
    }

    fn server(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let body = m.data.rest(HEAD);
        if self.stage == Stage::Greeting {
            self.stage = Stage::Login;
            // Who may not connect is told so instead.
            if body.u8(0) == Some(0xff) {
                self.stage = Stage::Commands;
                let code = body.bytes.get(1..3).and_then(|c| c.first_chunk::<2>());
                if let Some(code) = code.filter(|_| wanted) {
                    let code = Value::Uint(u16::from_le_bytes(*code).into());
                    ctx.field(&ERROR, code, body.range(1, 3));
                }
            } else if wanted {
                ctx.number(&PROTOCOL_VERSION, body, 0, 1);
                let version = word(body.rest(1).bytes);
                let name = text(version);
                let range = body.range(1, 1 + version.len());
                ctx.field(&VERSION, Value::Text(&name), range);
                ctx.info(format_args!("Server Greeting version={name}"));
            }
            return;
        }
        let failed = body.u8(0) == Some(0xff);
        let code = body.bytes.get(1..3).and_then(|c| c.first_chunk::<2>());
        if let Some(code) = code.filter(|_| wanted && failed) {
            let code = u16::from_le_bytes(*code);
            ctx.field(&ERROR, Value::Uint(code.into()), body.range(1, 3));
        }
        // More of the log-in is asked for.
        if self.stage == Stage::Auth && matches!(body.u8(0), Some(1 | 0xfe)) {
            return;
        }
        self.stage = Stage::Commands;
        let said = if failed {
            // A state of SQL may stand before the words.
            let state = body.u8(3) == Some(b'#');
            text(body.rest(if state { 9 } else { 3 }).bytes)
        } else {
            Box::default()
        };
        let at = (ctx.meta.packet, ctx.meta.time);
        let row = self.row.take();
        ctx.update::<Command>(row, |c| {
            c.success = Some(!failed);
            c.response = said;
            (c.meta.last, c.meta.end) = at;
        });
    }
}

/// A number of one to nine bytes (protocol::LengthEncodedInteger), and the bytes it takes.
fn number(b: &[u8]) -> Option<(usize, usize)> {
    let wide = match *b.first()? {
        n @ 0..=0xfa => return Some((n.into(), 1)),
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        _ => return None,
    };
    let n = b.get(1..=wide)?.iter().rev();
    let n = n.fold(0_u64, |n, b| n << 8 | u64::from(*b));
    Some((usize::try_from(n).ok()?, 1 + wide))
}

/// Bytes of the attributes before a statement (COM_QUERY with CLIENT_QUERY_ATTRIBUTES).
fn attributes(b: &[u8]) -> Option<usize> {
    let (count, mut at) = number(b)?;
    at += number(b.get(at..)?)?.1;
    if count == 0 {
        return Some(at);
    }
    let absent = b.get(at..at.checked_add(count.div_ceil(8))?)?;
    at += absent.len() + 1;
    let mut kinds = Vec::new();
    for _ in 0..count {
        kinds.push(*b.get(at)?);
        let (len, head) = number(b.get(at + 2..)?)?;
        at = (at + 2 + head).checked_add(len)?;
    }
    for (n, kind) in kinds.into_iter().enumerate() {
        if absent
            .get(n / 8)
            .is_some_and(|byte| byte >> (n % 8) & 1 == 1)
        {
            continue;
        }
        let len = match kind {
            1 => 1,
            2 | 13 => 2,
            3 | 4 | 9 => 4,
            5 | 8 => 8,
            6 => 0,
            7 | 10 | 11 | 12 => 1 + usize::from(*b.get(at)?),
            _ => {
                let (len, head) = number(b.get(at..)?)?;
                head.checked_add(len)?
            }
        };
        at = at.checked_add(len)?;
    }
    (at <= b.len()).then_some(at)
}

fn note(ctx: &mut Ctx<'_>, m: &Framed<'_>, cmd: &'static str, arg: Box<str>) -> Option<u32> {
    let meta = ctx.message(m.direction, m.from);
    ctx.emit(Command {
        meta,
        cmd,
        arg,
        success: None,
        response: Box::default(),
    })
}
