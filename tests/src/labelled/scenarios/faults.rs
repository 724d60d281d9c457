//! Sixteen things that are broken, and nobody to blame for any of them.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{self, Host, Role};
use crate::labelled::write::Take;
use crate::packets::dns::{self, Data, Record};
use crate::packets::frame::{self, Arp, BROADCAST, End, Mac};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::services::{self, Dhcp};
use crate::packets::tape::PacketId;
use crate::packets::tcp::{Conn, Fate, Side};
use crate::packets::{DAY, HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND, icmp};
use std::net::{IpAddr, Ipv4Addr};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "faults",
    what: "sixteen faults: loss, windows, latency, servers, DNS, HTTP, MTU, resets, addresses, leases, storms, loops",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let crew = Crew {
        apps: 7,
        ..Crew::OFFICE
    };
    let mut lab = Lab::new(seed, SCENARIO.name, crew, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("faults");
    let desks = lab.desks(&mut rng);
    let host = |n: usize| desks[n % desks.len()].clone();
    let app = |lab: &Lab, n: usize| lab.nth(Role::App, n);
    let from = lab.start + 9 * HOUR;
    let at = |rng: &mut Rng| from + rng.range(0, 360) * MINUTE;
    let when: Vec<Nanos> = (0..16).map(|_| at(&mut rng)).collect();
    let servers: Vec<Host> = (0..7).map(|n| app(&lab, n)).collect();
    let drafts = [
        loss(&mut lab, &mut rng, &host(0), when[0]),
        zero_window(&mut lab, &mut rng, &host(1), &servers[1], when[1]),
        far_away(&mut lab, &mut rng, &desks, when[2]),
        slow_server(&mut lab, &mut rng, &desks, &servers[2], when[3]),
        names(
            &mut lab,
            &mut rng,
            &desks,
            &servers[3],
            Names::Slow,
            when[4],
        ),
        names(
            &mut lab,
            &mut rng,
            &desks,
            &servers[4],
            Names::Failing,
            when[5],
        ),
        names(
            &mut lab,
            &mut rng,
            &desks,
            &servers[5],
            Names::Silent,
            when[6],
        ),
        errors(&mut lab, &mut rng, &desks, &servers[6], when[7]),
        mtu(&mut lab, &mut rng, &host(2), when[8]),
        half_open(&mut lab, &mut rng, &desks, when[9]),
        resets(&mut lab, &mut rng, &desks, &servers[0], when[10]),
        twice(&mut lab, &mut rng, &host(3), when[11]),
        refused_lease(&mut lab, &mut rng, &host(4), when[12]),
        no_lease(&mut lab, &mut rng, when[13]),
        storm(&mut lab, &mut rng, when[14]),
        lost_way(&mut lab, &mut rng, &host(5), when[15]),
    ];
    lab.drafts.extend(drafts);
    vec![Take::of(lab)]
}

fn fault(kind: &str, who: impl ToString, what: &str) -> Draft {
    Draft::new(&format!("netissue.{kind}"), who, what)
        .note()
        .also(&["netissue.retransmissions", "netissue.high_rtt"])
}

/// Every twelfth segment of a long download comes twice: lost behind the tap.
fn loss(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let name = "mirror.distro.test";
    let done = lab.resolve(rng, host, at, name);
    let mut draft = fault(
        "retransmissions",
        host.address(),
        "one segment in twelve of a long download is sent again",
    )
    .to(done.peer)
    .or(done.peer)
    .with(done.ids);
    for n in 0..3 {
        let mut conn = lab.out(rng, host, done.peer, 80, at + SECOND + n * 20 * SECOND);
        conn.lean = false;
        conn.open(&mut lab.tape);
        let ask = web::request("GET", &format!("/iso/part{n}"), name, "apt/2.7", &[]);
        conn.send(&mut lab.tape, Side::Client, &ask);
        let body = rng.bytes(420_000);
        let tell = web::response("200 OK", "application/octet-stream", &[], &body);
        let fate = |i: usize| if i % 12 == 5 { Fate::Again } else { Fate::Keep };
        conn.send_with(&mut lab.tape, Side::Server, &tell, fate);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
    }
    draft.dst.clear();
    draft
}

