//! An answer for an account that asks for no proof: its password can be guessed from it by anybody.

use super::finding::{Finding, Severity, rank};
use super::tickets::{OLD, asked, finding, keys as tickets, told};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use weir_dissect::protocols::kerberos::Ticket;

/// Given in the cipher that is guessed from fastest, and wanted so.
const OLD_ONE: f64 = 0.85;
/// Where nobody here is asked for proof.
const REALM: f64 = 0.4;
/// Given in another.
const NEW_ONE: f64 = 0.55;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "cred.asrep_roast",
    title: "A log-in was answered without proof",
    why: "Where an account needs no pre-authentication, anybody gets something sealed with its password, to guess it from offline.",
    how: "AS-REP sealed with RC4 (etype 23) to a request without pre-authentication. In another cipher it weighs less. Accounts of machines are not counted.",
    innocent: "An account set so for an old application; a realm that asks nobody for proof, as those outside Windows are at first.",
    settle: "Ask why that account needs no pre-authentication; change its password; see on the asking host which program ran.",
    techniques: &["T1558.004"],
    severity: Severity::High,
    needs: &[Need::Messages("kerberos"), Need::Content],
    keys: |ground| tickets(ground, unproven),
    judge,
    rank,
};

fn unproven(t: &Ticket) -> bool {
    let machine = t.client.split('/').next().is_some_and(|n| n.ends_with('$'));
    t.request_type == "AS"
        && t.success == Some(true)
        && !t.preauthenticated
        && !machine
        && !t.cipher.is_empty()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<_> = key
        .rows
        .iter()
        .filter_map(|at| asked(ground, *at))
        .collect();
    let first = all.first()?;
    let mut out = finding(ground, key, &DETECTION, &all)?;
    let old = all.iter().any(|a| &*a.ticket.cipher == OLD);
    // Where nobody is asked for proof, it is the realm's way.
    let usual = !ground.input.chains.iter().any(|c| {
        let mut rows = c.facts.messages.all::<Ticket>().iter();
        rows.any(|t| {
            t.request_type == "AS" && (t.preauthenticated || t.error_msg.contains("PREAUTH"))
        })
    });
    (out.severity, out.confidence) = match (old, usual) {
        (true, _) => (Severity::High, OLD_ONE),
        (_, true) => (Severity::Low, REALM),
        _ => (Severity::Medium, NEW_ONE),
    };
    let names: BTreeSet<&str> = all.iter().map(|a| &*a.ticket.client).collect();
    out.title = format!(
        "{} was answered without proof for {}",
        first.client,
        plural(names.len() as u64, "account")
    );
    out.why = format!(
        "For {}, sealed with {}. {}",
        told(names.into_iter()),
        first.ticket.cipher,
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tickets::tests::{Asks, ask};
    use super::*;
    use crate::tape::Tape;

    fn asked(proof: Option<u8>, sealed: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        let a = Asks {
            kind: 10,
            proof,
            offers: &[sealed],
            service: &["krbtgt", "X"],
            ticket: 18,
            sealed,
        };
        ask(&mut tape, ([10, 0, 0, 7], 40_000), ([10, 0, 0, 5], 88), &a);
        found(&tape, &DETECTION)
    }

    #[test]
    fn with_and_without_proof() {
        for proof in [2, 16, 138] {
            assert_eq!(asked(Some(proof), 23), [], "{proof}");
        }
        // What else a request may bring (PA-PAC-REQUEST) proves nothing.
        for proof in [None, Some(128)] {
            let one = asked(proof, 23).remove(0);
            assert_eq!((one.severity, one.confidence), (Severity::High, OLD_ONE));
        }
        // Nobody else is asked for proof; then somebody is.
        assert_eq!(asked(None, 18)[0].severity, Severity::Low);
        let mut tape = Tape::default();
        for (port, proof) in [(40_000, None), (40_001, Some(2))] {
            let a = Asks {
                kind: 10,
                proof,
                offers: &[18],
                service: &["krbtgt", "X"],
                ticket: 18,
                sealed: 18,
            };
            ask(&mut tape, ([10, 0, 0, 7], port), ([10, 0, 0, 5], 88), &a);
        }
        assert_eq!(found(&tape, &DETECTION)[0].severity, Severity::Medium);
    }
}
