//! What is expected of each capture (`tests/threat/expected.tsv`), and why something else is said or nothing
//! (`tests/threat/reasons.tsv`).

use std::path::Path;

/// One behaviour that must be found: `id|id host>peer #packet,packet`; `*` is any host or peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Detections, any of which names it.
    pub ids: Vec<String>,
    /// The host it is about.
    pub host: String,
    /// The other side.
    pub peer: String,
    /// Packets that must be cited.
    pub packets: Vec<u32>,
}

impl Item {
    fn of(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let ids = words.next().ok_or("no detection")?;
        let (host, peer) = words
            .next()
            .and_then(|w| w.split_once('>'))
            .ok_or("no host>peer")?;
        let packets = match words.next() {
            None => Vec::new(),
            Some(list) => list
                .strip_prefix('#')
                .ok_or("packets begin with #")?
                .split(',')
                .map(|n| n.parse().map_err(|_| format!("{n} is no packet")))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            ids: ids.split('|').map(str::to_owned).collect(),
            host: host.to_owned(),
            peer: peer.to_owned(),
            packets,
        })
    }

    /// As it stands in the table, without packets.
    #[must_use]
    pub fn words(&self) -> String {
        let who = match (self.host.as_str(), self.peer.as_str()) {
            ("*", "*") => String::new(),
            (host, "*") => format!(" of {host}"),
            ("*", peer) => format!(" towards {peer}"),
            (host, peer) => format!(" of {host} towards {peer}"),
        };
        self.ids.join(" or ") + &who
    }
}

/// What a capture must give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// Its path in the corpus.
    pub capture: String,
    /// What its maker says is in it.
    pub behaviour: String,
    /// What must be found; empty where no detection of the list could name it.
    pub items: Vec<Item>,
    /// Why nothing is expected.
    pub why_not: String,
}

/// How an alarm or a miss stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// An alarm that is right: the capture has that, too.
    True,
    /// A false alarm that is known.
    False,
    /// A behaviour that is not found, and is known.
    Miss,
}

/// Why something is said that was not expected, or is not said: `capture TAB detection TAB true|false|miss TAB reason`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    capture: String,
    detection: String,
    /// How it stands.
    pub verdict: Verdict,
    /// In words.
    pub text: String,
}

/// A reason with how often it was needed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The line.
    pub reason: Reason,
    /// Alarms or misses it explains.
    pub used: usize,
}

impl Reason {
    /// Its capture and detection.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{} {}", self.capture, self.detection)
    }

    fn fits(&self, capture: &str, detection: &str) -> bool {
        let capture_fits = match self.capture.strip_suffix('*') {
            Some(start) => capture.starts_with(start),
            None => self.capture == capture,
        };
        capture_fits && self.detection == detection
    }
}

/// Both tables.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    expected: Vec<Expected>,
    known: Vec<Known>,
}

impl Tables {
    /// Those of the project.
    ///
    /// # Errors
    /// A file cannot be read, or a line of it is not of the form.
    pub fn read() -> Result<Self, String> {
        let text = |name: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
        };
        Self::of(&text("threat/expected.tsv")?, &text("threat/reasons.tsv")?)
    }

    /// Of their texts.
    ///
    /// # Errors
    /// A line that is not of the form.
    pub fn of(expected: &str, reasons: &str) -> Result<Self, String> {
        Ok(Self {
            expected: lines(expected, one_expected)?,
            known: lines(reasons, one_reason)?,
        })
    }

    /// What is expected of a capture.
    #[must_use]
    pub fn expected(&self, capture: &str) -> Option<&Expected> {
        self.expected.iter().find(|e| e.capture == capture)
    }

    /// Captures of the table.
    pub fn captures(&self) -> impl Iterator<Item = &str> {
        self.expected.iter().map(|e| e.capture.as_str())
    }

    /// The reason for an alarm, or for a miss.
    pub fn reason(&mut self, capture: &str, detection: &str, miss: bool) -> Option<&Reason> {
        let known = self.known.iter_mut().find(|k| {
            (k.reason.verdict == Verdict::Miss) == miss && k.reason.fits(capture, detection)
        })?;
        known.used += 1;
        Some(&known.reason)
    }

    /// Reasons that explained nothing: the table says more than there is.
    pub fn unused(&self) -> impl Iterator<Item = &Reason> {
        self.known.iter().filter(|k| k.used == 0).map(|k| &k.reason)
    }
}

fn lines<T>(text: &str, one: impl Fn(&[&str]) -> Result<T, String>) -> Result<Vec<T>, String> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|(n, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            one(&cells).map_err(|e| format!("line {}: {e}", n + 1))
        })
        .collect()
}

fn one_expected(cells: &[&str]) -> Result<Expected, String> {
    let [capture, behaviour, items] = cells else {
        return Err("not three cells".to_owned());
    };
    let (items, why_not) = match items.strip_prefix("- ") {
        Some(why) => (Vec::new(), why.to_owned()),
        None => (
            items.split(';').map(Item::of).collect::<Result<_, _>>()?,
            String::new(),
        ),
    };
    Ok(Expected {
        capture: (*capture).to_owned(),
        behaviour: (*behaviour).to_owned(),
        items,
        why_not,
    })
}

fn one_reason(cells: &[&str]) -> Result<Known, String> {
    let [capture, detection, verdict, text] = cells else {
        return Err("not four cells".to_owned());
    };
    let verdict = match *verdict {
        "true" => Verdict::True,
        "false" => Verdict::False,
        "miss" => Verdict::Miss,
        other => return Err(format!("{other} is none of true, false, miss")),
    };
    if text.is_empty() {
        return Err("no reason".to_owned());
    }
    Ok(Known {
        reason: Reason {
            capture: (*capture).to_owned(),
            detection: (*detection).to_owned(),
            verdict,
            text: (*text).to_owned(),
        },
        used: 0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn lines_are_read_and_wrong_ones_are_told() {
        let mut tables = Tables::of(
            "# head\na.pcap\tsomething\tscan.slow|scan.vertical 10.0.0.1>* #1,2;dns.tunnel *>*\nb.pcap\tother\t- no id\n",
            "a*\tdns.dga\tfalse\twhy\nb.pcap\tscan.udp\tmiss\twhy\n",
        )
        .unwrap();
        let a = tables.expected("a.pcap").unwrap();
        assert_eq!(a.items.len(), 2);
        assert_eq!(a.items[0].packets, [1, 2]);
        assert_eq!(a.items[0].words(), "scan.slow or scan.vertical of 10.0.0.1");
        assert_eq!(tables.expected("b.pcap").unwrap().why_not, "no id");
        assert!(tables.reason("ab", "dns.dga", false).is_some());
        assert!(tables.reason("ab", "dns.dga", true).is_none(), "not missed");
        assert!(tables.reason("b.pcap", "scan.udp", true).is_some());
        assert_eq!(tables.unused().count(), 0);
        for (expected, reasons) in [
            ("a\tb\n", ""),
            ("a\tb\tscan.slow\n", ""),
            ("a\tb\tscan.slow a>b 1\n", ""),
            ("", "a\tb\tperhaps\twhy\n"),
            ("", "a\tb\ttrue\t\n"),
        ] {
            assert!(
                Tables::of(expected, reasons).is_err(),
                "{expected}{reasons}"
            );
        }
    }
}
