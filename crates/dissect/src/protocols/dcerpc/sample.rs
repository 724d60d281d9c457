//! A service is closed over a connection, another call fails; a message without a connection; a fragment is too short.

use super::tests::{CLIENT, SERVER, bind, datagram, fragment};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    let mut body = bind()[16..].to_vec();
    body[..4].copy_from_slice(&[0xb8, 0x10, 0xb8, 0x10]);
    // How the arguments are written: NDR, version 2.
    body[36..].copy_from_slice(&[
        0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48,
        0x60, 2, 0, 0, 0,
    ]);
    c.client(&mut s, fragment(11, 1, &body));
    let mut taken = vec![0xb8, 0x10, 0xb8, 0x10, 1, 0, 0, 0, 6, 0];
    taken.extend(b"49152\0");
    taken.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    taken.extend(&body[36..]);
    c.server(&mut s, fragment(12, 1, &taken));
    // The handle, and what came of it.
    let closed = [&[20, 0, 0, 0, 7, 0, 0, 0][..], &[1; 20]].concat();
    c.client(&mut s, fragment(0, 2, &closed));
    let answer = [&[24, 0, 0, 0, 7, 0, 0, 0][..], &[0; 24]].concat();
    c.server(&mut s, fragment(2, 2, &answer));
    c.client(&mut s, fragment(0, 3, &[0, 0, 0, 0, 7, 0, 0x70, 0]));
    // Out of range: nca_s_op_rng_error.
    let fault = [0x20, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0x1c, 0, 0, 0, 0];
    c.server(&mut s, fragment(3, 3, &fault));
    c.finish(&mut s, 0);
    let (a, b) = (([10, 0, 0, 1], 1026), ([10, 0, 0, 2], 135));
    s.udp(a, b, &datagram(0, true, 0, b"arguments"));
    s.udp(b, a, &datagram(2, true, 0, b""));
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, bind());
    c.client(&mut s, fragment(0, 2, &[0, 0, 0, 0]));
    s
}
