//! Text of the traffic and of strangers in every field: it stays text.

use crate::material::{case, gather, items, reply, whole};
use serde_json::Value;
use weir_case::report::{Format, write};

const NASTY: &str = "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'`--><![CDATA[ [x](javascript:alert(1)) ![i](http://evil.test/x.png) <http://evil.test> www.evil.test a@b.test | * _ # ~ \\ \u{202e}gpj.exe\u{0}\u{7}\u{1b}[2J\r\n# head\n- item\n1. one\n=== [[p1]] [[q:`x`]] {{7*7}} &lt;script&gt;";

/// Members that the engine alone fills with words of its own; anything else may come from outside.
const CODES: [&str; 14] = [
    "kind",
    "rung",
    "decision",
    "direction",
    "state",
    "entry",
    "issue",
    "answer",
    "proposed",
    "parent",
    "from",
    "to",
    "now",
    "sha12",
];

/// Every text becomes hostile, behind what it was, so that it still counts as what it is.
fn poison(value: &mut Value, name: &str) {
    match value {
        Value::String(s) if !CODES.contains(&name) => {
            // References and times keep a form that is read, as well.
            let whole = s.parse::<weir_model::EvidenceRef>().is_ok() && s.starts_with("[[");
            if !whole {
                *s = format!("{s} {NASTY}");
            }
        }
        Value::Array(a) => a.iter_mut().for_each(|v| poison(v, name)),
        Value::Object(o) => o.iter_mut().for_each(|(name, v)| poison(v, name)),
        _ => {}
    }
}

fn poisoned(format: Format) -> String {
    let mut items = items();
    for (kind, body) in &mut items {
        let scope = *kind == "scope";
        // A scope of nonsense is refused before there is a report: its values are checked.
        if !scope || body["entry"] == "goal" || body["entry"] == "indicator" {
            poison(body, "");
        }
    }
    let mut case = case(&items);
    case.title = NASTY.into();
    let mut material = gather(&case, |op| {
        let mut v = reply(op)?;
        poison(&mut v, "");
        Ok(v)
    });
    material.version = NASTY.into();
    material.build = NASTY.into();
    material.fingerprint = NASTY.into();
    material.settings = vec![(NASTY.into(), NASTY.into())];
    material.troubles = vec![NASTY.into()];
    material.scope.zone = NASTY.into();
    material.scope.protocols = vec![NASTY.into()];
    material.scope.exclude = vec![NASTY.into()];
    write(&case, &material, format)
}

/// Start and end tags of a document, with their attributes' names; text is thrown away.
fn tags(html: &str) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let mut quote = None;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                match (quote, c) {
                    (None, '"') => quote = Some('"'),
                    (Some(q), c) if q == *c => quote = None,
                    _ => {}
                }
                quote.is_none() && *c == '>'
            })
            .map_or(rest.len(), |(n, _)| n);
        let inner = &rest[..end];
        let name: String = inner.chars().take_while(|c| !c.is_whitespace()).collect();
        let mut attributes = Vec::new();
        for (n, part) in inner[name.len()..].split('"').enumerate() {
            if n % 2 == 0 {
                let names = part
                    .split_whitespace()
                    .map(|a| a.trim_end_matches('=').to_owned());
                attributes.extend(names);
            }
        }
        if name == "style" {
            rest = rest.split_once("</style>").unwrap().1;
        } else {
            rest = &rest[end..];
        }
        out.push((name, attributes));
    }
    out
}

#[test]
fn html_gains_no_tag_and_no_attribute() {
    let html = poisoned(Format::Html);
    // The last ones are what the Markdown of a note may become.
    let allowed = "!DOCTYPE html head meta title style body main section h1 h2 h3 p ul li table thead tbody tr th td strong bdi code span footer h4 pre blockquote ol br em s hr";
    let mut counted = 0;
    for (name, attributes) in tags(&html) {
        let bare = name.trim_start_matches('/');
        assert!(allowed.split(' ').any(|a| a == bare), "<{name}>");
        for a in attributes {
            let known = [
                "html",
                "lang",
                "charset",
                "http-equiv",
                "content",
                "name",
                "id",
                "class",
                "scope",
                "colspan",
                "start",
            ];
            assert!(known.contains(&a.as_str()), "{a} of <{name}>");
        }
        counted += 1;
    }
    assert!(counted > 300, "{counted}: the reader is broken");
    let (case, material) = whole();
    let plain = write(&case, &material, Format::Html);
    // The same sections in the same order, whatever the text says; one more where it is too long for page one.
    let shape = |h: &str| {
        let all = tags(h).into_iter();
        let all = all.filter(|t| t.0 == "section" || t.0 == "h2").count();
        all - 2 * h.matches("<h2>In full</h2>").count()
    };
    assert_eq!(shape(&html), shape(&plain));
}

#[test]
fn control_and_direction_characters_are_seen_not_obeyed() {
    for format in [Format::Html, Format::Markdown] {
        let text = poisoned(format);
        let obeyed = |c: char| {
            (c.is_control() && c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c)
        };
        assert_eq!(text.chars().find(|c| obeyed(*c)), None, "{format:?}");
        assert!(text.contains("\u{27e8}U+202E\u{27e9}gpj.exe") && text.contains('\u{241b}'));
    }
}

#[test]
fn markdown_gains_no_link_image_markup_or_line() {
    let md = poisoned(Format::Markdown);
    for line in md.lines() {
        let bytes = line.as_bytes();
        for (at, c) in line.char_indices() {
            let escaped = bytes[..at]
                .iter()
                .rev()
                .take_while(|b| **b == b'\\')
                .count()
                % 2
                == 1;
            match c {
                '<' | '>' | '`' | '_' | '~' => assert!(escaped, "{c} in {line}"),
                // Two brackets are a reference; one would begin a link.
                '[' | ']' if !escaped => {
                    let twice = bytes.get(at + 1) == Some(&bytes[at])
                        || (at > 0 && bytes[at - 1] == bytes[at]);
                    assert!(twice, "{c} in {line}");
                }
                _ => {}
            }
        }
        assert!(
            !line.starts_with("# head") && !line.starts_with("- item"),
            "{line}"
        );
        assert!(
            !line.contains("://evil.test")
                || line.contains("hXXp://evil[.]test")
                || line.contains("hXXp://evil\\[.\\]test"),
            "{line}"
        );
        assert!(!line.contains("www.evil"), "{line}");
    }
    let (case, material) = whole();
    let plain = write(&case, &material, Format::Markdown);
    // A text too long for page one has a section of its own.
    let own = |l: &&str| l.starts_with('#') && *l != "## In full";
    let heads = |t: &str| t.lines().filter(own).count();
    assert_eq!(heads(&md), heads(&plain), "no text became a heading");
}

#[test]
fn json_is_one_document_whatever_the_text() {
    let v: Value = serde_json::from_str(&poisoned(Format::Json)).unwrap();
    assert!(
        v["title"].as_str().unwrap().contains("<script>"),
        "for machines: as it is"
    );
}

#[test]
fn a_deep_or_circular_outline_ends() {
    let mut items: Vec<(&'static str, Value)> = (1..=3000)
        .map(|n: u64| ("note", serde_json::json!({"text": format!("n{n}"), "parent": crate::material::id(n - 1), "order": n})))
        .collect();
    items[0].1["parent"] = crate::material::id(3000).into();
    items.push((
        "note",
        serde_json::json!({"text": "self", "parent": crate::material::id(3001), "order": "x"}),
    ));
    let case = case(&items);
    let material = gather(&case, |_| Err("-"));
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("n1\n") && md.contains("n3000\n") && md.contains("self\n"));
}
