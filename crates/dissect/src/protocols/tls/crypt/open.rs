//! Records opened: with their seal or code checked before a byte of them is believed (RFC 8446 section 5.2, RFC 5246
//! section 6.2.3, RFC 7366).

use super::derive::Hash;
use super::suite::{Bulk, Suite};
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;
use std::rc::Rc;

/// Bytes of an AES block.
const BLOCK: usize = 16;

/// A cipher with its key.
enum Cipher {
    Gcm128(Aes128Gcm),
    Gcm256(Box<Aes256Gcm>),
    Ccm128(Ccm<Aes128, U16, U12>),
    Ccm256(Box<Ccm<Aes256, U16, U12>>),
    Short128(Ccm<Aes128, U8, U12>),
    Short256(Box<Ccm<Aes256, U8, U12>>),
    ChaCha(ChaCha20Poly1305),
    Cbc128(Aes128),
    Cbc256(Box<Aes256>),
}

impl Cipher {
    /// `None` where the key has another length.
    fn new(suite: Suite, key: &[u8]) -> Option<Self> {
        Some(match (suite.bulk, suite.key) {
            (Bulk::Gcm, 16) => Self::Gcm128(Aes128Gcm::new_from_slice(key).ok()?),
            (Bulk::Gcm, _) => Self::Gcm256(Box::new(Aes256Gcm::new_from_slice(key).ok()?)),
            (Bulk::Ccm(8), 16) => Self::Short128(Ccm::new_from_slice(key).ok()?),
            (Bulk::Ccm(8), _) => Self::Short256(Box::new(Ccm::new_from_slice(key).ok()?)),
            (Bulk::Ccm(_), 16) => Self::Ccm128(Ccm::new_from_slice(key).ok()?),
            (Bulk::Ccm(_), _) => Self::Ccm256(Box::new(Ccm::new_from_slice(key).ok()?)),
            (Bulk::ChaCha, _) => Self::ChaCha(ChaCha20Poly1305::new_from_slice(key).ok()?),
            (Bulk::Cbc(_), 16) => Self::Cbc128(Aes128::new_from_slice(key).ok()?),
            (Bulk::Cbc(_), _) => Self::Cbc256(Box::new(Aes256::new_from_slice(key).ok()?)),
        })
    }

    /// Opens `sealed`, its seal last.
    fn unseal(&self, tag: usize, nonce: [u8; 12], head: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (bytes, seal) = sealed.split_at_checked(sealed.len().checked_sub(tag)?)?;
        let mut out = bytes.to_vec();
        let nonce = nonce.into();
        let text = out.as_mut_slice().into();
        let done = match self {
            Self::Gcm128(c) => c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?),
            Self::Gcm256(c) => c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?),
            Self::Ccm128(c) => c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?),
            Self::Ccm256(c) => c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?),
            Self::Short128(c) => {
                c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?)
            }
            Self::Short256(c) => {
                c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?)
            }
            Self::ChaCha(c) => c.decrypt_inout_detached(&nonce, head, text, seal.try_into().ok()?),
            Self::Cbc128(_) | Self::Cbc256(_) => return None,
        };
        done.ok().map(|()| out)
    }

    /// Blocks chained after `before`.
    fn unchain(&self, before: [u8; BLOCK], sealed: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(sealed.len());
        let mut before = before;
        for block in sealed.as_chunks::<BLOCK>().0 {
            let mut plain = (*block).into();
            match self {
                Self::Cbc128(c) => c.decrypt_block(&mut plain),
                Self::Cbc256(c) => c.decrypt_block(&mut plain),
                _ => {}
            }
            out.extend(plain.iter().zip(before).map(|(a, b)| a ^ b));
            before = *block;
        }
        out
    }
}

/// The head of a record as its seal covers it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Head {
    pub(in super::super) kind: u8,
    pub(in super::super) version: u16,
    pub(in super::super) len: usize,
}

impl Head {
    /// Type, version and a length.
    fn bytes(self, len: usize) -> [u8; 5] {
        let [major, minor] = self.version.to_be_bytes();
        let [high, low] = u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes();
        [self.kind, major, minor, high, low]
    }
}

/// Keys of one direction, as TLS 1.2 and before derive them for both.
pub(in super::super) struct Raw<'a> {
    pub(in super::super) mac: &'a [u8],
    pub(in super::super) key: &'a [u8],
    pub(in super::super) iv: &'a [u8],
}

/// Opens the records of one direction.
pub(in super::super) struct Opener {
    cipher: Cipher,
    suite: Suite,
    version: u16,
    iv: [u8; 12],
    mac: Box<[u8]>,
    /// The code is over what is encrypted (RFC 7366).
    outside: bool,
}

/// TLS 1.3.
pub(in super::super) const TLS13: u16 = 0x0304;
/// TLS 1.1: from here on a chain of blocks begins anew with every record.
const TLS11: u16 = 0x0302;

