//! A host asks, is told everything, also by a relay, and a message that is cut.

use super::tests::{CLIENT, SERVER, option, reply};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let ask = [
        vec![1, 0xab, 0xcd, 0xef],
        option(1, &[0, 3, 0, 1, 2, 0, 0, 0, 0, 7]),
        option(6, &[0, 23, 0, 24]),
        option(8, &[0, 0]),
    ]
    .concat();
    let mut relayed = vec![13, 1];
    relayed.extend([0xfe; 32]);
    relayed.extend(option(9, &reply()));
    s.udp(CLIENT, SERVER, &ask);
    s.udp(SERVER, CLIENT, &reply());
    s.udp(SERVER, SERVER, &relayed);
    s.udp(CLIENT, SERVER, &ask[..10]);
    s
}
