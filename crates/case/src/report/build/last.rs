//! The last page: what is needed to do it again.

use super::{Cx, captures};
use crate::report::text::{Text, data, said};
use crate::report::words::{bytes, clock, group};
use crate::report::{Block, Section, Table};

pub(super) fn section(cx: Cx<'_>) -> Section {
    let mut blocks = Vec::new();
    for c in &cx.m.summary.captures {
        blocks.push(Block::Heading(format!("Capture {}", c.capture)));
        let unit = if c.kind == "flow_log" {
            "rows"
        } else {
            "packets"
        };
        let mut size = said(bytes(c.bytes));
        if let Some(compression) = &c.compression {
            size = size.said(", ").data(compression);
        }
        let time = |t: Option<&String>| said(t.map_or_else(|| "none".to_owned(), |t| clock(t)));
        let offset = match c.offset.trim_start_matches('-').trim_matches(['0', '.']) {
            "" => "none".to_owned(),
            _ => format!("{} s, added to its times", c.offset),
        };
        let mut lines = vec![
            ("File", data(&c.name)),
            (
                "SHA-256",
                match &c.sha256 {
                    Some(hash) => Text::default().code(hash),
                    None => said("not computed yet"),
                },
            ),
            ("Size", size),
            ("Format", data(&c.format)),
            (
                if unit == "rows" { "Rows" } else { "Packets" },
                said(group(c.packets)),
            ),
            ("First", time(c.first.as_ref())),
            ("Last", time(c.last.as_ref())),
            ("Clock offset", said(offset)),
            ("Taken", placed(cx, c.sha256.as_deref(), &c.name)),
        ];
        lines.extend(captures::about(&c.about()));
        lines.extend(captures::remarks(cx, c.sha256.as_deref(), &c.name, c.bytes));
        blocks.push(pairs(lines));
    }
    blocks.extend(captures::absent(cx));
    if blocks.is_empty() {
        blocks.push(Block::Nothing("No capture was loaded.".to_owned()));
    }
    blocks.push(Block::Heading("Window".to_owned()));
    let w = cx.m.scope.window;
    let end = |t: Option<weir_model::Timestamp>| {
        said(t.map_or_else(|| "open".to_owned(), |t| clock(&t.epoch())))
    };
    let mut window = vec![
        ("From", end(w.from)),
        ("To", end(w.to)),
        (
            "Typed in zone",
            data(if cx.m.scope.zone.is_empty() {
                "UTC"
            } else {
                &cx.m.scope.zone
            }),
        ),
    ];
    if let Some(typed) = cx.case.scope_entries("window").next_back() {
        let (from, to) = (typed.now.text("typed_from"), typed.now.text("typed_to"));
        if !from.is_empty() || !to.is_empty() {
            window.push(("As typed", data(from).said(" to ").data(to)));
        }
    }
    if let Some(now) = &cx.m.scope.now {
        window.push(("Now, in this case", said(clock(now))));
    }
    blocks.push(pairs(window));
    blocks.push(Block::Heading("Made with".to_owned()));
    let mut made = vec![
        ("Weir", said(&cx.m.version)),
        ("Build", Text::default().code(&cx.m.build)),
        ("Inputs", Text::default().code(&cx.m.fingerprint)),
        ("Case", Text::default().code(&cx.case.id)),
    ];
    let settings = if cx.m.settings.is_empty() {
        said("all standard")
    } else {
        let all = cx.m.settings.iter().map(|(k, v)| format!("{k} = {v}"));
        data(all.collect::<Vec<_>>().join("; "))
    };
    made.push(("Settings", settings));
    blocks.push(pairs(made));
    Section {
        id: "captures",
        title: "Captures, window, version",
        blocks,
    }
}

/// Where the analyst says that a capture was taken.
fn placed(cx: Cx<'_>, sha256: Option<&str>, name: &str) -> Text {
    let mut items = cx.case.live("capture");
    let item = items.rfind(|i| {
        let hash = i.now.text("sha256");
        if hash.is_empty() {
            i.now.text("name") == name
        } else {
            Some(hash) == sha256
        }
    });
    match item.map(|i| i.now.text("placement").trim()) {
        None | Some("") => said("not stated"),
        Some(text) => data(text),
    }
}

pub(super) fn pairs(rows: Vec<(&'static str, Text)>) -> Block {
    Block::Table(Table {
        head: Vec::new(),
        rows: rows
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| vec![Text::default().strong(name), value])
            .collect(),
    })
}
