//! Indicators made unclickable: `hXXp://files[.]example[.]net`. Internal hosts and file names stay as they are.

use aho_corasick::AhoCorasick;
use weir_model::{Indicator, IndicatorKind};

/// What is taken the teeth of: schemes everywhere, and the names and addresses that the scope looks for.
#[derive(Clone, Debug, Default)]
pub struct Defang {
    /// Finds all of them at once: scopes can hold thousands.
    needles: Option<AhoCorasick>,
    on: bool,
}

impl Defang {
    /// Text stays as it is.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// For these indicators.
    pub fn new<'a>(indicators: impl IntoIterator<Item = &'a Indicator>) -> Self {
        let mut needles: Vec<String> = indicators
            .into_iter()
            .filter_map(|i| {
                let value = i.value.trim().trim_end_matches('.').to_ascii_lowercase();
                let name = match i.kind {
                    IndicatorKind::Domain | IndicatorKind::Address => value,
                    IndicatorKind::Url => {
                        let rest = value.split_once("://").map_or(value.as_str(), |(_, r)| r);
                        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                        host.rsplit('@').next().unwrap_or_default().to_owned()
                    }
                    _ => return None,
                };
                name.contains('.').then_some(name)
            })
            .collect();
        needles.sort_unstable();
        needles.dedup();
        Self {
            needles: AhoCorasick::new(&needles).ok(),
            on: true,
        }
    }

    /// `text` with schemes broken and the dots of indicators bracketed.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        if !self.on {
            return text.to_owned();
        }
        let lower = text.to_ascii_lowercase();
        let mut marks = vec![false; text.len()];
        for found in self
            .needles
            .iter()
            .flat_map(|n| n.find_overlapping_iter(&lower))
        {
            if bounded(&lower, found.start(), found.end()) {
                dots(&lower, found.start(), found.end(), &mut marks);
            }
        }
        // A host behind a scheme, and what programs make links of by itself.
        for (at, scheme) in lower.match_indices("://") {
            let start = at + scheme.len();
            let host = lower.get(start..).unwrap_or_default();
            let len = host
                .find(|c: char| !(c.is_alphanumeric() || "-._[]:@".contains(c)))
                .unwrap_or(host.len());
            dots(&lower, start, start + len, &mut marks);
        }
        for (at, found) in lower.match_indices("www.") {
            dots(&lower, at, at + found.len(), &mut marks);
        }
        let mut out = String::with_capacity(text.len() + 16);
        for (at, c) in text.char_indices() {
            if marks.get(at).copied().unwrap_or_default() {
                out.push_str("[.]");
            } else {
                out.push(c);
            }
        }
        schemes(&out)
    }
}

/// Marks the dots between two places.
fn dots(text: &str, from: usize, to: usize, marks: &mut [bool]) {
    let bytes = text.as_bytes();
    for at in from..to.min(bytes.len()) {
        if bytes.get(at) == Some(&b'.')
            && let Some(mark) = marks.get_mut(at)
        {
            *mark = true;
        }
    }
}

/// Not a part of a longer name: `notfiles.example.net` holds no `files.example.net`.
fn bounded(text: &str, from: usize, to: usize) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let before = text.get(..from).and_then(|t| t.chars().next_back());
    let after = text.get(to..).and_then(|t| t.chars().next());
    !before.is_some_and(word) && !after.is_some_and(word)
}

fn schemes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let start = before
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |n| {
                n + before
                    .get(n..)
                    .and_then(|t| t.chars().next())
                    .map_or(1, char::len_utf8)
            });
        let (head, scheme) = before.split_at_checked(start).unwrap_or((before, ""));
        out.push_str(head);
        match scheme.to_ascii_lowercase().as_str() {
            "http" => out.push_str("hXXp://"),
            "https" => out.push_str("hXXps://"),
            "ftp" => out.push_str("fXp://"),
            _ => {
                out.push_str(scheme);
                out.push_str("[:]//");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indicators_lose_their_teeth_and_nothing_else_does() {
        let of = |kind, value: &str| Indicator {
            kind,
            value: value.into(),
        };
        let defang = Defang::new(&[
            of(IndicatorKind::Domain, "Files.example.net."),
            of(IndicatorKind::Address, "203.0.113.9"),
            of(IndicatorKind::Url, "http://u@cdn.example.org/a.b"),
            of(IndicatorKind::Filename, "setup.exe"),
        ]);
        for (text, want) in [
            (
                "GET setup.exe from dl.FILES.example.net",
                "GET setup.exe from dl.FILES[.]example[.]net",
            ),
            (
                "notfiles.example.net, files.example.nets",
                "notfiles.example.net, files.example.nets",
            ),
            (
                "at 203.0.113.9, not 203.0.113.90 or 192.0.2.1",
                "at 203[.]0[.]113[.]9, not 203.0.113.90 or 192.0.2.1",
            ),
            (
                "http://other.test/x.y HTTPS://a.test",
                "hXXp://other[.]test/x.y hXXps://a[.]test",
            ),
            (
                "é://x ftp://h.test www.h.test",
                "é[:]//x fXp://h[.]test www[.]h.test",
            ),
            ("cdn.example.org", "cdn[.]example[.]org"),
            ("", ""),
        ] {
            assert_eq!(defang.apply(text), want);
        }
        assert_eq!(Defang::off().apply("http://a.test"), "http://a.test");
    }
}
