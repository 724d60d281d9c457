//! Promises of the engine, on packets built here: a packet opened from a checkpoint is described as in the
//! whole pass, seeds change nothing, broken packets break nothing, copies change no stream.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use weir_dissect::facts::LinkKind;
use weir_dissect::{Dissector, Options, PacketMeta, TreeSink};
use weir_model::{CaptureId, FlowId, PacketRef, Timestamp};

type Packet = (PacketMeta, Vec<u8>);

#[derive(Default)]
struct Build(Vec<Packet>);

fn sum(words: &[u8]) -> u32 {
    words
        .chunks(2)
        .map(|w| u32::from(w[0]) << 8 | u32::from(*w.get(1).unwrap_or(&0)))
        .sum()
}

fn fold(mut n: u32) -> u16 {
    while n > 0xffff {
        n = (n & 0xffff) + (n >> 16);
    }
    !(n as u16)
}

impl Build {
    fn push(&mut self, ns: i64, bytes: Vec<u8>) {
        let previous = self.0.last().map(|p| p.0.time);
        let meta = PacketMeta {
            packet: PacketRef {
                capture: CaptureId(0),
                number: u32::try_from(self.0.len()).unwrap() + 1,
            },
            time: Timestamp(1_000_000_000_000_000_000 + ns),
            untimed: false,
            record: None,
            wire_len: u32::try_from(bytes.len()).unwrap(),
            link_type: 1,
            interface: 0,
            first: Timestamp(1_000_000_000_000_000_000),
            previous,
        };
        self.0.push((meta, bytes));
    }

    /// An IPv4 packet in an Ethernet frame; `place`: fragment offset in bytes and whether more follow.
    fn ip(&mut self, ns: i64, ends: [u8; 2], id: u16, proto: u8, place: (u16, bool), body: &[u8]) {
        let mut frame = vec![2, 0, 0, 0, 0, ends[1], 2, 0, 0, 0, 0, ends[0], 8, 0];
        let len = u16::try_from(20 + body.len()).unwrap();
        let mut head = vec![0x45, 0];
        head.extend(len.to_be_bytes());
        head.extend(id.to_be_bytes());
        head.extend(((place.0 / 8) | (u16::from(place.1) << 13)).to_be_bytes());
        head.extend([64, proto, 0, 0, 192, 0, 2, ends[0], 192, 0, 2, ends[1]]);
        let check = fold(sum(&head));
        head[10..12].copy_from_slice(&check.to_be_bytes());
        frame.extend(head);
        frame.extend(body);
        self.push(ns, frame);
    }

    fn tcp(&mut self, ns: i64, forward: bool, numbers: (u32, u32), flags: u8, payload: &[u8]) {
        let (ends, ports) = if forward {
            ([1, 2], [40_000u16, 80])
        } else {
            ([2, 1], [80, 40_000])
        };
        let mut s = Vec::new();
        s.extend(ports[0].to_be_bytes());
        s.extend(ports[1].to_be_bytes());
        s.extend(numbers.0.to_be_bytes());
        s.extend(numbers.1.to_be_bytes());
        s.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
        s.extend(payload);
        let pseudo = [192, 0, 2, ends[0], 192, 0, 2, ends[1], 0, 6];
        let check = fold(sum(&s) + sum(&pseudo) + u32::try_from(s.len()).unwrap());
        s[16..18].copy_from_slice(&check.to_be_bytes());
        let id = u16::try_from(self.0.len()).unwrap() + 7;
        self.ip(ns, ends, id, 6, (0, false), &s);
    }
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let mut d = vec![0x30, 0x39, 0x30, 0x3a];
    d.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
    d.extend([0, 0]);
    d.extend(payload);
    d
}

