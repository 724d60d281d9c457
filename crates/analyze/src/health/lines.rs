//! Capture health, line by line: a count, example packets, and which answers it weakens.

use crate::answers::coverage::{JUMP, silent, words};
use crate::answers::plural;
use crate::input::Input;
use weir_dissect::facts::{Count, Step};
use weir_dissect::protocols::tls;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::{CaptureId, Duration, PacketRef};

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
    /// `truncated`, `loss`, `one_way`, `duplicates`, `clock`, `jump`, `gap`, `checksum_offload`, `checksum`,
    /// `overlap`, `unknown_link`, `untimed`, `records`, `broken`, `damaged`, `limit`, `opened`, `unopened`; of flow logs `log_lines` and `flow_records`.
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
    damaged(input, &mut out);
    counted(input, &mut out);
    lost(input, &mut out);
    one_way(input, &mut out);
    time(input, &mut out);
    limits(input, &mut out);
    bombs(input, &mut out);
    opened(input, &mut out);
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

/// Blocks of capture files that were stepped over because they are broken.
fn damaged(input: &Input<'_>, out: &mut Vec<Line>) {
    for c in input.captures() {
        let (count, first) = (c.damaged.0, c.damaged.1.as_slice());
        if count == 0 {
            continue;
        }
        let places: Vec<String> = first
            .iter()
            .map(|(offset, what)| format!("at offset {offset} {what}"))
            .collect();
        let rest = count.saturating_sub(first.len() as u64);
        let more = if rest > 0 {
            format!("; {rest} more")
        } else {
            String::new()
        };
        out.push(Line {
            capture: Some(c.id),
            ..line(
                "damaged",
                Severity::Bad,
                count,
                format!(
                    "{} of capture {} broken and stepped over: {}{more}",
                    if count == 1 {
                        "1 block".to_owned()
                    } else {
                        format!("{count} blocks")
                    },
                    format_args!("{} {}", c.id, if count == 1 { "is" } else { "are" }),
                    places.join("; ")
                ),
                "Packets in them were not looked at.",
            )
        });
    }
}

/// Picks one count of a chain's quality.
type Pick = fn(&weir_dissect::facts::Quality) -> &Count;

fn counted(input: &Input<'_>, out: &mut Vec<Line>) {
    let kinds: [(&'static str, Severity, Pick, [&str; 3], &'static str); 8] = [
        (
            "truncated",
            Severity::Warn,
            |q| &q.cut,
            ["packet was", "packets were", "cut by the snap length"],
            "Files in them cannot be read: their answers are \u{201c}cannot tell\u{201d}.",
        ),
        (
            "duplicates",
            Severity::Note,
            |q| &q.duplicates,
            [
                "packet is",
                "packets are",
                "copied from an earlier one, as mirror ports do",
            ],
            "Answers and rates count each packet once; lists show all.",
        ),
        (
            "checksum_offload",
            Severity::Note,
            |q| &q.offload,
            [
                "packet has",
                "packets have",
                "a checksum that the sender's card had still to fill in: this was taken on that machine",
            ],
            "No answer is weaker for it.",
        ),
        (
            "checksum",
            Severity::Note,
            |q| &q.bad_checksum,
            ["packet has", "packets have", "a wrong checksum"],
            "They were used all the same; receivers may have dropped them.",
        ),
        (
            "overlap",
            Severity::Warn,
            |q| &q.conflicts,
            [
                "packet brings",
                "packets bring",
                "bytes of a TCP stream that came before with other content; the first copy was read",
            ],
            "The receiver may have taken the other copy: what was read may not be what it saw.",
        ),
        (
            "unknown_link",
            Severity::Warn,
            |q| &q.unknown_link,
            [
                "packet is",
                "packets are",
                "of a link type that is not dissected",
            ],
            "Nothing in them was looked at.",
        ),
        (
            "untimed",
            Severity::Warn,
            |q| &q.untimed,
            [
                "packet has",
                "packets have",
                "no time in the capture file (Simple Packet Block)",
            ],
            "They are taken to be of the time of the packet before them: windows and order near them are uncertain.",
        ),
        (
            "records",
            Severity::Note,
            |q| &q.records,
            [
                "record of the capture file stands",
                "records of the capture file stand",
                "among the packets and is no packet (pcapng custom or journal block)",
            ],
            "No answer is weaker for it: they have numbers, as in Wireshark, and no addresses.",
        ),
    ];
    for (id, severity, pick, [one, many, what], weakens) in kinds {
        let counts = || input.chains.iter().map(|c| pick(&c.facts.quality));
        let count = counts().map(|c| c.count).sum();
        if count > 0 {
            out.push(Line {
                packets: counts()
                    .flat_map(|c| c.examples.iter().copied())
                    .take(Count::EXAMPLES)
                    .collect(),
                ..line(
                    id,
                    severity,
                    count,
                    format!("{count} {} {what}", if count == 1 { one } else { many }),
                    weakens,
                )
            });
        }
    }
}

