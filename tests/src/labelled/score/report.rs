//! The table for the terminal and the document with every miss and every false alarm.

use super::figures::{average_precision, false_alarms, mean, musts, precision_at_n, recall, share};
use super::run::Judged;
use super::surface::Surface;
use super::targets::{Goal, Row};
use std::fmt::Write as _;

fn verdict(row: &Row, goal: Goal) -> &'static str {
    match row.value {
        None if goal == Goal::Shown => "–",
        None => "nothing to measure",
        Some(v) => match goal.met(v) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "–",
        },
    }
}

/// Markdown: every target with floor, aim, our figure, and whether each is met.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| what | floor | aim | measured | each seed | floor met | aim met |\n| --- | ---: | ---: | ---: | --- | --- | --- |\n",
    );
    for row in rows {
        let text = |v: &Option<f64>| v.map_or("none".to_owned(), |v| row.unit.text(v));
        let seeds: Vec<String> = row.seeds.iter().map(text).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.what,
            row.floor.text(row.unit),
            row.aim.text(row.unit),
            text(&row.value),
            seeds.join(", "),
            verdict(row, row.floor),
            verdict(row, row.aim),
        );
    }
    out
}

/// Targets with a floor that is not met.
#[must_use]
pub fn below(rows: &[Row]) -> Vec<&Row> {
    rows.iter()
        .filter(|r| r.floor != Goal::Shown)
        .filter(|r| r.value.and_then(|v| r.floor.met(v)) != Some(true))
        .collect()
}

/// One line a scenario: recall, false alarms, precision, time.
#[must_use]
pub fn scenarios(judged: &[Judged]) -> String {
    let mut names: Vec<&str> = judged.iter().map(|j| j.scenario).collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    let mut out = String::from(
        "| scenario | found | false alarms | a host-day | P@n | average precision | seconds a capture |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for name in names {
        let of: Vec<&Judged> = judged.iter().filter(|j| j.scenario == name).collect();
        let (found, whole) = recall(of.iter().copied(), |_| true);
        let alarms: usize = of.iter().map(|j| false_alarms(&j.outcome).count()).sum();
        let days: f64 = of.iter().map(|j| j.outcome.truth.host_days).sum();
        let list = |figure: fn(&Judged) -> Option<f64>| {
            let each: Vec<f64> = of.iter().filter_map(|j| figure(j)).collect();
            mean(&each).map_or("–".to_owned(), |v| format!("{v:.2}"))
        };
        let took: Vec<f64> = of.iter().map(|j| j.took.as_secs_f64()).collect();
        let _ = writeln!(
            out,
            "| {name} | {} | {alarms} | {:.3} | {} | {} | {:.1} |",
            share((found, whole))
                .map_or("–".to_owned(), |s| format!("{found} of {whole} ({s:.2})")),
            alarms as f64 / days.max(1e-9),
            list(|j| precision_at_n(&j.outcome, "c2")),
            list(|j| average_precision(&j.outcome, "c2")),
            mean(&took).unwrap_or(0.0),
        );
    }
    out
}

/// Every label that was missed and every alarm that was false.
#[must_use]
pub fn errors(judged: &[Judged]) -> (Vec<String>, Vec<String>) {
    let mut missed = Vec::new();
    let mut wrong = Vec::new();
    for j in judged.iter().filter(|j| j.scenario != "surface") {
        let place = format!("{} {}", j.scenario, j.seed);
        for (l, f) in musts(&j.outcome) {
            if f.is_none() {
                let to = l.domain.clone().or_else(|| l.dst.first().cloned());
                let n = l
                    .check_ins
                    .map_or(String::new(), |n| format!(", {n} check-ins"));
                missed.push(format!(
                    "| {place} | {} | {} | {} | {}{n} |",
                    l.kind,
                    l.src,
                    to.unwrap_or_default(),
                    l.what
                ));
            }
        }
        for (f, l) in false_alarms(&j.outcome) {
            let to = f.domain.clone().or_else(|| f.dst.clone());
            let what = l.map_or("nothing was planted there".to_owned(), |l| {
                format!("{}: {}", l.kind, l.why_not.clone().unwrap_or_default())
            });
            wrong.push(format!(
                "| {place} | {} {} {:.2} | {} | {} | {what} |",
                f.detection,
                f.severity_word(),
                f.confidence,
                f.src.clone().unwrap_or_default(),
                to.unwrap_or_default(),
            ));
        }
    }
    (missed, wrong)
}

/// What a report is about, besides the figures.
#[derive(Clone, Debug)]
pub struct About {
    /// The command that makes it again.
    pub command: String,
    /// Commit of the code, and whether files differed from it.
    pub commit: String,
    /// How the seeds were come by.
    pub seeds: String,
}

/// The document.
#[must_use]
pub fn document(
    about: &About,
    rows: &[Row],
    judged: &[Judged],
    surface: Option<&Surface>,
) -> String {
    let mut out = format!(
        "# Detections on labelled traffic\n\nMade by `{}` at commit {}. {}\n\n\
         Traffic is made by `weir-labelled`, which shares no code with what is measured; its truth is written from what \
         was planted. An alarm is a finding of severity medium or above with confidence .5 or above. A label counts \
         once; an alarm about the right host for a wrong reason is a false one. Faults and TLS anomalies count by exact \
         kind.\n\n## Targets\n\n{}\n## Scenarios\n\n{}\n",
        about.command,
        about.commit,
        about.seeds,
        table(rows),
        scenarios(judged),
    );
    if let Some(surface) = surface {
        let _ = writeln!(
            out,
            "## What cannot be found\n\nBeacons raised as an alarm, by the number of their check-ins within a day and \
             their jitter (both ways, as a share of the period).\n\n{}",
            surface.table()
        );
    }
    let (missed, wrong) = errors(judged);
    let _ = writeln!(out, "## Missed ({})\n", missed.len());
    if !missed.is_empty() {
        out.push_str(
            "| where | kind | host | other side | what it is |\n| --- | --- | --- | --- | --- |\n",
        );
        out.push_str(&missed.join("\n"));
        out.push_str("\n\n");
    }
    let _ = writeln!(out, "## False alarms ({})\n", wrong.len());
    if !wrong.is_empty() {
        out.push_str("| where | alarm | host | other side | what it was |\n| --- | --- | --- | --- | --- |\n");
        out.push_str(&wrong.join("\n"));
        out.push('\n');
    }
    out
}
