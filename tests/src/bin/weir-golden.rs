//! Writes the golden case of a seed, one of its twins, or the embedded sample.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use weir_tests::golden::write::{self, Twin};

const USAGE: &str = "usage: weir-golden --seed N --out DIR [--twin clean|fault|none] [--ring]
       weir-golden --sample --out FILE.pcap [--seed N]";

struct Options {
    seed: u64,
    out: PathBuf,
    twin: Twin,
    ring: bool,
    sample: bool,
}

fn options() -> Option<Options> {
    let mut out = Options {
        seed: 1,
        out: PathBuf::new(),
        twin: Twin::None,
        ring: false,
        sample: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seed" => out.seed = args.next()?.parse().ok()?,
            "--out" => out.out = PathBuf::from(args.next()?),
            "--ring" => out.ring = true,
            "--sample" => out.sample = true,
            "--twin" => {
                out.twin = match args.next()?.as_str() {
                    "none" => Twin::None,
                    "clean" => Twin::Clean,
                    "fault" => Twin::Fault,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    (!out.out.as_os_str().is_empty()).then_some(out)
}

fn run(options: &Options) -> std::io::Result<()> {
    let case = write::build(options.seed, options.twin, options.sample);
    if options.sample {
        let dir = options.out.parent().map_or(Path::new("."), |p| {
            if p.as_os_str().is_empty() {
                Path::new(".")
            } else {
                p
            }
        });
        let rename = |name: &str| match name {
            "sample.pcap" => options.out.clone(),
            other => dir.join(other),
        };
        std::fs::create_dir_all(dir)?;
        for (name, bytes) in &case.files {
            std::fs::write(rename(name), bytes)?;
        }
    } else {
        write::save(&case, &options.out, options.ring)?;
    }
    println!("seed {} twin {}", options.seed, options.twin.name());
    for (letter, capture) in &case.key.captures {
        println!(
            "{letter} {} {} packets {} bytes {}",
            capture.file, capture.packets, capture.size, capture.sha256
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", options.out.display());
            ExitCode::FAILURE
        }
    }
}
