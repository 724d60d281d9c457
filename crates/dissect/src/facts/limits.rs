//! Bounds that were hit, each once with a count.

use weir_model::{Limit, LimitKind, PacketRef};

/// One row a bound.
#[derive(Default, Clone)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// In order of first appearance.
    #[must_use]
    pub fn all(&self) -> &[Limit] {
        &self.0
    }

    /// Counts one more hit.
    pub fn hit(&mut self, kind: &'static LimitKind, packet: Option<PacketRef>) {
        match self.0.iter_mut().find(|l| std::ptr::eq(l.kind, kind)) {
            Some(limit) => limit.count += 1,
            None => self.0.push(Limit {
                kind,
                first: packet,
                count: 1,
            }),
        }
    }
}
