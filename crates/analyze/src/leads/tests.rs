//! Leads from findings made by hand: who belongs together, who comes first, what is raised.

use super::*;
use crate::allow::{Rule, allowed};
use crate::detections::{Checked, Evidence};
use crate::input::Input;
use crate::tape::Tape;
use std::net::IpAddr;
use weir_model::{CaptureId, PacketRef, Timestamp};

/// Hosts 10.0.0.7, .8, … in the order of their numbers.
fn people(n: u8) -> (Tape, u8) {
    let mut tape = Tape::default();
    for host in 0..n {
        tape.talk(
            ([10, 0, 0, 7 + host], 40_000),
            ([198, 51, 100, 9], 80),
            b"?",
            b"!",
        );
    }
    (tape, n)
}

struct Case {
    env: Environment,
    found: Findings,
}

impl Case {
    fn new(hosts: u8) -> Self {
        let (tape, _) = people(hosts);
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        Self {
            env: Environment::new(&input),
            found: Findings::default(),
        }
    }

    fn add(
        &mut self,
        detection: &'static str,
        host: u8,
        (severity, confidence): (Severity, f64),
        techniques: &'static [&'static str],
        hour: i64,
    ) -> &mut Finding {
        let ip = IpAddr::from([10, 0, 0, 7 + host]);
        let id = self.env.having(ip).next().unwrap();
        let n = u32::try_from(self.found.rows.len()).unwrap() + 1;
        let packet = PacketRef {
            capture: CaptureId(0),
            number: n,
        };
        let time = Timestamp::from_parts(hour * 3_600, 0);
        self.found.rows.push(Finding {
            id: format!("F-{n:04}"),
            detection,
            title: detection.to_owned(),
            severity,
            confidence,
            host: Some(id),
            src: Some(ip),
            dst: None,
            domain: None,
            dport: None,
            mac: self.env.host(id).and_then(|h| h.mac),
            first: time,
            last: time,
            evidence: Evidence::of([packet]).unwrap(),
            techniques,
            why: String::new(),
            scores: Vec::new(),
            plots: Vec::new(),
            rhythm: None,
            benign: None,
            others: Vec::new(),
            innocent: "",
            settle: "",
        });
        self.found.rows.last_mut().unwrap()
    }

    fn leads(&self, issue: IssueKind) -> Leads {
        let none = vec![None; self.found.rows.len()];
        Leads::new(&self.found, &none, &self.env, issue)
    }
}

const MEDIUM: (Severity, f64) = (Severity::Medium, 0.7);

#[test]
fn one_host_has_one_lead_for_what_begins_together_or_has_one_peer() {
    let mut case = Case::new(2);
    case.add("ua.rare", 0, MEDIUM, &[], 1);
    case.add("file.exe_http", 0, (Severity::High, 0.6), &[], 2);
    case.add("port.once_bound", 0, MEDIUM, &[], 4);
    case.add("scan.vertical", 1, MEDIUM, &[], 1);
    let leads = case.leads(IssueKind::Breach);
    let sets: Vec<&[usize]> = leads.rows.iter().map(|l| l.findings.as_slice()).collect();
    assert_eq!(
        sets,
        [&[1, 0][..], &[3], &[2]],
        "an hour apart is together, two are not"
    );
    assert_eq!(leads.rows[0].severity, Severity::High);
    case.found.rows[0].domain = Some("Bad.example.".to_owned());
    case.found.rows[2].domain = Some("bad.example".to_owned());
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(
        leads.rows[0].findings,
        [1, 0, 2],
        "one peer joins what is hours apart"
    );
}

/// A download that many made belongs to the one who went to others right after it.
#[test]
fn what_came_to_many_is_of_the_one_who_acted_upon_it() {
    let mut case = Case::new(6);
    for host in 0..4 {
        let file = case.add("file.exe_http", host, (Severity::Low, 0.6), &[], 1);
        file.domain = Some("files.example".to_owned());
    }
    let alone = case.leads(IssueKind::Breach);
    assert_eq!(alone.rows.len(), 1);
    case.add("lateral.host_to_host", 2, (Severity::Medium, 0.6), &[], 1);
    let leads = case.leads(IssueKind::Breach);
    let first = &leads.rows[0];
    assert_eq!(first.findings, [4, 2]);
    assert_eq!(first.severity, Severity::High);
    assert_eq!(first.raised, Some((Severity::Medium, Raised::Followed)));
    assert_eq!(leads.rows[1].findings, [0, 1, 3]);
    // Hours later is another matter.
    case.found.rows[4].first = Timestamp::from_parts(4 * 3_600, 0);
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(leads.rows[0].findings, [4]);
    assert_eq!(leads.rows[1].findings.len(), 4);
}

