//! QUIC (RFC 9000, RFC 9001, RFC 9369 and the drafts from 23 on): headers, Initial packets in clear, and the TLS
//! handshake in them. Initial packets are closed with keys that everybody can compute; all others stay closed.

mod connection;
mod describe;
mod fields;
mod keys;
mod rows;
#[cfg(test)]
mod sample;
mod stream;
#[cfg(test)]
mod tests;
mod wire;

pub use rows::Connection;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Severity, Transport};
use connection::State;
use keys::Opened;
use stream::{Added, FAR};
use wire::{Body, Frame, ID, Id, Kind, Long};

/// An Initial packet whose keys everybody knows does not open with them.
pub static DECRYPTION_FAILED: AnomalyKind = AnomalyKind {
    id: "quic.decryption_failed",
    says: "Failed to decrypt handshake",
    severity: Severity::Warn,
    group: "Decryption",
};

/// A Retry packet that answers no packet of its connection.
pub static BAD_RETRY: AnomalyKind = AnomalyKind {
    id: "quic.bad_retry",
    says: "Retry Integrity Tag verification failure",
    severity: Severity::Warn,
    group: "Protocol",
};

/// Packets behind the first ones are closed to whoever has no keys.
static NO_SECRETS: AnomalyKind = AnomalyKind {
    id: "quic.decryption_failed.secrets",
    says: "Failed to create decryption context: Secrets are not available",
    severity: Severity::Warn,
    group: "Decryption",
};
/// What follows the packets of a datagram is no packet of the connection.
static PADDED: AnomalyKind = AnomalyKind {
    id: "quic.padding",
    says: "(Random) padding data appended to the datagram",
    severity: Severity::Note,
    group: "Protocol",
};
/// Handshake bytes that came before.
static REUSED: AnomalyKind = AnomalyKind {
    id: "quic.reused_offset",
    says: "This QUIC frame has a reused stream offset (retransmission?)",
    severity: Severity::Note,
    group: "Sequence",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9000",
    over: &[Over::Heuristic(Transport::Udp)],
    fields: fields::ALL,
    anomalies: &[
        &MALFORMED,
        &DECRYPTION_FAILED,
        &BAD_RETRY,
        &NO_SECRETS,
        &PADDED,
        &REUSED,
    ],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<rows::Connection>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("quic", "QUIC IETF", "QUIC")
};

/// Packets of a datagram that are read (RFC 9000 section 12.2 joins one of each kind).
const PACKETS: usize = 16;

