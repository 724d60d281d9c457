//! Rows 7 and 8: through the web proxy, in the clear and as a tunnel. The proxy relays; it does not receive.

use super::{Cast, deliver, desk, program_response};
use crate::golden::key::Expect;
use crate::golden::world::{Node, Planted, World};
use crate::packets::der;
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::{Conn, Side};
use crate::packets::tls;
use crate::packets::{MILLI, Nanos, SECOND};
use std::net::IpAddr;

/// Port of the proxy.
pub const PORT: u16 = 3128;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(7) {
        relayed(w, cast);
    }
    if want(8) {
        tunnelled(w, cast);
    }
}

/// The client's connection to the proxy and, after `ask`, the proxy's own connection to the domain.
fn legs(
    w: &mut World,
    p: &mut Planted,
    at: Nanos,
    node: &Node,
    ask: &[u8],
    port: u16,
) -> (Conn, Conn) {
    let proxy = w.proxy.clone();
    let mut near = w.near(at, node, &proxy, PORT);
    near.open(&mut w.tape);
    near.send(&mut w.tape, Side::Client, ask);
    let domain = w.names.domain.clone();
    let looked = w.resolve(near.now + MILLI, &proxy, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut far = w.out(ready, &proxy, w.places.bad4, port);
    far.open(&mut w.tape);
    (near, far)
}

fn relays(w: &World, cast: &Cast) -> Expect {
    let mut expect =
        Expect::of(&w.proxy.key(), &cast.miner).any_rung(&["none", "looked_up", "contacted"]);
    expect.absent_ok = true;
    expect
}

fn relayed(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::PROXIED);
    let at = w.hour(11.0);
    let mut p = Planted::new(
        7,
        "",
        "by proxy with an absolute URI; both legs are in the capture",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let target = format!("/files/{}", cast.miner.value);
    let absolute = format!("http://{domain}{target}");
    let ask = web::request(
        "GET",
        &absolute,
        &domain,
        web::BROWSER,
        &["Proxy-Connection: keep-alive"],
    );
    let (mut near, mut far) = legs(w, &mut p, at, &node, &ask, 80);
    let client = format!("X-Forwarded-For: {}", node.ip4);
    let ask = web::request(
        "GET",
        &target,
        &domain,
        web::BROWSER,
        &["Via: 1.1 proxy (squid)", &client],
    );
    far.send(&mut w.tape, Side::Client, &ask);
    far.send(
        &mut w.tape,
        Side::Server,
        &program_response(&[], &cast.miner_body),
    );
    near.now = far.now + MILLI;
    let tell = program_response(&["Via: 1.1 proxy (squid)"], &cast.miner_body);
    near.send(&mut w.tape, Side::Server, &tell);
    far.wait(5 * SECOND).close(&mut w.tape, Side::Client);
    near.wait(2 * SECOND).close(&mut w.tape, Side::Client);
    p.take(&near);
    p.take(&far);
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.one_transfer = true;
    }
    p.plant.expects.push(relays(w, cast));
    w.plants.push(p);
}

fn tunnelled(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::TUNNELLED);
    let at = w.hour(12.0);
    let mut p = Planted::new(8, "", "CONNECT by the proxy to the domain", node.key());
    let domain = w.names.domain.clone();
    let authority = format!("{domain}:443");
    let ask = web::request("CONNECT", &authority, &authority, web::BROWSER, &[]);
    let (mut near, mut far) = legs(w, &mut p, at, &node, &ask, 443);
    near.now = far.now + MILLI;
    near.send(
        &mut w.tape,
        Side::Server,
        b"HTTP/1.1 200 Connection established\r\n\r\n",
    );
    let session = |rng: &mut Rng| tls::Session {
        sni: Some(domain.clone()),
        alpn: vec!["http/1.1"],
        new: true,
        certificate: der::certificate(rng, "Test Issuer R3", &[&domain]),
        ciphers: tls::SUITES.to_vec(),
    };
    // Both legs carry the same records: the same draws twice.
    let start = near.now;
    for (conn, late) in [(&mut near, 0), (&mut far, MILLI)] {
        let mut rng = Rng::new(w.seed, "tunnel");
        let session = session(&mut rng);
        conn.now = start + late;
        tls::run(&mut w.tape, conn, &mut rng, &session, &[(420, 21_000)]);
        conn.close(&mut w.tape, Side::Client);
    }
    p.take(&near);
    p.take(&far);
    for indicator in [&cast.tool, &cast.miner] {
        let expect = Expect::of(&p.plant.host, indicator).rung("hidden").within();
        p.plant.expects.push(expect.because(&["connect", "tunnel"]));
    }
    p.plant.expects.push(relays(w, cast));
    p.domain("hidden");
    p.plant.reached = true;
    w.plants.push(p);
}
