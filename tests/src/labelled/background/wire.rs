//! What keeps a segment together: leases, ARP, announcements of names, clocks.

use crate::labelled::lab::Lab;
use crate::labelled::net::{Host, Role};
use crate::packets::dns;
use crate::packets::frame::{self, Arp, BROADCAST, End};
use crate::packets::rng::Rng;
use crate::packets::services::{self, Dhcp};
use crate::packets::{DAY, HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// One ARP question and its answer.
pub(super) fn learn(lab: &mut Lab, host: &Host, target: &Host, at: Nanos) {
    let (mine, theirs) = ((host.mac, host.ip), (target.mac, target.ip));
    let asked = ([0; 6], target.ip);
    frame::arp(&mut lab.tape, at, Arp::Request, mine, asked, BROADCAST);
    let then = at + 200 * MICRO;
    frame::arp(&mut lab.tape, then, Arp::Reply, theirs, mine, host.mac);
}

/// A lease asked for anew, as at the start of a day.
fn lease(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) {
    let everyone = End {
        mac: BROADCAST,
        ip: IpAddr::V4(Ipv4Addr::BROADCAST),
        port: 67,
        ttl: 64,
    };
    let nobody = End {
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..host.end(68)
    };
    let (gateway, xid) = (lab.gateway.clone(), rng.u32());
    for (n, kind) in (0i64..).zip([1u8, 2, 3, 5]) {
        let client = kind == 1 || kind == 3;
        let bytes = services::dhcp(&Dhcp {
            kind,
            xid,
            mac: host.mac,
            have: None,
            give: (kind != 1).then_some(host.ip),
            server: (kind != 1).then_some(gateway.ip),
            options: Some((gateway.ip, gateway.ip)),
            name: client.then_some(&host.name),
        });
        let at = at + n * 7 * MILLI;
        if client {
            frame::udp(&mut lab.tape, at, &nobody, &everyone, &bytes);
        } else {
            frame::udp(&mut lab.tape, at, &gateway.end(67), &host.end(68), &bytes);
        }
    }
}

/// The host's name by multicast and broadcast.
fn announce(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) {
    let group = End {
        mac: [1, 0, 0x5e, 0, 0, 251],
        ip: IpAddr::V4(Ipv4Addr::new(224, 0, 0, 251)),
        port: 5353,
        ttl: 255,
    };
    let mine = End {
        ttl: 255,
        ..host.end(5353)
    };
    let bytes = dns::mdns(&host.name.to_lowercase(), &[IpAddr::V4(host.ip)]);
    frame::udp(&mut lab.tape, at, &mine, &group, &bytes);
    if host.ttl == 128 {
        let all = End {
            mac: BROADCAST,
            ip: IpAddr::V4(lab.inside(255)),
            port: 137,
            ttl: 128,
        };
        let bytes = dns::nbns_register(rng.u16(), &host.name, host.ip);
        frame::udp(&mut lab.tape, at + 40 * MILLI, &host.end(137), &all, &bytes);
    }
}

/// Asks the time.
fn clock(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) {
    let done = lab.resolve(rng, host, at, "ntp.timepool.test");
    let mine = host.end(123);
    let there = lab.far(done.peer, 123);
    let rtt = lab.distance(done.peer);
    let (ask, tell) = (
        services::ntp(3, done.end),
        services::ntp(4, done.end + rtt / 2),
    );
    frame::udp(&mut lab.tape, done.end, &mine, &there, &ask);
    frame::udp(&mut lab.tape, done.end + rtt, &there, &mine, &tell);
}

/// Everything of one host on its segment.
pub(super) fn arrive(lab: &mut Lab, host: &Host) {
    let mut rng = lab.rng(&format!("wire {}", host.index));
    let gateway = lab.gateway.clone();
    let days = (lab.end - lab.start) / DAY + 1;
    for day in 0..days {
        let from = lab.calendar.day(day);
        let (come, go) = if host.always_on {
            (from, from + DAY)
        } else {
            match lab.calendar.hours(lab.seed, host.index, day) {
                Some(span) => span,
                None => continue,
            }
        };
        if host.role == Role::Desk {
            let at = if host.always_on {
                from + rng.range(0, DAY / SECOND) * SECOND
            } else {
                come
            };
            lease(lab, &mut rng, host, at);
            learn(lab, host, &gateway, at + SECOND);
            announce(lab, &mut rng, host, at + 2 * SECOND);
        } else if day == 0 {
            let at = come + rng.range(5, 300) * SECOND;
            announce(lab, &mut rng, host, at);
        }
        let mut at = come + rng.range(10, 3600) * SECOND;
        while at < go {
            clock(lab, &mut rng, host, at);
            learn(lab, host, &gateway, at + rng.range(2, 900) * SECOND);
            at += if host.role == Role::Desk {
                HOUR + rng.range(-9, 9) * MINUTE
            } else {
                // Appliances and servers ask by a timer.
                HOUR + 4 * MINUTE + rng.range(-2000, 2000) * MILLI
            };
        }
    }
}
