//! What many detections do alike: facts sorted into keys by whom they are about, a finding begun from its facts.
//! Judges nothing.

use super::finding::{Evidence, Finding, who};
use super::{Detection, Ground, Key};
use crate::environment::HostId;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use weir_dissect::Facts;
use weir_dissect::flow::Flow;
use weir_model::{PacketRef, Timestamp};

/// Chain and place of a fact in its table.
pub(super) type Row = (usize, usize);

/// Facts by subject, in order of subject, each subject's in the order they were put.
pub(super) struct Groups<K: Ord + Hash>(HashMap<K, Vec<Row>, FixedState>);

impl<K: Ord + Hash> Default for Groups<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Ord + Hash> Groups<K> {
    /// One more.
    pub(super) fn put(&mut self, key: K, row: Row) {
        self.0.entry(key).or_default().push(row);
    }

    /// Those with at least so many facts, named by `subject`.
    pub(super) fn keys(self, least: usize, subject: impl Fn(&K) -> String) -> Vec<Key> {
        let many = self.0.into_iter().filter(|(_, rows)| rows.len() >= least);
        let mut all: Vec<(K, Vec<Row>)> = many.collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        all.into_iter()
            .map(|(key, rows)| Key {
                subject: subject(&key),
                rows,
            })
            .collect()
    }
}

/// The facts of a chain.
pub(super) fn facts<'a>(ground: &'a Ground<'_>, chain: usize) -> Option<&'a Facts> {
    ground.input.chains.get(chain).map(|c| c.facts)
}

/// A flow by its place.
pub(super) fn flow<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Flow> {
    facts(ground, at.0)?.flows.get(at.1)
}

/// The host that has an address, and how subjects name it.
pub(super) fn named(
    ground: &Ground<'_>,
    chain: usize,
    ip: IpAddr,
    time: Timestamp,
) -> (Option<HostId>, String) {
    let id = ground.env.at(chain, ip, time);
    let host = id.and_then(|id| ground.env.host(id));
    (id, who(host, ip))
}

/// Is the address one of the network's own?
pub(super) fn inside(ground: &Ground<'_>, chain: usize, ip: IpAddr, time: Timestamp) -> bool {
    let id = ground.env.at(chain, ip, time);
    id.and_then(|id| ground.env.host(id))
        .map_or_else(|| weir_model::is_internal(ip), |h| h.internal)
}

/// A finding about the host at `src`, over these packets and their times.
pub(super) fn begin(
    ground: &Ground<'_>,
    detection: &'static Detection,
    subject: &str,
    (chain, src): (usize, IpAddr),
    packets: &[(PacketRef, Timestamp)],
) -> Option<Finding> {
    let first = packets.iter().map(|p| p.1).min()?;
    let last = packets.iter().map(|p| p.1).max()?;
    let evidence = Evidence::of(packets.iter().map(|p| p.0))?;
    let host = ground.env.at(chain, src, first)?;
    let span = (first, last);
    Some(Finding::new(
        ground, detection, subject, host, src, span, evidence,
    ))
}

/// The middle one of sorted values; of none, 0.
pub(super) fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match (sorted.get(half), half.checked_sub(1)) {
        (Some(a), Some(b)) if sorted.len().is_multiple_of(2) => {
            sorted.get(b).map_or(*a, |b| f64::midpoint(*a, *b))
        }
        (Some(a), _) => *a,
        _ => 0.0,
    }
}

/// A count as a number for formulas; exact up to 2^32.
pub(super) fn real(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Bits a character carries, by how often each occurs (Shannon).
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for b in bytes {
        if let Some(n) = counts.get_mut(usize::from(*b)) {
            *n += 1;
        }
    }
    let all = real(bytes.len());
    counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| {
            let p = f64::from(*n) / all;
            -p * libm::log2(p)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middle_and_entropy() {
        for (all, middle) in [
            (&[][..], 0.0),
            (&[3.0], 3.0),
            (&[1.0, 2.0], 1.5),
            (&[1.0, 2.0, 9.0], 2.0),
        ] {
            assert!((median(all) - middle).abs() < 1e-12, "{all:?}");
        }
        for (text, bits) in [
            (&b""[..], 0.0),
            (b"aaaa", 0.0),
            (b"abab", 1.0),
            (b"abcd", 2.0),
        ] {
            assert!((entropy(text) - bits).abs() < 1e-12, "{text:?}");
        }
    }

    #[test]
    fn groups_are_in_order_and_of_a_size() {
        let mut all = Groups::default();
        for (n, key) in ["b", "a", "b", "c", "b"].into_iter().enumerate() {
            all.put(key, (0, n));
        }
        let keys = all.keys(1, |k| (*k).to_owned());
        let names: Vec<&str> = keys.iter().map(|k| k.subject.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(keys[1].rows, [(0, 0), (0, 2), (0, 4)]);
    }
}
