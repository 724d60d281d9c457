//! What a copy brought when it was merged: how many items are new, changed, taken away, in conflict, by whom and
//! when. Counts are of the analyst's items; lines of the action log are counted apart.

use super::{Document, Item, Stamp, Version};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Lines of each list that are given; all are counted.
pub const MAX_LINES: usize = 200;

/// One item of the other copy.
#[derive(Clone, Serialize, PartialEq, Eq, Debug)]
pub struct Line {
    /// The item.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// One line of what it holds, as the analyst or the capture wrote it: shown as text alone.
    pub says: String,
    /// Name of who made the edit that holds; "" where none is known.
    pub by: String,
    /// Wall time of that edit.
    pub at: String,
}

/// Somebody whose edits came.
#[derive(Clone, Serialize, PartialEq, Eq, Debug)]
pub struct Person {
    /// 128 bits in hex.
    pub author: String,
    /// As they named themselves; "" where they did not.
    pub name: String,
    /// Edits of theirs that came.
    pub edits: usize,
    /// Wall time of their newest edit.
    pub last: String,
}

/// Two items of a kind that exists once for each thing: both copies made one.
#[derive(Clone, Serialize, PartialEq, Eq, Debug)]
pub struct Twin {
    /// What both are about, in words: "decision on 192.0.2.7".
    pub about: String,
    /// Ids, the one that counts first.
    pub ids: Vec<String>,
}

/// The difference that a merge made to a copy.
#[derive(Clone, Serialize, PartialEq, Eq, Debug, Default)]
pub struct Came {
    /// Items this copy did not have; at most [`MAX_LINES`], as in the other lists.
    pub new: Vec<Line>,
    /// How many.
    pub of_new: usize,
    /// Items that say something else now.
    pub changed: Vec<Line>,
    /// How many.
    pub of_changed: usize,
    /// Items that the other copy has taken away.
    pub removed: Vec<Line>,
    /// How many.
    pub of_removed: usize,
    /// Items of which two edits stand against each other, and had not before.
    pub conflicts: Vec<Line>,
    /// How many.
    pub of_conflicts: usize,
    /// What both copies made, where there is to be one.
    pub twins: Vec<Twin>,
    /// Lines of the action log.
    pub log: usize,
    /// Who, those with most edits first.
    pub people: Vec<Person>,
    /// The other copy knew nothing that this one does not.
    pub nothing: bool,
}

/// Kinds that Weir writes by itself.
fn is_log(kind: &str) -> bool {
    kind == "log" || kind == "author"
}

/// The thing that an item is about, where its kind has one item for each.
fn about(version: &Version) -> Option<String> {
    let of = |member: &str| version.text(member).to_owned();
    Some(match version.kind.as_str() {
        "issue" => "the issue".to_owned(),
        "scope" => match version.text("entry") {
            "goal" => "the goal".to_owned(),
            "now" => "the case's present time".to_owned(),
            "window" => "the time window".to_owned(),
            "applications" => "our own programs".to_owned(),
            _ => return None,
        },
        "note" if version.text("role") == "summary" => "the conclusion".to_owned(),
        "layout" => "the parts of the report".to_owned(),
        "marking" => "the marking".to_owned(),
        "decision" => format!("the decision on {}", of("host")),
        "verdict" => format!("the verdict on {}", of("host")),
        "dismissal" => format!("the judgement of {}", of("finding")),
        "lesson" => format!("the lesson \u{201c}{}\u{201d}", of("heading")),
        _ => return None,
    })
}

impl Version {
    /// One line of what it holds: the first member that says something.
    #[must_use]
    pub fn says(&self) -> String {
        const TELLING: [&str; 13] = [
            "text",
            "sentence",
            "evidence",
            "value",
            "action",
            "decision",
            "verdict",
            "name",
            "filter",
            "finding",
            "what",
            "line",
            "typed_from",
        ];
        let said = TELLING.iter().map(|m| self.text(m).trim());
        let said = said.filter(|t| !t.is_empty()).take(1).collect::<String>();
        let host = self.text("host");
        let line = said.lines().next().unwrap_or_default();
        let mut out: String = line.chars().take(160).collect();
        if out.len() < said.len() {
            out.push('…');
        }
        if !host.is_empty() && self.kind != "allow" {
            out = format!("{host}: {out}");
        }
        out
    }
}

