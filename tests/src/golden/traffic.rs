//! Single errands of a day at work: pages, updates, shares, the proxy.

use super::body;
use super::world::{Node, World};
use crate::packets::dns::{self, Data, Record};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::services;
use crate::packets::tcp::{Fate, Side};
use crate::packets::{MILLI, Nanos, SECOND, der, tls};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

struct Site {
    name: &'static str,
    tls: bool,
}

const SITES: [Site; 22] = [
    Site {
        name: "www.news.test",
        tls: true,
    },
    Site {
        name: "static.news.test",
        tls: true,
    },
    Site {
        name: "www.search.test",
        tls: true,
    },
    Site {
        name: "mail.office.test",
        tls: true,
    },
    Site {
        name: "cdn.office.test",
        tls: true,
    },
    Site {
        name: "www.bank.test",
        tls: true,
    },
    Site {
        name: "maps.travel.test",
        tls: true,
    },
    Site {
        name: "video.stream.test",
        tls: true,
    },
    Site {
        name: "www.vendor.test",
        tls: true,
    },
    Site {
        name: "login.office.test",
        tls: true,
    },
    Site {
        name: "www.townhall.test",
        tls: false,
    },
    Site {
        name: "www.museum.test",
        tls: false,
    },
    Site {
        name: "recipes.kitchen.test",
        tls: false,
    },
    Site {
        name: "forum.bikes.test",
        tls: false,
    },
    Site {
        name: "www.library.test",
        tls: false,
    },
    Site {
        name: "timetable.trains.test",
        tls: false,
    },
    Site {
        name: "weather.tiles.test",
        tls: false,
    },
    Site {
        name: "intranet.corp.test",
        tls: false,
    },
    Site {
        name: "ocsp.issuer.test",
        tls: false,
    },
    Site {
        name: "blog.garden.test",
        tls: false,
    },
    Site {
        name: "wiki.docs.test",
        tls: true,
    },
    Site {
        name: "git.docs.test",
        tls: true,
    },
];

const UPDATES: [(&str, &str); 5] = [
    ("download.vendor.test", "/products/office-update-16.0.exe"),
    ("dl.browser.test", "/stable/browser_installer.exe"),
    ("au.windows-mirror.test", "/c/msdownload/kb5034441-x64.exe"),
    ("download.printer.test", "/drivers/printer-setup.exe"),
    ("files.archiver.test", "/a/7zip-2408-x64.exe"),
];

/// Where a harmless site is; never one of the plants' networks.
pub(super) fn address(w: &World, name: &str) -> Ipv4Addr {
    let mut rng = Rng::new(w.seed, name);
    Ipv4Addr::new(198, 18 + rng.u8() % 2, rng.u8(), rng.u8().clamp(2, 250))
}

pub(super) fn site(w: &World, rng: &mut Rng, tls: bool) -> (&'static str, Ipv4Addr) {
    let list: Vec<&Site> = SITES.iter().filter(|s| s.tls == tls).collect();
    let name = rng.pick(&list).map_or("www.news.test", |s| s.name);
    (name, address(w, name))
}

pub(super) fn look(
    w: &mut World,
    rng: &mut Rng,
    at: Nanos,
    node: &Node,
    name: &str,
    ip: IpAddr,
) -> Nanos {
    let fresh = rng.chance(40);
    let kind = if ip.is_ipv6() { dns::AAAA } else { dns::A };
    let ttl = [60, 300, 1_800].get(rng.size(0, 3)).copied().unwrap_or(300);
    let answer = [Record {
        name: name.to_owned(),
        ttl,
        data: Data::Address(ip),
    }];
    w.lookup(at, node.end(0), name, kind, (0, &answer), fresh)
        .done
}

pub(super) fn session(rng: &mut Rng, name: &str) -> tls::Session {
    tls::Session {
        sni: Some(name.to_owned()),
        alpn: vec!["h2", "http/1.1"],
        new: rng.chance(75),
        certificate: der::certificate(&mut Rng::new(7, name), "Test Issuer R3", &[name]),
        ciphers: tls::SUITES.to_vec(),
    }
}

pub(super) fn browse(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let (name, ip) = site(w, rng, true);
    let ready = look(w, rng, at, node, name, IpAddr::V4(ip));
    let mut conn = w.out(ready, node, ip, 443);
    conn.open(&mut w.tape);
    let session = session(rng, name);
    let count = if w.small { 1 } else { rng.size(2, 5) };
    let top = if w.small { 300 } else { 11_000 };
    let sizes: Vec<(usize, usize)> = (0..count)
        .map(|_| (rng.size(120, 700), rng.size(200, top)))
        .collect();
    tls::run(&mut w.tape, &mut conn, rng, &session, &sizes);
    conn.close(&mut w.tape, Side::Client);
}

