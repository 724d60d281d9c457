//! A connection whose keys are known: which key opens the next record of each side, and where after a loss it is in
//! the sequence. Nothing is believed whose seal or code does not fit.

use super::crypt::derive::{expand_label, prf};
use super::crypt::open::{Head, Opener, Raw, TLS13};
use super::crypt::suite::{self, Bulk, Suite};
use super::wire::{self, Hello, Record};
use crate::protocol::Direction;
use crate::secrets::{Keys, Secret, SessionName};
use std::rc::Rc;

/// Records that may be missing in one place: further on the sequence is not searched.
const WINDOW: u64 = 256;
/// Attempts at finding the place in the sequence, in all, of one direction.
const TRIES: u32 = 4096;
/// Records behind a loss that may fail, because their beginning was only guessed.
const GUESSES: u8 = 8;
/// Bytes of a block whose end the next record needs.
const BLOCK: usize = 16;

/// What became of a record.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing is known to open it with.
    Closed,
    /// Its type and content; so many bytes of content were lost before it.
    Open {
        kind: u8,
        content: Vec<u8>,
        lost: u64,
    },
    /// The first that does not open: the direction stays closed.
    Failed,
    /// Sealed with a key of before the handshake (0-RTT).
    Early,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// TLS 1.3: until the side's Finished.
    Handshake,
    /// Whatever comes after.
    Traffic,
}

/// Opens one direction's records.
#[derive(Clone)]
struct Reader {
    stage: Stage,
    /// `None`: the key of this stage is not known, the next one's may be.
    opener: Option<Rc<Opener>>,
    /// TLS 1.3: what the next key is derived from.
    secret: Option<Secret>,
    seq: u64,
    /// The end of the record before, where blocks chain.
    before: Option<[u8; BLOCK]>,
}

#[derive(Clone, Default)]
struct Way {
    reader: Option<Reader>,
    /// Where in the stream the next record begins, when none is lost.
    expected: Option<u64>,
    tries: u32,
    guesses: u8,
    dead: bool,
}

/// See the module.
#[derive(Clone)]
pub(super) struct Keyed {
    keys: Option<Rc<Keys>>,
    /// Who sent the client's hello.
    client: Direction,
    client_random: [u8; 32],
    server_random: [u8; 32],
    version: u16,
    suite: Option<Suite>,
    /// Codes are over what is encrypted (RFC 7366).
    outside: bool,
    /// The client may send before the handshake.
    early: bool,
    /// The ticket that the client showed.
    pub(super) ticket: Option<SessionName>,
    ways: [Way; 2],
    /// A record was opened.
    pub(super) opened: bool,
}

impl Keyed {
    /// From a client's hello on. `keys` may come later, with the server's.
    pub(super) fn new(keys: Option<Rc<Keys>>, client: Direction, hello: &Hello<'_>) -> Self {
        let mut new = Self {
            keys: None,
            client,
            client_random: [0; 32],
            server_random: [0; 32],
            version: 0,
            suite: None,
            outside: false,
            early: false,
            ticket: None,
            ways: [Way::default(), Way::default()],
            opened: false,
        };
        new.client_hello(keys, hello);
        new
    }

    /// A client's hello, the first or a further one.
    pub(super) fn client_hello(&mut self, keys: Option<Rc<Keys>>, hello: &Hello<'_>) {
        self.keys = keys;
        self.client_random = hello.random;
        self.early = hello.extension(wire::EARLY_DATA).is_some();
        self.ticket = hello
            .extension(wire::SESSION_TICKET)
            .and_then(SessionName::of);
    }

    /// Are there keys?
    pub(super) fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// A master secret that another connection's, or the session's id, told.
    pub(super) fn adopt(&mut self, master: Secret) {
        self.keys = Some(Rc::new(Keys {
            master: Some(master),
            ..Keys::default()
        }));
    }

    /// The master secret in use, before TLS 1.3.
    pub(super) fn master(&self) -> Option<Secret> {
        self.keys.as_ref().and_then(|k| k.master)
    }

