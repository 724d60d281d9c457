//! HTTP/1 messages as fields, under the names and with the meaning Wireshark gives them.
//! Called in the packet that completes a message; in every pass, for every sink.

use super::fields::{self as f, code_words, of_header};
use super::message::Transaction;
use super::names::path_and_query;
use super::read::basic;
use super::wire::{FieldLine, Head, Looks, StartLine, head_end, leading_lines, looks};
use super::{PROTOCOL, content, remarks};
use crate::body::{Decoder, Encoding};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::LinkKind;
use crate::flow::FlowState;
use crate::protocol::Protocol;
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::Exchange as Login;
use crate::protocols::tls::x509;
use base64::Engine as _;
use std::any::Any;
use weir_model::{ByteRange, Field, PacketRef, SourceId, Timestamp, Value};

/// Most decoded bytes shown as one field.
const DECODED: usize = 8 << 20;

/// Where a message stands among those of its flow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exchange {
    /// Number of its transaction.
    pub(super) number: u32,
    /// For an answer: its request.
    pub(super) request: Option<(PacketRef, Timestamp)>,
    pub(super) previous_request: Option<PacketRef>,
    pub(super) previous_response: Option<PacketRef>,
}

/// A message that is whole.
pub(super) struct View<'a> {
    pub(super) head: &'a [u8],
    /// What stands behind a head that was cut.
    pub(super) cut: &'a [u8],
    /// The packet that brought the head, and where in which of its sources.
    pub(super) place: (PacketRef, SourceId, u32),
    pub(super) exchange: Exchange,
    pub(super) txn: Option<&'a Transaction>,
    /// The content, where it was kept.
    pub(super) content: Option<&'a [u8]>,
    /// Content bytes in the capture.
    pub(super) size: u64,
    pub(super) encodings: &'a [Encoding],
    pub(super) chunks: &'a [u32],
    pub(super) trailer: &'a [u8],
}

/// Will anybody look at the content of a message that begins now? While packets are read again, the one
/// who looks may come later.
pub(super) fn looked_at(ctx: &Ctx<'_>) -> bool {
    ctx.core.muted || (ctx.describing && ctx.sink.wants(&PROTOCOL.info))
}

/// Bytes of the flow that belong to no message whose beginning was seen.
pub(super) fn continuation(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if layer(ctx, data.all()) {
        let text = String::from_utf8_lossy(data.bytes);
        ctx.field(&f::FILE_DATA, Value::Text(&text), data.all());
        ctx.close();
        ctx.info(format_args!("Continuation"));
    }
}

/// Several messages of one packet are one layer in its stack, as Wireshark counts them.
fn layer(ctx: &mut Ctx<'_>, range: ByteRange) -> bool {
    if ctx.packet.layers.last() == Some(&PROTOCOL.id()) {
        ctx.layer_on(&PROTOCOL, range)
    } else {
        ctx.layer(&PROTOCOL, range)
    }
}

/// Start line and field lines.
fn head_fields(ctx: &mut Ctx<'_>, head: &Head<'_>, data: Data<'_>) {
    start_line(ctx, head, data);
    let line_field = match head.start {
        StartLine::Request { .. } => &f::REQUEST_LINE,
        StartLine::Response { .. } => &f::RESPONSE_LINE,
    };
    for line in head.fields() {
        let range = data.range(line.range.start, line.range.end);
        let raw = data.bytes.get(line.range.clone()).unwrap_or_default();
        field_line(ctx, &line, raw, range);
        text(ctx, line_field, raw, ByteRange::GENERATED);
    }
}

/// A datagram that is one message, of a protocol that took over the format of heads: it has fields, and
/// no exchange.
/// Requests that a flow of datagrams has had.
#[derive(Clone, Copy, Default)]
struct Asked(u32);

