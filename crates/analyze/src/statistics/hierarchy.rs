//! The protocol hierarchy: how many packets and bytes took each path of layers.

use std::collections::BTreeMap;
use weir_dissect::facts::StackUse;
use weir_dissect::{ProtocolId, registry};

/// One path: a layer under its parents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Level {
    /// The layers, outermost first; the last is this level's.
    pub path: Vec<ProtocolId>,
    /// Packets that have this path.
    pub packets: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Packets that end here.
    pub end_packets: u64,
    /// Their bytes on the wire.
    pub end_bytes: u64,
}

impl Level {
    /// Filter name of its protocol: `tcp`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.last().map_or("", |p| name(*p))
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let protocol = self.path.last().and_then(|p| registry().get(*p));
        protocol.map_or("", |p| p.info.title)
    }

    /// Layers above it.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path.len().saturating_sub(1)
    }
}

fn name(id: ProtocolId) -> &'static str {
    registry().get(id).map_or("", |p| p.info.name)
}

#[derive(Clone, Copy, Default)]
struct Figures {
    all: [u64; 2],
    end: [u64; 2],
}

/// Paths with their figures. There are no more than sequences of layers, which dissection bounds.
#[derive(Default)]
pub struct Hierarchy {
    paths: BTreeMap<Vec<ProtocolId>, Figures>,
}

impl Hierarchy {
    /// Adds so many packets with so many bytes that have these layers. A layer that is shown several times in a
    /// packet is a level of its own below itself, as in Wireshark.
    pub fn add(&mut self, stack: &StackUse, packets: u64, bytes: u64) {
        if packets == 0 {
            return;
        }
        let shown = stack.shown();
        for depth in 1..=shown.len() {
            let path = shown.iter().take(depth).copied().collect();
            let slot = self.paths.entry(path).or_default();
            let add = |to: &mut [u64; 2]| {
                to[0] += packets;
                to[1] += bytes;
            };
            add(&mut slot.all);
            if depth == shown.len() {
                add(&mut slot.end);
            }
        }
    }

    /// Every path, parents before children, siblings by packets, then name.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        let mut out = Vec::with_capacity(self.paths.len());
        // Depth first without recursion: what is on the stack is still to be listed.
        let mut waiting = self.children(&[]);
        while let Some(path) = waiting.pop() {
            let f = self.paths.get(&path).copied().unwrap_or_default();
            waiting.extend(self.children(&path));
            out.push(Level {
                path,
                packets: f.all[0],
                bytes: f.all[1],
                end_packets: f.end[0],
                end_bytes: f.end[1],
            });
        }
        out
    }

    /// The paths one longer than `parent`, the first to be listed last.
    fn children(&self, parent: &[ProtocolId]) -> Vec<Vec<ProtocolId>> {
        let mut out: Vec<(&Vec<ProtocolId>, u64)> = self
            .paths
            .range(parent.to_vec()..)
            .take_while(|(path, _)| path.starts_with(parent))
            .filter(|(path, _)| path.len() == parent.len() + 1)
            .map(|(path, f)| (path, f.all[0]))
            .collect();
        out.sort_by_key(|(path, packets)| {
            (*packets, std::cmp::Reverse(path.last().map(|p| name(*p))))
        });
        out.into_iter().map(|(path, _)| path.clone()).collect()
    }
}
