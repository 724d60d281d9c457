//! A host asks and is given an address, another is refused, and a message that ends in its options.

use super::tests::message;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (none, all) = (([0, 0, 0, 0], 68), ([255, 255, 255, 255], 67));
    let (server, host) = (([10, 0, 0, 99], 67), ([10, 0, 0, 7], 68));
    s.udp(
        none,
        all,
        &message(1, b"\x35\x01\x01\x37\x03\x01\x03\x06\xff"),
    );
    s.udp(
        server,
        host,
        &message(
            2,
            b"\x35\x01\x02\x36\x04\x0a\x00\x00\x63\x33\x04\x00\x00\x0e\x10\xff",
        ),
    );
    s.udp(none, all, &message(1, b"\x35\x01\x03\x0c\x04PC07\x32\x04\x0a\x00\x00\x07\x51\x07\x00\x00\x00pc.x\x37\x02\x01\x03\xff"));
    s.udp(server, host, &message(2, b"\x35\x01\x05\x36\x04\x0a\x00\x00\x63\x01\x04\xff\xff\xff\x00\x03\x04\x0a\x00\x00\x63\x06\x08\x08\x08\x08\x08\x09\x09\x09\x09\x33\x04\x00\x00\x0e\x10\xff\x00\x00"));
    s.udp(
        none,
        all,
        &message(1, b"\x35\x01\x03\x32\x04\x0a\x00\x00\x08\xff"),
    );
    s.udp(
        server,
        host,
        &message(2, b"\x35\x01\x06\x36\x04\x0a\x00\x00\x63\xff"),
    );
    s.udp(none, all, &message(1, b"\x35\x01\x08\x0c\x20PC"));
    s
}
