//! One host opens file sharing on one machine after the other.

use super::between::used;
use super::deeds::{Deed, all as deeds_of, keys as deeds, runs};
use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, flow, named};
use super::machines::{Kind, kind, serves};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use crate::environment::HostId;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Different machines.
const MACHINES: usize = 5;
/// The span that they must fit into.
const WINDOW: Duration = Duration(600_000_000_000);
/// Machines reached.
const SWEPT: f64 = 0.7;
/// By a machine that serves several itself: inventory, backup.
const MANAGES: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.smb_sweep",
    title: "File sharing was opened on many machines",
    why: "Worms and people who spread knock at every machine's file sharing; people use one or two file servers.",
    how: "At least five machines of the network, none of which serves three hosts or more, with an answer on port 445 or 139 within ten minutes. Ports without an answer belong to the scans.",
    innocent: "Inventory and backup, which fetch from every machine at the same hour.",
    settle: "Ask whether an inventory or backup runs from there; look at what it connected on the first of them.",
    techniques: &["T1021.002", "T1135"],
    severity: Severity::High,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn smb(f: &Flow) -> bool {
    matches!(f.server.1, 445 | 139) && used(f)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<HostId> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate().filter(|(_, f)| smb(f)) {
            let own = |ip| {
                let id = ground.env.at(chain, ip, f.begun);
                id.filter(|id| ground.env.host(*id).is_some_and(|h| h.internal))
            };
            if let (Some(client), Some(server)) = (own(f.client.0), own(f.server.0))
                && !serves(ground, server, f.server.1)
            {
                out.put(client, (chain, n));
            }
        }
    }
    out.keys(MACHINES, |host| host.0.to_string())
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut flows: Vec<(usize, &Flow)> = key
        .rows
        .iter()
        .filter_map(|at| Some((at.0, flow(ground, *at)?)))
        .collect();
    flows.sort_by_key(|(_, f)| (f.begun, f.first));
    // The span of ten minutes with the most machines.
    let mut here: BTreeMap<IpAddr, usize> = BTreeMap::new();
    let (mut from, mut fullest, mut most) = (0, 0..0, 0);
    for (to, (_, f)) in flows.iter().enumerate() {
        *here.entry(f.server.0).or_default() += 1;
        while let Some((_, old)) = flows
            .get(from)
            .filter(|(_, o)| f.begun.since(o.begun) > WINDOW)
        {
            if let Some(n) = here.get_mut(&old.server.0) {
                *n -= 1;
                if *n == 0 {
                    here.remove(&old.server.0);
                }
            }
            from += 1;
        }
        if here.len() > most {
            (most, fullest) = (here.len(), from..to + 1);
        }
    }
    let mut best: BTreeMap<IpAddr, &Flow> = BTreeMap::new();
    for (_, f) in flows.get(fullest).unwrap_or_default() {
        best.entry(f.server.0).or_insert(f);
    }
    if best.len() < MACHINES {
        return None;
    }
    let (chain, first) = *flows.first()?;
    let (host, who) = named(ground, chain, first.client.0, first.begun);
    let mut met: Vec<&Flow> = best.into_values().collect();
    met.sort_by_key(|f| (f.begun, f.first));
    let packets: Vec<_> = met.iter().map(|f| (f.first, f.begun)).collect();
    let mut out = begin(ground, &DETECTION, &who, (chain, first.client.0), &packets)?;
    out.dport = Some(445);
    out.last = met.iter().map(|f| f.ended).max()?;
    out.others = met
        .iter()
        .filter_map(|f| ground.env.at(chain, f.server.0, f.begun))
        .collect();
    out.title = format!(
        "{} opened file sharing on {}",
        first.client.0,
        plural(met.len() as u64, "machine")
    );
    out.confidence = SWEPT;
    out.severity = Severity::Medium;
    out.why = format!(
        "Within ten minutes, with an answer from each. {}",
        DETECTION.why
    );
    let spreads = deeds(ground, 1, |d| {
        let writes = matches!(d.what, Deed::File("SMB::FILE_WRITE", _, _));
        d.client == first.client.0 && (writes || runs(&d.what))
    });
    let on: Vec<IpAddr> = spreads
        .iter()
        .filter_map(|k| Some(deeds_of(ground, k).first()?.server.0))
        .collect();
    if on.len() > 1 {
        out.severity = Severity::High;
        out.why += &format!(" On {} of them it wrote a file or ran something.", on.len());
    } else if kind(ground, host?) == Kind::Server {
        (out.severity, out.confidence) = (Severity::Low, MANAGES);
        out.benign = Some((
            "inventory or backup",
            "it comes from a machine that serves several others".to_owned(),
        ));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::Talk;
    use super::*;
    use crate::tape::Tape;

    fn swept(machines: u8, pace: i64) -> Tape {
        let mut tape = Tape {
            pace: Duration::seconds(pace),
            ..Tape::default()
        };
        for n in 0..machines {
            tape.talk(
                ([10, 0, 0, 7], 41_000 + u16::from(n)),
                ([10, 0, 0, 100 + n], 445),
                b"?",
                b"!",
            );
        }
        tape
    }

    #[test]
    fn five_machines_in_ten_minutes() {
        // Seven packets each: the fifth begins 28 steps after the first.
        for (machines, pace, n) in [(4, 1, 0), (5, 1, 1), (6, 1, 1), (5, 21, 1), (5, 22, 0)] {
            let all = found(&swept(machines, pace), &DETECTION);
            assert_eq!(all.len(), n, "{machines} machines, {pace} s");
            assert!(
                all.iter()
                    .all(|f| f.severity == Severity::Medium && f.evidence.packets().count() >= 5)
            );
        }
    }

    #[test]
    fn who_writes_on_two_spreads() {
        for (machines, severity) in [(1, Severity::Medium), (2, Severity::High)] {
            let mut tape = swept(5, 1);
            for n in 0..machines {
                let mut t = Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 100 + n]);
                t.share("\\\\x\\c$", false);
                t.write("a.exe", b"MZ");
            }
            assert_eq!(found(&tape, &DETECTION)[0].severity, severity, "{machines}");
        }
    }

    #[test]
    fn a_server_of_backups() {
        let mut tape = swept(6, 1);
        for n in 0..3 {
            tape.talk(
                ([10, 0, 0, 200 + n], 41_000),
                ([10, 0, 0, 7], 8000),
                b"?",
                b"!",
            );
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert!(one.severity == Severity::Low && one.confidence < 0.5);
    }

    #[test]
    fn file_servers_are_not_counted() {
        let mut tape = swept(5, 1);
        for n in 0..3 {
            tape.talk(
                ([10, 0, 0, 200 + n], 41_000),
                ([10, 0, 0, 100], 445),
                b"?",
                b"!",
            );
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
