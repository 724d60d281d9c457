//! The map as the page draws it: places, lines and ways, so that screen, paper and terminal show one picture.

use super::{Built, Laid, Map};
use serde_json::{Value, json};

/// A map that was laid out.
#[must_use]
pub fn drawn(map: &Map<'_>, laid: &Laid) -> Value {
    let id = |at: usize| map.nodes.get(at).map(|n| n.id);
    let nodes = map.nodes.iter().zip(&laid.places).zip(&laid.tree);
    let nodes: Vec<Value> = nodes
        .map(|((n, p), way)| {
            json!({
                "id": n.id, "sort": n.sort, "text": n.text, "evidence": n.evidence, "origin": n.origin,
                "parent": n.parent.and_then(id), "depth": n.depth, "unsupported": n.unsupported,
                "x": p.x, "y": p.y, "w": p.w, "h": p.h, "lines": p.lines, "way": way,
            })
        })
        .collect();
    let edges = map.edges.iter().zip(&laid.curves);
    let edges: Vec<Value> = edges
        .map(|(e, c)| json!({"id": e.id, "from": id(e.from), "to": id(e.to), "verb": e.verb, "way": c.d, "x": c.x, "y": c.y}))
        .collect();
    json!({"nodes": nodes, "edges": edges, "width": laid.width, "height": laid.height, "left": map.left})
}

/// What was built, for somebody to add.
#[must_use]
pub fn proposed(built: &Built) -> Value {
    let nodes: Vec<Value> = built
        .nodes
        .iter()
        .map(|n| {
            json!({
                "origin": n.origin, "sort": n.sort, "text": n.text, "evidence": n.evidence, "parent": n.parent,
                "for": n.speaks_for, "against": n.against, "settle": n.settle,
            })
        })
        .collect();
    let edge = |e: &super::BuiltEdge| json!({"from": e.from, "to": e.to, "verb": e.verb});
    let edges: Vec<Value> = built.edges.iter().map(edge).collect();
    json!({"nodes": nodes, "edges": edges, "left": built.left})
}
