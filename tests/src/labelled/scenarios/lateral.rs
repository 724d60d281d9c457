//! What goes on inside: from desk to desk, a remote service, a port bound once, strange machines, poisoned names.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::write::Take;
use crate::packets::dns::{self, Data, Record};
use crate::packets::frame::{self, Arp, BROADCAST, End, Mac};
use crate::packets::http as web;
use crate::packets::programs::{program, sha256};
use crate::packets::rng::Rng;
use crate::packets::services::{self, Dhcp};
use crate::packets::smb::Smb;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "lateral",
    what: "desk to desk, remote service, once-bound port, rogue host and DHCP server, rare agent, ARP and name poisoning",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("lateral");
    let desks = lab.desks(&mut rng);
    let host = |n: usize| desks[n % desks.len()].clone();
    let begin = lab.start + 9 * HOUR;
    let at = |rng: &mut Rng| begin + rng.range(0, 420) * MINUTE;
    let when: Vec<Nanos> = (0..8).map(|_| at(&mut rng)).collect();
    let drafts = [
        shell(&mut lab, &mut rng, &host(0), &host(1), when[0]),
        service(
            &mut lab,
            &mut rng,
            (&host(2), &host(3)),
            "PSEXESVC",
            when[1],
        ),
        once(&mut lab, &mut rng, &host(4), when[2]),
        rare(&mut lab, &mut rng, &host(6), when[4]),
        spoof(&mut lab, &mut rng, &host(7), &host(8), when[5]),
        poison(
            &mut lab,
            &mut rng,
            &host(9),
            &[host(10), host(11), host(12)],
            when[6],
        ),
    ];
    lab.drafts.extend(drafts);
    let strangers = stranger(&mut lab, &mut rng, when[3]);
    lab.drafts.extend(strangers);
    let drafts = [known(&mut lab, &mut rng, &desks), twin_router(&mut lab)];
    lab.drafts.extend(drafts);
    vec![Take::of(lab)]
}

/// A remote shell from one desk to another.
fn shell(lab: &mut Lab, rng: &mut Rng, from: &Host, to: &Host, at: Nanos) -> Draft {
    let mut conn = lab.near(rng, from, to, 5985, at);
    conn.open(&mut lab.tape);
    let name = format!("{}:5985", to.name.to_lowercase());
    for _ in 0..6 {
        let body = rng.bytes(600);
        let ask = web::post(
            "/wsman",
            &name,
            "Microsoft WinRM Client",
            "application/x-session-encrypted",
            &body,
        );
        conn.send(&mut lab.tape, Side::Client, &ask);
        let body = rng.bytes(900);
        let tell = web::response("200 OK", "application/x-session-encrypted", &[], &body);
        conn.send(&mut lab.tape, Side::Server, &tell);
        conn.wait(rng.range(1, 20) * SECOND);
    }
    conn.close(&mut lab.tape, Side::Client);
    Draft::new(
        "lateral.host_to_host",
        from.address(),
        "WinRM from one desk to another, which no other desk has with any",
    )
    .to(to.ip)
    .port(5985)
    .also(&["port", "proto", "ua", "http", "baseline"])
    .with(conn.ids)
}

/// A program copied to the administrative share and run as a service.
pub(crate) fn service(
    lab: &mut Lab,
    rng: &mut Rng,
    (from, to): (&Host, &Host),
    name: &str,
    at: Nanos,
) -> Draft {
    let mut conn = lab.near(rng, from, to, 445, at);
    conn.lean = false;
    conn.open(&mut lab.tape);
    let body = program(rng, 24_000);
    let who = ("administrator", "CORP", from.name.as_str());
    let mut smb = Smb::log_on(&mut lab.tape, &mut conn, rng, who);
    smb.service(&mut lab.tape, &mut conn, rng, (&to.name, name), &body);
    conn.wait(rng.range(2, 40) * SECOND);
    conn.close(&mut lab.tape, Side::Client);
    let mut draft = Draft::new(
        "lateral.psexec",
        from.address(),
        "a program written to ADMIN$, made a service by svcctl and started",
    )
    .to(to.ip)
    .port(445)
    .also(&["file", "cred", "port"])
    .with(conn.ids);
    draft.sha256 = Some(sha256(&body));
    draft
}

