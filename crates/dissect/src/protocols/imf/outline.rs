//! What is kept of a mail to describe it when it is whole: its heads and boundaries. Bounded.

use weir_model::LimitKind;

/// Bytes kept.
const BYTES: usize = 96 << 10;
/// Heads and boundaries kept.
const ENTRIES: usize = 1024;

pub(super) static MUCH: LimitKind = LimitKind {
    id: "imf.outline",
    says: "a mail had more heads than are kept to be shown; its files are read all the same",
    bound: BYTES as u64,
    unit: "bytes",
};

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The head of a mail.
    Message,
    /// The media type of a multipart.
    Multipart,
    /// A boundary: the first, a further one, the last.
    First,
    Next,
    Last,
    /// The head of a part.
    Part,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// The mail or multipart that it belongs to, in order of their beginning.
    pub(super) group: u16,
    pub(super) what: What,
    /// Where its bytes stand.
    pub(super) range: (usize, usize),
}

#[derive(Clone, Default, Debug)]
pub(super) struct Outline {
    pub(super) bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    groups: u16,
}

impl Outline {
    /// A mail or multipart begins.
    pub(super) fn group(&mut self) -> u16 {
        let group = self.groups;
        self.groups = group.saturating_add(1);
        group
    }

    /// `false`: there was no room.
    #[must_use]
    pub(super) fn add(&mut self, group: u16, what: What, bytes: &[u8]) -> bool {
        let from = self.bytes.len();
        let room = from + bytes.len() <= BYTES && self.entries.len() < ENTRIES;
        if room {
            self.bytes.extend_from_slice(bytes);
            self.entries.push(Entry {
                group,
                what,
                range: (from, from + bytes.len()),
            });
        }
        room
    }

    /// The head of the mail itself; nothing before it was read.
    pub(super) fn head(&self) -> &[u8] {
        let first = self.entries.first().filter(|e| e.what == What::Message);
        first
            .and_then(|e| self.bytes.get(e.range.0..e.range.1))
            .unwrap_or_default()
    }
}
