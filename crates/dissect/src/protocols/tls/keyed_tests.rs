//! Unit tests of opened TLS: whole sessions sealed in code with every kind of suite, read with their keys.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::crypt::seal::Sealer;
use super::crypt::suite;
use super::tests::{extension, message, record, sized};
use super::*;
use crate::facts::Completeness;
use crate::protocols::http::Transaction;
use crate::secrets::{Origin, Secrets};
use crate::synth::{End, Synth};
use crate::{Dissector, TreeSink};
use std::fmt::Write as _;
use std::rc::Rc;
use weir_model::NoSink;

const CLIENT: End = ([10, 0, 0, 1], 40_000);
const SERVER: End = ([10, 0, 0, 2], 443);
const RANDOMS: [[u8; 32]; 2] = [[7; 32], [9; 32]];
const MASTER: [u8; 48] = [0x3c; 48];

fn client_hello(extensions: &[u8]) -> Vec<u8> {
    let mut b = vec![3, 3];
    b.extend_from_slice(&RANDOMS[0]);
    b.push(0);
    b.extend(sized(&[0x13, 1, 0xc0, 0x2f]));
    b.extend_from_slice(&[1, 0]);
    b.extend(sized(extensions));
    record(22, &message(1, &b))
}

fn server_hello(suite: u16, extensions: &[u8]) -> Vec<u8> {
    let mut b = vec![3, 3];
    b.extend_from_slice(&RANDOMS[1]);
    b.push(0);
    b.extend_from_slice(&suite.to_be_bytes());
    b.push(0);
    b.extend(sized(extensions));
    message(2, &b)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut s, b| {
        write!(s, "{b:02x}").unwrap();
        s
    })
}

fn secrets(lines: &[(&str, &[u8])]) -> Rc<Secrets> {
    let mut s = Secrets::default();
    for (label, secret) in lines {
        let line = format!("{label} {} {}\n", hex(&RANDOMS[0]), hex(secret));
        s.add(&Origin::File("keys".into()), line.as_bytes());
    }
    Rc::new(s)
}

fn body() -> Vec<u8> {
    (0..40_000u32).map(|n| (n * 7 % 251) as u8).collect()
}

fn request() -> Vec<u8> {
    b"GET /secret.bin HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec()
}

fn answer() -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n";
    [head.as_bytes(), &body()].concat()
}

/// Secrets of TLS 1.3: handshake and traffic, of the client and of the server.
const KINDS: [&str; 4] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
];

struct Tls13 {
    synth: Synth,
    secrets: Vec<Vec<u8>>,
}

impl Tls13 {
    /// A session; `lose`: the records of the answer, of 4,000 bytes each, that the capture does not have.
    fn new(number: u16, update: bool, early: bool, lose: std::ops::Range<usize>) -> Self {
        let suite = suite::of(number).unwrap();
        let secrets: Vec<Vec<u8>> = (0..4u8).map(|n| vec![n + 1; suite.hash.len()]).collect();
        let [mut ch, mut sh, mut ct, mut st] =
            [0, 1, 2, 3].map(|n| Sealer::tls13(suite, &secrets[n]));
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        let versions = extension(43, &[2, 3, 4]);
        let offer = if early {
            [versions, extension(42, &[])].concat()
        } else {
            versions
        };
        c.client(&mut s, client_hello(&offer));
        if early {
            let mut e = Sealer::tls13(suite, &vec![99; suite.hash.len()]);
            c.client(&mut s, e.record(23, b"GET /early HTTP/1.1\r\n\r\n"));
        }
        let agreed = extension(16, &sized(b"\x08http/1.1"));
        let hidden = [
            message(8, &sized(&agreed)),
            message(11, &[0, 0, 0, 9, 0, 0, 4, 1, 2, 3, 4, 0, 0]),
            message(20, &vec![5; suite.hash.len()]),
        ]
        .concat();
        let (one, two) = hidden.split_at(30);
        c.server(
            &mut s,
            [
                record(22, &server_hello(number, &extension(43, &[3, 4]))),
                record(20, &[1]),
                sh.record(22, one),
                sh.record(22, two),
            ]
            .concat(),
        );
        if early {
            let mut e = Sealer::tls13(suite, &vec![99; suite.hash.len()]);
            e.seq = 1;
            c.client(&mut s, e.record(22, &message(5, &[])));
        }
        c.client(
            &mut s,
            [
                record(20, &[1]),
                ch.record(22, &message(20, &vec![6; suite.hash.len()])),
            ]
            .concat(),
        );
        c.client(&mut s, ct.record(23, &request()));
        if update {
            c.server(&mut s, st.record(22, &message(24, &[0])));
            let next = super::crypt::derive::expand_label(
                suite.hash,
                &secrets[3],
                "traffic upd",
                suite.hash.len(),
            );
            st = Sealer::tls13(suite, &next);
        }
        for (n, piece) in answer().chunks(4000).enumerate() {
            let sealed = st.record(23, piece);
            if lose.contains(&n) {
                c.lose(1, u32::try_from(sealed.len()).unwrap());
            } else {
                c.server(&mut s, sealed);
            }
        }
        c.server(&mut s, st.record(21, &[1, 0]));
        c.finish(&mut s, 1);
        Self { synth: s, secrets }
    }

