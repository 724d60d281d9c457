//! Writes labelled captures of a seed: one scenario or all that are scored, each with its truth.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use weir_tests::labelled::scenarios::{self, Scenario};
use weir_tests::labelled::write;

const USAGE: &str = "usage: weir-labelled [--seed N] [--scenario NAME]… --out DIR
       weir-labelled --list";

struct Options {
    seed: u64,
    out: PathBuf,
    scenarios: Vec<&'static Scenario>,
    list: bool,
}

fn options() -> Option<Options> {
    let mut out = Options {
        seed: 1,
        out: PathBuf::new(),
        scenarios: Vec::new(),
        list: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => out.seed = args.next()?.parse().ok()?,
            "--out" => out.out = PathBuf::from(args.next()?),
            "--scenario" => out.scenarios.push(scenarios::named(&args.next()?)?),
            "--list" => out.list = true,
            _ => return None,
        }
    }
    if out.scenarios.is_empty() {
        out.scenarios = scenarios::ALL.iter().filter(|s| s.scored).collect();
    }
    (out.list || !out.out.as_os_str().is_empty()).then_some(out)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if options.list {
        for s in scenarios::ALL {
            println!("{:<18} {}", s.name, s.what);
        }
        return ExitCode::SUCCESS;
    }
    for scenario in options.scenarios {
        let begun = Instant::now();
        for take in (scenario.make)(options.seed) {
            let written = write::finish(take);
            match write::save(&written, &options.out) {
                Ok((path, _)) => println!(
                    "{} {} packets {} bytes {} labels {:.1} s",
                    path.display(),
                    written.truth.packets,
                    written.bytes.len(),
                    written.truth.labels.len(),
                    begun.elapsed().as_secs_f64(),
                ),
                Err(error) => {
                    eprintln!("{}: {error}", options.out.display());
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}
