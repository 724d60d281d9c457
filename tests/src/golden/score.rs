//! Runs a `weir` binary over a golden case and compares its answers with the key's expectations.
//!
//! A row is green when every expectation of every part holds in every run of every seed. Beside the rows of
//! the table stand `0` (everybody else), `ring` (the twelve files give what capture A gives) and `clean` (the
//! clean twin has no line).

use super::compare::{compare, indicator, text, word};
use super::key::{Indicator, Key, Plant};
use super::write::{self, Twin};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why each row is red; a row that was compared and is green has an empty list.
pub type Verdicts = BTreeMap<String, Vec<String>>;

/// Reasons kept for a row; the rest are counted.
const REASONS: usize = 12;

/// One run's output.
#[derive(Debug, Default)]
struct Output {
    answers: Vec<Value>,
    derived: Vec<Indicator>,
}

/// A program that answers.
#[derive(Clone, Debug)]
pub struct Weir {
    /// Its path.
    pub program: PathBuf,
}

impl Weir {
    /// Can it be started at all?
    #[must_use]
    pub fn there(&self) -> bool {
        Command::new(&self.program).arg("--help").output().is_ok()
    }

    fn text(&self, scope: &Path, files: &[PathBuf], json: bool) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.arg("answer").arg("--scope").arg(scope).args(files);
        if json {
            command.arg("--json");
        }
        let out = command.output().map_err(|e| e.to_string())?;
        if !out.status.success() {
            let error = String::from_utf8_lossy(&out.stderr);
            return Err(format!(
                "weir answer: {}, {}",
                out.status,
                error.lines().last().unwrap_or("no message")
            ));
        }
        String::from_utf8(out.stdout).map_err(|e| format!("output is not UTF-8: {e}"))
    }

    fn answers(&self, scope: &Path, files: &[PathBuf]) -> Result<Output, String> {
        let mut out = Output::default();
        for line in self
            .text(scope, files, true)?
            .lines()
            .filter(|l| !l.trim().is_empty())
        {
            let value: Value = serde_json::from_str(line).map_err(|e| format!("not JSON: {e}"))?;
            match value.get("derived") {
                Some(list) => {
                    out.derived =
                        serde_json::from_value(list.clone()).map_err(|e| format!("derived: {e}"))?
                }
                None => out.answers.push(value),
            }
        }
        Ok(out)
    }
}

