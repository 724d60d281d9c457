//! A tunnel over datagrams with TLS in pieces, one over a stream, one that is guarded, and one that is refused.

use super::tests::{A, B, opened, packet};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let b = (B.0, 1194);
    // What is repeated tshark puts together twice.
    let mut said = opened();
    said.remove(6);
    said.swap(4, 5);
    for (client, p) in said {
        let (from, to) = if client { (A, b) } else { (b, A) };
        s.udp(from, to, &p);
    }
    let mut guarded = vec![7 << 3];
    guarded.extend([1; 8]);
    guarded.extend([0xa5; 20]);
    guarded.extend([0, 0, 0, 1, 0x66, 0, 0, 0]);
    guarded.extend([0; 5]);
    s.udp((A.0, 40001), b, &guarded);
    let mut c = s.connect(A, b);
    let framed = |p: Vec<u8>| [u16::try_from(p.len()).unwrap().to_be_bytes().to_vec(), p].concat();
    c.client(&mut s, framed(packet(7, 1, &[], Some(0), &[])));
    c.server(&mut s, framed(packet(8, 2, &[0], Some(0), &[])));
    c.client(&mut s, framed(packet(5, 1, &[0], None, &[])));
    c.reset(&mut s, 1);
    s
}
