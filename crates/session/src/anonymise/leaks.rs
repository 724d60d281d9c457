//! Everything that was removed, and the search for it in the result.

use super::addresses::{Permutation, shared};
use super::forms::{self, Form, LEAST};
use super::names::{self, Pseudonyms};
use super::reading::Removed;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::Mac;

/// Values of one result at most: their forms are all held in memory.
pub(super) const VALUES: usize = 20_000;

/// What was removed, each once.
#[derive(Default)]
pub(super) struct Values {
    addresses: BTreeSet<IpAddr>,
    macs: BTreeSet<Mac>,
    /// In small letters; whether it is searched in an analyst's text too.
    texts: BTreeMap<String, bool>,
    secrets: BTreeSet<Vec<u8>>,
    short: BTreeSet<Vec<u8>>,
    common: BTreeSet<String>,
}

/// Values by what they are, and those that nobody looks for.
#[derive(Clone, Default, Debug, Serialize)]
pub(crate) struct Counts {
    /// Network and hardware addresses.
    pub(crate) addresses: usize,
    /// Names, texts and credentials.
    pub(crate) texts: usize,
    /// Shorter than four bytes.
    pub(crate) short: usize,
    /// Words of protocols, such as "user": they are in every capture.
    pub(crate) common: usize,
}

/// A removed value that still stands somewhere.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Leak {
    /// `packet A:12`, `note.md`.
    pub(crate) place: String,
    /// Byte of that.
    pub(crate) offset: usize,
    /// `base64`.
    pub(crate) form: &'static str,
    /// First and last character, and how long it is.
    pub(crate) value: String,
}

impl Values {
    pub(super) fn len(&self) -> usize {
        self.addresses.len() + self.macs.len() + self.texts.len() + self.secrets.len()
    }

    pub(super) fn take(&mut self, value: Removed) {
        match value {
            Removed::Address(a) => {
                self.addresses.insert(a);
            }
            Removed::Mac(a) => {
                self.macs.insert(a);
            }
            Removed::Name(t) => self.name(&t),
            Removed::Text(t) => self.text(&t, true),
            Removed::Secret(b) => match String::from_utf8(b) {
                Ok(t) => self.text(&t, true),
                Err(e) if e.as_bytes().len() < LEAST => {
                    self.short.insert(e.into_bytes());
                }
                Err(e) => {
                    if !names::is_fill(e.as_bytes()) {
                        self.secrets.insert(e.into_bytes());
                    }
                }
            },
        }
    }

    /// A name, what it ends with (`example.org` of `www.example.org`), and each of its parts.
    fn name(&mut self, name: &str) {
        self.text(name, true);
        let host = name.trim_end_matches('.');
        for (at, _) in host.match_indices('.') {
            let end = host.get(at + 1..).unwrap_or_default();
            if end.contains('.') && end.len() > 6 {
                self.text(end, true);
            }
        }
        let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'));
        for part in name.split(apart).filter(|p| *p != name && p.len() > 5) {
            if part.chars().any(char::is_alphabetic) {
                self.text(part, false);
            }
        }
    }

    fn text(&mut self, text: &str, prose: bool) {
        let text = text.trim().to_lowercase();
        if text.is_empty() || names::is_fill(text.as_bytes()) {
            return;
        }
        if let Ok(a) = text.parse::<IpAddr>() {
            self.addresses.insert(a);
        } else if text.len() < LEAST {
            self.short.insert(text.into_bytes());
        } else if names::stays(text.as_bytes()) {
            self.common.insert(text);
        } else {
            let known = self.texts.entry(text).or_default();
            *known |= prose;
        }
    }

    /// Removes from the values what stays as it is.
    pub(super) fn settle(&mut self, p: &Permutation) {
        self.addresses
            .retain(|a| image(p, *a) != *a || !unchanged(*a));
        self.macs.retain(|a| p.mac(*a) != *a || !shared(*a));
    }

