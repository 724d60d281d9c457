//! Files in question, the conversation that carried each, and everybody who had the same content.
//! Words no conclusion: who had a file is not who ran it.

mod group;
mod pins;
mod question;
mod save;

pub(crate) use save::save;

use crate::conclude::Merge;
use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::judge::Judging;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, json, parse, passed};
use crate::session::Session;
use question::Question;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use weir_model::CaptureId;

/// Contents that are listed at most; the rest are counted.
const GROUPS: usize = 5_000;
/// Transfers that are listed at most over all contents; the rest are counted.
const TRANSFERS: usize = 20_000;

/// Which files are listed.
#[derive(Deserialize)]
pub(super) struct Args {
    #[serde(default)]
    scope: Option<weir_model::Scope>,
    /// Every file, in question or not.
    #[serde(default)]
    all: bool,
    /// The beginning of a SHA-256: who has this one.
    #[serde(default)]
    hash: String,
    /// References that the analyst pinned.
    #[serde(default)]
    pinned: Vec<String>,
    /// Ids of findings that the analyst confirmed: their files are in question, whatever their severity.
    #[serde(default)]
    confirmed: Vec<String>,
    /// Ids of findings that the analyst dismissed: their files are not in question for them.
    #[serde(default)]
    dismissed: Vec<String>,
}

/// By what a content is in question; what was asked comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Indicator,
    Pinned,
    Finding,
}

/// Why a content is in question.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Why {
    sort: By,
    /// Hostile text inside.
    says: String,
}

/// A host at an end of a transfer.
#[derive(Clone, Serialize)]
pub(super) struct End {
    /// Address at that time.
    host: String,
    name: Option<String>,
    mac: Option<String>,
    /// It fetches for others; or several hosts stand behind it. Empty for most.
    remark: String,
}

/// One transfer of a content.
#[derive(Clone, Serialize)]
pub(super) struct Transfer {
    /// `A:120.0`; of the first part where it came in several.
    id: String,
    /// Its parts, where it is put together of several.
    parts: Vec<String>,
    /// The best name it had there. Hostile text.
    name: Option<String>,
    /// As the client sees it: `received` or `sent`.
    direction: &'static str,
    /// Who gave it.
    from: End,
    /// Who got it.
    to: End,
    protocol: &'static str,
    /// `A:tcp:17`, the conversation that carried it.
    flow: Option<String>,
    transport: &'static str,
    /// `192.0.2.1:80`, who opened that conversation.
    client: String,
    server: String,
    community_id: String,
    /// `A:12`; absent where the request is not in the capture.
    request: Option<String>,
    request_time: Option<String>,
    /// First and last packet with its bytes.
    first: String,
    last: String,
    first_time: String,
    last_time: String,
    size: u64,
    complete: bool,
    /// How much of it is there, in words.
    state: &'static str,
    /// Not hashed yet: others may turn out to have the same.
    pending: bool,
}

/// A host that had the content.
#[derive(Clone, Serialize)]
pub(super) struct Holder {
    #[serde(flatten)]
    end: End,
    /// Transfers in which it got it, and in which it gave it.
    received: u64,
    sent: u64,
    /// It got it, or brought it by itself. A server that only gave it when asked is named, and not counted.
    had: bool,
    /// At least one of them whole.
    complete: bool,
    /// Names it had there, at most [`group::NAMES`]. Hostile text.
    names: Vec<String>,
    first: String,
    last: String,
}

/// One content, by its SHA-256.
#[derive(Clone, Serialize)]
pub(super) struct Content {
    /// Absent while it is pending, and where bytes are missing.
    sha256: Option<String>,
    pending: bool,
    size: u64,
    /// By content.
    content_type: Option<String>,
    /// Names it had anywhere, at most [`group::NAMES`]. Hostile text.
    names: Vec<String>,
    more_names: usize,
    /// At most [`question::REASONS`], what was asked first.
    why: Vec<Why>,
    more_why: usize,
    hosts: Vec<Holder>,
    transfers: Vec<Transfer>,
}

/// What an answer to `spread` holds.
pub(super) struct Spread {
    contents: Vec<Content>,
    /// Contents beyond [`GROUPS`], and transfers beyond [`TRANSFERS`].
    left: (usize, usize),
    /// Pins that were not looked at.
    pins: usize,
    /// Slices of what is loaded too, and how many of their files are counted there and not again.
    slices: Vec<(CaptureId, usize)>,
    /// Files of what is loaded, in question or not.
    files: usize,
    /// Of all files, those that are not hashed yet.
    pending: usize,
}

/// The step machine: parts are put together, findings judged, then all of it is grouped.
pub(super) struct Spreading {
    args: Args,
    merge: Merge,
    judging: Judging,
}

impl Spreading {
    pub(super) fn new(args: Args) -> Self {
        Self {
            args,
            merge: Merge::default(),
            judging: Judging::default(),
        }
    }

    /// Goes on; what came of it when all is known.
    pub(super) fn go(
        &mut self,
        cx: &mut Cx<'_>,
        input: &mut Input,
        fuel: u32,
    ) -> Result<Spread, Out> {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return Err(out);
        }
        // Who asks for one content or for all need not wait for what the detections say of the others.
        let one = !self.args.hash.is_empty();
        let mut found = None;
        if !one && !self.args.all {
            let scope = self.args.scope.as_ref();
            found = self.judging.step(cx.session, scope, fuel);
            if found.is_none() {
                return Err(Out::More);
            }
        }
        let people = cx.session.people();
        let question = Question::new(
            cx.session,
            &people.environment,
            &self.args,
            found.as_deref(),
        );
        Ok(group::spread(
            cx.session,
            &people.environment,
            &self.args,
            &question,
        ))
    }

    pub(super) fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let (done, of) = self.judging.progress();
        if of > 0 {
            return Some(analysing((done, of), "detections"));
        }
        let p = self.merge.progress(session)?;
        Some(analysing((p.done, p.of), p.unit))
    }
}

impl Spread {
    /// Slices as a reply has them.
    fn slices(&self) -> Vec<Value> {
        let one = |s: &(CaptureId, usize)| object!({"capture": s.0.to_string(), "files": s.1});
        self.slices.iter().map(one).collect()
    }
}

struct SpreadOp(Spreading);

/// `spread`.
pub(crate) fn spread(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(SpreadOp(Spreading::new(parse(args)?))))
}

impl Op for SpreadOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        match self.0.go(cx, input, fuel) {
            Ok(found) => json(&found.contents)
                .map(|contents| {
                    object!({
                        "contents": contents,
                        "left": {"contents": found.left.0, "transfers": found.left.1, "pins": found.pins},
                        "slices": found.slices(),
                        "files": found.files,
                        "pending": found.pending,
                    })
                })
                .into(),
            Err(out) => out,
        }
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        self.0.progress(session)
    }
}