    fn with(mut self, kinds: std::ops::Range<usize>) -> Synth {
        let lines: Vec<(&str, &[u8])> = kinds.map(|n| (KINDS[n], &self.secrets[n][..])).collect();
        self.synth.options.secrets = secrets(&lines);
        self.synth
    }
}

fn tls12(number: u16, version: u16, outside: bool) -> Synth {
    let suite = suite::of(number).unwrap();
    let [mut client, mut server] =
        Sealer::tls12(suite, version, &MASTER, [&RANDOMS[0], &RANDOMS[1]]);
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    let etm = if outside { extension(22, &[]) } else { vec![] };
    (client.outside, server.outside) = (outside, outside);
    let mut hello = client_hello(&etm);
    hello[9..11].copy_from_slice(&version.to_be_bytes());
    c.client(&mut s, hello);
    let mut answered = server_hello(number, &etm);
    answered[4..6].copy_from_slice(&version.to_be_bytes());
    c.server(
        &mut s,
        [record(22, &answered), record(22, &message(14, &[]))].concat(),
    );
    c.client(
        &mut s,
        [record(20, &[1]), client.record(22, &message(20, &[1; 12]))].concat(),
    );
    c.server(
        &mut s,
        [record(20, &[1]), server.record(22, &message(20, &[2; 12]))].concat(),
    );
    c.client(&mut s, client.record(23, &request()));
    for piece in answer().chunks(9000) {
        c.server(&mut s, server.record(23, piece));
    }
    c.server(&mut s, server.record(21, &[1, 0]));
    c.finish(&mut s, 1);
    s.options.secrets = secrets(&[("CLIENT_RANDOM", &MASTER)]);
    s
}

fn handshake(d: &Dissector) -> Handshake {
    d.facts().messages.all::<Handshake>()[0].clone()
}

/// The request was read, and the answer's content came whole.
fn read_whole(s: &Synth) -> Dissector {
    let d = s.load();
    let rows = d.facts().messages.all::<Transaction>();
    assert_eq!(rows.len(), 1);
    let [artifact] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!("{} artifacts", d.facts().artifacts.len())
    };
    assert_eq!(
        (artifact.wire_size, artifact.state),
        (40_000, Completeness::Complete)
    );
    assert!(d.facts().anomalies.rows().is_empty());
    let h = handshake(&d);
    assert!(h.opened && !h.unopened && h.established);
    assert_eq!(h.alert, None);
    d
}

#[test]
fn every_suite_of_tls_1_3_is_opened() {
    for number in 0x1301..=0x1305 {
        for update in [false, true] {
            let s = Tls13::new(number, update, false, 0..0).with(0..4);
            let d = read_whole(&s);
            assert_eq!(handshake(&d).next_protocol.as_deref(), Some("http/1.1"));
        }
    }
}

#[test]
fn suites_of_tls_1_2_and_before_are_opened() {
    for number in [
        0x009c, 0xc030, 0xc02f, 0xcca8, 0xc09c, 0xc09d, 0xc0ae, 0xc0af,
    ] {
        read_whole(&tls12(number, 0x0303, false));
    }
    for number in [0x002f, 0xc014, 0x003c, 0x003d, 0xc028] {
        for outside in [false, true] {
            read_whole(&tls12(number, 0x0303, outside));
        }
    }
    for version in [0x0301, 0x0302] {
        for (number, outside) in [(0x002f, false), (0xc014, false), (0x0035, true)] {
            read_whole(&tls12(number, version, outside));
        }
    }
}

