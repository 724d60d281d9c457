//! Scores a `weir` binary on the golden case: row by row, green or red with the reason.

use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use weir_tests::golden::score::{self, Verdicts, Weir};

const USAGE: &str = "usage: weir-golden-score [--weir PATH] [--seed N]… [--seeds N] [--red-list FILE] [--dir DIR] [--keep] [--verbose]
  --weir      the binary; else $WEIR_BIN, else `weir`
  --seed      a seed (seed 1 where none is given)
  --seeds     seed 1 and N seeds from the SHA-256 of HEAD
  --red-list  rows that may be red; anything else red, or green and listed, fails";

#[derive(Default)]
struct Options {
    weir: Option<PathBuf>,
    seeds: Vec<u64>,
    red: Option<PathBuf>,
    dir: Option<PathBuf>,
    keep: bool,
    verbose: bool,
}

/// Seeds that nobody chose: from the name of the commit.
fn head_seeds(count: u64) -> Option<Vec<u64>> {
    let out = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .output()
        .ok()?;
    let head = String::from_utf8(out.stdout).ok()?.trim().to_owned();
    if head.is_empty() {
        return None;
    }
    let seed = |n: u64| {
        let digest = Sha256::digest(format!("{head} {n}"));
        digest
            .iter()
            .take(4)
            .fold(0u64, |v, b| (v << 8) | u64::from(*b))
    };
    Some((1..=count).map(seed).collect())
}

fn options() -> Option<Options> {
    let mut out = Options::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--weir" => out.weir = Some(PathBuf::from(args.next()?)),
            "--seed" => out.seeds.push(args.next()?.parse().ok()?),
            "--seeds" => {
                out.seeds.push(1);
                out.seeds.extend(head_seeds(args.next()?.parse().ok()?)?);
            }
            "--red-list" => out.red = Some(PathBuf::from(args.next()?)),
            "--dir" => out.dir = Some(PathBuf::from(args.next()?)),
            "--keep" => out.keep = true,
            "--verbose" => out.verbose = true,
            _ => return None,
        }
    }
    if out.seeds.is_empty() {
        out.seeds.push(1);
    }
    Some(out)
}

/// Orders `2` before `10a` before `clean`.
fn position(row: &str) -> (u32, String) {
    let digits: String = row.chars().take_while(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(u32::MAX), row.to_owned())
}

fn print(verdicts: &Verdicts, verbose: bool) {
    let mut rows: Vec<(&String, &Vec<String>)> = verdicts.iter().collect();
    rows.sort_by_key(|(row, _)| position(row));
    for (row, bad) in &rows {
        match bad.first() {
            None => println!("row {row:<6} green"),
            Some(first) => println!("row {row:<6} red    {first}"),
        }
        if verbose {
            for reason in bad.iter().skip(1) {
                println!("{:18}{reason}", "");
            }
        }
    }
    let green = rows.iter().filter(|(_, bad)| bad.is_empty()).count();
    println!("{green} of {} green", rows.len());
}

fn run(options: &Options) -> Result<bool, String> {
    let program = options
        .weir
        .clone()
        .or_else(|| std::env::var_os("WEIR_BIN").map(PathBuf::from))
        .unwrap_or_else(|| "weir".into());
    let weir = Weir { program };
    if !weir.there() {
        return Err(format!("{} cannot be started", weir.program.display()));
    }
    let listed = match &options.red {
        Some(file) => Some(score::red_list(
            &std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?,
        )),
        None => None,
    };
    let base = options.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("weir-golden-{}", std::process::id()))
    });
    let mut verdicts = Verdicts::new();
    for seed in &options.seeds {
        println!("seed {seed}");
        let dir = base.join(format!("seed-{seed}"));
        score::merge(&mut verdicts, score::seed(&weir, *seed, &dir)?, *seed);
        if !options.keep {
            std::fs::remove_dir_all(&dir).map_err(|e| e.to_string())?;
        }
    }
    if !options.keep && options.dir.is_none() {
        std::fs::remove_dir_all(&base).map_err(|e| e.to_string())?;
    }
    print(&verdicts, options.verbose);
    let Some(listed) = listed else {
        return Ok(verdicts.values().all(Vec::is_empty));
    };
    let wrong = score::disagreements(&verdicts, &listed);
    for line in &wrong {
        println!("{line}");
    }
    Ok(wrong.is_empty())
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
