//! The laboratory of one scenario and seed: hosts, sites, clock, the tape and the labels made so far.

use super::net::{self, Calendar, Host, Role, Site, Stacks};
use super::truth::{Least, Need};
use crate::packets::frame::Mac;
use crate::packets::rng::Rng;
use crate::packets::tape::{PacketId, Tape};
use crate::packets::{DAY, MICRO, MILLI, Nanos, SECOND};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A label before its packets have numbers.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Kind.
    pub kind: String,
    /// What is asked.
    pub need: Need,
    /// The weakest finding that counts.
    pub least: Least,
    /// Other right families and kinds.
    pub also: Vec<String>,
    /// The host.
    pub src: String,
    /// Addresses that may stand for it.
    pub who: Vec<String>,
    /// Its station, where that is the point.
    pub mac: Option<Mac>,
    /// The other side.
    pub dst: Vec<String>,
    /// Its name.
    pub domain: Option<String>,
    /// Its port.
    pub dport: Option<u16>,
    /// Its packets.
    pub ids: Vec<PacketId>,
    /// Mean period, seconds.
    pub period: Option<f64>,
    /// Others as right.
    pub periods_too: Vec<f64>,
    /// Jitter.
    pub jitter: Option<f64>,
    /// Share missed.
    pub missed: Option<f64>,
    /// Times of its check-ins, those after the capture's end too.
    pub times: Vec<Nanos>,
    /// The first slot after the end is missed.
    pub next_missed: bool,
    /// The host is off at the end.
    pub off_at_end: bool,
    /// In words.
    pub what: String,
    /// Why not.
    pub why_not: Option<String>,
    /// Digest of the file.
    pub sha256: Option<String>,
    /// The secret.
    pub secret: Option<String>,
}

impl Draft {
    /// A label that must be found, at least as an alarm.
    #[must_use]
    pub fn new(kind: &str, src: impl ToString, what: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            need: Need::Must,
            least: Least::Alarm,
            also: Vec::new(),
            src: src.to_string(),
            who: Vec::new(),
            mac: None,
            dst: Vec::new(),
            domain: None,
            dport: None,
            ids: Vec::new(),
            period: None,
            periods_too: Vec::new(),
            jitter: None,
            missed: None,
            times: Vec::new(),
            next_missed: false,
            off_at_end: false,
            what: what.to_owned(),
            why_not: None,
            sha256: None,
            secret: None,
        }
    }

    /// Harmless, and why.
    #[must_use]
    pub fn benign(kind: &str, src: impl ToString, what: &str, why_not: &str) -> Self {
        Self {
            need: Need::MustNot,
            why_not: Some(why_not.to_owned()),
            ..Self::new(kind, src, what)
        }
    }

    /// A note is enough.
    #[must_use]
    pub fn note(mut self) -> Self {
        self.least = Least::Note;
        self
    }

    /// Not asked for.
    #[must_use]
    pub fn may(mut self) -> Self {
        self.need = Need::May;
        self
    }

    /// The other side.
    #[must_use]
    pub fn to(mut self, dst: impl ToString) -> Self {
        self.dst.push(dst.to_string());
        self
    }

    /// Its port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.dport = Some(port);
        self
    }

    /// Its name.
    #[must_use]
    pub fn named(mut self, domain: &str) -> Self {
        self.domain = Some(domain.to_owned());
        self
    }

    /// Families or kinds that are right as well.
    #[must_use]
    pub fn also(mut self, kinds: &[&str]) -> Self {
        self.also.extend(kinds.iter().map(|k| (*k).to_owned()));
        self
    }

    /// An address that may stand for the host.
    #[must_use]
    pub fn or(mut self, who: impl ToString) -> Self {
        self.who.push(who.to_string());
        self
    }

    /// Its station.
    #[must_use]
    pub fn station(mut self, mac: Mac) -> Self {
        self.mac = Some(mac);
        self
    }

    /// Its packets.
    #[must_use]
    pub fn with(mut self, ids: impl IntoIterator<Item = PacketId>) -> Self {
        self.ids.extend(ids);
        self
    }
}

/// How many machines of each role there are.
#[derive(Clone, Copy, Debug)]
pub struct Crew {
    /// People's computers.
    pub desks: usize,
    /// Application servers.
    pub apps: usize,
    /// Printers.
    pub printers: usize,
    /// Cameras.
    pub cameras: usize,
    /// A monitoring server.
    pub monitor: bool,
}

