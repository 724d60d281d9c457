//! A session is asked for and given, a message, a keep-alive, another is refused.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 139);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut name = vec![32];
    name.extend(b"FDEPFCCACACACACACACACACACACACACA");
    name.push(0);
    let asked = [vec![0x81, 0, 0, 68], name.clone(), name].concat();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, &asked);
    c.server(&mut s, [0x82, 0, 0, 0]);
    c.client(&mut s, [0x85, 0, 0, 0]);
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, &asked);
    c.server(&mut s, [0x83, 0, 0, 1, 0x82]);
    c.finish(&mut s, 1);
    s
}
