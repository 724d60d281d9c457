//! Who talked to whom and how much: conversations of one layer, and its endpoints. All packets are counted,
//! with their length on the wire.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::fmt;
use std::net::IpAddr;
use weir_model::{CaptureId, LimitKind, Mac, PacketRef, Timestamp};

/// Conversations told apart; a million of them take about 150 MB.
const ROWS: usize = 1_000_000;

/// Hit where hostile traffic makes up addresses.
pub static MANY_PAIRS: LimitKind = LimitKind {
    id: "statistics.conversations",
    says: "more conversations than are told apart; packets of further ones are counted together",
    bound: ROWS as u64,
    unit: "conversations",
};

/// One end of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// A hardware address.
    Mac(Mac),
    /// A network address.
    Ip(IpAddr),
    /// A network address and a port.
    Socket(IpAddr, u16),
}

impl End {
    /// The address without a port.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Mac(mac) => mac.to_string(),
            Self::Ip(ip) | Self::Socket(ip, _) => ip.to_string(),
        }
    }

    /// The port, where there is one.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Socket(_, port) => Some(*port),
            _ => None,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(mac) => mac.fmt(f),
            Self::Ip(ip) => ip.fmt(f),
            Self::Socket(IpAddr::V6(ip), port) => write!(f, "[{ip}]:{port}"),
            Self::Socket(ip, port) => write!(f, "{ip}:{port}"),
        }
    }
}

/// Two ends; `a` sent the first packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conversation {
    /// One end.
    pub a: End,
    /// The other.
    pub b: End,
    /// The capture of its first packet and the stream's number there, of TCP and UDP.
    pub stream: Option<(CaptureId, u32)>,
    /// Packets from a to b, and back.
    pub packets: [u64; 2],
    /// Bytes on the wire, the same ways.
    pub bytes: [u64; 2],
    /// First packet.
    pub first: PacketRef,
    /// Its time.
    pub begun: Timestamp,
    /// Latest time.
    pub ended: Timestamp,
}

/// One end and all that it said and heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Which.
    pub end: End,
    /// Ends it talked to, each stream by itself.
    pub conversations: u64,
    /// Packets it sent, and got.
    pub packets: [u64; 2],
    /// Bytes on the wire, the same ways.
    pub bytes: [u64; 2],
    /// First packet.
    pub first: PacketRef,
}

/// Some packets of one conversation, one way.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Who sent.
    pub from: End,
    /// Who got.
    pub to: End,
    /// What tells conversations of the same ends apart: a capture, and a stream's number there.
    pub stream: Option<(CaptureId, u32)>,
    /// The packet.
    pub packet: PacketRef,
    /// Its bytes on the wire.
    pub bytes: u64,
    /// When.
    pub time: Timestamp,
}

/// Both ends, the smaller first, and the stream.
type Key = (End, End, Option<(CaptureId, u32)>);

/// Conversations of one layer, in order of their first packets.
#[derive(Default)]
pub struct Pairs {
    rows: Vec<Conversation>,
    by: HashMap<Key, u32, FixedState>,
    beyond: u64,
}

