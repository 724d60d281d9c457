//! Somebody asks to be let in and is refused, another is let in, a session is counted; an attribute that lies.

use super::tests::{NAS, SERVER, packet, request};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(NAS, SERVER, &request());
    s.udp(SERVER, NAS, &packet(3, 7, &[(18, b"go away")]));
    s.udp(NAS, SERVER, &packet(1, 8, &[(1, b"bob"), (2, &[1; 16])]));
    s.udp(
        SERVER,
        NAS,
        &packet(2, 8, &[(6, &[0, 0, 0, 2]), (8, &[10, 0, 0, 9])]),
    );
    let counted: &[(u8, &[u8])] = &[
        (1, b"bob"),
        (40, &[0, 0, 0, 1]),
        (44, b"s1"),
        (46, &[0, 0, 0, 60]),
    ];
    s.udp(NAS, (SERVER.0, 1813), &packet(4, 9, counted));
    s.udp((SERVER.0, 1813), NAS, &packet(5, 9, &[]));
    let mut lies = packet(1, 10, &[(1, b"eve")]);
    lies[21] = 40;
    s.udp(NAS, SERVER, &lies);
    s
}
