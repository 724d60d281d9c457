//! Rows 2, 16, 17 and 18: the same content under other names, other content under the same name.

use super::{Cast, deliver, desk, exchange, program_response, visit};
use crate::golden::body::FileKey;
use crate::golden::key::{Expect, Indicator};
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::tcp::Side;
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(2) {
        disguised(w, cast);
    }
    if want(16) {
        changed(w, cast);
    }
    if want(17) {
        other_server(w, cast);
    }
    if want(18) {
        training(w, cast);
    }
}

fn by_hash(p: &Planted, file: &FileKey) -> Expect {
    let hash = Indicator::new("sha256", &file.sha256);
    Expect::of(&p.plant.host, &hash)
        .rung("delivered")
        .file(file)
        .only(&["pass2"])
}

fn disguised(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::DISGUISED);
    let at = w.hour(3.0);
    let mut p = Planted::new(
        2,
        "",
        "logo.gif, declared image/gif, is the first file",
        node.key(),
    );
    let domain = w.names.domain.clone();
    // The older address: row 33 gives it to another name at hour 20.
    let old4 = w.places.old4;
    let answer = web::response("200 OK", "image/gif", &[], &cast.tool_body);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&domain, old4),
        &web::get("/img/logo.gif", &domain),
        &answer,
    );
    let file = FileKey::whole("logo.gif", &cast.tool_body);
    let domain_wide = Expect::of(&p.plant.host, &cast.domain)
        .rung("delivered")
        .file(&file)
        .within()
        .window(true);
    p.plant.expects.push(domain_wide);
    p.plant
        .expects
        .push(Expect::of(&p.plant.host, &cast.tool).rung("contacted"));
    p.plant.expects.push(by_hash(&p, &file));
    p.plant.exported.push(file.sha256.clone());
    p.plant.derives.push(Indicator::new("sha256", &file.sha256));
    p.came(&file.name, &file.sha256);
    p.plant.files.push(file);
    p.domain("delivered");
    w.plants.push(p);
}

fn changed(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::TWICE);
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let first = w.hour(8.0);
    let second = first + w.hour(20.0) - w.clock.from;
    let mut p = Planted::new(16, "", "one URL, other content 20 hours later", node.key());
    let ask = web::get(&format!("/dl/{}", cast.tool.value), &domain);
    for (at, body) in [(first, &cast.tool_body), (second, &cast.tool_next)] {
        visit(
            w,
            &mut p,
            at,
            &node,
            (&domain, bad4),
            &ask,
            &program_response(&[], body),
        );
    }
    let old = cast.tool_key();
    let new = FileKey::whole(&cast.tool.value, &cast.tool_next);
    deliver(&mut p, &cast.tool, &old, true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.files.push(new.clone());
    }
    for file in [&old, &new] {
        p.plant.derives.push(Indicator::new("sha256", &file.sha256));
    }
    p.plant.exported.push(new.sha256.clone());
    p.came(&new.name, &new.sha256);
    p.plant.files.push(new);
    w.plants.push(p);
}

fn other_server(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::OTHER_SOURCE);
    let at = w.hour(14.0);
    let mut p = Planted::new(
        17,
        "",
        "the first file's content as svchost_update.exe from another server",
        node.key(),
    );
    p.plant.pass = 2;
    let other = w.names.other.clone();
    let other4 = w.places.other4;
    let ask = web::get("/pub/svchost_update.exe", &other);
    visit(
        w,
        &mut p,
        at,
        &node,
        (&other, other4),
        &ask,
        &program_response(&[], &cast.tool_body),
    );
    let file = FileKey::whole("svchost_update.exe", &cast.tool_body);
    p.plant
        .expects
        .push(Expect::of(&p.plant.host, &cast.tool).rung("none"));
    p.plant.expects.push(by_hash(&p, &file));
    p.plant.exported.push(file.sha256.clone());
    p.plant.files.push(file);
    p.domain("none");
    w.plants.push(p);
}

fn training(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::TRAINEE);
    let at = w.hour(15.0);
    let mut p = Planted::new(
        18,
        "",
        "the right name, other content, from the internal training server",
        node.key(),
    );
    let name = format!("training.{}", w.names.suffix);
    let server = w.training.clone();
    let looked = w.resolve(at, &node, &name, IpAddr::V4(server.ip4));
    let ready = p.look(&looked);
    let mut conn = w.near(ready, &node, &server, 80);
    conn.open(&mut w.tape);
    let ask = web::get(&format!("/course/{}", cast.tool.value), &name);
    exchange(
        w,
        &mut conn,
        &ask,
        &program_response(&[], &cast.training_body),
    );
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    let file = FileKey::whole(&cast.tool.value, &cast.training_body);
    deliver(&mut p, &cast.tool, &file, true);
    if let Some(expect) = p.plant.expects.last_mut() {
        expect.not_files.push(cast.tool_key().sha256);
        expect.one_transfer = true;
    }
    p.elsewhere();
    p.domain("none");
    p.plant.why_not =
        "same name, other content, other source: not the file of the domain".to_owned();
    w.plants.push(p);
}
