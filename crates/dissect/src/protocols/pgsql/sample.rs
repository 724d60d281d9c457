//! TLS is refused, a log-in, a statement with a row and one that fails, and the end.

use super::tests::{CLIENT, SERVER, sized, startup, typed};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let server = (SERVER.0, 5432);
    let mut c = s.connect(CLIENT, server);
    c.client(&mut s, sized(&80_877_103u32.to_be_bytes()));
    c.server(&mut s, "N");
    c.client(&mut s, startup());
    c.server(&mut s, typed(b'R', &[0, 0, 0, 3]));
    c.client(&mut s, typed(b'p', b"secret\0"));
    c.server(
        &mut s,
        [
            typed(b'R', &[0, 0, 0, 0]),
            typed(b'S', b"server_version\x0014\0"),
            typed(b'Z', b"I"),
        ]
        .concat(),
    );
    c.client(&mut s, typed(b'Q', b"select 1\0"));
    let column = b"\0\x01n\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0";
    let row = b"\0\x01\0\0\0\x011";
    c.server(
        &mut s,
        [
            typed(b'T', column),
            typed(b'D', row),
            typed(b'C', b"SELECT 1\0"),
            typed(b'Z', b"I"),
        ]
        .concat(),
    );
    c.client(&mut s, typed(b'Q', b"select x\0"));
    c.server(&mut s, typed(b'E', b"SERROR\0C42703\0Mno such thing\0\0"));
    c.client(&mut s, typed(b'X', b""));
    c.finish(&mut s, 0);
    s
}
