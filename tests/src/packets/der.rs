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