fn lost(input: &Input<'_>, out: &mut Vec<Line>) {
    let mut bytes = [0_u64; 2];
    let mut flows = 0_u64;
    let mut first = Vec::new();
    for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
        // What the snap length took is told in a line of its own. Where it shows is the packet with which it was known.
        let seldom = flow.seldom();
        if seldom.cut == 0 && seldom.missed[0] + seldom.missed[1] > 0 {
            flows += 1;
            bytes[0] += seldom.missed[0];
            bytes[1] += seldom.missed[1];
            first.push(seldom.lacked.unwrap_or(flow.last));
        }
    }
    first.truncate(Count::EXAMPLES);
    if flows > 0 {
        let share = super::loss(input) * 100.0;
        let sides: Vec<String> = [("clients", bytes[0]), ("servers", bytes[1])]
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(who, n)| format!("{} of {who}", plural(*n, "byte")))
            .collect();
        let are = if bytes[0] + bytes[1] == 1 {
            "is"
        } else {
            "are"
        };
        out.push(Line {
            packets: first,
            ..line(
                "loss",
                Severity::Warn,
                flows,
                format!(
                    "{} {are} missing in {} ({share:.2} % of TCP bytes)",
                    sides.join(" and "),
                    plural(flows, "TCP conversation")
                ),
                "Files among them are partial and have no whole-file hash.",
            )
        });
    }
}

