//! What follows from a case over its captures: actions, lessons, passes, the watch list, and a replay of its log.
//! Knows the engine only by the replies that the door hands over.

mod actions;
mod controls;
mod gather;
mod lessons;
mod passes;
mod replay;
mod template;
mod watch;

pub use actions::{Proposal, actions};
pub use controls::{CONTROLS, Control, LINES, Priority, RUNGS};
pub use gather::{Counted, Facts, Found, GatherFacts};
pub use lessons::{Lesson, lessons};
pub use passes::{Difference, MAX_ROWS, differences, snapshot};
pub use replay::{Replayed, State, judge, queries, replay};
pub use template::{Template, template};
pub use watch::{Watched, watched};

use weir_model::hidden;

/// Longest text out of a capture within a sentence, in characters.
const SHOWN: usize = 120;

/// Captured text within a sentence that is read for references: nothing in it is taken for one.
fn shown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(SHOWN) {
        if hidden(c) {
            out.push_str(&format!("\\u{{{:X}}}", u32::from(c)));
            continue;
        }
        if c == '[' && out.ends_with('[') {
            out.push('\u{200a}');
        }
        out.push(c);
    }
    if text.chars().nth(SHOWN).is_some() {
        out.push('\u{2026}');
    }
    out
}

fn plural(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", crate::report::words::group(n as u64))
}

/// What the case says of a finding: `confirmed`, `dismissed`, or nothing.
fn judged<'a>(case: &'a crate::Document, id: &str) -> &'a str {
    let mut items = case.live("dismissal");
    items
        .rfind(|d| d.now.text("finding") == id)
        .map_or("", |d| d.now.text("state"))
}
