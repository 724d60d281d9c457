//! Inert programs: right headers, noise behind them.

use super::rng::Rng;
use sha2::{Digest, Sha256};

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// An inert 64-bit Windows program of `size` bytes: right headers, sections of noise, no code.
#[must_use]
pub fn program(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut out =
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0".to_vec();
    out.resize(60, 0);
    out.extend_from_slice(&0x80u32.to_le_bytes());
    out.extend_from_slice(b"\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$");
    out.resize(0x80, 0);
    out.extend_from_slice(b"PE\0\0\x64\x86\x02\0");
    out.extend_from_slice(&rng.u32().to_le_bytes());
    out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0, 0x22, 0]);
    out.extend_from_slice(&[0x0b, 0x02, 14, 0]);
    out.resize(0x80 + 24 + 240, 0);
    for (name, at) in [(b".text\0\0\0", 0x1000u32), (b".data\0\0\0", 0x2000)] {
        out.extend_from_slice(name);
        for n in [512u32, at, 512, at / 8, 0, 0, 0, 0x4000_0040] {
            out.extend_from_slice(&n.to_le_bytes());
        }
    }
    out.resize(512, 0);
    let fill = size.saturating_sub(out.len());
    out.extend(rng.bytes(fill));
    out
}

/// A 64-bit Linux program of `size` bytes without code.
#[must_use]
pub fn elf(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    out.extend_from_slice(&[2, 0, 0x3e, 0, 1, 0, 0, 0]);
    out.extend_from_slice(&0x0040_1000u64.to_le_bytes());
    out.extend_from_slice(&64u64.to_le_bytes());
    out.extend_from_slice(&0u64.to_le_bytes());
    out.extend_from_slice(&[0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    // One loadable segment that covers the file.
    out.extend_from_slice(&[1, 0, 0, 0, 5, 0, 0, 0]);
    for n in [
        0u64,
        0x0040_0000,
        0x0040_0000,
        size as u64,
        size as u64,
        0x1000,
    ] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    let fill = size.saturating_sub(out.len());
    out.extend(rng.bytes(fill));
    out
}
