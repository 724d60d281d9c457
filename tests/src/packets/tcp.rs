//! TCP connections between two ends: handshake, segments with real numbers, acknowledgements,
//! retransmissions, FIN and RST, as the tap at the client's segment sees them.

use super::frame::{self, End};
use super::tape::{PacketId, Tape};
use super::{MICRO, MILLI, Nanos};

/// FIN flag.
pub const FIN: u8 = 1;
/// SYN flag.
pub const SYN: u8 = 2;
/// RST flag.
pub const RST: u8 = 4;
/// PSH flag.
pub const PSH: u8 = 8;
/// ACK flag.
pub const ACK: u8 = 16;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end that opened.
    Client,
    /// The end that listens.
    Server,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        if self == Self::Client {
            Self::Server
        } else {
            Self::Client
        }
    }
}

/// What happens to a data segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Recorded once.
    Keep,
    /// Received and acknowledged, never recorded.
    Unrecorded,
    /// Lost behind the tap: recorded, then recorded again with the same bytes.
    Again,
    /// Sent again with these bytes instead.
    Other(Vec<u8>),
    /// Recorded after the segment that follows it.
    Late,
}

/// How a mirror port repeats packets.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    /// The second copy of every packet comes this much later.
    pub after: Nanos,
    /// The copies of data segments with these ordinals bear this VLAN tag.
    pub tagged: Option<(usize, u16)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Half {
    next: u32,
    acked: u32,
}

/// A connection in progress. Dropping it leaves it open on the wire.
#[derive(Clone, Debug)]
pub struct Conn {
    /// Who opened.
    pub client: End,
    /// Who listens.
    pub server: End,
    /// Time of the last packet.
    pub now: Nanos,
    /// From a packet of the client to its answer.
    pub rtt: Nanos,
    /// Between segments of one burst.
    pub pace: Nanos,
    /// Largest segment, bytes.
    pub mss: usize,
    /// Snap length of this flow, if it is cut.
    pub cut: Option<usize>,
    /// Repeats by a mirror port.
    pub mirror: Option<Mirror>,
    /// Nothing is recorded while set.
    pub mute: bool,
    /// Acknowledgements ride on data: a bare one only after every second segment of a longer burst.
    pub lean: bool,
    /// Window that is told, where it is not the usual one.
    pub window: Option<u16>,
    /// Every recorded packet, first copies.
    pub ids: Vec<PacketId>,
    /// Second copies.
    pub copies: Vec<PacketId>,
    halves: [Half; 2],
    segments: usize,
}

impl Conn {
    /// A connection that is not open yet; initial numbers from `isn`.
    #[must_use]
    pub fn new(client: End, server: End, now: Nanos, rtt: Nanos, isn: u64) -> Self {
        let half = |n: u64| Half {
            next: u32::try_from(n & 0xffff_ffff).unwrap_or(0),
            acked: 0,
        };
        Self {
            client,
            server,
            now,
            rtt,
            pace: 120 * MICRO,
            mss: if client.ip.is_ipv6() { 1440 } else { 1460 },
            cut: None,
            mirror: None,
            mute: false,
            lean: false,
            window: None,
            ids: Vec::new(),
            copies: Vec::new(),
            halves: [half(isn), half(isn >> 32)],
            segments: 0,
        }
    }

    fn half(&mut self, side: Side) -> &mut Half {
        let [client, server] = &mut self.halves;
        if side == Side::Client { client } else { server }
    }

    /// Lets time pass.
    pub fn wait(&mut self, time: Nanos) -> &mut Self {
        self.now += time;
        self
    }

    /// Display filter for this connection's packets.
    #[must_use]
    pub fn clause(&self) -> String {
        let key = if self.client.ip.is_ipv6() {
            "ipv6.addr"
        } else {
            "ip.addr"
        };
        format!(
            "({key}=={} && {key}=={} && tcp.port=={} && tcp.port=={})",
            self.client.ip, self.server.ip, self.client.port, self.server.port
        )
    }

    fn packet(
        &mut self,
        tape: &mut Tape,
        side: Side,
        seq: u32,
        flags: u8,
        data: &[u8],
    ) -> Option<PacketId> {
        let (from, to) = if side == Side::Client {
            (self.client, self.server)
        } else {
            (self.server, self.client)
        };
        let ack = if flags & ACK == 0 {
            0
        } else {
            self.half(side.other()).next
        };
        self.half(side.other()).acked = ack;
        let mut options: Vec<u8> = Vec::new();
        if flags & SYN != 0 {
            options.extend_from_slice(&[2, 4]);
            options.extend_from_slice(&u16::try_from(self.mss).unwrap_or(1460).to_be_bytes());
            options.extend_from_slice(&[1, 3, 3, 8, 1, 1, 4, 2]);
        }
        let mut segment = Vec::with_capacity(data.len() + 32);
        segment.extend_from_slice(&from.port.to_be_bytes());
        segment.extend_from_slice(&to.port.to_be_bytes());
        segment.extend_from_slice(&seq.to_be_bytes());
        segment.extend_from_slice(&ack.to_be_bytes());
        let words = u8::try_from((20 + options.len()) / 4).unwrap_or(5);
        let [high, low] = match self.window {
            // What the data's sender tells is not the point.
            Some(window) if side == Side::Client => window.to_be_bytes(),
            _ => [0xfa, 0xf0],
        };
        segment.extend_from_slice(&[words << 4, flags, high, low, 0, 0, 0, 0]);
        segment.extend_from_slice(&options);
        segment.extend_from_slice(data);
        let sum = frame::checksum(&[&frame::pseudo(from.ip, to.ip, 6, segment.len()), &segment]);
        segment.splice(16..18, sum.to_be_bytes());
        let bytes = frame::ip(tape, &from, &to, 6, &segment);
        if self.mute {
            return None;
        }
        let id = tape.push(
            self.now,
            bytes.clone(),
            self.cut.filter(|c| *c < bytes.len()),
        );
        self.ids.push(id);
        if let Some(mirror) = self.mirror.clone() {
            let copy = match mirror.tagged {
                Some((segment, vlan)) if segment == self.segments && !data.is_empty() => {
                    frame::tagged(&bytes, vlan)
                }
                _ => bytes,
            };
            self.copies
                .push(tape.push(self.now + mirror.after, copy, None));
        }
        Some(id)
    }

