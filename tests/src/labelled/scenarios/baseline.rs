//! A day, and the day after it: what is new on the second.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon;
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::write::Take;
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MINUTE, SECOND, hello};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "baseline",
    what: "two days: on the second a new host, service, pair, agent, destination and ten times the volume",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let days = |second: bool| {
        let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, Some(1), 2 * DAY);
        background::write(&mut lab, Amount::QUIET);
        if second {
            plant(&mut lab);
            lab.start += DAY;
        } else {
            lab.end -= DAY;
        }
        lab
    };
    let before = Take {
        name: "baseline-earlier".to_owned(),
        benign: true,
        ..Take::of(days(false))
    };
    let now = Take {
        name: "baseline-current".to_owned(),
        earlier: Some("baseline-earlier".to_owned()),
        ..Take::of(days(true))
    };
    vec![before, now]
}

fn plant(lab: &mut Lab) {
    let mut rng = lab.rng("new");
    let desks = lab.desks(&mut rng);
    let begin = lab.start + DAY + 9 * HOUR + rng.range(0, 60) * MINUTE;
    let drafts = [
        machine(lab, &mut rng, begin),
        listens(lab, &mut rng, &desks, begin + HOUR),
        pair(lab, &mut rng, &desks[3], &desks[4], begin + 2 * HOUR),
        agent(lab, &mut rng, &desks[5], begin + 3 * HOUR),
        volume(lab, &mut rng, &desks[6], begin + 4 * HOUR),
    ];
    lab.drafts.extend(drafts);
}

fn machine(lab: &mut Lab, rng: &mut Rng, at: i64) -> Draft {
    let last = (221..250)
        .find(|n| lab.hosts.iter().all(|h| h.ip.octets()[3] != *n))
        .unwrap_or(250);
    let host = Host {
        index: 901,
        name: "tablet".to_owned(),
        mac: [0x28, 0x6a, 0xba, rng.u8(), rng.u8(), rng.u8()],
        ip: lab.inside(last),
        ttl: 64,
        role: Role::App,
        agent: "",
        always_on: true,
        lan: 400 * MICRO,
    };
    let stack = lab.stacks.browser.clone();
    let mut draft = Draft::new(
        "baseline.new_host",
        host.address(),
        "a machine that was not there the day before",
    )
    .station(host.mac)
    .note()
    .also(&["asset", "ua", "tls.rare_client"]);
    let mut when = at;
    for _ in 0..20 {
        let name = rng.word(&[
            "www.searchhub.test",
            "www.dailynews.test",
            "social.circles.test",
        ]);
        let turns = [(400, 1200)];
        let done = lab.tls(rng, &host, when, &Tls::to(name, &stack, &turns));
        draft.ids.extend(done.ids);
        when += rng.range(60, 900) * SECOND;
    }
    draft
}

/// A server has a port open that it had not.
fn listens(lab: &mut Lab, rng: &mut Rng, desks: &[Host], at: i64) -> Draft {
    let server = lab.nth(Role::App, 2);
    let mut draft = Draft::new(
        "baseline.new_service",
        server.address(),
        "a server answers on a port that it did not have",
    )
    .note()
    .also(&["port", "lateral"]);
    let mut when = at;
    for n in 0..12 {
        let host = &desks[n % 5];
        let mut conn = lab.near(rng, host, &server, 3306, when);
        conn.open(&mut lab.tape);
        let mut greeting = vec![0x4a, 0, 0, 0, 10];
        greeting.extend(b"8.0.36\0");
        greeting.extend([8, 0, 0, 0]);
        greeting.extend([0x41; 8]);
        greeting.extend([0, 0xff, 0xff, 0xff, 2, 0, 0xff, 0xdf, 21]);
        greeting.extend([0; 10]);
        greeting.extend([0x42; 12]);
        greeting.push(0);
        greeting.extend(b"caching_sha2_password\0");
        let n = u8::try_from(greeting.len() - 4).unwrap_or(0);
        greeting[0] = n;
        conn.send(&mut lab.tape, Side::Server, &greeting);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(conn.ids);
        when += rng.range(60, 600) * SECOND;
    }
    draft
}

fn pair(lab: &mut Lab, rng: &mut Rng, a: &Host, b: &Host, at: i64) -> Draft {
    let mut conn = lab.near(rng, a, b, 22, at);
    conn.open(&mut lab.tape);
    conn.send(&mut lab.tape, Side::Server, b"SSH-2.0-OpenSSH_9.6\r\n");
    conn.send(
        &mut lab.tape,
        Side::Client,
        b"SSH-2.0-OpenSSH_for_Windows_9.5\r\n",
    );
    conn.wait(20 * SECOND);
    conn.close(&mut lab.tape, Side::Client);
    Draft::new(
        "baseline.new_internal_pair",
        a.address(),
        "one desk speaks SSH to another for the first time",
    )
    .to(b.ip)
    .note()
    .also(&["port", "lateral"])
    .with(conn.ids)
}

fn agent(lab: &mut Lab, rng: &mut Rng, host: &Host, at: i64) -> Draft {
    let name = beacon::hideout(rng);
    let mut draft = Draft::new(
        "baseline.new_agent",
        host.address(),
        "an agent that nobody had the day before, to a new place",
    )
    .named(&name)
    .note()
    .also(&["ua", "http", "pattern"]);
    let mut when = at;
    for _ in 0..5 {
        let ask = web::request("GET", "/tasks", &name, "sysupdater/0.3", &[]);
        let tell = web::response("200 OK", "application/json", &[], b"{\"tasks\":[]}");
        let done = lab.http(rng, host, when, &name, &[(ask, tell)]);
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
        when += rng.range(60, 1200) * SECOND;
    }
    draft
}

/// Much more than usual goes to a place that is known.
fn volume(lab: &mut Lab, rng: &mut Rng, host: &Host, at: i64) -> Draft {
    let stack = lab.stacks.browser.clone();
    let name = "docs.officesuite.test";
    // Known: there was some of it on the day before.
    let turns = [(600, 900)];
    lab.tls(rng, host, at - DAY, &Tls::to(name, &stack, &turns));
    let mut draft = Draft::new(
        "baseline.volume_spike",
        host.address(),
        "twenty times what it sent the day before",
    )
    .note()
    .also(&["exfil", "pattern"]);
    for n in 0..12 {
        let call = Tls::to(name, &stack, &[]);
        let (done, mut conn) = lab.tls_open(rng, host, at + n * 3 * MINUTE, &call);
        conn.lean = false;
        hello::data(&mut lab.tape, &mut conn, rng, Side::Client, 160_000);
        hello::data(&mut lab.tape, &mut conn, rng, Side::Server, 300);
        conn.close(&mut lab.tape, Side::Client);
        draft.ids.extend(done.ids);
        draft.ids.extend(conn.ids);
    }
    draft
}
