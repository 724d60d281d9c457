//! The table: per capture what was expected and what was found, and every miss and other alarm with its reason.

use super::{Alarm, Expected, Found, Item, Tables, Verdict, is_threat};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a table is of.
pub struct About {
    /// The command that made it.
    pub command: String,
    /// The commit.
    pub commit: String,
}

/// What became of one expected behaviour.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Outcome {
    /// Found with its evidence, as severe as it says.
    Found(String),
    /// Found, but without packets that must be cited.
    WithoutPackets(Vec<u32>),
    /// Not found, which is known.
    KnownMiss(String),
    /// Not found.
    Missed,
}

/// An alarm that was not expected.
#[derive(Clone, PartialEq, Debug)]
struct Other {
    alarm: Alarm,
    reason: Option<(Verdict, String)>,
}

/// One capture.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    capture: String,
    expected: Option<Expected>,
    items: Vec<(Item, Outcome)>,
    others: Vec<Other>,
    /// Packets cited in which neither side of their finding stands, by detection.
    beside: Vec<(String, Vec<u32>)>,
}

impl Row {
    /// Judges what was found in a capture.
    pub fn new(capture: &str, found: &Found, tables: &mut Tables) -> Self {
        let expected = tables.expected(capture).cloned();
        let fits = |a: &Alarm, item: &Item| {
            item.ids.contains(&a.detection)
                && (item.host == "*" || item.host == a.src)
                && (item.peer == "*" || item.peer == a.dst)
        };
        let wanted: Vec<Item> = expected.iter().flat_map(|e| e.items.clone()).collect();
        let outcome = |item: &Item, tables: &mut Tables| {
            let fitting = found.rows.iter().filter(|a| fits(a, item));
            let missing = |a: &Alarm| -> Vec<u32> {
                let cited = |n: &&u32| !a.packets.contains(n);
                item.packets.iter().filter(cited).copied().collect()
            };
            let best = fitting.min_by_key(|a| (missing(a).len(), !a.alarms(), !a.grave()));
            if let Some(alarm) = best {
                let missing = missing(alarm);
                if missing.is_empty() {
                    let note = if alarm.alarms() { "" } else { ", a note" };
                    return Outcome::Found(format!("{}{note}", alarm.severity));
                }
                return Outcome::WithoutPackets(missing);
            }
            let known = item
                .ids
                .iter()
                .find_map(|id| tables.reason(capture, id, true).map(|r| r.text.clone()));
            known.map_or(Outcome::Missed, Outcome::KnownMiss)
        };
        let items = wanted
            .iter()
            .map(|item| (item.clone(), outcome(item, tables)))
            .collect();
        let alarms = found.rows.iter().filter(|a| a.alarms() || a.grave());
        let others = alarms
            .clone()
            .filter(|a| !wanted.iter().any(|item| fits(a, item)))
            .map(|a| Other {
                alarm: a.clone(),
                reason: tables
                    .reason(capture, &a.detection, false)
                    .map(|r| (r.verdict, r.text.clone())),
            })
            .collect();
        let beside = alarms
            .map(|a| (a.detection.clone(), found.beside(a)))
            .filter(|(_, packets)| !packets.is_empty())
            .collect();
        Self {
            capture: capture.to_owned(),
            expected,
            items,
            others,
            beside,
        }
    }

    /// What is wrong and has no reason, in words.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut say = |what: String| out.push(format!("{}: {what}", self.capture));
        if is_threat(&self.capture) && self.expected.is_none() {
            say("a capture of an attack without a line in threat/expected.tsv".to_owned());
        }
        for (item, outcome) in &self.items {
            match outcome {
                Outcome::Found(_) | Outcome::KnownMiss(_) => {}
                Outcome::WithoutPackets(missing) => {
                    say(format!("{} does not cite {missing:?}", item.words()));
                }
                Outcome::Missed => say(format!("{} is not found", item.words())),
            }
        }
        for other in self.others.iter().filter(|o| o.reason.is_none()) {
            let a = &other.alarm;
            say(format!("{} {}: {}", a.severity, a.detection, a.title));
        }
        for (detection, packets) in &self.beside {
            say(format!("{detection} cites packets of others: {packets:?}"));
        }
        out
    }
}

/// Of every capture.
#[derive(Default)]
pub struct Report {
    /// In the order of the manifest.
    pub rows: Vec<Row>,
}

/// Words that captures chose are not markup.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '|' | '`' | '<' | '>' | '*') || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

