//! A log-in that is refused, a value written and read, one that is not there.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 6379);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n");
    c.server(&mut s, "-WRONGPASS no\r\n");
    c.client(&mut s, "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1\r\n1\r\n");
    c.server(&mut s, "+OK\r\n");
    c.client(&mut s, "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
    c.server(&mut s, "$1\r\n1\r\n");
    c.client(&mut s, "*2\r\n$3\r\nGET\r\n$4\r\ngone\r\n");
    c.server(&mut s, "$-1\r\n");
    c.finish(&mut s, 0);
    s
}
