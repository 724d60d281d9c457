//! DTLS 1.0 and 1.2 (RFC 6347): records in datagrams, handshake messages put together, their rows those of TLS. What is
//! encrypted is counted; DTLS 1.3's short records are not read.

use super::fields as f;
use super::session::Session;
use super::wire;
use super::{describe, handshake};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::fields::{U8, U16, U24, U64};
use crate::flow::FlowState;
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Transport};
use crate::renaming::Name;
use std::any::Any;
use weir_model::Kind::{Bytes, Packet};
use weir_model::{Field, LimitKind, PacketRef, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 6347",
    over: &[Over::Heuristic(Transport::Udp)],
    fields: ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<handshake::Handshake>()],
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new("dtls", "Datagram Transport Layer Security", "DTLS")
};

const fn named(of: &Field, name: &'static str) -> Field {
    Field {
        name,
        kind: of.kind,
        title: of.title,
        spec: of.spec,
        values: of.values,
        part_of: &[],
        holds: of.holds,
        origin: of.origin,
        hex: of.hex,
    }
}

macro_rules! fields {
    ([$($of:ident $name:literal;)*] $($id:ident $own:literal $kind:expr, $title:literal;)*) => {
        $(static $of: Field = named(&f::$of, $name);)*
        $(static $id: Field = Field::new($own, $kind, $title);)*
        static ALL: &[&Field] = &[$(&$of,)* $(&$id,)*];
        /// What TLS calls otherwise.
        static NAMES: &[Name] = &[$((&f::$of, &$of),)*];
    };
}

