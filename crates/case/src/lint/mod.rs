//! What is checked before a report is sent: is the question answered, does each claim have evidence, each host a
//! decision, are the limits said, is page one short, is anything stale? Judges the document, never the traffic.

mod sentences;

use crate::report::{self, Material, PAGE_ONE_WORDS, references};
use crate::{Document, Item};
use serde::Serialize;
use weir_model::EvidenceRef;

/// How a check went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth a look.
    Warn,
    /// Not there.
    Missing,
}

/// One line of the checks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// How it went.
    pub state: State,
    /// A sentence.
    pub says: String,
    /// The step in which it is put right.
    pub step: Option<&'static str>,
    /// The item of the case that it is about, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

/// Words that no capture can show.
const NEVER: [&str; 2] = ["clean", "safe"];
/// Hosts and notes named in one line.
const NAMED: usize = 3;

struct Lines(Vec<Line>);

impl Lines {
    fn add(&mut self, state: State, says: impl Into<String>, step: &'static str) {
        self.0.push(Line {
            state,
            says: report::visible(&says.into()),
            step: (state != State::Ok).then_some(step),
            item: None,
        });
    }

    /// About one item.
    fn at(&mut self, state: State, says: impl Into<String>, step: &'static str, item: &Item) {
        self.add(state, says, step);
        if let Some(line) = self.0.last_mut() {
            line.item = Some(item.id.clone());
        }
    }
}

/// All checks, in the order of the method.
#[must_use]
pub fn lint(case: &Document, m: &Material) -> Vec<Line> {
    let mut out = Lines(Vec::new());
    goal(case, m, &mut out);
    claims(case, m, &mut out);
    sentences::conclusion(case, m, &mut out);
    sentences::numbers(case, m, &mut out);
    sentences::abbreviations(case, m, &mut out);
    sentences::clickable(case, m, &mut out);
    decisions(case, m, &mut out);
    limits(case, m, &mut out);
    page_one(case, m, &mut out);
    stale(case, m, &mut out);
    words(case, &mut out);
    sentences::marking(case, &mut out);
    out.0
}

fn some(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        left => format!("{} and {left} more", shown.join(", ")),
    }
}

fn goal(case: &Document, m: &Material, out: &mut Lines) {
    if m.scope.question.trim().is_empty() {
        out.add(State::Missing, "the question is not written down", "issue");
    }
    match &m.answers {
        _ if m.summary.captures.is_empty() => {
            out.add(State::Missing, "no capture is loaded", "capture")
        }
        None if m.scope.indicators.is_empty() => {
            out.add(
                State::Missing,
                "the scope names nothing to look for",
                "scope",
            );
        }
        None => out.add(
            State::Missing,
            "the questions of the scope are not answered",
            "scope",
        ),
        Some(_) if m.scope.indicators.is_empty() => {
            out.add(
                State::Missing,
                "the scope names nothing to look for",
                "scope",
            );
        }
        Some(a) => {
            let open: Vec<String> = m
                .scope
                .indicators
                .iter()
                .filter(|i| !a.answers.iter().any(|a| a.indicator == **i))
                .map(|i| i.value.clone())
                .collect();
            if open.is_empty() {
                out.add(
                    State::Ok,
                    format!(
                        "{} answers, one for every host and indicator",
                        a.answers.len()
                    ),
                    "scope",
                );
            } else {
                out.add(
                    State::Missing,
                    format!("no answer for {}", some(&open)),
                    "scope",
                );
            }
        }
    }
    let open: Vec<String> = case
        .live("done_when")
        .filter(|d| !d.now.flag("done"))
        .map(|d| d.now.text("text").to_owned())
        .collect();
    if case.live("done_when").next().is_none() {
        out.add(State::Warn, "nothing says when the work is done", "scope");
    } else if open.is_empty() {
        out.add(
            State::Ok,
            "everything that the goal asks for is done",
            "scope",
        );
    } else {
        out.add(
            State::Warn,
            format!("not done yet: {}", some(&open)),
            "scope",
        );
    }
}

