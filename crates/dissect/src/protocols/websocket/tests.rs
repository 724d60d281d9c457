//! A connection handed over by HTTP, heads at their bounds, masks, control frames, cut at every length.

use super::{CONTROL, Head, MASKING, Session};
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 8080);
pub(super) const ASKED: &str = "GET /chat HTTP/1.1\r\nHost: ws.test\r\nUser-Agent: t/1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
pub(super) const TAKEN: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: soap\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

pub(super) fn frame(flags: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mask = if key.is_some() { 0x80 } else { 0 };
    let mut out = vec![flags];
    match payload.len() {
        n @ 0..=125 => out.push(mask | n as u8),
        n @ 126..=0xffff => {
            out.push(mask | 126);
            out.extend((n as u16).to_be_bytes());
        }
        n => {
            out.push(mask | 127);
            out.extend((n as u64).to_be_bytes());
        }
    }
    out.extend(key.iter().flatten());
    let cycle = key.unwrap_or_default();
    out.extend(payload.iter().zip(cycle.iter().cycle()).map(|(b, k)| b ^ k));
    out
}

#[test]
fn a_conversation_after_the_answer_101() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, ASKED);
    c.server(&mut s, TAKEN);
    c.client(&mut s, frame(0x81, Some([1, 2, 3, 4]), b"hello"));
    // Two packets; the text goes on in a frame of its own.
    c.server(&mut s, frame(0x01, None, &[b'x'; 2000]));
    c.server(
        &mut s,
        [frame(0x89, None, b"ping"), frame(0x80, None, b"end")].concat(),
    );
    c.client(&mut s, frame(0x88, Some([9; 4]), b"\x03\xe8bye"));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Session>();
    let told: Vec<_> = rows
        .iter()
        .map(|r| {
            (
                &*r.host,
                &*r.uri,
                &*r.user_agent,
                &*r.subprotocol,
                &*r.server_extensions,
            )
        })
        .collect();
    assert_eq!(
        told,
        [("ws.test", "/chat", "t/1", "soap", "permessage-deflate")]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n - 1]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(6, "websocket.payload.text"), ["hello"]);
    assert_eq!(of(6, "websocket.masking_key"), ["01020304"]);
    assert_eq!(of(7, "websocket.fin"), Vec::<String>::new());
    assert_eq!(of(7, "tcp.reassembled_in"), ["8"]);
    assert_eq!(of(8, "websocket.payload_length_ext_16"), ["2000"]);
    assert_eq!(of(9, "websocket.payload.ping"), ["70696e67"]);
    assert_eq!(of(9, "websocket.payload.text"), ["end"]);
    assert_eq!(of(10, "websocket.payload.close.status_code"), ["1000"]);
    assert_eq!(of(10, "websocket.payload.close.reason"), ["bye"]);
    assert_eq!(loaded.facts().anomalies.rows().len(), 0);
}

#[test]
fn what_the_specification_forbids_is_told() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, ASKED);
    c.server(&mut s, TAKEN);
    c.client(&mut s, frame(0x81, None, b"bare"));
    c.server(&mut s, frame(0x82, Some([1; 4]), b"masked"));
    c.server(&mut s, frame(0x88, None, &[0; 126]));
    c.server(&mut s, frame(0x09, None, b"part"));
    // Compressed: its text is inflated, not read as if it were plain.
    c.server(&mut s, frame(0xc1, None, b"\x2a\x86\x00"));
    let loaded = s.load();
    let told: Vec<_> = loaded
        .facts()
        .anomalies
        .rows()
        .iter()
        .map(|a| a.kind.id)
        .collect();
    assert_eq!(told, [MASKING.id, MASKING.id, CONTROL.id, CONTROL.id]);
    let trees = s.trees(loaded.facts());
    assert_eq!(trees[9].values("websocket.pmc").next(), Some("1"));
    assert_eq!(
        trees[9].values("websocket.payload.text").next(),
        Some("sssssss")
    );
    assert_eq!(trees[9].values("websocket.payload").count(), 1);
}

#[test]
fn heads_at_their_bounds() {
    for len in [0, 1, 125, 126, 127, 0xffff, 0x1_0000] {
        for key in [None, Some([7; 4])] {
            let bytes = frame(0x82, key, &vec![0; len]);
            let head = Head::read(&bytes).unwrap();
            assert_eq!((head.payload, head.len()), (len as u64, bytes.len() - len));
            assert!(head.len() <= 14 && head.fits());
            for cut in 0..head.len() {
                assert!(Head::read(&bytes[..cut]).is_err_and(|n| n > cut));
            }
        }
    }
    let huge = [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0];
    assert!(!Head::read(&huge).unwrap().fits());
    assert!(!Head::read(&[0x83, 0]).unwrap().fits());
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = frame(0x81, Some([1, 2, 3, 4]), b"hello");
    for cut in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, ASKED);
        c.server(&mut s, TAKEN);
        c.client(&mut s, &whole[..cut]);
        c.finish(&mut s, 0);
        let trees = s.trees(s.load().facts());
        assert!(
            trees
                .iter()
                .all(|t| t.values("websocket.payload.text").next().is_none())
        );
    }
}

#[test]
fn compressed_messages_are_inflated() {
    use flate2::{Compress, Compression, FlushCompress};
    let mut sender = Compress::new(Compression::default(), false);
    let mut squeeze = |text: &[u8]| {
        let mut out = Vec::with_capacity(text.len() + 64);
        let done = sender.compress_vec(text, &mut out, FlushCompress::Sync);
        assert!(done.is_ok() && out.ends_with(&[0, 0, 0xff, 0xff]));
        out.truncate(out.len() - 4);
        out
    };
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, ASKED);
    c.server(&mut s, TAKEN);
    let key = Some([1, 2, 3, 4]);
    c.client(&mut s, frame(0xc1, key, &squeeze(b"hello, hello, hello")));
    // The second one points back to the first, and is in two frames with a ping between.
    let second = squeeze(b"hello, hello again");
    let (a, b) = second.split_at(second.len() / 2);
    c.client(&mut s, frame(0x41, key, a));
    c.client(&mut s, frame(0x89, key, b"p"));
    c.client(&mut s, frame(0x80, key, b));
    // Broken: it and what comes behind it stay as they are.
    c.client(&mut s, frame(0xc1, key, &[0xff; 8]));
    c.client(&mut s, frame(0xc1, key, &squeeze(b"never")));
    let loaded = s.load();
    let texts: Vec<String> = s
        .trees(loaded.facts())
        .iter()
        .flat_map(|t| t.values("websocket.payload.text"))
        .map(str::to_owned)
        .collect();
    assert_eq!(texts, ["hello, hello, hello", "hello, hello again"]);
    let limits = loaded.facts().limits.all();
    assert!(limits.iter().any(|l| l.kind.id == "websocket.inflate"));
}
