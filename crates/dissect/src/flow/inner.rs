//! A stream within a stream: what a connection carries once somebody opened it. Recognised and read like a
//! connection's own. Knows no protocol by name.

use super::recognise::{HELD, PACKETS, probed};
use super::state::App;
use super::stream::{HEAD, LONG_HEAD};
use crate::context::Ctx;
use crate::data::{Chunk, Data, Run};
use crate::protocol::{Close, Direction, Over, Progress, Protocol, Start, Transport};
use crate::registry::registry;
use weir_model::{PacketRef, Timestamp};

/// Streams within streams.
const DEEP: u8 = 4;

#[derive(Clone, Default)]
struct Side {
    buffer: Vec<u8>,
    runs: Vec<Run>,
    /// Offset of the first byte in `buffer`.
    buffer_at: u64,
    /// Offset of the next byte.
    next: u64,
    need: usize,
    opaque: bool,
    closed: bool,
}

/// Both directions.
#[derive(Clone)]
pub(crate) struct Inner {
    /// Who opened it.
    carrier: &'static Protocol,
    app: App,
    sides: [Side; 2],
    undecided: u8,
    /// Its first protocol made way for one that is not named.
    handed_over: bool,
}

impl Inner {
    /// Before its first byte. `protocol`: what both ends agreed on, where they told. `at`: the offsets of its first
    /// bytes, so that none is one of what came before on the connection.
    pub(crate) fn new(
        ctx: &Ctx<'_>,
        carrier: &'static Protocol,
        protocol: Option<&'static Protocol>,
        at: [u64; 2],
    ) -> Self {
        let side = |at: u64| Side {
            buffer_at: at,
            next: at,
            ..Side::default()
        };
        let mut new = Self {
            carrier,
            app: App::Undecided,
            sides: at.map(side),
            undecided: 0,
            handed_over: false,
        };
        if let Some(protocol) = protocol {
            new.begin(ctx, protocol);
        }
        new
    }

