//! Data that leave: at once, by FTP, in drops, in echoes; a nightly backup and a call with pictures look alike.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon;
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Host;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::ftp::{Mode, Session};
use crate::packets::hello::{self, Stack};
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MILLI, MINUTE, Nanos, SECOND, frame, icmp};
use std::net::IpAddr;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "exfil",
    what: "upload, FTP, drip and echo tunnel; nightly backup and a video call",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, Some(0), 3 * DAY);
    let quiet = Amount {
        offsite: 1_500_000,
        ..Amount::QUIET
    };
    background::write(&mut lab, quiet);
    let mut rng = lab.rng("exfil");
    let mut desks = lab.desks(&mut rng);
    desks.sort_by_key(|h| !h.always_on);
    let host = |n: usize| desks[n % desks.len()].clone();
    let night = lab.start + 2 * DAY + 2 * HOUR + rng.range(0, 120) * MINUTE;
    let day = lab.start + DAY + 10 * HOUR + rng.range(0, 300) * MINUTE;
    let drafts = [
        upload(&mut lab, &mut rng, &host(0), 4_000_000, night),
        ftp(&mut lab, &mut rng, &host(1), day),
        drip(&mut lab, &mut rng, &host(2)),
        echoes(&mut lab, &mut rng, &host(3), day + HOUR),
        call(&mut lab, &mut rng, &host(6), day + 2 * HOUR),
    ];
    lab.drafts.extend(drafts);
    vec![Take::of(lab)]
}

/// Much, at night, to a place that nobody knows.
pub(crate) fn upload(lab: &mut Lab, rng: &mut Rng, host: &Host, size: usize, at: Nanos) -> Draft {
    let stack = Stack::odd(rng);
    let name = beacon::hideout(rng);
    let call = Tls::to(&name, &stack, &[]);
    let (done, mut conn) = lab.tls_open(rng, host, at, &call);
    conn.lean = false;
    conn.mss = 1440;
    hello::data(&mut lab.tape, &mut conn, rng, Side::Client, size);
    hello::data(&mut lab.tape, &mut conn, rng, Side::Server, 200);
    conn.close(&mut lab.tape, Side::Client);
    Draft::new(
        "exfil.upload",
        host.address(),
        "megabytes at night to a place that was never contacted before",
    )
    .to(done.peer)
    .named(&name)
    .port(443)
    .also(&["tls.rare_client", "pattern", "c2.long_connection"])
    .with(done.ids)
    .with(conn.ids)
}

fn ftp(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let mut control = lab.out(rng, host, ip, 21, at);
    control.lean = false;
    let mut s = Session::login(&mut lab.tape, control, "drop", "d0wn7own");
    s.command(&mut lab.tape, "TYPE I", "200 Type set to I");
    let data = s.arrange(
        &mut lab.tape,
        Mode::Passive,
        50_000 + rng.u16() % 9_000,
        &[],
    );
    s.start(&mut lab.tape, "STOR archive.7z");
    let mut body = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    body.extend(rng.bytes(2_200_000));
    s.carry(&mut lab.tape, data, &body, true);
    s.reply(&mut lab.tape, "226 Transfer complete");
    s.quit(&mut lab.tape);
    let mut draft = Draft::new(
        "exfil.ftp",
        host.address(),
        "an archive stored on an FTP server outside",
    )
    .to(ip)
    .also(&["cred", "file", "port"])
    .with(s.control.ids);
    draft.ids.extend(s.data.iter().flat_map(|c| c.ids.clone()));
    draft
}

/// Twenty kilobytes, again and again, for three days.
fn drip(lab: &mut Lab, rng: &mut Rng, host: &Host) -> Draft {
    let stack = Stack::odd(rng);
    let name = beacon::hideout(rng);
    let mut draft = Draft::new(
        "exfil.drip",
        host.address(),
        "twenty kilobytes to the same rare place every hour, for three days",
    )
    .named(&name)
    .port(443)
    .also(&["c2", "tls.rare_client", "pattern"]);
    let rhythm = Rhythm::new(55 * MINUTE, Jitter::Both(0.3));
    let from = lab.start + rng.range(10, 60) * MINUTE;
    for (at, _) in rhythm.slots(rng, (from, lab.end), &|t| lab.awake(host, t)) {
        let turns = [(rng.size(19_000, 23_000), 60)];
        let done = lab.tls(rng, host, at, &Tls::to(&name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
    }
    draft
}

/// Echoes that carry something else each way.
fn echoes(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let ip = lab.outside(rng);
    let mut draft = Draft::new(
        "icmp.tunnel",
        host.address(),
        "three hundred echoes with noise inside, the replies with other noise",
    )
    .to(ip)
    .also(&["c2", "exfil"]);
    let (mut when, id) = (at, rng.u16());
    for seq in 0..300 {
        let (a, b) = (host.end(0), lab.far(ip, 0));
        let (up, down) = (rng.size(200, 900), rng.size(100, 900));
        let body = rng.bytes(up);
        let ask = icmp::echo(&mut lab.tape, when, (&a, &b), false, (id, seq), &body);
        let then = when + lab.distance(ip);
        let body = rng.bytes(down);
        let tell = icmp::echo(&mut lab.tape, then, (&b, &a), true, (id, seq), &body);
        draft.ids.extend([ask, tell]);
        when += rng.range(200, 3000) * MILLI;
    }
    draft
}

/// A call with pictures: as much up as down.
fn call(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let name = "relay.meetings.test";
    let done = lab.resolve(rng, host, at, name);
    let mine = host.end(lab.tape.port(IpAddr::V4(host.ip)));
    let there = lab.far(done.peer, 3479);
    let mut draft = Draft::benign(
        "benign.call",
        host.address(),
        "a call with pictures of half an hour",
        "as much comes as goes, within office hours",
    )
    .named(name)
    .to(done.peer)
    .port(3479)
    .with(done.ids);
    let mut when = at + SECOND;
    let mut seq = rng.u16();
    let (mine_ssrc, their_ssrc) = (rng.u32(), rng.u32());
    for _ in 0..2400 {
        seq = seq.wrapping_add(1);
        for (up, ssrc) in [(true, mine_ssrc), (false, their_ssrc)] {
            let mut body = vec![0x80, 0x60];
            body.extend(seq.to_be_bytes());
            body.extend((u32::from(seq) * 3000).to_be_bytes());
            body.extend(ssrc.to_be_bytes());
            let size = rng.size(700, 1100);
            body.extend(rng.bytes(size));
            let (from, to) = if up { (&mine, &there) } else { (&there, &mine) };
            draft
                .ids
                .push(frame::udp(&mut lab.tape, when, from, to, &body));
            when += rng.range(100, 900) * MICRO;
        }
        when += rng.range(300, 1100) * MILLI;
    }
    draft
}
