//! `weir-corpus-digest [N]`: what the native build tells of one in N captures of the corpus (10 unless said), for the
//! wasm build to compare with: a JSON line each with path and digest.

use std::process::ExitCode;
use weir_tests::desk::digest_of;
use weir_tests::parity::{captures, corpus, in_share};

fn main() -> ExitCode {
    let share = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let dir = match corpus() {
        Ok(Some(dir)) => dir,
        Ok(None) => {
            eprintln!(
                "skipped: no corpus beside the project: the wasm build is not compared over it"
            );
            return ExitCode::SUCCESS;
        }
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let share = share.unwrap_or(10);
    for name in captures(&dir).iter().filter(|n| in_share(n, share)) {
        let path = dir.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => println!(
                "{}",
                serde_json::json!({ "path": path.display().to_string(), "name": name, "digest": digest_of(name, bytes) })
            ),
            Err(e) => {
                eprintln!("{}: {e}", path.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
