//! A flow's two streams in order, read again piece by piece.

use crate::error::SessionError;
use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::Job;
use crate::ops::{Cx, Op, Out, Payload, json, names, parse, passed};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use crate::unknown::{FIRST, Unknown};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use weir_dissect::{BodyEnd, BodyKey, BodySink, Direction, Encoding, registry};
use weir_model::{FieldSink, FlowId, NoSink, PacketRef, Timestamp};

/// Bytes of one reply at most.
const MOST: usize = 4 << 20;
/// Packets read between two looks at whether there is enough.
const STEP: u32 = 512;

#[derive(Serialize)]
struct Chunk {
    side: usize,
    packet: String,
    time: String,
    offset: u64,
    start: usize,
    end: usize,
    gap: u64,
}

/// Takes both streams of one flow, from a place on and up to a size.
struct Sides {
    flow: FlowId,
    side: Option<usize>,
    /// Bytes of both sides to pass over.
    skip: u64,
    most: usize,
    offsets: [u64; 2],
    gaps: [u64; 2],
    chunks: Vec<Chunk>,
    data: Vec<u8>,
    /// There was more than `most`.
    more: bool,
}

impl Sides {
    /// The first bytes of a side that were taken.
    fn first(&self, side: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in self.chunks.iter().filter(|c| c.side == side) {
            let bytes = self.data.get(chunk.start..chunk.end).unwrap_or_default();
            let room = FIRST.saturating_sub(out.len()).min(bytes.len());
            out.extend_from_slice(bytes.get(..room).unwrap_or_default());
            if out.len() >= FIRST {
                break;
            }
        }
        out
    }
}

impl BodySink for Sides {
    fn begin(&mut self, _: BodyKey, _: &[Encoding]) {}
    fn data(&mut self, _: BodyKey, _: &[u8]) {}
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, _: BodyKey, _: BodyEnd) {}

    fn stream(
        &mut self,
        flow: FlowId,
        direction: Direction,
        (packet, time): (PacketRef, Timestamp),
        bytes: &[u8],
    ) {
        let side = direction.index();
        if flow != self.flow || self.side.is_some_and(|s| s != side) || bytes.is_empty() {
            return;
        }
        let mut offset = self.offsets[side];
        self.offsets[side] += bytes.len() as u64;
        let pass = usize::try_from(self.skip).map_or(bytes.len(), |n| n.min(bytes.len()));
        self.skip -= pass as u64;
        offset += pass as u64;
        let rest = bytes.get(pass..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        let room = self.most.saturating_sub(self.data.len());
        let taken = rest.get(..room.min(rest.len())).unwrap_or_default();
        self.more |= taken.len() < rest.len();
        if taken.is_empty() {
            return;
        }
        let start = self.data.len();
        self.data.extend_from_slice(taken);
        self.chunks.push(Chunk {
            side,
            packet: names::packet(packet),
            time: time.epoch(),
            offset,
            start,
            end: self.data.len(),
            gap: std::mem::take(&mut self.gaps[side]),
        });
    }

    fn stream_gap(&mut self, flow: FlowId, direction: Direction, _: PacketRef, len: u64) {
        let side = direction.index();
        if flow == self.flow && self.side.is_none_or(|s| s == side) {
            self.offsets[side] += len;
            self.gaps[side] += len;
        }
    }
}

struct Follower {
    fields: NoSink,
    sides: Sides,
}

impl Visitor for Follower {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        (&mut self.fields, Some(&mut self.sides))
    }
    fn described(&mut self, _: PacketRef, _: &Session) {}
    fn bodies(&mut self) -> Option<&mut dyn BodySink> {
        Some(&mut self.sides)
    }
}

#[derive(Deserialize)]
struct FollowArgs {
    flow: String,
    #[serde(default)]
    from: u64,
    #[serde(default)]
    max_bytes: Option<usize>,
}

#[derive(Deserialize)]
struct SaveArgs {
    flow: String,
    side: usize,
}

struct FollowOp {
    flow: String,
    side: Option<usize>,
    from: u64,
    most: usize,
    /// Saved: the bytes are the result, piece by piece.
    save: bool,
    run: Option<(usize, FlowId, Replay<Follower>)>,
}

