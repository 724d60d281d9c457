//! Which captures are one sensor's consecutive files. Knows facts of captures, no packets.

use crate::facts::CaptureFacts;
use std::collections::BTreeSet;
use weir_model::{Duration, Timestamp};

/// How much two files of one ring may overlap: packets of several queues are written
/// out of order, by less than this.
pub const OVERLAP_MAX: Duration = Duration(1_000_000_000);
/// The longest silence between two files of a chain. A ring's next file begins with the next
/// packet, so the gap is a pause of the traffic, or of the sensor for a restart.
pub const GAP_MAX: Duration = Duration(24 * 3_600 * 1_000_000_000);

/// What chaining looks at. Two equal ones are captures of the same content, as far as facts tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Member {
    /// Earliest and latest packet; `None` for a capture without times, which stands alone.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Link types of its interfaces.
    pub link_types: BTreeSet<u16>,
    /// Names of its interfaces; empty when the format keeps none.
    pub names: BTreeSet<String>,
    /// Hardware and operating system of the capturing machine, where told.
    pub machine: BTreeSet<String>,
    /// Packets and bytes on the wire: tells captures of equal span apart.
    pub amount: (u64, u64),
}

impl From<&CaptureFacts> for Member {
    fn from(facts: &CaptureFacts) -> Self {
        let told = |texts: &mut dyn Iterator<Item = &String>| {
            texts.filter(|t| !t.is_empty()).cloned().collect()
        };
        let interfaces = || facts.interfaces.iter().map(|i| &i.interface);
        Self {
            span: facts.earliest.zip(facts.latest),
            link_types: interfaces().map(|i| i.link_type).collect(),
            names: told(&mut interfaces().map(|i| &i.name)),
            machine: told(
                &mut facts
                    .sections
                    .iter()
                    .flat_map(|s| [&s.hardware, &s.os])
                    .chain(interfaces().map(|i| &i.os)),
            ),
            amount: (facts.packets, facts.wire_bytes),
        }
    }
}

impl Member {
    /// May the two be of one sensor? What only one of them tells decides nothing.
    fn akin(&self, other: &Self) -> bool {
        fn meet(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
            a.is_empty() || b.is_empty() || a == b
        }
        self.link_types == other.link_types
            && meet(&self.names, &other.names)
            && meet(&self.machine, &other.machine)
    }

    /// May `next` follow `self` in a ring?
    fn precedes(&self, next: &Self) -> bool {
        let (Some((_, end)), Some((start, _))) = (self.span, next.span) else {
            return false;
        };
        let gap = start.since(end);
        // The same content twice is no sequence, even when it lasts no time at all.
        self != next && self.akin(next) && gap >= Duration(-OVERLAP_MAX.0) && gap <= GAP_MAX
    }
}

/// Sorts captures into chains. Gives indices into `members`: each chain in order of its first
/// packet, chains in order of theirs, captures without times last. The chains do not depend on
/// the order of `members`, but for captures that are equal in every fact.
#[must_use]
pub fn chains(members: &[Member]) -> Vec<Vec<usize>> {
    let mut order: Vec<(usize, &Member)> = members.iter().enumerate().collect();
    order.sort_by_key(|(index, m)| (m.span.is_none(), *m, *index));
    let mut out: Vec<Vec<(usize, &Member)>> = Vec::new();
    for (index, member) in order {
        // The chain that ended last is the one this file continues.
        let best = out
            .iter_mut()
            .filter(|c| c.last().is_some_and(|(_, last)| last.precedes(member)))
            .max_by_key(|c| c.last().and_then(|(_, last)| last.span).map(|s| s.1));
        match best {
            Some(chain) => chain.push((index, member)),
            None => out.push(vec![(index, member)]),
        }
    }
    out.into_iter()
        .map(|c| c.into_iter().map(|(index, _)| index).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(start: i64, end: i64, name: &str) -> Member {
        let at = |s| Timestamp::from_parts(s, 0);
        Member {
            span: Some((at(start), at(end))),
            link_types: [1].into(),
            names: if name.is_empty() {
                BTreeSet::new()
            } else {
                [name.to_owned()].into()
            },
            ..Member::default()
        }
    }

    #[test]
    fn a_ring_is_one_chain_in_whatever_order() {
        let files: Vec<Member> = (0..5)
            .map(|i| member(i * 100, i * 100 + 100, "eth0"))
            .collect();
        assert_eq!(chains(&files), [[0, 1, 2, 3, 4]]);
        let shuffled: Vec<Member> = [3, 0, 4, 2, 1].iter().map(|i| files[*i].clone()).collect();
        assert_eq!(chains(&shuffled), [[1, 4, 3, 0, 2]]);
    }

    #[test]
    fn what_stands_alone() {
        let base = member(0, 100, "");
        let mut wifi = member(101, 200, "");
        wifi.link_types = [127].into();
        let mut machine = (base.clone(), member(101, 200, ""));
        machine.0.machine = ["Linux 6".to_owned()].into();
        machine.1.machine = ["Windows".to_owned()].into();
        for (a, b, why) in [
            (base.clone(), wifi, "another link type"),
            (base.clone(), member(98, 200, ""), "overlaps"),
            (
                base.clone(),
                member(100 + 86_401, 90_000, ""),
                "a day and a second later",
            ),
            (
                base.clone(),
                Member {
                    span: None,
                    ..base.clone()
                },
                "no times",
            ),
            (base.clone(), base.clone(), "the same again"),
            (
                member(0, 100, "eth0"),
                member(101, 200, "eth1"),
                "another interface",
            ),
            (machine.0, machine.1, "another machine"),
        ] {
            assert_eq!(chains(&[a, b]).len(), 2, "{why}");
        }
        assert_eq!(
            chains(&[base.clone(), member(99, 200, "")]).len(),
            1,
            "a second of overlap"
        );
        assert_eq!(
            chains(&[base, member(150, 200, "eth1")]).len(),
            1,
            "one tells no interface"
        );
    }

    #[test]
    fn two_sensors_at_once() {
        let files = [
            member(0, 100, "a"),
            member(0, 90, "b"),
            member(100, 200, "a"),
            member(91, 200, "b"),
        ];
        assert_eq!(chains(&files), [[1, 3], [0, 2]]);
    }
}
