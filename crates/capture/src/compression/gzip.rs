//! gzip, RFC 1952: any number of members. Frames them itself; flate2 inflates and sums.

use super::{Failure, Inflated};
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// Bytes inflated at a time.
const CHUNK: usize = 64 * 1024;
/// Warnings kept; further ones are counted in the last.
const WARNINGS: usize = 8;

enum State {
    /// Fixed header, ten bytes; holds those already seen.
    Header(Vec<u8>),
    /// Length of the extra field, two bytes.
    ExtraLen(Vec<u8>),
    Extra(usize),
    /// A text that ends with NUL: name, then comment.
    Text,
    HeaderSum(usize),
    Data,
    Trailer(Vec<u8>),
    /// Whatever follows the last member.
    Rest,
}

pub(super) struct Gzip {
    state: State,
    /// Parts of the header still to come (RFC 1952, section 2.3.1 FLG).
    flags: u8,
    inflate: Decompress,
    sum: Crc,
    members: u64,
    warnings: Vec<String>,
}

const SUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            state: State::Header(Vec::new()),
            flags: 0,
            inflate: Decompress::new(false),
            sum: Crc::new(),
            members: 0,
            warnings: Vec::new(),
        }
    }

    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn warn(&mut self, text: String) {
        if self.warnings.len() < WARNINGS {
            self.warnings.push(text);
        }
    }

    pub(super) fn may_end(&self) -> Result<(), String> {
        match &self.state {
            // Fewer bytes than a header that are none: padding, as tape and flash writers leave it.
            State::Header(seen) if self.members > 0 && seen.first() != Some(&0x1f) => Ok(()),
            State::Rest => Ok(()),
            State::Data => Err("the compressed data ends in the middle of the stream".to_owned()),
            State::Trailer(_) => Err("the compressed data ends before its checksum".to_owned()),
            _ => Err("the compressed data ends inside a gzip header".to_owned()),
        }
    }

    /// The next part of the header that is there.
    fn next_part(&mut self) {
        for (flag, state) in [
            (EXTRA, State::ExtraLen(Vec::new())),
            (NAME, State::Text),
            (COMMENT, State::Text),
            (SUM, State::HeaderSum(2)),
        ] {
            if self.flags & flag != 0 {
                self.flags &= !flag;
                self.state = state;
                return;
            }
        }
        self.inflate.reset(false);
        self.sum.reset();
        self.state = State::Data;
    }

    pub(super) fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Inflated, Failure> {
        let mut at = 0;
        loop {
            let given = input.get(at..).unwrap_or_default();
            match &mut self.state {
                State::Data => {
                    let (used, ended) = self.inflate(given, out)?;
                    let full = ended.is_none();
                    if ended == Some(true) {
                        self.state = State::Trailer(Vec::new());
                    }
                    return Ok(Inflated {
                        used: at + used,
                        more: full || ended == Some(true),
                    });
                }
                State::Rest => {
                    return Ok(Inflated {
                        used: input.len(),
                        more: false,
                    });
                }
                State::Extra(left) => {
                    let take = (*left).min(given.len());
                    *left -= take;
                    at += take;
                    if *left > 0 {
                        return Ok(Inflated {
                            used: at,
                            more: false,
                        });
                    }
                    self.next_part();
                }
                State::HeaderSum(left) => {
                    let take = (*left).min(given.len());
                    *left -= take;
                    at += take;
                    if *left > 0 {
                        return Ok(Inflated {
                            used: at,
                            more: false,
                        });
                    }
                    self.next_part();
                }
                State::Text => match given.iter().position(|b| *b == 0) {
                    Some(end) => {
                        at += end + 1;
                        self.next_part();
                    }
                    None => {
                        return Ok(Inflated {
                            used: input.len(),
                            more: false,
                        });
                    }
                },
                State::Header(seen) => {
                    let Some(bytes) = collect::<10>(seen, given, &mut at) else {
                        return Ok(Inflated {
                            used: at,
                            more: false,
                        });
                    };
                    self.header(bytes)?;
                }
                State::ExtraLen(seen) => {
                    let Some(bytes) = collect::<2>(seen, given, &mut at) else {
                        return Ok(Inflated {
                            used: at,
                            more: false,
                        });
                    };
                    self.state = State::Extra(usize::from(u16::from_le_bytes(bytes)));
                }
                State::Trailer(seen) => {
                    let Some([a, b, c, d, e, f, g, h]) = collect::<8>(seen, given, &mut at) else {
                        return Ok(Inflated {
                            used: at,
                            more: false,
                        });
                    };
                    self.members += 1;
                    let (sum, len) = (
                        u32::from_le_bytes([a, b, c, d]),
                        u32::from_le_bytes([e, f, g, h]),
                    );
                    if sum != self.sum.sum() || len != self.sum.amount() {
                        self.warn(format!(
                            "the checksum of gzip member {} does not fit what it holds",
                            self.members
                        ));
                    }
                    self.state = State::Header(Vec::new());
                }
            }
        }
    }

    fn header(&mut self, bytes: [u8; 10]) -> Result<(), Failure> {
        match bytes {
            [0x1f, 0x8b, 8, flags, ..] => {
                self.flags = flags;
                self.next_part();
                Ok(())
            }
            [0x1f, 0x8b, method, ..] => {
                Err(Failure::new(format!("gzip method {method} is not deflate")))
            }
            _ if self.members > 0 => {
                if bytes.iter().any(|b| *b != 0) {
                    self.warn("bytes that are no gzip member follow the compressed data; they were ignored".to_owned());
                }
                self.state = State::Rest;
                Ok(())
            }
            _ => Err(Failure::new("no gzip member begins here")),
        }
    }

    /// Inflates once. Says what was used, and whether the member ended (`None`: output was full).
    fn inflate(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(usize, Option<bool>), Failure> {
        let start = out.len();
        out.resize(start + CHUNK, 0);
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(
            input,
            out.get_mut(start..).unwrap_or_default(),
            FlushDecompress::None,
        );
        let used = usize::try_from(self.inflate.total_in() - before.0).unwrap_or(0);
        let made = usize::try_from(self.inflate.total_out() - before.1)
            .unwrap_or(0)
            .min(CHUNK);
        out.truncate(start + made);
        self.sum.update(out.get(start..).unwrap_or_default());
        match status {
            Ok(Status::StreamEnd) => Ok((used, Some(true))),
            Ok(_) if made == CHUNK => Ok((used, None)),
            Ok(_) => Ok((used, Some(false))),
            Err(_) => Err(Failure::new("the compressed data is damaged")),
        }
    }
}

/// Fills `seen` from `given`; the whole once it is complete.
fn collect<const N: usize>(seen: &mut Vec<u8>, given: &[u8], at: &mut usize) -> Option<[u8; N]> {
    let take = N.saturating_sub(seen.len()).min(given.len());
    seen.extend_from_slice(given.get(..take)?);
    *at += take;
    seen.as_slice().try_into().ok()
}
