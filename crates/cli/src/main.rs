//! The command line: one command, its options, its files. Exit status 0 when done, 1 when the input
//! broke part-way (what was read is printed), 2 for wrong usage.

mod args;
mod commands;
mod out;

use args::{Args, Usage};
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = Args::read().and_then(|args| commands::run(&args));
    match result {
        Ok(code) => code,
        Err(usage) => {
            let Usage(text) = usage;
            out::error(&text);
            ExitCode::from(2)
        }
    }
}
