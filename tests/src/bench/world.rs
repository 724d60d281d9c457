//! Which conversations are had: keeps the shares and the mean packet where they should be.

use super::flow::{Flow, Given, Step};
use super::frame::Ends;
use super::frame::Side::{Client, Server};
use super::rng::Rng;
use super::{clear, tls};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Conversations at the same time.
const ACTIVE: usize = 400;
/// 2026-03-04 12:00:00 UTC, in nanoseconds.
const START: u64 = 1_772_625_600_000_000_000;
/// Share of bytes in HTTP, FTP, DNS and TLS, in percent, below which the next conversation is one
/// of those. A little above the 30 wanted: what is begun as bulk before is still to be sent.
const NAMED: u64 = 31;
/// Above this mean packet length only small segments are begun.
const MEAN: u64 = 560;
const CLIENTS: u64 = 2000;

/// What was made so far.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Tally {
    pub(crate) packets: u64,
    pub(crate) flows: u64,
    /// Bytes of frames.
    pub(crate) bytes: u64,
    /// Of those, bytes of named protocols.
    pub(crate) named: u64,
    /// Nanoseconds from the first to the last packet.
    pub(crate) span: u64,
}

/// The network, giving one packet after another.
pub(crate) struct World {
    rng: Rng,
    pool: Vec<u8>,
    flows: Vec<Option<Flow>>,
    free: Vec<usize>,
    due: BinaryHeap<Reverse<(u64, usize)>>,
    begun: u64,
    pub(crate) tally: Tally,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let pool = rng.bytes(1 << 18);
        let mut world = Self {
            rng,
            pool,
            flows: Vec::new(),
            free: Vec::new(),
            due: BinaryHeap::new(),
            begun: 0,
            tally: Tally::default(),
        };
        for _ in 0..ACTIVE {
            world.begin(START);
        }
        world
    }

    /// Writes the next frame to `out`, which it empties first; gives its time.
    pub(crate) fn next(&mut self, out: &mut Vec<u8>) -> u64 {
        loop {
            let Some(Reverse((now, at))) = self.due.pop() else {
                self.begin(START + self.tally.span);
                continue;
            };
            out.clear();
            let Some(flow) = &mut self.flows[at] else {
                continue;
            };
            let (given, gap, named) = (
                flow.next(&mut self.rng, &self.pool, out),
                flow.gap,
                flow.named,
            );
            match given {
                Given::Packet => {
                    let gap = self.rng.range(gap / 2, gap * 2);
                    self.due.push(Reverse((now + gap, at)));
                    self.tally.packets += 1;
                    self.tally.bytes += out.len() as u64;
                    self.tally.named += if named { out.len() as u64 } else { 0 };
                    self.tally.span = now - START;
                    return now;
                }
                Given::Waited(ns) => self.due.push(Reverse((now + ns, at))),
                Given::Spawned(flow) => {
                    self.due.push(Reverse((now + gap, at)));
                    self.enter(now + gap / 4, *flow);
                }
                Given::Over => {
                    self.flows[at] = None;
                    self.free.push(at);
                    self.begin(now);
                }
            }
        }
    }

    fn enter(&mut self, time: u64, flow: Flow) {
        self.tally.flows += 1;
        let at = self.free.pop().unwrap_or(self.flows.len());
        if at == self.flows.len() {
            self.flows.push(None);
        }
        self.flows[at] = Some(flow);
        self.due.push(Reverse((time, at)));
    }

    /// A client that no conversation has used with this port before, and some server.
    fn ends(&mut self, port: u16, inside: bool) -> Ends {
        let (client, round) = (self.begun % CLIENTS, self.begun / CLIENTS);
        let source = 1024 + (round * 7 % 31_000) as u16;
        self.begun += 1;
        let server = self.rng.range(1, 5000) as u16;
        let [high, low] = server.to_be_bytes();
        if self.rng.one_in(7) {
            let host = Ipv6Addr::new(0xfd00, 0, 0, 1, 0, 0, 0, 0x1000 + client as u16);
            let server = if inside {
                Ipv6Addr::new(0xfd00, 0, 0, 1, 0, 0, 0, 2)
            } else {
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, server)
            };
            return Ends {
                client: (host.into(), source),
                server: (server.into(), port),
            };
        }
        let [chigh, clow] = (client as u16).to_be_bytes();
        let host = Ipv4Addr::new(10, 1, chigh, clow);
        let server = if inside {
            Ipv4Addr::new(10, 0, 0, 2)
        } else {
            Ipv4Addr::new(198, 18 + (high & 1), high, low)
        };
        Ends {
            client: (host.into(), source),
            server: (server.into(), port),
        }
    }

    fn host(&mut self) -> String {
        let word = self
            .rng
            .pick(&["static", "www", "api", "cdn", "mail", "update"]);
        format!("{word}.site{}.example", self.rng.range(0, 5000))
    }

    fn begin(&mut self, now: u64) {
        let time = now + self.rng.range(0, 20_000_000);
        let small = self.tally.bytes > MEAN * self.tally.packets;
        let size = if small {
            self.rng.range(120, 420)
        } else {
            self.rng.range(500, 1461)
        } as usize;
        let flow = if self.tally.named * 100 < self.tally.bytes * NAMED || self.tally.bytes == 0 {
            self.named(size)
        } else {
            self.bulk(size)
        };
        self.enter(time, flow);
    }

    fn named(&mut self, size: usize) -> Flow {
        let host = self.host();
        match self.rng.range(0, 1000) {
            0..12 => {
                let ends = self.ends(21, false);
                let steps = clear::ftp(&mut self.rng, ends, size);
                Flow::tcp(&mut self.rng, ends, true, size, steps)
            }
            12..680 => {
                let ends = self.ends(53, true);
                let answer: IpAddr = if self.rng.one_in(3) {
                    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, self.rng.range(1, 5000) as u16)
                        .into()
                } else {
                    let [high, low] = (self.rng.range(1, 5000) as u16).to_be_bytes();
                    Ipv4Addr::new(198, 18, high, low).into()
                };
                let steps = clear::dns(&mut self.rng, &host, answer);
                Flow::udp(&mut self.rng, ends, true, 1400, steps)
            }
            680..860 => {
                let port = if self.rng.one_in(10) { 8080 } else { 80 };
                let ends = self.ends(port, false);
                let steps = clear::http(&mut self.rng, &host);
                Flow::tcp(&mut self.rng, ends, true, size, steps)
            }
            _ => {
                let ends = self.ends(443, false);
                let steps = tls::steps(&mut self.rng, &host);
                Flow::tcp(&mut self.rng, ends, true, size, steps)
            }
        }
    }

    /// A conversation of no known protocol: most are short, a few carry most bytes.
    fn bulk(&mut self, size: usize) -> Flow {
        let port = self.rng.range(10_000, 60_000) as u16;
        let ends = self.ends(port, false);
        let total = if self.rng.one_in(25) {
            self.rng.range(20_000, 150_000)
        } else {
            self.rng.range(50, 2500)
        } as usize;
        let mut steps = Vec::new();
        let mut left = total;
        while left > 0 {
            let now = (self.rng.range(20, 20_000) as usize).min(left);
            // Mostly towards the client, as traffic is.
            steps.push(Step::Fill(
                if self.rng.one_in(4) { Client } else { Server },
                now,
            ));
            left -= now;
        }
        if self.rng.one_in(3) {
            return Flow::udp(&mut self.rng, ends, false, size.min(1400), steps);
        }
        Flow::tcp(&mut self.rng, ends, false, size, steps)
    }
}
