//! HTTP/1 over TCP packets built here, through the whole engine.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::io::Write as _;
use weir_dissect::facts::{Completeness, Facts, LinkKind, Message, NameSource};
use weir_dissect::protocols::http::Transaction;
use weir_dissect::{
    BodyEnd, BodyKey, BodySink, Decoder, Dissector, Encoding, Options, PacketMeta, TreeSink,
};
use weir_model::{CaptureId, PacketRef, Timestamp};

const ACK: u8 = 0x10;
const FIN: u8 = 0x11;
const RST: u8 = 0x14;

/// Conversations on one pair of machines, a packet a call.
struct Net {
    engine: Dissector,
    packets: u32,
    client_port: u16,
    next: [u32; 2],
    bodies: Bodies,
    tree: TreeSink,
}

#[derive(Default)]
struct Bodies(Vec<(BodyKey, Option<Decoder>, Vec<u8>)>);

impl BodySink for Bodies {
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]) {
        self.0.push((key, Some(Decoder::new(encodings)), vec![]));
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        let (_, decoder, out) = self.0.iter_mut().find(|b| b.0 == key).unwrap();
        decoder
            .as_mut()
            .unwrap()
            .push(bytes, &mut |b| out.extend_from_slice(b));
    }
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        let (_, decoder, out) = self.0.iter_mut().find(|b| b.0 == key).unwrap();
        decoder
            .take()
            .unwrap()
            .finish(&mut |b| out.extend_from_slice(b));
    }
}

impl Net {
    fn new() -> Self {
        let mut net = Self {
            engine: Dissector::new(Options::default()),
            packets: 0,
            client_port: 40000,
            next: [0; 2],
            bodies: Bodies::default(),
            tree: TreeSink::new(),
        };
        net.connect();
        net
    }

    /// A new connection.
    fn connect(&mut self) {
        self.client_port += 1;
        self.next = [1000, 0xffff_ff00];
        self.packet(0, 0x02, b"");
        self.packet(1, 0x12, b"");
        for n in &mut self.next {
            *n = n.wrapping_add(1);
        }
    }

