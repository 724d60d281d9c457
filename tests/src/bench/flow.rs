//! Conversations that give one packet after another: TCP with handshake, acknowledgements and
//! end, UDP as said.

use super::frame::{ACK, Ends, FIN, PSH, SYN, Segment, Side, tcp, udp};
use super::rng::Rng;
use std::collections::VecDeque;

/// What a conversation does next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Bytes of a protocol.
    Send(Side, Vec<u8>),
    /// So many bytes without meaning.
    Fill(Side, usize),
    /// Another conversation begins (FTP data).
    Spawn(Box<Flow>),
    /// Nanoseconds of silence.
    Wait(u64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Syn,
    SynAck,
    Ack,
    Data,
    ServerFin,
    LastAck,
    Over,
}

/// What a call gave.
pub(crate) enum Given {
    Packet,
    Spawned(Box<Flow>),
    Waited(u64),
    Over,
}

/// One conversation.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) ends: Ends,
    /// Counts towards the named protocols.
    pub(crate) named: bool,
    /// Nanoseconds between its packets.
    pub(crate) gap: u64,
    datagrams: bool,
    phase: Phase,
    steps: VecDeque<Step>,
    /// Most payload of a packet.
    size: usize,
    seq: [u32; 2],
    id: u16,
    /// Data packets of one side that are not acknowledged.
    unacked: Option<(Side, u8)>,
    again: Option<(Side, u32, Vec<u8>)>,
}

impl Flow {
    pub(crate) fn tcp(
        rng: &mut Rng,
        ends: Ends,
        named: bool,
        size: usize,
        steps: Vec<Step>,
    ) -> Self {
        let seq = [rng.next() as u32, rng.next() as u32];
        Self {
            ends,
            named,
            gap: rng.range(200_000, 60_000_000),
            datagrams: false,
            phase: Phase::Syn,
            steps: steps.into(),
            size: size.clamp(1, 1460),
            seq,
            id: rng.next() as u16,
            unacked: None,
            again: None,
        }
    }

    pub(crate) fn udp(
        rng: &mut Rng,
        ends: Ends,
        named: bool,
        size: usize,
        steps: Vec<Step>,
    ) -> Self {
        Self {
            datagrams: true,
            phase: Phase::Data,
            ..Self::tcp(rng, ends, named, size, steps)
        }
    }

    fn put(&mut self, out: &mut Vec<u8>, from: Side, flags: u8, payload: &[u8]) {
        let (own, their) = match from {
            Side::Client => (self.seq[0], self.seq[1]),
            Side::Server => (self.seq[1], self.seq[0]),
        };
        self.id = self.id.wrapping_add(1);
        let ack = if flags & ACK == 0 { 0 } else { their };
        tcp(
            out,
            &self.ends,
            from,
            self.id,
            Segment {
                seq: own,
                ack,
                flags,
            },
            payload,
        );
        let used = payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        let own = &mut self.seq[usize::from(from == Side::Server)];
        *own = own.wrapping_add(used);
    }

    /// Writes its next packet to `out`, `pool` being bytes without meaning.
    pub(crate) fn next(&mut self, rng: &mut Rng, pool: &[u8], out: &mut Vec<u8>) -> Given {
        use Side::{Client, Server};
        self.phase = match self.phase {
            Phase::Syn => {
                self.put(out, Client, SYN, &[]);
                Phase::SynAck
            }
            Phase::SynAck => {
                self.put(out, Server, SYN | ACK, &[]);
                Phase::Ack
            }
            Phase::Ack => {
                self.put(out, Client, ACK, &[]);
                Phase::Data
            }
            Phase::Data => {
                if let Some(given) = self.data(rng, pool, out) {
                    return given;
                }
                if self.datagrams {
                    return Given::Over;
                }
                self.put(out, Client, FIN | ACK, &[]);
                Phase::ServerFin
            }
            Phase::ServerFin => {
                self.put(out, Server, FIN | ACK, &[]);
                Phase::LastAck
            }
            Phase::LastAck => {
                self.put(out, Client, ACK, &[]);
                Phase::Over
            }
            Phase::Over => return Given::Over,
        };
        Given::Packet
    }

    /// The next data packet or acknowledgement; `None` when all is said.
    fn data(&mut self, rng: &mut Rng, pool: &[u8], out: &mut Vec<u8>) -> Option<Given> {
        if let Some((from, seq, payload)) = self.again.take() {
            // A retransmission: the sequence number of before, nothing moves on.
            let now = self.seq;
            self.seq[usize::from(from == Side::Server)] = seq;
            self.put(out, from, PSH | ACK, &payload);
            self.seq = now;
            return Some(Given::Packet);
        }
        if let Some((from, 2..)) = self.unacked {
            self.unacked = None;
            self.put(out, from.other(), ACK, &[]);
            return Some(Given::Packet);
        }
        let (from, payload) = match self.steps.pop_front() {
            None => {
                let (from, _) = self.unacked.take()?;
                self.put(out, from.other(), ACK, &[]);
                return Some(Given::Packet);
            }
            Some(Step::Wait(ns)) => return Some(Given::Waited(ns)),
            Some(Step::Spawn(flow)) => return Some(Given::Spawned(flow)),
            Some(Step::Send(from, mut bytes)) => {
                if bytes.len() > self.size {
                    let rest = bytes.split_off(self.size);
                    self.steps.push_front(Step::Send(from, rest));
                }
                (from, bytes)
            }
            Some(Step::Fill(from, len)) => {
                let now = len.min(self.size);
                if len > now {
                    self.steps.push_front(Step::Fill(from, len - now));
                }
                let at = rng.range(0, (pool.len() - now) as u64) as usize;
                (from, pool[at..at + now].to_vec())
            }
        };
        if self.datagrams {
            self.id = self.id.wrapping_add(1);
            udp(out, &self.ends, from, self.id, &payload);
            return Some(Given::Packet);
        }
        self.unacked = match self.unacked {
            Some((side, n)) if side == from => Some((side, n + 1)),
            _ => Some((from, 1)),
        };
        let seq = self.seq[usize::from(from == Side::Server)];
        self.put(out, from, PSH | ACK, &payload);
        if rng.one_in(2000) {
            self.again = Some((from, seq, payload));
        }
        Some(Given::Packet)
    }
}
