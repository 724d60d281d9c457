//! What a session does with keys: records opened, what they carry handed on, how far that went told in its row.

use super::PROTOCOL;
use super::crypt::open::TLS13;
use super::handshake::Handshake;
use super::keyed::{Keyed, Outcome};
use super::session::Session;
use super::wire::{self, Hello, Record};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::flow::Inner;
use crate::protocol::{Close, Direction, Over, Severity};
use crate::registry::registry;
use crate::secrets::SessionName;
use weir_model::{PacketRef, Timestamp};

/// Raised where a key is known and a record's seal does not fit it.
pub(super) static UNOPENED: AnomalyKind = AnomalyKind {
    id: "weir.tls.unopened",
    says: "a record does not open with the key that is known for its connection, or too many before it are missing; what follows in its direction stays closed",
    severity: Severity::Warn,
    group: "Decryption",
};

/// The random of a server's hello that asks the client to begin anew (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = *b"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";

/// A record's content.
pub(super) struct Plain {
    pub(super) kind: u8,
    pub(super) content: Vec<u8>,
}

/// What the connection carries, on its way to who reads it.
#[derive(Clone)]
enum Piece {
    Bytes(Vec<u8>, (PacketRef, Timestamp)),
    Lost(u64),
}

/// Keys of a session and what they open.
#[derive(Clone, Default)]
pub(super) struct Sealed {
    pub(super) keyed: Option<Box<Keyed>>,
    /// The record at hand was sealed, and opened.
    pub(super) open: bool,
    /// What both ends agreed to speak.
    agreed: Option<Box<[u8]>>,
    inner: Option<Box<Inner>>,
    pieces: Vec<Piece>,
    /// Bytes lost since the last record that opened, by direction.
    lost: [u64; 2],
}

impl Sealed {
    /// Bytes kept of what was opened.
    pub(super) fn held(&self) -> usize {
        self.inner.as_ref().map_or(0, |i| i.held())
    }

    /// Bytes of a direction are missing.
    pub(super) fn gap(&mut self, direction: Direction, len: u64) {
        if let Some(lost) = self.lost.get_mut(direction.index()) {
            *lost = lost.saturating_add(len);
        }
    }

    /// Both ends agreed to speak this.
    pub(super) fn agree(&mut self, name: &[u8]) {
        if self.keyed.is_some() {
            self.agreed = Some(name.into());
        }
    }

    /// Who reads what is opened, where that is known or the port says it.
    pub(super) fn reader(&self, ctx: &Ctx<'_>) -> Option<&'static str> {
        let ported = || {
            let flow = ctx.flow()?;
            let mut ports = [flow.server.1, flow.client.1].into_iter();
            ports.find_map(|n| registry().over(Over::TlsPort(n)))
        };
        let protocol = match &self.inner {
            Some(inner) => inner.protocol(),
            None => {
                let agreed = self.agreed.as_deref();
                agreed.and_then(|n| registry().agreed(n)).or_else(ported)
            }
        };
        protocol.map(|p| p.info.title)
    }

    /// Hands on what the records of a chunk that begins at `offset` held.
    pub(super) fn deliver(&mut self, ctx: &mut Ctx<'_>, direction: Direction, offset: u64) {
        for piece in std::mem::take(&mut self.pieces) {
            let inner = match &mut self.inner {
                Some(inner) => inner,
                None => {
                    let agreed = self.agreed.as_deref();
                    let agreed = agreed.and_then(|name| registry().agreed(name));
                    let mut at = [offset; 2];
                    if let (Some(k), Some(at)) =
                        (&self.keyed, at.get_mut(direction.other().index()))
                    {
                        *at = k.stands(direction.other());
                    }
                    self.inner
                        .insert(Box::new(Inner::new(ctx, &PROTOCOL, agreed, at)))
                }
            };
            match piece {
                Piece::Lost(len) => inner.gap(ctx, direction, len),
                Piece::Bytes(bytes, from) => {
                    let source = ctx.source("Decrypted TLS", &bytes);
                    let data = Data {
                        bytes: &bytes,
                        source,
                        start: 0,
                    };
                    inner.push(ctx, direction, data, from);
                }
            }
        }
    }

    /// No more of a direction will come.
    pub(super) fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        let Some(inner) = &mut self.inner else {
            return;
        };
        let lost = self.lost.get(direction.index()).copied().unwrap_or(0);
        if lost > 0 {
            inner.gap(ctx, direction, lost);
        }
        // Where records stopped opening, what they carry did not end.
        let dead = self.keyed.as_ref().is_some_and(|k| k.is_dead(direction));
        inner.close(ctx, direction, if dead { Close::End } else { how });
    }
}

