//! What is kept of each capture: what it says of itself, where nobody listened, what the analyst remarks; of those too
//! that are not loaded.

use super::Cx;
use super::last::pairs;
use crate::document::{Document, Item};
use crate::report::Block;
use crate::report::text::{Text, data, said};
use crate::report::words::{clock, group, plural};
use crate::report::{About, Interface};
use serde_json::Value;
use std::collections::BTreeMap;

/// Digits of a hash by which a remark names its capture.
const SHA12: usize = 12;

/// Interfaces, comments and gaps that are printed of one capture; the rest are counted.
const PRINTED: usize = 12;

type Pair = (&'static str, Text);

/// Several things on one line, the rest counted.
fn list(all: Vec<Text>, more: u64) -> Text {
    let rest = u64::try_from(all.len().saturating_sub(PRINTED)).unwrap_or(u64::MAX);
    let mut out = Text::default();
    for one in all.into_iter().take(PRINTED) {
        out = out.then("; ").and(one);
    }
    match rest.saturating_add(more) {
        0 => out,
        n => out.said(format!("; and {} more", group(n))),
    }
}

fn interface(i: &Interface) -> Text {
    let mut out = Text::default();
    if let Some(name) = &i.name {
        out = out.data(name).said(", ");
    }
    let packets = usize::try_from(i.packets).unwrap_or(usize::MAX);
    out = out
        .data(&i.link)
        .said(format!(", {}", plural(packets, "packet")));
    if let Some(most) = i.snap_length {
        out = out.said(format!(", at most {} bytes each", group(most)));
    }
    if let Some(filter) = &i.filter {
        out = out.said(", captured with the filter ").code(filter);
    }
    match i.drops {
        Some(n) if n > 0 => out.said(format!(", {} dropped while capturing", group(n))),
        _ => out,
    }
}

/// What a capture says of itself, and its gaps.
pub(super) fn about(a: &About) -> Vec<Pair> {
    let with: Vec<Text> = [&a.application, &a.os, &a.hardware]
        .into_iter()
        .flatten()
        .map(data)
        .collect();
    let gaps = a
        .gaps
        .iter()
        .map(|g| said(format!("{} to {}", clock(&g.from), clock(&g.to))));
    vec![
        ("Gaps", list(gaps.collect(), a.more_gaps)),
        (
            "Interfaces",
            list(a.interfaces.iter().map(interface).collect(), 0),
        ),
        ("Taken with", list(with, 0)),
        (
            "Comment in the file",
            list(a.comments.iter().map(data).collect(), 0),
        ),
    ]
}

/// Is this remark about the capture?
fn fits(remark: &Item, sha256: Option<&str>, name: &str, bytes: u64) -> bool {
    let sha12 = remark.now.text("sha12");
    if sha12.is_empty() {
        #[allow(
            clippy::cast_precision_loss,
            reason = "the page keeps sizes as such numbers"
        )]
        let size = bytes as f64;
        remark.now.text("name") == name && (remark.now.number("bytes") - size).abs() < 0.5
    } else {
        sha256.is_some_and(|s| s.starts_with(&sha12.to_ascii_lowercase()))
    }
}

/// What analysts wrote of a capture.
pub(super) fn remarks(cx: Cx<'_>, sha256: Option<&str>, name: &str, bytes: u64) -> Vec<Pair> {
    let all = cx.case.live("remark");
    let all = all.filter(|r| fits(r, sha256, name, bytes));
    let texts = all.map(|r| r.now.text("text").trim());
    let texts = texts.filter(|t| !t.is_empty());
    texts
        .map(|t| ("Analyst\u{2019}s remark", cx.refs.typed(t)))
        .collect()
}

/// What a case remembers of a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// Its letter then.
    pub letter: String,
    /// File name.
    pub name: String,
    /// Empty where it was not computed.
    pub sha256: String,
    /// As on disk.
    pub bytes: u64,
    /// Packets, or rows of a log.
    pub packets: u64,
    /// Epoch seconds; empty where it held none.
    pub first: String,
    /// Epoch seconds.
    pub last: String,
    /// Seconds added by the analyst.
    pub offset: String,
    /// Where the analyst says it was taken.
    pub placement: String,
    /// What it says of itself.
    pub about: About,
    /// What analysts wrote of it.
    pub remarks: Vec<String>,
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates"
)]
fn whole(n: f64) -> u64 {
    n as u64
}

