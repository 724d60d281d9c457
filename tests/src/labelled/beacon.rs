//! Check-ins of planted programs: a rhythm, a carrier, sizes, and the label that says so.

use super::flows::Tls;
use super::lab::{Draft, Lab};
use super::net::Host;
use super::rhythm::{Jitter, Rhythm};
use crate::packets::dns::{self, Data, Record};
use crate::packets::hello::Stack;
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, Nanos, SECOND};
use std::net::Ipv4Addr;

/// By what the check-ins travel.
#[derive(Clone, Debug, PartialEq)]
pub enum Carrier {
    /// TLS to a name with this stack.
    Tls(Stack),
    /// TLS to an address, no name told.
    TlsBare(Stack),
    /// HTTP in the clear with this agent.
    Http(&'static str),
    /// A TCP connection of a protocol of its own at this port.
    Raw(u16),
    /// DNS questions below the domain.
    Dns,
}

/// How large the check-ins are, bytes up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Mean.
    pub mean: usize,
    /// Half width as a share of it, in percent.
    pub spread: usize,
}

impl Sizes {
    /// A draw.
    pub fn draw(self, rng: &mut Rng) -> usize {
        let half = self.mean * self.spread / 100;
        rng.size(self.mean - half.min(self.mean), self.mean + half + 1)
            .max(16)
    }
}

/// A planted program.
#[derive(Clone, Debug)]
pub struct Beacon {
    /// When.
    pub rhythm: Rhythm,
    /// How.
    pub carrier: Carrier,
    /// How much.
    pub sizes: Sizes,
    /// To whom.
    pub name: String,
}

/// A name for a server of theirs, unlike any that people visit.
pub fn hideout(rng: &mut Rng) -> String {
    const PART: [&str; 24] = [
        "sync", "node", "metric", "cache", "asset", "telem", "static", "relay", "edge", "delta",
        "pixel", "vector", "nimbus", "quartz", "falcon", "orbit", "lumen", "cobalt", "zephyr",
        "argon", "helix", "tundra", "onyx", "raven",
    ];
    let label = format!("{}{}{}", rng.word(&PART), rng.word(&PART), rng.range(2, 99));
    format!(
        "{}.{label}.test",
        rng.word(&["api", "cdn", "app", "update", "img"])
    )
}

/// One check-in; gives its packets and the address.
pub fn once(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    b: &Beacon,
    ip: Option<Ipv4Addr>,
    at: Nanos,
) -> (Vec<PacketId>, Option<Ipv4Addr>) {
    let up = b.sizes.draw(rng);
    let down = rng.size(40, 90);
    match &b.carrier {
        Carrier::Tls(stack) => {
            let done = lab.tls(rng, host, at, &Tls::to(&b.name, stack, &[(up, down)]));
            (done.ids, Some(done.peer))
        }
        Carrier::TlsBare(stack) => {
            let turns = [(up, down)];
            let call = Tls {
                ip,
                sni: false,
                ..Tls::to(&b.name, stack, &turns)
            };
            let done = lab.tls(rng, host, at, &call);
            (done.ids, Some(done.peer))
        }
        Carrier::Http(agent) => {
            let body = rng.bytes(up);
            let path = format!("/gate/{}", rng.hex(4));
            let ask = web::post(&path, &b.name, agent, "application/octet-stream", &body);
            let tell = web::response("200 OK", "text/plain", &[], &rng.bytes(down));
            let done = lab.http(rng, host, at, &b.name, &[(ask, tell)]);
            (done.ids, Some(done.peer))
        }
        Carrier::Raw(port) => {
            let ip = ip.unwrap_or(Ipv4Addr::UNSPECIFIED);
            let mut conn = lab.out(rng, host, ip, *port, at);
            conn.open(&mut lab.tape);
            let bytes = rng.bytes(up);
            conn.send(&mut lab.tape, Side::Client, &bytes);
            let bytes = rng.bytes(down);
            conn.send(&mut lab.tape, Side::Server, &bytes);
            conn.close(&mut lab.tape, Side::Client);
            (conn.ids, Some(ip))
        }
        Carrier::Dns => {
            let name = format!("{}.{}", rng.hex(8), b.name);
            let answer = Record {
                name: name.clone(),
                ttl: 1,
                data: Data::Address(std::net::IpAddr::V4(Ipv4Addr::new(
                    10,
                    rng.u8(),
                    rng.u8(),
                    rng.u8(),
                ))),
            };
            let done = lab.ask(rng, host, at, &name, dns::A, (0, &[answer]));
            (done.ids, None)
        }
    }
}

