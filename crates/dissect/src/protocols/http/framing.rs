//! Where a body begins and ends (RFC 9112 section 6 and 7): length, chunks or the end of the connection.
//! Knows stream bytes, not what they mean.

/// Longest chunk size line or trailer line.
const LINE: usize = 16 << 10;
/// Longest trailer section kept.
const TRAILER: usize = 16 << 10;

/// How a body is delimited.
#[derive(Clone, Debug)]
pub(super) enum Framing {
    /// So many bytes to come.
    Length(u64),
    /// Chunks.
    Chunked(Chunks),
    /// Until the connection ends.
    UntilClose,
}

/// What the next bytes of a framed body are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// So many bytes of content, at the front.
    Content(usize),
    /// So many bytes of framing, at the front; a chunk of this size begins when given.
    Frame(usize, Option<u64>),
    /// More bytes than there are must be seen: this many.
    Need(usize),
    /// The body ended before the front byte.
    End,
    /// The framing is broken: what follows is no chunk.
    Broken,
}

/// Where a chunked body stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    state: Chunk,
    /// Trailer fields, raw, cut at [`TRAILER`].
    pub(super) trailer: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Chunk {
    #[default]
    Size,
    Data(u64),
    AfterData,
    Trailer,
    Done,
}

impl Framing {
    /// Is the body over without another byte?
    pub(super) fn is_done(&self) -> bool {
        matches!(
            self,
            Self::Length(0)
                | Self::Chunked(Chunks {
                    state: Chunk::Done,
                    ..
                })
        )
    }

    /// What `bytes` (not empty) begin with. Content and frames it names are taken as read.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Step {
        match self {
            Self::UntilClose => Step::Content(bytes.len()),
            Self::Length(0) => Step::End,
            Self::Length(left) => {
                let n = take(left, bytes.len());
                Step::Content(n)
            }
            Self::Chunked(chunks) => chunks.step(bytes),
        }
    }

    /// Takes `len` missing bytes. `Err(n)`: only the first `n` of them are surely the body's, its end is lost.
    pub(super) fn gap(&mut self, len: u64) -> Result<(), u64> {
        let left = match self {
            Self::UntilClose => return Ok(()),
            Self::Length(left) => left,
            Self::Chunked(Chunks {
                state: Chunk::Data(left),
                ..
            }) => left,
            Self::Chunked(_) => return Err(0),
        };
        // A gap to the very end of a chunk loses nothing of the framing behind it.
        if len <= *left {
            *left -= len;
            Ok(())
        } else {
            Err(*left)
        }
    }
}

fn take(left: &mut u64, have: usize) -> usize {
    let n = usize::try_from(*left).unwrap_or(usize::MAX).min(have);
    *left -= n as u64;
    n
}

impl Chunks {
    fn step(&mut self, bytes: &[u8]) -> Step {
        match &mut self.state {
            Chunk::Done => Step::End,
            Chunk::Data(0) | Chunk::AfterData => {
                self.state = Chunk::AfterData;
                match bytes {
                    [b'\r', b'\n', ..] => self.then(Chunk::Size, 2, None),
                    [b'\n', ..] => self.then(Chunk::Size, 1, None),
                    [b'\r'] => Step::Need(2),
                    _ => Step::Broken,
                }
            }
            Chunk::Data(left) => Step::Content(take(left, bytes.len())),
            Chunk::Size => match size(bytes) {
                Size::Is(used, 0) => self.then(Chunk::Trailer, used, Some(0)),
                Size::Is(used, n) => self.then(Chunk::Data(n), used, Some(n)),
                Size::More => Step::Need(bytes.len() + 1),
                Size::Broken => Step::Broken,
            },
            Chunk::Trailer => {
                let Some(end) = memchr::memchr(b'\n', bytes).map(|n| n + 1) else {
                    return if bytes.len() > LINE {
                        Step::Broken
                    } else {
                        Step::Need(bytes.len() + 1)
                    };
                };
                let line = bytes.get(..end).unwrap_or_default();
                if matches!(line, b"\n" | b"\r\n") {
                    return self.then(Chunk::Done, end, None);
                }
                if self.trailer.len() + line.len() <= TRAILER {
                    self.trailer.extend_from_slice(line);
                }
                Step::Frame(end, None)
            }
        }
    }

