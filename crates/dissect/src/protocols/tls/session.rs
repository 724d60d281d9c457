//! The state of a TLS connection: handshake messages put together, and the row of the handshake.

use super::certificate::Certificate;
use super::handshake::Handshake;
use super::over_quic::Offer;
use super::sealed::Sealed;
use super::wire::{self, Hello, Record};
use super::{PROTOCOL, describe, fingerprint, x509};
use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Direction, Severity};
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Bytes of a handshake message that are put together.
const MESSAGE: usize = 256 << 10;
/// Certificates kept of one side.
const CERTIFICATES: usize = 16;
/// Application protocols kept of one hello.
const PROTOCOLS: usize = 16;

static LONG_MESSAGE: LimitKind = LimitKind {
    id: "tls.handshake",
    says: "a TLS handshake message was longer than is put together; it was not read",
    bound: MESSAGE as u64,
    unit: "bytes",
};
static MANY_CERTIFICATES: LimitKind = LimitKind {
    id: "tls.certificates",
    says: "a TLS server sent more certificates than are listed",
    bound: CERTIFICATES as u64,
    unit: "certificates",
};

/// The handshake ends without the server's certificate and keys: both sides go on with those they had
/// (RFC 5246 section 7.3).
pub(super) static RESUMED: AnomalyKind = AnomalyKind {
    id: "tls.resumed",
    says: "This session reuses previously negotiated keys (Session resumption)",
    severity: Severity::Note,
    group: "Sequence",
};

/// A heartbeat that says it is longer than it is: who answers it gives away what stands behind it in memory.
pub(super) static HEARTBEAT: AnomalyKind = AnomalyKind {
    id: "tls.heartbeat_message.payload_length.invalid",
    says: "Invalid heartbeat payload length",
    severity: Severity::Error,
    group: "Malformed",
};

#[derive(Clone, Default)]
pub(super) struct Side {
    /// A record was read.
    pub(super) started: bool,
    /// Bytes are missing: where the next record begins is not known.
    pub(super) lost: bool,
    /// Where the record ends whose head was read and whose rest is to come.
    pub(super) under_way: Option<u64>,
    /// Part of that record is missing: here the next one begins.
    pub(super) resume: Option<u64>,
    /// Handshake message that goes on in the next record.
    pub(super) messages: Vec<u8>,
    from: Option<(PacketRef, Timestamp)>,
    /// Said that it encrypts from now on.
    pub(super) encrypted: bool,
    /// Sent something encrypted, or said that it will.
    secure: bool,
    /// Sent a client's hello.
    client: bool,
    /// Sent a server's hello.
    server: bool,
}

#[derive(Clone, Default)]
pub(super) struct Session {
    pub(super) sides: [Side; 2],
    pub(super) row: Option<u32>,
    begun: bool,
    answered: bool,
    established: bool,
    /// TLS 1.3 was agreed on: a change of cipher spec means nothing there (RFC 8446 appendix D.4).
    pub(super) tls13: bool,
    /// The client's session id, to see it again in the server's hello.
    session: Vec<u8>,
    /// QUIC carries it.
    pub(super) quic: bool,
    /// Datagrams carry it, and so many bytes of the message being read were left out.
    pub(super) dtls: Option<usize>,
    /// What the client asked for, kept for QUIC's own row.
    pub(super) offer: Option<Box<Offer>>,
    /// The server has not said that its part of a full handshake is done.
    abbreviated: bool,
    /// Messages read.
    pub(super) read: u32,
    /// What keys open of it.
    pub(super) sealed: Sealed,
}

impl Session {
    /// Bytes of handshake messages that go on.
    pub(super) fn held(&self) -> usize {
        let messages = self.sides.iter().map(|s| s.messages.capacity());
        messages.sum::<usize>() + self.sealed.held()
    }

    /// One that QUIC carries.
    pub(super) fn over_quic() -> Self {
        Self {
            quic: true,
            ..Self::default()
        }
    }

