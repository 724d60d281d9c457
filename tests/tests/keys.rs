//! Keys at the door: in a key log, before or after the capture, in a block behind the packets; taken away again; and
//! in nothing that is saved. The sealed session is made here, with TLS 1.3's own derivation.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failure here is the test's failure"
)]

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write as _;
use weir_tests::desk::Desk;

const RANDOM: [u8; 32] = [0x42; 32];
const SECRETS: [(&str, [u8; 32]); 4] = [
    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", [1; 32]),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", [2; 32]),
    ("CLIENT_TRAFFIC_SECRET_0", [3; 32]),
    ("SERVER_TRAFFIC_SECRET_0", [4; 32]),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut s, b| {
        write!(s, "{b:02x}").unwrap();
        s
    })
}

fn key_log() -> Vec<u8> {
    let line =
        |(label, secret): &(&str, [u8; 32])| format!("{label} {} {}\n", hex(&RANDOM), hex(secret));
    SECRETS.iter().map(line).collect::<String>().into_bytes()
}

fn sized(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &sized(body)[..]].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind, a, b, c], body].concat()
}

/// One side's records under one secret.
struct Sealer {
    cipher: Aes128Gcm,
    iv: Vec<u8>,
    seq: u64,
}

impl Sealer {
    fn new(secret: &[u8]) -> Self {
        let expand = |label: &str, len: u8| {
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).unwrap();
            mac.update(&[0, len, u8::try_from(label.len()).unwrap() + 6]);
            mac.update(b"tls13 ");
            mac.update(label.as_bytes());
            mac.update(&[0, 1]);
            mac.finalize().into_bytes()[..usize::from(len)].to_vec()
        };
        Self {
            cipher: Aes128Gcm::new_from_slice(&expand("key", 16)).unwrap(),
            iv: expand("iv", 12),
            seq: 0,
        }
    }

    fn seal(&mut self, kind: u8, plain: &[u8]) -> Vec<u8> {
        let mut text = [plain, &[kind]].concat();
        let mut nonce: [u8; 12] = self.iv[..].try_into().unwrap();
        for (to, from) in nonce[4..].iter_mut().zip(self.seq.to_be_bytes()) {
            *to ^= from;
        }
        self.seq += 1;
        let len = u16::try_from(text.len() + 16).unwrap().to_be_bytes();
        let head = [23, 3, 3, len[0], len[1]];
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce.into(), &head, text.as_mut_slice().into())
            .unwrap();
        [&head[..], &text, &tag].concat()
    }
}

const BODY: &[u8] = b"what nobody was to read";

/// Who says what: a session of TLS 1.3 with one request.
fn talk() -> Vec<(bool, Vec<u8>)> {
    let [mut ch, mut sh, mut ct, mut st] = SECRETS.map(|(_, s)| Sealer::new(&s));
    let versions = [0, 43, 0, 3, 2, 3, 4];
    let client = [
        &[3, 3][..],
        &RANDOM,
        &[0, 0, 2, 0x13, 1, 1, 0],
        &sized(&versions),
    ]
    .concat();
    let chosen = [0, 43, 0, 2, 3, 4];
    let server = [&[3, 3][..], &[9; 32], &[0, 0x13, 1, 0], &sized(&chosen)].concat();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", BODY.len());
    vec![
        (true, record(22, &message(1, &client))),
        (
            false,
            [
                record(22, &message(2, &server)),
                sh.seal(22, &[message(8, &[0, 0]), message(20, &[7; 32])].concat()),
            ]
            .concat(),
        ),
        (true, ch.seal(22, &message(20, &[8; 32]))),
        (
            true,
            ct.seal(23, b"GET /hidden.bin HTTP/1.1\r\nHost: h.example\r\n\r\n"),
        ),
        (false, st.seal(23, &[answer.as_bytes(), BODY].concat())),
    ]
}

/// Frames of the conversation, ports of client and server given.
fn frames(port: u16) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut next = [100_u32, 500];
    let mut push = |way: usize, flags: u8, data: &[u8]| {
        let ends = [([10, 0, 0, 1], port), ([10, 0, 0, 2], 443_u16)];
        let (from, to) = (ends[way], ends[1 - way]);
        let mut tcp = [from.1.to_be_bytes(), to.1.to_be_bytes()].concat();
        tcp.extend(next[way].to_be_bytes());
        tcp.extend(next[1 - way].to_be_bytes());
        tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend_from_slice(data);
        let len = u16::try_from(20 + tcp.len()).unwrap().to_be_bytes();
        let id = u8::try_from(out.len()).unwrap();
        let ip = [0x45, 0, len[0], len[1], 0, id, 0, 0, 64, 6, 0, 0];
        out.push(
            [
                &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
                &ip[..],
                &from.0,
                &to.0,
                &tcp,
            ]
            .concat(),
        );
        next[way] += u32::try_from(data.len()).unwrap() + u32::from(flags & 3 != 0);
    };
    push(0, 2, &[]);
    push(1, 0x12, &[]);
    push(0, 0x10, &[]);
    for (client, data) in talk() {
        push(usize::from(!client), 0x18, &data);
    }
    push(1, 0x11, &[]);
    push(0, 0x11, &[]);
    out
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let pad = vec![0; body.len().next_multiple_of(4) - body.len()];
    let len = u32::try_from(body.len() + pad.len() + 12)
        .unwrap()
        .to_le_bytes();
    [&kind.to_le_bytes()[..], &len, body, &pad, &len].concat()
}

