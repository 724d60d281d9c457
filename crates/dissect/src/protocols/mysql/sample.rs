//! A log-in, a query that is answered and one that fails, and the end.

use super::tests::{CLIENT, SERVER, packet};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let server = (SERVER.0, 3306);
    let mut c = s.connect(CLIENT, server);
    let mut hello = b"\x0a8.0.1\0\x07\0\0\0saltsalt\0".to_vec();
    hello.extend([0xff, 0xf7, 0x21, 2, 0, 0xff, 0x81, 21]);
    hello.extend([0; 10]);
    hello.extend(b"saltsaltsalt\0mysql_native_password\0");
    c.server(&mut s, packet(0, &hello));
    let mut login = vec![0x8d, 0xa2, 0x0a, 0, 0, 0, 0, 1, 0x21];
    login.resize(32, 0);
    login.extend(b"root\0\x04pass");
    login.extend(b"shop\0mysql_native_password\0");
    c.client(&mut s, packet(1, &login));
    c.server(&mut s, packet(2, &[0, 0, 0, 2, 0, 0, 0]));
    c.client(&mut s, packet(0, b"\x03delete from t"));
    c.server(&mut s, packet(1, &[0, 3, 0, 2, 0, 0, 0]));
    c.client(&mut s, packet(0, b"\x03selec 1"));
    c.server(&mut s, packet(1, b"\xff\x28\x04#42000no"));
    c.client(&mut s, packet(0, b"\x01"));
    c.finish(&mut s, 0);
    s
}
