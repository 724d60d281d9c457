//! Both versions over IPv4, version 3 over IPv6, a readable password, an owner that is none, one that resigns; a cut one.

use super::tests::{NEW, OLD, message};
use super::{FRESH, NUMBER};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let mut password = message(2, OLD);
    password.middle = [1, 1];
    password.tail = b"secret\0\0".to_vec();
    let mut owner = message(2, OLD);
    (owner.priority, owner.middle, owner.tail) = (255, [0, 1], vec![0; 8]);
    let mut resigned = message(3, OLD);
    (resigned.priority, resigned.middle) = (0, [0, 100]);
    let mut wide = message(3, NEW);
    wide.middle = [0, 100];
    for m in [&password, &owner, &resigned, &wide] {
        s.hop(m.ends, NUMBER, FRESH, &m.bytes());
    }
    s.hop(wide.ends, NUMBER, 64, &wide.bytes());
    s.hop(resigned.ends, NUMBER, FRESH, &resigned.bytes()[..6]);
    s
}
