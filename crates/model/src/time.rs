//! Capture time. Knows no clock and no time zone but UTC.

use std::fmt;
use std::str::FromStr;

/// Nanoseconds since 1970-01-01T00:00:00 UTC. Times outside 1677..2262 saturate;
/// whoever saturates one raises an anomaly.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(pub i64);

/// A signed span of nanoseconds; captures may run backwards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Duration(pub i64);

const SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// The earliest and latest representable times.
    pub const MIN: Self = Self(i64::MIN);
    /// See [`Timestamp::MIN`].
    pub const MAX: Self = Self(i64::MAX);

    /// Whole seconds and nanoseconds, saturating.
    #[must_use]
    pub fn from_parts(seconds: i64, nanos: i64) -> Self {
        Self(seconds.saturating_mul(SECOND).saturating_add(nanos))
    }

    /// The span from `earlier` to `self`, negative when time ran backwards.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// `self` moved by `by`, saturating.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.0))
    }

    /// Epoch seconds as the JSON contracts print them: nine fraction digits.
    #[must_use]
    pub fn epoch(self) -> String {
        format_seconds(self.0)
    }

    /// `2026-03-04T12:00:00.000000000Z`: RFC 3339, UTC, nine fraction digits.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let (secs, nanos) = (self.0.div_euclid(SECOND), self.0.rem_euclid(SECOND));
        let (days, of_day) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
        let (y, m, d) = civil(days);
        format!(
            "{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}.{nanos:09}Z",
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60
        )
    }
}

impl Duration {
    /// A span of whole seconds, saturating.
    #[must_use]
    pub fn seconds(s: i64) -> Self {
        Self(s.saturating_mul(SECOND))
    }

    /// Seconds with nine fraction digits, as tshark prints relative times.
    #[must_use]
    pub fn decimal(self) -> String {
        format_seconds(self.0)
    }

    /// The span as floating seconds, for statistics.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

fn format_seconds(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    format!("{sign}{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
}

/// Days since 1970-01-01 to a proleptic Gregorian date.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), m, d)
}

fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// A time that could not be read: what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeError(pub String);

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TimeError {}

impl FromStr for Timestamp {
    type Err = TimeError;

    /// RFC 3339 (`2026-03-04T12:00:00Z`, any offset, a space for `T` allowed; no
    /// offset means UTC) or epoch seconds with up to nine fraction digits.
    fn from_str(s: &str) -> Result<Self, TimeError> {
        let bad = || {
            TimeError(format!(
                "\u{201c}{s}\u{201d} is no time; write 2026-03-04T12:00:00Z"
            ))
        };
        let t = s.trim();
        if !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
            && t.bytes().filter(|b| *b == b'-').count() <= usize::from(t.starts_with('-'))
        {
            let (neg, t) = t.strip_prefix('-').map_or((false, t), |t| (true, t));
            let (whole, frac) = t.split_once('.').unwrap_or((t, ""));
            let secs: i64 = whole.parse().map_err(|_| bad())?;
            let total = secs
                .saturating_mul(SECOND)
                .saturating_add(fraction(frac).ok_or_else(bad)?);
            return Ok(Self(if neg { -total } else { total }));
        }
        let (date, rest) = t.split_once(['T', 't', ' ']).unwrap_or((t, "00:00:00Z"));
        let mut ymd = date.splitn(3, '-').map(str::parse::<i64>);
        let mut part = || ymd.next().and_then(Result::ok);
        let (Some(y), Some(m), Some(d)) = (part(), part(), part()) else {
            return Err(bad());
        };
        let split = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (clock, zone) = rest.split_at_checked(split).ok_or_else(bad)?;
        let (hms, frac) = clock.split_once('.').unwrap_or((clock, ""));
        let mut parts = hms.splitn(3, ':').map(str::parse::<i64>);
        let h = parts.next().and_then(Result::ok).ok_or_else(bad)?;
        let mi = parts.next().and_then(Result::ok).ok_or_else(bad)?;
        let sec = match parts.next() {
            None => 0,
            Some(v) => v.map_err(|_| bad())?,
        };
        let offset = match zone {
            "" | "Z" | "z" => 0,
            z => {
                let sign = if z.starts_with('-') { -1 } else { 1 };
                let (oh, om) = z.get(1..).and_then(|z| z.split_once(':')).ok_or_else(bad)?;
                sign * (oh.parse::<i64>().map_err(|_| bad())? * 3600
                    + om.parse::<i64>().map_err(|_| bad())? * 60)
            }
        };
        if !(1..=12).contains(&m)
            || !(1..=31).contains(&d)
            || h > 24
            || mi > 59
            || sec > 60
            || !(0..=9999).contains(&y)
        {
            return Err(bad());
        }
        let secs = days_from_civil(y, m, d) * 86_400 + h * 3600 + mi * 60 + sec - offset;
        Ok(Self::from_parts(secs, fraction(frac).ok_or_else(bad)?))
    }
}

fn fraction(digits: &str) -> Option<i64> {
    if digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    Some(n * 10_i64.pow(9 - u32::try_from(digits.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (text, ns) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-03-04T12:00:00Z", 1_772_625_600_000_000_000),
            ("2026-03-04T17:30:00+05:30", 1_772_625_600_000_000_000),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
            ("1772625600.25", 1_772_625_600_250_000_000),
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().0, ns, "{text}");
        }
        assert_eq!(
            Timestamp(1_772_625_600_000_000_001).rfc3339(),
            "2026-03-04T12:00:00.000000001Z"
        );
        assert!("12 o'clock".parse::<Timestamp>().is_err());
        assert_eq!(Timestamp(-1).epoch(), "-0.000000001");
    }

    #[test]
    fn every_day_survives_the_calendar() {
        for days in (-100_000..100_000).step_by(37) {
            let (y, m, d) = civil(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }
}
