//! Scores the findings of a `weir` binary on labelled traffic: the table of targets, every miss, every false alarm.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use weir_tests::labelled::scenarios::{self, Scenario};
use weir_tests::labelled::score::matching::Verdict;
use weir_tests::labelled::score::report::{self, About};
use weir_tests::labelled::score::run::{Desk, Judged, Weir};
use weir_tests::labelled::score::surface::Surface;
use weir_tests::labelled::score::{invariance, targets};

const USAGE: &str = "usage: weir-detect-score [--weir PATH] [--seed N]… [--seeds N] [--scenario NAME]… [--out DIR] [--verbose]
       weir-detect-score --surface [--seeds N] [--out DIR]
       weir-detect-score --invariance [--seed N]… [--scenario NAME]…
  --weir      the binary; else $WEIR_BIN, else `weir`
  --seed      a seed
  --seeds     so many seeds from the SHA-256 of HEAD (4 where no seed is given)
  --scenario  only this one
  --surface   recall over check-ins and jitter alone
  --out       writes detections.md and recall-surface.json there
  --dir       folder for the captures, removed afterwards without --keep
  --floors    fails where a floor is not met
  --verbose   every finding with its verdict";

#[derive(Default)]
struct Options {
    weir: Option<PathBuf>,
    seeds: Vec<u64>,
    derived: Option<u64>,
    scenarios: Vec<&'static Scenario>,
    out: Option<PathBuf>,
    dir: Option<PathBuf>,
    keep: bool,
    verbose: bool,
    floors: bool,
    surface: bool,
    invariance: bool,
}

fn options() -> Option<Options> {
    let mut out = Options::default();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--weir" => out.weir = Some(PathBuf::from(args.next()?)),
            "--seed" => out.seeds.push(args.next()?.parse().ok()?),
            "--seeds" => out.derived = Some(args.next()?.parse().ok()?),
            "--scenario" => out.scenarios.push(scenarios::named(&args.next()?)?),
            "--out" => out.out = Some(PathBuf::from(args.next()?)),
            "--dir" => out.dir = Some(PathBuf::from(args.next()?)),
            "--keep" => out.keep = true,
            "--verbose" => out.verbose = true,
            "--floors" => out.floors = true,
            "--surface" => out.surface = true,
            "--invariance" => out.invariance = true,
            _ => return None,
        }
    }
    Some(out)
}

fn git(args: &[&str]) -> Option<String> {
    let out = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?.trim().to_owned();
    out.status.success().then_some(text)
}

/// Seeds that nobody chose: the first four bytes of SHA-256 of the commit's name, a space and 1, 2, 3 …
fn derived(head: &str, count: u64) -> Vec<u64> {
    let seed = |n: u64| {
        Sha256::digest(format!("{head} {n}"))
            .iter()
            .take(4)
            .fold(0u64, |v, b| (v << 8) | u64::from(*b))
    };
    (1..=count).map(seed).collect()
}

struct Plan {
    desk: Desk,
    seeds: Vec<u64>,
    about: About,
}

fn plan(options: &Options) -> Result<Plan, String> {
    let program = options
        .weir
        .clone()
        .or_else(|| std::env::var_os("WEIR_BIN").map(PathBuf::from))
        .unwrap_or_else(|| "weir".into());
    let weir = Weir { program };
    weir.call(&["--help"], &[])?;
    let dir = options.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("weir-labelled-{}", std::process::id()))
    });
    let head = git(&["rev-parse", "HEAD"]).unwrap_or_default();
    let dirty = git(&["status", "--porcelain", "--untracked-files=no"]);
    let mut seeds = options.seeds.clone();
    let count = options
        .derived
        .or_else(|| seeds.is_empty().then_some(4))
        .unwrap_or(0);
    if count > 0 && head.is_empty() {
        return Err("no commit to derive seeds from: give --seed".to_owned());
    }
    seeds.extend(derived(&head, count));
    let list: Vec<String> = seeds.iter().map(u64::to_string).collect();
    let how = if count > 0 {
        format!(
            "Seeds {}: the first four bytes, big-endian, of SHA-256 of \"{head} N\", N = 1 to {count}{}.",
            list.join(", "),
            if options.seeds.is_empty() {
                ""
            } else {
                ", after those that were given"
            }
        )
    } else {
        format!("Seeds {}, given on the command line.", list.join(", "))
    };
    let mut command = "scripts/score detections".to_owned();
    for arg in std::env::args().skip(1) {
        command.push(' ');
        command.push_str(&arg);
    }
    Ok(Plan {
        desk: Desk {
            weir,
            dir,
            keep: options.keep,
        },
        seeds,
        about: About {
            command,
            commit: match dirty.as_deref() {
                Some("") => head,
                _ => format!("{head} (with changes that are not committed)"),
            },
            seeds: how,
        },
    })
}

