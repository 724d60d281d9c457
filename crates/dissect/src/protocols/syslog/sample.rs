//! Messages of both forms, one of them without a head.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (host, server) = (([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 514));
    s.udp(
        host,
        server,
        b"<34>Oct 11 22:14:15 box su[12]: 'su root' failed\n",
    );
    s.udp(
        host,
        server,
        b"<165>1 2003-10-11T22:14:15Z h app 9 ID47 - words",
    );
    s.udp(host, server, b"no head");
    s
}
