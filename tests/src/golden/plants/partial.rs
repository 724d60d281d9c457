//! Rows 3, 4, 21, 22, 23 and 27: transfers in parts, aborted, lost, contradicted, and across captures.

use super::{Cast, deliver, desk, exchange, program_response};
use crate::golden::body::FileKey;
use crate::golden::key::{Expect, Indicator};
use crate::golden::world::{Node, Planted, World};
use crate::packets::http as web;
use crate::packets::tcp::{Conn, Fate, Side};
use crate::packets::{Nanos, SECOND};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(3) {
        resumed(w, cast);
    }
    if want(4) {
        changed(w, cast);
    }
    if want(21) {
        aborted(w, cast);
    }
    if want(22) {
        lost(w, cast);
    }
    if want(23) {
        contradicted(w, cast);
    }
    if want(27) {
        spanning(w, cast);
    }
}

fn start(w: &mut World, p: &mut Planted, node: &Node, at: Nanos) -> Conn {
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, node, w.places.bad4, 80);
    conn.open(&mut w.tape);
    conn
}

/// The first part of a body, then a reset by the client; and the range from one byte before its end.
fn two_parts(
    w: &mut World,
    p: &mut Planted,
    node: &Node,
    at: Nanos,
    file: (&Indicator, &[u8]),
    tags: [&str; 2],
    second: &[u8],
) -> usize {
    let (name, body) = (file.0.value.as_str(), file.1);
    let domain = w.names.domain.clone();
    let path = format!("/mirror/{name}");
    let cut = body.len() * w.rng.size(35, 65) / 100;
    let mut conn = start(w, p, node, at);
    let tag = format!("ETag: \"{}\"", tags[0]);
    let length = format!("Content-Length: {}", body.len());
    let mut tell = web::head(
        "200 OK",
        &[
            "Content-Type: application/octet-stream",
            &length,
            &tag,
            "Accept-Ranges: bytes",
        ],
    );
    tell.extend(body.iter().take(cut));
    exchange(w, &mut conn, &web::get(&path, &domain), &tell);
    conn.wait(2 * SECOND).reset(&mut w.tape, Side::Client);
    p.take(&conn);
    let mut next = w.out(conn.now + 5 * SECOND, node, w.places.bad4, 80);
    next.open(&mut w.tape);
    let from = cut - 1;
    let range = format!("Range: bytes={from}-");
    let content = format!(
        "Content-Range: bytes {from}-{}/{}",
        second.len() - 1,
        second.len()
    );
    let tag = format!("ETag: \"{}\"", tags[1]);
    let rest: Vec<u8> = second.iter().skip(from).copied().collect();
    let tell = web::response(
        "206 Partial Content",
        "application/octet-stream",
        &[&content, &tag],
        &rest,
    );
    exchange(
        w,
        &mut next,
        &web::request("GET", &path, &domain, web::BROWSER, &[&range]),
        &tell,
    );
    next.close(&mut w.tape, Side::Client);
    p.take(&next);
    p.plant
        .files
        .push(FileKey::part(name, body.get(..cut).unwrap_or_default()));
    p.plant.files.push(FileKey::part(name, &rest));
    p.came(name, "");
    p.fact("first_part_bytes", cut);
    p.fact("second_part_from", from);
    cut
}

fn resumed(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::RESUMED);
    let at = w.hour(4.0);
    let mut p = Planted::new(
        3,
        "",
        "range resume on a second connection, one byte of overlap, same ETag",
        node.key(),
    );
    let tag = w.rng.hex(12);
    two_parts(
        w,
        &mut p,
        &node,
        at,
        (&cast.tool, &cast.tool_body),
        [&tag, &tag],
        &cast.tool_body,
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), false);
    w.plants.push(p);
}

fn changed(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::RESUMED);
    let at = w.hour(5.0);
    let mut p = Planted::new(
        4,
        "",
        "resume where the ETag changed between the parts",
        node.key(),
    );
    let (one, two) = (w.rng.hex(12), w.rng.hex(12));
    let mut other = cast.miner_body.clone();
    for b in other.iter_mut().skip(700) {
        *b = b.wrapping_add(1);
    }
    two_parts(
        w,
        &mut p,
        &node,
        at,
        (&cast.miner, &cast.miner_body),
        [&one, &two],
        &other,
    );
    let mut expect = Expect::of(&p.plant.host, &cast.miner)
        .rung("partial")
        .within()
        .window(true);
    expect.no_whole_file = true;
    p.plant.expects.push(expect);
    p.domain("partial");
    w.plants.push(p);
}

