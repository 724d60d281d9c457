//! The fields of what a side sent: commands with their options, lines of text.

use super::{PROTOCOL, Piece, SE, fields as f, piece};
use crate::context::Ctx;
use crate::data::Data;
use crate::shown::shown;
use weir_model::{Field, Value};

pub(super) fn part(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if !ctx.layer(&PROTOCOL, data.all()) {
        return;
    }
    ctx.info(format_args!("Telnet Data ..."));
    let mut at = 0;
    while let Some(piece) = piece(data.bytes, at) {
        match piece {
            Piece::Text(from, to) => lines(ctx, data.sub(from, to)),
            Piece::Command(from, len) => {
                ctx.number(&f::CMD, data, from + 1, 1);
                // The end of a suboption stands behind its data.
                if len > 2 && data.u8(from + 1) != Some(SE) {
                    ctx.number(&f::SUBCMD, data, from + 2, 1);
                }
            }
            Piece::Sub(from, to, _) => suboption(ctx, data.sub(from, to)),
        }
        at = piece.end().max(at + 1);
    }
    ctx.close();
}

/// Lines with their ends: a line feed, or a return with the zero behind it (RFC 854 page 11). A return alone goes on.
fn lines(ctx: &mut Ctx<'_>, text: Data<'_>) {
    let mut at = 0;
    while at < text.len() {
        let rest = text.rest(at);
        let ends = |n: &usize| {
            rest.u8(*n) != Some(0) || n.checked_sub(1).and_then(|n| rest.u8(n)) == Some(b'\r')
        };
        let stop = memchr::memchr2_iter(0, b'\n', rest.bytes).find(ends);
        let end = stop.map_or(rest.len(), |n| n + 1);
        let line = rest.sub(0, end);
        ctx.field(&f::DATA, Value::Text(&shown(line.bytes)), line.all());
        at += end;
    }
}

fn word(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    ctx.field(field, Value::Text(&shown(data.bytes)), data.all());
}

/// A suboption: its command, its option, then what the option says (RFC 1091, 1073, 1079, 1096, 2941, 2946, 1372).
fn suboption(ctx: &mut Ctx<'_>, sub: Data<'_>) {
    ctx.number(&f::CMD, sub, 1, 1);
    ctx.number(&f::SUBCMD, sub, 2, 1);
    let (Some(option), body) = (sub.u8(2), sub.rest(3)) else {
        return;
    };
    if body.is_empty() {
        return;
    }
    match option {
        // Terminal type, X display, terminal speed: 0 is the value, 1 asks for it.
        24 | 32 | 35 if body.u8(0) == Some(0) => word(ctx, &f::STRING, body.rest(1)),
        24 | 32 | 35 => {}
        31 => {
            ctx.number(&f::WIDTH, body, 0, 2);
            ctx.number(&f::HEIGHT, body, 2, 2);
        }
        33 => ctx.number(&f::RFC_CMD, body, 0, 1),
        37 => {
            ctx.number(&f::AUTH_CMD, body, 0, 1);
            if body.u8(0) == Some(3) {
                word(ctx, &f::AUTH_NAME, body.rest(1));
            } else {
                ctx.number(&f::AUTH_TYPE, body, 1, 1);
            }
        }
        38 => {
            ctx.number(&f::ENC_CMD, body, 0, 1);
            ctx.number(&f::ENC_TYPE, body, 1, 1);
        }
        46 => ctx.number(&f::STARTTLS, body, 0, 1),
        _ => ctx.bytes(&f::OPTION_DATA, body, 0, body.len()),
    }
}
