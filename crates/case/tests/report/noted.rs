//! Notes in the report: their Markdown in each form, defanged, without a link, and read again as what it was.

use crate::material::{case, gather, id, items, reply};
use serde_json::{Value, json};
use weir_case::notes::{Block, Sort, read};
use weir_case::report::{Format, write};

/// A report over a case with these notes.
fn report(notes: &[(&str, Value)], format: Format) -> String {
    let mut all = items();
    all.retain(|(kind, _)| !["note", "pin", "node"].contains(kind));
    all.extend(notes.iter().map(|(k, v)| (*k, v.clone())));
    let case = case(&all);
    let material = gather(&case, reply);
    write(&case, &material, format)
}

/// What stands under a heading.
fn section<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).expect(begin);
    rest.split_once(end).map_or(rest, |r| r.0)
}

const RICH: &str = "# What happened\n\n**Host** [[h:192.0.2.17]] asked *files.example.net*, see `http://files.example.net/x | y`:\n\n1. first [[p12]] #Beacon\n   - inner ~~not~~\n2. second\nlazy line\n\n> quoted\n>\n> more\n\n```sh\ncurl http://files.example.net\n```\n\n| a | b |\n|---|---|\n| `x\\|y` | [[p12]] |\n\n---\n\n[words](http://evil.test/x) ![p](http://evil.test/i.png) <script>alert(1)</script>";

#[test]
fn html_shows_the_blocks_and_no_link() {
    let html = report(&[("note", json!({"text": RICH, "order": 1}))], Format::Html);
    let notes = section(&html, "id=\"notes\"", "</section>");
    for has in [
        "<h4><bdi>What happened</bdi></h4>",
        "<strong><bdi>Host</bdi></strong>",
        "<em><bdi>files[.]example[.]net</bdi></em>",
        "<code><bdi>hXXp://files[.]example[.]net/x | y</bdi></code>",
        "<ol start=\"1\"><li>",
        "<span class=\"tag\"><bdi>#Beacon</bdi></span>",
        "<s><bdi>not</bdi></s>",
        "<br>",
        "<blockquote><p><bdi>quoted</bdi></p><p><bdi>more</bdi></p></blockquote>",
        "<pre><code><bdi>curl hXXp://files[.]example[.]net</bdi></code></pre>",
        "<td><code><bdi>x|y</bdi></code></td>",
        "<hr>",
        "words (hXXp://evil[.]test/x) p (hXXp://evil[.]test/i.png) &lt;script&gt;alert(1)&lt;/script&gt;",
    ] {
        assert!(notes.contains(has), "{has} in {notes}");
    }
    assert!(!notes.contains("<a ") && !notes.contains("<img"));
    let tags = section(&html, "id=\"tags\"", "</section>");
    assert!(tags.contains("<strong>#beacon</strong>: 1 entry"), "{tags}");
    assert!(tags.contains("What happened"), "{tags}");
}

#[test]
fn markdown_is_markdown_again() {
    let md = report(
        &[("note", json!({"text": RICH, "order": 1}))],
        Format::Markdown,
    );
    let notes = section(&md, "## Notes and pins\n", "\n## Tags");
    let again = read(notes).blocks;
    let [Block::List { items, .. }] = again.as_slice() else {
        panic!("{again:?}");
    };
    // Names are unclickable, headings stand below those of the report; else it is the note.
    let plain = RICH
        .replace("# What", "#### What")
        .replace("http://", "hXXp://")
        .replace("files.example.net", "files[.]example[.]net");
    let plain = plain.replace(
        "[words](hXXp://evil.test/x) ![p](hXXp://evil.test/i.png)",
        "words (hXXp://evil[.]test/x) p (hXXp://evil[.]test/i.png)",
    );
    let want = read(&plain).blocks;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0], want, "{notes}");
}

#[test]
fn a_report_in_markdown_is_read_with_its_escapes_undone() {
    let note = "a & b, x_y <z> at me@here.test [[p12:http.user_agent]]";
    let md = report(
        &[("note", json!({"text": note, "order": 1}))],
        Format::Markdown,
    );
    let blocks = weir_case::notes::read_report(&md).blocks;
    let heads = blocks.iter().filter(|b| matches!(b, Block::Heading { .. }));
    assert_eq!(
        heads.count(),
        md.lines().filter(|l| l.starts_with('#')).count()
    );
    let mut text = String::new();
    for b in &blocks {
        if let Block::List { items, .. } = b {
            for item in items.iter().flatten() {
                if let Block::Paragraph { runs } = item {
                    text.extend(runs.iter().map(|r| r.text.as_str()));
                }
            }
        }
    }
    assert!(text.contains(note), "{text}");
}