    /// Addresses that a permutation leaves as they are, and those that become one that another had.
    pub(super) fn met(&self, p: &Permutation) -> (usize, usize) {
        let (mut same, mut others) = (0, 0);
        for a in self.addresses.iter().filter(|a| !unchanged(**a)) {
            let to = image(p, *a);
            same += usize::from(to == *a);
            others += usize::from(to != *a && self.addresses.contains(&to));
        }
        for a in self.macs.iter().filter(|a| !shared(**a)) {
            let to = p.mac(*a);
            same += usize::from(to == *a);
            others += usize::from(to != *a && self.macs.contains(&to));
        }
        (same, others)
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            addresses: self.addresses.len() + self.macs.len(),
            texts: self.texts.len() + self.secrets.len(),
            short: self.short.len(),
            common: self.common.len(),
        }
    }

    /// What stands in an analyst's text for a value, the longest first.
    pub(super) fn replaced(&self, p: &Permutation, n: &Pseudonyms) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        out.extend(
            self.addresses
                .iter()
                .map(|a| (a.to_string(), image(p, *a).to_string())),
        );
        out.extend(
            self.macs
                .iter()
                .map(|a| (a.to_string(), p.mac(*a).to_string())),
        );
        let prose = self.texts.iter().filter(|t| *t.1);
        out.extend(prose.map(|(t, _)| (t.clone(), n.of(t))));
        out
    }
}

/// Loopback, multicast and the like, which no permutation changes and which name nobody.
fn unchanged(a: IpAddr) -> bool {
    match a {
        IpAddr::V4(a) => matches!(a.octets(), [0 | 127 | 224..=239, ..] | [255, 255, ..]),
        IpAddr::V6(a) => {
            let solicited = matches!(a.segments(), [0xff02, 0, 0, 0, 0, 1, 0xff00..=0xffff, _]);
            a.is_unspecified() || a.is_loopback() || (a.is_multicast() && !solicited)
        }
    }
}

pub(super) fn image(p: &Permutation, a: IpAddr) -> IpAddr {
    match a {
        IpAddr::V4(a) => p.v4(a).into(),
        IpAddr::V6(a) => p.v6(a).into(),
    }
}

struct Pattern {
    form: &'static str,
    value: String,
    /// A part of a name: it is not looked for in an analyst's text.
    part: bool,
}

/// Looks for every form of every value at once.
pub(super) struct Scanner {
    any_case: AhoCorasick,
    exact: AhoCorasick,
    patterns: [Vec<Pattern>; 2],
}

/// A place where a form stands.
pub(super) struct Hit<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) form: &'static str,
    pub(super) value: &'a str,
    pub(super) part: bool,
}

/// First and last character, and how many there are.
fn masked(text: &str) -> String {
    let mut chars = text.chars();
    let (first, last) = (chars.next(), chars.next_back());
    let count = text.chars().count();
    let end = |c: Option<char>| {
        c.filter(|c| !c.is_control())
            .map(String::from)
            .unwrap_or_default()
    };
    format!("{}…{} ({count} characters)", end(first), end(last))
}

fn automaton(patterns: &[Vec<u8>], any_case: bool) -> Result<AhoCorasick, String> {
    AhoCorasick::builder()
        .ascii_case_insensitive(any_case)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(patterns)
        .map_err(|e| e.to_string())
}

impl Scanner {
    /// # Errors
    /// When the forms are too many to be held.
    pub(super) fn new(values: &Values) -> Result<Self, String> {
        let mut bytes: [Vec<Vec<u8>>; 2] = Default::default();
        let mut patterns: [Vec<Pattern>; 2] = Default::default();
        let mut add = |all: Vec<Form>, value: &str, part: bool| {
            for f in all {
                let n = usize::from(f.any_case);
                if names::is_fill(&f.bytes) {
                    continue;
                }
                if let (Some(b), Some(p)) = (bytes.get_mut(n), patterns.get_mut(n)) {
                    b.push(f.bytes);
                    p.push(Pattern {
                        form: f.name,
                        value: masked(value),
                        part,
                    });
                }
            }
        };
        for a in &values.addresses {
            add(forms::address(*a), &a.to_string(), false);
        }
        for a in &values.macs {
            add(forms::mac(*a), &a.to_string(), false);
        }
        for (t, prose) in &values.texts {
            add(forms::text(t), t, !prose);
        }
        for b in &values.secrets {
            add(forms::bytes(b), "secret bytes", false);
        }
        let [exact, any_case] = &bytes;
        Ok(Self {
            any_case: automaton(any_case, true)?,
            exact: automaton(exact, false)?,
            patterns,
        })
    }

    /// Every place where a form stands.
    pub(super) fn hits<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Hit<'a>> {
        let [exact, any_case] = &self.patterns;
        [(&self.exact, exact), (&self.any_case, any_case)]
            .into_iter()
            .flat_map(move |(automaton, patterns)| {
                automaton.find_overlapping_iter(bytes).filter_map(|m| {
                    let p = patterns.get(m.pattern().as_usize())?;
                    Some(Hit {
                        start: m.start(),
                        end: m.end(),
                        form: p.form,
                        value: &p.value,
                        part: p.part,
                    })
                })
            })
    }
}
