//! Samples with bytes changed, lengths at their extremes, packets cut, lost, doubled and moved: by a number alone, so
//! that every round is the same everywhere. `WEIR_ROUNDS` asks for more of them.

use super::{Sample, samples};
use crate::PacketMeta;
use crate::dissector::{Core, Dissector};
use crate::flow::HELD_MAX;
use crate::synth::Synth;
use crate::tree::{NODES, TreeSink};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Rounds of each sample.
const ROUNDS: u64 = 6;
/// A round takes milliseconds; on the slowest machine without optimisation it does not take this.
const LONGEST: Duration = Duration::from_secs(20);
/// What is kept of a capture in rows, files and streams, for each byte of it at most…
const KEPT: usize = 64;
/// …and besides, whatever its size.
const BESIDES: usize = 256 << 10;

/// A generator whose whole state is one number (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Numbers at which lengths and counts are got wrong, of one, two, three and four bytes.
const EXTREMES: &[&[u8]] = &[
    &[0],
    &[1],
    &[0x7f],
    &[0x80],
    &[0xff],
    &[0, 0],
    &[0, 1],
    &[0x7f, 0xff],
    &[0x80, 0],
    &[0xff, 0xff],
    &[0xff, 0xff, 0xff],
    &[0, 0, 0, 0],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0xff, 0xff, 0xff, 0xff],
];

fn spoil(dice: &mut Dice, packet: &mut Vec<u8>) {
    // Mostly behind the headers of link, network and transport: changes before make a packet that nobody reads on.
    let from = match packet.len() {
        len if len > 54 && !dice.one_in(5) => 42,
        _ => 0,
    };
    for _ in 0..=dice.below(3) {
        let at = from + dice.below(packet.len().saturating_sub(from));
        match dice.below(6) {
            0 => packet.truncate(at),
            1 => {
                let byte = dice.next().to_le_bytes()[0];
                packet.insert(at.min(packet.len()), byte);
            }
            2 | 3 => {
                let extreme = EXTREMES[dice.below(EXTREMES.len())];
                for (to, byte) in packet.iter_mut().skip(at).zip(extreme) {
                    *to = *byte;
                }
            }
            _ => {
                if let Some(byte) = packet.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
    }
}

fn mutated(of: &Synth, round: u64) -> Synth {
    let mut dice = Dice(round.wrapping_mul(0x9e6c_63d0_876a_46b5) ^ 0x7361_6d70);
    // A round with few changes reaches far into a conversation, one with many breaks it early.
    let rare = [2, 4, 12][dice.below(3)];
    let mut out = Synth {
        packets: Vec::new(),
        ..of.clone()
    };
    for packet in &of.packets {
        if dice.one_in(30) {
            continue;
        }
        let mut packet = packet.clone();
        if dice.one_in(rare) {
            spoil(&mut dice, &mut packet);
        }
        if dice.one_in(25) {
            out.packets.push(packet.clone());
        }
        out.packets.push(packet);
        let last = out.packets.len() - 1;
        if last > 0 && dice.one_in(20) {
            out.packets.swap(last, last - 1);
        }
    }
    out
}

/// What must hold of any packets; `longer` by how much each was longer than what is here of it.
fn holds(synth: &Synth, longer: u32) -> Result<(), String> {
    let begun = Instant::now();
    let meta = |n: usize| {
        let meta = synth.meta(n);
        PacketMeta {
            wire_len: meta.wire_len + longer,
            ..meta
        }
    };
    let mut load = Dissector::new(synth.options.clone());
    let mut outcomes = Vec::new();
    for (n, bytes) in synth.packets.iter().enumerate() {
        outcomes.push(load.packet(&meta(n), bytes));
        let (counted, held) = load.held();
        if counted != held || counted > HELD_MAX {
            return Err(format!("{counted} bytes are counted as held, {held} are"));
        }
    }
    load.finish(None);
    let facts = load.facts();
    let (rows, heaps) = (
        facts.messages.heap(),
        facts.artifacts.iter().map(|a| a.heap()),
    );
    let files: usize = heaps.sum();
    if rows > Core::MESSAGES || files > Core::ARTIFACTS {
        return Err(format!("{rows} bytes of rows, {files} of files"));
    }
    let bytes: usize = synth.packets.iter().map(Vec::len).sum();
    let kept = rows + files + load.held().1;
    if kept > bytes * KEPT + BESIDES {
        return Err(format!("{kept} bytes are kept of {bytes}"));
    }
    let mut again = Dissector::new(synth.options.clone());
    for (n, bytes) in synth.packets.iter().enumerate() {
        let mut tree = TreeSink::new();
        let outcome = again.describe(&meta(n), bytes, &mut tree, Some(facts), None);
        if outcome != outcomes[n] {
            return Err(format!(
                "packet {}: {outcome:?} described, {:?} loaded",
                n + 1,
                outcomes[n]
            ));
        }
        if tree.is_cut() || tree.nodes().count() > NODES {
            return Err(format!("packet {} has too many fields", n + 1));
        }
    }
    let took = begun.elapsed();
    if took > LONGEST {
        return Err(format!("took {took:?}"));
    }
    Ok(())
}

fn rounds() -> u64 {
    let asked = std::env::var("WEIR_ROUNDS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(ROUNDS)
}

fn every_round_holds(sample: &Sample, broken: &mut Vec<String>) {
    let capture = sample.capture();
    for round in 0..rounds() {
        let made = mutated(&capture, round);
        let longer = u32::from(round % 5 == 4) * 100;
        let held = catch_unwind(AssertUnwindSafe(|| holds(&made, longer)));
        match held {
            Ok(Ok(())) => {}
            Ok(Err(why)) => broken.push(format!("{}, round {round}: {why}", sample.name())),
            Err(_) => broken.push(format!("{}, round {round} panics", sample.name())),
        }
    }
}

#[test]
fn changed_samples_harm_nobody() {
    let mut broken = Vec::new();
    for sample in samples() {
        every_round_holds(&sample, &mut broken);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn rounds_are_the_same_and_change_something() {
    for sample in samples() {
        let capture = sample.capture();
        let packets = |round| mutated(&capture, round).packets;
        assert!((0..3).all(|round| packets(round) == packets(round)));
        let changed = (0..30).any(|round| packets(round) != capture.packets);
        assert!(changed, "{}", sample.name());
    }
}