/// A connection with a request, an answer out of order, a retransmission and an end; a datagram in
/// fragments; a ping and its answer; ARP.
fn sample() -> Vec<Packet> {
    let mut b = Build::default();
    b.push(0, {
        let mut a = vec![0xff; 6];
        a.extend([2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
        a.extend([
            2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2,
        ]);
        a
    });
    b.tcp(1_000_000, true, (100, 0), 0x02, b"");
    b.tcp(2_000_000, false, (900, 101), 0x12, b"");
    b.tcp(3_000_000, true, (101, 901), 0x10, b"");
    b.tcp(
        4_000_000,
        true,
        (101, 901),
        0x18,
        b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    );
    let body =
        b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789";
    let (one, rest) = body.split_at(30);
    let (two, three) = rest.split_at(25);
    let ack = 101 + 28;
    b.tcp(5_000_000, false, (901, ack), 0x18, one);
    b.tcp(6_000_000, false, (956, ack), 0x18, three);
    b.tcp(7_000_000, false, (931, ack), 0x18, two);
    b.tcp(300_000_000, false, (901, ack), 0x18, one);
    b.tcp(301_000_000, true, (129, 980), 0x11, b"");
    b.tcp(302_000_000, false, (980, 130), 0x11, b"");
    b.tcp(303_000_000, true, (130, 981), 0x10, b"");
    let datagram = udp(&[5; 100]);
    b.ip(400_000_000, [1, 2], 77, 17, (64, false), &datagram[64..]);
    b.ip(401_000_000, [1, 2], 77, 17, (0, true), &datagram[..64]);
    b.ip(402_000_000, [1, 2], 78, 17, (0, false), &udp(&[6; 10]));
    let mut ping = vec![8, 0, 0, 0, 1, 2, 0, 1, 9, 9, 9, 9];
    b.ip(500_000_000, [1, 2], 79, 1, (0, false), &ping);
    ping[0] = 0;
    b.ip(512_345_000, [2, 1], 80, 1, (0, false), &ping);
    b.0
}

fn loaded(packets: &[Packet], seed: u64) -> (Dissector, Vec<Option<FlowId>>) {
    let mut d = Dissector::new(Options {
        seed,
        ..Options::default()
    });
    let flows = packets
        .iter()
        .map(|(m, b)| d.packet(m, b).flow.map(|f| f.0))
        .collect();
    d.finish(None);
    (d, flows)
}

/// Every packet described in a whole second pass.
fn whole(packets: &[Packet], known: &Dissector, seed: u64) -> Vec<String> {
    let mut d = Dissector::new(Options {
        seed,
        ..Options::default()
    });
    let mut out = Vec::new();
    for (m, b) in packets {
        let mut tree = TreeSink::new();
        d.describe(m, b, &mut tree, Some(known.facts()), None);
        out.push(tree.dump());
    }
    out
}

#[test]
fn a_packet_opened_alone_is_described_as_in_the_whole_pass() {
    let packets = sample();
    let (mut d, flows) = loaded(&packets, 1);
    let expected = whole(&packets, &d, 1);
    for (n, (meta, bytes)) in packets.iter().enumerate() {
        let mut from = d.checkpoint(flows[n], |p| p < meta.packet);
        for (k, (m, b)) in packets.iter().enumerate().take(n) {
            let same_flow = flows[n].is_some() && flows[k] == flows[n];
            let leads_here = d
                .facts()
                .links
                .from(m.packet, LinkKind::Fragment)
                .any(|l| flows[n].is_some() && flows[l.to.number as usize - 1] == flows[n]);
            if (same_flow && from.after.is_none_or(|a| m.packet > a)) || leads_here {
                d.replay(&mut from, m, b, &mut weir_model::NoSink, None);
            }
        }
        let mut tree = TreeSink::new();
        d.replay(&mut from, meta, bytes, &mut tree, None);
        assert_eq!(tree.dump(), expected[n], "packet {}", n + 1);
    }
}

#[test]
fn two_seeds_tell_the_same() {
    let packets = sample();
    let (a, b) = (loaded(&packets, 1).0, loaded(&packets, 99).0);
    assert_eq!(whole(&packets, &a, 1), whole(&packets, &b, 99));
    let flows = |d: &Dissector| format!("{:?}", d.facts().flows);
    assert_eq!(flows(&a), flows(&b));
}

#[test]
fn the_sample_is_read_as_wireshark_reads_it() {
    let packets = sample();
    let (d, _) = loaded(&packets, 1);
    let mut again = Dissector::new(Options::default());
    let mut values = |n: usize, names: &[&str]| -> Vec<String> {
        let mut tree = TreeSink::new();
        for (k, (m, b)) in packets.iter().enumerate() {
            if k + 1 == n {
                again.describe(m, b, &mut tree, Some(d.facts()), None);
                break;
            }
        }
        names
            .iter()
            .map(|f| tree.values(f).collect::<Vec<_>>().join("|"))
            .collect()
    };
    assert_eq!(
        values(1, &["arp.opcode", "frame.protocols", "arp.dst.proto_ipv4"]),
        ["1", "eth:ethertype:arp", "192.0.2.2"]
    );
    assert_eq!(
        values(13, &["ip.reassembled_in", "frame.protocols"]),
        ["14", "eth:ethertype:ip:data"]
    );
    assert_eq!(values(16, &["icmp.resp_in"]), ["17"]);
    assert_eq!(
        values(17, &["icmp.resp_to", "icmp.resptime"]),
        ["16", "12.345"]
    );
    let texts = whole(&packets, &d, 1);
    let has = |n: usize, text: &str| assert!(texts[n - 1].contains(text), "{n}\n{}", texts[n - 1]);
    has(4, "tcp.analysis.initial_rtt = 0.002000000");
    has(7, "tcp.analysis.lost_segment");
    has(9, "tcp.analysis.retransmission");
    has(14, "ip.fragment.count = 2");
    has(14, "udp.length = 108");
    has(5, "tcp.checksum.status = Good (1)");
    let flow = &d.facts().flows[0];
    assert_eq!(flow.payload, [28, 79]);
    assert_eq!(flow.seldom().missed, [0, 0]);
    assert!(d.facts().bindings.all().iter().any(|b| b.announced));
}

#[test]
fn copies_change_neither_streams_nor_messages() {
    let packets = sample();
    let (single, _) = loaded(&packets, 1);
    let mut twice = Build::default();
    for (m, b) in &packets {
        let ns = m.time.0 - 1_000_000_000_000_000_000;
        twice.push(ns, b.clone());
        twice.push(ns + 20_000, b.clone());
    }
    let (double, _) = loaded(&twice.0, 1);
    assert!(double.facts().quality.duplicates.count >= 14);
    for (a, b) in single.facts().flows.iter().zip(&double.facts().flows) {
        assert_eq!(a.payload, b.payload);
        assert_eq!(a.seldom().missed, b.seldom().missed);
        assert_eq!(a.seldom().retransmissions, b.seldom().retransmissions);
    }
    let artifacts = |d: &Dissector| d.facts().artifacts.len();
    assert_eq!(artifacts(&single), artifacts(&double));
}

#[test]
fn mutated_packets_break_nothing() {
    // A small generator of numbers: the same mutations in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below as u64)).unwrap()
    };
    for round in 0..300 {
        let mut packets = sample();
        for (meta, bytes) in &mut packets {
            match random(4) {
                0 => {
                    let at = random(bytes.len());
                    bytes[at] = u8::try_from(random(256)).unwrap();
                }
                1 => {
                    let len = random(bytes.len() + 1);
                    bytes.truncate(len);
                }
                2 => {
                    let at = random(bytes.len());
                    bytes[at] ^= 1 << random(8);
                    meta.wire_len = u32::try_from(bytes.len() + random(100)).unwrap();
                }
                _ => {}
            }
            meta.link_type = [1, 1, 1, 0, 12, 101, 113, 276, 147][random(9)];
        }
        let (d, _) = loaded(&packets, round);
        let texts = whole(&packets, &d, round);
        assert_eq!(texts.len(), packets.len());
    }
}
