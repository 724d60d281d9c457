//! Which rows of flow logs describe conversations that a capture holds, too: those are joined, not added up.

use crate::input::{Input, LogInput};
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_import::FlowRow;
use weir_model::{Duration, Timestamp};

/// How far the clocks of two sensors may differ before the same conversation is taken for two.
const SLACK: Duration = Duration(5_000_000_000);

/// Both ends of a conversation, the smaller one first.
type Ends = (Transport, (IpAddr, u16), (IpAddr, u16));

/// Conversations of captures with their times.
pub(crate) struct Captured(HashMap<Ends, Vec<(Timestamp, Timestamp)>, FixedState>);

fn ends(transport: Transport, a: (IpAddr, u16), b: (IpAddr, u16)) -> Ends {
    (transport, a.min(b), a.max(b))
}

/// A row's transport, where captures number conversations over it.
pub(crate) fn transport(row: &FlowRow) -> Option<Transport> {
    match row.transport {
        weir_import::Transport::Tcp => Some(Transport::Tcp),
        weir_import::Transport::Udp => Some(Transport::Udp),
        _ => None,
    }
}

impl Captured {
    /// Of all chains; empty where there is no log that asks.
    pub(crate) fn new(input: &Input<'_>) -> Self {
        let mut all = HashMap::with_hasher(FixedState::with_seed(0));
        if input.logs.iter().any(|l| !l.rows.is_empty()) {
            for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
                all.entry(ends(flow.transport, flow.client, flow.server))
                    .or_insert_with(Vec::new)
                    .push((flow.begun, flow.ended));
            }
        }
        Self(all)
    }

    /// Is this row's conversation in a capture?
    pub(crate) fn has(&self, log: &LogInput<'_>, row: &FlowRow) -> bool {
        let a = (row.originator.ip, row.originator.port);
        let b = (row.responder.ip, row.responder.port);
        let Some(list) = transport(row).and_then(|t| self.0.get(&ends(t, a, b))) else {
            return false;
        };
        let (from, to) = (log.begun(row), log.ended(row));
        list.iter()
            .any(|(begun, ended)| from <= ended.plus(SLACK) && *begun <= to.plus(SLACK))
    }
}
