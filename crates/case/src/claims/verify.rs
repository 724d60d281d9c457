//! Every claim of a case or a report, derived again from what is loaded: it holds, it differs, or it cannot be
//! checked, each with what was and what is. Draws no conclusion of its own.

use super::carried::whole;
use super::{Carried, Fate, Known, Letters, Today, Typed, of_item};
use crate::report::{
    self, Cited, Cites, Gather, Material, decision_words, indicator_words, rung_words, visible,
};
use crate::{Document, Item};
use serde::Serialize;
use std::collections::BTreeSet;
use weir_model::{EvidenceRef, ScopeError};

/// Characters of a text that is named in a line.
const SHOWN: usize = 160;
/// Characters of a pin's snapshot, as the page cuts it.
const SNAPSHOT: usize = 240;
/// Digits of a SHA-256 that are named.
const DIGITS: usize = 12;

/// What became of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Derived again, and the same.
    Holds,
    /// Derived again, and not the same.
    Differs,
    /// It cannot be derived from what is loaded.
    Unknown,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What became of it.
    pub state: State,
    /// Where it stands: `note`, `pin`, `decision`, `capture`, `conclusion`, `answer`, `finding`, `report`.
    pub place: String,
    /// Of the case; "" where it is none.
    pub item: String,
    /// The step in which the item is changed; "" where none is.
    pub step: String,
    /// What is claimed.
    pub says: String,
    /// The reference as it is written today; "" where the claim is none.
    pub evidence: String,
    /// What was, where it differs.
    pub was: String,
    /// What is, where it differs.
    pub is: String,
    /// Why it cannot be checked, or what else is to be known.
    pub why: String,
}

/// All claims.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// In the order of captures, items, conclusions.
    pub lines: Vec<Line>,
    /// How many hold.
    pub holds: usize,
    /// How many differ.
    pub differs: usize,
    /// How many cannot be checked.
    pub unknown: usize,
}

/// What is checked.
#[derive(Clone, Debug)]
pub enum Verify {
    /// Everything in a case.
    Case(Box<Document>),
    /// What a report carries.
    Report(Box<Carried>),
}

impl Verify {
    /// Asks the engine for what the claims need.
    ///
    /// # Errors
    /// The scope of the case is not right.
    pub fn gather(&self) -> Result<Gather, ScopeError> {
        Ok(match self {
            Self::Case(case) => Gather::new(case.scope()?)
                .allowing(case)
                .citing(case, Cites::Typed),
            Self::Report(r) => Gather::new(r.scope.clone())
                .allowing(&r.judged())
                .citing_these(r.known(), r.typed(), Cites::Typed),
        })
    }
}

struct Checks<'a> {
    m: &'a Material,
    letters: Letters<'a>,
    lines: Vec<Line>,
}

fn cut(text: &str) -> String {
    let text = visible(&text.replace(['\n', '\t', '\r'], " "));
    let mut out: String = text.trim().chars().take(SHOWN).collect();
    if text.trim().chars().count() > SHOWN {
        out.push('\u{2026}');
    }
    out
}

fn start(sha256: &str) -> String {
    let digits: String = sha256.chars().take(DIGITS).collect();
    format!("{}\u{2026}", visible(&digits))
}

/// The step in which an item of a kind is changed.
fn step_of(item: &Item) -> &'static str {
    match item.now.kind.as_str() {
        "decision" => "report",
        "note" if item.now.text("role") == "summary" => "report",
        "action" | "lesson" => "actions",
        "capture" => "capture",
        "dismissal" | "allow" => "understand",
        "done_when" => "scope",
        _ => "notes",
    }
}

/// What an item says, in a line.
fn words(item: &Item) -> String {
    let v = &item.now;
    let text = match v.kind.as_str() {
        "pin" => v.text("snapshot").to_owned(),
        "decision" => format!("{}: {}", v.text("host"), v.text("reason")),
        "verdict" => format!("{}: {}", v.text("host"), v.text("verdict")),
        "action" => v.text("action").to_owned(),
        _ => ["text", "title", "label", "name", "reason", "comment"]
            .iter()
            .map(|m| v.text(m))
            .find(|t| !t.trim().is_empty())
            .unwrap_or_default()
            .to_owned(),
    };
    cut(&text)
}

/// A claim before it is judged.
fn claim(place: &str, item: Option<&Item>, says: String, evidence: &str) -> Line {
    Line {
        state: State::Unknown,
        place: place.to_owned(),
        item: item.map_or_else(String::new, |i| i.id.clone()),
        step: item.map_or_else(String::new, |i| step_of(i).to_owned()),
        says,
        evidence: evidence.to_owned(),
        was: String::new(),
        is: String::new(),
        why: String::new(),
    }
}

