//! Casework's requests: one request of the page is answered by several of the session, as a report is. Knows what is
//! asked for only through [`GatherFacts`].

use serde_json::{Value, json};
use std::collections::BTreeMap;
use weir_case::Document;
use weir_case::casework::{
    GatherFacts, actions, differences, lessons, snapshot, template, watched,
};
use weir_session::ops::{Engine, State, StepReply};
use weir_session::{ErrorKind, SessionError};

struct Gathering {
    gather: GatherFacts,
    document: Document,
    complete: bool,
    /// The session answers one of the requests now.
    asked: bool,
}

/// Requests being put together.
#[derive(Default)]
pub(crate) struct Casework {
    running: BTreeMap<u32, Gathering>,
}

fn wrong(message: impl Into<String>) -> SessionError {
    SessionError::new(ErrorKind::Request, message)
}

fn document(args: &Value) -> Result<Document, SessionError> {
    let value = args.get("document").cloned().unwrap_or_default();
    Document::from_value(value).map_err(|e| wrong(e.message.clone()))
}

impl Gathering {
    fn new(args: &Value) -> Result<Self, SessionError> {
        let document = document(args)?;
        let scope = serde_json::from_value(args.get("scope").cloned().unwrap_or_default())
            .map_err(|e| wrong(format!("the scope is not right: {e}")))?;
        Ok(Self {
            gather: GatherFacts::new(&document, scope),
            document,
            complete: true,
            asked: false,
        })
    }

    fn finish(self, engine: &Engine) -> StepReply {
        let case = self.document;
        let facts = self.gather.finish(self.complete, engine.fingerprint());
        let payload = json!({
            "actions": actions(&case, &facts),
            "lessons": lessons(&case, &facts),
            "passes": differences(&case, &facts),
            "watched": watched(&case, &facts),
            "snapshot": snapshot(&case, &facts),
            "troubles": facts.troubles,
        });
        StepReply::done(payload, None)
    }
}

/// The case as a template: needs no capture.
fn save_template(args: &Value) -> StepReply {
    let case = match document(args) {
        Ok(case) => case,
        Err(e) => return StepReply::failed(e),
    };
    let text = serde_json::to_string_pretty(&template(&case)).unwrap_or_default();
    let named = json!({"name": "template.weir.json", "mime": "application/json"});
    StepReply::done(named, Some(text.into_bytes()))
}

impl Casework {
    /// The first step, when `op` is one of these.
    pub(crate) fn call(
        &mut self,
        engine: &mut Engine,
        id: u32,
        op: &str,
        args: &Value,
    ) -> Option<StepReply> {
        match op {
            "case.template" => Some(save_template(args)),
            "casework" => match Gathering::new(args) {
                Ok(gathering) => {
                    self.running.insert(id, gathering);
                    self.step(engine, id, 1)
                }
                Err(e) => Some(StepReply::failed(e)),
            },
            _ => None,
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

    /// Ended early: nothing of it stands.
    pub(crate) fn cancel(&mut self, id: u32) {
        self.running.remove(&id);
    }
}
