//! The network of one seed: who is on it, where things are, when things happen, and how to look up a
//! name or open a connection there.

use super::key::{HostKey, Indicator};
use super::names::Names;
use super::places::ZONES;
pub use super::places::{Clock, Places, Zone};
pub use super::planted::{Planted, RUNGS, domain_rungs, strength};
use crate::packets::dns::{self, Data, Record};
use crate::packets::frame::{self, End, Mac};
use crate::packets::rng::Rng;
use crate::packets::tape::{PacketId, Tape};
use crate::packets::tcp::Conn;
use crate::packets::{HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A machine on the segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Host name.
    pub name: String,
    /// Station.
    pub mac: Mac,
    /// Address.
    pub ip4: Ipv4Addr,
    /// Address with the network's prefix.
    pub ip6: Ipv6Addr,
    /// Its initial TTL.
    pub ttl: u8,
}

impl Node {
    /// Its IPv4 end.
    #[must_use]
    pub fn end(&self, port: u16) -> End {
        End {
            mac: self.mac,
            ip: IpAddr::V4(self.ip4),
            port,
            ttl: self.ttl,
        }
    }

    /// Its IPv6 end.
    #[must_use]
    pub fn end6(&self, port: u16) -> End {
        End {
            mac: self.mac,
            ip: IpAddr::V6(self.ip6),
            port,
            ttl: 64,
        }
    }

    /// How the key names it.
    #[must_use]
    pub fn key(&self) -> HostKey {
        HostKey {
            name: self.name.clone(),
            address: self.ip4.to_string(),
            mac: frame::mac_text(self.mac),
        }
    }
}

/// A name look-up as it stands on the wire.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// Packets between client and resolver.
    pub ids: Vec<PacketId>,
    /// Packets between resolver and the world.
    pub upstream: Vec<PacketId>,
    /// Filter for all of them.
    pub clause: String,
    /// When the client has its answer.
    pub done: Nanos,
}

/// Everything of one seed while it is being written.
pub struct World {
    /// Seed.
    pub seed: u64,
    /// The short form for the embedded sample.
    pub small: bool,
    /// What is recorded.
    pub tape: Tape,
    /// Times.
    pub clock: Clock,
    /// Zone with a change inside.
    pub zone: Zone,
    /// Names.
    pub names: Names,
    /// Addresses outside.
    pub places: Places,
    /// Default router.
    pub gateway: Node,
    /// Resolver.
    pub resolver: Node,
    /// Web proxy.
    pub proxy: Node,
    /// File server.
    pub files: Node,
    /// Training server.
    pub training: Node,
    /// Mail server.
    pub mail: Node,
    /// Router to other internal networks.
    pub inner: Node,
    /// Work places, in the order of the plan; which name, address and MAC each has is the seed's.
    pub desks: Vec<Node>,
    /// What was planted.
    pub plants: Vec<Planted>,
    /// Draws of the plan.
    pub rng: Rng,
}

const VENDORS: [[u8; 3]; 8] = [
    [0x00, 0x1b, 0x21],
    [0x3c, 0x52, 0x82],
    [0xd4, 0x81, 0xd7],
    [0x8c, 0xec, 0x4b],
    [0x54, 0xbf, 0x64],
    [0xf4, 0x39, 0x09],
    [0x98, 0xe7, 0xf4],
    [0xa4, 0xbb, 0x6d],
];

/// Work places in the plan.
pub const DESKS: usize = 43;

fn pick_mac(rng: &mut Rng) -> Mac {
    let [a, b, c] = rng.pick(&VENDORS).copied().unwrap_or([0, 0x1b, 0x21]);
    [a, b, c, rng.u8(), rng.u8(), rng.u8()]
}

fn node(rng: &mut Rng, prefix: u16, name: &str, last: u8, ttl: u8) -> Node {
    let mac = pick_mac(rng);
    let ip6 = Ipv6Addr::new(
        0x2001,
        0xdb8,
        prefix,
        0,
        u16::from(mac[0] ^ 2) << 8 | u16::from(mac[1]),
        u16::from(mac[2]) << 8 | 0xff,
        0xfe00 | u16::from(mac[3]),
        u16::from(mac[4]) << 8 | u16::from(mac[5]),
    );
    Node {
        name: name.to_owned(),
        mac,
        ip4: Ipv4Addr::new(192, 168, 100, last),
        ip6,
        ttl,
    }
}

