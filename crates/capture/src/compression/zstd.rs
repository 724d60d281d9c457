//! Zstandard, RFC 8878: any number of frames, skippable ones too. Frames blocks itself so that
//! the decoder is only ever given whole ones; ruzstd decodes them.

use super::{Failure, Inflated};
use crate::limits::{self, ZSTD_WINDOW_MAX};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

/// Bytes drained at a time.
const CHUNK: usize = 64 * 1024;

enum State {
    /// Magic number and frame header (RFC 8878, section 3.1.1).
    Header,
    /// A block, and the checksum after the last (3.1.1.2).
    Block,
    /// The rest of a skippable frame (3.1.2).
    Skip(u64),
    /// Whatever follows the last frame.
    Rest,
}

pub(super) struct Zstd {
    state: State,
    decoder: FrameDecoder,
    /// What is held of the current header or block.
    held: Vec<u8>,
    /// The frame ends with a checksum.
    sum: bool,
    /// Such a checksum was read and not yet compared.
    unchecked: bool,
    frames: u64,
    warnings: Vec<String>,
}

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

impl Zstd {
    pub(super) fn new() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_MAX);
        Self {
            state: State::Header,
            decoder,
            held: Vec::new(),
            sum: false,
            unchecked: false,
            frames: 0,
            warnings: Vec::new(),
        }
    }

    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn may_end(&self) -> Result<(), String> {
        match &self.state {
            State::Header if self.held.is_empty() && self.frames > 0 => Ok(()),
            State::Rest => Ok(()),
            State::Header => Err("the compressed data ends inside a zstd frame header".to_owned()),
            State::Block => {
                Err("the compressed data ends in the middle of a zstd frame".to_owned())
            }
            State::Skip(_) => Err("the compressed data ends inside a skippable frame".to_owned()),
        }
    }

    /// Moves decoded bytes to `out`, at most [`CHUNK`]; how many.
    pub(super) fn drain(&mut self, out: &mut Vec<u8>) -> usize {
        if self.decoder.can_collect() == 0 {
            return 0;
        }
        let start = out.len();
        out.resize(start + CHUNK, 0);
        let made = self
            .decoder
            .read(out.get_mut(start..).unwrap_or_default())
            .unwrap_or(0)
            .min(CHUNK);
        out.truncate(start + made);
        made
    }

    /// Ends the frame where it is, so that the window's bytes can be drained: the decoder holds
    /// them back until it has seen a last block, so it is given an empty one.
    pub(super) fn abandon(&mut self) {
        if matches!(self.state, State::Block) && !self.decoder.is_finished() {
            let last_block_and_sum = [1, 0, 0, 0, 0, 0, 0];
            drop(self.decoder.decode_blocks(
                &last_block_and_sum[..],
                BlockDecodingStrategy::UptoBlocks(1),
            ));
        }
    }

    pub(super) fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Inflated, Failure> {
        if self.drain(out) > 0 {
            return Ok(Inflated {
                used: 0,
                more: true,
            });
        }
        // The sum is complete once all is drained.
        if std::mem::take(&mut self.unchecked)
            && self.decoder.get_checksum_from_data() != self.decoder.get_calculated_checksum()
            && self.warnings.len() < 8
        {
            self.warnings.push(format!(
                "the checksum of zstd frame {} does not fit what it holds",
                self.frames
            ));
        }
        if let State::Rest = self.state {
            return Ok(Inflated {
                used: input.len(),
                more: false,
            });
        }
        if let State::Skip(left) = &mut self.state {
            let take = usize::try_from(*left)
                .unwrap_or(usize::MAX)
                .min(input.len());
            *left -= take as u64;
            let over = *left == 0;
            if over {
                self.frames += 1;
                self.state = State::Header;
            }
            return Ok(Inflated {
                used: take,
                more: over && take < input.len(),
            });
        }
        let need = self.need()?;
        let take = need.saturating_sub(self.held.len()).min(input.len());
        self.held
            .extend_from_slice(input.get(..take).unwrap_or_default());
        if self.held.len() < need {
            return Ok(Inflated {
                used: take,
                more: false,
            });
        }
        // More may be needed now that more is known.
        if self.need()? > self.held.len() {
            return Ok(Inflated {
                used: take,
                more: take < input.len(),
            });
        }
        match self.state {
            State::Header => self.header()?,
            _ => self.block()?,
        }
        Ok(Inflated {
            used: take,
            more: true,
        })
    }

    /// How many bytes of the current header or block must be held to go on.
    fn need(&mut self) -> Result<usize, Failure> {
        match &self.state {
            State::Header => match self.held.as_slice() {
                [low, 0x2a, 0x4d, 0x18, ..] if low & 0xf0 == 0x50 => Ok(8),
                [a, b, c, d, descriptor, ..] if [*a, *b, *c, *d] == MAGIC => {
                    Ok(4 + header_len(*descriptor))
                }
                held if held.len() >= 4 && held.get(..4) != Some(&MAGIC) => Ok(4),
                _ => Ok(5),
            },
            State::Block => match self.held.as_slice() {
                [a, b, c, ..] => {
                    let word = u32::from_le_bytes([*a, *b, *c, 0]);
                    let (last, kind, size) = (word & 1 == 1, word >> 1 & 3, (word >> 3) as usize);
                    let body = match kind {
                        1 => 1,
                        3 => return Err(Failure::new("a zstd block is of no known type")),
                        // RFC 8878, section 3.1.1.2.4: at most 128 KiB.
                        _ if size > 128 * 1024 => {
                            return Err(Failure::new("a zstd block is longer than one may be"));
                        }
                        _ => size,
                    };
                    Ok(3 + body + if last && self.sum { 4 } else { 0 })
                }
                _ => Ok(3),
            },
            _ => Ok(0),
        }
    }

    fn header(&mut self) -> Result<(), Failure> {
        match self.held.as_slice() {
            [_, 0x2a, 0x4d, 0x18, a, b, c, d] => {
                let left = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
                self.state = if left == 0 {
                    State::Header
                } else {
                    State::Skip(left)
                };
            }
            held if held.starts_with(&MAGIC) => {
                self.sum = held.get(4).is_some_and(|d| d & 4 != 0);
                self.decoder.reset(held).map_err(|e| match e {
                    FrameDecoderError::WindowSizeTooBig { requested, .. } => Failure {
                        why: format!("a zstd frame asks for a window of {requested} bytes"),
                        limit: Some(&limits::ZSTD_WINDOW),
                    },
                    e => Failure::new(format!("a zstd frame header makes no sense ({e})")),
                })?;
                self.state = State::Block;
            }
            _ if self.frames > 0 => {
                self.warnings.push(
                    "bytes that are no zstd frame follow the compressed data; they were ignored"
                        .to_owned(),
                );
                self.state = State::Rest;
            }
            _ => return Err(Failure::new("no zstd frame begins here")),
        }
        self.held.clear();
        Ok(())
    }

    fn block(&mut self) -> Result<(), Failure> {
        let done = self
            .decoder
            .decode_blocks(self.held.as_slice(), BlockDecodingStrategy::UptoBlocks(1));
        self.held.clear();
        let finished =
            done.map_err(|e| Failure::new(format!("the compressed data is damaged ({e})")))?;
        if finished {
            self.frames += 1;
            self.state = State::Header;
            self.unchecked = self.sum;
        }
        Ok(())
    }
}

/// Bytes of a frame header after the magic number (RFC 8878, section 3.1.1.1).
fn header_len(descriptor: u8) -> usize {
    let single = descriptor & 0x20 != 0;
    let window = usize::from(!single);
    let dictionary = match descriptor & 3 {
        0 => 0,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    let content = match descriptor >> 6 {
        0 => usize::from(single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    1 + window + dictionary + content
}
