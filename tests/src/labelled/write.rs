//! Numbers the packets of a lab, finishes its truth and writes both.

use super::background;
use super::lab::{Draft, Lab};
use super::truth::{Label, Need, SCHEMA, Truth};
use crate::packets::frame::mac_text;
use crate::packets::tape::PacketId;
use crate::packets::{Nanos, SECOND, pcap, pcapng};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// How the capture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Classic, microseconds.
    Pcap,
    /// Next generation, nanoseconds.
    Pcapng,
}

/// A capture and its truth, in memory.
#[derive(Debug)]
pub struct Written {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// What is in it.
    pub truth: Truth,
}

/// What a scenario gives: one capture, or several that stand apart.
#[derive(Debug)]
pub struct Take {
    /// What its files are called.
    pub name: String,
    /// The lab when all is planted.
    pub lab: Lab,
    /// Packets that the sensor never saw, in the order of the tape: they are in no file.
    pub unseen: BTreeSet<PacketId>,
    /// How it is written.
    pub format: Format,
    /// Nothing in it is an attack.
    pub benign: bool,
    /// The earlier capture of a pair, by the name of its take.
    pub earlier: Option<String>,
    /// Share of packets lost, where that was planted.
    pub loss: Option<f64>,
    /// From this time on the sensor's clock is off by so much; packets keep their order.
    pub jump: Option<(Nanos, Nanos)>,
}

impl Take {
    /// A classic capture of all that is on the tape.
    #[must_use]
    pub fn of(lab: Lab) -> Self {
        Self {
            name: lab.scenario.to_owned(),
            lab,
            unseen: BTreeSet::new(),
            format: Format::Pcap,
            benign: false,
            earlier: None,
            loss: None,
            jump: None,
        }
    }
}

/// Epoch seconds with nine digits.
#[must_use]
pub fn seconds(time: Nanos) -> String {
    format!("{}.{:09}", time.div_euclid(SECOND), time.rem_euclid(SECOND))
}

fn fraction(time: Nanos) -> f64 {
    time as f64 / SECOND as f64
}

/// Numbers and writes.
#[must_use]
pub fn finish(take: Take) -> Written {
    let Take {
        name,
        mut lab,
        unseen,
        format,
        benign,
        earlier,
        loss,
        jump,
    } = take;
    let inside = |id: &PacketId| {
        lab.tape
            .get(*id)
            .is_some_and(|p| p.time >= lab.start && p.time < lab.end && !unseen.contains(id))
    };
    let ids: Vec<PacketId> = lab.tape.order().into_iter().filter(inside).collect();
    if let Some((from, by)) = jump {
        lab.tape.shift(from, by);
    }
    let mut places = vec![0u64; lab.tape.packets().len()];
    for (n, id) in (1u64..).zip(&ids) {
        if let Some(slot) = places.get_mut(*id) {
            *slot = n;
        }
    }
    let bytes = match format {
        Format::Pcap => pcap::file(&lab.tape, &ids),
        Format::Pcapng => pcapng::file(&lab.tape, &ids),
    };
    // Somebody who stayed away that day did nothing harmless either.
    let there = |d: &&Draft| {
        let seen = |id: &PacketId| places.get(*id).is_some_and(|n| *n > 0);
        d.need != Need::MustNot || d.ids.iter().any(seen)
    };
    let labels: Vec<Label> = (1..)
        .zip(lab.drafts.iter().filter(there))
        .map(|(id, draft)| label(&lab, &places, id, draft))
        .collect();
    let guilty: BTreeSet<&str> = labels
        .iter()
        .filter(|l| l.need != Need::MustNot)
        .map(|l| l.src.as_str())
        .collect();
    let mut here: BTreeMap<String, ()> = lab.hosts.iter().map(|h| (h.address(), ())).collect();
    here.retain(|ip, ()| !guilty.contains(ip.as_str()));
    let benign_hosts: Vec<String> = here.into_keys().collect();
    let end = match format {
        Format::Pcap => "pcap",
        Format::Pcapng => "pcapng",
    };
    let truth = Truth {
        schema: SCHEMA,
        scenario: lab.scenario.to_owned(),
        seed: lab.seed,
        file: format!("{name}.{end}"),
        earlier,
        packets: ids.len() as u64,
        span: (seconds(lab.start), seconds(lab.end)),
        host_days: background::host_days(&lab, benign_hosts.len()),
        benign_hosts,
        benign,
        loss,
        labels,
    };
    Written { bytes, truth }
}

fn label(lab: &Lab, places: &[u64], id: usize, draft: &Draft) -> Label {
    let mut packets: Vec<(u64, Nanos)> = draft
        .ids
        .iter()
        .filter_map(|id| Some((*places.get(*id)?, lab.tape.get(*id)?.time)))
        .filter(|(n, _)| *n > 0)
        .collect();
    packets.sort_unstable();
    packets.dedup();
    let time = |p: Option<&(u64, Nanos)>| p.map_or(String::new(), |(_, t)| seconds(*t));
    let (seen, later): (Vec<Nanos>, Vec<Nanos>) = draft.times.iter().partition(|t| **t < lab.end);
    Label {
        id,
        kind: draft.kind.clone(),
        need: draft.need,
        least: draft.least,
        also: draft.also.clone(),
        src: draft.src.clone(),
        who: draft.who.clone(),
        mac: draft.mac.map(mac_text),
        dst: draft.dst.clone(),
        domain: draft.domain.clone(),
        dport: draft.dport,
        first: time(packets.first()),
        last: time(packets.last()),
        packets: packets.into_iter().map(|(n, _)| n).collect(),
        period_s: draft.period,
        periods_too: draft.periods_too.clone(),
        jitter: draft.jitter,
        missed: draft.missed,
        check_ins: draft.period.map(|_| seen.len()),
        future_times: later.into_iter().take(6).map(fraction).collect(),
        next_missed: draft.next_missed,
        off_at_end: draft.off_at_end,
        what: draft.what.clone(),
        why_not: draft.why_not.clone(),
        sha256: draft.sha256.clone(),
        secret: draft.secret.clone(),
    }
}

/// Writes capture and truth into a folder; gives the paths of both.
///
/// # Errors
/// When the folder cannot be made or written to.
pub fn save(written: &Written, dir: &Path) -> io::Result<(PathBuf, PathBuf)> {
    std::fs::create_dir_all(dir)?;
    let capture = dir.join(&written.truth.file);
    let stem = Path::new(&written.truth.file).file_stem();
    let stem = stem.map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let truth = dir.join(format!("{stem}.truth.json"));
    std::fs::write(&capture, &written.bytes)?;
    std::fs::write(&truth, serde_json::to_vec(&written.truth)?)?;
    Ok((capture, truth))
}
