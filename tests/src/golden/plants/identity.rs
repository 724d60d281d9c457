//! Rows 9, 41, 42, 43 and 45: who a host is.

use super::{Cast, Write, deliver, desk, exchange, program_response, visit};
use crate::golden::key::{Expect, HostKey};
use crate::golden::world::{Planted, World};
use crate::packets::dns::{self, Data, Record};
use crate::packets::frame::End;
use crate::packets::http as web;
use crate::packets::tcp::{Mirror, Side};
use crate::packets::{MICRO, MINUTE, SECOND};
use std::net::{IpAddr, Ipv4Addr};

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    let groups: [(u16, Write); 5] = [
        (9, six),
        (41, two_owners),
        (42, behind_nat),
        (43, mirrored),
        (45, elsewhere),
    ];
    for (row, write) in groups {
        if want(row) {
            write(w, cast);
        }
    }
}

fn six(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SIX);
    let at = w.hour(10.5);
    let mut p = Planted::new(9, "", "by the host's IPv6 address", node.key());
    let domain = w.names.domain.clone();
    let bad6 = IpAddr::V6(w.places.bad6);
    let looked = w.resolve(at, &node, &domain, bad6);
    let ready = p.look(&looked);
    let server = w.far(bad6, 80);
    let mut conn = w.conn(ready, node.end6(0), server);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/six/{}", cast.tool.value), &domain);
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.tool_body));
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    p.fact("address6", node.ip6);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    w.plants.push(p);
}

fn two_owners(w: &mut World, cast: &Cast) {
    let (first, second) = (w.desk(desk::FIRST_OWNER), w.desk(desk::SECOND_OWNER));
    let at = w.hour(5.5);
    let mut p = Planted::new(
        41,
        "",
        "one address, two machines one after the other; the first fetched",
        first.key(),
    );
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let ask = web::get(&format!("/{}", cast.tool.value), &domain);
    visit(
        w,
        &mut p,
        at,
        &first,
        (&domain, bad4),
        &ask,
        &program_response(&[], &cast.tool_body),
    );
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    for indicator in [&cast.domain, &cast.tool, &cast.miner] {
        p.plant
            .expects
            .push(Expect::of(&second.key(), indicator).rung("none"));
    }
    p.fact("later_owner", &second.name);
    p.plant.why_not = "the later machine has the address but did not fetch".to_owned();
    w.plants.push(p);
}

fn behind_nat(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::NAT);
    let at = w.hour(11.5);
    let mut p = Planted::new(42, "", "two hosts behind the NAT box", node.key());
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let fetches = [
        (at, 127, web::BROWSER, &cast.tool.value, &cast.tool_body),
        (
            at + 3 * MINUTE,
            63,
            web::FIREFOX,
            &cast.miner.value,
            &cast.miner_body,
        ),
    ];
    for (at, ttl, agent, name, body) in fetches {
        let who = End { ttl, ..node.end(0) };
        let record = [Record {
            name: domain.clone(),
            ttl: 300,
            data: Data::Address(IpAddr::V4(bad4)),
        }];
        let looked = w.lookup(at, who, &domain, dns::A, (0, &record), true);
        let ready = p.look(&looked);
        let server = w.far(IpAddr::V4(bad4), 80);
        let mut conn = w.conn(ready, who, server);
        conn.open(&mut w.tape);
        let ask = web::request("GET", &format!("/{name}"), &domain, agent, &[]);
        exchange(w, &mut conn, &ask, &program_response(&[], body));
        conn.close(&mut w.tape, Side::Client);
        p.take(&conn);
    }
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    for expect in &mut p.plant.expects {
        *expect = expect.clone().because(&["several hosts"]);
    }
    w.plants.push(p);
}

fn mirrored(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::MIRRORED);
    let at = w.hour(12.5);
    let mut p = Planted::new(
        43,
        "",
        "every packet twice, one copy with a VLAN tag",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, &node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    let mut conn = w.out(ready, &node, w.places.bad4, 80);
    conn.mirror = Some(Mirror {
        after: 12 * MICRO,
        tagged: Some((5, 100)),
    });
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/{}", cast.tool.value), &domain);
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.tool_body));
    conn.wait(SECOND).close(&mut w.tape, Side::Client);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.one_transfer = true;
        expect.not_copies = true;
    }
    w.plants.push(p);
}

fn elsewhere(w: &mut World, cast: &Cast) {
    let ip = Ipv4Addr::new(10, 0, 5, 9);
    let at = w.hour(13.2);
    let host = HostKey {
        name: String::new(),
        address: ip.to_string(),
        mac: String::new(),
    };
    let mut p = Planted::new(45, "", "a host of another network fetched it", host);
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let who = End {
        mac: w.inner.mac,
        ip: IpAddr::V4(ip),
        port: 0,
        ttl: 126,
    };
    let record = [Record {
        name: domain.clone(),
        ttl: 300,
        data: Data::Address(IpAddr::V4(bad4)),
    }];
    let looked = w.lookup(at, who, &domain, dns::A, (0, &record), true);
    let ready = p.look(&looked);
    let server = w.far(IpAddr::V4(bad4), 80);
    let mut conn = w.conn(ready, who, server);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/{}", cast.tool.value), &domain);
    exchange(w, &mut conn, &ask, &program_response(&[], &cast.tool_body));
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    deliver(&mut p, &cast.tool, &cast.tool_key(), true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.in_scope = Some(false);
        expect.answer = None;
    }
    p.domain = None;
    w.plants.push(p);
}
