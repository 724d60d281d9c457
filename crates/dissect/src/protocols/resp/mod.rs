//! RESP, the protocol of Redis (RESP2 and RESP3): values with their lengths, which command was sent for which key.
//! Keeps no values; what follows AUTH is not shown.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use memchr::memchr;
use weir_model::{ByteRange, Field, Holds, Kind, Value};

static STRING: Field = Field::new("resp.string", Kind::Text, "String").holds(Holds::Content);
static ERROR: Field = Field::new("resp.error", Kind::Text, "Error");
static INTEGER: Field = Field::new("resp.integer", Kind::Int(64), "Integer");
static BULK_LENGTH: Field = Field::new("resp.bulk_string.length", Kind::Int(32), "Length");
static BULK_VALUE: Field =
    Field::new("resp.bulk_string.value", Kind::Bytes, "Value").holds(Holds::Content);
static ARRAY_LENGTH: Field = Field::new("resp.array.length", Kind::Int(64), "Length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RESP3",
    over: &[Over::TcpPort(6379)],
    fields: &[
        &STRING,
        &ERROR,
        &INTEGER,
        &BULK_LENGTH,
        &BULK_VALUE,
        &ARRAY_LENGTH,
    ],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Resp::default(), start.from_start)
    }),
    logs: &[Log::of::<Command>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("resp", "REdis Serialization Protocol", "RESP")
};

row! {
    /// A command of a client.
    pub struct Command of PROTOCOL {
        cmd_name: Box<str> = "Its name",
        cmd_key: Box<str> = "Its first argument; empty where that may be a password",
        arguments: u64 = "How many it has",
    }
    |c| format!("{} {}", c.cmd_name, c.cmd_key)
}

/// Bytes of a line at most: a type, a number or a short text.
const LINE: usize = 64 << 10;
/// Values of an array at most.
const VALUES: u64 = 1 << 20;
/// Values that are described of a message at most.
const SHOWN: usize = 4096;
/// What values begin with.
const TYPES: &[u8] = b"+-:_#,($!=*~>%|";
/// Bytes of the shortest value.
const SHORTEST: u64 = 3;

/// What one line says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    /// A value of its own.
    Line,
    /// A text of so many bytes follows; none where it is null.
    Bulk(Option<u64>),
    /// So many values follow.
    Values(u64),
}

/// The number of a line, as `-1` for null.
fn number(line: &[u8]) -> Option<i64> {
    std::str::from_utf8(line).ok()?.parse().ok()
}

/// What a line (without its end) says; `None` where it is none.
fn says(line: &[u8]) -> Option<Says> {
    let (kind, rest) = line.split_first()?;
    let count = |each: u64| {
        let n = number(rest)?;
        let n = u64::try_from(n).map_or((n == -1).then_some(0), Some)?;
        n.checked_mul(each).filter(|n| *n <= VALUES)
    };
    match kind {
        b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => Some(Says::Line),
        b'$' | b'!' | b'=' => match number(rest)? {
            -1 => Some(Says::Bulk(None)),
            n => Some(Says::Bulk(Some(u64::try_from(n).ok()?))),
        },
        b'*' | b'~' | b'>' => Some(Says::Values(count(1)?)),
        b'%' | b'|' => Some(Says::Values(count(2)?)),
        _ => None,
    }
}

/// The line at `at`, without its end, and where the next begins.
fn line(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let end = memchr(b'\n', rest)?;
    let text = rest.get(..end)?;
    Some((text.strip_suffix(b"\r").unwrap_or(text), at + end + 1))
}

fn probe(p: &Probe<'_>) -> Certainty {
    // A client's command is an array of texts.
    if p.direction == Direction::Backward || p.bytes.first() != Some(&b'*') {
        return Certainty::No;
    }
    let Some((first, at)) = line(p.bytes, 0) else {
        let short = p.bytes.len() < 8 && p.bytes.iter().skip(1).all(u8::is_ascii_digit);
        return if short {
            Certainty::More
        } else {
            Certainty::No
        };
    };
    match (says(first), p.bytes.get(at)) {
        (Some(Says::Values(1..)), None) => Certainty::More,
        (Some(Says::Values(1..)), Some(b'$')) => Certainty::Certain,
        _ => Certainty::No,
    }
}

