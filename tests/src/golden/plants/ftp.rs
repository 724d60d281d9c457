//! Rows 10 to 15: FTP in its modes, ASCII, resumed, sent, refused, and behind TLS.

use super::{Cast, deliver, desk, exchange};
use crate::golden::body::{self, FileKey};
use crate::golden::key::Expect;
use crate::golden::world::{Node, Planted, World};
use crate::packets::ftp::{Mode, Session};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tcp::{Conn, Side};
use crate::packets::{MILLI, Nanos, SECOND, der, tls};
use std::net::IpAddr;

/// Writes the wanted rows.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if want(10) {
        extended(w, cast);
        active(w, cast);
        other_port(w, cast);
    }
    if want(11) {
        ascii(w, cast);
    }
    if want(12) {
        resumed(w, cast);
    }
    if want(13) {
        stored(w, cast);
        uploaded(w, cast);
    }
    if want(14) {
        two_files(w, cast);
    }
    if want(15) {
        secured(w, cast);
    }
}

fn control(w: &mut World, p: &mut Planted, node: &Node, at: Nanos, port: u16) -> Conn {
    let domain = w.names.domain.clone();
    let looked = w.resolve(at, node, &domain, IpAddr::V4(w.places.bad4));
    let ready = p.look(&looked);
    w.out(ready, node, w.places.bad4, port)
}

fn login(w: &mut World, p: &mut Planted, node: &Node, at: Nanos, port: u16) -> Session {
    let conn = control(w, p, node, at, port);
    let user = format!("user{}", w.rng.range(10, 99));
    let password = w.rng.hex(8);
    p.fact("ftp_user", &user);
    p.fact("ftp_password", &password);
    Session::login(&mut w.tape, conn, &user, &password)
}

fn port(w: &mut World) -> u16 {
    50_000 + w.rng.u16() % 9_000
}

fn finish(w: &mut World, p: &mut Planted, mut session: Session) {
    session.quit(&mut w.tape);
    p.take(&session.control);
    for data in &session.data {
        p.take(data);
    }
}

fn extended(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SIX);
    let at = w.hour(13.0);
    let mut p = Planted::new(
        10,
        "a",
        "FTP EPSV with SIZE between EPSV and RETR",
        node.key(),
    );
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    let name = cast.miner.value.clone();
    let (size, length) = (
        format!("SIZE {name}"),
        format!("213 {}", cast.miner_body.len()),
    );
    let port = port(w);
    let data = s.arrange(&mut w.tape, Mode::Extended, port, &[(&size, &length)]);
    s.start(&mut w.tape, &format!("RETR {name}"));
    s.carry(&mut w.tape, data, &cast.miner_body, false);
    s.reply(&mut w.tape, "226 Transfer complete");
    finish(w, &mut p, s);
    deliver(&mut p, &cast.miner, &cast.miner_key(), false);
    w.plants.push(p);
}

fn active(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::TWICE);
    let at = w.hour(13.5);
    let mut p = Planted::new(10, "b", "FTP active (PORT)", node.key());
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    s.retrieve(
        &mut w.tape,
        Mode::Active,
        20,
        &cast.miner.value,
        &cast.miner_body,
    );
    finish(w, &mut p, s);
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    w.plants.push(p);
}

fn other_port(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::QUERIED);
    let at = w.hour(14.0);
    let mut p = Planted::new(
        10,
        "c",
        "FTP with its control connection on port 2121",
        node.key(),
    );
    let mut s = login(w, &mut p, &node, at, 2121);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    let port = port(w);
    s.retrieve(
        &mut w.tape,
        Mode::Passive,
        port,
        &format!("pub/{}", cast.miner.value),
        &cast.miner_body,
    );
    finish(w, &mut p, s);
    p.plant.decode_as.push("tcp.port==2121,ftp".to_owned());
    deliver(&mut p, &cast.miner, &cast.miner_key(), false);
    w.plants.push(p);
}

fn ascii(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::POSTED);
    let at = w.hour(16.0);
    let mut p = Planted::new(11, "", "FTP in ASCII mode", node.key());
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE A", "200 Type set to A");
    let sent = body::ascii_mode(&cast.miner_body);
    let port = port(w);
    s.retrieve(&mut w.tape, Mode::Passive, port, &cast.miner.value, &sent);
    finish(w, &mut p, s);
    let file = FileKey::whole(&cast.miner.value, &sent);
    p.fact("binary_sha256", cast.miner_key().sha256);
    deliver(&mut p, &cast.miner, &file, true);
    if let Some(mut expect) = p.plant.expects.pop() {
        expect.not_files.push(cast.miner_key().sha256);
        p.plant.expects.push(expect.because(&["ascii"]));
    }
    w.plants.push(p);
}

fn resumed(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::REDIRECTED);
    let at = w.hour(17.0);
    let mut p = Planted::new(
        12,
        "",
        "FTP aborted with 426, then REST and the rest",
        node.key(),
    );
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    let name = cast.miner.value.clone();
    let cut = cast.miner_body.len() * w.rng.size(30, 60) / 100;
    let (head, tail) = cast.miner_body.split_at(cut);
    let first = port(w);
    let mut data = s.arrange(&mut w.tape, Mode::Passive, first, &[]);
    s.start(&mut w.tape, &format!("RETR {name}"));
    data.now = s.now() + MILLI;
    data.open(&mut w.tape);
    data.send(&mut w.tape, Side::Server, head);
    data.reset(&mut w.tape, Side::Server);
    s.control.now = data.now + MILLI;
    p.take(&data);
    s.reply(&mut w.tape, "426 Connection closed; transfer aborted.");
    let second = port(w);
    let data = s.arrange(&mut w.tape, Mode::Passive, second, &[]);
    s.command(&mut w.tape, &format!("REST {cut}"), "350 Restarting");
    s.start(&mut w.tape, &format!("RETR {name}"));
    s.carry(&mut w.tape, data, tail, false);
    s.reply(&mut w.tape, "226 Transfer complete");
    finish(w, &mut p, s);
    p.plant.files.push(FileKey::part(&name, head));
    p.plant.files.push(FileKey::part(&name, tail));
    p.came(&name, "");
    p.fact("restart_at", cut);
    deliver(&mut p, &cast.miner, &cast.miner_key(), false);
    w.plants.push(p);
}

