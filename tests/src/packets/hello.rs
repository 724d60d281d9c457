//! TLS with client stacks that differ in their fingerprint, certificates in chains, and resumed sessions.

use super::MILLI;
use super::rng::Rng;
use super::tape::Tape;
use super::tcp::{Conn, Side};
use super::tls::{extension, handshake, record, vec8, vec16};

/// A client's stack: what it offers, in its order. Two stacks with other values have other fingerprints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Cipher suites offered.
    pub suites: Vec<u16>,
    /// Protocols offered.
    pub alpn: Vec<&'static str>,
    /// Further extension types, sent with an empty body (only such as may have one).
    pub empty: Vec<u16>,
    /// Signature algorithms.
    pub algorithms: Vec<u16>,
    /// Offers version 1.3.
    pub new: bool,
}

impl Stack {
    /// A current browser's.
    #[must_use]
    pub fn browser() -> Self {
        Self {
            suites: super::tls::SUITES.to_vec(),
            alpn: vec!["h2", "http/1.1"],
            empty: vec![18, 23, 35],
            algorithms: vec![
                0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
            ],
            new: true,
        }
    }

    /// An operating system's library.
    #[must_use]
    pub fn system() -> Self {
        Self {
            suites: vec![
                0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0x009d, 0x009c,
            ],
            alpn: vec![],
            empty: vec![23, 35],
            algorithms: vec![0x0804, 0x0403, 0x0401, 0x0503, 0x0501, 0x0201],
            new: false,
        }
    }

    /// One that nobody else has: drawn from the generator's numbers.
    #[must_use]
    pub fn odd(rng: &mut Rng) -> Self {
        let mut suites = vec![
            0x1301, 0x1303, 0xc02f, 0xc030, 0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0x009c,
        ];
        rng.shuffle(&mut suites);
        suites.truncate(rng.size(5, 10));
        if !suites.contains(&0xc02f) {
            suites.push(0xc02f);
        }
        Self {
            suites,
            alpn: if rng.chance(50) {
                vec!["http/1.1"]
            } else {
                vec![]
            },
            empty: if rng.chance(50) { vec![35] } else { vec![23] },
            algorithms: vec![0x0403, 0x0401, 0x0501],
            new: false,
        }
    }
}

/// What both ends agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting<'a> {
    /// The client.
    pub stack: &'a Stack,
    /// Server name, if the client gives one.
    pub sni: Option<&'a str>,
    /// The server's chain, DER, leaf first; shown where version 1.2 is agreed on.
    pub chain: &'a [Vec<u8>],
    /// A session both ends remember: no certificate.
    pub resumed: bool,
    /// The highest version the server speaks, 0x0303 or 0x0304; an older one where it is below.
    pub highest: u16,
    /// The suite the server takes below version 1.3.
    pub suite: u16,
}

