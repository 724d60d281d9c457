//! The mind map: nodes of several sorts under one question, and edges with a verb between them. The map, the outline
//! and the notes are the same items of the case. Built from what was found on request, then the analyst's. Knows no
//! screen.

mod build;
mod canvas;
mod layout;
mod outline;
mod rows;
mod svg;

pub use build::{Built, BuiltEdge, BuiltNode, build};
pub use canvas::canvas;
pub use layout::{Curve, Laid, Place, layout};
pub use outline::{markdown, mermaid};
pub use rows::{drawn, proposed};
pub use svg::svg;

use crate::document::{Document, Item};
use std::collections::{BTreeMap, BTreeSet};

/// Most nodes that are drawn; the rest are counted.
pub const MAX_NODES: usize = 2_000;
/// Depth beyond which the outline goes no deeper.
const MAX_DEPTH: usize = 64;

/// Sorts of nodes, in the order in which siblings that were built stand.
pub const SORTS: [&str; 8] = [
    "question",
    "hypothesis",
    "host",
    "file",
    "name",
    "event",
    "open",
    "action",
];

/// Of these, what claims something of the traffic: built ones stand on evidence.
const CLAIMS: [&str; 5] = ["hypothesis", "host", "file", "name", "event"];
/// A node that only holds others together.
const GROUP: &str = "group";

/// What an edge may say; an analyst may write another word.
pub const VERBS: [&str; 8] = [
    "fetched",
    "sent",
    "resolved",
    "contacted",
    "then",
    "same content",
    "contradicts",
    "decided",
];

/// A node of the map.
#[derive(Clone, PartialEq, Debug)]
pub struct Node<'a> {
    /// Of its item.
    pub id: &'a str,
    /// One of [`SORTS`]; `note` and `pin` for these.
    pub sort: &'a str,
    /// One line. Hostile text inside.
    pub text: String,
    /// Written references, as they stand in text and evidence.
    pub evidence: Vec<String>,
    /// What it was built from; empty for the analyst's own.
    pub origin: &'a str,
    /// Place of its parent among the nodes; nothing for a root.
    pub parent: Option<usize>,
    /// How deep it stands, from 0.
    pub depth: usize,
    /// It was built and has no evidence any more.
    pub unsupported: bool,
}

/// An edge of the map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge<'a> {
    /// Of its item.
    pub id: &'a str,
    /// Place among the nodes.
    pub from: usize,
    /// Place among the nodes.
    pub to: usize,
    /// What it says.
    pub verb: &'a str,
}

/// The map of a case, in the order of its outline.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Map<'a> {
    /// Depth first, each family by its order.
    pub nodes: Vec<Node<'a>>,
    /// Those whose both ends are there.
    pub edges: Vec<Edge<'a>>,
    /// Nodes beyond [`MAX_NODES`].
    pub left: usize,
}

/// References in a text, as written.
pub(crate) fn written(text: &str) -> Vec<String> {
    let parts = text.split("[[").skip(1);
    let of = |p: &str| {
        let (inner, _) = p.split_once("]]")?;
        inner.parse::<weir_model::EvidenceRef>().ok()?;
        Some(format!("[[{inner}]]"))
    };
    parts.filter_map(of).collect()
}

