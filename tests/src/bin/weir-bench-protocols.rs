//! `weir-bench-protocols`: what the load pass costs a packet, protocol by protocol, over the corpus' captures of each
//! (`proto/NAME/`); a Markdown table, dearest first. Knows nothing of what else a capture of a protocol holds.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use weir_cli::Door;
use weir_session::{Load, Session};
use weir_tests::parity::{captures, corpus};

/// Fewer packets tell more of the fixed cost of a capture than of a protocol.
const PACKETS: u64 = 200;
/// A capture is loaded so many times at least; its best time counts.
const ROUNDS: u32 = 5;

/// Packets, bytes and the best time of loading a file.
struct Cost {
    packets: u64,
    bytes: u64,
    best: Duration,
}

fn load(path: &Path) -> Result<Cost, Box<dyn Error>> {
    let mut cost = Cost {
        packets: 0,
        bytes: 0,
        best: Duration::MAX,
    };
    for _ in 0..ROUNDS {
        let mut door = Door::default();
        let mut session = Session::new(1);
        let file = door.open(path)?;
        cost.bytes = file.plain_size;
        let start = Instant::now();
        door.run(&mut session, &mut Load::new(vec![file]))?;
        cost.best = cost.best.min(start.elapsed());
        cost.packets = session.loaded().map(|c| u64::from(c.index.len())).sum();
    }
    Ok(cost)
}

/// What a capture costs that has no packet: a little-endian pcap header.
fn nothing() -> Result<Duration, Box<dyn Error>> {
    const HEADER: [u8; 24] = [
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
    ];
    let path = std::env::temp_dir().join(format!("weir-empty-{}.pcap", std::process::id()));
    std::fs::write(&path, HEADER)?;
    let cost = load(&path);
    std::fs::remove_file(&path)?;
    Ok(cost?.best)
}

#[allow(clippy::cast_precision_loss)]
fn run(dir: &Path) -> Result<(), Box<dyn Error>> {
    let fixed = nothing()?;
    let mut folders: BTreeMap<String, Cost> = BTreeMap::new();
    for name in captures(dir) {
        let Some((folder, _)) = name
            .strip_prefix("proto/")
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        // What cannot be opened is another tool's to tell.
        let Ok(cost) = load(&dir.join(&name)) else {
            continue;
        };
        let sum = folders.entry(folder.to_owned()).or_insert(Cost {
            packets: 0,
            bytes: 0,
            best: Duration::ZERO,
        });
        sum.packets += cost.packets;
        sum.bytes += cost.bytes;
        sum.best += cost.best.saturating_sub(fixed);
    }
    let nanos = |c: &Cost| c.best.as_nanos() as f64 / c.packets as f64;
    let mut rows: Vec<_> = folders
        .into_iter()
        .filter(|(_, c)| c.packets >= PACKETS)
        .collect();
    rows.sort_by(|(_, a), (_, b)| nanos(b).total_cmp(&nanos(a)));
    println!("| captures of | packets | bytes a packet | ns a packet |");
    println!("| --- | ---: | ---: | ---: |");
    for (folder, cost) in rows {
        println!(
            "| {folder} | {} | {:.0} | {:.0} |",
            cost.packets,
            cost.bytes as f64 / cost.packets as f64,
            nanos(&cost)
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    let done = match corpus() {
        Ok(Some(dir)) => run(&dir).map_err(|e| e.to_string()),
        Ok(None) => {
            println!(
                "No corpus beside the project: the cost of single protocols was not measured."
            );
            Ok(())
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}
