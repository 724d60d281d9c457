//! The targets, each with its floor, its aim and how the figure is made of judged captures.

use super::figures::{
    evidence, false_alarms, mean, median, period_errors, precision_at, precision_at_n, predictions,
    raised, recall, share,
};
use super::matching::Verdict;
use super::run::Judged;
use crate::labelled::truth::{Label, Need};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Not further from the nominal level than this.
    Near(f64),
    /// Shown, not judged.
    Shown,
}

impl Goal {
    /// Is it met?
    #[must_use]
    pub fn met(self, value: f64) -> Option<bool> {
        const ROUND: f64 = 1e-9;
        match self {
            Self::AtLeast(least) => Some(value >= least - ROUND),
            Self::AtMost(most) => Some(value <= most + ROUND),
            Self::Near(off) => Some(value.abs() <= off + ROUND),
            Self::Shown => None,
        }
    }

    /// In a table.
    #[must_use]
    pub fn text(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(v) => format!("≥ {}", unit.text(v)),
            Self::AtMost(v) => format!("≤ {}", unit.text(v)),
            Self::Near(v) => format!("± {}", unit.text(v)),
            Self::Shown => "–".to_owned(),
        }
    }
}

/// How a figure is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, two digits.
    Share,
    /// A share in percent.
    Percent,
    /// A count, one digit.
    Count,
    /// A rate, three digits.
    Rate,
}

impl Unit {
    /// A value.
    #[must_use]
    pub fn text(self, v: f64) -> String {
        match self {
            Self::Share => format!("{v:.2}"),
            Self::Percent => format!("{:.1} %", v * 100.0),
            Self::Count if v.fract() == 0.0 => format!("{v:.0}"),
            Self::Count => format!("{v:.2}"),
            Self::Rate => format!("{v:.3}"),
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What.
    pub what: &'static str,
    /// Must.
    pub floor: Goal,
    /// Should.
    pub aim: Goal,
    /// Unit.
    pub unit: Unit,
    /// Of all seeds together; `None` where there was nothing to measure.
    pub value: Option<f64>,
    /// Of each seed.
    pub seeds: Vec<Option<f64>>,
    /// The scenarios that it needs.
    pub of: &'static [&'static str],
}

struct Target {
    what: &'static str,
    floor: Goal,
    aim: Goal,
    unit: Unit,
    of: &'static [&'static str],
    /// The figure of some captures of these scenarios.
    figure: fn(&[&Judged]) -> Option<f64>,
    /// Over all captures at once (a median, a rate), else the mean of the seeds'.
    pooled: bool,
}

fn all(_: &Label) -> bool {
    true
}

fn found(js: &[&Judged]) -> Option<f64> {
    share(recall(js.iter().copied(), all))
}

fn counted(js: &[&Judged], which: impl Fn(&Label) -> bool) -> Option<f64> {
    let (found, whole) = recall(js.iter().copied(), which);
    (whole > 0).then_some(found as f64)
}

fn at_n(js: &[&Judged]) -> Option<f64> {
    let each: Vec<f64> = js
        .iter()
        .filter_map(|j| precision_at_n(&j.outcome, "c2"))
        .collect();
    mean(&each)
}

/// Alarms about the harmless twins of a scenario.
fn twins(js: &[&Judged], kinds: &[&str]) -> Option<f64> {
    (!js.is_empty()).then(|| js.iter().map(|j| raised(&j.outcome, kinds)).sum::<usize>() as f64)
}

fn severe(js: &[&Judged], severity: u8) -> usize {
    js.iter()
        .flat_map(|j| false_alarms(&j.outcome))
        .filter(|(f, _)| f.severity >= severity)
        .count()
}

/// Alarms of another family than faults and quality of the capture.
fn breach(js: &[&Judged], severity: u8) -> Option<f64> {
    let of = |j: &&Judged| {
        j.outcome
            .findings
            .iter()
            .filter(|f| f.severity >= severity && f.confidence >= 0.5)
            .filter(|f| !matches!(f.family(), "netissue" | "capture"))
            .count()
    };
    (!js.is_empty()).then(|| js.iter().map(of).sum::<usize>() as f64)
}

fn files(js: &[&Judged]) -> Option<f64> {
    let mut out = (0usize, 0usize);
    for j in js {
        for l in j
            .outcome
            .truth
            .labels
            .iter()
            .filter(|l| l.need == Need::Must)
        {
            let Some(hash) = &l.sha256 else { continue };
            out.0 += usize::from(j.files.contains(hash));
            out.1 += 1;
        }
    }
    (out.1 > 0).then_some(out.0 as f64)
}