fn aborted(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::HAS_IT);
    let at = w.hour(20.5);
    let mut p = Planted::new(
        21,
        "",
        "reset by the server at 40 % of the body",
        node.key(),
    );
    let mut conn = start(w, &mut p, &node, at);
    let domain = w.names.domain.clone();
    let whole = program_response(&[], &cast.miner_body);
    let head = whole.len() - cast.miner_body.len();
    let kept = cast.miner_body.len() * 2 / 5;
    let tell: Vec<u8> = whole.iter().take(head + kept).copied().collect();
    exchange(
        w,
        &mut conn,
        &web::get(&format!("/{}", cast.miner.value), &domain),
        &tell,
    );
    conn.reset(&mut w.tape, Side::Server);
    p.take(&conn);
    p.plant.files.push(FileKey::part(
        &cast.miner.value,
        cast.miner_body.get(..kept).unwrap_or_default(),
    ));
    p.came(&cast.miner.value, "");
    let mut expect = Expect::of(&p.plant.host, &cast.miner)
        .rung("partial")
        .within()
        .window(true);
    expect = expect.because(&["abort", "reset", "rst"]);
    expect.no_whole_file = true;
    p.plant.expects.push(expect);
    p.domain("partial");
    w.plants.push(p);
}

fn lost(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::LOSSY);
    let at = w.hour(21.0);
    let mut p = Planted::new(
        22,
        "",
        "acknowledged bytes that the capture never saw",
        node.key(),
    );
    let mut conn = start(w, &mut p, &node, at);
    let domain = w.names.domain.clone();
    conn.send(
        &mut w.tape,
        Side::Client,
        &web::get(&format!("/{}", cast.tool.value), &domain),
    );
    let gap = [w.rng.size(3, 6), w.rng.size(7, 9)];
    let fate = |i: usize| {
        if gap.contains(&i) {
            Fate::Unrecorded
        } else {
            Fate::Keep
        }
    };
    conn.send_with(
        &mut w.tape,
        Side::Server,
        &program_response(&[], &cast.tool_body),
        fate,
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    let mut file = FileKey::part(&cast.tool.value, &cast.tool_body);
    (file.sha256, file.sha1, file.md5) = (String::new(), String::new(), String::new());
    p.plant.files.push(file);
    p.came(&cast.tool.value, "");
    p.fact("unrecorded_segments", format!("{gap:?}"));
    let mut expect = Expect::of(&p.plant.host, &cast.tool)
        .rung("partial")
        .within()
        .window(true);
    expect = expect.because(&["capture", "never seen", "not captured"]);
    expect.no_whole_file = true;
    expect.not_files.push(cast.tool_key().sha256);
    p.plant.expects.push(expect);
    p.domain = None;
    w.plants.push(p);
}

fn contradicted(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::LOSSY);
    let at = w.hour(21.7);
    let mut p = Planted::new(
        23,
        "",
        "overlapping retransmission with other bytes",
        node.key(),
    );
    let mut conn = start(w, &mut p, &node, at);
    let domain = w.names.domain.clone();
    conn.send(
        &mut w.tape,
        Side::Client,
        &web::get(&format!("/{}", cast.miner.value), &domain),
    );
    let whole = program_response(&[], &cast.miner_body);
    let head = whole.len() - cast.miner_body.len();
    let which = w.rng.size(4, 8);
    let span = which * conn.mss..(which + 1) * conn.mss;
    let lie: Vec<u8> = whole
        .get(span.clone())
        .unwrap_or_default()
        .iter()
        .map(|b| b ^ 0x55)
        .collect();
    let mut second = whole.clone();
    second.splice(span, lie.iter().copied());
    let fate = |i: usize| {
        if i == which {
            Fate::Other(lie.clone())
        } else {
            Fate::Keep
        }
    };
    let sent = conn.send_with(&mut w.tape, Side::Server, &whole, fate);
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    let file = cast.miner_key();
    let other = FileKey::whole(&cast.miner.value, second.get(head..).unwrap_or_default());
    p.fact("second_version_sha256", &other.sha256);
    p.fact("recorded_segments", sent.len());
    let expect = Expect::of(&p.plant.host, &cast.miner)
        .rung("delivered")
        .file(&file)
        .within()
        .window(true);
    p.plant
        .expects
        .push(expect.because(&["overlap", "differ", "two versions", "both versions"]));
    p.came(&file.name, &file.sha256);
    p.plant.files.push(file);
    p.plant.files.push(other);
    p.domain("delivered");
    w.plants.push(p);
}

fn spanning(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SPANNING);
    let at = w.clock.now - 30 * SECOND;
    let mut p = Planted::new(
        27,
        "",
        "capture A ends in mid-transfer, B goes on",
        node.key(),
    );
    let mut conn = start(w, &mut p, &node, at);
    let domain = w.names.domain.clone();
    let segments = cast.tool_body.len().div_ceil(1460) as i64;
    conn.pace = 60 * SECOND / segments.max(1);
    exchange(
        w,
        &mut conn,
        &web::get(&format!("/files/{}", cast.tool.value), &domain),
        &program_response(&[], &cast.tool_body),
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), false);
    let mut alone = Expect::of(&p.plant.host, &cast.tool)
        .rung("partial")
        .only(&["a", "ring"])
        .within();
    alone.no_whole_file = true;
    p.plant.expects.push(alone);
    w.plants.push(p);
}
