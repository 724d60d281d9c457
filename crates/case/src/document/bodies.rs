//! What a body holds, by kind: members of the wrong type are refused with their place, missing ones can be filled.
//! Kinds and members that this version does not know stay as they are.

use super::Members;
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    YesNo,
}

use Type::{Number, Text, YesNo};

impl Type {
    fn holds(self, value: &Value) -> bool {
        match self {
            Text => value.is_string(),
            Number => value.is_number(),
            YesNo => value.is_boolean(),
        }
    }

    fn says(self) -> &'static str {
        match self {
            Text => "text",
            Number => "a number",
            YesNo => "true or false",
        }
    }

    fn empty(self) -> Value {
        match self {
            Text => json!(""),
            Number => json!(0),
            YesNo => json!(false),
        }
    }
}

type Shape = &'static [(&'static str, Type)];

/// By kind; a scope's by its entry, as `scope.goal`.
const SHAPES: &[(&str, Shape)] = &[
    (
        "issue",
        &[
            ("issue", Text),
            ("sentence", Text),
            ("reported_by", Text),
            ("noticed", Text),
            ("severity", Text),
        ],
    ),
    ("scope.goal", &[("value", Text)]),
    ("scope.now", &[("value", Text)]),
    (
        "scope.window",
        &[
            ("from", Text),
            ("to", Text),
            ("typed_from", Text),
            ("typed_to", Text),
            ("zone", Text),
        ],
    ),
    ("scope.network", TARGET),
    ("scope.host", TARGET),
    ("scope.exclude", TARGET),
    ("scope.protocol", &[("value", Text)]),
    ("scope.applications", &[("value", Text)]),
    (
        "scope.indicator",
        &[("kind", Text), ("value", Text), ("because", Text)],
    ),
    ("done_when", &[("text", Text), ("done", YesNo)]),
    ("note", OUTLINE),
    (
        "node",
        &[
            ("text", Text),
            ("parent", Text),
            ("order", Number),
            ("sort", Text),
            ("evidence", Text),
            ("origin", Text),
            ("for", Text),
            ("against", Text),
            ("settle", Text),
        ],
    ),
    (
        "edge",
        &[
            ("from", Text),
            ("to", Text),
            ("verb", Text),
            ("origin", Text),
        ],
    ),
    (
        "pin",
        &[
            ("evidence", Text),
            ("snapshot", Text),
            ("comment", Text),
            ("sha12", Text),
            // What the engine said of it, and the SHA-256 of the bytes: a later check compares them.
            ("fact", Text),
            ("digest", Text),
            ("parent", Text),
            ("order", Number),
        ],
    ),
    ("marking", &[("tlp", Text)]),
    ("layout", &[("without", Text)]),
    (
        "decision",
        &[
            ("host", Text),
            ("decision", Text),
            ("reason", Text),
            ("proposed", Text),
            ("rung", Text),
        ],
    ),
    (
        "verdict",
        &[("host", Text), ("verdict", Text), ("why", Text)],
    ),
    (
        "action",
        &[
            ("action", Text),
            ("host", Text),
            ("owner", Text),
            ("due", Text),
            ("status", Text),
            ("aim", Text),
            ("priority", Text),
            ("reason", Text),
            ("evidence", Text),
            ("origin", Text),
            ("dropped", Text),
        ],
    ),
    ("lesson", &[("heading", Text), ("text", Text)]),
    ("filter", &[("name", Text), ("filter", Text)]),
    (
        "decode_as",
        &[("key", Text), ("value", Number), ("protocol", Text)],
    ),
    (
        "exclusion",
        &[
            ("name", Text),
            ("reason", Text),
            ("filter", Text),
            ("on", YesNo),
        ],
    ),
    (
        "capture",
        &[
            ("capture", Text),
            ("name", Text),
            ("sha256", Text),
            ("bytes", Number),
            ("packets", Number),
            ("first", Text),
            ("last", Text),
            ("offset", Text),
            ("placement", Text),
        ],
    ),
    // The analyst's own on a capture, found by its hash, before it is known by name and size.
    (
        "remark",
        &[
            ("sha12", Text),
            ("name", Text),
            ("bytes", Number),
            ("text", Text),
        ],
    ),
    (
        "earlier",
        &[
            ("sort", Text),
            ("name", Text),
            ("bytes", Number),
            ("from", Text),
            ("to", Text),
            ("document", Text),
        ],
    ),
    (
        "dismissal",
        &[("finding", Text), ("state", Text), ("reason", Text)],
    ),
    (
        "allow",
        &[
            ("detection", Text),
            ("host", Text),
            ("peer", Text),
            ("reason", Text),
            ("on", YesNo),
        ],
    ),
    ("looked", &[("line", Text)]),
    (
        "log",
        &[("what", Text), ("op", Text), ("fingerprint", Text)],
    ),
    ("pass", &[("fingerprint", Text)]),
    (
        "watch",
        &[
            ("sort", Text),
            ("what", Text),
            ("filter", Text),
            ("kind", Text),
            ("value", Text),
            ("detection", Text),
            ("host", Text),
            ("peer", Text),
            ("from", Text),
            ("to", Text),
        ],
    ),
    ("title", &[("text", Text)]),
    ("author", &[("author", Text), ("name", Text)]),
];

const TARGET: Shape = &[("value", Text), ("role", Text), ("source", Text)];
const OUTLINE: Shape = &[("text", Text), ("parent", Text), ("order", Number)];

fn shape(kind: &str, body: &Members) -> Shape {
    let entry = body.get("entry").and_then(Value::as_str);
    let name = match entry.filter(|_| kind == "scope") {
        Some(entry) => format!("scope.{entry}"),
        None => kind.to_owned(),
    };
    SHAPES.iter().find(|s| s.0 == name).map_or(&[], |s| s.1)
}

/// Checks a body.
///
/// # Errors
/// The first member of a wrong type, and what it should be.
pub(super) fn check(kind: &str, body: &Members) -> Result<(), (&'static str, String)> {
    if kind == "scope" && !body.get("entry").is_none_or(Value::is_string) {
        return Err(("entry", "text is expected".to_owned()));
    }
    for (member, wanted) in shape(kind, body) {
        if !body.get(*member).is_none_or(|v| wanted.holds(v)) {
            return Err((member, format!("{} is expected", wanted.says())));
        }
    }
    Ok(())
}

/// Puts empty members in the place of missing ones.
pub(super) fn fill(kind: &str, body: &mut Members) {
    for (member, wanted) in shape(kind, body) {
        if !body.contains_key(*member) {
            body.insert((*member).to_owned(), wanted.empty());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]
mod tests {
    use super::*;

    fn members(value: Value) -> Members {
        match value {
            Value::Object(m) => m,
            _ => Members::new(),
        }
    }

    #[test]
    fn wrong_types_are_named_and_missing_members_are_empty() {
        let mut body = members(json!({"text": "seen", "order": 1, "future": [1]}));
        check("note", &body).unwrap();
        fill("note", &mut body);
        assert_eq!(body["parent"], "");
        assert_eq!(body["future"], json!([1]));
        for wrong in [json!(5), json!(null), json!([]), json!({})] {
            let body = members(json!({"text": wrong}));
            assert_eq!(check("note", &body).unwrap_err().0, "text");
            let body = members(json!({"entry": wrong}));
            assert_eq!(check("scope", &body).unwrap_err().0, "entry");
            let body = members(json!({"entry": "goal", "value": wrong}));
            assert_eq!(check("scope", &body).unwrap_err().0, "value");
        }
        let body = members(json!({"text": 5}));
        assert!(check("kind of a later version", &body).is_ok());
    }
}
