//! Keys out of secrets: TLS 1.3's (RFC 8446 section 7), and the function of TLS 1.2 and before (RFC 5246 section 5,
//! RFC 2246 section 5).

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

/// A digest that codes and keys are made with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Bytes of a code.
    pub(in super::super) fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// The code (RFC 2104) over parts that stand one after the other.
    pub(in super::super) fn code(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        fn over<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
            // Keys of every length are taken.
            <M as KeyInit>::new_from_slice(key).map_or_else(
                |_| Vec::new(),
                |mut mac| {
                    for part in parts {
                        mac.update(part);
                    }
                    mac.finalize().into_bytes().to_vec()
                },
            )
        }
        match self {
            Self::Md5 => over::<Hmac<Md5>>(key, parts),
            Self::Sha1 => over::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => over::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => over::<Hmac<Sha384>>(key, parts),
        }
    }
}

/// `HKDF-Expand-Label` with an empty context, of at most one digest's length.
pub(in super::super) fn expand_label(
    hash: Hash,
    secret: &[u8],
    label: &str,
    len: usize,
) -> Vec<u8> {
    let wanted = u8::try_from(len).unwrap_or(u8::MAX);
    let named = u8::try_from(label.len() + 6).unwrap_or(u8::MAX);
    let parts = [
        &[0, wanted, named][..],
        b"tls13 ",
        label.as_bytes(),
        // No context, then the number of the block.
        &[0, 1],
    ];
    let mut out = hash.code(secret, &parts);
    out.truncate(len);
    out
}

/// `P_hash`.
fn stretch(hash: Hash, secret: &[u8], seed: &[&[u8]], len: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(len + hash.len());
    let mut a = hash.code(secret, seed);
    while out.len() < len && !a.is_empty() {
        let mut parts: Vec<&[u8]> = vec![&a];
        parts.extend_from_slice(seed);
        out.extend(hash.code(secret, &parts));
        a = hash.code(secret, &[&a]);
    }
    out.truncate(len);
    out
}

/// The pseudo-random function: of TLS 1.2 with the suite's digest, before that (`None`) with both old ones.
pub(in super::super) fn prf(
    hash: Option<Hash>,
    secret: &[u8],
    label: &[u8],
    seed: [&[u8]; 2],
    len: usize,
) -> Vec<u8> {
    let seed = [label, seed[0], seed[1]];
    if let Some(hash) = hash {
        return stretch(hash, secret, &seed, len);
    }
    let half = secret.len().div_ceil(2);
    let first = secret.get(..half).unwrap_or(secret);
    let second = secret.get(secret.len() - half..).unwrap_or(secret);
    let mut out = stretch(Hash::Md5, first, &seed, len);
    for (to, from) in out.iter_mut().zip(stretch(Hash::Sha1, second, &seed, len)) {
        *to ^= from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |c: u8| (c as char).to_digit(16).map_or(0, |d| d as u8);
        let hex: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        hex.chunks(2)
            .map(|p| digit(p[0]) << 4 | digit(p[1]))
            .collect()
    }

    /// RFC 8448 section 3: the server's handshake key and nonce.
    #[test]
    fn keys_are_those_of_the_examples() {
        let secret = bytes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let key = expand_label(Hash::Sha256, &secret, "key", 16);
        assert_eq!(key, bytes("3fce516009c21727d0f2e4e86ee403bc"));
        let iv = expand_label(Hash::Sha256, &secret, "iv", 12);
        assert_eq!(iv, bytes("5d313eb2671276ee13000b30"));
    }

    /// The test vector that implementers of TLS 1.2 exchanged for SHA-256.
    #[test]
    fn the_function_of_tls_1_2_is_the_known_one() {
        let out = prf(
            Some(Hash::Sha256),
            &bytes("9bbe436ba940f017b17652849a71db35"),
            b"test label",
            [&bytes("a0ba9f936cda311827a6f796ffd5198c"), &[]],
            32,
        );
        let known = "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a";
        assert_eq!(out, bytes(known));
    }
}