fn tell(j: &Judged) {
    let o = &j.outcome;
    for (f, v) in o.findings.iter().zip(&o.verdicts) {
        let what = match v {
            Verdict::Right(l) => format!("right: label {}", l + 1),
            Verdict::Again(l) => format!("again: label {}", l + 1),
            Verdict::Beside(l) => format!("beside: label {}", l + 1),
            Verdict::Note => "note".to_owned(),
            Verdict::False(_) => "FALSE".to_owned(),
        };
        let label = match v {
            Verdict::Right(l) | Verdict::Again(l) | Verdict::Beside(l) => o.truth.labels.get(*l),
            _ => None,
        };
        let inside = label.map_or(String::new(), |l| {
            let own = f.packets.iter().filter(|p| l.packets.contains(p)).count();
            format!(", {own} of {} packets are its own", f.packets.len())
        });
        println!(
            "    {what:<18} {} {} {:.2} {} → {} {}{inside}",
            f.detection,
            f.severity_word(),
            f.confidence,
            f.src.as_deref().unwrap_or("-"),
            f.domain.as_deref().or(f.dst.as_deref()).unwrap_or("-"),
            f.dport.map_or(String::new(), |p| p.to_string()),
        );
    }
}

fn judge(plan: &Plan, list: &[&'static Scenario], verbose: bool) -> Result<Vec<Judged>, String> {
    let mut out = Vec::new();
    for seed in &plan.seeds {
        for scenario in list {
            let judged = plan.desk.judge(scenario, *seed)?;
            for j in &judged {
                let (found, whole) = weir_tests::labelled::score::figures::recall([j], |_| true);
                println!(
                    "seed {seed} {:<18} {:<28} found {found} of {whole}, {} findings, {:.1} s",
                    j.scenario,
                    j.outcome.truth.file,
                    j.outcome.findings.len(),
                    j.took.as_secs_f64()
                );
                if verbose {
                    tell(j);
                }
            }
            out.extend(judged);
        }
    }
    Ok(out)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    std::fs::create_dir_all(dir).map_err(|e| e.to_string())?;
    let path = dir.join(name);
    std::fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn unchanged(options: &Options, plan: &Plan) -> Result<bool, String> {
    let usual = ["beacons_24h", "scans", "dns"];
    let list: Vec<&Scenario> = if options.scenarios.is_empty() {
        usual.iter().filter_map(|n| scenarios::named(n)).collect()
    } else {
        options.scenarios.clone()
    };
    let mut good = true;
    for seed in &plan.seeds {
        for scenario in &list {
            for c in invariance::compare(&plan.desk, scenario, *seed)? {
                let says = if c.differs.is_empty() {
                    "same"
                } else {
                    "DIFFERS"
                };
                println!(
                    "seed {seed} {:<18} {:<26} {says} ({} findings)",
                    c.scenario, c.change, c.findings
                );
                for line in &c.differs {
                    println!("    {line}");
                }
                good &= c.differs.is_empty();
            }
        }
    }
    Ok(good)
}

fn run(options: &Options) -> Result<bool, String> {
    let plan = plan(options)?;
    println!("{}", plan.about.seeds);
    if options.invariance {
        return unchanged(options, &plan);
    }
    let surface = scenarios::named("surface").filter(|_| options.surface || options.out.is_some());
    let list: Vec<&Scenario> = match (options.scenarios.is_empty(), options.surface) {
        (_, true) => Vec::new(),
        (false, _) => options.scenarios.clone(),
        (true, _) => scenarios::ALL.iter().filter(|s| s.scored).collect(),
    };
    let judged = judge(&plan, &list, options.verbose)?;
    let rows = targets::rows(&judged, &plan.seeds);
    if !rows.is_empty() {
        println!("\n{}\n{}", report::table(&rows), report::scenarios(&judged));
        let (missed, wrong) = report::errors(&judged);
        for (what, list) in [("missed", missed), ("false alarms", wrong)] {
            println!("{what} ({}):\n{}\n", list.len(), list.join("\n"));
        }
    }
    let surface = match surface {
        Some(scenario) => {
            let judged = judge(&plan, &[scenario], options.verbose)?;
            let surface = Surface::of(&judged);
            println!("{}", surface.table());
            Some(surface)
        }
        None => None,
    };
    if let Some(dir) = &options.out {
        if let Some(surface) = &surface {
            let mut value = surface.json();
            if let Some(members) = value.as_object_mut() {
                members.insert("commit".to_owned(), plan.about.commit.clone().into());
                members.insert("seeds".to_owned(), plan.seeds.clone().into());
            }
            let text = serde_json::to_string_pretty(&value).map_err(|e| e.to_string())?;
            write(dir, "recall-surface.json", format!("{text}\n").as_bytes())?;
        }
        if !options.surface {
            let text = report::document(&plan.about, &rows, &judged, surface.as_ref());
            write(dir, "detections.md", text.as_bytes())?;
        }
    }
    if !options.keep && options.dir.is_none() && plan.desk.dir.exists() {
        std::fs::remove_dir_all(&plan.desk.dir).map_err(|e| e.to_string())?;
    }
    let below = report::below(&rows);
    for row in &below {
        println!("below its floor: {}", row.what);
    }
    Ok(!options.floors || below.is_empty())
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
