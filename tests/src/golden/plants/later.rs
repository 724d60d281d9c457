//! Plants 101 to 110, for later work: slow check-in, spread after a download, rogue, odd agent, a port
//! bound twice, five outliers. They are facts of the capture; no answer of today's scope needs them.

use super::{Cast, desk, exchange, visit};
use crate::golden::body;
use crate::golden::world::{Node, Planted, World};
use crate::packets::dns;
use crate::packets::frame::{self, BROADCAST, End};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::services::{self, Dhcp};
use crate::packets::tcp::Side;
use crate::packets::{HOUR, MILLI, MINUTE, Nanos, SECOND, der, tls};
use std::net::{IpAddr, Ipv4Addr};

/// First row number of these.
pub const FIRST: u16 = 101;

/// Writes them all, if row 101 is wanted.
pub fn rows(w: &mut World, _cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if !want(FIRST) {
        return;
    }
    check_in(w);
    spread(w);
    rogue(w);
    odd_agent(w);
    bound_twice(w);
    outliers(w);
}

/// Every six hours, give or take six minutes; the next one falls into B.
fn check_in(w: &mut World) {
    let node = w.desk(desk::DISGUISED);
    let mut p = Planted::new(
        101,
        "",
        "check-in every six hours, the next in B",
        node.key(),
    );
    let control = w.names.control.clone();
    let control4 = w.places.control4;
    let mut rng = Rng::new(w.seed, "check-in");
    let id = rng.hex(12);
    // Counted backwards from a beat in B, so that the last one before is in A.
    let next = w.clock.now + rng.range(20, 100) * MINUTE;
    let mut beats: Vec<Nanos> = (0..8)
        .map(|n| next - n * 6 * HOUR + rng.range(-360, 360) * SECOND)
        .collect();
    beats.retain(|at| *at > w.clock.from + 4 * HOUR);
    beats.reverse();
    for at in &beats {
        let text = format!("id={id}&up={}", rng.range(100, 9_999));
        let ask = web::post(
            "/v1/state",
            &control,
            web::BROWSER,
            "application/x-www-form-urlencoded",
            text.as_bytes(),
        );
        let tell = web::response("200 OK", "text/plain", &[], b"ok 21600\n");
        visit(w, &mut p, *at, &node, (&control, control4), &ask, &tell);
    }
    p.fact("domain", &control);
    p.fact("period_s", 21_600);
    p.fact(
        "beats",
        beats
            .iter()
            .map(|b| super::super::key::seconds(*b))
            .collect::<Vec<_>>()
            .join(" "),
    );
    w.plants.push(p);
}

/// Forty seconds after the download of row 1: a second domain, then SMB to two work places.
fn spread(w: &mut World) {
    let node = w.desk(desk::CHUNKED);
    let end = w
        .plants
        .iter()
        .find(|p| p.plant.row == 1)
        .and_then(|p| p.ids.last().copied());
    let Some(end) = end.and_then(|id| w.tape.get(id)).map(|p| p.time) else {
        return;
    };
    let mut p = Planted::new(
        102,
        "",
        "download, 40 s later a second domain, then SMB to two hosts",
        node.key(),
    );
    let second = w.names.second.clone();
    let second4 = w.places.second4;
    let ask = web::get("/tasks", &second);
    let tell = web::response("200 OK", "application/json", &[], b"{\"tasks\":[]}");
    let mut now = visit(
        w,
        &mut p,
        end + 40 * SECOND,
        &node,
        (&second, second4),
        &ask,
        &tell,
    );
    let mut rng = Rng::new(w.seed, "spread");
    for target in [desk::CURIOUS, desk::SUFFIXED] {
        let target = w.desk(target);
        now += rng.range(20, 90) * SECOND;
        let mut conn = w.near(now, &node, &target, 445);
        conn.open(&mut w.tape);
        let share = format!("\\\\{}\\ADMIN$", target.ip4);
        services::smb_open(&mut w.tape, &mut conn, &mut rng, &share);
        conn.close(&mut w.tape, Side::Client);
        now = conn.now;
        p.take(&conn);
        p.fact(&target.name, target.ip4);
    }
    p.fact("second_domain", second);
    w.plants.push(p);
}

