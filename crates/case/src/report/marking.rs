//! Traffic Light Protocol 2.0 (FIRST): who may have a report. Weir prints what was chosen and chooses nothing.

use crate::Document;

/// A label, by its code in the case.
const LABELS: [(&str, &str); 5] = [
    ("clear", "TLP:CLEAR"),
    ("green", "TLP:GREEN"),
    ("amber", "TLP:AMBER"),
    ("amber_strict", "TLP:AMBER+STRICT"),
    ("red", "TLP:RED"),
];

/// A chosen marking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marking {
    /// `amber_strict`.
    pub code: &'static str,
    /// `TLP:AMBER+STRICT`.
    pub label: &'static str,
}

impl Marking {
    /// By its code.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        let found = LABELS.iter().find(|l| l.0 == code);
        found.map(|(code, label)| Self { code, label })
    }

    /// As the analyst chose it last; none was chosen, or none that there is.
    #[must_use]
    pub fn of(case: &Document) -> Option<Self> {
        let mut all = case.live("marking");
        all.next_back()
            .and_then(|i| Self::named(i.now.text("tlp").trim()))
    }
}