impl Session {
    /// A client's hello: are there keys for what follows?
    pub(super) fn keys(&mut self, ctx: &mut Ctx<'_>, direction: Direction, hello: &Hello<'_>) {
        if self.quic {
            return;
        }
        let keys = ctx.keys(&hello.random);
        match &mut self.sealed.keyed {
            Some(keyed) => keyed.client_hello(keys, hello),
            // The session's id may name a key as well.
            None if keys.is_some() || ctx.has_secrets() => {
                self.sealed.keyed = Some(Box::new(Keyed::new(keys, direction, hello)));
            }
            None => {}
        }
    }

    /// A server's hello: what both agreed on. `resumed`: an earlier session goes on.
    pub(super) fn agreed(
        &mut self,
        ctx: &mut Ctx<'_>,
        version: u16,
        hello: &Hello<'_>,
        resumed: bool,
    ) {
        if hello.random == RETRY {
            return;
        }
        let Some(keyed) = &mut self.sealed.keyed else {
            return;
        };
        if !keyed.has_keys() {
            let own = ctx.session_key(hello.session);
            let names = [SessionName::of(hello.session), keyed.ticket];
            let master = own.or_else(|| {
                let goes_on = resumed && version != TLS13;
                goes_on.then(|| ctx.resumed_session(names)).flatten()
            });
            let Some(master) = master else {
                self.sealed.keyed = None;
                return;
            };
            keyed.adopt(master);
        }
        keyed.server_hello(version, hello);
        if let Some(master) = keyed.master().filter(|_| version != TLS13) {
            ctx.learn_session(hello.session, master);
        }
        if let Some(name) = hello.alpn().first() {
            self.sealed.agree(name);
        }
    }

    /// A ticket of before TLS 1.3: whoever shows it goes on with this session.
    pub(super) fn ticket(&mut self, ctx: &mut Ctx<'_>, body: &[u8]) {
        let master = self.sealed.keyed.as_ref().and_then(|k| k.master());
        if let (Some(master), Some(ticket), false) = (master, body.get(6..), self.tls13) {
            ctx.learn_session(ticket, master);
        }
    }

    /// Opens a record where keys are known and it is sealed.
    pub(super) fn unseal(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        record: Record,
        offset: u64,
        body: Data<'_>,
    ) -> Option<Plain> {
        self.sealed.open = false;
        let keyed = self.sealed.keyed.as_mut()?;
        let encrypted = self.sides[direction.index()].encrypted;
        let sealed = record.kind == wire::APPLICATION_DATA || !self.tls13 && encrypted;
        if !sealed {
            keyed.passed(direction, offset + (Record::HEAD + record.len) as u64);
            return None;
        }
        let first = !keyed.opened;
        match keyed.open(direction, record, offset, body.bytes) {
            Outcome::Open {
                kind,
                content,
                lost,
            } => {
                if let Some(since) = self.sealed.lost.get_mut(direction.index()) {
                    *since = 0;
                }
                if lost > 0 {
                    self.sides[direction.index()].messages.clear();
                    self.sealed.pieces.push(Piece::Lost(lost));
                }
                if first {
                    let row = self.row;
                    ctx.update::<Handshake>(row, |h| h.opened = true);
                }
                self.sealed.open = true;
                Some(Plain { kind, content })
            }
            Outcome::Failed => {
                ctx.anomaly(&UNOPENED);
                let row = self.row;
                ctx.update::<Handshake>(row, |h| h.unopened = true);
                None
            }
            Outcome::Early => {
                let row = self.row;
                ctx.update::<Handshake>(row, |h| h.early = true);
                None
            }
            Outcome::Closed => None,
        }
    }

    /// A record's content is what the connection carries.
    pub(super) fn carry(&mut self, content: Vec<u8>, from: (PacketRef, Timestamp)) {
        if !content.is_empty() {
            self.sealed.pieces.push(Piece::Bytes(content, from));
        }
    }

    /// A handshake message that changes keys was read.
    pub(super) fn rekey(&mut self, direction: Direction, kind: u8) {
        if !self.sealed.open {
            return;
        }
        if let Some(keyed) = &mut self.sealed.keyed {
            match kind {
                wire::FINISHED => keyed.finished(direction),
                wire::KEY_UPDATE => keyed.update(direction),
                _ => {}
            }
        }
    }
}
