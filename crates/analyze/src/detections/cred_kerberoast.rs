//! Tickets for services asked for in the old cipher, to guess the services' passwords from.

use super::directory;
use super::finding::{Finding, Severity, rank};
use super::tickets::{OLD, asked, finding, keys as tickets, told};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use weir_dissect::protocols::kerberos::Ticket;
use weir_model::Duration;

/// Different services asked for in the old cipher.
const SERVICES: usize = 3;
/// The span that they must fit into.
const WINDOW: Duration = Duration(300_000_000_000);
/// Many at once.
const MANY: f64 = 0.85;
/// One, by a client that offers nothing else, where others are given better ones.
const ALONE: f64 = 0.7;
/// Given in the old cipher though a better one was offered first: the service has no other.
const OLD_SERVICE: f64 = 0.4;
/// One, where nothing shows that better ones are used here.
const UNKNOWN: f64 = 0.5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "cred.kerberoast",
    title: "Tickets were asked for that give passwords away",
    why: "A ticket in the old cipher can be guessed from offline, at millions of passwords a second: services of people's accounts have weak ones.",
    how: "Tickets for services sealed with RC4 (etype 23): three different services within five minutes, or one by a client that offers RC4 alone or first; a note where the client would rather have had AES. A search of the directory for people's accounts that have service names comes before it, and is found, too. Tickets for machines (names that end with a dollar sign) and for the granting service are not counted.",
    innocent: "An old service or client that has only RC4.",
    settle: "See on the asking host which program ran then; see whether the service's account allows AES, and change its password.",
    techniques: &["T1558.003"],
    severity: Severity::High,
    needs: &[Need::AnyOf(&["kerberos", "ldap"]), Need::Content],
    keys: |ground| {
        let mut all = tickets(ground, old);
        all.extend(directory::keys(ground));
        all
    },
    judge,
    rank,
};

/// A ticket in the old cipher for a service that somebody's account may run.
fn old(t: &Ticket) -> bool {
    let machine = t.service.ends_with('$')
        || t.service.starts_with("krbtgt")
        || t.service.starts_with("kadmin");
    t.request_type == "TGS" && t.success == Some(true) && &*t.ticket_cipher == OLD && !machine
}

/// Does the client offer the old cipher alone, or before all others?
fn wants(t: &Ticket) -> bool {
    t.ciphers.split(',').next() == Some(OLD)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    if directory::is(key) {
        return directory::judge(ground, key, &DETECTION);
    }
    let mut all: Vec<_> = key
        .rows
        .iter()
        .filter_map(|at| asked(ground, *at))
        .collect();
    all.sort_by_key(|a| (a.ticket.meta.time, a.ticket.meta.first));
    let window = |n: usize| -> BTreeSet<&str> {
        let from = all.get(n..).unwrap_or_default();
        let begun = from.first().map(|a| a.ticket.meta.time);
        from.iter()
            .take_while(|a| begun.is_some_and(|b| a.ticket.meta.time.since(b) <= WINDOW))
            .map(|a| &*a.ticket.service)
            .collect()
    };
    let most = (0..all.len())
        .map(|n| window(n).len())
        .find(|n| *n >= SERVICES)
        .unwrap_or(0);
    let many = most >= SERVICES;
    let wanted = all.iter().any(|a| wants(a.ticket));
    if !many && wanted {
        all.retain(|a| wants(a.ticket));
    }
    let first = all.first()?;
    let better = ground.input.chains.iter().any(|c| {
        let rows = c.facts.messages.all::<Ticket>();
        rows.iter()
            .any(|t| t.request_type == "TGS" && t.ticket_cipher.starts_with("aes"))
    });
    let mut out = finding(ground, key, &DETECTION, &all)?;
    (out.severity, out.confidence) = match (many, wanted, better) {
        (true, _, _) => (Severity::High, MANY),
        (_, true, true) => (Severity::High, ALONE),
        (_, true, false) => (Severity::Medium, UNKNOWN),
        _ => (Severity::Low, OLD_SERVICE),
    };
    let services = told(all.iter().map(|a| &*a.ticket.service));
    out.title = format!(
        "{} asked for {} that {} passwords away",
        first.client,
        plural(all.len() as u64, "ticket"),
        if all.len() == 1 { "gives" } else { "give" }
    );
    let how = if many {
        format!("{most} services within five minutes")
    } else {
        (if wanted {
            "asked with RC4 first"
        } else {
            "though AES was offered first"
        })
        .to_owned()
    };
    let others = if better {
        "others here are given AES"
    } else {
        "no ticket in AES is seen here"
    };
    out.why = format!(
        "Sealed with RC4, {how}, for {services}; {others}. {}",
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

    /// Tickets for so many services, a pause between; AES was given before where `better`.
    fn asked(services: usize, offers: &[u8], pause: i64, better: bool) -> Vec<Finding> {
        let (client, dc) = (([10, 0, 0, 7], 40_000), ([10, 0, 0, 5], 88));
        let mut tape = Tape::default();
        let tgs = |tape: &mut Tape, service: &[&str], offers: &[u8], cipher| {
            ask(
                tape,
                client,
                dc,
                &Asks {
                    kind: 12,
                    proof: Some(1),
                    offers,
                    service,
                    ticket: cipher,
                    sealed: cipher,
                },
            );
        };
        if better {
            tgs(&mut tape, &["cifs", "files"], &[18, 17, 23], 18);
        }
        tgs(&mut tape, &["PC$"], &[23], 23);
        for n in 0..services {
            tgs(&mut tape, &["MSSQL", &format!("db{n}")], offers, 23);
            tape.now = tape.now.plus(Duration::seconds(pause));
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn three_services_in_five_minutes() {
        for (services, pause, n) in [(2, 0, 0), (3, 0, 1), (4, 0, 1), (3, 148, 1), (3, 149, 0)] {
            let mut all = asked(services, &[18, 23], pause, false);
            assert_eq!(all.len(), 1);
            all.retain(|f| f.severity > Severity::Low);
            assert_eq!(all.len(), n, "{services} services, {pause} s");
            assert!(
                all.iter()
                    .all(|f| f.severity == Severity::High && f.confidence == MANY)
            );
        }
    }

    #[test]
    fn one_where_the_old_is_wanted() {
        let told = |offers: &[u8], better| {
            asked(1, offers, 0, better)
                .first()
                .map(|f| (f.severity, f.confidence))
        };
        assert_eq!(told(&[23], true), Some((Severity::High, ALONE)));
        assert_eq!(told(&[23, 18], true), Some((Severity::High, ALONE)));
        assert_eq!(told(&[23], false), Some((Severity::Medium, UNKNOWN)));
        let old_service = Some((Severity::Low, OLD_SERVICE));
        assert_eq!(told(&[18, 23], true), old_service);
    }
}
