//! Seven ways of looking for what is open, and four things that look like it.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::write::Take;
use crate::packets::frame::{self, Arp, BROADCAST};
use crate::packets::rng::Rng;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND, icmp};
use std::net::Ipv4Addr;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "scans",
    what: "vertical, horizontal, UDP, echo, inbound, slow and ARP sweeps; monitoring, inventory, a service that is down",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("scans");
    let desks = lab.desks(&mut rng);
    let host = |n: usize| desks[n % desks.len()].clone();
    let noon = lab.start + 11 * HOUR;
    let begin = |rng: &mut Rng| noon + rng.range(0, 240) * MINUTE;
    let at = begin(&mut rng);
    let draft = vertical(&mut lab, &mut rng, &host(0), &host(1), at);
    lab.drafts.push(draft);
    let at = begin(&mut rng);
    let draft = horizontal(&mut lab, &mut rng, &host(2), at);
    lab.drafts.push(draft);
    let at = begin(&mut rng);
    let draft = udp(&mut lab, &mut rng, &host(3), at);
    lab.drafts.push(draft);
    let at = begin(&mut rng);
    let draft = echoes(&mut lab, &mut rng, &host(4), at);
    lab.drafts.push(draft);
    let at = begin(&mut rng);
    let draft = inbound(&mut lab, &mut rng, at);
    lab.drafts.push(draft);
    let draft = slow(&mut lab, &mut rng, &host(5));
    lab.drafts.push(draft);
    let at = begin(&mut rng);
    let draft = arp(&mut lab, &mut rng, &host(6), at);
    lab.drafts.push(draft);
    for draft in [inventory(&mut lab, &mut rng), down(&mut lab, &mut rng)] {
        lab.drafts.push(draft);
    }
    vec![Take::of(lab)]
}

/// Ports in an order of their own.
fn ports(rng: &mut Rng, count: usize) -> Vec<u16> {
    let mut all: Vec<u16> = (1..1024)
        .chain([
            1433, 1521, 3306, 3389, 5432, 5900, 5985, 6379, 8000, 8443, 9200,
        ])
        .filter(|p| ![22, 80, 445, 8080].contains(p))
        .collect();
    rng.shuffle(&mut all);
    all.truncate(count);
    all
}

fn knock(
    lab: &mut Lab,
    rng: &mut Rng,
    (from, to): (&Host, &Host),
    port: u16,
    at: Nanos,
    refused: bool,
) -> Vec<PacketId> {
    let mut conn = lab.near(rng, from, to, port, at);
    conn.knock(&mut lab.tape, refused);
    conn.ids
}

fn vertical(lab: &mut Lab, rng: &mut Rng, from: &Host, to: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::new(
        "scan.vertical",
        from.address(),
        "sixty ports of one neighbour within a minute, all closed but one",
    )
    .to(to.ip)
    .also(&["lateral"]);
    let mut when = at;
    for port in ports(rng, rng.clone().size(50, 90)) {
        draft
            .ids
            .extend(knock(lab, rng, (from, to), port, when, true));
        when += rng.range(50, 900) * MILLI;
    }
    let mut conn = lab.near(rng, from, to, 445, when);
    conn.open(&mut lab.tape);
    conn.reset(&mut lab.tape, Side::Client);
    draft.with(conn.ids)
}

/// One port on the whole segment: who is there refuses or answers; for the rest only ARP is heard.
fn horizontal(lab: &mut Lab, rng: &mut Rng, from: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::new(
        "scan.horizontal",
        from.address(),
        "port 445 of every address of the segment within minutes",
    )
    .port(445)
    .also(&["lateral"]);
    let mut when = at;
    for last in 2..=120u8 {
        let ip = lab.inside(last);
        if ip == from.ip {
            continue;
        }
        when += rng.range(100, 900) * MILLI;
        let there = lab.hosts.iter().find(|h| h.ip == ip).cloned();
        draft.ids.push(who_has(lab, from, ip, when));
        let Some(there) = there else { continue };
        let refused = there.role != Role::Desk || rng.chance(60);
        let port = knock(lab, rng, (from, &there), 445, when + 2 * MILLI, refused);
        draft.ids.extend(port);
    }
    // The hosts beyond: the desks that were not within the range, so that there are ten at least.
    for there in lab.of(Role::Desk).iter().filter(|h| h.ip.octets()[3] > 120) {
        when += rng.range(100, 900) * MILLI;
        draft
            .ids
            .extend(knock(lab, rng, (from, there), 445, when, true));
    }
    draft
}

