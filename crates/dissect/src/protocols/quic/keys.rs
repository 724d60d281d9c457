//! The keys of Initial packets, which everybody can compute (RFC 9001 sections 5.2 to 5.4 and 5.8, RFC 9369
//! section 3.3), and the seal of Retry packets. Knows no other keys.

use super::wire::{V2, V2_DRAFT};
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::AeadInOut;
use hkdf::Hkdf;
use sha2::Sha256;

/// Bytes of a seal.
pub(super) const TAG: usize = 16;
/// Bytes of the sample that masks a header, and where it begins behind the packet number's place.
const SAMPLE: (usize, usize) = (4, 16);

/// What versions differ in.
pub(super) struct Suite {
    salt: [u8; 20],
    /// `quic` or `quicv2`: the front of the labels.
    label: &'static str,
    /// Key and nonce of Retry packets' seals.
    retry: ([u8; 16], [u8; 12]),
}

static V1: Suite = Suite {
    salt: *b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a",
    label: "quic",
    retry: (
        *b"\xbe\x0c\x69\x0b\x9f\x66\x57\x5a\x1d\x76\x6b\x54\xe3\x68\xc8\x4e",
        *b"\x46\x15\x99\xd3\x5d\x63\x2b\xf2\x23\x98\x25\xbb",
    ),
};

/// RFC 9369 section 3.3.
static SECOND: Suite = Suite {
    salt: *b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9",
    label: "quicv2",
    retry: (
        *b"\x8f\xb4\xb0\x1b\x56\xac\x48\xe2\x60\xfb\xcb\xce\xad\x7c\xcc\x92",
        *b"\xd8\x69\x69\xbc\x2d\x7c\x6d\x99\x90\xef\xb0\x4a",
    ),
};

/// draft-ietf-quic-v2-00 to -02.
static SECOND_DRAFT: Suite = Suite {
    salt: *b"\xa7\x07\xc2\x03\xa5\x9b\x47\x18\x4a\x1d\x62\xca\x57\x04\x06\xea\x7a\xe3\xe5\xd3",
    label: "quicv2",
    retry: (
        *b"\xba\x85\x8d\xc7\xb4\x3d\xe5\xdb\xf8\x76\x17\xff\x4a\xb2\x53\xdb",
        *b"\x14\x1b\x99\xc2\x39\xb0\x3e\x78\x5d\x6a\x2e\x9f",
    ),
};

/// draft-ietf-quic-tls-29 to -32.
static DRAFT_29: Suite = Suite {
    salt: *b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99",
    label: "quic",
    retry: (
        *b"\xcc\xce\x18\x7e\xd0\x9a\x09\xd0\x57\x28\x15\x5a\x6c\xb9\x6b\xe1",
        *b"\xe5\x49\x30\xf9\x7f\x21\x36\xf0\x53\x0a\x8c\x1c",
    ),
};

/// draft-ietf-quic-tls-23 to -28. The seal is that of -25 on; earlier ones had none.
static DRAFT_23: Suite = Suite {
    salt: *b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02",
    label: "quic",
    retry: (
        *b"\x4d\x32\xec\xdb\x2a\x21\x33\xc8\x41\xe4\x04\x3d\xf2\x7d\x44\x30",
        *b"\x4d\x16\x11\xd0\x55\x13\xa5\x52\xc5\x87\xd5\x75",
    ),
};

/// How a version makes its keys; nothing for one whose Initial packets stay closed.
pub(super) fn suite(version: u32) -> Option<&'static Suite> {
    match version {
        // The last two drafts had the salt of version 1.
        1 | 0xff00_0021 | 0xff00_0022 => Some(&V1),
        V2 => Some(&SECOND),
        V2_DRAFT => Some(&SECOND_DRAFT),
        0xff00_001d..=0xff00_0020 => Some(&DRAFT_29),
        0xff00_0017..=0xff00_001c | 0xface_b002 => Some(&DRAFT_23),
        _ => None,
    }
}

/// Keys of one side's Initial packets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Keys {
    pub(super) key: [u8; 16],
    pub(super) iv: [u8; 12],
    pub(super) hp: [u8; 16],
}

