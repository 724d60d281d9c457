//! The same traffic in another guise must give the same findings: other weeks, other addresses, two files, the other
//! container.

use super::run::Desk;
use crate::labelled::scenarios::Scenario;
use crate::labelled::write::{self, Format, Take};
use crate::packets::frame::checksum;
use crate::packets::tape::{PacketId, Tape};
use crate::packets::{DAY, Nanos, pcap};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// One comparison and what differs; empty where nothing does.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Scenario.
    pub scenario: &'static str,
    /// What was changed.
    pub change: &'static str,
    /// Findings in the plain capture.
    pub findings: usize,
    /// Lines that are in one and not in the other, at most six.
    pub differs: Vec<String>,
}

/// Weeks by which the capture is moved.
const WEEKS: i64 = 2;
const DIFFERENCES: usize = 6;

/// Where the internal addresses go: the network's first three bytes and the last byte of each host.
struct Renumbering {
    from: [u8; 3],
    to: [u8; 3],
}

impl Renumbering {
    /// Numbers of hosts run backwards within 2..=253; gateway, network and broadcast stay.
    fn last(last: u8) -> u8 {
        if (2..=253).contains(&last) {
            255 - last
        } else {
            last
        }
    }

    fn ip(&self, ip: [u8; 4]) -> Option<[u8; 4]> {
        let [a, b, c, d] = ip;
        let [x, y, z] = self.to;
        ([a, b, c] == self.from).then(|| [x, y, z, Self::last(d)])
    }

    /// Every address of the network within some bytes.
    fn all(&self, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + 4) {
            let four = [window[0], window[1], window[2], window[3]];
            if let (Some(new), Some(slot)) = (self.ip(four), bytes.get_mut(at..at + 4)) {
                slot.copy_from_slice(&new);
                at += 4;
            } else {
                at += 1;
            }
        }
    }

    /// The frame with its addresses changed and its checksums right again.
    fn frame(&self, frame: &[u8]) -> Vec<u8> {
        let mut out = frame.to_vec();
        match (frame.get(12), frame.get(13)) {
            (Some(8), Some(6)) => self.all(&mut out[14..]),
            (Some(8), Some(0)) => self.ipv4(&mut out),
            _ => {}
        }
        out
    }

    fn ipv4(&self, frame: &mut [u8]) {
        let Some(packet) = frame.get_mut(14..) else {
            return;
        };
        let head = usize::from(packet.first().copied().unwrap_or(0) & 15) * 4;
        if packet.len() < head.max(20) {
            return;
        }
        let protocol = packet[9];
        self.all(&mut packet[12..20]);
        packet[10..12].fill(0);
        let sum = checksum(&[&packet[..head]]).to_be_bytes();
        packet[10..12].copy_from_slice(&sum);
        let total = usize::from(u16::from_be_bytes([packet[2], packet[3]])).min(packet.len());
        let mut pseudo = packet[12..20].to_vec();
        let upper = &mut packet[head..total.max(head)];
        // Leases and names of the segment carry addresses of the segment.
        let port = |at: usize| match upper.get(at..at + 2) {
            Some([a, b]) => u16::from_be_bytes([*a, *b]),
            _ => 0,
        };
        let telling = [53, 67, 68, 137, 5353, 5355];
        let tells = protocol == 17 && (telling.contains(&port(0)) || telling.contains(&port(2)));
        let quotes = protocol == 1 && matches!(upper.first(), Some(3 | 11));
        if (tells || quotes) && upper.len() > 8 {
            self.all(&mut upper[8..]);
        }
        let at = match protocol {
            1 => 2,
            6 => 16,
            17 => 6,
            _ => return,
        };
        if upper.len() < at + 2 {
            return;
        }
        upper[at..at + 2].fill(0);
        pseudo.extend([0, protocol]);
        pseudo.extend(u16::try_from(upper.len()).unwrap_or(0).to_be_bytes());
        let sum = if protocol == 1 {
            checksum(&[upper])
        } else {
            checksum(&[&pseudo, upper])
        };
        let sum = if protocol == 17 && sum == 0 {
            0xffff
        } else {
            sum
        };
        upper[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }

    /// An address of a finding as it was before.
    fn back(&self, text: &str) -> String {
        let other = Self {
            from: self.to,
            to: self.from,
        };
        match text.parse::<Ipv4Addr>() {
            Ok(ip) => other
                .ip(ip.octets())
                .map_or(text.to_owned(), |o| Ipv4Addr::from(o).to_string()),
            Err(_) => text.to_owned(),
        }
    }
}

