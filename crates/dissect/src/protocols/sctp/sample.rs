//! An association opens, carries data, acknowledges and closes; one is aborted, and a chunk is longer than its packet.

use super::tests::{chunk, init};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const A: [u8; 4] = [10, 0, 0, 1];
const B: [u8; 4] = [10, 0, 0, 2];

/// The checksum of RFC 9260 appendix A.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
    let each = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), step);
    !bytes.iter().fold(u32::MAX, each)
}

fn say(s: &mut Synth, client: bool, tag: u32, chunks: &[Vec<u8>]) {
    let (ports, from, to) = if client {
        ([0x0b, 0x5a, 0x18, 0x9f], A, B)
    } else {
        ([0x18, 0x9f, 0x0b, 0x5a], B, A)
    };
    let mut p = [&ports[..], &tag.to_be_bytes(), &[0; 4], &chunks.concat()].concat();
    let sum = crc32c(&p);
    p[8..12].copy_from_slice(&sum.to_le_bytes());
    s.ip(from, to, 132, &p);
}

fn capture() -> Synth {
    let mut s = Synth::default();
    say(&mut s, true, 0, &[init()]);
    let mut accepted = vec![0, 0, 0, 8, 0, 0, 0x80, 0, 0, 16, 0, 16, 0, 0, 0, 9];
    accepted.extend([0, 7, 0, 8, 1, 2, 3, 4]);
    say(&mut s, false, 0xdd68_d33d, &[chunk(2, 0, &accepted)]);
    say(&mut s, true, 8, &[chunk(10, 0, &[1, 2, 3, 4])]);
    say(&mut s, false, 0xdd68_d33d, &[chunk(11, 0, &[])]);
    let data = |tsn: u8, text: &[u8]| {
        let head = [0, 0, 0, tsn, 0, 1, 0, tsn - 7, 0, 0, 0, 0];
        chunk(0, 3, &[&head[..], text].concat())
    };
    say(&mut s, true, 8, &[data(7, b"first"), data(8, b"second")]);
    let sack = [
        0, 0, 0, 8, 0, 0, 0x80, 0, 0, 1, 0, 1, 0, 2, 0, 3, 0, 0, 0, 7,
    ];
    say(&mut s, false, 0xdd68_d33d, &[chunk(3, 0, &sack)]);
    say(&mut s, true, 8, &[chunk(4, 0, &[0, 1, 0, 8, 9, 9, 9, 9])]);
    say(
        &mut s,
        false,
        0xdd68_d33d,
        &[chunk(5, 0, &[0, 1, 0, 8, 9, 9, 9, 9])],
    );
    say(&mut s, true, 8, &[chunk(7, 0, &[0, 0, 0, 8])]);
    say(&mut s, false, 0xdd68_d33d, &[chunk(8, 0, &[])]);
    say(&mut s, true, 8, &[chunk(14, 0, &[])]);
    // Another is refused, and one says that it is longer than it is.
    say(
        &mut s,
        false,
        5,
        &[chunk(6, 0, &[0, 12, 0, 8, b'n', b'o', b'n', b'e'])],
    );
    let mut long = init();
    long[2..4].copy_from_slice(&4000u16.to_be_bytes());
    say(&mut s, true, 0, &[long]);
    s
}
