//! A person's computer: pages in bursts within office hours, mail, chat, updates, and what runs unasked.

use super::{Amount, twin};
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::rhythm::{Jitter, Rhythm, normal};
use crate::packets::der;
use crate::packets::dns::{self, Data, Record};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::services;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos, SECOND, hello};
use std::net::{IpAddr, Ipv4Addr};

/// Sites that many people visit, the first ones most.
const POPULAR: [&str; 28] = [
    "www.searchhub.test",
    "www.dailynews.test",
    "portal.officesuite.test",
    "www.videohub.test",
    "www.weatherchart.test",
    "docs.officesuite.test",
    "social.circles.test",
    "www.shopmarket.test",
    "maps.searchhub.test",
    "www.encyclo.test",
    "www.sportsdesk.test",
    "img.cdnworks.test",
    "api.officesuite.test",
    "www.trainlines.test",
    "www.bankonline.test",
    "forum.devtalk.test",
    "code.repohost.test",
    "www.travelplan.test",
    "www.recipes.test",
    "fonts.cdnworks.test",
    "www.jobsboard.test",
    "www.citynews.test",
    "music.audiostream.test",
    "www.gardenclub.test",
    "www.cinema.test",
    "www.healthinfo.test",
    "www.carmarket.test",
    "stats.adcount.test",
];

const FIRST: [&str; 16] = [
    "river", "harbor", "summit", "maple", "cedar", "amber", "silver", "north", "market", "garden",
    "stone", "bridge", "studio", "village", "orchard", "meadow",
];
const SECOND_WORD: [&str; 16] = [
    "works", "house", "press", "club", "design", "photo", "travel", "books", "music", "labs",
    "school", "review", "supply", "kitchen", "theatre", "notes",
];

/// A site that only some few people know.
fn own(rng: &mut Rng) -> String {
    format!("www.{}{}.test", rng.word(&FIRST), rng.word(&SECOND_WORD))
}

fn spans(lab: &Lab, host: &Host) -> Vec<(Nanos, Nanos)> {
    let days = (lab.end - lab.start) / DAY + 1;
    (0..days)
        .filter_map(|day| lab.calendar.hours(lab.seed, host.index, day))
        .filter(|(come, _)| *come < lab.end)
        .collect()
}

pub(super) fn write(lab: &mut Lab, host: &Host, amount: Amount) {
    let mut rng = lab.rng(&format!("desk {}", host.index));
    let mine: Vec<String> = (0..9).map(|_| own(&mut rng)).collect();
    for (come, go) in spans(lab, host) {
        browse(lab, &mut rng, host, (come, go), &mine, amount);
        mail(lab, &mut rng, host, (come, go), amount);
        chat(lab, &mut rng, host, (come, go));
        files(lab, &mut rng, host, (come, go));
    }
    unasked(lab, &mut rng, host);
}

/// One page: a few sites within seconds.
fn page(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos, mine: &[String]) {
    let stack = lab.stacks.browser.clone();
    let parts = rng.size(1, 4);
    let mut when = at;
    for part in 0..parts {
        let name = if part == 0 && rng.chance(35) {
            rng.pick(mine).cloned().unwrap_or_default()
        } else {
            let rank = (normal(rng).abs() * 9.0) as usize;
            POPULAR[rank.min(POPULAR.len() - 1)].to_owned()
        };
        if rng.chance(9) {
            let body = format!("<html><body>{}</body></html>", rng.hex(600));
            let path = format!("/{}.html", rng.hex(6));
            let what = (name.as_str(), path.as_str(), host.agent);
            lab.get(rng, host, when, what, ("text/html", body.as_bytes()));
        } else {
            let turns = [(rng.size(150, 600), rng.size(300, 2400))];
            lab.tls(rng, host, when, &Tls::to(&name, &stack, &turns));
        }
        when += rng.range(20, 900) * MILLI;
    }
    if rng.chance(14) {
        reputation(lab, rng, host, when);
    }
}

/// The antivirus asks for the standing of a file by a name made of its digest; the answer is a loopback address.
fn reputation(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Vec<PacketId> {
    let name = format!("{}.rep.avcloud.test", rng.hex(32));
    let answer = Record {
        name: name.clone(),
        ttl: 300,
        data: Data::Address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1 + rng.u8() % 8))),
    };
    lab.ask(rng, host, at, &name, dns::A, (0, &[answer])).ids
}

