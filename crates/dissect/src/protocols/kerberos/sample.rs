//! A ticket is asked for and refused over both transports, and a request that ends too early.

use super::tests::{CLIENT, SERVER, framed, int, name, tlv};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const TIME: &[u8] = b"20370913024805Z";

fn request() -> Vec<u8> {
    let body = tlv(
        0x30,
        &[
            &tlv(0xa0, &[&[3, 5, 0, 0x40, 0x81, 0, 0x10]]),
            &tlv(0xa1, &[&name(&["alice"])]),
            &tlv(0xa2, &[&tlv(0x1b, &[b"EXAMPLE"])]),
            &tlv(0xa3, &[&name(&["krbtgt", "EXAMPLE"])]),
            &tlv(0xa5, &[&tlv(0x18, &[TIME])]),
            &tlv(0xa7, &[&[2, 4, 0x12, 0x34, 0x56, 0x78]]),
            &tlv(0xa8, &[&tlv(0x30, &[&int(18), &int(23)])]),
        ],
    );
    let parts = [
        &tlv(0xa1, &[&int(5)])[..],
        &tlv(0xa2, &[&int(10)]),
        &tlv(0xa4, &[&body]),
    ];
    tlv(0x6a, &[&tlv(0x30, &parts)])
}

/// It has to show first who it is.
fn refusal() -> Vec<u8> {
    let parts = [
        &tlv(0xa0, &[&int(5)])[..],
        &tlv(0xa1, &[&int(30)]),
        &tlv(0xa4, &[&tlv(0x18, &[TIME])]),
        &tlv(0xa5, &[&int(7)]),
        &tlv(0xa6, &[&int(25)]),
        &tlv(0xa9, &[&tlv(0x1b, &[b"EXAMPLE"])]),
        &tlv(0xaa, &[&name(&["krbtgt", "EXAMPLE"])]),
    ];
    tlv(0x7e, &[&tlv(0x30, &parts)])
}

fn capture() -> Synth {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &request());
    s.udp(SERVER, CLIENT, &refusal());
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, framed(&request()));
    c.server(&mut s, framed(&refusal()));
    c.finish(&mut s, 0);
    s.udp((CLIENT.0, 40001), SERVER, &request()[..60]);
    s
}
