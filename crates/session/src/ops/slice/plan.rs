//! The packets of a slice by chain, how large they are, and the comments that captures came with.

use super::OURS;
use super::choose::{self, With};
use crate::error::SessionError;
use crate::input::Input;
use crate::ops::filters::Narrowed;
use crate::ops::view::Narrowing;
use crate::ops::{Cx, Op, Out, names, once, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json};
use weir_model::{CaptureId, PacketRef};

/// Bytes of an Enhanced Packet Block around its packet, and of the comment with its number.
const BLOCK: u64 = 32 + 28;
/// Comments that are offered as notes.
const COMMENTS: usize = 1000;
/// Characters of one of them.
const COMMENT: usize = 4000;

/// Chosen packets.
pub(super) struct Plan {
    narrowed: Narrowed,
    named: Option<Vec<String>>,
    with: With,
    chains: Option<Vec<Vec<PacketRef>>>,
    others: usize,
    missing: usize,
}

impl Plan {
    pub(super) fn new(
        narrowing: &Narrowing,
        named: Option<Vec<String>>,
        with: With,
    ) -> Result<Self, SessionError> {
        Ok(Self {
            narrowed: Narrowed::new(narrowing)?,
            named,
            with,
            chains: None,
            others: 0,
            missing: 0,
        })
    }

    pub(super) fn ready(&self) -> bool {
        self.chains.is_some()
    }

    /// Goes on; none when the packets are chosen.
    pub(super) fn step(
        &mut self,
        cx: &mut Cx<'_>,
        input: &mut Input,
        fuel: u32,
    ) -> Result<Option<Out>, SessionError> {
        if self.named.is_none()
            && let Some(out) = self.narrowed.step(cx, input, fuel)
        {
            return Ok(Some(out));
        }
        let session = &*cx.session;
        let mut all: Vec<PacketRef> = match &self.named {
            Some(list) => {
                let named = choose::named(session, list)?;
                (self.others, self.missing) = (named.others, named.missing);
                named.packets(session).collect()
            }
            None => session
                .loaded()
                .flat_map(|c| {
                    (1..=c.index.len()).map(|number| PacketRef {
                        capture: c.id,
                        number,
                    })
                })
                .filter(|p| self.narrowed.takes(session, *p))
                .collect(),
        };
        if self.with == With::Conversations {
            choose::with_conversations(session, &mut all);
        }
        let chains = session.chains.iter().map(|chain| {
            let own = all.iter().filter(|p| chain.place(p.capture).is_some());
            let mut list: Vec<PacketRef> = own.copied().collect();
            list.sort_by_key(|p| chain.order(*p));
            list.dedup();
            list
        });
        self.chains = Some(chains.collect());
        Ok(None)
    }

    pub(super) fn chains(&self) -> impl Iterator<Item = (usize, &[PacketRef])> {
        let all = self.chains.as_deref().unwrap_or_default();
        all.iter().enumerate().map(|(n, list)| (n, list.as_slice()))
    }

    pub(super) fn packets(&self) -> impl Iterator<Item = PacketRef> {
        self.chains().flat_map(|(_, list)| list.iter().copied())
    }

    pub(super) fn len(&self) -> u64 {
        self.chains().map(|(_, list)| list.len() as u64).sum()
    }

    /// The captures they are of, each once.
    pub(super) fn captures(&self) -> Vec<CaptureId> {
        let mut out: Vec<CaptureId> = self.packets().map(|p| p.capture).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

#[derive(Deserialize)]
struct SizeArgs {
    #[serde(default)]
    narrowing: Narrowing,
    #[serde(default)]
    packets: Option<Vec<String>>,
    #[serde(default)]
    with: With,
}

struct SizeOp(Plan);

/// How large a slice would be.
pub(crate) fn size(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: SizeArgs = parse(args)?;
    let plan = Plan::new(&args.narrowing, args.packets, args.with)?;
    Ok(Box::new(SizeOp(plan)))
}

impl SizeOp {
    fn told(&self, session: &Session) -> Value {
        let entries = || self.0.packets().filter_map(|p| session.entry(p));
        // What is no packet is written to no slice.
        let written = || entries().filter(|e| e.record.is_none());
        let bytes: u64 = written()
            .map(|e| u64::from(e.captured).next_multiple_of(4) + BLOCK)
            .sum();
        json!({
            "packets": written().count(),
            "bytes": bytes,
            "others": self.0.others,
            "missing": self.0.missing,
        })
    }
}

impl Op for SizeOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        match self.0.step(cx, input, fuel) {
            Ok(Some(out)) => out,
            Ok(None) => Out::Done(self.told(cx.session).into()),
            Err(e) => Out::Failed(e),
        }
    }
}

/// What a comment says to an analyst: of one of ours what follows the number.
fn said(comment: &str) -> Option<&str> {
    let text = match comment.strip_prefix(OURS) {
        Some(ours) => ours.split_once('\n').map_or("", |(_, text)| text),
        None => comment,
    };
    Some(text.trim()).filter(|t| !t.is_empty())
}

/// The comments that packets came with.
pub(crate) fn comments(_: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(once(|cx| {
        let mut rows = Vec::new();
        let mut of = 0;
        for capture in cx.session.loaded() {
            for (number, comment) in &capture.comments {
                let Some(text) = said(comment) else { continue };
                of += 1;
                if rows.len() >= COMMENTS {
                    continue;
                }
                let packet = PacketRef {
                    capture: capture.id,
                    number: *number,
                };
                let cut: String = text.chars().take(COMMENT).collect();
                rows.push(json!({
                    "packet": names::packet(packet),
                    "evidence": names::evidence(packet),
                    "text": cut,
                    "cut": cut.len() < text.len(),
                }));
            }
        }
        Out::Done(json!({ "comments": rows, "of": of }).into())
    }))
}

/// What a comment of ours says of where its packet comes from: `A:12`, and behind a blank what it was on the way.
fn origin(comment: &str) -> Option<PacketRef> {
    let name = comment.strip_prefix(OURS)?.split_whitespace().next()?;
    let (capture, number) = name.split_once(':')?;
    let capture = capture.parse().ok()?;
    let number = number.parse().ok().filter(|n| *n > 0)?;
    Some(PacketRef { capture, number })
}

/// Which packet one was in the capture that its slice was cut from, as its own comment says. Nothing where that letter
/// is another capture's here, which holds a different packet under the number.
pub(crate) fn was(session: &Session, packet: PacketRef) -> Option<PacketRef> {
    let comments = &session.capture(packet.capture)?.comments;
    let from = comments.partition_point(|c| c.0 < packet.number);
    let own = comments.iter().skip(from);
    let was = own
        .take_while(|c| c.0 == packet.number)
        .find_map(|c| origin(&c.1))?;
    if was.capture == packet.capture || session.capture(was.capture).is_none() {
        return Some(was);
    }
    let (a, b) = (session.entry(packet)?, session.entry(was)?);
    let alike = (a.time, a.wire, a.captured) == (b.time, b.wire, b.captured);
    Some(was).filter(|_| alike)
}

/// Of captures that are slices: which packet of which capture each of their packets was.
pub(crate) fn origins(_: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(once(|cx| {
        let mut slices = Vec::new();
        for capture in cx.session.loaded() {
            let packets: Vec<(u32, String)> = capture
                .comments
                .iter()
                .filter_map(|(number, comment)| Some((*number, names::packet(origin(comment)?))))
                .collect();
            if !packets.is_empty() {
                slices.push(json!({"capture": capture.id.to_string(), "packets": packets}));
            }
        }
        Out::Done(json!({ "slices": slices }).into())
    }))
}