impl Document {
    /// Names that authors gave themselves.
    #[must_use]
    pub fn names(&self) -> BTreeMap<&str, &str> {
        self.live("author")
            .map(|i| (i.now.text("author"), i.now.text("name")))
            .collect()
    }

    /// Live items of one thing that ought to be one: copies that had none each made their own.
    #[must_use]
    pub fn twins(&self) -> Vec<Twin> {
        let mut by: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        for item in self.items.iter().filter(|i| !i.now.deleted) {
            if let Some(about) = about(&item.now) {
                by.entry(about).or_default().push(item);
            }
        }
        let several = by.into_iter().filter(|(_, items)| items.len() > 1);
        several
            .map(|(about, items)| Twin {
                about,
                // The last one counts, wherever there is to be one.
                ids: items.iter().rev().map(|i| i.id.clone()).collect(),
            })
            .collect()
    }

    /// What `merged`, which another copy has been merged into, has beyond this one.
    #[must_use]
    pub fn came(&self, merged: &Self) -> Came {
        let mut out = Came {
            nothing: true,
            ..Came::default()
        };
        let mine: BTreeMap<&str, &Item> = self.items.iter().map(|i| (i.id.as_str(), i)).collect();
        let names = merged.names();
        let mut people: BTreeMap<&str, Person> = BTreeMap::new();
        for item in &merged.items {
            let before = mine.get(item.id.as_str());
            let held: BTreeSet<&Stamp> = before
                .iter()
                .flat_map(|i| i.versions().map(|v| &v.stamp))
                .collect();
            let came = |v: &&Version| !held.contains(&v.stamp);
            let mut any = false;
            for version in item.versions().filter(came) {
                any = true;
                let stamp = &version.stamp;
                let name = names
                    .get(stamp.author.as_str())
                    .copied()
                    .unwrap_or_default();
                let person = people.entry(&stamp.author).or_insert_with(|| Person {
                    author: stamp.author.clone(),
                    name: name.to_owned(),
                    edits: 0,
                    last: String::new(),
                });
                person.edits += 1;
                if person.last < stamp.at {
                    person.last.clone_from(&stamp.at);
                }
            }
            let settled = before.is_some_and(|b| b.conflicts.len() > item.conflicts.len());
            out.nothing &= !any && !settled;
            if is_log(&item.now.kind) {
                out.log += usize::from(any && before.is_none());
                continue;
            }
            let (list, of) = if any && item.disputed() {
                (&mut out.conflicts, &mut out.of_conflicts)
            } else if !any && !settled {
                continue;
            } else if item.now.deleted {
                if before.is_none_or(|b| b.now.deleted) {
                    continue;
                }
                (&mut out.removed, &mut out.of_removed)
            } else if before.is_none() {
                (&mut out.new, &mut out.of_new)
            } else {
                (&mut out.changed, &mut out.of_changed)
            };
            *of += 1;
            if list.len() < MAX_LINES {
                let by = names.get(item.now.stamp.author.as_str()).copied();
                list.push(Line {
                    id: item.id.clone(),
                    kind: item.now.kind.clone(),
                    says: item.now.says(),
                    by: by.unwrap_or_default().to_owned(),
                    at: item.now.stamp.at.clone(),
                });
            }
        }
        let before: BTreeSet<String> = self.twins().into_iter().map(|t| t.about).collect();
        out.twins = merged.twins();
        out.twins.retain(|t| !before.contains(&t.about));
        out.people = people.into_values().collect();
        out.people
            .sort_by(|a, b| b.edits.cmp(&a.edits).then_with(|| a.author.cmp(&b.author)));
        out
    }
}
