//! Slices: chosen packets as pcapng with their original numbers and what the analyst wrote on them as comments,
//! as they are or anonymised; alone, or in a zip with a question.

mod choose;
mod plan;

pub(crate) use plan::{comments, origins, size, was};

use self::choose::With;
use self::plan::Plan;
use super::view::Narrowing;
use crate::anonymise::{Anonymiser, Gathered, Outcome, Reading};
use crate::error::{ErrorKind, SessionError};
use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Phase};
use crate::ops::zip::stored;
use crate::ops::{Cx, Op, Out, Payload, ProgressRow, json, names, parse, passed};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use weir_capture::writer::{NewInterface, NewPacket, PcapNgWriter, WriteError};
use weir_dissect::BodySink;
use weir_model::{CaptureId, FieldSink, NoSink, PacketRef, Timestamp};

/// Bytes of an anonymised slice, or of one in a zip, at most: it is held back until it was searched.
pub(crate) const HELD: usize = 256 << 20;
/// Bytes of the comments on one packet at most.
const COMMENT: usize = 16 << 10;
/// What a comment of ours begins with, followed by the number: `weir packet A:12`. Of a slice of a slice it is the
/// first capture's, and behind it the number that the packet had on the way: `weir packet A:12 (B:3 in a slice of it)`.
pub(crate) const OURS: &str = "weir packet ";

/// A text that goes with the slice.
#[derive(Clone, Deserialize)]
struct Text {
    name: String,
    text: String,
}

/// What the analyst wrote on a packet.
#[derive(Deserialize)]
struct Note {
    /// `A:12` or a reference.
    packet: String,
    text: String,
}

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    narrowing: Narrowing,
    /// Packets by name or references; none takes what the narrowing leaves.
    #[serde(default)]
    packets: Option<Vec<String>>,
    #[serde(default)]
    with: With,
    #[serde(default)]
    notes: Vec<Note>,
    /// Why these packets: goes into the file.
    #[serde(default)]
    reason: String,
    /// 64 hex digits of the door's randomness.
    #[serde(default)]
    anonymise: Option<String>,
    /// With texts it becomes a zip.
    #[serde(default)]
    texts: Vec<Text>,
}

fn failed(e: WriteError) -> SessionError {
    SessionError::new(ErrorKind::Request, e.0)
}

fn request(message: String) -> SessionError {
    SessionError::new(ErrorKind::Request, message)
}

/// Reads packets, with their fields where they are to be anonymised.
#[derive(Default)]
struct Look {
    describes: bool,
    nothing: Option<NoSink>,
    reading: Reading,
    bytes: Vec<u8>,
    done: Vec<(PacketRef, Vec<u8>, Reading)>,
}

impl Visitor for Look {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.bytes = bytes.to_vec();
        if self.describes {
            (&mut self.reading, None)
        } else {
            (self.nothing.get_or_insert(NoSink), None)
        }
    }
    fn described(&mut self, packet: PacketRef, _: &Session) {
        let (bytes, reading) = (
            std::mem::take(&mut self.bytes),
            std::mem::take(&mut self.reading),
        );
        self.done.push((packet, bytes, reading));
    }
}

/// What is done with the packets.
enum Pass {
    /// What is to be removed is gathered.
    Gather(Gathered),
    Write,
}

struct SliceOp {
    args: Args,
    seed: Option<[u8; 32]>,
    plan: Plan,
    pass: Pass,
    /// Chains still to be read in this pass, last first.
    replays: Option<Vec<Replay<Look>>>,
    anonymiser: Option<Anonymiser>,
    notes: BTreeMap<PacketRef, Vec<String>>,
    writer: Option<PcapNgWriter>,
    interfaces: BTreeMap<(CaptureId, u16), u32>,
    out: Vec<u8>,
    read: u64,
    written: u64,
}

fn seed(text: &str) -> Result<[u8; 32], SessionError> {
    let mut out = [0; 32];
    let pairs = text.as_bytes().chunks(2).map(|p| {
        let digits = std::str::from_utf8(p).ok()?;
        u8::from_str_radix(digits, 16).ok()
    });
    if text.len() != 64 {
        return Err(request(
            "the key to anonymise with has 64 hex digits".to_owned(),
        ));
    }
    for (slot, byte) in out.iter_mut().zip(pairs) {
        *slot =
            byte.ok_or_else(|| request("the key to anonymise with has 64 hex digits".to_owned()))?;
    }
    Ok(out)
}

pub(crate) fn save(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    let seed = args.anonymise.as_deref().map(seed).transpose()?;
    let plan = Plan::new(&args.narrowing, args.packets.clone(), args.with)?;
    Ok(Box::new(SliceOp {
        seed,
        plan,
        pass: match seed {
            Some(_) => Pass::Gather(Gathered::default()),
            None => Pass::Write,
        },
        replays: None,
        anonymiser: None,
        notes: BTreeMap::new(),
        writer: None,
        interfaces: BTreeMap::new(),
        out: Vec::new(),
        read: 0,
        written: 0,
        args,
    }))
}

