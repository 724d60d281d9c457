//! A session is opened by both sides, kept, and ended by a notice.

use super::tests::{message, open};
use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 179);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, open());
    c.server(&mut s, open());
    c.client(&mut s, message(4, &[]));
    c.server(&mut s, message(3, &[6, 2]));
    c.finish(&mut s, 1);
    s
}
