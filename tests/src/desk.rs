//! A door in memory: the engine answers requests over files that are byte vectors. Runs natively and in
//! wasm alike, so that both can be asked the same and must answer the same.

use serde_json::{Value, json};
use std::fmt::Write as _;
use weir_capture::compression::{Decoder, Fed};
use weir_capture::{Container, SNIFF_LEN, sniff};
use weir_session::ops::{Engine, State, StepReply};

/// Where a file's bytes come from.
pub trait Bytes {
    /// Bytes in all.
    fn len(&self) -> u64;
    /// No byte?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// `start..end`.
    fn read(&self, start: u64, end: u64) -> Vec<u8>;
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        Vec::len(self) as u64
    }
    fn read(&self, start: u64, end: u64) -> Vec<u8> {
        let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        self.get(at(start)..at(end).min(Vec::len(self)))
            .unwrap_or_default()
            .to_vec()
    }
}

/// The engine with its files.
pub struct Desk {
    /// The engine.
    pub engine: Engine,
    files: Vec<Box<dyn Bytes>>,
    /// Bytes supplied at a time to what reads in order.
    pub piece: u64,
    /// Fuel of a step.
    pub fuel: u32,
    /// Bytes supplied so far.
    pub read: u64,
    next: u32,
}

impl Desk {
    /// Nothing loaded.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            engine: Engine::new(seed),
            files: Vec::new(),
            piece: 8 << 20,
            fuel: 1 << 16,
            read: 0,
            next: 0,
        }
    }

    /// Puts a file on the desk; its argument for `load`.
    pub fn file(&mut self, name: &str, bytes: impl Bytes + 'static) -> Value {
        let (source, len) = (self.files.len(), bytes.len());
        self.files.push(Box::new(bytes));
        json!({"source": source, "name": name, "bytes": len, "plain_bytes": len,
               "compression": null, "modified_ms": 0})
    }

    /// A desk with these captures loaded and everything hashed.
    #[must_use]
    pub fn with(seed: u64, files: &[(&str, Vec<u8>)]) -> Self {
        let mut desk = Self::new(seed);
        desk.load(files);
        desk
    }

    /// Loads and hashes.
    pub fn load(&mut self, files: &[(&str, Vec<u8>)]) -> Value {
        let files: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| self.file(name, bytes.clone()))
            .collect();
        let loaded = self.ask("load", json!({ "files": files }));
        self.ask("hash", json!({}));
        loaded
    }

    /// Starts a request: its id and the first reply.
    pub fn begin(&mut self, op: &str, args: Value) -> (u32, StepReply) {
        self.next += 1;
        (self.next, self.engine.call(self.next, op, args))
    }

    /// Supplies what a reply needs and steps once.
    pub fn step(&mut self, id: u32, last: &StepReply) -> StepReply {
        for need in &last.need {
            let end = if need.sequential {
                need.end.min(need.start.saturating_add(self.piece))
            } else {
                need.end
            };
            let file = self.files.get(need.source as usize);
            let bytes = file.map(|f| f.read(need.start, end)).unwrap_or_default();
            self.read += bytes.len() as u64;
            self.engine.supply(id, need.source, need.start, bytes);
        }
        self.engine.step(id, self.fuel)
    }

    /// Asks and waits: the last reply, with every piece of bytes joined.
    pub fn reply(&mut self, op: &str, args: Value) -> StepReply {
        let (id, mut reply) = self.begin(op, args);
        let mut bytes: Option<Vec<u8>> = None;
        loop {
            if let Some(piece) = reply.bytes.take() {
                bytes.get_or_insert_default().extend(piece);
            }
            if matches!(reply.state, State::Done | State::Failed | State::Cancelled) {
                reply.bytes = bytes;
                return reply;
            }
            reply = self.step(id, &reply);
        }
    }

    /// Asks and waits for the payload; an error as `{"error": …}`.
    pub fn ask(&mut self, op: &str, args: Value) -> Value {
        let reply = self.reply(op, args);
        match reply.error {
            Some(e) => json!({"error": e.to_string()}),
            None => reply.payload,
        }
    }

    /// Every row of a table as text, one line a row.
    pub fn table(&mut self, args: Value) -> String {
        let view = self.ask("view", args);
        let Some(number) = view.get("view") else {
            return view.to_string();
        };
        let reply = self.reply("table.save", json!({"view": number, "as": "csv"}));
        String::from_utf8(reply.bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// Everything that can be said of what is loaded, in named parts. Capture names and places are left
    /// out of it when `joined`: what is left must not depend on where files were cut.
    pub fn dump(&mut self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let mut summary = self.ask("summary", json!({}));
        if let Some(captures) = summary.get_mut("captures").and_then(Value::as_array_mut) {
            captures.iter_mut().for_each(|c| {
                c.as_object_mut().map(|c| c.remove("name"));
            });
        }
        out.push(("summary", pretty(&summary)));
        for table in ["flows", "messages", "files", "hosts", "packets"] {
            let rows = self.table(json!({ "table": table }));
            out.push((table, rows));
        }
        out.push(("details", self.details()));
        out
    }

    fn details(&mut self) -> String {
        let captures = self.ask("summary", json!({}));
        let mut out = String::new();
        for capture in captures["captures"].as_array().into_iter().flatten() {
            let letter = capture["capture"].as_str().unwrap_or("A");
            for n in 1..=capture["packets"].as_u64().unwrap_or(0) {
                let reply = self.reply("packet", json!({"packet": format!("{letter}:{n}")}));
                let _ = writeln!(out, "{}", reply.payload);
                for (place, bytes) in &reply.buffers {
                    let _ = writeln!(out, "{place} {} bytes", bytes.len());
                }
            }
        }
        out
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// SHA-256 of every part, one line each.
#[must_use]
pub fn digest(dump: &[(&'static str, String)]) -> String {
    use sha2::Digest as _;
    dump.iter().fold(String::new(), |mut out, (name, text)| {
        let hash = sha2::Sha256::digest(text.as_bytes());
        let _ = write!(out, "{name}={};", weir_session::hex(&hash));
        out
    })
}

/// The sample capture.
#[must_use]
pub fn sample() -> Vec<u8> {
    use crate::golden::write::{Twin, build};
    let case = build(1, Twin::None, true);
    case.files
        .into_iter()
        .find(|(name, _)| name == "sample.pcap")
        .map(|(_, bytes)| bytes)
        .unwrap_or_default()
}

/// A file as the door gives it to the session: unpacked where it is packed.
#[must_use]
pub fn unpacked(file: Vec<u8>) -> Vec<u8> {
    let Ok(Container::Compressed(kind)) = sniff(file.get(..SNIFF_LEN).unwrap_or(&file)) else {
        return file;
    };
    let (mut decoder, mut rest, mut out) = (Decoder::new(kind), file.as_slice(), Vec::new());
    decoder.finish();
    while decoder.feed(&mut rest, &mut out) == Fed::More {}
    out
}

/// The parts of a capture's dump, each with its SHA-256, one a line: what every build must agree on.
#[must_use]
pub fn digest_of(name: &str, file: Vec<u8>) -> String {
    use sha2::{Digest, Sha256};
    let mut desk = Desk::with(1, &[(name, unpacked(file))]);
    let mut out = String::new();
    for (name, text) in desk.dump() {
        let _ = writeln!(
            out,
            "{name} {}",
            weir_session::hex(&Sha256::digest(text.as_bytes()))
        );
    }
    out
}

/// [`digest_of`] the sample.
#[must_use]
pub fn digest_of_sample() -> String {
    digest_of("sample.pcap", sample())
}

/// [`digest_of_sample`] as committed: natively and in wasm alike.
pub const SAMPLE_DIGEST: &str = include_str!("../golden/sample.digest");
