//! What hosts do with each other and with the outside: look names up, open connections, speak TLS and HTTP.

use super::lab::Lab;
use super::net::Host;
use crate::packets::dns::{self, Data, Record};
use crate::packets::frame::{self, End};
use crate::packets::hello::{self, Meeting, Stack};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tape::PacketId;
use crate::packets::tcp::{Conn, Side};
use crate::packets::{HOUR, MICRO, MILLI, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// What became of something that was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its packets.
    pub ids: Vec<PacketId>,
    /// When it was over.
    pub end: Nanos,
    /// With whom.
    pub peer: Ipv4Addr,
}

/// A TLS conversation.
#[derive(Clone, Copy, Debug)]
pub struct Tls<'a> {
    /// The server's name, looked up first.
    pub name: &'a str,
    /// To this address instead, without a look-up.
    pub ip: Option<Ipv4Addr>,
    /// The name is told to the server.
    pub sni: bool,
    /// Port.
    pub port: u16,
    /// The client's stack.
    pub stack: &'a Stack,
    /// Bytes up and down, turn by turn.
    pub turns: &'a [(usize, usize)],
    /// How long the server thinks.
    pub think: Nanos,
}

impl<'a> Tls<'a> {
    /// To port 443 of a name.
    #[must_use]
    pub fn to(name: &'a str, stack: &'a Stack, turns: &'a [(usize, usize)]) -> Self {
        Self {
            name,
            ip: None,
            sni: true,
            port: 443,
            stack,
            turns,
            think: 15 * MILLI,
        }
    }
}

/// The registered type of HTTPS records, asked by browsers.
const AAAA: u16 = dns::AAAA;

impl Lab {
    /// The outside end of an address and port, behind the gateway.
    #[must_use]
    pub fn far(&self, ip: Ipv4Addr, port: u16) -> End {
        End {
            mac: self.gateway.mac,
            ip: IpAddr::V4(ip),
            port,
            ttl: 44 + ip.octets()[3] % 12,
        }
    }

    /// A question to the resolver and its answer; gives packets and when the answer came.
    pub fn ask(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        name: &str,
        kind: u16,
        (rcode, answers): (u16, &[Record]),
    ) -> Done {
        let server = self.gateway.clone();
        self.ask_at(rng, host, at, &server.end(53), name, kind, (rcode, answers))
    }

    /// The same of another server.
    #[expect(clippy::too_many_arguments, reason = "a question is all of these")]
    pub fn ask_at(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        server: &End,
        name: &str,
        kind: u16,
        (rcode, answers): (u16, &[Record]),
    ) -> Done {
        let id = rng.u16();
        let mine = host.end(49_152 + rng.u16() % 16_000);
        let wait = match server.ip {
            IpAddr::V4(ip) if server.mac == self.gateway.mac && ip != self.gateway.ip => {
                self.distance(ip)
            }
            _ => rng.range(900, 28_000) * MICRO,
        };
        let question = dns::query(id, name, kind);
        let answer = dns::response(id, name, kind, rcode, answers);
        let ids = vec![
            frame::udp(&mut self.tape, at, &mine, server, &question),
            frame::udp(&mut self.tape, at + wait, server, &mine, &answer),
        ];
        let peer = match server.ip {
            IpAddr::V4(ip) => ip,
            IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
        };
        Done {
            ids,
            end: at + wait,
            peer,
        }
    }

    /// A question that is asked and not answered.
    pub fn ask_in_vain(&mut self, rng: &mut Rng, host: &Host, at: Nanos, name: &str) -> PacketId {
        let mine = host.end(49_152 + rng.u16() % 16_000);
        let question = dns::query(rng.u16(), name, dns::A);
        let server = self.gateway.end(53);
        frame::udp(&mut self.tape, at, &mine, &server, &question)
    }

    /// The address of a name: from what the host remembers, else by a look-up.
    pub fn resolve(&mut self, rng: &mut Rng, host: &Host, at: Nanos, name: &str) -> Done {
        let site = self.site(name);
        let pick = site.ips.get(host.index % site.ips.len().max(1));
        let peer = pick.copied().unwrap_or(Ipv4Addr::UNSPECIFIED);
        let key = (host.index, name.to_owned());
        let known = self
            .cache
            .get(&key)
            .is_some_and(|until| (*until - i64::from(site.ttl) * SECOND..*until).contains(&at));
        if known {
            return Done {
                ids: Vec::new(),
                end: at,
                peer,
            };
        }
        let mut answers: Vec<Record> = site
            .ips
            .iter()
            .map(|ip| Record {
                name: name.to_owned(),
                ttl: site.ttl,
                data: Data::Address(IpAddr::V4(*ip)),
            })
            .collect();
        // The address that is taken stands first.
        if let Some(first) = answers
            .iter()
            .position(|r| r.data == Data::Address(IpAddr::V4(peer)))
        {
            answers.swap(0, first);
        }
        let mut done = self.ask(rng, host, at, name, dns::A, (0, &answers));
        if host.ttl == 128 && rng.chance(25) {
            let also = self.ask(rng, host, at + 300 * MICRO, name, AAAA, (0, &[]));
            done.ids.extend(also.ids);
        }
        self.cache
            .insert(key, done.end + i64::from(site.ttl) * SECOND);
        done.peer = peer;
        done
    }

