//! What the analyst wrote: the outline of notes and pins, actions, lessons, edits that lost a merge.

use super::Cx;
use crate::Item;
use crate::notes::Note;
use crate::report::text::{Text, data, said};
use crate::report::words::{clock, plural};
use crate::report::{Block, Entry, Section, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest indentation of the outline.
const DEPTH: usize = 8;
/// Entries that the index names under a tag; the rest are counted.
const TAGGED: usize = 50;
/// Tags in the index.
const TAGS: usize = 300;
/// Characters of an entry in the index.
const INDEXED: usize = 120;
/// References that are printed with an action.
const CITED: usize = 4;
/// Of actions, the most urgent first.
const PRIORITIES: [&str; 4] = ["now", "today", "week", "later"];
/// Members that say where an item stands, not what it says.
const PLACES: [&str; 2] = ["parent", "order"];

/// Items of the outline in its order, each with its depth. Parents that are gone or lead in a circle are none.
fn outline<'a>(cx: Cx<'a>) -> Vec<(usize, &'a Item)> {
    let all: Vec<&Item> = ["note", "pin", "node"]
        .into_iter()
        .flat_map(|k| cx.case.live(k))
        // The conclusion stands on page one.
        .filter(|i| i.now.text("role") != "summary")
        .collect();
    let ids: BTreeSet<&str> = all.iter().map(|i| i.id.as_str()).collect();
    let mut by: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in &all {
        let parent = item.now.text("parent");
        let parent = if ids.contains(parent) { parent } else { "" };
        by.entry(parent).or_default().push(item);
    }
    for family in by.values_mut() {
        family.sort_by(|a, b| {
            let order = |i: &Item| i.now.number("order");
            order(a).total_cmp(&order(b)).then_with(|| a.id.cmp(&b.id))
        });
    }
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(usize, &Item)> = Vec::new();
    let push =
        |stack: &mut Vec<(usize, &'a Item)>, family: Option<&Vec<&'a Item>>, depth: usize| {
            let family = family.into_iter().flatten().rev();
            stack.extend(family.map(|i| (depth, *i)));
        };
    push(&mut stack, by.get(""), 0);
    // Items in a circle have no root: each is shown once, at the top.
    let mut circles = all.iter();
    loop {
        let Some((depth, item)) = stack.pop() else {
            match circles.find(|i| !seen.contains(i.id.as_str())) {
                Some(item) => stack.push((0, item)),
                None => return out,
            }
            continue;
        };
        if seen.insert(item.id.as_str()) {
            out.push((depth.min(DEPTH), item));
            push(&mut stack, by.get(item.id.as_str()), depth + 1);
        }
    }
}

/// A pin's reference as it is written today.
pub(super) fn today(cx: Cx<'_>, pin: &Item) -> String {
    let typed = crate::claims::Typed {
        written: pin.now.text("evidence").to_owned(),
        item: pin.id.clone(),
        sha12: pin.now.text("sha12").to_ascii_lowercase(),
    };
    let known = crate::claims::Known::of(cx.case);
    known.here(&cx.m.summary).today(&typed).written
}

/// A pin's reference with the letter that its capture has here.
fn pinned(cx: Cx<'_>, item: &Item) -> Text {
    let written = item.now.text("evidence");
    let sha = item.now.text("sha12");
    if sha.is_empty() || !capture_bound(written) {
        return cx.refs.typed(written);
    }
    let here = cx.m.summary.captures.iter().find(|c| {
        c.sha256
            .as_deref()
            .is_some_and(|s| s.starts_with(&sha.to_ascii_lowercase()))
    });
    match here {
        Some(c) => cx.refs.typed(&relettered(written, &c.capture)),
        None if cx.m.summary.captures.iter().any(|c| c.sha256.is_none()) => cx.refs.typed(written),
        None => data(written)
            .said(" (capture ")
            .code(sha)
            .said("\u{2026} not loaded)"),
    }
}

/// References that stand for a place in one capture.
fn capture_bound(written: &str) -> bool {
    use weir_model::EvidenceRef as E;
    matches!(
        written.parse(),
        Ok(E::Packets { .. }
            | E::Field { .. }
            | E::Bytes { .. }
            | E::Row { .. }
            | E::Stream { .. })
    )
}

fn relettered(written: &str, letter: &str) -> String {
    use weir_model::EvidenceRef as E;
    let (Ok(mut evidence), Ok(id)) = (written.parse::<E>(), letter.parse()) else {
        return written.to_owned();
    };
    if let E::Packets { capture, .. }
    | E::Field { capture, .. }
    | E::Bytes { capture, .. }
    | E::Row { capture, .. }
    | E::Stream { capture, .. } = &mut evidence
    {
        *capture = id;
    }
    evidence.to_string()
}

fn line(cx: Cx<'_>, item: &Item) -> Text {
    let v = &item.now;
    match v.kind.as_str() {
        "pin" => {
            let mut out = pinned(cx, item).said(" ").data(v.text("snapshot"));
            if !v.text("comment").trim().is_empty() {
                out = out
                    .said(" \u{2014} ")
                    .and(cx.refs.typed(v.text("comment").trim()));
            }
            out
        }
        "node" if v.text("sort").is_empty() => Text::default().strong(v.text("text")),
        // A node of the mind map, with what it stands on.
        "node" => {
            let sort = match v.text("sort") {
                "open" => "open question",
                sort => sort,
            };
            let text = cx.refs.typed(v.text("text").trim());
            let out = Text::default().strong(sort).said(" ").and(text);
            out.said(" ").and(cx.refs.typed(v.text("evidence").trim()))
        }
        _ => Text::default(),
    }
}

fn entry(cx: Cx<'_>, depth: usize, item: &Item) -> Entry {
    let note = match item.now.kind.as_str() {
        "note" => crate::notes::read(item.now.text("text").trim_end()),
        _ => Note::default(),
    };
    Entry {
        depth,
        line: line(cx, item),
        note,
        refs: cx.refs,
    }
}

/// The outline.
pub(super) fn section(cx: Cx<'_>) -> Section {
    let entries: Vec<_> = outline(cx)
        .into_iter()
        .map(|(depth, item)| entry(cx, depth, item))
        .filter(|e| !e.is_empty())
        .collect();
    Section {
        id: "notes",
        title: "Notes and pins",
        blocks: vec![if entries.is_empty() {
            Block::Nothing("No notes were taken.".to_owned())
        } else {
            Block::Outline(entries)
        }],
    }
}

/// The first line of an entry of the outline, as the index of tags names it.
fn named(cx: Cx<'_>, item: &Item) -> Text {
    let v = &item.now;
    let text = match v.kind.as_str() {
        "pin" => format!("{} {}", today(cx, item), v.text("comment")),
        _ => v.text("text").to_owned(),
    };
    // No more of it is read than is shown.
    let text = text.trim_start();
    let text = text.get(..text.floor_char_boundary(4 * INDEXED));
    let text = text.unwrap_or_default();
    let entry = Entry {
        depth: 0,
        line: Text::default(),
        note: crate::notes::read(text),
        refs: cx.refs,
    };
    let first = entry.lines().into_iter().find(|l| !l.is_empty());
    super::page_one::short(first.unwrap_or_default(), INDEXED)
}

/// Every tag with the notes, nodes and pins that have it; none where there is no tag.
pub(super) fn tags(cx: Cx<'_>) -> Option<Section> {
    let all = crate::notes::tagged(cx.case);
    let mut lines = Vec::new();
    for tagged in all.iter().take(TAGS) {
        let head = Text::default().strong(format!("#{}", tagged.tag));
        let n = tagged.items.len();
        let entries = if n == 1 { "entry" } else { "entries" };
        lines.push((0, head.said(format!(": {n} {entries}"))));
        let shown = tagged.items.iter().take(TAGGED);
        lines.extend(shown.map(|i| (1, named(cx, i))));
        if n > TAGGED {
            lines.push((1, said(format!("and {} more", n - TAGGED))));
        }
    }
    if all.len() > TAGS {
        let more = all.len() - TAGS;
        lines.push((0, said(format!("and {} more", plural(more, "tag")))));
    }
    (!lines.is_empty()).then(|| Section {
        id: "tags",
        title: "Tags",
        blocks: vec![Block::List(lines)],
    })
}

pub(super) fn actions(cx: Cx<'_>) -> Section {
    let mut list: Vec<&Item> = cx.case.live("action").collect();
    // The most urgent first; what has no priority comes last, in its order.
    let urgency = |a: &&Item| {
        let place = |word| PRIORITIES.iter().position(|p| *p == word);
        place(a.now.text("priority")).unwrap_or(PRIORITIES.len())
    };
    list.sort_by_key(urgency);
    let rows: Vec<_> = list
        .into_iter()
        .map(|a| {
            let text = |m: &str| data(a.now.text(m));
            let mut status = text("status");
            let dropped = a.now.text("dropped").trim();
            if !dropped.is_empty() && a.now.text("status") == "dropped" {
                status = status.said(": ").data(dropped);
            }
            let mut action = cx.refs.typed(a.now.text("action"));
            for written in a.now.text("evidence").split_whitespace().take(CITED) {
                action = action.said(" ").and(cx.refs.typed(written));
            }
            let joined = |first: Text, second: Text| match (first.is_empty(), second.is_empty()) {
                (false, false) => first.said(", ").and(second),
                _ => first.and(second),
            };
            vec![
                joined(text("priority"), text("aim")),
                action,
                text("host"),
                cx.refs.typed(a.now.text("reason")),
                joined(text("owner"), text("due")),
                status,
            ]
        })
        .collect();
    let mut blocks = vec![if rows.is_empty() {
        Block::Nothing("No action was written down.".to_owned())
    } else {
        Block::Table(Table {
            head: vec![
                "Priority, aim",
                "Action",
                "Host",
                "Reason",
                "Owner, due",
                "Status",
            ],
            rows,
        })
    }];
    let lessons: Vec<_> = cx
        .case
        .live("lesson")
        .filter(|l| !l.now.text("text").trim().is_empty())
        .map(|l| {
            let head = Text::default().strong(l.now.text("heading"));
            (
                0,
                head.said(": ")
                    .and(cx.refs.typed(l.now.text("text").trim())),
            )
        })
        .collect();
    blocks.push(Block::Heading("Lessons".to_owned()));
    blocks.push(if lessons.is_empty() {
        Block::Nothing("None written down.".to_owned())
    } else {
        Block::List(lessons)
    });
    Section {
        id: "actions",
        title: "Actions and lessons",
        blocks,
    }
}

/// Edits that lost a merge: nothing disappears without being said.
pub(super) fn conflicts(cx: Cx<'_>) -> Option<Section> {
    let mut lines = Vec::new();
    for item in cx.case.conflicted() {
        lines.push((
            0,
            said("In ")
                .data(&item.now.kind)
                .said(", kept beside what holds:"),
        ));
        for v in &item.conflicts {
            let texts = v
                .body
                .iter()
                .filter(|(name, _)| !PLACES.contains(&name.as_str()))
                .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_str()?)));
            let mut text = texts.collect::<Vec<_>>().join("; ");
            if v.deleted {
                text = format!("deleted ({text})");
            }
            let when = clock(&v.stamp.at);
            lines.push((1, said(when).said(" \u{2014} ").data(text)));
        }
    }
    (!lines.is_empty()).then(|| Section {
        id: "conflicts",
        title: "Edits that lost a merge",
        blocks: vec![Block::List(lines)],
    })
}