/// A port of a desk that serves once.
fn once(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let from = lab.nth(Role::App, 1);
    let port = 20_000 + rng.u16() % 20_000;
    let mut conn = lab.near(rng, &from, host, port, at);
    conn.open(&mut lab.tape);
    conn.send(
        &mut lab.tape,
        Side::Server,
        b"Microsoft Windows [Version 10.0.19045.3803]\r\n\r\nC:\\Windows\\system32>",
    );
    conn.send(&mut lab.tape, Side::Client, b"whoami\r\n");
    conn.send(
        &mut lab.tape,
        Side::Server,
        b"whoami\r\nnt authority\\system\r\n\r\nC:\\Windows\\system32>",
    );
    conn.close(&mut lab.tape, Side::Client);
    Draft::new(
        "port.once_bound",
        host.address(),
        "a high port of a desk answers once, with a command prompt",
    )
    .or(from.ip)
    .port(port)
    .note()
    .also(&["lateral", "proto"])
    .with(conn.ids)
}

/// An agent that nobody else has, to an address.
fn rare(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let host_line = ip.to_string();
    let ask = web::request("GET", "/a.txt", &host_line, "python-requests/2.28.1", &[]);
    let body = rng.hex(400);
    let tell = web::response("200 OK", "text/plain", &[], body.as_bytes());
    let (_, ids) = lab.http_at(rng, host, at, (ip, 80), &[(ask, tell)]);
    Draft::new(
        "ua.rare",
        host.address(),
        "one request by a script, to an address without a name",
    )
    .to(ip)
    .note()
    .also(&["http", "pattern"])
    .with(ids)
}

/// Claims to be the gateway towards a victim, and the victim towards the gateway, every few seconds; traffic follows.
fn spoof(lab: &mut Lab, rng: &mut Rng, from: &Host, victim: &Host, at: Nanos) -> Draft {
    let gateway = lab.gateway.clone();
    let mut draft = Draft::new(
        "l2.arp_spoof",
        from.address(),
        "says every few seconds that it is the gateway, and to the gateway that it is a desk",
    )
    .or(gateway.ip)
    .or(victim.ip)
    .station(from.mac)
    .also(&["asset", "netissue.duplicate_ip"]);
    let mut when = at;
    for n in 0..120 {
        for (claimed, to) in [(gateway.ip, victim), (victim.ip, &gateway)] {
            draft.ids.push(frame::arp(
                &mut lab.tape,
                when,
                Arp::Reply,
                (from.mac, claimed),
                (to.mac, to.ip),
                to.mac,
            ));
        }
        if n % 10 == 5 {
            // What the victim sends out now goes to the wrong station, and from there to the gateway.
            let name = ["www.dailynews.test", "www.searchhub.test"][n / 10 % 2];
            let ip = lab.site(name).ips.first().copied();
            let there = lab.far(ip.unwrap_or(Ipv4Addr::new(198, 18, 0, 1)), 443);
            let mine = victim.end(50_000 + rng.u16() % 9_000);
            let wrong = End {
                mac: from.mac,
                ..there
            };
            let relayed = End {
                mac: from.mac,
                ttl: mine.ttl - 1,
                ..mine
            };
            let body = rng.bytes(200);
            let first = frame::udp(&mut lab.tape, when + 300 * MILLI, &mine, &wrong, &body);
            let again = frame::udp(&mut lab.tape, when + 301 * MILLI, &relayed, &there, &body);
            draft.ids.extend([first, again]);
        }
        when += rng.range(1800, 2300) * MILLI;
    }
    draft
}

