//! Small services of every network: DHCP, NTP, SMB2's opening, SMTP lines.

use super::Nanos;
use super::frame::Mac;
use super::rng::Rng;
use super::tape::Tape;
use super::tcp::{Conn, Side};
use std::net::Ipv4Addr;

/// One DHCP message.
#[derive(Clone, Debug)]
pub struct Dhcp<'a> {
    /// 1 discover, 2 offer, 3 request, 5 ack, 6 nak, 7 release.
    pub kind: u8,
    /// Transaction.
    pub xid: u32,
    /// The client's station.
    pub mac: Mac,
    /// Address the client already has.
    pub have: Option<Ipv4Addr>,
    /// Address given or asked for.
    pub give: Option<Ipv4Addr>,
    /// Server identifier.
    pub server: Option<Ipv4Addr>,
    /// Router and resolver that the server names.
    pub options: Option<(Ipv4Addr, Ipv4Addr)>,
    /// Host name (option 12), from clients.
    pub name: Option<&'a str>,
}

/// Wire form of a DHCP message (RFC 2131).
#[must_use]
pub fn dhcp(message: &Dhcp<'_>) -> Vec<u8> {
    let reply = matches!(message.kind, 2 | 5 | 6);
    let zero = Ipv4Addr::UNSPECIFIED;
    let mut out = vec![if reply { 2 } else { 1 }, 1, 6, 0];
    out.extend_from_slice(&message.xid.to_be_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&message.have.unwrap_or(zero).octets());
    out.extend_from_slice(
        &if reply {
            message.give.unwrap_or(zero)
        } else {
            zero
        }
        .octets(),
    );
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&message.mac);
    out.extend_from_slice(&[0; 202]);
    out.extend_from_slice(&[0x63, 0x82, 0x53, 0x63, 53, 1, message.kind]);
    let mut option = |code: u8, body: &[u8]| {
        out.push(code);
        out.push(u8::try_from(body.len()).unwrap_or(0));
        out.extend_from_slice(body);
    };
    if let Some(server) = message.server {
        option(54, &server.octets());
    }
    if let (false, Some(ip), None) = (reply, message.give, message.have) {
        option(50, &ip.octets());
    }
    if let Some(name) = message.name {
        option(12, name.as_bytes());
        option(60, b"MSFT 5.0");
        option(
            55,
            &[1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252],
        );
    }
    if let (true, Some((router, resolver))) = (reply && message.kind != 6, message.options) {
        option(51, &86_400u32.to_be_bytes());
        option(1, &[255, 255, 255, 0]);
        option(3, &router.octets());
        option(6, &resolver.octets());
        option(15, b"corp.test");
    }
    out.push(255);
    if out.len() < 300 {
        out.resize(300, 0);
    }
    out
}

/// An NTP message (RFC 5905): mode 3 asks, mode 4 answers.
#[must_use]
pub fn ntp(mode: u8, time: Nanos) -> Vec<u8> {
    let seconds = u32::try_from((time / super::SECOND + 2_208_988_800) & 0xffff_ffff).unwrap_or(0);
    let mut out = vec![0x20 | mode, if mode == 4 { 2 } else { 0 }, 6, 0xe9];
    out.extend_from_slice(&[0; 36]);
    out.extend_from_slice(&seconds.to_be_bytes());
    out.extend_from_slice(&[0x80, 0, 0, 0]);
    if mode == 4 {
        out.splice(4..16, [0, 0, 5, 0, 0, 0, 8, 0, 17, 253, 35, 1]);
        let mut stamp = seconds.to_be_bytes().to_vec();
        stamp.extend_from_slice(&[0x40, 0, 0, 0]);
        for at in [16, 24, 32] {
            out.splice(at..at + 8, stamp.iter().copied());
        }
    }
    out
}

fn smb2(command: u16, message: u64, session: u64, response: bool, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xfe, b'S', b'M', b'B', 64, 0, 0, 0, 0, 0, 0, 0];
    out.extend_from_slice(&command.to_le_bytes());
    out.extend_from_slice(&[1, 0]);
    out.extend_from_slice(&u32::from(response).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&message.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&session.to_le_bytes());
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(body);
    let mut framed = vec![0];
    framed.extend(
        u32::try_from(out.len())
            .unwrap_or(0)
            .to_be_bytes()
            .iter()
            .skip(1),
    );
    framed.extend(out);
    framed
}

