//! Rows 35, 37 and 38: names that resemble, and names only mentioned.

use super::{Cast, desk, visit};
use crate::golden::body;
use crate::golden::key::Expect;
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::{MILLI, SECOND, services};

fn nothing(p: &mut Planted, cast: &Cast, why: &str) {
    for indicator in [&cast.domain, &cast.tool, &cast.miner] {
        p.plant
            .expects
            .push(Expect::of(&p.plant.host, indicator).rung("none"));
    }
    p.plant.why_not = why.to_owned();
    p.domain("none");
}

pub(super) fn lookalikes(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::LOOKALIKES);
    let mut p = Planted::new(35, "", "names that resemble the domain", node.key());
    let (label, rest) = w.names.split();
    let names = [
        w.names.homograph(),
        format!("not{label}.{rest}"),
        format!("{}.cdn.test", w.names.domain),
        format!("{label}-{rest}"),
    ];
    let other4 = w.places.second4.octets();
    let mut rng = Rng::new(w.seed, "lookalikes");
    for (i, name) in names.iter().enumerate() {
        let ip = std::net::Ipv4Addr::new(other4[0], other4[1], other4[2], 2 + i as u8);
        let page = body::page(&mut rng, "Home", "Nothing to see.", 1_100);
        let tell = web::response("200 OK", "text/html", &[], &page);
        let at = w.hour(34.0 + i as f64 * 0.4);
        visit(
            w,
            &mut p,
            at,
            &node,
            (name, ip),
            &web::get("/index.html", name),
            &tell,
        );
        p.fact(&format!("name_{i}"), name);
    }
    nothing(
        &mut p,
        cast,
        "other names: a homograph, a longer label, the domain as a prefix, a hyphen for the dot",
    );
    if let Some(first) = p.plant.expects.first_mut() {
        *first = first.clone().because(&["look-alike", "lookalike"]);
    }
    w.plants.push(p);
}

pub(super) fn near_names(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::NEAR_NAMES);
    let mut p = Planted::new(37, "", "file names that contain the name", node.key());
    let site = format!("static.{}", w.names.heir);
    let other4 = w.places.second4.octets();
    let ip = std::net::Ipv4Addr::new(other4[0], other4[1], other4[2], 7);
    let mut rng = Rng::new(w.seed, "near names");
    let name = &cast.tool.value;
    let program = body::program(&mut rng, if w.small { 1_500 } else { 5_000 });
    let page = body::page(&mut rng, "Read me", "About the product.", 900);
    let tries: [(String, &str, &[u8]); 3] = [
        (
            format!("/{name}.txt"),
            "text/plain",
            b"checksums will follow\n",
        ),
        (format!("/not{name}"), "application/octet-stream", &program),
        (format!("/{name}/readme.html"), "text/html", &page),
    ];
    for (i, (path, kind, body)) in tries.iter().enumerate() {
        let at = w.hour(36.0 + i as f64 * 0.3);
        let tell = web::response("200 OK", kind, &[], body);
        visit(
            w,
            &mut p,
            at,
            &node,
            (&site, ip),
            &web::get(path, &site),
            &tell,
        );
    }
    nothing(&mut p, cast, "the last segment of the path is another name");
    w.plants.push(p);
}

pub(super) fn mentions(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::MENTIONS);
    let mut p = Planted::new(
        38,
        "",
        "the names only mentioned: Referer, search, mail, page",
        node.key(),
    );
    let mut rng = Rng::new(w.seed, "mentions");
    let site = format!("www.{}", w.names.heir);
    let other4 = w.places.second4.octets();
    let ip = std::net::Ipv4Addr::new(other4[0], other4[1], other4[2], 8);
    let (domain, name) = (w.names.domain.clone(), cast.tool.value.clone());
    let referer = format!("Referer: http://{domain}/list.html");
    let page = body::page(&mut rng, "Shop", "A page.", 900);
    let tell = web::response("200 OK", "text/html", &[], &page);
    let at = w.hour(37.0);
    let ask = web::request("GET", "/welcome", &site, web::BROWSER, &[&referer]);
    let now = visit(w, &mut p, at, &node, (&site, ip), &ask, &tell);
    let ask = web::get(&format!("/search?q={name}"), &site);
    let text = format!("Is {name} from {domain} harmful? Two results.");
    let page = body::page(&mut rng, "Search", &text, 1_300);
    let tell = web::response("200 OK", "text/html", &[], &page);
    let now = visit(
        w,
        &mut p,
        now + 20 * SECOND,
        &node,
        (&site, ip),
        &ask,
        &tell,
    );
    let mail = w.mail.clone();
    let mut conn = w.near(now + 40 * SECOND + MILLI, &node, &mail, 25);
    let text = format!("Please look at http://{domain}/{name} before you open it.");
    services::mail(
        &mut w.tape,
        &mut conn,
        "desk@corp.test",
        "help@corp.test",
        "A question",
        &text,
    );
    p.take(&conn);
    for indicator in [&cast.domain, &cast.tool] {
        let mut expect = Expect::of(&p.plant.host, indicator)
            .rung("none")
            .matched(&["mention"]);
        expect.within = true;
        p.plant.expects.push(expect);
    }
    p.plant.why_not = "a mention is never an answer".to_owned();
    p.domain("none");
    w.plants.push(p);
}
