//! What the captures lack, which answers that weakens, and where they were taken. Repairs nothing.

mod lines;
mod placement;

pub use lines::{Line, Severity, lines};
pub use placement::{Placement, placement};

use crate::environment::Environment;
use crate::input::Input;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

/// What the client's side and a refusal leave in `TcpSeen::completeness`: SYN 1, RST 32.
const NOTHING_SAID: u8 = 1 | 32;
/// Packets of a conversation below which one direction alone tells nothing.
const SIDED: u32 = 5;

/// A SYN that got nothing but a reset, if that. A client that went on had its answer, seen or not: a capture
/// of one direction only is no scan.
pub(crate) fn in_vain(f: &Flow) -> bool {
    f.tcp.completeness & !NOTHING_SAID == 0
}

/// Was one direction alone seen of a TCP conversation? Nothing where that tells nothing: of few packets, and where a
/// client asked again and again and nobody was there to answer.
pub(crate) fn sided(f: &Flow) -> Option<bool> {
    let enough = f.packets[0].saturating_add(f.packets[1]) >= SIDED;
    let tells = f.transport == Transport::Tcp && enough && !in_vain(f);
    tells.then(|| f.packets[0] == 0 || f.packets[1] == 0)
}

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

/// TCP bytes that were seen, and that are missing, over flows that are not cut.
pub(crate) fn weighed(input: &Input<'_>) -> [u64; 2] {
    let (mut seen, mut missed) = (0_u64, 0_u64);
    for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
        // What the snap length took was not lost.
        let whole = flow.seldom().cut == 0;
        if whole && flow.transport == weir_dissect::Transport::Tcp {
            seen += flow.payload[0] + flow.payload[1];
            missed += flow.seldom().missed[0] + flow.seldom().missed[1];
        }
    }
    [seen, missed]
}

/// Missing TCP bytes against all, over flows that are not cut.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn loss(input: &Input<'_>) -> f64 {
    let [seen, missed] = weighed(input);
    if seen + missed == 0 {
        0.0
    } else {
        missed as f64 / (seen + missed) as f64
    }
}
