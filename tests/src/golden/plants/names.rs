//! Rows 28 to 34: how a name and an address may and may not count. Rows 35, 37 and 38 are called from here.

use super::lookalikes::{lookalikes, mentions, near_names};
use super::{Cast, Write, deliver, desk, exchange, program_response, visit};
use crate::golden::body;
use crate::golden::key::Expect;
use crate::golden::world::{Planted, World};
use crate::packets::dns::{self, Data, Record};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{MINUTE, SECOND, der, tls};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    let groups: [(u16, Write); 9] = [
        (28, cached),
        (29, bare_address),
        (30, looked_up),
        (31, suffix),
        (32, shared_address),
        (33, heir),
        (34, sub_domain),
        (35, lookalikes),
        (37, near_names),
    ];
    for (row, write) in groups {
        if want(row) {
            write(w, cast);
        }
    }
    if want(38) {
        mentions(w, cast);
    }
}

fn cached(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::CACHED);
    let at = w.hour(28.0);
    let mut p = Planted::new(
        28,
        "",
        "Host without any query: the name was cached before the capture",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let mut conn = w.out(at, &node, bad4, 80);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/{}", cast.tool.value), &domain);
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.tool_body));
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.pop() {
        p.plant
            .expects
            .push(expect.because(&["no look-up", "no lookup"]));
    }
    w.plants.push(p);
}

fn bare_address(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SPANNING);
    let at = w.hour(29.0);
    let mut p = Planted::new(
        29,
        "",
        "request to the bare address, in its validity",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    // Somebody else asks for the name a minute before: the address is the name's for five minutes.
    let other = w.desk(desk::QUERIED);
    let looked = w.resolve(at - MINUTE, &other, &domain, IpAddr::V4(bad4));
    let mut conn = w.out(at, &node, bad4, 80);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/{}", cast.miner.value), &bad4.to_string());
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.miner_body));
    conn.close(&mut w.tape, Side::Client);
    p.look(&looked);
    p.take(&conn);
    p.fact("name_asked_by", other.ip4);
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    let mut by_address = Expect::of(&p.plant.host, &cast.domain).any_rung(&["delivered"]);
    by_address.answer = Some("seen".to_owned());
    p.plant
        .expects
        .push(by_address.matched(&["address"]).only(&["a", "ring"]));
    w.plants.push(p);
}

fn looked_up(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::CURIOUS);
    let at = w.hour(30.0);
    let mut p = Planted::new(
        30,
        "",
        "look-up only; the resolver asks upstream for the client",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    p.look(&looked);
    let mut expect = Expect::of(&p.plant.host, &cast.domain)
        .rung("looked_up")
        .within()
        .window(true);
    expect.in_scope = Some(true);
    p.plant.expects.push(expect);
    for indicator in [&cast.domain, &cast.tool, &cast.miner] {
        let mut resolver = Expect::of(&w.resolver.key(), indicator).rung("none");
        resolver.absent_ok = true;
        p.plant.expects.push(resolver);
    }
    p.plant.why_not = "the resolver asked for its client and is no suspect".to_owned();
    p.domain("looked_up");
    w.plants.push(p);
}

fn suffix(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SUFFIXED);
    let at = w.hour(31.0);
    let mut p = Planted::new(
        31,
        "",
        "the domain with the search suffix, NXDOMAIN",
        node.key(),
    );
    let asked = format!("{}.{}", w.names.domain, w.names.suffix);
    let looked = w.lookup(at, node.end(0), &asked, dns::A, (3, &[]), false);
    p.look(&looked);
    let expect = Expect::of(&p.plant.host, &cast.domain)
        .rung("looked_up")
        .within()
        .window(true);
    p.plant.expects.push(expect.matched(&["suffix"]));
    p.domain("looked_up");
    w.plants.push(p);
}