impl Crew {
    /// The usual office of 24 hosts.
    pub const OFFICE: Self = Self {
        desks: 17,
        apps: 3,
        printers: 1,
        cameras: 1,
        monitor: true,
    };
    /// A small one of eleven.
    pub const SMALL: Self = Self {
        desks: 6,
        apps: 2,
        printers: 1,
        cameras: 0,
        monitor: true,
    };
}

/// Everything of one scenario while it is written.
#[derive(Debug)]
pub struct Lab {
    /// Seed.
    pub seed: u64,
    /// Scenario, part of every stream of random numbers.
    pub scenario: &'static str,
    /// Packets.
    pub tape: Tape,
    /// Capturing begins.
    pub start: Nanos,
    /// Capturing ends.
    pub end: Nanos,
    /// Days.
    pub calendar: Calendar,
    /// The way out, resolver and DHCP server.
    pub gateway: Host,
    /// Everybody else.
    pub hosts: Vec<Host>,
    /// TLS stacks in use.
    pub stacks: Stacks,
    /// Labels so far.
    pub drafts: Vec<Draft>,
    /// First three bytes of the network.
    pub net: [u8; 3],
    sites: BTreeMap<String, Site>,
    outside: BTreeMap<Ipv4Addr, Nanos>,
    taken: BTreeMap<Ipv4Addr, ()>,
    /// Until when a host knows a name.
    pub(super) cache: BTreeMap<(usize, String), Nanos>,
    /// When a host last had a TLS session with a name.
    pub(super) sessions: BTreeMap<(usize, String), Nanos>,
}

/// Monday 2 March 2026, 00:00 UTC.
const MONDAY: Nanos = 1_772_409_600 * SECOND;

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:134.0) Gecko/20100101 Firefox/134.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 Edg/132.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
];

impl Lab {
    /// A network that is captured for `length` from a local midnight on; `first` is the weekday it begins with.
    #[must_use]
    pub fn new(
        seed: u64,
        scenario: &'static str,
        crew: Crew,
        first: Option<i64>,
        length: Nanos,
    ) -> Self {
        let mut rng = Rng::new(seed, &format!("{scenario} lab"));
        let net = match rng.range(0, 3) {
            0 => [10, rng.u8(), rng.u8()],
            1 => [172, 16 + (rng.u8() & 15), rng.u8()],
            _ => [192, 168, rng.u8()],
        };
        let weekday = first.unwrap_or_else(|| rng.range(0, 4));
        let zone = rng.range(-5, 6) * 3600 * SECOND;
        let midnight = MONDAY + (rng.range(0, 20) * 7 + weekday) * DAY - zone;
        let address = |last: u8| Ipv4Addr::new(net[0], net[1], net[2], last);
        let gateway = Host {
            index: usize::MAX,
            name: "gw".to_owned(),
            mac: [0x00, 0x0d, 0xb9, rng.u8(), rng.u8(), 1],
            ip: address(1),
            ttl: 64,
            role: Role::Gateway,
            agent: "",
            always_on: true,
            lan: 400 * MICRO,
        };
        let mut last: Vec<u8> = (10..220).collect();
        rng.shuffle(&mut last);
        let mut lab = Self {
            seed,
            scenario,
            tape: Tape::default(),
            start: midnight,
            end: midnight + length,
            calendar: Calendar { midnight, weekday },
            gateway,
            hosts: Vec::new(),
            stacks: Stacks::new(seed),
            drafts: Vec::new(),
            net,
            sites: BTreeMap::new(),
            outside: BTreeMap::new(),
            taken: BTreeMap::new(),
            cache: BTreeMap::new(),
            sessions: BTreeMap::new(),
        };
        let roles = [
            (Role::Files, 1),
            (Role::Monitor, usize::from(crew.monitor)),
            (Role::App, crew.apps),
            (Role::Printer, crew.printers),
            (Role::Camera, crew.cameras),
            (Role::Desk, crew.desks),
        ];
        for (role, count) in roles {
            for n in 0..count {
                let ip = address(last.pop().unwrap_or(9));
                lab.join(&mut rng, role, n, ip);
            }
        }
        lab
    }

