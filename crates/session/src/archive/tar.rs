//! Tar (POSIX ustar, with the long names of GNU and pax), as it comes in pieces.

use super::{COUNTED, Entry, Listing, name};

/// Bytes of a name or an extended header in a tar that are kept.
const LONG: u64 = 64 << 10;

/// A tar as it comes in pieces (POSIX ustar, with the long names of GNU and pax).
#[derive(Default)]
pub(super) struct Tar {
    out: Listing,
    block: Vec<u8>,
    /// Bytes of an entry that are passed over.
    skip: u64,
    /// What is kept of an entry that speaks of the next one: its kind, and how much is to come.
    long: Option<(u8, Vec<u8>, u64)>,
    /// What the next entry is called.
    called: Option<String>,
    sized: Option<u64>,
    heads: usize,
    /// It ended, or is none.
    done: bool,
}

const BLOCK: usize = 512;

impl Tar {
    /// More of it.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.done {
            if let Some((_, kept, left)) = &mut self.long {
                let n = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                kept.extend_from_slice(bytes.get(..n).unwrap_or_default());
                *left -= n as u64;
                bytes = bytes.get(n..).unwrap_or_default();
                if *left == 0 {
                    self.learn();
                }
                continue;
            }
            let n = usize::try_from(self.skip)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            self.skip -= n as u64;
            bytes = bytes.get(n..).unwrap_or_default();
            let room = BLOCK - self.block.len();
            let n = room.min(bytes.len());
            self.block
                .extend_from_slice(bytes.get(..n).unwrap_or_default());
            bytes = bytes.get(n..).unwrap_or_default();
            if self.block.len() == BLOCK {
                let block = std::mem::take(&mut self.block);
                self.head(&block);
            }
        }
    }

    fn head(&mut self, block: &[u8]) {
        let sum = |n: u64, (at, b): (usize, &u8)| {
            n + u64::from(if (148..156).contains(&at) { b' ' } else { *b })
        };
        let told = block.get(148..156).and_then(octal);
        let fits = told == Some(block.iter().enumerate().fold(0, sum));
        if !fits || self.heads >= COUNTED {
            let empty = block.iter().all(|b| *b == 0);
            if self.heads > 0 && !empty {
                let why = if fits {
                    "more entries than are counted"
                } else {
                    "it breaks off, or is damaged"
                };
                self.out.remark(why);
            }
            self.done = true;
            return;
        }
        self.heads += 1;
        let text = |from: usize, to: usize| {
            let part = block.get(from..to).unwrap_or_default();
            let end = memchr::memchr(0, part).unwrap_or(part.len());
            part.get(..end).unwrap_or_default()
        };
        let kind = block.get(156).copied().unwrap_or(0);
        let size = block.get(124..136).and_then(octal).unwrap_or(0);
        let size = self.sized.take().unwrap_or(size);
        let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        if matches!(kind, b'L' | b'x') && size <= LONG {
            self.long = (size > 0).then(|| (kind, Vec::new(), size));
            self.skip = padded - size;
            return;
        }
        self.skip = if matches!(kind, b'1'..=b'6') {
            0
        } else {
            padded
        };
        if matches!(kind, b'L' | b'K' | b'x' | b'g') {
            return;
        }
        let plain = || {
            let (first, last) = (text(345, 500), text(0, 100));
            let ustar = text(257, 262) == b"ustar" && !first.is_empty();
            name(&if ustar {
                [first, b"/", last].concat()
            } else {
                last.to_vec()
            })
        };
        let called = self.called.take().unwrap_or_else(plain);
        let file = matches!(kind, 0 | b'0' | b'7');
        self.out.add(Entry {
            folder: kind == b'5' || called.ends_with('/'),
            name: called,
            size: file.then_some(size),
            packed: None,
            method: match kind {
                b'1' => "link",
                b'2' => "symbolic link",
                _ => "stored",
            },
            encrypted: false,
        });
    }

    /// What an entry says of the next one.
    fn learn(&mut self) {
        let Some((kind, kept, _)) = self.long.take() else {
            return;
        };
        if kind == b'L' {
            let end = memchr::memchr(0, &kept).unwrap_or(kept.len());
            self.called = Some(name(kept.get(..end).unwrap_or_default()));
            return;
        }
        // "LENGTH KEY=VALUE\n", one after the other.
        let mut rest = &kept[..];
        while let Some(space) = memchr::memchr(b' ', rest) {
            let len = std::str::from_utf8(rest.get(..space).unwrap_or_default());
            let Some(len) = len
                .ok()
                .and_then(|n| n.parse::<usize>().ok())
                .filter(|n| *n > space + 1)
            else {
                return;
            };
            let record = rest.get(space + 1..len);
            let Some(pair) = record.and_then(|r| r.strip_suffix(b"\n")) else {
                return;
            };
            if let Some(path) = pair.strip_prefix(b"path=") {
                self.called = Some(name(path));
            } else if let Some(size) = pair.strip_prefix(b"size=") {
                self.sized = std::str::from_utf8(size).ok().and_then(|n| n.parse().ok());
            }
            rest = rest.get(len..).unwrap_or_default();
        }
    }

    /// `None`: it was none.
    pub(super) fn finish(mut self) -> Option<Listing> {
        if self.heads == 0 {
            return None;
        }
        if !self.done && (self.skip > 0 || self.long.is_some() || !self.block.is_empty()) {
            self.out.remark("it breaks off");
        }
        self.out.kind = "tar";
        Some(self.out)
    }
}

/// Digits, or a number with the first bit set as GNU writes large ones.
fn octal(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|b| b & 0x80 != 0) {
        let tail = field.get(field.len().checked_sub(8)?..)?;
        return Some(u64::from_be_bytes(*tail.first_chunk()?) & (u64::MAX >> 1));
    }
    let digits = field.iter().filter(|b| (b'0'..=b'7').contains(b));
    let strange = field.iter().any(|b| !matches!(b, b'0'..=b'7' | b' ' | 0));
    (!strange).then(|| digits.fold(0u64, |n, b| n << 3 | u64::from(b - b'0')))
}
