//! `weir-bench FILE`: the load pass and the content hashes of one capture, timed; one JSON object.
//! Memory is the process's peak, so it holds more than the heap and says so.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use weir_cli::Door;
use weir_session::{Hash, Load, Session};

/// Peak resident bytes of this process so far, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

fn run(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut door = Door::default();
    let mut session = Session::new(1);
    let before = peak();
    let start = Instant::now();
    let file = door.open(path)?;
    let bytes = file.plain_size;
    door.run(&mut session, &mut Load::new(vec![file]))?;
    let load = start.elapsed();
    let after = peak();
    let start = Instant::now();
    let mut job = Hash::new(&session, true);
    door.run(&mut session, &mut job)?;
    let hash = start.elapsed();
    let facts = || session.chains.iter().map(weir_session::Chain::facts);
    println!(
        "{}",
        json!({
            "bytes": bytes,
            "packets": session.loaded().map(|c| u64::from(c.index.len())).sum::<u64>(),
            "flows": facts().map(|f| f.flows.len()).sum::<usize>(),
            "files": facts().map(|f| f.artifacts.len()).sum::<usize>(),
            "load_s": load.as_secs_f64(),
            "hash_s": hash.as_secs_f64(),
            "peak_before": before,
            "peak_after_load": after,
            "peak": peak(),
        })
    );
    Ok(())
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: weir-bench FILE");
        return ExitCode::from(2);
    };
    match run(Path::new(&path)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