    fn join(&mut self, rng: &mut Rng, role: Role, n: usize, ip: Ipv4Addr) {
        let (mac, name, agent, ttl) = match role {
            Role::Printer => (
                [0x00, 0x80, 0x77, rng.u8(), rng.u8(), rng.u8()],
                format!("PRN-{:02}", n + 1),
                "PrinterFW/7.12",
                64,
            ),
            Role::Camera => (
                [0x00, 0x40, 0x8c, rng.u8(), rng.u8(), rng.u8()],
                format!("CAM-{:02}", n + 1),
                "CamFW/2.4",
                64,
            ),
            Role::Desk => (
                net::card(rng),
                format!("WS-{:04}", 1000 + rng.range(0, 9000)),
                rng.word(&AGENTS),
                128,
            ),
            Role::Files => (net::card(rng), "FILES01".to_owned(), "", 128),
            Role::Monitor => (net::card(rng), "mon01".to_owned(), "checkd/3.1", 64),
            Role::App | Role::Gateway => (net::card(rng), format!("app{:02}", n + 1), "", 64),
        };
        let always_on = role != Role::Desk || rng.chance(45);
        self.hosts.push(Host {
            index: self.hosts.len(),
            name,
            mac,
            ip,
            ttl,
            role,
            agent,
            always_on,
            lan: rng.range(250, 700) * MICRO,
        });
    }

    /// A stream of random numbers of this scenario and seed.
    #[must_use]
    pub fn rng(&self, label: &str) -> Rng {
        Rng::new(self.seed, &format!("{} {label}", self.scenario))
    }

    /// Hosts of a role.
    #[must_use]
    pub fn of(&self, role: Role) -> Vec<Host> {
        self.hosts
            .iter()
            .filter(|h| h.role == role)
            .cloned()
            .collect()
    }

    /// One host of a role, counted round.
    #[must_use]
    pub fn nth(&self, role: Role, n: usize) -> Host {
        let all = self.of(role);
        all.get(n % all.len().max(1))
            .cloned()
            .unwrap_or_else(|| self.gateway.clone())
    }

    /// People's computers that run at some time of the first day, in an order of their own.
    #[must_use]
    pub fn desks(&self, rng: &mut Rng) -> Vec<Host> {
        let day = (self.start + DAY).min(self.end);
        let mut out = self.of(Role::Desk);
        out.retain(|h| self.awake(h, self.start).is_some_and(|t| t < day));
        rng.shuffle(&mut out);
        out
    }

    /// An address of the segment.
    #[must_use]
    pub fn inside(&self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(self.net[0], self.net[1], self.net[2], last)
    }

    /// A fresh address outside, and how far it is.
    pub fn outside(&mut self, rng: &mut Rng) -> Ipv4Addr {
        loop {
            let ip = match rng.range(0, 8) {
                0 => Ipv4Addr::new(198, 51, 100, rng.u8()),
                1 => Ipv4Addr::new(203, 0, 113, rng.u8()),
                _ => Ipv4Addr::new(198, 18 + (rng.u8() & 1), rng.u8(), rng.u8()),
            };
            if self.taken.insert(ip, ()).is_none() {
                self.outside.insert(ip, rng.range(8_000, 90_000) * MICRO);
                return ip;
            }
        }
    }

    /// Round trip to an address outside.
    #[must_use]
    pub fn distance(&self, ip: Ipv4Addr) -> Nanos {
        self.outside.get(&ip).copied().unwrap_or(30 * MILLI)
    }

    /// What stands behind a name; made when it is first asked for, the same for a seed whenever that is.
    pub fn site(&mut self, name: &str) -> Site {
        if let Some(site) = self.sites.get(name) {
            return site.clone();
        }
        let mut rng = Rng::new(self.seed, &format!("site {name}"));
        let count = if rng.chance(30) { 2 } else { 1 };
        let ips: Vec<Ipv4Addr> = (0..count).map(|_| self.outside(&mut rng)).collect();
        let site = Site {
            name: name.to_owned(),
            rtt: ips.first().map_or(30 * MILLI, |ip| self.distance(*ip)),
            ips,
            ttl: rng.pick(&[60, 300, 300, 900, 3600]).copied().unwrap_or(300),
            chain: net::chain(&mut rng, name),
            highest: if rng.chance(70) { 0x0304 } else { 0x0303 },
        };
        self.sites.insert(name.to_owned(), site.clone());
        site
    }

    /// Changes what stands behind a name.
    pub fn set_site(&mut self, site: Site) {
        self.sites.insert(site.name.clone(), site);
    }

    /// The next time at or after `at` at which a host runs; `None` after the days that are known.
    #[must_use]
    pub fn awake(&self, host: &Host, at: Nanos) -> Option<Nanos> {
        if host.always_on {
            return Some(at);
        }
        let first = (at - self.calendar.midnight).div_euclid(DAY) - 1;
        (first..first + 9).find_map(|day| {
            let (come, go) = self.calendar.hours(self.seed, host.index, day)?;
            (go > at).then_some(at.max(come))
        })
    }
}
