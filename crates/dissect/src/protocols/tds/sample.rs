//! A log-on with a name of Windows and its answer.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 1433);

fn capture() -> Synth {
    let mut s = Synth::default();

    let message = |kind: u8, body: &[u8]| {
        let len = u16::try_from(body.len() + 8).unwrap().to_be_bytes();
        [vec![kind, 1, len[0], len[1], 0, 0, 1, 0], body.to_vec()].concat()
    };
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, message(1, b"s\0e\0l\0e\0c\0t\0 \x001\0"));
    c.server(
        &mut s,
        message(4, &[0xfd, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    );
    c.finish(&mut s, 0);
    s
}
