//! `weir case`: packed and unpacked again nothing is lost, copies merge in any order, and nothing is written over.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ID: &str = "00112233445566778899aabbccddeeff";

fn weir(dir: &Path, args: &[&str]) -> Output {
    let weir = Command::new(env!("CARGO_BIN_EXE_weir"))
        .current_dir(dir)
        .args(args)
        .output();
    weir.unwrap()
}

fn ok(dir: &Path, args: &[&str]) -> String {
    let out = weir(dir, args);
    assert!(
        out.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

fn refused(dir: &Path, args: &[&str]) -> String {
    let out = weir(dir, args);
    assert_eq!(out.status.code(), Some(2), "{args:?}");
    String::from_utf8(out.stderr).unwrap()
}

fn item(id: u64, author: &str, counter: u64, text: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id:032x}","kind":"note","stamp":{{"author":"{author}","counter":{counter},"at":"2026-03-04T1{counter}:00:00Z"}},"body":{{"text":"{text}"}}{more}}}"#
    )
}

fn case(items: &[String]) -> String {
    format!(
        r#"{{"schema":1,"id":"{ID}","title":"Office","items":[{}]}}"#,
        items.join(",")
    )
}

/// An empty folder of this test alone.
fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("case-{name}"));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn what_is_packed_is_unpacked() {
    let dir = folder("pack");
    fs::write(dir.join("a.json"), case(&[item(1, "ana", 1, "first", "")])).unwrap();
    fs::write(dir.join("sample.pcapng"), b"packets").unwrap();
    fs::write(dir.join("setup.exe"), b"MZ").unwrap();
    ok(
        &dir,
        &[
            "case",
            "pack",
            "a.json",
            "sample.pcapng",
            "--artifact",
            "setup.exe",
            "-o",
            "a.weir.zip",
        ],
    );
    let shown = ok(&dir, &["case", "show", "a.weir.zip"]);
    for line in [
        "Office: case file",
        "1 note",
        "captures/1.pcapng (7 bytes)",
        "artifacts/1.bin (2 bytes)",
    ] {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
    // What a file is called on this disk is nobody's business.
    let packed = fs::read(dir.join("a.weir.zip")).unwrap();
    assert!(!packed.windows(9).any(|w| w == b"setup.exe"));
    ok(&dir, &["case", "unpack", "a.weir.zip", "-o", "out"]);
    assert_eq!(
        fs::read(dir.join("out/capture-1.pcapng")).unwrap(),
        b"packets"
    );
    assert_eq!(fs::read(dir.join("out/artifact-2.bin")).unwrap(), b"MZ");
    assert_eq!(
        ok(&dir, &["case", "show", "out/case.json"])
            .lines()
            .nth(1)
            .map(str::trim),
        Some("1 note")
    );
    // Nothing is written over.
    assert!(refused(&dir, &["case", "unpack", "a.weir.zip", "-o", "out"]).contains("out"));
    let again = refused(&dir, &["case", "pack", "a.json", "-o", "a.weir.zip"]);
    assert!(again.contains("a.weir.zip"), "{again}");
    assert_eq!(fs::read(dir.join("a.weir.zip")).unwrap(), packed);
}

#[test]
fn tags_are_counted() {
    let dir = folder("tags");
    let items = [
        item(1, "ana", 1, "#Beacon and `#code`", ""),
        item(2, "ana", 2, "again #beacon #c2/dns", ""),
    ];
    fs::write(dir.join("a.json"), case(&items)).unwrap();
    let shown = ok(&dir, &["case", "show", "a.json"]);
    let lines: Vec<&str> = shown.lines().map(str::trim).collect();
    assert!(
        lines.contains(&"2 #beacon") && lines.contains(&"1 #c2/dns"),
        "{shown}"
    );
    assert!(!shown.contains("#code"), "{shown}");
    let shown = ok(&dir, &["case", "show", "a.json", "--json"]);
    assert!(
        shown.contains(r#""tags":{"beacon":2,"c2/dns":1}"#),
        "{shown}"
    );
}

#[test]
fn copies_merge_in_any_order_and_conflicts_are_told() {
    let dir = folder("merge");
    let base = item(1, "ana", 1, "first", "");
    fs::write(dir.join("base.json"), case(&[base])).unwrap();
    let over = r#","over":{"ana":1}"#;
    fs::write(
        dir.join("ben.json"),
        case(&[
            item(1, "ben", 2, "of Ben", over),
            item(2, "ben", 3, "new", ""),
        ]),
    )
    .unwrap();
    fs::write(
        dir.join("eva.json"),
        case(&[item(1, "eva", 4, "of Eva", over)]),
    )
    .unwrap();
    let told = ok(
        &dir,
        &[
            "case",
            "merge",
            "base.json",
            "ben.json",
            "eva.json",
            "-o",
            "one.json",
        ],
    );
    assert!(
        told.contains("ben.json: 1 new, 1 changed, 0 taken away, 0 in conflict"),
        "{told}"
    );
    assert!(
        told.contains("eva.json: 0 new, 0 changed, 0 taken away, 1 in conflict"),
        "{told}"
    );
    ok(
        &dir,
        &[
            "case",
            "merge",
            "eva.json",
            "ben.json",
            "base.json",
            "-o",
            "two.json",
        ],
    );
    assert_eq!(
        fs::read(dir.join("one.json")).unwrap(),
        fs::read(dir.join("two.json")).unwrap()
    );
    let again = ok(
        &dir,
        &[
            "case",
            "merge",
            "one.json",
            "ben.json",
            "-o",
            "three.weir.zip",
        ],
    );
    assert!(again.contains("ben.json: nothing new"), "{again}");
    let shown = ok(&dir, &["case", "show", "three.weir.zip"]);
    assert!(shown.contains("of Eva / of Ben"), "{shown}");
    let other = case(&[]).replace(ID, &"1".repeat(32));
    fs::write(dir.join("other.json"), other).unwrap();
    assert!(
        refused(
            &dir,
            &["case", "merge", "one.json", "other.json", "-o", "x.json"]
        )
        .contains("two different cases")
    );
    assert!(!dir.join("x.json").exists());
}

#[test]
fn what_stands_in_a_case_reaches_no_terminal_as_it_is() {
    let dir = folder("terminal");
    // A title bar set, a line broken and an order turned, as JSON writes them.
    let evil = r"x\u001b]0;y\u0007\n\u009b\u202ez";
    let capture = format!(
        r#"{{"id":"{0:032x}","kind":"capture","stamp":{{"author":"ana","counter":9,"at":"2026-03-04T19:00:00Z"}},"body":{{"name":"{evil}","sha256":"{evil}","capture":"A","first":"{evil}","last":"{evil}","about":{{"gaps":[{{"from":"{evil}","to":"{evil}"}}]}}}}}}"#,
        7
    );
    let titled = |items: &[String]| case(items).replace("Office", evil);
    let ours = [
        item(1, "ana", 1, "one", ""),
        item(2, "ana", 2, evil, ""),
        capture,
    ];
    fs::write(dir.join("a.json"), titled(&ours)).unwrap();
    let theirs = [item(1, "ben", 1, evil, ""), item(3, evil, 2, evil, "")];
    fs::write(dir.join("b.json"), titled(&theirs)).unwrap();
    let told = ok(&dir, &["case", "merge", "a.json", "b.json", "-o", "c.json"]);
    let shown = ok(&dir, &["case", "show", "c.json"]);
    assert!(
        shown.contains("speaks of x\u{241b}]0;y\u{2407}\u{240a}<U+009B><U+202E>z"),
        "{shown}"
    );
    for text in [&told, &shown] {
        let bare = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bare), "{text:?}");
        assert!(text.contains("conflict: note"), "{text}");
        assert!(!text.lines().any(|l| l.starts_with(['<', 'z'])), "{text}");
    }
}

#[test]
fn wrong_calls_and_files_have_their_sentences() {
    let dir = folder("wrong");
    fs::write(
        dir.join("newer.json"),
        case(&[]).replace("\"schema\":1", "\"schema\":9"),
    )
    .unwrap();
    fs::write(dir.join("a.zip"), b"PK\x05\x06").unwrap();
    for (args, says) in [
        (&["case"][..], "case needs show, pack, unpack or merge"),
        (&["case", "fold"], "case needs show, pack, unpack or merge"),
        (&["case", "show"], "one case is expected"),
        (
            &["case", "show", "newer.json"],
            "a newer Weir wrote it (schema 9)",
        ),
        (&["case", "show", "a.zip"], "no case file"),
        (&["case", "merge", "newer.json"], "it needs -o"),
    ] {
        let said = refused(&dir, args);
        assert!(said.contains(says), "{args:?}: {said}");
    }
}
