//! A connection that stays open for hours to somebody whom hardly anybody here contacts; and what repeats inside it,
//! which no list of connections shows.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::need::span_words;
use super::score::{Plot, Rhythm, Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::Peer;
use crate::answers::{plural, shown};
use crate::environment::Role;
use crate::rhythm::{Null, Sleeper, Verdict, collapse, forecast_sleeper, judge as compare};
use std::collections::BTreeMap;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::{Duration, FlowId, Timestamp};

/// Open at least so long: RITA's base level.
const OPEN: Duration = Duration(3_600_000_000_000);
/// Hosts of a hundred that may use the peer.
const RARE: u32 = 20;
/// Pauses ended by the client, from which on their rhythm is asked for.
const RECORDS: usize = 10;
/// Pattern from which on they are regular.
const PATTERN: f64 = 0.8;
/// Rare and open says little; regular inside says more.
const LONG: f64 = 0.5;
/// Bars of the plot.
const BARS: usize = 24;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "c2.long_connection",
    title: "A connection stays open for hours",
    why: "Who controls a host from outside keeps a connection to it; what checks in inside one connection begins no other, so nothing that counts connections sees it.",
    how: "Conversations with content in both directions, open for at least an hour, whose peer at most a fifth of the hosts here contact, without those to servers of the network. What the client says after silences of ten seconds and more is tested for regular gaps as check-ins are; with at least ten such gaps it can be an alarm, if besides the peer has no name, its certificate is signed by itself, or the client is used for nothing else.",
    innocent: "Remote work over VPN, SSH or a remote desktop; chat and push messages, which keep a connection and say something in it every few minutes.",
    settle: "Find on the host which program holds the connection, and ask who uses it.",
    techniques: &["T1071", "T1571"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Seconds(3_600)],
    keys,
    judge,
    rank,
};

fn flow<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Flow> {
    ground.input.chains.get(at.0)?.facts.flows.get(at.1)
}

fn serves_here(ground: &Ground<'_>, f: &Flow) -> bool {
    let roles = [Role::Server, Role::Resolver, Role::Proxy, Role::Gateway];
    let hosts = ground
        .env
        .having(f.server.0)
        .filter_map(|h| ground.env.host(h));
    hosts
        .filter(|h| h.internal)
        .any(|h| roles.iter().any(|r| h.is(*r)))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            let long = f.ended.since(f.begun) >= OPEN;
            let both = f.payload[0] > 0 && f.payload[1] > 0;
            if !long || !both || serves_here(ground, f) {
                continue;
            }
            let host = ground.env.at(chain, f.client.0, f.begun);
            let host = host.and_then(|id| ground.env.host(id));
            if host.is_none_or(|h| !h.internal) {
                continue;
            }
            let over = if f.transport == Transport::Tcp {
                "tcp"
            } else {
                "udp"
            };
            let subject = format!(
                "{}|{}|{over}{}",
                who(host, f.client.0),
                f.server.0,
                f.server.1
            );
            // Several to the same peer are one matter: the longest stands for them.
            out.entry(subject).or_default().push((chain, n));
        }
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

/// What the client said after silences: times in seconds from the first, and how much.
struct Said {
    base: Timestamp,
    times: Vec<f64>,
    packets: Vec<weir_model::PacketRef>,
    sizes: Vec<u64>,
}

fn said(ground: &Ground<'_>, at: (usize, usize)) -> Option<Said> {
    let facts = ground.input.chains.get(at.0)?.facts;
    let id = FlowId(u32::try_from(at.1).ok()?);
    let rows = facts.pauses.all().iter();
    let mine: Vec<_> = rows
        .filter(|p| p.flow == id && p.direction.index() == 0)
        .collect();
    let base = mine.first()?.time;
    Some(Said {
        base,
        times: mine
            .iter()
            .map(|p| p.time.since(base).0 as f64 / 1e9)
            .collect(),
        packets: mine.iter().map(|p| p.packet).collect(),
        sizes: mine.iter().map(|p| u64::from(p.len)).collect(),
    })
}