pub(crate) fn follow(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: FollowArgs = parse(args)?;
    Ok(Box::new(FollowOp {
        flow: args.flow,
        side: None,
        from: args.from,
        most: args.max_bytes.unwrap_or(MOST).clamp(1, MOST),
        save: false,
        run: None,
    }))
}

pub(crate) fn save(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: SaveArgs = parse(args)?;
    Ok(Box::new(FollowOp {
        flow: args.flow,
        side: Some(args.side).filter(|s| *s < 2),
        from: 0,
        most: usize::MAX,
        save: true,
        run: None,
    }))
}

impl FollowOp {
    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        if self.run.is_none() {
            let (chain, flow) = names::find_flow(cx.session, &self.flow)?;
            let last = cx
                .session
                .chains
                .get(chain)
                .and_then(|c| c.facts().flow(flow));
            let last: Vec<PacketRef> = last.map(|f| f.last).into_iter().collect();
            let visitor = Follower {
                fields: NoSink,
                sides: Sides {
                    flow,
                    side: self.side,
                    skip: self.from,
                    most: self.most,
                    offsets: [0; 2],
                    gaps: [0; 2],
                    chunks: Vec::new(),
                    data: Vec::new(),
                    more: false,
                },
            };
            let replay = Replay::new(cx.session, chain, &last, true, visitor);
            self.run = Some((chain, flow, replay));
        }
        let Some((chain, flow, replay)) = &mut self.run else {
            return Ok(Out::More);
        };
        let stepped = passed(replay.step(cx.session, input, fuel.min(STEP)));
        let sides = &mut replay.visitor.sides;
        if self.save {
            sides.chunks.clear();
            let bytes = std::mem::take(&mut sides.data);
            return Ok(match stepped {
                Some(Out::More) if !bytes.is_empty() => Out::Partial(Payload {
                    bytes: Some(bytes),
                    ..Payload::default()
                }),
                Some(out) => {
                    sides.data = bytes;
                    out
                }
                None => Out::Done(Payload {
                    value: object!({
                        "name": format!("{}.bin", self.flow.replace(':', "-")),
                        "mime": "application/octet-stream",
                    }),
                    bytes: Some(bytes),
                    ..Payload::default()
                }),
            });
        }
        match stepped {
            Some(out) if !sides.more => return Ok(out),
            _ => {}
        }
        let (chain, flow) = (*chain, *flow);
        followed(
            cx.session,
            chain,
            flow,
            self.from,
            &mut replay.visitor.sides,
        )
        .map(Out::Done)
    }
}

impl Op for FollowOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}

fn followed(
    session: &Session,
    chain: usize,
    flow: FlowId,
    from: u64,
    sides: &mut Sides,
) -> Result<Payload, SessionError> {
    let facts = session.chains.get(chain).map(crate::session::Chain::facts);
    let Some(f) = facts.and_then(|f| f.flow(flow)) else {
        return Ok(Payload::default());
    };
    let protocol = f
        .protocol
        .and_then(|id| registry().get(id))
        .map(|p| p.info.name);
    let next = from + sides.data.len() as u64;
    let side = |end, n: usize| object!({"endpoint": names::endpoint(end), "bytes": f.payload[n]});
    let unavailable = (f.payload == [0; 2]).then_some("no payload was captured");
    // Only from the start on are the first bytes at hand.
    let first = [0, 1].map(|n| sides.first(n));
    let unknown = (from == 0).then(|| Unknown::of(f, [&first[0], &first[1]]));
    let value = object!({
        "flow": names::flow(f),
        "sides": [side(f.client, 0), side(f.server, 1)],
        "protocol": protocol,
        "chunks": json(&sides.chunks)?,
        "data": null,
        "next": sides.more.then_some(next),
        "unavailable": unavailable,
        "unknown": json(&unknown.flatten())?,
    });
    Ok(Payload {
        value,
        buffers: vec![("/data".to_owned(), std::mem::take(&mut sides.data))],
        bytes: None,
    })
}
