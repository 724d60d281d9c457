//! Captures come, go, shift in time and are hashed.

use crate::bodies::Hash;
use crate::error::{ErrorKind, SessionError};
use crate::input::{Input, SourceNo};
use crate::job::Job;
use crate::load::{File, Load};
use crate::ops::reply::{CaptureProgress, ProgressRow};
use crate::ops::{Cx, Op, Out, json, names, once, parse, passed, summary};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_dissect::secrets::Origin;
use weir_model::Duration;

#[derive(Deserialize)]
struct LoadArgs {
    files: Vec<LoadFile>,
    /// Of slices that came with a case: the last letter of its own captures.
    #[serde(default)]
    after: Option<String>,
}

#[derive(Deserialize)]
struct LoadFile {
    source: u32,
    /// The bytes as on disk, where the door keeps them apart; hashes are of these.
    #[serde(default)]
    raw: Option<u32>,
    name: String,
    bytes: u64,
    plain_bytes: u64,
    #[serde(default)]
    compression: Option<String>,
    #[serde(default)]
    broken: Option<String>,
}

struct LoadOp {
    load: Load,
    names: Vec<(String, u64)>,
    /// The fingerprint that the captures were last told with.
    told: String,
}

pub(crate) fn load(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: LoadArgs = parse(args)?;
    let after = match args.after.as_deref().map(str::parse) {
        Some(Err(_)) => {
            return Err(SessionError::new(
                ErrorKind::Request,
                "no such letter of a capture",
            ));
        }
        Some(Ok(last)) => Some(last),
        None => None,
    };
    let names = args
        .files
        .iter()
        .map(|f| (f.name.clone(), f.plain_bytes))
        .collect();
    let files = args
        .files
        .into_iter()
        .map(|f| File {
            source: SourceNo(f.source),
            raw: SourceNo(f.raw.unwrap_or(f.source)),
            name: f.name,
            size: if f.raw.is_some() {
                f.bytes
            } else {
                f.plain_bytes
            },
            plain_size: f.plain_bytes,
            compression: f.compression,
            broken: f.broken,
        })
        .collect();
    Ok(Box::new(LoadOp {
        load: Load::new(files).after(after),
        names,
        told: String::new(),
    }))
}

impl LoadOp {
    /// The captures so far, whenever what results are made from has changed: a page shows their first rows
    /// long before the last.
    fn so_far(&mut self, session: &Session) -> Option<Out> {
        if session.packets() == 0 {
            return None;
        }
        let now = session.fingerprint();
        if now == self.told {
            return None;
        }
        self.told = now;
        self.loaded(session).ok().map(|v| Out::Partial(v.into()))
    }

    fn loaded(&self, session: &Session) -> Result<Value, SessionError> {
        let captures: Vec<_> = self
            .load
            .added
            .iter()
            .filter_map(|id| session.capture(*id))
            .map(|c| summary::capture(session, c))
            .collect();
        let refused: Vec<Value> = self
            .load
            .refused
            .iter()
            .map(|(name, error)| object!({"name": name, "error": error}))
            .collect();
        Ok(object!({
            "captures": json(&captures)?, "refused": refused, "keys": self.load.keys,
        }))
    }
}

impl Op for LoadOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        // One load after the other: they share chains and letters.
        if *cx.loading.get_or_insert(cx.id) != cx.id {
            return Out::More;
        }
        match passed(self.load.step(cx.session, input, fuel)) {
            Some(Out::Failed(e)) => {
                *cx.loading = None;
                Out::Failed(e)
            }
            Some(Out::More) => self.so_far(cx.session).unwrap_or(Out::More),
            Some(out) => out,
            None => {
                *cx.loading = None;
                self.loaded(cx.session).into()
            }
        }
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.load.progress(session)?;
        let mut captures: Vec<CaptureProgress> = self
            .names
            .iter()
            .map(|(name, of_bytes)| CaptureProgress {
                capture: None,
                name: name.clone(),
                bytes: 0,
                of_bytes: *of_bytes,
                packets: 0,
                phase: "waiting",
                error: None,
            })
            .collect();
        for (name, error) in &self.load.refused {
            if let Some(row) = captures
                .iter_mut()
                .find(|r| r.name == *name && r.phase == "waiting")
            {
                row.phase = "refused";
                row.error = Some(error.clone());
            }
        }
        let rows = captures.iter_mut().filter(|r| r.phase == "waiting");
        for (row, id) in rows.zip(&self.load.added) {
            row.capture = Some(id.to_string());
            let Some(c) = session.capture(*id) else {
                continue;
            };
            row.packets = u64::from(c.index.len());
            row.error = summary::stopped(c);
            (row.bytes, row.phase) = match (c.complete, &row.error) {
                (true, None) => (c.plain_size, "done"),
                (complete, Some(_)) => match &c.facts.stopped {
                    Some(stop) => (stop.offset, "stopped"),
                    // Some lines of a log are no rows; the others were read.
                    None if complete => (c.plain_size, "stopped"),
                    None => (c.read_to(), "reading"),
                },
                (false, None) => (c.read_to(), "reading"),
            };
        }
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures,
        })
    }

    fn cancel(&mut self, cx: &mut Cx<'_>) -> Value {
        if *cx.loading != Some(cx.id) {
            return Value::Null;
        }
        self.load.cancel(cx.session);
        self.loaded(cx.session).unwrap_or_default()
    }

    fn unreadable(
        &mut self,
        cx: &mut Cx<'_>,
        source: SourceNo,
        offset: u64,
        reason: &str,
    ) -> Result<(), SessionError> {
        self.load.unreadable(cx.session, source, offset, reason);
        Ok(())
    }

    fn outlives_changes(&self) -> bool {
        true
    }
}