/// The ninth lead is named, and so are those after it.
#[test]
fn what_is_beyond_the_first_is_named() {
    let mut case = Case::new(12);
    for host in 0..12 {
        let one = case.add("ua.rare", host, MEDIUM, &[], i64::from(host) * 3);
        one.domain = Some(format!("{host}.example"));
    }
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(
        (leads.rows.len(), leads.beyond, leads.more.len()),
        (MOST, 4, 4)
    );
    let all: std::collections::BTreeSet<usize> = leads
        .rows
        .iter()
        .chain(&leads.more)
        .flat_map(|l| l.findings.clone())
        .collect();
    assert_eq!(all.len(), 12);
}

/// What a whole office does is not part of what one of them did, though it is told at him.
#[test]
fn a_note_of_many_hosts_is_no_part_of_one_hosts_lead() {
    let mut case = Case::new(5);
    case.add("dns.tunnel", 0, (Severity::High, 0.8), &[], 1);
    let others = {
        let of = |n: u8| case.env.having(IpAddr::from([10, 0, 0, 7 + n])).next();
        (1..4).filter_map(of).collect::<Vec<_>>()
    };
    assert_eq!(others.len(), 3);
    let clock = case.add("c2.beacon", 0, (Severity::Info, 0.4), &[], 1);
    (clock.others, clock.domain) = (others, Some("time.example".to_owned()));
    let leads = case.leads(IssueKind::Breach);
    let sets: Vec<_> = leads
        .rows
        .iter()
        .map(|l| (l.findings.as_slice(), l.hosts.len()))
        .collect();
    assert_eq!(sets, [(&[0][..], 1), (&[1][..], 4)]);
}

/// Everybody's passwords to one server are one matter, though one of them does something else within the hour.
#[test]
fn what_three_hosts_do_with_one_peer_is_one_lead() {
    for (hosts, leads) in [(2, 2), (3, 2), (4, 2)] {
        let mut case = Case::new(5);
        for host in 0..hosts {
            case.add("cred.cleartext", host, (Severity::High, 0.9), &[], 1);
        }
        case.add("ua.rare", 0, MEDIUM, &[], 1);
        for f in &mut case.found.rows[..hosts as usize] {
            f.domain = Some("files.example".to_owned());
        }
        let all = case.leads(IssueKind::Breach);
        let sets: Vec<usize> = all.rows.iter().map(|l| l.findings.len()).collect();
        assert_eq!(sets.len(), leads, "{hosts} {sets:?}");
        let most = if hosts < 3 { 2 } else { hosts as usize };
        assert_eq!(sets.iter().max(), Some(&most), "{hosts}");
    }
}

#[test]
fn three_tactics_on_one_host_raise_it_one_level() {
    let mut case = Case::new(2);
    case.add("file.exe_http", 0, MEDIUM, &["T1105"], 1);
    case.add("cred.cleartext", 0, MEDIUM, &["T1040"], 20);
    assert_eq!(
        case.leads(IssueKind::Breach).rows[0].raised,
        None,
        "two are not enough"
    );
    case.add("scan.vertical", 0, (Severity::Low, 0.9), &["T1046"], 40);
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(leads.rows.len(), 1, "steps of one attack belong together");
    assert_eq!(leads.rows[0].severity, Severity::High);
    assert_eq!(
        leads.rows[0].raised,
        Some((Severity::Medium, Raised::Steps))
    );
    assert_eq!(leads.rows[0].tactics.len(), 3);
    case.found.rows[2].severity = Severity::Info;
    assert_eq!(
        case.leads(IssueKind::Breach).rows[0].raised,
        None,
        "a mere note is no step"
    );
    case.found.rows[2].severity = Severity::Low;
    case.found.rows[2].benign = Some(("monitoring", String::new()));
    assert_eq!(
        case.leads(IssueKind::Breach).rows[0].raised,
        None,
        "nor what looks harmless"
    );
}

#[test]
fn one_detection_of_three_tactics_is_no_attack() {
    let mut case = Case::new(1);
    for (hour, technique) in [["T1105"], ["T1040"], ["T1046"]].iter().enumerate() {
        let techniques: &'static [&'static str] = match technique[0] {
            "T1105" => &["T1105"],
            "T1040" => &["T1040"],
            _ => &["T1046"],
        };
        let hour = i64::try_from(hour).unwrap() * 10;
        case.add("ua.rare", 0, MEDIUM, techniques, hour);
    }
    assert!(
        case.leads(IssueKind::Breach)
            .rows
            .iter()
            .all(|l| l.raised.is_none())
    );
}