/// A pcapng; with the secrets before the packet of this index, if any.
fn pcapng(secrets: Option<usize>) -> Vec<u8> {
    let mut out = block(
        0x0a0d_0d0a,
        &[
            0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
        ],
    );
    out.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
    let log = key_log();
    let kept = [
        &0x544c_534b_u32.to_le_bytes()[..],
        &u32::try_from(log.len()).unwrap().to_le_bytes(),
        &log,
    ]
    .concat();
    let all = frames(40_000);
    for (n, frame) in all.iter().enumerate() {
        if secrets == Some(n) {
            out.extend(block(10, &kept));
        }
        let len = u32::try_from(frame.len()).unwrap().to_le_bytes();
        let time = u32::try_from(n * 1000).unwrap().to_le_bytes();
        out.extend(block(
            6,
            &[&[0; 4], &[0, 0, 6, 0], &time, &len, &len, &frame[..]].concat(),
        ));
    }
    if secrets.is_some_and(|n| n >= all.len()) {
        out.extend(block(10, &kept));
    }
    out
}

fn says(desk: &mut Desk) -> String {
    desk.ask("summary", json!({}))["keys"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What the desk makes of the conversation: rows, and the file it carried with its hashes.
fn read(desk: &mut Desk) -> (String, String) {
    desk.ask("hash", json!({}));
    let packets = desk.table(json!({"table": "packets", "narrowing": {"filter": "http"}}));
    (packets, desk.table(json!({"table": "files"})))
}

#[test]
fn keys_open_the_same_wherever_they_stand() {
    let mut first = None;
    for place in [0, 5, 99] {
        let mut desk = Desk::with(1, &[("a.pcapng", pcapng(Some(place)))]);
        let now = read(&mut desk);
        assert!(now.0.contains("/hidden.bin"), "{place}: {}", now.0);
        assert_eq!(
            says(&mut desk),
            "1 of 1 TLS conversation decrypted, keys from a.pcapng itself"
        );
        assert_eq!(first.get_or_insert_with(|| now.clone()), &now, "{place}");
    }
    let whole = first.unwrap();
    let digest = hex(&<Sha256 as sha2::Digest>::digest(BODY));
    assert!(whole.1.contains(&digest), "{}", whole.1);
    let plain = ("a.pcapng", pcapng(None));
    let log = ("a.keys", key_log());
    for drops in [
        vec![vec![plain.clone(), log.clone()]],
        vec![vec![log.clone(), plain.clone()]],
        vec![vec![plain.clone()], vec![log.clone()]],
        vec![vec![log.clone()], vec![plain.clone()]],
    ] {
        let mut desk = Desk::new(1);
        let mut keys = Vec::new();
        for files in &drops {
            let loaded = desk.load(files);
            assert_eq!(loaded["refused"], json!([]));
            keys.extend(loaded["keys"].as_array().unwrap().clone());
        }
        assert_eq!(keys, [json!("a.keys")]);
        assert_eq!(read(&mut desk), whole);
        assert_eq!(
            says(&mut desk),
            "1 of 1 TLS conversation decrypted, keys from a.keys"
        );
    }
}

#[test]
fn pieces_of_any_size_read_the_same_key_log() {
    let mut desk = Desk::new(1);
    desk.piece = 7;
    desk.fuel = 1;
    desk.load(&[("a.pcapng", pcapng(None)), ("a.keys", key_log())]);
    assert!(read(&mut desk).0.contains("/hidden.bin"));
}

#[test]
fn keys_that_were_taken_away_open_nothing() {
    for (files, source) in [
        (
            vec![("a.pcapng", pcapng(None)), ("a.keys", key_log())],
            json!({"name": "a.keys"}),
        ),
        (vec![("a.pcapng", pcapng(Some(0)))], json!({"capture": "A"})),
    ] {
        let mut desk = Desk::new(1);
        desk.load(&files);
        assert!(read(&mut desk).0.contains("/hidden.bin"));
        let left = desk.ask("keys.forget", source.clone());
        assert_eq!(left["sources"], json!([]), "{left}");
        assert!(!read(&mut desk).0.contains("/hidden.bin"));
        assert_eq!(says(&mut desk), "0 of 1 TLS conversation decrypted");
        assert!(desk.ask("keys.forget", source)["error"].is_string());
    }
}

#[test]
fn no_answer_of_the_engine_has_a_key() {
    let mut desk = Desk::new(1);
    desk.load(&[("a.pcapng", pcapng(Some(0))), ("b.keys", key_log())]);
    let asked: Vec<Value> = ["summary", "keys", "suggest"]
        .map(|op| desk.ask(op, json!({})))
        .to_vec();
    let packet = desk.ask("packet", json!({"packet": "A:4"}));
    for answer in asked.iter().chain([&packet]) {
        for (_, secret) in SECRETS {
            assert!(!answer.to_string().contains(&hex(&secret)), "{answer}");
        }
    }
}

#[test]
fn lines_that_are_none_are_told_and_the_others_hold() {
    let mut desk = Desk::new(1);
    let log = [b"# mine\nSERVER_TRAFFIC_SECRET_0 42 42\n", &key_log()[..]].concat();
    desk.load(&[("a.keys", log), ("a.pcapng", pcapng(None))]);
    let keys = desk.ask("keys", json!({}));
    assert_eq!(keys["opened"], 1);
    // A key log begins with a line of one: this one does not, and is no key log.
    assert_eq!(keys["sources"].as_array().unwrap().len(), 1);
    assert_eq!(keys["sources"][0]["unreadable"], 1);
    assert_eq!(keys["sources"][0]["refused"][0]["line"], 2);
}
