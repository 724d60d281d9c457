//! Community ID version 1 (seed 0): the same text for the same conversation in every tool.

use base64::Engine as _;
use sha1::{Digest, Sha1};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

fn bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// Of two ends with ports over an IP protocol (6 TCP, 17 UDP), in either order.
#[must_use]
pub fn community_id(a: (IpAddr, u16), b: (IpAddr, u16), proto: u8) -> String {
    let key = |end: (IpAddr, u16)| (bytes(end.0), end.1);
    let (low, high) = if key(a) <= key(b) { (a, b) } else { (b, a) };
    let mut hash = Sha1::new();
    hash.update(0_u16.to_be_bytes());
    hash.update(bytes(low.0));
    hash.update(bytes(high.0));
    hash.update([proto, 0]);
    hash.update(low.1.to_be_bytes());
    hash.update(high.1.to_be_bytes());
    let text = base64::engine::general_purpose::STANDARD.encode(hash.finalize());
    format!("1:{text}")
}

/// Of a flow.
#[must_use]
pub fn of_flow(flow: &Flow) -> String {
    let proto = match flow.transport {
        Transport::Tcp => 6,
        Transport::Udp => 17,
    };
    community_id(flow.client, flow.server, proto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // From the specification's own baseline.
        let ip = |s: &str| s.parse::<IpAddr>().unwrap();
        let a = (ip("128.232.110.120"), 34855);
        let b = (ip("66.35.250.204"), 80);
        assert_eq!(community_id(a, b, 6), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        assert_eq!(community_id(b, a, 6), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        let a = (ip("192.168.1.52"), 54585);
        let b = (ip("8.8.8.8"), 53);
        assert_eq!(community_id(a, b, 17), "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    }
}
