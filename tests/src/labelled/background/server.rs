//! Servers: an agent that reports on two of them, a monitor that asks everybody, saving at night.

use super::Amount;
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MINUTE, Nanos, SECOND, frame, hello};

pub(super) fn write(lab: &mut Lab, host: &Host, amount: Amount) {
    let mut rng = lab.rng(&format!("server {}", host.index));
    let stack = lab.stacks.system.clone();
    let mut at = lab.start + rng.range(0, 6 * HOUR / SECOND) * SECOND;
    while at < lab.end {
        let turns = [(rng.size(300, 500), rng.size(700, 2000))];
        let name = if host.ttl == 128 {
            "update.osvendor.test"
        } else {
            "packages.distro.test"
        };
        lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
        at += 6 * HOUR + rng.range(0, 1800) * SECOND;
    }
    if host.role == Role::App {
        clients(lab, &mut rng, host);
        night(lab, &mut rng, host);
    }
    if host.role == Role::Monitor {
        watch(lab, &mut rng, host, amount);
    }
}

/// People use the application in their hours.
fn clients(lab: &mut Lab, rng: &mut Rng, host: &Host) {
    let days = (lab.end - lab.start) / DAY + 1;
    for desk in lab.of(Role::Desk) {
        for day in 0..days {
            let Some((come, go)) = lab.calendar.hours(lab.seed, desk.index, day) else {
                continue;
            };
            let mut at = come + rng.span(5 * MINUTE, 90 * MINUTE);
            while at < go.min(lab.end) {
                let mut conn = lab.near(rng, &desk, host, 8080, at);
                conn.open(&mut lab.tape);
                let path = format!("/app/view?id={}", rng.range(100, 999));
                let ask = web::request("GET", &path, "intranet.corp.test:8080", desk.agent, &[]);
                conn.send(&mut lab.tape, Side::Client, &ask);
                let body = format!("<html><body>{}</body></html>", rng.hex(400));
                let tell = web::response("200 OK", "text/html", &[], body.as_bytes());
                conn.send(&mut lab.tape, Side::Server, &tell);
                conn.close(&mut lab.tape, Side::Client);
                at += rng.span(25 * MINUTE, 180 * MINUTE);
            }
        }
    }
}

/// Each night the day's data go to the file server.
fn night(lab: &mut Lab, rng: &mut Rng, host: &Host) {
    let files = lab.nth(Role::Files, 0);
    let days = (lab.end - lab.start) / DAY + 1;
    for day in 0..days {
        let at = lab.calendar.day(day) + HOUR + 30 * MINUTE + rng.range(0, 240) * SECOND;
        if at >= lab.end {
            break;
        }
        let mut conn = lab.near(rng, host, &files, 873, at);
        conn.open(&mut lab.tape);
        conn.send(&mut lab.tape, Side::Server, b"@RSYNCD: 31.0\n");
        conn.send(&mut lab.tape, Side::Client, b"@RSYNCD: 31.0\nbackup\n");
        conn.send(&mut lab.tape, Side::Server, b"@RSYNCD: OK\n");
        let bytes = rng.bytes(60_000);
        conn.send(&mut lab.tape, Side::Client, &bytes);
        conn.close(&mut lab.tape, Side::Client);
    }
}

/// The monitoring server: an echo to everybody, and the health page of the servers.
fn watch(lab: &mut Lab, rng: &mut Rng, host: &Host, amount: Amount) {
    let mut draft = super::twin(
        "benign.monitor",
        &host.address(),
        "the monitoring server asks every host whether it is there, by the clock",
        "one host polls all others, again and again, and most answer",
    );
    let others: Vec<Host> = lab
        .hosts
        .iter()
        .filter(|h| h.role != Role::Desk && h.index != host.index)
        .cloned()
        .collect();
    let mut at = lab.start + rng.range(0, 300) * SECOND;
    let mut seq = 0u16;
    while at < lab.end {
        let mut when = at;
        for other in &others {
            seq = seq.wrapping_add(1);
            let lan = other.lan;
            let ends = (host.end(0), other.end(0));
            draft
                .ids
                .extend(frame::ping(&mut lab.tape, when, &ends.0, &ends.1, seq, lan));
            when += rng.range(9_000, 40_000) * MICRO;
            if other.role == Role::App {
                let mut conn = lab.near(rng, host, other, 8080, when);
                conn.open(&mut lab.tape);
                let ask = web::request("GET", "/health", &other.name, host.agent, &[]);
                conn.send(&mut lab.tape, Side::Client, &ask);
                let tell = web::response("200 OK", "text/plain", &[], b"up");
                conn.send(&mut lab.tape, Side::Server, &tell);
                conn.close(&mut lab.tape, Side::Client);
                when = conn.now + rng.range(900, 4_000) * MICRO;
                draft.ids.extend(conn.ids);
            }
        }
        at += amount.poll + rng.range(-300, 300) * 1000 * MICRO;
    }
    lab.drafts.push(draft);
}

/// What looks like an attack: an agent on two servers, and saving to a place outside.
pub(super) fn twins(lab: &mut Lab, amount: Amount) -> Vec<Draft> {
    let apps = lab.of(Role::App);
    let mut out: Vec<Draft> = apps.iter().take(2).map(|h| agent(lab, h, amount)).collect();
    if amount.offsite > 0 {
        let host = lab.nth(Role::Files, 0);
        out.push(offsite(lab, &host, amount.offsite, 23 * HOUR + 20 * MINUTE));
    }
    out
}

/// A performance agent on two servers reports by the minute: rare and regular.
fn agent(lab: &mut Lab, host: &Host, amount: Amount) -> Draft {
    let mut rng = lab.rng(&format!("agent {}", host.index));
    let stack = lab.stacks.agent.clone();
    let name = "collector.apm-insight.test";
    let from = lab.start + rng.range(0, 60) * SECOND;
    let rhythm = Rhythm::new(amount.agent, Jitter::Normal(0.01));
    let slots = rhythm.slots(&mut rng, (from, lab.end), &|t| Some(t));
    let mut draft = super::twin(
        "benign.agent",
        &host.address(),
        "a performance agent on two servers reports by the minute",
        "only its name and its being on servers alone tell it from a check-in",
    )
    .named(name)
    .port(443);
    for (at, _) in slots {
        let turns = [(rng.size(420, 900), 60)];
        let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
    }
    draft
}

/// A server saves to a place outside each night, at the same hour.
fn offsite(lab: &mut Lab, host: &Host, size: usize, hour: Nanos) -> Draft {
    let mut rng = lab.rng("offsite");
    let stack = lab.stacks.system.clone();
    let name = "vault.backup-storage.test";
    let mut draft = super::twin(
        "benign.backup",
        &host.address(),
        "the file server saves to a place outside, every night at the same hour",
        "the same hour, the same place, the same size, night after night",
    )
    .named(name)
    .port(443);
    let days = (lab.end - lab.start) / DAY + 1;
    for day in 0..days {
        let at = lab.calendar.day(day) + hour + rng.range(0, 120) * SECOND;
        if at >= lab.end {
            break;
        }
        let call = Tls::to(name, &stack, &[]);
        let (done, mut conn) = lab.tls_open(&mut rng, host, at, &call);
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
        conn.lean = false;
        let size = size + rng.size(0, size / 12);
        hello::data(&mut lab.tape, &mut conn, &mut rng, Side::Client, size);
        hello::data(&mut lab.tape, &mut conn, &mut rng, Side::Server, 300);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
    }
    draft
}
