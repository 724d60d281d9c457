//! Names as a way out: a tunnel, a slow one, generated names, another resolver; and three things that look like it.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon;
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Host;
use crate::labelled::write::Take;
use crate::packets::dns::{self, Data, Record};
use crate::packets::rng::Rng;
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "dns",
    what: "tunnel, slow exfiltration, generated names, resolver bypass; reputation look-ups, shards of a CDN, suffixes and typos",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("dns");
    let desks = lab.desks(&mut rng);
    let host = |n: usize| desks[n % desks.len()].clone();
    let noon = lab.start + 10 * HOUR + rng.range(0, 200) * MINUTE;
    let drafts = [
        tunnel(&mut lab, &mut rng, &host(0), noon),
        drip(&mut lab, &mut rng, &host(1)),
        generated(&mut lab, &mut rng, &host(2), noon + 40 * MINUTE),
        bypass(&mut lab, &mut rng, &host(3)),
        reputation(&mut lab, &mut rng, &host(4), noon + 20 * MINUTE),
        suffixes(&mut lab, &mut rng, &host(5)),
    ];
    lab.drafts.extend(drafts);
    let shards = shards(&mut lab, &mut rng, &desks);
    lab.drafts.extend(shards);
    vec![Take::of(lab)]
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn base32(rng: &mut Rng, n: usize) -> String {
    (0..n)
        .map(|_| char::from(BASE32[usize::from(rng.u8() & 31)]))
        .collect()
}

fn text(name: &str, ttl: u32, data: Data) -> Record {
    Record {
        name: name.to_owned(),
        ttl,
        data,
    }
}

/// A shell through names: long labels up, TXT down, for half an hour.
fn tunnel(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let domain = format!(
        "{}.test",
        beacon::hideout(rng).split('.').nth(1).unwrap_or("tunnel")
    );
    let mut draft = Draft::new(
        "dns.tunnel",
        host.address(),
        "four hundred questions with encoded labels, answered by TXT",
    )
    .named(&domain)
    .to(lab.gateway.ip)
    .also(&["c2", "exfil"]);
    let (mut when, mut n) = (at, 0u32);
    while n < 420 {
        n += 1;
        let length = rng.size(30, 56);
        let name = format!("{}.{}.t.{domain}", base32(rng, length), base32(rng, length));
        let answer = text(&name, 0, Data::Text(base32(rng, 120)));
        let done = lab.ask(rng, host, when, &name, dns::TXT, (0, &[answer]));
        draft.ids.extend(done.ids);
        when = done.end + rng.range(50, 8_000) * MILLI;
    }
    draft
}

/// A file in small pieces, a counter in front of each, all day.
fn drip(lab: &mut Lab, rng: &mut Rng, host: &Host) -> Draft {
    let domain = format!(
        "{}.test",
        beacon::hideout(rng).split('.').nth(1).unwrap_or("drip")
    );
    let mut draft = Draft::new(
        "dns.exfil_slow",
        host.address(),
        "a numbered piece of a file in a name every ten minutes, all day",
    )
    .named(&domain)
    .to(lab.gateway.ip)
    .also(&["c2", "exfil"]);
    let mut at = lab.start + rng.range(60, 600) * SECOND;
    let mut n = 0;
    while let Some(now) = lab.awake(host, at) {
        if now >= lab.end {
            break;
        }
        n += 1;
        let name = format!("{n:04x}.{}.{domain}", rng.hex(48));
        let ip = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
        let answer = text(&name, 30, Data::Address(ip));
        let done = lab.ask(rng, host, now, &name, dns::A, (0, &[answer]));
        draft.ids.extend(done.ids);
        at = now + rng.range(5 * 60, 13 * 60) * SECOND;
    }
    draft
}

/// Names made by a formula until one is there.
fn generated(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::new(
        "dns.dga",
        host.address(),
        "seventy names that nobody registered within half an hour, then one that somebody did",
    )
    .to(lab.gateway.ip)
    .also(&["c2", "tls.rare_client", "pattern"]);
    let label = |rng: &mut Rng| -> String {
        let n = rng.size(11, 19);
        (0..n).map(|_| char::from(b'a' + rng.u8() % 26)).collect()
    };
    let mut when = at;
    for _ in 0..70 {
        let name = format!(
            "{}.{}",
            label(rng),
            rng.word(&["com", "net", "info", "biz"])
        );
        let done = lab.ask(rng, host, when, &name, dns::A, (3, &[]));
        draft.ids.extend(done.ids);
        when += rng.range(2, 45) * SECOND;
    }
    let name = format!("{}.test", label(rng));
    let stack = lab.stacks.system.clone();
    let done = lab.tls(rng, host, when, &Tls::to(&name, &stack, &[(400, 900)]));
    draft.dst.push(done.peer.to_string());
    draft.with(done.ids)
}