impl Line {
    fn holds(mut self) -> Self {
        self.state = State::Holds;
        self
    }
    fn differs(mut self, was: impl AsRef<str>, is: impl AsRef<str>) -> Self {
        self.state = State::Differs;
        self.was = cut(was.as_ref());
        self.is = cut(is.as_ref());
        self
    }
    fn unknown(mut self, why: impl Into<String>) -> Self {
        self.state = State::Unknown;
        self.why = visible(&why.into());
        self
    }
    fn because(mut self, why: impl Into<String>) -> Self {
        self.why = visible(&why.into());
        self
    }
}

/// What was known of a reference when it was written.
#[derive(Clone, Copy, Default)]
struct Then<'a> {
    /// What the engine said of it.
    fact: &'a str,
    /// SHA-256 of its bytes.
    digest: &'a str,
    /// What the page showed of it.
    snapshot: &'a str,
}

/// Does what the page showed stand in what the engine says now? `None` where it cannot be told.
fn shown(snapshot: &str, cited: &Cited) -> Option<bool> {
    let text = snapshot.trim();
    // A line of a packet's tree, behind the packet's name.
    if let Some((name, line)) = text.split_once(' ')
        && name
            .split_once(':')
            .is_some_and(|(_, n)| n.parse::<u32>().is_ok())
    {
        let room = SNAPSHOT.saturating_sub(name.chars().count() + 1);
        let is = |l: &String| {
            let l: String = l.chars().take(room).collect();
            l.trim_end() == line
        };
        if cited.lines.iter().any(is) {
            return Some(true);
        }
        if !cited.values.is_empty() {
            return Some(false);
        }
    }
    // A row of the packet list: both ends and what it says.
    let (source, rest) = cited.says.split_once(" \u{2192} ")?;
    let (destination, rest) = rest.split_once(' ')?;
    let info = rest.split_once(' ').map_or("", |r| r.1);
    let ends = text.contains(source) && text.contains(destination);
    let head: String = info.chars().take(60).collect();
    (ends && text.contains(head.trim_end())).then_some(true)
}

