//! Keys that others wrote down for this traffic: parsed, found by a conversation's name, counted by source. They stay
//! in memory; nothing here prints one. Knows no cipher.

mod keylog;
mod sessions;

pub use keylog::{Line, is_keylog};
pub(crate) use sessions::{MANY_SESSIONS, SessionName, Sessions};

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use std::fmt;
use std::rc::Rc;
use weir_model::{CaptureId, LimitKind};

/// Keys kept of all sources together.
const KEYS: usize = 1 << 17;
/// Lines kept that could not be read, of one source.
const REFUSED: usize = 16;

/// More keys came than are kept.
pub static MANY_KEYS: LimitKind = LimitKind {
    id: "tls.keys",
    says: "more decryption keys than are kept; conversations of the later ones stay closed",
    bound: KEYS as u64,
    unit: "keys",
};

/// A secret of at most 48 bytes: none that TLS derives further keys from is longer (SHA-384).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret {
    bytes: [u8; 48],
    len: u8,
}

impl Secret {
    /// `None` where it is empty or too long.
    #[must_use]
    pub fn new(from: &[u8]) -> Option<Self> {
        let mut bytes = [0; 48];
        let room = bytes.get_mut(..from.len()).filter(|r| !r.is_empty())?;
        room.copy_from_slice(from);
        let len = u8::try_from(from.len()).ok()?;
        Some(Self { bytes, len })
    }

    /// Its bytes: for ciphers, never for anybody to see.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Debug for Secret {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len)
    }
}

/// What is known of one conversation, by the random of its client's hello.
#[derive(Clone, Default, Debug)]
pub struct Keys {
    /// TLS 1.2 and before: what everything is derived from.
    pub(crate) master: Option<Secret>,
    /// TLS 1.3, client and server: of the handshake.
    pub(crate) handshake: [Option<Secret>; 2],
    /// TLS 1.3, client and server: the first of what follows.
    pub(crate) traffic: [Option<Secret>; 2],
}

/// Who brought keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A key log file of this name. Hostile text.
    File(String),
    /// Decryption Secrets Blocks of a capture.
    Capture(CaptureId),
}

/// One source and what is in it, the keys themselves apart.
#[derive(Clone)]
pub struct Source {
    /// Who.
    pub origin: Origin,
    /// Lines of keys that Weir uses.
    pub used: usize,
    /// Lines of keys that it has no use for (exporters, QUIC, early data).
    pub unused: usize,
    /// Lines that are none: number, counted from 1, and why; the first ones.
    pub refused: Vec<(u32, &'static str)>,
    /// How many there were.
    pub unreadable: usize,
    lines: HashSet<Line, FixedState>,
    /// Lines seen so far.
    seen: u32,
}

impl Source {
    fn new(origin: Origin) -> Self {
        Self {
            origin,
            used: 0,
            unused: 0,
            refused: Vec::new(),
            unreadable: 0,
            lines: HashSet::with_hasher(FixedState::default()),
            seen: 0,
        }
    }
}

/// Every key at hand, by conversation.
#[derive(Clone)]
pub struct Secrets {
    sources: Vec<Source>,
    /// Captures whose keys the analyst took away.
    declined: Vec<CaptureId>,
    by_random: HashMap<[u8; 32], Rc<Keys>, FixedState>,
    by_session: HashMap<Box<[u8]>, Secret, FixedState>,
    lines: usize,
    full: bool,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            declined: Vec::new(),
            by_random: HashMap::with_hasher(FixedState::default()),
            by_session: HashMap::with_hasher(FixedState::default()),
            lines: 0,
            full: false,
        }
    }
}

impl fmt::Debug for Secrets {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Secrets {{ {} sources, {} keys }}",
            self.sources.len(),
            self.lines
        )
    }
}

/// What came new with some lines.
#[derive(Default, Debug)]
pub struct Came {
    /// First bytes of the randoms whose keys came.
    pub randoms: Vec<[u8; 8]>,
    /// Keys came that name no random: any conversation may be theirs.
    pub any: bool,
}

