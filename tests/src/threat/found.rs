//! What the engine finds in one capture: the rows that `weir findings --json` prints, and who stands in each packet.

use crate::desk::{Desk, unpacked};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// From this confidence on, a finding of medium severity or above is an alarm.
const ALARM: f64 = 0.5;

/// One finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Alarm {
    /// By which detection.
    pub detection: String,
    /// Its line.
    pub title: String,
    /// Severity's word.
    pub severity: String,
    /// How sure.
    pub confidence: f64,
    /// The host's address.
    pub src: String,
    /// The other side's address.
    pub dst: String,
    /// Packets cited.
    pub packets: Vec<u32>,
}

impl Alarm {
    /// Medium or above, and sure enough?
    #[must_use]
    pub fn alarms(&self) -> bool {
        matches!(&*self.severity, "medium" | "high" | "critical") && self.confidence >= ALARM
    }

    /// High or above, however sure?
    #[must_use]
    pub fn grave(&self) -> bool {
        matches!(&*self.severity, "high" | "critical")
    }
}

/// All of a capture.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What was found.
    pub rows: Vec<Alarm>,
    /// Network addresses of each packet that has some.
    ends: BTreeMap<u32, BTreeSet<String>>,
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn number(packet: &Value) -> Option<u32> {
    packet.as_str()?.rsplit(':').next()?.parse().ok()
}

impl Found {
    /// Asks the engine. Nothing where the file cannot be read.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        let mut desk = Desk::with(1, &[("capture", unpacked(bytes))]);
        let all = desk.ask("findings", json!({}));
        let rows = all["findings"].as_array()?.iter().map(|row| Alarm {
            detection: text(row, "detection"),
            title: text(row, "title"),
            severity: text(row, "severity"),
            confidence: row["confidence"].as_f64().unwrap_or(0.0),
            src: text(row, "src"),
            dst: text(row, "dst"),
            packets: row["packets"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(number)
                .collect(),
        });
        let rows: Vec<Alarm> = rows.collect();
        let ends = if rows.iter().any(Alarm::alarms) {
            ends(&desk.table(json!({"table": "packets"})))
        } else {
            BTreeMap::new()
        };
        Some(Self { rows, ends })
    }

    /// Packets that a finding cites although neither its host nor the other side stands in them.
    #[must_use]
    pub fn beside(&self, alarm: &Alarm) -> Vec<u32> {
        let stands = |n: &u32| {
            self.ends.get(n).is_none_or(|ends| {
                [&alarm.src, &alarm.dst]
                    .iter()
                    .any(|a| !a.is_empty() && ends.contains(*a))
            })
        };
        if alarm.src.is_empty() && alarm.dst.is_empty() {
            return Vec::new();
        }
        alarm
            .packets
            .iter()
            .copied()
            .filter(|n| !stands(n))
            .collect()
    }
}

/// Source and destination of each packet where they are network addresses.
fn ends(table: &str) -> BTreeMap<u32, BTreeSet<String>> {
    let mut lines = table.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let place = |name: &str| head.iter().position(|h| h.eq_ignore_ascii_case(name));
    let (Some(no), Some(src), Some(dst)) = (place("no."), place("source"), place("destination"))
    else {
        return BTreeMap::new();
    };
    let mut out = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').map(|c| c.trim_matches('"')).collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let number = cell(no).rsplit(':').next().and_then(|n| n.parse().ok());
        let addresses: BTreeSet<String> = [cell(src), cell(dst)]
            .into_iter()
            .filter(|a| a.parse::<std::net::IpAddr>().is_ok())
            .map(str::to_owned)
            .collect();
        if let Some(number) = number.filter(|_| !addresses.is_empty()) {
            out.insert(number, addresses);
        }
    }
    out
}
