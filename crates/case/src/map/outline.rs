//! The map as text: an outline in Markdown, and a flowchart in Mermaid's language. Captured text is escaped for each.

use super::svg::sentence;
use super::{Map, Node};
use crate::report::visible;
use weir_model::EvidenceRef;

/// One line of Markdown: nothing in it begins markup, a link or an autolink.
fn plain(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    let text = visible(of);
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        // Colons and dots only where a reader would make a link of them.
        let linked = match c {
            ':' => rest.starts_with("//"),
            '.' => out.ends_with("www") || out.ends_with("WWW"),
            _ => "\\`*_{}[]<>()|~&@#".contains(c),
        };
        if linked {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A node in one line of Markdown.
pub(super) fn line(n: &Node<'_>) -> String {
    let mut out = match n.sort {
        "note" | "pin" | "group" => plain(&n.text),
        sort => format!("**{sort}** {}", plain(&n.text)),
    };
    if n.unsupported {
        out.push_str(" *(unsupported)*");
    }
    for e in &n.evidence {
        out.push(' ');
        out.push_str(&reference(e));
    }
    out
}

/// Whether Markdown takes a reference for nothing else. Numbers, addresses and hashes are read strictly; behind `F-`, in
/// the name of a field and in a filter any text may stand.
fn ordinary(of: &EvidenceRef) -> bool {
    // Letters around each underscore, as in names of fields: others would begin emphasis.
    let name = |text: &str, between: &[char]| {
        let parts = || text.split(between);
        let word = |p: &str| p.chars().all(|c| c.is_ascii_alphanumeric());
        parts().all(|p| !p.is_empty() && word(p)) && !parts().any(|p| p == "www")
    };
    match of {
        EvidenceRef::Finding(id) => name(id, &['-']),
        EvidenceRef::Field { field, .. } => name(field, &['.', '-', '_']),
        // Between its own two backticks it is code, in which nothing has a meaning.
        EvidenceRef::Filter(text) => !text.is_empty() && !text.contains('`'),
        _ => true,
    }
}

/// A written reference in a line of Markdown.
fn reference(written: &str) -> String {
    match written.parse::<EvidenceRef>() {
        Ok(of) if ordinary(&of) && visible(written) == written => written.to_owned(),
        _ => {
            let inner = written.strip_prefix("[[");
            let inner = inner.and_then(|w| w.strip_suffix("]]"));
            format!("[[{}]]", plain(inner.unwrap_or(written)))
        }
    }
}

/// A nested list, and under it what the edges say.
#[must_use]
pub fn markdown(map: &Map<'_>, title: &str) -> String {
    let mut out = format!(
        "# {}\n\n",
        plain(if title.is_empty() { "Mind map" } else { title })
    );
    for n in &map.nodes {
        out.push_str(&"  ".repeat(n.depth));
        out.push_str("- ");
        out.push_str(&line(n));
        out.push('\n');
    }
    if map.left > 0 {
        out.push_str(&format!("\nAnd {} more.\n", map.left));
    }
    if !map.edges.is_empty() {
        out.push_str("\n## Edges\n\n");
    }
    for e in &map.edges {
        let (Some(from), Some(to)) = (map.nodes.get(e.from), map.nodes.get(e.to)) else {
            continue;
        };
        out.push_str("- ");
        sentence(
            &mut out,
            &plain(&from.text),
            &plain(e.verb),
            &plain(&to.text),
        );
        out.push('\n');
    }
    out
}

/// Text inside quotes of Mermaid: its entity codes for what has a meaning there.
fn quoted(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for c in visible(of).chars() {
        if c.is_alphanumeric() || " .,-_/\u{b7}\u{2026}\u{27e8}\u{27e9}".contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("#{};", u32::from(c)));
        }
    }
    out
}

/// A flowchart: tree edges plain, the others with their verb.
#[must_use]
pub fn mermaid(map: &Map<'_>) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, n) in map.nodes.iter().enumerate() {
        let state = if n.unsupported { ", unsupported" } else { "" };
        let text = format!("{}{state}: {}", n.sort, n.text);
        out.push_str(&format!("  n{at}[\"{}\"]\n", quoted(&text)));
    }
    for (at, n) in map.nodes.iter().enumerate() {
        if let Some(parent) = n.parent {
            out.push_str(&format!("  n{parent} --- n{at}\n"));
        }
    }
    for e in &map.edges {
        out.push_str(&format!(
            "  n{} -. \"{}\" .-> n{}\n",
            e.from,
            quoted(e.verb),
            e.to
        ));
    }
    out
}