    /// A server's hello: from here on TLS 1.3 is sealed.
    pub(super) fn server_hello(&mut self, version: u16, hello: &Hello<'_>) {
        self.server_random = hello.random;
        self.version = version;
        self.suite = hello.cipher_list().next().and_then(suite::of);
        self.outside = hello.extension(wire::ENCRYPT_THEN_MAC).is_some();
        if version != TLS13 {
            return;
        }
        for direction in [self.client, self.client.other()] {
            let server = usize::from(direction != self.client);
            let secret = self.keys.as_ref().and_then(|k| k.handshake[server]);
            let reader = Reader {
                stage: Stage::Handshake,
                opener: secret.and_then(|s| self.opener13(s)),
                secret,
                seq: 0,
                before: None,
            };
            self.ways[direction.index()].reader = Some(reader);
        }
    }

    fn opener13(&self, secret: Secret) -> Option<Rc<Opener>> {
        let suite = self.suite?;
        let key = expand_label(suite.hash, secret.bytes(), "key", usize::from(suite.key));
        let iv = expand_label(suite.hash, secret.bytes(), "iv", 12);
        let raw = Raw {
            mac: &[],
            key: &key,
            iv: &iv,
        };
        Opener::new(suite, TLS13, &raw, false)
    }

    /// The side seals from here on with what both hellos agreed on (before TLS 1.3).
    pub(super) fn change(&mut self, direction: Direction) {
        if self.version != TLS13 {
            self.ways[direction.index()].reader = self.reader12(direction);
        }
    }

    fn reader12(&self, direction: Direction) -> Option<Reader> {
        let suite = self.suite?;
        let master = self.master()?;
        let hash = (self.version >= 0x0303).then_some(suite.hash);
        let (mac, iv) = match suite.bulk {
            Bulk::Gcm | Bulk::Ccm(_) => (0, 4),
            Bulk::ChaCha => (0, 12),
            Bulk::Cbc(hash) => (hash.len(), BLOCK),
        };
        let key = usize::from(suite.key);
        let block = prf(
            hash,
            master.bytes(),
            b"key expansion",
            [&self.server_random, &self.client_random],
            2 * (mac + key + iv),
        );
        let server = usize::from(direction != self.client);
        let part = |at: usize, len: usize| {
            let from = at + server * len;
            block.get(from..from + len)
        };
        let raw = Raw {
            mac: part(0, mac)?,
            key: part(2 * mac, key)?,
            iv: part(2 * (mac + key), iv)?,
        };
        Some(Reader {
            stage: Stage::Traffic,
            opener: Some(Opener::new(suite, self.version, &raw, self.outside)?),
            secret: None,
            seq: 0,
            before: raw.iv.first_chunk().copied(),
        })
    }

    /// The side is done with its handshake: TLS 1.3 seals with another key from here on.
    pub(super) fn finished(&mut self, direction: Direction) {
        let next = self.next(direction);
        let reader = &mut self.ways[direction.index()].reader;
        if reader.as_ref().is_some_and(|r| r.stage == Stage::Handshake) {
            *reader = next;
        }
    }

    /// The side takes a new key (RFC 8446 section 7.2).
    pub(super) fn update(&mut self, direction: Direction) {
        let next = self.next(direction);
        let reader = &mut self.ways[direction.index()].reader;
        if reader.as_ref().is_some_and(|r| r.stage == Stage::Traffic) && self.version == TLS13 {
            *reader = next;
        }
    }

    /// TLS 1.3: what opens records after the direction's next change of keys.
    fn next(&self, direction: Direction) -> Option<Reader> {
        let reader = self.ways[direction.index()].reader.as_ref()?;
        let secret = match reader.stage {
            Stage::Handshake => {
                let server = usize::from(direction != self.client);
                self.keys.as_ref()?.traffic[server]
            }
            Stage::Traffic => {
                let hash = self.suite?.hash;
                let secret = reader.secret?;
                Secret::new(&expand_label(
                    hash,
                    secret.bytes(),
                    "traffic upd",
                    hash.len(),
                ))
            }
        };
        Some(Reader {
            stage: Stage::Traffic,
            opener: secret.and_then(|s| self.opener13(s)),
            secret,
            seq: 0,
            before: None,
        })
    }

    /// Where in the stream the next record of a direction begins, as far as is known.
    pub(super) fn stands(&self, direction: Direction) -> u64 {
        self.ways[direction.index()].expected.unwrap_or(0)
    }

