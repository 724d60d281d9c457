//! The truth of a capture: what was planted in it, written from the plan, never from what a program read.

use serde::{Deserialize, Serialize};

/// Version of the document.
pub const SCHEMA: u32 = 1;

/// What is asked of a tool about a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It has to be found.
    Must,
    /// Finding it is right, missing it no fault: there is too little of it, or it is a side effect.
    May,
    /// Harmless: an alarm about it is a false one.
    MustNot,
}

/// The weakest finding that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Least {
    /// Severity medium or above with confidence at least one half.
    Alarm,
    /// Any.
    Note,
}

/// One thing that was planted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Number within the capture, from 1.
    pub id: usize,
    /// `family.kind` of the closed list; `benign.…` for what only looks like one.
    pub kind: String,
    /// What is asked.
    pub need: Need,
    /// The weakest finding that counts.
    pub least: Least,
    /// Other families, or whole kinds, that are right about the same ends.
    pub also: Vec<String>,
    /// The host it is about.
    pub src: String,
    /// Addresses that may stand for it as well: the other end of a fault, the name it had before.
    pub who: Vec<String>,
    /// Its hardware address, where the label is about a station.
    pub mac: Option<String>,
    /// The other side's addresses; empty where there is no one other side.
    pub dst: Vec<String>,
    /// The other side's name.
    pub domain: Option<String>,
    /// The other side's port.
    pub dport: Option<u16>,
    /// Time of its first packet in the capture, epoch seconds.
    pub first: String,
    /// Time of its last one.
    pub last: String,
    /// Numbers of its packets in the written capture, rising.
    pub packets: Vec<u64>,
    /// Mean time between check-ins, missed ones left out of account.
    pub period_s: Option<f64>,
    /// Other periods that are as right: the sleep as configured, the segment before a change.
    pub periods_too: Vec<f64>,
    /// Spread round the period as a share of it.
    pub jitter: Option<f64>,
    /// Share of check-ins that did not come.
    pub missed: Option<f64>,
    /// Check-ins in the capture.
    pub check_ins: Option<usize>,
    /// Those that would have come after its end, epoch seconds.
    pub future_times: Vec<f64>,
    /// The first slot after the end is one that is missed.
    pub next_missed: bool,
    /// The host is off when the capture ends: the next check-in waits for its person.
    pub off_at_end: bool,
    /// What it is, in words.
    pub what: String,
    /// Why an alarm about it would be false.
    pub why_not: Option<String>,
    /// SHA-256 of the file, where it is about one.
    pub sha256: Option<String>,
    /// The secret, where it is about one.
    pub secret: Option<String>,
}

/// A capture with its labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Scenario.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// File of the capture.
    pub file: String,
    /// Capture that is the earlier one of a pair.
    pub earlier: Option<String>,
    /// Packets in it.
    pub packets: u64,
    /// Begin and end of capturing, epoch seconds.
    pub span: (String, String),
    /// Addresses of hosts that do nothing wrong.
    pub benign_hosts: Vec<String>,
    /// Days of those hosts.
    pub host_days: f64,
    /// Nothing in this capture is an attack.
    pub benign: bool,
    /// Share of packets that the capture lost, where that was planted.
    pub loss: Option<f64>,
    /// The labels.
    pub labels: Vec<Label>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A label that must be found as an alarm, with nothing else said.
    pub(crate) fn label(kind: &str, src: &str) -> Label {
        Label {
            id: 1,
            kind: kind.to_owned(),
            need: Need::Must,
            least: Least::Alarm,
            also: vec![],
            src: src.to_owned(),
            who: vec![],
            mac: None,
            dst: vec![],
            domain: None,
            dport: None,
            first: String::new(),
            last: String::new(),
            packets: vec![],
            period_s: None,
            periods_too: vec![],
            jitter: None,
            missed: None,
            check_ins: None,
            future_times: vec![],
            next_missed: false,
            off_at_end: false,
            what: String::new(),
            why_not: None,
            sha256: None,
            secret: None,
        }
    }

    impl Truth {
        /// Of these labels alone.
        pub(crate) fn of(labels: Vec<Label>) -> Self {
            Self {
                schema: SCHEMA,
                scenario: "test".to_owned(),
                seed: 1,
                file: "test.pcap".to_owned(),
                earlier: None,
                packets: 9,
                span: (String::new(), String::new()),
                benign_hosts: vec![],
                host_days: 1.0,
                benign: false,
                loss: None,
                labels,
            }
        }
    }

    #[test]
    fn a_truth_is_read_as_it_is_written() {
        let truth = Truth::of(vec![label("c2.beacon", "10.0.0.7")]);
        let text = serde_json::to_string(&truth).unwrap();
        assert!(text.contains("\"need\":\"must\""));
        assert_eq!(serde_json::from_str::<Truth>(&text).unwrap(), truth);
    }
}
