//! Text that stands in chosen contents and in no other content of these captures: what a rule by content can look
//! for. Compares with nothing that was not captured.

use crate::bodies::{Extract, hex};
use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::ops::{Cx, Op, Out, parse, passed};
use crate::session::Session;
use aho_corasick::AhoCorasick;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::BodyKey;

/// Contents that are looked into.
const CONTENTS: usize = 32;
/// Largest content that is looked into, and that it is compared with, in bytes.
const LARGEST: u64 = 4 << 20;
/// Other contents that it is compared with.
const OTHERS: usize = 128;
/// Shortest text, and what is kept of a longer one, in characters.
const SHORT: usize = 8;
const LONG: usize = 64;
/// Candidates of a content, best first.
const CANDIDATES: usize = 400;
/// Texts given of a content.
const GIVEN: usize = 12;

/// What programs and documents of all sorts hold. Lower case.
const COMMON: &[&str] = &[
    "cannot be run in",
    "this program",
    ".dll",
    "kernel32",
    "mscoree",
    "getprocaddress",
    "loadlibrary",
    "virtualalloc",
    "microsoft",
    "windows",
    "runtime",
    "assembly",
    "manifest",
    "requestedexecutionlevel",
    "glibc",
    "libc.so",
    "ld-linux",
    "gcc:",
    "gnu",
    ".text",
    ".data",
    ".rsrc",
    ".reloc",
    "http://",
    "https://",
    "xmlns",
    "version=",
    "<?xml",
    "<!doctype",
    "<html",
    "content-type",
    "copyright",
    "openssl",
    "zlib",
    "inflate",
    "deflate",
    "adobe",
    "photoshop",
    "exception",
    "std::",
    "operator",
    "vtable",
    "0123456789",
    "abcdefgh",
];

#[derive(Deserialize)]
struct Args {
    hashes: Vec<String>,
}

struct Reading {
    chain: usize,
    key: BodyKey,
    sha256: String,
    wanted: bool,
}

struct StringsOp {
    hashes: BTreeSet<String>,
    plan: Option<Vec<Reading>>,
    now: Option<(Reading, Box<Extract>)>,
    candidates: BTreeMap<String, Candidates>,
    compared: usize,
    not_compared: usize,
    /// Hashes too large to be looked into, or beyond the bound.
    left: BTreeSet<String>,
}

#[derive(Default)]
struct Candidates {
    size: usize,
    texts: Vec<(Vec<u8>, usize)>,
}

/// `indicator.strings`.
pub(crate) fn strings(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(Box::new(StringsOp {
        hashes: args.hashes.iter().map(|h| h.to_ascii_lowercase()).collect(),
        plan: None,
        now: None,
        candidates: BTreeMap::new(),
        compared: 0,
        not_compared: 0,
        left: BTreeSet::new(),
    }))
}

/// How much a text says: words before noise, long before short.
fn worth(text: &[u8]) -> usize {
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let even = letters * 4 >= text.len() * 3;
    let kinds: BTreeSet<u8> = text.iter().copied().collect();
    text.len().min(32) + if even { 64 } else { 0 } + kinds.len()
}

