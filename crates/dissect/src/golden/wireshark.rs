//! Samples as Wireshark reads them: where tshark is installed, both know the same fields with the same values. What
//! differs for a reason stands in a table beside this file.

use super::{Sample, samples};
use crate::registry::registry;
use crate::synth::Synth;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use weir_model::{Field, Kind};

/// Sample, field, reason: `*` stands for any sample, or at the end of a field's name for anything; behind `@` the only
/// packets of a sample.
const REASONS: &str = include_str!("differences.tsv");
/// Versions of tshark whose fields and texts Weir has.
const VERSION: &str = "4.0.";
/// What one packet's fields are: by name, the values in order of size.
type Fields = BTreeMap<String, Vec<String>>;

struct Reason {
    sample: &'static str,
    field: &'static str,
}

fn reasons() -> Vec<Reason> {
    let lines = REASONS
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty());
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().filter(|c| !c.is_empty());
            let (sample, field, reason) = (cell(), cell(), cell());
            assert!(reason.is_some(), "differences.tsv: no reason in {line:?}");
            Reason {
                sample: sample.unwrap(),
                field: field.unwrap(),
            }
        })
        .collect()
}

impl Reason {
    fn fits(&self, sample: &str, packet: usize, field: &str) -> bool {
        let named = match self.field.strip_suffix('*') {
            Some(start) => field.starts_with(start),
            None => field == self.field,
        };
        let (of, only) = self.sample.split_once('@').unwrap_or((self.sample, ""));
        let here = only.is_empty() || only.split(',').any(|n| n.parse() == Ok(packet));
        named && here && (of == "*" || of == sample)
    }
}

/// The capture as a file of microseconds, which a packet a millisecond loses nothing by.
fn pcap(synth: &Synth) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [
        0xa1b2_c3d4,
        0x0004_0002,
        0,
        0,
        262_144,
        synth.link.unwrap_or(1),
    ] {
        out.extend_from_slice(&u32::to_le_bytes(word));
    }
    for (n, packet) in synth.packets.iter().enumerate() {
        let meta = synth.meta(n);
        let micros = meta.time.0 / 1000;
        for word in [
            u32::try_from(micros / 1_000_000).unwrap(),
            u32::try_from(micros % 1_000_000).unwrap(),
            u32::try_from(packet.len()).unwrap(),
            meta.wire_len,
        ] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(packet);
    }
    out
}

/// The names of tshark's fields and protocols.
fn named() -> BTreeSet<String> {
    let asked = Command::new("tshark")
        .args(["-G", "fields"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&asked.stdout);
    let names = text.lines().filter_map(|l| l.split('\t').nth(2));
    names.map(str::to_owned).collect()
}

/// Weir's field of this name.
fn known(name: &str) -> Option<&'static Field> {
    let fields = registry().fields(name);
    fields.iter().copied().find(|f| f.name == name)
}

/// An attribute of a line of PDML, its entities undone.
fn attribute(line: &str, name: &str) -> Option<String> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    let text = line[start..].split('"').next()?;
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&apos;", "'");
    Some(text.replace("&#x27;", "'").replace("&amp;", "&"))
}

fn theirs(file: &Path, decode_as: &[&str]) -> Vec<Fields> {
    let mut call = Command::new("tshark");
    // Twice: what the first packets say of the last is known to Weir as well.
    call.args(["-n", "-2", "-T", "pdml", "-r"]).arg(file);
    for check in ["ip", "tcp", "udp"] {
        call.arg("-o").arg(format!("{check}.check_checksum:TRUE"));
    }
    for told in decode_as {
        call.args(["-d", told]);
    }
    let done = call.env("TZ", "UTC").output().unwrap();
    let why = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "tshark: {why}");
    let mut packets = Vec::new();
    let mut info = false;
    let text = String::from_utf8_lossy(&done.stdout);
    // A value may have several lines, and `<` is escaped in it.
    for line in text.split('<') {
        if line.starts_with("packet>") {
            packets.push(Fields::new());
        } else if line.starts_with("proto ") {
            info = line.starts_with("proto name=\"geninfo\"");
        }
        let named = line.starts_with("field ") || line.starts_with("proto ");
        let (Some(fields), true, false) = (packets.last_mut(), named, info) else {
            continue;
        };
        let Some(field) = attribute(line, "name").and_then(|n| known(&n)) else {
            continue;
        };
        let show = attribute(line, "show").unwrap_or_default();
        let value = if field.kind == Kind::None {
            String::new()
        } else {
            show
        };
        let values = fields.entry(field.name.to_owned()).or_default();
        // This stands in a protocol of its own, and once more in that.
        if field.name != "_ws.malformed" || values.is_empty() {
            values.push(value);
        }
    }
    packets
}

