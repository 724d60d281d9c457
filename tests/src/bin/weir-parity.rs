//! `weir-parity [--share N] [--only TEXT] [--out DIR] [--packets FILE]`: compares with the recorded answers and prints the
//! table; `--out` also writes there `parity.md`, `parity-differences.tsv` and, what is too long to keep, the differences of
//! single rows in `parity-rows.tsv`; `--packets` the packets of every filter that differs. Exit status 1 below the targets.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use weir_tests::parity::{
    Check, Filters, Reasons, Report, Tables, captures, compare, corpus, in_share,
};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut share, mut only, mut out) = (1u64, String::new(), None::<PathBuf>);
    let mut packets = None::<PathBuf>;
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_default();
        match arg.as_str() {
            "--share" => share = value.parse().unwrap_or(1),
            "--only" => only = value,
            "--out" => out = Some(value.into()),
            "--packets" => packets = Some(value.into()),
            _ => {
                eprintln!("weir-parity [--share N] [--only TEXT] [--out DIR] [--packets FILE]");
                return ExitCode::from(2);
            }
        }
    }
    let dir = match corpus() {
        Ok(Some(dir)) => dir,
        Ok(None) => {
            println!(
                "skipped: no corpus beside the project: packets, conversations, files, filters and field rows are not compared"
            );
            return ExitCode::SUCCESS;
        }
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let filters = match Filters::of(&dir) {
        Ok(f) => f,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let reasons = match Reasons::read() {
        Ok(r) => r,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::default();
    let names = captures(&dir);
    let tables = Tables::of(&dir, &names);
    for name in names
        .iter()
        .filter(|n| in_share(n, share) && n.contains(&only))
    {
        compare(&dir, name, &filters, &tables, &mut report);
    }
    let table = report.markdown(&filters, &reasons);
    println!("{table}");
    if let Some(out) = out {
        let commit = Command::new("git")
            .args(["rev-parse", "--short", "HEAD"])
            .output();
        let commit = commit
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
            .unwrap_or_default();
        let text = format!(
            "# Parity with tshark 4.0.17\n\nMade by `scripts/score parity`, at {commit}, over {} filters.\n\n{table}",
            filters.len()
        );
        let all = report.differences(&reasons);
        let of_rows = |l: &&str| matches!(l.split('\t').nth(1), Some("Rows" | "StatisticsRows"));
        let (rows, pairs): (Vec<&str>, Vec<&str>) = all.split_inclusive('\n').partition(of_rows);
        let written = std::fs::create_dir_all(&out)
            .and_then(|()| std::fs::write(out.join("parity.md"), text))
            .and_then(|()| std::fs::write(out.join("parity-differences.tsv"), pairs.concat()))
            .and_then(|()| std::fs::write(out.join("parity-rows.tsv"), rows.concat()));
        if let Err(e) = written {
            eprintln!("{}: {e}", out.display());
            return ExitCode::FAILURE;
        }
    }
    if let Some(Err(e)) = packets.map(|file| std::fs::write(file, report.packets())) {
        eprintln!("{e}");
        return ExitCode::FAILURE;
    }
    let low: Vec<Check> = [
        Check::Facts,
        Check::Conversations,
        Check::Objects,
        Check::Filters,
    ]
    .into_iter()
    .filter(|c| report.agreement(*c, &reasons) < 99.0)
    .collect();
    if low.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("below 99 %: {low:?}");
        ExitCode::FAILURE
    }
}