/// The rhythm inside a connection.
fn regular(ground: &Ground<'_>, at: (usize, usize), said: &Said) -> Option<Verdict<Sleeper>> {
    let checkins = collapse(&said.times).into_iter().last()?;
    if checkins.gaps().len() < RECORDS {
        return None;
    }
    let f = flow(ground, at)?;
    let host = ground.env.at(at.0, f.client.0, f.begun)?;
    let events = ground.activity.of_host(host).iter();
    let at = |n: &u32| Some(ground.activity.event(*n)?.time.since(said.base).0 as f64 / 1e9);
    let pool = || events.clone().filter_map(at).collect();
    compare(&checkins, None, Null { pool: &pool }, 1.0 - PATTERN)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let longest = |at: &&(usize, usize)| flow(ground, **at).map(|f| f.ended.since(f.begun));
    let at = *key.rows.iter().max_by_key(longest)?;
    let f = flow(ground, at)?;
    let host = ground.env.at(at.0, f.client.0, f.begun)?;
    let activity = &ground.activity;
    let address = Peer::Address(f.server.0, f.server.1, f.transport);
    let contact = activity.contact(host, address)?;
    let name = contact.events.first().and_then(|e| activity.name_of(*e));
    let site = contact.events.first().and_then(|e| activity.site_of(*e));
    let users = activity
        .users(address)
        .max(site.map_or(0, |s| activity.users(Peer::Site(s))));
    let all = activity.active();
    if users > 1 && users * 100 > all * RARE {
        return None;
    }
    let place = (u32::try_from(at.0).ok()?, FlowId(u32::try_from(at.1).ok()?));
    let client = activity.client_of(place);
    let alone = client.is_some_and(|c| {
        let elsewhere = activity.contact(host, Peer::Client(c));
        activity.users(Peer::Client(c)) == 1
            && elsewhere.is_none_or(|c| {
                let own = contact.events.iter().filter_map(|e| activity.event(*e));
                let own: Vec<_> = own.map(|e| e.flow).collect();
                activity.events(c).all(|e| own.contains(&e.flow))
            })
    });
    let distrusted = activity.distrusted(place);
    let said = said(ground, at);
    let inside = said.as_ref().and_then(|s| regular(ground, at, s));
    let pattern = inside.as_ref().map_or(0.0, |v| (1.0 - v.p).min(0.99));
    let is_regular = pattern >= PATTERN;
    let cited = said
        .iter()
        .filter(|_| is_regular)
        .flat_map(|s| s.packets.iter().copied());
    let evidence = Evidence::of([f.first, f.last].into_iter().chain(cited))?;
    let span = (f.begun, f.ended);
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host,
        f.client.0,
        span,
        evidence,
    );
    (out.dst, out.dport) = (Some(f.server.0), Some(f.server.1));
    out.domain = name.map(str::to_owned);
    let open = f.ended.since(f.begun);
    let whom = name.map_or_else(|| f.server.0.to_string(), |n| shown(n).to_string());
    out.title = format!(
        "{} held a connection to {whom} for {}",
        f.client.0,
        span_words(open)
    );
    let odd = [name.is_none(), distrusted, alone]
        .iter()
        .filter(|x| **x)
        .count();
    (out.severity, out.confidence) = if is_regular && odd > 0 && users <= 1 {
        (Severity::Medium, pattern)
    } else {
        (Severity::Low, LONG)
    };
    let sent = format!("{} bytes sent, {} received", f.payload[0], f.payload[1]);
    let more = match key.rows.len() {
        1 => String::new(),
        n => format!(" ({} as long)", plural(n as u64 - 1, "other")),
    };
    out.why = format!(
        "{sent}{more}; {users} of {} here contact it. ",
        plural(u64::from(all), "host")
    );
    if let Some(v) = inside.as_ref().filter(|_| is_regular) {
        out.why.push_str(&format!(
            "Inside, the client speaks about every {}, {} times. ",
            span_words(Duration((v.model.period * 1e9) as i64)),
            v.model.gaps + 1
        ));
    }
    for (yes, says) in [
        (name.is_none(), "Nothing names the peer. "),
        (
            distrusted,
            "Its certificate is signed by itself or out of date. ",
        ),
        (
            alone,
            "The client is used by this host only, and for nothing else. ",
        ),
    ] {
        if yes {
            out.why.push_str(says);
        }
    }
    out.why.push_str(DETECTION.why);
    if let (Some(v), Some(said)) = (inside, said) {
        let last = said.times.last().copied().unwrap_or(0.0);
        let end = f.ended.since(said.base).0 as f64 / 1e9;
        let forecast = forecast_sleeper(&v.model, last, end);
        out.plots.push(speech(f, &said));
        out.scores.push(Score {
            name: "pattern",
            formula: "1 - chance, at most 0.99",
            result: pattern,
            terms: vec![Term::plain(
                "chance",
                v.p,
                format!("how often {} drawn lists are as regular", v.drawn),
            )],
        });
        if is_regular {
            out.rhythm = Some(Rhythm {
                period: Duration((v.model.period * 1e9) as i64),
                seen: said.times.len() as u64,
                missed: v.model.missed,
                // Inside one connection nothing comes after its end.
                next: Vec::new(),
                tested: forecast.tested,
                says: "inside one connection, while it is open".to_owned(),
                foretold: None,
            });
        }
    }
    Some(out)
}

