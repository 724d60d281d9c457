//! `weir-bench FILE`: the load pass and the content hashes of one capture, timed; one JSON object.
//! Memory is heap, counted where it is allocated, and the process's peak beside it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use peak_alloc::PeakAlloc;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use weir_cli::Door;
use weir_session::{Hash, Load, Session};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Peak resident bytes of this process so far, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Seconds that a processor spent on this process so far, where the system tells: hundredths, since the
/// kernel counts them for users in those.
fn cpu() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after = stat.rsplit_once(')')?.1;
    let mut ticks = after.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / 100.0)
}

fn run(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut door = Door::default();
    let mut session = Session::new(1);
    HEAP.reset_peak_usage();
    let start = Instant::now();
    let file = door.open(path)?;
    let bytes = file.plain_size;
    door.run(&mut session, &mut Load::new(vec![file]))?;
    let (load, load_cpu) = (start.elapsed(), cpu());
    let (heap, heap_peak, after) = (HEAP.current_usage(), HEAP.peak_usage(), peak());
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
            "load_cpu_s": load_cpu,
            "hash_s": hash.as_secs_f64(),
            "heap_after_load": heap,
            "heap_peak_load": heap_peak,
            "heap_peak": HEAP.peak_usage(),
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