/// What must be equal between capture A and its ring files: everything but the names of packets.
fn without_packets(answers: &[Value]) -> BTreeSet<String> {
    answers
        .iter()
        .map(|v| {
            let keep = [
                "host",
                "mac",
                "name",
                "indicator",
                "answer",
                "rung",
                "direction",
                "match",
                "in_scope",
                "in_window",
            ];
            let more = ["first", "last", "files", "covered_s", "window_s"];
            keep.iter()
                .chain(&more)
                .map(|k| format!("{k}={}", v.get(*k).unwrap_or(&Value::Null)))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

/// Label of a part of a row.
#[must_use]
pub fn label(plant: &Plant) -> String {
    format!("{}{}", plant.row, plant.part)
}

fn with_derived(scope: &Path, derived: &[Indicator], to: &Path) -> Result<(), String> {
    let bytes = std::fs::read(scope).map_err(|e| e.to_string())?;
    let mut value: Value = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
    if let Some(list) = value.get_mut("indicators").and_then(Value::as_array_mut) {
        for indicator in derived {
            list.push(serde_json::to_value(indicator).map_err(|e| e.to_string())?);
        }
    }
    std::fs::write(to, value.to_string()).map_err(|e| e.to_string())
}

/// Compares one seed; `dir` receives its files.
///
/// # Errors
/// When the files of the case cannot be written.
pub fn seed(weir: &Weir, seed: u64, dir: &Path) -> Result<Verdicts, String> {
    let case = write::build(seed, Twin::None, false);
    write::save(&case, dir, true).map_err(|e| e.to_string())?;
    let key = case.key;
    let scope = dir.join("scope.json");
    let (a, b) = (dir.join("a.pcap"), dir.join("b.pcap"));
    let both = [a.clone(), b];
    let ring: Vec<PathBuf> = key.ring.iter().map(|n| dir.join("ring").join(n)).collect();
    let mut runs: BTreeMap<&str, Result<Output, String>> = BTreeMap::new();
    runs.insert("a", weir.answers(&scope, std::slice::from_ref(&a)));
    runs.insert("ab", weir.answers(&scope, &both));
    runs.insert("ring", weir.answers(&scope, &ring));
    for typed in &key.typed {
        runs.insert(
            if typed.run == "dst" { "dst" } else { "kolkata" },
            weir.answers(&dir.join(&typed.scope), &both),
        );
    }
    let second = dir.join("scope-pass2.json");
    let derived = runs
        .get("ab")
        .and_then(|r| r.as_ref().ok())
        .map(|r| r.derived.clone());
    let pass2 = match &derived {
        Some(list) => {
            with_derived(&scope, list, &second).and_then(|()| weir.answers(&second, &both))
        }
        None => Err("no first pass".to_owned()),
    };
    runs.insert("pass2", pass2);
    let mut out = rows(&key, &runs, derived.as_deref().unwrap_or_default());
    terminal(weir, &scope, &a, &mut out);
    out.insert("ring".to_owned(), equal(&runs));
    out.insert("clean".to_owned(), clean(weir, seed, &dir.join("clean"))?);
    Ok(out)
}

fn rows(
    key: &Key,
    runs: &BTreeMap<&str, Result<Output, String>>,
    derived: &[Indicator],
) -> Verdicts {
    let mut out = Verdicts::new();
    for plant in key.plants.iter().filter(|p| p.row < 100) {
        let bad = out.entry(label(plant)).or_default();
        for expect in &plant.expects {
            for run in &expect.runs {
                let about = format!(
                    "[{run}] {} {} {}",
                    expect.host.address, expect.indicator.value, expect.direction
                );
                match runs.get(run.as_str()) {
                    Some(Ok(output)) => {
                        let found = compare(expect, plant, &output.answers, run == "ring");
                        bad.extend(found.into_iter().map(|f| format!("{about}: {f}")));
                    }
                    Some(Err(error)) => bad.push(format!("[{run}] {error}")),
                    None => bad.push(format!("[{run}] was not run")),
                }
            }
        }
        for want in &plant.derives {
            if !derived.contains(want) {
                bad.push(format!("{} {:.12} is not derived", want.kind, want.value));
            }
        }
        for want in &plant.derives_not {
            if derived.contains(want) {
                bad.push(format!("{} {:.12} is derived", want.kind, want.value));
            }
        }
    }
    out
}

/// Row 46 in a terminal: no control character and no direction override comes out.
fn terminal(weir: &Weir, scope: &Path, file: &Path, out: &mut Verdicts) {
    let bad = out.entry("46".to_owned()).or_default();
    match weir.text(scope, &[file.to_path_buf()], false) {
        Err(error) => bad.push(format!("[table] {error}")),
        Ok(text) => {
            let harmful = |c: &char| {
                (c.is_control() && *c != '\n' && *c != '\t')
                    || ('\u{202a}'..='\u{202e}').contains(c)
            };
            if let Some(c) = text.chars().find(harmful) {
                bad.push(format!("[table] prints {:?}", c));
            }
        }
    }
}

fn equal(runs: &BTreeMap<&str, Result<Output, String>>) -> Vec<String> {
    match (runs.get("a"), runs.get("ring")) {
        (Some(Ok(a)), Some(Ok(_))) if a.answers.is_empty() => vec!["no answer at all".to_owned()],
        (Some(Ok(a)), Some(Ok(ring))) => {
            let (a, ring) = (without_packets(&a.answers), without_packets(&ring.answers));
            a.symmetric_difference(&ring)
                .take(4)
                .map(|d| format!("differs: {d:.300}"))
                .collect()
        }
        (Some(Err(e)), _) | (_, Some(Err(e))) => vec![e.clone()],
        _ => vec!["was not run".to_owned()],
    }
}

fn clean(weir: &Weir, seed: u64, dir: &Path) -> Result<Vec<String>, String> {
    let case = write::build(seed, Twin::Clean, false);
    write::save(&case, dir, false).map_err(|e| e.to_string())?;
    let files = [dir.join("a.pcap"), dir.join("b.pcap")];
    let output = match weir.answers(&dir.join("scope.json"), &files) {
        Ok(output) => output,
        Err(error) => return Ok(vec![error]),
    };
    let mut bad: Vec<String> = output
        .answers
        .iter()
        .filter(|v| word(text(v, "rung")) != "none" || word(text(v, "answer")) == "seen")
        .map(|v| {
            format!(
                "{} {}: {}",
                text(v, "host"),
                indicator(v).value,
                text(v, "rung")
            )
        })
        .collect();
    if !output.derived.is_empty() {
        bad.push(format!("{} indicators derived", output.derived.len()));
    }
    if output.answers.is_empty() {
        bad.push("no answer at all".to_owned());
    }
    Ok(bad)
}

/// Adds one seed's verdicts to the others'.
pub fn merge(into: &mut Verdicts, from: Verdicts, seed: u64) {
    for (row, bad) in from {
        let slot = into.entry(row).or_default();
        let more = bad.len().saturating_sub(REASONS);
        slot.extend(
            bad.into_iter()
                .take(REASONS)
                .map(|b| format!("seed {seed} {b}")),
        );
        if more > 0 {
            slot.push(format!("seed {seed} and {more} more"));
        }
    }
}

/// The rows of a red list: first word of each line, `#` begins a comment.
#[must_use]
pub fn red_list(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(|l| l.split('#').next().unwrap_or(""));
    lines
        .filter_map(|l| l.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Where verdicts and list disagree: rows red but not listed, rows listed but green, listed rows that do not exist.
#[must_use]
pub fn disagreements(verdicts: &Verdicts, listed: &BTreeSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    for (row, bad) in verdicts {
        match (bad.is_empty(), listed.contains(row)) {
            (false, false) => out.push(format!("row {row} is red and not in the list")),
            (true, true) => out.push(format!("row {row} is green and still in the list")),
            _ => {}
        }
    }
    out.extend(
        listed
            .iter()
            .filter(|r| !verdicts.contains_key(*r))
            .map(|r| format!("row {r} is listed but not in the key")),
    );
    out
}
