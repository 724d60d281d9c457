//! Both sides say who they are, offer and agree, then seal; a connection of the first version.

use super::tests::{CLIENT, MINE, SERVER, offer, packet};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, (SERVER.0, 22));
    c.server(&mut s, "SSH-2.0-OpenSSH_9\r\n");
    c.client(&mut s, "SSH-2.0-PuTTY\r\n");
    c.client(&mut s, offer(MINE));
    c.server(
        &mut s,
        offer(["k1", "ed", "c2", "c9", "m1", "m9", "none", "none"]),
    );
    c.client(&mut s, packet(21, &[]));
    c.server(&mut s, packet(21, &[]));
    c.client(&mut s, [0xee; 64]);
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), (SERVER.0, 22));
    c.server(&mut s, "SSH-1.5-old\r\n");
    c.client(&mut s, "SSH-2.0-PuTTY\r\n");
    c.finish(&mut s, 1);
    s
}
