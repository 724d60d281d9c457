//! Searches of the directory for accounts whose passwords can be guessed from tickets: what tools ask first. The first
//! half of asking for tickets that give passwords away.

use super::finding::{Finding, Severity};
use super::gather::{Groups, Row, begin, facts, named};
use super::{Detection, Ground, Key};
use crate::answers::{plural, shown};
use std::net::IpAddr;
use weir_dissect::protocols::ldap::Operation;

/// Accounts with any service name.
const SERVICES: &str = "(serviceprincipalname=*)";
/// Only those of people ([MS-SAMR] 2.2.1.9 has the number).
const PEOPLE: [&str; 4] = [
    "(samaccounttype=805306368)",
    "(objectcategory=person)",
    "(objectcategory=user)",
    "(objectclass=user)",
];
/// Only those of machines: inventory.
const MACHINES: [&str; 3] = [
    "(samaccounttype=805306369)",
    "(objectcategory=computer)",
    "(objectclass=computer)",
];
/// People's accounts that have service names: what a guesser wants, and hardly anybody else.
const PICKED: f64 = 0.6;
/// All accounts that have some.
const ALL: f64 = 0.4;

fn search<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Operation> {
    let row = facts(ground, at.0)?.messages.all::<Operation>().get(at.1)?;
    let text = row.filter.to_ascii_lowercase();
    let machines = MACHINES.iter().any(|m| text.contains(m));
    (!row.meta.duplicate && text.contains(SERVICES) && !machines).then_some(row)
}

/// Hosts that looked for such accounts, with the server they asked.
pub(super) fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<(IpAddr, IpAddr)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..c.facts.messages.all::<Operation>().len() {
            let asked = search(ground, (chain, n)).and_then(|o| c.facts.flow(o.meta.flow?));
            if let Some(f) = asked {
                out.put((f.client.0, f.server.0), (chain, n));
            }
        }
    }
    out.keys(1, |(client, server)| format!("{client}|{server}|directory"))
}

/// Is this one of these keys?
pub(super) fn is(key: &Key) -> bool {
    key.subject.ends_with("|directory")
}

pub(super) fn judge(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = search(ground, at)?;
    let flow = facts(ground, at.0)?.flow(first.meta.flow?)?;
    let all = || key.rows.iter().filter_map(|at| search(ground, *at));
    let packets: Vec<_> = all()
        .flat_map(|o| [(o.meta.first, o.meta.time), (o.meta.last, o.meta.end)])
        .collect();
    let (_, who) = named(ground, at.0, flow.client.0, flow.begun);
    let subject = format!("{who}|{}|directory", flow.server.0);
    let mut out = begin(ground, detection, &subject, (at.0, flow.client.0), &packets)?;
    (out.dst, out.dport) = (Some(flow.server.0), Some(flow.server.1));
    let picked = all().any(|o| {
        let text = o.filter.to_ascii_lowercase();
        PEOPLE.iter().any(|p| text.contains(p))
    });
    (out.severity, out.confidence) = if picked {
        (Severity::Medium, PICKED)
    } else {
        (Severity::Low, ALL)
    };
    let entries: u64 = all().map(|o| o.entries).sum();
    out.title = format!(
        "{} asked the directory for accounts with service names",
        flow.client.0
    );
    out.why = format!(
        "It asked for {}, and was given {}. Tickets for these can be guessed from; tools ask for the list first.",
        shown(&first.filter),
        plural(entries, "account"),
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{cred_kerberoast, found};
    use super::*;
    use crate::tape::Tape;

    fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(body.len()).unwrap()], body].concat()
    }

    /// A search with these conditions, all of which must hold.
    fn searched(conditions: &[(&[u8], Option<&[u8]>)]) -> Vec<Finding> {
        let each = conditions.iter().flat_map(|(name, value)| match value {
            None => tlv(0x87, name),
            Some(value) => tlv(0xa3, &[tlv(4, name), tlv(4, value)].concat()),
        });
        let filter = tlv(0xa0, &each.collect::<Vec<u8>>());
        let head = [tlv(4, b"dc=x"), tlv(10, &[2]), tlv(10, &[0])].concat();
        let limits = [tlv(2, &[0]), tlv(2, &[0]), tlv(1, &[0])].concat();
        let body = [head, limits, filter, tlv(0x30, b"")].concat();
        let ask = tlv(0x30, &[tlv(2, &[7]), tlv(0x63, &body)].concat());
        let done = tlv(0x65, &[tlv(10, &[0]), tlv(4, b""), tlv(4, b"")].concat());
        let tell = tlv(0x30, &[tlv(2, &[7]), done].concat());
        let mut tape = Tape::default();
        tape.talk(([10, 0, 0, 7], 40_000), ([10, 0, 0, 2], 389), &ask, &tell);
        found(&tape, &cred_kerberoast::DETECTION)
    }

    #[test]
    fn accounts_of_people_of_anybody_and_of_machines() {
        let services = (&b"servicePrincipalName"[..], None);
        let people = (&b"samAccountType"[..], Some(&b"805306368"[..]));
        let machines = (&b"objectCategory"[..], Some(&b"computer"[..]));
        let picked = searched(&[people, services]).remove(0);
        assert_eq!(picked.severity, Severity::Medium);
        assert!(
            picked.why.contains("(servicePrincipalName=*)"),
            "{}",
            picked.why
        );
        assert_eq!(searched(&[services])[0].severity, Severity::Low);
        assert_eq!(searched(&[machines, services]), [], "inventory");
        assert_eq!(searched(&[people]), []);
        let one = (&b"servicePrincipalName"[..], Some(&b"HTTP/x"[..]));
        assert_eq!(searched(&[people, one]), [], "whose service it is");
    }
}
