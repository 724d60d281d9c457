//! Rows 39 and 40: transfers at the edges of the window, and windows typed in local time.

use super::{Cast, deliver, desk, exchange, program_response};
use crate::golden::key::Expect;
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::tcp::Side;
use crate::packets::{HOUR, MILLI, MINUTE, Nanos, SECOND};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(39) {
        edges(w, cast);
    }
    if want(40) {
        local(w, cast);
    }
}

/// The two instants of row 40: one transfer each.
#[must_use]
pub fn instants(w: &World) -> (Nanos, Nanos) {
    (w.clock.from + 10 * HOUR, w.clock.from + 38 * HOUR)
}

/// A download of `file` by `desk` whose transfer lasts from `at` to `until`.
fn slow(w: &mut World, p: &mut Planted, desk: usize, span: (Nanos, Nanos), file: (&str, &[u8])) {
    let node = w.desk(desk);
    let (at, until) = span;
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 80);
    conn.open(&mut w.tape);
    let tell = program_response(&[], file.1);
    let segments = tell.len().div_ceil(conn.mss) as i64;
    conn.pace = (until - conn.now - 400 * MILLI).max(MILLI) / segments.max(1);
    exchange(
        w,
        &mut conn,
        &web::get(&format!("/{}", file.0), &domain),
        &tell,
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
}

fn edges(w: &mut World, cast: &Cast) {
    let clock = w.clock;
    let (tool, miner) = (cast.tool.value.clone(), cast.miner.value.clone());

    let mut p = Planted::new(
        39,
        "a",
        "ends two minutes before the window",
        w.desk(desk::TOO_EARLY).key(),
    );
    let span = (clock.from - 4 * MINUTE, clock.from - 2 * MINUTE);
    slow(w, &mut p, desk::TOO_EARLY, span, (&tool, &cast.tool_body));
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.in_window = Some(false);
        expect.answer = None;
    }
    p.domain = None;
    w.plants.push(p);

    let mut p = Planted::new(
        39,
        "b",
        "begins three minutes before the window",
        w.desk(desk::EDGES).key(),
    );
    let span = (clock.from - 3 * MINUTE, clock.from + 2 * MINUTE);
    slow(w, &mut p, desk::EDGES, span, (&tool, &cast.tool_body));
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.pop() {
        p.plant.expects.push(expect.because(&["before"]));
    }
    w.plants.push(p);

    let mut p = Planted::new(39, "c", "ends after the window", w.desk(desk::EDGES).key());
    let span = (clock.to - 90 * SECOND, clock.to + 2 * MINUTE);
    slow(w, &mut p, desk::EDGES, span, (&miner, &cast.miner_body));
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    if let Some(expect) = p.plant.expects.pop() {
        p.plant.expects.push(expect.because(&["after"]));
    }
    w.plants.push(p);
}

/// Row 40: with the window typed in a local time, each transfer is on one side of it, and on the other if the typed
/// time were read with the wrong offset.
fn local(w: &mut World, cast: &Cast) {
    let (early, late) = instants(w);
    let file = (cast.miner.value.clone(), cast.miner_body.clone());
    let spring = w.zone.after > w.zone.before;
    let sides = [
        ("a", desk::MIRRORED, early, true),
        ("b", desk::SUBDOMAIN, late, false),
    ];
    for (part, desk, at, in_kolkata) in sides {
        let mut p = Planted::new(40, part, "a window typed in local time", w.desk(desk).key());
        slow(w, &mut p, desk, (at, at + 20 * SECOND), (&file.0, &file.1));
        deliver(&mut p, &cast.miner, &cast.miner_key(), true);
        for (run, inside) in [("kolkata", in_kolkata), ("dst", !spring)] {
            let expect = Expect::of(&p.plant.host, &cast.miner)
                .any_rung(&["delivered"])
                .window(inside);
            p.plant.expects.push(expect.only(&[run]));
        }
        p.fact("in_window_kolkata", in_kolkata);
        p.fact("in_window_dst", !spring);
        w.plants.push(p);
    }
}
