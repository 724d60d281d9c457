//! Rows 24, 25, 26 and 44: traffic that cannot be read, and a host without any.

use super::{Cast, desk, exchange, program_response};
use crate::golden::key::Expect;
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{HOUR, MINUTE, SECOND, der, tls};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(24) {
        tls_flow(w, cast, true);
        tls_flow(w, cast, false);
    }
    if want(25) {
        cut(w, cast);
    }
    if want(26) {
        joined(w, cast);
    }
    if want(44) {
        silent(w, cast);
    }
}

fn hidden(p: &mut Planted, cast: &Cast, reason: &[&str]) {
    for indicator in [&cast.tool, &cast.miner] {
        let expect = Expect::of(&p.plant.host, indicator).rung("hidden").within();
        p.plant.expects.push(expect.because(reason));
    }
    p.domain("hidden");
    p.plant.reached = true;
}

fn tls_flow(w: &mut World, cast: &Cast, named: bool) {
    let node = w.desk(if named {
        desk::TLS_NAMED
    } else {
        desk::TLS_UNNAMED
    });
    let at = w.hour(if named { 25.0 } else { 26.0 });
    let title = if named {
        "TLS with the domain in SNI"
    } else {
        "TLS without SNI to an address the name had"
    };
    let mut p = Planted::new(24, if named { "a" } else { "b" }, title, node.key());
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 443);
    conn.open(&mut w.tape);
    let mut rng = Rng::new(w.seed, title);
    let session = tls::Session {
        sni: named.then(|| domain.clone()),
        alpn: if named {
            vec!["h2", "http/1.1"]
        } else {
            Vec::new()
        },
        new: !named,
        certificate: der::certificate(&mut rng, "Test Issuer R3", &[&domain]),
        ciphers: tls::SUITES.to_vec(),
    };
    let size = if w.small { 2_400 } else { cast.tool_body.len() };
    tls::run(&mut w.tape, &mut conn, &mut rng, &session, &[(380, size)]);
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    hidden(&mut p, cast, &["tls", "encrypt"]);
    w.plants.push(p);
}

/// Bytes kept of each packet of row 25: headers and no content.
const SNAP: usize = 58;

fn cut(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::CUT);
    let at = w.hour(27.0);
    let mut p = Planted::new(25, "", "the snap length cuts this flow", node.key());
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 80);
    conn.cut = Some(SNAP);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/{}", cast.tool.value), &domain);
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.tool_body));
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    hidden(&mut p, cast, &["snap", "cut"]);
    w.plants.push(p);
}

fn joined(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::JOINED);
    let mut p = Planted::new(
        26,
        "",
        "the capture starts in mid-transfer: no request, no header",
        node.key(),
    );
    // Opened an hour before the capture; the body goes on until three minutes into the window.
    let begin = w.clock.start - HOUR;
    let mut conn = w.out(begin, &node, w.places.bad4, 80);
    conn.mute = true;
    conn.open(&mut w.tape);
    conn.send(
        &mut w.tape,
        Side::Client,
        &web::get(&format!("/{}", cast.miner.value), &w.names.domain),
    );
    let whole = program_response(&[], &cast.miner_body);
    let (early, late) = whole.split_at(8 * conn.mss);
    conn.send(&mut w.tape, Side::Server, early);
    conn.mute = false;
    conn.now = w.clock.start + 5 * SECOND;
    let count = late.len().div_ceil(conn.mss) as i64;
    conn.pace = (w.clock.from + 3 * MINUTE - conn.now) / count.max(1);
    conn.send(&mut w.tape, Side::Server, late);
    conn.close(&mut w.tape, Side::Server);
    p.take(&conn);
    hidden(
        &mut p,
        cast,
        &["mid-stream", "midstream", "joined", "mid-transfer"],
    );
    w.plants.push(p);
}

fn silent(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SILENT);
    let mut host = node.key();
    host.mac = String::new();
    let mut p = Planted::new(44, "", "named in the scope, no packet at all", host);
    for indicator in [&cast.domain, &cast.tool, &cast.miner] {
        let mut expect = Expect::of(&p.plant.host, indicator).any_rung(&["hidden", "none"]);
        expect.answer = Some("cannot_tell".to_owned());
        p.plant
            .expects
            .push(expect.because(&["silent", "no packet"]));
    }
    p.domain = None;
    w.plants.push(p);
}
