//! Files in question: each content once, with everybody who had it, and the conversation of each transfer.

use super::sections::{digest, times};
use super::{Cx, host};
use crate::report::material::File;
use crate::report::spread::{Content, End, Holder, Spread, Transfer};
use crate::report::text::{Text, said};
use crate::report::words::{bytes, group, plural};
use crate::report::{Block, Section, Table};
use std::collections::BTreeMap;

/// Hosts that are named of one content; the rest are counted.
const HOSTS: usize = 24;
/// Reasons that are printed.
const REASONS: usize = 4;
/// Transfers that are printed; all of them are in the JSON report and in the table's own exports.
const TRANSFERS: usize = 500;

fn end(e: &End) -> Text {
    let out = host(e.name.as_deref(), &e.host, e.mac.as_deref());
    if e.remark.is_empty() {
        out
    } else {
        out.said(" (").said(&e.remark).said(")")
    }
}

/// Names, types, and what is to be known of the bytes.
fn what(c: &Content, card: Option<&File>) -> Text {
    let mut out = Text::default();
    for (n, name) in c.names.iter().enumerate() {
        out = out.said(if n > 0 { "; also " } else { "" }).data(name);
    }
    if c.names.is_empty() {
        out = said("without a name");
    }
    if c.more_names > 0 {
        out = out.said(format!(
            "; and {}",
            plural(count(c.more_names), "more name")
        ));
    }
    if let Some(content) = &c.content_type {
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

fn count(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn hashes(c: &Content, card: Option<&File>) -> Text {
    let mut size = said(bytes(c.size));
    if let Some(declared) = card.and_then(|f| f.declared_size).filter(|d| *d != c.size) {
        size = size.said(format!(" of {} declared", group(declared)));
    }
    match &c.sha256 {
        Some(_) => {
            let size = digest("SHA-256", c.sha256.as_deref(), size.said(";"));
            let of = |m: fn(&File) -> &Option<String>| card.and_then(|f| m(f).as_deref());
            let size = digest("SHA-1", of(|f| &f.sha1), size);
            digest("MD5", of(|f| &f.md5), size)
        }
        None if c.pending => size.said("; hashes not computed yet"),
        None => size.said("; no hash: not all of it is in the captures"),
    }
}

fn holder(h: &Holder) -> Text {
    let mut ways = Vec::new();
    for (n, word) in [(h.received, "received"), (h.sent, "sent")] {
        match n {
            0 => {}
            1 => ways.push(word.to_owned()),
            n => ways.push(format!("{word} {} times", group(n))),
        }
    }
    let whole = if h.complete { "" } else { ", not whole" };
    end(&h.end).said(format!(": {}{whole}", ways.join(", ")))
}

fn hosts(c: &Content) -> Text {
    let mut out = Text::default().strong(plural(c.hosts.len(), "host"));
    for (n, h) in c.hosts.iter().take(HOSTS).enumerate() {
        out = out.said(if n > 0 { "; " } else { ": " }).and(holder(h));
    }
    match c.hosts.len().saturating_sub(HOSTS) {
        0 => out,
        more => out.said(format!("; and {more} more")),
    }
}

fn transfer(cx: Cx<'_>, n: usize, t: &Transfer) -> Vec<Text> {
    let mut flow = said(&t.transport).said(" ").code(&t.client);
    flow = flow
        .said(" to ")
        .code(&t.server)
        .said(", ")
        .data(&t.protocol);
    if !t.community_id.is_empty() {
        flow = flow.said(", Community ID ").code(&t.community_id);
    }
    let mut packets = match &t.request {
        Some(p) => cx.refs.packet(p),
        None => said("not in the captures"),
    };
    packets = packets.said("; ").and(cx.refs.packet(&t.first));
    if t.last != t.first {
        packets = packets.said(" to ").and(cx.refs.packet(&t.last));
    }
    let mut from_to = end(&t.from).said(" to ").and(end(&t.to));
    if let Some(name) = &t.name {
        from_to = from_to.said(", as ").data(name);
    }
    if t.parts.len() > 1 {
        from_to = from_to.said(format!(", in {}", plural(t.parts.len(), "part")));
    }
    let begun = t.request_time.as_deref().unwrap_or(&t.first_time);
    vec![
        said(n.to_string()),
        from_to,
        flow,
        packets,
        times(Some(begun), Some(&t.last_time)),
        if t.complete {
            said("yes")
        } else {
            said("no: ").data(&t.state)
        },
    ]
}

pub(super) fn section(cx: Cx<'_>, s: &Spread) -> Section {
    let cards: BTreeMap<&str, &File> = cx.m.files.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut rows = Vec::new();
    let mut transfers = Vec::new();
    let mut left = count(s.left.transfers);
    for (n, c) in s.contents.iter().enumerate() {
        let ids = c.transfers.iter().map(|t| t.id.as_str());
        let card = ids.filter_map(|id| cards.get(id).copied()).next();
        let mut reasons = Text::default();
        for w in c.why.iter().take(REASONS) {
            reasons = reasons.then("; ").and(cx.refs.typed(&w.says));
        }
        match c.why.len().saturating_sub(REASONS) + count(c.more_why) {
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
        for t in &c.transfers {
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
    if s.left.contents > 0 {
        let n = plural(count(s.left.contents), "more content");
        blocks.push(Block::Line(said(format!("{n} in question not listed."))));
    }
    if left > 0 {
        let n = plural(left, "more transfer");
        blocks.push(Block::Line(said(format!("{n} not listed here."))));
    }
    if s.pending > 0 {
        blocks.push(Block::Line(said(format!(
            "{} not hashed yet: more hosts may turn out to have had the same.",
            plural(count(s.pending), "file")
        ))));
    }
    Section {
        id: "files",
        title: "Files",
        blocks,
    }
}
