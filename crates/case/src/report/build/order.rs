//! The order of events: what answers, confirmed findings and pins show, in time, drawn and listed. Findings that
//! nobody judged are no events.

use super::draft::{confirmed, finding_ref};
use super::sections::indicator;
use super::{Cx, host, rank};
use crate::report::drawing::{Mark, Shape, timeline};
use crate::report::material::Answer;
use crate::report::text::{Text, data, said};
use crate::report::words::{moment, plural, rung_words};
use crate::report::{Block, Section, Table};
use std::collections::BTreeMap;
use weir_model::Timestamp;

struct Event {
    time: Timestamp,
    shape: Shape,
    /// Address, for its lane; "" where none is known.
    host: String,
    who: Text,
    what: Text,
    evidence: Text,
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

fn events(cx: Cx<'_>) -> Vec<Event> {
    let mut out = Vec::new();
    // What a host did at one time is one event, however many indicators it answers.
    let mut asked: BTreeMap<_, Vec<&Answer>> = BTreeMap::new();
    for a in cx.answers().iter().filter(|a| a.rung != "none") {
        if let Some(time) = time(a.first.as_deref()) {
            let key = (
                time,
                a.host.as_str(),
                a.rung.as_str(),
                a.direction.as_str(),
                a.in_scope,
                a.in_window,
            );
            asked.entry(key).or_default().push(a);
        }
    }
    for ((time, ..), same) in asked {
        let Some(a) = same.first() else { continue };
        let mut what = said(rung_words(&a.rung)).said(" \u{2014} ");
        for (n, one) in same.iter().enumerate() {
            what = what.said(if n == 0 { "" } else { "; " });
            what = what.and(indicator(&one.indicator));
        }
        if a.direction == "sent" {
            what = what.said(" (sent)");
        }
        if !a.in_scope {
            what = what.said(" (outside your scope)");
        } else if !a.in_window {
            what = what.said(" (outside your window)");
        }
        let mut evidence: Vec<String> = Vec::new();
        for written in same.iter().flat_map(|a| &a.evidence) {
            if !evidence.contains(written) {
                evidence.push(written.clone());
            }
        }
        out.push(Event {
            time,
            shape: if rank(&a.rung) <= rank("partial") {
                Shape::Got
            } else {
                Shape::Asked
            },
            host: a.host.clone(),
            who: host(a.name.as_deref(), &a.host, None),
            what,
            evidence: cx.evidence(&evidence),
        });
    }
    for f in confirmed(cx) {
        let Some(time) = time(f.first.as_deref()) else {
            continue;
        };
        let host = f.src.clone().unwrap_or_default();
        out.push(Event {
            time,
            shape: Shape::Finding,
            who: match &f.src {
                Some(src) => Text::default().code(src),
                None => said("\u{2014}"),
            },
            host,
            what: said("confirmed: ")
                .data(&f.title)
                .said(" ")
                .and(cx.refs.one(&finding_ref(f))),
            evidence: cx.evidence(&f.evidence),
        });
    }
    for pin in cx.case.live("pin") {
        let written = super::notes::today(cx, pin);
        let cited = cx.m.cited.get(&written);
        let Some(time) = cited.and_then(|c| time(c.time.as_deref())) else {
            continue;
        };
        let mut what = said("pinned: ").data(pin.now.text("snapshot"));
        let comment = pin.now.text("comment").trim();
        if !comment.is_empty() {
            what = what.said(" \u{2014} ").and(cx.refs.typed(comment));
        }
        out.push(Event {
            time,
            shape: Shape::Pin,
            host: String::new(),
            who: said("\u{2014}"),
            what,
            evidence: cx.refs.one(&written),
        });
    }
    out.sort_by_cached_key(|e| (e.time, format!("{:?}{:?}", e.who, e.what)));
    out
}

pub(super) fn section(cx: Cx<'_>) -> Section {
    let all = events(cx);
    let mut blocks = Vec::new();
    let marks: Vec<Mark> = all
        .iter()
        .map(|e| Mark {
            time: e.time,
            lane: e.host.clone(),
            shape: e.shape,
        })
        .collect();
    if let Some((svg, says)) = timeline(&marks) {
        blocks.push(Block::Drawing { svg, says });
    }
    blocks.push(if all.is_empty() {
        Block::Nothing("No answer, confirmed finding or pin has a time.".to_owned())
    } else {
        let row = |e: Event| vec![said(moment(&e.time.epoch())), e.who, e.what, e.evidence];
        Block::Table(Table {
            head: vec!["First seen (UTC)", "Host", "What", "Evidence"],
            rows: all.into_iter().map(row).collect(),
        })
    });
    let open = super::open_findings(cx);
    if open > 0 {
        blocks.push(Block::Line(
            data(plural(open, "finding"))
                .said(" not judged yet, listed with times under Findings."),
        ));
    }
    Section {
        id: "timeline",
        title: "Order of events",
        blocks,
    }
}
