//! Somebody who is no domain controller asks one for the directory's secrets, as controllers do among themselves.

use super::deeds::{Deed, Done, all, keys as deeds, operations, packets};
use super::finding::{Finding, Severity, rank};
use super::gather::begin;
use super::{Detection, Ground, Key, Need};
use std::net::IpAddr;
use weir_model::Timestamp;

/// Ports that only domain controllers answer on: Kerberos and the global catalogue.
const CONTROLLER: [u16; 3] = [88, 3268, 3269];
/// Asked, and nothing more is known.
const ASKED: f64 = 0.7;
/// Asked for one account after its name was looked up, as tools do and controllers do not.
const LOOKED_UP: f64 = 0.9;
/// It keeps the other informed of changes, as controllers do.
const REPLICATES: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.dcsync",
    title: "The directory's secrets were asked for",
    why: "Whoever may replicate the directory gets the password hashes of every account, and with them the whole domain.",
    how: "DRSGetNCChanges of the drsuapi interface, called by a host that does not answer on the ports of a domain controller. DRSCrackNames or DRSDomainControllerInfo before it weigh more; DRSUpdateRefs or DRSReplicaSync, which controllers call, less.",
    innocent: "Replication by a domain controller of which the capture shows nothing else; synchronisation of the directory with a service outside.",
    settle: "Ask whether that address is a domain controller or the synchronisation server; look for event 4662 on the controller at that time.",
    techniques: &["T1003.006"],
    severity: Severity::Critical,
    needs: &[Need::Messages("dcerpc"), Need::Content],
    keys: |ground| {
        let mut keys = deeds(ground, 1, |d| matches!(d.what, Deed::Call("drsuapi", _, _)));
        keys.retain(|k| all(ground, k).iter().any(asks));
        keys
    },
    judge,
    rank,
};

fn asks(d: &Done<'_>) -> bool {
    matches!(d.what, Deed::Call(_, "DRSGetNCChanges", _))
}

/// Does the host answer as domain controllers do?
fn controller(ground: &Ground<'_>, chain: usize, ip: IpAddr, time: Timestamp) -> bool {
    let host = ground.env.at(chain, ip, time);
    host.and_then(|h| ground.env.host(h))
        .is_some_and(|h| h.services.iter().any(|s| CONTROLLER.contains(&s.port)))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let first = *all.iter().find(|d| asks(d))?;
    if controller(ground, first.chain, first.client, first.first.1) {
        return None;
    }
    let called = |names: &[&str]| {
        all.iter()
            .any(|d| matches!(d.what, Deed::Call(_, o, _) if names.contains(&o)))
    };
    let cited: Vec<Done<'_>> = all
        .iter()
        .filter(|d| asks(d))
        .chain(&all)
        .copied()
        .collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (first.chain, first.client),
        &packets(&cited),
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    out.title = format!(
        "{} asked {} for the directory's secrets",
        first.client, first.server.0
    );
    out.why = format!("Called: {}. {}", operations(&all), DETECTION.why);
    out.confidence = if called(&["DRSCrackNames", "DRSDomainControllerInfo"]) {
        LOOKED_UP
    } else {
        ASKED
    };
    if called(&["DRSUpdateRefs", "DRSReplicaSync"]) {
        (out.severity, out.confidence) = (Severity::Low, REPLICATES);
        out.benign = Some((
            "replication among domain controllers",
            "it also calls what keeps controllers informed of each other".to_owned(),
        ));
    }
    if matches!(first.what, Deed::Call(_, _, true)) {
        out.severity = out.severity.min(Severity::High);
        out.why += " It was refused.";
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::{DRSUAPI, Talk};
    use super::*;
    use crate::tape::Tape;

    const CLIENT: [u8; 4] = [10, 0, 0, 7];
    const DC: [u8; 4] = [10, 0, 0, 5];

    fn calls(tape: &mut Tape, list: &[u8]) {
        let mut t = Talk::begin(tape, CLIENT, DC);
        t.call("drsuapi", &DRSUAPI, 0);
        for n in list {
            t.call_again(*n);
        }
    }

    #[test]
    fn changes_are_asked_for() {
        for (list, found_as) in [
            (&[][..], None),
            (&[12], None),
            (&[3], Some((Severity::Critical, ASKED))),
            (&[12, 3], Some((Severity::Critical, LOOKED_UP))),
            (&[3, 4], Some((Severity::Low, REPLICATES))),
        ] {
            let mut tape = Tape::default();
            calls(&mut tape, list);
            let all = found(&tape, &DETECTION);
            assert_eq!(
                all.first().map(|f| (f.severity, f.confidence)),
                found_as,
                "{list:?}"
            );
        }
    }

    #[test]
    fn a_domain_controller_replicates() {
        let mut tape = Tape::default();
        tape.talk(([10, 0, 0, 20], 40_000), (CLIENT, 88), b"?", b"!");
        calls(&mut tape, &[3]);
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
