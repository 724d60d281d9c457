//! Somebody is looked for and told of.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 79);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, "bob\r\n");
    c.server(&mut s, "Login: bob\r\nNo plan.\r\n");
    c.finish(&mut s, 1);
    s
}
