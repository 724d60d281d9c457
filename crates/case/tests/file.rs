//! The case file: what is saved is what is opened, what is broken is named, and what is hostile harms nobody.
//! Every schema that was ever saved opens for ever: `schemas/`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use weir_case::Document;
use weir_case::document::SCHEMA;
use weir_case::file::{CaseFile, MAX_PARTS, Part, Sort, open, write};

fn schemas() -> Vec<(u64, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let mut out: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|f| f.unwrap().path())
        .map(|p| {
            let name = p.file_stem().unwrap().to_str().unwrap().to_owned();
            (name.parse().unwrap(), fs::read_to_string(p).unwrap())
        })
        .collect();
    out.sort();
    out
}

fn case() -> Document {
    Document::open(&schemas().pop().unwrap().1).unwrap()
}

fn part(sort: Sort, name: &str, what: &str, bytes: &[u8]) -> Part {
    Part {
        sort,
        name: name.into(),
        what: what.into(),
        bytes: bytes.into(),
    }
}

fn parts() -> Vec<Part> {
    vec![
        part(
            Sort::Capture,
            "captures/1.pcapng",
            "packets of notes",
            &[7; 5000],
        ),
        part(
            Sort::Artifact,
            "artifacts/1.zip",
            "A:120.0, encrypted",
            b"PK\x03\x04secret",
        ),
        part(Sort::Other, "later/thing.x", "", b"of a later version"),
    ]
}

#[test]
fn every_schema_that_was_saved_opens_and_loses_nothing() {
    let all = schemas();
    let numbers: Vec<u64> = all.iter().map(|s| s.0).collect();
    assert_eq!(
        numbers,
        (1..=SCHEMA).collect::<Vec<_>>(),
        "one of each, and none is taken away"
    );
    for (schema, text) in all {
        let doc = Document::open(&text).unwrap();
        let saved = doc.save();
        for word in [
            "Who fetched it?",
            "the second text",
            "another text",
            "[[A:p12]]",
            "hologram",
            "colour",
            "mood",
            "Office LAN",
        ] {
            assert!(saved.contains(word), "schema {schema}: {word}");
        }
        assert_eq!(Document::open(&saved).unwrap(), doc);
        assert_eq!(
            doc.merge(&Document::open(&saved).unwrap())
                .unwrap()
                .conflicted()
                .count(),
            1
        );
    }
}

#[test]
fn what_is_saved_is_what_is_opened_and_the_same_bytes_again() {
    let (doc, parts) = (case(), parts());
    let bytes = write(&doc, &parts, "0.1.0").unwrap();
    let got = open(&bytes).unwrap();
    let says: Vec<String> = Vec::new();
    assert_eq!(
        got,
        CaseFile {
            document: doc.clone(),
            parts,
            says,
            form: "case file"
        }
    );
    assert_eq!(write(&got.document, &got.parts, "0.1.0").unwrap(), bytes);
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("manifest.json") && text.contains("captures/1.pcapng"));
}

#[test]
fn a_case_is_read_out_of_whatever_holds_it() {
    let doc = case();
    let json = doc.save();
    let page = format!(
        "<!doctype html>\n<html><script type=\"text/plain\" id=\"weir-case\">{}</script><script>id=\"weir-case\">x</script></html>",
        json.replace('<', "\\u003c")
    );
    for (bytes, form) in [
        (json.clone().into_bytes(), "case"),
        (format!("\u{feff}{json}").into_bytes(), "case"),
        (page.into_bytes(), "Weir with a case inside"),
    ] {
        let got = open(&bytes).unwrap();
        assert_eq!((got.form, got.document), (form, doc.clone()));
    }
    for (bytes, says) in [
        (&b"PK\x05\x06"[..], "no case file"),
        (
            b"<!doctype html><script type=\"text/plain\" id=\"weir-case\"></script>",
            "carries no case",
        ),
        (b"<html>", "no JSON"),
        (b"\xff\xfe", "it is no text"),
        (b"", "empty"),
    ] {
        let error = open(bytes).unwrap_err();
        assert!(error.to_string().contains(says), "{says}: {error}");
    }
}

#[test]
fn what_stands_beside_a_case_in_a_page_is_read_or_named() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let doc = case();
    let page = |beside: &str| {
        format!(
            "<!doctype html>\n<script type=\"text/plain\" id=\"weir-case\">{}</script>\n<script type=\"text/plain\" id=\"weir-parts\">{beside}</script>",
            doc.save().replace('<', "\\u003c")
        )
    };
    let parts = vec![Part {
        sort: Sort::Capture,
        name: "captures/1.pcapng".into(),
        what: "2 packets that the case cites".into(),
        bytes: vec![0x0a, 0x0d, 0x0d, 0x0a],
    }];
    let beside = STANDARD.encode(write(&doc, &parts, "0.1.0").unwrap());
    let got = open(page(&beside).as_bytes()).unwrap();
    assert_eq!(
        (got.document, got.parts, got.says.len()),
        (doc.clone(), parts.clone(), 0)
    );
    assert!(open(page("").as_bytes()).unwrap().says.is_empty());
    let mut other = doc.clone();
    other.id = format!("{:032x}", 7);
    let theirs = STANDARD.encode(write(&other, &parts, "0.1.0").unwrap());
    for (beside, says) in [
        ("no base64!", "no base64"),
        ("UEsFBg==", "no case file"),
        (&beside[..beside.len() / 8 * 4], "left out"),
        (theirs.as_str(), "belongs to another one"),
    ] {
        match open(page(beside).as_bytes()) {
            Ok(got) => {
                assert_eq!(got.document, doc);
                assert!(got.says.join(" ").contains(says), "{says}: {:?}", got.says);
                assert!(got.parts.is_empty());
            }
            Err(e) => panic!("{says}: {e}"),
        }
    }
}