    fn row(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        client: bool,
        from: (PacketRef, Timestamp),
        change: impl FnOnce(&mut Handshake),
    ) {
        let now = (ctx.meta.packet, ctx.meta.time);
        if !self.begun {
            self.begun = true;
            let Some((src, dst)) = ctx.flow().map(|f| f.ends(direction)) else {
                return;
            };
            let (client, server) = if client { (src, dst) } else { (dst, src) };
            let mut row = Handshake {
                meta: ctx.message(direction, from),
                client,
                server,
                client_hello: None,
                server_hello: None,
                version: None,
                cipher: None,
                server_name: None,
                offered_protocols: smallvec::SmallVec::new(),
                next_protocol: None,
                random: None,
                ja3: None,
                ja4: None,
                ja3s: None,
                ech: false,
                resumed: false,
                established: false,
                alert: None,
                opened: false,
                unopened: false,
                early: false,
                certificates: Vec::new(),
                client_certificates: Vec::new(),
            };
            change(&mut row);
            self.row = ctx.emit(row);
            return;
        }
        ctx.update::<Handshake>(self.row, |h| {
            (h.meta.last, h.meta.end) = now;
            change(h);
        });
    }

    /// A whole record, its head included, that stands at `offset` of its stream.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn record(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        record: Record,
        data: Data<'_>,
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        let way = direction.index();
        let sealed = data.rest(Record::HEAD);
        let plain = self.unseal(ctx, direction, record, offset, sealed);
        let inside = plain.as_ref().map(|p| p.kind);
        if wanted {
            describe::record(ctx, record, self.tls13, inside, data);
        }
        let kind = inside.unwrap_or(record.kind);
        let closed = plain.is_none() && self.sides[way].encrypted;
        let body = match &plain {
            Some(p) if kind != wire::APPLICATION_DATA => Data {
                bytes: &p.content,
                source: ctx.source("Decrypted TLS", &p.content),
                start: 0,
            },
            _ => sealed,
        };
        match kind {
            wire::CHANGE_CIPHER_SPEC => {
                if !self.tls13 {
                    self.sides[way].encrypted = true;
                    if let Some(keyed) = &mut self.sealed.keyed {
                        keyed.change(direction);
                    }
                    self.secure(ctx, direction);
                    if self.abbreviated && self.sides[way].server {
                        ctx.remark(&RESUMED, format_args!("{}", RESUMED.says));
                    }
                }
                if wanted {
                    describe::change_cipher_spec(ctx, body);
                }
            }
            wire::ALERT => {
                let clear = (!closed).then_some(body.bytes);
                if let Some([level @ 1..=2, what]) = clear
                    && (plain.is_none() || *what != wire::CLOSE_NOTIFY)
                {
                    let alert = (*level, *what, self.sides[way].client);
                    if self.begun {
                        self.row(ctx, direction, alert.2, from, |h| {
                            h.alert.get_or_insert(alert);
                            h.established &= alert.0 != 2;
                        });
                    }
                }
                if wanted {
                    describe::alert(ctx, closed, body);
                }
            }
            wire::HANDSHAKE => {
                if inside.is_some() && self.tls13 {
                    self.secure(ctx, direction);
                }
                self.handshake(ctx, direction, wanted, body, from);
            }
            wire::APPLICATION_DATA => {
                self.secure(ctx, direction);
                if wanted {
                    let reader = plain.as_ref().and_then(|_| self.sealed.reader(ctx));
                    describe::application_data(ctx, reader, body);
                }
            }
            wire::HEARTBEAT if !closed => {
                // What comes back is as long as it is said to be (RFC 6520 section 4).
                if let [_, high, low, rest @ ..] = body.bytes {
                    let says = u16::from_be_bytes([*high, *low]);
                    if usize::from(says) + wire::HEARTBEAT_PADDING > rest.len() {
                        let text = format_args!("{} ({says})", HEARTBEAT.says);
                        ctx.remark(&HEARTBEAT, text);
                    }
                }
            }
            _ => {}
        }
        if wanted {
            ctx.close();
        }
        if let Some(p) = plain.filter(|_| kind == wire::APPLICATION_DATA) {
            self.carry(p.content, from);
        }
    }

    /// A side went over to encryption.
    pub(super) fn secure(&mut self, ctx: &mut Ctx<'_>, direction: Direction) {
        self.sides[direction.index()].secure = true;
        let both = self.sides.iter().all(|s| s.secure);
        if both && !self.established && self.answered {
            self.established = true;
            let row = self.row;
            ctx.update::<Handshake>(row, |h| {
                h.established = !matches!(h.alert, Some((2, _, _)));
            });
        }
    }

    pub(super) fn handshake(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        body: Data<'_>,
        from: (PacketRef, Timestamp),
    ) {
        let way = direction.index();
        if self.sides[way].encrypted && !self.sealed.open {
            if wanted {
                describe::encrypted(ctx, body);
            }
            return;
        }
        let mut held = std::mem::take(&mut self.sides[way].messages);
        let from = if held.is_empty() {
            from
        } else {
            self.sides[way].from.unwrap_or(from)
        };
        if held.is_empty() {
            let done = self.messages(ctx, direction, wanted, body, from);
            held.extend_from_slice(body.bytes.get(done..).unwrap_or_default());
        } else {
            held.extend_from_slice(body.bytes);
            let source = ctx.source("Reassembled TLS handshake", &held);
            let data = Data {
                bytes: &held,
                source,
                start: 0,
            };
            let done = self.messages(ctx, direction, wanted, data, from);
            held.drain(..done.min(held.len()));
        }
        if held.len() > MESSAGE {
            ctx.limit(&LONG_MESSAGE);
            held = Vec::new();
        }
        self.sides[way].from = (!held.is_empty()).then_some(from);
        self.sides[way].messages = held;
    }

    /// Reads whole messages; returns how many bytes they take.
    fn messages(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) -> usize {
        let mut at = 0;
        while let Some([kind, a, b, c]) = data.bytes.get(at..).and_then(|b| b.first_chunk::<4>()) {
            let len = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            // What is no message in clear is encrypted, or noise.
            if *kind > 25 && *kind != 254 || len > MESSAGE {
                if wanted {
                    describe::encrypted(ctx, data.rest(at));
                }
                return data.len();
            }
            let Some(end) = at.checked_add(4 + len).filter(|e| *e <= data.len()) else {
                break;
            };
            self.message(ctx, direction, wanted, *kind, data.sub(at, end), from);
            at = end;
        }
        at
    }

    pub(super) fn message(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        kind: u8,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) {
        self.read = self.read.saturating_add(1);
        let body = data.rest(4);
        let client = kind == wire::CLIENT_HELLO;
        if wanted {
            describe::message(ctx, kind, data, self.dtls.unwrap_or(0));
        }
        match kind {
            wire::CLIENT_HELLO | wire::SERVER_HELLO => match Hello::read(body.bytes, client) {
                Ok(mut hello) => {
                    hello.quic = self.quic;
                    if client {
                        self.client_hello(ctx, direction, &hello, from);
                    } else {
                        self.server_hello(ctx, direction, &hello, from);
                    }
                    if wanted {
                        describe::hello(ctx, client, &hello, body);
                    }
                    if ctx.describing {
                        describe::room(ctx, client, &hello.extensions);
                    }
                }
                Err(_) => ctx.anomaly(&MALFORMED),
            },
            wire::CERTIFICATE_REQUEST if wanted && !self.tls13 => x509::authorities(ctx, body),
            wire::CERTIFICATE_STATUS if wanted => x509::status(ctx, body),
            wire::CERTIFICATE => {
                let list = if self.tls13 {
                    wire::certificates13(body.bytes)
                } else {
                    wire::certificates(body.bytes)
                };
                if list.len() > CERTIFICATES {
                    ctx.limit(&MANY_CERTIFICATES);
                }
                let parsed: Vec<_> = list
                    .iter()
                    .take(CERTIFICATES)
                    .filter_map(|(der, _)| Certificate::read(der))
                    .collect();
                if wanted {
                    describe::certificates(ctx, &list, body);
                }
                let server =
                    self.sides[direction.index()].server || direction == Direction::Backward;
                if self.begun && !parsed.is_empty() {
                    self.row(ctx, direction, !server, from, |h| {
                        if server {
                            h.certificates = parsed;
                        } else {
                            h.client_certificates = parsed;
                        }
                    });
                }
            }
            wire::ENCRYPTED_EXTENSIONS => match wire::extension_list(body.bytes) {
                Ok(list) => {
                    let alpn = list.iter().find(|e| e.kind == wire::ALPN);
                    let agreed = alpn.and_then(|e| wire::protocols(e.data).first().copied());
                    if let Some(name) = agreed {
                        self.sealed.agree(name);
                        let name = String::from_utf8_lossy(name);
                        self.row(ctx, direction, false, from, |h| {
                            h.next_protocol.get_or_insert(name.into());
                        });
                    }
                    if wanted {
                        describe::extensions(ctx, &list, body);
                    }
                }
                Err(_) => ctx.anomaly(&MALFORMED),
            },
            _ => {
                self.abbreviated &= kind != wire::SERVER_HELLO_DONE;
                if kind == wire::NEW_SESSION_TICKET {
                    self.ticket(ctx, body.bytes);
                }
                if wanted {
                    describe::rest(ctx, kind, self.tls13, body);
                }
            }
        }
        if wanted {
            ctx.close();
        }
        self.rekey(direction, kind);
    }

    fn client_hello(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        hello: &Hello<'_>,
        from: (PacketRef, Timestamp),
    ) {
        self.keys(ctx, direction, hello);
        if self.begun {
            // After a retry request, or a renegotiation: the first hello is the row's.
            return;
        }
        self.sides[direction.index()].client = true;
        self.session = hello.session.to_vec();
        let packet = ctx.meta.packet;
        let random: [u8; 8] = hello.random.first_chunk().copied().unwrap_or_default();
        ctx.flow_record(|f| f.random = Some(random));
        if self.quic {
            let first = hello
                .alpn()
                .first()
                .map(|p| String::from_utf8_lossy(p).into());
            self.offer = Some(Box::new(Offer {
                server_name: hello.server_name().map(Into::into),
                protocol: first,
            }));
        }
        let dtls = self.dtls.is_some();
        let offered = hello.versions(true).filter(|v| !wire::is_grease(*v));
        let offered = if dtls { offered.min() } else { offered.max() };
        self.row(ctx, direction, true, from, |h| {
            h.client_hello = Some(packet);
            h.version = Some(offered.unwrap_or(hello.version));
            h.server_name = hello.server_name().map(Into::into);
            h.offered_protocols = hello
                .alpn()
                .iter()
                .take(PROTOCOLS)
                .map(|p| String::from_utf8_lossy(p).into())
                .collect();
            h.random = Some(random);
            h.ja3 = Some(fingerprint::md5(&fingerprint::ja3_full(hello)).into());
            h.ja4 = Some(fingerprint::ja4(hello).into());
            h.ech = hello.extension(wire::ECH).is_some();
        });
    }

    fn server_hello(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        hello: &Hello<'_>,
        from: (PacketRef, Timestamp),
    ) {
        self.sides[direction.index()].server = true;
        self.answered = true;
        self.abbreviated = true;
        let packet = ctx.meta.packet;
        let chosen = hello.versions(false).next();
        self.tls13 = chosen.is_some_and(|v| v >= 0x0304);
        let resumed = match chosen {
            Some(_) => hello.extension(wire::PRE_SHARED_KEY).is_some(),
            None => !hello.session.is_empty() && hello.session == self.session.as_slice(),
        };
        let version = chosen.unwrap_or(hello.version);
        self.agreed(ctx, version, hello, resumed);
        self.row(ctx, direction, false, from, |h| {
            h.server_hello = Some(packet);
            h.version = Some(version);
            h.cipher = hello.cipher_list().next();
            h.resumed = resumed;
            h.next_protocol = hello
                .alpn()
                .first()
                .map(|p| String::from_utf8_lossy(p).into());
            h.ja3s = Some(fingerprint::md5(&fingerprint::ja3s_full(hello)).into());
        });
    }

    /// The hello of SSL 2, which clients sent long after to speak to old servers (RFC 5246 appendix E.2).
    pub(super) fn ssl2(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) {
        let version = data.bytes.get(3..5).and_then(|b| b.first_chunk::<2>());
        let version = version.map_or(0, |b| u16::from_be_bytes(*b));
        let packet = ctx.meta.packet;
        self.row(ctx, direction, true, from, |h| {
            h.client_hello = Some(packet);
            h.version = Some(version);
        });
        if version == 2 {
            // Its answers are no records: they are shown without content.
            for side in &mut self.sides {
                side.lost = true;
            }
        }
        if ctx.layer(&PROTOCOL, data.all()) {
            describe::ssl2(ctx, version, data);
            ctx.close();
        }
    }
}