fn claims(case: &Document, m: &Material, out: &mut Lines) {
    let mut bare: Vec<String> = m
        .answers
        .iter()
        .flat_map(|a| &a.answers)
        .filter(|a| a.answer == "seen" && a.evidence.is_empty())
        .map(|a| format!("the answer on {}", a.host))
        .collect();
    let findings = m.findings.iter().flat_map(|f| &f.findings);
    bare.extend(
        findings
            .filter(|f| f.evidence.is_empty())
            .map(|f| f.label.clone()),
    );
    if !bare.is_empty() {
        out.add(
            State::Missing,
            format!("without evidence: {}", some(&bare)),
            "understand",
        );
    }
    let notes: Vec<_> = case
        .live("note")
        .filter(|n| !n.now.text("text").trim().is_empty())
        .collect();
    let mut without = notes
        .iter()
        .filter(|n| references(n.now.text("text")).is_empty());
    let bare = without.clone().count();
    if let Some(first) = without.next() {
        let says = format!("{bare} of {} notes name no evidence", notes.len());
        out.at(State::Warn, says, "notes", first);
    }
    let lost: Vec<String> = case
        .live("pin")
        .map(|p| p.now.text("sha12"))
        .filter(|sha| {
            let loaded =
                |c: &report::Capture| c.sha256.as_deref().is_none_or(|s| s.starts_with(*sha));
            !sha.is_empty() && !m.summary.captures.iter().any(loaded)
        })
        .map(str::to_owned)
        .collect();
    if !lost.is_empty() {
        let says = format!(
            "{} pins point into a capture that is not loaded ({})",
            lost.len(),
            some(&lost)
        );
        out.add(State::Warn, says, "capture");
    }
    let typed = notes.iter().map(|n| n.now.text("text"));
    let mut astray: Vec<String> = typed
        .flat_map(report::references)
        .filter(|r| leads_nowhere(m, r))
        .map(|r| r.to_string())
        .collect();
    for lost in sentences::lost(case, m) {
        if !astray.contains(&lost) {
            astray.push(lost);
        }
    }
    astray.dedup();
    if !astray.is_empty() {
        out.add(
            State::Warn,
            format!("references that lead nowhere: {}", some(&astray)),
            "notes",
        );
    }
    if out
        .0
        .iter()
        .all(|l| !l.says.starts_with("without evidence"))
        && bare == 0
        && lost.is_empty()
        && astray.is_empty()
    {
        out.add(State::Ok, "every claim names its evidence", "notes");
    }
}

/// A packet or a row that the capture of that letter does not have. Of one that is not loaded nothing is known.
fn leads_nowhere(m: &Material, of: &EvidenceRef) -> bool {
    let (letter, number, kind) = match of {
        EvidenceRef::Packets { capture, last, .. } => (capture, last, "packets"),
        EvidenceRef::Field {
            capture, packet, ..
        }
        | EvidenceRef::Bytes {
            capture, packet, ..
        } => (capture, packet, "packets"),
        EvidenceRef::Row { capture, row } => (capture, row, "flow_log"),
        _ => return false,
    };
    let letter = letter.to_string();
    let here = m.summary.captures.iter().find(|c| c.capture == letter);
    here.is_some_and(|c| {
        let held = if c.kind == kind { c.packets } else { 0 };
        m.complete && (*number == 0 || u64::from(*number) > held)
    })
}

fn decisions(case: &Document, m: &Material, out: &mut Lines) {
    let all = report::affected(case, m);
    let of = |keep: fn(&report::Decided) -> bool| -> Vec<String> {
        all.iter()
            .filter(|d| keep(d))
            .map(|d| d.proposed.host.clone())
            .collect()
    };
    let unreasoned = of(|d| d.theirs && d.reason.trim().is_empty());
    if !unreasoned.is_empty() {
        let says = format!(
            "your decision differs from the proposed one without a reason: {}",
            some(&unreasoned)
        );
        out.add(State::Missing, says, "report");
    }
    let without = of(|d| d.decision.is_empty());
    if !without.is_empty() {
        let says = format!(
            "hosts with confirmed findings and no decision: {}",
            some(&without)
        );
        out.add(State::Missing, says, "report");
    }
    let unconfirmed = of(|d| !d.confirmed && !d.decision.is_empty());
    if !unconfirmed.is_empty() {
        let says = format!(
            "not decided yet, the proposed decision stands: {}",
            some(&unconfirmed)
        );
        out.add(State::Warn, says, "report");
    }
    if m.decisions.is_some()
        && unreasoned.is_empty()
        && unconfirmed.is_empty()
        && without.is_empty()
    {
        let says = match all.len() {
            0 => "no host is affected, as far as these captures show".to_owned(),
            n => format!("each of {n} affected hosts has a decision"),
        };
        out.add(State::Ok, says, "report");
    }
    let open = report::open_findings(case, m);
    if open > 0 {
        out.add(
            State::Warn,
            format!("findings not judged yet: {open}"),
            "understand",
        );
    }
}

