//! A message of SMB1 in place: its head, its commands, the texts behind their words.

use super::layout::{chains, cmd};
use crate::data::Data;
use crate::wide;

/// Bytes of the head.
const HEAD: usize = 32;
/// How the name of a pipe's transaction begins.
const PIPE: &str = "\\PIPE\\";
/// Commands of a message that are read.
const CHAIN: usize = 16;

/// The head of a message ([MS-CIFS] section 2.2.3.1), as far as it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) cmd: u8,
    pub(super) response: bool,
    pub(super) unicode: bool,
    /// The status is a word of 32 bits, not class and code.
    pub(super) nt: bool,
    pub(super) status: u32,
    pub(super) tree: u16,
    /// Whose: process, then number.
    pub(super) whose: (u16, u16),
    pub(super) user: u16,
}

impl Head {
    pub(super) fn read(data: Data<'_>) -> Option<Self> {
        let word = |at| data.array(at).map(u16::from_le_bytes);
        let flags2 = word(10)?;
        data.bytes.starts_with(b"\xffSMB").then_some(())?;
        Some(Self {
            cmd: data.u8(4)?,
            response: data.u8(9)? & 0x80 != 0,
            unicode: flags2 & 0x8000 != 0,
            nt: flags2 & 0x4000 != 0,
            status: data.array(5).map(u32::from_le_bytes)?,
            tree: word(24)?,
            whose: (word(26)?, word(30)?),
            user: word(28)?,
        })
    }

    /// Did it fail? More to be said is no failure.
    pub(super) fn failed(&self) -> bool {
        const MORE: u32 = 0xc000_0016;
        const OVERFLOW: u32 = 0x8000_0005;
        self.status != 0 && !(self.nt && matches!(self.status, MORE | OVERFLOW))
    }
}

/// A command of a message.
#[derive(Clone, Copy)]
pub(super) struct Command<'a> {
    pub(super) cmd: u8,
    /// The whole message, from its head on.
    pub(super) all: Data<'a>,
    pub(super) head: Head,
    pub(super) count: u8,
    pub(super) words: Data<'a>,
    /// Where the bytes behind the words stand in the message.
    pub(super) at: usize,
    pub(super) bytes: Data<'a>,
    /// The command that follows, with what says so.
    pub(super) next: Option<(u8, usize)>,
}

