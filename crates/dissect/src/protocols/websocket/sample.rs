//! A conversation that HTTP handed over, whole, in frames and compressed, and its end; what may not be.

use super::tests::{ASKED, CLIENT, SERVER, TAKEN, frame};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let offered = "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, ASKED.replace("\r\n\r\n", offered));
    c.server(&mut s, TAKEN);
    let key = Some([1, 2, 3, 4]);
    c.client(&mut s, frame(0x81, key, b"hello"));
    c.server(&mut s, frame(0x01, None, &[b'x'; 200]));
    c.server(
        &mut s,
        [frame(0x89, None, b"ping"), frame(0x80, None, b"end")].concat(),
    );
    c.client(&mut s, frame(0x8a, key, b"ping"));
    c.client(&mut s, frame(0x82, key, &[0, 1, 2, 0xff]));
    c.server(&mut s, frame(0xc1, None, b"\x2a\x86\x00"));
    c.client(&mut s, frame(0x88, key, b"\x03\xe8bye"));
    c.server(&mut s, frame(0x88, None, b"\x03\xe8"));
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, ASKED);
    c.server(
        &mut s,
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    );
    let mut c = s.connect((CLIENT.0, 40002), SERVER);
    c.client(&mut s, ASKED.replace("\r\n\r\n", offered));
    c.server(&mut s, TAKEN);
    c.client(&mut s, frame(0x81, None, b"bare"));
    c.server(&mut s, frame(0x09, None, b"part"));
    s
}