impl Pairs {
    /// Counts a packet.
    pub fn add(&mut self, way: &Way) {
        let (low, high) = if way.from <= way.to {
            (way.from, way.to)
        } else {
            (way.to, way.from)
        };
        let key = (low, high, way.stream);
        let at = match self.by.get(&key) {
            Some(at) => *at as usize,
            None if self.rows.len() >= ROWS => {
                self.beyond += 1;
                return;
            }
            None => {
                self.by
                    .insert(key, u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
                self.push(Conversation {
                    a: way.from,
                    b: way.to,
                    stream: way.stream,
                    packets: [0; 2],
                    bytes: [0; 2],
                    first: way.packet,
                    begun: way.time,
                    ended: way.time,
                });
                self.rows.len() - 1
            }
        };
        let Some(row) = self.rows.get_mut(at) else {
            return;
        };
        let n = usize::from(row.a != way.from);
        row.packets[n] += 1;
        row.bytes[n] += way.bytes;
        row.begun = row.begun.min(way.time);
        row.ended = row.ended.max(way.time);
    }

    /// Adds a conversation that was counted elsewhere.
    pub fn push(&mut self, row: Conversation) {
        if self.rows.len() < ROWS {
            self.rows.push(row);
        } else {
            self.beyond += 1;
        }
    }

    /// In order of their first packets.
    #[must_use]
    pub fn rows(&self) -> &[Conversation] {
        &self.rows
    }

    /// Packets of conversations for which there was no room.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// Every end, in order of first appearance. Who talks to itself has sent and got the packet.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let mut out: Vec<Endpoint> = Vec::new();
        let mut by: HashMap<End, usize, FixedState> = HashMap::with_hasher(FixedState::default());
        for c in &self.rows {
            for (end, sent, got) in [(c.a, 0, 1), (c.b, 1, 0)] {
                let at = *by.entry(end).or_insert_with(|| {
                    out.push(Endpoint {
                        end,
                        conversations: 0,
                        packets: [0; 2],
                        bytes: [0; 2],
                        first: c.first,
                    });
                    out.len() - 1
                });
                if let Some(row) = out.get_mut(at) {
                    row.conversations += u64::from(sent == 0 || c.a != c.b);
                    row.packets[0] += c.packets[sent];
                    row.packets[1] += c.packets[got];
                    row.bytes[0] += c.bytes[sent];
                    row.bytes[1] += c.bytes[got];
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: End, to: End, stream: Option<u32>, number: u32, bytes: u64) -> Way {
        Way {
            from,
            to,
            stream: stream.map(|n| (CaptureId(0), n)),
            packet: PacketRef {
                number,
                ..PacketRef::default()
            },
            bytes,
            time: Timestamp(i64::from(number)),
        }
    }

    fn ip(last: u8) -> End {
        End::Ip(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn both_ways_are_one_conversation_and_its_first_sender_is_a() {
        let mut pairs = Pairs::default();
        pairs.add(&way(ip(9), ip(1), None, 3, 100));
        pairs.add(&way(ip(1), ip(9), None, 5, 60));
        pairs.add(&way(ip(1), ip(9), None, 4, 40));
        let [row] = pairs.rows() else {
            panic!("{:?}", pairs.rows())
        };
        assert_eq!((row.a, row.b), (ip(9), ip(1)));
        assert_eq!((row.packets, row.bytes), ([1, 2], [100, 100]));
        assert_eq!((row.first.number, row.begun.0, row.ended.0), (3, 3, 5));
    }

    #[test]
    fn the_same_ends_again_are_another_stream_and_one_endpoint() {
        let mut pairs = Pairs::default();
        let (a, b) = (
            End::Socket(IpAddr::from([192, 0, 2, 1]), 40_000),
            End::Socket(IpAddr::from([192, 0, 2, 2]), 80),
        );
        pairs.add(&way(a, b, Some(0), 1, 60));
        pairs.add(&way(a, b, Some(1), 2, 70));
        assert_eq!(pairs.rows().len(), 2);
        let ends = pairs.endpoints();
        assert_eq!(ends.len(), 2);
        assert_eq!((ends[0].end, ends[0].conversations), (a, 2));
        assert_eq!((ends[0].packets, ends[0].bytes), ([2, 0], [130, 0]));
        assert_eq!((ends[1].packets, ends[1].bytes), ([0, 2], [0, 130]));
    }

    #[test]
    fn who_talks_to_itself_has_sent_and_got() {
        let mut pairs = Pairs::default();
        pairs.add(&way(ip(1), ip(1), None, 1, 60));
        let [end] = pairs
            .endpoints()
            .try_into()
            .unwrap_or_else(|v| panic!("{v:?}"));
        assert_eq!(
            (end.packets, end.bytes, end.conversations),
            ([1, 1], [60, 60], 1)
        );
    }
}
