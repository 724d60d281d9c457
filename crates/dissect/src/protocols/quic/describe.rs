//! Fields of QUIC packets and frames, in Wireshark's order. Reports nothing.

use super::fields as f;
use super::keys::{Opened, TAG};
use super::wire::{Body, Frame, ID, Kind, Long, V2, V2_DRAFT, varint};
use crate::context::Ctx;
use crate::data::Data;
use std::fmt::Write as _;
use weir_model::{ByteRange, Cursor, Field, Short, Value};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(ID).fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The header; `opened` tells what its first byte hides.
pub(super) fn long(ctx: &mut Ctx<'_>, p: &Long<'_>, opened: Option<&Opened>, data: Data<'_>) {
    let uint = |n: u64| Value::Uint(n);
    let first = data.range(0, 1);
    ctx.computed(&f::PACKET_LENGTH, uint(p.end as u64));
    ctx.field(&f::HEADER_FORM, uint(1), first);
    let shown = match p.kind {
        Kind::Negotiation => {
            ctx.field(&f::VN_UNUSED, uint(u64::from(p.first & 0x7f)), first);
            "Version Negotiation"
        }
        Kind::Unknown => "Unknown version",
        kind => {
            let bits = uint(u64::from(p.kind_bits()));
            let field = if matches!(p.version, V2 | V2_DRAFT) {
                &f::LONG_PACKET_TYPE_V2
            } else {
                &f::LONG_PACKET_TYPE
            };
            if kind != Kind::Retry {
                ctx.field(&f::FIXED_BIT, Value::Bool(p.first & 0x40 != 0), first);
            }
            ctx.field(field, bits, first);
            field.word(u64::from(p.kind_bits())).unwrap_or_default()
        }
    };
    if let Some(o) = opened {
        ctx.field(&f::LONG_RESERVED, uint(u64::from(o.first >> 2 & 3)), first);
        ctx.field(
            &f::PACKET_NUMBER_LENGTH,
            uint(u64::from(o.first & 3)),
            first,
        );
    }
    ctx.number(&f::VERSION, data, 1, 4);
    let (d, s) = (p.dcid.len(), p.scid.len());
    ctx.number(&f::DCIL, data, 5, 1);
    ctx.bytes(&f::DCID, data, 6, 6 + d);
    ctx.number(&f::SCIL, data, 6 + d, 1);
    ctx.bytes(&f::SCID, data, 7 + d, 7 + d + s);
    let mut info = shown.to_owned();
    for (name, id) in [("DCID", p.dcid), ("SCID", p.scid)] {
        if !id.is_empty() {
            let _ = write!(info, ", {name}={}", hex(id));
        }
    }
    if p.kind == Kind::Initial {
        let (token, at) = p.token;
        let end = p.length.1;
        let from = end - token.len();
        ctx.field(
            &f::TOKEN_LENGTH,
            uint(token.len() as u64),
            data.range(at, from),
        );
        ctx.bytes(&f::TOKEN, data, from, end);
    }
    if matches!(p.kind, Kind::Initial | Kind::ZeroRtt | Kind::Handshake) {
        ctx.field(&f::LENGTH, uint(p.length.0), data.range(p.length.1, p.body));
    }
    if let Some(o) = opened {
        let _ = write!(info, ", PKN: {}", o.number);
        let end = p.body + o.number_len;
        ctx.field(&f::PACKET_NUMBER, uint(o.number), data.range(p.body, end));
        ctx.bytes(&f::PAYLOAD, data, end, p.end);
    }
    ctx.info(format_args!("{info}"));
    match p.kind {
        Kind::Retry => {
            let tag = p.end.saturating_sub(TAG).max(p.body);
            ctx.bytes(&f::RETRY_TOKEN, data, p.body, tag);
            ctx.bytes(&f::RETRY_INTEGRITY_TAG, data, tag, p.end);
        }
        Kind::Negotiation => {
            for at in (p.body..p.end).step_by(4) {
                ctx.number(&f::SUPPORTED_VERSION, data, at, 4);
            }
        }
        _ if opened.is_none() => ctx.bytes(&f::REMAINING_PAYLOAD, data, p.body, p.end),
        _ => {}
    }
}

