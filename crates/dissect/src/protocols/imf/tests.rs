//! Mails: nested parts, codings, names, boundaries in segments of any size, losses, bounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Letter;
use crate::body::{BodyEnd, BodyKey, BodySink, Encoding};
use crate::dissector::{Dissector, Options};
use crate::facts::Completeness;
use crate::synth::Synth;
use proptest::prelude::*;
use std::collections::BTreeMap;
use weir_model::NoSink;

#[derive(Default)]
struct Bodies(BTreeMap<BodyKey, Vec<u8>>);

impl BodySink for Bodies {
    fn begin(&mut self, key: BodyKey, _: &[Encoding]) {
        assert!(self.0.insert(key, vec![]).is_none(), "one body a key");
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        self.0.get_mut(&key).unwrap().extend_from_slice(bytes);
    }
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, _: BodyKey, _: BodyEnd) {}
}

pub(super) const MAIL: &str = "From: \"A, B\" <a@b>, c@d\r\n\
To: e@f\r\n\
Subject: =?utf-8?Q?h=C3=A9?=\r\n two\r\n\
Content-Type: multipart/mixed;\r\n\tboundary=\"out\"\r\n\
\r\n\
preamble\r\n\
--out\r\n\
\r\n\
plain\r\n\
--outer is no boundary\r\n\
\r\n\
--out\r\n\
Content-Type: multipart/alternative; boundary=in\r\n\
\r\n\
--in\r\n\
Content-Type: text/html\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\
\r\n\
<b>=3D</b> soft=\r\n break\r\n\
--in--\r\n\
epilogue\r\n\
--out  \r\n\
Content-Type: application/x-thing; name=x.bin\r\n\
Content-Transfer-Encoding: base64\r\n\
\r\n\
AAECAwQF\r\n\
BgcICQ==\r\n\
--out\r\n\
Content-Type: message/rfc822\r\n\
\r\n\
Subject: inner\r\n\
Content-Type: multipart/mixed; boundary=deep\r\n\
\r\n\
--deep\r\n\
Content-Disposition: attachment; filename=\"n.txt\"\r\n\
\r\n\
nested\r\n\
--deep--\r\n\
--out--\r\n\
the end\r\n";

/// A capture of a mail that is fetched, in segments of `piece` bytes.
fn fetched(mail: &str, piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 110));
    c.server(&mut s, "+OK POP3\r\n");
    c.client(&mut s, "RETR 1\r\n");
    c.piece = piece;
    c.server(&mut s, format!("+OK\r\n{mail}.\r\n"));
    c.finish(&mut s, 0);
    s
}

/// Name, type and bytes of every file, in order of their place.
fn files(s: &Synth) -> Vec<(String, String, Vec<u8>, Completeness)> {
    let mut d = Dissector::new(Options::default());
    let mut bodies = Bodies::default();
    for (n, bytes) in s.packets.iter().enumerate() {
        d.describe(&s.meta(n), bytes, &mut NoSink, None, Some(&mut bodies));
    }
    d.finish(Some(&mut bodies));
    let mut all: Vec<_> = d.facts().artifacts.iter().collect();
    all.sort_by_key(|a| a.key.offset);
    all.iter()
        .map(|a| {
            let name = a.names.first().map(|n| n.text.to_string());
            let body = bodies.0.get(&a.key).cloned().unwrap_or_default();
            assert_eq!(body.len() as u64, a.wire_size);
            (
                name.unwrap_or_default(),
                a.declared_type.as_deref().unwrap_or_default().to_owned(),
                body,
                a.state,
            )
        })
        .collect()
}