fn browse(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    (come, go): (Nanos, Nanos),
    mine: &[String],
    amount: Amount,
) {
    // Is there a way out? Each system asks when it wakes.
    let what = ("www.connectcheck.test", "/connecttest.txt", "NCSI/1.0");
    lab.get(rng, host, come + 3 * SECOND, what, ("text/plain", b"ok"));
    let mut at = come + rng.range(60, 400) * SECOND;
    while at < go {
        // A sitting: some pages, then something else.
        let pages = rng.range(1, amount.visits / 3 + 3);
        for _ in 0..pages {
            if at < go {
                page(lab, rng, host, at, mine);
            }
            at += rng.range(8, 110) * SECOND + rng.range(0, 1000) * MILLI;
        }
        at += rng.span(4 * MINUTE, 30 * MINUTE);
        let noon = (at - lab.calendar.midnight).rem_euclid(DAY);
        if (12 * HOUR..12 * HOUR + 30 * MINUTE).contains(&noon) {
            at += rng.span(20 * MINUTE, 50 * MINUTE);
        }
    }
}

fn mail(lab: &mut Lab, rng: &mut Rng, host: &Host, (come, go): (Nanos, Nanos), amount: Amount) {
    let stack = lab.stacks.system.clone();
    let mut at = come + rng.range(20, 200) * SECOND;
    while at < go {
        let turns = [(60, 120), (rng.size(60, 160), rng.size(80, 700))];
        let call = Tls {
            port: 993,
            ..Tls::to("imap.mailhost.test", &stack, &turns)
        };
        lab.tls(rng, host, at, &call);
        at += amount.mail + rng.range(-4000, 4000) * MILLI;
    }
}

/// One connection all day, with a sign of life now and then.
fn chat(lab: &mut Lab, rng: &mut Rng, host: &Host, (come, go): (Nanos, Nanos)) {
    let stack = lab.stacks.browser.clone();
    let call = Tls::to("rt.chatrooms.test", &stack, &[]);
    let at = come + rng.range(30, 240) * SECOND;
    let (_, mut conn) = lab.tls_open(rng, host, at, &call);
    while conn.now < go {
        conn.wait(rng.range(200, 280) * SECOND);
        let size = if rng.chance(30) { rng.size(80, 900) } else { 6 };
        let side = if rng.chance(50) {
            Side::Client
        } else {
            Side::Server
        };
        hello::data(&mut lab.tape, &mut conn, rng, side, size);
        conn.ack(&mut lab.tape, side.other());
    }
    conn.close(&mut lab.tape, Side::Client);
}

/// The file server in the morning and now and then, and a print or two.
fn files(lab: &mut Lab, rng: &mut Rng, host: &Host, (come, go): (Nanos, Nanos)) {
    let server = lab.nth(Role::Files, 0);
    let mut at = come + rng.range(20, 90) * SECOND;
    while at < go {
        super::wire::learn(lab, host, &server, at - 2 * MILLI);
        let mut conn = lab.near(rng, host, &server, 445, at);
        conn.open(&mut lab.tape);
        let share = format!("\\\\{}\\projects", server.name);
        services::smb_open(&mut lab.tape, &mut conn, rng, &share);
        conn.wait(rng.range(1, 30) * SECOND);
        conn.close(&mut lab.tape, Side::Client);
        at += rng.span(60 * MINUTE, 200 * MINUTE);
    }
    let printers = lab.of(Role::Printer);
    if let (Some(printer), true) = (printers.first().cloned(), rng.chance(60)) {
        let at = come + rng.span(30 * MINUTE, 300 * MINUTE);
        if at < go {
            let mut conn = lab.near(rng, host, &printer, 9100, at);
            conn.open(&mut lab.tape);
            let mut job =
                b"\x1b%-12345X@PJL JOB NAME=\"document\"\r\n@PJL ENTER LANGUAGE=PCLXL\r\n".to_vec();
            job.extend(rng.bytes(2500));
            conn.send(&mut lab.tape, Side::Client, &job);
            conn.close(&mut lab.tape, Side::Client);
        }
    }
}

