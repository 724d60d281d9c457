//! Capture health, line by line: a count, example packets, and which answers it weakens.

use crate::answers::coverage::{SILENCE, words};
use crate::answers::plural;
use crate::input::Input;
use weir_dissect::Transport;
use weir_dissect::facts::Count;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::{CaptureId, PacketRef};

/// Packets of a conversation from which on one side alone is remarkable.
const SIDED: u32 = 5;
/// Share of one-sided conversations, in percent, that is no accident.
const SIDED_SHARE: u64 = 50;
/// Backward steps smaller than this come from several queues of one card (nanoseconds).
const JITTER: i64 = 1_000_000;

/// How much it matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Counted, harms nothing.
    Note,
    /// Weakens answers.
    Warn,
    /// Part of the capture is missing.
    Bad,
}

/// One line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// `truncated`, `loss`, `one_way`, `duplicates`, `clock`, `gap`, `checksum_offload`, `checksum`,
    /// `unknown_link`, `broken`, `limit`; of flow logs `log_lines` and `flow_records`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence with the count.
    pub says: String,
    /// How many.
    pub count: u64,
    /// The first few.
    pub packets: Vec<PacketRef>,
    /// Which answers it weakens; empty where none.
    pub weakens: &'static str,
    /// In which capture, where it is one's.
    pub capture: Option<CaptureId>,
}

/// Worst first, then in this order.
#[must_use]
pub fn lines(input: &Input<'_>) -> Vec<Line> {
    let mut out = Vec::new();
    broken(input, &mut out);
    counted(input, &mut out);
    lost(input, &mut out);
    one_way(input, &mut out);
    time(input, &mut out);
    limits(input, &mut out);
    logs(input, &mut out);
    out.sort_by_key(|l| std::cmp::Reverse(l.severity));
    out
}

fn line(
    id: &'static str,
    severity: Severity,
    count: u64,
    says: String,
    weakens: &'static str,
) -> Line {
    Line {
        id,
        severity,
        says,
        count,
        packets: Vec::new(),
        weakens,
        capture: None,
    }
}

fn broken(input: &Input<'_>, out: &mut Vec<Line>) {
    for c in input.captures() {
        if let Some(why) = &c.broken {
            out.push(Line {
                capture: Some(c.id),
                ..line(
                    "broken",
                    Severity::Bad,
                    1,
                    format!(
                        "Capture {} was read to packet {} only: {why}",
                        c.id, c.packets
                    ),
                    "Nothing after that place was looked at.",
                )
            });
        }
    }
}

/// Picks one count of a chain's quality.
type Pick = fn(&weir_dissect::facts::Quality) -> &Count;

fn counted(input: &Input<'_>, out: &mut Vec<Line>) {
    let kinds: [(&'static str, Severity, Pick, &str, &'static str); 5] = [
        (
            "truncated",
            Severity::Warn,
            |q| &q.cut,
            "packets were cut by the snap length",
            "Files in them cannot be read: their answers are \u{201c}cannot tell\u{201d}.",
        ),
        (
            "duplicates",
            Severity::Note,
            |q| &q.duplicates,
            "packets are copies of earlier ones, as mirror ports make them",
            "None: answers and rates count each packet once; lists show all.",
        ),
        (
            "checksum_offload",
            Severity::Note,
            |q| &q.offload,
            "packets have a checksum that the sender's card had still to fill in: this was taken on that machine",
            "None.",
        ),
        (
            "checksum",
            Severity::Note,
            |q| &q.bad_checksum,
            "packets have a wrong checksum",
            "They were used all the same; receivers may have dropped them.",
        ),
        (
            "unknown_link",
            Severity::Warn,
            |q| &q.unknown_link,
            "packets are of a link type that is not dissected",
            "Nothing in them was looked at.",
        ),
    ];
    for (id, severity, pick, text, weakens) in kinds {
        let counts = || input.chains.iter().map(|c| pick(&c.facts.quality));
        let count = counts().map(|c| c.count).sum();
        if count > 0 {
            out.push(Line {
                packets: counts()
                    .flat_map(|c| c.examples.iter().copied())
                    .take(Count::EXAMPLES)
                    .collect(),
                ..line(id, severity, count, format!("{count} {text}"), weakens)
            });
        }
    }
}

fn lost(input: &Input<'_>, out: &mut Vec<Line>) {
    let mut bytes = [0_u64; 2];
    let mut flows = 0_u64;
    let mut examples = Vec::new();
    for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
        if flow.seldom().missed[0] + flow.seldom().missed[1] > 0 {
            flows += 1;
            bytes[0] += flow.seldom().missed[0];
            bytes[1] += flow.seldom().missed[1];
        }
    }
    for c in &input.chains {
        examples.extend(c.facts.quality.unseen_acked.examples.iter().copied());
    }
    examples.truncate(Count::EXAMPLES);
    if flows > 0 {
        let share = super::loss(input) * 100.0;
        out.push(Line {
            packets: examples,
            ..line(
                "loss",
                Severity::Warn,
                flows,
                format!(
                    "{} bytes of clients and {} of servers are missing in {flows} TCP conversations ({share:.2} % of TCP bytes)",
                    bytes[0], bytes[1]
                ),
                "Files among them are partial and have no whole-file hash.",
            )
        });
    }
}

