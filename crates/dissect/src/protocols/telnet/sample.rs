//! Options are agreed on, a log-in that fails and one that does not.

use super::tests::{CLIENT, SERVER};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, b"\xff\xfd\x18\xff\xfd\x1f");
    c.client(
        &mut s,
        b"\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0",
    );
    c.server(&mut s, b"\xff\xfa\x18\x01\xff\xf0");
    c.client(&mut s, b"\xff\xfa\x18\0xterm\xff\xf0");
    c.server(&mut s, "box login: ");
    c.client(&mut s, "bob\r\n");
    c.server(&mut s, "Password: ");
    c.client(&mut s, "hunt\r\n");
    c.server(&mut s, "\r\nLogin incorrect\r\nbox login: ");
    c.client(&mut s, "bob\r\n");
    c.server(&mut s, "Password: ");
    c.client(&mut s, "secret\r\n");
    c.server(&mut s, "\r\n\r\nbox:~$ ");
    c.finish(&mut s, 0);
    s
}
