//! Frames to everybody in such number that everybody is busy with them; and the same one again and again: a loop.

use super::finding::{Evidence, Finding, Severity, rank};
use super::score::Plot;
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use weir_dissect::facts::Burst;

/// Frames to everybody in a second, for so many seconds on end.
const FRAMES: u32 = 100;
const SECONDS: usize = 5;
/// Of a hundred frames so many are to everybody, where so many seconds had more than [`Broadcasts::QUIET`] of them: an
/// idle segment shows nothing else.
const SHARE: u64 = 20;
const BUSY: usize = 5;
/// Confidence in the share: what else went over the line may not be seen here.
const PART: f64 = 0.6;
/// Of a hundred frames compared, so many have been there just before.
const AGAIN: u64 = 50;
/// Seconds shown.
const SHOWN: usize = 60;
/// Confidence; and in a loop.
const SURE: f64 = 0.8;
const LOOP: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.broadcast_storm",
    title: "Everybody is busy with frames to everybody",
    why: "Each machine of the segment must look at each of them; where they go in a circle, they take the line, too.",
    how: "Ethernet frames to ff:ff:ff:ff:ff:ff: more than 100 in each of at least 5 seconds on end. Where more than half of those compared were there just before, with the same bytes, it is a loop. Or, as a note, more than 20 % of all frames, where at least 5 seconds had more than 20 of them.",
    innocent: "A scan of the segment, a flood of DHCP, machines that start after a loss of power: those have many senders or are found themselves.",
    settle: "See at the switch which ports bring them; take out the link that closes the circle, or switch spanning tree on.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Link],
    keys,
    judge,
    rank,
};

fn storm(ground: &Ground<'_>, chain: usize) -> Vec<Burst> {
    let Some(c) = ground.input.chains.get(chain) else {
        return Vec::new();
    };
    let busy: Vec<Burst> = c
        .facts
        .broadcasts
        .bursts()
        .filter(|b| b.frames > FRAMES)
        .copied()
        .collect();
    let runs = busy.chunk_by(|a, b| b.second == a.second + 1);
    runs.filter(|run| run.len() >= SECONDS)
        .flatten()
        .copied()
        .collect()
}

