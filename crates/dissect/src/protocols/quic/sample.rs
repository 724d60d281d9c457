//! A connection with its handshake in two packets, one whose version is refused.

use super::tests::{CLIENT, FIRST, SERVER, connection, long};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = connection(1, &[&[(50, 90), (0, 50)], &[(90, 999)]]);
    let client = (CLIENT.0, 50_002);
    let mut greased = long(0x1a2a_3a4a, 0, FIRST, b"cc", 1160);
    greased.resize(1200, 0x5a);
    s.udp(client, SERVER, &greased);
    let refused = [
        &[0xc0, 0, 0, 0, 0, 2][..],
        b"cc",
        &[8],
        FIRST,
        &[0, 0, 0, 1],
    ]
    .concat();
    s.udp(SERVER, client, &refused);
    s
}
