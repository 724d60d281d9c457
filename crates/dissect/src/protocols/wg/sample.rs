//! A handshake is answered, packets are sealed, another handshake is put off with a cookie.

use super::tests::{A, B, message};
use super::{INITIATION, RESPONSE};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let b = (B.0, 51820);
    s.udp(A, b, &message(1, INITIATION, &[0x11]));
    s.udp(b, A, &message(2, RESPONSE, &[0x22, 0x11]));
    s.udp(A, b, &message(4, 32, &[0x22, 5, 0]));
    s.udp(b, A, &message(4, 128, &[0x11, 6, 0]));
    s.udp(A, b, &message(1, INITIATION, &[0x33]));
    s.udp(b, A, &message(3, 64, &[0x33]));
    s
}
