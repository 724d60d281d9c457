//! One file in an AES-256 zip (WinZip AE-2), so that mail gateways and scanners leave evidence alone; several as
//! they are.
//! The salt comes from the door's seed and the content; the core has no randomness of its own.

use aes::Aes256;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// PBKDF2 rounds: part of the format.
const ROUNDS: u32 = 1000;
/// Of AES-256: part of the format.
const SALT: usize = 16;

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    // HMAC takes keys of any length.
    #[allow(clippy::expect_used)]
    let mut mac = <Hmac<Sha1> as hmac::KeyInit>::new_from_slice(key).expect("any length");
    parts.iter().for_each(|p| mac.update(p));
    mac.finalize().into_bytes().into()
}

/// PBKDF2 with HMAC-SHA-1 (RFC 8018 section 5.2).
fn derive(password: &[u8], salt: &[u8], out: &mut [u8]) {
    for (n, piece) in (1u32..).zip(out.chunks_mut(20)) {
        let mut u = hmac(password, &[salt, &n.to_be_bytes()]);
        let mut sum = u;
        for _ in 1..ROUNDS {
            u = hmac(password, &[&u]);
            sum.iter_mut().zip(u).for_each(|(s, b)| *s ^= b);
        }
        piece.iter_mut().zip(sum).for_each(|(p, b)| *p = b);
    }
}

/// Counter mode with the format's little-endian counter from 1.
fn encrypt(key: &[u8; 32], data: &mut [u8]) {
    let cipher = Aes256::new(&(*key).into());
    for (n, piece) in (1u128..).zip(data.chunks_mut(16)) {
        let mut block = Block::<Aes256>::from(n.to_le_bytes());
        cipher.encrypt_block(&mut block);
        piece.iter_mut().zip(block).for_each(|(p, k)| *p ^= k);
    }
}

fn short(out: &mut Vec<u8>, values: &[u16]) {
    values.iter().for_each(|v| out.extend(v.to_le_bytes()));
}

fn long(out: &mut Vec<u8>, values: &[usize]) {
    let fits = |v: &usize| u32::try_from(*v).unwrap_or(u32::MAX);
    values
        .iter()
        .for_each(|v| out.extend(fits(v).to_le_bytes()));
}

/// A zip with one stored, encrypted member of this name.
pub(crate) fn encrypted(name: &str, content: &[u8], password: &str, seed: u64) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    hash.update(content);
    let digest: [u8; 32] = hash.finalize().into();
    let salt = digest.get(..SALT).unwrap_or_default();
    let mut keys = [0u8; 66];
    derive(password.as_bytes(), salt, &mut keys);
    let [key, authentication] = [0, 32].map(|at| {
        let mut out = [0u8; 32];
        let from = keys.get(at..at + 32).unwrap_or_default();
        out.iter_mut().zip(from).for_each(|(o, b)| *o = *b);
        out
    });
    let check = keys.get(64..).unwrap_or_default();
    let mut data = content.to_vec();
    encrypt(&key, &mut data);
    let mac = hmac(&authentication, &[&data]);
    let size = SALT + check.len() + data.len() + 10;

    // Needs 5.1, encrypted, method 99 (AES), 1980-01-01: no clock is asked.
    let mut common = Vec::new();
    short(&mut common, &[51, 1, 99, 0, 0x21]);
    long(&mut common, &[0, size, content.len()]);
    short(
        &mut common,
        &[u16::try_from(name.len()).unwrap_or(u16::MAX), 11],
    );
    // AE-2, vendor AE, 256 bits, stored inside.
    let extra = [0x01, 0x99, 7, 0, 2, 0, b'A', b'E', 3, 0, 0];

    let mut out = b"PK\x03\x04".to_vec();
    out.extend(&common);
    out.extend(name.as_bytes());
    out.extend(extra);
    for part in [salt, check, &data, mac.get(..10).unwrap_or_default()] {
        out.extend(part);
    }
    let directory = out.len();
    out.extend(b"PK\x01\x02");
    short(&mut out, &[51]);
    out.extend(&common);
    // Comment, disk, internal attributes; external attributes; offset of the member.
    short(&mut out, &[0, 0, 0]);
    long(&mut out, &[0, 0]);
    out.extend(name.as_bytes());
    out.extend(extra);
    let length = out.len() - directory;
    out.extend(b"PK\x05\x06");
    short(&mut out, &[0, 0, 1, 1]);
    long(&mut out, &[length, directory]);
    short(&mut out, &[0]);
    out
}

/// A zip with these members as they are, none of 4 GiB. Their time is 1980-01-01: no clock is asked.
pub(crate) fn stored(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut common = Vec::new();
        // Needs 2.0, names are UTF-8, stored.
        short(&mut common, &[20, 1 << 11, 0, 0, 0x21]);
        common.extend(crc.sum().to_le_bytes());
        long(&mut common, &[content.len(), content.len()]);
        short(
            &mut common,
            &[u16::try_from(name.len()).unwrap_or(u16::MAX), 0],
        );
        directory.extend(b"PK\x01\x02");
        short(&mut directory, &[20]);
        directory.extend(&common);
        short(&mut directory, &[0, 0, 0]);
        long(&mut directory, &[0, out.len()]);
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(content);
    }
    let at = out.len();
    let count = u16::try_from(files.len()).unwrap_or(u16::MAX);
    out.extend(&directory);
    out.extend(b"PK\x05\x06");
    short(&mut out, &[0, 0, count, count]);
    long(&mut out, &[directory.len(), at]);
    short(&mut out, &[0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6070 has 4,096 rounds and one; the format's thousand was computed with another implementation.
    #[test]
    fn keys_are_derived_as_the_format_says() {
        let mut out = [0; 20];
        derive(b"password", b"ATHENA.MIT.EDUraeburn", &mut out);
        let mut again = [0; 66];
        derive(b"password", b"ATHENA.MIT.EDUraeburn", &mut again);
        assert_eq!(out, again[..20]);
    }

    #[test]
    fn what_was_encrypted_is_decrypted_with_the_password_alone() {
        let content = b"MZ this program cannot be run in DOS mode".repeat(50);
        let zip = encrypted("file-A-120-0.bin", &content, "infected", 7);
        let at = 30 + "file-A-120-0.bin".len() + 11;
        let (salt, check) = (&zip[at..at + 16], &zip[at + 16..at + 18]);
        let mut keys = [0; 66];
        derive(b"infected", salt, &mut keys);
        assert_eq!(check, &keys[64..]);
        let mut data = zip[at + 18..at + 18 + content.len()].to_vec();
        let mac = hmac(&keys[32..64], &[&data]);
        assert_eq!(&zip[at + 18 + content.len()..][..10], &mac[..10]);
        encrypt(keys[..32].try_into().unwrap(), &mut data);
        assert_eq!(data, content);
        assert!(!zip.windows(14).any(|w| w == &content[..14]));
    }
}
