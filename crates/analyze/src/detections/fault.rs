//! What findings about the network's own faults have in common: shares, times and sizes in words, the slowest of many,
//! packets with a remark. Judges nothing.

use super::Ground;
use super::attempts::Row;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::protocols::dns::Query;
use weir_model::{Duration, FlowId, PacketRef};

/// A question that comes again within this time of its last is the same: hosts wait up to ten seconds and a little.
const REPEATED: Duration = Duration(15_000_000_000);

/// What would settle most of them.
pub(super) const SETTLE: &str =
    "Take a second capture at the other end of the path at the same time, and compare.";

/// The value that 95 of 100 do not exceed (nearest rank); nothing of nothing.
pub(super) fn p95(values: &mut [i64]) -> Option<Duration> {
    values.sort_unstable();
    let rank = (values.len() * 95).div_ceil(100);
    values.get(rank.checked_sub(1)?).map(|v| Duration(*v))
}

/// The middle one.
pub(super) fn median(values: &mut [i64]) -> Option<Duration> {
    values.sort_unstable();
    values.get(values.len() / 2).map(|v| Duration(*v))
}

/// `0.4 ms`, `340 ms`, `2.4 s`.
pub(super) fn ms(span: Duration) -> String {
    let micros = span.0 / 1000;
    match micros {
        ..10_000 => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

/// `1.4 %`, `37 %`; parts of nothing are none.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
    if tenths < 100 {
        format!("{}.{} %", tenths / 10, tenths % 10)
    } else {
        format!("{} %", tenths / 10)
    }
}

/// Are there more than so many parts in a thousand?
pub(super) fn exceeds(part: u64, whole: u64, thousandths: u64) -> bool {
    u128::from(part) * 1000 > u128::from(whole) * u128::from(thousandths)
}

/// `900 bytes`, `1.4 MB`.
pub(super) fn size(bytes: u64) -> String {
    let tenths = |unit: u64, word: &str| {
        let n = bytes * 10 / unit;
        format!("{}.{} {word}", n / 10, n % 10)
    };
    match bytes {
        1 => "1 byte".to_owned(),
        ..10_000 => format!("{bytes} bytes"),
        10_000..1_000_000 => tenths(1000, "kB"),
        1_000_000..1_000_000_000 => tenths(1_000_000, "MB"),
        _ => tenths(1_000_000_000, "GB"),
    }
}

/// Packets of these flows of a chain that dissection remarked so, by the remark's id.
pub(super) fn remarked(
    ground: &Ground<'_>,
    chain: usize,
    flows: &HashSet<FlowId, FixedState>,
    ids: &'static [&'static str],
) -> impl Iterator<Item = PacketRef> {
    let facts = ground.input.chains.get(chain).map(|c| c.facts);
    let rows = facts.map(|f| f.anomalies.rows()).unwrap_or_default();
    rows.iter()
        .filter(move |a| ids.contains(&a.kind.id) && a.flow.is_some_and(|f| flows.contains(&f)))
        .map(|a| a.packet)
}

/// A question of DNS.
pub(super) fn question<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Query> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Query>()
        .get(at.1)
}

/// A question with the rows of it: who gets no answer asks the same again, and dissection takes that for another after
/// a few seconds.
pub(super) struct Asked<'a> {
    /// The first row.
    pub(super) first: &'a Query,
    /// The last one, which has the answer if there is one.
    pub(super) last: &'a Query,
    /// First packets of all rows, in order.
    pub(super) packets: smallvec::SmallVec<[PacketRef; 1]>,
    /// Times it was asked again.
    pub(super) again: u64,
}

impl Asked<'_> {
    /// Time from the first question to the answer.
    pub(super) fn rtt(&self) -> Option<Duration> {
        Some(self.last.answered?.1.since(self.first.asked?.1))
    }
}

/// The rows of one server put together to questions: of one client's port with one number, name and type.
pub(super) fn joined<'a>(ground: &'a Ground<'_>, rows: &[Row]) -> Vec<Asked<'a>> {
    let mut all: Vec<(usize, &Query)> = rows
        .iter()
        .filter_map(|at| Some((at.0, question(ground, *at)?)))
        .collect();
    all.sort_by_key(|(chain, q)| (*chain, q.meta.time, q.meta.first));
    let mut out: Vec<Asked<'a>> = Vec::with_capacity(all.len());
    // Only what is not answered yet can be asked again; a port and number that another name took is that one's.
    let mut open: HashMap<_, usize, FixedState> = HashMap::default();
    for (chain, q) in all {
        let key = (chain, q.client, q.id, q.qtype);
        let before = open.get(&key).and_then(|n| out.get_mut(*n));
        let same = before.filter(|b| {
            b.last.answered.is_none()
                && q.meta.time.since(b.last.meta.time).0 <= REPEATED.0
                && b.last.query.eq_ignore_ascii_case(&q.query)
        });
        if let Some(b) = same {
            b.again = b.again.saturating_add(1 + u64::from(q.again));
            b.packets.push(q.meta.first);
            b.last = q;
        } else {
            if q.answered.is_none() {
                open.insert(key, out.len());
            }
            out.push(Asked {
                first: q,
                last: q,
                packets: smallvec::smallvec![q.meta.first],
                again: u64::from(q.again),
            });
        }
    }
    out
}

/// Questions that were seen to be asked, by who was asked.
pub(super) fn questions(ground: &Ground<'_>) -> BTreeMap<IpAddr, Vec<Row>> {
    let mut out: BTreeMap<IpAddr, Vec<Row>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, q) in c.facts.messages.all::<Query>().iter().enumerate() {
            let group = q.server.0.is_multicast();
            if q.asked.is_some() && !q.local && !group && !q.meta.duplicate {
                out.entry(q.server.0).or_default().push((chain, n));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        assert_eq!(p95(&mut []), None);
        assert_eq!(p95(&mut [7]), Some(Duration(7)));
        let mut hundred: Vec<i64> = (1..=100).collect();
        assert_eq!(p95(&mut hundred), Some(Duration(95)));
        let mut twenty: Vec<i64> = (1..=20).rev().collect();
        assert_eq!(p95(&mut twenty), Some(Duration(19)));
        assert_eq!(ms(Duration(432_000)), "0.4 ms");
        assert_eq!(ms(Duration(340_000_000)), "340 ms");
        assert_eq!(ms(Duration(2_450_000_000)), "2.4 s");
        assert_eq!(
            (percent(14, 1000), percent(37, 100), percent(0, 0)),
            ("1.4 %".into(), "37 %".into(), "0.0 %".into())
        );
        assert!(exceeds(21, 1000, 20) && !exceeds(20, 1000, 20));
        assert_eq!(
            (size(900), size(1_450_000)),
            ("900 bytes".into(), "1.4 MB".into())
        );
    }
}
