//! Many TCP ports of one machine tried in vain by one host. Who only meets a closed port now and then is no scanner.

use super::attempts::{Row, announced, begun, flow, in_vain};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Different ports without an answer within [`HASTE`]: no program that knows its service asks for so many.
const FAST: usize = 15;
/// The span that `FAST` must fit into.
const HASTE: Duration = Duration(60_000_000_000);
/// Different ports without an answer, however long it took: patience does not make it another thing.
const PATIENT: usize = 25;
/// How many of a hundred tried ports did not answer, for the patient one: who uses a machine much meets
/// mostly open ports.
const IN_VAIN: usize = 60;
/// Confidence in the first.
const SURE: f64 = 0.9;
/// Confidence in the second: over days, several programs may add up.
const LIKELY: f64 = 0.7;
/// Open ports that are cited and named; the rest of the evidence is for closed ones.
const OPEN: usize = 8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.vertical",
    title: "Many ports of one machine were tried",
    why: "Whoever looks for a way into a machine tries its ports; whoever uses a machine knows them.",
    how: "Connections by TCP that were refused or stayed without an answer, per host and machine, each port once: 15 within a minute, or 25 over any time when they are at least six tenths of all ports tried there. A port that answered at another time does not count, nor one that FTP announced for its data. Other probes than SYN and those over UDP are not looked at.",
    innocent: "A scanner of the network's owner. Monitoring that asks a machine for many services while it is down. File transfers whose data connections a firewall stops, where encryption hides what announced them. Peers of a file-sharing network that have one address together.",
    settle: "Ask who scans here, from which address and when; if nobody does, find on the host which program ran at the time of the first packet, and look at what it did with the ports that answered.",
    techniques: &["T1046"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Also("ftp"), Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let announced = announced(ground);
    // Flat and sorted: a flood from a million invented addresses must not cost a map for each.
    let mut tries: Vec<(IpAddr, IpAddr, u16, Row)> = begun(ground, &announced)
        .filter(|(_, f)| in_vain(f))
        .map(|(row, f)| (f.client.0, f.server.0, f.server.1, row))
        .collect();
    tries.sort_unstable();
    tries.dedup_by_key(|t| (t.0, t.1, t.2));
    let mut pairs: BTreeMap<(IpAddr, IpAddr), Vec<Row>> = tries
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter(|all| all.len() >= FAST)
        .filter_map(|all| {
            let first = all.first()?;
            Some(((first.0, first.1), all.iter().map(|t| t.3).collect()))
        })
        .collect();
    let mut answered: BTreeSet<(IpAddr, IpAddr, u16)> = BTreeSet::new();
    for (row, f) in begun(ground, &announced).filter(|(_, f)| !in_vain(f)) {
        if let Some(rows) = pairs.get_mut(&(f.client.0, f.server.0))
            && answered.insert((f.client.0, f.server.0, f.server.1))
        {
            rows.push(row);
        }
    }
    let mut out: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for ((client, server), mut rows) in pairs {
        rows.sort_unstable();
        let first = rows.first().and_then(|at| Some((at.0, flow(ground, *at)?)));
        let host = first.and_then(|(chain, f)| ground.env.at(chain, client, f.begun));
        let host = host.and_then(|id| ground.env.host(id));
        let subject = format!("{}|{server}", who(host, client));
        out.entry(subject).or_default().extend(rows);
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut closed: BTreeMap<u16, &Flow> = BTreeMap::new();
    let mut open: BTreeMap<u16, &Flow> = BTreeMap::new();
    for f in key.rows.iter().filter_map(|at| flow(ground, *at)) {
        let side = if in_vain(f) { &mut closed } else { &mut open };
        side.entry(f.server.1).or_insert(f);
    }
    closed.retain(|port, _| !open.contains_key(port));
    let mut tries: Vec<&Flow> = closed.into_values().collect();
    tries.sort_by_key(|f| (f.begun, f.first));
    let fast = tries
        .windows(FAST)
        .any(|w| matches!(w, [a, .., z] if z.begun.since(a.begun) <= HASTE));
    let mostly = tries.len() * 100 >= IN_VAIN * (tries.len() + open.len());
    if !fast && (tries.len() < PATIENT || !mostly) {
        return None;
    }
    let first = *tries.first()?;
    let target = first.server.0;
    let chain = key.rows.first()?.0;
    let id = ground.env.at(chain, first.client.0, first.begun)?;
    let closed_ones = tries.iter().take(Evidence::CITED - OPEN).map(|f| f.first);
    let open_ones = open.values().take(OPEN).map(|f| f.first);
    let evidence = Evidence::of(closed_ones.chain(open_ones))?;
    let all = || tries.iter().copied().chain(open.values().copied());
    let span = (all().map(|f| f.begun).min()?, all().map(|f| f.ended).max()?);
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        id,
        first.client.0,
        span,
        evidence,
    );
    out.dst = Some(target);
    out.confidence = if fast { SURE } else { LIKELY };
    // The whole internet is scanned all day; a host of one's own that scans is another matter.
    if ground.env.host(id).is_none_or(|h| !h.internal) {
        out.severity = Severity::Low;
    }
    out.title = format!(
        "{} tried {} of {target}",
        first.client.0,
        plural((tries.len() + open.len()) as u64, "port")
    );
    let refused = tries.iter().filter(|f| f.tcp.rst[1]).count();
    let named: Vec<String> = open.keys().take(OPEN).map(u16::to_string).collect();
    let answers = match open.len() {
        0 => "none answered".to_owned(),
        n if n > OPEN => format!("{n} answered, among them {}", named.join(", ")),
        n => format!("{n} answered: {}", named.join(", ")),
    };
    out.why = format!(
        "{refused} refused, {} without an answer, {answers}. {}",
        tries.len() - refused,
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::{End, Tape};
    use weir_model::Timestamp;

    const CLIENT: [u8; 4] = [10, 0, 0, 66];
    const TARGET: [u8; 4] = [10, 0, 0, 9];
    const SECOND: Duration = Duration(1_000_000_000);

    /// A SYN to `port`, and a reset where it is refused.
    fn knock(tape: &mut Tape, client: [u8; 4], server: End, refused: bool) {
        let client = (client, 40_000 + server.1 % 20_000);
        tape.tcp(client, server, 100, 0, 2, &[]);
        if refused {
            tape.tcp(server, client, 0, 101, 0x14, &[]);
        }
    }

    /// `closed` ports from 1000 on stay without an answer, `open` ones from 2000 on are used; a packet every `pace`.
    fn tried(closed: u16, open: u16, pace: Duration) -> Tape {
        let mut tape = Tape {
            pace,
            ..Tape::default()
        };
        for n in 0..closed {
            knock(&mut tape, CLIENT, (TARGET, 1000 + n), false);
        }
        for n in 0..open {
            tape.talk((CLIENT, 50_000 + n), (TARGET, 2000 + n), b"?", b"!");
        }
        tape
    }

    fn scans(tape: &Tape) -> Vec<Finding> {
        found(tape, &DETECTION)
    }

    #[test]
    fn fifteen_ports_within_a_minute() {
        for (ports, pace, n) in [
            (14, Duration(1), 0),
            (15, Duration(1), 1),
            (16, Duration(1), 1),
            // The fifteenth comes 59.999999998 s, 60.000000004 s after the first.
            (15, Duration(4_285_714_285), 1),
            (15, Duration(4_285_714_286), 0),
        ] {
            let all = scans(&tried(ports, 0, pace));
            assert_eq!(all.len(), n, "{ports} ports, {pace:?}");
            assert!(all.iter().all(|f| f.confidence == SURE));
        }
        let one = scans(&tried(16, 2, SECOND)).remove(0);
        assert_eq!(one.severity, Severity::Medium);
        assert_eq!(one.title, "10.0.0.66 tried 18 ports of 10.0.0.9");
        assert!(
            one.why
                .starts_with("0 refused, 16 without an answer, 2 answered: 2000, 2001. "),
            "{}",
            one.why
        );
        // The SYN of each closed port and of each open one.
        assert_eq!(one.evidence.packets().count(), 18);
        assert_eq!(
            (one.first, one.last.since(one.first)),
            (Timestamp::from_parts(1000, 0), Duration::seconds(29))
        );
    }

    #[test]
    fn twenty_five_over_any_time_when_most_are_closed() {
        let hour = Duration::seconds(3600);
        for (closed, open, n) in [
            (24, 0, 0),
            (25, 0, 1),
            (26, 0, 1),
            (27, 17, 1),
            (27, 18, 1),
            (27, 19, 0),
        ] {
            let all = scans(&tried(closed, open, hour));
            assert_eq!(all.len(), n, "{closed} closed, {open} open");
            assert!(all.iter().all(|f| f.confidence == LIKELY));
        }
    }

    #[test]
    fn more_packets_than_a_finding_cites() {
        let one = scans(&tried(1000, 12, Duration(1_000_000))).remove(0);
        assert_eq!(one.evidence.packets().count(), Evidence::CITED);
        let says = "1000 without an answer, 12 answered, among them 2000, 2001";
        assert!(one.why.contains(says), "{}", one.why);
    }

    #[test]
    fn from_outside_it_weighs_less() {
        let mut tape = Tape::default();
        for port in 1..=15 {
            knock(&mut tape, [198, 51, 100, 7], (TARGET, port), true);
        }
        let one = scans(&tape).remove(0);
        assert_eq!(one.severity, Severity::Low);
        assert!(one.why.starts_with("15 refused, 0 without"), "{}", one.why);
    }

    #[test]
    fn one_direction_only_is_no_scan() {
        let mut tape = Tape::default();
        for n in 0..30 {
            let (client, server) = ((CLIENT, 50_000 + n), (TARGET, 1000 + n));
            tape.tcp(client, server, 100, 0, 2, &[]);
            tape.tcp(client, server, 101, 501, 0x10, &[]);
        }
        assert_eq!(scans(&tape), []);
    }

    #[test]
    fn a_port_that_answered_once_is_not_closed() {
        let mut tape = tried(15, 0, SECOND);
        tape.talk((CLIENT, 50_000), (TARGET, 1014), b"?", b"!");
        assert_eq!(scans(&tape), []);
    }

    #[test]
    fn one_port_of_many_machines_is_another_matter() {
        let mut tape = Tape::default();
        for n in 1..=30 {
            knock(&mut tape, CLIENT, ([10, 0, 1, n], 445), true);
        }
        assert_eq!(scans(&tape), []);
    }

    /// Nothing in the traffic tells him from another: he is found, and the text says what he may be.
    #[test]
    fn the_owner_scans() {
        let one = scans(&tried(100, 3, SECOND)).remove(0);
        assert!(
            one.innocent
                .starts_with("A scanner of the network's owner.")
        );
    }

    #[test]
    fn monitoring_asks_a_machine_that_is_down() {
        let mut tape = Tape::default();
        for _ in 0..60 {
            for port in 1..=10 {
                knock(&mut tape, CLIENT, (TARGET, port), false);
            }
        }
        assert_eq!(scans(&tape), []);
    }

    /// They come and go over hours; what adds up in spite of that is said with less confidence.
    #[test]
    fn peers_share_an_address() {
        let peers = |closed| scans(&tried(closed, 6, Duration::seconds(600)));
        assert_eq!(peers(24), []);
        assert!(peers(25).iter().all(|f| f.confidence == LIKELY));
    }

    #[test]
    fn a_firewall_stops_the_data_of_file_transfers() {
        let client = (CLIENT, 50_000);
        let ftp = (TARGET, 21);
        let announced = |reply: fn(u16) -> String| {
            let mut tape = Tape::default();
            tape.tcp(client, ftp, 100, 0, 2, &[]);
            tape.tcp(ftp, client, 500, 101, 0x12, &[]);
            tape.tcp(client, ftp, 101, 501, 0x10, &[]);
            let (mut asked, mut told) = (101, 501);
            for n in 0..20 {
                tape.tcp(client, ftp, asked, told, 0x18, b"PASV\r\n");
                asked += 6;
                let reply = reply(n);
                tape.tcp(ftp, client, told, asked, 0x18, reply.as_bytes());
                told += u32::try_from(reply.len()).unwrap();
                knock(&mut tape, CLIENT, (TARGET, 60_000 + n), false);
            }
            scans(&tape).len()
        };
        let clear = |n| format!("227 Entering Passive Mode (10,0,0,9,234,{}).\r\n", 96 + n);
        assert_eq!(announced(clear), 0);
        let hidden = |n| format!("\u{17}\u{3}\u{3} what nobody can read {n}\r\n");
        assert_eq!(
            announced(hidden),
            1,
            "the look-alike that is not told apart"
        );
    }
}
