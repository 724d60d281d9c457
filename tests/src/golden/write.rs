//! Numbers the packets, finishes the key and writes captures, ring files, scopes and key.

use super::body::sha256;
use super::key::{
    CaptureKey, Expect, HostKey, Indicator, Key, Numbers, SCHEMA, TypedWindow, seconds,
};
use super::plants::{self, desk, times};
use super::world::{DESKS, Planted, World, domain_rungs};
use super::{background, fault};
use crate::packets::rng::Rng;
use crate::packets::tape::{PacketId, Tape};
use crate::packets::{HOUR, MINUTE, Nanos, SECOND, http, pcap};
use serde_json::{Value, json};
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

/// Date and time at an offset from UTC, as `2026-03-08T02:00:00` and the offset.
#[must_use]
pub fn local(time: Nanos, offset_minutes: i64) -> (String, String) {
    let seconds = time.div_euclid(SECOND) + offset_minutes * 60;
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date, counted in 400-year eras from 0000-03-01.
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (
        doy - (153 * mp + 2) / 5 + 1,
        if mp < 10 { mp + 3 } else { mp - 9 },
    );
    let year = yoe + era * 400 + i64::from(month <= 2);
    let clock = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    );
    let zone = match offset_minutes {
        0 => "Z".to_owned(),
        n => format!(
            "{}{:02}:{:02}",
            if n < 0 { '-' } else { '+' },
            n.abs() / 60,
            n.abs() % 60
        ),
    };
    (clock, zone)
}

fn rfc3339(time: Nanos, offset_minutes: i64) -> String {
    let (clock, zone) = local(time, offset_minutes);
    clock + &zone
}

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
        plants: plants.into_iter().map(|p| p.plant).collect(),
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

fn scope_of(w: &World, twin: Twin, zone: &str, window: (String, String)) -> Value {
    let indicators: Vec<Indicator> = w.indicators().to_vec();
    let silent = w.desk(desk::SILENT).ip4.to_string();
    let hosts = if twin == Twin::None && !w.small {
        vec![silent]
    } else {
        Vec::new()
    };
    json!({
        "schema": 1,
        "issue": if twin == Twin::Fault { "fault" } else { "breach" },
        "question": format!("Who downloaded from {} within the last 48 hours, or will within the next 2?", w.names.domain),
        "now": rfc3339(w.clock.now, 0),
        "zone": zone,
        "window": {"from": window.0, "to": window.1},
        "networks": ["192.168.100.0/24"],
        "hosts": hosts,
        "exclude": [],
        "protocols": ["http", "ftp"],
        "indicators": indicators,
    })
}

fn scopes(w: &World, twin: Twin) -> (Vec<(String, Value)>, Vec<TypedWindow>) {
    let zone = Rng::new(w.seed, "zone")
        .word(&["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York"])
        .to_owned();
    let whole = (rfc3339(w.clock.from, 0), rfc3339(w.clock.to, 0));
    let mut out = vec![("scope.json".to_owned(), scope_of(w, twin, &zone, whole))];
    let mut typed = Vec::new();
    if twin != Twin::None || w.small {
        return (out, typed);
    }
    let (early, late) = times::instants(w);
    // In spring the misread window would be an hour wider, in autumn an hour narrower.
    let half = if w.zone.after > w.zone.before {
        30 * MINUTE
    } else {
        -30 * MINUTE
    };
    let windows = [
        (
            "kolkata",
            "Asia/Kolkata",
            (early - HOUR, 330),
            (late - HOUR, 330),
        ),
        (
            "dst",
            w.zone.name,
            (early + half, w.zone.before * 60),
            (late - half, w.zone.after * 60),
        ),
    ];
    for (run, zone, from, to) in windows {
        let name = format!("scope-{run}.json");
        let window = (rfc3339(from.0, from.1), rfc3339(to.0, to.1));
        out.push((name.clone(), scope_of(w, twin, zone, window)));
        typed.push(TypedWindow {
            run: run.to_owned(),
            scope: name,
            zone: zone.to_owned(),
            from: local(from.0, from.1).0,
            to: local(to.0, to.1).0,
        });
    }
    (out, typed)
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