    fn packet(&mut self, from: usize, flags: u8, payload: &[u8]) {
        let ports = [self.client_port, 80];
        let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        let len = u16::try_from(40 + payload.len()).unwrap();
        bytes.extend([0x45, 0]);
        bytes.extend(len.to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        let hosts = [[192, 168, 100, 7], [203, 0, 113, 9]];
        bytes.extend(hosts[from]);
        bytes.extend(hosts[1 - from]);
        bytes.extend(ports[from].to_be_bytes());
        bytes.extend(ports[1 - from].to_be_bytes());
        bytes.extend(self.next[from].to_be_bytes());
        bytes.extend(self.next[1 - from].to_be_bytes());
        bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend(payload);
        self.packets += 1;
        let time = |n: u32| Timestamp(i64::from(n) * 1_000_000);
        let meta = PacketMeta {
            packet: PacketRef {
                capture: CaptureId(0),
                number: self.packets,
            },
            time: time(self.packets),
            untimed: false,
            record: None,
            wire_len: u32::try_from(bytes.len()).unwrap(),
            link_type: 1,
            interface: 0,
            first: time(1),
            previous: None,
        };
        self.tree = TreeSink::only(&["http"]);
        self.engine
            .describe(&meta, &bytes, &mut self.tree, None, Some(&mut self.bodies));
        self.next[from] = self.next[from].wrapping_add(u32::try_from(payload.len()).unwrap());
    }

    fn send(&mut self, from: usize, payload: &[u8], piece: usize) {
        for piece in payload.chunks(piece.min(1400)) {
            self.packet(from, ACK, piece);
        }
    }

    /// `n` bytes that the capture missed.
    fn lose(&mut self, from: usize, n: u32) {
        self.next[from] = self.next[from].wrapping_add(n);
    }

    fn close(&mut self) {
        self.packet(1, FIN, b"");
        self.next[1] = self.next[1].wrapping_add(1);
        self.packet(0, FIN, b"");
        self.next[0] = self.next[0].wrapping_add(1);
        self.packet(1, ACK, b"");
    }

    fn facts(&mut self) -> &Facts {
        self.engine.finish(Some(&mut self.bodies));
        self.engine.facts()
    }

    fn rows(&mut self) -> Vec<Transaction> {
        self.facts()
            .messages
            .all::<Transaction>()
            .iter()
            .cloned()
            .collect()
    }

    fn body(&self, key: BodyKey) -> &[u8] {
        &self.bodies.0.iter().find(|b| b.0 == key).unwrap().2
    }

    /// Everything but packet numbers and times.
    fn dump(&mut self) -> String {
        let mut out = String::new();
        self.facts();
        let facts = self.engine.facts();
        for t in facts.messages.all::<Transaction>() {
            for n in 1..Transaction::columns().len() {
                let _ = write!(out, "{}\t", t.cell(n).show());
            }
            out.push('\n');
        }
        for a in &facts.artifacts {
            let body = self.body(a.key);
            let _ = writeln!(
                out,
                "{:?} {:?} {:?} {} {:?} {:?} {:?} {} {}",
                a.names,
                a.state,
                a.missing,
                a.wire_size,
                a.declared_size,
                a.range,
                a.found_type,
                a.url,
                String::from_utf8_lossy(body)
            );
        }
        for (kind, n) in facts.anomalies.counts() {
            let _ = writeln!(out, "{} {n}", kind.id);
        }
        out
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut e = GzEncoder::new(Vec::new(), flate2::Compression::default());
    e.write_all(plain).unwrap();
    e.finish().unwrap()
}

fn chunked(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in plain.chunks(10) {
        write!(out, "{:x};x=\"y\"\r\n", piece.len()).unwrap();
        out.extend(piece);
        out.extend(b"\r\n");
    }
    out.extend(b"0\r\nX-T: 1\r\n\r\n");
    out
}

/// (from, bytes) in order: a keep-alive connection with most that HTTP knows.
fn conversation() -> Vec<(usize, Vec<u8>)> {
    let plain = b"content that is long enough to be compressed compressed compressed";
    let zipped = chunked(&gzip(plain));
    let form = b"--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--b1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\x\\up.exe\"\r\nContent-Type: application/octet-stream\r\n\r\nMZ\r\n--b\r\n\r\n--b1--\r\n";
    let mut post = format!("POST /up?x=1 HTTP/1.1\r\nHost: h.test\r\nContent-Type: multipart/form-data; boundary=b1\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n", form.len()).into_bytes();
    let head = post.len();
    post.extend(form);
    let (post_head, post_body) = post.split_at(head);
    vec![
        (0, b"HEAD /f.bin HTTP/1.1\r\nHost: h.test\r\n\r\nGET /f.bin HTTP/1.1\r\nHost: h.test\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n".to_vec()),
        (1, b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n".to_vec()),
        (1, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Type: text/plain; charset=x\r\n\r\n".as_slice(), &zipped].concat()),
        (0, post_head.to_vec()),
        (1, b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
        (0, post_body.to_vec()),
        (1, b"HTTP/1.1 201 Created\nContent-Length: 2\n\nok".to_vec()),
        (0, b"GET /r HTTP/1.1\r\nHost: h.test\r\nRange: bytes=4-\r\n\r\n".to_vec()),
        (1, b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-8/9\r\nETag: \"e1\"\r\nContent-Length: 5\r\n\r\n45678".to_vec()),
        (0, b"GET /none HTTP/1.1\r\nHost: h.test\r\nIf-None-Match: \"e1\"\r\n\r\n".to_vec()),
        (1, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n".to_vec()),
        (0, b"GET http://h.test/last.txt HTTP/1.0\r\n\r\n".to_vec()),
        (1, b"HTTP/1.0 200 OK\r\n\r\nuntil the end".to_vec()),
    ]
}

fn play(piece: usize) -> Net {
    let mut net = Net::new();
    for (from, bytes) in conversation() {
        net.send(from, &bytes, piece);
    }
    net.close();
    net
}

#[test]
fn pieces_of_any_size_give_the_same_facts() {
    let whole = play(usize::MAX).dump();
    for piece in [1, 2, 7, 100] {
        assert_eq!(play(piece).dump(), whole, "{piece}");
    }
}

#[test]
fn a_connection_with_everything() {
    let mut net = play(usize::MAX);
    let rows = net.rows();
    let seen: Vec<(String, u16, u64)> = rows
        .iter()
        .map(|t| {
            let r = t.response.as_ref().unwrap();
            (
                t.request.as_ref().unwrap().method.to_string(),
                r.status,
                r.body_len,
            )
        })
        .collect();
    let seen: Vec<(&str, u16, u64)> = seen.iter().map(|s| (s.0.as_str(), s.1, s.2)).collect();
    let zipped = u64::try_from(
        gzip(b"content that is long enough to be compressed compressed compressed").len(),
    )
    .unwrap();
    assert_eq!(
        seen,
        [
            ("HEAD", 200, 0),
            ("GET", 200, zipped),
            ("POST", 201, 2),
            ("GET", 206, 5),
            ("GET", 304, 0),
            ("GET", 200, 13)
        ]
    );
    assert!(rows.iter().all(|t| t.state == Completeness::Complete));
    assert_eq!(rows[2].interim.as_ref().unwrap().0, 100);
    let login = rows[1]
        .request
        .as_ref()
        .unwrap()
        .credentials
        .clone()
        .unwrap();
    assert_eq!(
        (login.user.as_deref(), login.password),
        (Some("user"), true)
    );
    assert!(!format!("{rows:?}").contains("secret"));
    assert!(rows[5].via_proxy());

    let artifacts = net.engine.facts().artifacts.clone();
    let by = |name: &str| {
        artifacts
            .iter()
            .find(|a| a.names.iter().any(|n| &*n.text == name))
            .unwrap()
    };
    assert_eq!(
        net.body(by("f.bin").key),
        b"content that is long enough to be compressed compressed compressed"
    );
    let upload = by("C:\\x\\up.exe");
    assert!(upload.sent && upload.names[0].from == NameSource::Part);
    assert_eq!(net.body(upload.key), b"MZ\r\n--b\r\n");
    let part = by("r");
    assert_eq!(part.validator.as_deref(), Some("E\"e1\""));
    let range = part.range.clone().unwrap();
    assert_eq!((range.start, range.end, range.total), (4, 9, Some(9)));
    assert_eq!(by("last.txt").url.as_ref(), "http://h.test/last.txt");
    for (row, t) in rows.iter().enumerate() {
        for place in &t.response.as_ref().unwrap().artifacts {
            assert_eq!(artifacts[*place as usize].message, u32::try_from(row).ok());
        }
    }
    let links = net.engine.facts().links.all();
    assert!(links.iter().filter(|l| l.kind == LinkKind::Answer).count() >= 6);
}

#[test]
fn fields_stand_in_the_packet_that_completes_the_message() {
    let mut net = Net::new();
    net.packet(
        0,
        ACK,
        b"GET /a?b=c HTTP/1.1\r\nHost: h.test\r\nCookie: x=1; y=2\r\n\r\n",
    );
    assert_eq!(
        net.tree.values("http.request.full_uri").next(),
        Some("http://h.test/a?b=c")
    );
    assert_eq!(
        net.tree.values("http.cookie_pair").collect::<Vec<_>>(),
        ["x=1", "y=2"]
    );
    net.packet(1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    assert_eq!(
        net.tree.values("http").count() + net.tree.values("http.response.code").count(),
        0
    );
    net.packet(1, ACK, b"cd");
    assert_eq!(net.tree.values("http.response.code").next(), Some("200"));
    assert_eq!(net.tree.values("http.file_data").next(), Some("abcd"));
    assert_eq!(net.tree.values("http.request_in").next(), Some("3"));
}

#[test]
fn aborted_lost_and_unfinished_are_told_apart() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
    let ask = b"GET /x.exe HTTP/1.1\r\nHost: h.test\r\n\r\n";
    for (what, state, missing) in [
        ("reset", Completeness::Aborted, 0),
        ("gap", Completeness::Lost, 1),
        ("end", Completeness::CaptureEnded, 0),
    ] {
        let mut net = Net::new();
        net.send(0, ask, 999);
        net.send(1, head, 999);
        net.send(1, &[b'a'; 40], 999);
        match what {
            "reset" => net.packet(1, RST, b""),
            "gap" => {
                net.lose(1, 20);
                net.send(1, &[b'b'; 40], 999);
                net.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz", 999);
                net.close();
            }
            _ => {}
        }
        let rows = net.rows();
        assert_eq!(rows[0].state, state, "{what}");
        let artifact = &net.engine.facts().artifacts[0];
        assert_eq!(
            (artifact.state, artifact.missing.len()),
            (state, missing),
            "{what}"
        );
        if what == "gap" {
            assert_eq!(artifact.missing[0], 40..60);
            assert_eq!((artifact.wire_size, rows.len()), (80, 2));
        }
    }
}

#[test]
fn joined_in_the_middle_reads_on_at_the_next_message() {
    let mut net = Net::new();
    net.lose(1, 500);
    net.send(1, b"rest of some body", 999);
    net.send(0, b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n", 999);
    net.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 999);
    net.close();
    let rows = net.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].status(), &*rows[0].request.as_ref().unwrap().path),
        (Some(200), "/next")
    );
}

#[test]
fn names_come_along_redirects_and_stay_text() {
    let mut net = Net::new();
    net.send(
        0,
        b"GET /../%2e%2e/super%E2%80%AEbad.exe HTTP/1.1\r\nHost: a.test\r\n\r\n",
        999,
    );
    net.send(
        1,
        b"HTTP/1.1 302 Found\r\nLocation: http://b.test/d?id=7\r\nContent-Length: 0\r\n\r\n",
        999,
    );
    net.connect();
    net.send(0, b"GET /d?id=7 HTTP/1.1\r\nHost: b.test\r\n\r\n", 999);
    net.send(1, b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename*=UTF-8''%3Cb%3E.exe\r\nContent-Length: 2\r\n\r\nMZ", 999);
    net.facts();
    let artifact = &net.engine.facts().artifacts[0];
    let names: Vec<(&str, NameSource)> =
        artifact.names.iter().map(|n| (&*n.text, n.from)).collect();
    assert_eq!(
        names,
        [
            ("<b>.exe", NameSource::Disposition),
            ("d", NameSource::Path),
            ("super\u{202e}bad.exe", NameSource::Redirect)
        ]
    );
    let rows = net.rows();
    assert!(
        rows[1]
            .request
            .as_ref()
            .unwrap()
            .redirected_from
            .as_deref()
            .unwrap()
            .starts_with("http://a.test/")
    );
}

#[test]
fn tunnels_are_handed_over_and_ambiguity_is_said() {
    let mut net = Net::new();
    net.send(0, b"CONNECT s.test:443 HTTP/1.1\r\n\r\n", 999);
    net.send(1, b"HTTP/1.1 200 Connection established\r\n\r\n", 999);
    net.send(0, &[0x80, 0x01, 0xff, 0x00, 0x03], 999);
    net.send(1, b"\x00\x01GET /not/http HTTP/1.1\r\n\r\n", 999);
    net.connect();
    net.send(0, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 999);
    net.send(
        1,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot chunked",
        999,
    );
    net.close();
    let rows = net.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0].request.as_ref().unwrap().host.as_deref(),
        Some("s.test:443")
    );
    assert_eq!(rows[1].request.as_ref().unwrap().body_len, 1);
    assert_eq!(rows[1].response.as_ref().unwrap().body_len, 11);
    let anomalies: Vec<&str> = net
        .engine
        .facts()
        .anomalies
        .counts()
        .iter()
        .map(|a| a.0.id)
        .collect();
    assert!(anomalies.contains(&"http.te_and_length") && anomalies.contains(&"weir.http.chunks"));
}

#[test]
fn a_head_of_a_megabyte_is_cut_and_said() {
    let mut net = Net::new();
    net.send(0, b"GET /big HTTP/1.1\r\nHost: h.test\r\nX: ", 999);
    net.send(0, &vec![b'a'; 1 << 20], 1400);
    net.send(
        0,
        b"\r\n\r\nGET /after HTTP/1.1\r\nHost: h.test\r\n\r\n",
        999,
    );
    net.send(1, b"HTTP/1.1 204 No\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 999);
    let rows = net.rows();
    let paths: Vec<&str> = rows
        .iter()
        .map(|t| &*t.request.as_ref().unwrap().path)
        .collect();
    assert_eq!(paths, ["/big", "/after"]);
    assert!(
        net.engine
            .facts()
            .limits
            .all()
            .iter()
            .any(|l| l.kind.id == "http.head")
    );
}

#[test]
fn behind_a_head_that_is_too_long_no_body_is_invented() {
    let mut net = Net::new();
    let get = b"GET /a.bin HTTP/1.1\r\nHost: h.test\r\n\r\n";
    net.send(0, &get.repeat(2), 999);
    net.send(1, b"HTTP/1.1 200 OK\r\nX: ", 999);
    net.send(1, &vec![b'a'; 300 << 10], 1400);
    net.send(1, b"\r\nContent-Length: 6\r\n\r\n<html>", 999);
    net.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 999);
    net.close();
    let states: Vec<_> = net.rows().iter().map(|t| t.state).collect();
    assert_eq!(states, [Completeness::Unread, Completeness::Complete]);
    let files: Vec<_> = net
        .facts()
        .artifacts
        .iter()
        .map(|a| (a.state, a.wire_size, a.missing.is_empty()))
        .collect();
    assert_eq!(
        files,
        [
            (Completeness::Unread, 0, false),
            (Completeness::Complete, 2, true)
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn mutations_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..5, any::<u8>()), 1..12),
        piece in 1usize..300,
    ) {
        let mut talk = conversation();
        for (which, at, what, byte) in &edits {
            let n = which.index(talk.len());
            let bytes = &mut talk[n].1;
            if bytes.is_empty() {
                continue;
            }
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = *byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, *byte),
                3 => bytes.truncate(at),
                _ => { let tail = bytes.split_off(at); talk.push((n % 2, tail)); }
            }
        }
        let mut net = Net::new();
        for (n, (from, bytes)) in talk.iter().enumerate() {
            if edits.len().is_multiple_of(3) && n == 4 {
                net.lose(*from, 17);
            }
            net.send(*from, bytes, piece);
        }
        net.close();
        let _ = net.dump();
    }
}