/// What a request does to what is loaded.
type Change = Box<dyn FnOnce(&mut Session) -> Result<Value, SessionError>>;

#[derive(Deserialize)]
struct CaptureArgs {
    capture: String,
    #[serde(default)]
    seconds: Option<String>,
}

/// Changes what is loaded, then reads again what that leaves without facts.
struct Reread {
    change: Option<Change>,
    load: Load,
    answer: Value,
}

fn reread(
    change: impl FnOnce(&mut Session) -> Result<Value, SessionError> + 'static,
) -> Box<dyn Op> {
    Box::new(Reread {
        change: Some(Box::new(change)),
        load: Load::new(Vec::new()),
        answer: Value::Null,
    })
}

impl Op for Reread {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if *cx.loading.get_or_insert(cx.id) != cx.id {
            return Out::More;
        }
        if let Some(change) = self.change.take() {
            match change(cx.session) {
                Ok(answer) => self.answer = answer,
                Err(e) => {
                    *cx.loading = None;
                    return Out::Failed(e);
                }
            }
        }
        match passed(self.load.step(cx.session, input, fuel)) {
            Some(out) => out,
            None => {
                *cx.loading = None;
                Out::Done(std::mem::take(&mut self.answer).into())
            }
        }
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.load.progress(session)?;
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures: Vec::new(),
        })
    }

    fn cancel(&mut self, cx: &mut Cx<'_>) -> Value {
        if *cx.loading == Some(cx.id) {
            self.load.cancel(cx.session);
        }
        std::mem::take(&mut self.answer)
    }

    fn unreadable(
        &mut self,
        cx: &mut Cx<'_>,
        source: SourceNo,
        offset: u64,
        reason: &str,
    ) -> Result<(), SessionError> {
        self.load.unreadable(cx.session, source, offset, reason);
        Ok(())
    }

    fn outlives_changes(&self) -> bool {
        true
    }
}

pub(crate) fn remove(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: CaptureArgs = parse(args)?;
    Ok(reread(move |session| {
        let id = names::find_capture(session, &args.capture)?;
        session.remove(id);
        Ok(object!({"removed": args.capture}))
    }))
}

#[derive(Deserialize)]
struct DecodeAsArgs {
    entries: Vec<DecodeAs>,
}

/// `{"key": "tcp.port", "value": 8081, "protocol": "http"}`.
#[derive(Deserialize)]
struct DecodeAs {
    key: String,
    value: u64,
    protocol: String,
}

/// Ports that carry a protocol because the analyst says so; replaces what was said before.
pub(crate) fn decode_as(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: DecodeAsArgs = parse(args)?;
    let entries = args
        .entries
        .iter()
        .map(|e| crate::decode_as::decode_as(&e.key, e.value, &e.protocol))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| SessionError::new(ErrorKind::Request, why))?;
    Ok(reread(move |session| {
        session.set_decode_as(entries);
        Ok(Value::Null)
    }))
}

pub(crate) fn offset(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: CaptureArgs = parse(args)?;
    Ok(once(move |cx| {
        let set = || {
            let id = names::find_capture(cx.session, &args.capture)?;
            let by = names::read_time(args.seconds.as_deref().unwrap_or("0"))?;
            if let Some(capture) = cx.session.capture_mut(id) {
                capture.offset = Duration(by.0);
            }
            cx.session.generation += 1;
            Ok(object!({"capture": args.capture}))
        };
        let mut set = set;
        set().into()
    }))
}

#[derive(Deserialize)]
struct ForgetKeysArgs {
    /// A key log's name …
    #[serde(default)]
    name: Option<String>,
    /// … or a capture's letter.
    #[serde(default)]
    capture: Option<String>,
}

/// Takes the keys of a source away, and reads again what they opened.
pub(crate) fn forget_keys(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: ForgetKeysArgs = parse(args)?;
    Ok(reread(move |session| {
        let origin = match (args.name, args.capture) {
            (Some(name), _) => Origin::File(name),
            (None, Some(letter)) => Origin::Capture(names::find_capture(session, &letter)?),
            (None, None) => {
                return Err(SessionError::new(
                    ErrorKind::Request,
                    "a key log's name or a capture's letter is needed",
                ));
            }
        };
        if !session.forget_keys(&origin) {
            return Err(SessionError::new(
                ErrorKind::Request,
                "there are no keys of that source",
            ));
        }
        super::keys::keys(session)
    }))
}

struct HashOp(Option<Hash>);

pub(crate) fn hash() -> Box<dyn Op> {
    Box::new(HashOp(None))
}

impl Op for HashOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        let job = self.0.get_or_insert_with(|| Hash::new(cx.session, true));
        passed(job.step(cx.session, input, fuel)).unwrap_or_else(|| Out::Done(Value::Null.into()))
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.0.as_ref()?.progress(session)?;
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures: Vec::new(),
        })
    }
}
