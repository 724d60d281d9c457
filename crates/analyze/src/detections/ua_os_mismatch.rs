//! A User-Agent names another operating system than the host's others do, or than its packets show.

use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, named};
use super::requests::{Sent, sent};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use crate::environment::{HostId, Role};
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::http::Transaction;

/// Hosts whose Windows agents go with Windows' hop count, below which hop counts say nothing here: some networks
/// and some captures rewrite it.
const CONSISTENT: usize = 2;
/// Hop count that Windows begins with.
const WINDOWS: u8 = 128;
/// Two systems by agents alone: programs invent agents.
const AGENTS: f64 = 0.45;
/// By agent and hop count.
const HOPS: f64 = 0.6;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "ua.os_mismatch",
    title: "A User-Agent of another operating system",
    why: "Programs that pretend to be a browser carry an agent that somebody wrote down once; it need not fit the machine.",
    how: "A browser's agent names a system (Windows, macOS, Linux, Android, iOS) while most requests of the same host name another. Where others here show that Windows sends with 128 hops, an agent that fits neither the host's others nor its hop count is medium.",
    innocent: "A virtual machine or telephone behind the same address; browsers that are told to pretend; Windows programs run on Linux.",
    settle: "See on the host which program sends that agent.",
    techniques: &["T1036", "T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content],
    keys,
    judge,
    rank,
};

/// The system that a browser's agent names.
fn system(agent: &str) -> Option<&'static str> {
    let plain = agent.strip_prefix("Mozilla/")?;
    // The narrower first: telephones name the system they are made of as well.
    [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows NT", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("X11; Linux", "Linux"),
        ("X11; Ubuntu", "Linux"),
    ]
    .iter()
    .find(|(sign, _)| plain.contains(sign))
    .map(|(_, name)| *name)
}

fn of<'a>(s: &Sent<'a>) -> Option<(&'a str, &'static str)> {
    let agent = s.request.user_agent.as_deref()?;
    Some((agent, system(agent)?))
}

/// Requests of each host that name a system, where they name more than one.
fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<HostId> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..c.facts.messages.all::<Transaction>().len() {
            let Some(s) = sent(ground, (chain, n)).filter(|s| of(s).is_some()) else {
                continue;
            };
            let host = ground.env.at(chain, s.client, s.request.first.1);
            let host = host.and_then(|id| ground.env.host(id));
            let apart = [Role::Nat, Role::Gateway, Role::Proxy];
            if let Some(h) =
                host.filter(|h| h.internal && h.mac.is_some() && !apart.iter().any(|r| h.is(*r)))
            {
                out.put(h.id, (chain, n));
            }
        }
    }
    let keys = out.keys(2, |h| h.0.to_string());
    let several = |k: &Key| {
        let names = k
            .rows
            .iter()
            .filter_map(|at| Some(of(&sent(ground, *at)?)?.1));
        names.collect::<BTreeSet<_>>().len() > 1
    };
    keys.into_iter().filter(several).collect()
}

/// Hop counts of a host's packets, each a start value.
fn hops(ground: &Ground<'_>, host: HostId) -> BTreeSet<u8> {
    let addresses = ground.env.host(host).map(|h| &h.addresses);
    let mut out = BTreeSet::new();
    for row in ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.bindings.all())
    {
        let mine = addresses.is_some_and(|a| a.iter().any(|t| t.ip == row.ip));
        if mine && row.ip.is_ipv4() && ground.env.host(host).and_then(|h| h.mac) == Some(row.mac) {
            out.extend(row.ttls.into_iter().filter(|t| *t != 0));
        }
    }
    out
}

/// Stations that send with Windows' hop count.
fn consistent(ground: &Ground<'_>) -> usize {
    let rows = ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.bindings.all());
    let windows = rows.filter(|b| b.ttls.contains(&WINDOWS)).map(|b| b.mac);
    windows.collect::<BTreeSet<_>>().len()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut by: BTreeMap<&'static str, Vec<Sent<'_>>> = BTreeMap::new();
    for s in key.rows.iter().filter_map(|at| sent(ground, *at)) {
        by.entry(of(&s)?.1).or_default().push(s);
    }
    let usual = by
        .iter()
        .max_by_key(|(name, list)| (list.len(), std::cmp::Reverse(**name)))?
        .0;
    let (odd, list) = by
        .iter()
        .filter(|(name, _)| *name != usual)
        .max_by_key(|(name, list)| (list.len(), std::cmp::Reverse(**name)))?;
    let first = *list.first()?;
    let (host, who) = named(ground, first.chain, first.client, first.request.first.1);
    let packets: Vec<_> = list.iter().flat_map(Sent::packets).collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &format!("{who}|{odd}"),
        (first.chain, first.client),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let agent = of(&first)?.0;
    out.title = format!("{} says {odd}, and {usual} otherwise", first.client);
    out.why = format!(
        "\u{201c}{}\u{201d}, in {} of {} requests that name a system. {}",
        shown(agent),
        list.len(),
        key.rows.len(),
        DETECTION.why
    );
    (out.severity, out.confidence) = (Severity::Low, AGENTS);
    let mine = hops(ground, host?);
    let against = (*odd == "Windows") != mine.contains(&WINDOWS) && !mine.is_empty();
    if against
        && mine.len() == 1
        && consistent(ground) >= CONSISTENT
        && (*odd == "Windows" || *usual == "Windows")
    {
        (out.severity, out.confidence) = (Severity::Medium, HOPS);
        let count = mine.first().copied().unwrap_or(0);
        out.why +=
            &format!(" Its packets begin with {count} hops, as {usual} does and {odd} does not.");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::request;
    use super::*;
    use crate::tape::Tape;

    const MAC: &str = "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)\r\n";
    const WINDOWS_10: &str = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n";
    const CURL: &str = "User-Agent: curl/8.5.0\r\n";

    fn asked(agents: &[&str]) -> Vec<Finding> {
        let mut tape = Tape::default();
        for (n, agent) in agents.iter().enumerate() {
            let client = ([10, 0, 0, 7], 40_000 + u16::try_from(n).unwrap());
            request(
                &mut tape,
                client,
                "GET",
                "www.example.com",
                "/",
                agent,
                b"x",
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_systems_of_one_host() {
        assert_eq!(asked(&[MAC, MAC, MAC]), []);
        assert_eq!(asked(&[MAC, CURL]), [], "a tool names none");
        let one = asked(&[MAC, MAC, WINDOWS_10]).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Low, AGENTS));
        assert!(one.title.contains("says Windows"), "{}", one.title);
    }

    #[test]
    fn systems_are_told_by_the_narrowest_sign() {
        for (agent, name) in [
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8)", Some("Android")),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
                Some("iOS"),
            ),
            ("Mozilla/5.0 (X11; Linux x86_64)", Some("Linux")),
            (
                "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
                Some("Windows"),
            ),
            ("Windows-Update-Agent/10.0", None),
            ("", None),
        ] {
            assert_eq!(system(agent), name, "{agent}");
        }
    }
}