/// SMB2 negotiation, session set-up with a bare NTLMSSP token, and a tree connect to `share`.
pub fn smb_open(tape: &mut Tape, conn: &mut Conn, rng: &mut Rng, share: &str) {
    let guid = rng.bytes(16);
    let mut ask = vec![36, 0, 2, 0, 1, 0, 0, 0, 0x7f, 0, 0, 0];
    ask.extend_from_slice(&guid);
    ask.extend_from_slice(&[0; 8]);
    ask.extend_from_slice(&[2, 2, 0x10, 2]);
    conn.send(tape, Side::Client, &smb2(0, 0, 0, false, &ask));
    let mut tell = vec![65, 0, 1, 0, 0x10, 2, 0, 0];
    tell.extend_from_slice(&guid);
    tell.extend_from_slice(&[0x2f, 0, 0, 0]);
    for _ in 0..3 {
        tell.extend_from_slice(&0x0010_0000u32.to_le_bytes());
    }
    tell.extend_from_slice(&[0; 16]);
    tell.extend_from_slice(&[128, 0, 0, 0, 0, 0, 0, 0]);
    conn.send(tape, Side::Server, &smb2(0, 0, 0, true, &tell));
    let mut token = b"NTLMSSP\0".to_vec();
    token.extend_from_slice(&[1, 0, 0, 0, 0x97, 0x82, 0x08, 0xe2]);
    token.extend_from_slice(&[0; 16]);
    token.extend_from_slice(&[10, 0, 0x61, 0x4a, 0, 0, 0, 15]);
    let mut setup = vec![25, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 88, 0];
    setup.extend_from_slice(&u16::try_from(token.len()).unwrap_or(0).to_le_bytes());
    setup.extend_from_slice(&[0; 8]);
    setup.extend_from_slice(&token);
    let session = rng.next_u64() >> 8;
    conn.send(tape, Side::Client, &smb2(1, 1, 0, false, &setup));
    conn.send(
        tape,
        Side::Server,
        &smb2(1, 1, session, true, &[9, 0, 0, 0, 72, 0, 0, 0]),
    );
    let path: Vec<u8> = share.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut tree = vec![9, 0, 0, 0, 72, 0];
    tree.extend_from_slice(&u16::try_from(path.len()).unwrap_or(0).to_le_bytes());
    tree.extend_from_slice(&path);
    conn.send(tape, Side::Client, &smb2(3, 2, session, false, &tree));
    conn.send(
        tape,
        Side::Server,
        &smb2(
            3,
            2,
            session,
            true,
            &[16, 0, 1, 0, 0x30, 0, 0, 0, 0, 0, 0, 0, 0xff, 1, 31, 0],
        ),
    );
}

/// One mail over SMTP.
pub fn mail(tape: &mut Tape, conn: &mut Conn, from: &str, to: &str, subject: &str, text: &str) {
    conn.open(tape);
    conn.send(tape, Side::Server, b"220 mail.corp.test ESMTP\r\n");
    let (sender, receiver) = (
        format!("MAIL FROM:<{from}>\r\n"),
        format!("RCPT TO:<{to}>\r\n"),
    );
    let talk: [(&str, &str); 4] = [
        ("EHLO desk.corp.test\r\n", "250 mail.corp.test\r\n"),
        (&sender, "250 OK\r\n"),
        (&receiver, "250 OK\r\n"),
        ("DATA\r\n", "354 Go ahead\r\n"),
    ];
    for (line, reply) in talk {
        conn.send(tape, Side::Client, line.as_bytes());
        conn.send(tape, Side::Server, reply.as_bytes());
    }
    let body = format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\n\r\n{text}\r\n.\r\n");
    conn.send(tape, Side::Client, body.as_bytes());
    conn.send(tape, Side::Server, b"250 Queued\r\n");
    conn.send(tape, Side::Client, b"QUIT\r\n");
    conn.send(tape, Side::Server, b"221 Bye\r\n");
    conn.close(tape, Side::Server);
}
