//! An address is asked for and told, announced, claimed by another; a message that is cut.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let arp = |op: u8, mac: u8, ip: u8, target: u8, wanted: u8| {
        let mut p = vec![0, 1, 8, 0, 6, 4, 0, op, 2, 0, 0, 0, 0, mac, 10, 0, 0, ip];
        p.extend([
            if op == 1 { 0 } else { 2 },
            0,
            0,
            0,
            0,
            target,
            10,
            0,
            0,
            wanted,
        ]);
        p
    };
    s.frame(1, 0xff, 0x0806, &arp(1, 1, 1, 0, 2));
    s.frame(2, 1, 0x0806, &arp(2, 2, 2, 1, 1));
    s.frame(1, 0xff, 0x0806, &arp(1, 1, 1, 0, 1));
    s.frame(3, 1, 0x0806, &arp(2, 3, 2, 1, 1));
    s.frame(1, 0xff, 0x0806, &arp(1, 1, 1, 0, 3)[..20]);
    s
}