pub(super) fn page(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let (name, ip) = site(w, rng, false);
    let ready = look(w, rng, at, node, name, IpAddr::V4(ip));
    let mut conn = w.out(ready, node, ip, 80);
    conn.open(&mut w.tape);
    let tag = rng.hex(6);
    let size = if w.small {
        500
    } else {
        rng.size(2_000, 12_000)
    };
    let html = body::page(rng, name, "Welcome.", size);
    let agent = if node.ttl == 64 {
        web::FIREFOX
    } else {
        web::BROWSER
    };
    conn.send(
        &mut w.tape,
        Side::Client,
        &web::request(
            "GET",
            &format!("/p/{tag}.html"),
            name,
            agent,
            &["Accept-Encoding: gzip"],
        ),
    );
    let tell = if rng.chance(50) {
        web::response(
            "200 OK",
            "text/html",
            &["Content-Encoding: gzip"],
            &web::gzip(&html),
        )
    } else {
        web::response("200 OK", "text/html; charset=utf-8", &[], &html)
    };
    let (odd, which) = (rng.range(0, 100), rng.size(1, 3));
    conn.send_with(&mut w.tape, Side::Server, &tell, |i| match odd {
        0..=5 if i == which => Fate::Again,
        6..=11 if i == which => Fate::Late,
        _ => Fate::Keep,
    });
    if !w.small {
        for _ in 0..rng.size(0, 3) {
            conn.wait(60 * MILLI);
            let size = rng.size(800, 6_000);
            let picture = body::picture(rng, size);
            let ask = web::request("GET", &format!("/i/{}.gif", rng.hex(5)), name, agent, &[]);
            conn.send(&mut w.tape, Side::Client, &ask);
            let tell = if rng.chance(8) {
                web::response("404 Not Found", "text/html", &[], b"<html>not here</html>")
            } else {
                web::response("200 OK", "image/gif", &[], &picture)
            };
            conn.send(&mut w.tape, Side::Server, &tell);
        }
    }
    conn.wait(2 * SECOND).close(&mut w.tape, Side::Client);
}

pub(super) fn share(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let server = w.files.clone();
    let ready = look(w, rng, at, node, "files.corp.test", IpAddr::V4(server.ip4));
    let mut conn = w.near(ready, node, &server, 445);
    conn.open(&mut w.tape);
    services::smb_open(&mut w.tape, &mut conn, rng, "\\\\files.corp.test\\public");
    conn.wait(3 * SECOND).close(&mut w.tape, Side::Client);
}

pub(super) fn proxied(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let (name, ip) = site(w, rng, false);
    let proxy = w.proxy.clone();
    let mut near = w.near(at, node, &proxy, super::plants::proxy::PORT);
    near.open(&mut w.tape);
    let path = format!("/q/{}.html", rng.hex(6));
    let ask = web::request(
        "GET",
        &format!("http://{name}{path}"),
        name,
        web::BROWSER,
        &[],
    );
    near.send(&mut w.tape, Side::Client, &ask);
    let ready = look(w, rng, near.now + MILLI, &proxy, name, IpAddr::V4(ip));
    let mut far = w.out(ready, &proxy, ip, 80);
    far.open(&mut w.tape);
    let size = rng.size(1_000, 5_000);
    let html = body::page(rng, name, "Through the proxy.", size);
    let tell = web::response("200 OK", "text/html", &["Via: 1.1 proxy (squid)"], &html);
    far.send(
        &mut w.tape,
        Side::Client,
        &web::request(
            "GET",
            &path,
            name,
            web::BROWSER,
            &["Via: 1.1 proxy (squid)"],
        ),
    );
    far.send(&mut w.tape, Side::Server, &tell);
    near.now = far.now + MILLI;
    near.send(&mut w.tape, Side::Server, &tell);
    far.close(&mut w.tape, Side::Client);
    near.wait(SECOND).close(&mut w.tape, Side::Client);
}

/// A vendor's installer or update: a benign program over plain HTTP.
pub(super) fn update(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let (name, path) = rng.pick(&UPDATES).copied().unwrap_or(UPDATES[0]);
    let ip = address(w, name);
    let ready = look(w, rng, at, node, name, IpAddr::V4(ip));
    let mut conn = w.out(ready, node, ip, 80);
    conn.open(&mut w.tape);
    let mut fixed = Rng::new(w.seed, path);
    let size = fixed.size(14_000, 60_000);
    let program = body::program(&mut fixed, size);
    conn.send(
        &mut w.tape,
        Side::Client,
        &web::request(
            "GET",
            path,
            name,
            "Microsoft-Delivery-Optimization/10.0",
            &[],
        ),
    );
    let tell = web::response(
        "200 OK",
        "application/octet-stream",
        &["ETag: \"66b2a1\""],
        &program,
    );
    conn.send(&mut w.tape, Side::Server, &tell);
    conn.close(&mut w.tape, Side::Server);
}

pub(super) fn six(w: &mut World, rng: &mut Rng, node: &Node, at: Nanos) {
    let name = "six.news.test";
    let ip = Ipv6Addr::new(0x2001, 0xdb8, 0x2000, 0, 0, 0, 0, 0x20);
    let ready = look(w, rng, at, node, name, IpAddr::V6(ip));
    let server = w.far(IpAddr::V6(ip), 443);
    let mut conn = w.conn(ready, node.end6(0), server);
    conn.open(&mut w.tape);
    let session = session(rng, name);
    let sizes = [(400, rng.size(800, 7_000))];
    tls::run(&mut w.tape, &mut conn, rng, &session, &sizes);
    conn.close(&mut w.tape, Side::Client);
}
