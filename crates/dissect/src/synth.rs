//! Test captures built by code: frames, flows, and what dissection makes of them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap
)]

use crate::protocols::ip::checksum;
use crate::{Dissector, Facts, Options, PacketMeta, TreeSink};
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{CaptureId, PacketRef, Timestamp};

/// Address and port.
pub(crate) type End = ([u8; 4], u16);

/// A capture in the making: every packet an Ethernet frame, 1 ms apart.
#[derive(Default, Clone)]
pub(crate) struct Synth {
    pub(crate) packets: Vec<Vec<u8>>,
    /// What its passes are made with.
    pub(crate) options: Options,
    /// Link type of every packet; Ethernet unless said.
    pub(crate) link: Option<u32>,
}

fn ethernet(src: End, dst: End, proto: u8, segment: &[u8]) -> Vec<u8> {
    let mut p = vec![2, 0];
    p.extend_from_slice(&dst.0);
    p.extend_from_slice(&[2, 0]);
    p.extend_from_slice(&src.0);
    p.extend_from_slice(&[8, 0, 0x45, 0]);
    p.extend_from_slice(&u16::try_from(20 + segment.len()).unwrap().to_be_bytes());
    p.extend_from_slice(&[0, 1, 0, 0, 64, proto, 0, 0]);
    p.extend_from_slice(&Ipv4Addr::from(src.0).octets());
    p.extend_from_slice(&Ipv4Addr::from(dst.0).octets());
    p.extend_from_slice(segment);
    p
}

impl Synth {
    // The identification counts, so that no packet is a copy of another.
    fn push(&mut self, mut frame: Vec<u8>) {
        let n = u16::try_from(self.packets.len() + 1).unwrap();
        frame[18..20].copy_from_slice(&n.to_be_bytes());
        self.packets.push(frame);
    }

    /// A packet of IPv4 with this protocol in it.
    pub(crate) fn ip(&mut self, src: [u8; 4], dst: [u8; 4], proto: u8, payload: &[u8]) {
        // What is for the neighbours alone goes no further.
        let ttl = if dst.starts_with(&[224, 0, 0]) { 1 } else { 64 };
        self.hop([src.into(), dst.into()], proto, ttl, payload);
    }

    /// An Ethernet frame between two stations, told by their last byte.
    pub(crate) fn frame(&mut self, src: u8, dst: u8, kind: u16, payload: &[u8]) {
        let stations = [2, 0, 0, 0, 0, dst, 2, 0, 0, 0, 0, src];
        let frame = [&stations[..], &kind.to_be_bytes(), payload].concat();
        self.packets.push(frame);
    }

    /// A datagram.
    pub(crate) fn udp(&mut self, src: End, dst: End, payload: &[u8]) {
        let mut s = vec![];
        s.extend_from_slice(&src.1.to_be_bytes());
        s.extend_from_slice(&dst.1.to_be_bytes());
        s.extend_from_slice(&u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
        s.extend_from_slice(&[0, 0]);
        s.extend_from_slice(payload);
        self.push(ethernet(src, dst, 17, &s));
    }

    /// A packet of any protocol straight over IP with this TTL; both addresses are of one version.
    pub(crate) fn hop(&mut self, ends: [IpAddr; 2], proto: u8, ttl: u8, payload: &[u8]) {
        match ends {
            [IpAddr::V4(src), IpAddr::V4(dst)] => {
                let mut p = ethernet((src.octets(), 0), (dst.octets(), 0), proto, payload);
                p[22] = ttl;
                self.push(p);
            }
            [IpAddr::V6(src), IpAddr::V6(dst)] => {
                let mut p = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd, 0x60, 0];
                // The flow label counts, as the identification does.
                p.extend(u16::try_from(self.packets.len() + 1).unwrap().to_be_bytes());
                p.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
                p.extend([proto, ttl]);
                p.extend(src.octets());
                p.extend(dst.octets());
                p.extend(payload);
                self.packets.push(p);
            }
            _ => panic!("addresses of two versions"),
        }
    }