/// Answers questions by multicast for names that nobody has, and is spoken to.
fn poison(lab: &mut Lab, rng: &mut Rng, from: &Host, victims: &[Host], at: Nanos) -> Draft {
    let group = End {
        mac: [1, 0, 0x5e, 0, 0, 252],
        ip: IpAddr::V4(Ipv4Addr::new(224, 0, 0, 252)),
        port: 5355,
        ttl: 1,
    };
    let mut draft = Draft::new(
        "cred.llmnr_poison",
        from.address(),
        "answers multicast questions for names that do not exist, and receives log-ons",
    )
    .also(&["lateral", "port"]);
    let mut when = at;
    for (victim, name) in victims.iter().zip(["fileshar", "prntsrv01", "intrnaet"]) {
        let denied = lab.ask(
            rng,
            victim,
            when,
            &format!("{name}.corp.test"),
            dns::A,
            (3, &[]),
        );
        draft.ids.extend(denied.ids);
        let id = rng.u16();
        // LLMNR asks without recursion: the flags are zero.
        let mut ask = dns::query(id, name, dns::A);
        ask.splice(2..4, [0, 0]);
        let answer = Record {
            name: name.to_owned(),
            ttl: 30,
            data: Data::Address(IpAddr::V4(from.ip)),
        };
        let mut tell = dns::response(id, name, dns::A, 0, &[answer]);
        tell.splice(2..4, [0x80, 0]);
        let mine = victim.end(50_000 + rng.u16() % 9_000);
        let asked = End { ttl: 1, ..mine };
        let at = when + 60 * MILLI;
        draft
            .ids
            .push(frame::udp(&mut lab.tape, at, &asked, &group, &ask));
        let there = from.end(5355);
        draft.ids.push(frame::udp(
            &mut lab.tape,
            at + 900 * MICRO,
            &there,
            &mine,
            &tell,
        ));
        let mut conn = lab.near(rng, victim, from, 445, at + 5 * MILLI);
        conn.open(&mut lab.tape);
        let who = ("jmiller", "CORP", victim.name.as_str());
        Smb::log_on(&mut lab.tape, &mut conn, rng, who);
        conn.reset(&mut lab.tape, Side::Server);
        draft.ids.extend(conn.ids);
        when += rng.range(120, 1500) * SECOND;
    }
    draft
}

/// A small computer that was never there before leases an address, and offers leases itself.
fn stranger(lab: &mut Lab, rng: &mut Rng, at: Nanos) -> Vec<Draft> {
    let mac: Mac = [0xb8, 0x27, 0xeb, rng.u8(), rng.u8(), rng.u8()];
    let last = (221..250)
        .find(|n| lab.hosts.iter().all(|h| h.ip.octets()[3] != *n))
        .unwrap_or(250);
    let host = Host {
        index: 900,
        name: "raspberrypi".to_owned(),
        mac,
        ip: lab.inside(last),
        ttl: 64,
        role: Role::App,
        agent: "",
        always_on: true,
        lan: 400 * MICRO,
    };
    let gateway = lab.gateway.clone();
    let mut joined = lease(
        lab,
        rng,
        (mac, &host.name),
        (gateway.ip, gateway.mac),
        (host.ip, gateway.ip),
        at,
    );
    let mut when = at + 20 * SECOND;
    for _ in 0..6 {
        let turns = [(300, 700)];
        let stack = lab.stacks.system.clone();
        let call = crate::labelled::flows::Tls::to("packages.distro.test", &stack, &turns);
        joined.extend(lab.tls(rng, &host, when, &call).ids);
        when += rng.range(60, 2400) * SECOND;
    }
    let rogue = Draft::new(
        "asset.rogue_host",
        host.address(),
        "a Raspberry Pi joins in the middle of the day",
    )
    .station(mac)
    .note()
    .also(&["baseline", "ua", "dns", "tls.rare_client"])
    .with(joined);
    let victim = lab.nth(Role::Desk, 5);
    let ids = lease(
        lab,
        rng,
        (victim.mac, &victim.name),
        (host.ip, mac),
        (victim.ip, host.ip),
        at + 30 * MINUTE,
    );
    let dhcp = Draft::new(
        "l2.rogue_dhcp",
        host.address(),
        "offers leases with itself as the router, beside the real server",
    )
    .or(victim.ip)
    .station(mac)
    .also(&["asset"])
    .with(ids);
    vec![rogue, dhcp]
}

