//! A change of the case is an operation; each gives back the operation that undoes it.

use super::{Document, Item, Members, Stamp, Version};
use serde_json::Value;
use std::fmt;

/// What is done to one item.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// A new item.
    Add {
        /// `note`, `pin` …
        kind: String,
        /// Round of the method.
        pass: u64,
        /// The step it is made in.
        step: String,
        /// Shape by kind.
        body: Members,
    },
    /// Sets members of the body; `null` takes one out.
    Edit(Members),
    /// Makes it a tombstone, or live again.
    Delete(bool),
    /// Forgets the edits that lost: the one that holds was chosen.
    Settle,
    /// Puts back edits that [`Change::Settle`] forgot. They are edits of this author now, made after the one that
    /// holds, and take as many further counters of its stamp: under their own a copy that has seen the settling
    /// would drop them again.
    Unsettle(Vec<Version>),
}

/// One change by one author.
#[derive(Clone, PartialEq, Debug)]
pub struct Operation {
    /// The item.
    pub item: String,
    /// Who and when, as the door said.
    pub stamp: Stamp,
    /// What.
    pub change: Change,
}

/// An operation that cannot be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperationError {
    /// The id of a new item is taken.
    Exists,
    /// No item has this id.
    Missing,
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exists => "an item with this id is there already",
            Self::Missing => "no item has this id",
        })
    }
}

impl std::error::Error for OperationError {}

impl Item {
    /// The state has seen and replaced this edit.
    fn replaced(&mut self, stamp: &Stamp) {
        let seen = self.over.entry(stamp.author.clone()).or_default();
        *seen = stamp.counter.max(*seen);
    }
}

impl Document {
    /// Does an operation; gives the change that undoes it.
    ///
    /// # Errors
    /// The item is there already, or is not there.
    pub fn apply(&mut self, operation: Operation) -> Result<Change, OperationError> {
        let Operation {
            item,
            stamp,
            change,
        } = operation;
        let at = self.items.iter().position(|i| i.id == item);
        if let Change::Add {
            kind,
            pass,
            step,
            body,
        } = change
        {
            if at.is_some() {
                return Err(OperationError::Exists);
            }
            let now = Version {
                stamp,
                kind,
                pass,
                step,
                body,
                ..Version::default()
            };
            self.items.push(Item {
                id: item,
                now,
                ..Item::default()
            });
            self.entitle();
            return Ok(Change::Delete(true));
        }
        let item = at
            .and_then(|n| self.items.get_mut(n))
            .ok_or(OperationError::Missing)?;
        let before = std::mem::replace(&mut item.now.stamp, stamp);
        if before.author != item.now.stamp.author {
            item.replaced(&before);
        }
        let back = match change {
            Change::Add { .. } => Change::Settle,
            Change::Edit(members) => {
                let mut back = Members::new();
                for (name, value) in members {
                    let old = if value.is_null() {
                        item.now.body.shift_remove(&name)
                    } else {
                        item.now.body.insert(name.clone(), value)
                    };
                    back.insert(name, old.unwrap_or(Value::Null));
                }
                Change::Edit(back)
            }
            Change::Delete(gone) => Change::Delete(std::mem::replace(&mut item.now.deleted, gone)),
            Change::Settle => {
                let lost = std::mem::take(&mut item.conflicts);
                for version in &lost {
                    item.replaced(&version.stamp);
                }
                Change::Unsettle(lost)
            }
            Change::Unsettle(mut lost) => {
                for (n, version) in (1..).zip(&mut lost) {
                    version.stamp.author.clone_from(&item.now.stamp.author);
                    version.stamp.counter = item.now.stamp.counter.saturating_add(n);
                }
                item.conflicts.append(&mut lost);
                Change::Settle
            }
        };
        self.entitle();
        Ok(back)
    }
}
