//! Unit tests of HTTP/2: connections built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::TreeSink;
use crate::facts::Completeness;
use crate::protocol::Direction;
use crate::protocols::dns::Query;
use crate::protocols::http::Transaction;
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const CLIENT: End = ([10, 0, 0, 1], 50_000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 9000);

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut out = vec![len[1], len[2], len[3], kind, flags];
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
    out
}

/// A line that joins the table.
fn line(name: &str, value: &str) -> Vec<u8> {
    let text = |t: &str| [&[u8::try_from(t.len()).unwrap()], t.as_bytes()].concat();
    [&[0x40][..], &text(name), &text(value)].concat()
}

pub(super) fn request(path: &str, media: &str) -> Vec<u8> {
    [
        vec![0x83, 0x86],
        line(":path", path),
        line(":authority", "h2.example"),
        line("content-type", media),
        line("user-agent", "tool"),
    ]
    .concat()
}

fn answer(media: &str) -> Vec<u8> {
    [vec![0x88], line("content-type", media)].concat()
}

pub(super) fn settings() -> Vec<u8> {
    frame(wire::SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100])
}

pub(super) fn opening() -> Vec<u8> {
    [
        PREFACE,
        &settings(),
        &frame(wire::WINDOW_UPDATE, 0, 0, &[0, 1, 0, 0]),
    ]
    .concat()
}

/// Two exchanges, interleaved.
pub(super) fn connection(piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.piece = piece;
    c.client(&mut s, opening());
    c.server(&mut s, settings());
    c.client(
        &mut s,
        [
            frame(
                wire::HEADERS,
                wire::END_HEADERS,
                1,
                &request("/one?name=a.bin", "text/plain"),
            ),
            frame(
                wire::DATA,
                wire::END_STREAM | wire::PADDED,
                1,
                b"\x03asked\0\0\0",
            ),
            // The lines of the first request again, out of the table.
            frame(
                wire::HEADERS,
                wire::END_HEADERS | wire::END_STREAM | wire::PRIORITISED,
                3,
                &[&[0, 0, 0, 0, 9][..], &[0x82, 0x86, 0xc1, 0xc0, 0xbe]].concat(),
            ),
        ]
        .concat(),
    );
    let block = answer("application/pdf");
    let (a, b) = block.split_at(3);
    c.server(
        &mut s,
        [
            frame(wire::HEADERS, 0, 3, a),
            frame(wire::CONTINUATION, wire::END_HEADERS, 3, b),
            frame(wire::HEADERS, wire::END_HEADERS, 1, &[0x88, 0xbe]),
            frame(wire::DATA, 0, 3, b"%PDF-1.4 "),
            frame(wire::DATA, wire::END_STREAM, 1, b"%PDF-1.7 short"),
            frame(wire::DATA, wire::END_STREAM, 3, b"in two"),
        ]
        .concat(),
    );
    c.finish(&mut s, 0);
    s
}

fn rows(s: &Synth) -> Vec<Transaction> {
    let d = s.load();
    d.facts()
        .messages
        .all::<Transaction>()
        .iter()
        .cloned()
        .collect()
}

fn one(tree: &TreeSink, field: &str) -> String {
    tree.values(field).collect::<Vec<_>>().join("|")
}

#[test]
fn exchanges_are_rows_and_files_whatever_the_pieces() {
    for piece in [1400, 50, 7] {
        let s = connection(piece);
        let rows = rows(&s);
        assert_eq!(rows.len(), 2, "pieces of {piece}");
        let [short, long] = [&rows[0], &rows[1]];
        let asked = short.request.as_ref().unwrap();
        assert_eq!(
            (&*asked.method, &*asked.target),
            ("POST", "/one?name=a.bin")
        );
        assert_eq!(
            (asked.host.as_deref(), asked.body_len),
            (Some("h2.example"), 5)
        );
        assert_eq!(
            (&*asked.version, asked.user_agent.as_deref()),
            ("2", Some("tool"))
        );
        let came = short.response.as_ref().unwrap();
        assert_eq!((came.status, came.body_len), (200, 14));
        assert_eq!(short.state, Completeness::Complete);
        let asked = long.request.as_ref().unwrap();
        assert_eq!((&*asked.method, &*asked.target), ("GET", "/one?name=a.bin"));
        assert_eq!(asked.host.as_deref(), Some("h2.example"));
        assert_eq!(long.response.as_ref().unwrap().body_len, 15);
        let d = s.load();
        let files = &d.facts().artifacts;
        assert_eq!(files.len(), 3);
        let found = files.iter().filter(|f| {
            f.found_type
                .as_ref()
                .is_some_and(|t| &*t.extension == "pdf")
        });
        assert_eq!(found.count(), 2);
        assert!(d.facts().anomalies.counts().is_empty() && d.facts().limits.all().is_empty());
    }
}

