//! What the capture itself lacks, counted while it is read. Judges nothing.

use weir_model::{PacketRef, Timestamp};

/// A count with the first packets it was seen on.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// How many.
    pub count: u64,
    /// The first few packets.
    pub examples: Vec<PacketRef>,
    last: Option<PacketRef>,
}

impl Count {
    /// Examples kept.
    pub const EXAMPLES: usize = 5;

    /// One more packet; the same one again changes nothing.
    pub fn add(&mut self, packet: PacketRef) {
        if self.last.replace(packet) == Some(packet) {
            return;
        }
        self.count += 1;
        if self.examples.len() < Self::EXAMPLES {
            self.examples.push(packet);
        }
    }
}

/// A hole or a jump in time: the packet after it and both times.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The packet after.
    pub packet: PacketRef,
    /// Time before.
    pub before: Timestamp,
    /// Time after.
    pub after: Timestamp,
}

/// Capture quality of one chain.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// Packets cut by the snap length.
    pub cut: Count,
    /// Bytes that are left of those: the fewest and the most.
    pub cut_to: Option<(u32, u32)>,
    /// Segments and datagrams that carry something, copies left out.
    pub content: u64,
    /// Of these, those that the snap length cut.
    pub content_cut: u64,
    /// Packets that are copies of one seen just before (mirror ports).
    pub duplicates: Count,
    /// Copies that came through a router more, for the fourth time or more: packets that go in a circle.
    pub looped: Count,
    /// Packets earlier than the one before.
    pub backwards: Count,
    /// Acknowledged TCP bytes that are not in the capture, by packet of the acknowledgement.
    pub unseen_acked: Count,
    /// Packets with a wrong checksum that a sending host's offload explains.
    pub offload: Count,
    /// Packets with a wrong IP, TCP or UDP checksum otherwise.
    pub bad_checksum: Count,
    /// Packets that bring stream bytes anew with other content.
    pub conflicts: Count,
    /// Packets whose link type has no dissector.
    pub unknown_link: Count,
    /// Packets for which the container keeps no time.
    pub untimed: Count,
    /// Records that are numbered with the packets and are none.
    pub records: Count,
    /// Longest silences, longest first, at most [`Quality::STEPS`].
    pub silences: Vec<Step>,
    /// Backward jumps, largest first, at most [`Quality::STEPS`].
    pub jumps: Vec<Step>,
}

impl Quality {
    /// Silences and jumps kept.
    pub const STEPS: usize = 16;

    pub(crate) fn step(&mut self, packet: PacketRef, before: Timestamp, after: Timestamp) {
        let step = Step {
            packet,
            before,
            after,
        };
        let size = |s: &Step| s.after.0.saturating_sub(s.before.0).saturating_abs();
        let list = if after < before {
            self.backwards.add(packet);
            &mut self.jumps
        } else {
            &mut self.silences
        };
        if list.len() == Self::STEPS && list.last().is_some_and(|s| size(s) >= size(&step)) {
            return;
        }
        let at = list.partition_point(|s| size(s) >= size(&step));
        list.insert(at, step);
        list.truncate(Self::STEPS);
    }
}
