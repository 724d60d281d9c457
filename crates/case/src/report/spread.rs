//! What a case asks for its files in question: the engine's reply to `spread` is read where it is printed.

use crate::Document;
use serde_json::{Value, json};
use weir_model::Scope;

/// What `spread` is asked with for a case: its scope, what it pins, and what it makes of findings.
#[must_use]
pub fn question(case: &Document, scope: &Scope) -> Value {
    let pinned: Vec<&str> = case.live("pin").map(|i| i.now.text("evidence")).collect();
    let judged = |state: &str| -> Vec<&str> {
        let all = case.live("dismissal").map(|i| &i.now);
        let of = all.filter(|v| v.text("state") == state);
        of.map(|v| v.text("finding")).collect()
    };
    json!({
        "scope": scope, "pinned": pinned, "confirmed": judged("confirmed"), "dismissed": judged("dismissed"),
    })
}
