//! The requests of report and exports: one request of the page is answered by several of the session, one after the other
//! under the same id. Knows what they ask for only through [`Gather`] and [`exports::Gather`].

use serde_json::{Value, json};
use std::collections::BTreeMap;
use weir_case::claims::{Verify, verify};
use weir_case::exports::{self, Options};
use weir_case::report::{Cites, Format, Gather, Marking, Material, draft, inputs, write};
use weir_case::{Document, lint, map};
use weir_session::ops::{Engine, State, StepReply};
use weir_session::{ErrorKind, SessionError};

/// What is made of what was gathered.
enum Wanted {
    Report(Format),
    Checks,
    /// Nodes and edges of what was found.
    Map,
    Draft,
    Claims,
    Exports(Options),
}

/// Who asks for what is wanted.
enum Asking {
    Report(Gather),
    Exports(exports::Gather),
}

impl Asking {
    fn ask(&self) -> Option<(&'static str, Value)> {
        match self {
            Self::Report(g) => g.ask(),
            Self::Exports(g) => g.ask(),
        }
    }

    fn take(&mut self, payload: Value) {
        match self {
            Self::Report(g) => g.take(payload),
            Self::Exports(g) => g.take(payload),
        }
    }

    fn fail(&mut self, reason: &str) {
        match self {
            Self::Report(g) => g.fail(reason),
            Self::Exports(g) => g.fail(reason),
        }
    }
}

struct Gathering {
    gather: Asking,
    document: Document,
    wanted: Wanted,
    build: String,
    complete: bool,
    /// The session answers one of the requests now.
    asked: bool,
}

/// Reports being put together.
#[derive(Default)]
pub(crate) struct Reports {
    running: BTreeMap<u32, Gathering>,
}

fn wrong(message: impl Into<String>) -> SessionError {
    SessionError::new(ErrorKind::Request, message)
}

impl Wanted {
    /// A report that carries its claims has to know what all of its references say.
    fn cites(&self) -> Cites {
        match self {
            Self::Report(Format::Html | Format::Json) => Cites::All,
            Self::Report(Format::Markdown)
            | Self::Checks
            | Self::Draft
            | Self::Claims
            | Self::Map
            | Self::Exports(_) => Cites::Typed,
        }
    }
}

/// How exports are made, as the page and the case say.
fn options(args: &Value, case: &Document) -> Result<Options, SessionError> {
    let of = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default();
    let at = of("at").parse();
    Ok(Options {
        at: at.map_err(|_| wrong("when it is made is no time"))?,
        marking: Marking::of(case),
        unconfirmed: args
            .get("unconfirmed")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
    })
}

impl Gathering {
    fn new(op: &str, args: &Value) -> Result<Self, SessionError> {
        let of = |name: &str| args.get(name).cloned().unwrap_or_default();
        let document =
            Document::from_value(of("document")).map_err(|e| wrong(e.message.clone()))?;
        let wanted = match op {
            "report.lint" => Wanted::Checks,
            "map.build" => Wanted::Map,
            "report.draft" => Wanted::Draft,
            "verify" => Wanted::Claims,
            "export" => Wanted::Exports(options(args, &document)?),
            _ => Wanted::Report(
                of("format")
                    .as_str()
                    .and_then(Format::named)
                    .ok_or_else(|| wrong("a report is html, md or json"))?,
            ),
        };
        let scope = serde_json::from_value(of("scope"))
            .map_err(|e| wrong(format!("the scope is not right: {e}")))?;
        let gather = match wanted {
            Wanted::Exports(_) => Asking::Exports(exports::Gather::new(&document, scope, true)),
            _ => {
                let mut gather = Gather::new(scope).allowing(&document);
                if matches!(wanted, Wanted::Report(_)) {
                    gather = gather.spreading(&document);
                }
                Asking::Report(gather.citing(&document, wanted.cites()))
            }
        };
        Ok(Self {
            gather,
            document,
            wanted,
            build: of("build").as_str().unwrap_or_default().to_owned(),
            complete: true,
            asked: false,
        })
    }

    fn finish(self, engine: &Engine) -> StepReply {
        let (print, version) = (engine.fingerprint(), engine.version());
        let (material, facts): (Material, _) = match self.gather {
            Asking::Report(g) => (
                g.finish(self.complete, print, version, &self.build),
                exports::Facts::default(),
            ),
            Asking::Exports(g) => g.finish(self.complete, print, version, &self.build),
        };
        match self.wanted {
            Wanted::Exports(options) => {
                let all = exports::export(&self.document, &material, &facts, options, exports::ALL);
                StepReply::done(json!(all), None)
            }
            Wanted::Checks => {
                let lines = lint::lint(&self.document, &material);
                StepReply::done(json!({ "lines": lines }), None)
            }
            Wanted::Map => {
                let built = map::build(&self.document, &material);
                StepReply::done(map::proposed(&built), None)
            }
            Wanted::Draft => {
                let lines = draft(&self.document, &material);
                let inputs = inputs(&self.document, &material);
                StepReply::done(json!({ "lines": lines, "inputs": inputs }), None)
            }
            Wanted::Claims => {
                let all = verify(&Verify::Case(Box::new(self.document)), &material);
                StepReply::done(serde_json::to_value(&all).unwrap_or_default(), None)
            }
            Wanted::Report(format) => {
                let named = json!({
                    "name": format!("report.{}", format.ending()),
                    "mime": format.mime(),
                });
                let text = write(&self.document, &material, format);
                StepReply::done(named, Some(text.into_bytes()))
            }
        }
    }
}

impl Reports {
    /// The first step, when `op` is one of these.
    pub(crate) fn call(
        &mut self,
        engine: &mut Engine,
        id: u32,
        op: &str,
        args: &Value,
    ) -> Option<StepReply> {
        let own = [
            "report",
            "report.lint",
            "report.draft",
            "map.build",
            "verify",
            "export",
        ];
        if !own.contains(&op) {
            return None;
        }
        match Gathering::new(op, args) {
            Ok(gathering) => {
                self.running.insert(id, gathering);
                self.step(engine, id, 1)
            }
            Err(e) => Some(StepReply::failed(e)),
        }
    }

    /// Goes on, when `id` is one of these. A step answers one request of the session at most.
    pub(crate) fn step(&mut self, engine: &mut Engine, id: u32, fuel: u32) -> Option<StepReply> {
        let mut at = self.running.remove(&id)?;
        let Some((op, args)) = at.gather.ask() else {
            return Some(at.finish(engine));
        };
        let mut reply = if at.asked {
            engine.step(id, fuel)
        } else {
            engine.call(id, op, args)
        };
        at.asked = true;
        match reply.state {
            State::Done => {
                at.complete &= reply.covers.as_ref().is_none_or(|c| c.complete);
                at.gather.take(std::mem::take(&mut reply.payload));
                at.asked = false;
            }
            State::Failed | State::Cancelled => {
                let why = reply.error.take();
                at.gather
                    .fail(why.as_ref().map_or("it was ended", |e| &e.message));
                at.asked = false;
            }
            State::More | State::Need | State::Partial => {}
        }
        if reply.state != State::Need {
            reply.state = State::More;
        }
        reply.payload = Value::Null;
        reply.bytes = None;
        reply.buffers.clear();
        self.running.insert(id, at);
        Some(reply)
    }

    /// Ended early: nothing of it stands. The session's own request is ended by the engine.
    pub(crate) fn cancel(&mut self, id: u32) {
        self.running.remove(&id);
    }
}
