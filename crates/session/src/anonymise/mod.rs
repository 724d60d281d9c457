//! Packets made anew without addresses, names, secrets and contents, and the search for what was removed.
//! Knows no file format; the key comes from the door.
//!
//! Everything is blank unless a field says that it is harmless, so what no dissector reads goes. Lengths, ports,
//! sequence numbers and times stay: streams and conversations are what they were.

mod addresses;
mod checksums;
mod forms;
mod leaks;
mod names;
mod reading;
mod write;

pub(crate) use leaks::{Counts, Leak};
pub(crate) use reading::Reading;

use addresses::Permutation;
use aho_corasick::{AhoCorasick, MatchKind};
use hmac::{Hmac, KeyInit, Mac as _};
use leaks::{Scanner, VALUES, Values};
use names::Pseudonyms;
use reading::Removed;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use write::{From, Pen};

/// Permutations that are tried for one that leaves no address as it was.
const TRIES: u32 = 24;
/// Times that a packet is blanked further because something was found in it.
const ROUNDS: usize = 6;
/// Leaks that are listed; others are counted.
const LISTED: usize = 100;
/// Datagrams in fragments that are put together; checksums of others stay as they were.
const DATAGRAMS: usize = 100_000;

/// Of the fragments of a datagram: addresses, protocol, number.
type Datagram = (Vec<u8>, u8, u32);

/// What the first look at the packets gathers.
#[derive(Default)]
pub(crate) struct Gathered {
    values: Values,
    datagrams: BTreeMap<Datagram, (u64, BTreeSet<u16>)>,
}

fn datagram(bytes: &[u8], reading: &Reading) -> Option<(Datagram, u16, usize, usize)> {
    let ip = reading
        .headers
        .iter()
        .rfind(|h| matches!(h.name, "ip" | "ipv6"))?;
    let ip = checksums::ip(bytes, ip.start)?;
    let (offset, _, number) = ip.fragment?;
    let ends = bytes.get(ip.addresses.0..ip.addresses.1)?.to_vec();
    Some(((ends, ip.carries, number), offset, ip.payload, ip.end))
}

impl Gathered {
    /// Takes what a packet holds.
    ///
    /// # Errors
    /// When there is more than can be searched for.
    pub(crate) fn take(&mut self, bytes: &[u8], reading: &mut Reading) -> Result<(), String> {
        for value in reading.values.drain(..) {
            self.values.take(value);
        }
        if self.values.len() > VALUES {
            return Err(format!(
                "these packets hold more than {VALUES} addresses, names and secrets, which is more than can be searched \
                 for at once; choose fewer packets"
            ));
        }
        if let Some((key, offset, from, to)) = datagram(bytes, reading)
            && offset > 0
            && (self.datagrams.len() < DATAGRAMS || self.datagrams.contains_key(&key))
        {
            let known = self.datagrams.entry(key).or_default();
            if known.1.insert(offset) {
                known.0 += checksums::sum(bytes.get(from..to).unwrap_or_default(), None);
            }
        }
        Ok(())
    }

    /// Takes a name that no packet holds, such as that of a file.
    pub(crate) fn name(&mut self, name: &str) {
        self.values.take(Removed::Name(name.to_owned()));
    }
}

fn derived(seed: &[u8; 32], what: &str, n: u32) -> [u8; 32] {
    // HMAC takes keys of any length.
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(seed).expect("any length");
    mac.update(what.as_bytes());
    mac.update(&n.to_be_bytes());
    mac.finalize().into_bytes().into()
}

/// How it went.
#[derive(Clone, Default, Debug, serde::Serialize)]
pub(crate) struct Outcome {
    /// What was removed.
    pub(crate) removed: Counts,
    /// Numbers and words that were blanked as well because they read like something removed.
    pub(crate) blanked: usize,
    /// Places where header numbers, checksums or pseudonyms read like something removed by chance.
    pub(crate) chance: usize,
    /// Addresses whose pseudonym is an address that another machine of these packets had.
    pub(crate) exchanged: usize,
    /// The first of them.
    pub(crate) leaks: Vec<Leak>,
    /// How many there are.
    pub(crate) leaked: usize,
}

/// Makes packets and texts anew.
pub(crate) struct Anonymiser {
    pen: Pen,
    scanner: Scanner,
    prose: AhoCorasick,
    instead: Vec<String>,
    datagrams: BTreeMap<Datagram, (u64, BTreeSet<u16>)>,
    pub(crate) outcome: Outcome,
}