impl Secrets {
    /// Reads key log lines of a source; `text` ends with a whole line or the source's end.
    pub fn add(&mut self, origin: &Origin, text: &[u8]) -> Came {
        let mut came = Came::default();
        if let Origin::Capture(id) = origin
            && self.declined.contains(id)
        {
            return came;
        }
        let at = self.sources.iter().position(|s| s.origin == *origin);
        let at = at.unwrap_or_else(|| {
            self.sources.push(Source::new(origin.clone()));
            self.sources.len() - 1
        });
        for line in text.split(|b| *b == b'\n') {
            let Some(source) = self.sources.get_mut(at) else {
                break;
            };
            source.seen = source.seen.saturating_add(1);
            match Line::read(line) {
                Ok(None) => {}
                Ok(Some(Line::Unused)) => source.unused += 1,
                Ok(Some(line)) => {
                    if self.lines >= KEYS {
                        self.full = true;
                    } else if source.lines.insert(line.clone()) {
                        source.used += 1;
                        self.lines += 1;
                        if self.index(&line) {
                            match &line {
                                Line::Session(..) => came.any = true,
                                line => came.randoms.extend(line.random8()),
                            }
                        }
                    }
                }
                Err(why) => {
                    source.unreadable += 1;
                    if source.refused.len() < REFUSED {
                        source.refused.push((source.seen, why));
                    }
                }
            }
        }
        // What follows the last line end is no further line.
        if text.ends_with(b"\n")
            && let Some(source) = self.sources.get_mut(at)
        {
            source.seen = source.seen.saturating_sub(1);
        }
        came
    }

    /// Puts a key where it is found. Was it not there?
    fn index(&mut self, line: &Line) -> bool {
        let put = |slot: &mut Option<Secret>, secret: &Secret| {
            // Of two keys for one thing the first is believed.
            let new = slot.is_none();
            slot.get_or_insert(*secret);
            new
        };
        let mut keys = |random: &[u8; 32]| Rc::clone(self.by_random.entry(*random).or_default());
        let (random, mut entry) = match line {
            Line::Unused => return false,
            Line::Session(id, master) => {
                let new = !self.by_session.contains_key(id);
                self.by_session.entry(id.clone()).or_insert(*master);
                return new;
            }
            Line::Master(random, _) | Line::Handshake(random, ..) | Line::Traffic(random, ..) => {
                (random, keys(random))
            }
        };
        // Conversations hold theirs; there it stays as it was.
        let own = Rc::make_mut(&mut entry);
        let new = match line {
            Line::Master(_, secret) => put(&mut own.master, secret),
            Line::Handshake(_, server, secret) => {
                put(&mut own.handshake[usize::from(*server)], secret)
            }
            Line::Traffic(_, server, secret) => put(&mut own.traffic[usize::from(*server)], secret),
            Line::Unused | Line::Session(..) => false,
        };
        self.by_random.insert(*random, entry);
        new
    }

    /// Takes a source's keys away; those of a capture are not taken from it again. Was there one?
    pub fn forget(&mut self, origin: &Origin) -> bool {
        let before = self.sources.len();
        self.sources.retain(|s| s.origin != *origin);
        if let Origin::Capture(id) = origin
            && before != self.sources.len()
        {
            self.declined.push(*id);
        }
        self.rebuild();
        before != self.sources.len()
    }

    /// A capture is gone, and its keys with it.
    pub fn left(&mut self, capture: CaptureId) {
        let origin = Origin::Capture(capture);
        self.declined.retain(|c| *c != capture);
        if self.sources.iter().any(|s| s.origin == origin) {
            self.sources.retain(|s| s.origin != origin);
            self.rebuild();
        }
    }

    fn rebuild(&mut self) {
        self.by_random.clear();
        self.by_session.clear();
        self.full = false;
        let sources = std::mem::take(&mut self.sources);
        self.lines = sources.iter().map(|s| s.lines.len()).sum();
        for source in &sources {
            // What several keys for one thing come to must not hang on a table's order.
            let mut lines: Vec<&Line> = source.lines.iter().collect();
            lines.sort_unstable();
            for line in lines {
                self.index(line);
            }
        }
        self.sources = sources;
    }

    /// Who brought keys, in the order in which they came.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Is there none at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_random.is_empty() && self.by_session.is_empty()
    }

    /// More keys came than are kept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Those of the conversation whose client's hello has this random.
    pub(crate) fn of(&self, random: &[u8; 32]) -> Option<Rc<Keys>> {
        self.by_random.get(random).map(Rc::clone)
    }

    /// The master secret of a session by the id that the server gave it.
    pub(crate) fn of_session(&self, id: &[u8]) -> Option<Secret> {
        self.by_session.get(id).copied()
    }
}

#[cfg(test)]
mod tests;