fn shared_address(w: &mut World, cast: &Cast) {
    let (domain, edge, benign) = (
        w.names.domain.clone(),
        w.names.edge.clone(),
        w.names.benign.clone(),
    );
    let edge4 = w.places.edge4;
    let mut rng = Rng::new(w.seed, "shared");
    let at = w.hour(32.0);

    let node = w.desk(desk::SUBDOMAIN);
    let mut p = Planted::new(
        32,
        "a",
        "the name is an alias at a shared content network",
        node.key(),
    );
    let records = [
        Record {
            name: domain.clone(),
            ttl: 300,
            data: Data::Alias(edge.clone()),
        },
        Record {
            name: edge,
            ttl: 300,
            data: Data::Address(IpAddr::V4(edge4)),
        },
    ];
    let looked = w.lookup(at, node.end(0), &domain, dns::A, (0, &records), true);
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, edge4, 80);
    conn.open(&mut w.tape);
    let page = body::page(&mut rng, "Welcome", "A page of the domain.", 1_400);
    exchange(
        w,
        &mut conn,
        &web::get("/", &domain),
        &web::response("200 OK", "text/html", &[], &page),
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    let expect = Expect::of(&p.plant.host, &cast.domain).any_rung(&["delivered"]);
    p.plant.expects.push(expect);
    p.came("", &body::sha256(&page));
    p.domain("delivered");
    w.plants.push(p);

    let node = w.desk(desk::TRAINEE);
    let mut p = Planted::new(
        32,
        "b",
        "another host reads a harmless site at the shared address",
        node.key(),
    );
    let page = body::page(&mut rng, "Roses", "How to cut roses.", 2_600);
    let tell = web::response("200 OK", "text/html", &[], &page);
    visit(
        w,
        &mut p,
        at + 90 * SECOND,
        &node,
        (&benign, edge4),
        &web::get("/roses", &benign),
        &tell,
    );
    p.plant
        .expects
        .push(Expect::of(&p.plant.host, &cast.domain).rung("none"));
    p.plant.why_not =
        "a shared address counts only where no readable Host names another site".to_owned();
    p.domain("none");
    w.plants.push(p);
}

fn heir(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::OTHER_SOURCE);
    let mut p = Planted::new(
        33,
        "",
        "the domain's old address, another name's since hour 20",
        node.key(),
    );
    let (heir, old4) = (w.names.heir.clone(), w.places.old4);
    let mut rng = Rng::new(w.seed, "heir");
    let at = w.hour(20.0);
    let first = w.resolve(at, &node, &heir, IpAddr::V4(old4));
    p.look(&first);
    let page = body::page(&mut rng, "Shop", "Lamps and shades.", 3_000);
    let tell = web::response("200 OK", "text/html", &[], &page);
    let at = w.hour(22.0);
    let now = visit(
        w,
        &mut p,
        at,
        &node,
        (&heir, old4),
        &web::get("/lamps", &heir),
        &tell,
    );
    // And once unreadable, without a server name: the address alone decides.
    let mut conn = w.out(now + 20 * SECOND, &node, old4, 443);
    conn.open(&mut w.tape);
    let session = tls::Session {
        sni: None,
        alpn: vec!["http/1.1"],
        new: true,
        certificate: der::certificate(&mut rng, "Test Issuer R3", &[&heir]),
        ciphers: tls::SUITES.to_vec(),
    };
    tls::run(&mut w.tape, &mut conn, &mut rng, &session, &[(300, 2_000)]);
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    p.plant
        .expects
        .push(Expect::of(&p.plant.host, &cast.domain).rung("none"));
    p.plant.why_not = "an answer gave the address to another name before it was used".to_owned();
    p.domain("none");
    w.plants.push(p);
}

fn sub_domain(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SUBDOMAIN);
    let at = w.hour(33.0);
    let mut p = Planted::new(34, "", "a sub-domain", node.key());
    let name = format!("cdn.{}", w.names.domain);
    let sub4 = w.places.sub4;
    let ask = web::get(&format!("/{}", cast.tool.value), &name);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&name, sub4),
        &ask,
        &program_response(&[], &cast.tool_body),
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    let expect = Expect::of(&p.plant.host, &cast.domain).any_rung(&["delivered"]);
    p.plant
        .expects
        .push(expect.matched(&["subdomain", "sub-domain", "sub_domain"]));
    w.plants.push(p);
}
