//! Which parts a report is printed with. What answers the question, what could not be seen and how it was done always
//! stands there; what is left out is named on page one.

use crate::Document;
use std::collections::BTreeSet;

/// Parts that can be left out, by the id of their section.
pub const PARTS: [&str; 8] = [
    "timeline",
    "map",
    "answers",
    "files",
    "indicators",
    "findings",
    "notes",
    "actions",
];

/// What the analyst left out, as chosen last; words that are no part are none.
#[must_use]
pub fn without(case: &Document) -> BTreeSet<&'static str> {
    let chosen = case.live("layout").next_back();
    let words = chosen.map_or("", |i| i.now.text("without"));
    let known = |word: &str| PARTS.into_iter().find(|p| *p == word);
    words.split_whitespace().filter_map(known).collect()
}
