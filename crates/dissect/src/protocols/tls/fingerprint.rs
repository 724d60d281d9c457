//! JA3, JA3S and JA4 of clients: what a hello looks like, without what changes from one to the next.

use super::wire::{ALPN, GROUPS, Hello, POINT_FORMATS, SERVER_NAME, SIGNATURES, is_grease};
use md5::Md5;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        })
}

fn joined(values: impl Iterator<Item = u16>) -> String {
    values
        .filter(|n| !is_grease(*n))
        .fold(String::new(), |mut out, n| {
            let dash = if out.is_empty() { "" } else { "-" };
            let _ = write!(out, "{dash}{n}");
            out
        })
}

/// The text JA3 is the MD5 of.
pub(super) fn ja3_full(hello: &Hello<'_>) -> String {
    let formats = hello
        .extension(POINT_FORMATS)
        .and_then(|d| d.get(1..))
        .unwrap_or_default();
    format!(
        "{},{},{},{},{}",
        hello.version,
        joined(hello.cipher_list()),
        joined(hello.extensions.iter().map(|e| e.kind)),
        joined(hello.list(GROUPS)),
        joined(formats.iter().map(|b| u16::from(*b))),
    )
}

/// The text JA3S is the MD5 of.
pub(super) fn ja3s_full(hello: &Hello<'_>) -> String {
    let extensions = hello.extensions.iter().map(|e| e.kind);
    format!(
        "{},{},{}",
        hello.version,
        joined(hello.cipher_list()),
        joined(extensions)
    )
}

/// MD5 in hexadecimal.
pub(super) fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

/// First twelve hexadecimal digits of the SHA-256.
fn short(text: &str) -> String {
    if text.is_empty() {
        return "000000000000".to_owned();
    }
    let mut out = hex(&Sha256::digest(text.as_bytes()));
    out.truncate(12);
    out
}

fn words(values: &[u16]) -> String {
    values.iter().fold(String::new(), |mut out, n| {
        let comma = if out.is_empty() { "" } else { "," };
        let _ = write!(out, "{comma}{n:04x}");
        out
    })
}

/// First and last character of the first application protocol; hexadecimal digits where they are no
/// letters or digits.
fn alpn(hello: &Hello<'_>) -> String {
    let Some((first, last)) = hello
        .alpn()
        .first()
        .and_then(|a| Some((*a.first()?, *a.last()?)))
    else {
        return "00".to_owned();
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(first), char::from(last)].iter().collect();
    }
    let digits = format!("{first:02x}{last:02x}");
    let ends = [digits.chars().next(), digits.chars().last()];
    ends.into_iter().flatten().collect()
}

/// JA4 of a client's hello.
pub(super) fn ja4(hello: &Hello<'_>) -> String {
    let dtls = hello.version >> 8 == 0xfe;
    let offered = hello.versions(true).filter(|v| !is_grease(*v));
    // DTLS counts its versions down.
    let offered = if dtls { offered.min() } else { offered.max() };
    let version = match offered.unwrap_or(hello.version) {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0xfeff => "d1",
        0xfefd => "d2",
        0xfefc => "d3",
        _ => "00",
    };
    let over = match (hello.quic, dtls) {
        (true, _) => 'q',
        (_, true) => 'd',
        _ => 't',
    };
    let mut ciphers: Vec<u16> = hello.cipher_list().filter(|n| !is_grease(*n)).collect();
    let mut extensions: Vec<u16> = hello
        .extensions
        .iter()
        .map(|e| e.kind)
        .filter(|n| !is_grease(*n))
        .collect();
    let name = if extensions.contains(&SERVER_NAME) {
        'd'
    } else {
        'i'
    };
    let counts = (ciphers.len().min(99), extensions.len().min(99));
    ciphers.sort_unstable();
    extensions.retain(|n| *n != SERVER_NAME && *n != ALPN);
    extensions.sort_unstable();
    let signatures: Vec<u16> = hello.list(SIGNATURES).filter(|n| !is_grease(*n)).collect();
    let mut rest = words(&extensions);
    if !signatures.is_empty() && !rest.is_empty() {
        rest.push('_');
        rest.push_str(&words(&signatures));
    }
    format!(
        "{over}{version}{name}{:02}{:02}{}_{}_{}",
        counts.0,
        counts.1,
        alpn(hello),
        short(&words(&ciphers)),
        short(&rest),
    )
}
