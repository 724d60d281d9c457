//! A method of Windows' management interface was run on another machine: it can start programs.

use super::deeds::{Deed, Done, all, finding, keys as deeds};
use super::finding::{Finding, Severity, rank};
use super::machines::{Kind, kind};
use super::{Detection, Ground, Key, Need};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A method was run.
const RUN: f64 = 0.7;
/// The interface through which scripts run any object's methods, and its call that runs one ([MS-OAUT] 3.1.4).
const DISPATCH: &str = "00020400-0000-0000-c000-000000000046";
const INVOKE: &str = "6";
/// By a machine that does it to many, or that serves several: a management server.
const MANAGES: f64 = 0.4;
/// Machines it is done to from which on it is management; questions from which on it is inventory.
const MANY: usize = 5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.wmi",
    title: "A method was run on another machine through WMI or DCOM",
    why: "Win32_Process.Create of WMI, and the shells of MMC, Explorer and Office as objects, run any program on another machine with no file written and no service made.",
    how: "ExecMethod of IWbemServices; or IDispatch::Invoke after an object was made there (RemoteCreateInstance), at any time of the captures. Questions alone (ExecQuery) are not looked at. Which method it was is encrypted mostly.",
    innocent: "Monitoring and inventory from a management server, which reaches many machines.",
    settle: "Ask who manages that machine from there; look for children of WmiPrvSE.exe on it at that time.",
    techniques: &["T1047", "T1021.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("dcerpc"), Need::Content],
    keys: |ground| deeds(ground, 1, |d| method(d) || invoked(d) || made(d)),
    judge,
    rank,
};

/// A method of WMI.
fn method(d: &Done<'_>) -> bool {
    matches!(d.what, Deed::Call("IWbemServices", o, false) if o.starts_with("ExecMethod"))
}

/// A method of any object, by its name.
fn invoked(d: &Done<'_>) -> bool {
    matches!(d.what, Deed::Call(DISPATCH, INVOKE, false))
}

/// An object was made on the other machine.
fn made(d: &Done<'_>) -> bool {
    matches!(d.what, Deed::Call(i, "RemoteCreateInstance", false) if i.contains("Activator"))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let every = all(ground, key);
    let wmi = every.iter().any(method);
    let object = every.iter().any(made) && every.iter().any(invoked);
    if !wmi && !object {
        return None;
    }
    let (how, all): (&str, Vec<Done<'_>>) = if wmi {
        ("WMI", every.into_iter().filter(method).collect())
    } else {
        // What made the object first: it says what was run.
        let first = every.iter().copied().filter(made);
        let then = every.iter().copied().filter(invoked);
        ("DCOM", first.chain(then).collect())
    };
    let first = *all.first()?;
    let mut out = finding(ground, key, &DETECTION, &all)?;
    out.title = format!(
        "{} ran a method on {} through {how}",
        first.client, first.server.0
    );
    out.confidence = RUN;
    let host = ground.env.at(first.chain, first.client, first.first.1)?;
    let runs = |k: &Key| {
        let mut deeds = k.rows.iter().filter_map(|r| super::deeds::done(ground, *r));
        deeds.find(|d| method(d) || invoked(d))
    };
    let peers: BTreeSet<IpAddr> = (DETECTION.keys)(ground)
        .iter()
        .filter_map(runs)
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
    use super::super::tested::windows::{ACTIVATE, DISPATCH, Talk, WMI};
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
    fn a_method_of_an_object_that_was_made_there() {
        for (make, operation, n) in [(true, 6, 1), (false, 6, 0), (true, 5, 0)] {
            let mut tape = Tape::default();
            let mut t = Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 9]);
            if make {
                t.call("", &ACTIVATE, 4);
            }
            t.call("", &DISPATCH, operation);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{make} {operation}");
            assert!(all.iter().all(|f| f.title.ends_with("through DCOM")));
        }
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