/// Labels of the defects found, each by its exact kind; a defect in a capture of its own.
fn diagnosed(js: &[&Judged]) -> Option<f64> {
    counted(js, |l| l.kind.starts_with("capture."))
}

/// How far the stated loss is from the true one, at most.
fn loss(js: &[&Judged]) -> Option<f64> {
    let of = |j: &&Judged| -> Option<f64> {
        let truth = j.outcome.truth.loss?;
        let said = j
            .outcome
            .findings
            .iter()
            .find(|f| f.detection == "capture.loss");
        Some((said.and_then(|f| f.share).unwrap_or(0.0) - truth).abs())
    };
    js.iter().filter_map(of).reduce(f64::max)
}

fn quality_alarms_when_clean(js: &[&Judged]) -> Option<f64> {
    let clean: Vec<&&Judged> = js.iter().filter(|j| j.outcome.truth.benign).collect();
    let of = |j: &&&Judged| {
        j.outcome
            .findings
            .iter()
            .filter(|f| f.family() == "capture" && f.severity > 0)
            .count()
    };
    (!clean.is_empty()).then(|| clean.iter().map(of).sum::<usize>() as f64)
}

fn current<'a>(js: &[&'a Judged]) -> Vec<&'a Judged> {
    js.iter()
        .copied()
        .filter(|j| j.outcome.truth.earlier.is_some())
        .collect()
}

fn victim_first(js: &[&Judged]) -> Option<f64> {
    let of = |j: &&Judged| {
        let o = &j.outcome;
        let victim = o.truth.labels.iter().find(|l| l.need == Need::Must);
        let first = o.findings.first().and_then(|f| f.src.as_deref());
        f64::from(victim.is_some_and(|l| Some(l.src.as_str()) == first))
    };
    mean(&js.iter().map(of).collect::<Vec<f64>>())
}

const BEACONS: &[&str] = &[
    "beacons_24h",
    "beacons_slow_3d",
    "beacons_daily_10d",
    "beacons_hard",
];

use Goal::{AtLeast, AtMost, Near, Shown};

macro_rules! target {
    ($what:literal, $of:expr, $unit:ident, $floor:expr, $aim:expr, $figure:expr) => {
        target!($what, $of, $unit, $floor, $aim, $figure, false)
    };
    ($what:literal, $of:expr, $unit:ident, $floor:expr, $aim:expr, $figure:expr, $pooled:literal) => {
        Target {
            what: $what,
            of: $of,
            unit: Unit::$unit,
            floor: $floor,
            aim: $aim,
            figure: $figure,
            pooled: $pooled,
        }
    };
}

