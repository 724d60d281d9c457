//! A file is fetched, another sent and given up, a third is not there.

use super::tests::{CLIENT, DATA, SERVER, ack, block};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(CLIENT, SERVER, b"\0\x01dir/a.txt\0octet\0");
    for (n, len) in [(1, 512), (2, 10)] {
        s.udp(DATA, CLIENT, &block(n, len));
        s.udp(CLIENT, DATA, &ack(n));
    }
    let (other, data) = (([10, 0, 0, 1], 50001), ([10, 0, 0, 2], 60001));
    s.udp(
        other,
        SERVER,
        b"\0\x02b.bin\0octet\0blksize\x00600\0tsize\x001200\0",
    );
    s.udp(data, other, b"\0\x06blksize\x00600\0tsize\x001200\0");
    s.udp(other, data, &block(1, 600));
    s.udp(data, other, b"\0\x05\0\x03full\0");
    let (third, data) = (([10, 0, 0, 1], 50002), ([10, 0, 0, 2], 60002));
    s.udp(third, SERVER, b"\0\x01gone\0octet\0");
    s.udp(data, third, b"\0\x05\0\x01no such file\0");
    s
}
