//! The expert summary: what dissection remarked, by severity, group, protocol and words.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use weir_model::{LimitKind, PacketRef};

/// Different remarks told apart: their words may hold captured text.
const ROWS: usize = 100_000;

/// Hit where the words differ from packet to packet.
pub static MANY_EXPERTS: LimitKind = LimitKind {
    id: "statistics.experts",
    says: "more different remarks than are told apart; further ones are not listed",
    bound: ROWS as u64,
    unit: "remarks",
};

/// One remark and how often it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expert {
    /// `Chat`, `Note`, `Warning`, `Error`.
    pub severity: &'static str,
    /// `Sequence`, `Malformed` …: Wireshark's groups.
    pub group: String,
    /// Filter name of the protocol that made it.
    pub protocol: String,
    /// The words; captured text may be in them.
    pub message: String,
    /// How often.
    pub count: u64,
    /// Where first.
    pub first: PacketRef,
}

/// All of them, in order of first appearance.
#[derive(Default)]
pub struct Experts {
    rows: Vec<Expert>,
    by: HashMap<(&'static str, String, String, String), u32, FixedState>,
    beyond: u64,
}

impl Experts {
    /// Counts a remark on a packet.
    pub fn add(
        &mut self,
        severity: &'static str,
        group: &str,
        protocol: &str,
        message: &str,
        packet: PacketRef,
    ) {
        let key = (
            severity,
            group.to_owned(),
            protocol.to_owned(),
            message.to_owned(),
        );
        if let Some(row) = self
            .by
            .get(&key)
            .and_then(|at| self.rows.get_mut(*at as usize))
        {
            row.count += 1;
        } else if self.rows.len() < ROWS {
            self.rows.push(Expert {
                severity,
                group: key.1.clone(),
                protocol: key.2.clone(),
                message: key.3.clone(),
                count: 1,
                first: packet,
            });
            let at = u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX);
            self.by.insert(key, at);
        } else {
            self.beyond += 1;
        }
    }

    /// In order of first appearance.
    #[must_use]
    pub fn rows(&self) -> &[Expert] {
        &self.rows
    }

    /// Remarks for which there was no room.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}
