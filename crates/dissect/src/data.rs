//! Bytes that know where they stand. Knows nothing of what they mean.

use weir_model::{ByteRange, PacketRef, SourceId, Timestamp};

/// A run of bytes of one source: of the packet (source 0) or of a named buffer.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whose.
    pub source: SourceId,
    /// Where the first of them stands in the source.
    pub start: u32,
}

impl<'a> Data<'a> {
    /// The bytes of a packet.
    #[must_use]
    pub fn packet(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            source: SourceId(0),
            start: 0,
        }
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Nothing there?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The range of `from..to`, counted here, cut to what is there.
    #[must_use]
    pub fn range(&self, from: usize, to: usize) -> ByteRange {
        let at = |n: usize| {
            self.start
                .saturating_add(u32::try_from(n.min(self.len())).unwrap_or(u32::MAX))
        };
        ByteRange {
            source: self.source,
            start: at(from),
            end: at(to.max(from)),
        }
    }

    /// The range of everything here.
    #[must_use]
    pub fn all(&self) -> ByteRange {
        self.range(0, self.len())
    }

    /// `from..to`, cut to what is there.
    #[must_use]
    pub fn sub(&self, from: usize, to: usize) -> Self {
        let end = to.min(self.len());
        let from = from.min(end);
        Self {
            bytes: self.bytes.get(from..end).unwrap_or_default(),
            source: self.source,
            start: self
                .start
                .saturating_add(u32::try_from(from).unwrap_or(u32::MAX)),
        }
    }

    /// The byte at `at`.
    #[must_use]
    pub fn u8(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Two bytes at `at`, big-endian.
    #[must_use]
    pub fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// Four bytes at `at`, big-endian.
    #[must_use]
    pub fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// `N` bytes at `at`.
    #[must_use]
    pub fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    /// `len` bytes at `at`, at most eight, as one big-endian number.
    #[must_use]
    pub fn number(&self, at: usize, len: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(len)?)?;
        (len <= 8).then(|| bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    }

    /// The bytes before the first zero: a text of a fixed length without what fills it up.
    #[must_use]
    pub fn until_zero(&self) -> &'a [u8] {
        let first = self.bytes.split(|b| *b == 0).next();
        first.unwrap_or_default()
    }

    /// Everything from `n` on.
    #[must_use]
    pub fn rest(&self, n: usize) -> Self {
        self.sub(n, self.len())
    }
}

/// Contiguous bytes of a stream, in order, that its dissector has not consumed yet.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// Stream offset of the first byte: 0 is the first byte of the direction (or the
    /// first captured one where the start was not seen).
    pub offset: u64,
    /// The bytes.
    pub data: Data<'a>,
    /// Which packet brought the bytes from each offset on; ascending, never empty.
    pub runs: &'a [Run],
}

/// From `offset` on, bytes came in `packet` (until the next run).
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Stream offset.
    pub offset: u64,
    /// The packet.
    pub packet: PacketRef,
    /// Its time.
    pub time: Timestamp,
}

impl<'a> Chunk<'a> {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.data.bytes
    }

    /// The packet and time that brought byte `at` of this chunk.
    #[must_use]
    pub fn packet_at(&self, at: usize) -> (PacketRef, Timestamp) {
        let offset = self.offset.saturating_add(at as u64);
        let n = self.runs.partition_point(|r| r.offset <= offset);
        let run = self.runs.get(n.saturating_sub(1));
        run.map_or((PacketRef::default(), Timestamp::default()), |r| {
            (r.packet, r.time)
        })
    }
}
