//! A plant while it is being written, and what all plants of a host make of the domain.

use super::key::{HostKey, Moved, Plant};
use super::world::Lookup;
use crate::packets::Nanos;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Conn;
use std::collections::BTreeMap;

/// A plant before its packets have numbers.
#[derive(Clone, Debug, Default)]
pub struct Planted {
    /// The key's part.
    pub plant: Plant,
    /// Its packets.
    pub ids: Vec<PacketId>,
    /// Second copies among them.
    pub copies: Vec<PacketId>,
    /// Filters whose union shows them.
    pub clauses: Vec<String>,
    /// What the plant makes of the domain indicator: a rung, or unknown.
    pub domain: Option<String>,
}

impl Planted {
    /// A part of a row, at a host, found in pass 1.
    #[must_use]
    pub fn new(row: u16, part: &str, title: &str, host: HostKey) -> Self {
        let plant = Plant {
            row,
            part: part.to_owned(),
            title: title.to_owned(),
            host,
            pass: 1,
            ..Plant::default()
        };
        Self {
            plant,
            ..Self::default()
        }
    }

    /// Adds a connection's packets.
    pub fn take(&mut self, conn: &Conn) {
        self.ids.extend(&conn.ids);
        self.ids.extend(&conn.copies);
        self.copies.extend(&conn.copies);
        let clause = conn.clause();
        if !self.clauses.contains(&clause) && !conn.ids.is_empty() {
            self.clauses.push(clause);
        }
    }

    /// Adds a look-up's packets.
    pub fn look(&mut self, lookup: &Lookup) -> Nanos {
        self.ids.extend(&lookup.ids);
        self.ids.extend(&lookup.upstream);
        self.clauses.push(lookup.clause.clone());
        lookup.done
    }

    /// Says what the plant makes of the domain.
    pub fn domain(&mut self, rung: &str) {
        self.domain = Some(rung.to_owned());
    }

    /// Content that came from the domain's server: its digest is empty where it did not come whole.
    pub fn came(&mut self, name: &str, sha256: &str) {
        self.plant.moved.push(Moved {
            sent: false,
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            of_domain: true,
        });
    }

    /// Content that the host sent to the domain's server.
    pub fn went(&mut self, name: &str, sha256: &str) {
        self.came(name, sha256);
        if let Some(last) = self.plant.moved.last_mut() {
            last.sent = true;
        }
        self.plant.reached = true;
    }

    /// What came was given by another server.
    pub fn elsewhere(&mut self) {
        for m in &mut self.plant.moved {
            m.of_domain = false;
        }
    }

    /// Adds a fact.
    pub fn fact(&mut self, name: &str, value: impl ToString) {
        self.plant.facts.insert(name.to_owned(), value.to_string());
    }
}

/// Rungs from strongest to weakest.
pub const RUNGS: [&str; 7] = [
    "delivered",
    "partial",
    "hidden",
    "refused",
    "contacted",
    "looked_up",
    "none",
];

/// Position of a rung; unknown words are weakest.
#[must_use]
pub fn strength(rung: &str) -> usize {
    RUNGS.len() - RUNGS.iter().position(|r| *r == rung).unwrap_or(RUNGS.len())
}

/// What each host makes of the domain over all plants: the strongest known rung, or `None` where a plant of unknown
/// rung could change it.
#[must_use]
pub fn domain_rungs(plants: &[Planted]) -> BTreeMap<HostKey, Option<String>> {
    let mut out: BTreeMap<HostKey, (usize, bool)> = BTreeMap::new();
    for planted in plants.iter().filter(|p| p.plant.row < 100) {
        let slot = out.entry(planted.plant.host.clone()).or_default();
        match &planted.domain {
            Some(rung) => slot.0 = slot.0.max(strength(rung)),
            None => slot.1 = true,
        }
    }
    let name = |n: usize| {
        RUNGS
            .get(RUNGS.len().wrapping_sub(n))
            .map(|r| (*r).to_owned())
    };
    out.into_iter()
        .map(|(host, (best, open))| {
            (
                host,
                if open && best < RUNGS.len() {
                    None
                } else {
                    name(best)
                },
            )
        })
        .collect()
}
