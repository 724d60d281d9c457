//! gzip and zstd, pushed in pieces, with bounded output per call and a guard against bombs.
//! Knows nothing of what is inside.

mod gzip;
mod zstd;

use crate::container::Compression;
use crate::limits;
use std::fmt;
use weir_model::LimitKind;

/// Most bytes one call of [`Decoder::feed`] appends.
pub const OUTPUT_STEP: usize = 1024 * 1024;
/// Input is decoded in blocks of this many bytes, counted from the file's start, so that what a
/// damaged file or a bomb yields does not depend on the pieces it came in.
const BLOCK: usize = 16 * 1024;

/// What a call did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fed {
    /// The output of this call is full: call again with what is left of the piece.
    More,
    /// The piece is used up.
    NeedMore,
    /// All is decoded. Said again on every further call.
    End,
    /// Decompression stopped; everything decoded before was given. Said again on every further call.
    Stopped(Broken),
}

/// Where and why decompression stopped.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Offset in the compressed file, exact to the bytes that were looked at together.
    pub offset: u64,
    /// Fits into "stopped at offset N because …".
    pub why: String,
    /// Bytes decoded before.
    pub kept: u64,
    /// The bound that was hit, if it was one.
    pub limit: Option<&'static LimitKind>,
}

impl PartialEq for Broken {
    fn eq(&self, other: &Self) -> bool {
        self.offset == other.offset
            && self.why == other.why
            && self.kept == other.kept
            && self.limit.map(|l| l.id) == other.limit.map(|l| l.id)
    }
}

impl Eq for Broken {}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "decompression stopped at offset {} because {}; {} bytes before it kept",
            self.offset, self.why, self.kept
        )
    }
}

/// What one step of an inner decoder did with its input.
struct Inflated {
    /// Bytes of input used.
    used: usize,
    /// May it go on? `false` means: give me more input.
    more: bool,
}

/// Why an inner decoder cannot go on.
struct Failure {
    why: String,
    limit: Option<&'static LimitKind>,
}

impl Failure {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            limit: None,
        }
    }
}

enum Inner {
    Gzip(Box<gzip::Gzip>),
    Zstd(Box<zstd::Zstd>),
}

/// Decodes one compressed file.
pub struct Decoder {
    inner: Inner,
    block: Vec<u8>,
    used: usize,
    read: u64,
    written: u64,
    finished: bool,
    /// Nothing more can be decoded, but what was may still have to be given.
    failed: Option<Failure>,
    over: Option<Fed>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("read", &self.read)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// A decoder at the start of a file.
    #[must_use]
    pub fn new(compression: Compression) -> Self {
        let inner = match compression {
            Compression::Gzip => Inner::Gzip(Box::new(gzip::Gzip::new())),
            Compression::Zstd => Inner::Zstd(Box::new(zstd::Zstd::new())),
        };
        Self {
            inner,
            block: Vec::new(),
            used: 0,
            read: 0,
            written: 0,
            finished: false,
            failed: None,
            over: None,
        }
    }

    /// Says that no byte follows those already given (and those still in the caller's slice).
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Compressed bytes decoded so far.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Decompressed bytes given so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What is odd about the stream although it could be decoded: wrong checksums, bytes after its end.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        match &self.inner {
            Inner::Gzip(g) => g.warnings(),
            Inner::Zstd(z) => z.warnings(),
        }
    }

    /// Decodes from `input`, which is advanced over what was used, and appends to `out`, at most
    /// [`OUTPUT_STEP`] and one inner block. A few KiB of input may be held back until more comes
    /// or [`Decoder::finish`] is said.
    pub fn feed(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Fed {
        if let Some(over) = &self.over {
            return over.clone();
        }
        let full = out.len().saturating_add(OUTPUT_STEP);
        loop {
            if self.failed.is_some() {
                let made = match &mut self.inner {
                    Inner::Gzip(_) => 0,
                    Inner::Zstd(z) => z.drain(out),
                };
                self.written = self.written.saturating_add(made as u64);
                match self.failed.take() {
                    Some(failure) if made == 0 => return self.stop(failure),
                    failure => self.failed = failure,
                }
                if out.len() >= full {
                    return Fed::More;
                }
                continue;
            }
            if self.used == self.block.len() && self.block.len() >= BLOCK {
                self.block.clear();
                self.used = 0;
            }
            if self.block.len() < BLOCK {
                let take = (BLOCK - self.block.len()).min(input.len());
                let (head, rest) = input.split_at_checked(take).unwrap_or((input, &[]));
                self.block.extend_from_slice(head);
                *input = rest;
                if self.block.len() < BLOCK && !self.finished {
                    return Fed::NeedMore;
                }
            }
            let at_end = self.finished && input.is_empty();
            let before = out.len();
            let given = self.block.get(self.used..).unwrap_or_default();
            let nothing_given = given.is_empty();
            let step = match &mut self.inner {
                Inner::Gzip(g) => g.step(given, out),
                Inner::Zstd(z) => z.step(given, out),
            };
            let made = out.len().saturating_sub(before);
            self.written = self.written.saturating_add(made as u64);
            match step {
                Ok(Inflated { used, more }) => {
                    self.used += used;
                    self.read = self.read.saturating_add(used as u64);
                    if self.written > limits::INFLATE_FREE
                        && self.written / limits::INFLATE_RATIO > self.read
                    {
                        return self.stop(Failure {
                            why: format!(
                                "{} bytes swelled to {}, more than {} times",
                                self.read,
                                self.written,
                                limits::INFLATE_RATIO
                            ),
                            limit: Some(&limits::INFLATE),
                        });
                    }
                    if !more && self.used == self.block.len() && at_end {
                        let end = match &self.inner {
                            Inner::Gzip(g) => g.may_end(),
                            Inner::Zstd(z) => z.may_end(),
                        };
                        return match end {
                            Ok(()) => {
                                self.over = Some(Fed::End);
                                Fed::End
                            }
                            Err(why) => {
                                self.fail(Failure::new(why));
                                continue;
                            }
                        };
                    }
                    if !more && used == 0 && made == 0 && !nothing_given {
                        self.fail(Failure::new("the compressed data makes no progress"));
                    }
                }
                Err(failure) => self.fail(failure),
            }
            if out.len() >= full {
                return Fed::More;
            }
        }
    }

    fn fail(&mut self, failure: Failure) {
        if let Inner::Zstd(z) = &mut self.inner {
            z.abandon();
        }
        self.failed = Some(failure);
    }

    fn stop(&mut self, failure: Failure) -> Fed {
        let Failure { why, limit } = failure;
        let fed = Fed::Stopped(Broken {
            offset: self.read,
            why,
            kept: self.written,
            limit,
        });
        self.over = Some(fed.clone());
        self.block = Vec::new();
        self.used = 0;
        fed
    }
}
