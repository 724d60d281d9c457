//! What a case claims, as references to captured data: where each stands, and which capture it meant. Resolves
//! nothing; the engine says what a reference is.

mod carried;
mod verify;

pub use carried::{CLAIMS, Carried, CarriedError, carried};
pub(crate) use verify::bones;
pub use verify::{Line, State, Verified, Verify, verify};

use crate::{Document, Item};
use serde_json::Value;
use weir_model::{CaptureId, EvidenceRef};

use crate::report::Summary;

/// Kinds whose text claims nothing: what was done, and what was asked.
const NO_CLAIM: [&str; 4] = ["log", "scope", "issue", "looked"];
/// How deep members are looked into.
const DEPTH: usize = 8;

/// A reference as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// `[[B:p12]]`.
    pub written: String,
    /// The item it stands in.
    pub item: String,
    /// Beginning of its capture's SHA-256, where the item says it.
    pub sha12: String,
}

/// Every reference in the live items of a case, in order.
#[must_use]
pub fn typed(case: &Document) -> Vec<Typed> {
    let live = case.items.iter();
    let live = live.filter(|i| !i.now.deleted && !NO_CLAIM.contains(&i.now.kind.as_str()));
    live.flat_map(of_item).collect()
}

/// Every reference in one item.
#[must_use]
pub fn of_item(item: &Item) -> Vec<Typed> {
    let mut texts = Vec::new();
    for (name, value) in &item.now.body {
        // The draft of a text is compared as a whole, not cited from; what a capture says of itself is nobody's claim.
        if name != "drafted" && name != "about" {
            walk(value, DEPTH, &mut texts);
        }
    }
    let mut out: Vec<Typed> = Vec::new();
    for text in texts {
        for r in crate::report::references(text) {
            let typed = Typed {
                written: r.to_string(),
                item: item.id.clone(),
                sha12: item.now.text("sha12").to_ascii_lowercase(),
            };
            if !out.contains(&typed) {
                out.push(typed);
            }
        }
    }
    out
}

fn walk<'a>(value: &'a Value, depth: usize, out: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(all) if depth > 0 => all.iter().for_each(|v| walk(v, depth - 1, out)),
        Value::Object(all) if depth > 0 => all.values().for_each(|v| walk(v, depth - 1, out)),
        _ => {}
    }
}

/// A capture that somebody worked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownCapture {
    /// Its letter then.
    pub letter: String,
    /// Its file name then.
    pub name: String,
    /// Of the file; empty where it was not computed.
    pub sha256: String,
}

/// The captures that references were written for.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Those that held last stand last.
    pub captures: Vec<KnownCapture>,
}

impl Known {
    /// As a case knows them.
    #[must_use]
    pub fn of(case: &Document) -> Self {
        let captures = case.live("capture").map(|i| KnownCapture {
            letter: i.now.text("capture").to_owned(),
            name: i.now.text("name").to_owned(),
            sha256: i.now.text("sha256").to_ascii_lowercase(),
        });
        Self {
            captures: captures.collect(),
        }
    }

    /// The same captures among what is loaded.
    #[must_use]
    pub fn here<'a>(&'a self, summary: &'a Summary) -> Letters<'a> {
        Letters {
            known: self,
            summary,
        }
    }
}

/// Letters of then and of now.
#[derive(Clone, Copy, Debug)]
pub struct Letters<'a> {
    known: &'a Known,
    summary: &'a Summary,
}

/// A reference with the letter that its capture has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// `[[A:p12]]`.
    pub written: String,
    /// What became of its capture.
    pub capture: Fate,
}

/// What became of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Every byte is the same, or nothing is known against it, or none is meant.
    Same,
    /// Another file stands in its place.
    Differs {
        /// SHA-256 then, or its beginning.
        was: String,
        /// SHA-256 now.
        is: String,
    },
    /// No such file is loaded.
    Gone {
        /// SHA-256 then, or its beginning.
        was: String,
    },
    /// The SHA-256 of what is loaded is not computed yet.
    Pending,
}

impl Letters<'_> {
    /// What became of the capture with this letter (and this beginning of a SHA-256, where one is known),
    /// and its letter now.
    #[must_use]
    pub fn fate(&self, letter: &str, sha12: &str) -> (String, Fate) {
        let mut known = self.known.captures.iter().rev();
        let known = if sha12.is_empty() {
            known.find(|c| c.letter == letter)
        } else {
            // Whatever letter it had: a pin says which file it means.
            known.find(|c| c.sha256.starts_with(sha12))
        };
        let was = known.map_or(sha12, |c| &c.sha256);
        let was = if was.is_empty() { sha12 } else { was };
        if was.is_empty() {
            return (letter.to_owned(), Fate::Same);
        }
        let loaded = &self.summary.captures;
        let same = loaded
            .iter()
            .find(|c| c.sha256.as_deref().is_some_and(|s| s.starts_with(was)));
        if let Some(c) = same {
            return (c.capture.clone(), Fate::Same);
        }
        // Of the same name, else at the same letter: what was changed, or put in its place.
        let named = loaded
            .iter()
            .find(|c| known.is_some_and(|k| !k.name.is_empty() && k.name == c.name));
        let here = named.or_else(|| loaded.iter().find(|c| c.capture == letter));
        match here {
            Some(c) => match &c.sha256 {
                Some(is) => {
                    let (was, is) = (was.to_owned(), is.clone());
                    (c.capture.clone(), Fate::Differs { was, is })
                }
                None => (c.capture.clone(), Fate::Pending),
            },
            None => {
                let was = was.to_owned();
                (letter.to_owned(), Fate::Gone { was })
            }
        }
    }

    /// A reference with today's letter.
    #[must_use]
    pub fn today(&self, of: &Typed) -> Today {
        let same = || Today {
            written: of.written.clone(),
            capture: Fate::Same,
        };
        let Ok(mut evidence) = of.written.parse::<EvidenceRef>() else {
            return same();
        };
        let Some(letter) = letter_of(&mut evidence) else {
            return same();
        };
        let (now, capture) = self.fate(&letter.to_string(), &of.sha12);
        if let Ok(now) = now.parse() {
            *letter = now;
        }
        Today {
            written: evidence.to_string(),
            capture,
        }
    }
}

/// The capture that a reference stands in; none where it means all of them.
pub fn letter_of(evidence: &mut EvidenceRef) -> Option<&mut CaptureId> {
    use EvidenceRef as E;
    match evidence {
        E::Packets { capture, .. }
        | E::Field { capture, .. }
        | E::Bytes { capture, .. }
        | E::Row { capture, .. }
        | E::Stream { capture, .. } => Some(capture),
        E::Host(_) | E::File(_) | E::Finding(_) | E::Time(..) | E::Filter(_) => None,
    }
}
