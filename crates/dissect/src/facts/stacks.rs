//! The distinct sequences of layers and how many packets and bytes each has: what the index keeps a
//! small number for, and the protocol hierarchy is made of.

use crate::registry::{ProtocolId, registry};
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// A layer sequence's place in [`Stacks`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StackId(pub u16);

/// The layers of a packet, outermost first.
pub type Layers = SmallVec<[ProtocolId; 16]>;

/// Where the lines of a packet's tree differ from its layers: after so many layers one more line, or (`None`)
/// none for the layer before.
pub type Marks = SmallVec<[(u8, Option<ProtocolId>); 4]>;

/// One sequence and its use.
#[derive(Clone, Debug)]
pub struct StackUse {
    /// Outermost first, repeats kept.
    pub layers: Layers,
    /// Where the tree differs from it.
    pub marks: Marks,
    /// Packets.
    pub packets: u64,
    /// Bytes on the wire.
    pub bytes: u64,
}

impl StackUse {
    /// The protocols of the tree's lines, outermost first: one that comes several times in a packet stands here
    /// as often, one without a line not at all.
    #[must_use]
    pub fn shown(&self) -> Layers {
        let mut out = Layers::new();
        let mut marks = self.marks.iter().peekable();
        for at in 0..=self.layers.len() {
            while let Some((_, mark)) = marks.next_if(|m| usize::from(m.0) == at) {
                match mark {
                    Some(id) => out.push(*id),
                    None => {
                        out.pop();
                    }
                }
            }
            if let Some(id) = self.layers.get(at) {
                let inner = registry().get(*id).is_some_and(|p| p.inner);
                if !inner {
                    out.push(*id);
                }
            }
        }
        out
    }
}

/// Every sequence seen, in order of first appearance; place 0 is the empty one and also takes
/// what comes after the bound.
pub struct Stacks {
    rows: Vec<StackUse>,
    by_layers: HashMap<(Layers, Marks), u16, FixedState>,
    /// Places seen before, by [`near`]: there are few sequences, and each packet has one.
    near: [u16; NEAR],
}

/// Sequences found without hashing; a power of two.
const NEAR: usize = 64;

fn near(layers: &Layers, marks: &Marks) -> usize {
    let mix = |n: usize, l: &ProtocolId| n.wrapping_mul(31).wrapping_add(usize::from(l.0));
    layers.iter().fold(marks.len(), mix) % NEAR
}

impl Default for Stacks {
    fn default() -> Self {
        let empty = StackUse {
            layers: Layers::new(),
            marks: Marks::new(),
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
    pub(crate) fn count(
        &mut self,
        layers: &Layers,
        marks: &Marks,
        wire_len: u32,
    ) -> (StackId, bool) {
        let near = near(layers, marks);
        let seen = self.near.get(near).copied().unwrap_or_default();
        let same = |r: &StackUse| r.layers == *layers && r.marks == *marks;
        let (at, known) = if self.rows.get(usize::from(seen)).is_some_and(same) {
            (seen, true)
        } else {
            self.place(layers, marks)
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

    fn place(&mut self, layers: &Layers, marks: &Marks) -> (u16, bool) {
        let key = (layers.clone(), marks.clone());
        if let Some(at) = self.by_layers.get(&key) {
            return (*at, true);
        }
        if self.rows.len() >= Self::ROWS {
            return (0, false);
        }
        let at = u16::try_from(self.rows.len()).unwrap_or(0);
        self.rows.push(StackUse {
            layers: layers.clone(),
            marks: marks.clone(),
            packets: 0,
            bytes: 0,
        });
        self.by_layers.insert(key, at);
        (at, true)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]
mod tests {
    use super::*;

    fn id(name: &str) -> ProtocolId {
        registry().named(name).unwrap().id()
    }

    #[test]
    fn the_hierarchy_has_a_level_for_every_line_and_none_for_what_has_no_line() {
        let names = ["eth", "ethertype", "ip", "icmp", "ip", "udp"];
        let layers: Layers = names.iter().map(|n| id(n)).collect();
        let shown = |marks: &[(u8, Option<ProtocolId>)]| {
            let stack = StackUse {
                layers: layers.clone(),
                marks: marks.iter().copied().collect(),
                packets: 1,
                bytes: 60,
            };
            let names = stack.shown();
            let names = names.iter().map(|p| registry().get(*p).unwrap().info.name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(shown(&[]), ["eth", "ip", "icmp", "ip", "udp"]);
        // What an error quotes.
        assert_eq!(shown(&[(5, None), (6, None)]), ["eth", "ip", "icmp"]);
        // The last layer's line once more, and one that the list does not name.
        let again = [(6, Some(id("udp"))), (6, Some(id("data")))];
        assert_eq!(
            shown(&again),
            ["eth", "ip", "icmp", "ip", "udp", "udp", "data"]
        );
    }

    #[test]
    fn the_same_layers_with_other_lines_are_another_sequence() {
        let mut stacks = Stacks::default();
        let layers: Layers = [id("eth"), id("smb2")].into_iter().collect();
        let twice: Marks = [(2, Some(id("smb2")))].into_iter().collect();
        let first = stacks.count(&layers, &Marks::new(), 60);
        let second = stacks.count(&layers, &twice, 70);
        assert_ne!(first.0, second.0);
        assert_eq!(stacks.count(&layers, &Marks::new(), 60), first);
        assert_eq!(stacks.layers(second.0), stacks.layers(first.0));
        assert_eq!(stacks.all().iter().map(|s| s.packets).sum::<u64>(), 3);
    }
}
