//! Numbers the packets, finishes the key and writes captures, flow logs, ring files, scopes and key.

use super::body::sha256;
use super::key::{CaptureKey, Expect, HostKey, Key, Numbers, SCHEMA, seconds};
use super::plants::{self, desk};
use super::scopes::scopes;
use super::world::{DESKS, Planted, World, domain_rungs};
use super::{background, conn, fault};
use crate::packets::rng::Rng;
use crate::packets::tape::{PacketId, Tape};
use crate::packets::{Nanos, http, pcap};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Which version of the network's two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// With every plant.
    None,
    /// Background alone.
    Clean,
    /// Background with faults.
    Fault,
}

impl Twin {
    /// As the command line and the key name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Clean => "clean",
            Self::Fault => "fault",
        }
    }
}

/// Everything of a case, in memory.
#[derive(Debug)]
pub struct Case {
    /// File names and contents, captures and ring files and documents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The key.
    pub key: Key,
}

/// Files in the ring.
const RING: usize = 12;

/// Builds a case. The sample is one capture of a shorter world with some of the rows.
#[must_use]
pub fn build(seed: u64, twin: Twin, small: bool) -> Case {
    let mut w = World::new(seed, small);
    background::write(&mut w);
    match twin {
        Twin::None if small => plants::all(&mut w, &|row| plants::SAMPLE.contains(&row)),
        Twin::None => plants::all(&mut w, &|_| true),
        Twin::Clean => {}
        Twin::Fault => fault::write(&mut w),
    }
    finish(w, twin)
}

fn finish(mut w: World, twin: Twin) -> Case {
    let clock = w.clock;
    let edge = if w.small { clock.end } else { clock.now };
    let spans = [("A", clock.start, edge), ("B", edge, clock.end)];
    let order = w.tape.order();
    let mut places: BTreeMap<PacketId, (&str, u64)> = BTreeMap::new();
    let mut captures: Vec<(&str, Vec<PacketId>)> = Vec::new();
    for (letter, from, to) in spans {
        let inside = |id: &PacketId| {
            w.tape
                .get(*id)
                .is_some_and(|p| p.time >= from && p.time < to)
        };
        let ids: Vec<PacketId> = order.iter().copied().filter(inside).collect();
        for (n, id) in (1u64..).zip(&ids) {
            places.insert(*id, (letter, n));
        }
        if !ids.is_empty() {
            captures.push((letter, ids));
        }
    }
    let mut plants = std::mem::take(&mut w.plants);
    if twin == Twin::None {
        plants.push(everybody_else(&w));
    }
    domain_answers(&w, &mut plants, &places);
    for planted in &mut plants {
        complete(&w, planted, &places);
    }
    let files = |letter: &str| {
        if w.small {
            "sample.pcap".to_owned()
        } else {
            format!("{}.pcap", letter.to_lowercase())
        }
    };
    let mut out = Vec::new();
    let mut keys = BTreeMap::new();
    for (letter, ids) in &captures {
        let bytes = pcap::file(&w.tape, ids);
        let time = |id: Option<&PacketId>| {
            id.and_then(|id| w.tape.get(*id))
                .map_or(String::new(), |p| seconds(p.time))
        };
        keys.insert(
            (*letter).to_owned(),
            CaptureKey {
                file: files(letter),
                sha256: sha256(&bytes),
                size: bytes.len() as u64,
                packets: ids.len() as u64,
                first: time(ids.first()),
                last: time(ids.last()),
            },
        );
        out.push((files(letter), bytes));
        if !w.small {
            let log = conn::log(&w.tape, ids);
            out.push((format!("{}.conn.log", letter.to_lowercase()), log));
        }
    }
    let mut ring = Vec::new();
    if let (Some((_, ids)), false) = (captures.first(), w.small) {
        for (name, bytes) in ring_files(w.seed, &w.tape, ids) {
            ring.push(name.clone());
            out.push((format!("ring/{name}"), bytes));
        }
    }
    let (scopes, typed) = scopes(&w, twin);
    for (name, scope) in scopes {
        let text = serde_json::to_vec_pretty(&scope).unwrap_or_default();
        out.push((
            if w.small {
                format!("sample-{name}")
            } else {
                name
            },
            text,
        ));
    }
    let silent = w.desk(desk::SILENT);
    let plants: Vec<_> = plants.into_iter().map(|p| p.plant).collect();
    let key = Key {
        schema: SCHEMA,
        seed: w.seed,
        twin: twin.name().to_owned(),
        captures: keys,
        ring,
        indicators: w.indicators().to_vec(),
        window: (seconds(clock.from), seconds(clock.to), seconds(clock.now)),
        typed,
        hosts: [
            &w.gateway,
            &w.resolver,
            &w.proxy,
            &w.files,
            &w.training,
            &w.mail,
            &w.inner,
        ]
        .into_iter()
        .chain(w.desks.iter().filter(|d| **d != silent))
        .map(super::world::Node::key)
        .collect(),
        map: super::map::of(&plants, &w.indicators()),
        plants,
    };
    let name = if w.small {
        "sample-key.json"
    } else {
        "key.json"
    };
    out.push((
        name.to_owned(),
        serde_json::to_vec_pretty(&key).unwrap_or_default(),
    ));
    Case { files: out, key }
}

