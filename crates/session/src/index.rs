//! A few bytes for every packet of a capture: where it stands, when it was, whose it is.
//! Holds no content.

use weir_dissect::facts::StackId;
use weir_dissect::{Direction, PacketOutcome};
use weir_model::{FlowId, Timestamp};

/// Packets of one block: growth never moves more than a block's worth.
const BLOCK: usize = 1 << 14;
const NO_FLOW: u32 = u32::MAX;
const BACKWARD: u8 = 1;
const DUPLICATE: u8 = 2;
const CUT: u8 = 4;

/// What the index knows of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PacketEntry {
    /// 1-based number in its capture.
    pub number: u32,
    /// File offset of its bytes in the plain capture.
    pub offset: u64,
    /// Captured bytes.
    pub captured: u32,
    /// Bytes on the wire.
    pub wire: u32,
    /// When.
    pub time: Timestamp,
    /// Interface number in the capture.
    pub interface: u16,
    /// Its flow and which way it goes.
    pub flow: Option<(FlowId, Direction)>,
    /// Its layers.
    pub stack: StackId,
    /// A copy of an earlier packet.
    pub duplicate: bool,
}

/// 25 bytes a packet, in blocks.
struct Block {
    base: u64,
    offset: Vec<u32>,
    time: Vec<i64>,
    captured: Vec<u32>,
    flow: Vec<u32>,
    stack: Vec<u16>,
    interface: Vec<u16>,
    flags: Vec<u8>,
}

impl Block {
    fn new(base: u64) -> Self {
        Self {
            base,
            offset: Vec::new(),
            time: Vec::new(),
            captured: Vec::new(),
            flow: Vec::new(),
            stack: Vec::new(),
            interface: Vec::new(),
            flags: Vec::new(),
        }
    }
}

/// The packets of one capture, in file order.
#[derive(Default)]
pub struct PacketIndex {
    blocks: Vec<Block>,
    /// First packet of each block, 0-based.
    starts: Vec<u32>,
    len: u32,
    /// Wire lengths of packets that were cut, by number, ascending.
    cut: Vec<(u32, u32)>,
}

impl PacketIndex {
    /// Packets so far.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// None yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Heap in use, roughly.
    #[must_use]
    pub fn heap(&self) -> usize {
        self.len as usize * 25 + self.cut.len() * 8
    }

    pub(crate) fn push(&mut self, entry: &PacketEntry, outcome: PacketOutcome) {
        let fits = |b: &Block| {
            b.offset.len() < BLOCK
                && entry
                    .offset
                    .checked_sub(b.base)
                    .is_some_and(|d| d <= u64::from(u32::MAX))
        };
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push(Block::new(entry.offset));
            self.starts.push(self.len);
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        block
            .offset
            .push(u32::try_from(entry.offset - block.base).unwrap_or(u32::MAX));
        block.time.push(entry.time.0);
        block.captured.push(entry.captured);
        block.flow.push(outcome.flow.map_or(NO_FLOW, |f| f.0.0));
        block.stack.push(outcome.stack.0);
        block.interface.push(entry.interface);
        let cut = entry.wire != entry.captured;
        let back = matches!(outcome.flow, Some((_, Direction::Backward)));
        let flags = (u8::from(back) * BACKWARD)
            | (u8::from(outcome.duplicate) * DUPLICATE)
            | (u8::from(cut) * CUT);
        block.flags.push(flags);
        if cut {
            self.cut.push((entry.number, entry.wire));
        }
        self.len += 1;
    }

    /// The packet with this 1-based number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<PacketEntry> {
        let n = number.checked_sub(1).filter(|n| *n < self.len)?;
        let at = self.starts.partition_point(|s| *s <= n).checked_sub(1)?;
        let (block, i) = (self.blocks.get(at)?, (n - self.starts.get(at)?) as usize);
        let flags = *block.flags.get(i)?;
        let captured = *block.captured.get(i)?;
        let wire = if flags & CUT == 0 {
            captured
        } else {
            self.cut
                .binary_search_by_key(&number, |c| c.0)
                .ok()
                .and_then(|i| self.cut.get(i))
                .map_or(captured, |c| c.1)
        };
        let direction = if flags & BACKWARD == 0 {
            Direction::Forward
        } else {
            Direction::Backward
        };
        let flow = *block.flow.get(i)?;
        Some(PacketEntry {
            number,
            offset: block.base + u64::from(*block.offset.get(i)?),
            captured,
            wire,
            time: Timestamp(*block.time.get(i)?),
            interface: *block.interface.get(i)?,
            flow: (flow != NO_FLOW).then_some((FlowId(flow), direction)),
            stack: StackId(*block.stack.get(i)?),
            duplicate: flags & DUPLICATE != 0,
        })
    }

    /// The flow of a packet, without the rest.
    #[must_use]
    pub fn flow(&self, number: u32) -> Option<FlowId> {
        let n = number.checked_sub(1).filter(|n| *n < self.len)?;
        let at = self.starts.partition_point(|s| *s <= n).checked_sub(1)?;
        let flow = *self
            .blocks
            .get(at)?
            .flow
            .get((n - self.starts.get(at)?) as usize)?;
        (flow != NO_FLOW).then_some(FlowId(flow))
    }

    /// Every packet, in file order.
    pub fn iter(&self) -> impl Iterator<Item = PacketEntry> + '_ {
        (1..=self.len).filter_map(|n| self.get(n))
    }
}
