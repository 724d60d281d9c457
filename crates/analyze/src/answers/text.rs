//! The sentences of an answer. Every sentence is about packets or says that there are none.

use super::coverage::{Coverage, words};
use super::rung::{Evidence, Rung};
use crate::environment::Host;
use crate::input::Input;
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

/// `1 packet`, `2 packets`.
pub(crate) fn plural(n: u64, what: &str) -> String {
    let s = match n {
        1 => "",
        _ if what.ends_with('s') => "es",
        _ => "s",
    };
    format!("{n} {what}{s}")
}

/// A time as sentences have it: RFC 3339, microseconds at most, no zeros at the end.
pub(crate) fn moment(t: Timestamp) -> String {
    let text = t.rfc3339();
    let Some((whole, fraction)) = text.trim_end_matches('Z').split_once('.') else {
        return text;
    };
    let fraction = fraction.get(..6).unwrap_or(fraction).trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction}Z")
}

/// What was looked at, with coverage.
pub(super) fn checked(
    input: &Input<'_>,
    coverage: &Coverage,
    host: Option<&Host>,
    elsewhere: u64,
) -> String {
    let packets = plural(input.packets(), "packet");
    let mut out = if input.chains.iter().any(|c| !c.captures.is_empty()) || input.logs.is_empty() {
        format!("Checked DNS, HTTP, FTP and TLS names in {packets}")
    } else {
        "Checked no packet".to_owned()
    };
    if !input.logs.is_empty() {
        let rows = plural(input.rows(), "row");
        out += &format!(", addresses in {rows} of flow logs (flow records only)");
    }
    out += &format!("; {}", coverage.words());
    if let Some(host) = host {
        out += &format!(
            "; this host seen from {} to {}",
            moment(host.first),
            moment(host.last)
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