/// The busy seconds of a chain of whose frames more than [`SHARE`] of a hundred are to everybody, and this share.
fn share(ground: &Ground<'_>, chain: usize) -> Option<(Vec<Burst>, u64)> {
    let c = ground.input.chains.get(chain)?;
    let frames = c.facts.broadcasts.frames;
    let all: u64 = c.captures.iter().map(|c| c.packets).sum();
    let busy: Vec<Burst> = c.facts.broadcasts.bursts().copied().collect();
    let much = frames.saturating_mul(100) > all.saturating_mul(SHARE) && busy.len() >= BUSY;
    much.then(|| (busy, frames.saturating_mul(100) / all.max(1)))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let chains = (0..ground.input.chains.len())
        .filter(|chain| !storm(ground, *chain).is_empty() || share(ground, *chain).is_some());
    chains
        .map(|chain| Key {
            subject: format!("segment {chain}"),
            rows: vec![(chain, 0)],
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let mut all = storm(ground, chain);
    let mut part = None;
    if all.is_empty() {
        let (busy, share) = share(ground, chain)?;
        (all, part) = (busy, Some(share));
    }
    let evidence = Evidence::of(all.iter().flat_map(|b| [b.first, b.last]))?;
    let (first, last) = (all.first()?, all.last()?);
    let begun = weir_model::Timestamp::from_parts(first.second, 0);
    let mut out = Finding::of_capture(&DETECTION, &key.subject, (begun, last.time), evidence);
    let frames: u64 = all.iter().map(|b| u64::from(b.frames)).sum();
    let again: u64 = all.iter().map(|b| u64::from(b.again)).sum();
    let quiet = u64::from(weir_dissect::facts::Broadcasts::QUIET);
    let compared: u64 = all
        .iter()
        .map(|b| u64::from(b.frames).saturating_sub(quiet))
        .sum();
    let circle = again * 100 > compared * AGAIN;
    out.confidence = if circle { LOOP } else { SURE };
    let mut senders: BTreeMap<_, u64> = BTreeMap::new();
    for b in &all {
        *senders.entry(b.sender).or_default() += 1;
    }
    let most = senders.iter().max_by_key(|e| *e.1)?;
    out.mac = Some(*most.0);
    out.host = ground
        .env
        .hosts()
        .iter()
        .find(|h| h.mac == out.mac)
        .map(|h| h.id);
    let rate = frames / (all.len() as u64).max(1);
    out.title = format!(
        "{rate} frames to everybody in each of {}",
        plural(all.len() as u64, "second")
    );
    out.why = format!(
        "{again} of {compared} compared had the bytes of one just before: {}. The last of most seconds is of {}. {}",
        if circle {
            "they go in a circle"
        } else {
            "no loop"
        },
        most.0,
        DETECTION.why
    );
    if let Some(share) = part {
        (out.severity, out.confidence) = (Severity::Low, PART);
        out.title = format!("{share} % of all frames are to everybody");
    }
    let bars = all.iter().take(SHOWN).map(|b| {
        let at = f64::from(i32::try_from(b.second - first.second).unwrap_or(i32::MAX));
        (at, u64::from(b.frames))
    });
    out.plots.push(Plot {
        title: "Frames to everybody",
        unit: "seconds",
        bars: bars.collect(),
    });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;
    use weir_model::{Duration, Timestamp};

    fn stormed(frames: u32, seconds: i64, gap: Option<i64>, same: bool) -> Vec<Finding> {
        let mut tape = Tape::default();
        let mut n = 0_u32;
        for s in 0..seconds {
            let second = if gap.is_some_and(|g| s >= g) {
                s + 1
            } else {
                s
            };
            tape.now = Timestamp::from_parts(5000 + second, 0);
            tape.pace = Duration(1_000_000);
            for _ in 0..frames {
                n += 1;
                let [_, _, a, b] = if same { [0; 4] } else { n.to_be_bytes() };
                tape.arp(1, [2, 0, 10, 0, 0, 7], [10, 0, 0, 7], [10, 9, a, b]);
            }
        }
        let mut all = found(&tape, &DETECTION);
        all.retain(|f| f.severity == Severity::Medium);
        all
    }

    /// Seconds with so many frames to everybody and so many others.
    fn mixed(seconds: i64, everybody: u32, others: u32) -> Vec<Finding> {
        let mut tape = Tape::default();
        for s in 0..seconds {
            tape.now = Timestamp::from_parts(5000 + s, 0);
            tape.pace = Duration(1_000_000);
            for n in 0..everybody {
                let [.., a] = n.to_be_bytes();
                tape.arp(1, [2, 0, 10, 0, 0, 7], [10, 0, 0, 7], [10, 9, s as u8, a]);
            }
            for _ in 0..others {
                tape.udp(([10, 0, 0, 7], 40_000), ([10, 0, 0, 9], 4000), b"!");
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_a_fifth_of_all_frames() {
        for (seconds, everybody, others, n) in [
            (5, 25, 100, 0),
            (5, 26, 100, 1),
            (4, 26, 100, 0),
            // An idle segment: nothing else is to be seen, and not much of it.
            (60, 20, 0, 0),
        ] {
            let all = mixed(seconds, everybody, others);
            assert_eq!(all.len(), n, "{seconds} {everybody} {others}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
        assert_eq!(
            mixed(5, 30, 70)[0].title,
            "30 % of all frames are to everybody"
        );
    }

    #[test]
    fn more_than_a_hundred_for_five_seconds_on_end() {
        for (frames, seconds, gap, n) in [
            (100, 6, None, 0),
            (101, 4, None, 0),
            (101, 5, None, 1),
            (101, 6, None, 1),
            (101, 8, Some(4), 0),
            (101, 9, Some(4), 1),
        ] {
            assert_eq!(
                stormed(frames, seconds, gap, false).len(),
                n,
                "{frames} {seconds} {gap:?}"
            );
        }
        let one = stormed(150, 6, None, false).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "150 frames to everybody in each of 6 seconds"
            )
        );
        assert!(one.why.starts_with("0 of 780 compared"), "{}", one.why);
        assert!(
            stormed(150, 6, None, true)
                .remove(0)
                .why
                .contains("they go in a circle")
        );
    }
}
