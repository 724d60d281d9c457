//! IP in a session, and its echo; a length that lies.

use crate::golden::Sample;
use crate::synth::{Synth, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

/// A datagram on port 9 within IPv4.
fn within() -> Vec<u8> {
    let mut p = vec![
        0x45, 0, 0, 32, 0, 9, 0, 0, 63, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1,
    ];
    p.extend([0x30, 0x39, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4]);
    seal_ip(&mut p);
    p
}

fn capture() -> Synth {
    let mut s = Synth::default();

    let framed = |session: u8, body: Vec<u8>| {
        let len = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[0x11, 0, 0, session][..], &len, &body].concat()
    };
    s.frame(1, 2, 0x8864, &framed(7, [vec![0, 0x21], within()].concat()));
    s.frame(
        2,
        1,
        0x8864,
        &framed(7, vec![0xc0, 0x21, 9, 1, 0, 8, 1, 2, 3, 4]),
    );
    let mut lies = framed(7, [vec![0, 0x21], within()].concat());
    lies[5] = 200;
    s.frame(1, 2, 0x8864, &lies);
    s
}
