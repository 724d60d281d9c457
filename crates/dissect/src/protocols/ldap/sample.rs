//! A log-in, a search with an entry, one that is refused, and the same without a connection; a message that is cut.

use super::tests::{CLIENT, SERVER, bind, message, result, tlv};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, bind());
    c.server(&mut s, result(1, 0x61, 0));
    let search = |id: u8, base: &[u8]| {
        let limits = [tlv(2, &[0]), tlv(2, &[0]), tlv(1, &[0])].concat();
        let all = tlv(0x87, b"objectClass");
        let names = tlv(0x30, &tlv(4, b"cn"));
        message(
            id,
            0x63,
            &[
                &tlv(4, base),
                &tlv(10, &[2]),
                &tlv(10, &[0]),
                &limits,
                &all,
                &names,
            ],
        )
    };
    c.client(&mut s, search(2, b"dc=x"));
    let attribute = tlv(0x30, &[tlv(4, b"cn"), tlv(0x31, &tlv(4, b"a"))].concat());
    c.server(
        &mut s,
        message(2, 0x64, &[&tlv(4, b"cn=a,dc=x"), &tlv(0x30, &attribute)]),
    );
    c.server(&mut s, result(2, 0x65, 0));
    c.client(&mut s, search(3, b"dc=y"));
    // No such object.
    c.server(&mut s, result(3, 0x65, 32));
    c.client(&mut s, message(4, 0x42, &[]));
    c.finish(&mut s, 0);
    s.udp(CLIENT, SERVER, &search(5, b""));
    s.udp(SERVER, CLIENT, &result(5, 0x65, 0));
    s.udp(CLIENT, SERVER, &search(6, b"")[..20]);
    s
}
