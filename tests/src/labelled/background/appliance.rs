//! Printers and cameras: firmware that asks its maker whether there is something to do.

use crate::labelled::flows::Tls;
use crate::labelled::lab::Lab;
use crate::labelled::net::{Host, Role};
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::packets::{HOUR, MINUTE, SECOND};

pub(super) fn write(lab: &mut Lab, host: &Host) {
    let mut rng = lab.rng(&format!("appliance {}", host.index));
    let stack = lab.stacks.firmware.clone();
    let (name, period) = match host.role {
        Role::Printer => ("connect.printcloud.test", 20 * MINUTE),
        _ => ("relay.camcloud.test", 15 * MINUTE),
    };
    let from = lab.start + rng.range(0, 900) * SECOND;
    let rhythm = Rhythm::new(period, Jitter::Normal(0.004));
    let slots = rhythm.slots(&mut rng, (from, lab.end), &|t| Some(t));
    let mut draft = super::twin(
        "benign.appliance",
        &host.address(),
        "firmware asks its maker's cloud by a timer, day and night",
        "the device does nothing else and has done so since the first hour",
    )
    .named(name)
    .port(443);
    for (at, _) in slots {
        let turns = [(rng.size(180, 190), rng.size(120, 160))];
        let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
    }
    lab.drafts.push(draft);
    let mut at = lab.start + rng.span(0, 24 * HOUR);
    while at < lab.end {
        let what = ("fw.printcloud.test", "/check?model=9", host.agent);
        lab.get(&mut rng, host, at, what, ("text/plain", b"current"));
        at += 24 * HOUR + rng.range(0, 600) * SECOND;
    }
}
