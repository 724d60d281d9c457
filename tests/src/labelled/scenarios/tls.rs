//! Seven things that are wrong with TLS, each by itself, and an appliance with a certificate of its own.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon;
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, ISSUER, Role};
use crate::labelled::write::Take;
use crate::packets::der::{Small, small};
use crate::packets::hello::{self, Meeting, Stack};
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MINUTE, Nanos, SECOND};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "tls",
    what: "certificates self-signed, expired, too early, of another name; no name, weak, an odd client; an appliance",
    scored: true,
    make,
};

const KINDS: [(&str, &str); 7] = [
    ("self_signed", "a certificate that signed itself, outside"),
    ("expired", "a certificate that ended two years ago"),
    ("not_yet_valid", "a certificate of years to come"),
    ("name_mismatch", "a certificate for another name"),
    (
        "no_sni",
        "no server name is told, to an address that was never looked up",
    ),
    ("weak", "TLS 1.0 with RC4"),
    (
        "rare_client",
        "a client stack that one host has towards one place",
    ),
];

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("tls");
    let desks = lab.desks(&mut rng);
    let mut at = lab.start + 9 * HOUR + rng.range(0, 40) * MINUTE;
    for (n, (kind, what)) in KINDS.into_iter().enumerate() {
        let host = desks[n % desks.len()].clone();
        let draft = plant(&mut lab, &mut rng, &host, kind, what, at);
        lab.drafts.push(draft);
        at += rng.range(10, 50) * MINUTE;
    }
    let draft = appliance(&mut lab, &mut rng, &desks[8], at);
    lab.drafts.push(draft);
    vec![Take::of(lab)]
}

fn plant(lab: &mut Lab, rng: &mut Rng, host: &Host, kind: &str, what: &str, at: Nanos) -> Draft {
    let name = beacon::hideout(rng);
    let mut site = lab.site(&name);
    site.highest = 0x0303;
    let mut stack = lab.stacks.system.clone();
    let wrong = "www.somewhere-else.test";
    let leaf = |rng: &mut Rng, subject: &str, issuer: &str, from: &str, until: &str| {
        small(
            rng,
            &Small {
                subject,
                issuer,
                names: &[subject],
                from,
                until,
                authority: false,
            },
        )
    };
    let (early, late) = ("251101000000Z", "261130235959Z");
    let intermediate = site.chain.get(1).cloned();
    let first = match kind {
        "self_signed" => {
            site.chain.clear();
            Some(leaf(rng, &name, &name, early, late))
        }
        "expired" => Some(leaf(rng, &name, ISSUER, "230101000000Z", "240101000000Z")),
        "not_yet_valid" => Some(leaf(rng, &name, ISSUER, "290101000000Z", "300101000000Z")),
        "name_mismatch" => Some(leaf(rng, wrong, ISSUER, early, late)),
        _ => None,
    };
    if let Some(first) = first {
        let above = intermediate.filter(|_| kind != "self_signed");
        site.chain = std::iter::once(first).chain(above).collect();
    }
    if kind == "weak" {
        site.highest = 0x0301;
        stack.suites = vec![0x0005, 0x0004, 0x000a, 0x002f];
    }
    if kind == "rare_client" {
        stack = Stack::odd(rng);
    }
    let bare = (kind == "no_sni").then(|| lab.outside(rng));
    lab.set_site(site);
    let mut draft = Draft::new(&format!("tls.{kind}"), host.address(), what)
        .port(443)
        .note()
        .also(&["tls.rare_client", "c2", "pattern", "tls.no_sni"]);
    let mut when = at;
    for _ in 0..3 {
        let turns = [(rng.size(200, 400), rng.size(300, 900))];
        let call = Tls {
            ip: bare,
            sni: bare.is_none(),
            ..Tls::to(&name, &stack, &turns)
        };
        // Each time a whole handshake, so that the certificate is seen.
        lab.sessions.remove(&(host.index, name.clone()));
        let done = lab.tls(rng, host, when, &call);
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
        when += rng.range(20, 300) * SECOND;
    }
    if bare.is_none() {
        draft.domain = Some(name);
    }
    draft
}

/// The printer's page has a certificate that it made itself.
fn appliance(lab: &mut Lab, rng: &mut Rng, host: &Host, at: Nanos) -> Draft {
    let printer = lab.nth(Role::Printer, 0);
    let name = printer.name.to_lowercase();
    let own = small(
        rng,
        &Small {
            subject: &name,
            issuer: &name,
            names: &[&name],
            from: "251101000000Z",
            until: "261130235959Z",
            authority: false,
        },
    );
    let mut conn = lab.near(rng, host, &printer, 443, at);
    conn.open(&mut lab.tape);
    let stack = lab.stacks.system.clone();
    let meeting = Meeting {
        stack: &stack,
        sni: Some(&name),
        chain: &[own],
        resumed: false,
        highest: 0x0303,
        suite: 0xc02f,
    };
    hello::shake(&mut lab.tape, &mut conn, rng, &meeting);
    hello::data(&mut lab.tape, &mut conn, rng, Side::Client, 300);
    hello::data(&mut lab.tape, &mut conn, rng, Side::Server, 2000);
    conn.close(&mut lab.tape, Side::Client);
    Draft::benign(
        "benign.appliance_certificate",
        host.address(),
        "the page of a printer with a certificate that it made itself",
        "an appliance inside: they all do",
    )
    .to(printer.ip)
    .port(443)
    .with(conn.ids)
}
