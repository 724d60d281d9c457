//! Syntax alone: printing and reading again, hostile text, the filters analysts use.

use crate::common::{Anything, schema};
use proptest::prelude::*;
use std::path::PathBuf;
use weir_filter::{
    Arithmetic, Compare, Expr, MAX_DEPTH, MAX_LENGTH, Operand, OperandKind, Program, Quantifier,
    Range, Span, Test, parse,
};

fn operand(kind: OperandKind) -> Operand {
    Operand {
        kind,
        span: Span::default(),
    }
}

fn ranges() -> impl Strategy<Value = Vec<Range>> {
    let one = prop_oneof![
        (-9i32..9, 1u32..9).prop_map(|(a, b)| Range::Length(a, b)),
        (0i32..9, 0i32..9).prop_map(|(a, b)| Range::Until(a.min(b), a.max(b))),
        (-9i32..-1).prop_map(|a| Range::Until(a, -1)),
        (-9i32..9).prop_map(Range::Rest),
    ];
    prop::collection::vec(one, 1..3)
}

fn operands() -> impl Strategy<Value = Operand> {
    let word = prop_oneof![
        Just("net.src"),
        Just("80"),
        Just("0x50"),
        Just("10.0.0.0/8"),
        Just("fe80::1"),
        Just("::"),
        Just("aa:bb:cc"),
        Just("aa-bb"),
        Just("ftp-data"),
        Just("2026-03-04T12:00:00"),
        Just("1.5"),
    ];
    let leaf = prop_oneof![
        word.clone()
            .prop_map(|w| operand(OperandKind::Word(w.to_owned()))),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|b| operand(OperandKind::Text(b))),
        ".{0,4}".prop_map(|s| operand(OperandKind::Text(s.into_bytes()))),
        any::<u8>().prop_map(|b| operand(OperandKind::Char(b))),
        (word, any::<bool>(), ranges()).prop_map(|(w, raw, layers)| operand(OperandKind::Name {
            name: w.to_owned(),
            raw,
            layers
        })),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        use Arithmetic::{Add, And, Div, Mul, Rem, Sub};
        let op = prop_oneof![
            Just(Add),
            Just(And),
            Just(Div),
            Just(Mul),
            Just(Rem),
            Just(Sub)
        ];
        prop_oneof![
            (op, inner.clone(), inner.clone()).prop_map(|(op, a, b)| operand(OperandKind::Binary(
                op,
                Box::new(a),
                Box::new(b)
            ))),
            inner
                .clone()
                .prop_map(|a| operand(OperandKind::Negative(Box::new(a)))),
            (inner.clone(), ranges())
                .prop_map(|(a, r)| operand(OperandKind::Slice(Box::new(a), r))),
            prop::collection::vec(inner, 0..3)
                .prop_map(|a| operand(OperandKind::Call("len".to_owned(), a))),
        ]
    })
}

fn tests() -> impl Strategy<Value = Expr> {
    use Compare::{AllEq, AnyNe, Eq, Ge, Gt, Le, Lt, Ne};
    let compare = prop_oneof![
        Just(Eq),
        Just(Ne),
        Just(AllEq),
        Just(AnyNe),
        Just(Lt),
        Just(Le),
        Just(Gt),
        Just(Ge)
    ];
    let which = prop_oneof![
        Just(None),
        Just(Some(Quantifier::Any)),
        Just(Some(Quantifier::All))
    ];
    let chain = prop::collection::vec((compare, operands()), 1..3);
    let set = prop::collection::vec((operands(), prop::option::of(operands())), 1..3);
    prop_oneof![
        operands().prop_map(Test::Exists),
        (which.clone(), operands(), chain).prop_map(|(w, a, c)| Test::Compare(w, a, c)),
        (which.clone(), operands(), any::<bool>(), set)
            .prop_map(|(w, a, n, s)| Test::In(w, a, n, s)),
        (which.clone(), operands(), operands()).prop_map(|(w, a, b)| Test::Contains(w, a, b)),
        (which, operands(), operands()).prop_map(|(w, a, b)| Test::Matches(w, a, b)),
    ]
    .prop_map(|test| Expr::Test(test, Span::default()))
}

fn exprs() -> impl Strategy<Value = Expr> {
    tests().prop_recursive(4, 16, 3, |inner| {
        let many = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            many().prop_map(Expr::Or),
            many().prop_map(Expr::Xor),
            many().prop_map(Expr::And),
            inner.clone().prop_map(|e| match e {
                Expr::Not(inner) => *inner,
                other => Expr::Not(Box::new(other)),
            }),
        ]
    })
}

