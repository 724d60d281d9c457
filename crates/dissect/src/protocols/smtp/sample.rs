//! A log-in that fails and one that does not, a mail with its head, a recipient that is refused, and STARTTLS.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 25);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "220 mx.example ESMTP\r\n");
    c.client(&mut s, "EHLO me.example\r\n");
    c.server(
        &mut s,
        "250-mx.example\r\n250-SIZE 1000\r\n250 AUTH LOGIN PLAIN\r\n",
    );
    c.client(&mut s, "AUTH LOGIN\r\n");
    c.server(&mut s, "334 VXNlcm5hbWU6\r\n");
    c.client(&mut s, "YWxpY2U=\r\n");
    c.server(&mut s, "334 UGFzc3dvcmQ6\r\n");
    c.client(&mut s, "aHVudGVyMg==\r\n");
    c.server(&mut s, "535 no\r\n");
    c.client(&mut s, "AUTH PLAIN AGJvYgBodW50ZXIy\r\n");
    c.server(&mut s, "235 yes\r\n");
    c.client(&mut s, "MAIL FROM:<a@x> SIZE=9\r\n");
    c.server(&mut s, "250 ok\r\n");
    c.client(&mut s, "RCPT TO:<nobody@y>\r\n");
    c.server(&mut s, "550 who\r\n");
    c.client(&mut s, "RCPT TO:<b@y>\r\n");
    c.server(&mut s, "250 ok\r\n");
    c.client(&mut s, "DATA\r\n");
    c.server(&mut s, "354 go\r\n");
    c.client(
        &mut s,
        "Subject: one\r\n two\r\nFrom: A <a@x>\r\nTo: b@y\r\n\r\nhello\r\n..dot\r\n.\r\n",
    );
    c.server(&mut s, "250 queued\r\n");
    c.client(&mut s, "QUIT\r\n");
    c.server(&mut s, "221 bye\r\n");
    c.finish(&mut s, 1);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.server(&mut s, "220 mx.example ESMTP\r\n");
    c.client(&mut s, "EHLO me.example\r\n");
    c.server(&mut s, "250 STARTTLS\r\n");
    c.client(&mut s, "STARTTLS\r\n");
    c.server(&mut s, "220 go\r\n");
    c.client(&mut s, b"\x15\x03\x01\x00\x02\x02\x28");
    c.finish(&mut s, 0);
    s
}
