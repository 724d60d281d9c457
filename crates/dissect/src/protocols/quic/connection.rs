//! What a flow's QUIC connections keep between packets: ids, keys of Initial packets, handshake bytes.
//! Which connection a packet belongs to, and what its row says of it.

use super::keys::{self, Keys, Opened};
use super::rows::{Connection as Row, HISTORY};
use super::stream::Crypto;
use super::wire::{Id, Long};
use crate::context::Ctx;
use crate::flow::FlowState;
use crate::protocol::Direction;
use crate::protocols::tls::OverQuic;
use std::any::Any;
use weir_model::LimitKind;

/// Initial packets of a flow that are decrypted, or tried to be.
pub(super) const INITIALS: u16 = 256;
/// Connections of one flow that are told apart; the oldest makes room.
const CONNECTIONS: usize = 8;

static MANY_INITIALS: LimitKind = LimitKind {
    id: "quic.initials",
    says: "a flow had more QUIC Initial packets than are decrypted; later ones are shown encrypted",
    bound: INITIALS as u64,
    unit: "packets",
};
static MANY_CONNECTIONS: LimitKind = LimitKind {
    id: "quic.connections",
    says: "a flow had more QUIC connections than are told apart; the oldest was forgotten",
    bound: CONNECTIONS as u64,
    unit: "connections",
};

#[derive(Clone)]
pub(super) struct Connection {
    /// Which way its client's packets go.
    pub(super) client: Direction,
    /// Id that the client's first packet was sent to.
    first_dcid: Id,
    /// Id that the keys are made of: another one after a Retry.
    dcid: Id,
    pub(super) client_scid: Id,
    pub(super) server_scid: Option<Id>,
    /// Where a Retry sends the client.
    retry: Option<Id>,
    /// Of client and server.
    keys: Option<Box<[Keys; 2]>>,
    /// Largest packet number opened, by side.
    largest: [Option<u64>; 2],
    /// By side.
    pub(super) crypto: [Crypto; 2],
    pub(super) tls: OverQuic,
    row: Option<u32>,
    letters: usize,
    /// Sides that sent a packet with a short header.
    short: [bool; 2],
    /// Both did: the row is complete.
    told: bool,
}

impl Connection {
    /// 0 for what the client sends, 1 for what the server sends.
    pub(super) fn side(&self, direction: Direction) -> usize {
        usize::from(direction != self.client)
    }

    fn emit(&mut self, ctx: &mut Ctx<'_>, version: u32) {
        let now = (ctx.meta.packet, ctx.meta.time);
        let row = Row {
            meta: ctx.message(self.client, now),
            version,
            initial_dcid: self.dcid.bytes().into(),
            client_scid: self.client_scid.bytes().into(),
            server_scid: None,
            server_name: None,
            client_protocol: None,
            history: String::new(),
        };
        self.letters = 0;
        self.row = ctx.emit(row);
    }

    /// A datagram was read: is the history told?
    pub(super) fn read(&mut self) {
        self.told |= self.short == [true; 2];
    }

    /// Is its row complete?
    pub(super) fn is_told(&self) -> bool {
        self.told
    }

    /// A packet of this kind came.
    pub(super) fn note(&mut self, ctx: &mut Ctx<'_>, direction: Direction, letter: char) {
        if self.told || self.letters >= HISTORY || ctx.packet.duplicate {
            return;
        }
        self.letters += 1;
        let letter = if direction == self.client {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        self.update(ctx, |row| row.history.push(letter));
    }

    pub(super) fn update(&self, ctx: &mut Ctx<'_>, change: impl FnOnce(&mut Row)) {
        let now = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Row>(self.row, |row| {
            (row.meta.last, row.meta.end) = now;
            change(row);
        });
    }

    /// A packet with a short header came: is it the first of its side?
    /// Did a side send a packet with a short header?
    pub(super) fn has_short(&self) -> bool {
        self.short.contains(&true)
    }

    /// Notes a packet with a short header: is it the first of its side?
    pub(super) fn first_short(&mut self, direction: Direction) -> bool {
        let side = self.side(direction);
        self.short
            .get_mut(side)
            .is_some_and(|s| !std::mem::replace(s, true))
    }

    /// A Retry sends the client elsewhere. Was it an answer to a packet of this connection?
    pub(super) fn retry(&mut self, p: &Long<'_>, packet: &[u8]) -> bool {
        let Some(suite) = keys::suite(p.version) else {
            return true;
        };
        let of = |id: &Id| keys::is_retry_of(suite, id.bytes(), packet);
        let genuine = of(&self.dcid) || of(&self.first_dcid);
        // A client follows the first only (RFC 9000 section 17.2.5.2).
        if genuine && self.retry.is_none() {
            self.retry = Id::new(p.scid);
        }
        genuine
    }

    fn open(&mut self, direction: Direction, p: &Long<'_>, packet: &[u8]) -> Option<Opened> {
        let side = self.side(direction);
        let largest = self.largest.get_mut(side)?;
        let keys = self.keys.as_ref()?.get(side)?;
        let opened = keys.open(packet, p.body, *largest)?;
        *largest = Some(largest.map_or(opened.number, |n| n.max(opened.number)));
        Some(opened)
    }

    /// Is it sent by, and to, whom this connection knows? The better of two fits has the higher number.
    fn fits(&self, direction: Direction, p: &Long<'_>) -> u8 {
        let (dcid, scid) = (p.dcid, p.scid);
        if direction == self.client {
            let to_server = self.server_scid.is_some_and(|id| id.bytes() == dcid);
            let known = [Some(self.dcid), Some(self.first_dcid), self.retry];
            if scid != self.client_scid.bytes() {
                0
            } else if to_server || known.iter().flatten().any(|id| id.bytes() == dcid) {
                2
            } else {
                u8::from(!scid.is_empty())
            }
        } else if dcid != self.client_scid.bytes() {
            0
        } else {
            match self.server_scid {
                Some(id) if id.bytes() == scid => 3,
                Some(_) => 1,
                None => 2,
            }
        }
    }
}

/// An Initial packet that does not open.
pub(super) struct Closed;

/// The connections of a flow, latest last.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) connections: Vec<Connection>,
    tried: u16,
}