#[test]
fn frames_are_fields() {
    let s = connection(1400);
    let trees = s.trees(s.load().facts());
    let tree = trees
        .iter()
        .find(|t| one(t, "http2.type") == "1|0|1")
        .unwrap();
    assert_eq!(one(tree, "http2.streamid"), "1|1|3");
    assert_eq!(one(tree, "http2.headers.method"), "POST|GET");
    assert_eq!(
        one(tree, "http2.headers.path"),
        "/one?name=a.bin|/one?name=a.bin"
    );
    assert_eq!(
        one(tree, "http2.request.full_uri"),
        "http://h2.example/one?name=a.bin|http://h2.example/one?name=a.bin"
    );
    assert_eq!(one(tree, "http2.data.data"), "61736b6564");
    assert!(one(tree, "frame.protocols").ends_with("tcp:http2"));
    let tree = trees
        .iter()
        .find(|t| one(t, "http2.headers.status") == "200|200")
        .unwrap();
    assert_eq!(
        one(tree, "http2.headers.content_type"),
        "application/pdf|application/pdf"
    );
    let first = trees
        .iter()
        .find(|t| t.values("http2.magic").count() == 1)
        .unwrap();
    assert_eq!(one(first, "http2.settings.max_concurrent_streams"), "100");
    assert_eq!(
        one(first, "http2.window_update.window_size_increment"),
        "65536"
    );
}

fn question(id: u8, flags: u8, answers: u8) -> Vec<u8> {
    let mut m = vec![0, id, flags, 0, 0, 1, 0, answers, 0, 0, 0, 0];
    m.extend_from_slice(b"\x03www\x07example\x00\x00\x01\x00\x01");
    if answers > 0 {
        m.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1]);
    }
    m
}

#[test]
fn dns_in_it_is_dns() {
    let media = "application/dns-message";
    for piece in [1400, 11] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.piece = piece;
        c.client(&mut s, opening());
        let asked = question(0, 1, 0);
        let (a, b) = asked.split_at(9);
        c.client(
            &mut s,
            [
                frame(
                    wire::HEADERS,
                    wire::END_HEADERS,
                    1,
                    &request("/dns-query", media),
                ),
                frame(wire::DATA, 0, 1, a),
                frame(wire::DATA, wire::END_STREAM, 1, b),
            ]
            .concat(),
        );
        c.server(
            &mut s,
            frame(wire::HEADERS, wire::END_HEADERS, 1, &answer(media)),
        );
        c.server(
            &mut s,
            frame(wire::DATA, wire::END_STREAM, 1, &question(0, 0x81, 1)),
        );
        c.finish(&mut s, 1);
        let d = s.load();
        let rows: Vec<&Query> = d.facts().messages.all::<Query>().iter().collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(&*rows[0].query, "www.example");
        assert_eq!(rows[0].addresses().count(), 1);
        assert!(rows[0].rtt().is_some());
        let trees = s.trees(d.facts());
        let answered = trees
            .iter()
            .filter(|t| one(t, "dns.a") == "192.0.2.1")
            .count();
        assert_eq!(answered, 1);
        let layers: Vec<String> = trees.iter().map(|t| one(t, "frame.protocols")).collect();
        assert_eq!(
            layers.iter().filter(|l| l.ends_with("http2:dns")).count(),
            2
        );
    }
}

#[test]
fn an_upgraded_connection_goes_on() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(
        &mut s,
        "GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    );
    let switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n";
    c.server(&mut s, [&switch[..], &settings()].concat());
    c.client(&mut s, opening());
    c.server(
        &mut s,
        [
            frame(wire::HEADERS, wire::END_HEADERS, 1, &answer("text/html")),
            frame(wire::DATA, wire::END_STREAM, 1, b"<html>"),
        ]
        .concat(),
    );
    c.finish(&mut s, 0);
    let rows = rows(&s);
    assert_eq!(
        rows.iter()
            .filter_map(Transaction::status)
            .collect::<Vec<_>>(),
        [101, 200]
    );
    assert_eq!(rows[1].response.as_ref().unwrap().body_len, 6);
}

