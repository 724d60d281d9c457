//! One row of a flow log. What it does not know: payload; answers from it stop at *contacted*.

use std::net::IpAddr;
use weir_model::{Duration, Timestamp};

/// Why panels that show payload are empty for such rows.
pub const FLOW_RECORDS_ONLY: &str = "flow records only";

/// Above IP.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP and ICMPv6; ports are type and code.
    Icmp,
    /// As the log names it.
    Other(String),
}

impl Transport {
    /// As the log names it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Other(name) => name,
        }
    }
}

/// An address and a port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Endpoint {
    /// Address.
    pub ip: IpAddr,
    /// Port; ICMP: type or code.
    pub port: u16,
}

/// Where a row stands in its file, so that it can be read again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// 1-based line of the file.
    pub line: u64,
    /// Its first byte.
    pub offset: u64,
    /// Its bytes, without the line end.
    pub len: u32,
}

/// A flow as a log has it. Absent is what the log leaves unset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowRow {
    /// 1-based among the rows of its log: evidence `[[B:r12]]`.
    pub row: u32,
    /// Where it stands.
    pub place: Place,
    /// First packet.
    pub time: Timestamp,
    /// The log's own name of the flow.
    pub uid: String,
    /// Who began.
    pub originator: Endpoint,
    /// Who was asked.
    pub responder: Endpoint,
    /// Above IP.
    pub transport: Transport,
    /// Recognised protocols, comma-separated: `http`, `ssl,http`.
    pub service: Option<String>,
    /// From first to last packet.
    pub duration: Option<Duration>,
    /// Payload bytes of the originator.
    pub originator_bytes: Option<u64>,
    /// Payload bytes of the responder.
    pub responder_bytes: Option<u64>,
    /// Packets of the originator.
    pub originator_packets: Option<u64>,
    /// Packets of the responder.
    pub responder_packets: Option<u64>,
    /// How it went: `S0`, `SF`, `REJ` …
    pub state: Option<String>,
    /// Letters of what happened, in order.
    pub history: Option<String>,
    /// Payload bytes that the log's maker did not see.
    pub missed_bytes: Option<u64>,
}

impl FlowRow {
    /// Last packet: the first one when no duration is known.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.duration.map_or(self.time, |d| self.time.plus(d))
    }

    /// Did the responder send anything? `None` when the log does not say. A flow that nobody answered is
    /// an attempt, not a contact.
    #[must_use]
    pub fn answered(&self) -> Option<bool> {
        match (self.responder_packets, self.responder_bytes, &self.state) {
            (Some(n), _, _) => Some(n > 0),
            (None, Some(n), _) if n > 0 => Some(true),
            (None, _, Some(state)) => match state.as_str() {
                // Zeek's words for flows in which the responder never spoke.
                "S0" | "SH" => Some(false),
                "S1" | "S2" | "S3" | "SF" | "REJ" | "RSTO" | "RSTR" | "RSTRH" | "SHR" => Some(true),
                _ => None,
            },
            (None, bytes, None) => bytes.map(|n| n > 0),
        }
    }
}
