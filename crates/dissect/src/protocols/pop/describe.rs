//! The fields of a part of a POP3 session: its first line taken apart, the others as they are. Reports nothing.

use super::session::Session;
use super::{PROTOCOL, fields as f};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::framed::Framed;
use crate::protocol::{Direction, Severity};
use crate::shown::shown;
use weir_model::Value;

/// What answers RETR should tell the mail's length (RFC 1939 section 5 shows it so, and most servers do).
pub(super) static NO_LENGTH: AnomalyKind = AnomalyKind {
    id: "pop.response.tot_len.invalid",
    says: "Length must be a string containing an integer",
    severity: Severity::Error,
    group: "Malformed",
};

/// Does a line answer RETR without a number behind its indicator?
fn tells_no_length(session: &Session, line: &[u8]) -> bool {
    let behind = line.strip_prefix(b"+OK ").filter(|_| session.fetches());
    behind.is_some_and(|b| !b.trim_ascii_start().first().is_some_and(u8::is_ascii_digit))
}

pub(super) fn part(ctx: &mut Ctx<'_>, session: &Session, part: &Framed<'_>) {
    let data = part.data;
    let client = part.direction == Direction::Forward;
    let wanted = ctx.layer(&PROTOCOL, data.all());
    if ctx.describing
        && !client
        && !session.in_text(data.bytes)
        && tells_no_length(session, data.bytes)
    {
        ctx.remark(&NO_LENGTH, format_args!("{}", NO_LENGTH.says));
    }
    if !wanted {
        return;
    }
    if !client && session.in_text(data.bytes) {
        ctx.info(format_args!("S: DATA fragment, {} bytes", data.len()));
        return ctx.close();
    }
    let mut at = 0;
    while at < data.len() {
        let rest = data.rest(at);
        let end = memchr::memchr(b'\n', rest.bytes).map_or(rest.len(), |n| n + 1);
        let line = rest.sub(0, end);
        let text = shown(line.bytes.trim_ascii_end());
        match (at == 0, client) {
            (true, true) => request(ctx, session, line, &text),
            // A challenge of a log-in (RFC 5034 section 4) is no answer.
            (true, false) if !text.starts_with("+ ") => response(ctx, line, &text),
            (false, true) => ctx.field(&f::REQUEST_DATA, Value::Text(&text), line.all()),
            (_, false) => ctx.field(&f::RESPONSE_DATA, Value::Text(&text), line.all()),
        }
        at += end;
    }
    ctx.close();
}

/// The first word, and what stands behind it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim_end();
    text.split_once(' ').unwrap_or((text, ""))
}

fn request(ctx: &mut Ctx<'_>, session: &Session, line: Data<'_>, text: &str) {
    let (word, rest) = split(text);
    let upper = word.to_ascii_uppercase();
    let challenge = session.answers();
    let secret = challenge || matches!(upper.as_str(), "PASS" | "APOP" | "AUTH");
    let (whole, command, parameter) = if challenge {
        (&f::SECRET_REQUEST, &f::SECRET_COMMAND, &f::SECRET_PARAMETER)
    } else if secret {
        (&f::SECRET_REQUEST, &f::COMMAND, &f::SECRET_PARAMETER)
    } else {
        (&f::REQUEST, &f::COMMAND, &f::PARAMETER)
    };
    if secret {
        let shown = if challenge {
            "(log-in)"
        } else {
            upper.as_str()
        };
        ctx.info(format_args!("C: {shown}"));
    } else {
        ctx.info(format_args!("C: {text}"));
    }
    ctx.open(whole, Value::Text(text), line.range(0, text.len()));
    ctx.field(command, Value::Text(word), line.range(0, word.len()));
    if !rest.is_empty() {
        let from = word.len() + 1;
        ctx.field(
            parameter,
            Value::Text(rest),
            line.range(from, from + rest.len()),
        );
    }
    ctx.close();
}

fn response(ctx: &mut Ctx<'_>, line: Data<'_>, text: &str) {
    let (word, rest) = split(text);
    ctx.info(format_args!("S: {text}"));
    ctx.open(&f::RESPONSE, Value::Text(text), line.range(0, text.len()));
    ctx.field(&f::INDICATOR, Value::Text(word), line.range(0, word.len()));
    if !rest.is_empty() {
        let from = word.len() + 1;
        ctx.field(
            &f::DESCRIPTION,
            Value::Text(rest),
            line.range(from, from + rest.len()),
        );
    }
    ctx.close();
}
