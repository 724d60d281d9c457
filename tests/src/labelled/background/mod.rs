//! What a network does without anybody's bad intention: people by their hours, servers and appliances by the clock.

mod appliance;
mod desk;
mod server;
mod wire;

use super::lab::{Draft, Lab};
use super::net::Role;
use crate::packets::{DAY, MINUTE, Nanos};

/// How much of it there is.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Visits of a person to sites in an hour at the desk.
    pub visits: i64,
    /// Between two checks of a monitoring agent.
    pub agent: Nanos,
    /// Between two polls of the monitoring server.
    pub poll: Nanos,
    /// Between two looks at the mail box.
    pub mail: Nanos,
    /// One desk watches films for an hour.
    pub streaming: bool,
    /// Bytes that the file server saves outside each night; 0 where it does not.
    pub offsite: usize,
}

impl Amount {
    /// Of one day.
    pub const DAY: Self = Self {
        visits: 18,
        agent: MINUTE,
        poll: 5 * MINUTE,
        mail: 5 * MINUTE,
        streaming: true,
        offsite: 0,
    };
    /// Of many days: what is frequent is rarer, so that the capture stays small.
    pub const LONG: Self = Self {
        visits: 6,
        agent: 10 * MINUTE,
        poll: 15 * MINUTE,
        mail: 20 * MINUTE,
        streaming: true,
        offsite: 700_000,
    };
    /// As little as a network can have.
    pub const QUIET: Self = Self {
        visits: 6,
        agent: 5 * MINUTE,
        poll: 15 * MINUTE,
        mail: 15 * MINUTE,
        streaming: false,
        offsite: 0,
    };
}

/// Writes it, with the labels of what looks like an attack and is none.
pub fn write(lab: &mut Lab, amount: Amount) {
    for host in lab.hosts.clone() {
        wire::arrive(lab, &host);
        match host.role {
            Role::Desk => desk::write(lab, &host, amount),
            Role::Printer | Role::Camera => appliance::write(lab, &host),
            _ => server::write(lab, &host, amount),
        }
    }
    let mut twins = Vec::new();
    twins.extend(desk::twins(lab, amount));
    twins.extend(server::twins(lab, amount));
    lab.drafts.extend(twins);
}

/// Host-days of those who are on the network.
#[must_use]
pub fn host_days(lab: &Lab, hosts: usize) -> f64 {
    hosts as f64 * (lab.end - lab.start) as f64 / DAY as f64
}

/// A harmless draft with the usual words.
fn twin(kind: &str, src: &str, what: &str, why: &str) -> Draft {
    Draft::benign(kind, src, what, why)
}