fn who_has(lab: &mut Lab, from: &Host, ip: Ipv4Addr, at: Nanos) -> PacketId {
    let asked = ([0; 6], ip);
    frame::arp(
        &mut lab.tape,
        at,
        Arp::Request,
        (from.mac, from.ip),
        asked,
        BROADCAST,
    )
}

fn udp(lab: &mut Lab, rng: &mut Rng, from: &Host, at: Nanos) -> Draft {
    let to = lab.nth(Role::App, 1);
    let mut draft = Draft::new(
        "scan.udp",
        from.address(),
        "thirty UDP ports of a server, which says that they are closed",
    )
    .to(to.ip);
    let mut when = at;
    let mine = from.end(40_000 + rng.u16() % 20_000);
    for port in ports(rng, 34) {
        // Ports where no protocol is at home: what knocks there is nobody's malformed message.
        let there = to.end(10_000 + port);
        let probe = frame::udp(&mut lab.tape, when, &mine, &there, &[0; 4]);
        let quoted = lab.tape.get(probe).map_or(Vec::new(), |p| p.frame.clone());
        let ends = (&to.end(0), &from.end(0));
        let told = icmp::error(&mut lab.tape, when + to.lan, ends, (3, 3), [0; 4], &quoted);
        draft.ids.extend([probe, told]);
        when += rng.range(200, 1100) * MILLI;
    }
    draft
}

fn echoes(lab: &mut Lab, rng: &mut Rng, from: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::new(
        "scan.icmp_sweep",
        from.address(),
        "an echo to every host of the segment and to a subnet beyond",
    );
    let mut when = at;
    let (id, mut seq) = (rng.u16(), 0);
    for to in lab.hosts.clone() {
        if to.index == from.index {
            continue;
        }
        seq += 1;
        let (a, b) = (from.end(0), to.end(0));
        let body = [0u8; 32];
        let ask = icmp::echo(&mut lab.tape, when, (&a, &b), false, (id, seq), &body);
        let then = when + to.lan;
        let tell = icmp::echo(&mut lab.tape, then, (&b, &a), true, (id, seq), &body);
        draft.ids.extend([ask, tell]);
        when += rng.range(100, 1500) * MILLI;
    }
    for last in 1..40u8 {
        seq += 1;
        let beyond = Ipv4Addr::new(10, 200, 7, last);
        let (a, b) = (from.end(0), lab.far(beyond, 0));
        let ask = icmp::echo(&mut lab.tape, when, (&a, &b), false, (id, seq), &[0; 32]);
        draft.ids.push(ask);
        when += rng.range(100, 1500) * MILLI;
    }
    draft
}

fn inbound(lab: &mut Lab, rng: &mut Rng, at: Nanos) -> Draft {
    let to = lab.nth(Role::App, 0);
    let from = lab.outside(rng);
    let mut draft = Draft::new(
        "scan.inbound",
        from,
        "an address outside tries sixty ports of a server that is reachable",
    )
    .to(to.ip)
    .note();
    let mut when = at;
    for port in ports(rng, 60) {
        let mut conn = crate::packets::tcp::Conn::new(
            lab.far(from, 30_000 + rng.u16() % 30_000),
            to.end(port),
            when,
            to.lan,
            rng.next_u64(),
        );
        conn.knock(&mut lab.tape, true);
        draft.ids.extend(conn.ids);
        when += rng.range(20, 700) * MILLI;
    }
    draft
}

