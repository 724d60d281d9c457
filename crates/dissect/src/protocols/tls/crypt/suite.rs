//! What cipher suites are made of (RFC 8446 appendix B.4, RFC 5246 appendix A.5, RFC 5288, 5289, 5487, 6655, 7251,
//! 7905, 8442): those whose records can be opened.

use super::derive::Hash;

/// How records are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Bulk {
    Gcm,
    /// With a seal of so many bytes.
    Ccm(u8),
    ChaCha,
    /// With this code over the plain bytes.
    Cbc(Hash),
}

/// A suite.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Suite {
    pub(in super::super) bulk: Bulk,
    /// Bytes of the key: 16 or 32.
    pub(in super::super) key: u8,
    /// What keys are derived with; before TLS 1.2 always MD5 with SHA-1.
    pub(in super::super) hash: Hash,
}

const fn suite(bulk: Bulk, key: u8, hash: Hash) -> Option<Suite> {
    Some(Suite { bulk, key, hash })
}

/// The suite of this number; `None` for one that is not opened.
pub(in super::super) fn of(number: u16) -> Option<Suite> {
    use Bulk::{Cbc, Ccm, ChaCha, Gcm};
    use Hash::{Sha1, Sha256, Sha384};
    match number {
        0x1301 => suite(Gcm, 16, Sha256),
        0x1302 => suite(Gcm, 32, Sha384),
        0x1303 => suite(ChaCha, 32, Sha256),
        0x1304 => suite(Ccm(16), 16, Sha256),
        0x1305 => suite(Ccm(8), 16, Sha256),
        // AES-GCM: 128 and 256 bits take turns.
        0x009c..=0x00ad if number.is_multiple_of(2) => suite(Gcm, 16, Sha256),
        0x009c..=0x00ad => suite(Gcm, 32, Sha384),
        0xc02b..=0xc032 if !number.is_multiple_of(2) => suite(Gcm, 16, Sha256),
        0xc02b..=0xc032 => suite(Gcm, 32, Sha384),
        0xd001 => suite(Gcm, 16, Sha256),
        0xd002 => suite(Gcm, 32, Sha384),
        // AES-CCM.
        0xc09c | 0xc09e | 0xc0a4 | 0xc0a6 | 0xc0ac | 0xd005 => suite(Ccm(16), 16, Sha256),
        0xc09d | 0xc09f | 0xc0a5 | 0xc0a7 | 0xc0ad => suite(Ccm(16), 32, Sha256),
        0xc0a0 | 0xc0a2 | 0xc0a8 | 0xc0aa | 0xc0ae | 0xd003 => suite(Ccm(8), 16, Sha256),
        0xc0a1 | 0xc0a3 | 0xc0a9 | 0xc0ab | 0xc0af => suite(Ccm(8), 32, Sha256),
        0xcca8..=0xccae => suite(ChaCha, 32, Sha256),
        // AES-CBC with SHA-1.
        0x002f..=0x0034
        | 0x008c
        | 0x0090
        | 0x0094
        | 0xc004
        | 0xc009
        | 0xc00e
        | 0xc013
        | 0xc018
        | 0xc01d..=0xc01f
        | 0xc035 => suite(Cbc(Sha1), 16, Sha256),
        0x0035..=0x003a
        | 0x008d
        | 0x0091
        | 0x0095
        | 0xc005
        | 0xc00a
        | 0xc00f
        | 0xc014
        | 0xc019
        | 0xc020..=0xc022
        | 0xc036 => suite(Cbc(Sha1), 32, Sha256),
        // AES-CBC with SHA-256 and SHA-384.
        0x003c
        | 0x003e..=0x0040
        | 0x0067
        | 0x006c
        | 0x00ae
        | 0x00b2
        | 0x00b6
        | 0xc023
        | 0xc025
        | 0xc027
        | 0xc029
        | 0xc037 => suite(Cbc(Sha256), 16, Sha256),
        0x003d | 0x0068..=0x006b | 0x006d => suite(Cbc(Sha256), 32, Sha256),
        0x00af | 0x00b3 | 0x00b7 | 0xc024 | 0xc026 | 0xc028 | 0xc02a | 0xc038 => {
            suite(Cbc(Sha384), 32, Sha384)
        }
        _ => None,
    }
}
