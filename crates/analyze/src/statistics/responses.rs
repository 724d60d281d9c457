//! Response times: how long servers took to answer, by protocol and what was asked.

use std::collections::BTreeMap;
use weir_model::{Duration, LimitKind, PacketRef};

/// Rows told apart.
const ROWS: usize = 20_000;

/// Hit where what is asked differs from packet to packet.
pub static MANY_RESPONSES: LimitKind = LimitKind {
    id: "statistics.responses",
    says: "more kinds of requests than are told apart; further ones are not listed",
    bound: ROWS as u64,
    unit: "rows",
};

/// Answers to one kind of request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service {
    /// Filter name of the protocol.
    pub protocol: &'static str,
    /// What was asked: a method, a query type, a command.
    pub procedure: String,
    /// Answers.
    pub count: u64,
    /// The quickest.
    pub min: Duration,
    /// The slowest.
    pub max: Duration,
    /// All together.
    pub sum: i128,
    /// The packet of the slowest answer.
    pub slowest: PacketRef,
}

impl Service {
    /// The mean.
    #[must_use]
    pub fn mean(&self) -> Duration {
        let mean = self.sum / i128::from(self.count.max(1));
        Duration(i64::try_from(mean).unwrap_or(i64::MAX))
    }
}

/// All of them.
#[derive(Default)]
pub struct Responses {
    rows: BTreeMap<(&'static str, String), Service>,
    beyond: u64,
}

impl Responses {
    /// Counts an answer.
    pub fn add(
        &mut self,
        protocol: &'static str,
        procedure: &str,
        took: Duration,
        packet: PacketRef,
    ) {
        let key = (protocol, procedure.to_owned());
        if self.rows.len() >= ROWS && !self.rows.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let row = self.rows.entry(key).or_insert_with(|| Service {
            protocol,
            procedure: procedure.to_owned(),
            count: 0,
            min: took,
            max: took,
            sum: 0,
            slowest: packet,
        });
        row.count += 1;
        row.min = row.min.min(took);
        if took > row.max {
            row.max = took;
            row.slowest = packet;
        }
        row.sum += i128::from(took.0);
    }

    /// By protocol, then by what was asked.
    pub fn rows(&self) -> impl Iterator<Item = &Service> {
        self.rows.values()
    }

    /// Answers for which there was no room.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_most_and_mean() {
        let mut all = Responses::default();
        for (n, took) in [(1, 30), (2, 10), (3, 80)] {
            let packet = PacketRef {
                number: n,
                ..PacketRef::default()
            };
            all.add("dns", "A", Duration(took), packet);
        }
        let rows: Vec<_> = all.rows().collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (
                rows[0].min.0,
                rows[0].max.0,
                rows[0].mean().0,
                rows[0].count
            ),
            (10, 80, 40, 3)
        );
        assert_eq!(rows[0].slowest.number, 3);
    }
}
