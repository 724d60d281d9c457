//! What a network does all day: leases, names, time, pages, updates, files. Nothing of it concerns the
//! scope; alone it is the clean twin.

use super::body;
use super::plants::desk;
use super::traffic::{address, browse, look, page, proxied, share, six, update};
use super::world::{DESKS, Node, World};
use crate::packets::dns;
use crate::packets::frame::{self, Arp, BROADCAST, End};
use crate::packets::ftp::{Mode, Session};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::services::{self, Dhcp};
use crate::packets::tape::PacketId;
use crate::packets::{HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who is on the wire without any plant: everybody but the silent one and, early, the second owner of an address.
fn present(w: &World, n: usize) -> Option<(Node, Nanos, Nanos)> {
    let half = w.clock.from + ((25 * HOUR) as f64 * w.clock.scale) as Nanos;
    const SAMPLE: [usize; 21] = [
        0, 1, 2, 7, 8, 9, 10, 13, 14, 15, 16, 17, 19, 20, 25, 27, 29, 31, 32, 39, 40,
    ];
    let (from, to) = match n {
        desk::SILENT => return None,
        n if w.small && !SAMPLE.contains(&n) => return None,
        desk::FIRST_OWNER => (w.clock.start, half - HOUR / 4),
        desk::SECOND_OWNER => (half, w.clock.end),
        _ => (w.clock.start, w.clock.end),
    };
    Some((w.desk(n), from, to))
}

/// Writes the background.
pub fn write(w: &mut World) {
    for n in 0..DESKS {
        let Some((node, from, to)) = present(w, n) else {
            continue;
        };
        let mut rng = Rng::new(w.seed, &format!("day {n}"));
        let first = from + rng.range(1, 120) * SECOND;
        if n != desk::JOINED {
            arrive(w, &mut rng, &node, first);
        }
        day(w, &mut rng, &node, (first + 10 * SECOND, to));
    }
    servers(w);
}

/// A lease in four messages.
pub fn lease(w: &mut World, at: Nanos, node: &Node, server: &Node, xid: u32) -> Vec<PacketId> {
    let everyone = End {
        mac: BROADCAST,
        ip: IpAddr::V4(Ipv4Addr::BROADCAST),
        port: 67,
        ttl: 64,
    };
    let nobody = End {
        mac: node.mac,
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        port: 68,
        ttl: node.ttl,
    };
    let options = Some((w.gateway.ip4, w.resolver.ip4));
    let mut out = Vec::new();
    for (i, kind) in [1u8, 2, 3, 5].into_iter().enumerate() {
        let client = kind == 1 || kind == 3;
        let message = Dhcp {
            kind,
            xid,
            mac: node.mac,
            have: None,
            give: (kind != 1).then_some(node.ip4),
            server: (kind != 1).then_some(server.ip4),
            options,
            name: client.then_some(&node.name),
        };
        let bytes = services::dhcp(&message);
        let at = at + i as i64 * 6 * MILLI;
        out.push(if client {
            frame::udp(&mut w.tape, at, &nobody, &everyone, &bytes)
        } else {
            let to = End {
                port: 68,
                ..node.end(68)
            };
            frame::udp(&mut w.tape, at, &server.end(67), &to, &bytes)
        });
    }
    out
}

fn arrive(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let gateway = w.gateway.clone();
    lease(w, at, node, &gateway, rng.u32());
    let mine = (node.mac, node.ip4);
    frame::arp(
        &mut w.tape,
        at + SECOND,
        Arp::Request,
        mine,
        ([0; 6], node.ip4),
        BROADCAST,
    );
    learn(w, node, &gateway, at + 2 * SECOND);
    let broadcast = End {
        mac: BROADCAST,
        ip: IpAddr::V4(Ipv4Addr::new(192, 168, 100, 255)),
        port: 137,
        ttl: 64,
    };
    let name = dns::nbns_register(rng.u16(), &node.name, node.ip4);
    frame::udp(
        &mut w.tape,
        at + 3 * SECOND,
        &node.end(137),
        &broadcast,
        &name,
    );
    announce(w, node, at + 4 * SECOND);
    frame::neighbour(
        &mut w.tape,
        at + 5 * SECOND,
        (node.mac, node.ip6),
        (gateway.mac, gateway.ip6),
    );
}

/// One ARP request and its reply.
fn learn(w: &mut World, node: &Node, target: &Node, at: Nanos) {
    let (mine, theirs) = ((node.mac, node.ip4), (target.mac, target.ip4));
    frame::arp(
        &mut w.tape,
        at,
        Arp::Request,
        mine,
        ([0; 6], target.ip4),
        BROADCAST,
    );
    frame::arp(
        &mut w.tape,
        at + 250 * MICRO,
        Arp::Reply,
        theirs,
        mine,
        node.mac,
    );
}

fn announce(w: &mut World, node: &Node, at: Nanos) {
    let group = Ipv4Addr::new(224, 0, 0, 251);
    let to = End {
        mac: [1, 0, 0x5e, 0, 0, 251],
        ip: IpAddr::V4(group),
        port: 5353,
        ttl: 255,
    };
    let from = End {
        ttl: 255,
        ..node.end(5353)
    };
    let bytes = dns::mdns(
        &node.name.to_lowercase(),
        &[IpAddr::V4(node.ip4), IpAddr::V6(node.ip6)],
    );
    frame::udp(&mut w.tape, at, &from, &to, &bytes);
}

fn day(w: &mut World, rng: &mut Rng, node: &Node, span: (Nanos, Nanos)) {
    let (from, to) = span;
    let often = if w.small { 4 * HOUR } else { 6 * HOUR };
    let visit_gap = if w.small { 3 * HOUR } else { 4 * HOUR };
    let quiet = w.small;
    let time = w.places.time;
    let mut at = from + rng.range(1, often / MILLI) * MILLI;
    while at < to {
        let port = w.tape.port(IpAddr::V4(node.ip4));
        let (here, there) = (node.end(port), w.far(IpAddr::V4(time), 123));
        frame::udp(&mut w.tape, at, &here, &there, &services::ntp(3, at));
        frame::udp(
            &mut w.tape,
            at + 21 * MILLI,
            &there,
            &here,
            &services::ntp(4, at + 10 * MILLI),
        );
        let target = if rng.chance(50) {
            w.gateway.clone()
        } else {
            w.files.clone()
        };
        learn(w, node, &target, at + SECOND);
        if rng.chance(40) {
            announce(w, node, at + 2 * SECOND);
        }
        at += often + rng.range(0, HOUR / MILLI) * MILLI;
    }
    let mut at = from + rng.range(1, visit_gap / MILLI) * MILLI;
    while at < to - 2 * MINUTE {
        match rng.range(0, if quiet { 70 } else { 100 }) {
            0..=39 if !quiet || rng.chance(30) => browse(w, rng, node, at),
            0..=39 => page(w, rng, node, at),
            40..=69 => page(w, rng, node, at),
            70..=77 => share(w, rng, node, at),
            78..=84 => proxied(w, rng, node, at),
            85..=90 => update(w, rng, node, at),
            91..=94 => {
                let (here, there) = (node.end(0), w.gateway.end(0));
                frame::ping(
                    &mut w.tape,
                    at,
                    &here,
                    &there,
                    rng.u16() & 0xff,
                    400 * MICRO,
                );
            }
            _ => six(w, rng, node, at),
        }
        at += rng.range(visit_gap / 4 / MILLI, visit_gap * 5 / 4 / MILLI) * MILLI;
    }
}

/// Router advertisements, a nightly log backup over FTP, a harmless FTP download.
fn servers(w: &mut World) {
    let mut rng = Rng::new(w.seed, "servers");
    let gateway = w.gateway.clone();
    let segments = gateway.ip6.segments();
    let prefix = Ipv6Addr::new(
        segments[0],
        segments[1],
        segments[2],
        segments[3],
        0,
        0,
        0,
        0,
    );
    let mac = gateway.mac;
    let local = Ipv6Addr::new(
        0xfe80,
        0,
        0,
        0,
        0x200 | u16::from(mac[0] ^ 2) << 8,
        0xff,
        0xfe00,
        u16::from(mac[5]),
    );
    let step = if w.small { HOUR } else { 2 * HOUR };
    let mut at = w.clock.start + 40 * SECOND;
    while at < w.clock.end {
        frame::router_advertisement(&mut w.tape, at, (mac, local), prefix);
        at += step;
    }
    if w.small {
        return;
    }
    for hour in [14, 38] {
        let at = w.clock.from + hour * HOUR + rng.range(0, 40) * MINUTE;
        let (node, server) = (w.mail.clone(), w.files.clone());
        let control = w.near(at, &node, &server, 21);
        let mut s = Session::login(&mut w.tape, control, "backup", "nightly");
        s.command(&mut w.tape, "TYPE I", "200 Type set to I");
        let text = body::page(&mut rng, "log", "maillog", 20_000);
        let data = s.arrange(&mut w.tape, Mode::Passive, 50_000 + rng.u16() % 9_000, &[]);
        s.start(&mut w.tape, &format!("STOR maillog-{hour}.html"));
        s.carry(&mut w.tape, data, &text, true);
        s.reply(&mut w.tape, "226 Transfer complete");
        s.quit(&mut w.tape);
    }
    for (n, hour) in [(39, 9), (40, 19), (41, 29), (42, 43)] {
        let at = w.clock.from + hour * HOUR + rng.range(0, 40) * MINUTE;
        let node = w.desk(n);
        let name = "ftp.mirror.test";
        let ip = address(w, name);
        let ready = look(w, &mut rng, at, &node, name, IpAddr::V4(ip));
        let control = w.out(ready, &node, ip, 21);
        let mut s = Session::login(&mut w.tape, control, "anonymous", "guest@corp.test");
        s.command(&mut w.tape, "TYPE I", "200 Type set to I");
        let archive = web::gzip(&body::page(&mut rng, "README", "source archive", 30_000));
        s.retrieve(
            &mut w.tape,
            Mode::Passive,
            50_000 + rng.u16() % 9_000,
            "pub/editor-9.1.tar.gz",
            &archive,
        );
        s.quit(&mut w.tape);
    }
}
