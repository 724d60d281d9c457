//! Row 46: names and headers that would harm a careless page, archive, report or terminal.

use super::{Cast, deliver, desk, program_response, visit};
use crate::golden::body::{self, FileKey};
use crate::golden::world::{Planted, World};
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::{MINUTE, SECOND};

/// Bytes of the giant header.
const HEADER: usize = 1 << 20;

/// Writes the row.
pub fn rows(w: &mut World, cast: &Cast, want: &dyn Fn(u16) -> bool) {
    if !want(46) {
        return;
    }
    let node = w.desk(desk::HOSTILE);
    let mut p = Planted::new(
        46,
        "",
        "hostile names: climbing, right-to-left, markup, escape, 1 MiB header",
        node.key(),
    );
    let domain = w.names.domain.clone();
    let bad4 = w.places.bad4;
    let mut rng = Rng::new(w.seed, "hostile");
    let climbing = format!("../../../../{}", cast.tool.value);
    let written = format!("attachment; filename=\"{climbing}\"");
    // As written in the header, and as it reads.
    let names = [
        (written.as_str(), climbing.as_str()),
        (
            "attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe",
            "invoice\u{202e}fdp.exe",
        ),
        (
            "attachment; filename=\"<img src=x onerror=alert(1)>.exe\"",
            "<img src=x onerror=alert(1)>.exe",
        ),
        (
            "attachment; filename*=UTF-8''red%1B%5B31mtext%1B%5B0m.exe",
            "red\u{1b}[31mtext\u{1b}[0m.exe",
        ),
        (
            "attachment; filename=\"[[p1]]](javascript:alert(1)).exe\"",
            "[[p1]]](javascript:alert(1)).exe",
        ),
    ];
    let mut at = w.hour(40.0);
    for (i, (named, name)) in names.iter().enumerate() {
        let content = if i == 0 {
            cast.tool_body.clone()
        } else {
            body::program(&mut rng, 2_600 + 100 * i)
        };
        let line = format!("Content-Disposition: {named}");
        let ask = web::get(&format!("/n/{i}"), &domain);
        visit(
            w,
            &mut p,
            at,
            &node,
            (&domain, bad4),
            &ask,
            &program_response(&[&line], &content),
        );
        p.plant.files.push(FileKey::whole(named, &content));
        p.plant
            .exported
            .push(FileKey::whole(named, &content).sha256);
        p.came(name, &body::sha256(&content));
        at += MINUTE;
    }
    let giant = format!("X-Note: {}", "a".repeat(HEADER));
    let content = body::page(&mut rng, "Note", "A page behind a giant header.", 800);
    let tell = web::response("200 OK", "text/html", &[&giant], &content);
    visit(
        w,
        &mut p,
        at + 10 * SECOND,
        &node,
        (&domain, bad4),
        &web::get("/giant", &domain),
        &tell,
    );
    let file = cast.tool_key();
    let listed = std::mem::take(&mut p.plant.files);
    let moved = std::mem::take(&mut p.plant.moved);
    deliver(&mut p, &cast.tool, &file, false);
    p.plant.moved = moved;
    // The page behind the giant header.
    p.plant.unread = true;
    p.plant.files = listed;
    p.fact("giant_header_bytes", HEADER);
    w.plants.push(p);
}