/// How far a message was looked through, so that no byte is looked at twice.
#[derive(Clone, Copy, Default)]
struct Seen {
    bytes: usize,
    /// Values that are still to come, beyond the first.
    more: u64,
}

#[derive(Clone, Default)]
struct Resp {
    seen: [Seen; 2],
}

impl Framing for Resp {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        let seen = &mut self.seen[at.direction.index()];
        if seen.bytes > bytes.len() {
            *seen = Seen::default();
        }
        let typed = at.direction == Direction::Forward;
        let begins = |b: &u8| TYPES.contains(b) || (typed && b.is_ascii_alphabetic());
        if seen.bytes == 0 && !bytes.first().is_some_and(begins) {
            return Frame::Foreign;
        }
        loop {
            let Some((text, next)) = line(bytes, seen.bytes) else {
                if bytes.len().saturating_sub(seen.bytes) > LINE {
                    *seen = Seen::default();
                    return Frame::Foreign;
                }
                return Frame::More(bytes.len() + 1);
            };
            let end = match says(text) {
                Some(Says::Line | Says::Bulk(None)) => next as u64,
                Some(Says::Bulk(Some(n))) => (next as u64).saturating_add(n).saturating_add(2),
                Some(Says::Values(n)) => {
                    seen.more = seen.more.saturating_add(n);
                    next as u64
                }
                // A command typed by hand is a line of words.
                None if seen.bytes == 0
                    && typed
                    && text.first().is_some_and(u8::is_ascii_alphabetic) =>
                {
                    next as u64
                }
                None => {
                    *seen = Seen::default();
                    return Frame::Foreign;
                }
            };
            if seen.more == 0 {
                *seen = Seen::default();
                return Frame::Whole(end);
            }
            if seen.more > VALUES {
                *seen = Seen::default();
                return Frame::Foreign;
            }
            let Some(here) = usize::try_from(end).ok().filter(|e| *e <= bytes.len()) else {
                // The line is read again once its text has come.
                let least = end.saturating_add(seen.more.saturating_mul(SHORTEST));
                return Frame::More(usize::try_from(least).unwrap_or(usize::MAX));
            };
            seen.bytes = here;
            seen.more -= 1;
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let secret = m.direction == Direction::Forward && authenticates(m.data.bytes);
        if ctx.layer(&PROTOCOL, m.data.all()) {
            describe(ctx, m.data, secret);
            ctx.close();
        }
        if m.direction == Direction::Forward {
            let words = words(m.data.bytes);
            let text = |n: usize| {
                let word: &[u8] = words.get(n).copied().unwrap_or_default();
                String::from_utf8_lossy(word.get(..256).unwrap_or(word)).into_owned()
            };
            let meta = ctx.message(m.direction, m.from);
            ctx.emit(Command {
                meta,
                cmd_name: text(0).to_ascii_uppercase().into(),
                cmd_key: if secret { String::new() } else { text(1) }.into(),
                arguments: (words.len() as u64).saturating_sub(1),
            });
        }
    }

    fn lost(&mut self, _: &mut Ctx<'_>, direction: Direction) {
        self.seen[direction.index()] = Seen::default();
    }
}

/// The words of a command: an array of texts, or a line.
fn words(bytes: &[u8]) -> Vec<&[u8]> {
    let Some((first, mut at)) = line(bytes, 0) else {
        return Vec::new();
    };
    let Some(Says::Values(n)) = says(first) else {
        return first.split(|b| *b == b' ').take(SHOWN).collect();
    };
    let mut out = Vec::new();
    for _ in 0..n.min(SHOWN as u64) {
        let Some((head, next)) = line(bytes, at) else {
            break;
        };
        let Some(Says::Bulk(Some(len))) = says(head) else {
            break;
        };
        let end = usize::try_from(len).ok().and_then(|n| next.checked_add(n));
        let Some(word) = end.and_then(|e| bytes.get(next..e)) else {
            break;
        };
        out.push(word);
        at = next + word.len() + 2;
    }
    out
}