fn one_way(input: &Input<'_>, out: &mut Vec<Line>) {
    let tcp = || {
        input
            .chains
            .iter()
            .flat_map(|c| &c.facts.flows)
            .filter(|f| {
                f.transport == Transport::Tcp && f.packets[0].saturating_add(f.packets[1]) >= SIDED
            })
    };
    let all = tcp().count() as u64;
    let sided = || tcp().filter(|f| f.packets[0] == 0 || f.packets[1] == 0);
    let count = sided().count() as u64;
    if count > 0 {
        let severe = count * 100 > all * SIDED_SHARE;
        out.push(Line {
            packets: sided().map(|f| f.first).take(Count::EXAMPLES).collect(),
            ..line(
                "one_way",
                if severe { Severity::Bad } else { Severity::Warn },
                count,
                format!("{count} of {all} TCP conversations show one side only"),
                "What the other side said cannot be told; round-trip times and answers are missing.",
            )
        });
    }
}

fn time(input: &Input<'_>, out: &mut Vec<Line>) {
    let back: Vec<_> = input
        .chains
        .iter()
        .flat_map(|c| &c.facts.quality.jumps)
        .filter(|s| s.before.since(s.after).0 > JITTER)
        .collect();
    let all: u64 = input
        .chains
        .iter()
        .map(|c| c.facts.quality.backwards.count)
        .sum();
    if let Some(worst) = back.first() {
        out.push(Line {
            packets: back
                .iter()
                .map(|s| s.packet)
                .take(Count::EXAMPLES)
                .collect(),
            ..line(
                "clock",
                Severity::Warn,
                all,
                format!(
                    "Time runs backwards at {all} packets, by up to {}",
                    worst.before.since(worst.after).decimal() + " s"
                ),
                "Order and windows near these packets are uncertain.",
            )
        });
    }
    let gaps: Vec<_> = input
        .chains
        .iter()
        .flat_map(|c| &c.facts.quality.silences)
        .filter(|s| s.after.since(s.before) > SILENCE)
        .collect();
    if let Some(longest) = gaps.iter().map(|s| s.after.since(s.before)).max() {
        let n = gaps.len() as u64;
        out.push(Line {
            packets: gaps
                .iter()
                .map(|s| s.packet)
                .take(Count::EXAMPLES)
                .collect(),
            ..line(
                "gap",
                Severity::Warn,
                n,
                format!(
                    "{n} silences of more than a quarter of an hour, the longest {}",
                    words(longest)
                ),
                "They count as not captured: \u{201c}not seen\u{201d} does not cover them.",
            )
        });
    }
}

fn logs(input: &Input<'_>, out: &mut Vec<Line>) {
    for log in &input.logs {
        if let Some(why) = &log.broken {
            out.push(Line {
                capture: Some(log.id),
                ..line(
                    "broken",
                    Severity::Bad,
                    1,
                    format!(
                        "Flow log {} was read to row {} only: {why}",
                        log.id,
                        log.rows.len()
                    ),
                    "Nothing after that place was looked at.",
                )
            });
        }
        if log.refused > 0 {
            let first = log.refusal.as_deref().unwrap_or_default();
            out.push(Line {
                capture: Some(log.id),
                ..line(
                    "log_lines",
                    Severity::Warn,
                    log.refused,
                    format!(
                        "{} of flow log {} could not be read; first {first}",
                        plural(log.refused, "line"),
                        log.id
                    ),
                    "The conversations of these lines are not known.",
                )
            });
        }
        if log.beyond.0 > 0 {
            out.push(Line {
                capture: Some(log.id),
                ..line(
                    "limit",
                    Severity::Warn,
                    log.beyond.0,
                    format!(
                        "Flow log {} has {} beyond the bound of {}",
                        log.id,
                        plural(log.beyond.0, "row"),
                        log.beyond.1
                    ),
                    "What lies beyond the bound was not kept.",
                )
            });
        }
        out.push(Line {
            capture: Some(log.id),
            ..line(
                "flow_records",
                Severity::Note,
                log.rows.len() as u64,
                format!(
                    "{} holds {FLOW_RECORDS_ONLY}: {}, no payload and no names",
                    log.id,
                    plural(log.rows.len() as u64, "row")
                ),
                "Answers that rest on it stop at \u{201c}contacted\u{201d}.",
            )
        });
    }
}

fn limits(input: &Input<'_>, out: &mut Vec<Line>) {
    for limit in input.chains.iter().flat_map(|c| c.facts.limits.all()) {
        out.push(Line {
            packets: limit.first.into_iter().collect(),
            ..line(
                "limit",
                Severity::Warn,
                limit.count,
                format!(
                    "{} ({} {}), {} times",
                    limit.kind.says, limit.kind.bound, limit.kind.unit, limit.count
                ),
                "What lies beyond the bound was not kept.",
            )
        });
    }
}
