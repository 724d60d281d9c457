//! A clock is asked and answers, a server that is not in step, a list that is asked for, and half a message.

use super::tests::{HOST, SERVER, message};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(HOST, SERVER, &message(0x23, 0, 0xe000_0000_1111_1111));
    s.udp(
        SERVER,
        HOST,
        &message(0x24, 0xe000_0000_1111_1111, 0xe000_0000_1111_2222),
    );
    s.udp(HOST, SERVER, &message(0xe3, 0, 0xe000_0001_1111_1111));
    let mut denied = message(0xe4, 0xe000_0001_1111_1111, 0);
    denied[1] = 0;
    denied[12..16].copy_from_slice(b"DENY");
    s.udp(SERVER, HOST, &denied);
    s.udp(HOST, SERVER, &[0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    s.udp(HOST, SERVER, &message(0x23, 0, 1)[..30]);
    s
}