    /// A connection to the outside that is not open yet.
    pub fn out(&mut self, rng: &mut Rng, host: &Host, ip: Ipv4Addr, port: u16, at: Nanos) -> Conn {
        let mine = self.tape.port(IpAddr::V4(host.ip));
        let rtt = self.distance(ip) + rng.range(0, 2500) * MICRO;
        let mut conn = Conn::new(host.end(mine), self.far(ip, port), at, rtt, rng.next_u64());
        conn.lean = true;
        conn
    }

    /// A connection between two hosts inside that is not open yet.
    pub fn near(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        server: &Host,
        port: u16,
        at: Nanos,
    ) -> Conn {
        let mine = self.tape.port(IpAddr::V4(host.ip));
        let mut conn = Conn::new(
            host.end(mine),
            server.end(port),
            at,
            server.lan + rng.range(0, 300) * MICRO,
            rng.next_u64(),
        );
        conn.lean = true;
        conn
    }

    /// A TLS conversation: look-up, connection, handshake (short where both remember), data, close.
    pub fn tls(&mut self, rng: &mut Rng, host: &Host, at: Nanos, t: &Tls<'_>) -> Done {
        let (mut done, mut conn) = self.tls_open(rng, host, at, t);
        for (up, down) in t.turns {
            conn.wait(3 * MILLI);
            hello::data(&mut self.tape, &mut conn, rng, Side::Client, *up);
            conn.wait(t.think);
            hello::data(&mut self.tape, &mut conn, rng, Side::Server, *down);
        }
        hello::goodbye(&mut self.tape, &mut conn, rng);
        conn.close(&mut self.tape, Side::Client);
        done.end = conn.now;
        done.ids.extend(conn.ids);
        done
    }

    /// The same up to the first data, the connection left open.
    pub fn tls_open(&mut self, rng: &mut Rng, host: &Host, at: Nanos, t: &Tls<'_>) -> (Done, Conn) {
        let site = self.site(t.name);
        let mut done = match t.ip {
            Some(peer) => Done {
                ids: Vec::new(),
                end: at,
                peer,
            },
            None => self.resolve(rng, host, at, t.name),
        };
        let key = (host.index, t.name.to_owned());
        let resumed = self
            .sessions
            .get(&key)
            .is_some_and(|last| (0..10 * HOUR).contains(&(at - last)));
        let mut conn = self.out(rng, host, done.peer, t.port, done.end + 150 * MICRO);
        conn.open(&mut self.tape);
        let meeting = Meeting {
            stack: t.stack,
            sni: t.sni.then_some(t.name),
            chain: &site.chain,
            resumed,
            highest: site.highest,
            suite: t
                .stack
                .suites
                .iter()
                .copied()
                .find(|s| [0xc02b, 0xc02c, 0xc02f, 0xc030].contains(s))
                .or_else(|| t.stack.suites.first().copied())
                .unwrap_or(0xc02f),
        };
        hello::shake(&mut self.tape, &mut conn, rng, &meeting);
        self.sessions.insert(key, at);
        done.end = conn.now;
        (done, conn)
    }

    /// HTTP in the clear: each pair of request and response in turn on one connection.
    pub fn http(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        name: &str,
        turns: &[(Vec<u8>, Vec<u8>)],
    ) -> Done {
        let mut done = self.resolve(rng, host, at, name);
        let (end, ids) = self.http_at(rng, host, done.end, (done.peer, 80), turns);
        done.end = end;
        done.ids.extend(ids);
        done
    }

    /// The same to an address.
    pub fn http_at(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        (ip, port): (Ipv4Addr, u16),
        turns: &[(Vec<u8>, Vec<u8>)],
    ) -> (Nanos, Vec<PacketId>) {
        let mut conn = self.out(rng, host, ip, port, at + 150 * MICRO);
        conn.open(&mut self.tape);
        for (ask, tell) in turns {
            conn.send(&mut self.tape, Side::Client, ask);
            conn.wait(8 * MILLI);
            conn.send(&mut self.tape, Side::Server, tell);
        }
        conn.close(&mut self.tape, Side::Client);
        (conn.now, conn.ids)
    }

    /// A GET by a name with an agent, answered with `body`.
    pub fn get(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        (name, path, agent): (&str, &str, &str),
        (kind, body): (&str, &[u8]),
    ) -> Done {
        let turn = (
            web::request("GET", path, name, agent, &[]),
            web::response("200 OK", kind, &[], body),
        );
        self.http(rng, host, at, name, &[turn])
    }

    /// One datagram there and one back to the outside.
    pub fn datagrams(
        &mut self,
        rng: &mut Rng,
        host: &Host,
        at: Nanos,
        (ip, port): (Ipv4Addr, u16),
        (up, down): (&[u8], &[u8]),
    ) -> Done {
        let mine = host.end(self.tape.port(IpAddr::V4(host.ip)));
        let there = self.far(ip, port);
        let end = at + self.distance(ip) + rng.range(0, 900) * MICRO;
        let ids = vec![
            frame::udp(&mut self.tape, at, &mine, &there, up),
            frame::udp(&mut self.tape, end, &there, &mine, down),
        ];
        Done { ids, end, peer: ip }
    }
}
