//! The case document: items with stamps, tombstones and conflicts. Knows no capture and no clock:
//! ids, counters and wall times are passed in by the door.

mod bodies;
mod came;
mod merge;
mod open;
mod operation;
mod save;
mod scope;
mod title;
mod upgrade;

pub use came::{Came, Line, MAX_LINES, Person, Twin};
pub use merge::MergeError;
pub use open::{MAX_BYTES, MAX_CONFLICTS, MAX_ITEMS, OpenError};
pub use operation::{Change, Operation, OperationError};
pub use title::TITLE;

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The schema this version writes, and the newest it reads.
pub const SCHEMA: u64 = 1;

/// Members as JSON has them; what this version does not know stays in them.
pub type Members = Map<String, Value>;

/// Who made an edit and when, as the door said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Stamp {
    /// Wall time of the edit, RFC 3339 UTC. Orders concurrent edits; nothing else stands on it.
    pub at: String,
    /// Counts its author's operations.
    pub counter: u64,
    /// 128 bits in hex, made once per browser or machine.
    pub author: String,
}

/// What an item holds after one edit.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Version {
    /// The edit.
    pub stamp: Stamp,
    /// `note`, `pin`, `decision` …; unknown kinds are kept.
    pub kind: String,
    /// Round of the method it was made in, from 1.
    pub pass: u64,
    /// The step it was made in.
    pub step: String,
    /// A tombstone.
    pub deleted: bool,
    /// Shape by kind.
    pub body: Members,
    /// Members this version does not know.
    pub other: Members,
}

impl Version {
    /// A text member of the body; "" when absent or of another type.
    #[must_use]
    pub fn text(&self, member: &str) -> &str {
        self.body
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A yes-or-no member of the body.
    #[must_use]
    pub fn flag(&self, member: &str) -> bool {
        self.body
            .get(member)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    }

    /// A number of the body; 0 when absent.
    #[must_use]
    pub fn number(&self, member: &str) -> f64 {
        self.body
            .get(member)
            .and_then(Value::as_f64)
            .unwrap_or_default()
    }
}

/// One item of the case and every concurrent edit of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Item {
    /// 128 bits in hex.
    pub id: String,
    /// The edit that holds.
    pub now: Version,
    /// Concurrent edits that lost, newest first.
    pub conflicts: Vec<Version>,
    /// Per author the counter of the newest edit that this state has seen and replaced.
    pub over: BTreeMap<String, u64>,
}

impl Item {
    /// Does an edit that lost say something else than the one that holds? Two who did the same are of one mind.
    #[must_use]
    pub fn disputed(&self) -> bool {
        let now = &self.now;
        self.conflicts.iter().any(|c| {
            let gone = c.deleted && now.deleted;
            !gone && (c.deleted, &c.kind, &c.body) != (now.deleted, &now.kind, &now.body)
        })
    }
}

/// The case.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document {
    /// 128 bits in hex.
    pub id: String,
    /// As the analyst named it.
    pub title: String,
    /// Other titles that a merge met of copies without a title item.
    pub titles: BTreeSet<String>,
    /// In the order they were made; after a merge in the order of their last edits.
    pub items: Vec<Item>,
    /// Members this version does not know.
    pub other: Members,
}

impl Document {
    /// An empty case.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Live items of a kind, in order.
    pub fn live<'a>(&'a self, kind: &'a str) -> impl DoubleEndedIterator<Item = &'a Item> {
        self.items
            .iter()
            .filter(move |i| i.now.kind == kind && !i.now.deleted)
    }

    /// An item by id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.id == id)
    }

    /// Items with edits that lost a merge and say something else than the one that holds.
    pub fn conflicted(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|i| i.disputed())
    }

    /// The highest round of the method any item was made in, at least 1.
    #[must_use]
    pub fn passes(&self) -> u64 {
        self.items
            .iter()
            .map(|i| i.now.pass)
            .max()
            .unwrap_or(1)
            .max(1)
    }

    /// A neutral name for a file made from this case: `weir-office-lan-0000ca5e.html`. Nothing of the title but
    /// ASCII letters and digits gets into it.
    #[must_use]
    pub fn file_name(&self, ending: &str) -> String {
        let words: Vec<String> = self
            .title
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .take(4)
            .map(|w| w.chars().take(12).collect::<String>().to_ascii_lowercase())
            .collect();
        let id: String = self.id.chars().take(8).collect();
        let parts = ["weir".to_owned(), words.join("-"), id];
        let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        format!("{}.{ending}", parts.join("-"))
    }
}
