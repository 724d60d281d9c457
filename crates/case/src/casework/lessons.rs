//! Lessons with facts filled in: from the action log how the work went, from the captures what could not be seen and
//! where to tap next time. Proposes lines; the analyst takes and words them.

use super::gather::Facts;
use super::{judged, plural, shown};
use crate::report::words::{clock, gap_words, group, span_words};
use crate::{Document, Item};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use weir_model::Timestamp;

/// Headings as the page has its three fields.
pub(super) const HEADINGS: [&str; 3] = [
    "What went well",
    "What to do better",
    "What was missing in the captures",
];

/// Filters and gaps that are named one by one.
const NAMED: usize = 5;

/// Steps of the method in their order.
const STEPS: [&str; 9] = [
    "issue",
    "scope",
    "targets",
    "capture",
    "filter",
    "understand",
    "notes",
    "report",
    "actions",
];

/// A line for one of the fields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lesson {
    /// The field.
    pub heading: &'static str,
    /// With its figures.
    pub text: String,
}

fn time(item: &Item) -> Option<Timestamp> {
    item.now.stamp.at.parse().ok()
}

fn op(item: &Item) -> &str {
    item.now.text("op")
}

fn argument<'a>(item: &'a Item, name: &str) -> &'a str {
    item.now
        .body
        .get("args")
        .and_then(|a| a.get(name))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

struct Lines(Vec<Lesson>);

impl Lines {
    fn add(&mut self, heading: usize, text: String) {
        if let Some(heading) = HEADINGS.get(heading) {
            self.0.push(Lesson { heading, text });
        }
    }
}

/// From loading to the first entry of the log that `is` it, in seconds.
fn after(log: &[&Item], is: impl Fn(&Item) -> bool) -> Option<f64> {
    let loaded = log.iter().find(|i| op(i) == "load").and_then(|i| time(i))?;
    let found = log.iter().find(|i| is(i)).and_then(|i| time(i))?;
    let seconds = found.since(loaded).as_secs();
    (seconds >= 0.0).then_some(seconds)
}

fn of_work(case: &Document, facts: &Facts, out: &mut Lines) {
    let log: Vec<&Item> = case.live("log").collect();
    let judged_as =
        |state: &'static str| move |i: &Item| op(i) == "finding" && argument(i, "state") == state;
    let looked = after(&log, |i| op(i) == "look");
    let confirmed = after(&log, judged_as("confirmed"));
    match (looked, confirmed) {
        (Some(l), Some(c)) => out.add(0, format!(
            "The first finding was looked at {} after the captures were read, the first one confirmed after {}.",
            span_words(l), span_words(c),
        )),
        (Some(l), None) => out.add(0, format!(
            "The first finding was looked at {} after the captures were read.",
            span_words(l),
        )),
        (None, Some(c)) => out.add(0, format!(
            "The first finding was confirmed {} after the captures were read.",
            span_words(c),
        )),
        (None, None) => {}
    }
    filters(&log, out);
    steps(&log, out);
    if let Some(found) = &facts.findings {
        let open = found
            .iter()
            .filter(|f| f.allowed.is_empty() && judged(case, &f.id).is_empty())
            .filter(|f| ["medium", "high", "critical"].contains(&f.severity.as_str()))
            .count();
        if open > 0 {
            out.add(
                1,
                format!(
                    "{} of medium severity or more {} neither confirmed nor dismissed.",
                    plural(open, "finding"),
                    if open == 1 { "was" } else { "were" },
                ),
            );
        }
    }
    let undone = log.iter().filter(|i| op(i) == "undo").count();
    if undone > 4 {
        out.add(1, format!("{} were taken back.", plural(undone, "action")));
    }
}

/// Which filters were in force when something was pinned or decided, and which matched nothing.
fn filters(log: &[&Item], out: &mut Lines) {
    let mut now = "";
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    let mut empty = 0;
    for entry in log {
        match op(entry) {
            "filter" => {
                now = argument(entry, "filter");
                let packets = entry.now.body.get("result").and_then(|r| r.get("packets"));
                empty += usize::from(!now.is_empty() && packets.and_then(Value::as_u64) == Some(0));
            }
            "pin" if !now.is_empty() => *found.entry(now).or_default() += 1,
            _ => {}
        }
    }
    let mut list: Vec<(&str, usize)> = found.into_iter().collect();
    list.sort_by_key(|(filter, n)| (std::cmp::Reverse(*n), *filter));
    if !list.is_empty() {
        let said: Vec<String> = list
            .iter()
            .take(NAMED)
            .map(|(filter, n)| format!("`{}` ({})", shown(filter), plural(*n, "pin")))
            .collect();
        let more = match list.len() {
            n if n > NAMED => format!(" and {} more", n - NAMED),
            _ => String::new(),
        };
        out.add(
            0,
            format!(
                "Filters under which something was pinned: {}{more}.",
                said.join(", ")
            ),
        );
    }
    if empty > 0 {
        out.add(1, format!("{} matched no packet.", plural(empty, "filter")));
    }
}

