//! `weir-upstream [--only TEXT] [--out DIR]`: compares with what the captures' own projects expect and prints the table;
//! `--out` also writes there `upstream.md` and `upstream-differences.tsv`. Exit status 1 below the targets.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use weir_tests::parity::{captures, corpus};
use weir_tests::upstream::{Check, Report, compare, has_truth, reasons};

/// Percent of hashes that are to be found, and of captures in which every log has as many rows.
const TARGETS: (f64, f64) = (97.0, 90.0);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut only, mut out) = (String::new(), None::<PathBuf>);
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_default();
        match arg.as_str() {
            "--only" => only = value,
            "--out" => out = Some(value.into()),
            _ => {
                eprintln!("weir-upstream [--only TEXT] [--out DIR]");
                return ExitCode::from(2);
            }
        }
    }
    let dir = match corpus() {
        Ok(Some(dir)) => dir,
        Ok(None) => {
            println!(
                "skipped: no corpus beside the project: truths of other projects are not compared"
            );
            return ExitCode::SUCCESS;
        }
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = match reasons() {
        Ok(r) => Report::new(r),
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    for name in captures(&dir) {
        if name.contains(&only) && has_truth(&dir, &name) {
            compare(&dir, &name, &mut report);
        }
    }
    report.finish();
    let table = report.markdown();
    println!("{table}");
    if let Some(out) = out {
        let commit = Command::new("git")
            .args(["rev-parse", "--short", "HEAD"])
            .output();
        let commit = commit
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
            .unwrap_or_default();
        let text = format!(
            "# Agreement with what other projects expect of their captures\n\nMade by `scripts/score upstream`, at {commit}: Zeek's logs and extracted files, Suricata's checks on its events, Arkime's sessions, nDPI's flows and FoxIO's JA4, as each project ships them with its captures.\n\n{table}"
        );
        let written = std::fs::create_dir_all(&out)
            .and_then(|()| std::fs::write(out.join("upstream.md"), text))
            .and_then(|()| {
                std::fs::write(out.join("upstream-differences.tsv"), report.differences())
            });
        if let Err(e) = written {
            eprintln!("{}: {e}", out.display());
            return ExitCode::FAILURE;
        }
    }
    let hashes = report.percent(Check::Hashes);
    let logs = report.log_percent();
    if hashes >= TARGETS.0 && logs >= TARGETS.1 {
        ExitCode::SUCCESS
    } else {
        println!(
            "below the targets: hashes {hashes:.2} % of {} %, captures with equal logs {logs:.2} % of {} %",
            TARGETS.0, TARGETS.1
        );
        ExitCode::FAILURE
    }
}
