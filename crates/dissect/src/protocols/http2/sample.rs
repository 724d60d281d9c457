//! Two exchanges of one connection, interleaved; a request that is refused; a connection that is given up.

use super::tests::{CLIENT, SERVER, connection, frame, opening, request, settings};
use super::wire;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture).decoded(&["tcp.port==9000,http2"]);

fn capture() -> Synth {
    let mut s = connection(1400);
    let mut c = s.connect((CLIENT.0, 50_001), SERVER);
    c.client(&mut s, opening());
    c.server(
        &mut s,
        [settings(), frame(wire::SETTINGS, 1, 0, &[])].concat(),
    );
    let asked = frame(
        wire::HEADERS,
        wire::END_HEADERS | wire::END_STREAM,
        1,
        &request("/no", "text/plain"),
    );
    c.client(&mut s, [frame(wire::SETTINGS, 1, 0, &[]), asked].concat());
    // Refused: 7.
    c.server(&mut s, frame(3, 0, 1, &[0, 0, 0, 7]));
    c.client(&mut s, frame(6, 0, 0, b"12345678"));
    c.server(&mut s, frame(6, 1, 0, b"12345678"));
    // The end of it: 1, with a word.
    c.server(
        &mut s,
        frame(
            7,
            0,
            0,
            &[&[0, 0, 0, 1, 0, 0, 0, 6][..], b"length"].concat(),
        ),
    );
    c.finish(&mut s, 1);
    s
}
