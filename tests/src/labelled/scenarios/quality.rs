//! Seven defects of a capture, each in one of its own, and a capture without any.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::unit;
use crate::labelled::write::Take;
use crate::packets::frame::checksum;
use crate::packets::tape::PacketId;
use crate::packets::{HOUR, MICRO, MINUTE, SECOND};
use std::collections::BTreeSet;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "quality",
    what: "loss, one direction, two kinds of duplicates, snap length, offload, clock; and a clean capture",
    scored: true,
    make,
};

fn lab(seed: u64, n: u64) -> Lab {
    let mut lab = Lab::new(
        seed.wrapping_mul(8).wrapping_add(n),
        SCENARIO.name,
        Crew::OFFICE,
        None,
        13 * HOUR,
    );
    background::write(&mut lab, Amount::QUIET);
    // Half a working day is enough to see each.
    lab.start += 9 * HOUR;
    lab
}

fn make(seed: u64) -> Vec<Take> {
    vec![
        clean(lab(seed, 0)),
        loss(lab(seed, 1)),
        one_way(lab(seed, 2)),
        mirrored(lab(seed, 3)),
        routed(lab(seed, 4)),
        short(lab(seed, 5)),
        offload(lab(seed, 6)),
        clock(lab(seed, 7)),
    ]
}

fn take(mut lab: Lab, name: &str, unseen: BTreeSet<PacketId>, defect: Option<Draft>) -> Take {
    lab.drafts.extend(defect);
    Take {
        name: format!("{}-{name}", SCENARIO.name),
        unseen,
        ..Take::of(lab)
    }
}

fn defect(kind: &str, ids: Vec<PacketId>, what: &str) -> Option<Draft> {
    // Nobody's: it is the capture that is at fault.
    let draft = Draft::new(&format!("capture.{kind}"), "", what).note();
    Some(draft.also(&["capture"]).with(ids))
}

fn all(lab: &Lab) -> Vec<PacketId> {
    (0..lab.tape.packets().len()).collect()
}

fn clean(lab: Lab) -> Take {
    Take {
        benign: true,
        ..take(lab, "clean", BTreeSet::new(), None)
    }
}

/// One packet in twenty is missing.
fn loss(lab: Lab) -> Take {
    let mut rng = lab.rng("loss");
    let share = 0.03 + unit(&mut rng) * 0.05;
    let unseen: BTreeSet<PacketId> = all(&lab)
        .into_iter()
        .filter(|_| unit(&mut rng) < share)
        .collect();
    let rest = all(&lab).into_iter().filter(|id| !unseen.contains(id));
    let defect = defect("loss", rest.collect(), "packets are missing at random");
    Take {
        loss: Some(share),
        ..take(lab, "loss", unseen, defect)
    }
}

/// Nothing that the gateway sends into the segment is heard.
fn one_way(lab: Lab) -> Take {
    let mac = lab.gateway.mac;
    let from = |id: &PacketId| {
        lab.tape
            .get(*id)
            .is_some_and(|p| p.frame.get(6..12) == Some(mac.as_slice()))
    };
    let unseen: BTreeSet<PacketId> = all(&lab).into_iter().filter(from).collect();
    let rest = all(&lab).into_iter().filter(|id| !unseen.contains(id));
    let defect = defect(
        "one_way",
        rest.collect(),
        "only what leaves is heard, not what comes back",
    );
    take(lab, "one-way", unseen, defect)
}

/// Every frame twice: the mirror takes it in and out.
fn mirrored(mut lab: Lab) -> Take {
    let mut rng = lab.rng("mirror");
    for id in all(&lab) {
        let Some(p) = lab.tape.get(id).cloned() else {
            continue;
        };
        lab.tape
            .push(p.time + rng.range(4, 60) * MICRO, p.frame, None);
    }
    let ids = all(&lab);
    let defect = defect("duplicates", ids, "the mirror takes every frame in and out");
    take(lab, "mirrored", BTreeSet::new(), defect)
}