fn outside(rng: &mut Rng, used: &mut Vec<Ipv4Addr>) -> Ipv4Addr {
    loop {
        let net = rng
            .pick(&[[203, 0, 113], [198, 51, 100], [192, 0, 2]])
            .copied()
            .unwrap_or([203, 0, 113]);
        let ip = Ipv4Addr::new(
            net[0],
            net[1],
            net[2],
            u8::try_from(rng.range(10, 250)).unwrap_or(10),
        );
        if !used.contains(&ip) {
            used.push(ip);
            return ip;
        }
    }
}

impl World {
    /// The network of a seed, nothing recorded yet.
    #[must_use]
    pub fn new(seed: u64, small: bool) -> Self {
        let mut rng = Rng::new(seed, "world");
        let zone = rng.pick(&ZONES).copied().unwrap_or(ZONES[0]);
        let scale = if small { 0.125 } else { 1.0 };
        let span = |h: i64| ((h * HOUR) as f64 * scale) as Nanos;
        let from = zone.change * SECOND - span(24) + rng.range(-120, 120) * MINUTE / 60 * 60;
        let from = from - from.rem_euclid(MINUTE);
        let now = from + span(48);
        let to = now + span(2);
        let clock = Clock {
            start: from - 14 * MINUTE,
            from,
            now,
            to,
            end: to + 7 * MINUTE,
            scale,
        };
        let prefix = rng.u16() & 0x0fff;
        let mut desks = Vec::new();
        let mut lasts: Vec<u8> = (20..=250).collect();
        rng.shuffle(&mut lasts);
        let mut ordinals: Vec<usize> = (1..=99).collect();
        rng.shuffle(&mut ordinals);
        let style = rng
            .word(&["DESK", "WS", "PC", "LAPTOP", "CLIENT"])
            .to_owned();
        for (last, ordinal) in lasts.iter().zip(&ordinals).take(DESKS) {
            let ttl = if rng.chance(80) { 128 } else { 64 };
            desks.push(node(
                &mut rng,
                prefix,
                &format!("{style}-{ordinal:02}"),
                *last,
                ttl,
            ));
        }
        // Row 41: one address, first one machine's, later another's.
        let shared = desks.get(super::plants::desk::FIRST_OWNER).map(|d| d.ip4);
        if let (Some(ip), Some(second)) = (shared, desks.get_mut(super::plants::desk::SECOND_OWNER))
        {
            second.ip4 = ip;
        }
        let mut used = Vec::new();
        let mut server = |name: &str, last: u8| node(&mut rng, prefix, name, last, 64);
        let (gateway, resolver, proxy) = (server("gw", 1), server("dns", 2), server("proxy", 5));
        let (files, training, mail, inner) = (
            server("files", 10),
            server("training", 11),
            server("mail", 12),
            server("gw-inner", 254),
        );
        let mut pick = || outside(&mut rng, &mut used);
        let places = Places {
            bad4: pick(),
            bad6: Ipv6Addr::UNSPECIFIED,
            old4: pick(),
            sub4: pick(),
            edge4: pick(),
            mirror4: pick(),
            other4: pick(),
            control4: pick(),
            second4: pick(),
            upstream: pick(),
            time: pick(),
        };
        let bad6 = Ipv6Addr::new(
            0x2001,
            0xdb8,
            0x1000 | rng.u16() & 0xfff,
            0,
            0,
            0,
            0,
            1 + (rng.u16() & 0xff),
        );
        Self {
            seed,
            small,
            tape: Tape::default(),
            clock,
            zone,
            names: Names::new(seed),
            places: Places { bad6, ..places },
            gateway,
            resolver,
            proxy,
            files,
            training,
            mail,
            inner,
            desks,
            plants: Vec::new(),
            rng: Rng::new(seed, "plan"),
        }
    }

    /// The work place with this number in the plan.
    #[must_use]
    pub fn desk(&self, n: usize) -> Node {
        self.desks
            .get(n)
            .or(self.desks.first())
            .unwrap_or(&self.gateway)
            .clone()
    }

    /// Planned hour of the window as an instant, moved by up to twenty minutes.
    pub fn hour(&mut self, hour: f64) -> Nanos {
        let jitter = self.rng.range(0, 20 * 60_000) * MILLI;
        self.clock.from + (((hour * HOUR as f64) + jitter as f64) * self.clock.scale) as Nanos
    }

