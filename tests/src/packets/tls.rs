//! TLS as an onlooker sees it: hello messages and certificate in the clear, then records of noise.

use super::rng::Rng;
use super::tape::Tape;
use super::tcp::{Conn, Side};

/// What the hello messages say.
#[derive(Clone, Debug)]
pub struct Session {
    /// Server name, if the client gives one.
    pub sni: Option<String>,
    /// Protocols offered.
    pub alpn: Vec<&'static str>,
    /// Version 1.3 (certificate hidden) or 1.2 (certificate visible).
    pub new: bool,
    /// The server's certificate, DER.
    pub certificate: Vec<u8>,
    /// Cipher suites offered.
    pub ciphers: Vec<u16>,
}

/// What a current browser offers.
pub const SUITES: [u16; 12] = [
    0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
];

pub(super) fn vec16(body: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(body.len())
        .unwrap_or(0)
        .to_be_bytes()
        .to_vec();
    out.extend_from_slice(body);
    out
}

pub(super) fn vec8(body: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::try_from(body.len()).unwrap_or(0)];
    out.extend_from_slice(body);
    out
}

pub(super) fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(
        u32::try_from(body.len())
            .unwrap_or(0)
            .to_be_bytes()
            .iter()
            .skip(1),
    );
    out.extend_from_slice(body);
    out
}

/// One record.
#[must_use]
pub fn record(kind: u8, version: u16, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend_from_slice(&version.to_be_bytes());
    out.extend(vec16(body));
    out
}

pub(super) fn extension(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend(vec16(body));
}

/// A ClientHello record.
pub fn client_hello(rng: &mut Rng, session: &Session) -> Vec<u8> {
    let mut ext = Vec::new();
    if let Some(name) = &session.sni {
        let mut entry = vec![0];
        entry.extend(vec16(name.as_bytes()));
        extension(&mut ext, 0, &vec16(&entry));
    }
    extension(&mut ext, 23, &[]);
    extension(&mut ext, 0xff01, &[0]);
    extension(&mut ext, 10, &vec16(&[0, 29, 0, 23, 0, 24]));
    extension(&mut ext, 11, &[1, 0]);
    if !session.alpn.is_empty() {
        let list: Vec<u8> = session
            .alpn
            .iter()
            .flat_map(|p| vec8(p.as_bytes()))
            .collect();
        extension(&mut ext, 16, &vec16(&list));
    }
    extension(
        &mut ext,
        13,
        &vec16(&[4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1]),
    );
    if session.new {
        let mut share = vec![0, 29];
        share.extend(vec16(&rng.bytes(32)));
        extension(&mut ext, 51, &vec16(&share));
        extension(&mut ext, 45, &[1, 1]);
        extension(&mut ext, 43, &[4, 3, 4, 3, 3]);
    }
    let mut body = vec![3, 3];
    body.extend(rng.bytes(32));
    body.extend(vec8(&rng.bytes(if session.new { 32 } else { 0 })));
    let suites: Vec<u8> = session
        .ciphers
        .iter()
        .flat_map(|c| c.to_be_bytes())
        .collect();
    body.extend(vec16(&suites));
    body.extend([1, 0]);
    body.extend(vec16(&ext));
    record(22, 0x0301, &handshake(1, &body))
}

/// The server's first flight.
pub fn server_flight(rng: &mut Rng, session: &Session) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend(rng.bytes(32));
    let mut ext = Vec::new();
    if session.new {
        body.extend(vec8(&rng.bytes(32)));
        body.extend([0x13, 0x01, 0]);
        extension(&mut ext, 43, &[3, 4]);
        let mut share = vec![0, 29];
        share.extend(vec16(&rng.bytes(32)));
        extension(&mut ext, 51, &share);
    } else {
        body.extend(vec8(&[]));
        body.extend([0xc0, 0x2f, 0]);
        extension(&mut ext, 0xff01, &[0]);
        extension(&mut ext, 11, &[1, 0]);
    }
    body.extend(vec16(&ext));
    let mut out = record(22, 0x0303, &handshake(2, &body));
    if session.new {
        out.extend(record(20, 0x0303, &[1]));
        let hidden = session.certificate.len() + 450;
        out.extend(record(23, 0x0303, &rng.bytes(hidden)));
        return out;
    }
    let entry = |body: &[u8]| {
        let mut out: Vec<u8> = u32::try_from(body.len())
            .unwrap_or(0)
            .to_be_bytes()
            .iter()
            .skip(1)
            .copied()
            .collect();
        out.extend_from_slice(body);
        out
    };
    out.extend(record(
        22,
        0x0303,
        &handshake(11, &entry(&entry(&session.certificate))),
    ));
    let mut exchange = vec![3, 0, 29];
    exchange.extend(vec8(&rng.bytes(32)));
    exchange.extend([8, 4]);
    exchange.extend(vec16(&rng.bytes(256)));
    out.extend(record(22, 0x0303, &handshake(12, &exchange)));
    out.extend(record(22, 0x0303, &handshake(14, &[])));
    out
}

/// Runs a handshake and `sizes` of encrypted data (client, server) on an open connection.
pub fn run(
    tape: &mut Tape,
    conn: &mut Conn,
    rng: &mut Rng,
    session: &Session,
    sizes: &[(usize, usize)],
) {
    let hello = client_hello(rng, session);
    conn.send(tape, Side::Client, &hello);
    let flight = server_flight(rng, session);
    conn.send(tape, Side::Server, &flight);
    let mut finish = Vec::new();
    if !session.new {
        let mut exchange = vec![32];
        exchange.extend(rng.bytes(32));
        finish.extend(record(22, 0x0303, &handshake(16, &exchange)));
    }
    finish.extend(record(20, 0x0303, &[1]));
    let last = if session.new {
        record(23, 0x0303, &rng.bytes(69))
    } else {
        record(22, 0x0303, &rng.bytes(40))
    };
    finish.extend(last);
    conn.send(tape, Side::Client, &finish);
    if !session.new {
        let mut done = record(20, 0x0303, &[1]);
        done.extend(record(22, 0x0303, &rng.bytes(40)));
        conn.send(tape, Side::Server, &done);
    }
    for (up, down) in sizes {
        for (side, size) in [(Side::Client, *up), (Side::Server, *down)] {
            let mut left = size;
            let mut bytes = Vec::new();
            while left > 0 {
                let n = left.min(16_384);
                bytes.extend(record(23, 0x0303, &rng.bytes(n + 24)));
                left -= n;
            }
            if !bytes.is_empty() {
                conn.send(tape, side, &bytes);
            }
        }
        conn.wait(200 * super::MILLI);
    }
}
