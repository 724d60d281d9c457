//! A film is described, set up and not found.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 554);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, "OPTIONS rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    c.server(
        &mut s,
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP\r\n\r\n",
    );
    c.client(&mut s, "SETUP rtsp://h/a RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n");
    c.server(&mut s, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 7\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n");
    c.client(&mut s, "DESCRIBE rtsp://h/b RTSP/1.0\r\nCSeq: 3\r\n\r\n");
    c.server(&mut s, "RTSP/1.0 404 Not Found\r\nCSeq: 3\r\n\r\n");
    c.finish(&mut s, 0);
    s
}
