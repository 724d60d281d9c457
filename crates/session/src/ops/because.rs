//! What explains a finding, a packet, a conversation, a file or a host at a time, and what followed it.

use crate::conclude::Merge;
use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::job::Job;
use crate::judge::Judging;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, names, parse, passed};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_analyze::activity::Activity;
use weir_analyze::chain::{self, Cited, Event, Item};
use weir_analyze::detections::Findings;
use weir_analyze::environment::{Environment, HostId};
use weir_dissect::flow::Flow;
use weir_model::{PacketRef, Scope, Timestamp};

/// Packets that an item cites.
const CITED: usize = 4;

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    scope: Option<Scope>,
    /// Its id, or the beginning of it.
    #[serde(default)]
    finding: Option<String>,
    /// `A:12`.
    #[serde(default)]
    packet: Option<String>,
    /// `A:tcp:17`.
    #[serde(default)]
    flow: Option<String>,
    /// `A:120.0`.
    #[serde(default)]
    file: Option<String>,
    /// An address, with `time`.
    #[serde(default)]
    host: Option<String>,
    /// Epoch seconds with nine digits, as every time here.
    #[serde(default)]
    time: Option<String>,
}

struct BecauseOp {
    args: Args,
    merge: Merge,
    judging: Judging,
}

impl Args {
    /// The finding that is asked about.
    fn finding(&self) -> Option<&str> {
        self.finding.as_deref().filter(|id| !id.is_empty())
    }
}

pub(crate) fn because(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(BecauseOp {
        args: parse(args)?,
        merge: Merge::default(),
        judging: Judging::default(),
    }))
}

fn cited(session: &Session, p: PacketRef) -> Option<Cited> {
    let entry = session.entry(p)?;
    let chain = session.capture(p.capture)?.chain;
    Some((p, entry.time, entry.flow.map(|f| (chain, f.0))))
}

/// The side of the network of a conversation, else its client.
fn of_flow(env: &Environment, chain: usize, f: &Flow) -> Option<HostId> {
    let at = |ip| env.at(chain, ip, f.begun);
    let own = |id: &HostId| env.host(*id).is_some_and(|h| h.internal);
    let (client, server) = (at(f.client.0), at(f.server.0));
    client.filter(own).or(server.filter(own)).or(client)
}

/// What is asked about: who, its packets, and how it is called.
struct About {
    host: HostId,
    packets: Vec<Cited>,
    says: String,
}

fn wrong(message: &str) -> SessionError {
    SessionError::new(ErrorKind::Request, message.to_owned())
}

fn about(
    session: &mut Session,
    args: &Args,
    all: Option<&Findings>,
) -> Result<About, SessionError> {
    let people = session.people();
    let env = &people.environment;
    if let Some((id, all)) = args.finding().zip(all) {
        let named = all.rows.iter().find(|f| f.id.starts_with(id));
        let f = named.ok_or_else(|| wrong(&format!("there is no finding {id}")))?;
        let host = f
            .host
            .ok_or_else(|| wrong("this finding is about no host"))?;
        let packets = f.evidence.packets().filter_map(|p| cited(session, p));
        return Ok(About {
            host,
            packets: packets.collect(),
            says: f.title.clone(),
        });
    }
    if let Some(host) = args.host.as_deref() {
        return of_host(session, env, host, args.time.as_deref());
    }
    let (packets, says): (Vec<PacketRef>, String) = if let Some(text) = &args.packet {
        (vec![names::find_packet(session, text)?], String::new())
    } else if let Some(text) = &args.flow {
        let (chain, id) = names::find_flow(session, text)?;
        let flow = session.chains.get(chain).and_then(|c| c.facts().flow(id));
        let flow = flow.ok_or_else(|| wrong("there is no such conversation"))?;
        (vec![flow.first, flow.last], String::new())
    } else if let Some(text) = &args.file {
        let id = names::read_artifact(text)?;
        let mut all = session.chains.iter().flat_map(|c| &c.facts().artifacts);
        let a = all.find(|a| a.id == id);
        let a = a.ok_or_else(|| wrong(&format!("there is no file {text}")))?;
        let asked = a.asked.map(|p| p.0);
        let name = a.names.first().map_or("a file", |n| &n.text);
        let packets = asked.into_iter().chain([a.first, a.last]);
        (packets.collect(), name.to_owned())
    } else {
        return Err(wrong(
            "of a finding, a packet, a conversation, a file, or a host at a time",
        ));
    };
    let packets: Vec<Cited> = packets
        .into_iter()
        .filter_map(|p| cited(session, p))
        .collect();
    let says = if says.is_empty() {
        packets
            .first()
            .map_or_else(String::new, |p| format!("packet {}", names::packet(p.0)))
    } else {
        says
    };
    let host = packets.iter().find_map(|p| {
        let (chain, id) = p.2?;
        of_flow(env, chain, session.chains.get(chain)?.facts().flow(id)?)
    });
    let host = host.ok_or_else(|| wrong("it belongs to no conversation, so to no host"))?;
    Ok(About {
        host,
        packets,
        says,
    })
}

