//! Flows: who talks to whom, their streams put in order, their protocol recognised.
//! Knows no protocol by name.

mod assembler;
mod checkpoint;
mod count;
mod duplicates;
mod expect;
mod fragments;
mod held;
mod inner;
mod recognise;
mod relief;
mod silence;
mod state;
mod stream;
mod table;

pub(crate) use checkpoint::Checkpoints;
pub(crate) use count::times;
pub use duplicates::Copies;
pub(crate) use duplicates::{Recent, Way};
pub use expect::Expectation;
pub(crate) use expect::{Expectations, TOO_MANY as TOO_MANY_EXPECTED};
pub(crate) use fragments::{FragmentKey, Fragments, TOO_MANY_FRAGMENTS, Whole};
#[cfg(test)]
pub(crate) use held::HELD_MAX;
pub(crate) use held::Held;
pub(crate) use inner::Inner;
pub use state::FlowState;
pub(crate) use state::{Live, States};
pub use stream::{OVERLAP, SegmentIn, datagram, segment};
pub(crate) use stream::{close_flow, hang_up, repeats};
pub(crate) use table::FlowTable;
pub use table::{FlowKey, Sender, open};
pub(crate) use table::{is_tunnel, stream_number};

use crate::protocol::{Direction, Transport};
use crate::registry::ProtocolId;
use std::net::IpAddr;
use weir_model::{CaptureId, Duration, FlowId, PacketRef, Timestamp};

/// Why a flow has its protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum RecognisedBy {
    /// It has none (yet).
    #[default]
    Nothing,
    /// The analyst said so.
    DecodeAs,
    /// Another flow announced it.
    Expected,
    /// Its content cannot be anything else.
    Content,
    /// Its port is registered.
    Port,
    /// Its content looks like it.
    Likely,
}

/// What was seen of a TCP connection's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TcpSeen {
    /// SYN without ACK.
    pub syn: bool,
    /// SYN with ACK.
    pub syn_ack: bool,
    /// FIN, by direction.
    pub fin: [bool; 2],
    /// RST, by direction.
    pub rst: [bool; 2],
    /// Sequence number of the SYN, or the one before the first byte seen, by direction.
    pub isn: [Option<u32>; 2],
    /// Time from the SYN to the first acknowledgement that is none.
    pub rtt: Option<Duration>,
    /// What was seen, as Wireshark counts it: SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32.
    pub completeness: u8,
    /// It began on the ports of an earlier connection.
    pub reused: bool,
    /// Microseconds from the SYN to the SYN-ACK, at least 1; 0 where not both were seen.
    pub met: u32,
    /// Times that the server spoke after the client had.
    pub turns: u32,
}

/// A conversation as Wireshark numbers it. Counts hold all packets; `duplicates` says how many were copies.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its place in the chain's facts.
    pub id: FlowId,
    /// Over TCP or UDP.
    pub transport: Transport,
    /// The side that opened it, as far as can be seen.
    pub client: (IpAddr, u16),
    /// The other side.
    pub server: (IpAddr, u16),
    /// First packet.
    pub first: PacketRef,
    /// Last packet.
    pub last: PacketRef,
    /// Time of `first`.
    pub begun: Timestamp,
    /// Latest time.
    pub ended: Timestamp,
    /// Packets by direction.
    pub packets: [u32; 2],
    /// Bytes on the wire by direction.
    pub bytes: [u64; 2],
    /// Payload bytes by direction, each stream byte once.
    pub payload: [u64; 2],
    /// What carries it, when recognised.
    pub protocol: Option<ProtocolId>,
    /// Why.
    pub recognised_by: RecognisedBy,
    /// Life of a TCP connection.
    pub tcp: TcpSeen,
    /// Stream number in the capture of its first packet, as Wireshark numbers that capture.
    pub(crate) stream: u32,
    /// First eight bytes of the TLS client random, once seen.
    pub random: Option<[u8; 8]>,
    seldom: Option<Box<Seldom>>,
}

/// What few flows have, kept apart so that the others stay small.
#[derive(Clone, Default, Debug)]
pub struct Seldom {
    /// Stream bytes known to be missing from the capture, by direction.
    pub missed: [u64; 2],
    /// The packet with which bytes were first known to be missing.
    pub lacked: Option<PacketRef>,
    /// Packets that are copies of earlier ones.
    pub duplicates: u32,
    /// Packets cut by the snap length.
    pub cut: u32,
    /// Retransmitted packets by direction.
    pub retransmissions: [u32; 2],
    /// Payload bytes in them that the same side had sent before, or others behind them.
    pub resent: [u64; 2],
    /// Packets with such bytes.
    pub repeats: [u32; 2],
    /// Packets by direction with nothing but bytes that came before: the first copy passed here.
    pub passed: [u32; 2],
    /// For how long the sender of a direction said that it can take nothing: its window was shut.
    pub shut: [Duration; 2],
    /// From the announcement that this flow fulfils; 0 without one.
    pub token: u64,
    /// The packet that announced it; known once the flow has carried something.
    pub setup: Option<PacketRef>,
    /// Stream numbers in further captures.
    pub(crate) streams: Vec<(CaptureId, u32)>,
    /// After these packets, because all flows together held too much, it waited no more behind holes, and
    /// held no more unfinished messages.
    pub(crate) gave_up: [Option<PacketRef>; 2],
}

static NOTHING_SELDOM: Seldom = Seldom {
    missed: [0; 2],
    lacked: None,
    duplicates: 0,
    cut: 0,
    retransmissions: [0; 2],
    resent: [0; 2],
    repeats: [0; 2],
    passed: [0; 2],
    shut: [Duration(0); 2],
    token: 0,
    setup: None,
    streams: Vec::new(),
    gave_up: [None; 2],
};

impl Flow {
    /// Its stream number in `capture`.
    #[must_use]
    pub fn stream(&self, capture: CaptureId) -> Option<u32> {
        if capture == self.first.capture {
            return Some(self.stream);
        }
        self.seldom()
            .streams
            .iter()
            .find(|(c, _)| *c == capture)
            .map(|(_, n)| *n)
    }

    /// The capture of its first packet, and its stream number there.
    #[must_use]
    pub fn home(&self) -> (CaptureId, u32) {
        (self.first.capture, self.stream)
    }

    /// Another stream number in a capture that it has one in.
    fn renumber(&mut self, capture: CaptureId, number: u32) {
        if capture == self.first.capture {
            self.stream = number;
        } else if let Some(s) = self
            .seldom_mut()
            .streams
            .iter_mut()
            .find(|s| s.0 == capture)
        {
            s.1 = number;
        }
    }

    /// What few flows have.
    #[must_use]
    pub fn seldom(&self) -> &Seldom {
        self.seldom.as_deref().unwrap_or(&NOTHING_SELDOM)
    }

    pub(crate) fn seldom_mut(&mut self) -> &mut Seldom {
        self.seldom.get_or_insert_default()
    }

    /// Sender and receiver of a direction.
    #[must_use]
    pub fn ends(&self, direction: Direction) -> ((IpAddr, u16), (IpAddr, u16)) {
        match direction {
            Direction::Forward => (self.client, self.server),
            Direction::Backward => (self.server, self.client),
        }
    }
}
