//! Strips of tapes: what enters by each kind of link, and that browsing enters by none.

use super::*;
use crate::tape::Tape;
use weir_dissect::flow::RecognisedBy;

const ME: [u8; 4] = [10, 0, 0, 7];
const SHOP: [u8; 4] = [198, 51, 100, 9];
const SECOND: [u8; 4] = [203, 0, 113, 80];

fn tape() -> Tape {
    Tape {
        pace: Duration(10_000_000),
        ..Tape::default()
    }
}

/// So many people read the shop's page.
fn crowd(tape: &mut Tape, people: u8) {
    for n in 0..people {
        let who = ([10, 0, 0, 7 + n], 39_000);
        tape.look_up(who, "www.shop.example", Some(SHOP));
        tape.talk(who, (SHOP, 80), &get("www.shop.example", "/", ""), OK);
    }
}

fn get(host: &str, path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into_bytes()
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The strip of the conversation from this port of a host.
fn of(tape: &Tape, ip: [u8; 4], port: u16) -> Strip {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let mut flows = dissector.facts().flows.iter();
    let f = flows
        .find(|f| f.client.1 == port || f.server.1 == port)
        .expect("the flow");
    assert_ne!(f.recognised_by, RecognisedBy::DecodeAs);
    let host = env.at(0, ip.into(), f.begun).expect("the host");
    let packets = [
        (f.first, f.begun, Some((0, f.id))),
        (f.last, f.ended, Some((0, f.id))),
    ];
    let event = Event::of(&input, host, &packets).expect("an event");
    strip(&input, &env, &Activity::new(&input, &env), &event)
}

fn says(items: &[Item]) -> Vec<&str> {
    items.iter().map(|i| i.says.as_str()).collect()
}

#[test]
fn a_download_then_a_second_domain_then_two_machines() {
    let mut tape = tape();
    crowd(&mut tape, 6);
    tape.now = tape.now.plus(Duration::seconds(7_200));
    tape.look_up((ME, 40_000), "bad.example", Some([198, 51, 100, 66]));
    tape.talk(
        (ME, 41_000),
        ([198, 51, 100, 66], 80),
        &get("bad.example", "/x.exe", ""),
        OK,
    );
    tape.now = tape.now.plus(Duration::seconds(40));
    tape.look_up((ME, 40_001), "p1.hub.example", Some(SECOND));
    tape.talk(
        (ME, 41_001),
        (SECOND, 80),
        &get("p1.hub.example", "/t", ""),
        OK,
    );
    for n in [8, 9] {
        tape.talk((ME, 41_000 + n), ([10, 0, 0, n as u8], 445), b"?", b"!");
    }
    let all = of(&tape, ME, 41_000);
    assert_eq!(says(&all.because), ["looked up bad.example at 10.0.0.2"]);
    assert_eq!(
        says(&all.then),
        [
            "looked up and contacted p1.hub.example (203.0.113.80)",
            "went to 10.0.0.8 by SMB (port 445)",
            "went to 10.0.0.9 by SMB (port 445)",
        ]
    );
    assert!(all.because[0].typed && !all.then[0].typed);
    assert_eq!((all.because[0].word, all.then[0].word), ("because", "then"));
    assert_eq!(all.then[0].packets.len(), 2, "with its look-up");
    let other = of(&tape, [10, 0, 0, 9], 41_009);
    assert_eq!(
        says(&other.because),
        [] as [&str; 0],
        "the visit is the event"
    );
    let later = of(&tape, [10, 0, 0, 9], 41_009);
    assert_eq!(later.then, []);
    // The same from the last machine's side of the chain.
    let last = of(&tape, ME, 41_009);
    assert_eq!(
        says(&last.because),
        [
            "looked up and contacted bad.example (198.51.100.66)",
            "looked up and contacted p1.hub.example (203.0.113.80)",
            "went to 10.0.0.8 by SMB (port 445)",
        ]
    );
}

#[test]
fn beyond_the_window_nothing_is_linked_by_time() {
    for (later, n) in [(3_500, 1), (3_700, 0)] {
        let mut tape = tape();
        crowd(&mut tape, 6);
        tape.talk(
            (ME, 41_000),
            (SHOP, 80),
            &get("www.shop.example", "/a", ""),
            OK,
        );
        tape.now = tape.now.plus(Duration::seconds(later));
        tape.talk((ME, 41_001), ([10, 0, 0, 8], 445), b"?", b"!");
        assert_eq!(of(&tape, ME, 41_000).then.len(), n, "{later}");
    }
}

#[test]
fn browsing_enters_by_nothing() {
    let mut tape = tape();
    crowd(&mut tape, 6);
    tape.talk(
        (ME, 41_000),
        (SHOP, 80),
        &get("www.shop.example", "/a", ""),
        OK,
    );
    // A place that only this one visits, from a page; and what everybody asks for on the segment.
    let page = "Referer: http://www.shop.example/a\r\n";
    tape.talk(
        (ME, 41_001),
        (SECOND, 80),
        &get("ads.example", "/", page),
        OK,
    );
    tape.udp((ME, 5_353), ([224, 0, 0, 251], 5_353), b"?");
    tape.udp((ME, 123), ([10, 0, 0, 1], 123), &[0x23; 48]);
    let all = of(&tape, ME, 41_000);
    assert_eq!(
        says(&all.because),
        ["looked up www.shop.example at 10.0.0.2"]
    );
    assert_eq!(says(&all.then), [] as [&str; 0]);
    assert!(empty(true).starts_with("nothing after") && empty(false).starts_with("nothing before"));
}

#[test]
fn among_few_nobody_is_unlike_the_others() {
    for (people, n) in [(CROWD_BUT_ONE, 0), (CROWD_BUT_ONE + 1, 1)] {
        let mut tape = tape();
        crowd(&mut tape, people);
        tape.talk(
            (ME, 41_000),
            (SHOP, 80),
            &get("www.shop.example", "/a", ""),
            OK,
        );
        tape.talk((ME, 41_001), (SECOND, 8_443), b"?", b"!");
        assert_eq!(of(&tape, ME, 41_000).then.len(), n, "{people}");
    }
}

const CROWD_BUT_ONE: u8 = contact::CROWD as u8 - 1;

#[test]
fn seven_are_told_and_the_rest_counted() {
    let mut tape = tape();
    crowd(&mut tape, 6);
    tape.talk(
        (ME, 41_000),
        (SHOP, 80),
        &get("www.shop.example", "/a", ""),
        OK,
    );
    for n in 0..9_u8 {
        tape.talk(
            (ME, 42_000 + u16::from(n)),
            ([10, 0, 1, n], 445),
            b"?",
            b"!",
        );
    }
    let all = of(&tape, ME, 41_000);
    assert_eq!((all.then.len(), all.then_more), (MOST, 2));
    assert_eq!(
        says(&all.then)[0],
        "went to 10.0.1.0 by SMB (port 445)",
        "the nearest"
    );
    assert_eq!(beyond(2).as_deref(), Some("and 2 items more"));
    assert_eq!(beyond(0), None);
}

#[test]
fn redirects_and_pages_lead_on() {
    let mut tape = tape();
    let moved = b"HTTP/1.1 302 Found\r\nLocation: http://b.example/y\r\nContent-Length: 0\r\n\r\n";
    let page = "Referer: http://p.example/\r\n";
    tape.talk((ME, 41_000), (SHOP, 80), &get("p.example", "/", ""), OK);
    tape.talk(
        (ME, 41_001),
        (SHOP, 80),
        &get("a.example", "/x", page),
        moved,
    );
    tape.talk((ME, 41_002), (SECOND, 80), &get("b.example", "/y", ""), OK);
    let all = of(&tape, ME, 41_002);
    assert_eq!(
        says(&all.because),
        [
            "came from the page http://p.example/",
            "was redirected by http://a.example/x",
        ]
    );
    let first = of(&tape, ME, 41_001);
    assert_eq!(says(&first.then), ["was redirected to http://b.example/y"]);
}

#[test]
fn what_led_to_a_later_request_of_a_kept_connection_came_before_it() {
    let mut tape = tape();
    let moved = b"HTTP/1.1 302 Found\r\nLocation: http://b.example/y\r\nContent-Length: 0\r\n\r\n";
    // The connection to b.example is open before a.example sends there.
    tape.tcp((ME, 41_002), (SECOND, 80), 100, 0, 2, &[]);
    tape.tcp((SECOND, 80), (ME, 41_002), 500, 101, 18, &[]);
    tape.tcp((ME, 41_002), (SECOND, 80), 101, 501, 16, &[]);
    tape.talk((ME, 41_001), (SHOP, 80), &get("a.example", "/x", ""), moved);
    tape.tcp(
        (ME, 41_002),
        (SECOND, 80),
        101,
        501,
        24,
        &get("b.example", "/y", ""),
    );
    tape.tcp((SECOND, 80), (ME, 41_002), 501, 200, 24, OK);
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let all = dissector
        .facts()
        .messages
        .all::<weir_dissect::protocols::http::Transaction>();
    let t = all
        .iter()
        .find(|t| {
            t.request
                .as_ref()
                .is_some_and(|r| r.host.as_deref() == Some("b.example"))
        })
        .expect("the request");
    let flow = t.meta.flow.map(|f| (0, f));
    let host = env.at(0, ME.into(), t.meta.time).expect("the host");
    let event = Event::of(&input, host, &[(t.meta.first, t.meta.time, flow)]).expect("an event");
    assert_eq!(event.first, t.meta.time);
    let all = strip(&input, &env, &Activity::new(&input, &env), &event);
    assert!(
        says(&all.because).contains(&"was redirected by http://a.example/x"),
        "{all:?}"
    );
    assert_eq!(says(&all.then), [] as [&str; 0]);
}

#[test]
fn who_came_by_a_port_that_nobody_else_uses() {
    let mut tape = tape();
    tape.talk(([10, 0, 0, 9], 40_000), (ME, 445), b"?", b"!");
    tape.talk(
        (ME, 41_000),
        (SHOP, 80),
        &get("www.shop.example", "/", ""),
        OK,
    );
    let all = of(&tape, ME, 41_000);
    assert_eq!(says(&all.because), ["10.0.0.9 came by SMB (port 445)"]);
    assert_eq!(all.because[0].word, "before it", "it explains nothing");
}

#[test]
fn the_same_client_that_nobody_else_has() {
    let mut tape = tape();
    crowd(&mut tape, 6);
    let odd = "User-Agent: odd/1\r\n";
    tape.talk(
        (ME, 41_000),
        (SHOP, 80),
        &get("www.shop.example", "/a", odd),
        OK,
    );
    tape.talk(
        (ME, 41_001),
        (SHOP, 80),
        &get("other.example", "/b", odd),
        OK,
    );
    let all = of(&tape, ME, 41_000);
    assert_eq!(says(&all.then), ["contacted other.example"]);
    assert!(all.then[0].typed);
}

#[test]
fn who_came_onto_the_network_was_given_an_address() {
    let mut tape = tape();
    crowd(&mut tape, 6);
    tape.now = tape.now.plus(Duration::seconds(600));
    let new = [10, 0, 0, 77];
    tape.dhcp(None, Tape::mac(new), 5, 1, [0; 4], &[]);
    tape.dhcp(
        Some([10, 0, 0, 1]),
        Tape::mac(new),
        5,
        5,
        new,
        &[(54, &[10, 0, 0, 1])],
    );
    tape.talk(
        (new, 41_000),
        (SHOP, 80),
        &get("www.shop.example", "/", ""),
        OK,
    );
    let all = of(&tape, new, 41_000);
    assert_eq!(says(&all.because), ["was given 10.0.0.77 by 10.0.0.1"]);
}
