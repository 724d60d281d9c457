//! The fields of a mail: its heads, as they were kept while it streamed in.

use super::PROTOCOL;
use super::address::items;
use super::fields::{self as f, Made};
use super::head::lines;
use super::outline::{Outline, What};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocols::http::{FieldLine, text};
use crate::protocols::mime_multipart as m;
use weir_model::{Field, Value};

/// Mails and multiparts of a mail that are shown as layers: a packet has room for few.
const LAYERS: u16 = 32;

/// Describes what was kept. Layers stand in the order in which mails and multiparts began.
pub(super) fn mail(ctx: &mut Ctx<'_>, outline: &Outline) {
    let bytes = &*outline.bytes;
    let source = ctx.source("Heads of the mail", bytes);
    let data = Data {
        bytes,
        source,
        start: 0,
    };
    let shown = outline.entries.iter().filter(|e| e.group < LAYERS);
    let mut entries: Vec<_> = shown.collect();
    entries.sort_by_key(|e| e.group);
    let mut open: Option<(u16, bool)> = None;
    for entry in entries {
        let part = data.sub(entry.range.0, entry.range.1);
        if open.is_none_or(|(group, _)| group != entry.group) {
            if let Some((_, true)) = open {
                ctx.close();
            }
            let protocol = if entry.what == What::Message {
                &PROTOCOL
            } else {
                &m::PROTOCOL
            };
            // What a mail carries is shown within the mail.
            let wanted = if open.is_none() {
                ctx.layer(protocol, part.all())
            } else {
                ctx.layer_inside(protocol, part.all())
            };
            open = Some((entry.group, wanted));
        }
        if let Some((_, true)) = open {
            match entry.what {
                What::Message => head(ctx, part),
                What::Multipart => line(ctx, &m::TYPE, part),
                What::First => line(ctx, &m::FIRST_BOUNDARY, part),
                What::Next => line(ctx, &m::BOUNDARY, part),
                What::Last => line(ctx, &m::LAST_BOUNDARY, part),
                What::Part => part_head(ctx, part),
            }
        }
    }
    if let Some((_, true)) = open {
        ctx.close();
    }
}

fn line(ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>) {
    ctx.field(field, Value::Text(&text(part.bytes)), part.all());
}

/// Where the value of a field line stands.
fn value_of<'a>(part: Data<'a>, l: &FieldLine<'_>) -> Data<'a> {
    let line = part.sub(l.range.start, l.range.end);
    let colon = memchr::memchr(b':', line.bytes).map_or(0, |n| n + 1);
    let value = line.rest(colon);
    let lead = value.len() - value.bytes.trim_ascii_start().len();
    value.sub(lead, lead + l.shown.len())
}

fn head(ctx: &mut Ctx<'_>, part: Data<'_>) {
    let (mut from, mut subject) = (String::new(), String::new());
    for l in lines(part.bytes) {
        let value = value_of(part, &l);
        let shown = text(value.bytes);
        let name = String::from_utf8_lossy(l.name).to_ascii_lowercase();
        let known = f::HEADERS.iter().find(|(n, ..)| *n == name);
        let Some((_, field, made)) = known else {
            let range = part.range(l.range.start, l.range.end);
            let whole = text(part.bytes.get(l.range.clone()).unwrap_or_default());
            ctx.open(&f::EXTENSION, Value::Text(whole.trim_end()), range);
            ctx.field(&f::EXTENSION_TYPE, Value::Text(&text(l.name)), range);
            ctx.field(&f::EXTENSION_VALUE, Value::Text(&shown), value.all());
            ctx.close();
            continue;
        };
        ctx.open(field, Value::Text(&shown), value.all());
        match made {
            Made::Text => {}
            Made::Mailbox => addresses(ctx, value, None),
            Made::Mailboxes => addresses(ctx, value, Some(&f::MAILBOX_ITEM)),
            Made::Addresses => addresses(ctx, value, Some(&f::ADDRESS_ITEM)),
            Made::ContentType => content_type(ctx, value),
        }
        ctx.close();
        match &*name {
            "from" => from = shown,
            "subject" => subject = shown,
            _ => {}
        }
    }
    if !from.is_empty() || !subject.is_empty() {
        ctx.info(format_args!("from: {from}, subject: {subject}"));
    }
}

fn content_type(ctx: &mut Ctx<'_>, value: Data<'_>) {
    let stop = memchr::memchr(b';', value.bytes);
    line(
        ctx,
        &f::CONTENT_TYPE_TYPE,
        value.sub(0, stop.unwrap_or(value.len())),
    );
    if let Some(n) = stop {
        line(ctx, &f::CONTENT_TYPE_PARAMETERS, value.rest(n + 1));
    }
}

fn addresses(ctx: &mut Ctx<'_>, value: Data<'_>, list: Option<&'static Field>) {
    for item in items(value.bytes) {
        let of = |r: (usize, usize)| value.sub(r.0, r.1);
        if let Some(field) = list {
            let whole = of(item.range);
            ctx.open(field, Value::Text(&text(whole.bytes)), whole.all());
        }
        if let Some(name) = item.name {
            line(ctx, &f::DISPLAY_NAME, of(name));
        }
        if let Some(address) = item.address {
            line(ctx, &f::ADDRESS, of(address));
        }
        if list.is_some() {
            ctx.close();
        }
    }
}

/// A header of a part as Wireshark shows it: unfolded, without blanks behind what parts it.
fn compact(value: &[u8]) -> String {
    let mut out = Vec::with_capacity(value.len());
    let (mut quoted, mut blank) = (false, false);
    for b in value {
        if quoted {
            if !matches!(b, b'\r' | b'\n') {
                out.push(*b);
            }
            quoted = *b != b'"';
            continue;
        }
        match b {
            b' ' | b'\t' | b'\r' | b'\n' => blank = true,
            b => {
                let after = out
                    .last()
                    .is_none_or(|l| matches!(l, b';' | b',' | b'=' | b':'));
                if std::mem::take(&mut blank) && !after && !matches!(b, b';' | b',' | b'=') {
                    out.push(b' ');
                }
                out.push(*b);
                quoted = *b == b'"';
            }
        }
    }
    text(&out)
}

/// The head of a part of several.
pub(crate) fn part_head(ctx: &mut Ctx<'_>, part: Data<'_>) {
    ctx.open(&m::PART, Value::Text(""), part.all());
    for l in lines(part.bytes) {
        let name = String::from_utf8_lossy(l.name).to_ascii_lowercase();
        if let Some((_, field)) = m::HEADERS.iter().find(|(n, _)| *n == name) {
            let range = part.range(l.range.start, l.range.end);
            ctx.field(field, Value::Text(&compact(l.value)), range);
        }
    }
    ctx.close();
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn headers_of_parts_are_shown_on_one_line() {
        let shown = |t: &str| compact(t.as_bytes());
        assert_eq!(
            shown("text/plain;\r\n\tname=\"a b;  c\""),
            "text/plain;name=\"a b;  c\""
        );
        assert_eq!(shown("a ;  b = c   d"), "a;b=c d");
    }
}
