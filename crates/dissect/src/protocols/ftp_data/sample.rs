//! What a client fetches on a port that was agreed on, and what it sends on one of its own.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 21);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "220 ready\r\n");
    for (command, reply) in [
        ("USER bob", "230 in"),
        ("EPSV", "229 Entering Extended Passive Mode (|||5001|)"),
        ("RETR a.txt", "150 here it comes"),
    ] {
        c.client(&mut s, format!("{command}\r\n"));
        c.server(&mut s, format!("{reply}\r\n"));
    }
    let mut d = s.connect((CLIENT.0, 40_001), (SERVER.0, 5001));
    d.server(&mut s, b"contents");
    d.finish(&mut s, 1);
    c.server(&mut s, "226 done\r\n");
    c.client(&mut s, "PORT 10,0,0,1,156,66\r\n");
    c.server(&mut s, "200 ok\r\n");
    c.client(&mut s, "STOR b.bin\r\n");
    c.server(&mut s, "150 go\r\n");
    let mut d = s.connect((SERVER.0, 20), (CLIENT.0, 40_002));
    d.server(&mut s, [0, 1, 2, 3]);
    d.reset(&mut s, 1);
    c.server(&mut s, "426 gone\r\n");
    s
}
