//! The map as a drawing: one SVG document without script, links or fonts of its own. Captured text is escaped, and its
//! control and direction characters are visible.

use super::layout::Curve;
use super::layout::{CAP, LEAD, PAD};
use super::{Laid, Map};
use crate::report::visible;
use std::fmt::Write;

/// Around the whole.
const MARGIN: f64 = 16.0;
/// Edges beyond this many say what they say only in the list under the picture.
const LABELLED: usize = 120;

/// Text for XML; what XML 1.0 does not allow was made visible before.
fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for c in visible(of).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Fill and border by sort; the sort is written on the node too.
fn colours(sort: &str) -> (&'static str, &'static str) {
    match sort {
        "question" => ("#e8f0fe", "#0b57d0"),
        "hypothesis" => ("#fef7e0", "#8a5a00"),
        "host" => ("#fce8e6", "#b3261e"),
        "file" => ("#f3e8fd", "#6b21a8"),
        "name" => ("#e6f4ea", "#146c2e"),
        "event" => ("#e0f7fa", "#00616e"),
        "open" => ("#fff8e1", "#6d5200"),
        "action" => ("#e8eaed", "#202124"),
        _ => ("#ffffff", "#5f6368"),
    }
}

/// The words over a node's text.
fn head(sort: &str, unsupported: bool) -> String {
    let sort = match sort {
        "open" => "open question",
        "name" => "name or address",
        other => other,
    };
    if unsupported {
        format!("{sort} \u{b7} unsupported")
    } else {
        sort.to_owned()
    }
}

/// Draws a map that was laid out. `title` is what readers are told it is.
#[must_use]
pub fn svg(map: &Map<'_>, laid: &Laid, title: &str) -> String {
    let (w, h) = (laid.width + 2.0 * MARGIN, laid.height + 2.0 * MARGIN);
    let mut out = String::new();
    let mut put = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    put(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" role=\"img\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"11.5\">"
    ));
    put(format!("<title>{}</title>", text(title)));
    put(format!(
        "<desc>{} nodes, {} edges{}.</desc>",
        map.nodes.len(),
        map.edges.len(),
        if map.left > 0 {
            format!(", and {} nodes that are not drawn", map.left)
        } else {
            String::new()
        }
    ));
    put("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#5f6368\"/></marker></defs>".to_owned());
    put(format!(
        "<rect width=\"{w:.0}\" height=\"{h:.0}\" fill=\"#ffffff\"/><g transform=\"translate({MARGIN} {MARGIN})\">"
    ));
    for d in laid.tree.iter().filter(|d| !d.is_empty()) {
        put(format!(
            "<path d=\"{d}\" fill=\"none\" stroke=\"#c4c7c5\"/>"
        ));
    }
    for (e, Curve { d, x, y }) in map.edges.iter().zip(&laid.curves) {
        put(format!(
            "<path d=\"{d}\" fill=\"none\" stroke=\"#5f6368\" stroke-dasharray=\"4 3\" marker-end=\"url(#tip)\"/>"
        ));
        if map.edges.len() <= LABELLED {
            let verb = text(e.verb);
            put(format!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#3c4043\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{verb}</text>",
                y - 3.0
            ));
        }
    }
    for (n, place) in map.nodes.iter().zip(&laid.places) {
        let (fill, border) = colours(n.sort);
        let dash = if n.unsupported {
            " stroke-dasharray=\"5 4\""
        } else {
            ""
        };
        put(format!(
            "<g transform=\"translate({:.1} {:.1})\"><title>{}</title><rect width=\"{:.1}\" height=\"{:.1}\" rx=\"6\" fill=\"{fill}\" stroke=\"{border}\"{dash}/>",
            place.x,
            place.y,
            text(&n.text),
            place.w,
            place.h
        ));
        put(format!(
            "<text x=\"{PAD}\" y=\"{:.1}\" font-size=\"9.5\" fill=\"{border}\">{}</text>",
            PAD + 8.0,
            text(&head(n.sort, n.unsupported))
        ));
        for (k, line) in place.lines.iter().enumerate() {
            let y = PAD + CAP + LEAD * (k as f64 + 0.75);
            put(format!(
                "<text x=\"{PAD}\" y=\"{y:.1}\" fill=\"#202124\">{}</text>",
                text(line)
            ));
        }
        put("</g>".to_owned());
    }
    put("</g></svg>".to_owned());
    out
}

/// What an edge says, for lists: `… fetched …`.
pub(super) fn sentence(out: &mut String, from: &str, verb: &str, to: &str) {
    let _ = write!(out, "{from} \u{2014} {verb} \u{2192} {to}");
}
