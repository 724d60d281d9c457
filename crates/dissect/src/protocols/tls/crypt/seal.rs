//! The other side of opening, for tests: records sealed as endpoints do it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::derive::{Hash, expand_label, prf};
use super::suite::{Bulk, Suite};
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;

fn aead<C: AeadInOut + KeyInit>(key: &[u8], nonce: [u8; 12], head: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut out = plain.to_vec();
    let cipher = <C as KeyInit>::new_from_slice(key).unwrap();
    let tag = cipher
        .encrypt_inout_detached(
            (&nonce[..]).try_into().unwrap(),
            head,
            out.as_mut_slice().into(),
        )
        .unwrap();
    out.extend_from_slice(&tag);
    out
}

/// Seals the records of one direction.
pub(in super::super) struct Sealer {
    suite: Suite,
    version: u16,
    mac: Vec<u8>,
    key: Vec<u8>,
    iv: Vec<u8>,
    pub(in super::super) outside: bool,
    pub(in super::super) seq: u64,
}

impl Sealer {
    /// TLS 1.3, from a traffic secret.
    pub(in super::super) fn tls13(suite: Suite, secret: &[u8]) -> Self {
        Self {
            suite,
            version: 0x0304,
            mac: vec![],
            key: expand_label(suite.hash, secret, "key", suite.key.into()),
            iv: expand_label(suite.hash, secret, "iv", 12),
            outside: false,
            seq: 0,
        }
    }

    /// Before TLS 1.3, from the master secret and both randoms: the client's and the server's.
    pub(in super::super) fn tls12(
        suite: Suite,
        version: u16,
        master: &[u8],
        randoms: [&[u8]; 2],
    ) -> [Self; 2] {
        let (mac, iv) = match suite.bulk {
            Bulk::Gcm | Bulk::Ccm(_) => (0, 4),
            Bulk::ChaCha => (0, 12),
            Bulk::Cbc(hash) => (hash.len(), 16),
        };
        let key = usize::from(suite.key);
        let hash = (version >= 0x0303).then_some(suite.hash);
        let seed = [randoms[1], randoms[0]];
        let block = prf(hash, master, b"key expansion", seed, 2 * (mac + key + iv));
        [0, 1].map(|side| {
            let part = |at: usize, len: usize| block[at + side * len..][..len].to_vec();
            Self {
                suite,
                version,
                mac: part(0, mac),
                key: part(2 * mac, key),
                iv: part(2 * (mac + key), iv),
                outside: false,
                seq: 0,
            }
        })
    }

    fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..self.iv.len()].copy_from_slice(&self.iv);
        if self.iv.len() == 4 {
            // Endpoints may count as they like.
            nonce[4..].copy_from_slice(&(self.seq ^ 0x5a5a).to_be_bytes());
        } else {
            for (to, from) in nonce[4..].iter_mut().zip(self.seq.to_be_bytes()) {
                *to ^= from;
            }
        }
        nonce
    }

    fn aead(&self, head: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = self.nonce();
        match (self.suite.bulk, self.suite.key) {
            (Bulk::Gcm, 16) => aead::<Aes128Gcm>(&self.key, nonce, head, plain),
            (Bulk::Gcm, _) => aead::<Aes256Gcm>(&self.key, nonce, head, plain),
            (Bulk::Ccm(8), 16) => aead::<Ccm<Aes128, U8, U12>>(&self.key, nonce, head, plain),
            (Bulk::Ccm(8), _) => aead::<Ccm<Aes256, U8, U12>>(&self.key, nonce, head, plain),
            (Bulk::Ccm(_), 16) => aead::<Ccm<Aes128, U16, U12>>(&self.key, nonce, head, plain),
            (Bulk::Ccm(_), _) => aead::<Ccm<Aes256, U16, U12>>(&self.key, nonce, head, plain),
            (Bulk::ChaCha, _) => aead::<ChaCha20Poly1305>(&self.key, nonce, head, plain),
            (Bulk::Cbc(_), _) => unreachable!(),
        }
    }

    fn chain(&self, before: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut before = before.to_vec();
        let mut out = vec![];
        for block in plain.chunks(16) {
            let mut b: [u8; 16] = std::array::from_fn(|n| block[n] ^ before[n]);
            let b = if self.suite.key == 16 {
                let mut x = b.into();
                Aes128::new_from_slice(&self.key)
                    .unwrap()
                    .encrypt_block(&mut x);
                b = x.into();
                b
            } else {
                let mut x = b.into();
                Aes256::new_from_slice(&self.key)
                    .unwrap()
                    .encrypt_block(&mut x);
                b = x.into();
                b
            };
            out.extend_from_slice(&b);
            before = b.to_vec();
        }
        out
    }

    fn cbc(&mut self, hash: Hash, kind: u8, plain: &[u8]) -> Vec<u8> {
        let seq = self.seq.to_be_bytes();
        let head = |len: usize| {
            let [major, minor] = self.version.to_be_bytes();
            let [high, low] = u16::try_from(len).unwrap().to_be_bytes();
            [kind, major, minor, high, low]
        };
        let mut text = plain.to_vec();
        if !self.outside {
            text.extend(hash.code(&self.mac, &[&seq, &head(plain.len()), plain]));
        }
        // More padding than is needed, as is allowed.
        let pad = 15 - text.len() % 16 + 16;
        text.extend(vec![u8::try_from(pad).unwrap(); pad + 1]);
        let explicit = self.version >= 0x0302;
        let iv = if explicit {
            vec![0x77; 16]
        } else {
            self.iv.clone()
        };
        let sealed = self.chain(&iv, &text);
        self.iv = sealed[sealed.len() - 16..].to_vec();
        let mut out = if explicit {
            [iv, sealed].concat()
        } else {
            sealed
        };
        if self.outside {
            out.extend(hash.code(&self.mac, &[&seq, &head(out.len()), &out]));
        }
        out
    }

    /// A whole record.
    pub(in super::super) fn record(&mut self, kind: u8, plain: &[u8]) -> Vec<u8> {
        let outer = if self.version == 0x0304 { 23 } else { kind };
        let version = self.version.min(0x0303).to_be_bytes();
        let head = |len: usize| {
            let [high, low] = u16::try_from(len).unwrap().to_be_bytes();
            [outer, version[0], version[1], high, low]
        };
        let body = if let Bulk::Cbc(hash) = self.suite.bulk {
            self.cbc(hash, kind, plain)
        } else if self.version == 0x0304 {
            // Two bytes of padding behind the type.
            let plain = [plain, &[kind, 0, 0]].concat();
            let tag = if self.suite.bulk == Bulk::Ccm(8) {
                8
            } else {
                16
            };
            self.aead(&head(plain.len() + tag), &plain)
        } else {
            let covered = [&self.seq.to_be_bytes()[..], &head(plain.len())].concat();
            let sealed = self.aead(&covered, plain);
            if self.iv.len() == 4 {
                [&self.nonce()[4..], &sealed].concat()
            } else {
                sealed
            }
        };
        self.seq += 1;
        [&head(body.len())[..], &body].concat()
    }
}