#[test]
fn a_newer_schema_is_refused_with_what_was_found() {
    let newer = case().save().replacen("\"schema\":1", "\"schema\":77", 1);
    let error = open(newer.as_bytes()).unwrap_err();
    assert!(
        error.message.contains("a newer Weir wrote it (schema 77)"),
        "{error}"
    );
}

#[test]
fn one_changed_byte_is_named_and_the_rest_is_opened() {
    let bytes = write(&case(), &parts(), "0.1.0").unwrap();
    for (name, why) in [
        ("captures/1.pcapng", "left out"),
        ("artifacts/1.zip", "left out: its checksum is wrong"),
        ("later/thing.x", "left out: its checksum is wrong"),
    ] {
        let head = b"PK\x03\x04";
        let at = bytes.windows(name.len()).position(|w| w == name.as_bytes());
        // The first time it is named is in the manifest, which is packed: this is the entry itself.
        let at = at.unwrap();
        assert!(bytes[..at].windows(4).any(|w| w == head));
        let mut broken = bytes.clone();
        broken[at + name.len() + 8] ^= 0x55;
        let got = open(&broken).unwrap();
        assert_eq!(got.parts.len(), 2, "{name}");
        assert!(
            got.says
                .iter()
                .any(|s| s.starts_with(name) && s.contains(why)),
            "{:?}",
            got.says
        );
        assert_eq!(got.says.len(), 1, "{:?}", got.says);
    }
}

#[test]
fn a_part_that_was_exchanged_is_told_by_its_hash() {
    let (doc, parts) = (case(), parts());
    let real = write(&doc, &parts, "0.1.0").unwrap();
    // The manifest of one in front of the entries of another whose manifest happens to be as long.
    let rest = |b: &[u8]| b[4..].windows(4).position(|w| w == b"PK\x03\x04").unwrap() + 4;
    let forged = (0..=255).find_map(|n: u8| {
        let mut parts = parts.clone();
        parts[2].bytes[0] = n;
        let zip = write(&doc, &parts, "0.1.0").unwrap();
        (parts[2].bytes[0] != b'o' && rest(&zip) == rest(&real)).then_some(zip)
    });
    let forged = forged.unwrap();
    let mut zip = real[..rest(&real)].to_vec();
    zip.extend(&forged[rest(&forged)..]);
    // The directory still has the other manifest's checksum; without it the file is read from its front.
    zip.truncate(zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap());
    let got = open(&zip).unwrap();
    assert!(
        got.says
            .iter()
            .any(|s| s.starts_with("later/thing.x is not what was saved")),
        "{:?}",
        got.says
    );
}

#[test]
fn no_damage_panics_and_a_cut_file_gives_what_stands_before() {
    let bytes = write(&case(), &parts(), "0.1.0").unwrap();
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0xff;
        let _ = open(&broken);
        let cut = open(&bytes[..at]);
        if let Ok(got) = cut {
            assert!(!got.says.is_empty(), "cut at {at} and nothing is said");
        }
    }
    let directory = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let got = open(&bytes[..directory]).unwrap();
    assert_eq!((got.parts.len(), got.says.len()), (3, 1), "{:?}", got.says);
}

#[test]
fn names_are_never_paths() {
    let hostile = [
        "../../etc/passwd",
        "/abs",
        "a\\..\\b",
        "C:x",
        "case.json",
        "captures/../x",
        "\u{202e}gpj",
        "",
    ];
    let parts: Vec<Part> = hostile
        .iter()
        .map(|n| part(Sort::Other, n, "\u{1b}[2Jx", n.as_bytes()))
        .collect();
    let got = open(&write(&case(), &parts, "0.1.0").unwrap()).unwrap();
    assert_eq!(
        (got.parts.len(), got.says.len()),
        (hostile.len(), 0),
        "{:?}",
        got.says
    );
    for (p, was) in got.parts.iter().zip(hostile) {
        assert_eq!(p.bytes, was.as_bytes(), "nothing is lost");
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"._-/".contains(c);
        assert!(
            !p.name.starts_with('/') && !p.name.contains(odd),
            "{}",
            p.name
        );
        assert!(
            p.name.split('/').all(|s| !s.is_empty() && s != ".."),
            "{}",
            p.name
        );
        assert_eq!(p.what, "[2Jx");
    }
}

#[test]
fn bounds_are_named() {
    let many: Vec<Part> = (0..MAX_PARTS)
        .map(|_| part(Sort::Other, "x", "", b""))
        .collect();
    assert!(
        write(&case(), &many, "0")
            .unwrap_err()
            .contains("at most 998")
    );
    // 64 MiB of zeros deflate to a thousandth.
    let bomb = part(Sort::Other, "bomb.bin", "", &vec![0; 64 << 20]);
    let got = open(&write(&case(), &[bomb], "0").unwrap()).unwrap();
    assert!(got.parts.is_empty());
    assert!(
        got.says[0].contains("bomb.bin was left out: it unpacks to more than 200 times"),
        "{:?}",
        got.says
    );
}
