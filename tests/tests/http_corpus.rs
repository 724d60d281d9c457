//! HTTP against tshark on every capture of the corpus: exported objects by hash, fields by packet.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use weir_capture::compression::{Decoder as Unpack, Fed};
use weir_capture::{Container, Event, Reader, sniff};
use weir_dissect::{
    BodyEnd, BodyKey, BodySink, Decoder, Dissector, Encoding, Options, PacketMeta, TreeSink,
};
use weir_model::{CaptureId, PacketRef, Timestamp};

/// A packet with what the door knows of it.
struct Packet {
    meta: PacketMeta,
    bytes: Vec<u8>,
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let path = std::env::var_os("WEIR_CORPUS").map_or(beside, PathBuf::from);
    path.join("MANIFEST.tsv").is_file().then_some(path)
}

fn packets(file: &[u8]) -> Vec<Packet> {
    let unpacked;
    let mut bytes = file;
    if let Ok(Container::Compressed(kind)) = sniff(bytes) {
        let mut unpack = Unpack::new(kind);
        unpack.finish();
        let (mut rest, mut out) = (file, Vec::new());
        while unpack.feed(&mut rest, &mut out) == Fed::More {}
        unpacked = out;
        bytes = &unpacked;
    }
    let Ok(Container::Plain(format)) = sniff(bytes) else {
        return vec![];
    };
    let mut reader = Reader::new(format);
    reader.finish();
    let mut out: Vec<Packet> = vec![];
    let mut rest = bytes;
    loop {
        match reader.next(&mut rest) {
            Event::Packet(p) => {
                let first = out.first().map_or(p.time, |p| p.meta.time);
                out.push(Packet {
                    meta: PacketMeta {
                        packet: PacketRef {
                            capture: CaptureId(0),
                            number: p.number,
                        },
                        time: p.time,
                        untimed: false,
                        record: p.record,
                        wire_len: p.wire_len,
                        link_type: u32::from(p.link_type),
                        interface: p.interface,
                        first,
                        previous: out.last().map(|p| p.meta.time),
                    },
                    bytes: p.bytes.to_vec(),
                });
            }
            Event::Info(_) => {}
            Event::NeedMore | Event::End | Event::Stopped(_) => return out,
        }
    }
}

/// Bodies rebuilt and decoded as the hashing job will.
#[derive(Default)]
struct Bodies {
    open: HashMap<BodyKey, (Decoder, Vec<u8>)>,
    done: Vec<(BodyKey, Vec<u8>)>,
}

impl BodySink for Bodies {
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]) {
        self.open.insert(key, (Decoder::new(encodings), Vec::new()));
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        if let Some((decoder, out)) = self.open.get_mut(&key) {
            decoder.push(bytes, &mut |b| out.extend_from_slice(b));
        }
    }
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        if let Some((decoder, mut out)) = self.open.remove(&key) {
            let _ = decoder.finish(&mut |b| out.extend_from_slice(b));
            self.done.push((key, out));
        }
    }
}

fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let Ok(bytes) = std::fs::read(path) else {
        return vec![];
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.split('\n');
    let names: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row = |line: &str| {
        names
            .iter()
            .zip(line.split('\t'))
            .map(|(n, v)| ((*n).to_owned(), v.to_owned()))
            .collect()
    };
    lines.filter(|l| !l.is_empty()).map(row).collect()
}

#[derive(Default)]
struct Score {
    objects: (usize, usize),
    cells: BTreeMap<String, (usize, usize)>,
    packets: (usize, usize, usize),
    misses: String,
}

fn compare(capture: &Path, name: &str, score: &mut Score) {
    let oracle = PathBuf::from(format!("{}.oracle", capture.display()));
    let objects = table(&oracle.join("objects.tsv"));
    let objects: Vec<_> = objects.iter().filter(|o| o["kind"] == "http").collect();
    let rows = table(&oracle.join("http.tsv"));
    if objects.is_empty() && rows.is_empty() {
        return;
    }
    let packets = packets(&std::fs::read(capture).unwrap());
    let mut load = Dissector::new(Options::default());
    for p in &packets {
        load.packet(&p.meta, &p.bytes);
    }
    load.finish(None);
    let mut again = Dissector::new(Options::default());
    let mut bodies = Bodies::default();
    let mut rows: HashMap<u32, _> = rows
        .into_iter()
        .map(|r| (r["frame"].parse::<u32>().unwrap(), r))
        .collect();
    for p in &packets {
        let mut tree = TreeSink::only(&["http"]);
        again.describe(
            &p.meta,
            &p.bytes,
            &mut tree,
            Some(load.facts()),
            Some(&mut bodies),
        );
        let ours = tree.nodes().any(|n| n.name() == "http");
        let number = p.meta.packet.number;
        match (ours, rows.remove(&number)) {
            (true, Some(row)) => {
                score.packets.0 += 1;
                for (field, theirs) in row.iter().filter(|(f, _)| f.starts_with("http.")) {
                    let values: Vec<&str> = tree.values(field).collect();
                    let values = values.join("|").replace(['\t', '\n', '\r'], " ");
                    let cell = score.cells.entry(field.clone()).or_default();
                    cell.1 += 1;
                    if values == *theirs {
                        cell.0 += 1;
                    } else {
                        let _ = writeln!(
                            score.misses,
                            "{name} {number} {field}: {theirs:?} ours {values:?}"
                        );
                    }
                }
            }
            (true, None) => {
                score.packets.2 += 1;
                let _ = writeln!(
                    score.misses,
                    "{name} {number} only ours: {}",
                    tree.info_text()
                );
            }
            (false, Some(_)) => {
                score.packets.1 += 1;
                let _ = writeln!(score.misses, "{name} {number} only theirs");
            }
            (false, None) => {}
        }
    }
    again.finish(Some(&mut bodies));
    let mut ours: HashMap<String, usize> = HashMap::new();
    for (_, body) in &bodies.done {
        let mut hex = String::new();
        for b in Sha256::digest(body) {
            let _ = write!(hex, "{b:02x}");
        }
        *ours.entry(hex).or_default() += 1;
    }
    for object in objects {
        score.objects.1 += 1;
        let left = ours.entry(object["sha256"].clone()).or_default();
        if *left > 0 {
            *left -= 1;
            score.objects.0 += 1;
        } else {
            let _ = writeln!(
                score.misses,
                "{name} object {} {:?} {} bytes",
                object["frame"], object["filename"], object["size"]
            );
        }
    }
}

/// Prints every difference with `WEIR_CORPUS_MISSES=FILE`.
#[test]
fn objects_and_fields_equal_those_of_tshark() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus beside the repository");
        return;
    };
    let only = std::env::var("WEIR_CORPUS_ONLY").unwrap_or_default();
    let manifest = table(&corpus.join("MANIFEST.tsv"));
    let mut score = Score::default();
    for row in manifest.iter().filter(|r| r["path"].contains(&only)) {
        compare(&corpus.join(&row["path"]), &row["path"], &mut score);
    }
    if let Ok(path) = std::env::var("WEIR_CORPUS_MISSES") {
        std::fs::write(path, &score.misses).unwrap();
    }
    let (equal, all) = score.objects;
    println!("objects: {equal} of {all}");
    let (both, theirs, ours) = score.packets;
    println!("packets with http: both {both}, only tshark {theirs}, only ours {ours}");
    for (field, (equal, all)) in &score.cells {
        println!("{field}: {equal} of {all}");
    }
    let _ = Timestamp::default();
}
