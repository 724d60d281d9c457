//! A stream is opened by both sides, something asked and answered, and closed.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 5222);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(
        &mut s,
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='x'>",
    );
    c.server(
        &mut s,
        "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' from='x'>",
    );
    c.client(&mut s, "<iq type='get' id='1'/>");
    c.server(&mut s, "<iq type='result' id='1'/>");
    c.client(&mut s, "</stream:stream>");
    c.finish(&mut s, 0);
    s
}