/// The tree as text without its spans: what two trees must share.
fn shape(expr: &Expr) -> String {
    let text = format!("{expr:?}");
    let mut parts = text.split("Span { start: ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_back(expr in exprs()) {
        let text = expr.to_string();
        let again = parse(&text).map_err(|e| TestCaseError::fail(e.render(&text)))?;
        prop_assert_eq!(shape(&expr), shape(&again), "{}", text);
        prop_assert_eq!(text, again.to_string());
    }

    #[test]
    fn no_text_breaks_it(text in "[a-z0-9 .:/\"'\\\\(){}\\[\\]#@$&|^!=<>~,%*+é-]{0,60}") {
        if let Err(error) = Program::new(&text, &schema()) {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{text}");
            prop_assert!(error.render(&text).contains('^'));
        }
        for caret in 0..=text.len() {
            let found = weir_filter::complete(&schema(), &text, caret).span;
            prop_assert!(text.get(found.start..found.end).is_some());
            let _ = weir_filter::name_at(&text, caret);
        }
    }

    #[test]
    fn no_known_words_break_it(words in prop::collection::vec(prop::sample::select(vec![
        "net", "net.src", "net.ttl", "app.host", "app.body", "frame.time", "app.label", "==", "!=", "in", "{", "}", "(", ")",
        "and", "or", "not", "contains", "matches", "any", "all", "\"a\"", "10.0.0.1", "5", "-", "+", "&", "/", "[0]", "#1", "len(",
        "max(", ",", "..", "@", "'a'", "~",
    ]), 0..12)) {
        let text = words.join(" ");
        if let Ok(program) = Program::new(&text, &schema()) {
            let printed = program.expr().to_string();
            prop_assert!(Program::new(&printed, &schema()).is_ok(), "{text} became {printed}");
            for packet in 1..=3 {
                let mut collector = weir_filter::Collector::new(&program);
                collector.start(&crate::common::bytes(packet));
                crate::common::describe(packet, &mut collector);
                let _ = program.eval(&collector);
            }
        }
    }
}

/// The stack of a wasm thread.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn depth_is_bounded() {
    on_small_stack(|| {
        for (open, middle, close) in [
            ("(", "net", ")"),
            ("{", "frame.len", "}"),
            ("!(", "net", ")"),
            ("-", "app.shift", ""),
            ("len(", "app.host", ")"),
            ("", "app.body", "[0:1]"),
            ("1 + ", "frame.len", ""),
            ("{1 + ", "frame.len", "}"),
            ("abs(-{1 + ", "frame.len", "})"),
        ] {
            for count in [1, 20, MAX_DEPTH, 10_000] {
                let text = format!("{}{middle}{} == 1", open.repeat(count), close.repeat(count));
                let found = Program::new(&text, &schema());
                assert!(count < 10_000 || found.is_err(), "{open} {count}");
                if let Ok(program) = found {
                    assert!(parse(&program.expr().to_string()).is_ok(), "{open} {count}");
                }
            }
        }
        let deepest = format!("{}net{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
        assert!(Program::new(&deepest, &schema()).is_ok());
        assert!(
            Program::new(&format!("({deepest})"), &schema())
                .unwrap_err()
                .message
                .contains("deeper")
        );
    });
}

#[test]
fn wide_filters_are_not_deep() {
    on_small_stack(|| {
        for word in [" and ", " or ", " xor "] {
            assert!(
                Program::new(&vec!["net"; 3000].join(word), &schema()).is_ok(),
                "{word}"
            );
        }
        assert!(Program::new(&format!("{}net", "not ".repeat(5001)), &schema()).is_ok());
        assert!(parse(&"(".repeat(MAX_LENGTH)).is_err());
        assert!(
            parse(&" ".repeat(MAX_LENGTH + 1))
                .unwrap_err()
                .message
                .contains("bytes long")
        );
        assert!(parse(&format!("a == \"{}", "\\".repeat(30_000))).is_err());
        assert!(parse(&format!("a[{}]", "9".repeat(30_000))).is_err());
        let numbers = (0..5000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(",");
        assert!(Program::new(&format!("frame.number in {{{numbers}}}"), &schema()).is_ok());
    });
}

#[test]
fn canonical_text() {
    for (text, expected) in [
        (
            "tcp.port eq 80 && !(a||b)",
            "tcp.port == 80 and not (a or b)",
        ),
        ("not not a", "a"),
        ("!(!a)", "a"),
        ("((a))", "a"),
        ("a any_ne r\"\\x\"", "a !== \"\\\\x\""),
        ("a ~ \"x\"", "a matches \"x\""),
        ("a in{1,2..3}", "a in {1, 2 .. 3}"),
        ("a#2[0:1]", "a#2[0]"),
        ("{a+1}*2==4", "{a + 1} * 2 == 4"),
        ("a & 1", "a & 1"),
        ("a or b and c xor d", "a or b and c xor d"),
    ] {
        assert_eq!(parse(text).unwrap().to_string(), expected);
    }
}

/// The corpus beside the project, or where `WEIR_CORPUS` says.
fn corpus() -> PathBuf {
    std::env::var_os("WEIR_CORPUS").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/corpus"
            ))
        },
        PathBuf::from,
    )
}

#[test]
fn filters_of_the_corpus_are_syntax() {
    let Ok(text) = std::fs::read_to_string(corpus().join("filters.txt")) else {
        println!("skipped: no corpus, its filters are not parsed");
        return;
    };
    let mut count = 0;
    for line in text
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
    {
        let (id, filter) = line.split_once('\t').unwrap();
        let expr = parse(filter).unwrap_or_else(|e| panic!("{id} {}", e.render(filter)));
        assert_eq!(
            shape(&parse(&expr.to_string()).unwrap()),
            shape(&expr),
            "{id}"
        );
        // Types are another matter: here every name is a text.
        let _ = Program::new(filter, &Anything);
        count += 1;
    }
    assert!(count > 200, "only {count} filters");
}
