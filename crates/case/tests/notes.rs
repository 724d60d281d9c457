//! Notes as they are read: Markdown whose HTML and links are text, references and tags in it, and texts made to harm.

use proptest::prelude::*;
use std::time::{Duration, Instant};
use weir_case::notes::{Block, DEPTH, LONGEST, Run, Sort, read, tagged, tags};

/// A note in one line: blocks by signs, runs in brackets of their own.
fn shown(text: &str) -> String {
    blocks(&read(text).blocks)
}

fn blocks(all: &[Block]) -> String {
    let each: Vec<String> = all.iter().map(block).collect();
    each.join(" / ")
}

fn block(b: &Block) -> String {
    match b {
        Block::Paragraph { runs: r } => runs(r),
        Block::Heading { level, runs: r } => format!("h{level} {}", runs(r)),
        Block::Quote { blocks: b } => format!("quote({})", blocks(b)),
        Block::List { start, items } => {
            let items: Vec<String> = items.iter().map(|i| blocks(i)).collect();
            let name = start.map_or("ul".to_owned(), |n| format!("ol{n}"));
            format!("{name}({})", items.join(" ; "))
        }
        Block::Code { info, text } => format!("code[{info}]({text:?})"),
        Block::Table { head, rows } => {
            let row = |r: &Vec<Vec<Run>>| r.iter().map(|c| runs(c)).collect::<Vec<_>>().join(" | ");
            let rows: Vec<String> = std::iter::once(head).chain(rows).map(row).collect();
            format!("table({})", rows.join(" ; "))
        }
        Block::Rule => "rule".to_owned(),
    }
}

fn runs(all: &[Run]) -> String {
    let each = all.iter().map(|r| {
        let text = match r.sort {
            Sort::Text => r.text.clone(),
            Sort::Code => format!("\u{2039}{}\u{203a}", r.text),
            Sort::Reference => format!("\u{2192}{}", r.text),
            Sort::Tag => format!("tag:{}", r.text),
            Sort::Break => "\u{23ce}".to_owned(),
        };
        let mark = |on: bool, sign: &'static str| if on { sign } else { "" };
        let marks = [
            mark(r.strong, "S"),
            mark(r.emphasis, "E"),
            mark(r.strike, "X"),
        ]
        .concat();
        if marks.is_empty() {
            text
        } else {
            format!("{marks}<{text}>")
        }
    });
    each.collect()
}

