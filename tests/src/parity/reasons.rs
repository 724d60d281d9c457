//! Why two sides differ, where a person wrote it down: `tests/parity/reasons.tsv`, `capture TAB item TAB reason`; `*` stands
//! for anything, at the end of a name for its rest.

use std::path::Path;

/// The reasons, in the order of the file: the first that fits holds.
#[derive(Debug, Default)]
pub struct Reasons(Vec<(String, String, String)>);

impl Reasons {
    /// Those of the project; none where the file cannot be read.
    #[must_use]
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/reasons.tsv");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().filter(|l| !l.starts_with('#'));
        let rows = lines.filter_map(|l| {
            let mut cells = l.splitn(3, '\t').map(str::to_owned);
            Some((cells.next()?, cells.next()?, cells.next()?))
        });
        Self(rows.collect())
    }

    /// The reason for an item of a capture; empty without one.
    #[must_use]
    pub fn of(&self, capture: &str, item: &str) -> String {
        let fits = |pattern: &str, text: &str| {
            pattern == "*"
                || pattern == text
                || pattern
                    .strip_suffix('*')
                    .is_some_and(|p| text.starts_with(p))
        };
        let found = self
            .0
            .iter()
            .find(|(c, i, _)| fits(c, capture) && fits(i, item));
        found.map_or_else(String::new, |(_, _, reason)| reason.clone())
    }
}