/// A packet with a short header, sent to a connection id of so many bytes where that is known.
pub(super) fn short(ctx: &mut Ctx<'_>, id: usize, data: Data<'_>) {
    let first = data.range(0, 1);
    ctx.computed(&f::PACKET_LENGTH, Value::Uint(data.len() as u64));
    ctx.open(&f::SHORT, Value::None, data.range(0, 1 + id));
    ctx.field(&f::HEADER_FORM, Value::Uint(0), first);
    ctx.flag(&f::FIXED_BIT, data, 0, 1, 0x40);
    ctx.flag(&f::SPIN_BIT, data, 0, 1, 0x20);
    ctx.bytes(&f::DCID, data, 1, 1 + id);
    ctx.close();
    let dcid = data.sub(1, 1 + id).bytes;
    if dcid.is_empty() {
        ctx.info(format_args!("Protected Payload"));
    } else {
        ctx.info(format_args!("Protected Payload, DCID={}", hex(dcid)));
    }
    ctx.bytes(&f::REMAINING_PAYLOAD, data, 1 + id, data.len());
}

/// Bytes behind the last packet of a datagram.
pub(super) fn padding(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.field(&f::COALESCED_PADDING, Value::None, data.all());
}

/// Reads the numbers of a frame one after the other.
struct Numbers<'a> {
    c: Cursor<'a>,
    data: Data<'a>,
}

impl Numbers<'_> {
    fn next(&mut self) -> Result<(u64, ByteRange), Short> {
        let at = self.c.pos();
        let n = varint(&mut self.c)?;
        Ok((n, self.data.range(at, self.c.pos())))
    }

    fn show(&mut self, ctx: &mut Ctx<'_>, field: &'static Field) -> Result<u64, Short> {
        let (n, range) = self.next()?;
        ctx.field(field, Value::Uint(n), range);
        Ok(n)
    }
}

/// A frame of a packet's payload in clear.
pub(super) fn frame(ctx: &mut Ctx<'_>, frame: &Frame, data: Data<'_>) {
    let data = data.sub(frame.at, frame.end);
    ctx.open(&f::FRAME, Value::None, data.all());
    let mut numbers = Numbers {
        c: Cursor::new(data.bytes),
        data,
    };
    // It was read before, so its numbers are there.
    let _ = inside(ctx, frame, &mut numbers);
    ctx.close();
}

fn inside(ctx: &mut Ctx<'_>, frame: &Frame, n: &mut Numbers<'_>) -> Result<(), Short> {
    n.show(ctx, &f::FRAME_TYPE)?;
    match frame.body {
        Body::Padding(len) => ctx.computed(&f::PADDING_LENGTH, Value::Uint(len as u64)),
        Body::Ack => {
            n.show(ctx, &f::ACK_LARGEST)?;
            n.show(ctx, &f::ACK_DELAY)?;
            let ranges = n.show(ctx, &f::ACK_RANGE_COUNT)?;
            n.show(ctx, &f::ACK_FIRST_RANGE)?;
            for _ in 0..ranges {
                n.show(ctx, &f::ACK_GAP)?;
                n.show(ctx, &f::ACK_RANGE)?;
            }
            if frame.kind == 3 {
                for field in [&f::ACK_ECT0, &f::ACK_ECT1, &f::ACK_CE] {
                    n.show(ctx, field)?;
                }
            }
        }
        Body::Crypto(..) => {
            n.show(ctx, &f::CRYPTO_OFFSET)?;
            n.show(ctx, &f::CRYPTO_LENGTH)?;
            let range = n.data.rest(n.c.pos()).all();
            ctx.field(&f::CRYPTO_DATA, Value::None, range);
        }
        Body::Close => {
            if frame.kind == 0x1c {
                let (code, range) = n.next()?;
                ctx.field(&f::CC_ERROR_CODE, Value::Uint(code), range);
                // Alerts of TLS stand in a range of their own (RFC 9001 section 4.8).
                if let 0x100..=0x1ff = code {
                    ctx.field(&f::CC_ALERT, Value::Uint(code & 0xff), range);
                }
                n.show(ctx, &f::CC_FRAME_TYPE)?;
            } else {
                n.show(ctx, &f::CC_APP_ERROR_CODE)?;
            }
            n.show(ctx, &f::CC_REASON_LENGTH)?;
            let rest = n.data.rest(n.c.pos());
            if !rest.is_empty() {
                let reason = String::from_utf8_lossy(rest.bytes);
                ctx.field(&f::CC_REASON, Value::Text(&reason), rest.all());
            }
        }
        Body::Ping | Body::Foreign => {}
    }
    Ok(())
}
