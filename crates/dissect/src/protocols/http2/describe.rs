//! Fields of HTTP/2 frames, in Wireshark's order. Reports nothing.

use super::fields as f;
use super::hpack::{Block, Form};
use super::wire::{self, Head, inner};
use crate::context::Ctx;
use crate::data::Data;
use weir_model::{ByteRange, Field, Kind, Value};

/// The client's preface.
pub(super) fn preface(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.open(&f::STREAM, Value::None, data.all());
    let text = String::from_utf8_lossy(data.bytes);
    ctx.field(&f::MAGIC, Value::Text(&text), data.all());
    ctx.close();
    ctx.info(format_args!("Magic"));
}

/// Opens a frame and describes its head; whoever calls closes it.
pub(super) fn head(ctx: &mut Ctx<'_>, head: Head, data: Data<'_>) {
    let word = f::TYPE.word(u64::from(head.kind)).unwrap_or("Unknown");
    ctx.info(format_args!("{word}[{}]", head.stream));
    ctx.open(&f::STREAM, Value::None, data.all());
    ctx.number(&f::LENGTH, data, 0, 3);
    ctx.number(&f::TYPE, data, 3, 1);
    let flags = data.range(4, 5);
    ctx.open(&f::FLAGS, Value::Uint(u64::from(head.flags)), flags);
    let known: &[(&'static Field, u8)] = match head.kind {
        wire::DATA => &[
            (&f::PADDED, wire::PADDED),
            (&f::END_STREAM, wire::END_STREAM),
        ],
        wire::HEADERS => &[
            (&f::PRIORITY, wire::PRIORITISED),
            (&f::PADDED, wire::PADDED),
            (&f::END_HEADERS, wire::END_HEADERS),
            (&f::END_STREAM, wire::END_STREAM),
        ],
        wire::SETTINGS => &[(&f::ACK_SETTINGS, wire::ACK)],
        wire::PING => &[(&f::ACK_PING, wire::ACK)],
        wire::PUSH_PROMISE => &[
            (&f::PADDED, wire::PADDED),
            (&f::END_HEADERS, wire::END_HEADERS),
        ],
        wire::CONTINUATION => &[(&f::END_HEADERS, wire::END_HEADERS)],
        _ => &[],
    };
    for (field, bit) in known {
        ctx.field(field, Value::Bool(head.has(*bit)), flags);
    }
    ctx.close();
    ctx.bits(&f::R, data, 5, 4, 0x8000_0000);
    ctx.bits(&f::STREAMID, data, 5, 4, 0x7fff_ffff);
}

/// What frames carry beside header blocks and content.
pub(super) fn payload(ctx: &mut Ctx<'_>, head: Head, data: Data<'_>) {
    let pads = matches!(head.kind, wire::DATA | wire::HEADERS | wire::PUSH_PROMISE);
    let mut at = 0;
    if pads && head.has(wire::PADDED) {
        ctx.number(&f::PAD_LENGTH, data, 0, 1);
        at = 1;
    } else if matches!(head.kind, wire::DATA | wire::HEADERS) {
        ctx.computed(&f::PAD_LENGTH, Value::Uint(0));
    }
    match head.kind {
        wire::DATA => {
            if let Some((from, to)) = inner(head, data.bytes) {
                ctx.bytes(&f::DATA, data, from, to);
            }
        }
        wire::HEADERS if head.has(wire::PRIORITISED) => priority(ctx, data.rest(at)),
        wire::PRIORITY => priority(ctx, data),
        wire::RST_STREAM => ctx.number(&f::RST_ERROR, data, 0, 4),
        wire::SETTINGS => settings(ctx, data),
        wire::PUSH_PROMISE => ctx.bits(&f::PROMISED, data, at, 4, 0x7fff_ffff),
        wire::PING => {
            let field = if head.has(wire::ACK) {
                &f::PONG
            } else {
                &f::PING
            };
            ctx.bytes(field, data, 0, 8);
        }
        wire::GOAWAY => {
            ctx.bits(&f::GOAWAY_LAST, data, 0, 4, 0x7fff_ffff);
            ctx.number(&f::GOAWAY_ERROR, data, 4, 4);
            ctx.bytes(&f::GOAWAY_DATA, data, 8, data.len());
        }
        wire::WINDOW_UPDATE => ctx.bits(&f::WINDOW, data, 0, 4, 0x7fff_ffff),
        wire::CONTINUATION | wire::HEADERS => {}
        _ => ctx.bytes(&f::UNKNOWN, data, 0, data.len()),
    }
    // The rest of a header block is described where it is whole.
    match (head.kind, inner(head, data.bytes)) {
        (wire::HEADERS, Some((from, to))) => ctx.bytes(&f::HEADERS, data, from, to),
        (wire::PUSH_PROMISE, Some((from, to))) => ctx.bytes(&f::PUSH_HEADER, data, from, to),
        (wire::CONTINUATION, _) => {
            let text = String::from_utf8_lossy(data.bytes);
            ctx.field(&f::CONTINUATION, Value::Text(&text), data.all());
        }
        _ => {}
    }
}

fn priority(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.flag(&f::EXCLUSIVE, data, 0, 4, 0x8000_0000);
    ctx.bits(&f::DEPENDENCY, data, 0, 4, 0x7fff_ffff);
    ctx.number(&f::WEIGHT, data, 4, 1);
    if let Some(n) = data.u8(4) {
        ctx.computed(&f::WEIGHT_REAL, Value::Uint(u64::from(n) + 1));
    }
}

fn settings(ctx: &mut Ctx<'_>, data: Data<'_>) {
    for at in (0..data.len()).step_by(6) {
        let Some(id) = data.u16(at) else {
            return;
        };
        ctx.open(&f::SETTINGS, Value::None, data.range(at, at + 6));
        ctx.number(&f::SETTINGS_ID, data, at, 2);
        let field = match id {
            1 => &f::SET_TABLE,
            2 => &f::SET_PUSH,
            3 => &f::SET_STREAMS,
            4 => &f::SET_WINDOW,
            5 => &f::SET_FRAME,
            6 => &f::SET_LIST,
            8 => &f::SET_CONNECT,
            _ => &f::SET_UNKNOWN,
        };
        ctx.number(field, data, at + 2, 4);
        ctx.close();
    }
}

/// Wireshark counts a line with the lengths of its two texts, as it keeps them.
const LENGTHS: usize = 8;

/// The lines of a header block.
pub(super) fn block(ctx: &mut Ctx<'_>, block: &Block, data: Data<'_>) {
    let size: usize = block
        .lines
        .iter()
        .map(|l| l.name.len() + l.value.len() + LENGTHS)
        .sum();
    ctx.computed(&f::HEADER_LENGTH, Value::Uint(size as u64));
    ctx.computed(&f::HEADER_COUNT, Value::Uint(block.lines.len() as u64));
    for (size, (from, to)) in &block.sizes {
        let range = data.range(*from, *to);
        ctx.open(&f::SIZE_UPDATE, Value::None, range);
        ctx.field(&f::SIZE_UPDATE_SIZE, Value::Uint(*size), range);
        ctx.close();
    }
    for line in &block.lines {
        let range = data.range(line.at.0, line.at.1);
        let (name, value) = (
            String::from_utf8_lossy(&line.name),
            String::from_utf8_lossy(&line.value),
        );
        ctx.open(&f::HEADER, Value::None, range);
        ctx.field(&f::NAME_LENGTH, Value::Uint(line.name.len() as u64), range);
        ctx.field(&f::NAME, Value::Text(&name), range);
        ctx.field(
            &f::VALUE_LENGTH,
            Value::Uint(line.value.len() as u64),
            range,
        );
        ctx.field(&f::VALUE, Value::Text(&value), range);
        if let Some(field) = f::of_header(&line.name) {
            match (field.kind, value.trim().parse::<u64>()) {
                (Kind::Text, _) => ctx.field(field, Value::Text(&value), range),
                (_, Ok(n)) => ctx.field(field, Value::Uint(n), range),
                _ => {}
            }
        }
        let form = match line.form {
            Form::Indexed => "Indexed Header Field",
            Form::Added if line.index > 0 => {
                "Literal Header Field with Incremental Indexing - Indexed Name"
            }
            Form::Added => "Literal Header Field with Incremental Indexing - New Name",
            Form::Plain if line.index > 0 => "Literal Header Field without Indexing - Indexed Name",
            Form::Plain => "Literal Header Field without Indexing - New Name",
            Form::Never if line.index > 0 => "Literal Header Field never Indexed - Indexed Name",
            Form::Never => "Literal Header Field never Indexed - New Name",
        };
        ctx.field(&f::REPR, Value::Text(form), range);
        if line.index > 0 {
            ctx.field(&f::INDEX, Value::Uint(line.index), range);
        }
        ctx.close();
    }
    let of = |name: &[u8]| {
        let line = block.lines.iter().find(|l| *l.name == *name)?;
        Some(String::from_utf8_lossy(&line.value))
    };
    if let (Some(method), Some(path)) = (of(b":method"), of(b":path")) {
        ctx.info(format_args!("{method} {path}"));
        if let (Some(scheme), Some(authority)) = (of(b":scheme"), of(b":authority")) {
            let uri = format!("{scheme}://{authority}{path}");
            ctx.field(&f::FULL_URI, Value::Text(&uri), ByteRange::GENERATED);
        }
    } else if let Some(status) = of(b":status") {
        ctx.info(format_args!("{status}"));
    }
}
