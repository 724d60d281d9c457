//! Community ID version 1 with seed 0: one name for a flow in every tool.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

/// `1:` and the hash of the ordered ends, in Base64.
#[must_use]
pub(crate) fn id(flow: &Flow) -> String {
    between(flow.client, flow.server, flow.transport)
}

/// Of the flow between two ends.
#[must_use]
pub(crate) fn between(a: (IpAddr, u16), b: (IpAddr, u16), transport: Transport) -> String {
    let (low, high) = (a.min(b), a.max(b));
    let mut hash = Sha1::new();
    hash.update([0, 0]);
    for (ip, _) in [low, high] {
        match ip {
            IpAddr::V4(a) => hash.update(a.octets()),
            IpAddr::V6(a) => hash.update(a.octets()),
        }
    }
    let protocol = match transport {
        Transport::Tcp => 6,
        Transport::Udp => 17,
    };
    hash.update([protocol, 0]);
    hash.update(low.1.to_be_bytes());
    hash.update(high.1.to_be_bytes());
    format!("1:{}", STANDARD.encode(hash.finalize()))
}