/// The captures that a case remembers, each once: copies that were merged may name one twice.
#[must_use]
pub fn remembered(case: &Document) -> Vec<Remembered> {
    let notes = Remarks::of(case);
    let mut out: Vec<Remembered> = Vec::new();
    // Where each stands, by its hash, and by name and size: a case may name very many.
    let mut hashed: BTreeMap<String, usize> = BTreeMap::new();
    let mut named: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for item in case.live("capture") {
        let v = &item.now;
        let text = |member: &str| v.text(member).to_owned();
        let about = v.body.get("about").cloned().unwrap_or(Value::Null);
        let sha256 = text("sha256").to_ascii_lowercase();
        let (name, bytes) = (text("name"), whole(v.number("bytes")));
        let one = Remembered {
            letter: text("capture"),
            remarks: notes.on(&sha256, &name, bytes),
            packets: whole(v.number("packets")),
            first: text("first"),
            last: text("last"),
            offset: text("offset"),
            placement: text("placement"),
            // Of a later version, or broken: then the rest still holds.
            about: serde_json::from_value(about).unwrap_or_default(),
            sha256,
            name,
            bytes,
        };
        let by_name = (one.name.clone(), one.bytes);
        let at = named.get(&by_name).copied().filter(|at| {
            let held = out.get(*at).map_or("", |o| o.sha256.as_str());
            held.is_empty() || one.sha256.is_empty()
        });
        let at = hashed.get(&one.sha256).copied().or(at);
        let place = at.unwrap_or(out.len());
        if !one.sha256.is_empty() {
            hashed.insert(one.sha256.clone(), place);
        }
        named.insert(by_name, place);
        match out.get_mut(place) {
            Some(held) => *held = one,
            None => out.push(one),
        }
    }
    out
}

/// Remarks by what they are on, so that many captures do not go through all of them each.
struct Remarks<'a> {
    hashed: BTreeMap<String, Vec<&'a Item>>,
    named: BTreeMap<&'a str, Vec<&'a Item>>,
}

impl<'a> Remarks<'a> {
    fn of(case: &'a Document) -> Self {
        let (mut hashed, mut named) = (BTreeMap::new(), BTreeMap::new());
        for r in case.live("remark") {
            let sha12 = r.now.text("sha12").to_ascii_lowercase();
            if sha12.is_empty() {
                let of: &mut Vec<&Item> = named.entry(r.now.text("name")).or_default();
                of.push(r);
            } else {
                let start = sha12.get(..SHA12).unwrap_or(&sha12).to_owned();
                let of: &mut Vec<&Item> = hashed.entry(start).or_default();
                of.push(r);
            }
        }
        Self { hashed, named }
    }

    fn on(&self, sha256: &str, name: &str, bytes: u64) -> Vec<String> {
        let start = sha256.get(..SHA12).unwrap_or(sha256);
        let hash = Some(sha256).filter(|s| !s.is_empty());
        let by_hash = self.hashed.get(start).into_iter().flatten();
        let by_name = self.named.get(name).into_iter().flatten();
        by_hash
            .chain(by_name)
            .filter(|r| fits(r, hash, name, bytes))
            .map(|r| r.now.text("text").to_owned())
            .collect()
    }
}

/// Captures that the case speaks of and that are not loaded.
pub(super) fn absent(cx: Cx<'_>) -> Vec<Block> {
    let loaded = |r: &Remembered| {
        let mut all = cx.m.summary.captures.iter();
        all.any(|c| match &c.sha256 {
            Some(hash) if !r.sha256.is_empty() => *hash == r.sha256,
            _ => c.name == r.name && (r.bytes == 0 || c.bytes == r.bytes),
        })
    };
    let mut blocks = Vec::new();
    for r in remembered(cx.case).iter().filter(|r| !loaded(r)) {
        blocks.push(Block::Line(said(
            "A capture of this case that was not loaded when this was written:",
        )));
        let time = |t: &str| {
            if t.is_empty() {
                said("none")
            } else {
                said(clock(t))
            }
        };
        let mut lines = vec![
            ("File", data(&r.name)),
            (
                "SHA-256",
                if r.sha256.is_empty() {
                    said("not known")
                } else {
                    Text::default().code(&r.sha256)
                },
            ),
            ("Packets", said(group(r.packets))),
            ("First", time(&r.first)),
            ("Last", time(&r.last)),
            ("Taken", data(&r.placement)),
        ];
        lines.extend(about(&r.about));
        let hash = Some(r.sha256.as_str()).filter(|s| !s.is_empty());
        lines.extend(remarks(cx, hash, &r.name, r.bytes));
        blocks.push(pairs(lines));
    }
    blocks
}