fn limits(case: &Document, m: &Material, out: &mut Lines) {
    if !m.complete {
        out.add(
            State::Warn,
            "the captures are not read to their end",
            "capture",
        );
    }
    for trouble in &m.troubles {
        out.add(State::Missing, trouble.clone(), "capture");
    }
    let window = m.scope.window;
    if window.from.is_none() && window.to.is_none() {
        out.add(
            State::Warn,
            "the scope names no window, so coverage cannot be said",
            "scope",
        );
    }
    let unplaced: Vec<String> = m
        .summary
        .captures
        .iter()
        .filter(|c| {
            !case.live("capture").any(|i| {
                let same = c.sha256.as_deref() == Some(i.now.text("sha256"))
                    || i.now.text("name") == c.name;
                same && !i.now.text("placement").trim().is_empty()
            })
        })
        .map(|c| c.capture.clone())
        .collect();
    if !unplaced.is_empty() {
        out.add(
            State::Warn,
            format!("where it was taken is not said of {}", some(&unplaced)),
            "capture",
        );
    }
    if m.summary.captures.iter().any(|c| c.sha256.is_none()) {
        out.add(
            State::Warn,
            "a capture\u{2019}s SHA-256 is not computed yet",
            "capture",
        );
    }
    if !m.summary.captures.is_empty() && m.complete {
        let weak = m
            .summary
            .health
            .iter()
            .filter(|h| h.weakens.is_some())
            .count();
        out.add(
            State::Ok,
            format!("the limits are stated: {weak} weaknesses of the captures"),
            "capture",
        );
    }
}

fn page_one(case: &Document, m: &Material, out: &mut Lines) {
    let built = report::build(case, m);
    let (words, wanted) = (built.page_one_words(), built.wanted_words);
    if wanted > PAGE_ONE_WORDS {
        let says = format!(
            "page one would have {wanted} words; {PAGE_ONE_WORDS} is the limit, and what is beyond stands behind it"
        );
        out.add(State::Warn, says, "report");
    } else {
        out.add(State::Ok, format!("page one has {words} words"), "report");
    }
}

fn stale(case: &Document, m: &Material, out: &mut Lines) {
    for d in report::affected(case, m) {
        if let Some((then, now)) = d.stale {
            let words = |code: &str| {
                let rung = report::rung_words(code);
                if rung == code {
                    report::decision_words(code).to_owned()
                } else {
                    rung.to_owned()
                }
            };
            let says = format!(
                "the decision on {} is stale: it was taken on \u{201c}{}\u{201d}, now it is \u{201c}{}\u{201d}",
                d.proposed.host,
                words(&then),
                words(&now)
            );
            out.add(State::Warn, says, "report");
        }
    }
    let gone: Vec<String> = case
        .live("dismissal")
        .filter(|d| {
            m.findings.as_ref().is_some_and(|f| {
                d.now.text("state") == "confirmed"
                    && !f.findings.iter().any(|f| f.id == d.now.text("finding"))
            })
        })
        .map(|d| d.now.text("finding").to_owned())
        .collect();
    if !gone.is_empty() {
        let says = format!(
            "confirmed findings that are no longer found: {}",
            some(&gone)
        );
        out.add(State::Warn, says, "understand");
    }
    let conflicts = case.conflicted().count();
    if conflicts > 0 {
        let says = format!("{conflicts} items hold edits that lost a merge; look at them");
        out.add(State::Warn, says, "notes");
    }
}

/// What the analyst wrote must not claim what a capture cannot show.
fn words(case: &Document, out: &mut Lines) {
    for word in NEVER {
        let said = sentences::typed(case).find(|(_, text)| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|w| w.eq_ignore_ascii_case(word))
        });
        if let Some((item, _)) = said {
            let says =
                format!("something is called \u{201c}{word}\u{201d}: a capture cannot show that");
            out.at(State::Warn, says, "notes", item);
        }
    }
}
