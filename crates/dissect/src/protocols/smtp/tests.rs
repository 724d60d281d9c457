//! Mails with their heads, log-ins without passwords, lines in pieces, TLS and what is decrypted already.

use super::{Hello, Login, Mail};
use crate::facts::Message;
use crate::synth::{Connection, Synth};
use base64::Engine as _;

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 2525);

fn greeted(s: &mut Synth) -> Connection {
    let mut c = s.connect(CLIENT, SERVER);
    c.server(s, "220 mx.example ESMTP\r\n");
    c.client(s, "EHLO me.example\r\n");
    c.server(s, "250-mx.example\r\n250 STARTTLS\r\n");
    c
}

fn envelope(s: &mut Synth, c: &mut Connection) {
    c.client(s, "MAIL FROM:<a@x> SIZE=9\r\n");
    c.server(s, "250 ok\r\n");
    c.client(s, "RCPT TO:<b@y>\r\n");
    c.server(s, "250 ok\r\n");
}

#[test]
fn a_mail_is_told_with_its_envelope_and_head() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    envelope(&mut s, &mut c);
    c.client(&mut s, "DATA\r\n");
    c.server(&mut s, "354 go\r\n");
    c.client(
        &mut s,
        "Subject: one\r\n two\r\nFrom: A\r\n\r\nSubject: not this\r\n.\r\n",
    );
    c.server(&mut s, "250 queued\r\n");
    c.client(&mut s, "QUIT\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Mail>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["a@x → b@y: one two (250 queued)"]);
    assert_eq!(rows.iter().map(|m| &*m.from).collect::<Vec<_>>(), ["A"]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "smtp.req.command").as_deref(), Some("EHLO"));
    assert_eq!(
        of(7, "smtp.req.parameter").as_deref(),
        Some("FROM:<a@x> SIZE=9")
    );
    assert_eq!(of(6, "smtp.response.code").as_deref(), Some("250"));
    assert!(of(13, "smtp.eom").is_some());
}

#[test]
fn a_mail_that_the_server_does_not_want_is_followed_by_commands() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    envelope(&mut s, &mut c);
    c.client(&mut s, "DATA\r\n");
    c.server(&mut s, "550 no\r\n");
    c.client(&mut s, "QUIT\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Mail>();
    assert_eq!(
        rows.iter().map(|m| &*m.last_reply).collect::<Vec<_>>(),
        ["550 no"]
    );
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[12].values("smtp.req.command").collect::<Vec<_>>(),
        ["QUIT"]
    );
}

#[test]
fn receivers_without_a_sender_are_a_mail_that_was_tried() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "RCPT TO:<b@y>\r\n");
    c.server(&mut s, "503 sender first\r\n");
    envelope(&mut s, &mut c);
    c.client(&mut s, "QUIT\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Mail>();
    let told: Vec<_> = rows
        .iter()
        .map(|m| (&*m.mailfrom, m.rcptto.len(), &*m.last_reply))
        .collect();
    assert_eq!(told, [("", 1, "503 sender first"), ("a@x", 1, "250 ok")]);
    let rows = loaded.facts().messages.all::<Hello>();
    let told: Vec<_> = rows
        .iter()
        .map(|h| (&*h.helo, &*h.banner, h.mails, h.tls))
        .collect();
    assert_eq!(told, [("me.example", "mx.example ESMTP", 2, false)]);
}

#[test]
fn a_conversation_that_goes_over_to_tls_is_told() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "STARTTLS\r\n");
    c.server(&mut s, "220 go\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Hello>();
    let told: Vec<_> = rows.iter().map(|h| (&*h.helo, h.mails, h.tls)).collect();
    assert_eq!(told, [("me.example", 0, true)]);
}

#[test]
fn chunks_are_no_commands() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    envelope(&mut s, &mut c);
    c.client(&mut s, "BDAT 12 LAST\r\n");
    c.client(&mut s, "RSET\r\nQUIT\r\n");
    c.server(&mut s, "250 queued\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Mail>();
    assert_eq!(rows.iter().map(|m| m.bytes).collect::<Vec<_>>(), [12]);
}

#[test]
fn a_mail_in_chunks_is_one_file_without_the_commands_between() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    envelope(&mut s, &mut c);
    c.client(&mut s, "BDAT 14\r\n");
    c.client(&mut s, "Subject: x\r\n\r\n");
    c.server(&mut s, "250 14 bytes\r\n");
    c.client(&mut s, "BDAT 6 LAST\r\nhello.");
    c.server(&mut s, "250 queued\r\n");
    let loaded = s.load();
    let files: Vec<_> = loaded.facts().artifacts.iter().collect();
    let told: Vec<_> = files
        .iter()
        .map(|a| (a.wire_size, a.state, a.missing.len()))
        .collect();
    let whole = crate::facts::Completeness::Complete;
    assert!(told.contains(&(20, whole, 0)), "{told:?}");
    assert!(told.iter().all(|t| t.1 == whole && t.2 == 0), "{told:?}");
}

