//! A finding: a hypothesis with evidence that cannot be empty. Its id never depends on time, count or rank.

use super::score::{Plot, Rhythm, Score};
use super::{Detection, Ground};
use crate::environment::{Host, HostId};
use sha1::{Digest, Sha1};
use std::net::IpAddr;
use weir_model::{Mac, PacketRef, Timestamp};

/// What it would mean if true.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look when there is time.
    Low,
    /// Worth a look.
    Medium,
    /// Look now.
    High,
    /// Act now.
    Critical,
}

impl Severity {
    /// As the contract writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// At least one packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    first: PacketRef,
    more: Vec<PacketRef>,
}

impl Evidence {
    /// Most packets cited by one finding.
    pub const CITED: usize = 48;

    /// Of these, without repeats; `None` when there is none.
    pub fn of(packets: impl IntoIterator<Item = PacketRef>) -> Option<Self> {
        let mut all = packets.into_iter().filter(|p| p.number > 0);
        let first = all.next()?;
        let mut out = Self {
            first,
            more: Vec::new(),
        };
        for packet in all {
            let known = packet == out.first || out.more.contains(&packet);
            if !known && out.more.len() + 1 < Self::CITED {
                out.more.push(packet);
            }
        }
        Some(out)
    }

    /// Every packet.
    pub fn packets(&self) -> impl Iterator<Item = PacketRef> + '_ {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }
}

/// A detection's result. Unknown members are absent.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// `F-` and twelve hexadecimal digits: a hash of detection and subject.
    pub id: String,
    /// By which detection.
    pub detection: &'static str,
    /// One line about this case. Hostile text inside.
    pub title: String,
    /// If true.
    pub severity: Severity,
    /// How sure, 0 to 1.
    pub confidence: f64,
    /// The host it is about.
    pub host: Option<HostId>,
    /// Its address.
    pub src: Option<IpAddr>,
    /// The other side.
    pub dst: Option<IpAddr>,
    /// The other side's name. Hostile text.
    pub domain: Option<String>,
    /// The other side's port.
    pub dport: Option<u16>,
    /// The host's hardware address.
    pub mac: Option<Mac>,
    /// First packet's time.
    pub first: Timestamp,
    /// Last packet's time.
    pub last: Timestamp,
    /// Packets.
    pub evidence: Evidence,
    /// ATT&CK techniques.
    pub techniques: &'static [&'static str],
    /// Why, for this case.
    pub why: String,
    /// How the numbers came about; empty where there is no formula.
    pub scores: Vec<Score>,
    /// What to look at beside them.
    pub plots: Vec<Plot>,
    /// Where it repeats.
    pub rhythm: Option<Rhythm>,
    /// A harmless class of traffic that it behaves like, and by what it was recognised.
    pub benign: Option<(&'static str, String)>,
    /// Other hosts that do the same, or that it was done to; the first is not repeated.
    pub others: Vec<HostId>,
    /// A harmless reading.
    pub innocent: &'static str,
    /// What would settle it.
    pub settle: &'static str,
}

impl Finding {
    /// A finding about a host, with the detection's texts.
    pub(super) fn new(
        ground: &Ground<'_>,
        detection: &'static Detection,
        subject: &str,
        host: HostId,
        src: IpAddr,
        span: (Timestamp, Timestamp),
        evidence: Evidence,
    ) -> Self {
        Self {
            id: id(detection.id, subject),
            detection: detection.id,
            title: detection.title.to_owned(),
            severity: detection.severity,
            confidence: 0.5,
            host: Some(host),
            src: Some(src),
            dst: None,
            domain: None,
            dport: None,
            mac: ground.env.host(host).and_then(|h| h.mac),
            first: span.0,
            last: span.1,
            evidence,
            techniques: detection.techniques,
            why: detection.why.to_owned(),
            scores: Vec::new(),
            plots: Vec::new(),
            rhythm: None,
            benign: None,
            others: Vec::new(),
            innocent: detection.innocent,
            settle: detection.settle,
        }
    }
}

impl Finding {
    /// A finding about whoever had an address, in the chain and at the time it was seen.
    pub(super) fn at(
        ground: &Ground<'_>,
        detection: &'static Detection,
        subject: &str,
        (chain, ip, time): (usize, IpAddr, Timestamp),
        span: (Timestamp, Timestamp),
        evidence: Evidence,
    ) -> Option<Self> {
        let host = ground.env.at(chain, ip, time)?;
        Some(Self::new(
            ground, detection, subject, host, ip, span, evidence,
        ))
    }

    /// A finding about the captures themselves, with the detection's texts.
    pub(super) fn of_capture(
        detection: &'static Detection,
        subject: &str,
        span: (Timestamp, Timestamp),
        evidence: Evidence,
    ) -> Self {
        Self {
            id: id(detection.id, subject),
            detection: detection.id,
            title: detection.title.to_owned(),
            severity: detection.severity,
            confidence: 0.5,
            host: None,
            src: None,
            dst: None,
            domain: None,
            dport: None,
            mac: None,
            first: span.0,
            last: span.1,
            evidence,
            techniques: detection.techniques,
            why: detection.why.to_owned(),
            scores: Vec::new(),
            plots: Vec::new(),
            rhythm: None,
            benign: None,
            others: Vec::new(),
            innocent: detection.innocent,
            settle: detection.settle,
        }
    }
}

/// `F-` and the start of a hash of detection and subject.
#[must_use]
pub fn id(detection: &str, subject: &str) -> String {
    let digest = Sha1::new()
        .chain_update(detection.as_bytes())
        .chain_update([0])
        .chain_update(subject.as_bytes())
        .finalize();
    digest
        .iter()
        .take(6)
        .fold("F-".to_owned(), |s, b| format!("{s}{b:02x}"))
}

/// A host in a subject: its hardware address, else its network address.
pub(super) fn who(host: Option<&Host>, ip: IpAddr) -> String {
    host.and_then(|h| h.mac)
        .map_or_else(|| ip.to_string(), |mac| mac.to_string())
}

/// By severity, then confidence, then id: the same for the same findings.
pub(super) fn order(rows: &mut [Finding]) {
    rows.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then(b.confidence.total_cmp(&a.confidence))
            .then_with(|| a.detection.cmp(b.detection))
            .then(a.first.cmp(&b.first))
            .then_with(|| a.id.cmp(&b.id))
    });
}

/// The usual ranking.
#[expect(clippy::ptr_arg, reason = "a detection's own may merge rows")]
pub(super) fn rank(rows: &mut Vec<Finding>) {
    order(rows);
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_model::CaptureId;

    #[test]
    fn evidence_is_never_empty_and_ids_are_stable() {
        assert!(Evidence::of([]).is_none());
        assert!(
            Evidence::of([PacketRef::default()]).is_none(),
            "packet 0 is none"
        );
        let p = |n| PacketRef {
            capture: CaptureId(0),
            number: n,
        };
        let all = Evidence::of([p(3), p(3), p(5)]).unwrap();
        assert_eq!(all.packets().collect::<Vec<_>>(), [p(3), p(5)]);
        assert_eq!(
            Evidence::of((1..200).map(p)).unwrap().packets().count(),
            Evidence::CITED
        );
        assert_eq!(id("ua.rare", "x"), id("ua.rare", "x"));
        assert_ne!(id("ua.rare", "x"), id("ua.rar", "ex"));
    }
}
