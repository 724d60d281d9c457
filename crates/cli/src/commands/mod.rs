//! The commands, one file each.

mod answer;
mod ask;
mod because;
mod case;
mod casework;
mod decisions;
mod decode;
mod earlier;
mod export;
mod files;
mod findings;
mod flows;
mod follow;
mod hosts;
mod hunt;
mod log;
mod map;
mod open;
mod packets;
mod reference;
mod remarks;
mod report;
mod slice;
mod spread;
mod stats;
mod summary;
mod verify;

use crate::args::{Args, HELP, Usage};
use std::process::ExitCode;

/// What a command comes to.
pub(crate) type Done = Result<ExitCode, Usage>;

type Command = fn(&Args) -> Done;

/// Every command by name.
const COMMANDS: &[(&str, Command)] = &[
    ("actions", casework::actions),
    ("answer", answer::run),
    ("baseline", earlier::baseline),
    ("because", because::run),
    ("bridges", hunt::bridges),
    ("case", case::run),
    ("checklist", hunt::checklist),
    ("comments", slice::comments),
    ("compare", earlier::compare),
    ("decisions", decisions::run),
    ("east-west", hunt::east_west),
    ("export", export::run),
    ("files", files::run),
    ("findings", findings::run),
    ("flows", flows::run),
    ("follow", follow::run),
    ("hosts", hosts::run),
    ("lessons", casework::lessons),
    ("log", log::run),
    ("map", map::run),
    ("outliers", hunt::outliers),
    ("packets", packets::run),
    ("passes", casework::passes),
    ("reference", reference::run),
    ("replay", casework::replay),
    ("report", report::run),
    ("seen-once", hunt::seen_once),
    ("slice", slice::run),
    ("stack", hunt::stack),
    ("stats", stats::run),
    ("summary", summary::run),
    ("template", casework::template),
    ("trends", earlier::trends),
    ("verify", verify::run),
    ("watch", casework::watch),
    ("ways-in", hunt::ways_in),
];

pub(crate) fn run(args: &Args) -> Done {
    match args.command.as_str() {
        "help" => {
            crate::out::Out::new(false).lines(HELP);
            Ok(ExitCode::SUCCESS)
        }
        "version" => {
            crate::out::Out::new(false).line(&format!("weir {}", env!("CARGO_PKG_VERSION")));
            Ok(ExitCode::SUCCESS)
        }
        name => match COMMANDS.iter().find(|(n, _)| *n == name) {
            Some((_, command)) => command(args),
            None => Err(Usage(format!(
                "there is no command {name:?}; weir --help lists them"
            ))),
        },
    }
}
