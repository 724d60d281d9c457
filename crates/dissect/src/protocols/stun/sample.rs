//! An address is asked for and told, refused, and hinted at; a message that is cut.

use super::tests::{CLIENT, SERVER, answer, message};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let client = CLIENT;
    let server = (SERVER.0, 3478);
    // Every exchange has its number.
    let numbered = |n: u8, mut m: Vec<u8>| {
        m[19] = n;
        m
    };
    s.udp(
        client,
        server,
        &message(0x0001, &[(6, b"me:you"), (0x24, &[0, 0, 0, 9])]),
    );
    s.udp(server, client, &answer());
    s.udp(
        client,
        server,
        &numbered(2, message(0x0003, &[(0x19, &[17, 0, 0, 0])])),
    );
    s.udp(
        server,
        client,
        &numbered(
            2,
            message(
                0x0113,
                &[
                    (0x0009, &[0, 0, 4, 1, b'n', b'o']),
                    (0x14, b"realm"),
                    (0x15, b"nonce"),
                ],
            ),
        ),
    );
    s.udp(
        client,
        server,
        &numbered(3, message(0x0016, &[(0x13, b"x")])),
    );
    s
}