#[test]
fn fields_of_what_was_opened_stand_in_the_packet_that_completes_it() {
    let s = Tls13::new(0x1301, false, false, 0..0).with(0..4);
    let d = s.load();
    let trees = s.trees(d.facts());
    let all = |f: &str| {
        let values = trees.iter().flat_map(|t| t.values(f));
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(all("http.request.uri"), ["/secret.bin"]);
    let whole = all("http.request.full_uri");
    assert!(whole.iter().all(|u| u.starts_with("https://")) && !whole.is_empty());
    assert_eq!(all("tls.handshake.type"), ["1", "2", "8", "11", "20", "20"]);
    assert_eq!(all("tls.alert_message.desc"), ["0"]);
    assert_eq!(all("tls.handshake.extensions_alpn_str"), ["http/1.1"]);
    let with = |t: &&TreeSink| t.values("http.request.uri").next().is_some();
    let tree = trees.iter().find(with).unwrap();
    assert!(
        tree.sources()
            .iter()
            .any(|s| s.name == "Decrypted TLS" && s.bytes == request())
    );
    assert_eq!(
        tree.values("tls.record.opaque_type").collect::<Vec<_>>(),
        ["23"]
    );
    assert_eq!(
        tree.values("tls.record.content_type").collect::<Vec<_>>(),
        ["23"]
    );
    assert_eq!(
        tree.values("frame.protocols").collect::<Vec<_>>(),
        ["eth:ethertype:ip:tcp:tls:http"]
    );
}

#[test]
fn without_keys_nothing_changes_and_wrong_ones_are_told() {
    let mut s = Tls13::new(0x1301, false, false, 0..0).with(0..0);
    let h = handshake(&s.load());
    assert!(!h.opened && !h.unopened && h.next_protocol.is_none());
    s.options.secrets = secrets(&[(KINDS[1], &[0x55; 32]), (KINDS[3], &[0x56; 32])]);
    let d = s.load();
    let h = handshake(&d);
    assert!(!h.opened && h.unopened);
    assert_eq!(d.facts().messages.all::<Transaction>().len(), 0);
    let told = d.facts().anomalies.rows();
    assert!(told.iter().all(|a| a.kind.id == "weir.tls.unopened"));
    assert_eq!(told.len(), 1);
}

#[test]
fn traffic_is_opened_where_the_secrets_of_the_handshake_are_missing() {
    let s = Tls13::new(0x1301, false, false, 0..0).with(2..4);
    let d = read_whole(&s);
    assert_eq!(handshake(&d).next_protocol, None);
}

#[test]
fn what_came_before_the_handshake_is_left_out_and_told() {
    let s = Tls13::new(0x1301, false, true, 0..0).with(0..4);
    let d = read_whole(&s);
    assert!(handshake(&d).early);
}

#[test]
fn after_a_loss_the_place_is_found_again_and_the_bytes_lost_are_known() {
    let s = Tls13::new(0x1303, false, false, 3..6).with(0..4);
    let d = s.load();
    let [artifact] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    // Padding counts as content that is lost: two bytes a record.
    let head = 42;
    let lost: u64 = artifact.missing.iter().map(|m| m.end - m.start).sum();
    assert_eq!(artifact.missing[0].start, 12_000 - head);
    assert!((12_000..=12_006).contains(&lost), "{lost}");
    assert!(handshake(&d).opened && !handshake(&d).unopened);
}

#[test]
fn keys_that_come_late_are_known_to_matter() {
    let t = Tls13::new(0x1301, false, false, 0..0);
    let lines = format!("{} {} {}\n", KINDS[3], hex(&RANDOMS[0]), hex(&t.secrets[3]));
    let d = t.synth.load();
    let mut s = Secrets::default();
    let other = format!("CLIENT_RANDOM {} {}\n", hex(&[8; 32]), hex(&MASTER));
    let origin = Origin::File("keys".into());
    assert!(!d.lacked(&s.add(&origin, other.as_bytes())));
    assert!(d.lacked(&s.add(&origin, lines.as_bytes())));
}

#[test]
fn packets_read_again_say_what_the_load_pass_said() {
    let s = Tls13::new(0x1302, true, false, 0..0).with(0..4);
    let mut d = s.load();
    let trees = s.trees(d.facts());
    for (n, bytes) in s.packets.iter().enumerate() {
        let flow = Some(d.facts().flows[0].id);
        let mut from = d.checkpoint(flow, |_| false);
        for (k, before) in s.packets.iter().enumerate().take(n) {
            d.replay(&mut from, &s.meta(k), before, &mut NoSink, None);
        }
        let mut tree = TreeSink::new();
        d.replay(&mut from, &s.meta(n), bytes, &mut tree, None);
        assert_eq!(tree.dump(), trees[n].dump(), "packet {}", n + 1);
    }
}
