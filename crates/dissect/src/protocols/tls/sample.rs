//! A handshake with what is sealed after it, one that fails with an alert, one whose hello ends too early; the same of
//! DTLS, with a cookie and in pieces.

use super::tests::{CLIENT, client_hello, message, record, session};
use super::{dtls_tests, dtls_tests::conversation};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = session(1400, 60);
    let mut c = s.connect((CLIENT.0, 40_001), ([10, 0, 0, 2], 443));
    c.client(&mut s, record(22, &client_hello()));
    // Fatal: handshake failure.
    c.server(&mut s, record(21, &[2, 40]));
    c.finish(&mut s, 1);
    let mut c = s.connect((CLIENT.0, 40_002), ([10, 0, 0, 2], 443));
    c.client(&mut s, record(22, &message(1, &client_hello()[4..60])));
    c.finish(&mut s, 0);
    let server = (dtls_tests::B.0, 4433);
    // The second hello in two pieces, not in order.
    let again = dtls_tests::client(b"cookie");
    let piece = |from, to| dtls_tests::record(22, 0, &dtls_tests::part(1, 1, &again, from, to));
    let mut said = conversation();
    said[2].1 = piece(30, again.len());
    said[3].1 = piece(0, 30);
    for (client, bytes) in said {
        let (from, to) = if client {
            (dtls_tests::A, server)
        } else {
            (server, dtls_tests::A)
        };
        s.udp(from, to, &bytes);
    }
    s
}
