//! The report's blocks: page one, what it stands on, and what is needed to do it again.

mod captures;
mod draft;
mod hosts;
mod indicators;
mod last;
mod limits;
mod notes;
mod order;
mod page_one;
mod sections;
mod spread;
mod waiting;

pub use captures::{Remembered, remembered};
pub(crate) use draft::{By, draft, inputs, lines};
pub(crate) use hosts::{Decided, affected};
pub(crate) use indicators::outside;
pub(crate) use sections::{finding_state, open_findings};

use super::material::{Answer, Material};
use super::text::{Refs, Text};
use super::words::{RUNGS, plural};
use super::{Block, EVIDENCE, Report, Section};
use crate::Document;
use std::collections::BTreeMap;

/// What every part is built from.
#[derive(Clone, Copy)]
pub(crate) struct Cx<'a> {
    pub(crate) case: &'a Document,
    pub(crate) m: &'a Material,
    pub(crate) refs: Refs,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(case: &'a Document, m: &'a Material) -> Self {
        Self {
            case,
            m,
            refs: Refs {
                // One capture that is no A is packets that came with a case, beside references to others.
                letters: m.summary.captures.len() > 1
                    || m.summary.captures.iter().any(|c| c.capture != "A"),
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

/// Characters of the title.
const TITLE: usize = 120;

/// What the case is called, on a line or two.
fn title(case: &Document) -> String {
    let title = case.title.trim();
    if title.is_empty() {
        "Network traffic report".to_owned()
    } else if title.chars().count() > TITLE {
        let kept: String = title.chars().take(TITLE).collect();
        format!("{kept}\u{2026}")
    } else {
        title.to_owned()
    }
}

/// The mind map as it is drawn, where the case has one: a node of the outline alone makes none.
fn mind_map(cx: Cx<'_>) -> Option<Section> {
    let mut nodes = cx.case.live("node");
    nodes.find(|n| !n.now.text("sort").is_empty())?;
    // Its teeth are taken before the boxes are measured: brackets take room.
    let defang = super::defang_for(cx.m);
    let mut case = cx.case.clone();
    for item in case.items.iter_mut().filter(|i| i.now.kind == "node") {
        let text = defang.apply(item.now.text("text"));
        item.now.body.insert("text".to_owned(), text.into());
    }
    let map = case.map(None);
    let drawn = crate::map::svg(&map, &crate::map::layout(&map), "Mind map");
    let says = format!(
        "{} and {}; what each stands on is listed under Notes and pins",
        plural(map.nodes.len(), "node"),
        plural(map.edges.len(), "edge")
    );
    // Within a page the namespace is known, and its name would be a link to somebody.
    let svg = drawn.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    Some(Section {
        id: "map",
        title: "Mind map",
        blocks: vec![Block::Drawing { svg, says }],
    })
}

/// What is left of the material where no capture is loaded: engines answer questions about nothing, too, and "not
/// shown to be reached" would then be said of hosts that nobody looked for.
fn without_captures(m: &Material) -> Material {
    Material {
        answers: None,
        findings: None,
        decisions: None,
        spread: None,
        files: Vec::new(),
        ..m.clone()
    }
}

pub(super) fn report(case: &Document, m: &Material) -> Report {
    let bare = m.summary.captures.is_empty().then(|| without_captures(m));
    let m = bare.as_ref().unwrap_or(m);
    let cx = Cx::new(case, m);
    let without = super::layout::without(case);
    let first = page_one::section(cx);
    let mut sections: Vec<Section> = Vec::new();
    sections.extend(waiting::section(cx));
    sections.push(hosts::section(cx));
    // What page one begins and has no room for stands there, whatever is left out.
    if !first.moved.is_empty() {
        sections.push(Section {
            id: "begun",
            title: "In full",
            blocks: first.moved,
        });
    }
    sections.push(order::section(cx));
    sections.extend(mind_map(cx));
    sections.extend([
        sections::answers(cx),
        match &m.spread {
            Some(found) => spread::section(cx, found),
            None => sections::files(cx),
        },
        indicators::section(cx),
        sections::findings(cx),
        notes::section(cx),
    ]);
    sections.extend(notes::tags(cx));
    sections.extend([
        notes::actions(cx),
        limits::section(cx),
        sections::exclusions(cx),
        sections::method(cx),
    ]);
    sections.extend(notes::conflicts(cx));
    // The index of tags quotes what it leads to.
    let left = |id: &str| {
        without
            .iter()
            .any(|p| p.0 == id || (p.0 == "notes" && id == "tags"))
    };
    sections.retain(|s| !left(s.id));
    let mut report = Report {
        title: title(case),
        marking: super::Marking::of(case),
        page_one: first.section,
        sections,
        last: last::section(cx),
        wanted_words: first.wanted,
    };
    let abbreviations = super::acronyms::section(&report);
    report.sections.extend(abbreviations);
    report
}
