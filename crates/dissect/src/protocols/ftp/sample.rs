//! A log-in that fails and one that does not, a list of commands, a file fetched and one that is not there.

use super::tests::{CLIENT, SERVER, data, say};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let server = (SERVER.0, 21);
    let mut c = s.connect(CLIENT, server);
    c.server(&mut s, "220 ready\r\n");
    for (command, reply) in [
        ("USER bob", "331 password?"),
        ("PASS hunter1", "530 no"),
        ("USER bob", "331 password?"),
        ("PASS hunter2", "230-Welcome\r\n  to all\r\n230 in"),
        ("TYPE I", "200 ok"),
        ("PASV", "227 Entering Passive Mode (10,0,0,2,19,137)"),
    ] {
        say(&mut s, &mut c, command, reply);
    }
    c.client(&mut s, "RETR a.txt\r\n");
    c.server(&mut s, "150 here it comes\r\n");
    data(&mut s, (CLIENT.0, 40_001), (SERVER.0, 5001), b"contents");
    c.server(&mut s, "226 done\r\n");
    say(&mut s, &mut c, "RETR gone.txt", "550 no such file");
    say(&mut s, &mut c, "QUIT", "221 bye");
    c.finish(&mut s, 1);
    s
}
