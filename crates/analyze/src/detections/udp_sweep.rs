//! One UDP port of many machines, hardly one of which answers: the second form of a scan by UDP. A program that looks
//! for its like does the same.

use super::attempts::{Row, flow, inside};
use super::finding::{Evidence, Finding, Severity};
use super::gather::{Groups, begin, named};
use super::{Detection, Ground, Key};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::{Duration, Timestamp};

/// Different machines on one port.
const MACHINES: usize = 50;
/// Of a hundred of them so many stay silent: of those that somebody uses, most answer.
const SILENT: usize = 90;
/// The span that [`MACHINES`] must fit into.
const WINDOW: Duration = Duration(3_600_000_000_000);
/// Datagrams to one of them, at most: who uses a service goes on.
const PROBES: u32 = 4;
/// A program that looks for others of its kind is no scan.
const LIKELY: f64 = 0.6;

fn probes(f: &Flow) -> bool {
    let everybody = match f.server.0 {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_multicast(),
    };
    f.transport == Transport::Udp && f.seldom().setup.is_none() && !everybody
}

/// Has anybody answered this host? Else the captures may show one side only.
fn heard(ground: &Ground<'_>, chain: usize, client: IpAddr) -> bool {
    let flows = ground.input.chains.get(chain).map(|c| &c.facts.flows);
    flows.into_iter().flatten().any(|f| {
        let both = f.packets[0] > 0 && f.packets[1] > 0;
        both && (f.client.0 == client || f.server.0 == client)
    })
}

/// Hosts with a port that they tried at many machines.
pub(super) fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<(IpAddr, u16)> = Groups::default();
    let mut machines: BTreeMap<(IpAddr, u16), BTreeSet<IpAddr>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate().filter(|(_, f)| probes(f)) {
            let key = (f.client.0, f.server.1);
            let known = machines.entry(key).or_default();
            if known.len() < MACHINES {
                known.insert(f.server.0);
            }
            out.put(key, (chain, n));
        }
    }
    let enough = |key: &(IpAddr, u16)| machines.get(key).is_some_and(|m| m.len() >= MACHINES);
    let mut all = out.keys(MACHINES, |key| {
        if enough(key) {
            format!("{}|port {}", key.0, key.1)
        } else {
            String::new()
        }
    });
    all.retain(|key| !key.subject.is_empty());
    all
}

/// Is this one of these keys?
pub(super) fn is(key: &Key) -> bool {
    key.subject.contains("|port ")
}

/// The silent ones in order of time, each machine once, of the hour with the most.
fn silent<'a>(ground: &'a Ground<'_>, rows: &[Row]) -> Vec<&'a Flow> {
    let mut all: Vec<&Flow> = rows.iter().filter_map(|at| flow(ground, *at)).collect();
    all.sort_by_key(|f| (f.begun, f.first));
    let mut seen = BTreeSet::new();
    all.retain(|f| f.packets[1] == 0 && f.packets[0] <= PROBES && seen.insert(f.server.0));
    // The first hour that has enough: what comes after it goes on in the same way.
    let begun = all.iter().enumerate().find_map(|(n, f)| {
        let last = all.get(n + MACHINES - 1)?;
        (last.begun.since(f.begun) <= WINDOW).then_some((n, f.begun))
    });
    let Some((n, begun)) = begun else {
        return Vec::new();
    };
    let mut hour = all.split_off(n);
    hour.retain(|f| f.begun.since(begun) <= WINDOW);
    hour
}

pub(super) fn judge(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = flow(ground, at)?;
    let (client, port) = (first.client.0, first.server.1);
    let silent = silent(ground, &key.rows);
    let all: BTreeSet<IpAddr> = key
        .rows
        .iter()
        .filter_map(|at| flow(ground, *at))
        .map(|f| f.server.0)
        .collect();
    let mute = silent.len() * 100 >= all.len() * SILENT;
    if silent.len() < MACHINES || !mute || !heard(ground, at.0, client) {
        return None;
    }
    let packets: Vec<_> = silent.iter().map(|f| (f.first, f.begun)).collect();
    let (_, who) = named(ground, at.0, client, first.begun);
    let subject = format!("{who}|port {port}");
    let most = packets.get(..Evidence::CITED).unwrap_or(&packets);
    let mut out = begin(ground, detection, &subject, (at.0, client), most)?;
    out.last = silent.iter().map(|f| f.ended).max().unwrap_or(Timestamp(0));
    out.dport = Some(port);
    out.confidence = LIKELY;
    if !inside(ground, at.0, client, first.begun) {
        out.severity = Severity::Low;
    }
    out.title = format!(
        "{client} tried UDP port {port} of {}",
        plural(silent.len() as u64, "machine")
    );
    out.why = format!(
        "{} of {} stayed silent. A program that looks for others of its kind does the same, be it one that shares files or one that nobody wanted.",
        silent.len(),
        plural(all.len() as u64, "machine")
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{found, scan_udp};
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 66], 50_000);

    fn swept(machines: u8, answers: u8, pace: Duration, heard: bool) -> Vec<Finding> {
        let mut tape = Tape {
            pace,
            ..Tape::default()
        };
        if heard {
            tape.talk(CLIENT, ([198, 51, 100, 9], 80), b"?", b"!");
        }
        for n in 0..machines {
            let server = ([203, 0, 113, n], 6892);
            tape.udp(CLIENT, server, b"hello");
            if n < answers {
                tape.udp(server, CLIENT, b"here");
            }
        }
        found(&tape, &scan_udp::DETECTION)
    }

    #[test]
    fn fifty_machines_that_stay_silent_within_an_hour() {
        let quick = Duration(1_000_000);
        assert_eq!(swept(49, 0, quick, true), []);
        let one = swept(50, 0, quick, true).remove(0);
        assert_eq!(one.title, "10.0.0.66 tried UDP port 6892 of 50 machines");
        assert_eq!((one.severity, one.confidence), (Severity::Medium, LIKELY));
        assert_eq!(swept(50, 0, Duration::seconds(72), true).len(), 1);
        assert_eq!(swept(50, 0, Duration::seconds(75), true).len(), 0);
    }

    #[test]
    fn peers_that_answer_and_captures_of_one_side() {
        let quick = Duration(1_000_000);
        assert_eq!(swept(60, 6, quick, true).len(), 1, "nine in ten are silent");
        assert_eq!(swept(60, 7, quick, true).len(), 0, "peers");
        assert_eq!(swept(60, 0, quick, false).len(), 0, "nobody is ever heard");
    }
}