/// How often work went back to an earlier step.
fn steps(log: &[&Item], out: &mut Lines) {
    let mut at = None;
    let mut back: BTreeMap<usize, usize> = BTreeMap::new();
    for entry in log {
        // What a load or a save writes says nothing of where somebody worked.
        if !["load", "save", "export", ""].contains(&op(entry))
            && let Some(step) = STEPS.iter().position(|s| *s == entry.now.step)
        {
            // Steps from filter to report are gone through in turns, as the method has it.
            if at.is_some_and(|at| step < at) && step < 4 {
                *back.entry(step).or_default() += 1;
            }
            at = Some(step);
        }
    }
    for (step, n) in back {
        out.add(1, format!(
            "Step {} ({}) was gone back to {}: what was known late could have been asked earlier.",
            step + 1, STEPS.get(step).copied().unwrap_or_default(), plural(n, "time"),
        ));
    }
}

fn of_captures(facts: &Facts, out: &mut Lines) {
    if let Some(a) = &facts.answers {
        let c = &a.coverage;
        if c.wanted_s > c.covered_s {
            let share = 100.0 * c.covered_s / c.wanted_s.max(1.0);
            out.add(
                2,
                format!(
                    "{} of the {} wanted were captured ({share:.0} %).",
                    span_words(c.covered_s),
                    span_words(c.wanted_s),
                ),
            );
        }
        let gaps: Vec<String> = c
            .gaps
            .iter()
            .filter(|g| g.why != "not_yet")
            .take(NAMED)
            .map(|g| {
                format!(
                    "{}: {} to {}",
                    gap_words(&g.why),
                    clock(&g.from),
                    clock(&g.to)
                )
            })
            .collect();
        if !gaps.is_empty() {
            out.add(
                2,
                format!(
                    "Not captured, {}. Next time: let a ring buffer run before the question comes.",
                    gaps.join("; "),
                ),
            );
        }
        let untold = |rung: &str| {
            a.answers
                .iter()
                .filter(|x| x.in_scope && x.rung == rung)
                .count()
        };
        let hidden = untold("hidden");
        if hidden > 0 {
            out.add(2, format!(
                "{} could not be read because of encryption. Next time: keep TLS keys (SSLKEYLOGFILE), or tap behind the proxy that opens TLS.",
                plural(hidden, "answer"),
            ));
        }
        let partial = untold("partial");
        if partial > 0 {
            out.add(
                2,
                format!(
                    "{} rest on incomplete transfers.",
                    plural(partial, "answer")
                ),
            );
        }
        let open = a
            .answers
            .iter()
            .filter(|x| x.in_scope && x.answer == "cannot_tell")
            .count();
        if open > hidden {
            out.add(
                2,
                format!(
                    "{} in all could not be told from these captures.",
                    plural(open, "answer")
                ),
            );
        }
    }
    for h in facts.summary.health.iter().filter(|h| h.state != "ok") {
        let next = match h.issue.as_str() {
            "snap_length" => "capture whole packets",
            "loss_forward" | "loss" => {
                "a disk and buffer that keep up, or a filter before the disk (step 4 has a recipe)"
            }
            "one_sided" => "tap where both directions pass",
            "duplicates" => {
                "mirror one direction of each port, or remove the copies before they are counted"
            }
            "time_backwards" | "time_jump" => "keep the sensor's clock by NTP",
            "gaps" => "a ring buffer without pauses",
            "checksum_offload" => "tap off the hosts themselves",
            "broken_end" => "end the capture before its file is copied",
            _ => "",
        };
        let weakens = h.weakens.as_deref().filter(|w| !w.is_empty());
        if weakens.is_none() && next.is_empty() {
            continue;
        }
        let weakens = weakens.map_or_else(String::new, |w| format!(" It weakens: {}.", shown(w)));
        let next = if next.is_empty() {
            String::new()
        } else {
            format!(" Next time: {next}.")
        };
        out.add(2, format!("{}.{weakens}{next}", shown(&h.says)));
    }
    if let Some(p) = &facts.summary.placement {
        let at = p.because.iter().flat_map(|b| &b.evidence).next();
        let at = at.map_or_else(String::new, |e| format!(" {e}"));
        out.add(2, format!("Where it was taken: {}{at}", shown(&p.says)));
    }
    for l in facts.summary.limits.iter().take(NAMED) {
        out.add(
            2,
            format!(
                "A bound was hit: {}, {} times (bound {}).",
                shown(&l.says),
                group(l.count),
                group(l.bound)
            ),
        );
    }
}

/// Lines with facts, by field; what a field holds already is left out.
#[must_use]
pub fn lessons(case: &Document, facts: &Facts) -> Vec<Lesson> {
    let mut out = Lines(Vec::new());
    of_work(case, facts, &mut out);
    of_captures(facts, &mut out);
    let written = |heading: &str| -> Vec<&str> {
        case.live("lesson")
            .filter(|l| l.now.text("heading") == heading)
            .map(|l| l.now.text("text"))
            .collect()
    };
    out.0
        .retain(|l| !written(l.heading).iter().any(|t| t.contains(&l.text)));
    out.0
}
