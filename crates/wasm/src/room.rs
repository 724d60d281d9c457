//! Memory ahead of need: the allocator asks for 64 KiB at a time, and a browser takes long to give each.
//! Knows nothing of who uses it.

use core::hint::black_box;

/// Least room made at once, in bytes.
const LEAST: usize = 4 << 20;

/// Most room made at once, in bytes.
const MOST: usize = 32 << 20;

/// What memory was when room was last made.
#[derive(Default)]
pub(crate) struct Room {
    /// Bytes of memory then.
    size: usize,
}

impl Room {
    /// Makes room when memory has grown to `size` bytes since it was last made: an eighth of it, within the bounds.
    /// What is taken is given back at once, and stays the allocator's; a browser that refuses changes nothing.
    pub(crate) fn make(&mut self, size: impl Fn() -> usize) {
        let now = size();
        if now <= self.size {
            return;
        }
        let mut room: Vec<u8> = Vec::new();
        // Must not be taken for unused by the compiler.
        let _ = black_box(room.try_reserve_exact((now / 8).clamp(LEAST, MOST)));
        drop(black_box(room));
        self.size = size();
    }
}
