//! A few bytes for every packet of a capture: where it stands, when it was, whose it is.
//! Holds no content.

use crate::packed::Packed;
use weir_dissect::facts::StackId;
use weir_dissect::{Direction, PacketOutcome};
use weir_model::{FlowId, Record, Timestamp};

/// Packets of one block: growth never moves more than a block's worth, and its numbers lie close together.
const BLOCK: usize = 1 << 12;
const NO_FLOW: i64 = -1;
const BACKWARD: i64 = 1;
const DUPLICATE: i64 = 2;
/// The container keeps no time for it: that of the packet before stands in its place.
const UNTIMED: i64 = 4;
/// No packet: what it is stands in the place of its flow.
const RECORD: i64 = 8;

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
    /// When; of the packet before it where it is untimed.
    pub time: Timestamp,
    /// The container keeps no time for it.
    pub untimed: bool,
    /// What it is instead of a packet.
    pub record: Option<Record>,
    /// Interface number in the capture.
    pub interface: u16,
    /// Its flow and which way it goes.
    pub flow: Option<(FlowId, Direction)>,
    /// Its layers.
    pub stack: StackId,
    /// A copy of an earlier packet.
    pub duplicate: bool,
}

/// What is kept of every packet.
#[derive(Clone, Copy)]
enum Column {
    Offset,
    Time,
    Captured,
    /// Bytes that the wire had beyond them.
    Beyond,
    Flow,
    Stack,
    Interface,
    Flags,
}

const COLUMNS: usize = 8;

/// A block's packets: as they came while it is filled, packed after.
enum Block {
    Open([Vec<i64>; COLUMNS]),
    Packed(Box<[Packed; COLUMNS]>),
}

impl Block {
    fn get(&self, column: Column, row: usize) -> Option<i64> {
        match self {
            Self::Open(c) => c.get(column as usize)?.get(row).copied(),
            Self::Packed(c) => c.get(column as usize)?.get(row),
        }
    }

    fn heap(&self) -> usize {
        match self {
            Self::Open(c) => c.iter().map(|c| c.capacity() * size_of::<i64>()).sum(),
            Self::Packed(c) => c.iter().map(|c| c.heap() + size_of::<Packed>()).sum(),
        }
    }
}

/// The packets of one capture, in file order: about 14 bytes each.
#[derive(Default)]
pub struct PacketIndex {
    /// All but the last are full.
    blocks: Vec<Block>,
    len: u32,
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
        self.blocks.iter().map(Block::heap).sum()
    }

    pub(crate) fn push(&mut self, entry: &PacketEntry, outcome: PacketOutcome) {
        let back = matches!(outcome.flow, Some((_, Direction::Backward)));
        let flags = i64::from(back) * BACKWARD
            + i64::from(outcome.duplicate) * DUPLICATE
            + i64::from(entry.untimed) * UNTIMED
            + i64::from(entry.record.is_some()) * RECORD;
        let flow = outcome.flow.map(|f| i64::from(f.0.0));
        // In the order of `Column`.
        let row = [
            entry.offset.cast_signed(),
            entry.time.0,
            i64::from(entry.captured),
            i64::from(entry.wire) - i64::from(entry.captured),
            entry.record.map(Record::code).or(flow).unwrap_or(NO_FLOW),
            i64::from(outcome.stack.0),
            i64::from(entry.interface),
            flags,
        ];
        if !matches!(self.blocks.last(), Some(Block::Open(_))) {
            self.blocks.push(Block::Open(Default::default()));
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        if let Block::Open(columns) = block {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
            if columns.iter().all(|c| c.len() >= BLOCK) {
                *block = Block::Packed(Box::new(columns.each_ref().map(|c| Packed::new(c))));
            }
        }
        self.len += 1;
    }

    /// The block of a packet and its row there.
    fn place(&self, number: u32) -> Option<(&Block, usize)> {
        let n = number.checked_sub(1).filter(|n| *n < self.len)? as usize;
        Some((self.blocks.get(n / BLOCK)?, n % BLOCK))
    }

    /// The packet with this 1-based number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<PacketEntry> {
        let (block, row) = self.place(number)?;
        let flags = block.get(Column::Flags, row)?;
        let captured = block.get(Column::Captured, row)?;
        let wire = captured + block.get(Column::Beyond, row)?;
        let direction = if flags & BACKWARD == 0 {
            Direction::Forward
        } else {
            Direction::Backward
        };
        let whose = block.get(Column::Flow, row)?;
        let record = (flags & RECORD != 0).then(|| Record::from_code(whose));
        let flow = u32::try_from(whose).ok().filter(|_| record.is_none());
        Some(PacketEntry {
            number,
            offset: block.get(Column::Offset, row)?.cast_unsigned(),
            captured: u32::try_from(captured).ok()?,
            wire: u32::try_from(wire).ok()?,
            time: Timestamp(block.get(Column::Time, row)?),
            untimed: flags & UNTIMED != 0,
            record: record.flatten(),
            interface: u16::try_from(block.get(Column::Interface, row)?).ok()?,
            flow: flow.map(|n| (FlowId(n), direction)),
            stack: StackId(u16::try_from(block.get(Column::Stack, row)?).ok()?),
            duplicate: flags & DUPLICATE != 0,
        })
    }

    /// The flow of a packet, without the rest.
    #[must_use]
    pub fn flow(&self, number: u32) -> Option<FlowId> {
        let (block, row) = self.place(number)?;
        if block.get(Column::Flags, row)? & RECORD != 0 {
            return None;
        }
        let flow = block.get(Column::Flow, row)?;
        u32::try_from(flow).ok().map(FlowId)
    }

    /// Every packet, in file order.
    pub fn iter(&self) -> impl Iterator<Item = PacketEntry> + '_ {
        (1..=self.len).filter_map(|n| self.get(n))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_packet_is_found_again_and_costs_little() {
        let mut index = PacketIndex::default();
        let count = 3 * BLOCK as u32 + 5;
        let entry = |number: u32| PacketEntry {
            number,
            offset: 24 + u64::from(number) * 400,
            captured: 60 + number % 1400,
            wire: 60 + number % 1400 + u32::from(number.is_multiple_of(1000)),
            time: Timestamp(1_700_000_000_000_000_000 + i64::from(number) * 217_000),
            untimed: number.is_multiple_of(800),
            record: (number == 3 * BLOCK as u32 + 4).then_some(Record::Custom {
                pen: number,
                copy: true,
            }),
            interface: 0,
            flow: (!number.is_multiple_of(7) && number != 3 * BLOCK as u32 + 4).then(|| {
                let back = number.is_multiple_of(2);
                let way = if back {
                    Direction::Backward
                } else {
                    Direction::Forward
                };
                (FlowId(number / 10), way)
            }),
            stack: StackId(number as u16 % 40),
            duplicate: number.is_multiple_of(900),
        };
        for number in 1..=count {
            let e = entry(number);
            let outcome = PacketOutcome {
                flow: e.flow,
                stack: e.stack,
                duplicate: e.duplicate,
            };
            index.push(&e, outcome);
            assert_eq!(index.get(number), Some(e));
        }
        assert!(index.iter().eq((1..=count).map(entry)));
        assert_eq!(index.flow(20), Some(FlowId(2)));
        assert_eq!((index.flow(21), index.flow(count + 1)), (None, None));
        assert_eq!((index.get(0), index.get(count + 1)), (None, None));
        let packed: usize = index.blocks.iter().take(3).map(Block::heap).sum();
        assert!(packed <= 14 * 3 * BLOCK, "{packed} bytes");
    }
}