/// A finding without what the change itself changes: detection, severity, confidence and subject.
fn subjects(text: &str, back: &dyn Fn(&str) -> String, packets: bool) -> Vec<String> {
    let mut out: Vec<String> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|v| {
            let get = |key: &str| v.get(key).cloned().unwrap_or(Value::Null);
            let end = |key: &str| get(key).as_str().map_or(String::new(), back);
            let mut line = format!(
                "{} {} {} {} {} {} {}",
                get("detection"),
                get("severity"),
                get("confidence"),
                end("src"),
                end("dst"),
                get("domain"),
                get("dport"),
            );
            if packets {
                line.push_str(&format!(" {}", get("packets")));
            }
            line
        })
        .collect();
    out.sort();
    out
}

fn differences(a: &[String], b: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&String, i64> = BTreeMap::new();
    for line in a {
        *counts.entry(line).or_default() += 1;
    }
    for line in b {
        *counts.entry(line).or_default() -= 1;
    }
    let text = |(line, n): (&String, i64)| match n {
        0 => None,
        n if n > 0 => Some(format!("only plain: {line:.200}")),
        _ => Some(format!("only changed: {line:.200}")),
    };
    counts
        .into_iter()
        .filter_map(text)
        .take(DIFFERENCES)
        .collect()
}

fn retimed(tape: &Tape, ids: &[PacketId], by: Nanos) -> Tape {
    let mut out = Tape::default();
    for p in ids.iter().filter_map(|id| tape.get(*id)) {
        out.push(p.time + by, p.frame.clone(), p.cut);
    }
    out
}

