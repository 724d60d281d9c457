//! Simple service discovery (UPnP Device Architecture 2.0, section 1): HTTP heads in datagrams, by which devices
//! and services say that they are there. Keeps no rows: what it says of hosts is shown, not concluded from.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Certainty, Over, Probe, Protocol};
use crate::protocols::http;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "UPnP Device Architecture 2.0",
    over: &[Over::UdpPort(1900)],
    fields: http::FIELDS,
    probe: Some(probe),
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ssdp", "Simple Service Discovery Protocol", "SSDP")
};

fn probe(p: &Probe<'_>) -> Certainty {
    let starts = [&b"M-SEARCH * HTTP/1."[..], b"NOTIFY * HTTP/1."];
    if starts.iter().any(|s| p.bytes.starts_with(s)) {
        Certainty::Certain
    } else {
        Certainty::No
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    http::datagram(ctx, &PROTOCOL, data);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;

    const HOST: ([u8; 4], u16) = ([10, 0, 0, 1], 50000);
    const GROUP: ([u8; 4], u16) = ([239, 255, 255, 250], 1900);

    #[test]
    fn searches_and_notifications_show_the_fields_of_http() {
        let mut s = Synth::default();
        s.udp(
            HOST,
            GROUP,
            b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: upnp:rootdevice\r\n\r\n",
        );
        s.udp(
            HOST,
            GROUP,
            b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nSERVER: box\r\n\r\n",
        );
        let trees = s.trees(s.load().facts());
        let first = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
        assert_eq!(first(0, "http.request.method").unwrap(), "M-SEARCH");
        let uri = first(0, "http.request.full_uri").unwrap();
        assert_eq!(uri, "http://239.255.255.250:1900*");
        assert!(first(0, "http.request").is_some());
        // To Wireshark a notification is no request.
        assert!(first(1, "http.request").is_none());
        assert_eq!(first(1, "http.server").unwrap(), "box");
    }
}
