//! Test captures built by code, for whatever is concluded from facts: the unit tests and `tests/answers.rs` share it.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use super::CaptureSpan;
use weir_dissect::{Dissector, Options, PacketMeta};
use weir_model::{CaptureId, Duration, PacketRef, Timestamp};

/// Address and port.
pub(crate) type End = ([u8; 4], u16);

/// Who is asked for names.
pub(crate) const RESOLVER: End = ([10, 0, 0, 2], 53);

/// Frames with their times: one second apart unless `pace` says otherwise. 10.0.0.0/8 is the segment, with a
/// station per address; everybody else stands behind the router's.
pub(crate) struct Tape {
    pub(crate) frames: Vec<(Timestamp, Vec<u8>)>,
    /// When the next packet comes.
    pub(crate) now: Timestamp,
    /// From one packet to the next.
    pub(crate) pace: Duration,
}

impl Default for Tape {
    fn default() -> Self {
        Self {
            frames: Vec::new(),
            now: Timestamp::from_parts(1000, 0),
            pace: Duration::seconds(1),
        }
    }
}

impl Tape {
    /// A packet over IPv4.
    pub(crate) fn frame(&mut self, src: End, dst: End, proto: u8, payload: &[u8]) {
        let mac = |ip: [u8; 4]| {
            if ip[0] == 10 {
                [2, 0, ip[0], ip[1], ip[2], ip[3]]
            } else {
                [2, 0, 10, 0, 0, 1]
            }
        };
        let ttl = if src.0[0] == 10 { 64 } else { 51 };
        let mut p = mac(dst.0).to_vec();
        p.extend(mac(src.0));
        p.extend([8, 0, 0x45, 0]);
        p.extend(u16::try_from(20 + payload.len()).unwrap().to_be_bytes());
        p.extend(u16::try_from(self.frames.len() + 1).unwrap().to_be_bytes());
        p.extend([0, 0, ttl, proto, 0, 0]);
        p.extend(src.0);
        p.extend(dst.0);
        p.extend(payload);
        self.frames.push((self.now, p));
        self.now = self.now.plus(self.pace);
    }

    /// A datagram.
    pub(crate) fn udp(&mut self, src: End, dst: End, payload: &[u8]) {
        let mut s = [src.1.to_be_bytes(), dst.1.to_be_bytes()].concat();
        s.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
        s.extend([0, 0]);
        s.extend(payload);
        self.frame(src, dst, 17, &s);
    }

    /// A segment: `flags` are FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    pub(crate) fn tcp(
        &mut self,
        src: End,
        dst: End,
        seq: u32,
        ack: u32,
        flags: u8,
        payload: &[u8],
    ) {
        let mut s = [src.1.to_be_bytes(), dst.1.to_be_bytes()].concat();
        s.extend(seq.to_be_bytes());
        s.extend(ack.to_be_bytes());
        s.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        s.extend(payload);
        self.frame(src, dst, 6, &s);
    }

    /// A connection from handshake to end, with one question and one answer.
    pub(crate) fn talk(&mut self, client: End, server: End, ask: &[u8], tell: &[u8]) {
        let (a, t) = (
            u32::try_from(ask.len()).unwrap(),
            u32::try_from(tell.len()).unwrap(),
        );
        self.tcp(client, server, 100, 0, 2, &[]);
        self.tcp(server, client, 500, 101, 0x12, &[]);
        self.tcp(client, server, 101, 501, 0x10, &[]);
        self.tcp(client, server, 101, 501, 0x18, ask);
        self.tcp(server, client, 501, 101 + a, 0x18, tell);
        self.tcp(client, server, 101 + a, 501 + t, 0x11, &[]);
        self.tcp(server, client, 501 + t, 102 + a, 0x11, &[]);
    }

    /// A name asked for, and its address; without one the name does not exist.
    pub(crate) fn look_up(&mut self, client: End, name: &str, ip: Option<[u8; 4]>) {
        let mut question = Vec::new();
        for label in name.split('.') {
            question.push(u8::try_from(label.len()).unwrap());
            question.extend(label.as_bytes());
        }
        question.extend([0, 0, 1, 0, 1]);
        let id = u16::try_from(self.frames.len()).unwrap().to_be_bytes();
        let mut q = [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]].concat();
        q.extend(&question);
        self.udp(client, RESOLVER, &q);
        let (code, count) = if ip.is_some() { (0x80, 1) } else { (0x83, 0) };
        let mut r = [&id[..], &[0x81, code, 0, 1, 0, count, 0, 0, 0, 0]].concat();
        r.extend(&question);
        if let Some(ip) = ip {
            r.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4]);
            r.extend(ip);
        }
        self.udp(RESOLVER, client, &r);
    }

    /// The load pass.
    pub(crate) fn load(&self) -> Dissector {
        let mut dissector = Dissector::new(Options::default());
        for (n, (time, bytes)) in self.frames.iter().enumerate() {
            let meta = PacketMeta {
                packet: PacketRef {
                    capture: CaptureId(0),
                    number: u32::try_from(n + 1).unwrap(),
                },
                time: *time,
                wire_len: u32::try_from(bytes.len()).unwrap(),
                link_type: 1,
                first: self.frames[0].0,
                previous: n.checked_sub(1).map(|n| self.frames[n].0),
                ..PacketMeta::default()
            };
            dissector.packet(&meta, bytes);
        }
        dissector.finish(None);
        dissector
    }

    /// What the capture covers.
    pub(crate) fn span(&self) -> CaptureSpan {
        let times = || self.frames.iter().map(|f| f.0);
        CaptureSpan {
            first: times().min().unwrap_or_default(),
            last: times().max().unwrap_or_default(),
            packets: self.frames.len() as u64,
            ..CaptureSpan::default()
        }
    }
}
