//! A flow that nobody reads: why not, its first bytes, and how much disorder is in them. Reads nothing itself.

use crate::hex;
use serde::Serialize;
use weir_dissect::flow::Flow;
use weir_dissect::{Certainty, Direction, Over, Probe, Protocol, Transport, registry};

/// Bytes of a direction that entropy and probes look at.
pub(crate) const FIRST: usize = 1024;
/// Bytes of a direction that are shown.
const SHOWN: usize = 64;
/// So many bytes and more may be called disordered: fewer have too little room for it.
const ENOUGH: usize = 256;
/// Bits a byte above which they are. Random bytes have 7.2 where there are 256 and 7.8 where there are 1,024; text
/// stays below 5 and programs below 6.6.
const DISORDER: [f64; 2] = [7.0, 7.5];

/// What can be said of a flow without a protocol.
#[derive(Serialize)]
pub(crate) struct Unknown {
    why: Vec<String>,
    /// Client and server; nothing where a side sent nothing.
    sides: [Option<First>; 2],
}

/// The first bytes of a direction.
#[derive(Serialize)]
struct First {
    /// How many of them the entropy is of.
    bytes: usize,
    hex: String,
    /// What is printable of those in `hex`; anything else is a point.
    text: String,
    /// Bits a byte (Shannon), to three digits.
    entropy: f64,
}

impl Unknown {
    /// `None` where the flow's protocol is known. `first`: the first bytes of both directions, at most [`FIRST`].
    pub(crate) fn of(flow: &Flow, first: [&[u8]; 2]) -> Option<Self> {
        let mut why = why(flow)?;
        let mut like = Vec::new();
        for (bytes, direction) in first
            .into_iter()
            .zip([Direction::Forward, Direction::Backward])
        {
            for protocol in alike(flow, direction, bytes) {
                if !like.contains(&protocol) {
                    like.push(protocol);
                }
            }
        }
        why.extend(
            like.iter()
                .map(|p| format!("it begins like {p}, and does not go on so")),
        );
        let sides = first.map(First::of);
        if sides.iter().flatten().any(First::is_disordered) {
            why.push("its bytes look compressed or encrypted".to_owned());
        }
        Some(Self { why, sides })
    }
}

/// Why nobody reads a flow, as far as that is known without its bytes; `None` where somebody does.
#[must_use]
pub fn why(flow: &Flow) -> Option<Vec<String>> {
    if flow.protocol.is_some() {
        return None;
    }
    if flow.payload == [0; 2] {
        return Some(vec!["no data was captured".to_owned()]);
    }
    let key = |n: u16| match flow.transport {
        Transport::Tcp => Over::TcpPort(n),
        Transport::Udp => Over::UdpPort(n),
    };
    let reads = |p: &&'static Protocol| match flow.transport {
        Transport::Tcp => p.stream.is_some(),
        Transport::Udp => p.datagram.is_some(),
    };
    let ports = [flow.server.1, flow.client.1];
    let registered = ports.into_iter().find_map(|n| {
        registry()
            .over(key(n))
            .filter(reads)
            .map(|p| (n, p.info.column))
    });
    let mut out = vec![match registered {
        Some((n, name)) => format!("port {n} is registered for {name}, which declined"),
        None => format!(
            "ports {} and {} are registered for no protocol that is read, and its first bytes are no known one's",
            ports[0], ports[1]
        ),
    }];
    if flow.transport == Transport::Tcp && !flow.tcp.syn && !flow.tcp.syn_ack {
        out.push("its start is not in the capture".to_owned());
    }
    Some(out)
}

/// Protocols that such a beginning may be of.
fn alike(flow: &Flow, direction: Direction, bytes: &[u8]) -> Vec<&'static str> {
    let (from, to) = flow.ends(direction);
    let probe = Probe {
        bytes,
        direction,
        ports: (from.1, to.1),
        transport: flow.transport,
        from_start: flow.tcp.syn,
    };
    let likes = |p: &&'static Protocol| {
        let says = p.probe.map(|probe_of| probe_of(&probe));
        matches!(says, Some(Certainty::Unsure | Certainty::Certain))
    };
    if bytes.is_empty() {
        return Vec::new();
    }
    let ids = registry().probed(flow.transport).iter();
    ids.filter_map(|id| registry().get(*id))
        .filter(likes)
        .map(|p| p.info.column)
        .collect()
}

impl First {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let shown = bytes.get(..SHOWN).unwrap_or(bytes);
        let text = shown
            .iter()
            .map(|b| {
                if (0x20..0x7f).contains(b) {
                    char::from(*b)
                } else {
                    '·'
                }
            })
            .collect();
        Some(Self {
            bytes: bytes.len(),
            hex: hex(shown),
            text,
            entropy: libm::round(entropy(bytes) * 1000.0) / 1000.0,
        })
    }

    fn is_disordered(&self) -> bool {
        let [few, many] = DISORDER;
        self.bytes >= ENOUGH && self.entropy >= if self.bytes < FIRST { few } else { many }
    }
}

/// Bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u16; 256];
    for b in bytes {
        if let Some(n) = counts.get_mut(usize::from(*b)) {
            *n = n.saturating_add(1);
        }
    }
    let all = bytes.len() as f64;
    let share = |n: &u16| f64::from(*n) / all;
    let seen = counts.iter().filter(|n| **n > 0).map(share);
    // Never less than nothing, not even as a zero with a sign.
    seen.map(|p| -p * libm::log2(p)).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::{First, entropy};

    #[test]
    fn disorder_is_measured_in_bits_a_byte() {
        let all: Vec<u8> = (0..=255).collect();
        assert!((entropy(&all) - 8.0).abs() < 1e-9);
        assert!((entropy(b"abab") - 1.0).abs() < 1e-9);
        assert!(entropy(b"aaaa") == 0.0 && entropy(b"aaaa").is_sign_positive());
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_has_too_few_bytes_is_not_called_disordered() {
        let told = |n: usize| First::of(&(0..=255).take(n).collect::<Vec<u8>>());
        assert!(told(256).is_some_and(|f| f.is_disordered()));
        assert!(told(255).is_some_and(|f| !f.is_disordered()));
        assert!(First::of(b"").is_none());
        let text = First::of("GET / and more of the same\r\n".repeat(40).as_bytes());
        assert!(text.is_some_and(|f| !f.is_disordered()
            && f.text.starts_with("GET / and")
            && f.hex.len() == 128));
    }
}
