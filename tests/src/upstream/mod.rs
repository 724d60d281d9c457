//! Weir's answers against what the projects that made the captures expect of them: Zeek's logs, Suricata's checks,
//! Arkime's sessions, nDPI's flows, FoxIO's fingerprints, and every file hash in any of them. Excuses nothing: a
//! difference is listed, with a reason where a person wrote one.

mod arkime;
mod bodies;
mod events;
mod hashes;
mod ja4;
mod joined;
mod ndpi;
mod ours;
mod report;
mod suricata;
mod terms;
mod yaml;
mod zeek;
mod zeek_log;

pub use report::{Check, Report};

use crate::parity::{Loaded, Reasons};
use bodies::Bodies;
use std::path::{Path, PathBuf};
use zeek_log::Log;

/// The reasons for differences.
///
/// # Errors
/// As [`Reasons::read`].
pub fn reasons() -> Result<Reasons, String> {
    Reasons::of_file("parity/upstream-reasons.tsv")
}

/// Has a capture anything that is compared here?
#[must_use]
pub fn has_truth(dir: &Path, name: &str) -> bool {
    !files(dir, name).is_empty()
}

fn files(dir: &Path, name: &str) -> Vec<PathBuf> {
    let folder = dir.join(format!("{name}.oracle/upstream"));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|e| e.path()).collect();
    files.retain(|f| f.file_name().is_some_and(|n| n != "SOURCES.tsv"));
    files.sort();
    files
}

/// Compares one capture and adds the outcome to the report.
pub fn compare(dir: &Path, name: &str, report: &mut Report) {
    let files = files(dir, name);
    let mut loaded = Loaded::new(dir, name);
    report.captures += 1;
    if loaded.error.is_some() {
        report.skip("captures that Weir refuses");
        return;
    }
    let have = ours::hashes(&mut loaded);
    let logs: Vec<Log> = files.iter().filter_map(|f| Log::read(f)).collect();
    zeek::compare(&loaded, &logs, report);
    // Zeek's hashes are looked for among those of what Zeek takes for a file, too.
    let bodies = Bodies::read(&mut loaded);
    let mut taken = have.clone();
    taken.extend(bodies.hashes());
    hashes::of_logs(&loaded, &logs, &taken, report);
    hashes::of_output(&loaded, &files, &taken, &bodies, report);
    for file in &files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or("");
        if name.ends_with("__test.yaml") {
            suricata::compare(&loaded, file, report);
            hashes::of_suricata(&loaded, file, &have, report);
        } else if name.ends_with("__sessions.json") {
            let sessions = arkime::read(file);
            let mut have = have.clone();
            have.extend(ours::coded(&mut loaded));
            arkime::compare(&loaded, &sessions, report);
            hashes::of_arkime(&loaded, &sessions, &have, report);
        } else if name.ends_with("__ja4-only.tsv") {
            ja4::compare(&loaded, file, report);
        } else if name.ends_with("__result.out") {
            ndpi::compare(&loaded, file, report);
        } else if name.starts_with("pcpp__") {
            report.skip("reassembled streams and packets of PcapPlusPlus (Follow TCP is compared with tshark's)");
        } else if name.starts_with("tcpdump__") {
            report.skip("printouts of tcpdump");
        } else if Log::read(file).is_none() {
            report.skip("other output of Zeek's tests: events, prints of scripts, notices");
        }
    }
}
