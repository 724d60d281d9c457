//! One finding as the contract prints it, read leniently: members that are missing are none.

use serde_json::Value;

/// An interval in which the next check-in is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// From, epoch seconds.
    pub lo: f64,
    /// To.
    pub hi: f64,
    /// Nominal level, 0 to 1.
    pub level: f64,
}

/// A finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// `family.kind`.
    pub detection: String,
    /// What it says in a line.
    pub title: String,
    /// Its reason.
    pub why: String,
    /// info 0, low 1, medium 2, high 3, critical 4.
    pub severity: u8,
    /// 0 to 1.
    pub confidence: f64,
    /// The host.
    pub src: Option<String>,
    /// The other side.
    pub dst: Option<String>,
    /// Its name.
    pub domain: Option<String>,
    /// Its port.
    pub dport: Option<u16>,
    /// The host's hardware address.
    pub mac: Option<String>,
    /// Packets it cites.
    pub packets: Vec<u64>,
    /// Period, seconds.
    pub period: Option<f64>,
    /// Next check-ins.
    pub next: Vec<Interval>,
    /// Its own test of such intervals within the capture: how many held, of how many.
    pub tested: Option<(f64, f64)>,
    /// A share that it states, 0 to 1.
    pub share: Option<f64>,
    /// The lead of the triage that it belongs to, from 1.
    pub lead: Option<u64>,
}

/// A number that may stand as text.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

fn interval(value: &Value) -> Option<Interval> {
    Some(Interval {
        lo: number(value.get("lo")?)?,
        hi: number(value.get("hi")?)?,
        level: value.get("level").and_then(number).unwrap_or(0.9),
    })
}

/// A packet's number: `1204`, `"1204"` or `"A:1204"`.
fn packet(value: &Value) -> Option<u64> {
    match value {
        Value::Number(n) => n.as_u64(),
        Value::String(s) => s.rsplit(':').next()?.parse().ok(),
        _ => None,
    }
}

/// The first percentage in a sentence, as a share.
fn percent(text: &str) -> Option<f64> {
    let (before, _) = text.split_once('%')?;
    let digits: String = before
        .trim_end()
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let digits: String = digits.chars().rev().collect();
    digits.parse::<f64>().ok().map(|p| p / 100.0)
}

impl Finding {
    /// The part before the point.
    #[must_use]
    pub fn family(&self) -> &str {
        self.detection.split('.').next().unwrap_or("")
    }

    /// Severity medium or above, confidence one half or above.
    #[must_use]
    pub fn alarm(&self) -> bool {
        self.severity >= 2 && self.confidence >= 0.5
    }

    /// Severity as a word.
    #[must_use]
    pub fn severity_word(&self) -> &'static str {
        ["info", "low", "medium", "high", "critical"]
            .get(usize::from(self.severity))
            .copied()
            .unwrap_or("critical")
    }

    /// Reads one JSON object; `None` where it names no detection.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let severity = match value.get("severity").and_then(Value::as_str)? {
            "low" => 1,
            "medium" => 2,
            "high" => 3,
            "critical" => 4,
            _ => 0,
        };
        let rhythm = value.get("rhythm");
        let expected = rhythm
            .and_then(|r| r.get("expected"))
            .and_then(Value::as_array);
        let next = match (expected, value.get("next")) {
            (Some(list), _) | (None, Some(Value::Array(list))) => {
                list.iter().filter_map(interval).collect()
            }
            (None, Some(one)) => interval(one).into_iter().collect(),
            (None, None) => Vec::new(),
        };
        let tested = |key: &str| number(rhythm?.get("tested")?.get(key)?);
        let title = text("title").unwrap_or_default();
        let why = text("why").unwrap_or_default();
        let share = ["loss", "share"]
            .iter()
            .find_map(|key| value.get(*key).and_then(number))
            .or_else(|| percent(&title))
            .or_else(|| percent(&why));
        Some(Self {
            detection: text("detection")?,
            severity,
            confidence: value.get("confidence").and_then(number).unwrap_or(0.0),
            src: text("src"),
            dst: text("dst"),
            domain: text("domain").map(|d| d.trim_end_matches('.').to_lowercase()),
            dport: value
                .get("dport")
                .and_then(Value::as_u64)
                .and_then(|p| u16::try_from(p).ok()),
            mac: text("mac"),
            packets: value
                .get("packets")
                .and_then(Value::as_array)
                .map(|list| list.iter().filter_map(packet).collect())
                .unwrap_or_default(),
            period: value.get("period_s").and_then(number),
            next,
            tested: tested("held").zip(tested("made")),
            share,
            lead: value.get("lead").and_then(Value::as_u64),
            title,
            why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_in_all_their_forms() {
        let f = Finding::read(&json!({
            "detection": "c2.beacon", "severity": "medium", "confidence": "0.5", "src": "10.0.0.7",
            "packets": [3, "A:12", "B:4", "x"], "next": {"lo": 1.0, "hi": "2.5", "level": 0.8},
            "period_s": 60, "domain": "Bad.Test.", "dport": 443,
            "rhythm": {"tested": {"held": 9, "made": 10}},
        }))
        .unwrap();
        assert!(f.alarm());
        assert_eq!(f.packets, [3, 12, 4]);
        let wanted = Interval {
            lo: 1.0,
            hi: 2.5,
            level: 0.8,
        };
        assert_eq!(f.next, [wanted]);
        assert_eq!(f.tested, Some((9.0, 10.0)));
        assert_eq!((f.period, f.dport), (Some(60.0), Some(443)));
        assert_eq!(f.domain.as_deref(), Some("bad.test"));
        let f = Finding::read(&json!({"detection": "capture.loss", "severity": "low",
            "title": "about 5.5 % of packets are missing", "next": [{"lo": 1, "hi": 2}, {"lo": 3, "hi": 4}]}))
        .unwrap();
        assert!(!f.alarm());
        assert!((f.share.unwrap() - 0.055).abs() < 1e-9);
        assert_eq!(f.next.len(), 2);
        assert!(Finding::read(&json!({"severity": "low"})).is_none());
    }
}
