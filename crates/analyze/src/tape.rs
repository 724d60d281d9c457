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
    /// The place of a packet that the snap length cut.
    pub(crate) cut: Option<usize>,
}

impl Default for Tape {
    fn default() -> Self {
        Self {
            frames: Vec::new(),
            now: Timestamp::from_parts(1000, 0),
            pace: Duration::seconds(1),
            cut: None,
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
        self.window(src, dst, seq, ack, flags, 0xffff, payload);
    }

    /// A segment with this window.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn window(
        &mut self,
        src: End,
        dst: End,
        seq: u32,
        ack: u32,
        flags: u8,
        window: u16,
        payload: &[u8],
    ) {
        let mut s = [src.1.to_be_bytes(), dst.1.to_be_bytes()].concat();
        s.extend(seq.to_be_bytes());
        s.extend(ack.to_be_bytes());
        s.extend([0x50, flags]);
        s.extend(window.to_be_bytes());
        s.extend([0, 0, 0, 0]);
        s.extend(payload);
        self.frame(src, dst, 6, &s);
    }

    /// A message of DHCP from a client (`from` is nothing) or a server, about the client with this hardware address;
    /// `options` stand behind its kind.
    pub(crate) fn dhcp(
        &mut self,
        from: Option<[u8; 4]>,
        mac: [u8; 6],
        id: u32,
        kind: u8,
        yours: [u8; 4],
        options: &[(u8, &[u8])],
    ) {
        let mut m = vec![if from.is_some() { 2 } else { 1 }, 1, 6, 0];
        m.extend(id.to_be_bytes());
        m.extend([0; 8]);
        m.extend(yours);
        m.extend([0; 8]);
        m.extend(mac);
        m.extend([0; 10 + 64 + 128]);
        m.extend([99, 130, 83, 99, 53, 1, kind]);
        for (code, value) in options {
            m.extend([*code, u8::try_from(value.len()).unwrap()]);
            m.extend(*value);
        }
        m.push(255);
        let everybody = [255; 4];
        match from {
            Some(ip) => self.udp((ip, 67), (everybody, 68), &m),
            None => {
                self.udp(([0; 4], 68), (everybody, 67), &m);
                if let Some((_, frame)) = self.frames.last_mut() {
                    frame[6..12].copy_from_slice(&mac);
                }
            }
        }
        if let Some((_, frame)) = self.frames.last_mut() {
            frame[..6].copy_from_slice(&[0xff; 6]);
        }
    }

    /// A message of ARP: 1 asks for `target`, 2 tells it; `mac` says to have `ip`.
    pub(crate) fn arp(&mut self, op: u8, mac: [u8; 6], ip: [u8; 4], target: [u8; 4]) {
        let to = if op == 1 {
            [0xff; 6]
        } else {
            Self::mac(target)
        };
        let mut p = to.to_vec();
        p.extend(mac);
        p.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, op]);
        p.extend(mac);
        p.extend(ip);
        p.extend(if op == 1 { [0; 6] } else { to });
        p.extend(target);
        self.raw(p);
    }

    /// The station that has an address of the segment.
    pub(crate) fn mac(ip: [u8; 4]) -> [u8; 6] {
        [2, 0, ip[0], ip[1], ip[2], ip[3]]
    }

    /// A frame as it is.
    pub(crate) fn raw(&mut self, frame: Vec<u8>) {
        self.frames.push((self.now, frame));
        self.now = self.now.plus(self.pace);
    }

    /// A message of ICMP: type, code, the four bytes after the checksum, and what follows.
    pub(crate) fn icmp(
        &mut self,
        ends: ([u8; 4], [u8; 4]),
        kind: (u8, u8),
        word: [u8; 4],
        rest: &[u8],
    ) {
        let mut m = vec![kind.0, kind.1, 0, 0];
        m.extend(word);
        m.extend(rest);
        self.frame((ends.0, 0), (ends.1, 0), 1, &m);
    }

    /// The head of a packet over IPv4 with two ports, as an error of ICMP quotes it.
    pub(crate) fn quote(src: End, dst: End, proto: u8, len: u16) -> Vec<u8> {
        let mut q = vec![0x45, 0];
        q.extend(len.to_be_bytes());
        q.extend([0, 1, 0x40, 0, 1, proto, 0, 0]);
        q.extend(src.0);
        q.extend(dst.0);
        q.extend(src.1.to_be_bytes());
        q.extend(dst.1.to_be_bytes());
        q.extend([0; 4]);
        q
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

    /// The snap length takes the last 50 bytes of the last packet.
    pub(crate) fn cut_last(&mut self) {
        self.cut = self.frames.len().checked_sub(1);
        if let Some((_, frame)) = self.frames.last_mut() {
            frame.truncate(frame.len() - 50);
        }
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
                wire_len: u32::try_from(bytes.len()).unwrap() + u32::from(self.cut == Some(n)) * 50,
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
