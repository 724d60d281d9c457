//! Codes of the contract in words, times and sizes as people read them.

use weir_model::{IndicatorKind, IssueKind, Timestamp};

/// A rung in words.
#[must_use]
pub fn rung_words(rung: &str) -> &str {
    match rung {
        "delivered" => "delivered",
        "partial" => "partly delivered",
        "hidden" => "cannot be read",
        "refused" => "asked, refused",
        "contacted" => "contacted",
        "looked_up" => "looked up",
        "none" => "nothing",
        other => other,
    }
}

/// Rungs from the highest down.
pub(crate) const RUNGS: [&str; 7] = [
    "delivered",
    "partial",
    "hidden",
    "refused",
    "contacted",
    "looked_up",
    "none",
];

/// A decision in words.
#[must_use]
pub fn decision_words(decision: &str) -> &str {
    match decision {
        "isolate_now" => "isolate now",
        "isolate_and_examine" => "isolate and examine",
        "examine" => "examine the host",
        "find_out" => "find out what asked",
        "watch" => "watch",
        "none" => "nothing in this capture",
        "" => "to be decided",
        other => other,
    }
}

pub(crate) fn answer_words(answer: &str) -> &str {
    match answer {
        "seen" => "seen",
        "not_seen" => "not seen",
        "cannot_tell" => "cannot tell",
        other => other,
    }
}

pub(crate) fn issue_words(issue: IssueKind) -> &'static str {
    match issue {
        IssueKind::Breach => "suspected breach",
        IssueKind::Fault => "networking issue",
        IssueKind::Policy => "policy or audit",
        IssueKind::Learning => "learning",
    }
}

pub(crate) fn indicator_words(kind: IndicatorKind) -> &'static str {
    match kind {
        IndicatorKind::Domain => "domain",
        IndicatorKind::Address => "address",
        IndicatorKind::Url => "web address",
        IndicatorKind::Filename => "file name",
        IndicatorKind::Glob => "file name pattern",
        IndicatorKind::Sha256 => "SHA-256",
        IndicatorKind::Sha1 => "SHA-1",
        IndicatorKind::Md5 => "MD5",
        IndicatorKind::Filetype => "file type",
        IndicatorKind::UserAgent => "user agent",
    }
}

pub(crate) fn gap_words(why: &str) -> &str {
    match why {
        "before" => "before the captures",
        "between" => "between captures",
        "after" => "after the captures",
        "not_yet" => "not captured yet",
        "flow_records" => "flow records only",
        other => other,
    }
}

/// "2026-03-04 12:00:00.5 UTC": epoch seconds or RFC 3339, without idle zeros; other text as it is.
#[must_use]
pub fn clock(time: &str) -> String {
    let Ok(t) = time.parse::<Timestamp>() else {
        return time.to_owned();
    };
    let text = t.rfc3339();
    let text = text.trim_end_matches('Z').replacen('T', " ", 1);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} UTC")
}

/// A cell below a head that says UTC: to the millisecond, which the packets that are cited tell more exactly.
#[must_use]
pub(crate) fn moment(time: &str) -> String {
    let text = clock(time);
    let text = text.trim_end_matches(" UTC");
    match text.rsplit_once('.') {
        Some((whole, fraction)) if fraction.len() > 3 => {
            let fraction = fraction.get(..3).unwrap_or(fraction);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{whole}{point}{fraction}")
        }
        _ => text.to_owned(),
    }
}

/// From one moment to another, for a cell; the day is said once where it is one.
#[must_use]
pub(crate) fn between(first: &str, last: &str) -> String {
    let (a, b) = (moment(first), moment(last));
    if a == b {
        return a;
    }
    let day = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    match b.split_once(' ') {
        Some((_, hour)) if day(&a) == day(&b) => format!("{a} to {hour}"),
        _ => format!("{a} to {b}"),
    }
}

/// "31 h 5 min" of seconds.
#[must_use]
pub fn span_words(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "an unknown time".to_owned();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let s = seconds.min(1e15) as u64;
    let (days, hours, minutes) = (s / 86_400, s / 3600, s / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{s} s"),
        (0, _) => format!("{minutes} min"),
        (1000.., _) => format!("{} days", group(days)),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}

/// 1204551 as "1,204,551".
pub(crate) fn group(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// "1 host", "3 hosts".
pub(crate) fn plural(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", group(n as u64))
}

pub(crate) fn bytes(n: u64) -> String {
    format!("{} bytes", group(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_spans_are_read_by_people() {
        for (from, to) in [
            ("1772625600.000000000", "2026-03-04 12:00:00 UTC"),
            ("1772625601.500000000", "2026-03-04 12:00:01.5 UTC"),
            ("1772625600.000000001", "2026-03-04 12:00:00.000000001 UTC"),
            ("1772582400", "2026-03-04 00:00:00 UTC"),
            ("2026-03-04T17:30:10+05:30", "2026-03-04 12:00:10 UTC"),
            ("soon", "soon"),
        ] {
            assert_eq!(clock(from), to);
        }
        for (from, to) in [
            (0.5, "0 s"),
            (61.0, "1 min"),
            (7200.0, "2 h"),
            (7260.0, "2 h 1 min"),
            (f64::NAN, "an unknown time"),
            (1e300, "11,574,074,074 days"),
        ] {
            assert_eq!(span_words(from), to);
        }
        assert_eq!(
            (group(0), group(999), group(1_204_551)),
            ("0".into(), "999".into(), "1,204,551".into())
        );
    }
}
