//! Traffic against its specification: rows up to a bound, counts without one.

use crate::anomaly::AnomalyKind;
use weir_model::{FlowId, PacketRef};

/// One anomaly on one packet.
#[derive(Clone, Copy, Debug)]
pub struct Anomaly {
    /// Which.
    pub kind: &'static AnomalyKind,
    /// Where.
    pub packet: PacketRef,
    /// In which flow.
    pub flow: Option<FlowId>,
}

/// All of them.
#[derive(Default)]
pub struct Anomalies {
    rows: Vec<Anomaly>,
    counts: Vec<(&'static AnomalyKind, u64)>,
}

impl Anomalies {
    /// Most rows kept; counts go on.
    pub const ROWS: usize = 200_000;

    /// In packet order, the first [`Anomalies::ROWS`].
    #[must_use]
    pub fn rows(&self) -> &[Anomaly] {
        &self.rows
    }

    /// Each kind with its whole count, in order of first appearance.
    #[must_use]
    pub fn counts(&self) -> &[(&'static AnomalyKind, u64)] {
        &self.counts
    }

    /// Adds one; `false` when only the count could grow.
    pub(crate) fn push(&mut self, row: Anomaly) -> bool {
        match self
            .counts
            .iter_mut()
            .find(|(k, _)| std::ptr::eq(*k, row.kind))
        {
            Some((_, n)) => *n += 1,
            None => self.counts.push((row.kind, 1)),
        }
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(row);
        }
        room
    }

    pub(crate) fn mark(&self) -> (usize, Vec<u64>) {
        (self.rows.len(), self.counts.iter().map(|c| c.1).collect())
    }

    pub(crate) fn back_to(&mut self, mark: &(usize, Vec<u64>)) {
        self.rows.truncate(mark.0);
        self.counts.truncate(mark.1.len());
        for (count, n) in self.counts.iter_mut().zip(&mark.1) {
            count.1 = *n;
        }
    }
}