#[test]
fn what_many_do_alike_is_one_lead() {
    let mut case = Case::new(4);
    for host in 0..4 {
        case.add("cred.cleartext", host, MEDIUM, &["T1040"], 1)
            .domain = Some("mail.example".to_owned());
    }
    case.add("cred.cleartext", 0, MEDIUM, &["T1040"], 9).domain = Some("ftp.example".to_owned());
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(leads.rows.len(), 2);
    assert_eq!(leads.rows[0].hosts.len(), 4);
    assert_eq!(leads.rows[1].hosts.len(), 1);
}

#[test]
fn the_issue_leads_and_the_other_side_keeps_two_places() {
    let mut case = Case::new(12);
    for host in 0..12 {
        case.add("scan.vertical", host, MEDIUM, &[], 1).dst = Some(IpAddr::from([10, 9, 9, host]));
    }
    case.add("netissue.duplicate_ip", 3, MEDIUM, &[], 1);
    case.add("capture.loss", 4, (Severity::Low, 0.9), &[], 1);
    let breach = case.leads(IssueKind::Breach);
    assert_eq!((breach.rows.len(), breach.beyond), (MOST, 6));
    assert_eq!(
        breach.rows[MOST - 1].side,
        Side::Fault,
        "its alarm is not lost behind breaches"
    );
    assert!(
        breach.rows[..MOST - 1]
            .iter()
            .all(|l| l.side == Side::Breach)
    );
    let fault = case.leads(IssueKind::Fault);
    assert_eq!(fault.rows[0].side, Side::Fault);
    assert_eq!(fault.rows[1].side, Side::Breach, "an alarm before a note");
    let [b, f] = fault.sides;
    assert_eq!((b.alarms, b.hosts, f.alarms, f.hosts), (12, 12, 1, 2));
    assert_eq!(f.by_severity, [0, 1, 1, 0, 0]);
}

#[test]
fn what_is_allowed_leads_nowhere_and_is_counted() {
    let mut case = Case::new(2);
    case.add("c2.beacon", 0, MEDIUM, &[], 1).domain = Some("a.updates.example".to_owned());
    case.add("c2.beacon", 1, MEDIUM, &[], 1).domain = Some("evil.example".to_owned());
    let rules = [Rule::read("c2.beacon, peer=Updates.example").unwrap()];
    let fits = allowed(&case.found.rows, &rules, &case.env);
    assert_eq!(fits, [Some(0), None]);
    let leads = Leads::new(&case.found, &fits, &case.env, IssueKind::Breach);
    assert_eq!(leads.rows.len(), 1);
    assert_eq!((leads.sides[0].allowed, leads.sides[0].alarms), (1, 1));
    for (text, fits) in [
        ("c2.beacon,host=10.0.0.7", [true, false]),
        ("c2.beacon,host=10.0.0.8,peer=evil.example", [false, true]),
        (",host=02:00:0a:00:00:07", [true, false]),
        ("c2.beacon,peer=xample", [false, false]),
        ("ua.rare", [false, false]),
        ("c2.beacon", [true, true]),
    ] {
        let rule = Rule::read(text).unwrap();
        let all: Vec<bool> = case
            .found
            .rows
            .iter()
            .map(|f| rule.fits(f, &case.env))
            .collect();
        assert_eq!(all, fits, "{text}");
    }
    for wrong in ["", "c2.beacon,10.0.0.7", "c2.beacon,host="] {
        assert!(Rule::read(wrong).is_err(), "{wrong}");
    }
    let says = Rule::read("c2.beacon,host=10.0.0.7,peer=x.example")
        .unwrap()
        .says();
    assert_eq!(says, "c2.beacon of 10.0.0.7 to x.example");
}

#[test]
fn empty_kinds_say_what_was_checked() {
    let one = |detection, found, says: &str| Checked {
        detection,
        judged: 1,
        found,
        lacking: None,
        says: says.to_owned(),
    };
    let found = Findings {
        rows: Vec::new(),
        checked: vec![
            one("ua.rare", 0, "not checked: the captures hold no HTTP"),
            one("file.exe_http", 0, "checked, nothing found in 9 packets"),
            one(
                "file.exe_ftp",
                0,
                "not checked: no file was found in the captures",
            ),
            one("scan.vertical", 2, "checked, 2 found in 9 packets"),
        ],
    };
    let says: Vec<(&str, String)> = categories(&found)
        .into_iter()
        .map(|c| (c.family, c.says))
        .collect();
    assert_eq!(
        says,
        [
            (
                "file",
                "checked, nothing found in 9 packets; 1 of 2 checks not made".to_owned()
            ),
            ("scan", "2 found".to_owned()),
            ("ua", "not checked: the captures hold no HTTP".to_owned()),
        ]
    );
}

fn again() -> Option<crate::detections::Rhythm> {
    let time = Timestamp::from_parts(1, 0);
    Some(crate::detections::Rhythm {
        period: weir_model::Duration::seconds(60),
        seen: 9,
        missed: 0,
        next: vec![crate::detections::Expected {
            lo: time,
            hi: time,
            level: 0.8,
        }],
        tested: (0, 0),
        says: String::new(),
        foretold: None,
    })
}