/// A lease by a server; both offers are heard where it is not the gateway.
fn lease(
    lab: &mut Lab,
    rng: &mut Rng,
    (mac, name): (Mac, &str),
    (server, server_mac): (Ipv4Addr, Mac),
    (give, router): (Ipv4Addr, Ipv4Addr),
    at: Nanos,
) -> Vec<PacketId> {
    let gateway = lab.gateway.clone();
    let everyone = End {
        mac: BROADCAST,
        ip: IpAddr::V4(Ipv4Addr::BROADCAST),
        port: 67,
        ttl: 64,
    };
    let nobody = End {
        mac,
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        port: 68,
        ttl: 64,
    };
    let xid = rng.u32();
    let message = |kind: u8, server: Ipv4Addr, router: Ipv4Addr| {
        let client = kind == 1 || kind == 3;
        services::dhcp(&Dhcp {
            kind,
            xid,
            mac,
            have: None,
            give: (kind != 1).then_some(give),
            server: (kind != 1).then_some(server),
            options: Some((router, router)),
            name: client.then_some(name),
        })
    };
    let end = |ip: Ipv4Addr, mac: Mac, port: u16| End {
        mac,
        ip: IpAddr::V4(ip),
        port,
        ttl: 64,
    };
    let (from, to) = (end(server, server_mac, 67), end(give, mac, 68));
    let mut out = vec![
        frame::udp(
            &mut lab.tape,
            at,
            &nobody,
            &everyone,
            &message(1, server, router),
        ),
        frame::udp(
            &mut lab.tape,
            at + 4 * MILLI,
            &from,
            &to,
            &message(2, server, router),
        ),
    ];
    if server != gateway.ip {
        let real = message(2, gateway.ip, gateway.ip);
        out.push(frame::udp(
            &mut lab.tape,
            at + 7 * MILLI,
            &gateway.end(67),
            &to,
            &real,
        ));
    }
    out.push(frame::udp(
        &mut lab.tape,
        at + 11 * MILLI,
        &nobody,
        &everyone,
        &message(3, server, router),
    ));
    out.push(frame::udp(
        &mut lab.tape,
        at + 15 * MILLI,
        &from,
        &to,
        &message(5, server, router),
    ));
    out
}

/// Desks hand updates on to each other.
fn known(lab: &mut Lab, rng: &mut Rng, desks: &[Host]) -> Draft {
    // Those on whom nothing else is planted.
    let desks = desks.get(13..).filter(|d| d.len() > 1).unwrap_or(desks);
    let first = desks.first().map_or(String::new(), Host::address);
    let mut draft = Draft::benign(
        "benign.cast",
        first,
        "desks offer updates to each other by Delivery Optimization",
        "port 7680 between many desks is what the system does",
    );
    draft.who = desks.iter().map(Host::address).collect();
    for n in 0..8 {
        let (a, b) = (&desks[n % desks.len()], &desks[(n * 3 + 1) % desks.len()]);
        if a.index == b.index {
            continue;
        }
        let at = lab.start + 10 * HOUR + rng.range(0, 4 * 3600) * SECOND;
        let mut conn = lab.near(rng, a, b, 7680, at);
        conn.open(&mut lab.tape);
        let mut hello = b"\x0eSwarm protocol".to_vec();
        hello.extend(rng.bytes(60));
        conn.send(&mut lab.tape, Side::Client, &hello);
        conn.send(&mut lab.tape, Side::Server, &hello);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
        draft.dst.extend([a.address(), b.address()]);
    }
    draft
}

/// A virtual router's address moves between two stations of its own kind.
fn twin_router(lab: &mut Lab) -> Draft {
    let ip = lab.inside(254);
    let mac: Mac = [0, 0, 0x5e, 0, 1, 7];
    let mut draft = Draft::benign(
        "benign.vrrp",
        ip,
        "a virtual router announces its address again and again",
        "the station is of the range of VRRP",
    );
    let mut at = lab.start + HOUR;
    while at < lab.end {
        draft.ids.push(frame::arp(
            &mut lab.tape,
            at,
            Arp::Request,
            (mac, ip),
            ([0; 6], ip),
            BROADCAST,
        ));
        at += 2 * HOUR;
    }
    draft
}
