//! A new destination that one host alone contacts, without anybody browsing.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::{Event, Peer};
use crate::answers::{plural, shown};
use std::collections::HashSet;
use weir_dissect::protocols::http::Transaction;
use weir_model::baseline::Kind;
use weir_model::{Duration, FlowId};

/// Seconds either side in which another contact makes it a part of a page.
const AROUND: Duration = Duration(10_000_000_000);
/// Contacts below which it may be anything.
const EVENTS: usize = 3;
/// Share of them that nothing stands around.
const ALONE: f64 = 0.8;
/// New, rare and alone.
const SURE: f64 = 0.5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "pattern.rare_destination",
    title: "One host alone contacts somebody new, and no page leads there",
    why: "A program that nobody started calls a place that nobody visits.",
    how: "Registered domains that the baseline does not hold and that one host alone contacts, at least three times, four of five of them without any other contact outside within ten seconds and without a Referer: no part of a page. Only against a baseline: without one, new means little.",
    innocent: "A program installed since; a site that one person opens from a bookmark again and again.",
    settle: "Find on the host which program connected.",
    techniques: &["T1071"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let Some(against) = ground.earlier() else {
        return Vec::new();
    };
    let beyond = ground
        .deviations()
        .is_none_or(|d| d.beyond.contains(&Kind::Site));
    let known = against.baseline.of(Kind::Site);
    let all = ground.activity.contacts().iter().enumerate();
    all.filter(|(_, c)| !beyond && c.events.len() >= EVENTS && ground.activity.users(c.peer) == 1)
        .filter_map(|(n, c)| {
            let Peer::Site(site) = c.peer else {
                return None;
            };
            let name = ground.activity.text(site);
            if known.contains_key(name) {
                return None;
            }
            let host = ground.env.host(c.host)?;
            // What a new host does is told with the host.
            let who = who(Some(host), host.address()?);
            let there = against.baseline.of(Kind::Host).contains_key(&who);
            there.then(|| Key {
                subject: format!("{who}|{name}"),
                rows: vec![(n, 0)],
            })
        })
        .collect()
}

