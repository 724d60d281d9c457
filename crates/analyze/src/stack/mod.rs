//! Stacking: how often each value of a column was seen, by how many hosts, the least frequent first; and what was seen
//! once over all columns. What sticks out is worth a look; it is no finding.

mod once;
mod source;

pub use once::{ONCE, Once, SeenOnce};
pub use source::{ColumnInfo, Source, columns};

use crate::crossings::Look;
use crate::environment::HostId;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::collections::BTreeSet;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Values of one column that are told apart.
const VALUES: usize = 100_000;
/// Hosts of one value that are told apart.
const HOSTS: usize = 64;
/// Characters of a value that are compared and kept.
const TEXT: usize = 300;
/// Packets cited of a value.
const CITED: usize = 3;

/// Hit where a column has a new value in almost every row.
pub static MANY_VALUES: LimitKind = LimitKind {
    id: "stack.values",
    says: "more values of one column than are told apart; further ones are only counted",
    bound: VALUES as u64,
    unit: "values",
};

/// One value of a column.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Value {
    /// As text. Hostile.
    pub text: String,
    /// Rows that have it.
    pub count: u64,
    /// Hosts of the network that had it, as clients; told apart up to 64.
    pub hosts: BTreeSet<HostId>,
    /// First packets of some.
    pub packets: Vec<PacketRef>,
    /// Time of the first.
    pub first: Timestamp,
}

/// A column, stacked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stacked {
    /// Least frequent first; of equals the one of fewer hosts, then the earlier.
    pub values: Vec<Value>,
    /// Values counted, with their repeats: shares are of these.
    pub counted: u64,
    /// Rows without a value.
    pub absent: u64,
    /// Values beyond the bound.
    pub beyond: u64,
}

/// Counts the values of one column, and can stop between any two rows.
pub struct Stack {
    source: Source,
    /// Chain, table, row.
    at: (usize, usize, usize),
    values: HashMap<String, Value, FixedState>,
    counted: u64,
    absent: u64,
    beyond: u64,
}

impl Stack {
    /// Before the first row.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            at: (0, 0, 0),
            values: HashMap::default(),
            counted: 0,
            absent: 0,
            beyond: 0,
        }
    }

    /// Counts at most `left` rows and takes them off; `true` when all were counted.
    pub fn step(&mut self, look: &Look<'_>, left: &mut u32) -> bool {
        while let Some(chain) = look.input.chains.get(self.at.0) {
            while let Some(rows) = self.source.rows(chain.facts, self.at.1) {
                while self.at.2 < rows {
                    if *left == 0 {
                        return false;
                    }
                    *left -= 1;
                    self.row(look);
                    self.at.2 += 1;
                }
                self.at = (self.at.0, self.at.1 + 1, 0);
            }
            self.at = (self.at.0 + 1, 0, 0);
        }
        true
    }

    fn row(&mut self, look: &Look<'_>) {
        let (chain, table, n) = self.at;
        let Some(facts) = look.input.chains.get(chain).map(|c| c.facts) else {
            return;
        };
        let Some(row) = self.source.row(facts, table, n) else {
            return;
        };
        let host = row.client.and_then(|ip| look.env.at(chain, ip, row.time));
        let mut any = false;
        let cell = &row.cell;
        let mut one = |text: String| {
            any = true;
            self.counted += 1;
            if self.values.len() >= VALUES && !self.values.contains_key(&text) {
                self.beyond += 1;
                return;
            }
            let slot = self.values.entry(text.clone()).or_insert_with(|| Value {
                text,
                first: row.time,
                ..Value::default()
            });
            slot.count += 1;
            slot.first = slot.first.min(row.time);
            if slot.packets.len() < CITED {
                slot.packets.push(row.packet);
            }
            if let Some(host) = host.filter(|_| slot.hosts.len() < HOSTS) {
                slot.hosts.insert(host);
            }
        };
        source::texts(cell, TEXT, &mut one);
        if !any {
            self.absent += 1;
        }
    }

    /// The values, least frequent first.
    #[must_use]
    pub fn finish(self) -> Stacked {
        let mut values: Vec<Value> = self.values.into_values().collect();
        values.sort_by(|a, b| {
            (a.count, a.hosts.len(), a.first)
                .cmp(&(b.count, b.hosts.len(), b.first))
                .then_with(|| a.text.cmp(&b.text))
        });
        Stacked {
            values,
            counted: self.counted,
            absent: self.absent,
            beyond: self.beyond,
        }
    }
}

#[cfg(test)]
mod tests;
