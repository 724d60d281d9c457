//! `weir-threat [--only TEXT] [--out DIR]`: judges the findings on captures whose behaviour is known and prints the
//! table; `--out` also writes there `threat.md`. Exit status 1 where something is wrong without a reason.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use weir_tests::parity::{captures, corpus};
use weir_tests::threat::{About, Found, Report, Row, Tables, judged};

fn git(args: &[&str]) -> String {
    let out = Command::new("git").args(args).output();
    out.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
        .unwrap_or_default()
}

fn judge(only: &str) -> Result<Option<(Report, Tables)>, String> {
    let Some(dir) = corpus()? else {
        return Ok(None);
    };
    let mut tables = Tables::read()?;
    let mut report = Report::default();
    let all = captures(&dir);
    for name in judged(&all).into_iter().filter(|n| n.contains(only)) {
        if let Some(found) = Found::of(&dir.join(name)) {
            report.rows.push(Row::new(name, &found, &mut tables));
        } else {
            eprintln!("{name}: not read");
        }
    }
    Ok(Some((report, tables)))
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut only, mut out) = (String::new(), None::<PathBuf>);
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_default();
        match arg.as_str() {
            "--only" => only = value,
            "--out" => out = Some(value.into()),
            _ => {
                eprintln!("weir-threat [--only TEXT] [--out DIR]");
                return ExitCode::from(2);
            }
        }
    }
    let (report, tables) = match judge(&only) {
        Ok(Some(judged)) => judged,
        Ok(None) => {
            println!("skipped: no corpus beside the project: captures of attacks are not judged");
            return ExitCode::SUCCESS;
        }
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"]).is_empty();
    let about = About {
        command: "scripts/score threat".to_owned(),
        commit: git(&["rev-parse", "--short", "HEAD"])
            + if changed {
                " (with changes that are not committed)"
            } else {
                ""
            },
    };
    let table = report.markdown(&about);
    println!("{table}");
    if let Some(out) = out {
        let written = std::fs::create_dir_all(&out)
            .and_then(|()| std::fs::write(out.join("threat.md"), &table));
        if let Err(e) = written {
            eprintln!("{}: {e}", out.display());
            return ExitCode::FAILURE;
        }
    }
    let mut wrong = report.wrong();
    if only.is_empty() {
        let unused = tables.unused();
        wrong.extend(unused.map(|r| format!("{}: a reason that explains nothing", r.place())));
    }
    for line in &wrong {
        println!("{line}");
    }
    ExitCode::from(u8::from(!wrong.is_empty()))
}