impl Checks<'_> {
    fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Is a capture what it was?
    fn capture(&mut self, item: Option<&Item>, letter: &str, name: &str, sha256: &str) {
        let says = format!("capture {letter}, {name}, SHA-256 {}", start(sha256));
        let line = claim("capture", item, cut(&says), "");
        let line = if sha256.is_empty() {
            line.unknown("its SHA-256 was not computed")
        } else {
            match self.letters.fate(letter, sha256).1 {
                Fate::Same => line.holds(),
                Fate::Differs { was, is } => line.differs(was, is),
                Fate::Gone { .. } => line.unknown("it is not loaded"),
                Fate::Pending => line.unknown("what is loaded is not hashed yet"),
            }
        };
        self.add(line);
    }

    /// A finding that a reference names.
    fn finding(&self, id: &str) -> Option<bool> {
        let all = self.m.findings.as_ref()?;
        let is = |f: &report::Finding| f.label == id || f.id.starts_with(id);
        Some(!id.is_empty() && all.findings.iter().any(is))
    }

    /// A reference against what the engine says of it now.
    fn reference(&self, line: Line, today: &Today, then: Then<'_>) -> Line {
        if let Ok(EvidenceRef::Finding(id)) = today.written.parse() {
            return match self.finding(&id) {
                Some(true) => line.holds(),
                Some(false) => line.differs(id, "no such finding is made"),
                None => line.unknown("detections did not run"),
            };
        }
        if let Fate::Gone { was } = &today.capture {
            return line.unknown(format!(
                "its capture, SHA-256 {}, is not loaded",
                start(was)
            ));
        }
        let Some(cited) = self.m.cited.get(&today.written) else {
            return line.unknown("it was not looked up");
        };
        let was = if then.fact.is_empty() {
            then.snapshot
        } else {
            then.fact
        };
        match cited.found {
            Some(true) => {}
            Some(false) if was.is_empty() => return line.differs("it was there", &cited.why),
            Some(false) => return line.differs(was, &cited.why),
            None => return line.unknown(cited.why.clone()),
        }
        let replaced = match &today.capture {
            Fate::Differs { was, is } => Some(format!(
                "its capture differs: SHA-256 was {}, is {}",
                start(was),
                start(is)
            )),
            _ => None,
        };
        if !then.digest.is_empty() && !cited.digest.is_empty() {
            if then.digest != cited.digest {
                if was == cited.says {
                    let (was, is) = (start(then.digest), start(&cited.digest));
                    return line
                        .differs(format!("bytes {was}"), format!("bytes {is}"))
                        .because(replaced.unwrap_or_default());
                }
                return line
                    .differs(was, &cited.says)
                    .because(replaced.unwrap_or_default());
            }
            if !then.fact.is_empty() && then.fact != cited.says {
                return line
                    .differs(then.fact, &cited.says)
                    .because("the bytes are the same, they are read otherwise");
            }
            return match replaced {
                Some(why) => line
                    .holds()
                    .because(format!("{why}; what is cited is unchanged in it")),
                None => line.holds(),
            };
        }
        if let Some(why) = replaced {
            return line.unknown(format!(
                "{why}, and what was cited is not known by a digest"
            ));
        }
        if matches!(today.capture, Fate::Pending) {
            return line.unknown("its capture is not hashed yet");
        }
        if !then.fact.is_empty() {
            return if then.fact == cited.says {
                line.holds()
            } else {
                line.differs(then.fact, &cited.says)
            };
        }
        if then.snapshot.is_empty() {
            return line.holds();
        }
        match shown(then.snapshot, cited) {
            Some(true) => line.holds(),
            Some(false) => line.differs(then.snapshot, &cited.says),
            None => line
                .holds()
                .because("it is there; its one-line snapshot was not compared"),
        }
    }

    fn items(&mut self, case: &Document) {
        for item in case.items.iter().filter(|i| !i.now.deleted) {
            let v = &item.now;
            if super::NO_CLAIM.contains(&v.kind.as_str()) {
                continue;
            }
            let place = match v.kind.as_str() {
                "note" if v.text("role") == "summary" => "conclusion",
                kind => kind,
            };
            if v.kind == "capture" {
                let text = |m: &str| v.text(m).to_owned();
                let sha256 = text("sha256").to_ascii_lowercase();
                self.capture(Some(item), &text("capture"), &text("name"), &sha256);
            }
            for typed in of_item(item) {
                let today = self.letters.today(&typed);
                let pinned = v.kind == "pin" && same(&typed.written, v.text("evidence"));
                let then = if pinned {
                    Then {
                        fact: v.text("fact"),
                        digest: v.text("digest"),
                        snapshot: v.text("snapshot"),
                    }
                } else {
                    Then::default()
                };
                let line = claim(place, Some(item), words(item), &today.written);
                let line = self.reference(line, &today, then);
                self.add(line);
            }
            match v.kind.as_str() {
                "decision" if !v.text("decision").is_empty() => self.decision(
                    Some(item),
                    v.text("host"),
                    v.text("rung"),
                    v.text("proposed"),
                ),
                "dismissal" if v.text("state") == "confirmed" => {
                    self.confirmed(Some(item), v.text("finding"), v.text("reason"));
                }
                _ => {}
            }
        }
    }

    /// What a decision stood on.
    fn decision(&mut self, item: Option<&Item>, host: &str, rung: &str, proposed: &str) {
        let both = |rung: &str, proposed: &str| {
            format!("{}, {}", rung_words(rung), decision_words(proposed))
        };
        let says = format!("{host}: {}", both(rung, proposed));
        let line = claim("decision", item, cut(&says), "");
        let Some(decisions) = &self.m.decisions else {
            self.add(line.unknown("nothing could be proposed"));
            return;
        };
        let now = decisions.iter().find(|d| d.host == host);
        let (is_rung, is) = now.map_or(("none", "none"), |d| (&*d.rung, &*d.decision));
        let as_then = |then: &str, now: &str| then.is_empty() || then == now;
        let line = if as_then(rung, is_rung) && as_then(proposed, is) {
            line.holds()
        } else {
            line.differs(both(rung, proposed), both(is_rung, is))
        };
        self.add(line);
    }

    fn confirmed(&mut self, item: Option<&Item>, id: &str, says: &str) {
        let line = claim("finding", item, cut(says), &format!("[[{}]]", cut(id)));
        let line = match self.finding(id) {
            Some(true) => line.holds(),
            Some(false) => line.differs("confirmed", "no such finding is made"),
            None => line.unknown("detections did not run"),
        };
        self.add(line);
    }

    /// Sentences that were drafted and kept: the same draft must come again.
    fn drafted(&mut self, item: Option<&Item>, kept: &[&str], now: &[String]) {
        let all: BTreeSet<&str> = now.iter().map(String::as_str).collect();
        for line in kept {
            let c = claim("conclusion", item, cut(line), "");
            let c = if all.contains(line) {
                c.holds()
            } else {
                let like = now.iter().find(|n| bones(n) == bones(line));
                c.differs(line, like.map_or("no such sentence is drafted now", |l| l))
            };
            self.add(c);
        }
    }

    fn report(&mut self, r: &Carried) {
        for c in &r.captures {
            self.capture(None, &c.capture, &c.name, &c.sha256.to_ascii_lowercase());
        }
        for c in &r.citations {
            let typed = Typed {
                written: c.evidence.clone(),
                item: String::new(),
                sha12: String::new(),
            };
            let today = self.letters.today(&typed);
            let line = claim("report", None, cut(&c.says), &today.written);
            let then = Then {
                fact: &c.says,
                digest: &c.digest,
                snapshot: "",
            };
            let line = self.reference(line, &today, then);
            self.add(line);
        }
        for a in &r.answers {
            let what = format!(
                "{} {}",
                indicator_words(a.indicator.kind),
                a.indicator.value
            );
            let says = format!("{}: {}, {what}", a.host, rung_words(&a.rung));
            let line = claim("answer", None, cut(&says), &a.evidence);
            let Some(answers) = &self.m.answers else {
                self.add(line.unknown("the questions of the scope are not answered"));
                continue;
            };
            let same = |b: &&report::Answer| {
                b.host == a.host && b.indicator == a.indicator && b.direction == a.direction
            };
            // A host can have several answers on one indicator: by rung, window and direction.
            let mut all = answers.answers.iter().filter(same);
            let exact = |b: &report::Answer| {
                b.rung == a.rung && whole(b) == a.files && (b.in_scope && b.in_window) == a.counted
            };
            let line = if all.clone().any(exact) {
                line.holds()
            } else {
                match all.next() {
                    None => line.differs(rung_words(&a.rung), "no such answer"),
                    Some(b) if b.rung == a.rung => line.differs(
                        format!("files {}", a.files.join(", ")),
                        format!("files {}", whole(b).join(", ")),
                    ),
                    Some(b) => line.differs(rung_words(&a.rung), rung_words(&b.rung)),
                }
            };
            self.add(line);
        }
        for d in &r.decisions {
            self.decision(None, &d.host, &d.rung, &d.proposed);
        }
        for f in &r.findings {
            self.confirmed(None, &f.id, &f.title);
        }
    }
}