static TARGETS: &[Target] = &[
    target!(
        "Beacons 24 h: recall",
        &["beacons_24h"],
        Share,
        AtLeast(0.90),
        AtLeast(0.95),
        found
    ),
    target!(
        "Beacons 24 h: P@n",
        &["beacons_24h"],
        Share,
        AtLeast(0.90),
        AtLeast(0.97),
        at_n
    ),
    target!(
        "Slow 3 d: recall",
        &["beacons_slow_3d"],
        Share,
        AtLeast(0.90),
        AtLeast(1.0),
        found
    ),
    target!(
        "Slow 3 d: P@n",
        &["beacons_slow_3d"],
        Share,
        AtLeast(0.85),
        AtLeast(0.95),
        at_n
    ),
    target!(
        "Daily 10 d: recall",
        &["beacons_daily_10d"],
        Share,
        AtLeast(0.95),
        AtLeast(1.0),
        found
    ),
    target!(
        "Daily 10 d: P@n",
        &["beacons_daily_10d"],
        Share,
        AtLeast(0.85),
        AtLeast(1.0),
        at_n
    ),
    target!(
        "Hard: recall",
        &["beacons_hard"],
        Share,
        AtLeast(0.85),
        AtLeast(0.95),
        found
    ),
    target!(
        "Hard: aperiodic feed and stream raised",
        &["beacons_hard"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        |js| { twins(js, &["benign.aperiodic", "benign.streaming"]) }
    ),
    target!(
        "Period error, median",
        BEACONS,
        Percent,
        AtMost(0.05),
        AtMost(0.02),
        |js| { median(period_errors(js.iter().copied())) },
        true
    ),
    target!(
        "Alarms a host-day in benign captures",
        &["benign_day", "benign_10d"],
        Rate,
        AtMost(0.05),
        AtMost(0.02),
        |js| {
            let days: f64 = js.iter().map(|j| j.outcome.truth.host_days).sum();
            (days > 0.0).then(|| severe(js, 2) as f64 / days)
        },
        true
    ),
    target!(
        "High alarms in benign captures",
        &["benign_day", "benign_10d"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        |js| { (!js.is_empty()).then(|| severe(js, 3) as f64) }
    ),
    target!(
        "Scans of five kinds",
        &["scans"],
        Count,
        AtLeast(5.0),
        AtLeast(5.0),
        |js| {
            counted(js, |l| {
                !matches!(l.kind.as_str(), "scan.slow" | "scan.arp_sweep")
            })
        }
    ),
    target!(
        "Slow scan and ARP sweep too",
        &["scans"],
        Count,
        Shown,
        AtLeast(2.0),
        |js| {
            counted(js, |l| {
                matches!(l.kind.as_str(), "scan.slow" | "scan.arp_sweep")
            })
        }
    ),
    target!(
        "Look-alikes of scans raised",
        &["scans"],
        Count,
        Shown,
        AtMost(0.0),
        |js| twins(
            js,
            &["benign.monitor", "benign.inventory", "benign.service_down"]
        )
    ),
    target!(
        "DNS: tunnel, slow exfiltration, DGA",
        &["dns"],
        Count,
        AtLeast(3.0),
        AtLeast(3.0),
        |js| { counted(js, |l| l.kind != "dns.resolver_bypass") }
    ),
    target!(
        "DNS: resolver bypass too",
        &["dns"],
        Count,
        Shown,
        AtLeast(1.0),
        |js| { counted(js, |l| l.kind == "dns.resolver_bypass") }
    ),
    target!(
        "Look-alikes of DNS raised",
        &["dns"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        |js| twins(
            js,
            &["benign.reputation", "benign.suffix", "benign.cdn_shards"]
        )
    ),
    target!(
        "Executables: SHA-256 exact",
        &["files"],
        Count,
        AtLeast(10.0),
        AtLeast(10.0),
        files
    ),
    target!(
        "Executables: found",
        &["files"],
        Count,
        Shown,
        AtLeast(10.0),
        |js| counted(js, all)
    ),
    target!(
        "Credentials: kinds found",
        &["cleartext"],
        Count,
        AtLeast(9.0),
        AtLeast(10.0),
        |js| counted(js, all)
    ),
    target!(
        "Credentials: false secrets",
        &["cleartext"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        |js| {
            Some(
                js.iter()
                    .flat_map(|j| j.outcome.findings.iter().zip(&j.outcome.verdicts))
                    .filter(|(f, v)| {
                        f.family() == "cred" && matches!(v, Verdict::False(_) | Verdict::Note)
                    })
                    .count() as f64,
            )
            .filter(|_| !js.is_empty())
        }
    ),
    target!(
        "Lateral, rogue, unique: recall",
        &["lateral"],
        Share,
        AtLeast(0.85),
        AtLeast(0.95),
        found
    ),
    target!(
        "Faults of 16",
        &["faults"],
        Count,
        AtLeast(14.0),
        AtLeast(16.0),
        |js| counted(js, all)
    ),
    target!(
        "Breach alarms of high beside faults",
        &["faults"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        |js| breach(js, 3)
    ),
    target!(
        "Breach alarms of medium beside faults",
        &["faults"],
        Count,
        Shown,
        AtMost(0.0),
        |js| breach(js, 2)
    ),
    target!(
        "Capture quality: right of 7",
        &["quality"],
        Count,
        AtLeast(6.0),
        AtLeast(7.0),
        diagnosed
    ),
    target!(
        "Stated loss: off by",
        &["quality"],
        Percent,
        AtMost(0.02),
        AtMost(0.02),
        loss
    ),
    target!(
        "A clean capture called defective",
        &["quality"],
        Count,
        AtMost(0.0),
        AtMost(0.0),
        quality_alarms_when_clean
    ),
    target!(
        "Baseline pair: found",
        &["baseline"],
        Count,
        AtLeast(4.0),
        AtLeast(5.0),
        |js| counted(&current(js), all)
    ),
    target!(
        "Baseline pair: findings listed",
        &["baseline"],
        Count,
        AtMost(20.0),
        AtMost(10.0),
        |js| {
            let now = current(js);
            // Nothing listed is nothing said, not a short list.
            let listed: usize = now.iter().map(|j| j.outcome.findings.len()).sum();
            (listed > 0).then_some(listed as f64)
        }
    ),
    target!(
        "Exfiltration and tunnels: recall",
        &["exfil"],
        Share,
        Shown,
        AtLeast(0.85),
        found
    ),
    target!(
        "Look-alikes of exfiltration raised",
        &["exfil"],
        Count,
        Shown,
        AtMost(0.0),
        |js| twins(js, &["benign.backup", "benign.call"])
    ),
    target!(
        "Guessing: kinds found of 5",
        &["guessing"],
        Count,
        Shown,
        AtLeast(5.0),
        |js| counted(js, all)
    ),
    target!(
        "People who mistype raised",
        &["guessing"],
        Count,
        Shown,
        AtMost(0.0),
        |js| twins(js, &["benign.mistyped"])
    ),
    target!(
        "TLS anomalies: exact kinds of 7",
        &["tls"],
        Count,
        Shown,
        AtLeast(7.0),
        |js| counted(js, all)
    ),
    target!(
        "Mixed intrusion: P@7",
        &["mixed_intrusion"],
        Share,
        AtLeast(0.7),
        AtLeast(0.9),
        |js| {
            mean(
                &js.iter()
                    .map(|j| precision_at(&j.outcome, 7))
                    .collect::<Vec<f64>>(),
            )
        }
    ),
    target!(
        "Mixed intrusion: victim first",
        &["mixed_intrusion"],
        Share,
        AtLeast(1.0),
        AtLeast(1.0),
        victim_first
    ),
    target!(
        "Mixed intrusion: recall",
        &["mixed_intrusion"],
        Share,
        Shown,
        Shown,
        found
    ),
    target!(
        "Evidence inside the true packets",
        &[],
        Share,
        AtLeast(0.90),
        AtLeast(0.98),
        |js| { mean(&evidence(js.iter().copied())) },
        true
    ),
    target!(
        "Predictions: coverage less nominal level",
        BEACONS,
        Percent,
        Near(0.05),
        Near(0.05),
        |js| {
            let p = predictions(js.iter().copied());
            Some(p.coverage()? - p.level()?)
        },
        true
    ),
    target!(
        "Predictions: coverage, hosts that are off and missed slots too",
        BEACONS,
        Percent,
        Shown,
        Shown,
        |js| {
            let p = predictions(js.iter().copied());
            share((p.plain, p.given))
        },
        true
    ),
    target!(
        "Predictions: coverage",
        BEACONS,
        Percent,
        Shown,
        Shown,
        |js| { predictions(js.iter().copied()).coverage() },
        true
    ),
    target!(
        "Predictions: own backtest less coverage",
        BEACONS,
        Percent,
        Near(0.07),
        Near(0.07),
        |js| {
            let p = predictions(js.iter().copied());
            Some(p.tested()? - p.coverage()?)
        },
        true
    ),
    target!(
        "Predictions: width of the first interval, periods",
        BEACONS,
        Share,
        Shown,
        Shown,
        |js| { predictions(js.iter().copied()).width() },
        true
    ),
    target!(
        "Predictions: found beacons without one",
        BEACONS,
        Percent,
        Shown,
        Shown,
        |js| {
            let p = predictions(js.iter().copied());
            share((p.asked - p.given, p.asked))
        },
        true
    ),
];

/// The table over what was judged; rows whose scenarios were not run are left out.
#[must_use]
pub fn rows(judged: &[Judged], seeds: &[u64]) -> Vec<Row> {
    TARGETS
        .iter()
        .filter_map(|t| {
            let of: Vec<&Judged> = judged
                .iter()
                .filter(|j| t.of.is_empty() || t.of.contains(&j.scenario))
                .filter(|j| j.scenario != "surface")
                .collect();
            if of.is_empty() {
                return None;
            }
            let each: Vec<Option<f64>> = seeds
                .iter()
                .map(|seed| {
                    let mine: Vec<&Judged> =
                        of.iter().copied().filter(|j| j.seed == *seed).collect();
                    (t.figure)(&mine)
                })
                .collect();
            let value = if t.pooled {
                (t.figure)(&of)
            } else {
                let list: Vec<f64> = each.iter().flatten().copied().collect();
                mean(&list)
            };
            Some(Row {
                what: t.what,
                floor: t.floor,
                aim: t.aim,
                unit: t.unit,
                value,
                seeds: each,
                of: t.of,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_met_at_their_bounds() {
        assert_eq!(Goal::AtLeast(0.9).met(0.9), Some(true));
        assert_eq!(Goal::AtLeast(0.9).met(0.89), Some(false));
        assert_eq!(Goal::AtMost(0.0).met(0.0), Some(true));
        assert_eq!(Goal::AtMost(0.0).met(1.0), Some(false));
        assert_eq!(Goal::Near(0.05).met(-0.06), Some(false));
        assert_eq!(Goal::Near(0.05).met(-0.05), Some(true));
        assert_eq!(Goal::Shown.met(1.0), None);
    }

    #[test]
    fn targets_name_scenarios_that_exist() {
        for target in TARGETS {
            for name in target.of {
                let known = crate::labelled::scenarios::named(name);
                assert!(known.is_some_and(|s| s.scored), "{name}");
            }
        }
        assert!(rows(&[], &[1]).is_empty(), "nothing was judged");
    }
}
