//! A self-made X.509 certificate: right in form, signed by nobody.

use super::rng::Rng;

fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let n = body.len();
    match n {
        0..=127 => out.push(u8::try_from(n).unwrap_or(0)),
        128..=255 => out.extend([0x81, u8::try_from(n).unwrap_or(0)]),
        _ => {
            out.push(0x82);
            out.extend(u16::try_from(n).unwrap_or(0).to_be_bytes());
        }
    }
    out.extend_from_slice(body);
    out
}

fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn common_name(text: &str) -> Vec<u8> {
    let attribute = seq(&[tlv(6, &[0x55, 4, 3]), tlv(12, text.as_bytes())]);
    seq(&[tlv(0x31, &attribute)])
}

/// A certificate for `names` (the first is the subject's) by `issuer`, valid 2025 to 2027, with a 2048-bit RSA
/// key and signature of random bits.
#[must_use]
pub fn certificate(rng: &mut Rng, issuer: &str, names: &[&str]) -> Vec<u8> {
    let sha256_rsa = seq(&[
        tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]),
        tlv(5, &[]),
    ]);
    let rsa = seq(&[
        tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]),
        tlv(5, &[]),
    ]);
    let mut modulus = rng.bytes(256);
    if let Some(first) = modulus.first_mut() {
        *first = 0x7f & *first | 0x40;
    }
    let key = seq(&[tlv(2, &modulus), tlv(2, &[1, 0, 1])]);
    let mut bits = vec![0];
    bits.extend(key);
    let mut serial = rng.bytes(12);
    if let Some(first) = serial.first_mut() {
        *first = 0x3f & *first | 0x20;
    }
    let alternatives: Vec<Vec<u8>> = names.iter().map(|n| tlv(0x82, n.as_bytes())).collect();
    let extension = seq(&[tlv(6, &[0x55, 29, 17]), tlv(4, &seq(&alternatives))]);
    let body = seq(&[
        tlv(0xa0, &tlv(2, &[2])),
        tlv(2, &serial),
        sha256_rsa.clone(),
        common_name(issuer),
        seq(&[tlv(23, b"250101000000Z"), tlv(23, b"270101000000Z")]),
        common_name(names.first().copied().unwrap_or("")),
        seq(&[rsa, tlv(3, &bits)]),
        tlv(0xa3, &seq(&[extension])),
    ]);
    let mut signature = vec![0];
    signature.extend(rng.bytes(256));
    seq(&[body, sha256_rsa, tlv(3, &signature)])
}

/// What a small certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Small<'a> {
    /// Common name of the subject.
    pub subject: &'a str,
    /// Common name of the issuer.
    pub issuer: &'a str,
    /// DNS names it is for.
    pub names: &'a [&'a str],
    /// Not before, `YYMMDDhhmmssZ`.
    pub from: &'a str,
    /// Not after.
    pub until: &'a str,
    /// May sign others.
    pub authority: bool,
}

/// A certificate with a P-256 key and an ECDSA signature, both of random bits: about 400 bytes.
#[must_use]
pub fn small(rng: &mut Rng, what: &Small<'_>) -> Vec<u8> {
    let signed_with = seq(&[tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let kind = seq(&[
        tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]),
        tlv(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]),
    ]);
    let mut point = vec![0, 4];
    point.extend(rng.bytes(64));
    let number = |rng: &mut Rng, len: usize| {
        let mut out = rng.bytes(len);
        if let Some(first) = out.first_mut() {
            *first = 0x3f & *first | 0x20;
        }
        tlv(2, &out)
    };
    let mut extensions = vec![seq(&[
        tlv(6, &[0x55, 29, 19]),
        tlv(1, &[0xff]),
        tlv(
            4,
            &if what.authority {
                seq(&[tlv(1, &[0xff])])
            } else {
                seq(&[])
            },
        ),
    ])];
    if !what.names.is_empty() {
        let names: Vec<Vec<u8>> = what.names.iter().map(|n| tlv(0x82, n.as_bytes())).collect();
        extensions.push(seq(&[tlv(6, &[0x55, 29, 17]), tlv(4, &seq(&names))]));
    }
    let serial = number(rng, 12);
    let body = seq(&[
        tlv(0xa0, &tlv(2, &[2])),
        serial,
        signed_with.clone(),
        common_name(what.issuer),
        seq(&[
            tlv(23, what.from.as_bytes()),
            tlv(23, what.until.as_bytes()),
        ]),
        common_name(what.subject),
        seq(&[kind, tlv(3, &point)]),
        tlv(0xa3, &seq(&extensions)),
    ]);
    let mut signature = vec![0];
    signature.extend(seq(&[number(rng, 32), number(rng, 32)]));
    seq(&[body, signed_with, tlv(3, &signature)])
}

fn certificate_id(rng: &mut Rng) -> Vec<u8> {
    let mut serial = rng.bytes(12);
    if let Some(first) = serial.first_mut() {
        *first = 0x3f & *first | 0x20;
    }
    seq(&[
        seq(&[tlv(6, &[0x2b, 14, 3, 2, 26]), tlv(5, &[])]),
        tlv(4, &rng.bytes(20)),
        tlv(4, &rng.bytes(20)),
        tlv(2, &serial),
    ])
}

/// An OCSP question about one certificate and the answer "good" (RFC 6960); the times in it are fixed.
#[must_use]
pub fn ocsp(rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    let id = certificate_id(rng);
    let ask = seq(&[seq(&[seq(&[seq(std::slice::from_ref(&id))])])]);
    let time = tlv(24, b"20260301000000Z");
    let data = seq(&[
        tlv(0xa2, &tlv(4, &rng.bytes(20))),
        time.clone(),
        seq(&[seq(&[id, tlv(0x80, &[]), time])]),
    ]);
    let algorithm = seq(&[
        tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]),
        tlv(5, &[]),
    ]);
    let mut signature = vec![0];
    signature.extend(rng.bytes(256));
    let basic = seq(&[data, algorithm, tlv(3, &signature)]);
    let kind = tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]);
    let tell = seq(&[tlv(10, &[0]), tlv(0xa0, &seq(&[kind, tlv(4, &basic)]))]);
    (ask, tell)
}
