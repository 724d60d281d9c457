//! The protocol hierarchy: how many packets and bytes took each path of layers.

use crate::input::Input;
use std::collections::BTreeMap;
use weir_dissect::{ProtocolId, registry};

/// One path: a layer under its parents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Level {
    /// Filter name: `tcp`.
    pub name: &'static str,
    /// Layers above it.
    pub depth: usize,
    /// Packets that have this path.
    pub packets: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Packets that end here.
    pub last: u64,
}

/// Every path, parents before children, siblings by packets, then name. A layer that comes twice in a
/// packet is a level of its own below itself.
#[must_use]
pub fn hierarchy(input: &Input<'_>) -> Vec<Level> {
    let mut paths: BTreeMap<Vec<ProtocolId>, (u64, u64, u64)> = BTreeMap::new();
    for c in &input.chains {
        for stack in c.facts.stacks.all().iter().filter(|s| s.packets > 0) {
            for depth in 1..=stack.layers.len() {
                let path = stack.layers.iter().take(depth).copied().collect();
                let slot = paths.entry(path).or_default();
                slot.0 += stack.packets;
                slot.1 += stack.bytes;
                if depth == stack.layers.len() {
                    slot.2 += stack.packets;
                }
            }
        }
    }
    let mut out = Vec::with_capacity(paths.len());
    // Depth first without recursion: what is on the stack is still to be listed.
    let mut waiting = children(&paths, &[]);
    while let Some(path) = waiting.pop() {
        let (packets, bytes, last) = paths.get(&path).copied().unwrap_or_default();
        out.push(Level {
            name: path.last().map_or("", |p| name(*p)),
            depth: path.len().saturating_sub(1),
            packets,
            bytes,
            last,
        });
        waiting.extend(children(&paths, &path));
    }
    out
}

fn name(id: ProtocolId) -> &'static str {
    registry().get(id).map_or("", |p| p.info.name)
}

/// The paths one longer than `parent`, the first to be listed last.
fn children(
    paths: &BTreeMap<Vec<ProtocolId>, (u64, u64, u64)>,
    parent: &[ProtocolId],
) -> Vec<Vec<ProtocolId>> {
    let mut out: Vec<(&Vec<ProtocolId>, u64)> = paths
        .range(parent.to_vec()..)
        .take_while(|(path, _)| path.starts_with(parent))
        .filter(|(path, _)| path.len() == parent.len() + 1)
        .map(|(path, n)| (path, n.0))
        .collect();
    out.sort_by_key(|(path, packets)| (*packets, std::cmp::Reverse(path.last().map(|p| name(*p)))));
    out.into_iter().map(|(path, _)| path.clone()).collect()
}