/// Bytes that the client brought after silences, over the life of the connection.
fn speech(f: &Flow, said: &Said) -> Plot {
    let begun = said.base.since(f.begun).0 as f64 / 1e9;
    let width = (f.ended.since(f.begun).0 as f64 / 1e9 / BARS as f64).max(1.0);
    let mut bars: Vec<(f64, u64)> = (0..BARS).map(|n| (n as f64 * width, 0)).collect();
    for (time, size) in said.times.iter().zip(&said.sizes) {
        let place = (((begun + time) / width) as usize).min(BARS - 1);
        if let Some(bar) = bars.get_mut(place) {
            bar.1 += size;
        }
    }
    Plot {
        title: "Bytes after silences, from the connection's begin",
        unit: "seconds",
        bars,
    }
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 7], 40_000);
    const SERVER: End = ([203, 0, 113, 77], 4444);

    /// A connection in which the client says something after each of `gaps` seconds.
    fn held(server: End, gaps: &[i64]) -> Tape {
        let mut tape = Tape::default();
        for n in 0..6 {
            tape.talk(
                ([10, 0, 0, 20 + n], 50_000),
                ([198, 51, 100, 4], 80),
                b"?",
                b"!",
            );
        }
        tape.tcp(CLIENT, server, 100, 0, 2, &[]);
        tape.tcp(server, CLIENT, 500, 101, 0x12, &[]);
        tape.tcp(CLIENT, server, 101, 501, 0x10, &[]);
        let (mut asked, mut told) = (101, 501);
        for gap in gaps {
            tape.now = tape.now.plus(Duration::seconds(*gap));
            tape.tcp(CLIENT, server, asked, told, 0x18, b"still here");
            asked += 10;
            tape.tcp(server, CLIENT, told, asked, 0x18, b"go on");
            told += 5;
        }
        tape
    }

    #[test]
    fn an_hour_and_a_rhythm() {
        let all = found(&held(SERVER, &[118, 121, 120].repeat(12)), &DETECTION);
        let one = all.first().expect("found");
        assert_eq!(one.severity, Severity::Medium, "{}", one.why);
        assert!(
            one.why.contains("Inside, the client speaks about every 2"),
            "{}",
            one.why
        );
        assert_eq!(one.evidence.packets().count(), 38);
        assert!(one.rhythm.as_ref().is_some_and(|r| r.seen == 36));
    }

    #[test]
    fn without_a_rhythm_it_is_a_note() {
        let gaps = [
            11, 900, 35, 400, 77, 1_300, 13, 16, 222, 650, 60, 28, 519, 95,
        ];
        let all = found(&held(SERVER, &gaps), &DETECTION);
        let one = all.first().expect("found");
        assert_eq!(
            (one.severity, one.confidence),
            (Severity::Low, LONG),
            "{}",
            one.why
        );
    }

    #[test]
    fn shorter_than_an_hour_is_none() {
        assert_eq!(found(&held(SERVER, &[110; 30]), &DETECTION), []);
    }

    #[test]
    fn what_others_use_too_is_none() {
        let mut tape = held(SERVER, &[120; 40]);
        for n in 0..6 {
            tape.talk(([10, 0, 0, 20 + n], 50_001), SERVER, b"?", b"!");
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
