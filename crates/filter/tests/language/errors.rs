//! What is wrong with a filter, as the filter box shows it.

use crate::common::error;

const GOLDEN: &str = include_str!("errors.golden");

const FILTERS: &[&str] = &[
    "",
    "   ",
    "app.hots == \"x\"",
    "nosuchthingatall",
    "frame.len-14 > 10",
    "net.src == 10.0.0.256",
    "net.src == 10.0.0.0/33",
    "net.src == \"10.0.0.1\"",
    "net.src == net.ttl",
    "net.src == net",
    "net.src6 == 1.2.3.4",
    "net.ttl == 256",
    "net.ttl == \"64\"",
    "net.ttl == 6e1",
    "net.ttl == 99999999999999999999999",
    "net.proto == UPD",
    "app.type == Discovr",
    "net.df == maybe",
    "net.hw == 02:0c",
    "net.ttl contains 4",
    "net.ttl matches \"4\"",
    "frame contains GET",
    "app.host matches www",
    "app.host matches \"a(?=b)\"",
    "app.host matches \"(a\"",
    "app.host matches \"é(a)\\\\1\"",
    "app.host matches \"(((a{100}){100}){100}){100}\"",
    "app.host == \"a\\.b\"",
    "app.host == \"\\x\"",
    "app.host == \"\\ud800\"",
    "app.host == \"open",
    "net.ttl == 'ab'",
    "app.label == 1",
    "frame.time > 1234567890",
    "frame.time == \"2026-02-30\"",
    "net.src + 1 == 1.1.1.1",
    "(frame.len + 1) == 81",
    "frame.len == {1 / 0}",
    "net.src[0:0] == 00",
    "net.src[3-1] == 00",
    "net.src[x] == 00",
    "net.src[0 == 00",
    "net.ttl[0] == 00",
    "net.src#x",
    "frame.number in {}",
    "frame.number in 5",
    "frame.number in {1 2}",
    "frame.number in {1, }",
    "(net and app",
    "net and app)",
    "net and",
    "and net",
    "net app",
    "net = 1",
    "net | app",
    "any net",
    "lower(app.host)",
    "lower(net.ttl) == \"x\"",
    "len() == 1",
    "len(app.host, app.body) == 1",
    "lne(app.host) == 1",
    "max(1, 2) == 1",
    "1 == 2",
    "\"net\"",
    "net.ttl == ${net.ttl}",
    "net.ttl == 1\nand nat",
    "app.host == \"ü\" and ñet",
];

#[test]
fn errors_as_shown() {
    let mut out =
        String::from("Each filter's sentence, then the line at fault and the fault under it.\n");
    for text in FILTERS {
        out.push('\n');
        out.push_str(&error(text).render(text));
        out.push('\n');
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/language/errors.golden"),
            &out,
        )
        .unwrap();
        return;
    }
    assert_eq!(out, GOLDEN, "UPDATE_GOLDEN=1 rewrites it");
}

#[test]
fn suggestions_replace_the_span() {
    let text = "net and app.hots == \"x\"";
    let found = error(text);
    assert_eq!(found.suggestions, ["app.host"]);
    assert_eq!(&text[found.span.start..found.span.end], "app.hots");
    assert_eq!(error("net.proto == UPD").suggestions, ["UDP"]);
    assert_eq!(
        error("app.type == Long_offer").suggestions,
        ["\"Long offer\""]
    );
    assert_eq!(error("frame.len-14 > 1").suggestions, ["frame.len - 14"]);
}