#[test]
fn what_the_scope_asks_for_is_one_lead_and_what_a_host_did_after_it_another() {
    const HIGH: (Severity, f64) = (Severity::High, 0.95);
    let mut case = Case::new(4);
    let server = Some(IpAddr::from([198, 51, 100, 9]));
    for host in 0..3 {
        case.add("indicator.seen", host, HIGH, &["T1105"], 1).domain = Some("bad.example".into());
        let password = case.add("cred.cleartext", host, HIGH, &["T1040"], 20);
        (password.domain, password.dst) = (Some("bad.example".into()), server);
    }
    case.add("scan.horizontal", 3, HIGH, &["T1046"], 5);
    let beacon = case.add("c2.beacon", 2, (Severity::Medium, 0.9), &["T1071"], 30);
    beacon.domain = Some("c2.example".into());
    beacon.rhythm = again();
    let leads = case.leads(IssueKind::Breach);
    let sets: Vec<&[usize]> = leads.rows.iter().map(|l| l.findings.as_slice()).collect();
    // What goes on is first, with what had come to that host before; what was asked for comes last.
    assert_eq!(sets, [&[7, 4, 5][..], &[6], &[0, 1, 2, 3]]);
    assert_eq!(
        leads.rows[0].raised,
        Some((Severity::High, Raised::Followed))
    );
    assert!(leads.rows[0].goes_on && !leads.rows[0].asked);
    assert_eq!(leads.asked.as_ref().map(|l| l.hosts.len()), Some(2));
    assert_eq!(
        leads.order[..2],
        [7, 6],
        "one of each, and the scope's own last"
    );
    assert_eq!(leads.order.len(), case.found.rows.len());
    case.found.rows[7].rhythm = None;
    let leads = case.leads(IssueKind::Breach);
    assert!(!leads.rows[0].goes_on, "it is over");
    case.found.rows[7].first = Timestamp::from_parts(0, 0);
    let leads = case.leads(IssueKind::Breach);
    assert!(
        leads.rows.iter().all(|l| l.raised.is_none()),
        "what came in later is no cause"
    );
}

#[test]
fn two_ends_of_a_conversation_are_one_lead() {
    let mut case = Case::new(3);
    case.add("port.once_bound", 0, MEDIUM, &["T1571"], 1);
    case.add("lateral.host_to_host", 1, MEDIUM, &["T1021"], 1);
    case.add("lateral.host_to_host", 2, MEDIUM, &["T1021"], 9);
    case.found.rows[2].domain = Some("elsewhere".into());
    let same = case.found.rows[0].evidence.clone();
    case.found.rows[1].evidence = same;
    let leads = case.leads(IssueKind::Breach);
    let sets: Vec<&[usize]> = leads.rows.iter().map(|l| l.findings.as_slice()).collect();
    assert_eq!(sets, [&[0, 1][..], &[2]]);
}

#[test]
fn a_kind_that_was_not_shown_comes_before_one_more_of_one_that_was() {
    let mut case = Case::new(4);
    case.add("ua.rare", 0, MEDIUM, &[], 1);
    case.add("ua.scripted", 1, (Severity::Low, 0.7), &[], 1);
    case.add("tls.rare_client", 2, (Severity::Low, 0.4), &[], 1);
    case.add("tls.rare_client", 2, (Severity::Low, 0.4), &[], 9);
    let leads = case.leads(IssueKind::Breach);
    let sets: Vec<&[usize]> = leads.rows.iter().map(|l| l.findings.as_slice()).collect();
    assert_eq!(
        sets,
        [&[0][..], &[2, 3], &[1]],
        "notes of one kind on one host are one"
    );
    assert_eq!(leads.order, [0, 2, 3, 1], "and are told together");
}

#[test]
fn a_second_beacon_stands_beside_the_first_whatever_else_is_known() {
    let mut case = Case::new(3);
    case.add("c2.beacon", 0, (Severity::Medium, 0.8), &["T1071"], 1);
    case.add("c2.beacon", 1, MEDIUM, &["T1071"], 1);
    case.add("c2.beacon", 0, (Severity::Medium, 0.75), &["T1071"], 1);
    case.add("ua.rare", 0, (Severity::Low, 0.5), &[], 1);
    case.add("c2.beacon", 0, (Severity::Low, 0.5), &["T1071"], 1);
    for row in &mut case.found.rows {
        row.rhythm = again();
    }
    let leads = case.leads(IssueKind::Breach);
    assert_eq!(leads.rows[0].findings.first(), Some(&0));
    assert_eq!(leads.order[..3], [0, 2, 1], "notes come behind all leads");
}