#[test]
fn parts_are_files_in_segments_of_any_size() {
    let whole = Completeness::Complete;
    let inner = "Subject: inner\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\n--deep\r\nContent-Disposition: attachment; filename=\"n.txt\"\r\n\r\nnested\r\n--deep--";
    let file = |name: &str, media: &str, body: &[u8]| {
        (name.to_owned(), media.to_owned(), body.to_vec(), whole)
    };
    let want = [
        file("h\u{e9} two.eml", "message/rfc822", MAIL.as_bytes()),
        file("", "text/plain", b"plain\r\n--outer is no boundary\r\n"),
        file("", "text/html", b"<b>=</b> soft break"),
        file(
            "x.bin",
            "application/x-thing",
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        ),
        file("", "message/rfc822", inner.as_bytes()),
        file("n.txt", "text/plain", b"nested"),
    ];
    for piece in [1, 2, 3, 5, 16, 64, 1400] {
        assert_eq!(files(&fetched(MAIL, piece)), want, "{piece}");
    }
}

#[test]
fn heads_are_fields_of_the_last_packet() {
    let s = fetched(MAIL, 100);
    let loaded = s.load();
    let facts = loaded.facts();
    let letters = facts.messages.all::<Letter>();
    assert_eq!(letters.iter().count(), 1);
    let letter = letters.get(0).unwrap();
    assert_eq!(
        (&*letter.from, letter.bytes),
        ("\"A, B\" <a@b>, c@d", MAIL.len() as u64)
    );
    assert!(facts.artifacts.iter().all(|a| a.message == Some(0)));
    let trees = s.trees(facts);
    let with: Vec<_> = trees
        .iter()
        .filter(|t| t.values("imf.subject").next().is_some())
        .collect();
    assert_eq!(with.len(), 1);
    let of = |field: &str| with[0].values(field).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(of("imf.subject"), ["=?utf-8?Q?h=C3=A9?=\r\n two", "inner"]);
    assert_eq!(of("imf.address"), ["a@b", "c@d", "e@f"]);
    assert_eq!(of("imf.display_name"), ["\"A, B\""]);
    assert_eq!(
        of("mime_multipart.type"),
        [
            "multipart/mixed",
            "multipart/alternative",
            "multipart/mixed"
        ]
    );
    assert_eq!(of("mime_multipart.part").len(), 6);
    assert_eq!(
        of("mime_multipart.header.content-type"),
        [
            "multipart/alternative; boundary=in",
            "application/x-thing; name=x.bin",
            "message/rfc822",
            "text/html"
        ]
        .map(|t| t.replace("; ", ";"))
    );
}

#[test]
fn mails_that_end_early_or_have_no_head() {
    let got = files(&fetched("no head at all\r\nsecond\r\n", 7));
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].2, b"no head at all\r\nsecond\r\n");
    let got = files(&fetched("\r\nonly text\r\n", 7));
    assert_eq!(got[1].2, b"only text\r\n");
    let open = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nopen\r\n";
    let got = files(&fetched(open, 1400));
    assert_eq!(got[1].3, Completeness::Aborted);
    assert_eq!(got[1].2, b"open\r\n");
    // A head and nothing behind it.
    assert_eq!(files(&fetched("Subject: x\r\n", 1400)).len(), 1);
}

#[test]
fn bounds_hold_and_are_told() {
    let mut deep = String::new();
    for n in 0..300 {
        deep += &format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    }
    deep += "\r\nbottom\r\n";
    let s = fetched(&deep, 1400);
    let loaded = s.load();
    let hit = |id: &str| loaded.facts().limits.all().iter().any(|l| l.kind.id == id);
    assert!(hit("imf.depth"));
    let mut wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned();
    for _ in 0..1200 {
        wide += "--b\r\n\r\nx\r\n";
    }
    let s = fetched(&wide, 1400);
    let loaded = s.load();
    assert!(
        loaded
            .facts()
            .limits
            .all()
            .iter()
            .any(|l| l.kind.id == "imf.parts")
    );
    assert_eq!(loaded.facts().artifacts.len(), 1001);
}

proptest! {
    #[test]
    fn bent_mails_never_panic(at in 0usize..900, to in any::<u8>(), cut in 0usize..900, piece in 1usize..200) {
        let mut mail = MAIL.as_bytes().to_vec();
        if let Some(b) = mail.get_mut(at) { *b = to; }
        mail.truncate(cut);
        let mail = String::from_utf8_lossy(&mail).into_owned();
        let s = fetched(&mail, piece);
        files(&s);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}