/// Row 0: who bears no plant has nothing.
fn everybody_else(w: &World) -> Planted {
    let host = HostKey {
        name: "everybody else".to_owned(),
        ..HostKey::default()
    };
    let mut p = Planted::new(0, "", "hosts without a plant have no match at all", host);
    let servers = [&w.gateway, &w.files, &w.training, &w.mail, &w.inner].map(|n| (n.key(), true));
    let quiet = (39..DESKS)
        .map(|n| (w.desk(n).key(), false))
        .filter(|(h, _)| !w.small || h.name == w.desk(39).name);
    for (host, absent_ok) in servers.into_iter().chain(quiet) {
        for indicator in w.indicators() {
            let expect = Expect {
                absent_ok,
                ..Expect::of(&host, &indicator).rung("none")
            };
            p.plant.expects.push(expect);
        }
    }
    p
}

fn numbers(ids: &[PacketId], places: &BTreeMap<PacketId, (&str, u64)>) -> Numbers {
    let mut out = Numbers::new();
    for (letter, n) in ids.iter().filter_map(|id| places.get(id)) {
        out.entry((*letter).to_owned()).or_default().push(*n);
    }
    for list in out.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    out
}

/// Adds, to a plant of each host, what the domain indicator must say about the host over all its plants.
fn domain_answers(w: &World, plants: &mut [Planted], places: &BTreeMap<PacketId, (&str, u64)>) {
    let [domain, ..] = w.indicators();
    for (host, rung) in domain_rungs(plants) {
        let Some(rung) = rung else { continue };
        let later = plants
            .iter()
            .any(|p| p.plant.host == host && numbers(&p.ids, places).contains_key("B"));
        let Some(bearer) = plants
            .iter_mut()
            .find(|p| p.plant.host == host && p.domain.as_ref() == Some(&rung))
        else {
            continue;
        };
        let mut expect = Expect::of(&host, &domain).rung(&rung);
        if later {
            expect = expect.only(&["ab"]);
        }
        bearer.plant.expects.push(expect);
    }
}

fn complete(w: &World, planted: &mut Planted, places: &BTreeMap<PacketId, (&str, u64)>) {
    let plant = &mut planted.plant;
    plant.packets = numbers(&planted.ids, places);
    plant.copies = numbers(&planted.copies, places);
    let times: Vec<Nanos> = planted
        .ids
        .iter()
        .filter(|id| places.contains_key(id))
        .filter_map(|id| w.tape.get(*id))
        .map(|p| p.time)
        .collect();
    if let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) {
        plant.first = seconds(*first);
        plant.last = seconds(*last);
    }
    plant.filter = planted.clauses.join(" || ");
    for letter in plant.packets.keys() {
        let file = if w.small {
            "sample.pcap".to_owned()
        } else {
            format!("{}.pcap", letter.to_lowercase())
        };
        let decode: String = plant.decode_as.iter().map(|d| format!(" -d {d}")).collect();
        plant.tshark.push(format!(
            "tshark -n -r {file}{decode} -Y '{}' -T fields -e frame.number",
            plant.filter
        ));
    }
    let later = plant.packets.contains_key("B");
    for expect in &mut plant.expects {
        if expect.runs.is_empty() {
            let runs: &[&str] = if later { &["ab"] } else { &["a", "ab", "ring"] };
            expect.runs = runs.iter().map(|r| (*r).to_owned()).collect();
        }
        if expect.within && !plant.first.is_empty() {
            expect.during = Some((plant.first.clone(), plant.last.clone()));
        }
    }
}

/// Capture A in twelve gzipped files whose names say nothing about their order.
fn ring_files(seed: u64, tape: &Tape, ids: &[PacketId]) -> Vec<(String, Vec<u8>)> {
    let mut rng = Rng::new(seed, "ring");
    let mut cuts: Vec<usize> = (1..RING)
        .map(|n| ids.len() * n / RING + rng.size(0, ids.len() / 40))
        .collect();
    cuts.push(ids.len());
    let mut out = Vec::new();
    let mut from = 0;
    for to in cuts {
        let piece = ids.get(from..to).unwrap_or_default();
        out.push((
            format!("ring-{}.pcap.gz", rng.hex(8)),
            http::gzip(&pcap::file(tape, piece)),
        ));
        from = to;
    }
    rng.shuffle(&mut out);
    out
}

/// Writes every file under `dir`.
///
/// # Errors
/// When a folder or file cannot be written.
pub fn save(case: &Case, dir: &Path, ring: bool) -> io::Result<()> {
    for (name, bytes) in &case.files {
        if name.starts_with("ring/") && !ring {
            continue;
        }
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
