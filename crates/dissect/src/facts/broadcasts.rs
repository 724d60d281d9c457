//! Frames to everybody on the link: how many there are, and the seconds with many of them. Judges nothing.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};
use weir_model::{Mac, PacketRef, Timestamp};

/// Bytes of a frame by which it is known again.
const COMPARED: usize = 256;
/// Frames remembered.
const REMEMBERED: usize = 64;

/// A second with many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Burst {
    /// Its number since 1970.
    pub second: i64,
    /// Frames to everybody.
    pub frames: u32,
    /// Of those after the first [`Broadcasts::QUIET`], how many have the bytes of one just before: a loop brings
    /// the same frame again and again.
    pub again: u32,
    /// Sender of the last one.
    pub sender: Mac,
    /// First.
    pub first: PacketRef,
    /// Last.
    pub last: PacketRef,
    /// Time of the last.
    pub time: Timestamp,
}

/// All of a chain.
#[derive(Default)]
pub struct Broadcasts {
    /// Frames to everybody.
    pub frames: u64,
    now: Burst,
    bursts: Vec<Burst>,
    recent: Vec<u64>,
}

impl Broadcasts {
    /// Seconds with no more are not kept, and so many frames of a second are not compared.
    pub const QUIET: u32 = 20;
    /// Most seconds kept.
    pub const ROWS: usize = 100_000;

    /// One more; `false` where a busy second could not be kept.
    pub(crate) fn saw(
        &mut self,
        sender: Mac,
        packet: PacketRef,
        time: Timestamp,
        bytes: &[u8],
    ) -> bool {
        self.frames += 1;
        let second = time.0.div_euclid(1_000_000_000);
        let mut room = true;
        if second != self.now.second || self.now.frames == 0 {
            if self.now.frames > Self::QUIET {
                room = self.bursts.len() < Self::ROWS;
                if room {
                    self.bursts.push(self.now);
                }
            }
            self.now = Burst {
                second,
                first: packet,
                ..Burst::default()
            };
        }
        let now = &mut self.now;
        now.frames = now.frames.saturating_add(1);
        (now.sender, now.last, now.time) = (sender, packet, time);
        if now.frames > Self::QUIET {
            let mut hasher = FixedState::with_seed(0x10c4).build_hasher();
            hasher.write(bytes.get(..COMPARED).unwrap_or(bytes));
            let digest = hasher.finish();
            if self.recent.contains(&digest) {
                now.again += 1;
            } else if self.recent.len() < REMEMBERED {
                self.recent.push(digest);
            } else if let Some(slot) = self.recent.get_mut(now.frames as usize % REMEMBERED) {
                *slot = digest;
            }
        }
        room
    }

    /// Busy seconds in their order, the one under way among them.
    pub fn bursts(&self) -> impl Iterator<Item = &Burst> {
        let now = Some(&self.now).filter(|b| b.frames > Self::QUIET);
        self.bursts.iter().chain(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_second_is_kept_with_what_came_again() {
        let mut all = Broadcasts::default();
        let mut number = 0;
        let mut saw = |all: &mut Broadcasts, second: i64, byte: u8| {
            number += 1;
            let packet = PacketRef {
                number,
                ..PacketRef::default()
            };
            assert!(all.saw(
                Mac([2; 6]),
                packet,
                Timestamp::from_parts(second, 5),
                &[byte]
            ));
        };
        for n in 0..Broadcasts::QUIET {
            saw(&mut all, 10, n as u8);
        }
        for _ in 0..30 {
            saw(&mut all, 11, 7);
        }
        for n in 0..25 {
            saw(&mut all, 12, 100 + n);
        }
        let bursts: Vec<_> = all
            .bursts()
            .map(|b| (b.second, b.frames, b.again))
            .collect();
        // The tenth second had no more than is quiet; of the eleventh ten were compared, the first of them new.
        assert_eq!(bursts, [(11, 30, 9), (12, 25, 0)]);
        assert_eq!(all.frames, 75);
    }
}
