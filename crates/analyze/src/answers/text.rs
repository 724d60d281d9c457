//! The sentences of an answer. Every sentence is about packets or says that there are none.

use super::coverage::{Coverage, words};
use super::rung::{Evidence, Rung};
use crate::environment::Host;
use weir_model::{Timestamp, Window};

/// Most reasons told of one answer.
const REASONS: usize = 4;

/// Distinct reasons, in order, the rest counted.
pub(super) fn reasons<'a>(all: impl Iterator<Item = &'a Evidence>) -> String {
    let mut told: Vec<&str> = Vec::new();
    let mut more = 0;
    for e in all {
        if told.contains(&e.why.as_str()) {
            continue;
        }
        if told.len() < REASONS {
            told.push(&e.why);
        } else {
            more += 1;
        }
    }
    let mut out = told.join("; ");
    if more > 0 {
        out += &format!("; and {more} more of this kind");
    }
    out
}

/// Where an interval lies against the window; empty when wholly inside.
pub(super) fn against(window: Window, first: Timestamp, last: Timestamp) -> String {
    let mut out = Vec::new();
    if let Some(from) = window.from {
        if last < from {
            return format!("ended {} before the window", words(from.since(last)));
        }
        if first < from {
            out.push(format!(
                "began {} before the window",
                words(from.since(first))
            ));
        }
    }
    if let Some(to) = window.to {
        if first > to {
            return format!("began {} after the window", words(first.since(to)));
        }
        if last > to {
            out.push(format!("ended {} after the window", words(last.since(to))));
        }
    }
    out.join(", ")
}

/// What "not seen" rests on.
pub(super) fn nothing(rung: Rung) -> &'static str {
    match rung {
        Rung::None => "nothing in the captures matches",
        Rung::LookedUp => "only looked up, no traffic with the server",
        _ => "",
    }
}

/// What was looked at, with coverage.
pub(super) fn checked(
    packets: u64,
    coverage: &Coverage,
    host: Option<&Host>,
    elsewhere: u64,
) -> String {
    let mut out = format!(
        "Checked DNS, HTTP, FTP and TLS names in {packets} packets; {}",
        coverage.words()
    );
    if let Some(host) = host {
        out += &format!(
            "; this host seen from {} to {}",
            host.first.rfc3339(),
            host.last.rfc3339()
        );
    }
    if elsewhere > 0 {
        let s = if elsewhere == 1 { "" } else { "s" };
        out += &format!("; {elsewhere} encrypted flow{s} elsewhere, not read");
    }
    out.push('.');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_told_against_the_window() {
        let at = |s: i64| Timestamp::from_parts(s, 0);
        let window = Window {
            from: Some(at(1000)),
            to: Some(at(2000)),
        };
        for (a, b, said) in [
            (1000, 2000, ""),
            (820, 1500, "began 3 min before the window"),
            (1500, 2100, "ended 100 s after the window"),
            (500, 880, "ended 2 min before the window"),
            (2060, 2070, "began 60 s after the window"),
            (
                820,
                2120,
                "began 3 min before the window, ended 2 min after the window",
            ),
        ] {
            assert_eq!(against(window, at(a), at(b)), said);
        }
    }
}