#[test]
fn a_plain_note_stands_in_its_line_and_depth() {
    let notes = [
        ("note", json!({"text": "1. is not a list here", "order": 1})),
        (
            "note",
            json!({"text": "plain [[p12]] and\nnext", "order": 2}),
        ),
        (
            "note",
            json!({"text": "below *it*\n\n- a\n- b", "order": 3, "parent": id(u64::try_from(items().len()).unwrap())}),
        ),
    ];
    let md = report(&notes, Format::Markdown);
    let text = section(&md, "## Notes and pins\n", "\n## ");
    assert!(text.contains("\n- plain [[p12]] and\\\n  next\n"), "{text}");
    assert!(text.contains("- below *it*"), "{text}");
}

#[test]
fn json_has_the_blocks_and_the_tags() {
    let notes = [
        ("note", json!({"text": "a **b** #c", "order": 1})),
        (
            "pin",
            json!({"evidence": "[[p12]]", "comment": "#c", "snapshot": "x"}),
        ),
    ];
    let v: Value = serde_json::from_str(&report(&notes, Format::Json)).unwrap();
    let note = v["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["kind"] == "note")
        .unwrap();
    assert_eq!(
        note["blocks"][0]["runs"][1],
        json!({"sort": "text", "text": "b", "strong": true})
    );
    assert_eq!(v["tags"][0]["tag"], "c");
    assert_eq!(v["tags"][0]["items"].as_array().unwrap().len(), 2);
}

#[test]
fn without_tags_there_is_no_index_of_them() {
    let md = report(
        &[("note", json!({"text": "`#code` #12", "order": 1}))],
        Format::Markdown,
    );
    assert!(!md.contains("## Tags"));
}

#[test]
fn a_note_too_deep_or_too_long_says_so() {
    let deep = format!("{} x", "> ".repeat(40));
    let html = report(&[("note", json!({"text": deep, "order": 1}))], Format::Html);
    assert!(html.contains("deeper than 12"));
    let long = "word ".repeat(20_000);
    let md = report(
        &[("note", json!({"text": long, "order": 1}))],
        Format::Markdown,
    );
    assert!(md.contains("Longer than 65536 bytes"));
    let notes = section(&md, "## Notes and pins\n", "\n## ");
    assert_eq!(
        notes.matches("word ").count() + notes.matches("word\n").count(),
        20_000
    );
}

/// Words of a note in the report's Markdown, read again: whatever is written, no link and no HTML is made of it.
#[test]
fn hostile_markdown_stays_words_when_it_is_read_again() {
    for text in [
        "a**\"b\"**c *d*e**f***g*",
        "*a*_b_**c**",
        "- a\n\n* b\n\n1. c\n\n2) d",
        "> - # x\n>   1. `` ` `` y",
        "````\n```\n````",
        "~~~ `x`\ny\n~~~",
        "| a |\n|---|\n| **x\\|y** `z\\|` |",
        "    [a](b://c)",
        "x\\\n- y\n+ z\n1) w\n= v\n--- u",
        "**a\n# b**",
        "_#tag_ *#tag2*",
    ] {
        let md = report(
            &[("note", json!({"text": text, "order": 1}))],
            Format::Markdown,
        );
        let notes = md.split_once("## Notes and pins\n").unwrap().1;
        let notes = notes.split("\n## ").next().unwrap();
        let words = |blocks: &[Block]| {
            let mut out = String::new();
            collect(blocks, &mut out);
            out
        };
        assert_eq!(
            words(&read(notes).blocks),
            words(&read(text).blocks),
            "{text:?} as {notes:?}"
        );
    }
}

fn collect(blocks: &[Block], out: &mut String) {
    for b in blocks {
        match b {
            Block::Paragraph { runs } | Block::Heading { runs, .. } => {
                out.extend(
                    runs.iter()
                        .filter(|r| r.sort != Sort::Break)
                        .flat_map(|r| r.text.chars())
                        .filter(|c| c.is_alphanumeric()),
                );
            }
            Block::Quote { blocks } => collect(blocks, out),
            Block::List { items, .. } => items.iter().for_each(|i| collect(i, out)),
            Block::Code { text, .. } => {
                out.extend(text.chars().filter(|c| c.is_alphanumeric() && *c != 'X'))
            }
            Block::Table { head, rows } => {
                for runs in head.iter().chain(rows.iter().flatten()) {
                    out.extend(
                        runs.iter()
                            .flat_map(|r| r.text.chars())
                            .filter(|c| c.is_alphanumeric()),
                    );
                }
            }
            Block::Rule => {}
        }
    }
}
