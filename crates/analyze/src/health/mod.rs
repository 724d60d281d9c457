//! What the captures lack, which answers that weakens, and where they were taken. Repairs nothing.

mod lines;
mod placement;

pub use lines::{Line, Severity, lines};
pub use placement::{Placement, placement};

use crate::environment::Environment;
use crate::input::Input;

/// The one-line quality of a summary.
#[derive(Clone, PartialEq, Debug)]
pub struct Quality {
    /// The id of the worst line, `none` without one.
    pub issue: &'static str,
    /// Share of TCP bytes that are missing, of those that were seen or are known to be missing.
    pub loss: f64,
}

/// All of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Health {
    /// Worst first.
    pub lines: Vec<Line>,
    /// For the summary.
    pub quality: Quality,
    /// Where the captures were taken, one per chain.
    pub placement: Vec<Placement>,
}

/// Judges the captures.
#[must_use]
pub fn health(input: &Input<'_>, env: &Environment) -> Health {
    let lines = lines(input);
    let issue = lines
        .iter()
        .find(|l| l.severity >= Severity::Warn)
        .map_or("none", |l| l.id);
    Health {
        quality: Quality {
            issue,
            loss: loss(input),
        },
        placement: (0..input.chains.len())
            .filter_map(|chain| placement(input, env, chain))
            .collect(),
        lines,
    }
}

/// Missing TCP bytes against all, over flows that are not cut.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn loss(input: &Input<'_>) -> f64 {
    let (mut seen, mut missed) = (0_u64, 0_u64);
    for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
        // What the snap length took was not lost.
        let whole = flow.seldom().cut == 0;
        if whole && flow.transport == weir_dissect::Transport::Tcp {
            seen += flow.payload[0] + flow.payload[1];
            missed += flow.seldom().missed[0] + flow.seldom().missed[1];
        }
    }
    if seen + missed == 0 {
        0.0
    } else {
        missed as f64 / (seen + missed) as f64
    }
}
