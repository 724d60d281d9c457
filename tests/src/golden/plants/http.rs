//! Rows 1, 5, 6 and 36: HTTP downloads in unusual forms.

use super::{Cast, deliver, desk, exchange, program_response, visit};
use crate::golden::names::alternating;
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::tcp::Side;
use crate::packets::{MILLI, SECOND};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(1) {
        chunked_after_head(w, cast);
    }
    if want(5) {
        redirect(w, cast);
    }
    if want(6) {
        post(w, cast);
    }
    if want(36) {
        spelled(w, cast);
    }
}

fn chunked_after_head(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::CHUNKED);
    let at = w.hour(2.0);
    let mut p = Planted::new(
        1,
        "",
        "chunked and gzip, pipelined after a HEAD for the same file",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 80);
    conn.open(&mut w.tape);
    let path = format!("/files/{}", cast.tool.value);
    let mut ask = web::request("HEAD", &path, &domain, web::BROWSER, &[]);
    ask.extend(web::request(
        "GET",
        &path,
        &domain,
        web::BROWSER,
        &["Accept-Encoding: gzip"],
    ));
    conn.send(&mut w.tape, Side::Client, &ask);
    let length = format!("Content-Length: {}", cast.tool_body.len());
    let mut tell = web::head(
        "200 OK",
        &["Content-Type: application/octet-stream", &length],
    );
    let kind = [
        "Content-Type: application/octet-stream",
        "Content-Encoding: gzip",
        "Transfer-Encoding: chunked",
    ];
    tell.extend(web::head("200 OK", &kind));
    tell.extend(web::chunked(&web::gzip(&cast.tool_body), 3_000));
    conn.send(&mut w.tape, Side::Server, &tell);
    conn.wait(SECOND).close(&mut w.tape, Side::Client);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.one_transfer = true;
    }
    w.plants.push(p);
}

fn redirect(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::REDIRECTED);
    let at = w.hour(6.0);
    let mut p = Planted::new(
        5,
        "",
        "302 to another host and path, the name only in Content-Disposition",
        node.key(),
    );
    let (domain, mirror) = (w.names.domain.clone(), w.names.mirror.clone());
    let bad4 = w.places.bad4;
    let ticket = w.rng.hex(16);
    let location = format!("Location: http://{mirror}/d/{ticket}");
    let found = web::head("302 Found", &[&location, "Content-Length: 0"]);
    let now = visit(
        w,
        &mut p,
        at,
        &node,
        (&domain, bad4),
        &web::get("/get?id=7", &domain),
        &found,
    );
    let named = format!(
        "Content-Disposition: attachment; filename=\"{}\"",
        cast.tool.value
    );
    let target = format!("/d/{ticket}");
    let referer = format!("Referer: http://{domain}/get?id=7");
    let ask = web::request("GET", &target, &mirror, web::BROWSER, &[&referer]);
    let mirror4 = w.places.mirror4;
    visit(
        w,
        &mut p,
        now + 30 * MILLI,
        &node,
        (&mirror, mirror4),
        &ask,
        &program_response(&[&named], &cast.tool_body),
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    p.elsewhere();
    p.domain = None;
    if let Some(expect) = p.plant.expects.pop() {
        p.plant
            .expects
            .push(expect.because(&["redirect", "302", &mirror]));
    }
    w.plants.push(p);
}

/// What row 6 sends.
const FORM: &[u8] = b"item=7&accept=yes";

fn post(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::POSTED);
    let at = w.hour(7.0);
    let mut p = Planted::new(
        6,
        "",
        "POST to port 8081, the name in filename*",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 8081);
    conn.open(&mut w.tape);
    let host = format!("{domain}:8081");
    let ask = web::post(
        "/get",
        &host,
        web::BROWSER,
        "application/x-www-form-urlencoded",
        FORM,
    );
    let named = format!(
        "Content-Disposition: attachment; filename*=UTF-8''{}",
        cast.tool.value
    );
    exchange(
        w,
        &mut conn,
        &ask,
        &program_response(&[&named], &cast.tool_body),
    );
    conn.close(&mut w.tape, Side::Server);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    p.went("get", &crate::golden::body::sha256(FORM));
    w.plants.push(p);
}

fn spelled(w: &mut World, cast: &Cast) {
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let odd = format!("{}.", alternating(&domain));
    let at = w.hour(9.0);
    let node = w.desk(desk::CHUNKED);
    let mut p = Planted::new(
        36,
        "a",
        "the domain in mixed case with a final dot",
        node.key(),
    );
    let ask = web::get(&format!("/{}", cast.miner.value), &odd);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&odd, bad4),
        &ask,
        &program_response(&[], &cast.miner_body),
    );
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    w.plants.push(p);

    let at = w.hour(9.5);
    let node = w.desk(desk::PROXIED);
    let mut p = Planted::new(
        36,
        "b",
        "the file name percent-encoded and in mixed case",
        node.key(),
    );
    let name = cast.tool.value.as_str();
    let (first, rest) = name.split_at(1);
    let code = first.bytes().next().unwrap_or(b's');
    let rest: String = rest
        .replace(".exe", ".EXE")
        .char_indices()
        .map(|(i, c)| if i == 4 { c.to_ascii_uppercase() } else { c })
        .collect();
    let ask = web::get(&format!("/%{code:02x}{rest}"), &domain);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&domain, bad4),
        &ask,
        &program_response(&[], &cast.tool_body),
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    w.plants.push(p);

    let at = w.hour(10.0);
    let node = w.desk(desk::QUERIED);
    let mut p = Planted::new(36, "c", "the file name as a query value", node.key());
    let ask = web::get(&format!("/dl.php?file={name}"), &domain);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&domain, bad4),
        &ask,
        &program_response(&[], &cast.tool_body),
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    // It is called by the path it came from.
    for m in &mut p.plant.moved {
        m.name = "dl.php".to_owned();
    }
    w.plants.push(p);
}