/// Are passwords among the words?
fn authenticates(bytes: &[u8]) -> bool {
    let words = words(bytes);
    words.iter().any(|w| w.eq_ignore_ascii_case(b"auth"))
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, secret: bool) {
    let mut at = 0;
    for n in 0..SHOWN {
        let Some((text, next)) = line(data.bytes, at) else {
            return;
        };
        let range: ByteRange = data.range(at, next);
        let rest = text.get(1..).unwrap_or_default();
        let written = String::from_utf8_lossy(rest);
        match (says(text), text.first()) {
            (Some(Says::Values(_)), _) => {
                ctx.field(&ARRAY_LENGTH, Value::Int(number(rest).unwrap_or(0)), range);
            }
            (Some(Says::Bulk(len)), _) => {
                ctx.field(&BULK_LENGTH, Value::Int(number(rest).unwrap_or(0)), range);
                let len = usize::try_from(len.unwrap_or(0)).unwrap_or(usize::MAX);
                let end = next.saturating_add(len).min(data.len());
                if len > 0 && !(secret && n > 1) {
                    ctx.bytes(&BULK_VALUE, data, next, end);
                }
                at = if number(rest) == Some(-1) {
                    next
                } else {
                    end.saturating_add(2)
                };
                continue;
            }
            (Some(Says::Line), Some(b'-')) => ctx.field(&ERROR, Value::Text(&written), range),
            (Some(Says::Line), Some(b':')) => {
                ctx.field(&INTEGER, Value::Int(number(rest).unwrap_or(0)), range);
            }
            (Some(Says::Line), _) => ctx.field(&STRING, Value::Text(&written), range),
            (None, _) if !secret => {
                ctx.field(&STRING, Value::Text(&String::from_utf8_lossy(text)), range);
            }
            (None, _) => {}
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Says, says};
    use crate::facts::Message;
    use crate::synth::Synth;

    #[test]
    fn lines_and_what_they_say() {
        assert_eq!(says(b"*2"), Some(Says::Values(2)));
        assert_eq!(says(b"%2"), Some(Says::Values(4)));
        assert_eq!(says(b"*-1"), Some(Says::Values(0)));
        assert_eq!(says(b"$5"), Some(Says::Bulk(Some(5))));
        assert_eq!(says(b"$-1"), Some(Says::Bulk(None)));
        assert_eq!(says(b"+OK"), Some(Says::Line));
        for wrong in [&b"*-2"[..], b"$x", b"*99999999", b"", b"GET"] {
            assert_eq!(says(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn commands_answers_in_pieces_and_no_password() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 6380));
        c.client(&mut s, "*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n");
        // An array in an array, its last text in two segments.
        c.server(&mut s, "*2\r\n:7\r\n*2\r\n$-1\r\n$6\r\nab");
        c.server(&mut s, "cdef\r\n");
        c.client(
            &mut s,
            "*3\r\n$4\r\nAUTH\r\n$5\r\nalice\r\n$6\r\nsecret\r\n",
        );
        c.server(&mut s, "-WRONGPASS no\r\n");
        c.client(&mut s, "ping\r\n");
        c.server(&mut s, "+PONG\r\n");
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Command>();
        let rows: Vec<_> = rows.iter().map(Message::summary).collect();
        assert_eq!(rows, ["GET key:1", "AUTH ", "PING "]);
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| -> Vec<String> {
            trees[n - 1].values(field).map(str::to_owned).collect()
        };
        assert_eq!(of(5, "tcp.reassembled_in"), ["6"]);
        assert_eq!(of(6, "resp.array.length"), ["2", "2"]);
        assert_eq!(of(6, "resp.integer"), ["7"]);
        assert_eq!(of(7, "resp.bulk_string.length"), ["4", "5", "6"]);
        assert_eq!(
            of(7, "resp.bulk_string.value").len(),
            1,
            "{:?}",
            of(7, "resp.bulk_string.value")
        );
        assert_eq!(of(8, "resp.error"), ["WRONGPASS no"]);
        assert_eq!(of(10, "resp.string"), ["PONG"]);
    }

    #[test]
    fn cut_at_every_length_nothing_breaks() {
        let all = b"*3\r\n$4\r\nAUTH\r\n%1\r\n+a\r\n:1\r\n$-1\r\n*1\r\n$99999\r\nx";
        for len in 0..all.len() {
            let mut s = Synth::default();
            let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 6379));
            c.client(&mut s, all.get(..len).unwrap());
            s.load();
        }
    }
}
