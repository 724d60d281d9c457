//! A log-on in three messages within HTTP that is accepted, and one that is not.

use crate::golden::Sample;
use crate::synth::{End, Synth};
use base64::Engine as _;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 80);

fn token(kind: u32, rest: &[u8]) -> String {
    let bytes = [&b"NTLMSSP\0"[..], &kind.to_le_bytes(), rest].concat();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Two texts of eight bits, one behind the other.
fn first() -> String {
    let flags = [0x07, 0x32, 0x08, 0xa0];
    let texts = [3, 0, 3, 0, 32, 0, 0, 0, 2, 0, 2, 0, 35, 0, 0, 0];
    token(1, &[&flags[..], &texts, b"DOMPC"].concat())
}

fn challenge() -> String {
    let name = [6, 0, 6, 0, 48, 0, 0, 0];
    let flags = [0x05, 0x82, 0x89, 0xa0];
    let list = [2, 0, 6, 0, b'D', 0, b'O', 0, b'M', 0, 0, 0, 0, 0];
    let told = [
        &name[..],
        &flags,
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[0; 8],
        &[14, 0, 14, 0, 54, 0, 0, 0],
    ];
    token(2, &[&told.concat()[..], b"D\0O\0M\0", &list].concat())
}

/// With answers of 24 bytes.
fn answer(user: &str) -> String {
    let wide = |t: &str| {
        t.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let parts = [
        vec![5; 24],
        vec![6; 24],
        wide("DOM"),
        wide(user),
        wide("PC"),
        vec![],
    ];
    let (mut head, mut at) = (Vec::new(), 64);
    for part in &parts {
        let len = u16::try_from(part.len()).unwrap();
        head.extend([len.to_le_bytes(), len.to_le_bytes()].concat());
        head.extend(u32::to_le_bytes(at));
        at += u32::from(len);
    }
    head.extend([0x05, 0x82, 0x88, 0xa0]);
    token(3, &[head, parts.concat()].concat())
}

fn capture() -> Synth {
    let mut s = Synth::default();

    for (n, (user, last)) in [("ann", "200 OK"), ("eve", "401 No")]
        .into_iter()
        .enumerate()
    {
        let port = 40000 + u16::try_from(n).unwrap();
        let mut c = s.connect((CLIENT.0, port), SERVER);
        let ask =
            |t: String| format!("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: NTLM {t}\r\n\r\n");
        c.client(&mut s, ask(first()));
        let refused = format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM {}\r\nContent-Length: 0\r\n\r\n",
            challenge()
        );
        c.server(&mut s, refused);
        c.client(&mut s, ask(answer(user)));
        c.server(
            &mut s,
            format!("HTTP/1.1 {last}\r\nContent-Length: 0\r\n\r\n"),
        );
        c.finish(&mut s, 0);
    }
    s
}
