//! A station logs in, both prove that they know the key, the group's key follows, the station leaves; a key that is cut.

use super::tests::{frame, key};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let rsn = [
        0x30, 20, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 2, 0, 0,
    ];
    s.packets.push(frame(1, &[]));
    for (info, nonce, data) in [
        (0x008a, 7, &b""[..]),
        (0x010a, 9, &rsn[..]),
        (0x13ca, 7, &[0x5a; 32]),
        (0x030a, 0, b""),
        (0x1382, 7, &[0xa5; 24]),
        (0x0302, 0, b""),
    ] {
        s.packets.push(frame(3, &key(info, nonce, data)));
    }
    s.packets.push(frame(2, &[]));
    let mut cut = frame(3, &key(0x008a, 7, b""));
    cut.truncate(50);
    s.packets.push(cut);
    s
}