fn probe(p: &Probe<'_>) -> Certainty {
    let b = p.bytes;
    if b.first().is_none_or(|first| *first < 0xc0) {
        return Certainty::No;
    }
    let Ok(long) = Long::read(b) else {
        return Certainty::No;
    };
    let ids = long.dcid.len() <= ID && long.scid.len() <= ID;
    let room = match long.kind {
        Kind::Negotiation => {
            let rest = b.get(long.body..).unwrap_or_default();
            let (versions, odd) = rest.as_chunks::<4>();
            let known = |v: &[u8; 4]| wire::is_known(u32::from_be_bytes(*v));
            odd.is_empty() && versions.iter().any(known)
        }
        Kind::Retry => b.len() >= long.body + keys::TAG,
        // Number, payload and seal (RFC 9001 section 5.4.2).
        Kind::Initial | Kind::ZeroRtt | Kind::Handshake => long.length.0 >= 20,
        Kind::Unknown => b.len() >= 1200,
    };
    if !ids || !room {
        return Certainty::No;
    }
    if wire::is_known(long.version) || long.kind == Kind::Negotiation {
        return Certainty::Certain;
    }
    // Another version on the port of HTTP/3. Google's own, whose names begin with a letter, are not read.
    let letter = long.version >> 24 != 0 && (long.version >> 24) < 0x60;
    if !letter && (p.ports.0 == 443 || p.ports.1 == 443) {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

/// Handshake bytes that go on to TLS once the packets of the datagram are described.
struct Carried {
    connection: usize,
    bytes: Vec<u8>,
    /// Letters of the history before theirs.
    letters: usize,
    /// Where they stand in the packet that brought them, where it alone did.
    place: Option<(weir_model::SourceId, usize)>,
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let direction = ctx.packet.flow.map_or(Direction::Forward, |f| f.1);
    let state = ctx.flow_state(|s: &mut State| std::mem::take(s));
    let mut state = state.unwrap_or_default();
    datagram(ctx, &mut state, direction, data);
    ctx.flow_state(|s: &mut State| *s = state);
}

/// What a datagram's packets leave to be done when all of them are described.
#[derive(Default)]
struct Left {
    carried: Vec<Carried>,
    /// A connection and a letter of its history.
    letters: Vec<(usize, char)>,
}

fn datagram(ctx: &mut Ctx<'_>, state: &mut State, direction: Direction, data: Data<'_>) {
    let mut left = Left::default();
    let mut secure: Option<usize> = None;
    let mut last: Option<usize> = None;
    let mut sent_to: &[u8] = &[];
    let mut at = 0;
    for n in 0..PACKETS {
        let rest = data.rest(at);
        if rest.is_empty() {
            break;
        }
        let is_long = rest.bytes.first().is_some_and(|b| b & 0x80 != 0);
        let long = Long::read(rest.bytes).ok().filter(|_| is_long);
        if n > 0 && !goes_on(sent_to, long.as_ref(), is_long, rest.bytes) {
            left.letters.extend(last.map(|n| (n, 'x')));
            if ctx.layer_again(&PROTOCOL, rest.all()) {
                describe::padding(ctx, rest);
                ctx.close();
            }
            ctx.remark(&PADDED, format_args!("{}", PADDED.says));
            break;
        }
        let end = long.as_ref().map_or(rest.len(), |p| p.end);
        let packet = rest.sub(0, end);
        let wanted = if n == 0 {
            ctx.layer(&PROTOCOL, packet.all())
        } else {
            ctx.layer_again(&PROTOCOL, packet.all())
        };
        let connection = match &long {
            Some(p) => {
                sent_to = p.dcid;
                long_packet(ctx, state, direction, wanted, p, packet, &mut left)
            }
            None if is_long => {
                if wanted {
                    ctx.close();
                }
                ctx.short();
                break;
            }
            None => short_packet(ctx, state, direction, wanted, packet, &mut left),
        };
        last = connection;
        if !matches!(
            long,
            Some(Long {
                kind: Kind::Initial | Kind::ZeroRtt | Kind::Retry,
                ..
            })
        ) {
            secure = secure.or(connection);
        }
        at += end;
    }
    let from = (ctx.meta.packet, ctx.meta.time);
    let Left {
        carried,
        mut letters,
    } = left;
    let mut hellos = 0;
    for piece in carried {
        let Some(c) = state.connections.get_mut(piece.connection) else {
            continue;
        };
        let (source, start) = match piece.place {
            Some((source, at)) => (source, u32::try_from(at).unwrap_or(u32::MAX)),
            None => (ctx.source("Reassembled QUIC CRYPTO", &piece.bytes), 0),
        };
        let data = Data {
            bytes: &piece.bytes,
            source,
            start,
        };
        if c.tls.data(ctx, direction, data, from) {
            letters.insert(piece.letters + hellos, (piece.connection, 's'));
            hellos += 1;
            c.describe_offer(ctx);
        }
    }
    if let Some(c) = secure.and_then(|n| state.connections.get_mut(n)) {
        c.tls.secure(ctx, direction);
    }
    for (n, letter) in letters {
        if let Some(c) = state.connections.get_mut(n) {
            c.note(ctx, direction, letter);
        }
    }
    if let Some(c) = secure.and_then(|n| state.connections.get_mut(n)) {
        c.read();
    }
}

/// Is what follows a packet of the same datagram another one, to the same connection (RFC 9000 section 12.2)?
fn goes_on(sent_to: &[u8], long: Option<&Long<'_>>, is_long: bool, rest: &[u8]) -> bool {
    match long {
        Some(p) => p.dcid == sent_to && p.kind != Kind::Unknown,
        None if is_long => false,
        None => {
            let id = rest.get(1..).unwrap_or_default();
            id.starts_with(sent_to) && rest.iter().any(|b| *b != 0)
        }
    }
}

/// A packet with a short header: whose it is, and no more. Returns the connection where it is the first of its
/// side, which says that this side has keys of its own.
fn short_packet(
    ctx: &mut Ctx<'_>,
    state: &mut State,
    direction: Direction,
    wanted: bool,
    data: Data<'_>,
    left: &mut Left,
) -> Option<usize> {
    let found = state.find_short(direction, data.bytes);
    if wanted {
        describe::short(ctx, found.map_or(0, |f| f.1), data);
        ctx.close();
    }
    let (n, _) = found?;
    let c = state.connections.get_mut(n)?;
    if !c.is_told() {
        left.letters.push((n, 'o'));
    }
    // One such packet tells that there are no keys for any.
    if !c.has_short() {
        ctx.remark(&NO_SECRETS, format_args!("{}", NO_SECRETS.says));
    }
    c.first_short(direction).then_some(n)
}

fn long_packet(
    ctx: &mut Ctx<'_>,
    state: &mut State,
    direction: Direction,
    wanted: bool,
    p: &Long<'_>,
    data: Data<'_>,
    left: &mut Left,
) -> Option<usize> {
    let (found, opened) = if p.kind == Kind::Initial && !p.is_short() {
        state.open(ctx, direction, p, data.bytes)
    } else {
        (state.find(direction, p), Ok(None))
    };
    let closed = opened.is_err();
    let opened = opened.ok().flatten();
    if wanted {
        describe::long(ctx, p, opened.as_ref(), data);
    }
    let mut genuine = true;
    let c = found.and_then(|n| state.connections.get_mut(n));
    if let Some(c) = c {
        if direction != c.client && p.kind != Kind::Retry && p.kind != Kind::Negotiation {
            let id = Id::new(p.scid);
            if c.server_scid.is_none()
                && id.is_some()
                && (p.kind != Kind::Initial || opened.is_some())
            {
                c.server_scid = id;
                c.update(ctx, |row| row.server_scid = Some(p.scid.into()));
            }
        }
        let letter = match p.kind {
            Kind::Initial => Some('i'),
            Kind::ZeroRtt => Some('z'),
            Kind::Handshake => Some('h'),
            Kind::Retry => {
                genuine = c.retry(p, data.bytes);
                Some('r')
            }
            Kind::Negotiation | Kind::Unknown => None,
        };
        left.letters.extend(found.zip(letter));
        if let Some((opened, n)) = opened.as_ref().zip(found) {
            let side = c.side(direction);
            let sound = frames(ctx, wanted, opened, |offset, bytes, at, source, ctx| {
                let Some(crypto) = c.crypto.get_mut(side) else {
                    return;
                };
                let (bytes, place) = match crypto.add(offset, bytes) {
                    Added::Next(bytes, skip) => (bytes.to_vec(), Some((source, at + skip))),
                    Added::Whole(bytes) => (bytes, None),
                    Added::Far => return ctx.limit(&FAR),
                    Added::Old => return ctx.remark(&REUSED, format_args!("{}", REUSED.says)),
                    Added::Waits => return,
                };
                left.carried.push(Carried {
                    connection: n,
                    bytes,
                    letters: left.letters.len(),
                    place,
                });
            });
            if !sound {
                ctx.anomaly(&MALFORMED);
            }
        }
    }
    if wanted {
        ctx.close();
    }
    if matches!(p.kind, Kind::Handshake | Kind::ZeroRtt) && found.is_some() {
        ctx.remark(&NO_SECRETS, format_args!("{}", NO_SECRETS.says));
    }
    if p.is_short() {
        ctx.short();
    } else if closed {
        ctx.anomaly(&DECRYPTION_FAILED);
    }
    if !genuine {
        ctx.anomaly(&BAD_RETRY);
    }
    found
}

/// Reads the frames of an Initial packet; `false` where they break off or one must not be there.
fn frames(
    ctx: &mut Ctx<'_>,
    wanted: bool,
    opened: &Opened,
    mut crypto: impl FnMut(u64, &[u8], usize, weir_model::SourceId, &mut Ctx<'_>),
) -> bool {
    let source = ctx.source("Decrypted QUIC", &opened.plain);
    let data = Data {
        bytes: &opened.plain,
        source,
        start: 0,
    };
    let mut at = 0;
    while at < data.len() {
        let Ok(frame) = Frame::read(data.bytes, at) else {
            return false;
        };
        if wanted {
            describe::frame(ctx, &frame, data);
        }
        match frame.body {
            Body::Crypto(offset, (from, to)) => {
                let bytes = data.sub(from, to).bytes;
                crypto(offset, bytes, from, source, ctx);
            }
            Body::Foreign => return false,
            _ => {}
        }
        at = frame.end;
    }
    true
}
