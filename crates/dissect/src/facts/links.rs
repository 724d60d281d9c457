//! Packet-to-packet relations, resolved when asked.

use weir_model::PacketRef;

/// What relates two packets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LinkKind {
    /// `from` asks, `to` answers.
    Answer,
    /// `from` carries a fragment of the datagram that `to` completes.
    Fragment,
    /// `from` carries a segment of the message that `to` completes.
    Segment,
    /// `from` set up the flow that begins with `to` (FTP control to data).
    Setup,
}

/// One relation. `key` tells several of one packet apart (DNS id, place in a pipeline).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Link {
    /// The earlier packet, normally.
    pub from: PacketRef,
    /// The later packet.
    pub to: PacketRef,
    /// What relates them.
    pub kind: LinkKind,
    /// Tells several of one packet apart.
    pub key: u32,
}

/// Every link of a chain.
#[derive(Default)]
pub struct Links {
    rows: Vec<Link>,
    by_from: Vec<u32>,
    by_to: Vec<u32>,
}

impl Links {
    /// Most links kept.
    pub const ROWS: usize = 8_000_000;

    /// In the order they became known.
    #[must_use]
    pub fn all(&self) -> &[Link] {
        &self.rows
    }

    pub(crate) fn push(&mut self, link: Link) -> bool {
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(link);
        }
        room
    }

    /// Sorts for look-up; links pushed later are found only after the next call.
    pub(crate) fn seal(&mut self) {
        let mut order: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        let row = |n: &u32| self.rows.get(*n as usize).copied();
        order.sort_by_key(|n| row(n).map(|l| (l.from, l.kind, l.key, l.to)));
        self.by_from = order.clone();
        order.sort_by_key(|n| row(n).map(|l| (l.to, l.kind, l.key, l.from)));
        self.by_to = order;
    }

    /// Links that leave `packet`.
    pub fn from(&self, packet: PacketRef, kind: LinkKind) -> impl Iterator<Item = Link> + '_ {
        let at = self.by_from.partition_point(|n| {
            self.rows
                .get(*n as usize)
                .is_some_and(|l| (l.from, l.kind) < (packet, kind))
        });
        self.by_from
            .get(at..)
            .unwrap_or_default()
            .iter()
            .filter_map(|n| self.rows.get(*n as usize).copied())
            .take_while(move |l| l.from == packet && l.kind == kind)
    }

    /// Links that reach `packet`.
    pub fn to(&self, packet: PacketRef, kind: LinkKind) -> impl Iterator<Item = Link> + '_ {
        let at = self.by_to.partition_point(|n| {
            self.rows
                .get(*n as usize)
                .is_some_and(|l| (l.to, l.kind) < (packet, kind))
        });
        self.by_to
            .get(at..)
            .unwrap_or_default()
            .iter()
            .filter_map(|n| self.rows.get(*n as usize).copied())
            .take_while(move |l| l.to == packet && l.kind == kind)
    }

    pub(crate) fn back_to(&mut self, len: usize) {
        self.rows.truncate(len);
        self.by_from.clear();
        self.by_to.clear();
    }
}
