//! A name is asked for and found behind another, one is not there, types of many kinds, and a message that is cut.

use super::tests::{CLIENT, SERVER, ask, reply};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(CLIENT, SERVER, &ask(7, "www.example.com"));
    s.udp(SERVER, CLIENT, &reply(7, "www.example.com"));
    s.udp(CLIENT, SERVER, &ask(8, "gone.example.com"));
    let mut gone = ask(8, "gone.example.com");
    gone[2..4].copy_from_slice(&[0x81, 0x83]);
    s.udp(SERVER, CLIENT, &gone);
    s.udp(CLIENT, SERVER, &ask(9, "example.com"));
    let mut many = ask(9, "example.com");
    many[2..4].copy_from_slice(&[0x81, 0x80]);
    let record = |kind: u8, data: &[u8]| {
        let len = u16::try_from(data.len()).unwrap().to_be_bytes();
        [&[0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60][..], &len, data].concat()
    };
    let answers = [
        record(2, b"\x02ns\xc0\x0c"),
        record(6, b"\x02ns\xc0\x0c\x04mail\xc0\x0c\0\0\0\x01\0\0\x0e\x10\0\0\x03\x84\0\x09\x3a\x80\0\0\0\x3c"),
        record(15, b"\0\x0a\x02mx\xc0\x0c"),
        record(16, b"\x05v=one"),
        record(28, &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
        record(33, b"\0\x01\0\x02\x01\xbb\x03srv\x07example\x03com\0"),
    ];
    many[7] = u8::try_from(answers.len()).unwrap();
    many[11] = 1;
    many.extend(answers.concat());
    // EDNS: 1232 bytes, DNSSEC wanted.
    many.extend([0, 0, 41, 4, 0xd0, 0, 0, 0x80, 0, 0, 0]);
    s.udp(SERVER, CLIENT, &many);
    let mut c = s.connect(CLIENT, SERVER);
    let framed = |m: Vec<u8>| [u16::try_from(m.len()).unwrap().to_be_bytes().to_vec(), m].concat();
    c.client(&mut s, framed(ask(10, "www.example.com")));
    c.server(&mut s, framed(reply(10, "www.example.com")));
    c.finish(&mut s, 0);
    s.udp(CLIENT, SERVER, &ask(11, "www.example.com")[..20]);
    s
}