    fn then(&mut self, state: Chunk, used: usize, size: Option<u64>) -> Step {
        self.state = state;
        Step::Frame(used, size)
    }
}

enum Size {
    Is(usize, u64),
    More,
    Broken,
}

/// A chunk size line with its extensions; where `httparse` finds it broken, a bare LF and blanks are forgiven.
fn size(bytes: &[u8]) -> Size {
    let begins = bytes.iter().find(|b| !matches!(b, b' ' | b'\t'));
    if begins.is_some_and(|b| !b.is_ascii_hexdigit()) {
        return Size::Broken;
    }
    match httparse::parse_chunk_size(bytes) {
        Ok(httparse::Status::Complete((used, n))) => return Size::Is(used, n),
        Ok(httparse::Status::Partial) if memchr::memchr(b'\n', bytes).is_none() => {
            return if bytes.len() > LINE {
                Size::Broken
            } else {
                Size::More
            };
        }
        _ => {}
    }
    let Some(end) = memchr::memchr(b'\n', bytes) else {
        return if bytes.len() < 24 && bytes.iter().all(|b| b.is_ascii()) {
            Size::More
        } else {
            Size::Broken
        };
    };
    let line = bytes.get(..end).unwrap_or_default().trim_ascii();
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let after = line.get(digits).copied();
    let fine = matches!(after, None | Some(b';' | b' ' | b'\t'));
    let text = line.get(..digits).map(std::str::from_utf8);
    match text {
        Some(Ok(text)) if fine => {
            u64::from_str_radix(text, 16).map_or(Size::Broken, |n| Size::Is(end + 1, n))
        }
        _ => Size::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], piece: usize) -> (Vec<u8>, bool, usize) {
        let mut framing = Framing::Chunked(Chunks::default());
        let (mut out, mut at, mut shown) = (Vec::new(), 0, piece);
        loop {
            let bytes = &text[at..shown.min(text.len())];
            let step = if bytes.is_empty() {
                Step::Need(1)
            } else {
                framing.step(bytes)
            };
            match step {
                Step::Content(n) => {
                    out.extend_from_slice(&bytes[..n]);
                    at += n;
                }
                Step::Frame(n, _) => at += n,
                Step::Need(_) if shown < text.len() => shown += piece,
                _ => return (out, framing.is_done(), at),
            }
            if framing.is_done() {
                return (out, true, at);
            }
        }
    }

    #[test]
    fn chunks_by_pieces_of_any_size() {
        let text = b"4;name=\"a;b\"\r\nWiki\r\n05\r\npedia\nE \r\n in\r\n\r\nchunks.\r\n0\r\nX-Sum: 1\r\n\r\nHTTP/1.1";
        for piece in 1..text.len() {
            let (out, done, at) = read(text, piece);
            assert_eq!(out, b"Wikipedia in\r\n\r\nchunks.", "{piece}");
            assert!(done && text[at..].starts_with(b"HTTP"), "{piece}");
        }
    }

    #[test]
    fn broken_chunks_say_so() {
        for text in [
            &b"zz\r\nabc"[..],
            b"fffffffffffffffff\r\n",
            b"3\r\nabcd\r\n",
            b"-1\r\n",
        ] {
            let (_, done, at) = read(text, 1);
            assert!(!done && at < text.len(), "{text:?}");
        }
    }

    #[test]
    fn a_gap_within_a_chunk_is_survived() {
        let mut f = Framing::Chunked(Chunks::default());
        assert_eq!(f.step(b"a\r\n"), Step::Frame(3, Some(10)));
        assert_eq!(f.gap(4), Ok(()));
        assert_eq!(f.step(b"123456\r\n"), Step::Content(6));
        assert_eq!(f.step(b"\r\n"), Step::Frame(2, None));
        assert_eq!(f.gap(1), Err(0));
    }
}
