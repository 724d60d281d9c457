//! Which parts a report is printed with, as HTML and Markdown; JSON is for machines and whole. What answers the
//! question, what could not be seen and how it was done always stands there; what is left out is named on page one.

use crate::Document;

/// Parts that can be left out: the id of their section, and its title.
pub const PARTS: [(&str, &str); 8] = [
    ("timeline", "Order of events"),
    ("map", "Mind map"),
    ("answers", "Answers"),
    ("files", "Files"),
    ("indicators", "Indicators"),
    ("findings", "Findings"),
    ("notes", "Notes and pins"),
    ("actions", "Actions and lessons"),
];

/// What the analyst left out, as chosen last, in the order of the report; words that are no part are none.
#[must_use]
pub fn without(case: &Document) -> Vec<(&'static str, &'static str)> {
    let chosen = case.live("layout").next_back();
    let words = chosen.map_or("", |i| i.now.text("without"));
    let named = |part: &(&str, &str)| words.split_whitespace().any(|w| w == part.0);
    PARTS.into_iter().filter(named).collect()
}
