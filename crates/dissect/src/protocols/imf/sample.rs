//! A mail in parts with codings and a file, and one whose parts never end.

use super::tests::MAIL;
use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 25);

const HEAD: &str = "Content-Type: multipart/mixed; boundary=open\r\n\r\n";

fn capture() -> Synth {
    let mut s = Synth::default();

    for (n, mail) in [
        MAIL.to_owned(),
        format!("From: a@b\r\n{}--open\r\n\r\nx", HEAD),
    ]
    .iter()
    .enumerate()
    {
        let mut c = s.connect((CLIENT.0, 40000 + u16::try_from(n).unwrap()), SERVER);
        c.server(&mut s, "220 mx.example ESMTP\r\n");
        c.client(&mut s, "HELO me\r\n");
        c.server(&mut s, "250 ok\r\n");
        c.client(&mut s, "MAIL FROM:<a@x>\r\n");
        c.server(&mut s, "250 ok\r\n");
        c.client(&mut s, "RCPT TO:<b@y>\r\n");
        c.server(&mut s, "250 ok\r\n");
        c.client(&mut s, "DATA\r\n");
        c.server(&mut s, "354 go\r\n");
        c.client(&mut s, format!("{mail}\r\n.\r\n"));
        c.server(&mut s, "250 queued\r\n");
        c.finish(&mut s, 0);
    }
    s
}