fn ours(synth: &Synth) -> Vec<Fields> {
    let loaded = synth.load();
    let trees = synth.trees(loaded.facts());
    let of = |tree: &crate::TreeSink| {
        let mut fields = Fields::new();
        for node in tree.nodes() {
            if known(node.name()).is_some() {
                let value = node.value.clone();
                fields
                    .entry(node.name().to_owned())
                    .or_default()
                    .push(value);
            }
        }
        fields
    };
    trees.iter().map(of).collect()
}

const GROUPS: &[(&str, &str)] = &[
    ("16777216", "Checksum"),
    ("33554432", "Sequence"),
    ("50331648", "Response"),
    ("67108864", "Request"),
    ("83886080", "Undecoded"),
    ("100663296", "Reassemble"),
    ("117440512", "Malformed"),
    ("134217728", "Debug"),
    ("150994944", "Protocol"),
    ("167772160", "Security"),
    ("184549376", "Comments"),
    ("201326592", "Decryption"),
    ("218103808", "Assumption"),
    ("234881024", "Deprecated"),
];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Nov 14, 2023 22:13:20.000000000 UTC` as seconds since 1970.
fn epoch(text: &str) -> Option<String> {
    let mut parts = text.split([' ', ',']).filter(|p| !p.is_empty());
    let month = MONTHS.iter().position(|m| Some(*m) == text.get(..3))?;
    parts.next()?;
    let day: i64 = parts.next()?.parse().ok()?;
    let year: i64 = parts.next()?.parse().ok()?;
    let clock = parts.next()?;
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "000000000"));
    let mut seconds = 0;
    for part in whole.split(':') {
        seconds = seconds * 60 + part.parse::<i64>().ok()?;
    }
    // Days since 1970, years beginning in March.
    let months = i64::try_from(month).ok()? + 1;
    let (y, m) = if months > 2 {
        (year, months - 3)
    } else {
        (year - 1, months + 9)
    };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 719_469;
    Some(format!("{}.{fraction:0<9}", days * 86400 + seconds))
}

/// A value so that two ways of writing it are one.
fn normal(field: &Field, value: &str) -> String {
    match field.kind {
        Kind::Uint(_) => {
            let hex = value.strip_prefix("0x").map(|h| u64::from_str_radix(h, 16));
            let number = hex.unwrap_or_else(|| value.parse());
            number.map_or_else(|_| value.to_owned(), |n| n.to_string())
        }
        Kind::Bytes => value.replace([':', '-', ' '], ""),
        Kind::Bool => value.replace("True", "1").replace("False", "0"),
        Kind::Float => value
            .parse::<f64>()
            .map_or(value.to_owned(), |x| x.to_string()),
        // PDML has its number where a column has the word.
        Kind::Text if field.name == "_ws.expert.group" => GROUPS
            .iter()
            .find(|(number, _)| *number == value)
            .map_or(value, |(_, word)| word)
            .to_owned(),
        Kind::Time => epoch(value).unwrap_or_else(|| value.to_owned()),
        Kind::Text => {
            // What is no printable letter is escaped in many ways.
            let plain = |c: char| c.is_ascii_graphic() || c == ' ';
            let mut escaped = value.to_owned();
            for control in (0..32).chain([127]) {
                escaped = escaped.replace(&format!("\\x{control:x}"), "");
            }
            for letter in ["\\r", "\\n", "\\t"] {
                escaped = escaped.replace(letter, "");
            }
            escaped
                .chars()
                .filter(|c| plain(*c))
                .collect::<String>()
                .trim()
                .to_owned()
        }
        _ => value.to_owned(),
    }
}

/// What every comparison needs.
struct Given {
    reasons: Vec<Reason>,
    names: BTreeSet<String>,
    dir: PathBuf,
}

/// What differs between both, and which reasons were needed.
fn compare(sample: &Sample, given: &Given) -> (String, BTreeSet<usize>) {
    let mut used = BTreeSet::new();
    let capture = sample.capture();
    let file = given
        .dir
        .join(format!("{}.pcap", sample.name().replace('/', "-")));
    std::fs::write(&file, pcap(&capture)).unwrap();
    let (theirs, ours) = (theirs(&file, sample.decode_as), ours(&capture));
    let mut out = String::new();
    for (n, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
        // tshark gives up a packet at once, often before the lines that it already read are made.
        let broken = [theirs, ours]
            .iter()
            .all(|f| f.contains_key("_ws.malformed"));
        let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
        for name in names {
            let Some(field) = known(name).filter(|_| given.names.contains(name)) else {
                continue;
            };
            let list = |of: &Fields| {
                let mut list: Vec<String> = of
                    .get(name)
                    .into_iter()
                    .flatten()
                    .map(|v| normal(field, v))
                    .collect();
                list.sort();
                list
            };
            let (theirs, mut ours) = (list(theirs), list(ours));
            if broken {
                ours.retain(|v| theirs.contains(v));
            }
            if theirs == ours {
                continue;
            }
            match given
                .reasons
                .iter()
                .position(|r| r.fits(sample.name(), n + 1, name))
            {
                Some(at) => {
                    used.insert(at);
                }
                None => {
                    let _ = writeln!(
                        out,
                        "{} {} {name}: ours {ours:?}, theirs {theirs:?}",
                        sample.name(),
                        n + 1
                    );
                }
            }
        }
    }
    if theirs.len() != ours.len() {
        let _ = writeln!(out, "{} packets, {} to tshark", ours.len(), theirs.len());
    }
    (out, used)
}

fn each(some: &[Sample], given: &Given) -> Vec<(String, BTreeSet<usize>)> {
    some.iter().map(|s| compare(s, given)).collect()
}

/// Is tshark there, of a version that is compared with?
fn tshark() -> bool {
    let asked = Command::new("tshark").arg("--version").output();
    let Some(asked) = asked.ok().filter(|o| o.status.success()) else {
        println!("skipped: tshark is not installed, no sample is compared with Wireshark");
        return false;
    };
    let text = String::from_utf8_lossy(&asked.stdout).into_owned();
    let first = text.lines().next().unwrap_or_default();
    if !first.contains(&format!(" {VERSION}")) {
        println!("skipped: samples are compared with tshark {VERSION}x, here is {first}");
        return false;
    }
    true
}

#[test]
fn wireshark_reads_samples_alike() {
    if !tshark() {
        return;
    }
    let dir = std::env::temp_dir().join(format!("weir-samples-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let given = Given {
        reasons: reasons(),
        names: named(),
        dir,
    };
    let only = std::env::var("WEIR_SAMPLE").ok();
    let (mut used, mut broken) = (BTreeSet::new(), String::new());
    let mut wanted = samples();
    wanted.retain(|s| only.as_ref().is_none_or(|o| o == s.name()));
    // tshark takes its time to start.
    std::thread::scope(|scope| {
        let share = wanted.len().div_ceil(4).max(1);
        let given = &given;
        let start = |some| scope.spawn(move || each(some, given));
        let running: Vec<_> = wanted.chunks(share).map(start).collect();
        for (told, needed) in running.into_iter().flat_map(|r| r.join().unwrap()) {
            broken += &told;
            used.extend(needed);
        }
    });
    if std::env::var_os("WEIR_KEEP").is_none() {
        std::fs::remove_dir_all(&given.dir).unwrap();
    }
    for (at, reason) in given.reasons.iter().enumerate() {
        if only.is_none() && !used.contains(&at) {
            let _ = writeln!(
                broken,
                "differences.tsv: {} {} is not needed",
                reason.sample, reason.field
            );
        }
    }
    assert!(broken.is_empty(), "\n{broken}");
}

#[test]
fn times_of_wireshark_are_read() {
    let known = [
        (
            "Nov 14, 2023 22:13:20.000000000 UTC",
            "1700000000.000000000",
        ),
        ("Jan  1, 1970 00:00:01.500000000 UTC", "1.500000000"),
        ("Feb 29, 2024 00:00:00 (UTC)", "1709164800.000000000"),
    ];
    for (text, seconds) in known {
        assert_eq!(epoch(text).as_deref(), Some(seconds));
    }
}