impl FlowState for Asked {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(*self)
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A head in a datagram.
pub(crate) fn datagram(ctx: &mut Ctx<'_>, protocol: &'static Protocol, data: Data<'_>) {
    let blank = leading_lines(data.bytes);
    let data = data.rest(blank);
    if looks(data.bytes) != Looks::Like {
        return ctx.unknown(data);
    }
    let end = head_end(data.bytes, 0).unwrap_or(data.len());
    let bytes = data.bytes.get(..end).unwrap_or_default();
    let head = Head::read(bytes);
    let wanted = ctx.layer(protocol, data.all());
    // A notification is no request.
    let asks = matches!(head.start, StartLine::Request { method, .. } if !notifies(method));
    let number = ctx
        .flow_state::<Asked, _>(|a| {
            a.0 = a.0.saturating_add(u32::from(asks));
            a.0
        })
        .unwrap_or(1);
    if ctx.describing
        && let Some(line) = bytes.split(|b| matches!(b, b'\r' | b'\n')).next()
    {
        ctx.info(format_args!("{}", String::from_utf8_lossy(line)));
    }
    remarks::chat(ctx, bytes);
    if !wanted {
        return;
    }
    head_fields(ctx, &head, data.sub(0, end));
    if matches!(head.start, StartLine::Request { .. }) {
        let request = super::read::request(&head, (ctx.meta.packet, ctx.meta.time), false);
        if request.host.is_some() {
            let url = request.url();
            ctx.field(&f::FULL_URI, Value::Text(&url), ByteRange::GENERATED);
        }
        if asks {
            let number = Value::Uint(number.into());
            ctx.field(&f::REQUEST_NUMBER, number, ByteRange::GENERATED);
        }
    }
    let body = data.rest(end);
    if !body.is_empty() {
        text(ctx, &f::FILE_DATA, body.bytes, body.all());
    }
    ctx.close();
}

/// A whole message, with the log-on that is under way on its connection. Did it carry a part of that?
pub(super) fn message(ctx: &mut Ctx<'_>, view: &View<'_>, login: &mut Login) -> bool {
    let (packet, source, start) = view.place;
    let here = packet == ctx.meta.packet;
    let (source, start) = if here {
        (source, start)
    } else {
        (ctx.source("HTTP head", view.head), 0)
    };
    let data = Data {
        bytes: view.head,
        source,
        start,
    };
    let wanted = layer(ctx, data.all());
    if view.cut.is_empty() {
        remarks::chat(ctx, view.head);
    } else {
        remarks::chat(ctx, &[view.head, view.cut].concat());
    }
    remarks::in_clear(ctx);
    let nothing = Data {
        bytes: &[],
        source: SourceId(0),
        start: 0,
    };
    if !wanted {
        let carried = tokens(ctx, view.head, login);
        content::layer(ctx, view, nothing);
        return carried;
    }
    let head = Head::read(view.head);
    head_fields(ctx, &head, data);
    for size in view.chunks {
        let size = Value::Uint(u64::from(*size));
        ctx.field(&f::CHUNK_SIZE, size, ByteRange::GENERATED);
    }
    if !view.trailer.is_empty() {
        text(ctx, &f::TRAILER, view.trailer, ByteRange::GENERATED);
    }
    links(ctx, &head, view);
    let plain = content(view);
    let plain = Data {
        bytes: &plain,
        source: if plain.is_empty() {
            SourceId(0)
        } else {
            ctx.source("HTTP content", &plain)
        },
        start: 0,
    };
    if !plain.is_empty() {
        text(ctx, &f::FILE_DATA, plain.bytes, plain.all());
        certificates(ctx, view, plain);
    }
    let carried = tokens(ctx, view.head, login);
    ctx.close();
    content::layer(ctx, view, plain);
    match head.start {
        StartLine::Request {
            method,
            target,
            version,
        } => ctx.info(format_args!(
            "{} {} {}",
            String::from_utf8_lossy(method),
            String::from_utf8_lossy(target),
            String::from_utf8_lossy(version)
        )),
        StartLine::Response {
            version,
            code,
            phrase,
        } => {
            let media = view.txn.and_then(|t| t.response.as_ref());
            let media = media.and_then(|r| r.content_type.as_deref());
            let media = media.filter(|_| view.size > 0);
            ctx.info(format_args!(
                "{} {code} {}{}{}{}",
                String::from_utf8_lossy(version),
                String::from_utf8_lossy(phrase),
                if media.is_some() { "  (" } else { "" },
                media.unwrap_or_default(),
                if media.is_some() { ")" } else { "" },
            ));
        }
    }
    carried
}

/// The tokens of NTLM and Negotiate in a head (RFC 4559): of who logs on, and the challenge to it. NTLM is good for its
/// connection. Was there one?
fn tokens(ctx: &mut Ctx<'_>, head: &[u8], login: &mut Login) -> bool {
    let schemes: [&[u8]; 2] = [b"NTLM ", b"egotiate "];
    if !schemes
        .iter()
        .any(|s| memchr::memmem::find(head, s).is_some())
    {
        return false;
    }
    let mut carried = false;
    for line in head.split(|b| *b == b'\n') {
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let scheme = [&b"NTLM "[..], b"Negotiate "].into_iter().find(|s| {
            value
                .get(..s.len())
                .is_some_and(|v| v.eq_ignore_ascii_case(s))
        });
        let names: [&[u8]; 4] = [
            b"authorization",
            b"proxy-authorization",
            b"www-authenticate",
            b"proxy-authenticate",
        ];
        let (Some(scheme), true) = (scheme, names.iter().any(|n| name.eq_ignore_ascii_case(n)))
        else {
            continue;
        };
        let token = value.get(scheme.len()..).unwrap_or_default().trim_ascii();
        let token = base64::engine::general_purpose::STANDARD.decode(token);
        if let Ok(token) = token {
            let source = ctx.source("Token", &token);
            let data = Data {
                bytes: &token,
                source,
                start: 0,
            };
            gss_api::blob(ctx, data, login);
            carried = true;
        }
    }
    carried
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, bytes: &[u8], range: ByteRange) {
    ctx.field(field, Value::Text(&String::from_utf8_lossy(bytes)), range);
}

/// Notifications are no requests to Wireshark: it gives them neither number nor answer.
fn notifies(method: &[u8]) -> bool {
    matches!(method, b"NOTIFY" | b"SUBSCRIBE" | b"UNSUBSCRIBE")
}

/// The range of `part` within the head it was cut from.
fn range_of(data: Data<'_>, part: &[u8]) -> ByteRange {
    let from = (part.as_ptr() as usize).saturating_sub(data.bytes.as_ptr() as usize);
    if from + part.len() <= data.len() {
        data.range(from, from + part.len())
    } else {
        ByteRange::GENERATED
    }
}

fn start_line(ctx: &mut Ctx<'_>, head: &Head<'_>, data: Data<'_>) {
    let none = ByteRange::GENERATED;
    match head.start {
        StartLine::Request {
            method,
            target,
            version,
        } => {
            let kind = if notifies(method) {
                &f::NOTIFICATION
            } else {
                &f::REQUEST
            };
            text(ctx, &f::REQUEST_METHOD, method, range_of(data, method));
            let range = range_of(data, target);
            let uri = String::from_utf8_lossy(target);
            if memchr::memchr(b'?', target).is_some() {
                let (path, query) = path_and_query(target);
                ctx.open(&f::REQUEST_URI, Value::Text(&uri), range);
                text(ctx, &f::REQUEST_PATH, path, range_of(data, path));
                ctx.open(
                    &f::REQUEST_QUERY,
                    Value::Text(&String::from_utf8_lossy(query)),
                    range_of(data, query),
                );
                for parameter in query.split(|b| *b == b'&') {
                    let range = range_of(data, parameter);
                    text(ctx, &f::REQUEST_PARAMETER, parameter, range);
                }
                ctx.close();
                ctx.close();
            } else {
                ctx.field(&f::REQUEST_URI, Value::Text(&uri), range);
            }
            text(ctx, &f::REQUEST_VERSION, version, range_of(data, version));
            ctx.field(kind, Value::Bool(true), none);
        }
        StartLine::Response {
            version,
            code,
            phrase,
        } => {
            text(ctx, &f::RESPONSE_VERSION, version, range_of(data, version));
            let at = version.len() + 1;
            let range = data.range(at, at + 3);
            ctx.open(&f::RESPONSE_CODE, Value::Uint(u64::from(code)), range);
            let words = Value::Text(code_words(code));
            ctx.field(&f::RESPONSE_DESC, words, none);
            ctx.close();
            if !phrase.is_empty() {
                text(ctx, &f::RESPONSE_PHRASE, phrase, range_of(data, phrase));
            }
            ctx.field(&f::RESPONSE, Value::Bool(true), none);
        }
    }
}

fn field_line(ctx: &mut Ctx<'_>, line: &FieldLine<'_>, raw: &[u8], range: ByteRange) {
    let Some(field) = of_header(line.name) else {
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        return text(ctx, &f::UNKNOWN_HEADER, raw, range);
    };
    let value = String::from_utf8_lossy(line.shown);
    ctx.open(field, Value::Text(&value), range);
    if std::ptr::eq(field, &raw const f::CONTENT_LENGTH_HEADER) {
        if let Ok(n) = value.trim().parse() {
            ctx.field(&f::CONTENT_LENGTH, Value::Uint(n), range);
        }
    } else if std::ptr::eq(field, &raw const f::COOKIE) {
        for pair in value.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            ctx.field(&f::COOKIE_PAIR, Value::Text(pair), range);
        }
    } else if std::ptr::eq(field, &raw const f::AUTHORIZATION)
        || std::ptr::eq(field, &raw const f::PROXY_AUTHORIZATION)
    {
        let is_basic = line
            .value
            .get(..6)
            .is_some_and(|s| s.eq_ignore_ascii_case(b"basic "));
        let plain = line.value.get(6..).filter(|_| is_basic).and_then(basic);
        if let Some(plain) = plain {
            text(ctx, &f::AUTH_BASIC, &plain, range);
        }
    }
    ctx.close();
}

