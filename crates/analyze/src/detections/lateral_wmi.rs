//! A method of Windows' management interface was run on another machine: it can start programs.

use super::deeds::{Deed, all, keys as deeds, operations, packets};
use super::finding::{Finding, Severity, rank};
use super::gather::begin;
use super::machines::{Kind, kind};
use super::{Detection, Ground, Key, Need};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A method was run.
const RUN: f64 = 0.7;
/// By a machine that does it to many, or that serves several: a management server.
const MANAGES: f64 = 0.4;
/// Machines it is done to from which on it is management; questions from which on it is inventory.
const MANY: usize = 5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.wmi",
    title: "A method was run on another machine through WMI",
    why: "Win32_Process.Create runs any program on another machine with no file written and no service made.",
    how: "ExecMethod of IWbemServices. Questions alone (ExecQuery) are not looked at. Which method it was is encrypted mostly.",
    innocent: "Monitoring and inventory from a management server, which reaches many machines.",
    settle: "Ask who manages that machine from there; look for children of WmiPrvSE.exe on it at that time.",
    techniques: &["T1047", "T1021.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("dcerpc")],
    keys: |ground| {
        deeds(
            ground,
            1,
            |d| matches!(d.what, Deed::Call("IWbemServices", o, false) if o.starts_with("ExecMethod")),
        )
    },
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let first = *all.first()?;
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (first.chain, first.client),
        &packets(&all),
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    out.title = format!(
        "{} ran a method on {} through WMI",
        first.client, first.server.0
    );
    out.why = format!("Called: {}. {}", operations(&all), DETECTION.why);
    out.confidence = RUN;
    let host = ground.env.at(first.chain, first.client, first.first.1)?;
    let peers: BTreeSet<IpAddr> = (DETECTION.keys)(ground)
        .iter()
        .filter_map(|k| super::deeds::done(ground, *k.rows.first()?))
        .filter(|d| d.client == first.client)
        .map(|d| d.server.0)
        .collect();
    if peers.len() >= MANY || kind(ground, host) == Kind::Server {
        (out.severity, out.confidence) = (Severity::Low, MANAGES);
        let says = format!(
            "it does so to {} machines, or serves several itself",
            peers.len()
        );
        out.benign = Some(("management", says));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::{Talk, WMI};
    use super::*;
    use crate::tape::Tape;

    fn managed(machines: u8, operation: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..machines {
            Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 100 + n]).call("", &WMI, operation);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn a_method_is_run_a_question_is_not() {
        assert_eq!(managed(1, 20), []);
        let one = managed(1, 24).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Medium, RUN));
    }

    #[test]
    fn who_does_it_to_five_manages_them() {
        assert!(
            managed(4, 24)
                .iter()
                .all(|f| f.severity == Severity::Medium)
        );
        let five = managed(5, 24);
        assert_eq!(five.len(), 5);
        assert!(
            five.iter()
                .all(|f| f.severity == Severity::Low && f.confidence < 0.5)
        );
    }
}
