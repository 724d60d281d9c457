//! The scope that a case holds: its items as `weir_model::Scope`, as the page builds it.

use super::{Document, Item};
use serde_json::{Value, json};
use weir_model::{Scope, ScopeError};

impl Document {
    /// Live scope entries of a sort, in order.
    pub fn scope_entries<'a>(
        &'a self,
        entry: &'a str,
    ) -> impl DoubleEndedIterator<Item = &'a Item> {
        self.live("scope")
            .filter(move |i| i.now.text("entry") == entry)
    }

    /// The scope document. Of entries that exist once the last one counts.
    ///
    /// # Errors
    /// An entry is no network, address, time or indicator; the sentence names it.
    pub fn scope(&self) -> Result<Scope, ScopeError> {
        let issue = self.live("issue").next_back();
        let of = |member: &str| issue.map(|i| i.now.text(member)).unwrap_or_default();
        let window = self.scope_entries("window").next_back();
        let time = |member: &str| {
            let text = window.map(|w| w.now.text(member)).unwrap_or_default();
            if text.is_empty() {
                Value::Null
            } else {
                text.into()
            }
        };
        let zone = window.map(|w| w.now.text("zone")).unwrap_or_default();
        let values = |entry: &'static str| -> Vec<&str> {
            self.scope_entries(entry)
                .map(|i| i.now.text("value"))
                .collect()
        };
        let now = values("now").pop().filter(|t| !t.is_empty());
        let indicators: Vec<Value> = self
            .scope_entries("indicator")
            .map(|i| json!({"kind": i.now.text("kind"), "value": i.now.text("value")}))
            .collect();
        let applications: Vec<&str> = values("applications")
            .pop()
            .map_or_else(Vec::new, |t| t.lines().map(str::trim).collect());
        // Entries are read one by one, so that the sentence can name the one that is wrong.
        for (sort, entry) in [("network", "networks"), ("host", "hosts")] {
            for value in values(sort) {
                read(json!({entry: [value]})).map_err(|_| {
                    ScopeError(format!(
                        "the scope's {sort} \u{201c}{value}\u{201d} is none"
                    ))
                })?;
            }
        }
        read(json!({
            "schema": 1,
            "issue": if of("issue").is_empty() { "breach" } else { of("issue") },
            "question": of("sentence"),
            "now": now,
            "zone": if zone.is_empty() { "UTC" } else { zone },
            "window": {"from": time("from"), "to": time("to")},
            "networks": values("network"),
            "hosts": values("host"),
            "exclude": values("exclude"),
            "protocols": values("protocol"),
            "indicators": indicators,
            "applications": applications,
        }))
    }
}

fn read(scope: Value) -> Result<Scope, ScopeError> {
    serde_json::from_value(scope).map_err(|e| ScopeError(format!("the scope is not right: {e}")))
}
