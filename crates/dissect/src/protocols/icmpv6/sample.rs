//! A neighbour is asked for and answers, an echo, a port that nobody listens on, and half a message.

use crate::golden::Sample;
use crate::synth::{Synth, checksummed};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn packet(next: u8, hops: u8, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut p = vec![0x60, 0, 0, 0, len[0], len[1], next, hops];
    for last in [1, 2] {
        p.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    }
    p.extend(payload);
    p
}

fn say(s: &mut Synth, mut m: Vec<u8>) {
    let mut summed = packet(0, 0, &[])[8..].to_vec();
    summed.extend(u32::try_from(m.len()).unwrap().to_be_bytes());
    summed.extend([0, 0, 0, 58]);
    summed.extend(&m);
    summed = checksummed(summed, 42);
    m.copy_from_slice(&summed[40..]);
    let mut p = packet(58, 255, &m);
    // An answer comes from the other side.
    if matches!(m[0], 129 | 136) {
        p[23] = 2;
        p[39] = 1;
    }
    s.frame(1, 2, 0x86dd, &p);
}

fn capture() -> Synth {
    let mut s = Synth::default();

    let target = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    let ask = [
        &[135, 0, 0, 0, 0, 0, 0, 0][..],
        &target,
        &[1, 1, 2, 0, 0, 0, 0, 1],
    ]
    .concat();
    say(&mut s, ask);
    let told = [
        &[136, 0, 0, 0, 0x60, 0, 0, 0][..],
        &target,
        &[2, 1, 2, 0, 0, 0, 0, 2],
    ]
    .concat();
    say(&mut s, told);
    say(&mut s, vec![128, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4]);
    say(&mut s, vec![129, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4]);
    let sent = packet(
        17,
        63,
        &[0x9c, 0x40, 0xc3, 0x59, 0, 12, 0x12, 0x34, 1, 2, 3, 4],
    );
    say(&mut s, [vec![1, 4, 0, 0, 0, 0, 0, 0], sent].concat());
    say(&mut s, vec![135, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    s
}
