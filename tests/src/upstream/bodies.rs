//! What Zeek takes for a file where Weir has another notion, made of Weir's bodies by Zeek's rules: every part of a
//! multipart body is a file (`base/protocols/http/entities.zeek`), a file that is taken out has zeros where bytes are
//! missing before others, also before the range that an answer has of it (`FileExtract`), and is cut at
//! `FileExtract::default_limit`.

use crate::parity::Loaded;
use std::collections::BTreeSet;
use weir_session::{Extract, Hashes, hex};

/// The longest body that is looked into.
const LONGEST: u64 = 8 << 20;

/// A body as Weir has it, zeros where bytes are missing.
struct Body {
    bytes: Vec<u8>,
    holes: bool,
    multipart: bool,
}

/// Bodies of a capture.
#[derive(Default)]
pub(super) struct Bodies(Vec<Body>);

impl Bodies {
    /// All of them, content codings undone.
    pub(super) fn read(loaded: &mut Loaded) -> Self {
        let mut out = Self::default();
        for chain in 0..loaded.session.chains.len() {
            let Some(facts) = loaded.session.chains.get(chain).map(|c| c.facts()) else {
                continue;
            };
            let short = facts.artifacts.iter().filter(|a| a.wire_size <= LONGEST);
            let kinds: Vec<_> = short
                .map(|a| {
                    let kind = a.declared_type.as_deref();
                    let multipart = kind.is_some_and(|t| t.starts_with("multipart/"));
                    let before = a.range.as_ref().map_or(0, |r| r.start.min(LONGEST));
                    (a.key, multipart, usize::try_from(before).unwrap_or(0))
                })
                .collect();
            if kinds.is_empty() {
                continue;
            }
            let keys = kinds.iter().map(|k| k.0).collect();
            let mut job = Extract::new(&loaded.session, chain, keys);
            if loaded.door.run(&mut loaded.session, &mut job).is_err() {
                continue;
            }
            let found = job.finish();
            for (key, multipart, before) in kinds {
                let Some(body) = found.get(&key) else {
                    continue;
                };
                let bytes = [vec![0; before], filled(&body.bytes, &body.gaps)].concat();
                let holes = bytes.len() > body.bytes.len() || !body.gaps.is_empty();
                out.0.push(Body {
                    bytes,
                    holes,
                    multipart,
                });
            }
        }
        out
    }

    /// Hashes of what Zeek takes for files and Weir does not hash.
    pub(super) fn hashes(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let mut add = |bytes: &[u8]| {
            let h = Hashes::of(bytes);
            out.extend([hex(&h.sha256), hex(&h.sha1), hex(&h.md5)]);
        };
        for body in &self.0 {
            if body.holes {
                add(&body.bytes);
            }
            if body.multipart {
                parts(&body.bytes).for_each(&mut add);
            }
        }
        out
    }

    /// Is this the front of a body, cut?
    pub(super) fn front(&self, bytes: &[u8]) -> bool {
        let cut = |b: &Body| b.bytes.len() > bytes.len() && b.bytes.starts_with(bytes);
        !bytes.is_empty() && self.0.iter().any(cut)
    }
}

/// Zeros where bytes are missing and others follow: what is missing at the end is not written.
fn filled(bytes: &[u8], gaps: &[(u64, u64)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for (place, len) in gaps {
        let place = usize::try_from(*place).unwrap_or(usize::MAX);
        out.extend_from_slice(bytes.get(at..place).unwrap_or_default());
        at = place.max(at);
        if at < bytes.len() {
            let missing = usize::try_from((*len).min(LONGEST)).unwrap_or(0);
            out.resize(out.len() + missing, 0);
        }
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

fn place(bytes: &[u8], of: &[u8]) -> Option<usize> {
    bytes.windows(of.len()).position(|w| w == of)
}

/// The parts of a multipart body, whose first line is its boundary (RFC 2046 section 5.1).
fn parts(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let first = body.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = [b"\r\n", first.trim_ascii_end()].concat();
    let mut rest = body.get(delimiter.len() - 2..);
    std::iter::from_fn(move || {
        let from = rest?;
        let end = place(from, &delimiter)?;
        rest = from.get(end + delimiter.len()..);
        from.get(..end)
    })
    .filter_map(|part| {
        let head = place(part, b"\r\n\r\n")?;
        part.get(head + 4..)
    })
}
