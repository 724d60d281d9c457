//! Trees of three kinds, one of them Cisco's with its VLAN, a change, and a message that ends too early.

use super::tests::{frame, rapid};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    // The first kind has neither roles nor what follows them.
    let mut plain = rapid();
    plain.truncate(35);
    plain[2..5].copy_from_slice(&[0, 0, 0x81]);
    s.packets.push(frame(&plain));
    s.packets.push(frame(&rapid()));
    s.packets.push(frame(&[0, 0, 0, 0x80]));
    let mut vlan = rapid();
    vlan.extend([0, 0, 0, 2, 0x02, 0xd0]);
    let mut p = vec![
        1, 0, 0x0c, 0xcc, 0xcc, 0xcd, 0, 0x13, 0x7f, 0xbe, 0x8c, 0xc1, 0,
    ];
    p.push(u8::try_from(8 + vlan.len()).unwrap());
    p.extend([0xaa, 0xaa, 3, 0, 0, 0x0c, 1, 0x0b]);
    p.extend(vlan);
    s.packets.push(p);
    s.packets.push(frame(&rapid()[..30]));
    s
}
