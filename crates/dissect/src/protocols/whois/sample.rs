//! A domain is asked for and told of.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 43);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, "example.org\r\n");
    c.server(&mut s, "Domain: EXAMPLE.ORG\r\nRegistrar: nobody\r\n");
    c.finish(&mut s, 1);
    s
}