/// The receiver says again and again that it has no room.
fn zero_window(lab: &mut Lab, rng: &mut Rng, host: &Host, server: &Host, at: Nanos) -> Draft {
    let mut draft = fault(
        "zero_window",
        host.address(),
        "the receiver has no room for seconds, four times",
    )
    .or(server.ip);
    let mut conn = lab.near(rng, host, server, 8080, at);
    conn.lean = false;
    conn.open(&mut lab.tape);
    let ask = web::request("GET", "/export", &server.name, "export/1.0", &[]);
    conn.send(&mut lab.tape, Side::Client, &ask);
    let head = web::head(
        "200 OK",
        &["Content-Type: text/csv", "Content-Length: 160000"],
    );
    conn.send(&mut lab.tape, Side::Server, &head);
    for _ in 0..4 {
        let body = rng.bytes(40_000);
        conn.send(&mut lab.tape, Side::Server, &body);
        conn.window = Some(0);
        conn.ack(&mut lab.tape, Side::Client);
        for _ in 0..3 {
            conn.wait(700 * MILLI);
            conn.keepalive(&mut lab.tape, Side::Server);
            conn.ack(&mut lab.tape, Side::Client);
        }
        conn.window = None;
        conn.wait(300 * MILLI);
        conn.ack(&mut lab.tape, Side::Client);
    }
    conn.close(&mut lab.tape, Side::Server);
    draft.ids.extend(conn.ids);
    draft
}

/// A branch office behind a satellite.
fn far_away(lab: &mut Lab, rng: &mut Rng, desks: &[Host], at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let mut draft = fault("high_rtt", ip, "a server more than half a second away");
    let mut when = at;
    for n in 0..40 {
        let host = &desks[n % 6];
        let mut conn = lab.out(rng, host, ip, 443, when);
        conn.rtt = rng.range(620, 900) * MILLI;
        conn.open(&mut lab.tape);
        let body = rng.bytes(200);
        let mut hello = vec![0x17, 3, 3, 0, 200];
        hello.extend(&body);
        conn.send(&mut lab.tape, Side::Client, &hello);
        conn.send(&mut lab.tape, Side::Server, &hello);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
        when += rng.range(10, 60) * SECOND;
    }
    draft.who.extend(desks.iter().take(6).map(Host::address));
    draft
}

/// The way is short, the answer takes seconds.
fn slow_server(lab: &mut Lab, rng: &mut Rng, desks: &[Host], server: &Host, at: Nanos) -> Draft {
    let mut draft = fault(
        "slow_server",
        server.address(),
        "the application answers after three to six seconds",
    );
    let mut when = at;
    for n in 0..40 {
        let host = &desks[n % 8];
        let mut conn = lab.near(rng, host, server, 8080, when);
        conn.open(&mut lab.tape);
        let ask = web::request(
            "GET",
            &format!("/report/{n}"),
            &server.name,
            host.agent,
            &[],
        );
        conn.send(&mut lab.tape, Side::Client, &ask);
        conn.wait(60 * MILLI);
        conn.ack(&mut lab.tape, Side::Server);
        conn.wait(rng.range(3000, 6000) * MILLI);
        let tell = web::response("200 OK", "text/html", &[], b"<html>done</html>");
        conn.send(&mut lab.tape, Side::Server, &tell);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
        when += rng.range(10, 60) * SECOND;
    }
    draft
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Slow,
    Failing,
    Silent,
}

