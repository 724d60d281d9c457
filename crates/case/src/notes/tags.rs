//! Tags: `#word` in what people write, never within code. Derived from the text each time, so there is no second
//! store. The page finds them in the same way while it waits for the engine (`www/src/base/tags.ts`).

use super::stand_in::{Piece, Pieces};
use crate::{Document, Item};
use std::collections::{BTreeMap, BTreeSet};

/// Lengths of backticks that are looked for in a paragraph.
const LENGTHS: usize = 32;
/// Characters of the longest tag; longer words are none.
const LONGEST: usize = 64;

/// May stand within a tag.
fn part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '/')
}

/// May stand before the sign of a tag.
fn opens(c: char) -> bool {
    c.is_whitespace() || "([{*~|,;\u{201c}\u{201e}\u{ab}".contains(c)
}

/// The tag at the beginning of a text, behind its sign.
fn tag(text: &str) -> Option<&str> {
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let word = text.get(..end)?.trim_end_matches(['-', '/']);
    let first = word.chars().next()?;
    let fits = first.is_alphanumeric() || first == '_';
    // A number alone is one of a list or of a ticket.
    let named = word.chars().any(char::is_alphabetic);
    (fits && named && word.chars().count() <= LONGEST).then_some(word)
}

/// The sign and the length of a line that begins or ends a block of code.
fn fence(line: &str) -> Option<(char, usize)> {
    let indented = line.len() - line.trim_start_matches(' ').len();
    let line = line.trim_start_matches(' ');
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let n = line.chars().take_while(|c| *c == sign).count();
    (indented < 4 && n >= 3).then_some((sign, n))
}

/// Where code within a line ends. Remembers what it looked for in vain, so that a text is gone over once for each
/// length of backticks at most.
#[derive(Default)]
struct Spans {
    /// End of the paragraph that `missing` speaks of.
    paragraph: usize,
    /// Lengths of backticks that nothing closes in the rest of the paragraph.
    missing: BTreeSet<usize>,
}

impl Spans {
    /// Bytes up to the end of the code that begins with the backticks at `at`; none where nothing closes it.
    fn code(&mut self, text: &str, at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let open = rest.len() - rest.trim_start_matches('`').len();
        if at >= self.paragraph {
            self.paragraph = rest.find("\n\n").map_or(text.len(), |n| at + n);
            self.missing.clear();
        }
        // Of hostile texts with backticks in every length, only so many lengths are looked for.
        if self.missing.contains(&open) || self.missing.len() >= LENGTHS {
            return None;
        }
        let mut here = at + open;
        while let Some(found) = text.get(here..self.paragraph)?.find('`') {
            let rest = text.get(here + found..self.paragraph)?;
            let run = rest.len() - rest.trim_start_matches('`').len();
            here += found + run;
            if run == open {
                return Some(here - at);
            }
        }
        self.missing.insert(open);
        None
    }
}

/// A text with its tags put behind characters; references stand behind theirs already.
pub(super) fn hide(text: &str, pieces: &mut Pieces) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fenced: Option<(char, usize)> = None;
    let mut spans = Spans::default();
    let mut skip = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (here, end) = (start, start + line.len());
        start = end;
        let fence = fence(line);
        if let (Some((sign, n)), true) = (fenced, skip <= here) {
            out.push_str(line);
            let closes = fence.is_some_and(|(s, m)| s == sign && m >= n);
            if closes && line.trim().chars().all(|c| c == sign) {
                fenced = None;
            }
            continue;
        }
        // Backticks behind those of a fence make it code within a line.
        let opens_block = fence
            .is_some_and(|(s, _)| s == '~' || !line.trim().trim_start_matches('`').contains('`'));
        if opens_block && skip <= here {
            fenced = fence;
            out.push_str(line);
            continue;
        }
        let mut before = text.get(..here).and_then(|t| t.chars().next_back());
        let mut at = here.max(skip.min(end));
        out.push_str(text.get(here..at).unwrap_or_default());
        while let Some(c) = text.get(at..end).and_then(|t| t.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            if c == '`' {
                let run = rest.len() - rest.trim_start_matches('`').len();
                let len = if before == Some('\\') {
                    run
                } else {
                    spans.code(text, at).unwrap_or(run)
                };
                let stop = (at + len).min(end);
                out.push_str(text.get(at..stop).unwrap_or_default());
                skip = at + len;
                at = stop;
                before = Some('`');
                continue;
            }
            let found = (c == '#' && before.is_none_or(opens))
                .then(|| tag(text.get(at + 1..end).unwrap_or_default()))
                .flatten();
            match found.and_then(|t| Some((t, pieces.put(Piece::Tag(t.to_owned()))?))) {
                Some((t, stands)) => {
                    out.push(stands);
                    at += 1 + t.len();
                    before = t.chars().next_back();
                }
                None => {
                    out.push(c);
                    at += c.len_utf8();
                    before = Some(c);
                }
            }
        }
    }
    out
}

/// The tags of a text, in small letters, each once, in the order of the alphabet.
#[must_use]
pub fn tags(text: &str) -> Vec<String> {
    if text.contains('#') {
        super::read(text).tags
    } else {
        Vec::new()
    }
}

/// What is written in an item of the outline, where it can have tags.
fn written(item: &Item) -> &str {
    match item.now.kind.as_str() {
        // The conclusion stands on page one, not in the outline.
        "note" if item.now.text("role") == "summary" => "",
        "note" | "node" => item.now.text("text"),
        "pin" => item.now.text("comment"),
        _ => "",
    }
}

/// A tag of a case and the live items that have it.
#[derive(Clone, Debug)]
pub struct Tagged<'a> {
    /// In small letters, without its sign.
    pub tag: String,
    /// In the order of the case; at least one.
    pub items: Vec<&'a Item>,
}

/// Every tag of notes, nodes and comments of pins, in the order of the alphabet.
#[must_use]
pub fn tagged(case: &Document) -> Vec<Tagged<'_>> {
    let mut by: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in case.items.iter().filter(|i| !i.now.deleted) {
        for tag in tags(written(item)) {
            by.entry(tag).or_default().push(item);
        }
    }
    by.into_iter()
        .map(|(tag, items)| Tagged { tag, items })
        .collect()
}
