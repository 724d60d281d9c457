//! Samples: a small capture a protocol, what is read of it beside it as text, and what is asked of all of them.
//! `WEIR_BLESS=1` writes the texts anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failure here is the test's failure"
)]

mod mutated;
mod render;
mod wireshark;

use crate::protocol::Protocol;
use crate::protocols::ALL;
use crate::synth::Synth;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A protocol's sample.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// `file!()` of the source that builds it; the text stands beside it.
    file: &'static str,
    build: fn() -> Synth,
    /// What Weir finds by content and tshark only where it is told: its `-d`.
    decode_as: &'static [&'static str],
}

impl Sample {
    /// A sample built by `build` in `file`, which is `file!()`.
    pub(crate) const fn new(file: &'static str, build: fn() -> Synth) -> Self {
        Self {
            file,
            build,
            decode_as: &[],
        }
    }

    /// The same, where tshark needs to be told what it is (`tcp.port==9000,http2`).
    pub(crate) const fn decoded(self, decode_as: &'static [&'static str]) -> Self {
        Self { decode_as, ..self }
    }

    /// The capture, with its checksums.
    pub(crate) fn capture(&self) -> Synth {
        let mut synth = (self.build)();
        synth.seal();
        synth
    }

    /// `mqtt`, or `tls/dtls_sample` where a folder has several.
    pub(crate) fn name(&self) -> &'static str {
        let at = self.file.split_once("protocols/");
        let name = at.map_or(self.file, |(_, rest)| rest);
        let name = name.strip_suffix(".rs").unwrap_or(name);
        name.strip_suffix("/sample").unwrap_or(name)
    }

    /// The protocols that it is of.
    fn own(&self) -> Vec<&'static str> {
        let of_this = |p: &&&Protocol| p.sample.is_some_and(|s| s.file == self.file);
        ALL.iter().filter(of_this).map(|p| p.info.name).collect()
    }

    fn golden(&self) -> PathBuf {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        root.join(self.file).with_extension("golden")
    }
}

/// Every sample once, in the order of the registry.
pub(crate) fn samples() -> Vec<Sample> {
    let mut all: Vec<Sample> = Vec::new();
    for sample in ALL.iter().filter_map(|p| p.sample) {
        if all.iter().all(|s| s.file != sample.file) {
            all.push(sample);
        }
    }
    all
}

/// Protocols without a sample. This list only gets shorter.
const WITHOUT: &[&str] = &[
    "arcnet",
    "atmarp",
    "ayiya",
    "cfp",
    "chdlc",
    "erspan",
    "fddi",
    "fr",
    "gss-api",
    "spnego",
    "spnego-krb5",
    "gtp",
    "ieee8021ah",
    "ipnet",
    "ipoib",
    "juniper",
    "macsec",
    "nflog",
    "pktap",
    "ppi",
    "prism",
    "sflow",
    "sll",
    "tr",
    "vntag",
];

/// Lines around a difference that are shown.
const AROUND: usize = 3;
/// Differences of one sample that are shown.
const SHOWN: usize = 12;

/// Where two texts differ: the lines of each, under the packet they are of.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut a, mut b, mut out, mut places) = (0, 0, String::new(), 0);
    while a < old.len() || b < new.len() {
        if old.get(a) == new.get(b) {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        // The nearest line that both have again.
        let next = (1..old.len() + new.len() + 1).find_map(|far| {
            (0..=far).find_map(|skip| {
                let (x, y) = (a + skip, b + far - skip);
                let alike = old.get(x).is_some() && old.get(x) == new.get(y);
                let ended = x == old.len() && y == new.len();
                (alike || ended).then_some((x, y))
            })
        });
        let (x, y) = next.unwrap_or((old.len(), new.len()));
        places += 1;
        if places <= SHOWN {
            let of = new[..b.min(new.len())].iter().rev();
            if let Some(packet) = of.clone().find(|l| !l.starts_with(' ') && !l.is_empty()) {
                let _ = writeln!(out, "  at {packet}");
            }
            for line in &new[b.saturating_sub(AROUND)..b.min(new.len())] {
                let _ = writeln!(out, "    {line}");
            }
            for line in old.get(a..x).unwrap_or_default() {
                let _ = writeln!(out, "  - {line}");
            }
            for line in new.get(b..y).unwrap_or_default() {
                let _ = writeln!(out, "  + {line}");
            }
        }
        (a, b) = (x, y);
    }
    if places > SHOWN {
        let _ = writeln!(out, "  and {} places more", places - SHOWN);
    }
    out
}

#[test]
fn samples_are_read_as_written_beside_them() {
    let bless = std::env::var_os("WEIR_BLESS").is_some();
    let mut broken = String::new();
    for sample in samples() {
        let text = render::render(&sample.capture(), &sample.own());
        let path = sample.golden();
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        if old == text {
            continue;
        }
        if bless {
            std::fs::write(&path, text).unwrap();
        } else {
            let _ = write!(broken, "{}:\n{}", sample.name(), difference(&old, &text));
        }
    }
    assert!(
        broken.is_empty(),
        "read otherwise than written (- written, + read); WEIR_BLESS=1 writes it anew, if it is meant:\n{broken}"
    );
}

#[test]
fn every_protocol_has_a_sample_that_carries_it() {
    let mut broken = Vec::new();
    for protocol in ALL {
        let name = protocol.info.name;
        let excused = WITHOUT.contains(&name);
        match protocol.sample {
            None if !excused => broken.push(format!("{name} has no sample")),
            Some(_) if excused => {
                broken.push(format!("{name} has a sample now: take it off the list"))
            }
            Some(sample) if !carries(&sample, name) => {
                broken.push(format!("{name} is in no packet of {}", sample.name()));
            }
            _ => {}
        }
    }
    for name in WITHOUT {
        if ALL.iter().all(|p| p.info.name != *name) {
            broken.push(format!("{name} is no protocol"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn carries(sample: &Sample, name: &str) -> bool {
    let capture = sample.capture();
    let loaded = capture.load();
    let trees = capture.trees(loaded.facts());
    let named = |t: &crate::TreeSink| {
        let list = t.values("frame.protocols").next().unwrap_or_default();
        list.split(':').any(|p| p == name) || t.nodes().any(|n| n.name() == name)
    };
    // What carries nothing but a file shows no line of its own.
    let files = &loaded.facts().artifacts;
    trees.iter().any(named) || files.iter().any(|a| a.protocol.info.name == name)
}

#[test]
fn a_difference_names_its_packet() {
    let old = "1 eth\n  a = 1\n  b = 2\n2 eth\n  c = 3\n";
    let new = "1 eth\n  a = 1\n  b = 2\n2 eth\n  c = 4\n  d = 5\n";
    let told = difference(old, new);
    assert!(told.starts_with("  at 2 eth\n"), "{told}");
    assert!(
        told.ends_with("  -   c = 3\n  +   c = 4\n  +   d = 5\n"),
        "{told}"
    );
}
