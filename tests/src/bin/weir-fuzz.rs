//! Runs hostile rounds until a time or a number is reached, and says which round failed. Made-up traffic and packets of
//! the corpus' captures take turns; `--capture TEXT` takes only captures whose path contains it.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};
use weir_tests::hostile::{dissect, mutated, run};
use weir_tests::parity::{captures, corpus};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |name: &str| -> Option<&String> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let value = |name: &str| text(name).and_then(|t| t.parse::<u64>().ok());
    let from = value("--from").unwrap_or(0);
    let rounds = value("--rounds").unwrap_or(u64::MAX);
    let limit = Duration::from_secs(value("--seconds").unwrap_or(60));
    let only = text("--capture");
    let dir = corpus().unwrap_or_default();
    let mut names = dir.as_deref().map(captures).unwrap_or_default();
    if let Some(only) = only {
        names.retain(|n| n.contains(only.as_str()));
    }
    let start = Instant::now();
    let (mut done, mut failed) = (0u64, 0u64);
    let mut count = |what: String, held: std::thread::Result<Result<(), String>>| {
        done += 1;
        let reason = match held {
            Ok(Ok(())) => return false,
            Ok(Err(reason)) => reason,
            Err(_) => "panic".to_owned(),
        };
        failed += 1;
        println!("{what}: {reason}");
        failed >= 10
    };
    'rounds: for round in from..from.saturating_add(rounds) {
        if only.is_none() && count(format!("round {round}"), catch_unwind(|| run(round))) {
            break;
        }
        // Real packets take as long as many rounds of made-up ones.
        if only.is_none() && !round.is_multiple_of(2000) {
            if start.elapsed() > limit {
                break;
            }
            continue;
        }
        let Some(dir) = &dir else { continue };
        for name in &names {
            if start.elapsed() > limit {
                break 'rounds;
            }
            let Ok(packets) = mutated::load(&dir.join(name)) else {
                continue;
            };
            let held = catch_unwind(|| dissect(&mutated::packets(&packets, round), round, &[]));
            if count(format!("{name}, round {round}"), held) {
                break 'rounds;
            }
        }
    }
    println!("{} rounds held, {failed} failed", done - failed);
    std::process::exit(i32::from(failed > 0));
}