/// A second resolver inside that is slow, fails or says nothing.
fn names(
    lab: &mut Lab,
    rng: &mut Rng,
    desks: &[Host],
    server: &Host,
    how: Names,
    at: Nanos,
) -> Draft {
    let (kind, what) = match how {
        Names::Slow => ("dns_slow", "a resolver answers after a second"),
        Names::Failing => (
            "dns_servfail",
            "a resolver answers SERVFAIL to a third of the questions",
        ),
        Names::Silent => (
            "dns_timeout",
            "a resolver leaves half of the questions unanswered",
        ),
    };
    let mut draft = fault(kind, server.address(), what).also(&["netissue.dns_slow"]);
    if how == Names::Slow {
        draft.also.push("netissue.slow_server".to_owned());
    }
    let mut when = at;
    for n in 0..150 {
        let host = &desks[n % 9];
        let name = rng.word(&[
            "www.searchhub.test",
            "www.dailynews.test",
            "portal.officesuite.test",
            "docs.officesuite.test",
        ]);
        let ip = lab.site(name).ips.first().copied();
        let answer = Record {
            name: name.to_owned(),
            ttl: 300,
            data: Data::Address(IpAddr::V4(ip.unwrap_or(Ipv4Addr::LOCALHOST))),
        };
        let id = rng.u16();
        let mine = host.end(40_000 + rng.u16() % 20_000);
        let there = server.end(53);
        let wait = if how == Names::Slow {
            rng.range(700, 1600) * MILLI
        } else {
            rng.range(1, 20) * MILLI
        };
        let silent = how == Names::Silent && n % 2 == 0;
        let rcode = if how == Names::Failing && n % 3 == 0 {
            2
        } else {
            0
        };
        let ask = dns::query(id, name, dns::A);
        let list = [answer];
        let tell = dns::response(
            id,
            name,
            dns::A,
            rcode,
            if rcode == 0 { &list } else { &[] },
        );
        draft
            .ids
            .push(frame::udp(&mut lab.tape, when, &mine, &there, &ask));
        if silent {
            let again = when + 5 * SECOND;
            draft
                .ids
                .push(frame::udp(&mut lab.tape, again, &mine, &there, &ask));
        } else {
            let then = when + wait;
            draft
                .ids
                .push(frame::udp(&mut lab.tape, then, &there, &mine, &tell));
        }
        when += rng.range(1, 25) * SECOND;
    }
    draft
}

/// Half of the answers are errors of the server.
fn errors(lab: &mut Lab, rng: &mut Rng, desks: &[Host], server: &Host, at: Nanos) -> Draft {
    let mut draft = fault(
        "http_5xx",
        server.address(),
        "every other answer is 502 or 503",
    );
    let mut when = at;
    for n in 0..60 {
        let host = &desks[n % 8];
        let mut conn = lab.near(rng, host, server, 8080, when);
        conn.open(&mut lab.tape);
        let ask = web::request("GET", &format!("/api/{n}"), &server.name, host.agent, &[]);
        conn.send(&mut lab.tape, Side::Client, &ask);
        let status = [
            "200 OK",
            "502 Bad Gateway",
            "200 OK",
            "503 Service Unavailable",
        ][n % 4];
        let tell = web::response(status, "text/html", &[], b"<html>x</html>");
        conn.send(&mut lab.tape, Side::Server, &tell);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
        when += rng.range(5, 50) * SECOND;
    }
    draft
}