    /// The three-way handshake.
    pub fn open(&mut self, tape: &mut Tape) -> &mut Self {
        for (side, flags) in [(Side::Client, SYN), (Side::Server, SYN | ACK)] {
            let seq = self.half(side).next;
            self.packet(tape, side, seq, flags, &[]);
            self.half(side).next = seq.wrapping_add(1);
            self.now += if side == Side::Client {
                self.rtt
            } else {
                60 * MICRO
            };
        }
        self.ack(tape, Side::Client);
        self
    }

    /// A SYN and what comes back: nothing, or a reset.
    pub fn knock(&mut self, tape: &mut Tape, refused: bool) {
        let seq = self.half(Side::Client).next;
        self.packet(tape, Side::Client, seq, SYN, &[]);
        self.half(Side::Client).next = seq.wrapping_add(1);
        if refused {
            self.now += self.rtt;
            self.packet(tape, Side::Server, 0, RST | ACK, &[]);
        }
    }

    /// A bare acknowledgement.
    pub fn ack(&mut self, tape: &mut Tape, side: Side) -> Option<PacketId> {
        let seq = self.half(side).next;
        self.packet(tape, side, seq, ACK, &[])
    }

    /// A probe of a sender that may not send: an acknowledgement one byte behind.
    pub fn keepalive(&mut self, tape: &mut Tape, side: Side) -> Option<PacketId> {
        let seq = self.half(side).next.wrapping_sub(1);
        self.packet(tape, side, seq, ACK, &[])
    }

    /// One segment that is not acknowledged: the next data have the same place.
    pub fn retry(&mut self, tape: &mut Tape, side: Side, data: &[u8]) -> Option<PacketId> {
        let seq = self.half(side).next;
        self.packet(tape, side, seq, PSH | ACK, data)
    }

    /// Sends bytes, cut into segments; gives the recorded data packets.
    pub fn send(&mut self, tape: &mut Tape, side: Side, data: &[u8]) -> Vec<PacketId> {
        self.send_with(tape, side, data, |_| Fate::Keep)
    }

    /// The same, with a fate for each segment (0, 1, …).
    pub fn send_with(
        &mut self,
        tape: &mut Tape,
        side: Side,
        data: &[u8],
        fate: impl Fn(usize) -> Fate,
    ) -> Vec<PacketId> {
        let mut out = Vec::new();
        let count = data.len().div_ceil(self.mss);
        let mut late: Option<(u32, Vec<u8>)> = None;
        self.now += if side == Side::Server {
            self.rtt
        } else {
            200 * MICRO
        };
        for (i, chunk) in data.chunks(self.mss).enumerate() {
            let last = i + 1 == count;
            let seq = self.half(side).next;
            let flags = if last { PSH | ACK } else { ACK };
            let what = fate(i);
            match &what {
                Fate::Unrecorded => {
                    let mute = std::mem::replace(&mut self.mute, true);
                    self.packet(tape, side, seq, flags, chunk);
                    self.mute = mute;
                }
                Fate::Late if !last => late = Some((seq, chunk.to_vec())),
                _ => out.extend(self.packet(tape, side, seq, flags, chunk)),
            }
            self.half(side).next = seq.wrapping_add(u32::try_from(chunk.len()).unwrap_or(0));
            self.segments += 1;
            self.now += self.pace;
            match what {
                Fate::Again => {
                    self.now += 40 * MILLI;
                    out.extend(self.packet(tape, side, seq, flags, chunk));
                    self.now += self.pace;
                }
                Fate::Other(bytes) => {
                    self.now += 2 * MILLI;
                    out.extend(self.packet(tape, side, seq, flags, &bytes));
                    self.now += self.pace;
                }
                Fate::Late => {}
                _ => {
                    if let Some((seq, chunk)) = late.take() {
                        out.extend(self.packet(tape, side, seq, ACK, &chunk));
                        self.now += self.pace;
                    }
                }
            }
            if late.is_none() && (i % 2 == 1 || last) && !(self.lean && last) {
                self.now += if side == Side::Client {
                    self.rtt / 2
                } else {
                    50 * MICRO
                };
                self.ack(tape, side.other());
            }
        }
        out
    }

    /// Orderly close, begun by `side`.
    pub fn close(&mut self, tape: &mut Tape, side: Side) -> &mut Self {
        for who in [side, side.other()] {
            self.now += 300 * MICRO;
            let seq = self.half(who).next;
            self.packet(tape, who, seq, FIN | ACK, &[]);
            self.half(who).next = seq.wrapping_add(1);
        }
        self.now += 100 * MICRO;
        self.ack(tape, side);
        self
    }

    /// Abort by `side`.
    pub fn reset(&mut self, tape: &mut Tape, side: Side) -> &mut Self {
        self.now += 400 * MICRO;
        let seq = self.half(side).next;
        self.packet(tape, side, seq, RST | ACK, &[]);
        self
    }
}
