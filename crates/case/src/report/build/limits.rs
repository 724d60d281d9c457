//! What the captures cannot show: coverage, health, bounds, and what was not read.

use super::{Cx, highest};
use crate::report::material::{Capture, Health};
use crate::report::text::{Text, data, said};
use crate::report::words::{clock, gap_words, group, plural, span_words};
use crate::report::{Block, Section};

/// "Captured: 31 h of 50 h".
pub(super) fn coverage(cx: Cx<'_>) -> Option<Text> {
    let c = &cx.m.answers.as_ref()?.coverage;
    (c.wanted_s > 0.0).then(|| {
        let captured = format!(
            "captured {} of the {} wanted",
            span_words(c.covered_s),
            span_words(c.wanted_s)
        );
        if c.flow_only_s >= 1.0 {
            let more = span_words(c.flow_only_s);
            said(format!("{captured}, {more} more by flow records only"))
        } else {
            said(captured)
        }
    })
}

fn flow_log(c: &Capture) -> bool {
    c.kind == "flow_log"
}

/// Of flow logs it is said once for all of them.
fn told(h: &Health) -> bool {
    h.issue == "flow_records"
}

fn weak(h: &Health) -> bool {
    h.state == "warn" || h.weakens.is_some()
}

fn stopped(c: &Capture) -> Option<Text> {
    let s = c.stopped.as_ref()?;
    let mut line = said(format!("Capture {} was read in part: ", c.capture));
    line = line.data(&s.message);
    if let Some(kept) = &s.kept {
        line = line.said("; ").data(kept);
    }
    Some(line)
}

/// The few lines of page one; all of them stand in the section.
pub(super) fn short(cx: Cx<'_>) -> Vec<Text> {
    let mut out = Vec::new();
    if let Some(a) = &cx.m.answers {
        let missing = a.coverage.wanted_s - a.coverage.covered_s - a.coverage.flow_only_s;
        if missing >= 1.0 {
            out.push(said(format!(
                "{} of the window {}.",
                span_words(missing),
                if a.coverage
                    .gaps
                    .iter()
                    .all(|g| matches!(g.why.as_str(), "not_yet" | "flow_records"))
                    && !a.coverage.gaps.is_empty()
                {
                    "are not captured yet"
                } else {
                    "were not captured"
                }
            )));
        }
        let hidden = highest(&a.answers, "received");
        let hidden = hidden.values().filter(|r| **r == "hidden").count();
        if hidden > 0 {
            out.push(said(format!(
                "Payload of {} could not be read.",
                plural(hidden, "host")
            )));
        }
    }
    if cx.m.summary.captures.iter().any(flow_log) {
        out.push(said(
            "Flow records hold no payload: from them nothing above \u{201c}contacted\u{201d} is known.",
        ));
    }
    if cx.m.summary.captures.iter().any(|c| c.stopped.is_some()) {
        out.push(said(
            "A capture broke off; what follows its end is unknown.",
        ));
    }
    for h in cx.m.summary.health.iter().filter(|h| weak(h) && !told(h)) {
        let line = data(&h.says)
            .said(" ")
            .and(cx.packets(h.examples.get(..1).unwrap_or_default()));
        out.push(line);
    }
    if !cx.m.complete {
        out.insert(
            0,
            said("The captures were not read to their end when this was written."),
        );
    }
    if out.is_empty() {
        out.push(said(
            "No defect of the capture was noticed. Traffic that did not pass the capture point is not in it.",
        ));
    }
    out
}

pub(super) fn section(cx: Cx<'_>) -> Section {
    let mut blocks = Vec::new();
    if !cx.m.complete {
        blocks.push(Block::Line(Text::default().strong(
            "The captures were not read to their end when this was written: every count is a lower bound.",
        )));
    }
    if let Some(a) = &cx.m.answers {
        blocks.push(Block::Heading("Coverage".to_owned()));
        match coverage(cx) {
            Some(line) => blocks.push(Block::Line(said("Of the window: ").and(line).said("."))),
            None => blocks.push(Block::Nothing(
                "The scope names no window; all of the captures counts.".to_owned(),
            )),
        }
        let gap = |g: &crate::report::Gap| {
            (
                0,
                said(format!(
                    "{} to {}: {}",
                    clock(&g.from),
                    clock(&g.to),
                    gap_words(&g.why)
                )),
            )
        };
        if !a.coverage.gaps.is_empty() {
            blocks.push(Block::List(a.coverage.gaps.iter().map(gap).collect()));
        }
        if !a.beside.is_empty() {
            blocks.push(Block::Heading("Counted beside the answers".to_owned()));
            blocks.push(Block::List(a.beside.iter().map(|b| (0, data(b))).collect()));
        }
    }
    blocks.push(Block::Heading("Capture health".to_owned()));
    let mut lines: Vec<(usize, Text)> = Vec::new();
    lines.extend(
        cx.m.summary
            .captures
            .iter()
            .filter_map(stopped)
            .map(|t| (0, t)),
    );
    for c in cx.m.summary.captures.iter().filter(|c| flow_log(c)) {
        lines.push((
            0,
            said(format!("{} holds flow records only: no payload, so answers from it stop at \u{201c}contacted\u{201d}.", c.capture)),
        ));
    }
    for h in cx.m.summary.health.iter().filter(|h| !told(h)) {
        let mut line = data(&h.says);
        if !h.examples.is_empty() {
            line = line.said(" \u{2014} ").and(cx.packets(&h.examples));
        }
        lines.push((0, line));
        if let Some(weakens) = &h.weakens {
            lines.push((1, said("Therefore: ").data(weakens)));
        }
    }
    blocks.push(if lines.is_empty() {
        Block::Nothing("No defect of the captures was noticed.".to_owned())
    } else {
        Block::List(lines)
    });
    if let Some(p) = &cx.m.summary.placement {
        blocks.push(Block::Heading("Where it was taken".to_owned()));
        blocks.push(Block::Line(data(&p.says)));
        let because = p
            .because
            .iter()
            .map(|b| (0, data(&b.says).said(" ").and(cx.evidence(&b.evidence))));
        blocks.push(Block::List(because.collect()));
    }
    blocks.push(Block::Heading("Limits".to_owned()));
    let limits: Vec<_> =
        cx.m.summary
            .limits
            .iter()
            .map(|l| {
                let text = said(format!(
                    "{} ({} {}), {} times",
                    l.says,
                    group(l.bound),
                    l.unit,
                    group(l.count)
                ));
                match &l.first {
                    Some(p) => (0, text.said(", first at ").and(cx.refs.packet(p))),
                    None => (0, text),
                }
            })
            .chain(cx.m.troubles.iter().map(|t| (0, data(t))))
            .collect();
    blocks.push(if limits.is_empty() {
        Block::Nothing("No bound of the engine was hit.".to_owned())
    } else {
        Block::List(limits)
    });
    Section {
        id: "limits",
        title: "What the capture cannot show",
        blocks,
    }
}
