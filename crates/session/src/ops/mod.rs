//! Requests of a page answered one step at a time: many at once, each named by its id.
//! Knows no JavaScript; arguments and results are the page's contract as JSON values.

mod answers;
mod ask;
mod because;
mod captures;
mod cite;
mod community;
mod decisions;
mod details;
pub(crate) mod earlier;
mod files;
mod filters;
mod find;
mod findings;
mod follow;
mod health;
mod hosts;
mod hunt;
mod indicators;
mod keys;
mod names;
mod outliers;
mod reference;
mod reply;
mod rowsink;
mod save;
mod slice;
mod spread;
mod statistics;
mod summary;
mod timeline;
mod trends;
mod view;
mod zip;

pub use answers::AnswerRow;
pub(crate) use earlier::Compared;
pub(crate) use hosts::People;
pub(crate) use names::flow as flow_name;
pub use reply::{CaptureProgress, LimitRow, NeedRow, ProgressRow, State, StepReply};
pub use view::{PART, completeness};

use crate::error::{ErrorKind, SessionError};
use crate::input::{Input, Need, SourceNo};
use crate::job::{Covers, Step};
use crate::session::Session;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// How far a look at what was read is.
fn analysing((done, of): (u64, u64), unit: &'static str) -> ProgressRow {
    ProgressRow {
        phase: crate::job::Phase::Analysing,
        done,
        of,
        unit,
        captures: Vec::new(),
    }
}

/// What one step of an op came to.
pub(crate) enum Out {
    /// Call again.
    More,
    /// Supply these first.
    Need(Vec<Need>),
    /// A result so far.
    Partial(Payload),
    /// The result.
    Done(Payload),
    /// None will come.
    Failed(SessionError),
}

impl From<Result<Value, SessionError>> for Out {
    fn from(r: Result<Value, SessionError>) -> Self {
        match r {
            Ok(value) => Self::Done(value.into()),
            Err(e) => Self::Failed(e),
        }
    }
}

/// A result and the bytes that go with it.
#[derive(Default)]
pub(crate) struct Payload {
    pub(crate) value: Value,
    pub(crate) buffers: Vec<(String, Vec<u8>)>,
    pub(crate) bytes: Option<Vec<u8>>,
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self {
            value,
            ..Self::default()
        }
    }
}

/// What ops work on: the session, and what outlives a request.
pub(crate) struct Cx<'a> {
    pub(crate) session: &'a mut Session,
    pub(crate) views: &'a mut view::Views,
    pub(crate) filters: &'a mut filters::Filters,
    /// The request that loads now.
    pub(crate) loading: &'a mut Option<u32>,
    pub(crate) id: u32,
}

/// One request being answered.
pub(crate) trait Op {
    /// Goes on.
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out;
    /// How far it is.
    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        None
    }
    /// Ended early: what stands so far, where that makes sense.
    fn cancel(&mut self, _: &mut Cx<'_>) -> Value {
        Value::Null
    }
    /// A needed range cannot be read; with an error the op ends.
    fn unreadable(
        &mut self,
        cx: &mut Cx<'_>,
        source: SourceNo,
        offset: u64,
        reason: &str,
    ) -> Result<(), SessionError> {
        let name = cx
            .session
            .loaded()
            .find(|c| c.source == source || c.raw == source)
            .map_or_else(|| "a file".to_owned(), |c| c.name.clone());
        let message = format!("{name} can no longer be read: {reason}");
        Err(SessionError::new(ErrorKind::Gone, message).at(format!("byte {offset} of {name}")))
    }
    /// Does it survive a change of what is loaded?
    fn outlives_changes(&self) -> bool {
        false
    }
}

/// An op that needs one step.
struct Once<F>(Option<F>);

impl<F: FnOnce(&mut Cx<'_>) -> Out> Op for Once<F> {
    fn step(&mut self, cx: &mut Cx<'_>, _: &mut Input, _: u32) -> Out {
        match self.0.take() {
            Some(f) => f(cx),
            None => Out::Done(Payload::default()),
        }
    }
}

