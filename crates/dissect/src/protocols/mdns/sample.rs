//! A service is asked for and told of with its name and address, and goes.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b, all) = (
        ([10, 0, 0, 1], 5353),
        ([10, 0, 0, 2], 5353),
        ([224, 0, 0, 251], 5353),
    );
    let service = b"\x04_ipp\x04_tcp\x05local\0";
    let mut asked = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    asked.extend(service);
    asked.extend([0, 12, 0, 1]);
    s.udp(a, all, &asked);
    let told = |ttl: u8| {
        let mut m = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 1];
        m.extend(service);
        m.extend([0, 12, 0, 1, 0, 0, 0, ttl, 0, 6]);
        m.extend(b"\x03lpr\xc0\x0c");
        m.extend(b"\x03box\xc0\x16\0\x01\x80\x01\0\0\0\x78\0\x04\x0a\0\0\x02");
        m
    };
    s.udp(b, all, &told(120));
    s.udp(b, all, &told(0));
    s
}