    /// A record in clear ended here.
    pub(super) fn passed(&mut self, direction: Direction, end: u64) {
        self.ways[direction.index()].expected = Some(end);
    }

    /// Opens a record that stands at `offset` of its stream.
    pub(super) fn open(
        &mut self,
        direction: Direction,
        record: Record,
        offset: u64,
        body: &[u8],
    ) -> Outcome {
        let tls13 = self.version == TLS13;
        if self.ways[direction.index()].reader.is_none()
            && !tls13
            && record.kind == wire::APPLICATION_DATA
        {
            // The change of keys was lost.
            self.change(direction);
        }
        if self.ways[direction.index()].dead {
            return Outcome::Closed;
        }
        let next = if tls13 { self.next(direction) } else { None };
        let early = self.early && direction == self.client;
        let way = &mut self.ways[direction.index()];
        let Some(reader) = way.reader.as_mut() else {
            return Outcome::Closed;
        };
        let missing = way.expected.map_or(0, |e| offset.saturating_sub(e));
        let head = Head {
            kind: record.kind,
            version: record.version,
            len: record.len,
        };
        let tail = |r: &Reader| r.opener.as_ref().and_then(|o| o.tail(body));
        let skip = |r: &Reader| {
            let least = r.opener.as_ref().map_or(1, |o| o.overhead() + Record::HEAD);
            (missing / least as u64).min(WINDOW)
        };
        let open = |r: &Reader, tries: &mut u32| {
            let opener = r.opener.as_ref()?;
            for lost in 0..=skip(r) {
                *tries = tries.saturating_add(u32::from(lost > 0));
                if *tries > TRIES {
                    return None;
                }
                let seq = r.seq.saturating_add(lost);
                if let Some(content) = opener.open(seq, head, body, r.before) {
                    let heads = lost * (opener.overhead() + Record::HEAD) as u64;
                    return Some((seq, content, missing.saturating_sub(heads)));
                }
            }
            None
        };
        let mut found = open(reader, &mut way.tries);
        // Its last record with the old key may be lost, or that key is not known.
        let may_change = missing > 0 || reader.opener.is_none();
        if found.is_none()
            && let Some(next) = next.filter(|_| may_change)
        {
            way.tries = way.tries.saturating_add(1);
            found = open(&next, &mut way.tries);
            if found.is_some() {
                *reader = next;
            }
        }
        let opened = found.and_then(|(seq, content, lost)| {
            let (kind, content) = if tls13 {
                inner(content)?
            } else {
                (record.kind, content)
            };
            Some((seq, kind, content, lost))
        });
        let Some((seq, kind, content, lost)) = opened else {
            let unchained = missing > 0 && reader.opener.as_ref().is_some_and(|o| o.chains());
            if unchained {
                reader.before = tail(reader);
            }
            if early && reader.stage == Stage::Handshake && reader.seq == 0 {
                way.expected = Some(offset + (Record::HEAD + record.len) as u64);
                return Outcome::Early;
            }
            // Where records begin was guessed after a loss, and of a key that is not known the end is not either.
            let patient = missing > 0 && way.guesses < GUESSES;
            way.guesses += u8::from(patient);
            if (patient || reader.opener.is_none()) && way.tries <= TRIES {
                return Outcome::Closed;
            }
            way.dead = true;
            return Outcome::Failed;
        };
        reader.seq = seq.saturating_add(1);
        reader.before = tail(reader);
        way.guesses = 0;
        way.expected = Some(offset + (Record::HEAD + record.len) as u64);
        self.early &= direction != self.client;
        self.opened = true;
        Outcome::Open {
            kind,
            content,
            lost,
        }
    }

    /// Is the rest of this direction closed for good?
    pub(super) fn is_dead(&self, direction: Direction) -> bool {
        self.ways[direction.index()].dead
    }
}

/// The type that TLS 1.3 puts behind the content, and the content (RFC 8446 section 5.4).
fn inner(mut content: Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let at = content.iter().rposition(|b| *b != 0)?;
    let kind = content.get(at).copied()?;
    content.truncate(at);
    Some((kind, content))
}
