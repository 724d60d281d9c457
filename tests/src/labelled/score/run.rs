//! Generates the captures of a seed, asks a `weir` binary about each and judges what it says.

use super::finding::Finding;
use super::matching::{Outcome, judge};
use crate::labelled::scenarios::Scenario;
use crate::labelled::truth::Truth;
use crate::labelled::write::{self, Take};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A capture, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Scenario.
    pub scenario: &'static str,
    /// Seed.
    pub seed: u64,
    /// Findings against truth.
    pub outcome: Outcome,
    /// SHA-256 of files that were taken out of the traffic, where the scenario is about files.
    pub files: BTreeSet<String>,
    /// How long `weir findings` took.
    pub took: Duration,
}

/// The binary under test.
#[derive(Clone, Debug)]
pub struct Weir {
    /// Path.
    pub program: PathBuf,
}

impl Weir {
    /// Standard output of a call.
    ///
    /// # Errors
    /// When it cannot be started or fails; exit status 1 says that there were remarks, not that it failed.
    pub fn call(&self, args: &[&str], files: &[PathBuf]) -> Result<String, String> {
        let out = Command::new(&self.program)
            .args(args)
            .args(files)
            .output()
            .map_err(|e| format!("{}: {e}", self.program.display()))?;
        if out.stdout.is_empty() && !out.status.success() {
            let said = String::from_utf8_lossy(&out.stderr);
            let line = said.lines().next().unwrap_or("no reason given");
            return Err(format!("weir {} failed: {line}", args.join(" ")));
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// `weir findings --json`.
    ///
    /// # Errors
    /// As [`Weir::call`].
    pub fn findings(&self, files: &[PathBuf]) -> Result<Vec<Finding>, String> {
        Ok(read(&self.call(&["findings", "--json"], files)?))
    }

    /// What is new in the second capture.
    ///
    /// # Errors
    /// As [`Weir::call`].
    pub fn compare(&self, earlier: &Path, now: &Path) -> Result<Vec<Finding>, String> {
        let files = [earlier.to_path_buf(), now.to_path_buf()];
        Ok(read(&self.call(&["compare", "--json"], &files)?))
    }
}

/// Findings of JSON lines; other lines are passed over.
#[must_use]
pub fn read(text: &str) -> Vec<Finding> {
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|value| Finding::read(&value))
        .collect()
}

/// Where a scenario's captures are written, and what is kept of them.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The binary.
    pub weir: Weir,
    /// Folder.
    pub dir: PathBuf,
    /// Captures stay there.
    pub keep: bool,
}

impl Desk {
    /// Writes one take; gives its truth and path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, take: Take) -> Result<(Truth, PathBuf), String> {
        let written = write::finish(take);
        let (path, _) = write::save(&written, &self.dir).map_err(|e| e.to_string())?;
        Ok((written.truth, path))
    }

    /// All captures of a scenario and seed, judged. A tool that fails has found nothing, and it is said.
    ///
    /// # Errors
    /// When captures cannot be written.
    pub fn judge(&self, scenario: &Scenario, seed: u64) -> Result<Vec<Judged>, String> {
        let mut out = Vec::new();
        let mut paths: Vec<(String, PathBuf)> = Vec::new();
        for take in (scenario.make)(seed) {
            let name = take.name.clone();
            let (truth, path) = self.write(take)?;
            let earlier = truth
                .earlier
                .as_ref()
                .and_then(|e| paths.iter().find(|(name, _)| name == e));
            let begun = Instant::now();
            let asked = match earlier {
                Some((_, before)) => self.weir.compare(before, &path),
                None => self.weir.findings(std::slice::from_ref(&path)),
            };
            let took = begun.elapsed();
            let findings = asked.unwrap_or_else(|error| {
                eprintln!("{} seed {seed}: {error}", scenario.name);
                Vec::new()
            });
            let about_files = truth.labels.iter().any(|l| l.sha256.is_some());
            let files = if about_files {
                self.hashes(&path)?
            } else {
                BTreeSet::new()
            };
            out.push(Judged {
                scenario: scenario.name,
                seed,
                outcome: judge(truth, findings),
                files,
                took,
            });
            paths.push((name, path));
        }
        if !self.keep {
            for (_, path) in paths {
                std::fs::remove_file(&path).map_err(|e| e.to_string())?;
                // The truth beside it is written again by the next run; what is left is in the way of nobody.
                drop(std::fs::remove_file(path.with_extension("truth.json")));
            }
        }
        Ok(out)
    }

    fn hashes(&self, path: &Path) -> Result<BTreeSet<String>, String> {
        let text = self
            .weir
            .call(&["files", "--json"], &[path.to_path_buf()])?;
        Ok(text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|v| v.get("sha256")?.as_str().map(str::to_owned))
            .collect())
    }
}
