//! The map as a JSON Canvas (version 1.0): nodes of text at their places, edges with their words.

use super::outline::line;
use super::{Laid, Map};
use serde_json::{Value, json};

/// The preset colours that fit the drawing's: 1 red, 2 orange, 3 yellow, 4 green, 5 cyan, 6 purple.
fn colour(sort: &str) -> Option<&'static str> {
    match sort {
        "question" | "action" => Some("4"),
        "host" => Some("5"),
        "file" | "name" => Some("6"),
        "hypothesis" | "open" => Some("3"),
        _ => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "places of a drawing stay far below 2^53"
)]
fn whole(n: f64) -> i64 {
    n.round() as i64
}

/// The text of a canvas; edges whose both ends are drawn, ways of the tree without a word.
#[must_use]
pub fn canvas(map: &Map<'_>, laid: &Laid) -> String {
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    let id = |at: usize| map.nodes.get(at).map(|n| n.id);
    for (n, p) in map.nodes.iter().zip(&laid.places) {
        let mut node = json!({
            "id": n.id, "type": "text", "text": line(n),
            "x": whole(p.x), "y": whole(p.y), "width": whole(p.w), "height": whole(p.h),
        });
        if let (Some(colour), Some(members)) = (colour(n.sort), node.as_object_mut()) {
            members.insert("color".to_owned(), Value::from(colour));
        }
        nodes.push(node);
        if let Some(parent) = n.parent.and_then(id) {
            edges.push(json!({
                "id": format!("{}-way", n.id), "fromNode": parent, "fromSide": "right",
                "toNode": n.id, "toSide": "left", "toEnd": "none",
            }));
        }
    }
    for e in &map.edges {
        if let (Some(from), Some(to)) = (id(e.from), id(e.to)) {
            edges.push(json!({
                "id": e.id, "fromNode": from, "toNode": to,
                "label": crate::report::visible(e.verb),
            }));
        }
    }
    format!("{:#}\n", json!({"nodes": nodes, "edges": edges}))
}
