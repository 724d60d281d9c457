//! The order of events as one drawing: a lane per host, a mark per event. Made of shapes, not of colours, so that it
//! prints; the table beside it says the same in words.

use super::words::{clock, plural};
use maud::html;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_model::Timestamp;

/// Lanes of their own; hosts beyond share one.
const LANES: usize = 16;
/// Of the drawing, in its own units.
const WIDTH: f64 = 760.0;
/// Where the lanes begin, behind their names.
const LEFT: f64 = 170.0;
/// Where they end.
const RIGHT: f64 = 745.0;
const LANE: f64 = 17.0;
const TICKS: u32 = 4;
/// Characters of a lane's name.
const NAME: usize = 28;

/// What a mark stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Something was received or sent.
    Got,
    /// Something was asked for or looked up.
    Asked,
    /// A confirmed finding begins.
    Finding,
    /// Something is pinned.
    Pin,
}

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// When.
    pub(crate) time: Timestamp,
    /// Address of the host; "" where none is known.
    pub(crate) lane: String,
    /// What.
    pub(crate) shape: Shape,
}

/// A host's address as a name; addresses of others are no links.
fn name(lane: &str) -> String {
    let shown: String = super::visible(lane).chars().take(NAME).collect();
    match lane.parse::<IpAddr>() {
        _ if lane.is_empty() => "pins".to_owned(),
        Ok(IpAddr::V4(a)) if !a.is_private() => shown.replace('.', "[.]"),
        _ => shown,
    }
}

/// The path of a shape around a place.
fn path(shape: Shape, x: f64, y: f64) -> String {
    match shape {
        Shape::Got => format!("M{:.1} {:.1}h8v8h-8z", x - 4.0, y - 4.0),
        Shape::Asked => format!("M{:.1} {y:.1}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x - 4.0),
        Shape::Finding => format!("M{x:.1} {:.1}l5 5l-5 5l-5 -5z", y - 5.0),
        Shape::Pin => format!("M{:.1} {:.1}h10l-5 9z", x - 5.0, y - 4.5),
    }
}

fn fill(shape: Shape) -> &'static str {
    match shape {
        Shape::Got | Shape::Finding => "currentColor",
        Shape::Asked | Shape::Pin => "none",
    }
}

/// The drawing as SVG text without script or style, and what it shows in words. None of no marks.
pub(crate) fn timeline(marks: &[Mark]) -> Option<(String, String)> {
    let first = marks.iter().map(|m| m.time).min()?;
    let last = marks.iter().map(|m| m.time).max()?;
    let mut lanes: Vec<&str> = Vec::new();
    let mut known = BTreeSet::new();
    for m in marks {
        if known.insert(m.lane.as_str()) {
            lanes.push(&m.lane);
        }
    }
    // Pins are of no host: their lane is the first, so that many hosts do not hide it.
    lanes.sort_by_key(|l| !l.is_empty());
    let hosts = lanes.iter().filter(|l| !l.is_empty()).count();
    let shared = lanes.len().saturating_sub(LANES);
    let own = if shared > 0 { LANES - 1 } else { lanes.len() };
    let mut names: Vec<String> = lanes.iter().take(own).map(|l| name(l)).collect();
    if shared > 0 {
        names.push(format!("{} more lanes", lanes.len() - own));
    }
    #[allow(clippy::cast_precision_loss)]
    let span = (last.0.saturating_sub(first.0)).max(1) as f64;
    #[allow(clippy::cast_precision_loss)]
    let x = |t: Timestamp| LEFT + (t.0.saturating_sub(first.0)) as f64 / span * (RIGHT - LEFT);
    #[allow(clippy::cast_precision_loss)]
    let y = |lane: usize| 14.0 + lane as f64 * LANE;
    let bottom = y(names.len());
    let height = bottom + 44.0;
    let says = format!(
        "{} of {} from {} to {}; the table lists them",
        plural(marks.len(), "event"),
        plural(hosts, "host"),
        clock(&first.epoch()),
        clock(&last.epoch())
    );
    let ticks: Vec<(f64, String, &str)> = (0..=TICKS)
        .map(|n| {
            let part = last.0.saturating_sub(first.0) / i64::from(TICKS) * i64::from(n);
            let t = Timestamp(first.0.saturating_add(part));
            let text = clock(&t.epoch());
            let text = text.get(5..16).unwrap_or_default().to_owned();
            let anchor = if n == 0 {
                "start"
            } else if n == TICKS {
                "end"
            } else {
                "middle"
            };
            (x(t), text, anchor)
        })
        .collect();
    let legend = [
        (Shape::Got, "received or sent"),
        (Shape::Asked, "asked or looked up"),
        (Shape::Finding, "confirmed finding"),
        (Shape::Pin, "pinned"),
    ];
    let svg = html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(says) {
            g fill="currentColor" font-size="10" {
                @for (n, name) in names.iter().enumerate() {
                    text x="0" y=(format!("{:.1}", y(n) + 3.5)) { (name) }
                }
                @for (x, text, anchor) in &ticks {
                    text x=(format!("{x:.1}")) y=(format!("{:.1}", bottom + 10.0)) text-anchor=(anchor) { (text) }
                }
                @for (n, (_, says)) in (0u8..).zip(&legend) {
                    text x=(format!("{:.1}", LEFT + 14.0 + f64::from(n) * 140.0)) y=(format!("{:.1}", bottom + 31.5)) { (says) }
                }
            }
            g stroke="currentColor" stroke-opacity="0.3" {
                @for (n, _) in names.iter().enumerate() {
                    line x1=(LEFT) x2=(RIGHT) y1=(format!("{:.1}", y(n))) y2=(format!("{:.1}", y(n))) {}
                }
                @for (x, _, _) in &ticks {
                    line x1=(format!("{x:.1}")) x2=(format!("{x:.1}")) y1="6" y2=(format!("{:.1}", bottom - 4.0)) {}
                }
            }
            g stroke="currentColor" {
                @for m in marks {
                    @let lane = lanes.iter().position(|l| *l == m.lane).unwrap_or_default().min(own.max(1) - usize::from(shared == 0));
                    path d=(path(m.shape, x(m.time), y(lane))) fill=(fill(m.shape)) {}
                }
                @for (n, (shape, _)) in (0u8..).zip(&legend) {
                    path d=(path(*shape, LEFT + 5.0 + f64::from(n) * 140.0, bottom + 28.0)) fill=(fill(*shape)) {}
                }
            }
        }
    };
    Some((svg.into_string(), says))
}
