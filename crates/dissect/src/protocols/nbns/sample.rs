//! A name is registered, looked for and told, another is not there.

use super::tests::{encode, registration};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b, all) = (
        ([10, 0, 0, 7], 137),
        ([10, 0, 0, 8], 137),
        ([10, 0, 0, 255], 137),
    );
    s.udp(a, all, &registration(b"PC07            ", false));
    s.udp(a, all, &registration(b"WORKGROUP      \x1d", true));
    let asked = |id: u8| {
        let mut m = vec![0, id, 1, 0x10, 0, 1, 0, 0, 0, 0, 0, 0];
        m.extend(encode(b"PC08            "));
        m.extend([0, 32, 0, 1]);
        m
    };
    s.udp(a, all, &asked(10));
    let mut told = vec![0, 10, 0x85, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    told.extend(encode(b"PC08            "));
    told.extend([0, 32, 0, 1, 0, 0, 0, 60, 0, 6, 0, 0, 10, 0, 0, 8]);
    s.udp(b, a, &told);
    s.udp(a, b, &asked(11));
    let mut gone = vec![0, 11, 0x85, 0x83, 0, 0, 0, 0, 0, 0, 0, 0];
    gone.extend(encode(b"PC08            "));
    gone.extend([0, 10, 0, 1, 0, 0, 0, 0, 0, 0]);
    s.udp(b, a, &gone);
    s
}