impl Report {
    /// Everything wrong that has no reason.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        self.rows.iter().flat_map(Row::wrong).collect()
    }

    fn count(&self, threat: bool, of: impl Fn(&Row) -> usize) -> usize {
        let rows = self.rows.iter();
        rows.filter(|r| is_threat(&r.capture) == threat)
            .map(of)
            .sum()
    }

    fn alarms(&self, threat: bool, verdict: Option<Verdict>) -> usize {
        self.count(threat, |r| {
            let others = r.others.iter();
            others
                .filter(|o| o.reason.as_ref().map(|r| r.0) == verdict)
                .count()
        })
    }

    /// The page.
    #[must_use]
    pub fn markdown(&self, about: &About) -> String {
        let mut out = format!(
            "# Findings on captures whose behaviour is known\n\nMade by `{}`, at {}: the rows of `weir findings --json` on every capture of attacks of the corpus (folder threat), and on all its other captures but the broken ones (folder hostile), none of which was recorded during an attack unless a line below says so. What is expected stands in `tests/threat/expected.tsv` and comes from the captures' makers and from their packets, read with tshark; why else something is said, or not, in `tests/threat/reasons.tsv`. An alarm is a finding of medium severity or above with a confidence of .5 or more, or any of high severity; the rest are notes.\n\n",
            about.command, about.commit
        );
        self.summary(&mut out);
        out += "## Attacks\n\n| capture | behaviour | expected | found | evidence | other alarms |\n| --- | --- | --- | --- | --- | --- |\n";
        for row in self.rows.iter().filter(|r| is_threat(&r.capture)) {
            threat_row(&mut out, row);
        }
        out += "\n## Other captures with an alarm\n\n| capture | alarm | right? | reason |\n| --- | --- | --- | --- |\n";
        for row in self.rows.iter().filter(|r| !is_threat(&r.capture)) {
            for (alarm, verdict, reason) in others(row) {
                let _ = writeln!(out, "| {} | {alarm} | {verdict} | {reason} |", row.capture);
            }
        }
        out
    }

    fn summary(&self, out: &mut String) {
        let threats = self.count(true, |_| 1);
        let others = self.count(false, |_| 1);
        let silent = self.count(false, |r| usize::from(r.others.is_empty()));
        let nameless = self.count(true, |r| usize::from(r.items.is_empty()));
        let of = |f: fn(&Outcome) -> bool| {
            self.count(true, |r| r.items.iter().filter(|i| f(&i.1)).count())
        };
        let all = of(|_| true);
        let found = of(|o| matches!(o, Outcome::Found(_)));
        let alarms = of(|o| matches!(o, Outcome::Found(how) if !how.ends_with("a note")));
        let _ = writeln!(
            out,
            "| what | count |\n| --- | ---: |\n| captures of attacks | {threats} |\n| behaviours expected in them | {all} |\n| found, every named packet among the evidence | {found} |\n| of these alarms, the rest notes | {alarms} |\n| missed, with an explanation | {} |\n| missed or with other evidence, without | {} |\n| captures whose behaviour no detection of the list names | {nameless} |\n| other alarms in them that are right | {} |\n| false alarms in them, explained | {} |\n| false alarms in them, not explained | {} |\n| other captures | {others} |\n| of these without any alarm | {silent} |\n| alarms in them that are right | {} |\n| false alarms in them, explained | {} |\n| false alarms in them, not explained | {} |\n",
            of(|o| matches!(o, Outcome::KnownMiss(_))),
            of(|o| matches!(o, Outcome::Missed | Outcome::WithoutPackets(_))),
            self.alarms(true, Some(Verdict::True)),
            self.alarms(true, Some(Verdict::False)),
            self.alarms(true, None),
            self.alarms(false, Some(Verdict::True)),
            self.alarms(false, Some(Verdict::False)),
            self.alarms(false, None),
        );
    }
}

/// Alarms nobody expected, the same of one detection together: what, how it stands, why.
fn others(row: &Row) -> Vec<(String, &'static str, String)> {
    let mut out: BTreeMap<(&str, &str), (usize, &Other)> = BTreeMap::new();
    for other in &row.others {
        let key = (&*other.alarm.detection, &*other.alarm.severity);
        out.entry(key).or_insert((0, other)).0 += 1;
    }
    out.into_values()
        .map(|(n, other)| {
            let a = &other.alarm;
            let times = if n > 1 {
                format!(", {n} times")
            } else {
                String::new()
            };
            let what = format!(
                "{} {} ({:.2}{times}): {}",
                a.severity,
                a.detection,
                a.confidence,
                plain(&a.title)
            );
            let (verdict, why) = match &other.reason {
                Some((Verdict::True, why)) => ("yes", why.clone()),
                Some((_, why)) => ("no", why.clone()),
                None => ("?", "not explained".to_owned()),
            };
            (what, verdict, why)
        })
        .collect()
}

fn threat_row(out: &mut String, row: &Row) {
    let behaviour = row.expected.as_ref().map_or("", |e| &e.behaviour);
    let (mut expected, mut found, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
    for (item, outcome) in &row.items {
        expected.push(item.words());
        let packets: Vec<String> = item.packets.iter().map(u32::to_string).collect();
        let (how, right) = match outcome {
            Outcome::Found(how) => (how.clone(), format!("right: {}", packets.join(", "))),
            Outcome::WithoutPackets(missing) => ("yes".to_owned(), format!("without {missing:?}")),
            Outcome::KnownMiss(why) => (format!("**missed**: {why}"), "none".to_owned()),
            Outcome::Missed => ("**missed**".to_owned(), "none".to_owned()),
        };
        found.push(how);
        evidence.push(right);
    }
    if row.items.is_empty() {
        expected.push("nothing".to_owned());
        found.push(
            row.expected
                .as_ref()
                .map_or(String::new(), |e| e.why_not.clone()),
        );
    }
    let others: Vec<String> = others(row)
        .into_iter()
        .map(|(alarm, verdict, why)| match verdict {
            "yes" => format!("{alarm}: right, {why}"),
            _ => format!("{alarm}: **false**, {why}"),
        })
        .collect();
    let cells = [&expected, &found, &evidence, &others].map(|c| c.join("<br>"));
    let name = row.capture.strip_prefix("threat/").unwrap_or(&row.capture);
    let _ = writeln!(out, "| {name} | {behaviour} | {} |", cells.join(" | "));
}