#[test]
fn long_content_passes_through() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, opening());
    c.client(&mut s, frame(wire::HEADERS, 5, 1, &request("/big", "x/y")));
    c.server(
        &mut s,
        frame(wire::HEADERS, wire::END_HEADERS, 1, &answer("image/png")),
    );
    let body = vec![7; 100_000];
    c.server(
        &mut s,
        frame(
            wire::DATA,
            1 | wire::PADDED,
            1,
            &[&[9][..], &body, &[0; 9]].concat(),
        ),
    );
    // The connection goes on behind it.
    c.client(
        &mut s,
        frame(wire::HEADERS, 5, 3, &[0x82, 0x86, 0xc1, 0xc0]),
    );
    c.server(&mut s, frame(wire::HEADERS, 5, 3, &[0x89]));
    c.finish(&mut s, 0);
    let rows = rows(&s);
    assert_eq!(rows[0].response.as_ref().unwrap().body_len, 100_000);
    assert_eq!(rows[1].status(), Some(204));
    assert_eq!(
        rows[1].request.as_ref().unwrap().host.as_deref(),
        Some("h2.example")
    );
}

#[test]
fn a_reset_stream_and_a_loss_are_said() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, opening());
    c.client(&mut s, frame(wire::HEADERS, 5, 1, &request("/a", "x/y")));
    c.client(&mut s, frame(wire::RST_STREAM, 0, 1, &[0, 0, 0, 8]));
    c.client(
        &mut s,
        frame(wire::HEADERS, 5, 3, &[0x82, 0x86, 0xc1, 0xc0]),
    );
    c.server(
        &mut s,
        frame(wire::HEADERS, wire::END_HEADERS, 3, &answer("x/y")),
    );
    c.server(&mut s, frame(wire::DATA, 0, 3, b"front"));
    c.lose(1, 500);
    c.server(&mut s, frame(wire::DATA, 1, 3, b"end"));
    c.finish(&mut s, 0);
    let rows = rows(&s);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].state, Completeness::Aborted);
    assert!(rows[1].response.is_some());
}

#[test]
fn only_http2_is_taken() {
    let ask = |bytes: &[u8]| {
        probe(&Probe {
            bytes,
            direction: Direction::Backward,
            ports: (8080, 50_000),
            transport: Transport::Tcp,
            from_start: true,
        })
    };
    assert_eq!(ask(PREFACE), Certainty::Certain);
    for cut in 1..PREFACE.len() {
        assert_eq!(ask(&PREFACE[..cut]), Certainty::More);
    }
    assert_eq!(ask(&settings()), Certainty::Certain);
    assert_eq!(ask(&frame(wire::SETTINGS, 0, 0, &[])), Certainty::Unsure);
    assert_eq!(
        ask(&frame(wire::SETTINGS, 0, 0, &[1, 3, 0, 0, 0, 1])),
        Certainty::No
    );
    assert_eq!(ask(&frame(wire::DATA, 0, 1, b"x")), Certainty::No);
    assert_eq!(ask(b"PRI * HTTP/1.0\r\n"), Certainty::No);
}

#[test]
fn every_cut_is_read_to_its_end() {
    let whole = connection(1400);
    for n in 3..whole.packets.len() {
        for cut in 54..whole.packets[n].len() {
            let mut s = whole.clone();
            s.packets[n].truncate(cut);
            let d = s.load();
            s.trees(d.facts());
        }
    }
}

proptest! {
    #[test]
    fn any_frames_are_read(
        frames in proptest::collection::vec((0u8..11, any::<u8>(), 0u32..4, proptest::collection::vec(any::<u8>(), 0..40)), 0..12),
    ) {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, opening());
        for (n, (kind, flags, stream, payload)) in frames.iter().enumerate() {
            let frame = frame(*kind, *flags, *stream, payload);
            if n % 2 == 0 {
                c.client(&mut s, frame);
            } else {
                c.server(&mut s, frame);
            }
        }
        c.finish(&mut s, 0);
        let d = s.load();
        s.trees(d.facts());
    }
}
