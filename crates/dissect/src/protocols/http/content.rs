//! The layer that a message's content makes behind it: bytes that are said to be nothing else, and bodies of several
//! parts. Other kinds of content are shown as text of the message alone.

use super::describe::View;
use super::multipart::{Event, Splitter};
use super::read::Entity;
use super::wire::{Head, text};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Protocol;
use crate::protocols::{data, imf, mime_multipart};
use weir_model::{ByteRange, Value};

/// Parts of a body that are shown.
const PARTS: usize = 256;

/// What the content is, by what its message says of it.
fn kind(view: &View<'_>) -> Option<&'static Protocol> {
    let txn = view.txn.filter(|_| view.size > 0)?;
    let media = if view.head.starts_with(b"HTTP/") {
        txn.response.as_ref()?.content_type.as_deref()?
    } else {
        txn.request.as_ref()?.content_type.as_deref()?
    };
    if media == "application/octet-stream" {
        Some(&data::PROTOCOL)
    } else if media.starts_with("multipart/") {
        Some(&mime_multipart::PROTOCOL)
    } else {
        None
    }
}

/// Adds the layer; `plain` is the decoded content, where it was kept.
pub(super) fn layer(ctx: &mut Ctx<'_>, view: &View<'_>, plain: Data<'_>) {
    let Some(protocol) = kind(view) else {
        return;
    };
    if std::ptr::eq(protocol, &data::PROTOCOL) {
        if plain.is_empty() {
            if ctx.layer(protocol, ByteRange::GENERATED) {
                ctx.close();
            }
        } else {
            data::dissect(ctx, plain);
        }
    } else if ctx.layer(protocol, plain.all()) {
        parts(ctx, view, plain);
        ctx.close();
    }
}

fn parts(ctx: &mut Ctx<'_>, view: &View<'_>, plain: Data<'_>) {
    let entity = Entity::of(Head::read(view.head).fields());
    if let Some(media) = &entity.media {
        ctx.field(
            &mime_multipart::TYPE,
            Value::Text(media),
            ByteRange::GENERATED,
        );
    }
    let mut heads = Vec::new();
    if let Some(mut splitter) = entity.boundary.as_deref().and_then(Splitter::new) {
        splitter.push(plain.bytes, &mut |event| {
            if let Event::Begin { head, at } = event
                && heads.len() < PARTS
            {
                let end = usize::try_from(at).unwrap_or(0);
                heads.push((end.saturating_sub(head.len()), end));
            }
        });
    }
    for (n, (start, end)) in heads.into_iter().enumerate() {
        // The line before the head.
        let before = plain.bytes.get(..start).unwrap_or_default();
        let line = before.strip_suffix(b"\n").unwrap_or(before);
        let from = memchr::memrchr(b'\n', line).map_or(0, |n| n + 1);
        let boundary = plain.sub(from, start);
        let field = if n == 0 {
            &mime_multipart::FIRST_BOUNDARY
        } else {
            &mime_multipart::BOUNDARY
        };
        ctx.field(field, Value::Text(&text(boundary.bytes)), boundary.all());
        imf::part_head(ctx, plain.sub(start, end));
    }
}
