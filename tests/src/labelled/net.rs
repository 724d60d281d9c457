//! Who is on the network and what is outside it: hosts, their roles, sites and days.

use crate::packets::der;
use crate::packets::frame::{End, Mac};
use crate::packets::hello::Stack;
use crate::packets::rng::Rng;
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// What a machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A person's computer.
    Desk,
    /// Serves files inside.
    Files,
    /// Runs an application.
    App,
    /// Looks at everybody.
    Monitor,
    /// Prints.
    Printer,
    /// Films.
    Camera,
    /// The way out, which also resolves names and leases addresses.
    Gateway,
}

/// A machine on the segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Place in the list of the lab.
    pub index: usize,
    /// Name.
    pub name: String,
    /// Station.
    pub mac: Mac,
    /// Address.
    pub ip: Ipv4Addr,
    /// Initial TTL.
    pub ttl: u8,
    /// What it is for.
    pub role: Role,
    /// The browser's agent string, or the firmware's.
    pub agent: &'static str,
    /// Runs day and night.
    pub always_on: bool,
    /// Round trip inside the segment.
    pub lan: Nanos,
}

impl Host {
    /// Its end at a port.
    #[must_use]
    pub fn end(&self, port: u16) -> End {
        End {
            mac: self.mac,
            ip: IpAddr::V4(self.ip),
            port,
            ttl: self.ttl,
        }
    }

    /// Its address as text.
    #[must_use]
    pub fn address(&self) -> String {
        self.ip.to_string()
    }
}

/// Something outside with a name.
#[derive(Clone, Debug)]
pub struct Site {
    /// Name.
    pub name: String,
    /// Addresses that the name has.
    pub ips: Vec<Ipv4Addr>,
    /// Seconds an answer may be kept.
    pub ttl: u32,
    /// Round trip.
    pub rtt: Nanos,
    /// Certificate chain, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// Highest TLS version.
    pub highest: u16,
}

/// The issuer of everybody's certificates.
pub const ISSUER: &str = "Public Trust Services TLS CA 4";

/// A leaf for `name` and the intermediate that signed it.
#[must_use]
pub fn chain(rng: &mut Rng, name: &str) -> Vec<Vec<u8>> {
    let leaf = der::small(
        rng,
        &der::Small {
            subject: name,
            issuer: ISSUER,
            names: &[name],
            from: "251101000000Z",
            until: "261130235959Z",
            authority: false,
        },
    );
    let above = der::small(
        &mut Rng::new(4, ISSUER),
        &der::Small {
            subject: ISSUER,
            issuer: "Public Trust Services Root X2",
            names: &[],
            from: "220301000000Z",
            until: "320229000000Z",
            authority: true,
        },
    );
    vec![leaf, above]
}

/// Vendors of network cards in offices: first three bytes.
const CARDS: [[u8; 3]; 6] = [
    [0x18, 0x66, 0xda],
    [0x3c, 0xd9, 0x2b],
    [0x00, 0x1b, 0x21],
    [0xf8, 0xb1, 0x56],
    [0x54, 0xee, 0x75],
    [0xd4, 0x81, 0xd7],
];

/// A card of one of the usual vendors.
pub fn card(rng: &mut Rng) -> Mac {
    let [a, b, c] = rng.pick(&CARDS).copied().unwrap_or([0x18, 0x66, 0xda]);
    [a, b, c, rng.u8(), rng.u8(), rng.u8()]
}

/// Days as the people there count them.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// Local midnight before the capture's first packet.
    pub midnight: Nanos,
    /// Weekday of that day, Monday 0.
    pub weekday: i64,
}

impl Calendar {
    /// Is day `n` one of work?
    #[must_use]
    pub fn work(&self, n: i64) -> bool {
        (self.weekday + n).rem_euclid(7) < 5
    }

    /// Local midnight of day `n`.
    #[must_use]
    pub fn day(&self, n: i64) -> Nanos {
        self.midnight + n * DAY
    }

    /// When a person is at a computer on day `n`: nobody at weekends, save one in ten.
    #[must_use]
    pub fn hours(&self, seed: u64, host: usize, n: i64) -> Option<(Nanos, Nanos)> {
        let mut rng = Rng::new(seed, &format!("hours {host} {n}"));
        let (come, go) = if self.work(n) {
            if rng.chance(4) {
                return None;
            }
            (
                8 * HOUR + rng.range(-20, 75) * MINUTE,
                17 * HOUR + rng.range(-50, 90) * MINUTE,
            )
        } else if rng.chance(10) {
            let come = 10 * HOUR + rng.range(0, 240) * MINUTE;
            (come, come + rng.range(40, 150) * MINUTE)
        } else {
            return None;
        };
        let jitter = rng.range(0, 60) * SECOND + rng.range(0, 1000) * MILLI;
        Some((self.day(n) + come + jitter, self.day(n) + go))
    }
}

/// TLS stacks of the machines in use.
#[derive(Clone, Debug)]
pub struct Stacks {
    /// Browsers of all desks.
    pub browser: Stack,
    /// The system library of all desks and servers.
    pub system: Stack,
    /// The monitoring agent's.
    pub agent: Stack,
    /// The printer's and camera's firmware.
    pub firmware: Stack,
}

impl Stacks {
    /// Those of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            browser: Stack::browser(),
            system: Stack::system(),
            agent: Stack::odd(&mut Rng::new(seed, "agent stack")),
            firmware: Stack::odd(&mut Rng::new(seed, "firmware stack")),
        }
    }
}
