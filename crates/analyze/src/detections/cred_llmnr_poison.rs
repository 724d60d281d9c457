//! Somebody answers for names that are not his, when hosts ask everybody around; then they log in to him.

use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, facts, flow, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::{normal, plural, shown};
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::protocols::{dns, nbns, ntlmssp};
use weir_model::{PacketRef, Timestamp};

/// Different names that one machine answers for: a machine has one.
const NAMES: usize = 2;
/// Names alone.
const ANSWERED: f64 = 0.65;
/// And somebody logged in to it afterwards.
const LOGGED_IN: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "cred.llmnr_poison",
    title: "Somebody answered for names of others",
    why: "A host that asks everybody around for a mistyped name believes the first answer, and logs in there: whoever answers gets a hash to guess the password from, or passes the log-in on.",
    how: "Answers to LLMNR and NetBIOS questions that went to everybody: one host for two different names, or for one that DNS says does not exist. An NTLM log-in to that host afterwards makes it high. Names that the host registered or announced as its own do not count.",
    innocent: "A host with an alias; a proxy that answers for wpad; an address that several machines share.",
    settle: "Ask the answering host for its name; change the password of whoever logged in there.",
    techniques: &["T1557.001"],
    severity: Severity::High,
    needs: &[Need::AnyOf(&["llmnr", "dns", "nbns"])],
    keys,
    judge,
    rank,
};

/// A machine's name without its domain, in lower case.
fn plain(name: &str) -> String {
    normal(name)
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Who answers, whom, with which name, question and answer.
type Said<'a> = (IpAddr, IpAddr, &'a str, [(PacketRef, Timestamp); 2]);

/// Who says which name, where: LLMNR rows first, then NetBIOS rows.
fn said<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<Said<'a>> {
    let facts = facts(ground, at.0)?;
    let queries = facts.messages.all::<dns::Query>();
    if let Some(q) = queries.get(at.1) {
        let (packet, time) = q.answered?;
        let address = q.addresses().next()?.0;
        let usable = q.local && !q.meta.duplicate && !q.server.0.is_multicast();
        let asked = q.asked.unwrap_or((packet, time));
        return (usable && address == q.server.0).then_some((
            q.server.0,
            q.client.0,
            &q.query,
            [asked, (packet, time)],
        ));
    }
    let n = facts
        .messages
        .all::<nbns::Name>()
        .get(at.1 - queries.len())?;
    let flow = facts.flow(n.meta.flow?)?;
    // An answer to a question that went to everybody opens a conversation of its own; one of a name server does not.
    let (from, to) = flow.ends(n.meta.direction);
    let opened = flow.client.0 == from.0;
    let usable =
        n.answer && !n.group && !n.meta.duplicate && opened && IpAddr::V4(n.address) == n.sender;
    usable.then_some((
        n.sender,
        to.0,
        &n.name,
        [(n.meta.first, n.meta.time), (n.meta.last, n.meta.end)],
    ))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<IpAddr> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let m = &c.facts.messages;
        for n in 0..m.all::<dns::Query>().len() + m.all::<nbns::Name>().len() {
            if let Some((who, ..)) = said(ground, (chain, n)) {
                out.put(who, (chain, n));
            }
        }
    }
    out.keys(1, ToString::to_string)
}

/// Names that the host gave itself.
fn own(ground: &Ground<'_>, who: IpAddr) -> BTreeSet<String> {
    let hosts = ground.env.having(who).filter_map(|id| ground.env.host(id));
    let mut out: BTreeSet<String> = BTreeSet::new();
    for host in hosts {
        let said = host
            .names
            .iter()
            .filter(|n| n.from == crate::environment::NameFrom::Dhcp);
        out.extend(said.map(|n| plain(&n.text)));
    }
    for n in ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.messages.all::<nbns::Name>())
    {
        if !n.answer && n.sender == who {
            out.insert(plain(&n.name));
        }
    }
    out
}