/// A text without its references.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        out.push_str(before);
        match after.split_once("]]") {
            Some((inner, more)) if inner.parse::<weir_model::EvidenceRef>().is_ok() => rest = more,
            _ => {
                out.push_str("[[");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Bytes of a note that is read as Markdown for its node; longer ones stand there as typed.
const READ: usize = 4096;

/// The words of a note, without the signs of its Markdown; references stay as they are read: "see p12".
fn plain(text: &str) -> String {
    use crate::notes::{Sort, pieces, read};
    let mut out = String::with_capacity(text.len());
    pieces(&read(text).blocks, &mut |sort, piece| {
        let piece = match sort {
            Some(Sort::Reference) => piece.trim_start_matches("[[").trim_end_matches("]]"),
            _ => piece,
        };
        // A piece of a line goes on in it; blocks stand apart.
        if sort.is_none() {
            out.push(' ');
        }
        out.push_str(piece);
    });
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Document {
    /// The map as it stands. `supported` has the origins that were built anew of what is loaded; a built node whose
    /// origin is not among them, or that lost its references, is unsupported. Without it only the latter is.
    #[must_use]
    pub fn map(&self, supported: Option<&BTreeSet<String>>) -> Map<'_> {
        let mut families: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        let kinds = ["note", "pin", "node"];
        let all: Vec<&Item> = self
            .items
            .iter()
            .filter(|i| !i.now.deleted && kinds.contains(&i.now.kind.as_str()))
            .filter(|i| i.now.text("role") != "summary")
            .collect();
        let ids: BTreeSet<&str> = all.iter().map(|i| i.id.as_str()).collect();
        for item in &all {
            let parent = item.now.text("parent");
            let parent = if ids.contains(parent) { parent } else { "" };
            families.entry(parent).or_default().push(item);
        }
        for family in families.values_mut() {
            family.sort_by(|a, b| {
                let order = |i: &Item| i.now.number("order");
                order(a).total_cmp(&order(b)).then_with(|| a.id.cmp(&b.id))
            });
        }
        let mut out = Map::default();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut stack = Vec::new();
        push(&mut stack, families.get(""), None, 0);
        let mut loops = all.iter();
        loop {
            let Some((item, parent, depth)) = stack.pop() else {
                // Families that go round in a circle hang on no root: the first of each is made one.
                match loops.find(|i| !seen.contains(i.id.as_str())) {
                    Some(item) => stack.push((*item, None, 0)),
                    None => break,
                }
                continue;
            };
            if !seen.insert(&item.id) {
                continue;
            }
            if out.nodes.len() == MAX_NODES {
                out.left += 1;
                continue;
            }
            let at = out.nodes.len();
            places.insert(&item.id, at);
            out.nodes.push(node(item, parent, depth, supported));
            let children = families.get(item.id.as_str());
            push(&mut stack, children, Some(at), (depth + 1).min(MAX_DEPTH));
        }
        let edge = |i: &Item| -> Option<(usize, usize)> {
            let at = |member: &str| places.get(i.now.text(member)).copied();
            Some((at("from")?, at("to")?))
        };
        out.edges = self
            .live("edge")
            .filter_map(|i| {
                let (from, to) = edge(i)?;
                (from != to).then(|| Edge {
                    id: &i.id,
                    from,
                    to,
                    verb: i.now.text("verb"),
                })
            })
            .collect();
        out
    }
}

/// An item that waits for its place: below which node, how deep.
type Waiting<'a> = (&'a Item, Option<usize>, usize);

fn push<'a>(
    stack: &mut Vec<Waiting<'a>>,
    family: Option<&Vec<&'a Item>>,
    parent: Option<usize>,
    depth: usize,
) {
    let family = family.map_or(&[][..], Vec::as_slice);
    stack.extend(family.iter().rev().map(|i| (*i, parent, depth)));
}

fn node<'a>(
    item: &'a Item,
    parent: Option<usize>,
    depth: usize,
    supported: Option<&BTreeSet<String>>,
) -> Node<'a> {
    let v = &item.now;
    let origin = v.text("origin");
    let mut evidence = written(v.text("evidence"));
    for more in written(v.text("text")) {
        if !evidence.contains(&more) {
            evidence.push(more);
        }
    }
    let text = match v.kind.as_str() {
        "pin" => format!("{} {}", v.text("snapshot"), v.text("comment")),
        _ => v.text("text").to_owned(),
    };
    let sort = match v.kind.as_str() {
        "node" => SORTS
            .iter()
            .find(|s| **s == v.text("sort"))
            .copied()
            .unwrap_or(GROUP),
        kind => kind,
    };
    let gone = supported.is_some_and(|s| !s.contains(origin));
    Node {
        id: &item.id,
        sort,
        text: match v.kind.as_str() {
            "note" if text.len() <= READ => plain(&text),
            _ => bare(&text),
        },
        unsupported: !origin.is_empty() && CLAIMS.contains(&sort) && (gone || evidence.is_empty()),
        evidence,
        origin,
        parent,
        depth,
    }
}