/// Who asked, who answers, when.
fn links(ctx: &mut Ctx<'_>, head: &Head<'_>, view: &View<'_>) {
    let none = ByteRange::GENERATED;
    let packet = |p: PacketRef| Value::Uint(u64::from(p.number));
    let e = view.exchange;
    let number = Value::Uint(u64::from(e.number));
    let asked = view.txn.and_then(|t| t.request.as_ref());
    let notified = asked.is_some_and(|r| notifies(r.method.as_bytes()));
    match head.start {
        StartLine::Request { .. } => {
            if let Some(url) = asked.filter(|r| r.host.is_some()) {
                ctx.field(&f::FULL_URI, Value::Text(&url.url()), none);
            }
            if notified {
                return;
            }
            ctx.field(&f::REQUEST_NUMBER, number, none);
            if let Some(p) = e.previous_request {
                ctx.field(&f::PREV_REQUEST_IN, packet(p), none);
            }
            if let Some(p) = ctx.linked_to(LinkKind::Answer, e.number) {
                ctx.field(&f::RESPONSE_IN, packet(p), none);
            }
        }
        StartLine::Response { .. } => {
            ctx.field(&f::RESPONSE_NUMBER, number, none);
            if let Some((request, time)) = e.request.filter(|_| !notified) {
                let time = Value::Duration(ctx.meta.time.since(time));
                ctx.field(&f::TIME, time, none);
                ctx.field(&f::REQUEST_IN, packet(request), none);
            }
            if let Some(p) = e.previous_response {
                ctx.field(&f::PREV_RESPONSE_IN, packet(p), none);
            }
            if let Some(r) = asked {
                let url = if r.host.is_some() {
                    r.url()
                } else {
                    r.target.to_string()
                };
                ctx.field(&f::RESPONSE_FOR, Value::Text(&url), none);
            }
        }
    }
}

/// Certificates stand in what is asked over HTTP too: RFC 6960 appendix A.2, RFC 2585 section 4.2.
fn certificates(ctx: &mut Ctx<'_>, view: &View<'_>, content: Data<'_>) {
    let response = view.txn.and_then(|t| t.response.as_ref());
    match response.and_then(|r| r.content_type.as_deref()) {
        Some("application/ocsp-response") => x509::ocsp(ctx, content),
        Some("application/pkix-crl") => x509::revoked(ctx, content),
        _ => {}
    }
}

/// The content, decoded, where it was kept.
fn content(view: &View<'_>) -> Vec<u8> {
    let mut plain = Vec::new();
    let Some(kept) = view.content.filter(|k| !k.is_empty()) else {
        return plain;
    };
    if view.encodings.is_empty() {
        plain.extend_from_slice(kept);
    } else {
        let mut keep = |bytes: &[u8]| {
            let room = DECODED.saturating_sub(plain.len()).min(bytes.len());
            plain.extend_from_slice(bytes.get(..room).unwrap_or_default());
        };
        let mut decoder = Decoder::new(view.encodings);
        decoder.push(kept, &mut keep);
        let _ = decoder.finish(&mut keep);
    }
    plain
}
