//! A router asks who listens, hosts of every version answer and leave; an answer that is shorter than its records.

use crate::golden::Sample;
use crate::synth::{Synth, checksummed};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const ROUTER: [u8; 4] = [192, 168, 1, 1];
const HOST: [u8; 4] = [192, 168, 1, 20];
const GROUP: [u8; 4] = [239, 1, 2, 3];

fn capture() -> Synth {
    let mut s = Synth::default();
    let mut say = |from, to, m: &[u8]| s.ip(from, to, 2, &checksummed(m.to_vec(), 2));
    let all = [224, 0, 0, 1];
    say(ROUTER, all, &[0x11, 0, 0, 0, 0, 0, 0, 0]);
    say(HOST, GROUP, &[0x12, 0, 0, 0, 239, 1, 2, 3]);
    say(ROUTER, all, &[0x11, 100, 0, 0, 0, 0, 0, 0]);
    say(HOST, GROUP, &[0x16, 0, 0, 0, 239, 1, 2, 3]);
    say(HOST, [224, 0, 0, 2], &[0x17, 0, 0, 0, 239, 1, 2, 3]);
    // Asked of one group and two sources; twelve tenths of a second, robustness 2, every 125 s.
    let ask = [0x11, 12, 0, 0, 239, 1, 2, 3, 2, 125, 0, 2];
    say(
        ROUTER,
        GROUP,
        &[&ask[..], &[10, 0, 0, 1, 10, 0, 0, 2]].concat(),
    );
    let first = [4, 0, 0, 0, 239, 1, 2, 3];
    let second = [6, 0, 0, 2, 232, 0, 0, 9, 10, 0, 0, 1, 10, 0, 0, 2];
    let report = [&[0x22, 0, 0, 0, 0, 0, 0, 2][..], &first, &second].concat();
    say(HOST, [224, 0, 0, 22], &report);
    say(HOST, [224, 0, 0, 22], &report[..26]);
    s
}