    /// The scope's indicators: domain, first file, second file.
    #[must_use]
    pub fn indicators(&self) -> [Indicator; 3] {
        [
            Indicator::new("domain", &self.names.domain),
            Indicator::new("filename", &self.names.tool),
            Indicator::new("filename", &self.names.miner),
        ]
    }

    /// A server outside, as it appears behind the gateway.
    #[must_use]
    pub fn far(&self, ip: IpAddr, port: u16) -> End {
        let ttl = match ip {
            IpAddr::V4(ip) => 44 + ip.octets()[3] % 14,
            IpAddr::V6(_) => 52,
        };
        End {
            mac: self.gateway.mac,
            ip,
            port,
            ttl,
        }
    }

    /// A connection from `client` (its port is chosen here), not open yet.
    pub fn conn(&mut self, at: Nanos, client: End, server: End) -> Conn {
        let port = self.tape.port(client.ip);
        let local = match server.ip {
            IpAddr::V4(ip) => ip.is_private(),
            IpAddr::V6(_) => false,
        };
        let salt = format!("conn {} {} {at}", client.ip, server.ip);
        let mut rng = Rng::new(self.seed, &salt);
        let rtt = if local {
            rng.range(200, 600) * MICRO
        } else {
            rng.range(12_000, 60_000) * MICRO
        };
        Conn::new(client.at(port), server, at, rtt, rng.next_u64())
    }

    /// A connection of a work place to an outside server.
    pub fn out(&mut self, at: Nanos, node: &Node, ip: Ipv4Addr, port: u16) -> Conn {
        let server = self.far(IpAddr::V4(ip), port);
        self.conn(at, node.end(0), server)
    }

    /// A connection between two machines of the segment.
    pub fn near(&mut self, at: Nanos, node: &Node, to: &Node, port: u16) -> Conn {
        self.conn(at, node.end(0), to.end(port))
    }

    /// Asks the resolver for a name. `fresh`: the resolver must ask upstream first.
    pub fn lookup(
        &mut self,
        at: Nanos,
        who: End,
        asked: &str,
        kind: u16,
        reply: (u16, &[Record]),
        fresh: bool,
    ) -> Lookup {
        let port = self.tape.port(who.ip);
        let mut rng = Rng::new(self.seed, &format!("dns {asked} {at} {port}"));
        let (id, up) = (rng.u16(), rng.u16());
        let (client, server) = (who.at(port), self.resolver.end(53));
        let mut out = Lookup {
            done: at + 400 * MICRO,
            ..Lookup::default()
        };
        out.ids.push(frame::udp(
            &mut self.tape,
            at,
            &client,
            &server,
            &dns::query(id, asked, kind),
        ));
        out.clause = format!(
            "(udp.port=={port} && ip.addr=={} && ip.addr=={})",
            client.ip, server.ip
        );
        if fresh {
            let mine = self.tape.port(server.ip);
            let (here, there) = (
                server.at(mine),
                self.far(IpAddr::V4(self.places.upstream), 53),
            );
            let back = out.done + rng.range(9_000, 30_000) * MICRO;
            out.upstream = vec![
                frame::udp(
                    &mut self.tape,
                    out.done,
                    &here,
                    &there,
                    &dns::query(up, asked, kind),
                ),
                frame::udp(
                    &mut self.tape,
                    back,
                    &there,
                    &here,
                    &dns::response(up, asked, kind, reply.0, reply.1),
                ),
            ];
            out.clause += &format!(
                " || (udp.port=={mine} && ip.addr=={} && ip.addr=={})",
                here.ip, there.ip
            );
            out.done = back + 150 * MICRO;
        }
        let answer = dns::response(id, asked, kind, reply.0, reply.1);
        out.ids.push(frame::udp(
            &mut self.tape,
            out.done,
            &server,
            &client,
            &answer,
        ));
        out.done += 300 * MICRO;
        out
    }

    /// Asks for an address and gets it, five minutes valid.
    pub fn resolve(&mut self, at: Nanos, who: &Node, asked: &str, ip: IpAddr) -> Lookup {
        let kind = if ip.is_ipv6() { dns::AAAA } else { dns::A };
        let answer = [Record {
            name: asked.trim_end_matches('.').to_owned(),
            ttl: 300,
            data: Data::Address(ip),
        }];
        self.lookup(at, who.end(0), asked, kind, (0, &answer), true)
    }
}