/// A small board computer nobody knows, which then hands out addresses.
fn rogue(w: &mut World) {
    let mut rng = Rng::new(w.seed, "rogue");
    let prefix = rng
        .pick(&[[0xb8, 0x27, 0xeb], [0xdc, 0xa6, 0x32], [0xe4, 0x5f, 0x01]])
        .copied()
        .unwrap_or([0xb8, 0x27, 0xeb]);
    let mac = [
        prefix[0],
        prefix[1],
        prefix[2],
        rng.u8(),
        rng.u8(),
        rng.u8(),
    ];
    let used: Vec<u8> = w.desks.iter().map(|d| d.ip4.octets()[3]).collect();
    let last = (100..250u8).find(|n| !used.contains(n)).unwrap_or(251);
    let node = Node {
        name: "raspberrypi".to_owned(),
        mac,
        ip4: Ipv4Addr::new(192, 168, 100, last),
        ip6: w.gateway.ip6,
        ttl: 64,
    };
    let mut p = Planted::new(
        103,
        "",
        "unknown Raspberry Pi with its own DHCP service",
        node.key(),
    );
    let at = w.hour(13.0);
    let gateway = w.gateway.clone();
    lease(w, &mut p, at, &node, &gateway, true);
    let announce = frame::arp(
        &mut w.tape,
        at + SECOND,
        frame::Arp::Request,
        (mac, node.ip4),
        ([0; 6], node.ip4),
        BROADCAST,
    );
    p.ids.push(announce);
    // Two clients ask; the rogue answers beside the real server and names itself as router and resolver.
    for (i, victim) in [desk::LOOKALIKES, desk::NEAR_NAMES].into_iter().enumerate() {
        let victim = w.desk(victim);
        let at = w.hour(15.0 + 8.0 * i as f64);
        lease(w, &mut p, at, &victim, &gateway, false);
        let offer = Dhcp {
            kind: 2,
            xid: xid(w.seed, &victim, at),
            mac: victim.mac,
            have: None,
            give: Some(Ipv4Addr::new(192, 168, 100, 251 + i as u8)),
            server: Some(node.ip4),
            options: Some((node.ip4, node.ip4)),
            name: None,
        };
        let to = End {
            mac: victim.mac,
            ip: IpAddr::V4(Ipv4Addr::BROADCAST),
            port: 68,
            ttl: 64,
        };
        p.ids.push(frame::udp(
            &mut w.tape,
            at + 4 * MILLI,
            &node.end(67),
            &to,
            &services::dhcp(&offer),
        ));
    }
    p.clauses
        .push(format!("eth.addr=={}", frame::mac_text(mac)));
    p.fact("oui", "Raspberry Pi");
    w.plants.push(p);
}

fn xid(seed: u64, node: &Node, at: Nanos) -> u32 {
    Rng::new(seed, &format!("lease {} {at}", node.name)).u32()
}

/// A lease in four messages; `own` packets belong to the plant.
fn lease(w: &mut World, p: &mut Planted, at: Nanos, node: &Node, server: &Node, own: bool) {
    let xid = xid(w.seed, node, at);
    let ids = crate::golden::background::lease(w, at, node, server, xid);
    if own {
        p.ids.extend(ids);
        p.clauses.push(format!("dhcp.id==0x{xid:08x}"));
    } else {
        p.clauses.push(format!(
            "(dhcp.id==0x{xid:08x} && eth.src!={})",
            p.plant.host.mac
        ));
        p.ids.extend(ids);
    }
}

fn odd_agent(w: &mut World) {
    let node = w.desk(desk::CACHED);
    let mut p = Planted::new(104, "", "a misspelt User-Agent nobody else has", node.key());
    let mut rng = Rng::new(w.seed, "agent");
    let site = "api.weather.test";
    let agent = "Mozila/4.0 (compatible; MSIE 6.0; Windows NT 10.0; )";
    let net = w.places.second4.octets();
    let ip = Ipv4Addr::new(net[0], net[1], net[2], 9);
    for hour in [17.0, 35.0] {
        let at = w.hour(hour);
        let page = body::page(&mut rng, "Weather", "Cloudy.", 500);
        let ask = web::request("GET", "/now", site, agent, &[]);
        let tell = web::response("200 OK", "text/html", &[], &page);
        visit(w, &mut p, at, &node, (site, ip), &ask, &tell);
    }
    p.fact("user_agent", agent);
    w.plants.push(p);
}

