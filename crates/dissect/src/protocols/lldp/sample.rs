//! A switch says everything, a telephone what it needs, a switch that goes says so, and a length lies.

use super::tests::{capture, message, tlv};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), neighbours);

fn neighbours() -> Synth {
    let mut s = capture(&message());
    let phone = [
        tlv(1, &[5, 1, 10, 0, 0, 9]),
        tlv(2, &[3, 0, 0x11, 0x22, 0x33, 0x44, 0x55]),
        tlv(3, &[0, 180]),
        tlv(5, b"phone"),
        tlv(7, &[0, 0x24, 0, 0x24]),
        tlv(0, &[]),
    ];
    let goes = [
        tlv(1, b"\x07sw2"),
        tlv(2, b"\x05ge-0/0/2"),
        tlv(3, &[0, 0]),
        tlv(0, &[]),
    ];
    let lies = [
        tlv(1, b"\x07sw3"),
        tlv(2, b"\x051"),
        tlv(3, &[0, 9]),
        vec![0x0b, 0xff, b'x'],
    ];
    for body in [phone.concat(), goes.concat(), lies.concat()] {
        s.packets.extend(capture(&body).packets);
    }
    s
}