pub(crate) fn once<F: FnOnce(&mut Cx<'_>) -> Out + 'static>(f: F) -> Box<dyn Op> {
    Box::new(Once(Some(f)))
}

/// Reads an op's arguments.
pub(crate) fn parse<T: DeserializeOwned>(args: Value) -> Result<T, SessionError> {
    serde_json::from_value(args).map_err(|e| {
        SessionError::new(ErrorKind::Request, format!("the request is not right: {e}"))
    })
}

/// A row as a JSON value.
pub(crate) fn json<T: serde::Serialize>(row: &T) -> Result<Value, SessionError> {
    serde_json::to_value(row).map_err(|e| SessionError::new(ErrorKind::Bug, e.to_string()))
}

struct Running {
    op: Box<dyn Op>,
    input: Input,
    layout: u64,
}

/// A session that answers requests.
pub struct Engine {
    session: Session,
    views: view::Views,
    filters: filters::Filters,
    loading: Option<u32>,
    jobs: BTreeMap<u32, Running>,
}

impl Engine {
    /// Nothing loaded. `seed` keys hash tables.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            session: Session::new(seed),
            views: view::Views::default(),
            filters: filters::Filters::default(),
            loading: None,
            jobs: BTreeMap::new(),
        }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Weir's version.
    #[must_use]
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Packets published so far.
    #[must_use]
    pub fn watermark(&self) -> u64 {
        self.session.packets()
    }

    /// Of what results are made from. While a capture is being read it changes with every doubling, so
    /// that results are asked for again at a cost that stays within twice the last one's.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.session.fingerprint()
    }

    /// Starts request `id`.
    pub fn call(&mut self, id: u32, op: &str, args: Value) -> StepReply {
        match self.build(op, args) {
            Ok(op) => {
                let running = Running {
                    op,
                    input: Input::default(),
                    layout: self.session.layout,
                };
                self.jobs.insert(id, running);
                self.step(id, 1)
            }
            Err(e) => StepReply::failed(e),
        }
    }

    /// Goes on with a request.
    pub fn step(&mut self, id: u32, fuel: u32) -> StepReply {
        let Some(mut running) = self.jobs.remove(&id) else {
            return StepReply::failed(SessionError::new(
                ErrorKind::Gone,
                "there is no such request",
            ));
        };
        if running.layout != self.session.layout && !running.op.outlives_changes() {
            return StepReply::failed(SessionError::new(
                ErrorKind::Gone,
                "the captures changed meanwhile; ask again",
            ));
        }
        let out = running.op.step(
            &mut Cx {
                session: &mut self.session,
                views: &mut self.views,
                filters: &mut self.filters,
                loading: &mut self.loading,
                id,
            },
            &mut running.input,
            fuel,
        );
        running.layout = self.session.layout;
        let progress = running.op.progress(&self.session);
        let (state, payload, need) = match out {
            Out::More => (State::More, Payload::default(), Vec::new()),
            Out::Need(need) => (State::Need, Payload::default(), need),
            Out::Partial(p) => (State::Partial, p, Vec::new()),
            Out::Done(p) => (State::Done, p, Vec::new()),
            Out::Failed(e) => return StepReply::failed(e),
        };
        let mut reply = StepReply::new(state);
        reply.need = need.into_iter().map(Into::into).collect();
        reply.progress = progress;
        reply.payload = payload.value;
        reply.buffers = payload.buffers;
        reply.bytes = payload.bytes;
        if matches!(state, State::Partial | State::Done) {
            reply.covers = Some(self.covers());
            reply.limits = reply::limits(&self.session);
        }
        if state != State::Done {
            self.jobs.insert(id, running);
        }
        reply
    }

    /// Bytes that a request asked for.
    pub fn supply(&mut self, id: u32, source: u32, offset: u64, bytes: impl Into<Vec<u8>>) {
        if let Some(running) = self.jobs.get_mut(&id) {
            running.input.supply(SourceNo(source), offset, bytes);
        }
    }

    /// A range that a request asked for cannot be read. What follows is told by its next step.
    pub fn unreadable(&mut self, id: u32, source: u32, offset: u64, reason: &str) {
        let Some(mut running) = self.jobs.remove(&id) else {
            return;
        };
        let mut cx = Cx {
            session: &mut self.session,
            views: &mut self.views,
            filters: &mut self.filters,
            loading: &mut self.loading,
            id,
        };
        if let Err(e) = running
            .op
            .unreadable(&mut cx, SourceNo(source), offset, reason)
        {
            running.op = once(move |_| Out::Failed(e));
        }
        self.jobs.insert(id, running);
    }

    /// Ends a request; a load keeps what was read.
    pub fn cancel(&mut self, id: u32) -> StepReply {
        let mut reply = StepReply::new(State::Cancelled);
        if let Some(mut running) = self.jobs.remove(&id) {
            reply.payload = running.op.cancel(&mut Cx {
                session: &mut self.session,
                views: &mut self.views,
                filters: &mut self.filters,
                loading: &mut self.loading,
                id,
            });
            if self.loading == Some(id) {
                self.loading = None;
            }
            reply.covers = Some(self.covers());
        }
        reply
    }

    fn covers(&self) -> Covers {
        reply::covers(&self.session)
    }

    fn build(&mut self, op: &str, args: Value) -> Result<Box<dyn Op>, SessionError> {
        match op {
            "load" => captures::load(args),
            "captures.remove" => captures::remove(args),
            "captures.offset" => captures::offset(args),
            "decode_as" => captures::decode_as(args),
            "keys" => Ok(once(|cx| keys::keys(cx.session).into())),
            "keys.forget" => captures::forget_keys(args),
            "hash" => Ok(captures::hash()),
            "statistics.hierarchy" => statistics::hierarchy(args),
            "statistics.conversations" => statistics::conversations(args),
            "statistics.experts" => statistics::experts(args),
            "statistics.responses" => statistics::responses(args),
            "statistics.io" => statistics::io(args),
            "summary" => Ok(once(|cx| summary::summary(cx.session).into())),
            "view" => view::open(args),
            "rows" => view::rows(args),
            "locate" => view::locate(args),
            "find" => find::find(args),
            "reference" => reference::reference(args),
            "packet" => details::packet(args),
            "row" => view::row_card(args),
            "answers" => answers::answers(args),
            "coverage" => answers::coverage(args),
            "decisions" => decisions::decisions(args),
            "findings" => findings::findings(args),
            "because" => because::because(args),
            "cite" => cite::cite(args),
            "earlier" => earlier::earlier(args),
            "baseline" => earlier::baseline(args),
            "compare" => earlier::compare(args),
            "trends" => trends::open(args),
            "checklist" => hunt::checklist(args),
            "ways_in" => hunt::ways_in(args),
            "bridges" => hunt::bridges(args),
            "east_west" => hunt::east_west(args),
            "outliers" => outliers::run(args),
            "seen_once" => Ok(hunt::seen_once()),
            "stack" => hunt::stack(args),
            "stack.columns" => Ok(hunt::stack_columns()),
            "host" => hosts::host(args),
            "suggest" => Ok(hosts::suggest()),
            "indicator.facts" => indicators::facts(args),
            "indicator.strings" => indicators::strings(args),
            "recipe.facts" => hosts::recipe(args),
            "filter.check" => ask::check(args),
            "filter.counts" => ask::counts(args),
            "funnel" => ask::funnel(args),
            "proposals" => ask::proposals(args),
            "timeline" => timeline::timeline(args),
            "file" => files::file(args),
            "file.list" => files::list(args),
            "file.by_hash" => files::by_hash(args),
            "file.save" => files::save(args),
            "spread" => spread::spread(args),
            "spread.save" => spread::save(args),
            "follow" => follow::follow(args),
            "follow.save" => follow::save(args),
            "comments" => slice::comments(args),
            "origins" => slice::origins(args),
            "slice.save" => slice::save(args),
            "slice.size" => slice::size(args),
            "table.save" => save::table(args),
            _ => Err(SessionError::new(
                ErrorKind::Request,
                format!("there is no operation \u{201c}{op}\u{201d}"),
            )),
        }
    }
}

/// A session job's step as an op's, with `done` for the end.
pub(crate) fn passed(step: Step) -> Option<Out> {
    match step {
        Step::More => Some(Out::More),
        Step::Need(n) => Some(Out::Need(n)),
        Step::Failed(e) => Some(Out::Failed(e)),
        Step::Done => None,
    }
}