fn one_way(input: &Input<'_>, out: &mut Vec<Line>) {
    let flows = || input.chains.iter().flat_map(|c| &c.facts.flows);
    let all = flows().filter_map(super::sided).count() as u64;
    let sided = || flows().filter(|f| super::sided(f) == Some(true));
    let count = sided().count() as u64;
    if count > 0 {
        let severe = count * 100 > all * SIDED_SHARE;
        out.push(Line {
            packets: sided().map(|f| f.first).take(Count::EXAMPLES).collect(),
            ..line(
                "one_way",
                if severe { Severity::Bad } else { Severity::Warn },
                count,
                format!(
                    "{count} of {} {} one side only",
                    plural(all, "TCP conversation"),
                    if count == 1 { "shows" } else { "show" }
                ),
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
            packets: examples(&back),
            ..line(
                "clock",
                Severity::Warn,
                all,
                format!(
                    "Time runs backwards at {}, by up to {}",
                    plural(all, "packet"),
                    seconds(worst.before.since(worst.after))
                ),
                "Order and windows near these packets are uncertain.",
            )
        });
    }
    let silent = || input.chains.iter().flat_map(silent);
    let size = |s: &Step| s.after.since(s.before);
    let jumps: Vec<&Step> = silent().filter(|s| size(s) > JUMP).collect();
    if let Some(longest) = jumps.iter().map(|s| size(s)).max() {
        let years = longest.0 / JUMP.0;
        out.push(Line {
            packets: examples(&jumps),
            ..line(
                "jump",
                Severity::Warn,
                jumps.len() as u64,
                format!(
                    "Time jumps forward {}, by up to {}: a clock was set, or captures were joined",
                    if jumps.len() == 1 {
                        "once".to_owned()
                    } else {
                        format!("{} times", jumps.len())
                    },
                    plural(years.unsigned_abs(), "year")
                ),
                "Times before and after are not of one clock: windows may miss packets.",
            )
        });
    }
    let gaps: Vec<&Step> = silent().filter(|s| size(s) <= JUMP).collect();
    if let Some(longest) = gaps.iter().map(|s| size(s)).max() {
        let n = gaps.len() as u64;
        out.push(Line {
            packets: examples(&gaps),
            ..line(
                "gap",
                Severity::Warn,
                n,
                format!(
                    "{} of more than a quarter of an hour, unlike all others, the longest {}",
                    plural(n, "silence"),
                    words(longest)
                ),
                "They count as not captured: \u{201c}not seen\u{201d} does not cover them.",
            )
        });
    }
}

/// What keys opened of TLS, where there are any.
fn opened(input: &Input<'_>, out: &mut Vec<Line>) {
    let rows = || {
        let chains = input.chains.iter();
        chains.flat_map(|c| c.facts.messages.all::<tls::Handshake>())
    };
    let all = rows().count() as u64;
    let opened = rows().filter(|r| r.opened).count() as u64;
    let partly: Vec<PacketRef> = rows()
        .filter(|r| r.unopened || r.early && r.opened)
        .map(|r| r.meta.first)
        .collect();
    if opened > 0 {
        let closed = all - opened;
        out.push(line(
            "opened",
            Severity::Note,
            opened,
            format!("Keys open {opened} of {}", plural(all, "TLS conversation")),
            if closed > 0 {
                "What the others carry is not known."
            } else {
                ""
            },
        ));
    }
    if !partly.is_empty() {
        let n = partly.len() as u64;
        out.push(Line {
            packets: partly.into_iter().take(Count::EXAMPLES).collect(),
            ..line(
                "unopened",
                Severity::Warn,
                n,
                format!(
                    "{} with keys {} closed in part or as a whole",
                    plural(n, "TLS conversation"),
                    if n == 1 { "stays" } else { "stay" }
                ),
                "What stays closed was not searched.",
            )
        });
    }
}

/// The first few, in order of the list.
fn examples(steps: &[&Step]) -> Vec<PacketRef> {
    steps
        .iter()
        .map(|s| s.packet)
        .take(Count::EXAMPLES)
        .collect()
}

/// `2.5 s`: no zeros at the end, microseconds at most.
fn seconds(span: Duration) -> String {
    let text = span.decimal();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.get(..6).unwrap_or(fraction).trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction} s")
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
                    "{} ({} {}), {}",
                    limit.kind.says,
                    limit.kind.bound,
                    limit.kind.unit,
                    times(limit.count)
                ),
                "What lies beyond the bound was not kept.",
            )
        });
    }
    for c in input.captures() {
        for (kind, count) in &c.limits {
            out.push(Line {
                capture: Some(c.id),
                ..line(
                    "limit",
                    Severity::Warn,
                    *count,
                    format!(
                        "{} ({} {}), {}",
                        kind.says,
                        kind.bound,
                        kind.unit,
                        times(*count)
                    ),
                    "What lies beyond the bound was not kept.",
                )
            });
        }
    }
}

/// Files that are decompression bombs: known once their contents were read again.
fn bombs(input: &Input<'_>, out: &mut Vec<Line>) {
    let mut count = 0_u64;
    let mut packets = Vec::new();
    for (chain, c) in input.chains.iter().enumerate() {
        for artifact in &c.facts.artifacts {
            let content = input.digests.content(chain, artifact.key);
            if content.is_some_and(|c| c.bomb) {
                count += 1;
                packets.push(artifact.last);
                packets.truncate(Count::EXAMPLES);
            }
        }
    }
    if count > 0 {
        let kind = &weir_dissect::BOMB;
        out.push(Line {
            packets,
            ..line(
                "limit",
                Severity::Warn,
                count,
                format!(
                    "{} ({} {}), {}",
                    kind.says,
                    kind.bound,
                    kind.unit,
                    times(count)
                ),
                "Such a file has no hash, and its content was looked at to that place only.",
            )
        });
    }
}

fn times(n: u64) -> String {
    if n == 1 {
        "once".to_owned()
    } else {
        format!("{n} times")
    }
}
