//! Who sends packets in fragments to whom, and how many were whole in the end. Judges nothing.

use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_model::{PacketRef, Timestamp};

/// Fragments from one address to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fragmented {
    /// Sender.
    pub src: IpAddr,
    /// Receiver.
    pub dst: IpAddr,
    /// Fragments.
    pub fragments: u64,
    /// Fragments that begin a packet: as many packets were sent.
    pub begun: u64,
    /// Packets that all fragments were seen of.
    pub whole: u64,
    /// First fragment.
    pub first: PacketRef,
    /// Last one.
    pub last: PacketRef,
    /// Their times.
    pub span: (Timestamp, Timestamp),
}

/// Every pair, in order of its first fragment.
#[derive(Default)]
pub struct Fragmenters {
    rows: Vec<Fragmented>,
    places: HashMap<(IpAddr, IpAddr), u32, FixedState>,
}

impl Fragmenters {
    /// Most pairs kept.
    pub const ROWS: usize = 65_536;

    pub(crate) fn saw(
        &mut self,
        ends: (IpAddr, IpAddr),
        at: (PacketRef, Timestamp),
        begins: bool,
        whole: bool,
    ) -> bool {
        let next = self.rows.len();
        if next >= Self::ROWS && !self.places.contains_key(&ends) {
            return false;
        }
        let place = *self
            .places
            .entry(ends)
            .or_insert(u32::try_from(next).unwrap_or(u32::MAX));
        if place as usize == next {
            self.rows.push(Fragmented {
                src: ends.0,
                dst: ends.1,
                fragments: 0,
                begun: 0,
                whole: 0,
                first: at.0,
                last: at.0,
                span: (at.1, at.1),
            });
        }
        if let Some(row) = self.rows.get_mut(place as usize) {
            row.fragments += 1;
            row.begun += u64::from(begins);
            row.whole += u64::from(whole);
            row.last = at.0;
            row.span.1 = row.span.1.max(at.1);
        }
        true
    }

    /// In order of the first fragment.
    #[must_use]
    pub fn all(&self) -> &[Fragmented] {
        &self.rows
    }
}
