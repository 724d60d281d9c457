//! Runs hostile rounds until a time or a number is reached, and says which round failed.

use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| -> Option<u64> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let from = value("--from").unwrap_or(0);
    let rounds = value("--rounds").unwrap_or(u64::MAX);
    let limit = Duration::from_secs(value("--seconds").unwrap_or(60));
    let start = Instant::now();
    let mut failed = 0u64;
    let mut done = 0u64;
    for round in from..from.saturating_add(rounds) {
        if start.elapsed() > limit || failed >= 10 {
            break;
        }
        done += 1;
        match std::panic::catch_unwind(|| weir_tests::hostile::run(round)) {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => {
                failed += 1;
                println!("round {round}: {reason}");
            }
            Err(_) => {
                failed += 1;
                println!("round {round}: panic");
            }
        }
    }
    println!("{} rounds held, {failed} failed", done - failed);
    std::process::exit(i32::from(failed > 0));
}
