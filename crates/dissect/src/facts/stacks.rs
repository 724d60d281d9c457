//! The distinct sequences of layers and how many packets and bytes each has: what the index keeps a
//! small number for, and the protocol hierarchy is made of.

use crate::registry::ProtocolId;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// A layer sequence's place in [`Stacks`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StackId(pub u16);

/// The layers of a packet, outermost first.
pub type Layers = SmallVec<[ProtocolId; 16]>;

/// One sequence and its use.
#[derive(Clone, Debug)]
pub struct StackUse {
    /// Outermost first, repeats kept.
    pub layers: Layers,
    /// Packets.
    pub packets: u64,
    /// Bytes on the wire.
    pub bytes: u64,
}

/// Every sequence seen, in order of first appearance; place 0 is the empty one and also takes
/// what comes after the bound.
pub struct Stacks {
    rows: Vec<StackUse>,
    by_layers: HashMap<Layers, u16, FixedState>,
    /// Places seen before, by [`near`]: there are few sequences, and each packet has one.
    near: [u16; NEAR],
}

/// Sequences found without hashing; a power of two.
const NEAR: usize = 64;

fn near(layers: &Layers) -> usize {
    let mix = |n: usize, l: &ProtocolId| n.wrapping_mul(31).wrapping_add(usize::from(l.0));
    layers.iter().fold(0, mix) % NEAR
}

impl Default for Stacks {
    fn default() -> Self {
        let empty = StackUse {
            layers: Layers::new(),
            packets: 0,
            bytes: 0,
        };
        Self {
            rows: vec![empty],
            by_layers: HashMap::with_hasher(FixedState::with_seed(0)),
            near: [0; NEAR],
        }
    }
}

impl Stacks {
    /// Most distinct sequences.
    pub const ROWS: usize = 60_000;

    /// Every sequence.
    #[must_use]
    pub fn all(&self) -> &[StackUse] {
        &self.rows
    }

    /// The layers at a place.
    #[must_use]
    pub fn layers(&self, id: StackId) -> &[ProtocolId] {
        self.rows
            .get(usize::from(id.0))
            .map_or(&[], |s| s.layers.as_slice())
    }

    /// Counts a packet; the second value is `false` when the bound was hit.
    pub(crate) fn count(&mut self, layers: &Layers, wire_len: u32) -> (StackId, bool) {
        let near = near(layers);
        let seen = self.near.get(near).copied().unwrap_or_default();
        let same = |r: &StackUse| r.layers == *layers;
        let (at, known) = if self.rows.get(usize::from(seen)).is_some_and(same) {
            (seen, true)
        } else {
            self.place(layers)
        };
        if let Some(row) = self.rows.get_mut(usize::from(at)) {
            row.packets += 1;
            row.bytes += u64::from(wire_len);
        }
        if let Some(slot) = self.near.get_mut(near) {
            *slot = at;
        }
        (StackId(at), known)
    }

    fn place(&mut self, layers: &Layers) -> (u16, bool) {
        if let Some(at) = self.by_layers.get(layers) {
            return (*at, true);
        }
        if self.rows.len() >= Self::ROWS {
            return (0, false);
        }
        let at = u16::try_from(self.rows.len()).unwrap_or(0);
        self.rows.push(StackUse {
            layers: layers.clone(),
            packets: 0,
            bytes: 0,
        });
        self.by_layers.insert(layers.clone(), at);
        (at, true)
    }
}