#[test]
fn markdown_becomes_blocks_and_runs() {
    for (text, want) in [
        ("plain", "plain"),
        ("one\ntwo\\\nthree", "one\u{23ce}two\u{23ce}three"),
        ("one\n\ntwo", "one / two"),
        ("# Head\ntext\n\nunder\n---", "h1 Head / text / h2 under"),
        ("a *b* **c** ~~d~~ ***e***", "a E<b> S<c> X<d> SE<e>"),
        ("a `b*c*` d", "a \u{2039}b*c*\u{203a} d"),
        ("- a\n- b\n  - c\n\n    d\n- e", "ul(a ; b / ul(c / d) ; e)"),
        ("3. a\n4. b", "ol3(a ; b)"),
        ("> a\n> > b\n\nc", "quote(a / quote(b)) / c"),
        ("```sh\nx [[p1]] #t\n```", "code[sh](\"x [[p1]] #t\")"),
        ("a\n\n    four", "a / code[](\"four\")"),
        (
            "| a | b |\n|---|---|\n| 1 | `2` |",
            "table(a | b ; 1 | \u{2039}2\u{203a})",
        ),
        ("a\n\n***\n\nb", "a / rule / b"),
        ("", ""),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
}

#[test]
fn html_links_and_entities_are_the_text_that_was_typed() {
    for (text, want) in [
        (
            "a <b>c</b> <script>x</script>",
            "a <b>c</b> <script>x</script>",
        ),
        (
            "<div onclick=x>\n*a* [[p1]]\n</div>",
            "<div onclick=x>\u{23ce}*a* \u{2192}[[p1]]\u{23ce}</div>",
        ),
        ("<!-- hidden -->", "<!-- hidden -->"),
        ("[text](http://bad.test/x)", "text (http://bad.test/x)"),
        (
            "[text](http://bad.test \"why\")",
            "text (http://bad.test \u{201c}why\u{201d})",
        ),
        ("![pic](javascript:alert(1))", "pic (javascript:alert(1))"),
        ("<http://bad.test/>", "http://bad.test/"),
        ("&lt;b&gt; &amp; &copy;", "&lt;b&gt; &amp; &copy;"),
        // What Markdown would take for the definition of a link, and not show.
        ("[one]: packet\n\n[one]", "[one]: packet / [one]"),
        ("[here](#top)", "here (#top)"),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
    // More cells than the table has columns would be dropped.
    assert!(shown("| a |\n|---|\n| b | lost |").contains("lost"));
}

#[test]
fn references_are_found_wherever_text_is() {
    for (text, want) in [
        (
            "**[[p12]]** *see [[B:tcp:3]]*",
            "S<\u{2192}[[p12]]> E<see >E<\u{2192}[[B:tcp:3]]>",
        ),
        (
            "- a [[h:192.0.2.1]]\n# [[p1]]",
            "ul(a \u{2192}[[h:192.0.2.1]]) / h1 \u{2192}[[p1]]",
        ),
        (
            "[[q:`a == \"*b*\" and c`]] `d`",
            "\u{2192}[[q:`a == \"*b*\" and c`]] \u{2039}d\u{203a}",
        ),
        (
            "[[p12:http.user_agent]]_x_",
            "\u{2192}[[p12:http.user_agent]]_x_",
        ),
        (
            "`[[p12]]` [[p]] [[nonsense]] [[p1",
            "\u{2039}[[p12]]\u{203a} [[p]] [[nonsense]] [[p1",
        ),
        ("[see [[p12]]](x)", "see \u{2192}[[p12]] (x)"),
    ] {
        assert_eq!(shown(text), want, "{text}");
    }
    // Characters of private use are the analyst's, whatever they stand for in here.
    assert_eq!(
        shown("\u{f0000}[[p1]]\u{100000}"),
        "\u{f0000}\u{2192}[[p1]]\u{100000}"
    );
}

#[test]
fn the_linter_and_verify_find_every_reference_that_is_shown() {
    let text = "**[[p1]]**\n- *[[tcp:3]]*\n> [[h:192.0.2.1]]\n\n| [[p2]] |\n|---|\n| [[q:`a|b`]] |";
    let all: Vec<String> = weir_case::report::references(text)
        .iter()
        .map(ToString::to_string)
        .collect();
    for r in [
        "[[p1]]",
        "[[tcp:3]]",
        "[[h:192.0.2.1]]",
        "[[p2]]",
        "[[q:`a|b`]]",
    ] {
        assert!(all.contains(&r.to_owned()), "{r} in {all:?}");
        assert!(
            shown(text).contains(&format!("\u{2192}{r}")),
            "{}",
            shown(text)
        );
    }
}

/// The same cases that the page's own search is held to.
#[test]
fn tags_are_words_outside_code() {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("notes/tags.json")).expect("JSON");
    for case in cases.as_array().expect("a list") {
        let text = case["text"].as_str().expect("text");
        let want: Vec<&str> = case["tags"]
            .as_array()
            .expect("tags")
            .iter()
            .filter_map(|t| t.as_str())
            .collect();
        assert_eq!(tags(text), want, "{text}");
    }
    assert_eq!(shown("*#a* b#c\n- #d."), "E<tag:#a> b#c / ul(tag:#d.)");
}

#[test]
fn tags_of_a_case_are_those_of_live_notes_nodes_and_comments() {
    let item = |n: u32, kind: &str, body: serde_json::Value| {
        serde_json::json!({"id": format!("{n:032x}"), "kind": kind, "pass": 1, "step": "notes",
            "stamp": {"author": "a", "counter": n, "at": "2026-03-04T05:06:07Z"}, "body": body})
    };
    let mut gone = item(6, "note", serde_json::json!({"text": "#gone"}));
    gone["deleted"] = true.into();
    let text = serde_json::json!({"schema": 1, "id": "0".repeat(32), "title": "", "items": [
        item(1, "note", serde_json::json!({"text": "#Beacon and `#code`"})),
        item(2, "pin", serde_json::json!({"evidence": "[[p1]]", "comment": "a #beacon", "snapshot": "#captured"})),
        item(3, "node", serde_json::json!({"text": "who? #c2/dns"})),
        item(4, "note", serde_json::json!({"text": "#summary", "role": "summary"})),
        item(5, "lesson", serde_json::json!({"text": "#lesson"})),
        gone,
    ]});
    let case = weir_case::Document::open(&text.to_string()).expect("a case");
    let all: Vec<(String, usize)> = tagged(&case)
        .into_iter()
        .map(|t| (t.tag, t.items.len()))
        .collect();
    assert_eq!(all, [("beacon".to_owned(), 2), ("c2/dns".to_owned(), 1)]);
}

/// The deepest nesting of what was built.
fn depth(all: &[Block]) -> usize {
    let deepest = all.iter().map(|b| match b {
        Block::Quote { blocks } => 1 + depth(blocks),
        Block::List { items, .. } => 1 + items.iter().map(|i| depth(i)).max().unwrap_or(0),
        _ => 0,
    });
    deepest.max().unwrap_or(0)
}

#[test]
fn texts_made_to_harm_are_read_in_bounded_time_and_depth() {
    let megabytes = 2 << 20;
    let wide = format!(
        "{}\n{}\n{}",
        "|a".repeat(8_000),
        "|-".repeat(8_000),
        "|\n".repeat(8_000)
    );
    let stairs: String = (0..350)
        .map(|n| format!("{}- a\n", " ".repeat(2 * (n % 300))))
        .collect();
    for unit in [
        "[",
        "[[",
        "*",
        "**a",
        "_",
        "~",
        "`",
        "``` ",
        ">",
        "> ",
        "- ",
        "1. ",
        "#",
        "# ",
        "#a ",
        "<",
        "<a ",
        "<!--",
        "&",
        "&lt;",
        "|",
        "|-",
        "\\",
        "]:",
        "](",
        "[a](",
        "![",
        "[[p1]]",
        "[[q:`",
        "\u{f0000}",
        "\u{10fffd}",
        "\n",
        "\n>",
        "\n- ",
        "\n\n1. a",
        "\t",
        "a\u{0}",
        "*a_",
        "[a](<",
        "<a b=\"",
        "<![CDATA[",
        "<?",
        "x\n\n",
        "`` ` ",
    ] {
        let text = unit.repeat(megabytes / unit.len());
        check(&text, unit);
    }
    check(&wide, "a wide table");
    check(&stairs, "stairs");
    check(
        &">".repeat(30_000)
            .replace('>', "> ")
            .chars()
            .chain("\n>".repeat(2_000).chars())
            .collect::<String>(),
        "lazy lines",
    );
    check(
        &(1..350)
            .map(|n| format!("{}a", "`".repeat(n)))
            .collect::<String>(),
        "backticks",
    );
}

fn check(text: &str, what: &str) {
    let begin = Instant::now();
    let note = read(text);
    let took = begin.elapsed();
    println!("{what:?}: {took:?}");
    assert!(took < Duration::from_secs(10), "{what:?} took {took:?}");
    assert!(depth(&note.blocks) <= DEPTH, "{what:?}");
    assert_eq!(
        text.len() > LONGEST,
        note.says.iter().any(|s| s.contains("Longer")),
        "{what:?}: {:?}",
        note.says
    );
}

#[test]
fn deeper_than_the_bound_is_said_and_kept() {
    let note = read(&format!("{} end", "> ".repeat(40)));
    assert_eq!(depth(&note.blocks), DEPTH);
    assert!(note.says[0].contains("deeper than 12"), "{:?}", note.says);
    assert!(blocks(&note.blocks).contains("end"));
}

/// Every letter that is in the blocks, in order.
fn letters(all: &[Block]) -> String {
    let line = |r: &[Run]| r.iter().flat_map(|r| r.text.chars()).collect::<String>();
    let each = all.iter().map(|b| match b {
        Block::Paragraph { runs } | Block::Heading { runs, .. } => line(runs),
        Block::Quote { blocks } => letters(blocks),
        Block::List { items, .. } => items.iter().map(|i| letters(i)).collect(),
        Block::Code { info, text } => format!("{info}{text}"),
        Block::Table { head, rows } => head
            .iter()
            .chain(rows.iter().flatten())
            .map(|c| line(c))
            .collect(),
        Block::Rule => String::new(),
    });
    each.collect::<String>()
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect()
}

#[test]
fn a_cell_of_figures_alone_is_not_lost() {
    let typed = "| host | port |\n|---|---|\n| a | 80 | 192.0.2.5 |";
    let read = weir_case::notes::read(typed);
    let told = format!("{:?}", read.blocks);
    assert!(told.contains("192.0.2.5"), "{told}");
    // A table whose cells all have their place stays one, numbers of lists beside it or not.
    let typed = "1. first\n2. second\n\n| host | port |\n|---|---|\n| a | 80 |\n";
    let read = weir_case::notes::read(typed);
    let table = |b: &weir_case::notes::Block| matches!(b, weir_case::notes::Block::Table { .. });
    assert!(read.blocks.iter().any(table), "{:?}", read.blocks);
}

#[test]
fn tags_of_one_text_are_bounded_and_it_is_said() {
    let many: String = (0..5000).map(|n| format!("#tag{n} ")).collect();
    let read = weir_case::notes::read(&many);
    assert_eq!(read.tags.len(), 100);
    assert!(
        read.says.iter().any(|s| s.contains("first 100 tags")),
        "{:?}",
        read.says
    );
}

#[test]
fn backticks_of_every_length_take_no_longer_than_their_text() {
    // Each run looked for its like to the end of the text: 10^10 steps in a text of two megabytes.
    let lengths: String = (1..2000).map(|n| format!("{} ", "`".repeat(n))).collect();
    for text in ["`a` ".repeat(500_000), lengths] {
        let note = weir_case::notes::read_report(&text);
        assert!(!note.blocks.is_empty());
        assert!(!weir_case::notes::read(&text).blocks.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn no_letter_is_lost(parts in proptest::collection::vec(prop_oneof![
        "[a-zA-Z\u{e9}\u{4e2d}]{1,3}",
        Just(" ".to_owned()), Just("\n".to_owned()), Just("\n\n".to_owned()), Just("    ".to_owned()),
        "[-*_~`>#|+=!<&;:/\\\\\\[\\]()\"'.0-9]{1,3}",
        Just("[[p12]]".to_owned()), Just("[[q:`x`]]".to_owned()), Just("#tag".to_owned()), Just("\n- ".to_owned()), Just("\n> ".to_owned()),
        Just("```".to_owned()), Just("\n|-|-|\n".to_owned()), Just("[a]: b".to_owned()), Just("\u{f0001}".to_owned()),
        Just("<div>".to_owned()), Just("](x)".to_owned()),
    ], 0..40)) {
        let text = parts.concat();
        let typed: String = text.chars().filter(|c| c.is_alphabetic()).collect();
        let note = read(&text);
        prop_assert_eq!(letters(&note.blocks), typed);
        prop_assert!(!note.says.iter().any(|s| s.contains("losing")), "{:?}", text);
    }
}