impl Opener {
    pub(in super::super) fn new(
        suite: Suite,
        version: u16,
        raw: &Raw<'_>,
        outside: bool,
    ) -> Option<Rc<Self>> {
        let mut iv = [0; 12];
        for (to, from) in iv.iter_mut().zip(raw.iv) {
            *to = *from;
        }
        Some(Rc::new(Self {
            cipher: Cipher::new(suite, raw.key)?,
            suite,
            version,
            iv,
            mac: raw.mac.into(),
            outside,
        }))
    }

    /// Do blocks go on from record to record, so that each needs the end of the one before?
    pub(in super::super) fn chains(&self) -> bool {
        matches!(self.suite.bulk, Bulk::Cbc(_)) && self.version < TLS11
    }

    /// The end of what is chained in a record: codes over it stand behind.
    pub(in super::super) fn tail(&self, body: &[u8]) -> Option<[u8; BLOCK]> {
        let code = match self.suite.bulk {
            Bulk::Cbc(hash) if self.outside => hash.len(),
            _ => 0,
        };
        let chained = body.get(..body.len().checked_sub(code)?)?;
        chained.last_chunk().copied()
    }

    /// What a record has beside its content, at least. Plain bytes and it make up the record, but for padding.
    pub(in super::super) fn overhead(&self) -> usize {
        let tag = match self.suite.bulk {
            Bulk::Gcm | Bulk::ChaCha => 16,
            Bulk::Ccm(tag) => usize::from(tag),
            Bulk::Cbc(hash) => {
                let explicit = if self.chains() { 0 } else { BLOCK };
                return explicit + hash.len() + 1;
            }
        };
        tag + if self.version == TLS13 {
            1
        } else {
            self.explicit()
        }
    }

    /// Bytes of the nonce that travel with each record.
    fn explicit(&self) -> usize {
        match self.suite.bulk {
            Bulk::Gcm | Bulk::Ccm(_) if self.version < TLS13 => 8,
            _ => 0,
        }
    }

    /// Opens a record as the `seq`th of its direction; `before`: the end of the record before it, where blocks chain.
    pub(in super::super) fn open(
        &self,
        seq: u64,
        head: Head,
        body: &[u8],
        before: Option<[u8; BLOCK]>,
    ) -> Option<Vec<u8>> {
        let tag = match self.suite.bulk {
            Bulk::Gcm | Bulk::ChaCha => 16,
            Bulk::Ccm(tag) => usize::from(tag),
            Bulk::Cbc(hash) => return self.blocks(hash, seq, head, body, before),
        };
        let explicit = self.explicit();
        let (number, sealed) = body.split_at_checked(explicit)?;
        let mut nonce = self.iv;
        if explicit > 0 {
            for (to, from) in nonce.iter_mut().skip(4).zip(number) {
                *to = *from;
            }
        } else {
            for (to, from) in nonce.iter_mut().skip(4).zip(seq.to_be_bytes()) {
                *to ^= from;
            }
        }
        if self.version == TLS13 {
            return self
                .cipher
                .unseal(tag, nonce, &head.bytes(head.len), sealed);
        }
        let len = sealed.len().checked_sub(tag)?;
        let covered = [&seq.to_be_bytes()[..], &head.bytes(len)].concat();
        self.cipher.unseal(tag, nonce, &covered, sealed)
    }

    fn blocks(
        &self,
        hash: Hash,
        seq: u64,
        head: Head,
        body: &[u8],
        before: Option<[u8; BLOCK]>,
    ) -> Option<Vec<u8>> {
        let seq = seq.to_be_bytes();
        let (body, code) = if self.outside {
            let (body, code) = body.split_at_checked(body.len().checked_sub(hash.len())?)?;
            let covered = [&seq[..], &head.bytes(body.len()), body];
            if hash.code(&self.mac, &covered) != code {
                return None;
            }
            (body, None)
        } else {
            (body, Some(hash.len()))
        };
        let (before, sealed) = if self.chains() {
            (before?, body)
        } else {
            let (first, rest) = body.split_first_chunk::<BLOCK>()?;
            (*first, rest)
        };
        if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut plain = self.cipher.unchain(before, sealed);
        let pad = usize::from(*plain.last()?);
        let padded = plain.get(plain.len().checked_sub(pad + 1)?..)?;
        if padded.iter().any(|b| usize::from(*b) != pad) {
            return None;
        }
        plain.truncate(plain.len() - pad - 1);
        if let Some(len) = code {
            let (content, code) = plain.split_at_checked(plain.len().checked_sub(len)?)?;
            let covered = [&seq[..], &head.bytes(content.len()), content];
            if hash.code(&self.mac, &covered) != code {
                return None;
            }
            plain.truncate(plain.len() - len);
        }
        Some(plain)
    }
}
