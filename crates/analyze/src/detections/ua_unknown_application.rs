//! A program that is none of ours: its User-Agent is outside of the list that the analyst gave or the baseline holds.

use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::http::Transaction;

/// Outside of a list that somebody wrote.
const TYPED: f64 = 0.7;
/// Outside of what an earlier time happened to show.
const LEARNED: f64 = 0.5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "ua.unknown_application",
    title: "A program that is not on the list of our applications",
    why: "Who knows which programs run here knows that this one should not.",
    how: "User-Agents of hosts of the network that are outside of the list of our applications: what the scope names (a product, a whole agent of any version, or with * for anything) and, where there is a baseline, every agent in it. Versions do not matter. Without a list nothing is checked.",
    innocent: "The list lacks a program that is allowed; a program changed how it names itself.",
    settle: "Find on the host which program it is; add it to the list where it belongs there.",
    techniques: &["T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content, Need::Applications],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let Some(ours) = ground.applications() else {
        return Vec::new();
    };
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    let mut found: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, t) in c.facts.messages.all::<Transaction>().iter().enumerate() {
            let agent = t.request.as_ref().and_then(|r| r.user_agent.as_deref());
            // What names nothing has a check of its own.
            let Some(agent) = agent.filter(|a| a.trim().len() > 1 && !t.meta.duplicate) else {
                continue;
            };
            let part = ground.earlier().map(|e| e.now);
            if *known.entry(agent).or_insert_with(|| ours.knows(agent))
                || part.is_some_and(|p| !p.holds(t.meta.time, t.meta.first))
            {
                continue;
            }
            let inside = t.meta.flow.and_then(|f| c.facts.flow(f)).and_then(|f| {
                let client = f.ends(t.meta.direction).0.0;
                let id = ground.env.at(chain, client, t.meta.time)?;
                ground.env.host(id).filter(|h| h.internal)
            });
            if inside.is_some() {
                let rows = found.entry(agent).or_default();
                if rows.len() < Evidence::CITED {
                    rows.push((chain, n));
                }
            }
        }
    }
    let key = |(agent, rows): (&str, Vec<(usize, usize)>)| Key {
        subject: agent.to_owned(),
        rows,
    };
    found.into_iter().map(key).collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let ours = ground.applications()?;
    let rows = || {
        key.rows.iter().filter_map(|(chain, n)| {
            let facts = ground.input.chains.get(*chain)?.facts;
            let t = facts.messages.all::<Transaction>().get(*n)?;
            let (client, server) = facts.flow(t.meta.flow?)?.ends(t.meta.direction);
            let host = ground.env.at(*chain, client.0, t.meta.time)?;
            Some((t, host, client.0, server))
        })
    };
    let (t, host, client, server) = rows().next()?;
    let evidence = Evidence::of(rows().map(|r| r.0.meta.first))?;
    let span = (
        rows().map(|r| r.0.meta.time).min()?,
        rows().map(|r| r.0.meta.end).max()?,
    );
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host,
        client,
        span,
        evidence,
    );
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    out.domain = t.request.as_ref()?.host.as_deref().map(str::to_owned);
    let others: BTreeSet<_> = rows().map(|r| r.1).filter(|id| *id != host).collect();
    out.others = others.into_iter().collect();
    out.title = format!(
        "{client} runs \u{201c}{}\u{201d}, which is not on the list of our applications",
        shown(&key.subject)
    );
    out.confidence = if ours.typed { TYPED } else { LEARNED };
    // What several run somebody brought in; what one runs nobody knows.
    if !ours.typed || !out.others.is_empty() {
        out.severity = Severity::Low;
    }
    let list = if ours.typed {
        "the list of our applications names nothing like it"
    } else {
        "nothing like it is in the baseline"
    };
    out.why = format!(
        "Sent by {}; {list}, of any version. {}",
        plural(1 + out.others.len() as u64, "host"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{Ground, run};
    use super::*;
    use crate::applications::Applications;
    use crate::environment::Environment;
    use crate::input::Input;
    use crate::tape::Tape;

    fn told(list: &[&str], agents: &[(u8, &str)]) -> (Vec<Finding>, String) {
        let mut tape = Tape::default();
        for (n, (host, agent)) in agents.iter().enumerate() {
            let ask =
                format!("GET /{n} HTTP/1.1\r\nHost: x.example.com\r\nUser-Agent: {agent}\r\n\r\n");
            let from = ([10, 0, 0, *host], 40_000 + u16::try_from(n).unwrap());
            let tell = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            tape.talk(from, ([198, 51, 100, 9], 80), ask.as_bytes(), tell);
        }
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let list: Vec<String> = list.iter().map(|l| (*l).to_owned()).collect();
        let ours = Applications::new(&list, None);
        let found = run(Ground::new(&input, &env, None).ours(ours));
        let says = found.checked.iter().find(|c| c.detection == DETECTION.id);
        let says = says.map(|c| c.says.clone()).unwrap_or_default();
        let rows = found
            .rows
            .into_iter()
            .filter(|f| f.detection == DETECTION.id);
        (rows.collect(), says)
    }

    #[test]
    fn what_is_not_on_the_list_is_told_and_of_several_hosts_with_less_weight() {
        let (rows, _) = told(
            &["curl", "Mozilla/5.0 (X11) Firefox/1.0"],
            &[
                (7, "curl/8.5.0"),
                (8, "Mozilla/5.0 (X11) Firefox/128.3"),
                (7, "taskhost/0.3"),
                (8, "Updater/1"),
                (9, "Updater/1"),
            ],
        );
        let titles: Vec<_> = rows
            .iter()
            .map(|f| (f.severity, f.title.as_str()))
            .collect();
        assert_eq!(titles.len(), 2, "{titles:?}");
        assert_eq!(titles[0].0, Severity::Medium);
        assert!(
            titles[0]
                .1
                .starts_with("10.0.0.7 runs \u{201c}taskhost/0.3\u{201d}"),
            "{titles:?}"
        );
        assert_eq!((titles[1].0, rows[1].others.len()), (Severity::Low, 1));
    }

    #[test]
    fn without_a_list_nothing_is_checked() {
        let (rows, says) = told(&[], &[(7, "taskhost/0.3")]);
        assert!(rows.is_empty());
        assert_eq!(says, "not checked: there is no list of our applications");
    }
}
