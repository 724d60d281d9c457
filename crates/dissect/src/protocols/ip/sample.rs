//! A packet with options, one in two parts, one whose checksum is wrong, and a length that lies.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let head = |len: u8, id: u8, fragment: [u8; 2], words: u8| {
        let mut p = vec![
            0x40 | words,
            0,
            0,
            len,
            0,
            id,
            fragment[0],
            fragment[1],
            64,
            17,
            0,
            0,
        ];
        p.extend([10, 0, 0, 1, 10, 0, 0, 2]);
        p
    };
    let datagram = [0x9c, 0x40, 0, 9, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let mut routed = head(40, 1, [0, 0], 6);
    routed.extend([0x94, 4, 0, 0]);
    s.frame(1, 2, 0x0800, &[routed, datagram.to_vec()].concat());
    s.frame(
        1,
        2,
        0x0800,
        &[head(28, 2, [0x20, 0], 5), datagram[..8].to_vec()].concat(),
    );
    s.frame(
        1,
        2,
        0x0800,
        &[head(28, 2, [0, 1], 5), datagram[8..].to_vec()].concat(),
    );
    let mut wrong = [head(36, 3, [0, 0], 5), datagram.to_vec()].concat();
    wrong[10..12].copy_from_slice(&[0x12, 0x34]);
    s.frame(1, 2, 0x0800, &wrong);
    s.frame(
        1,
        2,
        0x0800,
        &[head(200, 4, [0, 0], 5), datagram.to_vec()].concat(),
    );
    s
}
