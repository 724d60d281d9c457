//! Files in question: each content once, with everybody who had it, and the conversation of each transfer.

use super::sections::{digest, times};
use super::{Cx, host};
use crate::report::material::File;
use crate::report::text::{Text, said};
use crate::report::words::{bytes, group, plural};
use crate::report::{Block, Section, Table};
use serde_json::Value;
use std::collections::BTreeMap;

/// Hosts that are named of one content; the rest are counted.
const HOSTS: usize = 24;
/// Reasons that are printed.
const REASONS: usize = 4;
/// Transfers that are printed; all of them are in the JSON report and in the table's own exports.
const TRANSFERS: usize = 500;

/// A text; "" where there is none.
fn text<'a>(v: &'a Value, member: &str) -> &'a str {
    v[member].as_str().unwrap_or_default()
}

fn some<'a>(v: &'a Value, member: &str) -> Option<&'a str> {
    v[member].as_str().filter(|t| !t.is_empty())
}

fn number(v: &Value, member: &str) -> u64 {
    v[member].as_u64().unwrap_or_default()
}

fn yes(v: &Value, member: &str) -> bool {
    v[member].as_bool().unwrap_or_default()
}

fn all<'a>(v: &'a Value, member: &str) -> &'a [Value] {
    v[member].as_array().map_or(&[], Vec::as_slice)
}

fn count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn end(e: &Value) -> Text {
    let out = host(some(e, "name"), text(e, "host"), some(e, "mac"));
    match some(e, "remark") {
        None => out,
        Some(remark) => out.said(" (").said(remark).said(")"),
    }
}

/// Names, types, and what is to be known of the bytes.
fn what(c: &Value, card: Option<&File>) -> Text {
    let mut out = Text::default();
    for name in all(c, "names").iter().filter_map(Value::as_str) {
        out = out.then("; also ").data(name);
    }
    if out.is_empty() {
        out = said("without a name");
    }
    match number(c, "more_names") {
        0 => {}
        more => out = out.said(format!("; and {}", plural(count(more), "more name"))),
    }
    if let Some(content) = some(c, "content_type") {
        out = out.said("; content: ").data(content);
    }
    if let Some(declared) = card.and_then(|f| f.declared_type.as_ref()) {
        out = out.said("; declared: ").data(declared);
    }
    for r in card.iter().flat_map(|f| &f.remarks) {
        out = out.said("; ").data(r);
    }
    out
}

fn hashes(c: &Value, card: Option<&File>) -> Text {
    let length = number(c, "size");
    let mut size = said(bytes(length));
    if let Some(declared) = card.and_then(|f| f.declared_size).filter(|d| *d != length) {
        size = size.said(format!(" of {} declared", group(declared)));
    }
    match some(c, "sha256") {
        Some(hash) => {
            let size = digest("SHA-256", Some(hash), size.said(";"));
            let of = |m: fn(&File) -> &Option<String>| card.and_then(|f| m(f).as_deref());
            let size = digest("SHA-1", of(|f| &f.sha1), size);
            digest("MD5", of(|f| &f.md5), size)
        }
        None if yes(c, "pending") => size.said("; hashes not computed yet"),
        None => size.said("; no hash: not all of it is in the captures"),
    }
}

fn holder(h: &Value) -> Text {
    let mut ways = Vec::new();
    for word in ["received", "sent"] {
        match number(h, word) {
            0 => {}
            1 => ways.push(word.to_owned()),
            n => ways.push(format!("{word} {} times", group(n))),
        }
    }
    let whole = if yes(h, "complete") {
        ""
    } else {
        ", not whole"
    };
    let server = if yes(h, "had") { "" } else { ", a server" };
    end(h).said(format!("{server}: {}{whole}", ways.join(", ")))
}

fn hosts(c: &Value) -> Text {
    let hosts = all(c, "hosts");
    let had = hosts.iter().filter(|h| yes(h, "had")).count();
    let mut out = Text::default().strong(plural(had, "host"));
    for (n, h) in hosts.iter().take(HOSTS).enumerate() {
        out = out.said(if n > 0 { "; " } else { ": " }).and(holder(h));
    }
    match hosts.len().saturating_sub(HOSTS) {
        0 => out,
        more => out.said(format!("; and {more} more")),
    }
}

