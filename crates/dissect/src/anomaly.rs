//! What traffic can do against its specification. A kind is a static beside the protocol that raises it.

use crate::protocol::Severity;

/// One kind of anomaly; Wireshark calls these expert information.
#[derive(Debug)]
pub struct AnomalyKind {
    /// Stable id and, where Wireshark has the field, its name: `tcp.analysis.retransmission`.
    pub id: &'static str,
    /// A sentence.
    pub says: &'static str,
    /// How loud.
    pub severity: Severity,
    /// `Malformed`, `Sequence`, `Protocol` …: Wireshark's expert groups.
    pub group: &'static str,
}
