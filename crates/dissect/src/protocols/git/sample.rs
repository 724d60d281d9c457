//! A repository is asked for and its branches told; another is not there.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 9418);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, "0023git-upload-pack /a.git\0host=h\0\0");
    c.server(&mut s, "000dcontents\n0000");
    c.client(&mut s, "0000");
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, "0023git-upload-pack /b.git\0host=h\0\0");
    c.server(&mut s, "0010ERR no such\n");
    c.finish(&mut s, 1);
    s
}