/// One probe every ten to twenty minutes, all day, never the same place twice.
fn slow(lab: &mut Lab, rng: &mut Rng, from: &Host) -> Draft {
    let mut draft = Draft::new(
        "scan.slow",
        from.address(),
        "one closed port somewhere every quarter of an hour, all day",
    )
    .also(&["lateral", "c2"]);
    let others: Vec<Host> = lab
        .hosts
        .iter()
        .filter(|h| h.index != from.index)
        .cloned()
        .collect();
    let mut at = lab.start + rng.range(60, 1200) * SECOND;
    let list = ports(rng, 200);
    let mut n = 0;
    while at < lab.end {
        let to = others[n * 7 % others.len()].clone();
        let port = list[n % list.len()];
        draft
            .ids
            .extend(knock(lab, rng, (from, &to), port, at, true));
        at += rng.range(8 * 60, 20 * 60) * SECOND;
        n += 1;
    }
    draft
}

fn arp(lab: &mut Lab, rng: &mut Rng, from: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::new(
        "scan.arp_sweep",
        from.address(),
        "ARP for every address of the segment; most do not answer",
    )
    .also(&["l2"]);
    draft.mac = Some(from.mac);
    let mut when = at;
    for last in 1..=254u8 {
        let ip = lab.inside(last);
        if ip == from.ip {
            continue;
        }
        draft.ids.push(who_has(lab, from, ip, when));
        if let Some(there) = lab.hosts.iter().find(|h| h.ip == ip).cloned() {
            draft.ids.push(frame::arp(
                &mut lab.tape,
                when + there.lan,
                Arp::Reply,
                (there.mac, there.ip),
                (from.mac, from.ip),
                from.mac,
            ));
        }
        when += rng.range(2_000, 60_000) * MICRO;
    }
    draft
}

/// The monitoring server takes stock at night: a few ports of each server and printer; most are open.
fn inventory(lab: &mut Lab, rng: &mut Rng) -> Draft {
    let from = lab.nth(Role::Monitor, 0);
    let mut draft = Draft::benign(
        "benign.inventory",
        from.address(),
        "the monitoring server takes stock of servers and printers at night",
        "few ports of each, most of them open, by the host that polls them all day",
    );
    let mut at = lab.start + 3 * HOUR + rng.range(0, 1800) * SECOND;
    for to in lab.hosts.clone() {
        if to.role == Role::Desk || to.index == from.index {
            continue;
        }
        let open: &[u16] = match to.role {
            Role::Printer => &[80, 631, 9100],
            Role::Camera => &[80, 554],
            _ => &[22, 443, 445],
        };
        for port in [22, 80, 443, 445, 554, 631, 9100] {
            if open.contains(&port) {
                let mut conn = lab.near(rng, &from, &to, port, at);
                conn.open(&mut lab.tape);
                conn.close(&mut lab.tape, Side::Client);
                draft.ids.extend(conn.ids);
            } else if rng.chance(25) {
                let refused = knock(lab, rng, (&from, &to), port, at, true);
                draft.ids.extend(refused);
            }
            at += rng.range(1, 9) * SECOND;
        }
    }
    draft
}

/// A server's port is closed for an hour; everybody tries again and again.
fn down(lab: &mut Lab, rng: &mut Rng) -> Draft {
    let to = lab.nth(Role::App, 2);
    let mut draft = Draft::benign(
        "benign.service_down",
        to.address(),
        "a service is down for an hour and every desk is refused",
        "one port of one server, many clients: the server is broken",
    )
    .also(&["netissue.half_open"])
    .port(8090);
    let from = lab.start + 10 * HOUR;
    for desk in lab.of(Role::Desk) {
        draft.dst.push(desk.address());
        let mut at = from + rng.range(0, 600) * SECOND;
        while at < from + HOUR {
            draft
                .ids
                .extend(knock(lab, rng, (&desk, &to), 8090, at, true));
            at += rng.range(60, 600) * SECOND;
        }
    }
    draft
}
