//! Captures without a link layer: the first nibble tells IPv4 from IPv6.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_RAW",
    over: &[Over::LinkType(101), Over::LinkType(12), Over::LinkType(14)],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("raw", "Raw packet data", "Raw")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.close();
    }
    match data.u8(0).map(|b| b >> 4) {
        Some(4) => ctx.next(Over::EtherType(0x0800), data),
        Some(6) => ctx.next(Over::EtherType(0x86dd), data),
        Some(_) => ctx.unknown(data),
        None => ctx.short(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::{Synth, protocols_on};

    /// Every header before an IP packet, by link type, with the layers before `ip`.
    #[test]
    fn every_link_layer_leads_to_the_packet_inside() {
        let mut s = Synth::default();
        s.udp(([10, 0, 0, 1], 5000), ([10, 0, 0, 2], 5001), b"inner bytes");
        let frame = s.packets[0].clone();
        let packet = &frame[14..];
        let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
        let mut fddi = vec![0x50];
        fddi.resize(13, 2);
        fddi.extend_from_slice(&snap);
        let mut ring = vec![0x10, 0x40];
        ring.resize(14, 2);
        ring.extend_from_slice(&snap);
        let mut routed = ring.clone();
        routed[8] |= 0x80;
        routed.splice(14..14, [0x06, 0, 1, 2, 3, 4]);
        let mut wlan = vec![0x88, 0x02];
        wlan.resize(26, 2);
        wlan.extend_from_slice(&snap);
        let mut radiotap = vec![0, 0, 8, 0, 0, 0, 0, 0];
        radiotap.extend_from_slice(&wlan);
        let mut infiniband = vec![0; 40];
        infiniband.extend_from_slice(&[8, 0, 0, 0]);
        let mut zone = vec![1, 2];
        zone.resize(24, 0);
        let heads: [(u32, &[u8], &str); 15] = [
            (101, &[], "raw"),
            (9, &[0xff, 3, 0, 0x21], "ppp"),
            (9, &[0x21], "ppp"),
            (104, &[0x0f, 0, 8, 0], "chdlc"),
            (107, &[0x18, 0x41, 3, 0xcc], "fr"),
            (107, &[0x18, 0x41, 8, 0], "fr"),
            (129, &[1, 2, 0, 0, 212, 0, 0, 1], "arcnet"),
            (7, &[1, 2, 240], "arcnet"),
            (10, &fddi, "fddi:llc"),
            (6, &ring, "tr:llc"),
            (6, &routed, "tr:llc"),
            (105, &wlan, "wlan:llc"),
            (127, &radiotap, "radiotap:wlan:llc"),
            (242, &infiniband, "ipoib"),
            (226, &zone, "ipnet"),
        ];
        for (link, head, layers) in heads {
            let bytes = [head, packet].concat();
            let want = format!("{layers}:ip:udp:data");
            assert_eq!(protocols_on(link, &bytes), want, "link type {link}");
            // Cut anywhere it is short, not worse.
            for cut in 0..head.len() {
                protocols_on(link, &bytes[..cut]);
            }
        }
        let tagged = |kind: [u8; 2], head: &[u8]| {
            let mut f = frame[..12].to_vec();
            f.extend_from_slice(&kind);
            f.extend_from_slice(head);
            f.extend_from_slice(packet);
            protocols_on(1, &f)
        };
        let inner = "ip:udp:data";
        assert_eq!(
            tagged([0x88, 0x47], &[0, 1, 0, 64, 0, 2, 1, 64]),
            format!("eth:ethertype:mpls:{inner}")
        );
        let len = u8::try_from(packet.len() + 2).unwrap();
        assert_eq!(
            tagged([0x88, 0x64], &[0x11, 0, 0, 1, 0, len, 0, 0x21]),
            format!("eth:ethertype:pppoes:ppp:{inner}")
        );
        assert_eq!(
            tagged([0x89, 0x26], &[0, 1, 0, 2, 8, 0]),
            format!("eth:ethertype:vntag:ethertype:{inner}")
        );
    }

    #[test]
    fn packets_in_datagrams_have_flows_of_their_own() {
        let mut inside = Synth::default();
        inside.udp(([10, 0, 0, 1], 5000), ([10, 0, 0, 2], 5001), b"inner bytes");
        let frame = inside.packets[0].clone();
        let packet = &frame[14..];
        let with = |head: &[u8], body: &[u8]| [head, body].concat();
        for (port, payload) in [
            (4789, with(&[8, 0, 0, 0, 0, 0, 1, 0], &frame)),
            (6081, with(&[0, 0, 0x65, 0x58, 0, 0, 1, 0], &frame)),
            (2152, with(&[0x30, 0xff, 0, 0, 0, 0, 0, 1], packet)),
            (
                2152,
                with(&[0x32, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0], packet),
            ),
        ] {
            let mut s = Synth::default();
            s.udp(([192, 0, 2, 1], 40000), ([192, 0, 2, 2], port), &payload);
            let engine = s.load();
            let ports: Vec<u16> = engine.facts().flows.iter().map(|f| f.server.1).collect();
            assert_eq!(ports, [port, 5001]);
        }
    }
}
