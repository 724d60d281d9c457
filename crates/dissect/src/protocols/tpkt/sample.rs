//! A desktop is asked for by name and taken, settings and channels are agreed on and used; another is refused.

use super::tests::{CLIENT, SERVER, connect, data, request, wrap};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    let mut core = vec![
        0x01, 0xc0, 60, 0, 4, 0, 8, 0, 0x80, 7, 0x38, 4, 1, 0xca, 3, 0xaa,
    ];
    core.extend_from_slice(&[9, 4, 0, 0, 0x80, 0x25, 0, 0, b'P', 0, b'C', 0]);
    core.resize(60, 0);
    c.client(&mut s, connect(101, b"Duca", &core));
    // Encrypted with 128 bits; channels 1003 and 1004.
    let server = [
        0x02, 0x0c, 24, 0, 2, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0x03, 0x0c,
        12, 0, 0xeb, 3, 1, 0, 0xec, 3, 0, 0,
    ];
    c.server(&mut s, connect(102, b"McDn", &server));
    c.client(&mut s, data(&[0x38, 0, 6, 3, 0xeb]));
    // The key is exchanged, the licence is agreed on with an alert that says so.
    let channel = |head: &[u8], body: &[u8]| {
        let len = u8::try_from(body.len()).unwrap_or(0x7f);
        data(&[head, &[0x70, len], body].concat())
    };
    let exchange = [1, 0, 0, 0, 4, 0, 0, 0, 9, 9, 9, 9];
    c.client(&mut s, channel(&[0x64, 0, 6, 3, 0xeb], &exchange));
    let licence = [
        0x80, 0, 0, 0, 0xff, 3, 16, 0, 7, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0,
    ];
    c.server(&mut s, channel(&[0x68, 0, 1, 3, 0xeb], &licence));
    // What no T.125 is.
    c.client(&mut s, [3, 0, 0, 12, 2, 0xf0, 0x80, 1, 2, 3, 4, 5]);
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, wrap(0xe0, b"\x01\x00\x08\x00\x03\x00\x00\x00"));
    // Refused: TLS is required.
    c.server(&mut s, wrap(0xd0, b"\x03\x00\x08\x00\x01\x00\x00\x00"));
    c.finish(&mut s, 1);
    s
}