/// Plants it on a host from `from` on and gives its label. Check-ins after the end of the capture are written
/// nowhere: their times are the label's future.
pub fn plant(lab: &mut Lab, rng: &mut Rng, host: &Host, b: &Beacon, from: Nanos) -> Draft {
    let off = lab.awake(host, lab.end) != Some(lab.end);
    let wait = if off { 4 * DAY } else { HOUR };
    let horizon = lab.end + 4 * b.rhythm.period + wait;
    let slots = b
        .rhythm
        .slots(rng, (from, horizon), &|t| lab.awake(host, t));
    let ip = match b.carrier {
        Carrier::Raw(_) | Carrier::TlsBare(_) => Some(lab.outside(rng)),
        _ => None,
    };
    let mut draft = Draft::new("c2.beacon", host.address(), "").also(&ALSO);
    for (at, comes) in &slots {
        if !comes {
            continue;
        }
        draft.times.push(*at);
        if *at >= lab.end {
            continue;
        }
        let (ids, peer) = once(lab, rng, host, b, ip, *at);
        draft.ids.extend(ids);
        let peer = peer.map(|p| p.to_string());
        draft.dst.extend(peer.filter(|p| !draft.dst.contains(p)));
    }
    let first = slots.iter().find(|(at, _)| *at >= lab.end);
    draft.next_missed = first.is_some_and(|(_, comes)| !comes);
    draft.off_at_end = off;
    ends(lab, &mut draft, b);
    describe(&mut draft, b);
    draft
}

/// The same with so many check-ins and none after them in the capture.
pub fn plant_count(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    b: &Beacon,
    from: Nanos,
    count: usize,
) -> Draft {
    let end = lab.end;
    let mut draft = Draft::new("c2.beacon", host.address(), "").also(&ALSO);
    let ip = lab.outside(rng);
    let slots = b.rhythm.slots(rng, (from, end), &|t| Some(t));
    for (at, _) in slots.into_iter().take(count) {
        draft.times.push(at);
        let (ids, peer) = once(lab, rng, host, b, Some(ip), at);
        draft.ids.extend(ids);
        let peer = peer.map(|p| p.to_string());
        draft.dst.extend(peer.filter(|p| !draft.dst.contains(p)));
    }
    ends(lab, &mut draft, b);
    describe(&mut draft, b);
    draft
}

/// Port and name of a label by its carrier.
fn ends(lab: &Lab, draft: &mut Draft, b: &Beacon) {
    match b.carrier {
        Carrier::Raw(port) => draft.dport = Some(port),
        Carrier::TlsBare(_) => draft.dport = Some(443),
        Carrier::Http(_) => {
            draft.dport = Some(80);
            draft.domain = Some(b.name.clone());
        }
        Carrier::Tls(_) => {
            draft.dport = Some(443);
            draft.domain = Some(b.name.clone());
        }
        Carrier::Dns => {
            draft.dport = Some(53);
            draft.domain = Some(b.name.clone());
            draft.dst.push(lab.gateway.address());
            draft.also.push("dns".to_owned());
        }
    }
}

/// What else is right about a program that checks in.
const ALSO: [&str; 5] = ["ua", "tls.rare_client", "http", "tls.no_sni", "pattern"];

/// Period, jitter and words of a label.
pub fn describe(draft: &mut Draft, b: &Beacon) {
    let configured = b.rhythm.period as f64 / SECOND as f64;
    draft.period = Some(configured * b.rhythm.jitter.mean());
    if let Some((_, period)) = b.rhythm.change {
        draft
            .periods_too
            .push(period as f64 / SECOND as f64 * b.rhythm.jitter.mean());
    }
    draft.jitter = Some(b.rhythm.jitter.share());
    draft.missed = Some(b.rhythm.missed);
    let shape = match b.rhythm.jitter {
        Jitter::Both(j) => format!("jitter {:.0} % both ways", j * 100.0),
        Jitter::Below(j) => format!("jitter {:.0} % downwards", j * 100.0),
        Jitter::Normal(sd) => format!("normal jitter of {:.0} %", sd * 100.0),
        Jitter::Clock(sd) => format!("by the clock, off by {sd:.0} s"),
    };
    let carrier = match &b.carrier {
        Carrier::Tls(_) => "TLS".to_owned(),
        Carrier::TlsBare(_) => "TLS without a name".to_owned(),
        Carrier::Http(_) => "HTTP".to_owned(),
        Carrier::Raw(port) => format!("TCP port {port}"),
        Carrier::Dns => "DNS".to_owned(),
    };
    draft.what = format!(
        "checks in every {configured:.0} s by {carrier}, {shape}, {:.0} % missed",
        b.rhythm.missed * 100.0
    );
}

/// A carrier drawn for the `n`-th of several.
pub fn carrier(lab: &Lab, rng: &mut Rng, n: usize) -> Carrier {
    match n % 6 {
        0 | 1 => Carrier::Tls(Stack::odd(rng)),
        2 => Carrier::Tls(lab.stacks.system.clone()),
        3 => Carrier::Http(lab_agent(rng)),
        4 => Carrier::Raw(
            rng.pick(&[4444, 8443, 1433, 50_050])
                .copied()
                .unwrap_or(4444),
        ),
        _ => Carrier::TlsBare(Stack::odd(rng)),
    }
}

fn lab_agent(rng: &mut Rng) -> &'static str {
    rng.word(&[
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
        "Go-http-client/1.1",
    ])
}
