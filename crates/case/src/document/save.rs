//! The canonical text of a case: the same document gives the same bytes.

use super::{Document, Item, Members, SCHEMA, Stamp, Version};
use serde_json::{Value, json};
use std::cmp::Ordering;

impl Stamp {
    fn value(&self) -> Value {
        json!({"author": self.author, "counter": self.counter, "at": self.at})
    }
}

impl Version {
    /// Known members first and in one order, the rest sorted.
    fn fill(&self, out: &mut Members) {
        out.insert("kind".into(), self.kind.clone().into());
        out.insert("stamp".into(), self.stamp.value());
        out.insert("pass".into(), self.pass.into());
        out.insert("step".into(), self.step.clone().into());
        if self.deleted {
            out.insert("deleted".into(), true.into());
        }
        out.insert("body".into(), sorted(&Value::Object(self.body.clone())));
        fill_sorted(&self.other, out);
    }

    /// As a member of `conflicts`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut out = Members::new();
        self.fill(&mut out);
        Value::Object(out)
    }

    /// The order of edits: by wall time, then counter, author, content. Total, so merges agree.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        self.stamp.cmp(&other.stamp).then_with(|| {
            self.to_value()
                .to_string()
                .cmp(&other.to_value().to_string())
        })
    }
}

impl Item {
    /// As the case file has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut out = Members::new();
        out.insert("id".into(), self.id.clone().into());
        self.now.fill(&mut out);
        if !self.over.is_empty() {
            let over = self.over.iter().map(|(a, n)| (a.clone(), (*n).into()));
            out.insert("over".into(), Value::Object(over.collect()));
        }
        if !self.conflicts.is_empty() {
            let lost = self.conflicts.iter().map(Version::to_value);
            out.insert("conflicts".into(), lost.collect());
        }
        Value::Object(out)
    }
}

impl Document {
    /// As the case file has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut out = Members::new();
        out.insert("schema".into(), SCHEMA.into());
        out.insert("id".into(), self.id.clone().into());
        out.insert("title".into(), self.title.clone().into());
        if !self.titles.is_empty() {
            out.insert("titles".into(), self.titles.iter().cloned().collect());
        }
        fill_sorted(&self.other, &mut out);
        out.insert(
            "items".into(),
            self.items.iter().map(Item::to_value).collect(),
        );
        Value::Object(out)
    }

    /// The text of a case file: UTF-8, an item a line, members in one order, a final line end.
    #[must_use]
    pub fn save(&self) -> String {
        let mut head = self.to_value();
        if let Some(o) = head.as_object_mut() {
            o.remove("items");
        }
        let mut out = head.to_string();
        out.pop();
        out.push_str(",\"items\":[");
        for (n, item) in self.items.iter().enumerate() {
            out.push_str(if n == 0 { "\n" } else { ",\n" });
            out.push_str(&item.to_value().to_string());
        }
        out.push_str("\n]}\n");
        out
    }
}

fn fill_sorted(from: &Members, out: &mut Members) {
    let mut names: Vec<_> = from.iter().collect();
    names.sort_by_key(|(name, _)| *name);
    for (name, value) in names {
        if !out.contains_key(name) {
            out.insert(name.clone(), sorted(value));
        }
    }
}

/// Members in the order of their names, at every depth (bounded by the reader's).
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(o) => {
            let mut out = Members::new();
            fill_sorted(o, &mut out);
            Value::Object(out)
        }
        Value::Array(a) => a.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
