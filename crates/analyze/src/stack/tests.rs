//! Values counted, stacked and seen once, on captures built here.

use super::*;
use crate::environment::Environment;
use crate::input::Input;
use crate::tape::Tape;

/// Thirty requests of three hosts by one agent, and one by another.
fn tape() -> Tape {
    let mut tape = Tape::default();
    for n in 0..30_u16 {
        let host = u8::try_from(n % 3).unwrap();
        let ask = b"GET /a HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Firefox\r\n\r\n";
        tape.talk(
            ([10, 0, 0, 7 + host], 40_000 + n),
            ([198, 51, 100, 9], 80),
            ask,
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        );
    }
    let ask = b"GET /b HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: x\r\n\r\n";
    tape.talk(
        ([10, 0, 0, 9], 50_000),
        ([198, 51, 100, 9], 80),
        ask,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    tape
}

fn with<R>(tape: &Tape, then: impl FnOnce(&Look<'_>) -> R) -> R {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    then(&Look {
        input: &input,
        env: &env,
    })
}

#[test]
fn the_least_frequent_stands_first_with_share_and_hosts() {
    with(&tape(), |look| {
        let source = Source::named(look.input, "http.user_agent").unwrap();
        let mut stack = Stack::new(source.clone());
        while !stack.step(look, &mut 1) {}
        let all = stack.finish();
        assert_eq!((all.counted, all.absent, all.beyond), (31, 0, 0));
        let rows: Vec<(&str, u64, usize)> = all
            .values
            .iter()
            .map(|v| (v.text.as_str(), v.count, v.hosts.len()))
            .collect();
        assert_eq!(rows, [("x", 1, 1), ("Firefox", 30, 3)]);
        assert_eq!(all.values[1].packets.len(), CITED);
        let mut at_once = Stack::new(source);
        assert!(at_once.step(look, &mut 1000));
        assert_eq!(at_once.finish(), all, "in one step or in many");
    });
}

#[test]
fn a_column_that_is_not_there_is_said_with_what_is() {
    with(&tape(), |look| {
        let wrong = Source::named(look.input, "user_agent").unwrap_err();
        assert!(wrong.contains("http.user_agent"), "{wrong}");
        assert!(
            Source::named(look.input, "dns.query").is_err(),
            "no DNS here"
        );
        assert!(Source::named(look.input, "flow.port").is_ok());
        let ids: Vec<String> = columns(look.input).into_iter().map(|c| c.id).collect();
        assert!(
            ids.contains(&"http.host".to_owned()) && !ids.contains(&"http.trans_depth".to_owned())
        );
    });
}

#[test]
fn seen_once_names_what_sticks_out_and_what_it_left_out() {
    with(&tape(), |look| {
        let mut all = SeenOnce::new(look.input);
        while !all.step(look, 7) {}
        let (rows, beyond, says) = all.finish();
        assert_eq!(beyond, 0);
        let found: Vec<(&str, &str)> = rows
            .iter()
            .map(|o| (o.column.as_str(), o.value.text.as_str()))
            .collect();
        assert!(found.contains(&("http.user_agent", "x")), "{found:?}");
        assert!(found.contains(&("http.uri", "/b")), "{found:?}");
        assert!(
            !found.iter().any(|(c, _)| *c == "http.host"),
            "one value alone is none that sticks out"
        );
        assert!(says.len() >= 2, "{says:?}");
    });
    let mut few = Tape::default();
    few.talk(([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 80), b"?", b"!");
    with(&few, |look| {
        let mut all = SeenOnce::new(look.input);
        while !all.step(look, 7) {}
        assert!(all.finish().0.is_empty(), "one conversation is no once");
    });
}