/// Commands in order.
pub(super) fn commands(all: Data<'_>, head: Head) -> impl Iterator<Item = Command<'_>> {
    let mut place = Some((head.cmd, HEAD));
    std::iter::from_fn(move || {
        let (cmd, at) = place.take()?;
        let count = all.u8(at)?;
        let end = at + 1 + 2 * usize::from(count);
        let words = all.sub(at + 1, end);
        let len = wide::place(all, end, 2).unwrap_or(0);
        let next = if chains(cmd) && words.len() >= 4 {
            Some((words.u8(0)?, wide::place(words, 2, 2)?))
        } else {
            None
        };
        // Only forward, so that it ends.
        place = next.filter(|(cmd, to)| *cmd != cmd::NONE && *to > at);
        Some(Command {
            cmd,
            all,
            head,
            count,
            words,
            at: end + 2,
            bytes: all.sub(end + 2, end + 2 + len),
            next,
        })
    })
    .take(CHAIN)
}

impl<'a> Command<'a> {
    /// A number of two bytes among the words.
    pub(super) fn word(&self, at: usize) -> Option<u16> {
        self.words.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn long(&self, at: usize) -> Option<u32> {
        self.words.array(at).map(u32::from_le_bytes)
    }

    /// Bytes of the message.
    pub(super) fn stretch(&self, from: usize, len: usize) -> Data<'a> {
        if from < HEAD {
            return self.all.sub(0, 0);
        }
        self.all.sub(from, from.saturating_add(len))
    }

    /// The texts that begin so many bytes behind the words.
    pub(super) fn texts(&self, skip: usize) -> Texts<'a> {
        Texts {
            all: self.all.sub(0, self.at + self.bytes.len()),
            at: self.at + skip,
            unicode: self.head.unicode,
        }
    }

    /// The bytes of a file or a pipe that a reading or writing command carries, and how many it says they are.
    pub(super) fn payload(&self) -> Option<Data<'a>> {
        let (low, offset, high) = match (self.cmd, self.head.response) {
            (cmd::READ, true) => (10, 12, 14),
            (cmd::WRITE, false) => (20, 22, 18),
            (cmd::WRITE_CORE, false) | (cmd::READ_CORE, true) => {
                return Some(self.bytes.rest(3));
            }
            _ => return None,
        };
        let len = usize::from(self.word(low)?) | usize::from(self.word(high).unwrap_or(0)) << 16;
        Some(self.stretch(self.word(offset)?.into(), len))
    }

    /// Where in its file a reading or writing request is.
    pub(super) fn place(&self) -> u64 {
        let (low, high) = match (self.cmd, self.count) {
            (cmd::READ, 12) => (6, Some(20)),
            (cmd::WRITE, 14) => (6, Some(24)),
            (cmd::READ | cmd::WRITE, _) => (6, None),
            _ => (4, None),
        };
        let high = high.and_then(|at| self.long(at)).unwrap_or(0);
        u64::from(high) << 32 | u64::from(self.long(low).unwrap_or(0))
    }

    /// The handle that a request is about.
    pub(super) fn handle(&self) -> Option<u16> {
        match self.cmd {
            cmd::READ | cmd::WRITE | cmd::LOCKING => self.word(4),
            cmd::CLOSE | cmd::READ_CORE | cmd::WRITE_CORE => self.word(0),
            // TransactNmPipe and its like.
            cmd::TRANS if self.words.u8(26) == Some(2) => self.word(30),
            _ => None,
        }
    }

    /// Is the transaction one of a named pipe?
    pub(super) fn of_pipe(&self) -> bool {
        let name = self.texts(0).next().map(|t| t.0).unwrap_or_default();
        let head = name.get(..PIPE.len()).unwrap_or_default();
        self.cmd == cmd::TRANS && head.eq_ignore_ascii_case(PIPE)
    }

    /// The path that a transaction of the second kind asks about, so many bytes into its parameters.
    pub(super) fn path(&self, skip: usize) -> Option<String> {
        let (parameters, _) = self.transaction();
        let start = parameters.start.saturating_sub(self.all.start);
        let start = usize::try_from(start).ok()?;
        let all = self.all.sub(0, start + parameters.len());
        let mut texts = Texts::new(all, start + skip, self.head.unicode);
        texts.next().map(|t| t.0)
    }

    /// Parameters and data of a transaction.
    pub(super) fn transaction(&self) -> (Data<'a>, Data<'a>) {
        let place = |at: usize, len: usize| wide::place(self.words, at, len).unwrap_or(0);
        let of = |count: (usize, usize), offset: (usize, usize)| {
            self.stretch(place(offset.0, offset.1), place(count.0, count.1))
        };
        match (self.cmd, self.head.response) {
            (cmd::NT_TRANS, false) => (of((19, 4), (23, 4)), of((27, 4), (31, 4))),
            (cmd::NT_TRANS, true) => (of((11, 4), (15, 4)), of((23, 4), (27, 4))),
            (_, false) => (of((18, 2), (20, 2)), of((22, 2), (24, 2))),
            (_, true) => (of((6, 2), (8, 2)), of((12, 2), (14, 2))),
        }
    }
}

/// Texts one behind the other, each with its zero; those of two bytes a character begin at an even place.
pub(super) struct Texts<'a> {
    all: Data<'a>,
    at: usize,
    pub(super) unicode: bool,
}

impl<'a> Texts<'a> {
    pub(super) fn new(all: Data<'a>, at: usize, unicode: bool) -> Self {
        Self { all, at, unicode }
    }

    /// Where the next one begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next one with the bytes it takes.
    pub(super) fn next(&mut self) -> Option<(String, Data<'a>)> {
        if self.at >= self.all.len() {
            return None;
        }
        if self.unicode {
            self.at = self.at.next_multiple_of(2);
            let rest = self.all.rest(self.at);
            let zero = rest.bytes.chunks_exact(2).position(|c| c == [0, 0]);
            let len = zero.map_or(rest.len(), |n| n * 2 + 2);
            let part = rest.sub(0, len);
            self.at += len;
            return Some((wide::text(part.bytes), part));
        }
        self.narrow()
    }

    /// The next one, of one byte a character.
    pub(super) fn narrow(&mut self) -> Option<(String, Data<'a>)> {
        let rest = self.all.rest(self.at);
        if rest.is_empty() {
            return None;
        }
        let len = memchr::memchr(0, rest.bytes).map_or(rest.len(), |n| n + 1);
        let part = rest.sub(0, len);
        self.at += len;
        Some((wide::narrow(part.bytes), part))
    }
}
