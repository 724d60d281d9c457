//! What the page asks the engine for, asked from the command line: the same rows.

use super::decode::Rule;
use crate::args::{Args, Usage};
use crate::out;
use serde_json::{Value, json};
use std::process::ExitCode;
use weir_cli::Door;
use weir_session::ops::{Engine, State, StepReply};
use weir_session::{Input, Need, SourceNo};

/// A loaded engine with its door.
pub(crate) struct Ask {
    door: Door,
    engine: Engine,
    next: u32,
    /// Something of the input could not be read: exit status 1.
    broken: bool,
}

impl Ask {
    /// Loads the files and hashes them and what they carry.
    pub(crate) fn new(args: &Args) -> Result<Self, Usage> {
        Self::decoding(args, Vec::new())
    }

    /// The same with rules of Decode As beside those of the call.
    pub(crate) fn decoding(args: &Args, rules: Vec<Rule>) -> Result<Self, Usage> {
        let mut ask = Self::loaded(args, rules)?;
        ask.get("hash", json!({}));
        Ok(ask)
    }

    /// Loads the files and hashes nothing.
    pub(crate) fn unhashed(args: &Args) -> Result<Self, Usage> {
        Self::loaded(args, Vec::new())
    }

    fn loaded(args: &Args, mut rules: Vec<Rule>) -> Result<Self, Usage> {
        if args.files.is_empty() {
            return Err(Usage(format!("{} needs a file", args.command)));
        }
        let mut ask = Self {
            door: Door::default(),
            engine: Engine::new(args.seed),
            next: 0,
            broken: false,
        };
        rules.extend(super::decode::rules(args)?);
        if !rules.is_empty() {
            let entries: Vec<Value> = rules.iter().map(Rule::json).collect();
            ask.get("decode_as", json!({ "entries": entries }));
        }
        let mut files = Vec::new();
        for path in args.files.iter().chain(&args.keylogs) {
            let f = ask
                .door
                .open(path)
                .map_err(|e| Usage(format!("{}: {e}", path.display())))?;
            files.push(json!({
                "source": f.source.0, "raw": f.raw.0, "name": f.name, "bytes": f.size, "plain_bytes": f.plain_size,
                "compression": f.compression, "broken": f.broken, "modified_ms": 0,
            }));
        }
        let loaded = ask.get("load", json!({ "files": files }));
        for refused in loaded["refused"].as_array().into_iter().flatten() {
            out::error(&said(&refused["error"]));
            ask.broken = true;
        }
        for path in &args.keylogs {
            let name = path.file_name().map(|n| n.to_string_lossy());
            let mut keys = loaded["keys"].as_array().into_iter().flatten();
            if !keys.any(|k| k.as_str() == name.as_deref()) {
                out::error(&format!("{}: no TLS key log", path.display()));
                ask.broken = true;
            }
        }
        for capture in loaded["captures"].as_array().into_iter().flatten() {
            if !capture["stopped"].is_null() {
                out::error(&format!(
                    "{}: {}",
                    capture["name"].as_str().unwrap_or_default(),
                    said(&capture["stopped"])
                ));
                ask.broken = true;
            }
        }
        Ok(ask)
    }

    /// The payload of an operation; null when it failed, which is said and makes the exit status 1.
    pub(crate) fn get(&mut self, op: &str, args: Value) -> Value {
        self.reply(op, args).map_or(Value::Null, |r| r.payload)
    }

    /// The bytes of an operation that saves something.
    pub(crate) fn bytes(&mut self, op: &str, args: Value) -> Vec<u8> {
        self.next += 1;
        let id = self.next;
        let mut all = Vec::new();
        let mut reply = Box::new(self.engine.call(id, op, args));
        loop {
            all.extend_from_slice(reply.bytes.as_deref().unwrap_or_default());
            match self.turn(id, reply) {
                Ok(next) => reply = next,
                Err(_) => return all,
            }
        }
    }

    /// What an operation that saves something says of it, and its bytes; none when it failed.
    pub(crate) fn saved(&mut self, op: &str, args: Value) -> Option<(Value, Vec<u8>)> {
        self.next += 1;
        let id = self.next;
        let mut all = Vec::new();
        let mut reply = Box::new(self.engine.call(id, op, args));
        loop {
            all.extend_from_slice(reply.bytes.as_deref().unwrap_or_default());
            match self.turn(id, reply) {
                Ok(next) => reply = next,
                Err(last) => return last.map(|last| (last.payload, all)),
            }
        }
    }

    /// The payload of an operation and one of its named buffers.
    pub(crate) fn with_buffer(&mut self, op: &str, args: Value, name: &str) -> (Value, Vec<u8>) {
        let Some(reply) = self.reply(op, args) else {
            return (Value::Null, Vec::new());
        };
        let buffer = reply
            .buffers
            .into_iter()
            .find(|(n, _)| n == name)
            .map(|(_, b)| b);
        (reply.payload, buffer.unwrap_or_default())
    }

    fn reply(&mut self, op: &str, args: Value) -> Option<Box<StepReply>> {
        self.next += 1;
        let id = self.next;
        let mut reply = Box::new(self.engine.call(id, op, args));
        loop {
            match self.turn(id, reply) {
                Ok(next) => reply = next,
                Err(last) => return last,
            }
        }
    }

    /// One more step; `Err` with the last reply at the end, `None` when it failed.
    fn turn(
        &mut self,
        id: u32,
        reply: Box<StepReply>,
    ) -> Result<Box<StepReply>, Option<Box<StepReply>>> {
        match reply.state {
            State::More | State::Partial => {
                Ok(Box::new(self.engine.step(id, self.door.options.fuel)))
            }
            State::Need => {
                for need in &reply.need {
                    let need = Need {
                        source: SourceNo(need.source),
                        start: need.start,
                        end: need.end,
                        sequential: need.sequential,
                    };
                    let mut input = Input::default();
                    match self.door.supply(&need, &mut input) {
                        Ok(()) => self.engine.supply(
                            id,
                            need.source.0,
                            need.start,
                            input.from(need.source, need.start),
                        ),
                        Err(e) => {
                            self.engine
                                .unreadable(id, need.source.0, need.start, &e.to_string())
                        }
                    }
                }
                Ok(Box::new(self.engine.step(id, self.door.options.fuel)))
            }
            State::Done | State::Cancelled => Err(Some(reply)),
            State::Failed => {
                if let Some(error) = &reply.error {
                    out::error(&error.to_string());
                }
                self.broken = true;
                Err(None)
            }
        }
    }

    /// Of what the answers were made from.
    pub(crate) fn fingerprint(&self) -> String {
        self.engine.fingerprint()
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(u8::from(self.broken))
    }
}

fn said(error: &Value) -> String {
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    [text("message"), text("where"), text("kept")]
        .iter()
        .filter(|t| !t.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("; ")
}
