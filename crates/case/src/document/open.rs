//! From text to a case: what is wrong is said with its place, what is unknown is kept.

use super::{Document, Item, Members, Stamp, Version, bodies, upgrade};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Longest text read as a case, in bytes: notes hold no payload.
pub const MAX_BYTES: usize = 64 << 20;
/// Most items of a case.
pub const MAX_ITEMS: usize = 200_000;
/// Most edits kept of one item that lost.
pub const MAX_CONFLICTS: usize = 1_000;

/// Not a case that this version reads: one sentence, and the place in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenError {
    /// What is wrong.
    pub message: String,
    /// `line 3, column 17` or `items[12].stamp.counter`.
    pub place: Option<String>,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OpenError {}

pub(super) fn wrong(message: impl Into<String>, place: impl Into<String>) -> OpenError {
    OpenError {
        message: message.into(),
        place: Some(place.into()),
    }
}

fn bare(message: impl Into<String>) -> OpenError {
    OpenError {
        message: message.into(),
        place: None,
    }
}

fn called(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Takes members out of an object, each with its place.
struct Taking {
    members: Members,
    place: String,
}

impl Taking {
    fn new(value: Value, place: &str) -> Result<Self, OpenError> {
        match value {
            Value::Object(members) => Ok(Self {
                members,
                place: place.to_owned(),
            }),
            other => Err(wrong(
                format!("an object is expected, not {}", called(&other)),
                place,
            )),
        }
    }

    fn at(&self, member: &str) -> String {
        if self.place.is_empty() {
            member.to_owned()
        } else {
            format!("{}.{member}", self.place)
        }
    }

    fn take(&mut self, member: &str) -> Option<Value> {
        self.members.shift_remove(member)
    }

    fn text(&mut self, member: &str) -> Result<Option<String>, OpenError> {
        match self.take(member) {
            None => Ok(None),
            Some(Value::String(s)) => Ok(Some(s)),
            Some(other) => Err(wrong(
                format!("text is expected, not {}", called(&other)),
                self.at(member),
            )),
        }
    }

    fn number(&mut self, member: &str) -> Result<Option<u64>, OpenError> {
        match self.take(member) {
            None => Ok(None),
            Some(v) => v.as_u64().map(Some).ok_or_else(|| {
                wrong(
                    format!("a whole number from 0 is expected, not {}", short(&v)),
                    self.at(member),
                )
            }),
        }
    }

    fn list(&mut self, member: &str) -> Result<Vec<Value>, OpenError> {
        match self.take(member) {
            None => Ok(Vec::new()),
            Some(Value::Array(a)) => Ok(a),
            Some(other) => Err(wrong(
                format!("a list is expected, not {}", called(&other)),
                self.at(member),
            )),
        }
    }

    fn need<T>(&self, member: &str, found: Option<T>) -> Result<T, OpenError> {
        found.ok_or_else(|| {
            wrong(
                format!("\u{201c}{member}\u{201d} is missing"),
                self.at(member),
            )
        })
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 24 {
        text
    } else {
        called(value).to_owned()
    }
}

impl Document {
    /// Reads a case file, upgrading older schemas.
    ///
    /// # Errors
    /// The text is no JSON, no case, a case of a newer version, or breaks the contract somewhere.
    pub fn open(text: &str) -> Result<Self, OpenError> {
        if text.len() > MAX_BYTES {
            return Err(bare(format!(
                "the file has {} bytes; a case has at most {MAX_BYTES}",
                text.len()
            )));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(bare("the file is empty"));
        }
        let value: Value = serde_json::from_str(text).map_err(|e| {
            wrong(
                format!("this is no JSON: {}", reason(&e)),
                format!("line {}, column {}", e.line(), e.column()),
            )
        })?;
        Self::from_value(value)
    }

    /// With empty members where bodies of known kinds lack some: a page shows every one of them.
    #[must_use]
    pub fn filled(mut self) -> Self {
        for item in &mut self.items {
            bodies::fill(&item.now.kind, &mut item.now.body);
        }
        self
    }

    /// Reads a case that is already JSON.
    ///
    /// # Errors
    /// As [`Document::open`].
    pub fn from_value(value: Value) -> Result<Self, OpenError> {
        let mut top =
            Taking::new(value, "").map_err(|e| bare(format!("this is no case: {}", e.message)))?;
        let Some(schema) = top.number("schema")? else {
            return Err(bare("this is no case: it has no \u{201c}schema\u{201d}"));
        };
        top.members = upgrade::to_now(top.members, schema)?;
        if !top.members.contains_key("items") {
            return Err(bare(if top.members.contains_key("indicators") {
                "this is a scope, not a case: it has no \u{201c}items\u{201d}"
            } else {
                "this is no case: it has no \u{201c}items\u{201d}"
            }));
        }
        let list = top.list("items")?;
        if list.len() > MAX_ITEMS {
            return Err(wrong(
                format!("{} items; a case has at most {MAX_ITEMS}", list.len()),
                "items",
            ));
        }
        let mut seen = BTreeSet::new();
        let mut items = Vec::with_capacity(list.len());
        for (n, value) in list.into_iter().enumerate() {
            let place = format!("items[{n}]");
            let item = item(value, &place)?;
            if !seen.insert(item.id.clone()) {
                return Err(wrong(
                    format!("the id {} is used twice", item.id),
                    format!("{place}.id"),
                ));
            }
            items.push(item);
        }
        let id = top.text("id")?;
        let mut titles = BTreeSet::new();
        for (n, value) in top.list("titles")?.into_iter().enumerate() {
            let Value::String(title) = value else {
                return Err(wrong("text is expected", format!("titles[{n}]")));
            };
            titles.insert(title);
        }
        let mut document = Self {
            id: hex128(top.need("id", id)?, "id")?,
            title: top.text("title")?.unwrap_or_default(),
            titles,
            items,
            other: top.members,
        };
        document.entitle();
        Ok(document)
    }
}

/// serde's reason without its own place, which is said apart.
fn reason(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn hex128(id: String, place: &str) -> Result<String, OpenError> {
    if id.len() == 32
        && id
            .bytes()
            .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    {
        return Ok(id);
    }
    Err(wrong("32 lower-case hex digits are expected", place))
}

fn item(value: Value, place: &str) -> Result<Item, OpenError> {
    let mut top = Taking::new(value, place)?;
    let id = top.text("id")?;
    let id = hex128(top.need("id", id)?, &top.at("id"))?;
    let lost = top.list("conflicts")?;
    if lost.len() > MAX_CONFLICTS {
        return Err(wrong(
            format!(
                "{} conflicts; an item has at most {MAX_CONFLICTS}",
                lost.len()
            ),
            top.at("conflicts"),
        ));
    }
    let mut over = BTreeMap::new();
    if let Some(value) = top.take("over") {
        let at = top.at("over");
        for (author, counter) in Taking::new(value, &at)?.members {
            let counter = counter.as_u64().ok_or_else(|| {
                wrong(
                    "a whole number from 0 is expected",
                    format!("{at}.{author}"),
                )
            })?;
            over.insert(author, counter);
        }
    }
    let now = version(top, None)?;
    let mut conflicts = Vec::with_capacity(lost.len());
    for (n, value) in lost.into_iter().enumerate() {
        let place = format!("{place}.conflicts[{n}]");
        conflicts.push(version(Taking::new(value, &place)?, Some(&now))?);
    }
    Ok(Item {
        id,
        now,
        conflicts,
        over,
    })
}

/// `now`: what a conflict takes the members from that it does not name.
fn version(mut top: Taking, now: Option<&Version>) -> Result<Version, OpenError> {
    let kind = match (top.text("kind")?, now) {
        (Some(kind), _) => kind,
        (None, Some(now)) => now.kind.clone(),
        (None, None) => return top.need("kind", None),
    };
    let deleted = match top.take("deleted") {
        None => false,
        Some(Value::Bool(b)) => b,
        Some(other) => {
            return Err(wrong(
                format!("true or false is expected, not {}", called(&other)),
                top.at("deleted"),
            ));
        }
    };
    let stamp = top.take("stamp");
    let mut stamp = Taking::new(top.need("stamp", stamp)?, &top.at("stamp"))?;
    let author = stamp.text("author")?;
    let counter = stamp.number("counter")?;
    let body = top.take("body");
    let body = Taking::new(top.need("body", body)?, &top.at("body"))?;
    // What was taken away need not be whole.
    if !deleted && let Err((member, why)) = bodies::check(&kind, &body.members) {
        return Err(wrong(why, body.at(member)));
    }
    let body = body.members;
    Ok(Version {
        kind,
        stamp: Stamp {
            author: stamp.need("author", author)?,
            counter: stamp.need("counter", counter)?,
            at: stamp.text("at")?.unwrap_or_default(),
        },
        pass: top.number("pass")?.or(now.map(|n| n.pass)).unwrap_or(1),
        step: match (top.text("step")?, now) {
            (Some(step), _) => step,
            (None, now) => now.map(|n| n.step.clone()).unwrap_or_default(),
        },
        deleted,
        body,
        other: top.members,
    })
}