/// What goes through the gateway is heard on both of its sides: other stations, one hop less.
fn routed(mut lab: Lab) -> Take {
    let mac = lab.gateway.mac;
    let mut rng = lab.rng("routed");
    let mut ids = Vec::new();
    for id in all(&lab) {
        let Some(p) = lab.tape.get(id).cloned() else {
            continue;
        };
        let through = p.frame.get(..6) == Some(mac.as_slice())
            && p.frame.get(12..14) == Some([8, 0].as_slice())
            && p.frame.get(30).is_some_and(|b| *b == 198 || *b == 203);
        if !through {
            continue;
        }
        let mut frame = p.frame.clone();
        frame[..6].copy_from_slice(&[0x00, 0x0e, 0x0c, 1, 2, 3]);
        frame[6..12].copy_from_slice(&[mac[0], mac[1], mac[2], mac[3], mac[4], 2]);
        frame[22] = frame[22].saturating_sub(1);
        frame[24..26].fill(0);
        let sum = checksum(&[&frame[14..34]]).to_be_bytes();
        frame[24..26].copy_from_slice(&sum);
        let again = lab
            .tape
            .push(p.time + rng.range(60, 400) * MICRO, frame, None);
        ids.extend([id, again]);
    }
    let defect = defect(
        "duplicates",
        ids,
        "what is routed is heard before and behind the router",
    );
    take(lab, "routed", BTreeSet::new(), defect)
}

fn short(mut lab: Lab) -> Take {
    let keep = 96;
    lab.tape.cut(|p| (p.frame.len() > keep).then_some(keep));
    let ids = all(&lab);
    let cut = ids
        .into_iter()
        .filter(|id| lab.tape.get(*id).is_some_and(|p| p.cut.is_some()));
    let defect = defect("truncated", cut.collect(), "frames are cut after 96 bytes");
    take(lab, "truncated", BTreeSet::new(), defect)
}

/// Taken on one of the machines: its card fills in the sums after the capture.
fn offload(mut lab: Lab) -> Take {
    let host = lab
        .of(Role::Desk)
        .into_iter()
        .find(|h| h.always_on)
        .unwrap_or_else(|| lab.nth(Role::Desk, 0));
    let mut mine = Vec::new();
    let mut n = 0;
    lab.tape.change(|p| {
        let from = p.frame.get(6..12) == Some(host.mac.as_slice());
        let tcp = p.frame.get(12..14) == Some([8, 0].as_slice()) && p.frame.get(23) == Some(&6);
        if from && tcp && leave_to_card(&mut p.frame).is_some() {
            mine.push(n);
        }
        n += 1;
    });
    let defect = defect(
        "checksum_offload",
        mine,
        "the sums of what one machine sends are not filled in yet",
    );
    take(lab, "offload", BTreeSet::new(), defect)
}

/// Leaves in a TCP segment over IPv4 what a system gives its card: the sum of the pseudo header, not inverted.
fn leave_to_card(frame: &mut [u8]) -> Option<()> {
    let header = usize::from(frame.get(14)? & 0x0f) * 4;
    let whole = u16::from_be_bytes([*frame.get(16)?, *frame.get(17)?]);
    let length = whole.checked_sub(u16::try_from(header).ok()?)?;
    let sum = !checksum(&[frame.get(26..34)?, &[0, 6], &length.to_be_bytes()]);
    let at = 14 + header + 16;
    frame
        .get_mut(at..at + 2)?
        .copy_from_slice(&sum.to_be_bytes());
    Some(())
}

/// The clock of the sensor is set back in the middle.
fn clock(lab: Lab) -> Take {
    let mut rng = lab.rng("clock");
    let from = lab.start + 2 * HOUR;
    let by = -(rng.range(4, 12) * MINUTE + rng.range(0, 60) * SECOND);
    let ids = all(&lab).into_iter().filter(|id| {
        let time = lab.tape.get(*id).map_or(0, |p| p.time);
        (from - MINUTE..from + MINUTE).contains(&time)
    });
    let defect = defect(
        "clock",
        ids.collect(),
        "the sensor's clock is set back by minutes",
    );
    Take {
        jump: Some((from, by)),
        ..take(lab, "clock", BTreeSet::new(), defect)
    }
}
