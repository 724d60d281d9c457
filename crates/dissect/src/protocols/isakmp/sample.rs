//! Negotiations of both versions, what both seal, a keep-alive behind a translator, and a payload that is too long.

use super::tests::{A, B, aggressive, init, message, payload};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn answered(mut m: Vec<u8>, flags: u8) -> Vec<u8> {
    m[8..16].copy_from_slice(&[0x22; 8]);
    m[19] = flags;
    m
}

fn capture() -> Synth {
    let mut s = Synth::default();
    s.udp(A, B, &aggressive());
    s.udp(B, A, &answered(aggressive(), 0));
    s.udp(A, B, &message(8, 0x10, 32, 1, &[5; 40]));
    let first = |mut m: Vec<u8>| {
        m[20..24].copy_from_slice(&[0; 4]);
        m
    };
    s.udp(A, B, &first(init()));
    // Refused: another group is wanted; then taken.
    let refused = message(41, 0x20, 34, 0x20, &payload(0, &[0, 0, 0, 17, 0, 19]));
    s.udp(B, A, &first(answered(refused, 0x20)));
    s.udp(B, A, &first(answered(init(), 0x20)));
    let sealed = message(46, 0x20, 35, 0x08, &payload(35, &[6; 48]));
    let marked = [vec![0; 4], sealed].concat();
    s.udp((A.0, 4500), (B.0, 4500), &marked);
    s.udp((A.0, 4500), (B.0, 4500), &[0xff]);
    let esp = [&[0xc0, 0, 0, 1, 0, 0, 0, 1][..], &[0x77; 32]].concat();
    s.udp((A.0, 4500), (B.0, 4500), &esp);
    let mut long = message(40, 0x20, 34, 8, &payload(0, &[9; 20]));
    long[30..32].copy_from_slice(&[0x7f, 0xff]);
    s.udp(A, B, &long);
    s
}