fn bound_twice(w: &mut World) {
    let node = w.desk(desk::NEAR_NAMES);
    let mut rng = Rng::new(w.seed, "bound");
    let port = 30_000 + rng.u16() % 9_000;
    let mut p = Planted::new(
        105,
        "",
        "a work place listens on a port that is used twice",
        node.key(),
    );
    for (client, hour) in [(desk::MENTIONS, 16.0), (desk::CUT, 39.0)] {
        let client = w.desk(client);
        let at = w.hour(hour);
        let mut conn = w.near(at, &client, &node, port);
        conn.open(&mut w.tape);
        let (ask, tell) = (rng.bytes(40), rng.bytes(300));
        exchange(w, &mut conn, &ask, &tell);
        conn.close(&mut w.tape, Side::Client);
        p.take(&conn);
    }
    p.fact("port", port);
    w.plants.push(p);
}

fn outliers(w: &mut World) {
    let mut rng = Rng::new(w.seed, "outliers");
    let net = w.places.other4.octets();
    let ip = |n: u8| Ipv4Addr::new(net[0], net[1], net[2], n);

    let node = w.desk(39);
    let mut p = Planted::new(106, "", "outlier: bytes sent out", node.key());
    let at = w.hour(26.5);
    let looked = w.resolve(at, &node, "backup.storage.test", IpAddr::V4(ip(3)));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, ip(3), 443);
    conn.open(&mut w.tape);
    let session = tls::Session {
        sni: Some("backup.storage.test".to_owned()),
        alpn: vec!["h2"],
        new: true,
        certificate: der::certificate(&mut rng, "Test Issuer R3", &["backup.storage.test"]),
        ciphers: tls::SUITES.to_vec(),
    };
    tls::run(
        &mut w.tape,
        &mut conn,
        &mut rng,
        &session,
        &[(1_200_000, 400)],
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    w.plants.push(p);

    let node = w.desk(40);
    let mut p = Planted::new(107, "", "outlier: fan-out to many addresses", node.key());
    let at = w.hour(31.5);
    for i in 0..60u8 {
        let target = End {
            mac: w.inner.mac,
            ip: IpAddr::V4(Ipv4Addr::new(10, 0, 6, 10 + i)),
            port: 3389,
            ttl: 63,
        };
        let mut conn = w.conn(at + i64::from(i) * 300 * MILLI, node.end(0), target);
        conn.knock(&mut w.tape, true);
        p.take(&conn);
    }
    w.plants.push(p);

    let node = w.desk(41);
    let mut p = Planted::new(108, "", "outlier: many names that do not exist", node.key());
    let at = w.hour(33.5);
    for i in 0..80 {
        let name = format!("{}.data.resolvers.test", rng.hex(40));
        let looked = w.lookup(
            at + i * 7 * SECOND,
            node.end(0),
            &name,
            dns::TXT,
            (3, &[]),
            true,
        );
        p.look(&looked);
    }
    w.plants.push(p);

    for (row, desk, title, sni, ciphers) in [
        (
            109,
            42,
            "outlier: a server name nobody else visits",
            "q7.tunnel.test",
            tls::SUITES.to_vec(),
        ),
        (
            110,
            42,
            "outlier: a TLS client nobody else has",
            "www.vendor.test",
            vec![0x0005, 0x000a, 0x002f, 0x0035],
        ),
    ] {
        let node = w.desk(desk);
        let mut p = Planted::new(row, "", title, node.key());
        let at = w.hour(f64::from(row) - 80.0);
        let there = ip(if row == 109 { 4 } else { 5 });
        let looked = w.resolve(at, &node, sni, IpAddr::V4(there));
        let ready = p.look(&looked);
        let mut conn = w.out(ready, &node, there, 443);
        conn.open(&mut w.tape);
        let session = tls::Session {
            sni: Some(sni.to_owned()),
            alpn: Vec::new(),
            new: false,
            certificate: der::certificate(&mut rng, "Test Issuer R3", &[sni]),
            ciphers,
        };
        tls::run(&mut w.tape, &mut conn, &mut rng, &session, &[(300, 900)]);
        conn.close(&mut w.tape, Side::Client);
        p.take(&conn);
        p.fact("sni", sni);
        w.plants.push(p);
    }
}
