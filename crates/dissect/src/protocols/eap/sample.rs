//! Who logs in is asked and told, a method refused, another taken; the same in RADIUS, in two pieces; one that fails.

use super::tests::{NAS, SERVER, eap, eapol, radius};
use super::{NAK, PEAP};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    for m in [
        eap(1, 1, b"\x01Who?"),
        eap(2, 1, b"\x01alice@example.org"),
        eap(1, 2, b"\x04\x10aaaaaaaaaaaaaaaaname"),
        eap(2, 2, &[NAK, PEAP]),
        eap(3, 2, b""),
        eap(4, 3, b""),
    ] {
        s.packets.push(eapol(&m));
    }
    let long = eap(2, 4, &[&b"\x01"[..], &[b'b'; 300]].concat());
    let (first, rest) = long.split_at(253);
    s.udp(
        NAS,
        SERVER,
        &radius(9, &[(1, b"bob"), (79, first), (79, rest)]),
    );
    let mut cut = eapol(&eap(2, 5, b"\x01carol"));
    cut.truncate(21);
    s.packets.push(cut);
    s
}