/// `1761993979.694` as a time.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let nanos: i64 = format!("{part:0<9}").get(..9)?.parse().ok()?;
    Some(Timestamp::from_parts(whole.parse().ok()?, nanos))
}

/// A host at a time: what it did next.
fn of_host(
    session: &Session,
    env: &Environment,
    host: &str,
    time: Option<&str>,
) -> Result<About, SessionError> {
    let ip = host.parse().map_err(|_| wrong("the host is no address"))?;
    let from = time
        .and_then(epoch)
        .ok_or_else(|| wrong("a host needs a time, in epoch seconds"))?;
    let flows = || {
        let all = session.chains.iter().enumerate();
        all.flat_map(|(n, c)| c.facts().flows.iter().map(move |f| (n, f)))
    };
    let next = flows()
        .filter(|(_, f)| (f.client.0 == ip || f.server.0 == ip) && f.begun >= from)
        .min_by_key(|(_, f)| (f.begun, f.first));
    let (chain, f) = next.ok_or_else(|| wrong("this host has no conversation from then on"))?;
    let id = env.at(chain, ip, f.begun);
    Ok(About {
        host: id.ok_or_else(|| wrong("nobody had this address then"))?,
        packets: cited(session, f.first).into_iter().collect(),
        says: format!("{host} from packet {} on", names::packet(f.first)),
    })
}

fn row(i: &Item) -> Value {
    let cited = i.packets.iter().take(CITED);
    object!({
        "time": i.time.epoch(),
        "says": i.says,
        "word": i.word,
        "link": i.link,
        "typed": i.typed,
        "packets": cited.clone().map(|p| names::packet(*p)).collect::<Vec<_>>(),
        "evidence": cited.map(|p| names::evidence(*p)).collect::<Vec<_>>(),
    })
}

fn side(rows: &[Item], more: usize, then: bool) -> Value {
    let says = if rows.is_empty() {
        Some(chain::empty(then).to_owned())
    } else {
        chain::beyond(more)
    };
    object!({
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "more": more,
        "says": says,
    })
}

impl Op for BecauseOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let mut all = None;
        if self.args.finding().is_some() {
            let scope = self.args.scope.as_ref();
            all = self.judging.step(cx.session, scope, fuel);
            if all.is_none() {
                return Out::More;
            }
        }
        let about = match about(cx.session, &self.args, all.as_deref()) {
            Ok(about) => about,
            Err(e) => return Out::Failed(e),
        };
        let people = cx.session.people();
        let env = &people.environment;
        let strip = cx.session.conclude(|input| {
            let event = Event::of(input, about.host, &about.packets)?;
            let activity = Activity::new(input, env);
            Some((chain::strip(input, env, &activity, &event), event.first))
        });
        let Some((strip, first)) = strip else {
            return Out::Failed(wrong("it has no packet"));
        };
        let host = env.host(about.host);
        let packets = about.packets.iter().take(CITED);
        Ok(object!({
            "says": about.says,
            "host": host.and_then(|h| h.address()).map(|ip| ip.to_string()),
            "name": host.and_then(|h| h.name()).map(|n| n.text.clone()),
            "time": first.epoch(),
            "packets": packets.clone().map(|p| names::packet(p.0)).collect::<Vec<_>>(),
            "evidence": packets.map(|p| names::evidence(p.0)).collect::<Vec<_>>(),
            "window_s": chain::WINDOW.0 / 1_000_000_000,
            "because": side(&strip.because, strip.because_more, false),
            "then": side(&strip.then, strip.then_more, true),
        }))
        .into()
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.judging.progress(), "checks"))
    }
}
