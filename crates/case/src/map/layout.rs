//! Where the nodes of a map stand: a tidy tree from left to right, parents in the middle of their children.
//! Widths are counted in characters of an even font, so that every screen and paper gets the same picture.

use super::Map;

/// Units a character of the text is wide; the font is drawn in this pitch at most.
pub(super) const CHAR: f64 = 7.0;
/// Characters of a line.
const LINE: usize = 30;
/// Lines of a node; a longer text ends with an ellipsis.
const LINES: usize = 3;
/// Height of a line.
pub(super) const LEAD: f64 = 17.0;
/// Around the text of a node.
pub(super) const PAD: f64 = 8.0;
/// Over the text: the sort of the node.
pub(super) const CAP: f64 = 14.0;
/// Between the columns, where edges bend and say what they say.
const GAP: f64 = 90.0;
/// Between siblings.
const APART: f64 = 12.0;

/// A node's box, from the top left corner.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Place {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Its text in lines.
    pub lines: Vec<String>,
}

/// The way of an edge.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Curve {
    /// As SVG's `d` has it.
    pub d: String,
    /// Its middle, where its verb stands.
    pub x: f64,
    /// Its middle.
    pub y: f64,
}

/// A map with places.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Laid {
    /// As the map's nodes.
    pub places: Vec<Place>,
    /// As the map's nodes: the way from the parent; empty for a root.
    pub tree: Vec<String>,
    /// As the map's edges.
    pub curves: Vec<Curve>,
    /// Of the whole.
    pub width: f64,
    /// Of the whole.
    pub height: f64,
}

/// Lines of at most [`LINE`] characters; words longer than that are broken.
fn lines(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut long = 0;
    let mut cut = false;
    'words: for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let room = LINE.saturating_sub(if long == 0 { 0 } else { long + 1 });
            if rest.len() <= room || long == 0 {
                let n = rest.len().min(LINE);
                if long > 0 {
                    line.push(' ');
                    long += 1;
                }
                line.extend(rest.drain(..n));
                long += n;
            }
            if !rest.is_empty() {
                if out.len() + 1 == LINES {
                    cut = true;
                    break 'words;
                }
                out.push(std::mem::take(&mut line));
                long = 0;
            }
        }
    }
    if cut {
        line = line.chars().take(LINE - 1).collect();
        line.push('\u{2026}');
    }
    if !line.is_empty() || out.is_empty() {
        out.push(line);
    }
    out
}

/// From the right of one box to the left of the other, or round where both stand in one column.
fn curve(from: &Place, to: &Place) -> Curve {
    let (y1, y2) = (from.y + from.h / 2.0, to.y + to.h / 2.0);
    let (x1, x2, c1, c2) = if to.x > from.x + from.w {
        let bend = (to.x - from.x - from.w) / 2.0;
        (from.x + from.w, to.x, bend, -bend)
    } else if from.x > to.x + to.w {
        let bend = (from.x - to.x - to.w) / 2.0;
        (from.x, to.x + to.w, -bend, bend)
    } else {
        (from.x + from.w, to.x + to.w, GAP / 2.0, GAP / 2.0)
    };
    let (c1, c2) = (x1 + c1, x2 + c2);
    // The middle of a cubic curve.
    let middle = |a: f64, b: f64, c: f64, d: f64| (a + 3.0 * b + 3.0 * c + d) / 8.0;
    Curve {
        d: format!("M{x1:.1} {y1:.1}C{c1:.1} {y1:.1} {c2:.1} {y2:.1} {x2:.1} {y2:.1}"),
        x: middle(x1, c1, c2, x2),
        y: middle(y1, y1, y2, y2),
    }
}

/// Places every node.
#[must_use]
pub fn layout(map: &Map<'_>) -> Laid {
    let mut out = Laid::default();
    for n in &map.nodes {
        let lines = lines(&crate::report::visible(&n.text));
        let widest = lines.iter().map(|l| l.chars().count()).max().unwrap_or(0);
        let longest = widest.max(n.sort.len() + 12);
        out.places.push(Place {
            w: longest as f64 * CHAR + 2.0 * PAD,
            h: lines.len() as f64 * LEAD + CAP + 2.0 * PAD,
            lines,
            ..Place::default()
        });
    }
    // Columns are as wide as their widest node.
    let mut columns: Vec<f64> = Vec::new();
    for (n, place) in map.nodes.iter().zip(&out.places) {
        if columns.len() <= n.depth {
            columns.resize(n.depth + 1, 0.0);
        }
        if let Some(c) = columns.get_mut(n.depth) {
            *c = c.max(place.w);
        }
    }
    let mut left = vec![0.0; columns.len() + 1];
    for (n, w) in columns.iter().enumerate() {
        let next = left.get(n).copied().unwrap_or(0.0) + w + GAP;
        if let Some(l) = left.get_mut(n + 1) {
            *l = next;
        }
    }
    // From the last node to the first: children stand before their parent is put in their middle. Children of a node
    // follow it, so their leaves are placed in order first.
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); map.nodes.len()];
    for (at, n) in map.nodes.iter().enumerate() {
        if let Some(list) = n.parent.and_then(|p| children.get_mut(p)) {
            list.push(at);
        }
    }
    let mut heights = vec![0.0_f64; map.nodes.len()];
    for at in (0..map.nodes.len()).rev() {
        let of: Vec<f64> = children
            .get(at)
            .into_iter()
            .flatten()
            .filter_map(|c| heights.get(*c).copied())
            .collect();
        let between = APART * of.len().saturating_sub(1) as f64;
        let own = out.places.get(at).map_or(0.0, |p| p.h);
        if let Some(h) = heights.get_mut(at) {
            *h = own.max(of.iter().sum::<f64>() + between);
        }
    }
    let mut top = vec![0.0_f64; map.nodes.len()];
    let mut down = 0.0;
    for (at, n) in map.nodes.iter().enumerate() {
        let height = heights.get(at).copied().unwrap_or(0.0);
        if n.parent.is_none() {
            if let Some(t) = top.get_mut(at) {
                *t = down;
            }
            down += height + 2.0 * APART;
        }
        let begin = top.get(at).copied().unwrap_or(0.0);
        let list = children.get(at).map_or(&[][..], Vec::as_slice);
        let all: f64 = list.iter().filter_map(|c| heights.get(*c)).sum::<f64>()
            + APART * list.len().saturating_sub(1) as f64;
        let mut next = begin + (height - all).max(0.0) / 2.0;
        for c in list {
            if let Some(t) = top.get_mut(*c) {
                *t = next;
            }
            next += heights.get(*c).copied().unwrap_or(0.0) + APART;
        }
        if let Some(place) = out.places.get_mut(at) {
            place.x = left.get(n.depth).copied().unwrap_or(0.0);
            place.y = begin + (height - place.h) / 2.0;
        }
    }
    let place = |at: usize| out.places.get(at).cloned().unwrap_or_default();
    let tree = map.nodes.iter().enumerate().map(|(at, n)| {
        n.parent
            .map_or_else(String::new, |p| curve(&place(p), &place(at)).d)
    });
    let tree: Vec<String> = tree.collect();
    let edges = map.edges.iter();
    let curves: Vec<Curve> = edges.map(|e| curve(&place(e.from), &place(e.to))).collect();
    (out.tree, out.curves) = (tree, curves);
    let right = out.places.iter().map(|p| p.x + p.w);
    out.width = right.fold(0.0, f64::max);
    let bottom = out.places.iter().map(|p| p.y + p.h);
    out.height = bottom.fold(0.0, f64::max);
    out
}