fn bypass(lab: &mut Lab, rng: &mut Rng, host: &Host) -> Draft {
    let server = lab.outside(rng);
    let mut draft = Draft::new(
        "dns.resolver_bypass",
        host.address(),
        "asks a resolver outside that nobody else asks",
    )
    .to(server)
    .port(53)
    .note();
    let far = lab.far(server, 53);
    let mut at = lab.start + 8 * HOUR;
    for _ in 0..40 {
        let name = rng.word(&[
            "www.searchhub.test",
            "www.dailynews.test",
            "api.officesuite.test",
        ]);
        let ip = lab.site(name).ips.first().copied();
        let data = Data::Address(IpAddr::V4(ip.unwrap_or(server)));
        let answer = text(name, 300, data);
        let done = lab.ask_at(rng, host, at, &far, name, dns::A, (0, &[answer]));
        draft.ids.extend(done.ids);
        at += rng.range(60, 900) * SECOND;
    }
    draft
}

/// The antivirus looks at a folder: hundreds of digests, all answered with a loopback address.
fn reputation(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let mut draft = Draft::benign(
        "benign.reputation",
        host.address(),
        "the antivirus asks for the standing of three hundred files by their digests",
        "all names are digests of one length, all answers are in 127/8",
    )
    .named("rep.avcloud.test")
    .to(lab.gateway.ip);
    let mut when = at;
    for _ in 0..300 {
        let name = format!("{}.rep.avcloud.test", rng.hex(32));
        let ip = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1 + rng.u8() % 8));
        let answer = text(&name, 300, Data::Address(ip));
        let done = lab.ask(rng, host, when, &name, dns::A, (0, &[answer]));
        draft.ids.extend(done.ids);
        when += rng.range(100, 12_000) * MILLI;
    }
    draft
}

/// What a computer asks that does not exist: its suffix behind every name, typing errors, probes of a browser.
fn suffixes(lab: &mut Lab, rng: &mut Rng, host: &Host) -> Draft {
    let mut draft = Draft::benign(
        "benign.suffix",
        host.address(),
        "names with the search suffix behind them, typing errors, three probes at each start of the browser",
        "below one suffix, or near a name that exists, or without a dot",
    )
    .to(lab.gateway.ip);
    let known = [
        "www.searchhub.test",
        "www.dailynews.test",
        "portal.officesuite.test",
        "maps.searchhub.test",
        "www.shopmarket.test",
    ];
    let mut at = lab.start + 8 * HOUR;
    for n in 0..90 {
        let name = match n % 9 {
            0..=5 => format!("{}.corp-office.test", rng.word(&known)),
            6 => {
                // Two letters change places.
                let mut letters: Vec<char> = rng.word(&known).chars().collect();
                let i = rng.size(4, 9).min(letters.len() - 2);
                letters.swap(i, i + 1);
                letters.into_iter().collect()
            }
            _ => {
                let n = rng.size(8, 13);
                (0..n).map(|_| char::from(b'a' + rng.u8() % 26)).collect()
            }
        };
        let done = lab.ask(rng, host, at, &name, dns::A, (3, &[]));
        draft.ids.extend(done.ids);
        at += rng.range(5, 400) * SECOND;
    }
    draft
}

/// Many hosts, many names of one CDN, each of them visited.
fn shards(lab: &mut Lab, rng: &mut Rng, desks: &[Host]) -> Vec<Draft> {
    let stack = lab.stacks.browser.clone();
    let mut out = Vec::new();
    for host in desks.iter().take(9) {
        let Some((come, go)) = lab.calendar.hours(lab.seed, host.index, 0) else {
            continue;
        };
        let mut draft = Draft::benign(
            "benign.cdn_shards",
            host.address(),
            "parts of films from dozens of names of one CDN",
            "many hosts do it and a connection follows each name",
        )
        .named("shardvideo.test")
        .to(lab.gateway.ip);
        let mut at = come + rng.range(10, 200) * MINUTE;
        for _ in 0..60 {
            if at >= go {
                break;
            }
            let name = format!(
                "r{}---sn-{}.shardvideo.test",
                rng.range(1, 9),
                base32(rng, 10)
            );
            let turns = [(rng.size(300, 340), rng.size(900, 1800))];
            let done = lab.tls(rng, host, at, &Tls::to(&name, &stack, &turns));
            let peer = done.peer.to_string();
            draft.dst.push(peer);
            draft.ids.extend(done.ids);
            at += rng.range(5, 60) * SECOND;
        }
        if !draft.ids.is_empty() {
            out.push(draft);
        }
    }
    out
}
