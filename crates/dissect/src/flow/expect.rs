//! Flows that another flow announced (FTP data, TFTP, RTP). Bounded; the oldest is forgotten first.

use crate::protocol::{Protocol, Transport};
use std::collections::VecDeque;
use std::net::IpAddr;
use weir_model::{LimitKind, PacketRef};

/// Most expectations waiting.
pub(crate) const EXPECTATIONS: usize = 4096;

pub(crate) static TOO_MANY: LimitKind = LimitKind {
    id: "flow.expectations",
    says: "more announced connections were waiting than are kept; the oldest were forgotten",
    bound: EXPECTATIONS as u64,
    unit: "flows",
};

/// A flow that is to come.
#[derive(Clone, Copy, Debug)]
pub struct Expectation {
    /// Over TCP or UDP.
    pub transport: Transport,
    /// The end that listens.
    pub server: (IpAddr, u16),
    /// The end that connects, when known.
    pub client: Option<IpAddr>,
    /// What it will carry.
    pub protocol: &'static Protocol,
    /// Handed to its dissector as [`crate::Start::token`].
    pub token: u64,
    /// The packet that announced it.
    pub setup: PacketRef,
}

#[derive(Default)]
pub(crate) struct Expectations(VecDeque<Expectation>);

impl Expectations {
    /// `false` when the oldest had to go.
    pub(crate) fn push(&mut self, e: Expectation) -> bool {
        // A newer announcement for the same end replaces the older.
        self.0
            .retain(|o| (o.transport, o.server, o.client) != (e.transport, e.server, e.client));
        let room = self.0.len() < EXPECTATIONS;
        if !room {
            self.0.pop_front();
        }
        self.0.push_back(e);
        room
    }

    /// Takes the one that this new flow fulfils, if any.
    pub(crate) fn take(
        &mut self,
        transport: Transport,
        from: (IpAddr, u16),
        to: (IpAddr, u16),
    ) -> Option<Expectation> {
        let fits = |e: &Expectation| {
            e.transport == transport
                && ((e.server == to && e.client.is_none_or(|c| c == from.0))
                    || (e.server == from && e.client.is_none_or(|c| c == to.0)))
        };
        let at = self.0.iter().rposition(fits)?;
        self.0.remove(at)
    }
}