impl Anonymiser {
    /// Of a key, for these packets alone.
    ///
    /// # Errors
    /// When there is more than can be searched for.
    pub(crate) fn new(seed: &[u8; 32], mut gathered: Gathered) -> Result<Self, String> {
        // Of some permutations the one that meets fewest addresses which these packets had: one that maps an
        // address to itself would give it away.
        let mut best: Option<((usize, usize), Permutation)> = None;
        let small = gathered.values.len() < 2000;
        for n in 0..if small { TRIES } else { 4 } {
            let p = Permutation::new(&derived(seed, "addresses", n));
            let met = gathered.values.met(&p);
            if best.as_ref().is_none_or(|b| met < b.0) {
                best = Some((met, p));
            }
            if met == (0, 0) {
                break;
            }
        }
        let Some((met, addresses)) = best else {
            return Err("no permutation was made".to_owned());
        };
        gathered.values.settle(&addresses);
        let names = Pseudonyms::new(derived(seed, "names", 0));
        let scanner = Scanner::new(&gathered.values)?;
        let replaced = gathered.values.replaced(&addresses, &names);
        let (old, instead): (Vec<String>, Vec<String>) = replaced.into_iter().unzip();
        let prose = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&old)
            .map_err(|e| e.to_string())?;
        Ok(Self {
            outcome: Outcome {
                removed: gathered.values.counts(),
                exchanged: met.1,
                ..Outcome::default()
            },
            pen: Pen { addresses, names },
            scanner,
            prose,
            instead,
            datagrams: gathered.datagrams,
        })
    }

    fn leak(&mut self, leak: Leak) {
        self.outcome.leaked += 1;
        if self.outcome.leaks.len() < LISTED {
            self.outcome.leaks.push(leak);
        }
    }

    /// The bytes of a packet, anew and searched.
    pub(crate) fn packet(&mut self, place: &str, before: &[u8], reading: &Reading) -> Vec<u8> {
        let elsewhere = datagram(before, reading)
            .filter(|d| d.1 == 0)
            .and_then(|d| self.datagrams.get(&d.0))
            .map_or(0, |d| d.0);
        let mut out = write::packet(before, reading, elsewhere, &self.pen);
        for round in 0..=ROUNDS {
            let mut copied = Vec::new();
            let mut same = Vec::new();
            let mut chance = 0;
            for hit in self.scanner.hits(&out.bytes) {
                let from = out.from.get(hit.start..hit.end).unwrap_or_default();
                let now = out.bytes.get(hit.start..hit.end);
                let of = |what: From| from.contains(&what);
                let leak = || Leak {
                    place: place.to_owned(),
                    offset: hit.start,
                    form: hit.form,
                    value: hit.value.to_owned(),
                };
                // Pseudonyms and blanks side by side: what each keeps of its own is no address that somebody had.
                let first = from.first();
                let bytes = now.unwrap_or_default();
                let several = from.iter().any(|f| Some(f) != first)
                    && from.iter().zip(bytes).all(|(f, b)| match f {
                        From::Address(_) => true,
                        From::Written => *b == 0,
                        From::Header | From::Copied => false,
                    });
                if several {
                    chance += 1;
                } else if of(From::Copied) {
                    copied.push((hit.start, hit.end, leak()));
                } else if !of(From::Header) && now == before.get(hit.start..hit.end) {
                    // An address as bytes is what its conversation is known by: it is not blanked.
                    if hit.form.starts_with("bytes") {
                        same.push(leak());
                    } else {
                        copied.push((hit.start, hit.end, leak()));
                    }
                } else {
                    chance += 1;
                }
            }
            if copied.is_empty() || round == ROUNDS {
                self.outcome.chance += chance;
                let found = copied.into_iter().map(|c| c.2).chain(same);
                found.for_each(|l| self.leak(l));
                break;
            }
            for (start, end, _) in copied {
                self.outcome.blanked += usize::from(write::again(&mut out, before, start, end));
            }
        }
        out.bytes
    }

    /// A text of the analyst with pseudonyms in place of what was removed, searched.
    pub(crate) fn text(&mut self, place: &str, text: &str) -> String {
        let mut out = String::new();
        let mut ours: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        for m in self.prose.find_iter(text) {
            // A match within a letter of several bytes cannot be cut out.
            let (Some(before), Some(new)) = (
                text.get(at..m.start()),
                self.instead.get(m.pattern().as_usize()),
            ) else {
                continue;
            };
            out.push_str(before);
            ours.push((out.len(), out.len() + new.len()));
            out.push_str(new);
            at = m.end();
        }
        out.push_str(text.get(at..).unwrap_or_default());
        let found: Vec<Leak> = self
            .scanner
            .hits(out.as_bytes())
            .filter(|h| !h.part && !ours.iter().any(|o| o.0 <= h.start && h.end <= o.1))
            .map(|h| Leak {
                place: place.to_owned(),
                offset: h.start,
                form: h.form,
                value: h.value.to_owned(),
            })
            .collect();
        found.into_iter().for_each(|l| self.leak(l));
        out
    }
}
