//! The fault twin: the same background with four faults of a network and no plant. Rows 201 to 204.

use super::plants::exchange;
use super::world::{Planted, World};
use crate::golden::body;
use crate::packets::dns;
use crate::packets::frame::{self, Arp, BROADCAST};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::{Fate, Side};
use crate::packets::{MINUTE, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// Writes the four faults.
pub fn write(w: &mut World) {
    loss(w);
    slow(w);
    duplicate(w);
    failing(w);
}

fn page(w: &World, label: &str, size: usize) -> Vec<u8> {
    let mut rng = Rng::new(w.seed, label);
    let html = body::page(&mut rng, "Page", "A page.", size);
    web::response("200 OK", "text/html", &[], &html)
}

/// Loss behind the tap: what the tap saw is sent again, one segment in four.
fn loss(w: &mut World) {
    let node = w.desk(3);
    let mut p = Planted::new(201, "", "loss between the tap and the host", node.key());
    for i in 0..12 {
        let at = w.hour(8.0) + i * 4 * MINUTE;
        let mut conn = w.out(at, &node, Ipv4Addr::new(198, 18, 7, 7), 80);
        conn.open(&mut w.tape);
        conn.send(
            &mut w.tape,
            Side::Client,
            &web::get("/l", "www.library.test"),
        );
        let tell = page(w, "loss", 24_000);
        conn.send_with(&mut w.tape, Side::Server, &tell, |i| {
            if i % 4 == 1 { Fate::Again } else { Fate::Keep }
        });
        conn.close(&mut w.tape, Side::Client);
        p.take(&conn);
    }
    w.plants.push(p);
}

/// A server that acknowledges at once and answers after eight seconds.
fn slow(w: &mut World) {
    let node = w.desk(4);
    let mut p = Planted::new(202, "", "slow server", node.key());
    for i in 0..8 {
        let at = w.hour(12.0) + i * 5 * MINUTE;
        let mut conn = w.out(at, &node, Ipv4Addr::new(198, 18, 7, 8), 80);
        conn.open(&mut w.tape);
        let ask = web::get("/report", "intranet.corp.test");
        conn.send(&mut w.tape, Side::Client, &ask);
        conn.wait(8 * SECOND);
        let tell = page(w, "slow", 3_000);
        conn.send(&mut w.tape, Side::Server, &tell);
        conn.wait(SECOND);
        exchange(w, &mut conn, &ask, &tell);
        conn.close(&mut w.tape, Side::Client);
        p.take(&conn);
    }
    w.plants.push(p);
}

/// Two machines claim one address.
fn duplicate(w: &mut World) {
    let (one, two) = (w.desk(5), w.desk(6));
    let mut p = Planted::new(203, "", "duplicate address", one.key());
    let gateway = w.gateway.clone();
    let at = w.hour(16.0);
    for i in 0..10 {
        let now = at + i * 40 * SECOND;
        let ask = (gateway.mac, gateway.ip4);
        p.ids.push(frame::arp(
            &mut w.tape,
            now,
            Arp::Request,
            ask,
            ([0; 6], one.ip4),
            BROADCAST,
        ));
        for (n, mac) in [one.mac, two.mac].into_iter().enumerate() {
            let later = now + (n as i64 + 1) * 300_000;
            p.ids.push(frame::arp(
                &mut w.tape,
                later,
                Arp::Reply,
                (mac, one.ip4),
                ask,
                gateway.mac,
            ));
        }
    }
    p.fact("second_mac", frame::mac_text(two.mac));
    w.plants.push(p);
}

/// Server failures and questions that nobody answers.
fn failing(w: &mut World) {
    let node = w.desk(7);
    let mut p = Planted::new(204, "", "failing DNS", node.key());
    let at = w.hour(20.0);
    for i in 0..15i64 {
        let looked = w.lookup(
            at + i * 20 * SECOND,
            node.end(0),
            "mail.office.test",
            dns::A,
            (2, &[]),
            true,
        );
        p.look(&looked);
    }
    let port = w.tape.port(IpAddr::V4(node.ip4));
    let (here, there) = (node.end(port), w.resolver.end(53));
    for i in 0..15i64 {
        let query = dns::query(0x4000 + i as u16, "www.bank.test", dns::A);
        p.ids.push(frame::udp(
            &mut w.tape,
            at + 10 * MINUTE + i * 5 * SECOND,
            &here,
            &there,
            &query,
        ));
    }
    p.clauses
        .push(format!("(udp.port=={port} && ip.addr=={})", node.ip4));
    w.plants.push(p);
}
