//! A neighbour is asked for and answers; another is not there.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (host, all, other) = (
        ([10, 0, 0, 1], 50000),
        ([224, 0, 0, 252], 5355),
        ([10, 0, 0, 2], 5355),
    );
    let mut asked = vec![0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    asked.extend(b"\x04wpad\0\0\x01\0\x01");
    s.udp(host, all, &asked);
    let mut told = asked.clone();
    told[2] = 0x80;
    told[7] = 1;
    told.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x1e\0\x04\x0a\0\0\x02");
    s.udp(other, host, &told);
    asked[1] = 8;
    s.udp(host, all, &asked);
    s
}
