//! Zeek's `conn` log in both of its forms. Knows the columns and how cells are written.

pub(crate) mod json;
pub(crate) mod tsv;

use crate::error::ImportError;
use crate::flow::{Endpoint, FlowRow, Place, Transport};
use std::net::IpAddr;
use weir_model::{Duration, Timestamp};

/// Columns that Weir reads, in the order of [`Cells`].
pub const COLUMNS: [&str; 16] = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "missed_bytes",
    "history",
    "orig_pkts",
    "resp_pkts",
];

/// Columns without which a row is no flow.
pub const NEEDED: [&str; 6] = [
    "ts",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
];

/// Longest text kept of a cell, in characters.
const MAX_TEXT: usize = 256;
/// Longest history and service, as above.
const MAX_SHORT: usize = 64;

/// A row's cells by [`COLUMNS`]; unset ones are absent.
type Cells = [Option<String>; COLUMNS.len()];

/// A Zeek log of something else.
fn other_log(line: u64, path: &str) -> ImportError {
    let shown: String = path.chars().take(40).collect();
    ImportError::new(
        line,
        format!(
            "this is Zeek\u{2019}s \u{201c}{shown}\u{201d} log; only \u{201c}conn\u{201d} is read"
        ),
    )
}

fn place(column: &str) -> Option<usize> {
    COLUMNS.iter().position(|c| *c == column)
}

struct Row<'a> {
    line: u64,
    cells: &'a Cells,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        self.cells.get(place(column)?)?.as_deref()
    }

    fn need(&self, column: &str) -> Result<&str, ImportError> {
        self.cell(column)
            .ok_or_else(|| ImportError::new(self.line, format!("{column} is not set")))
    }

    fn bad(&self, column: &str, text: &str, what: &str) -> ImportError {
        let text: String = text.chars().take(40).collect();
        ImportError::new(
            self.line,
            format!("{column} \u{201c}{text}\u{201d} is no {what}"),
        )
    }

    fn endpoint(&self, address: &str, port: &str) -> Result<Endpoint, ImportError> {
        let a = self.need(address)?;
        let p = self.need(port)?;
        // A zone behind the address names an interface, not a host.
        let bare = a.split('%').next().unwrap_or(a);
        Ok(Endpoint {
            ip: bare
                .parse::<IpAddr>()
                .map_err(|_| self.bad(address, a, "address"))?,
            port: p.parse().map_err(|_| self.bad(port, p, "port"))?,
        })
    }

    fn count(&self, column: &str) -> Result<Option<u64>, ImportError> {
        self.cell(column)
            .map(|t| t.parse().map_err(|_| self.bad(column, t, "count")))
            .transpose()
    }

    fn text(&self, column: &str, most: usize) -> Option<String> {
        self.cell(column).map(|t| t.chars().take(most).collect())
    }

    fn flow(&self) -> Result<FlowRow, ImportError> {
        let ts = self.need("ts")?;
        // A number that 64 bits cannot hold is no time, and none is made of it.
        let written = ts
            .contains(':')
            .then(|| ts.parse::<Timestamp>().ok())
            .flatten();
        let time = nanoseconds(ts).or(written.map(|t| t.0));
        let duration = match self.cell("duration") {
            None => None,
            Some(t) => Some(
                nanoseconds(t)
                    .filter(|n| *n >= 0)
                    .ok_or_else(|| self.bad("duration", t, "number of seconds from 0"))?,
            ),
        };
        Ok(FlowRow {
            row: 0,
            place: Place::default(),
            time: Timestamp(time.ok_or_else(|| self.bad("ts", ts, "time"))?),
            uid: self.text("uid", MAX_SHORT).unwrap_or_default(),
            originator: self.endpoint("id.orig_h", "id.orig_p")?,
            responder: self.endpoint("id.resp_h", "id.resp_p")?,
            transport: match self.need("proto")? {
                "tcp" => Transport::Tcp,
                "udp" => Transport::Udp,
                "icmp" => Transport::Icmp,
                other => Transport::Other(other.chars().take(MAX_SHORT).collect()),
            },
            service: self.text("service", MAX_TEXT),
            duration: duration.map(Duration),
            originator_bytes: self.count("orig_bytes")?,
            responder_bytes: self.count("resp_bytes")?,
            originator_packets: self.count("orig_pkts")?,
            responder_packets: self.count("resp_pkts")?,
            state: self.text("conn_state", MAX_SHORT),
            history: self.text("history", MAX_SHORT),
            missed_bytes: self.count("missed_bytes")?,
        })
    }
}

/// Seconds as decimal text to nanoseconds, exactly; digits beyond the ninth are cut; an exponent is read.
/// `None` for what is no number and for what 64 bits cannot hold.
fn nanoseconds(text: &str) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i32>().ok().filter(|e| (-30..=30).contains(e))?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(d) => (true, d),
        None => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digit = |b: u8| b.is_ascii_digit();
    if (whole.is_empty() && fraction.is_empty())
        || whole.len() > 40
        || !whole.bytes().all(digit)
        || !fraction.bytes().all(digit)
    {
        return None;
    }
    // The decimal point moves by the exponent and nine more places.
    let point = i32::try_from(whole.len()).ok()? + exponent + 9;
    let mut n: i128 = 0;
    let all = whole.bytes().chain(fraction.bytes());
    let padded = all.chain(std::iter::repeat(b'0'));
    for b in padded.take(usize::try_from(point.max(0)).ok()?) {
        n = n.checked_mul(10)?.checked_add(i128::from(b - b'0'))?;
    }
    i64::try_from(if negative { -n } else { n }).ok()
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn seconds_are_read_exactly() {
        for (text, ns) in [
            ("1772625600.123456", Some(1_772_625_600_123_456_000)),
            ("0.000001", Some(1_000)),
            ("-1.5", Some(-1_500_000_000)),
            (".5", Some(500_000_000)),
            ("7", Some(7_000_000_000)),
            ("1.5e-05", Some(15_000)),
            ("1.7726256e9", Some(1_772_625_600_000_000_000)),
            ("0.1234567891234", Some(123_456_789)),
            ("1e-30", Some(0)),
            ("9223372036.854775807", Some(i64::MAX)),
            ("9223372036.854775808", None),
            ("99999999999999999999999999999999999999999", None),
            ("1e31", None),
            ("1e", None),
            ("", None),
            (".", None),
            ("-", None),
            ("nan", None),
            ("inf", None),
            ("0x10", None),
            ("1_000", None),
            ("+1", None),
            ("1.2.3", None),
            ("--1", None),
        ] {
            assert_eq!(nanoseconds(text), ns, "{text}");
        }
    }
}
