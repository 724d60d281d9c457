//! Any packet of a flow of a gigabyte is opened with at most 4 MiB read: counted, not timed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::json;
use weir_tests::desk::{Bytes, Desk};

/// Payload of a segment, and segments that carry the body.
const SEGMENT: usize = 1460;
const SEGMENTS: u64 = (1 << 30) / SEGMENT as u64;
/// Ethernet, IPv4 and TCP without options.
const HEADERS: usize = 54;
const RECORD: usize = 16 + HEADERS + SEGMENT;
/// Most bytes that may be read to open one packet.
const BOUND: u64 = 4 << 20;

const SYN: u8 = 2;
const PUSH: u8 = 8;
const ACK: u8 = 16;

/// A record of the client (`from` 1) or the server (`from` 2).
fn record(micros: u64, from: u8, (seq, ack, flags): (u32, u32, u8), payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADERS + payload.len()).unwrap();
    let mut out = Vec::with_capacity(16 + length as usize);
    for n in [
        1_700_000_000 + u32::try_from(micros / 1_000_000).unwrap(),
        u32::try_from(micros % 1_000_000).unwrap(),
        length,
        length,
    ] {
        out.extend(n.to_le_bytes());
    }
    let to = 3 - from;
    out.extend([2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0]);
    let ip = u16::try_from(length - 14).unwrap().to_be_bytes();
    out.extend([0x45, 0, ip[0], ip[1], 0, 0, 0x40, 0, 64, 6, 0, 0]);
    out.extend([10, 0, 0, from, 10, 0, 0, to]);
    let ports: [u16; 2] = if from == 1 {
        [40_000, 80]
    } else {
        [80, 40_000]
    };
    out.extend(ports.iter().flat_map(|p| p.to_be_bytes()));
    out.extend(seq.to_be_bytes());
    out.extend(ack.to_be_bytes());
    out.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    out.extend(payload);
    out
}

/// A capture that is computed where it is read: a handshake, a request, and a response of a gigabyte.
struct Download {
    front: Vec<u8>,
    first_seq: u32,
}

impl Download {
    fn new() -> Self {
        let mut front = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        front.extend([0; 8]);
        front.extend(262_144u32.to_le_bytes());
        front.extend(1u32.to_le_bytes());
        let request = b"GET /image.iso HTTP/1.1\r\nHost: files.test\r\n\r\n";
        let length = SEGMENTS * SEGMENT as u64;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let asked = 101 + u32::try_from(request.len()).unwrap();
        front.extend(record(0, 1, (100, 0, SYN), b""));
        front.extend(record(1, 2, (500, 101, SYN | ACK), b""));
        front.extend(record(2, 1, (101, 501, ACK), b""));
        front.extend(record(3, 1, (101, 501, PUSH | ACK), request));
        front.extend(record(4, 2, (501, asked, PUSH | ACK), head.as_bytes()));
        Self {
            front,
            first_seq: 501 + u32::try_from(head.len()).unwrap(),
        }
    }

    /// The body is a count, so that no two segments are alike.
    fn segment(&self, n: u64) -> Vec<u8> {
        let payload: Vec<u8> = n.to_be_bytes().into_iter().cycle().take(SEGMENT).collect();
        let at = u32::try_from(n * SEGMENT as u64).unwrap();
        let seq = self.first_seq.wrapping_add(at);
        record(10 + n * 10, 2, (seq, 146, ACK), &payload)
    }
}

impl Bytes for Download {
    fn len(&self) -> u64 {
        self.front.len() as u64 + SEGMENTS * RECORD as u64
    }

    fn read(&self, start: u64, end: u64) -> Vec<u8> {
        let (front, end) = (self.front.len() as u64, end.min(self.len()));
        let size = usize::try_from(end.saturating_sub(start)).unwrap();
        let mut out = Vec::with_capacity(size + RECORD);
        if start < front {
            let stop = end.min(front) as usize;
            out.extend(&self.front[start as usize..stop]);
        }
        let from = start.max(front) - front;
        if out.len() < size {
            let skip = usize::try_from(from % RECORD as u64).unwrap();
            out.extend(&self.segment(from / RECORD as u64)[skip..]);
            let mut n = from / RECORD as u64 + 1;
            while out.len() < size {
                out.extend(self.segment(n));
                n += 1;
            }
        }
        out.truncate(size);
        out
    }
}

#[test]
fn any_packet_of_a_flow_of_a_gigabyte_opens_with_little_read() {
    let mut desk = Desk::new(1);
    let file = desk.file("long.pcap", Download::new());
    let loaded = desk.ask("load", json!({"files": [file]}));
    let packets = 5 + SEGMENTS;
    assert_eq!(loaded["captures"][0]["packets"], packets, "{loaded}");
    assert!(desk.read > 1 << 30, "{} bytes read to load it", desk.read);

    let flows = desk.table(json!({"table": "flows"}));
    assert_eq!(
        flows.lines().count(),
        2,
        "one flow under its head:\n{flows}"
    );

    let mut most = 0;
    let spread = (0..24).map(|n| 1 + n * (packets - 1) / 23);
    for number in spread.chain([2, 4, 5, 6, 7, packets - 1]) {
        desk.read = 0;
        let got = desk.ask("packet", json!({"packet": format!("A:{number}")}));
        assert!(got["error"].is_null(), "{number}: {got}");
        assert!(
            desk.read <= BOUND,
            "packet {number} took {} bytes",
            desk.read
        );
        most = most.max(desk.read);
    }
    println!("at most {most} bytes read to open one of {packets} packets");

    // Lines of the packet list: what came before is read where that is little, and nothing is told that is not known.
    let view = desk.ask("view", json!({"table": "packets"}))["view"].clone();
    for (from, told) in [(2000, true), (packets - 40, false)] {
        desk.read = 0;
        let args = json!({"view": view, "from": from, "count": 30});
        let page = desk.reply("rows", args).bytes.unwrap();
        let page = String::from_utf8_lossy(&page);
        assert!(desk.read <= 4 * BOUND, "{} bytes for 30 lines", desk.read);
        let line = page.matches("80 \u{2192} 40000").count();
        assert!(line >= 30, "{line} lines: {page:.600}");
        assert!(
            !page.contains("Seq=1 "),
            "each line reads as the first of its flow"
        );
        assert_eq!(page.matches("Seq=").count() >= 30, told, "{page:.600}");
    }
}