/// The beginning of a text that fits, with what was cut said.
fn fitting(text: &str) -> String {
    if text.len() <= COMMENT {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(COMMENT);
    format!("{}… (cut)", text.get(..end).unwrap_or_default())
}

impl SliceOp {
    fn replays(&self, session: &Session) -> Vec<Replay<Look>> {
        let describes = self.seed.is_some();
        let mut out: Vec<Replay<Look>> = Vec::new();
        for (n, list) in self.plan.chains() {
            let look = Look {
                describes,
                ..Look::default()
            };
            out.push(if describes {
                Replay::new(session, n, list, false, look)
            } else {
                Replay::alone(session, n, list, look)
            });
        }
        out.reverse();
        out
    }

    /// Notes by packet, once the packets are known.
    fn place_notes(&mut self, session: &Session) -> Result<(), SessionError> {
        for note in std::mem::take(&mut self.args.notes) {
            let named = choose::named(session, std::slice::from_ref(&note.packet))?;
            if let Some(packet) = named.packets(session).next() {
                let texts = self.notes.entry(packet).or_default();
                texts.push(fitting(&note.text));
            }
        }
        Ok(())
    }

    fn anonymous(&mut self, place: &str, text: &str) -> String {
        match &mut self.anonymiser {
            Some(a) => a.text(place, text),
            None => text.to_owned(),
        }
    }

    /// Begins the file: what it is a slice of.
    fn head(&mut self, session: &Session) -> Result<(), SessionError> {
        let count = self.plan.len();
        let packets = if count == 1 { "packet" } else { "packets" };
        let mut says = format!("slice of {count} {packets}");
        if self.seed.is_some() {
            says.push_str(", anonymised; times, lengths and ports are as captured");
        } else {
            for id in self.plan.captures() {
                if let Some(c) = session.capture(id) {
                    let hash = c.sha256.map(|h| format!(", SHA-256 {}", crate::hex(&h)));
                    let hash = hash.unwrap_or_default();
                    says.push_str(&format!("\n{id}: {}{hash}", c.name));
                }
            }
        }
        let filter = self.args.narrowing.filter.trim().to_owned();
        if !filter.is_empty() && self.args.packets.is_none() {
            let filter = self.anonymous("filter", &filter);
            says.push_str(&format!("\nfilter: {filter}"));
        }
        let reason = std::mem::take(&mut self.args.reason);
        if !reason.is_empty() {
            let reason = self.anonymous("reason", &reason);
            says.push_str(&format!("\nreason: {reason}"));
        }
        let application = concat!("Weir ", env!("CARGO_PKG_VERSION"));
        let writer = PcapNgWriter::new(&mut self.out, application, &fitting(&says));
        self.writer = Some(writer.map_err(failed)?);
        Ok(())
    }

    fn interface(
        &mut self,
        session: &Session,
        key: (CaptureId, u16),
    ) -> Result<Option<u32>, SessionError> {
        if let Some(n) = self.interfaces.get(&key) {
            return Ok(Some(*n));
        }
        let (Some(capture), Some(writer)) = (session.capture(key.0), &mut self.writer) else {
            return Ok(None);
        };
        let described = capture.facts.interfaces.get(usize::from(key.1));
        let link = capture.link_type(key.1);
        // Names of interfaces can name machines.
        let named = described.filter(|_| self.seed.is_none());
        let new = NewInterface {
            link_type: u16::try_from(link).unwrap_or(u16::MAX),
            snaplen: described.map_or(0, |i| i.interface.snaplen),
            // Times before 1970 need an interface that begins earlier.
            offset: if capture.facts.earliest.is_some_and(|t| t.0 < 0) {
                i64::MIN / 1_000_000_000
            } else {
                0
            },
            name: named.map_or_else(String::new, |i| i.interface.name.clone()),
            description: String::new(),
        };
        let n = writer.interface(&mut self.out, &new).map_err(failed)?;
        self.interfaces.insert(key, n);
        Ok(Some(n))
    }

    fn write(
        &mut self,
        session: &Session,
        packet: PacketRef,
        bytes: &[u8],
        reading: &Reading,
    ) -> Result<(), SessionError> {
        let Some(entry) = session.entry(packet) else {
            return Ok(());
        };
        // What is no packet has no interface to be written to.
        if entry.record.is_some() {
            return Ok(());
        }
        let key = (packet.capture, entry.interface);
        let Some(interface) = self.interface(session, key)? else {
            return Ok(());
        };
        let name = names::packet(packet);
        let place = format!("packet {name}");
        let mut comment = match was(session, packet) {
            Some(first) => format!("{OURS}{} ({name} in a slice of it)", names::packet(first)),
            None => format!("{OURS}{name}"),
        };
        for text in self.notes.remove(&packet).into_iter().flatten() {
            let text = self.anonymous(&format!("note on {place}"), &text);
            if comment.len() + text.len() < COMMENT * 2 {
                comment.push('\n');
                comment.push_str(&text);
            }
        }
        let new = match &mut self.anonymiser {
            Some(a) => a.packet(&place, bytes, reading),
            None => bytes.to_vec(),
        };
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let new = NewPacket {
            interface,
            // One without a time stands at zero, as other tools write it: the time before it would be a claim.
            time: if entry.untimed {
                Timestamp::default()
            } else {
                entry.time
            },
            wire_len: entry.wire,
            bytes: &new,
            comment: &comment,
        };
        writer.packet(&mut self.out, &new).map_err(failed)?;
        self.written += 1;
        Ok(())
    }

    fn held(&self) -> bool {
        self.seed.is_some() || !self.args.texts.is_empty()
    }

    /// One step of the pass; none when it is through.
    fn pass(
        &mut self,
        cx: &mut Cx<'_>,
        input: &mut Input,
        fuel: u32,
    ) -> Result<Option<Out>, SessionError> {
        if self.replays.is_none() {
            self.replays = Some(self.replays(cx.session));
        }
        let Some(replay) = self.replays.as_mut().and_then(|r| r.last_mut()) else {
            self.replays = None;
            return Ok(None);
        };
        let step = passed(replay.step(cx.session, input, fuel));
        let done = std::mem::take(&mut replay.visitor.done);
        if step.is_none() {
            self.replays.as_mut().and_then(Vec::pop);
        }
        self.read += done.len() as u64;
        for (packet, bytes, mut reading) in done {
            match &mut self.pass {
                Pass::Gather(gathered) => {
                    gathered.take(&bytes, &mut reading).map_err(request)?;
                }
                Pass::Write => self.write(cx.session, packet, &bytes, &reading)?,
            }
        }
        if self.held() && self.out.len() > HELD {
            let most = HELD >> 20;
            return Err(request(format!(
                "the slice is larger than {most} MiB; choose fewer packets"
            )));
        }
        Ok(Some(step.unwrap_or(Out::More)))
    }

    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        if !self.plan.ready() {
            if let Some(out) = self.plan.step(cx, input, fuel)? {
                return Ok(out);
            }
            self.place_notes(cx.session)?;
        }
        // Bytes of packets that were described are held: a step takes few.
        let fuel = if self.seed.is_some() {
            fuel.min(512)
        } else {
            fuel
        };
        if matches!(self.pass, Pass::Gather(_)) {
            if let Some(out) = self.pass(cx, input, fuel)? {
                return Ok(out);
            }
            if let (Pass::Gather(mut gathered), Some(seed)) =
                (std::mem::replace(&mut self.pass, Pass::Write), self.seed)
            {
                for id in self.plan.captures() {
                    if let Some(c) = cx.session.capture(id) {
                        gathered.name(&c.name);
                    }
                }
                let anonymiser = Anonymiser::new(&seed, gathered).map_err(request)?;
                self.anonymiser = Some(anonymiser);
            }
            return Ok(Out::More);
        }
        if self.writer.is_none() {
            self.head(cx.session)?;
        }
        match self.pass(cx, input, fuel)? {
            Some(Out::More) if self.held() => Ok(Out::More),
            Some(Out::More) => Ok(Out::Partial(Payload {
                bytes: Some(std::mem::take(&mut self.out)),
                ..Payload::default()
            })),
            Some(out) => Ok(out),
            None => self.finish().map(Out::Done),
        }
    }

    fn finish(&mut self) -> Result<Payload, SessionError> {
        let mut texts = std::mem::take(&mut self.args.texts);
        for t in &mut texts {
            t.text = self.anonymous(&t.name.clone(), &t.text.clone());
        }
        let outcome: Option<Outcome> = self.anonymiser.take().map(|a| a.outcome);
        let blocked = outcome.as_ref().is_some_and(|o| o.leaked > 0);
        let (name, mime) = if texts.is_empty() {
            ("slice.pcapng", "application/octet-stream")
        } else {
            ("help.zip", "application/zip")
        };
        let mut bytes = std::mem::take(&mut self.out);
        if !texts.is_empty() {
            let mut files = vec![("slice.pcapng".to_owned(), bytes)];
            files.extend(texts.into_iter().map(|t| (t.name, t.text.into_bytes())));
            bytes = stored(&files);
        }
        Ok(Payload {
            value: object!({
                "name": name,
                "mime": mime,
                "packets": self.written,
                "blocked": blocked,
                "anonymised": json(&outcome)?,
            }),
            // Nothing of it leaves the engine while something that was to be removed is in it.
            bytes: (!blocked).then_some(bytes),
            ..Payload::default()
        })
    }
}

impl Op for SliceOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        let passes = if self.seed.is_some() { 2 } else { 1 };
        Some(ProgressRow {
            phase: Phase::Writing,
            done: self.read,
            of: self.plan.len() * passes,
            unit: "packets",
            captures: Vec::new(),
        })
    }
}