fields! {
    [RECORD "dtls.record";
    RECORD_CONTENT_TYPE "dtls.record.content_type";
    RECORD_VERSION "dtls.record.version";
    RECORD_LENGTH "dtls.record.length";
    CHANGE_CIPHER_SPEC "dtls.change_cipher_spec";
    APP_DATA "dtls.app_data";
    ALERT_MESSAGE "dtls.alert_message";
    ALERT_MESSAGE_LEVEL "dtls.alert_message.level";
    ALERT_MESSAGE_DESC "dtls.alert_message.desc";
    HANDSHAKE "dtls.handshake";
    HANDSHAKE_TYPE "dtls.handshake.type";
    HANDSHAKE_LENGTH "dtls.handshake.length";
    HANDSHAKE_VERSION "dtls.handshake.version";
    HANDSHAKE_RANDOM "dtls.handshake.random";
    HANDSHAKE_SESSION_ID_LENGTH "dtls.handshake.session_id_length";
    HANDSHAKE_SESSION_ID "dtls.handshake.session_id";
    HANDSHAKE_CIPHER_SUITES_LENGTH "dtls.handshake.cipher_suites_length";
    HANDSHAKE_CIPHERSUITES "dtls.handshake.ciphersuites";
    HANDSHAKE_CIPHERSUITE "dtls.handshake.ciphersuite";
    HANDSHAKE_COMP_METHODS_LENGTH "dtls.handshake.comp_methods_length";
    HANDSHAKE_COMP_METHODS "dtls.handshake.comp_methods";
    HANDSHAKE_COMP_METHOD "dtls.handshake.comp_method";
    HANDSHAKE_EXTENSIONS_LENGTH "dtls.handshake.extensions_length";
    HANDSHAKE_EXTENSION_TYPE "dtls.handshake.extension.type";
    HANDSHAKE_EXTENSION_LEN "dtls.handshake.extension.len";
    HANDSHAKE_EXTENSION_DATA "dtls.handshake.extension.data";
    HANDSHAKE_EXTENSIONS_SERVER_NAME_LIST_LEN "dtls.handshake.extensions_server_name_list_len";
    HANDSHAKE_EXTENSIONS_SERVER_NAME_TYPE "dtls.handshake.extensions_server_name_type";
    HANDSHAKE_EXTENSIONS_SERVER_NAME_LEN "dtls.handshake.extensions_server_name_len";
    HANDSHAKE_EXTENSIONS_SERVER_NAME "dtls.handshake.extensions_server_name";
    HANDSHAKE_EXTENSIONS_SUPPORTED_GROUPS_LENGTH "dtls.handshake.extensions_supported_groups_length";
    HANDSHAKE_EXTENSIONS_SUPPORTED_GROUPS "dtls.handshake.extensions_supported_groups";
    HANDSHAKE_EXTENSIONS_SUPPORTED_GROUP "dtls.handshake.extensions_supported_group";
    HANDSHAKE_EXTENSIONS_EC_POINT_FORMATS_LENGTH "dtls.handshake.extensions_ec_point_formats_length";
    HANDSHAKE_EXTENSIONS_EC_POINT_FORMATS "dtls.handshake.extensions_ec_point_formats";
    HANDSHAKE_EXTENSIONS_EC_POINT_FORMAT "dtls.handshake.extensions_ec_point_format";
    HANDSHAKE_SIG_HASH_ALG_LEN "dtls.handshake.sig_hash_alg_len";
    HANDSHAKE_SIG_HASH_ALGS "dtls.handshake.sig_hash_algs";
    HANDSHAKE_SIG_HASH_ALG "dtls.handshake.sig_hash_alg";
    HANDSHAKE_EXTENSIONS_ALPN_LEN "dtls.handshake.extensions_alpn_len";
    HANDSHAKE_EXTENSIONS_ALPN_LIST "dtls.handshake.extensions_alpn_list";
    HANDSHAKE_EXTENSIONS_ALPN_STR_LEN "dtls.handshake.extensions_alpn_str_len";
    HANDSHAKE_EXTENSIONS_ALPN_STR "dtls.handshake.extensions_alpn_str";
    HANDSHAKE_EXTENSIONS_SUPPORTED_VERSIONS_LEN "dtls.handshake.extensions.supported_versions_len";
    HANDSHAKE_EXTENSIONS_SUPPORTED_VERSION "dtls.handshake.extensions.supported_version";
    HANDSHAKE_JA3_FULL "dtls.handshake.ja3_full";
    HANDSHAKE_JA3 "dtls.handshake.ja3";
    HANDSHAKE_JA3S_FULL "dtls.handshake.ja3s_full";
    HANDSHAKE_JA3S "dtls.handshake.ja3s";
    HANDSHAKE_CERTIFICATES_LENGTH "dtls.handshake.certificates_length";
    HANDSHAKE_CERTIFICATES "dtls.handshake.certificates";
    HANDSHAKE_CERTIFICATE_LENGTH "dtls.handshake.certificate_length";
    HANDSHAKE_CERTIFICATE "dtls.handshake.certificate";]
    EPOCH "dtls.record.epoch" U16, "Epoch";
    SEQUENCE "dtls.record.sequence_number" U64, "Sequence Number";
    MESSAGE_SEQ "dtls.handshake.message_seq" U16, "Message Sequence";
    FRAGMENT_OFFSET "dtls.handshake.fragment_offset" U24, "Fragment Offset";
    FRAGMENT_LENGTH "dtls.handshake.fragment_length" U24, "Fragment Length";
    COOKIE_LENGTH "dtls.handshake.cookie_length" U8, "Cookie Length";
    COOKIE "dtls.handshake.cookie" Bytes, "Cookie";
    FRAGMENT "dtls.fragment" Packet, "Message fragment";
}

/// Bytes of a record's head and of a handshake message's.
const RECORD_HEAD: usize = 13;
const HEAD: usize = 12;
/// Bytes of a message that are put together.
const MESSAGE: usize = 64 << 10;
/// Pieces of one that do not adjoin yet.
const PIECES: usize = 64;
const HELLO_VERIFY: u8 = 3;

static LONG: LimitKind = LimitKind {
    id: "dtls.handshake",
    says: "a DTLS handshake message was longer, or in more pieces, than is put together; it was not read",
    bound: MESSAGE as u64,
    unit: "bytes",
};

/// A message that is put together.
#[derive(Clone, Default)]
struct Assembly {
    seq: u16,
    bytes: Vec<u8>,
    /// What of it is there.
    have: Vec<(usize, usize)>,
    from: Vec<PacketRef>,
}

impl Assembly {
    /// Adds a piece; is the message whole? `None`: there are too many pieces.
    fn add(&mut self, from: usize, part: &[u8]) -> Option<bool> {
        let to = from + part.len();
        if let Some(place) = self.bytes.get_mut(from..to) {
            place.copy_from_slice(part);
        }
        self.have.push((from, to));
        self.have.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (a, b) in std::mem::take(&mut self.have) {
            match joined.last_mut() {
                Some(last) if a <= last.1 => last.1 = last.1.max(b),
                _ => joined.push((a, b)),
            }
        }
        self.have = joined;
        let whole = self.have == [(0, self.bytes.len())];
        (self.have.len() <= PIECES).then_some(whole)
    }
}

