//! Who logs on with NTLM on a connection of HTTP, and whether that was accepted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::protocols::ntlmssp::Login;
use crate::synth::Synth;
use base64::Engine as _;

fn token(kind: u32, rest: &[u8]) -> String {
    let bytes = [&b"NTLMSSP\0"[..], &kind.to_le_bytes(), rest].concat();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Type 3 with a domain, a user and a host in eight-bit letters.
fn answer(domain: &str, user: &str, host: &str) -> String {
    let mut head = Vec::new();
    let mut at = 64;
    for text in ["", "", domain, user, host, ""] {
        let len = u16::try_from(text.len()).unwrap();
        head.extend([len.to_le_bytes(), len.to_le_bytes()].concat());
        head.extend(u32::to_le_bytes(at));
        at += u32::from(len);
    }
    head.extend([0; 4]);
    head.extend([domain, user, host].concat().bytes());
    token(3, &head)
}

fn logged_on(last: &str, head: &str) -> Vec<(String, String, Option<bool>)> {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 80));
    let ask = |t: &str| format!("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: {head}{t}\r\n\r\n");
    let refuse = |t: &str| {
        format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {head}{t}\r\nContent-Length: 0\r\n\r\n")
    };
    c.client(&mut s, ask(&token(1, &[0; 24])));
    c.server(&mut s, refuse(&token(2, &[0; 36])));
    c.client(&mut s, ask(&answer("DOM", "ann", "PC")));
    c.server(&mut s, last);
    c.finish(&mut s, 0);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Login>();
    rows.iter()
        .map(|l| (l.domainname.to_string(), l.username.to_string(), l.success))
        .collect()
}

#[test]
fn a_log_on_with_ntlm_is_a_row() {
    let ann = |success| vec![("DOM".to_owned(), "ann".to_owned(), success)];
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let no = "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
    for head in ["NTLM ", "Negotiate "] {
        assert_eq!(logged_on(ok, head), ann(Some(true)));
        assert_eq!(logged_on(no, head), ann(Some(false)));
        assert_eq!(logged_on("", head), ann(None));
    }
}