/// What the system does by itself while it runs: updates, the antivirus, telemetry, revocation lists.
fn unasked(lab: &mut Lab, rng: &mut Rng, host: &Host) {
    let stack = lab.stacks.system.clone();
    let mut at = lab.start + rng.range(0, HOUR / SECOND) * SECOND;
    while let Some(now) = lab.awake(host, at) {
        if now >= lab.end {
            break;
        }
        let turns = [(rng.size(200, 260), rng.size(300, 420))];
        let call = Tls::to("defs.avcloud.test", &stack, &turns);
        lab.tls(rng, host, now, &call);
        at = now + HOUR + rng.range(-120, 120) * SECOND;
    }
    let mut at = lab.start + rng.range(0, 9 * HOUR / SECOND) * SECOND;
    while let Some(now) = lab.awake(host, at) {
        if now >= lab.end {
            break;
        }
        let turns = [(rng.size(500, 900), rng.size(900, 2400))];
        lab.tls(
            rng,
            host,
            now,
            &Tls::to("update.osvendor.test", &stack, &turns),
        );
        if rng.chance(35) {
            let mut cab = b"MSCF\0\0\0\0".to_vec();
            cab.extend(rng.bytes(3000));
            let path = format!("/c/msdownload/{}.cab", rng.hex(12));
            let what = (
                "dl.osvendor.test",
                path.as_str(),
                "Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.50",
            );
            let kind = "application/vnd.ms-cab-compressed";
            lab.get(rng, host, now + 2 * SECOND, what, (kind, &cab));
        }
        if rng.chance(50) {
            let (ask, answer) = der::ocsp(rng);
            let what = web::post(
                "/",
                "ocsp.publictrust.test",
                "Microsoft-CryptoAPI/10.0",
                "application/ocsp-request",
                &ask,
            );
            let tell = web::response("200 OK", "application/ocsp-response", &[], &answer);
            let at = now + 5 * SECOND;
            lab.http(rng, host, at, "ocsp.publictrust.test", &[(what, tell)]);
        }
        at = now + rng.span(7 * HOUR, 12 * HOUR);
    }
}

/// What looks like an attack on single computers: an odd little program, films, a page that loads itself again.
pub(super) fn twins(lab: &mut Lab, amount: Amount) -> Vec<Draft> {
    let desks = lab.of(Role::Desk);
    let mut out = Vec::new();
    let Some(host) = desks.first().cloned() else {
        return out;
    };
    out.push(widget(lab, &host));
    if let Some(host) = desks.get(1).cloned() {
        out.push(refresh(lab, &host));
    }
    if let (Some(host), true) = (desks.get(2).cloned(), amount.streaming) {
        out.push(film(lab, &host));
    }
    out
}

/// A weather tile that one person has.
fn widget(lab: &mut Lab, host: &Host) -> Draft {
    let mut rng = lab.rng("widget");
    let stack = lab.stacks.system.clone();
    let name = "tile-service.weather-live.test";
    let rhythm = Rhythm::new(30 * MINUTE, Jitter::Normal(0.01));
    let from = lab.start + rng.range(0, 1800) * SECOND;
    let slots = rhythm.slots(&mut rng, (from, lab.end), &|t| lab.awake(host, t));
    let mut draft = twin(
        "benign.rare_agent",
        &host.address(),
        "a weather tile on one computer fetches the weather every half hour",
        "a widget of the desktop: its name says so, nothing else does",
    )
    .named(name)
    .port(443);
    for (at, _) in slots {
        let turns = [(rng.size(310, 330), rng.size(900, 1400))];
        let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
    }
    draft
}

/// A dashboard that stays open in a tab.
fn refresh(lab: &mut Lab, host: &Host) -> Draft {
    let mut rng = lab.rng("refresh");
    let stack = lab.stacks.browser.clone();
    let name = "www.sportsdesk.test";
    let mut draft = twin(
        "benign.refresh",
        &host.address(),
        "a page that loads itself again while it is open",
        "a site many use, with the browser, only while its person is there",
    )
    .named(name)
    .port(443);
    for (come, go) in spans(lab, host).into_iter().take(3) {
        let (from, until) = (come + HOUR, (come + 4 * HOUR).min(go));
        let rhythm = Rhythm::new(2 * MINUTE, Jitter::Normal(0.01));
        for (at, _) in rhythm.slots(&mut rng, (from, until), &|t| Some(t)) {
            let turns = [(rng.size(400, 430), rng.size(700, 1600))];
            let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
            draft.dst = vec![done.peer.to_string()];
            draft.ids.extend(done.ids);
        }
    }
    draft
}

/// Films in segments of a few seconds.
fn film(lab: &mut Lab, host: &Host) -> Draft {
    let mut rng = lab.rng("film");
    let stack = lab.stacks.browser.clone();
    let name = "seg.videohub-edge.test";
    let mut draft = twin(
        "benign.streaming",
        &host.address(),
        "a film in segments of six seconds for a quarter of an hour",
        "much comes down and little goes up, for one sitting",
    )
    .named(name)
    .port(443);
    for (come, _) in spans(lab, host).into_iter().take(2) {
        let from = come + 3 * HOUR + rng.range(0, 3600) * SECOND;
        let rhythm = Rhythm::new(6 * SECOND, Jitter::Normal(0.08));
        let until = from + rng.span(10 * MINUTE, 18 * MINUTE);
        for (at, _) in rhythm.slots(&mut rng, (from, until), &|t| Some(t)) {
            let turns = [(rng.size(300, 340), rng.size(9_000, 16_000))];
            let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
            draft.dst = vec![done.peer.to_string()];
            draft.ids.extend(done.ids);
        }
    }
    draft
}