    /// Who reads it, once that is known.
    pub(crate) fn protocol(&self) -> Option<&'static Protocol> {
        match self.app {
            App::Known(protocol, _) => Some(protocol),
            App::Undecided | App::Unknown => None,
        }
    }

    /// Its next bytes, which stand in `data`; `from` is the packet that brought the first of them.
    pub(crate) fn push(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) {
        if ctx.packet.within >= DEEP {
            return ctx.unknown(data);
        }
        ctx.packet.within += 1;
        self.take(ctx, direction, data, from);
        ctx.packet.within -= 1;
    }

    fn take(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) {
        let side = &mut self.sides[direction.index()];
        let run = Run {
            offset: side.next,
            packet: from.0,
            time: from.1,
        };
        side.next += data.len() as u64;
        if side.opaque || matches!(self.app, App::Unknown) {
            return ctx.unknown(data);
        }
        let direct = matches!(self.app, App::Known(..)) && side.buffer.is_empty();
        let (rest, at) = if direct {
            let used = self.pump(ctx, direction, data, run.offset, &[run]);
            (data.rest(used), run.offset + used as u64)
        } else {
            (data, run.offset)
        };
        self.hold(ctx, direction, rest, Run { offset: at, ..run });
        if !direct || matches!(self.app, App::Undecided) {
            self.undecided = self.undecided.saturating_add(1);
            self.offer(ctx, direction, false);
        }
        let other = &self.sides[direction.other().index()];
        if !other.buffer.is_empty() && other.need == 0 {
            self.offer(ctx, direction.other(), false);
        }
    }

    fn hold(&mut self, ctx: &mut Ctx<'_>, direction: Direction, data: Data<'_>, run: Run) {
        let side = &mut self.sides[direction.index()];
        if data.is_empty() || side.opaque || matches!(self.app, App::Unknown) {
            return;
        }
        if side.buffer.len() + data.len() > HEAD {
            ctx.limit(&LONG_HEAD);
            side.opaque = true;
            side.buffer = Vec::new();
            side.runs = Vec::new();
            return;
        }
        if side.buffer.is_empty() {
            side.buffer_at = run.offset;
        }
        side.buffer.extend_from_slice(data.bytes);
        side.runs.push(run);
    }

    /// Held bytes to recognition, then to the dissector.
    fn offer(&mut self, ctx: &mut Ctx<'_>, direction: Direction, last: bool) {
        if matches!(self.app, App::Undecided) {
            let side = &self.sides[direction.index()];
            if side.buffer.is_empty() {
                return;
            }
            let last = last || side.buffer.len() >= HELD || self.undecided >= PACKETS;
            let carrier = (!self.handed_over).then_some(self.carrier);
            match recognise(ctx, carrier, direction, &side.buffer, last) {
                Some(Some(protocol)) => {
                    self.begin(ctx, protocol);
                    if !self.sides[direction.other().index()].buffer.is_empty() {
                        self.offer(ctx, direction.other(), false);
                    }
                }
                Some(None) => return self.unknown(ctx, direction),
                None => return,
            }
        }
        let side = &mut self.sides[direction.index()];
        if side.buffer.is_empty() || side.buffer.len() < side.need {
            return;
        }
        let (mut buffer, runs, at) = (
            std::mem::take(&mut side.buffer),
            std::mem::take(&mut side.runs),
            side.buffer_at,
        );
        let source = ctx.source("Reassembled TLS", &buffer);
        let data = Data {
            bytes: &buffer,
            source,
            start: 0,
        };
        let used = self.pump(ctx, direction, data, at, &runs);
        let side = &mut self.sides[direction.index()];
        if used < buffer.len() && !side.opaque && !matches!(self.app, App::Unknown) {
            buffer.drain(..used);
            side.buffer_at = at + used as u64;
            let first = runs.partition_point(|r| r.offset <= side.buffer_at);
            side.runs = runs
                .get(first.saturating_sub(1)..)
                .unwrap_or_default()
                .to_vec();
            side.buffer = buffer;
        }
    }

    /// Nobody reads it: what was held is shown as bytes.
    fn unknown(&mut self, ctx: &mut Ctx<'_>, direction: Direction) {
        self.app = App::Unknown;
        let held = std::mem::take(&mut self.sides[direction.index()].buffer);
        for side in &mut self.sides {
            side.buffer = Vec::new();
            side.runs = Vec::new();
        }
        let source = ctx.source("Reassembled TLS", &held);
        ctx.unknown(Data {
            bytes: &held,
            source,
            start: 0,
        });
    }

    fn begin(&mut self, ctx: &Ctx<'_>, protocol: &'static Protocol) {
        let start = ctx.flow().map(|f| Start {
            token: 0,
            from_start: true,
            server_port: f.server.1,
            client: f.client.0,
            server: f.server.0,
            opened: true,
        });
        let made = start.and_then(|s| protocol.stream.map(|make| make(s)));
        self.app = made.map_or(App::Unknown, |d| App::Known(protocol, d));
    }

    fn pump(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        data: Data<'_>,
        offset: u64,
        runs: &[Run],
    ) -> usize {
        let mut done = 0;
        while done < data.len() {
            let rest = data.rest(done);
            let side = &mut self.sides[direction.index()];
            if rest.len() < side.need || side.opaque {
                break;
            }
            let App::Known(_, dissector) = &mut self.app else {
                break;
            };
            let chunk = Chunk {
                offset: offset + done as u64,
                data: rest,
                runs,
            };
            let progress = dissector.data(ctx, direction, &chunk);
            let to = ctx.handed_over.take();
            match progress {
                Progress::Consumed(0) if to.is_some() => {}
                Progress::Consumed(0) => {
                    side.need = rest.len() + 1;
                    break;
                }
                Progress::Consumed(n) => {
                    side.need = 0;
                    done += n.min(rest.len());
                }
                Progress::Need(n) => {
                    side.need = n.max(rest.len() + 1);
                    break;
                }
                Progress::NotMine => {
                    self.app = App::Unknown;
                    return data.len();
                }
                Progress::Opaque => {
                    side.opaque = true;
                    return data.len();
                }
            }
            if let Some(to) = to {
                for side in &mut self.sides {
                    side.need = 0;
                    side.opaque = false;
                }
                match to {
                    Some(protocol) => self.begin(ctx, protocol),
                    None => {
                        self.app = App::Undecided;
                        self.undecided = 0;
                        self.handed_over = true;
                        break;
                    }
                }
            }
        }
        done
    }

    /// `len` of its bytes are not in the capture.
    pub(crate) fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, len: u64) {
        ctx.packet.within += 1;
        self.offer(ctx, direction, true);
        let side = &mut self.sides[direction.index()];
        let offset = side.next;
        side.next += len;
        side.buffer = Vec::new();
        side.runs = Vec::new();
        side.need = 0;
        if let App::Known(_, dissector) = &mut self.app
            && !side.opaque
        {
            side.opaque = !dissector.gap(ctx, direction, offset, len);
        }
        ctx.packet.within -= 1;
    }

    /// No more of its bytes will come.
    pub(crate) fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        if std::mem::replace(&mut self.sides[direction.index()].closed, true) {
            return;
        }
        ctx.packet.within += 1;
        if matches!(self.app, App::Undecided) {
            self.offer(ctx, direction, true);
        }
        if let App::Known(_, dissector) = &mut self.app {
            dissector.close(ctx, direction, how);
        }
        ctx.packet.within -= 1;
    }

    /// Bytes kept of it.
    pub(crate) fn held(&self) -> usize {
        let sides = self.sides.iter();
        let buffers = sides.map(|s| s.buffer.capacity() + s.runs.capacity() * size_of::<Run>());
        let read = match &self.app {
            App::Known(_, dissector) => dissector.held(),
            App::Undecided | App::Unknown => 0,
        };
        size_of::<Self>() + buffers.sum::<usize>() + read
    }
}

/// What begins so: certain by content, registered for the port, likely by content; `None` to wait for more.
fn recognise(
    ctx: &Ctx<'_>,
    carrier: Option<&'static Protocol>,
    direction: Direction,
    bytes: &[u8],
    last: bool,
) -> Option<Option<&'static Protocol>> {
    let (client, server) = ctx.flow().map(|f| (f.client.1, f.server.1))?;
    let found = probed(Transport::Tcp, direction, bytes, (client, server), true);
    if let Some(protocol) = found.certain {
        return Some(Some(protocol));
    }
    // A port that is registered for the carrier tells nothing of what it carries, nor any of what another made way for.
    let reads = |p: &&'static Protocol| {
        p.stream.is_some() && carrier.is_some_and(|carrier| !std::ptr::eq(*p, carrier))
    };
    for port in [server, client] {
        let keys = [Over::TlsPort(port), Over::TcpPort(port)];
        let registered = keys
            .into_iter()
            .find_map(|key| registry().over(key).filter(reads));
        if registered.is_some() {
            return Some(registered);
        }
    }
    match found.likely {
        Some(protocol) => Some(Some(protocol)),
        None if found.more && !last => None,
        None => Some(None),
    }
}
