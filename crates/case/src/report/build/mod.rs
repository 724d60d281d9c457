//! The report's blocks: page one, what it stands on, and what is needed to do it again.

mod hosts;
mod last;
mod limits;
mod notes;
mod page_one;
mod sections;

pub(crate) use hosts::{Decided, affected};
pub(crate) use sections::{finding_state, open_findings};

use super::material::{Answer, Material};
use super::text::{Refs, Text};
use super::words::RUNGS;
use super::{Report, Section};
use crate::Document;
use std::collections::BTreeMap;

/// What every part is built from.
#[derive(Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) case: &'a Document,
    pub(crate) m: &'a Material,
    pub(crate) refs: Refs,
}

/// References shown of one claim; the rest are counted.
const EVIDENCE: usize = 4;

impl<'a> Cx<'a> {
    pub(crate) fn new(case: &'a Document, m: &'a Material) -> Self {
        Self {
            case,
            m,
            refs: Refs {
                letters: m.summary.captures.len() > 1,
            },
        }
    }

    fn answers(self) -> &'a [Answer] {
        self.m.answers.as_ref().map_or(&[], |a| &a.answers)
    }

    fn evidence(self, written: &[String]) -> Text {
        self.refs.list(written, EVIDENCE)
    }

    /// Packets as contracts name them.
    fn packets(self, names: &[String]) -> Text {
        let mut out = Text::default();
        for (n, name) in names.iter().take(EVIDENCE).enumerate() {
            if n > 0 {
                out = out.said(", ");
            }
            out = out.and(self.refs.packet(name));
        }
        out
    }
}

/// Place on the ladder, 0 is the highest; unknown rungs are lowest.
pub(crate) fn rank(rung: &str) -> usize {
    RUNGS.iter().position(|r| *r == rung).unwrap_or(RUNGS.len())
}

/// Per host the highest rung it reached in one direction, among targets.
fn highest<'a>(answers: &'a [Answer], direction: &str) -> BTreeMap<&'a str, &'a str> {
    let mut out: BTreeMap<&str, &str> = BTreeMap::new();
    let counted = answers
        .iter()
        .filter(|a| a.in_scope && a.in_window && a.direction == direction);
    for a in counted {
        let best = out.entry(&a.host).or_insert(&a.rung);
        if rank(&a.rung) < rank(best) {
            *best = &a.rung;
        }
    }
    out
}

/// Name · address · MAC, as far as they are known.
fn host(name: Option<&str>, address: &str, mac: Option<&str>) -> Text {
    let mut out = Text::default();
    if let Some(name) = name.filter(|n| !n.is_empty()) {
        out = out.data(name).said(" \u{b7} ");
    }
    out = out.code(address);
    match mac.filter(|m| !m.is_empty()) {
        Some(mac) => out.said(" \u{b7} ").code(mac),
        None => out,
    }
}

pub(super) fn report(case: &Document, m: &Material) -> Report {
    let cx = Cx::new(case, m);
    let mut sections: Vec<Section> = vec![
        hosts::section(cx),
        sections::answers(cx),
        sections::files(cx),
        sections::findings(cx),
        sections::timeline(cx),
        notes::section(cx),
        notes::actions(cx),
        limits::section(cx),
        sections::exclusions(cx),
        sections::method(cx),
    ];
    if let Some(conflicts) = notes::conflicts(cx) {
        sections.push(conflicts);
    }
    Report {
        title: if case.title.trim().is_empty() {
            "Network traffic report".to_owned()
        } else {
            case.title.clone()
        },
        page_one: page_one::section(cx),
        sections,
        last: last::section(cx),
    }
}