/// Flows of a chain in which a request names the page that led there.
fn led(ground: &Ground<'_>, chain: u32) -> HashSet<FlowId> {
    let facts = ground.input.chains.get(chain as usize).map(|c| c.facts);
    let all = facts
        .into_iter()
        .flat_map(|f| f.messages.all::<Transaction>());
    all.filter(|t| t.request.as_ref().is_some_and(|r| r.referer.is_some()))
        .filter_map(|t| t.meta.flow)
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let contact = ground.activity.contacts().get(key.rows.first()?.0)?;
    let Peer::Site(site) = contact.peer else {
        return None;
    };
    let part = ground.earlier()?.now;
    let events: Vec<&Event> = ground
        .activity
        .events(contact)
        .filter(|e| !e.failed && part.holds(e.time, e.packet))
        .collect();
    if events.len() < EVENTS {
        return None;
    }
    // Connections elsewhere outside: look-ups do not lead anywhere by themselves.
    let name = ground.activity.text(site);
    let mut others: Vec<&Event> = Vec::new();
    for n in ground.activity.of_host(contact.host) {
        let Some(event) = ground.activity.event(*n) else {
            continue;
        };
        let facts = ground
            .input
            .chains
            .get(event.flow.0 as usize)
            .map(|c| c.facts);
        let flow = facts.and_then(|f| f.flow(event.flow.1));
        let outside = flow.is_some_and(|f| {
            !matches!(f.server.1, 53 | 123) && !weir_model::is_internal(f.server.0)
        });
        if outside && ground.activity.name_of(*n) != Some(name) {
            others.push(event);
        }
    }
    let alone = |e: &&&Event| {
        let from = e.time.plus(Duration(-AROUND.0));
        let at = others.partition_point(|o| o.time < from);
        let near = others.get(at);
        near.is_none_or(|o| o.time > e.time.plus(AROUND))
    };
    let enough = |n: usize| n >= EVENTS && n as f64 / events.len() as f64 >= ALONE;
    let mut by_itself: Vec<&&Event> = events.iter().filter(alone).collect();
    if !enough(by_itself.len()) {
        return None;
    }
    let led = led(ground, events.first()?.flow.0);
    by_itself.retain(|e| !led.contains(&e.flow.1));
    let by_itself = by_itself.len();
    let share = by_itself as f64 / events.len() as f64;
    if !enough(by_itself) {
        return None;
    }
    let evidence = Evidence::of(events.iter().map(|e| e.packet))?;
    let span = (events.first()?.time, events.iter().map(|e| e.ended).max()?);
    let src = ground.env.host(contact.host)?.address()?;
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        contact.host,
        src,
        span,
        evidence,
    );
    let facts = ground
        .input
        .chains
        .get(events.first()?.flow.0 as usize)?
        .facts;
    let server = facts.flow(events.first()?.flow.1).map(|f| f.server);
    (out.dst, out.dport) = (server.map(|s| s.0), server.map(|s| s.1));
    out.domain = Some(name.to_owned());
    out.title = format!(
        "{src} alone contacts {}, which is new, and no page leads there",
        shown(name)
    );
    out.why = format!(
        "Contacted {}, {by_itself} of them with nothing else around; the baseline does not know it. {}",
        plural(events.len() as u64, "time"),
        DETECTION.why
    );
    out.confidence = SURE * share;
    out.scores = vec![Score {
        name: "alone",
        formula: "contacts without another one outside within ten seconds, and without a Referer / contacts",
        result: share,
        terms: vec![
            Term::plain("alone", by_itself as f64, "contacts".to_owned()),
            Term::plain("contacts", events.len() as f64, "in all".to_owned()),
        ],
    }];
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{Against, Ground, run};
    use super::*;
    use crate::activity::Activity;
    use crate::baseline::{Part, current};
    use crate::environment::Environment;
    use crate::input::Input;
    use crate::tape::Tape;
    use weir_model::Timestamp;

    fn tape(hours: u16, more: impl Fn(&mut Tape, i64)) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for n in 0..hours {
            for host in [7, 8] {
                let at = 1_700_000_000 + i64::from(n) * 3600 + i64::from(host) * 60;
                tape.now = Timestamp::from_parts(at, 0);
                let client = ([10, 0, 0, host], 20_000 + n);
                tape.look_up(client, "www.news.example", Some([198, 51, 100, 9]));
                tape.talk(client, ([198, 51, 100, 9], 443), b"get", b"got");
            }
            more(&mut tape, 1_700_000_000 + i64::from(n) * 3600);
        }
        tape
    }

    /// Host 7 to a place nobody knew, so many seconds after its own visit to the news.
    fn calls(hours: u16, after: i64, hosts: &[u8]) -> Vec<String> {
        let then = tape(48, |_, _| ());
        let hosts = hosts.to_vec();
        let now = tape(hours, |tape, hour| {
            for host in &hosts {
                tape.now = Timestamp::from_parts(hour + i64::from(*host) * 60 + after, 0);
                let client = (
                    [10, 0, 0, *host],
                    30_000 + u16::try_from(hour / 3600 % 900).unwrap(),
                );
                tape.look_up(client, "cdn.strange.example", Some([203, 0, 113, 4]));
                tape.talk(client, ([203, 0, 113, 4], 443), b"any work", b"no");
            }
        });
        let document = {
            let dissector = then.load();
            let input = Input::of(dissector.facts(), vec![then.span()]);
            let env = Environment::new(&input);
            current(&input, &env, &Activity::new(&input, &env), &Part::default()).document
        };
        let dissector = now.load();
        let input = Input::of(dissector.facts(), vec![now.span()]);
        let env = Environment::new(&input);
        let against = Against {
            baseline: &document,
            now: &Part::default(),
        };
        let found = run(Ground::new(&input, &env, None).against(Some(against)));
        let mine = found
            .rows
            .into_iter()
            .filter(|f| f.detection == DETECTION.id);
        mine.map(|f| f.title).collect()
    }

    #[test]
    fn new_rare_and_alone() {
        let told = calls(6, 600, &[7]);
        assert_eq!(
            told,
            ["10.0.0.7 alone contacts strange.example, which is new, and no page leads there"]
        );
    }

    #[test]
    fn part_of_a_page_two_hosts_and_two_times_are_silent() {
        assert_eq!(calls(6, 5, &[7]), [""; 0]);
        assert_eq!(calls(6, 600, &[7, 8]), [""; 0]);
        assert_eq!(calls(2, 600, &[7]), [""; 0]);
    }
}
