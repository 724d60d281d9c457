//! A network says that it is there, is asked for, a station joins, sends and is thrown out; a beacon that is cut.

use super::tests::{beacon, capture, management};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), station);

fn data(flags: u8, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut f = vec![kind, flags, 0x2c, 0];
    for last in [1, 2, 3] {
        f.extend([2, 0, 0, 0, 0, last]);
    }
    f.extend([0x40, 0x12]);
    f.extend(body);
    f
}

fn station() -> Synth {
    let joins = [
        &[0x11, 0x04, 10, 0, 0, 6][..],
        b"office",
        &[1, 2, 0x82, 0x84],
    ]
    .concat();
    let joined = [0x11, 0x04, 0, 0, 1, 0xc0, 1, 2, 0x82, 0x84];
    // In IP, through an access point; the second time sealed.
    let mut plain = vec![
        0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0x66, 0xce,
    ];
    plain.extend([10, 0, 0, 1, 10, 0, 0, 2, 0x12, 0x34, 0x56, 0x78, 0, 8, 0, 0]);
    let sealed = [&[1, 0, 0, 0x20, 0, 0, 0, 0][..], &[0x5a; 24]].concat();
    let mut cut = beacon("office");
    cut.truncate(66);
    capture(&[
        beacon("office"),
        management(4, b"\x00\x06office\x01\x02\x82\x84"),
        management(5, &beacon("office")[24..]),
        management(11, &[0, 0, 1, 0, 0, 0]),
        management(11, &[0, 0, 2, 0, 0, 0]),
        management(0, &joins),
        management(1, &joined),
        data(1, 0x08, &plain),
        data(0x42, 0x08, &sealed),
        data(1, 0x88, &[&[6, 0][..], &plain].concat()),
        vec![0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 9],
        vec![0xb4, 0, 0x2c, 0, 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8],
        management(10, &[8, 0]),
        management(12, &[7, 0]),
        cut,
    ])
}