fn transfer(cx: Cx<'_>, n: usize, t: &Value) -> Vec<Text> {
    let mut flow = said(text(t, "transport")).said(" ").code(text(t, "client"));
    flow = flow.said(" to ").code(text(t, "server"));
    flow = flow.said(", ").data(text(t, "protocol"));
    if let Some(id) = some(t, "community_id") {
        flow = flow.said(", Community ID ").code(id);
    }
    let mut packets = match some(t, "request") {
        Some(p) => cx.refs.packet(p),
        None => said("not in the captures"),
    };
    let (first, last) = (text(t, "first"), text(t, "last"));
    packets = packets.said("; ").and(cx.refs.packet(first));
    if last != first {
        packets = packets.said(" to ").and(cx.refs.packet(last));
    }
    let mut from_to = end(&t["from"]).said(" to ").and(end(&t["to"]));
    if let Some(name) = some(t, "name") {
        from_to = from_to.said(", as ").data(name);
    }
    let parts = all(t, "parts").len();
    if parts > 1 {
        from_to = from_to.said(format!(", in {}", plural(parts, "part")));
    }
    let begun = some(t, "request_time").or(some(t, "first_time"));
    vec![
        said(n.to_string()),
        from_to,
        flow,
        packets,
        times(begun, some(t, "last_time")),
        if yes(t, "complete") {
            said("yes")
        } else {
            said("no: ").data(text(t, "state"))
        },
    ]
}

pub(super) fn section(cx: Cx<'_>, s: &Value) -> Section {
    let cards: BTreeMap<&str, &File> = cx.m.files.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut rows = Vec::new();
    let mut transfers = Vec::new();
    let mut left = count(number(&s["left"], "transfers"));
    for (n, c) in all(s, "contents").iter().enumerate() {
        let ids = all(c, "transfers").iter().map(|t| text(t, "id"));
        let card = ids.filter_map(|id| cards.get(id).copied()).next();
        let mut reasons = Text::default();
        let why = all(c, "why");
        for w in why.iter().take(REASONS) {
            reasons = reasons.then("; ").and(cx.refs.typed(text(w, "says")));
        }
        match why.len().saturating_sub(REASONS) + count(number(c, "more_why")) {
            0 => {}
            more => reasons = reasons.said(format!("; and {more} more")),
        }
        rows.push(vec![
            said((n + 1).to_string()),
            what(c, card),
            hashes(c, card),
            reasons,
            hosts(c),
        ]);
        for t in all(c, "transfers") {
            if transfers.len() < TRANSFERS {
                transfers.push(transfer(cx, n + 1, t));
            } else {
                left += 1;
            }
        }
    }
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(Block::Nothing(
            "No file was transferred that the scope looks for, a finding names or the analyst pinned.".to_owned(),
        ));
    } else {
        blocks.push(Block::Line(said(
            "A content is told by its SHA-256: whoever had the same is listed with it, under whatever name. Who had a file need not have opened it.",
        )));
        blocks.push(Block::Table(Table {
            head: vec![
                "No.",
                "File",
                "Size and hashes",
                "In question by",
                "Who had it",
            ],
            rows,
        }));
        blocks.push(Block::Heading("Conversations that carried them".to_owned()));
        blocks.push(Block::Table(Table {
            head: vec![
                "No.",
                "From, to",
                "Conversation",
                "Request; first and last packet of the file",
                "When (UTC)",
                "Complete",
            ],
            rows: transfers,
        }));
    }
    let contents = count(number(&s["left"], "contents"));
    if contents > 0 {
        let n = plural(contents, "more content");
        blocks.push(Block::Line(said(format!("{n} in question not listed."))));
    }
    if left > 0 {
        let n = plural(left, "more transfer");
        blocks.push(Block::Line(said(format!("{n} not listed here."))));
    }
    let pending = count(number(s, "pending"));
    if pending > 0 {
        blocks.push(Block::Line(said(format!(
            "{} not hashed yet: more hosts may turn out to have had the same.",
            plural(pending, "file")
        ))));
    }
    Section {
        id: "files",
        title: "Files",
        blocks,
    }
}