/// `HKDF-Expand-Label` with an empty context (RFC 8446 section 7.1).
fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: [&str; 2]) -> [u8; N] {
    let mut info = [0u8; 32];
    let name = label.map(str::as_bytes);
    let len = 6 + name[0].len() + name[1].len();
    let parts = [
        &[0, N.to_le_bytes()[0], len.to_le_bytes()[0]][..],
        b"tls13 ",
        name[0],
        name[1],
        &[0],
    ];
    let mut at = 0;
    for (to, from) in info.iter_mut().zip(parts.concat()) {
        *to = from;
        at += 1;
    }
    let mut out = [0; N];
    // Fails only for more than 255 digests of output.
    let _ = secret.expand(info.get(..at).unwrap_or_default(), &mut out);
    out
}

impl Keys {
    /// Keys of client and server from the connection id that the client's first packet was sent to.
    pub(super) fn of(suite: &Suite, dcid: &[u8]) -> [Self; 2] {
        let initial = Hkdf::<Sha256>::new(Some(&suite.salt), dcid);
        ["client in", "server in"].map(|side| {
            let secret: [u8; 32] = expand(&initial, [side, ""]);
            let side = Hkdf::<Sha256>::from_prk(&secret);
            // The secret is as long as the digest, so there is always one.
            let side = side.unwrap_or_else(|_| initial.clone());
            Self {
                key: expand(&side, [suite.label, " key"]),
                iv: expand(&side, [suite.label, " iv"]),
                hp: expand(&side, [suite.label, " hp"]),
            }
        })
    }

    fn mask(&self, sample: [u8; 16]) -> [u8; 16] {
        let mut block = sample.into();
        Aes128::new(&self.hp.into()).encrypt_block(&mut block);
        block.into()
    }

    fn nonce(&self, number: u64) -> [u8; 12] {
        let mut nonce = self.iv;
        for (to, from) in nonce.iter_mut().skip(4).zip(number.to_be_bytes()) {
            *to ^= from;
        }
        nonce
    }

    /// Opens an Initial packet whose number stands at `at`; `largest` is the largest number seen of its
    /// sender, where there was one.
    pub(super) fn open(&self, packet: &[u8], at: usize, largest: Option<u64>) -> Option<Opened> {
        let from = at + SAMPLE.0;
        let sample = packet.get(from..from + SAMPLE.1)?.first_chunk()?;
        let mask = self.mask(*sample);
        let first = packet.first()? ^ mask[0] & 0x0f;
        let len = usize::from(first & 3) + 1;
        let mut head = packet.get(..at + len)?.to_vec();
        *head.first_mut()? = first;
        let mut cut = 0u64;
        for (byte, m) in head.iter_mut().skip(at).zip(&mask[1..]) {
            *byte ^= m;
            cut = cut << 8 | u64::from(*byte);
        }
        let number = number(cut, len, largest);
        let sealed = packet.get(at + len..)?;
        let (body, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG)?)?;
        let tag: [u8; TAG] = *tag.first_chunk()?;
        let mut plain = body.to_vec();
        let cipher = Aes128Gcm::new(&self.key.into());
        let buffer = plain.as_mut_slice().into();
        cipher
            .decrypt_inout_detached(&self.nonce(number).into(), &head, buffer, &tag.into())
            .ok()?;
        Some(Opened {
            first,
            number,
            number_len: len,
            plain,
        })
    }
}

/// The whole number of a packet that carries its last `len` bytes (RFC 9000 appendix A.3).
fn number(cut: u64, len: usize, largest: Option<u64>) -> u64 {
    let expected = largest.map_or(0, |n| n + 1);
    let window = 1u64 << (len * 8).min(32);
    let near = expected & !(window - 1) | cut;
    if near + window / 2 <= expected && near < (1 << 62) - window {
        near + window
    } else if near > expected + window / 2 && near >= window {
        near - window
    } else {
        near
    }
}

/// An Initial packet in clear.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// First byte without its mask.
    pub(super) first: u8,
    pub(super) number: u64,
    /// Bytes of the number in the packet.
    pub(super) number_len: usize,
    /// Its frames.
    pub(super) plain: Vec<u8>,
}

