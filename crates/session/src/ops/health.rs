//! Capture health and placement as the capture page shows them.

use crate::ops::names;
use serde_json::{Value, json as object};
use weir_analyze::Input;
use weir_analyze::environment::Environment;
use weir_analyze::health::{Severity, health};

/// The lines, worst first; and one sentence of where the captures were taken.
pub(crate) fn of(input: &Input<'_>, env: &Environment) -> (Vec<Value>, Value) {
    let health = health(input, env);
    let lines = health
        .lines
        .iter()
        .map(|l| {
            let examples: Vec<String> = l.packets.iter().map(|p| names::packet(*p)).collect();
            object!({
                "issue": l.id,
                "state": if l.severity == Severity::Note { "note" } else { "warn" },
                "says": l.says,
                "count": l.count,
                "examples": examples,
                "weakens": (!l.weakens.is_empty()).then_some(l.weakens),
            })
        })
        .collect();
    // With several chains each sentence names its captures.
    let of = |chain: usize| {
        let captures = input.chains.get(chain).map(|c| c.captures.as_slice());
        let letters: Vec<String> = captures
            .iter()
            .flat_map(|c| c.iter())
            .map(|c| c.id.to_string())
            .collect();
        if health.placement.len() > 1 {
            format!("{}: ", letters.join(", "))
        } else {
            String::new()
        }
    };
    let says: Vec<String> = health
        .placement
        .iter()
        .map(|p| format!("{}{}", of(p.chain), p.says))
        .collect();
    let because: Vec<Value> = health
        .placement
        .iter()
        .flat_map(|p| p.reasons.iter().map(|r| format!("{}{r}", of(p.chain))))
        .map(|r| object!({"says": r, "evidence": []}))
        .collect();
    let placement = if says.is_empty() {
        Value::Null
    } else {
        object!({"says": says.join(" "), "because": because})
    };
    (lines, placement)
}