fn renumbered(tape: &Tape, ids: &[PacketId], how: &Renumbering) -> Tape {
    let mut out = Tape::default();
    for p in ids.iter().filter_map(|id| tape.get(*id)) {
        out.push(p.time, how.frame(&p.frame), p.cut);
    }
    out
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, String> {
    let path = dir.join(name);
    std::fs::create_dir_all(dir).map_err(|e| e.to_string())?;
    std::fs::write(&path, bytes).map_err(|e| e.to_string())?;
    Ok(path)
}

/// All changes of one capture of a scenario.
///
/// # Errors
/// When a file cannot be written or the tool fails.
pub fn compare(desk: &Desk, scenario: &Scenario, seed: u64) -> Result<Vec<Compared>, String> {
    let Some(take) = (scenario.make)(seed).into_iter().next() else {
        return Ok(Vec::new());
    };
    let (start, end, net) = (take.lab.start, take.lab.end, take.lab.net);
    let ids: Vec<PacketId> = take
        .lab
        .tape
        .order()
        .into_iter()
        .filter(|id| !take.unseen.contains(id))
        .filter(|id| {
            let time = take.lab.tape.get(*id).map_or(i64::MIN, |p| p.time);
            (start..end).contains(&time)
        })
        .collect();
    let tape = &take.lab.tape;
    let dir = &desk.dir;
    let ask = |files: &[PathBuf]| desk.weir.call(&["findings", "--json"], files);
    let whole = put(dir, "plain.pcap", &pcap::file(tape, &ids))?;
    let plain = ask(std::slice::from_ref(&whole))?;
    let again = ask(std::slice::from_ref(&whole))?;
    let same = |text: &str| text.to_owned();
    let (short, long) = (
        subjects(&plain, &same, false),
        subjects(&plain, &same, true),
    );
    let mut out = Vec::new();
    let mut note = |change: &'static str, differs: Vec<String>| {
        out.push(Compared {
            scenario: scenario.name,
            change,
            findings: long.len(),
            differs,
        });
    };
    let twice = if plain == again {
        Vec::new()
    } else {
        vec!["the two runs differ".to_owned()]
    };
    note("run twice, byte for byte", twice);

    let moved = retimed(tape, &ids, WEEKS * 7 * DAY);
    let path = put(dir, "moved.pcap", &pcap::file(&moved, &moved.order()))?;
    let text = ask(&[path])?;
    note(
        "two weeks later",
        differences(&long, &subjects(&text, &same, true)),
    );

    let how = Renumbering {
        from: net,
        to: [10, 77, net[2] ^ 0x55],
    };
    let other = renumbered(tape, &ids, &how);
    let path = put(dir, "renumbered.pcap", &pcap::file(&other, &other.order()))?;
    let text = ask(&[path])?;
    let back = |text: &str| how.back(text);
    note(
        "hosts renumbered",
        differences(&long, &subjects(&text, &back, true)),
    );

    let (first, second) = ids.split_at(ids.len() / 2);
    let halves = [
        put(dir, "first.pcap", &pcap::file(tape, first))?,
        put(dir, "second.pcap", &pcap::file(tape, second))?,
    ];
    let text = ask(&halves)?;
    note(
        "split into two files",
        differences(&short, &subjects(&text, &same, false)),
    );

    let written = write::finish(Take {
        format: Format::Pcapng,
        ..take
    });
    let path = put(dir, "plain.pcapng", &written.bytes)?;
    let text = ask(&[path])?;
    note(
        "as pcapng",
        differences(&long, &subjects(&text, &same, true)),
    );
    if !desk.keep {
        for name in ["plain", "moved", "renumbered", "first", "second"] {
            drop(std::fs::remove_file(dir.join(format!("{name}.pcap"))));
        }
        drop(std::fs::remove_file(dir.join("plain.pcapng")));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packets::frame::{End, udp};
    use std::net::IpAddr;

    #[test]
    fn renumbering_keeps_checksums_right_and_can_be_undone() {
        let mut tape = Tape::default();
        let end = |last: u8, port: u16| End {
            mac: [2, 0, 0, 0, 0, last],
            ip: IpAddr::V4(Ipv4Addr::new(192, 168, 3, last)),
            port,
            ttl: 64,
        };
        udp(
            &mut tape,
            0,
            &end(9, 68),
            &end(20, 67),
            &[192, 168, 3, 9, 7, 7],
        );
        let how = Renumbering {
            from: [192, 168, 3],
            to: [10, 77, 5],
        };
        let frame = tape.get(0).unwrap().frame.clone();
        let changed = how.frame(&frame);
        assert_eq!(&changed[26..30], [10, 77, 5, 246]);
        assert_eq!(&changed[42..46], [10, 77, 5, 246]);
        assert_eq!(checksum(&[&changed[14..34]]), 0, "header sum");
        let mut pseudo = changed[26..34].to_vec();
        pseudo.extend([0, 17, 0, 14]);
        assert_eq!(checksum(&[&pseudo, &changed[34..48]]), 0, "datagram sum");
        assert_eq!(how.back("10.77.5.246"), "192.168.3.9");
        assert_eq!(how.back("198.18.0.1"), "198.18.0.1");
        let undo = Renumbering {
            from: how.to,
            to: how.from,
        };
        assert_eq!(undo.frame(&changed), frame);
    }

    #[test]
    fn differences_name_what_is_on_one_side_only() {
        let list = |t: &[&str]| t.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert!(differences(&list(&["a", "b"]), &list(&["a", "b"])).is_empty());
        let d = differences(&list(&["a", "a"]), &list(&["a", "c"]));
        assert_eq!(d, ["only plain: a", "only changed: c"]);
    }
}