#[derive(Clone, Default)]
struct State {
    session: Session,
    pieces: [Option<Box<Assembly>>; 2],
}

impl FlowState for State {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A record's type, epoch and whole length.
fn record(data: Data<'_>) -> Option<(u8, u16, usize)> {
    let kind = data.u8(0).filter(|k| (20..=24).contains(k))?;
    let known = matches!(data.u16(1)?, 0xfeff | 0xfefd | 0x0100);
    let len = usize::from(data.u16(11)?);
    known.then_some((kind, data.u16(3)?, RECORD_HEAD + len))
}

/// Is it a datagram of records?
pub(in crate::protocols) fn is_records(data: Data<'_>) -> bool {
    record(data).is_some_and(|(.., len)| len <= data.len())
}

fn probe(p: &Probe<'_>) -> Certainty {
    let mut data = Data::packet(p.bytes);
    let Some((kind, epoch, len)) = record(data).filter(|r| r.2 <= data.len()) else {
        return Certainty::No;
    };
    let inner = data.sub(RECORD_HEAD, len);
    if kind == wire::HANDSHAKE && epoch == 0 {
        let (whole, from, part) = (inner.number(1, 3), inner.number(6, 3), inner.number(9, 3));
        let fits = whole
            .zip(from.zip(part))
            .is_some_and(|(whole, (from, part))| {
                from + part <= whole && part as usize + HEAD <= inner.len()
            });
        return if fits && inner.u8(0).is_some_and(|k| k <= 20) {
            Certainty::Certain
        } else {
            Certainty::No
        };
    }
    while let Some((.., len)) = record(data).filter(|r| r.2 <= data.len()) {
        data = data.rest(len);
    }
    if data.is_empty() {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

pub(in crate::protocols) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if record(data).is_none() {
        return ctx.unknown(data);
    }
    let direction = ctx.packet.flow.map_or(Direction::Forward, |f| f.1);
    let state = ctx.flow_state(|s: &mut State| std::mem::take(s));
    let mut state = state.unwrap_or_default();
    let wanted = ctx.layer(&PROTOCOL, data.all());
    ctx.renaming("tls.", NAMES, |ctx| {
        let mut rest = data;
        while let Some((kind, epoch, len)) = record(rest) {
            state.record(ctx, direction, wanted, (kind, epoch), rest.sub(0, len));
            if len > rest.len() {
                ctx.short();
            }
            rest = rest.rest(len);
        }
    });
    if wanted {
        ctx.close();
    }
    ctx.flow_state(|s: &mut State| *s = state);
}

impl State {
    fn record(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        (kind, epoch): (u8, u16),
        data: Data<'_>,
    ) {
        if wanted {
            ctx.open(&f::RECORD, Value::None, data.all());
            ctx.number(&f::RECORD_CONTENT_TYPE, data, 0, 1);
            ctx.number(&f::RECORD_VERSION, data, 1, 2);
            ctx.number(&EPOCH, data, 3, 2);
            ctx.number(&SEQUENCE, data, 5, 6);
            ctx.number(&f::RECORD_LENGTH, data, 11, 2);
        }
        let body = data.rest(RECORD_HEAD);
        let sealed = epoch > 0;
        if sealed && !ctx.packet.duplicate {
            self.session.secure(ctx, direction);
        }
        match kind {
            wire::HANDSHAKE if sealed && wanted => describe::encrypted(ctx, body),
            wire::HANDSHAKE if !sealed => self.handshake(ctx, direction, wanted, body),
            wire::CHANGE_CIPHER_SPEC if wanted => describe::change_cipher_spec(ctx, body),
            wire::ALERT if wanted => describe::alert(ctx, sealed, body),
            wire::APPLICATION_DATA if wanted => describe::application_data(ctx, None, body),
            _ => {}
        }
        if wanted {
            ctx.close();
        }
    }

    fn handshake(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        mut data: Data<'_>,
    ) {
        while let (Some(kind), Some(len), Some(seq), Some(from), Some(part)) = (
            data.u8(0),
            data.number(1, 3),
            data.u16(4),
            data.number(6, 3),
            data.number(9, 3),
        ) {
            let (len, from, part) = (len as usize, from as usize, part as usize);
            let body = data.sub(HEAD, HEAD + part);
            if body.len() < part || from + part > len {
                return ctx.short();
            }
            if wanted {
                ctx.number(&MESSAGE_SEQ, data, 4, 2);
                ctx.number(&FRAGMENT_OFFSET, data, 6, 3);
                ctx.number(&FRAGMENT_LENGTH, data, 9, 3);
            }
            if part == len {
                self.message(ctx, direction, wanted, kind, body);
            } else {
                self.piece(ctx, direction, wanted, (kind, len, seq, from), body);
            }
            data = data.rest(HEAD + part);
        }
        if !data.is_empty() {
            ctx.short();
        }
    }

    /// A piece of a message; the message, where it is the last one missing.
    fn piece(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        (kind, len, seq, from): (u8, usize, u16, usize),
        body: Data<'_>,
    ) {
        if len > MESSAGE {
            return ctx.limit(&LONG);
        }
        let place = &mut self.pieces[direction.index()];
        let mut message = place
            .take()
            .filter(|m| m.seq == seq && m.bytes.len() == len)
            .unwrap_or_else(|| {
                Box::new(Assembly {
                    seq,
                    bytes: vec![0; len],
                    ..Assembly::default()
                })
            });
        if message.from.last() != Some(&ctx.meta.packet) && message.from.len() < PIECES {
            message.from.push(ctx.meta.packet);
        }
        match message.add(from, body.bytes) {
            Some(true) => {
                if wanted {
                    for packet in &message.from {
                        ctx.computed(&FRAGMENT, Value::Uint(packet.number.into()));
                    }
                }
                let source = ctx.source("Reassembled DTLS", &message.bytes);
                let data = Data {
                    bytes: &message.bytes,
                    source,
                    start: 0,
                };
                self.message(ctx, direction, wanted, kind, data);
            }
            Some(false) => {
                if wanted {
                    ctx.open(&f::HANDSHAKE, Value::None, body.all());
                    ctx.computed(&f::HANDSHAKE_TYPE, Value::Uint(kind.into()));
                    ctx.computed(&f::HANDSHAKE_LENGTH, Value::Uint(len as u64));
                    ctx.close();
                }
                *place = Some(message);
            }
            None => ctx.limit(&LONG),
        }
    }

    /// A whole message, in TLS's form: without its number, and a client's hello without its cookie.
    fn message(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        kind: u8,
        body: Data<'_>,
    ) {
        let mut cookie = None;
        if kind == wire::CLIENT_HELLO {
            let at = body.u8(34).map(|n| 35 + usize::from(n));
            cookie = at.and_then(|at| Some((at, usize::from(body.u8(at)?))));
        } else if kind == HELLO_VERIFY {
            cookie = body.u8(2).map(|n| (2, usize::from(n)));
        }
        if let Some((at, len)) = cookie.filter(|_| wanted) {
            ctx.number(&COOKIE_LENGTH, body, at, 1);
            ctx.bytes(&COOKIE, body, at + 1, at + 1 + len);
        }
        if kind == HELLO_VERIFY {
            if wanted {
                ctx.open(&f::HANDSHAKE, Value::None, body.all());
                ctx.info(format_args!("Hello Verify Request"));
                ctx.computed(&f::HANDSHAKE_TYPE, Value::Uint(kind.into()));
                ctx.computed(&f::HANDSHAKE_LENGTH, Value::Uint(body.len() as u64));
                ctx.number(&f::HANDSHAKE_VERSION, body, 0, 2);
                ctx.close();
            }
            return;
        }
        let (before, after) = match cookie {
            Some((at, len)) => (body.sub(0, at), body.rest(at + 1 + len)),
            None => (body, body.rest(body.len())),
        };
        let mut plain = vec![kind];
        let len = u32::try_from(before.len() + after.len()).unwrap_or(0);
        plain.extend(len.to_be_bytes().iter().skip(1));
        plain.extend_from_slice(before.bytes);
        plain.extend_from_slice(after.bytes);
        self.session.dtls = Some(body.len() + 4 - plain.len());
        let source = ctx.source("DTLS handshake message", &plain);
        let data = Data {
            bytes: &plain,
            source,
            start: 0,
        };
        let from = (ctx.meta.packet, ctx.meta.time);
        self.session
            .message(ctx, direction, wanted, kind, data, from);
    }
}