/// Was this Retry packet an answer to a packet for `dcid` (RFC 9001 section 5.8)?
pub(super) fn is_retry_of(suite: &Suite, dcid: &[u8], packet: &[u8]) -> bool {
    let Some((body, tag)) = packet.split_at_checked(packet.len().saturating_sub(TAG)) else {
        return false;
    };
    let Some(tag) = tag.first_chunk::<TAG>() else {
        return false;
    };
    let mut sealed = vec![u8::try_from(dcid.len()).unwrap_or(u8::MAX)];
    sealed.extend_from_slice(dcid);
    sealed.extend_from_slice(body);
    let (key, nonce) = suite.retry;
    let mut nothing = [0u8; 0];
    Aes128Gcm::new(&key.into())
        .decrypt_inout_detached(
            &nonce.into(),
            &sealed,
            nothing.as_mut_slice().into(),
            &(*tag).into(),
        )
        .is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
        let (pairs, _) = hex.as_bytes().as_chunks::<2>();
        pairs
            .iter()
            .map(|[a, b]| digit(*a) << 4 | digit(*b))
            .collect()
    }

    /// Closes a packet: its head (number included, of `len` bytes), its frames.
    pub(in super::super) fn seal(keys: &Keys, head: &[u8], len: usize, plain: &[u8]) -> Vec<u8> {
        let at = head.len() - len;
        let number = head[at..].iter().fold(0, |n, b| n << 8 | u64::from(*b));
        let mut body = plain.to_vec();
        let tag = Aes128Gcm::new(&keys.key.into())
            .encrypt_inout_detached(&keys.nonce(number).into(), head, body.as_mut_slice().into())
            .unwrap();
        let mut out = [head, &body, &tag].concat();
        let mask = keys.mask(*out[at + 4..].first_chunk().unwrap());
        out[0] ^= mask[0] & 0x0f;
        for (to, m) in out[at..at + len].iter_mut().zip(&mask[1..]) {
            *to ^= m;
        }
        out
    }

    #[test]
    fn keys_are_those_of_the_examples() {
        // RFC 9001 appendix A.1, RFC 9369 appendix A.1.
        let dcid = bytes("8394c8f03e515708");
        let [client, server] = Keys::of(&V1, &dcid);
        assert_eq!(
            client.key.to_vec(),
            bytes("1f369613dd76d5467730efcbe3b1a22d")
        );
        assert_eq!(client.iv.to_vec(), bytes("fa044b2f42a3fd3b46fb255c"));
        assert_eq!(
            client.hp.to_vec(),
            bytes("9f50449e04a0e810283a1e9933adedd2")
        );
        assert_eq!(
            server.key.to_vec(),
            bytes("cf3a5331653c364c88f0f379b6067e37")
        );
        assert_eq!(
            server.hp.to_vec(),
            bytes("c206b8d9b9f0f37644430b490eeaa314")
        );
        let [client, _] = Keys::of(&SECOND, &dcid);
        assert_eq!(
            client.key.to_vec(),
            bytes("8b1a0bc121284290a29e0971b5cd045d")
        );
        assert_eq!(client.iv.to_vec(), bytes("91f73e2351d8fa91660e909f"));
        assert_eq!(
            client.hp.to_vec(),
            bytes("45b95e15235d6f45a6b19cbcb0294ba9")
        );
    }

    #[test]
    fn a_retry_is_checked_against_the_packet_it_answers() {
        // RFC 9001 appendix A.4.
        let retry =
            bytes("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba");
        assert!(is_retry_of(&V1, &bytes("8394c8f03e515708"), &retry));
        assert!(!is_retry_of(&V1, &bytes("8394c8f03e515709"), &retry));
        assert!(!is_retry_of(&V1, &[], &retry[..15]));
    }

    #[test]
    fn numbers_are_the_nearest_to_the_one_expected() {
        // RFC 9000 appendix A.3 and its borders.
        assert_eq!(number(0x9b32, 2, Some(0xa82f_30ea)), 0xa82f_9b32);
        assert_eq!(number(0, 1, None), 0);
        assert_eq!(number(0xff, 1, None), 0xff);
        assert_eq!(number(0, 1, Some(0xff)), 0x100);
        assert_eq!(number(0xff, 1, Some(0x100)), 0xff);
        assert_eq!(number(u64::from(u32::MAX), 4, None), u64::from(u32::MAX));
    }

    #[test]
    fn a_packet_opens_with_its_own_keys_only() {
        let [client, server] = Keys::of(&V1, b"connect");
        let head = [&[0xc3, 0, 0, 0, 1][..], &[0; 10], &[0, 0, 0, 2]].concat();
        let sealed = seal(&client, &head, 4, &[0; 40]);
        let opened = client.open(&sealed, 15, None).unwrap();
        assert_eq!(
            (opened.number, opened.number_len, opened.first),
            (2, 4, 0xc3)
        );
        assert_eq!(opened.plain, [0; 40]);
        assert!(server.open(&sealed, 15, None).is_none());
        for cut in 0..sealed.len() {
            assert!(client.open(&sealed[..cut], 15, None).is_none());
        }
    }
}