impl FlowState for State {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl State {
    /// The place of the connection that a packet with a long header belongs to.
    pub(super) fn find(&self, direction: Direction, p: &Long<'_>) -> Option<usize> {
        let fits = |c: &Connection| c.fits(direction, p);
        let best = self
            .connections
            .iter()
            .enumerate()
            .max_by_key(|(n, c)| (fits(c), *n))?;
        (fits(best.1) > 0).then_some(best.0)
    }

    /// The connection that a packet with a short header belongs to, and how long the id is it was sent to.
    pub(super) fn find_short(&self, direction: Direction, bytes: &[u8]) -> Option<(usize, usize)> {
        let to = bytes.get(1..).unwrap_or_default();
        self.connections
            .iter()
            .enumerate()
            .rev()
            .find_map(|(n, c)| {
                let id = if direction == c.client {
                    c.server_scid?
                } else {
                    c.client_scid
                };
                to.starts_with(id.bytes()).then(|| (n, id.bytes().len()))
            })
    }

    /// Opens an Initial packet: with the keys of its connection, or as the first of a new one. Its connection,
    /// and the packet in clear; `Err` where keys that everybody knows should have opened it.
    pub(super) fn open(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        p: &Long<'_>,
        packet: &[u8],
    ) -> (Option<usize>, Result<Option<Opened>, Closed>) {
        let found = self.find(direction, p);
        let Some(suite) = keys::suite(p.version) else {
            return (found, Ok(None));
        };
        if self.tried >= INITIALS {
            ctx.limit(&MANY_INITIALS);
            return (found, Ok(None));
        }
        self.tried += 1;
        let known = found.and_then(|n| self.connections.get_mut(n));
        // Until the server spoke, the client's packets are closed with what they are sent to.
        let (client, sent_to) = known.as_ref().map_or((direction, None), |c| {
            (c.client, Some(c.server_scid.unwrap_or(c.dcid)))
        });
        let elsewhere = sent_to.is_some_and(|id| id.bytes() != p.dcid);
        if let Some(c) = known
            && !(direction == client && elsewhere)
            && let Some(opened) = c.open(direction, p, packet)
        {
            return (found, Ok(Some(opened)));
        }
        let (Some(dcid), Some(scid)) = (Id::new(p.dcid), Id::new(p.scid)) else {
            return (found, Err(Closed));
        };
        let retried = found.filter(|n| {
            self.connections
                .get(*n)
                .is_some_and(|c| c.retry == Some(dcid))
        });
        if direction != client && found.is_some() {
            return (found, Err(Closed));
        }
        let keys = Keys::of(suite, p.dcid);
        let Some(opened) = keys[0].open(packet, p.body, None) else {
            // Of a connection whose start is not in the capture, nobody knows the keys.
            let known = found.map_or(Ok(None), |_| Err(Closed));
            return (found, known);
        };
        if let Some(c) = retried.and_then(|n| self.connections.get_mut(n)) {
            c.dcid = dcid;
            c.keys = Some(Box::new(keys));
            c.largest[0] = Some(opened.number);
            c.emit(ctx, p.version);
            c.describe_offer(ctx);
            return (retried, Ok(Some(opened)));
        }
        if self.connections.len() >= CONNECTIONS {
            ctx.limit(&MANY_CONNECTIONS);
            self.connections.remove(0);
        }
        let mut c = Connection {
            client: direction,
            first_dcid: dcid,
            dcid,
            client_scid: scid,
            server_scid: None,
            retry: None,
            keys: Some(Box::new(keys)),
            largest: [Some(opened.number), None],
            crypto: <[Crypto; 2]>::default(),
            tls: OverQuic::default(),
            row: None,
            letters: 0,
            short: [false; 2],
            told: false,
        };
        c.emit(ctx, p.version);
        self.connections.push(c);
        (Some(self.connections.len() - 1), Ok(Some(opened)))
    }
}

impl Connection {
    /// Writes what the client's hello asks for into the row.
    pub(super) fn describe_offer(&self, ctx: &mut Ctx<'_>) {
        let Some(offer) = self.tls.offer() else {
            return;
        };
        self.update(ctx, |row| {
            row.server_name = offer.server_name.clone();
            row.client_protocol = offer.protocol.clone();
        });
    }
}