/// A router says that segments are too long; they are sent again as long as before.
fn mtu(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let gateway = lab.gateway.clone();
    let mut draft = fault(
        "pmtu",
        host.address(),
        "full-size segments are refused by the gateway as too long, and sent again",
    )
    .or(ip)
    .or(gateway.ip);
    for n in 0..4 {
        let mut conn = lab.out(rng, host, ip, 443, at + n * MINUTE);
        conn.open(&mut lab.tape);
        let small = [0x16, 3, 1, 0, 1, 0];
        conn.send(&mut lab.tape, Side::Client, &small);
        let body = rng.bytes(1460);
        for _ in 0..4 {
            let sent = conn.retry(&mut lab.tape, Side::Client, &body);
            let about = sent
                .and_then(|id| lab.tape.get(id))
                .map_or(Vec::new(), |p| p.frame.clone());
            let ends = (&gateway.end(0), &host.end(0));
            let told = icmp::error(
                &mut lab.tape,
                conn.now + 500 * MICRO,
                ends,
                (3, 4),
                [0, 0, 0x05, 0x78],
                &about,
            );
            draft.ids.push(told);
            conn.wait(900 * MILLI);
        }
        conn.reset(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
    }
    draft
}

/// A server outside that is not there: nobody answers.
fn half_open(lab: &mut Lab, rng: &mut Rng, desks: &[Host], at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let mut draft = fault(
        "half_open",
        ip,
        "eight clients ask a server again and again and are not answered",
    )
    .also(&["scan.syn_flood"]);
    for (n, host) in desks.iter().take(8).enumerate() {
        draft.who.push(host.address());
        let mut when = at + n as i64 * 40 * SECOND;
        for _ in 0..3 {
            let conn = lab.out(rng, host, ip, 443, when);
            for wait in [0, 1, 3, 7] {
                let mut again = conn.clone();
                again.now = when + wait * SECOND;
                again.knock(&mut lab.tape, false);
                draft.ids.extend(again.ids);
            }
            when += rng.range(30, 90) * SECOND;
        }
    }
    draft
}

/// A server that ends what it began.
fn resets(lab: &mut Lab, rng: &mut Rng, desks: &[Host], server: &Host, at: Nanos) -> Draft {
    let mut draft = fault(
        "rst_storm",
        server.address(),
        "most connections to a port are reset after the first data",
    );
    let mut when = at;
    for n in 0..60 {
        let host = &desks[n % 8];
        let mut conn = lab.near(rng, host, server, 8443, when);
        conn.open(&mut lab.tape);
        let body = rng.bytes(180);
        conn.send(&mut lab.tape, Side::Client, &body);
        let body = rng.bytes(90);
        conn.send(&mut lab.tape, Side::Server, &body);
        if n % 5 == 0 {
            conn.close(&mut lab.tape, Side::Client);
        } else {
            conn.reset(&mut lab.tape, Side::Server);
        }
        draft.ids.extend(conn.ids);
        when += rng.range(3, 30) * SECOND;
    }
    draft
}

/// Two machines have one address; each says so now and then.
fn twice(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let other: Mac = net::card(rng);
    let mut draft = fault(
        "duplicate_ip",
        host.address(),
        "a second machine has the address of a desk",
    )
    .station(host.mac)
    .also(&["asset", "l2.arp_spoof"]);
    // Taking it for poisoning is understandable, but wrong: only the fault counts.
    draft.also.retain(|k| k != "l2.arp_spoof");
    let gateway = lab.gateway.clone();
    let mut when = at;
    for n in 0..24 {
        let mac = if n % 2 == 0 { host.mac } else { other };
        draft.ids.push(frame::arp(
            &mut lab.tape,
            when,
            Arp::Request,
            (gateway.mac, gateway.ip),
            ([0; 6], host.ip),
            BROADCAST,
        ));
        draft.ids.push(frame::arp(
            &mut lab.tape,
            when + 300 * MICRO,
            Arp::Reply,
            (mac, host.ip),
            (gateway.mac, gateway.ip),
            gateway.mac,
        ));
        if n % 6 == 1 {
            draft.ids.push(frame::arp(
                &mut lab.tape,
                when + 900 * MILLI,
                Arp::Request,
                (other, host.ip),
                ([0; 6], host.ip),
                BROADCAST,
            ));
        }
        when += rng.range(60, 240) * SECOND;
    }
    draft
}

fn message(
    lab: &mut Lab,
    at: Nanos,
    (kind, xid): (u8, u32),
    (mac, give): (Mac, Option<Ipv4Addr>),
    name: &str,
) -> PacketId {
    let server = kind == 2 || kind == 6;
    let gateway = lab.gateway.clone();
    let bytes = services::dhcp(&Dhcp {
        kind,
        xid,
        mac,
        have: None,
        give,
        server: (kind != 1).then_some(gateway.ip),
        options: Some((gateway.ip, gateway.ip)),
        name: (!server).then_some(name),
    });
    let everyone = |port: u16| End {
        mac: BROADCAST,
        ip: IpAddr::V4(Ipv4Addr::BROADCAST),
        port,
        ttl: 64,
    };
    let nobody = End {
        mac,
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        port: 68,
        ttl: 64,
    };
    if server {
        frame::udp(&mut lab.tape, at, &gateway.end(67), &everyone(68), &bytes)
    } else {
        frame::udp(&mut lab.tape, at, &nobody, &everyone(67), &bytes)
    }
}

/// A desk asks for an address that it may not have.
fn refused_lease(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let mut draft = fault(
        "dhcp_nak",
        lab.gateway.address(),
        "a lease is refused, six times",
    )
    .or(host.ip)
    .station(host.mac);
    let mut when = at;
    let wanted = Ipv4Addr::new(172, 31, 255, 9);
    for _ in 0..6 {
        let xid = rng.u32();
        let mac = host.mac;
        let ask = message(lab, when, (3, xid), (mac, Some(wanted)), &host.name);
        let then = when + 6 * MILLI;
        let tell = message(lab, then, (6, xid), (mac, None), &host.name);
        draft.ids.extend([ask, tell]);
        when += rng.range(4, 30) * SECOND;
    }
    draft
}

/// A machine asks for an address and is offered none.
fn no_lease(lab: &mut Lab, rng: &mut Rng, at: Nanos) -> Draft {
    let mac = net::card(rng);
    let mut draft = fault(
        "dhcp_no_offer",
        "0.0.0.0",
        "nobody offers a lease to a machine that asks for minutes",
    )
    .station(mac)
    .also(&["asset"]);
    let mut when = at;
    for n in 0..12u32 {
        let xid = 0x5100_0000 + n;
        draft
            .ids
            .push(message(lab, when, (1, xid), (mac, None), "WS-NEW"));
        when += rng.range(4, 40) * SECOND;
    }
    draft
}

/// The same broadcast, hundreds of times a second: a loop.
fn storm(lab: &mut Lab, rng: &mut Rng, at: Nanos) -> Draft {
    let host = lab.nth(Role::Printer, 0);
    let mut draft = fault(
        "broadcast_storm",
        host.address(),
        "one broadcast comes back hundreds of times a second for ten seconds",
    )
    .station(host.mac)
    .also(&["capture", "netissue"]);
    let asked = ([0; 6], lab.inside(9));
    let first = frame::arp(
        &mut lab.tape,
        at,
        Arp::Request,
        (host.mac, host.ip),
        asked,
        BROADCAST,
    );
    let frame = lab.tape.get(first).map_or(Vec::new(), |p| p.frame.clone());
    draft.ids.push(first);
    let mut when = at;
    for _ in 0..3000 {
        when += rng.range(2_500, 4_200) * MICRO;
        draft.ids.push(lab.tape.push(when, frame.clone(), None));
    }
    draft
}

/// Packets to a network beyond turn in a circle until their time is over.
fn lost_way(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let ip = Ipv4Addr::new(10, 250, 9, 20);
    let gateway = lab.gateway.clone();
    let mut draft = fault(
        "ttl_exceeded",
        host.address(),
        "what is sent to one network comes back as time exceeded",
    )
    .or(ip)
    .or(gateway.ip);
    let mut when = at;
    for _ in 0..40 {
        let rtt = lab.distance(ip);
        let mine = host.end(lab.tape.port(IpAddr::V4(host.ip)));
        let mut conn = Conn::new(mine, lab.far(ip, 443), when, rtt, rng.next_u64());
        conn.knock(&mut lab.tape, false);
        let about = conn
            .ids
            .first()
            .and_then(|id| lab.tape.get(*id))
            .map_or(Vec::new(), |p| p.frame.clone());
        let ends = (&gateway.end(0), &host.end(0));
        let told = icmp::error(
            &mut lab.tape,
            when + 40 * MILLI,
            ends,
            (11, 0),
            [0; 4],
            &about,
        );
        draft.ids.extend(conn.ids);
        draft.ids.push(told);
        when += rng.range(2, 20) * SECOND;
    }
    draft
}
