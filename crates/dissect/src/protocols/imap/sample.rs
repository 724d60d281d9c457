//! A log-in that is refused and one that is not, a mail as a literal, a command by lasting numbers.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 143);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "* OK IMAP4rev1 ready\r\n");
    c.client(&mut s, "a1 LOGIN \"bob\" hunter2\r\n");
    c.server(&mut s, "a1 NO wrong\r\n");
    c.client(&mut s, "a2 LOGIN bob hunter3\r\n");
    c.server(&mut s, "a2 OK in\r\n");
    c.client(&mut s, "a3 SELECT INBOX\r\n");
    c.server(
        &mut s,
        "* 1 EXISTS\r\n* FLAGS (\\Seen)\r\na3 OK [READ-WRITE] done\r\n",
    );
    c.client(&mut s, "a4 FETCH 1 BODY[]\r\n");
    let mail = "From: a@b\r\nSubject: hi\r\n\r\nhello\r\n";
    c.server(
        &mut s,
        format!(
            "* 1 FETCH (BODY[] {{{}}}\r\n{mail})\r\na4 OK done\r\n",
            mail.len()
        ),
    );
    c.client(&mut s, "a5 UID FETCH 1:* (FLAGS)\r\n");
    c.server(&mut s, "a5 BAD no\r\n");
    c.client(&mut s, "a6 LOGOUT\r\n");
    c.server(&mut s, "* BYE\r\na6 OK bye\r\n");
    c.finish(&mut s, 1);
    s
}