#[test]
fn log_ins_are_told_and_passwords_are_not() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "AUTH LOGIN\r\n");
    c.server(&mut s, "334 VXNlcm5hbWU6\r\n");
    c.client(&mut s, "YWxpY2U=\r\n");
    c.server(&mut s, "334 UGFzc3dvcmQ6\r\n");
    c.client(&mut s, "aHVudGVyMg==\r\n");
    c.server(&mut s, "535 no\r\n");
    c.client(&mut s, "AUTH PLAIN AGJvYgBodW50ZXIy\r\n");
    c.server(&mut s, "235 yes\r\n");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Login>();
    let told: Vec<_> = rows.iter().map(|l| (&*l.user, l.success)).collect();
    assert_eq!(told, [("alice", Some(false)), ("bob", Some(true))]);
    let trees = s.trees(loaded.facts());
    for tree in &trees {
        assert!(
            tree.values("smtp.command_line")
                .all(|v| !v.contains("AGJvYgBodW50ZXIy"))
        );
        assert!(!tree.info_text().contains("aHVudGVyMg"));
    }
    assert_eq!(
        trees[8].values("smtp.auth.username").collect::<Vec<_>>(),
        ["YWxpY2U="]
    );
    assert_eq!(
        trees[10].values("smtp.auth.password").collect::<Vec<_>>(),
        ["aHVudGVyMg=="]
    );
}

#[test]
fn a_segment_without_the_end_of_a_line_waits_for_it() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "NO");
    c.client(&mut s, "OP");
    c.client(&mut s, "\r\nRSE");
    c.client(&mut s, "T\r\n");
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(7, "tcp.reassembled_in").as_deref(), Some("9"));
    assert_eq!(of(9, "smtp.req.command").as_deref(), Some("NOOP"));
    assert_eq!(of(10, "tcp.reassembled_in"), None);
}

#[test]
fn what_follows_starttls_is_what_it_looks_like() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "STARTTLS\r\n");
    c.server(&mut s, "220 go\r\n");
    c.client(&mut s, "EHLO me.example\r\n");
    c.server(&mut s, "250 ok\r\n");
    envelope(&mut s, &mut c);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[10].values("smtp.req.parameter").collect::<Vec<_>>(),
        ["FROM:<a@x> SIZE=9"]
    );
}

#[test]
fn a_greeting_of_another_protocol_is_not_taken() {
    for greeting in ["220 ftp ready\r\n", "SSH-2.0-x\r\n", "+OK smtp\r\n"] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, greeting);
        let loaded = s.load();
        let smtp = |p| {
            crate::registry()
                .get(p)
                .is_some_and(|p| p.info.name == "smtp")
        };
        assert!(
            loaded
                .facts()
                .flows
                .iter()
                .all(|f| f.protocol.is_none_or(|p| !smtp(p)))
        );
    }
}

/// An answer to a challenge of NTLM: domain, user and machine behind its head, in eight-bit text.
fn ntlm() -> String {
    let mut m = b"NTLMSSP\0\x03\0\0\0".to_vec();
    for (len, at) in [(0u16, 64u32), (0, 64), (3, 64), (1, 67), (2, 68), (0, 70)] {
        m.extend(len.to_le_bytes());
        m.extend(len.to_le_bytes());
        m.extend(at.to_le_bytes());
    }
    m.extend([0; 4]);
    m.extend(b"DOMuPC");
    base64::engine::general_purpose::STANDARD.encode(m)
}

#[test]
fn a_log_in_by_ntlm_tells_who_it_is() {
    let mut s = Synth::default();
    let mut c = greeted(&mut s);
    c.client(&mut s, "AUTH NTLM\r\n");
    c.server(&mut s, "334 \r\n");
    c.client(&mut s, "TlRMTVNTUAABAAAA\r\n");
    c.server(&mut s, "334 TlRMTVNTUAACAAAA\r\n");
    c.client(&mut s, format!("{}\r\n", ntlm()));
    c.server(&mut s, "235 yes\r\n");
    let loaded = s.load();
    let rows = loaded
        .facts()
        .messages
        .all::<crate::protocols::ntlmssp::Login>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["DOM\\u from PC: accepted"]);
    let rows = loaded.facts().messages.all::<Login>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["DOM\\u by NTLM: let in"]);
    let trees = s.trees(loaded.facts());
    assert!(
        trees
            .iter()
            .all(|t| t.values("ntlmssp.messagetype").next().is_none())
    );
}