/// Does DNS say that the name does not exist?
fn denied(ground: &Ground<'_>, name: &str) -> bool {
    let rows = ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.messages.all::<dns::Query>());
    rows.filter(|q| !q.local && q.rcode == Some(3))
        .any(|q| plain(&q.query) == name)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<_> = key.rows.iter().filter_map(|at| said(ground, *at)).collect();
    let (who, ..) = *all.first()?;
    let own = own(ground, who);
    let others: Vec<_> = all.iter().filter(|s| !own.contains(&plain(s.2))).collect();
    let names: BTreeSet<String> = others.iter().map(|s| plain(s.2)).collect();
    let gone = names.iter().any(|n| denied(ground, n));
    if names.is_empty() || (names.len() < NAMES && !gone) {
        return None;
    }
    let chain = key.rows.first()?.0;
    let first = others.first()?.3[0].1;
    let mut packets: Vec<(PacketRef, Timestamp)> = others.iter().flat_map(|s| s.3).collect();
    let (mut victim, mut user) = (None, String::new());
    for (place, c) in ground.input.chains.iter().enumerate() {
        for l in c.facts.messages.all::<ntlmssp::Login>() {
            let Some(f) = l
                .meta
                .flow
                .and_then(|id| flow(ground, (place, id.0 as usize)))
            else {
                continue;
            };
            if f.server.0 == who && l.meta.time >= first {
                packets.extend([(l.meta.first, l.meta.time), (l.meta.last, l.meta.end)]);
                victim = victim.or(Some(f.client.0));
                user = shown(&format!("{}\\{}", l.domainname, l.username));
            }
        }
    }
    let (_, subject) = named(ground, chain, who, first);
    let mut out = begin(ground, &DETECTION, &subject, (chain, who), &packets)?;
    out.dst = victim.or(others.first().map(|s| s.1));
    let told: Vec<String> = names.iter().take(6).map(|n| shown(n)).collect();
    out.title = format!(
        "{who} answered for {} of others",
        plural(names.len() as u64, "name")
    );
    let denied = if gone {
        "; DNS says that there is no such name"
    } else {
        ""
    };
    out.why = format!("For {}{denied}. {}", told.join(", "), DETECTION.why);
    match victim {
        Some(ip) => {
            out.confidence = LOGGED_IN;
            out.why += &format!(" {ip} logged in to it as {user}.");
        }
        None => (out.severity, out.confidence) = (Severity::Medium, ANSWERED),
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{Reply, question, question_to};
    use super::*;
    use crate::tape::Tape;

    const EVIL: [u8; 4] = [10, 0, 0, 66];

    fn answers(tape: &mut Tape, names: &[&str]) {
        for name in names {
            question_to(
                tape,
                ([10, 0, 0, 7], 50_000),
                (EVIL, 5355),
                name,
                1,
                &Reply::Address(30, EVIL),
            );
        }
    }

    #[test]
    fn one_name_is_its_own_two_are_not() {
        for (names, n) in [
            (&["pc"][..], 0),
            (&["pc", "pc"], 0),
            (&["fileserv", "wpadd"], 1),
        ] {
            let mut tape = Tape::default();
            answers(&mut tape, names);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{names:?}");
            assert!(
                all.iter()
                    .all(|f| f.severity == Severity::Medium && f.confidence == ANSWERED)
            );
        }
    }

    #[test]
    fn a_name_that_dns_denies() {
        let mut tape = Tape::default();
        question(
            &mut tape,
            ([10, 0, 0, 7], 40_000),
            "fileserv",
            1,
            &Reply::NoName,
        );
        answers(&mut tape, &["fileserv"]);
        assert_eq!(found(&tape, &DETECTION).len(), 1);
    }

    /// What is another's address is no answer for oneself: a relay of names is another matter.
    #[test]
    fn an_answer_for_another_address() {
        let mut tape = Tape::default();
        for name in ["a1", "b2"] {
            let told = Reply::Address(30, [10, 0, 0, 99]);
            question_to(
                &mut tape,
                ([10, 0, 0, 7], 50_000),
                (EVIL, 5355),
                name,
                1,
                &told,
            );
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
