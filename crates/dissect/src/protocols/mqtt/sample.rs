//! A sensor connects, subscribes, publishes with and without acknowledgement and leaves; another is refused; a third
//! subscribes to a topic that is shorter than it says.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

pub(super) const CLIENT: End = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 18830);
const BROKER: End = ([10, 0, 0, 2], 1883);

/// `dev` connects as `u`, for a minute.
pub(super) fn connect() -> Vec<u8> {
    message(0x10, b"\x00\x04MQTT\x04\x80\x00\x3c\x00\x03dev\x00\x01u")
}

fn message(head: u8, body: &[u8]) -> Vec<u8> {
    let len = u8::try_from(body.len()).unwrap();
    [&[head, len][..], body].concat()
}

fn capture() -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, BROKER);
    let will = b"\x00\x04MQTT\x04\xc6\x00\x3c\x00\x06pump-7\x00\x06status\x00\x04gone\x00\x05plant\x00\x06secret";
    c.client(&mut s, message(0x10, will));
    c.server(&mut s, [0x20, 2, 0, 0]);
    c.client(&mut s, message(0x82, b"\x00\x01\x00\x06cmd/#7\x01"));
    c.server(&mut s, [0x90, 3, 0, 1, 1]);
    c.client(&mut s, message(0x30, b"\x00\x06temp/721.5"));
    c.client(&mut s, message(0x32, b"\x00\x06flow/7\x00\x020.7"));
    c.server(&mut s, [0x40, 2, 0, 2]);
    // Two messages in one segment.
    let both = [message(0x31, b"\x00\x05cmd/7on"), vec![0xd0, 0]].concat();
    c.server(&mut s, both);
    c.client(&mut s, [0xc0, 0]);
    c.client(&mut s, message(0xa2, b"\x00\x03\x00\x06cmd/#7"));
    c.server(&mut s, [0xb0, 2, 0, 3]);
    c.client(&mut s, [0xe0, 0]);
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), BROKER);
    c.client(&mut s, connect());
    c.server(&mut s, [0x20, 2, 0, 5]);
    c.finish(&mut s, 1);
    let mut c = s.connect((CLIENT.0, 40002), BROKER);
    c.client(&mut s, connect());
    c.server(&mut s, [0x20, 2, 0, 0]);
    c.client(&mut s, message(0x82, b"\x00\x01\x00\x09cmd/#"));
    s
}