fn sent(
    p: &mut Planted,
    indicator: &crate::golden::key::Indicator,
    file: &FileKey,
    exported: bool,
) {
    let mut there = Expect::of(&p.plant.host, indicator)
        .rung("delivered")
        .file(file)
        .within()
        .window(true)
        .sent();
    there.in_scope = Some(true);
    p.plant.expects.push(there);
    let mut here =
        Expect::of(&p.plant.host, indicator).any_rung(&["none", "looked_up", "contacted"]);
    here.no_whole_file = true;
    here.absent_ok = true;
    p.plant.expects.push(here);
    p.plant.files.push(file.clone());
    p.went(&file.name, &file.sha256);
    if exported {
        p.plant.exported.push(file.sha256.clone());
    }
}

fn stored(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SENDER);
    let at = w.hour(18.0);
    let mut p = Planted::new(13, "a", "FTP STOR of the second file", node.key());
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    let port = port(w);
    let data = s.arrange(&mut w.tape, Mode::Passive, port, &[]);
    s.start(&mut w.tape, &format!("STOR {}", cast.miner.value));
    s.carry(&mut w.tape, data, &cast.miner_body, true);
    s.reply(&mut w.tape, "226 Transfer complete");
    finish(w, &mut p, s);
    sent(&mut p, &cast.miner, &cast.miner_key(), true);
    w.plants.push(p);
}

fn uploaded(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::SENDER);
    let at = w.hour(18.5);
    let mut p = Planted::new(
        13,
        "b",
        "HTTP multipart upload of the first file",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let mut conn = control(w, &mut p, &node, at, 80);
    conn.open(&mut w.tape);
    let boundary = format!("----part{}", w.rng.hex(16));
    let (kind, body) = web::multipart(&boundary, &cast.tool.value, &cast.tool_body);
    let ask = web::post("/in", &domain, web::BROWSER, &kind, &body);
    exchange(w, &mut conn, &ask, &web::head("204 No Content", &[]));
    conn.close(&mut w.tape, Side::Client);
    p.take(&conn);
    sent(&mut p, &cast.tool, &cast.tool_key(), false);
    w.plants.push(p);
}

fn two_files(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::TWO_FILES);
    let at = w.hour(19.0);
    let mut p = Planted::new(
        14,
        "",
        "two transfers in one control session, one refused with 550",
        node.key(),
    );
    let mut s = login(w, &mut p, &node, at, 21);
    s.command(&mut w.tape, "TYPE I", "200 Type set to I");
    let first = port(w);
    s.retrieve(
        &mut w.tape,
        Mode::Passive,
        first,
        &cast.miner.value,
        &cast.miner_body,
    );
    let second = port(w);
    let unused = s.arrange(&mut w.tape, Mode::Passive, second, &[]);
    p.fact("unused_port", unused.client.port);
    s.command(
        &mut w.tape,
        &format!("RETR {}", cast.tool.value),
        "550 No such file.",
    );
    finish(w, &mut p, s);
    deliver(&mut p, &cast.miner, &cast.miner_key(), true);
    let mut no = Expect::of(&p.plant.host, &cast.tool)
        .rung("refused")
        .within()
        .window(true);
    no.no_whole_file = true;
    p.plant.expects.push(no);
    w.plants.push(p);
}

fn secured(w: &mut World, cast: &Cast) {
    let node = w.desk(desk::FTPS);
    let at = w.hour(19.5);
    let mut p = Planted::new(15, "", "AUTH TLS before RETR", node.key());
    let mut conn = control(w, &mut p, &node, at, 21);
    conn.open(&mut w.tape);
    let mut s = Session {
        control: conn,
        data: Vec::new(),
    };
    s.reply(&mut w.tape, "220 FTP server ready");
    s.command(&mut w.tape, "AUTH TLS", "234 Proceed with negotiation");
    let mut rng = Rng::new(w.seed, "ftps");
    let session = tls::Session {
        sni: None,
        alpn: Vec::new(),
        new: true,
        certificate: der::certificate(&mut rng, "Test Issuer R3", &["ftp.invalid"]),
        ciphers: tls::SUITES.to_vec(),
    };
    let talk = [(40, 60), (38, 52), (30, 44), (36, 70), (52, 90)];
    tls::run(&mut w.tape, &mut s.control, &mut rng, &session, &talk);
    // The passive port was named under encryption; the data connection stands alone.
    let bad4 = w.places.bad4;
    let port = port(w);
    let mut data = w.out(s.now(), &node, bad4, port);
    data.open(&mut w.tape);
    tls::run(
        &mut w.tape,
        &mut data,
        &mut rng,
        &session,
        &[(0, cast.miner_body.len())],
    );
    data.close(&mut w.tape, Side::Server);
    s.control.now = data.now;
    s.control.wait(SECOND).close(&mut w.tape, Side::Client);
    p.take(&data);
    p.take(&s.control);
    for indicator in [&cast.tool, &cast.miner] {
        let expect = Expect::of(&p.plant.host, indicator).rung("hidden").within();
        p.plant.expects.push(expect.because(&["tls", "encrypt"]));
    }
    p.domain("hidden");
    p.plant.reached = true;
    w.plants.push(p);
}