/// Printable runs, each once, with their places.
fn runs(bytes: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let mut out: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut start = None;
    for (at, b) in bytes.iter().copied().chain([0]).enumerate() {
        let printable = (0x20..0x7f).contains(&b);
        match (printable, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                let run = bytes.get(from..at).unwrap_or_default();
                let run = run.get(..run.len().min(LONG)).unwrap_or_default();
                let low = String::from_utf8_lossy(run).to_ascii_lowercase();
                let kinds: BTreeSet<u8> = run.iter().copied().collect();
                let dull = kinds.len() < SHORT / 2 || COMMON.iter().any(|c| low.contains(c));
                if run.len() >= SHORT && !dull {
                    out.entry(run.to_vec()).or_insert(from);
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<_> = out.into_iter().collect();
    all.sort_by(|a, b| worth(&b.0).cmp(&worth(&a.0)).then(a.1.cmp(&b.1)));
    all.truncate(CANDIDATES);
    all
}

impl StringsOp {
    fn plan(&mut self, session: &Session) -> Vec<Reading> {
        let mut wanted = Vec::new();
        let mut others = Vec::new();
        let mut had: BTreeSet<String> = BTreeSet::new();
        for (chain, c) in session.chains.iter().enumerate() {
            for a in &c.facts().artifacts {
                let Some(d) = session.digests.get(&(chain, a.key)) else {
                    continue;
                };
                let Some(h) = d.hashes else { continue };
                let sha256 = hex(&h.sha256);
                if d.size == 0 || !had.insert(sha256.clone()) {
                    continue;
                }
                let mine = self.hashes.contains(&sha256);
                let full = if mine {
                    wanted.len() >= CONTENTS
                } else {
                    others.len() >= OTHERS
                };
                if d.size > LARGEST || full {
                    if mine {
                        self.left.insert(sha256);
                    } else {
                        self.not_compared += 1;
                    }
                    continue;
                }
                let reading = Reading {
                    chain,
                    key: a.key,
                    sha256,
                    wanted: mine,
                };
                if mine {
                    wanted.push(reading)
                } else {
                    others.push(reading)
                }
            }
        }
        // Read from the end: what is wanted comes first.
        if wanted.is_empty() {
            others.clear();
        }
        others.reverse();
        others.extend(wanted.into_iter().rev());
        others
    }

    fn take(&mut self, reading: &Reading, bytes: &[u8]) {
        if reading.wanted {
            let found = Candidates {
                size: bytes.len(),
                texts: runs(bytes),
            };
            self.candidates.insert(reading.sha256.clone(), found);
            return;
        }
        self.compared += 1;
        for of in self.candidates.values_mut() {
            let Ok(all) = AhoCorasick::new(of.texts.iter().map(|t| &t.0)) else {
                continue;
            };
            let there: BTreeSet<usize> = all
                .find_overlapping_iter(bytes)
                .map(|m| m.pattern().as_usize())
                .collect();
            let mut n = 0;
            of.texts.retain(|_| {
                n += 1;
                !there.contains(&(n - 1))
            });
        }
    }

    fn written(&self) -> Value {
        let rows: Vec<Value> = self
            .candidates
            .iter()
            .map(|(sha256, c)| {
                let mut texts: Vec<_> = c.texts.iter().take(GIVEN).collect();
                texts.sort_by_key(|t| t.1);
                let texts: Vec<Value> = texts
                    .iter()
                    .map(|(t, at)| object!({"text": String::from_utf8_lossy(t), "offset": at}))
                    .collect();
                object!({"sha256": sha256, "size": c.size, "texts": texts})
            })
            .collect();
        object!({"contents": rows, "compared": self.compared, "not_compared": self.not_compared, "left": self.left})
    }
}

impl Op for StringsOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if self.plan.is_none() {
            self.plan = Some(self.plan(cx.session));
        }
        if let Some((_, extract)) = &mut self.now {
            if let Some(out) = passed(extract.step(cx.session, input, fuel)) {
                return out;
            }
            if let Some((reading, extract)) = self.now.take()
                && let Some(body) = extract.finish().remove(&reading.key)
            {
                self.take(&reading, &body.bytes);
            }
        }
        match self.plan.as_mut().and_then(Vec::pop) {
            Some(next) => {
                let extract = Extract::new(cx.session, next.chain, vec![next.key]);
                self.now = Some((next, Box::new(extract)));
                Out::More
            }
            None => Out::Done(self.written().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_before_noise_and_what_everybody_holds_is_left_out() {
        let bytes = b"\0This program cannot be run in DOS mode\0\x01x7&kQ~2p!\0hidden wallet address\0aaaaaaaaaa\0short\0";
        let found: Vec<String> = runs(bytes)
            .into_iter()
            .map(|(t, at)| {
                assert_eq!(bytes.get(at..at + t.len()), Some(&t[..]));
                String::from_utf8_lossy(&t).into_owned()
            })
            .collect();
        assert_eq!(found, ["hidden wallet address", "x7&kQ~2p!"]);
        assert!(runs(&[]).is_empty() && runs(&[b'a'; 100]).is_empty());
        assert_eq!(
            runs(&(0x20..0x7f).collect::<Vec<u8>>()),
            [],
            "0123456789 is in it"
        );
    }
}
