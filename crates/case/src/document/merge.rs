//! Two copies of a case become one, without a server and in any order: commutative, associative and
//! idempotent over documents that operations made. Each item is a register of concurrent edits with
//! the newest counter per author it has seen (a version vector): an edit is dropped only by a copy
//! that had seen it. This holds as long as no two copies write under one author at the same time: the door sees to it.

use super::save::sorted;
use super::{Document, Item, Members, Stamp, Version};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Two documents that are not copies of one case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergeError {
    /// The ids.
    pub ids: [String; 2],
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "these are two different cases ({} and {}); only copies of one case are merged",
            self.ids[0], self.ids[1]
        )
    }
}

impl std::error::Error for MergeError {}

type Dot = (String, u64);

fn dot(stamp: &Stamp) -> Dot {
    (stamp.author.clone(), stamp.counter)
}

impl Item {
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.now).chain(&self.conflicts)
    }

    fn dots(&self) -> BTreeSet<Dot> {
        self.versions().map(|v| dot(&v.stamp)).collect()
    }

    /// The newest counter per author that this state has seen.
    fn seen(&self) -> BTreeMap<String, u64> {
        let mut seen = self.over.clone();
        for v in self.versions() {
            let n = seen.entry(v.stamp.author.clone()).or_default();
            *n = v.stamp.counter.max(*n);
        }
        seen
    }

    fn merge(&self, other: &Self) -> Self {
        let (mine, theirs) = (self.dots(), other.dots());
        let (seen, theirs_seen) = (self.seen(), other.seen());
        // Kept: what both hold, and what the other copy has not seen.
        let kept = |v: &&Version, held: &BTreeSet<Dot>, seen: &BTreeMap<String, u64>| {
            held.contains(&dot(&v.stamp))
                || seen
                    .get(&v.stamp.author)
                    .is_none_or(|n| *n < v.stamp.counter)
        };
        let mut all: Vec<&Version> = self
            .versions()
            .filter(|v| kept(v, &theirs, &theirs_seen))
            .chain(other.versions().filter(|v| kept(v, &mine, &seen)))
            .collect();
        if all.is_empty() {
            // Each says that it replaced the other: no history does that, but nothing is thrown away.
            all = self.versions().chain(other.versions()).collect();
        }
        let mut over = seen;
        for (author, n) in theirs_seen {
            let mine = over.entry(author).or_default();
            *mine = n.max(*mine);
        }
        Self::settled(self.id.clone(), all.into_iter().cloned().collect(), over)
    }

    /// One form for one state: versions in order, without copies; `over` only where it says more.
    fn settled(id: String, mut all: Vec<Version>, mut over: BTreeMap<String, u64>) -> Self {
        all.sort_by(|a, b| b.order(a));
        all.dedup_by(|a, b| a.order(b).is_eq());
        for v in &all {
            if over
                .get(&v.stamp.author)
                .is_some_and(|n| *n <= v.stamp.counter)
            {
                over.remove(&v.stamp.author);
            }
        }
        let mut versions = all.into_iter();
        Self {
            id,
            now: versions.next().unwrap_or_default(),
            conflicts: versions.collect(),
            over,
        }
    }
}

/// Unknown members of both; where they differ, the greater text, so that order does not matter.
fn union(a: &Members, b: &Members) -> Members {
    let mut names: BTreeSet<&String> = a.keys().collect();
    names.extend(b.keys());
    names
        .into_iter()
        .map(|name| {
            let text = |v: &&Value| sorted(v).to_string();
            let value = [a.get(name), b.get(name)]
                .into_iter()
                .flatten()
                .max_by_key(text);
            (name.clone(), value.map(sorted).unwrap_or_default())
        })
        .collect()
}

impl Document {
    /// Joins two copies of a case. Edits that lose stay as conflicts of their item.
    ///
    /// # Errors
    /// The documents are not copies of one case.
    pub fn merge(&self, other: &Self) -> Result<Self, MergeError> {
        if self.id != other.id {
            return Err(MergeError {
                ids: [self.id.clone(), other.id.clone()],
            });
        }
        let mut titles = &self.untitled() | &other.untitled();
        titles.remove("");
        let mut items: BTreeMap<&str, Item> = BTreeMap::new();
        for item in self.items.iter().chain(&other.items) {
            // An item of one side is joined with itself, which gives it its one form.
            let joined = match items.get(item.id.as_str()) {
                Some(mine) => mine.merge(item),
                None => item.merge(item),
            };
            items.insert(&item.id, joined);
        }
        let mut items: Vec<Item> = items.into_values().collect();
        items.sort_by(|a, b| a.now.stamp.cmp(&b.now.stamp).then_with(|| a.id.cmp(&b.id)));
        let mut merged = Self {
            id: self.id.clone(),
            title: String::new(),
            titles,
            items,
            other: union(&self.other, &other.other),
        };
        if merged.title_item().is_some() {
            merged.entitle();
        } else {
            merged.title = merged.titles.pop_last().unwrap_or_default();
        }
        Ok(merged)
    }
}
