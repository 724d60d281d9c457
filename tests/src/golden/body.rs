//! File bodies: inert programs, pages, pictures and archives, made by code.

pub use crate::packets::programs::{program, sha256};
use crate::packets::rng::Rng;
use serde::{Deserialize, Serialize};
use sha2::Digest;

/// A file as the key names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileKey {
    /// Name on the wire.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Digest of the decoded content.
    pub sha256: String,
    /// Digest of the decoded content.
    pub sha1: String,
    /// Digest of the decoded content.
    pub md5: String,
    /// Every byte is in the captures.
    pub complete: bool,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl FileKey {
    /// A complete file.
    #[must_use]
    pub fn whole(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            size: bytes.len() as u64,
            sha256: sha256(bytes),
            sha1: hex(&sha1::Sha1::digest(bytes)),
            md5: hex(&md5::Md5::digest(bytes)),
            complete: true,
        }
    }

    /// What there is of a file that did not come whole.
    #[must_use]
    pub fn part(name: &str, bytes: &[u8]) -> Self {
        Self {
            complete: false,
            ..Self::whole(name, bytes)
        }
    }
}

/// An HTML page of about `size` bytes around `text`.
#[must_use]
pub fn page(rng: &mut Rng, title: &str, text: &str, size: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "report", "quarter", "garden", "train", "update", "weather", "museum", "recipe", "market",
        "river", "school", "ticket", "planning", "library", "coast", "evening",
    ];
    let mut out = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><p>{text}</p>\n<p>"
    );
    while out.len() < size {
        out.push_str(rng.word(&WORDS));
        out.push(if rng.chance(8) { '\n' } else { ' ' });
    }
    out.push_str("</p></body></html>\n");
    out.into_bytes()
}

/// A GIF picture that is one: header, size, noise, trailer.
#[must_use]
pub fn picture(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut out =
        b"GIF89a\x20\0\x20\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x20\0\x20\0\0\x02".to_vec();
    while out.len() + 2 < size {
        let n = (size - out.len() - 2).min(200);
        out.push(u8::try_from(n).unwrap_or(200));
        out.extend(rng.bytes(n));
    }
    out.extend([0, 0x3b]);
    out
}

/// What a server in ASCII mode makes of a file: every bare line feed becomes CR LF.
#[must_use]
pub fn ascii_mode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    for b in bytes {
        if *b == b'\n' {
            out.push(b'\r');
        }
        out.push(*b);
    }
    out
}
