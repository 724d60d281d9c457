//! Rows 19 and 20: asked for by name and not given, or said to be there already.

use super::{Cast, desk, visit};
use crate::golden::body;
use crate::golden::key::{Expect, Indicator};
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::rng::Rng;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(19) {
        refused(w, cast);
    }
    if want(20) {
        not_modified(w, cast);
    }
}

fn one(
    w: &mut World,
    part: (&str, &str),
    desk: usize,
    hour: f64,
    file: &Indicator,
    ask: &[u8],
    tell: &[u8],
) {
    let node = w.desk(desk);
    let at = w.hour(hour);
    let mut p = Planted::new(19, part.0, part.1, node.key());
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    visit(w, &mut p, at, &node, (&domain, bad4), ask, tell);
    let mut expect = Expect::of(&p.plant.host, file)
        .rung("refused")
        .within()
        .window(true);
    expect.no_whole_file = true;
    p.plant.expects.push(expect);
    p.domain = None;
    p.plant.reached = true;
    w.plants.push(p);
}

fn refused(w: &mut World, cast: &Cast) {
    let domain = w.names.domain.clone();
    let mut rng = Rng::new(w.seed, "refused");
    let (tool, miner) = (
        format!("/{}", cast.tool.value),
        format!("/{}", cast.miner.value),
    );
    let missing = body::page(&mut rng, "404 Not Found", "The page does not exist.", 700);
    let tell = web::response("404 Not Found", "text/html", &[], &missing);
    one(
        w,
        ("a", "404"),
        desk::REFUSED,
        22.0,
        &cast.tool,
        &web::get(&tool, &domain),
        &tell,
    );

    let block = body::page(
        &mut rng,
        "Blocked",
        "This download was blocked by the policy of your network.",
        1_800,
    );
    let tell = web::response("200 OK", "text/html; charset=utf-8", &[], &block);
    one(
        w,
        ("b", "200 with a block page"),
        desk::REFUSED,
        22.5,
        &cast.miner,
        &web::get(&miner, &domain),
        &tell,
    );

    if let Some(p) = w.plants.last_mut() {
        p.came(&cast.miner.value, &body::sha256(&block));
    }

    let total = cast.tool_body.len();
    let range = format!("Range: bytes={total}-");
    let content = format!("Content-Range: bytes */{total}");
    let ask = web::request("GET", &tool, &domain, web::BROWSER, &[&range]);
    let tell = web::head(
        "416 Range Not Satisfiable",
        &[&content, "Content-Length: 0"],
    );
    one(
        w,
        ("c", "416"),
        desk::REFUSED_TOO,
        23.0,
        &cast.tool,
        &ask,
        &tell,
    );

    let length = format!("Content-Length: {}", cast.miner_body.len());
    let ask = web::request("HEAD", &miner, &domain, web::BROWSER, &[]);
    let tell = web::head(
        "200 OK",
        &["Content-Type: application/octet-stream", &length],
    );
    one(
        w,
        ("d", "HEAD only"),
        desk::REFUSED_TOO,
        23.5,
        &cast.miner,
        &ask,
        &tell,
    );
}

fn not_modified(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::HAS_IT);
    let at = w.hour(24.0);
    let mut p = Planted::new(20, "", "304 to If-None-Match", node.key());
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let tag = w.rng.hex(12);
    let (given, same) = (
        format!("If-None-Match: \"{tag}\""),
        format!("ETag: \"{tag}\""),
    );
    let ask = web::request(
        "GET",
        &format!("/files/{}", cast.tool.value),
        &domain,
        web::BROWSER,
        &[&given],
    );
    visit(
        w,
        &mut p,
        at,
        &node,
        (&domain, bad4),
        &ask,
        &web::head("304 Not Modified", &[&same]),
    );
    let mut expect = Expect::of(&p.plant.host, &cast.tool)
        .rung("hidden")
        .within()
        .window(true);
    expect = expect.because(&["304", "already has"]);
    expect.no_whole_file = true;
    p.plant.expects.push(expect);
    w.plants.push(p);
}
