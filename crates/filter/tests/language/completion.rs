//! What is offered at the caret (`|` in the rows), and the help for names.

use crate::common::schema;
use weir_filter::{ItemKind, about, complete, name_at};

fn offers(text: &str) -> (String, Vec<String>) {
    let caret = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let found = complete(&schema(), &text, caret);
    let replaced = text[found.span.start..found.span.end].to_owned();
    (replaced, found.items.into_iter().map(|i| i.text).collect())
}

#[test]
fn names_operators_values() {
    for (text, replaced, first) in [
        ("app.h|", "app.h", &["app.host"][..]),
        ("ap|", "ap", &["app", "app-data", "app.body"]),
        ("net and app.h| == 1", "app.h", &["app.host"]),
        ("app.h|ost", "app.host", &["app.host"]),
        ("APP.H|", "APP.H", &["app.host"]),
        ("not (ne|", "ne", &["net", "net.addr", "net.df"]),
        ("le|", "le", &["len("]),
        ("app.host |", "", &["==", "!=", "contains"]),
        ("app.host con|", "con", &["contains"]),
        ("net.src |", "", &["==", "!=", "in"]),
        ("net.df == |", "", &["True", "False"]),
        ("net.proto == |", "", &["TCP", "UDP", "APP"]),
        ("net.proto == u|", "u", &["UDP"]),
        ("net.proto == 1|", "1", &["UDP", "APP"]),
        ("app.type == lo|", "lo", &["\"Long offer\""]),
        ("app.type == \"Lo|", "\"Lo", &["\"Long offer\""]),
        ("app.type in {1, |", "", &["Discover", "\"Long offer\""]),
        ("net.ttl == 64 |", "", &["and", "or", "xor"]),
        ("(net) |", "", &["and", "or", "xor"]),
    ] {
        let (span, items) = offers(text);
        assert_eq!(span, replaced, "{text}");
        let found: Vec<&str> = items.iter().map(String::as_str).take(first.len()).collect();
        assert_eq!(found, first, "{text}");
    }
    assert_eq!(offers("|").1.first().map(String::as_str), Some("app"));
    assert!(offers("zzz|").1.is_empty());
}

#[test]
fn items_say_what_they_are() {
    let found = complete(&schema(), "app.h", 5);
    let item = found.items.first().unwrap();
    assert_eq!((item.title.as_str(), item.kind), ("Host", ItemKind::Field));
}

#[test]
fn help_for_names() {
    let ttl = about(&schema(), "net.ttl").unwrap();
    assert_eq!(
        (ttl.title, ttl.spec, ttl.kind.as_str()),
        ("Time to live", "RFC 791 §3.1", "unsigned number of 8 bits")
    );
    assert!(ttl.members.is_empty());
    assert_eq!(
        about(&schema(), "net.addr").unwrap().members,
        ["net.src", "net.dst"]
    );
    assert_eq!(about(&schema(), "net.proto").unwrap().values.len(), 3);
    assert_eq!(about(&schema(), "app").unwrap().kind, "protocol");
    assert_eq!(about(&schema(), "nothing"), None);
    assert_eq!(name_at("net and app.host", 12), Some("app.host"));
    assert_eq!(name_at("net == 1", 5), None);
}
