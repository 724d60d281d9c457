//! The fields of a part of a mail session: its lines. Reports nothing.

use super::session::{Sends, Session};
use super::{PROTOCOL, fields as f};
use crate::context::Ctx;
use crate::data::Data;
use crate::framed::Framed;
use crate::protocol::Direction;
use weir_model::{ByteRange, Value};

pub(super) fn part(ctx: &mut Ctx<'_>, session: &Session, part: &Framed<'_>) {
    let data = part.data;
    if !ctx.layer(&PROTOCOL, data.all()) {
        return;
    }
    let client = part.direction == Direction::Forward;
    let (field, letter) = if client {
        (&f::REQ, 'C')
    } else {
        (&f::RSP, 'S')
    };
    ctx.field(field, Value::Bool(true), ByteRange::GENERATED);
    let mail = match session.sends {
        Sends::Mail | Sends::Chunk(..) => true,
        Sends::Asked => !session.replied,
        _ => false,
    };
    if client && mail {
        ctx.info(format_args!("C: DATA fragment, {} bytes", data.len()));
        let end = data.bytes == b".\r\n" || data.bytes.ends_with(b"\r\n.\r\n");
        if end {
            let range = data.range(data.len().saturating_sub(3), data.len());
            ctx.field(&f::EOM, Value::None, range);
        }
        return ctx.close();
    }
    let mut at = 0;
    let mut secret = None;
    let mut goes_on = false;
    while at < data.len() {
        let rest = data.rest(at);
        let end = memchr::memchr(b'\n', rest.bytes).map_or(rest.len(), |n| n + 1);
        let line = rest.sub(0, end);
        at += end;
        let text = line.bytes.strip_suffix(b"\n").unwrap_or(line.bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = String::from_utf8_lossy(text);
        if client {
            secret = secret.or(command(ctx, session.sends, line, &text));
        } else {
            goes_on = reply(ctx, line, &text, goes_on);
        }
    }
    let first = data.bytes.split(|c| *c == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first.trim_ascii_end());
    if secret.is_some() {
        ctx.info(format_args!("{letter}: (log-in)"));
    } else {
        ctx.info(format_args!("{letter}: {first}"));
    }
    ctx.close();
}

/// A line of the client; `Some` where it holds a secret.
fn command(ctx: &mut Ctx<'_>, sends: Sends, line: Data<'_>, text: &str) -> Option<()> {
    let range = line.range(0, text.len());
    let answer = match sends {
        Sends::Name => Some(&f::USERNAME),
        Sends::Secret => Some(&f::PASSWORD),
        Sends::Both => Some(&f::USERNAME_PASSWORD),
        _ => None,
    };
    if let Some(field) = answer {
        ctx.field(field, Value::Text(text), range);
        return (sends != Sends::Name).then_some(());
    }
    let upper = text.get(..5).unwrap_or_default().to_ascii_uppercase();
    let words: Vec<&str> = text.splitn(3, ' ').collect();
    let secret = upper == "AUTH " && words.len() > 2;
    if !secret {
        ctx.open(&f::COMMAND_LINE, Value::Text(text), line.all());
    }
    let word = text.get(..4).unwrap_or(text);
    ctx.field(&f::COMMAND, Value::Text(word), line.range(0, word.len()));
    let rest = if text.len() > 5 { text.get(5..) } else { None };
    match (secret, rest) {
        (true, _) => {
            let (mechanism, first) = (words.get(1), words.get(2));
            if let Some(m) = mechanism {
                ctx.field(&f::PARAMETER, Value::Text(m), line.range(5, 5 + m.len()));
            }
            if let Some(t) = first {
                let plain = mechanism.is_some_and(|m| m.eq_ignore_ascii_case("PLAIN"));
                let field = if plain {
                    &f::USERNAME_PASSWORD
                } else {
                    &f::USERNAME
                };
                let from = text.len() - t.len();
                ctx.field(field, Value::Text(t), line.range(from, text.len()));
            }
        }
        (false, Some(rest)) => {
            ctx.field(&f::PARAMETER, Value::Text(rest), line.range(5, text.len()));
        }
        (false, None) => {}
    }
    if !secret {
        ctx.close();
    }
    secret.then_some(())
}

/// A line of the server. Of a reply of several lines the first is the response and tells its code; the others add
/// parameters to it. Does the reply go on behind this line?
fn reply(ctx: &mut Ctx<'_>, line: Data<'_>, text: &str, goes_on: bool) -> bool {
    if !goes_on {
        ctx.open(&f::RESPONSE, Value::Text(text), line.all());
    }
    let code = text.get(..3).and_then(|c| c.parse::<u64>().ok());
    if let Some(code) = code.filter(|_| text.bytes().take(3).all(|b| b.is_ascii_digit())) {
        if !goes_on {
            ctx.field(&f::CODE, Value::Uint(code), line.range(0, 3));
        }
        if let Some(rest) = text.get(4..).filter(|r| !r.is_empty()) {
            ctx.field(
                &f::RSP_PARAMETER,
                Value::Text(rest),
                line.range(4, text.len()),
            );
        }
    }
    if !goes_on {
        ctx.close();
    }
    text.as_bytes().get(3) == Some(&b'-')
}
