//! A page is asked for and told, a form sent, one is not there, an answer in chunks, and one that breaks off.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 80);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(
        &mut s,
        "GET /a.txt?q=1 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: t/1\r\nAccept: */*\r\n\r\n",
    );
    c.server(&mut s, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nServer: s\r\n\r\nhello");
    c.client(&mut s, "POST /f HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=1&b=2");
    c.server(
        &mut s,
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno",
    );
    c.client(
        &mut s,
        "GET /c HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic Ym9iOmh1bnRlcjI=\r\n\r\n",
    );
    c.server(&mut s, "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%PDF-\r\n3\r\n1.4\r\n0\r\n\r\n");
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, "GET /d HTTP/1.0\r\nHost: a.example\r\n\r\n");
    c.server(&mut s, "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 99\r\n\r\nshort");
    c.reset(&mut s, 1);
    s
}
