//! Options of every hop and of the end, a way, a packet in two parts, and a length that lies.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn packet(next: u8, hops: u8, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut p = vec![0x60, 0, 0, 0, len[0], len[1], next, hops];
    for last in [1, 2] {
        p.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    }
    p.extend(payload);
    p
}

fn capture() -> Synth {
    let mut s = Synth::default();

    let datagram = |n: u8| [0x9c, 0x40, 0xc3, 0x59, 0, 12, 0, 0, 1, 2, 3, n];
    s.frame(1, 2, 0x86dd, &packet(17, 64, &datagram(1)));
    let hop = [&[17, 0, 5, 2, 0, 0, 1, 0][..], &datagram(2)].concat();
    s.frame(1, 2, 0x86dd, &packet(0, 64, &hop));
    let end = [&[17, 0, 1, 4, 0, 0, 0, 0][..], &datagram(3)].concat();
    s.frame(1, 2, 0x86dd, &packet(60, 64, &end));
    let mut way = vec![17, 2, 0, 0, 0, 0, 0, 0];
    way.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    way.extend(datagram(4));
    s.frame(1, 2, 0x86dd, &packet(43, 64, &way));
    let whole = datagram(5);
    let (a, b) = whole.split_at(8);
    s.frame(
        1,
        2,
        0x86dd,
        &packet(44, 64, &[&[17, 0, 0, 1, 0, 0, 0, 9][..], a].concat()),
    );
    s.frame(
        1,
        2,
        0x86dd,
        &packet(44, 64, &[&[17, 0, 0, 8, 0, 0, 0, 9][..], b].concat()),
    );
    let mut lies = packet(17, 64, &datagram(6));
    lies[5] = 200;
    s.frame(1, 2, 0x86dd, &lies);
    s
}