fn client(rng: &mut Rng, m: &Meeting<'_>) -> Vec<u8> {
    let mut ext = Vec::new();
    if let Some(name) = m.sni {
        let mut entry = vec![0];
        entry.extend(vec16(name.as_bytes()));
        extension(&mut ext, 0, &vec16(&entry));
    }
    for kind in &m.stack.empty {
        extension(&mut ext, *kind, &[]);
    }
    extension(&mut ext, 0xff01, &[0]);
    extension(&mut ext, 10, &vec16(&[0, 29, 0, 23, 0, 24]));
    extension(&mut ext, 11, &[1, 0]);
    if !m.stack.alpn.is_empty() {
        let list: Vec<u8> = m
            .stack
            .alpn
            .iter()
            .flat_map(|p| vec8(p.as_bytes()))
            .collect();
        extension(&mut ext, 16, &vec16(&list));
    }
    let words = |list: &[u16]| {
        list.iter()
            .flat_map(|w| w.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    extension(&mut ext, 13, &vec16(&words(&m.stack.algorithms)));
    if m.stack.new {
        let mut share = vec![0, 29];
        share.extend(vec16(&rng.bytes(32)));
        extension(&mut ext, 51, &vec16(&share));
        extension(&mut ext, 45, &[1, 1]);
        extension(&mut ext, 43, &[4, 3, 4, 3, 3]);
    }
    // TLS 1.3 has the pre-shared key last; 1.2 names the session again.
    let agreed = m.stack.new && m.highest >= 0x0304;
    if m.resumed && agreed {
        let mut identity = vec16(&rng.bytes(96));
        identity.extend(rng.u32().to_be_bytes());
        let mut body = vec16(&identity);
        body.extend(vec16(&vec8(&rng.bytes(32))));
        extension(&mut ext, 41, &body);
    }
    let mut body = vec![3, 3];
    body.extend(rng.bytes(32));
    let session = if m.stack.new || m.resumed { 32 } else { 0 };
    body.extend(vec8(&rng.bytes(session)));
    body.extend(vec16(&words(&m.stack.suites)));
    body.extend([1, 0]);
    body.extend(vec16(&ext));
    record(22, 0x0301, &handshake(1, &body))
}

fn three(n: usize) -> [u8; 3] {
    let [_, a, b, c] = u32::try_from(n).unwrap_or(0).to_be_bytes();
    [a, b, c]
}

fn server(rng: &mut Rng, m: &Meeting<'_>, hello: &[u8]) -> Vec<u8> {
    let new = m.stack.new && m.highest >= 0x0304;
    let version = m.highest.min(0x0303);
    let mut body = version.to_be_bytes().to_vec();
    body.extend(rng.bytes(32));
    let mut ext = Vec::new();
    // The client's session id comes back where it is resumed, and always in version 1.3.
    let echo = hello.get(44..76).unwrap_or(&[]);
    if new {
        body.extend(vec8(echo));
        body.extend([0x13, 0x01, 0]);
        extension(&mut ext, 43, &[3, 4]);
        if m.resumed {
            extension(&mut ext, 41, &[0, 0]);
        }
        let mut share = vec![0, 29];
        share.extend(vec16(&rng.bytes(32)));
        extension(&mut ext, 51, &share);
    } else {
        body.extend(vec8(if m.resumed { echo } else { &[] }));
        body.extend(m.suite.to_be_bytes());
        body.push(0);
        extension(&mut ext, 0xff01, &[0]);
        if m.suite >> 8 == 0xc0 {
            extension(&mut ext, 11, &[1, 0]);
        }
    }
    body.extend(vec16(&ext));
    let mut out = record(22, version, &handshake(2, &body));
    if new {
        out.extend(record(20, version, &[1]));
        let chain: usize = m.chain.iter().map(Vec::len).sum();
        let hidden = if m.resumed { 60 } else { chain + 160 };
        out.extend(record(23, version, &rng.bytes(hidden)));
        return out;
    }
    if m.resumed {
        out.extend(record(20, version, &[1]));
        out.extend(record(22, version, &rng.bytes(40)));
        return out;
    }
    let mut list = Vec::new();
    for certificate in m.chain {
        list.extend(three(certificate.len()));
        list.extend_from_slice(certificate);
    }
    let mut certificates = three(list.len()).to_vec();
    certificates.extend(list);
    out.extend(record(22, version, &handshake(11, &certificates)));
    if m.suite >> 8 == 0xc0 {
        let mut exchange = vec![3, 0, 29];
        exchange.extend(vec8(&rng.bytes(32)));
        if version >= 0x0303 {
            exchange.extend([4, 3]);
        }
        exchange.extend(vec16(&rng.bytes(70)));
        out.extend(record(22, version, &handshake(12, &exchange)));
    }
    out.extend(record(22, version, &handshake(14, &[])));
    out
}

/// The handshake on an open connection.
pub fn shake(tape: &mut Tape, conn: &mut Conn, rng: &mut Rng, m: &Meeting<'_>) {
    let new = m.stack.new && m.highest >= 0x0304;
    let version = m.highest.min(0x0303);
    let hello = client(rng, m);
    conn.send(tape, Side::Client, &hello);
    let flight = server(rng, m, &hello);
    conn.send(tape, Side::Server, &flight);
    let mut finish = Vec::new();
    if !new && !m.resumed {
        let elliptic = m.suite >> 8 == 0xc0;
        let mut exchange = if elliptic { vec![32] } else { vec![0, 128] };
        exchange.extend(rng.bytes(if elliptic { 32 } else { 128 }));
        finish.extend(record(22, version, &handshake(16, &exchange)));
    }
    finish.extend(record(20, version, &[1]));
    finish.extend(record(if new { 23 } else { 22 }, version, &rng.bytes(53)));
    conn.send(tape, Side::Client, &finish);
    if !new && !m.resumed {
        let mut done = record(20, version, &[1]);
        done.extend(record(22, version, &rng.bytes(40)));
        conn.send(tape, Side::Server, &done);
    }
}

/// Encrypted application bytes in records of at most 16 KiB.
pub fn data(tape: &mut Tape, conn: &mut Conn, rng: &mut Rng, side: Side, size: usize) {
    let mut bytes = Vec::with_capacity(size + 64);
    let mut left = size;
    while left > 0 {
        let n = left.min(16_000);
        bytes.extend(record(23, 0x0303, &rng.bytes(n + 24)));
        left -= n;
    }
    if !bytes.is_empty() {
        conn.send(tape, side, &bytes);
    }
}

/// The alert both send before they close.
pub fn goodbye(tape: &mut Tape, conn: &mut Conn, rng: &mut Rng) {
    conn.wait(2 * MILLI);
    conn.send(tape, Side::Client, &record(21, 0x0303, &rng.bytes(26)));
}