/// The same reference, however its letter is written.
fn same(a: &str, b: &str) -> bool {
    match (a.parse::<EvidenceRef>(), b.parse::<EvidenceRef>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// A sentence without its numbers and references: what stays when only figures change.
pub(crate) fn bones(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    loop {
        let (before, after) = match rest.split_once("[[") {
            Some((before, after)) => (before, after.split_once("]]").map_or("", |a| a.1)),
            None => (rest, ""),
        };
        for word in before.split_whitespace() {
            let letters = word.chars().any(char::is_alphabetic);
            if letters && !word.chars().any(|c| c.is_ascii_digit()) {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                out.push_str(word.strip_suffix('s').unwrap_or(word));
                out.push(' ');
            }
        }
        if after.is_empty() {
            return out;
        }
        rest = after;
    }
}

/// Checks every claim against what was gathered.
#[must_use]
pub fn verify(of: &Verify, m: &Material) -> Verified {
    let known = match of {
        Verify::Case(case) => Known::of(case),
        Verify::Report(r) => r.known(),
    };
    let mut checks = Checks {
        m,
        letters: known.here(&m.summary),
        lines: Vec::new(),
    };
    match of {
        Verify::Case(case) => {
            checks.items(case);
            let now = report::draft(case, m);
            let notes = case.live("note");
            for n in notes.filter(|n| n.now.text("role") == "summary") {
                let all = report::lines(n.now.text("text"), n.now.text("drafted"));
                let kept = all.filter(|(by, _)| *by == report::By::Weir);
                let kept: Vec<&str> = kept.map(|l| l.1).collect();
                checks.drafted(Some(n), &kept, &now);
            }
        }
        Verify::Report(r) => {
            checks.report(r);
            let now = report::draft(&r.judged(), m);
            // What was pinned is among the citations.
            let kept = r.drafted.iter().filter(|l| !l.starts_with("Pinned: "));
            let kept: Vec<&str> = kept.map(String::as_str).collect();
            checks.drafted(None, &kept, &now);
        }
    }
    let mut lines = checks.lines;
    if m.cited_left > 0 {
        let says = format!("{} more references", m.cited_left);
        let line = claim("report", None, says, "");
        lines.push(line.unknown("more than are looked up at once"));
    }
    for trouble in &m.troubles {
        let line = claim("capture", None, cut(trouble), "");
        lines.push(line.unknown("the engine could not answer"));
    }
    let count = |s: State| lines.iter().filter(|l| l.state == s).count();
    Verified {
        holds: count(State::Holds),
        differs: count(State::Differs),
        unknown: count(State::Unknown),
        lines,
    }
}
