//! A machine is asked who its users and groups are, who is logged on and what it shares.

use super::deeds::{Deed, Done, all, done, finding, keys as deeds};
use super::finding::{Finding, Severity, rank};
use super::machines::{Kind, kind};
use super::{Detection, Ground, Key, Need};
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_model::Duration;

/// Calls to one machine.
const CALLS: usize = 5;
/// The span that they must fit into.
const WINDOW: Duration = Duration(300_000_000_000);
/// Different questions about accounts, or machines asked, from which on it is no logon script.
const QUESTIONS: usize = 3;
const MACHINES: usize = 3;
/// One machine, few questions.
const SOME: f64 = 0.4;
/// Many questions, or several machines.
const MANY: f64 = 0.6;

/// Questions that list something (BZAR's lists for ATT&CK discovery).
const LISTS: [(&str, &[&str]); 5] = [
    (
        "samr",
        &[
            "SamrEnumerate",
            "SamrQueryDisplayInformation",
            "SamrGetDisplayEnumerationIndex",
            "SamrGetMembersIn",
            "SamrGetAliasMembership",
            "SamrQueryInformationAlias",
            "SamrQueryInformationGroup",
            "SamrQueryInformationDomain",
        ],
    ),
    ("lsarpc", &["LsarEnumerate"]),
    (
        "srvsvc",
        &[
            "NetrSessionEnum",
            "NetrShareEnum",
            "NetrShareGetInfo",
            "NetrConnectionEnum",
            "NetrFileEnum",
            "NetrServerTransportEnum",
            "NetrRemoteTOD",
        ],
    ),
    ("wkssvc", &["NetrWkstaUserEnum", "NetrWkstaTransportEnum"]),
    // Clients ask where one service is (ept_map); only who looks around asks for everything.
    ("epmapper", &["ept_lookup"]),
];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.enumeration",
    title: "A machine was asked for its users, groups, sessions, shares or services",
    why: "Before going on, an intruder asks who is administrator where and who is logged on: tools ask every machine the same in minutes.",
    how: "At least five calls within five minutes to one machine that list accounts, groups, sessions, shares, files or services (samr, lsarpc, srvsvc, wkssvc, epmapper).",
    innocent: "Logon scripts and management tools ask one server a few of these; file managers list shares.",
    settle: "See on the asking host which program ran then; ask whether an inventory runs from there.",
    techniques: &["T1087", "T1069", "T1135", "T1033"],
    severity: Severity::Medium,
    needs: &[Need::Messages("dcerpc"), Need::Content],
    keys: |ground| deeds(ground, CALLS, lists),
    judge,
    rank,
};

fn lists(d: &Done<'_>) -> bool {
    let Deed::Call(interface, operation, _) = d.what else {
        return false;
    };
    let known = LISTS.iter().find(|(name, _)| *name == interface);
    known.is_some_and(|(_, begin)| begin.iter().any(|b| operation.starts_with(b)))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let every = all(ground, key);
    let here = (0..every.len())
        .map(|n| {
            let from = every.get(n..).unwrap_or_default();
            let begun = from.first().map(|d| d.first.1);
            let len = from.partition_point(|d| begun.is_some_and(|b| d.first.1.since(b) <= WINDOW));
            from.get(..len).unwrap_or_default()
        })
        .max_by_key(|w| w.len())
        .filter(|w| w.len() >= CALLS)?;
    let first = *here.first()?;
    let mut out = finding(ground, key, &DETECTION, here)?;
    out.title = format!(
        "{} asked {} for accounts, sessions, shares or services",
        first.client, first.server.0
    );
    let questions: BTreeSet<&str> = here
        .iter()
        .filter_map(|d| match d.what {
            Deed::Call("samr" | "lsarpc", operation, _) => Some(operation),
            _ => None,
        })
        .collect();
    let machines: BTreeSet<IpAddr> = (DETECTION.keys)(ground)
        .iter()
        .filter_map(|k| done(ground, *k.rows.first()?))
        .filter(|d| d.client == first.client)
        .map(|d| d.server.0)
        .collect();
    let host = ground.env.at(first.chain, first.client, first.first.1)?;
    (out.severity, out.confidence) = (Severity::Low, SOME);
    if questions.len() >= QUESTIONS || machines.len() >= MACHINES {
        (out.severity, out.confidence) = (Severity::Medium, MANY);
        if kind(ground, host) == Kind::Server {
            (out.severity, out.confidence) = (Severity::Low, SOME);
            out.benign = Some((
                "management",
                "it comes from a machine that serves several others".to_owned(),
            ));
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::{EPM, SAMR, Talk};
    use super::*;
    use crate::tape::Tape;

    fn asked(machines: u8, list: &[u8], pause: i64) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..machines {
            let mut t = Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 100 + n]);
            t.call("samr", &SAMR, 64);
            for o in list {
                t.pause(pause);
                t.call_again(*o);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn five_within_five_minutes() {
        assert_eq!(asked(1, &[13; 4], 0), []);
        let five = asked(1, &[13; 5], 0);
        assert_eq!(
            (five[0].severity, five[0].confidence),
            (Severity::Low, SOME)
        );
        // The fifth begins 288 s after the first, and 304 s.
        assert_eq!(asked(1, &[13; 5], 70).len(), 1);
        assert_eq!(asked(1, &[13; 5], 74).len(), 0);
    }

    #[test]
    fn several_questions_or_machines() {
        assert_eq!(
            asked(1, &[13, 11, 13, 11, 13], 0)[0].severity,
            Severity::Low
        );
        assert_eq!(
            asked(1, &[13, 11, 15, 25, 33], 0)[0].severity,
            Severity::Medium
        );
        assert!(
            asked(2, &[13; 5], 0)
                .iter()
                .all(|f| f.severity == Severity::Low)
        );
        assert!(
            asked(3, &[13; 5], 0)
                .iter()
                .all(|f| f.severity == Severity::Medium)
        );
    }

    #[test]
    fn everything_of_the_endpoint_mapper_and_one_service() {
        let mapper = |operation, n| {
            let mut tape = Tape::default();
            let mut t = Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 9]);
            t.call("epmapper", &EPM, operation);
            for _ in 1..n {
                t.call_again(operation);
            }
            found(&tape, &DETECTION).len()
        };
        assert_eq!(mapper(2, 4), 0);
        assert_eq!(mapper(2, 5), 1);
        assert_eq!(mapper(3, 20), 0, "where one service is");
    }

    #[test]
    fn a_logon_asks_for_one_account() {
        assert_eq!(asked(1, &[5, 7, 17, 34, 36, 39, 5, 7, 17, 34], 0), []);
    }
}
