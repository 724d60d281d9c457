//! An echo and its answer, one without, a port that nobody listens on, a way that is too long, and half a head.

use crate::golden::Sample;
use crate::synth::{Synth, checksummed, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b, r) = ([10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 254]);
    let mut say = |from, to, m: Vec<u8>| s.ip(from, to, 1, &checksummed(m, 2));
    say(a, b, vec![8, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8]);
    say(b, a, vec![0, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8]);
    say(a, b, vec![8, 0, 0, 0, 0, 7, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
    let mut sent = vec![
        0x45, 0, 0, 32, 0, 9, 0, 0, 63, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];
    sent.extend([0x30, 0x39, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4]);
    seal_ip(&mut sent);
    say(b, a, [vec![3, 3, 0, 0, 0, 0, 0, 0], sent.clone()].concat());
    say(r, a, [vec![11, 0, 0, 0, 0, 0, 0, 0], sent].concat());
    say(r, a, vec![3, 1, 0, 0]);
    s
}