    pub(crate) fn tcp(
        &mut self,
        src: End,
        dst: End,
        seq: u32,
        ack: u32,
        flags: u8,
        payload: &[u8],
    ) {
        let mut s = vec![];
        s.extend_from_slice(&src.1.to_be_bytes());
        s.extend_from_slice(&dst.1.to_be_bytes());
        s.extend_from_slice(&seq.to_be_bytes());
        s.extend_from_slice(&ack.to_be_bytes());
        s.extend_from_slice(&[0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        s.extend_from_slice(payload);
        self.push(ethernet(src, dst, 6, &s));
    }

    /// Opens a connection with its handshake.
    pub(crate) fn connect(&mut self, client: End, server: End) -> Connection {
        self.tcp(client, server, 1000, 0, 2, &[]);
        self.tcp(server, client, 5000, 1001, 0x12, &[]);
        self.tcp(client, server, 1001, 5001, 0x10, &[]);
        Connection {
            ends: [client, server],
            next: [1001, 5001],
            piece: 1400,
        }
    }

    /// Gives headers of IP, TCP and UDP that have none their checksums.
    pub(crate) fn seal(&mut self) {
        for packet in &mut self.packets {
            match self.link.unwrap_or(1) {
                1 => seal_ethernet(packet),
                101 => seal_ip(packet),
                _ => {}
            }
        }
    }

    /// Packet and time of number `n`.
    pub(crate) fn meta(&self, n: usize) -> PacketMeta {
        let time = |n: usize| Timestamp::from_parts(1_700_000_000, n as i64 * 1_000_000);
        PacketMeta {
            packet: PacketRef {
                capture: CaptureId(0),
                number: u32::try_from(n).unwrap() + 1,
            },
            time: time(n),
            untimed: false,
            record: None,
            wire_len: u32::try_from(self.packets[n].len()).unwrap(),
            link_type: self.link.unwrap_or(1),
            interface: 0,
            first: time(0),
            previous: n.checked_sub(1).map(time),
        }
    }

    /// The load pass.
    pub(crate) fn load(&self) -> Dissector {
        let mut d = Dissector::new(self.options.clone());
        for (n, bytes) in self.packets.iter().enumerate() {
            d.packet(&self.meta(n), bytes);
        }
        d.finish(None);
        d
    }

    /// Every packet's fields, with the facts of the whole pass known.
    pub(crate) fn trees(&self, known: &Facts) -> Vec<TreeSink> {
        let mut d = Dissector::new(self.options.clone());
        let mut out = vec![];
        for (n, bytes) in self.packets.iter().enumerate() {
            let mut sink = TreeSink::new();
            d.describe(&self.meta(n), bytes, &mut sink, Some(known), None);
            out.push(sink);
        }
        out
    }
}

/// Writes the Internet checksum of `bytes` into them, at `at`.
pub(crate) fn checksummed(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    let sum = checksum::of(&[&bytes]);
    bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn seal_ethernet(frame: &mut [u8]) {
    let mut at = 12;
    while frame.get(at..at + 2) == Some(&[0x81, 0]) {
        at += 4;
    }
    if let Some([0x08, 0x00] | [0x86, 0xdd]) = frame.get(at..at + 2) {
        seal_ip(&mut frame[at + 2..]);
    }
}

/// Writes the checksums of an IP packet and its TCP or UDP where they are zero.
pub(crate) fn seal_ip(packet: &mut [u8]) {
    let (head, proto, ends, whole) = match packet.first().map(|b| (b >> 4, b & 15)) {
        Some((4, words)) if packet.len() >= 20 => {
            let head = usize::from(words) * 4;
            let whole = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
            if packet[10..12] == [0, 0] && packet.len() >= head {
                let sum = checksum::of(&[&packet[..head]]);
                packet[10..12].copy_from_slice(&sum.to_be_bytes());
            }
            // A fragment has but a part of what its checksum is of.
            if packet[6] & 0x3f != 0 || packet[7] != 0 {
                return;
            }
            (head, packet[9], packet[12..20].to_vec(), whole)
        }
        Some((6, _)) if packet.len() >= 40 => {
            let whole = usize::from(u16::from_be_bytes([packet[4], packet[5]])) + 40;
            (40, packet[6], packet[8..40].to_vec(), whole)
        }
        _ => return,
    };
    let Some(segment) = packet.get_mut(head..whole) else {
        return;
    };
    let at = match proto {
        6 => 16,
        17 => 6,
        _ => return,
    };
    if segment.get(at..at + 2) != Some(&[0, 0]) {
        return;
    }
    let len = u32::try_from(segment.len()).unwrap().to_be_bytes();
    let sum = checksum::of(&[&ends, &len, &[0, 0, 0, proto], segment]);
    // Zero says that there is none (RFC 768).
    let sum = if sum == 0 && proto == 17 { 0xffff } else { sum };
    segment[at..at + 2].copy_from_slice(&sum.to_be_bytes());
}

/// A connection in a capture in the making.
pub(crate) struct Connection {
    ends: [End; 2],
    next: [u32; 2],
    /// Bytes a segment carries.
    pub(crate) piece: usize,
}

impl Connection {
    fn side(&mut self, synth: &mut Synth, way: usize, flags: u8, payload: &[u8]) {
        let (from, to) = (self.ends[way], self.ends[1 - way]);
        synth.tcp(from, to, self.next[way], self.next[1 - way], flags, payload);
        let len = u32::try_from(payload.len()).unwrap() + u32::from(flags & 1);
        self.next[way] = self.next[way].wrapping_add(len);
    }

    /// The client says something.
    pub(crate) fn client(&mut self, synth: &mut Synth, payload: impl AsRef<[u8]>) {
        for piece in payload.as_ref().chunks(self.piece) {
            self.side(synth, 0, 0x18, piece);
        }
    }

    /// The server says something.
    pub(crate) fn server(&mut self, synth: &mut Synth, payload: impl AsRef<[u8]>) {
        for piece in payload.as_ref().chunks(self.piece) {
            self.side(synth, 1, 0x18, piece);
        }
    }

    /// Bytes of a side that the capture does not have.
    pub(crate) fn lose(&mut self, way: usize, len: u32) {
        self.next[way] = self.next[way].wrapping_add(len);
    }

    /// A side acknowledges what it has, and says nothing.
    pub(crate) fn acknowledge(&mut self, synth: &mut Synth, way: usize) {
        self.side(synth, way, 0x10, &[]);
    }

    /// Both sides say that they are done, the `first` one first.
    pub(crate) fn finish(&mut self, synth: &mut Synth, first: usize) {
        self.side(synth, first, 0x11, &[]);
        self.side(synth, 1 - first, 0x11, &[]);
        self.side(synth, first, 0x10, &[]);
    }

    /// A side resets the connection.
    pub(crate) fn reset(&mut self, synth: &mut Synth, way: usize) {
        self.side(synth, way, 0x14, &[]);
    }
}

/// `frame.protocols` of one packet read alone, as Ethernet.
pub(crate) fn protocols_of(frame: &[u8]) -> String {
    protocols_on(1, frame)
}

/// `frame.protocols` of one packet read alone, of this link type.
pub(crate) fn protocols_on(link_type: u32, frame: &[u8]) -> String {
    let meta = PacketMeta {
        packet: PacketRef {
            capture: CaptureId(0),
            number: 1,
        },
        wire_len: u32::try_from(frame.len()).unwrap(),
        link_type,
        ..PacketMeta::default()
    };
    let mut tree = TreeSink::new();
    Dissector::new(Options::default()).describe(&meta, frame, &mut tree, None, None);
    tree.values("frame.protocols")
        .next()
        .unwrap_or_default()
        .to_owned()
}
