//! What a file is, by its first bytes. Knows neither its name nor what comes after them.

use std::fmt;

/// How many bytes [`sniff`] wants to see; fewer are enough when the file is shorter.
pub const SNIFF_LEN: usize = 512;

/// How a pcap file lays out its records: who wrote it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PcapLayout {
    /// libpcap's, 16 bytes before each packet. Nokia's and SuSE 6.3's share the magic
    /// number and are told apart by their first records.
    Standard,
    /// Kuznetzov's modified libpcap: interface, protocol and packet type after the lengths.
    Modified,
    /// Ixia's: the total of packet bytes follows the file header.
    Ixia,
}

/// An uncompressed capture format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// libpcap's format.
    Pcap {
        /// Byte order of its numbers.
        big_endian: bool,
        /// Fractions of a second are nanoseconds, else microseconds.
        nanos: bool,
        /// Layout of its records.
        layout: PcapLayout,
    },
    /// pcapng; byte order is a matter of its sections.
    PcapNg,
    /// snoop (RFC 1761).
    Snoop,
}

impl Format {
    /// The name capinfos gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcap {
                layout: PcapLayout::Modified,
                ..
            } => "modpcap",
            Self::Pcap { nanos: true, .. } => "nsecpcap",
            Self::Pcap { .. } => "pcap",
            Self::PcapNg => "pcapng",
            Self::Snoop => "snoop",
        }
    }
}

/// A compression around a capture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Compression {
    /// gzip, RFC 1952, any number of members.
    Gzip,
    /// Zstandard, RFC 8878, any number of frames.
    Zstd,
}

impl Compression {
    /// `gzip` or `zstd`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// What a dropped file turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// A capture to be given to a [`crate::Reader`].
    Plain(Format),
    /// To be decompressed first; what is inside is sniffed again.
    Compressed(Compression),
}

/// The file is no capture: what was found, and at which offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotACapture {
    /// Where the finding stands.
    pub offset: u64,
    /// `a ZIP archive`; fits into "found … at offset …".
    pub found: String,
    /// What the user may do, or empty.
    pub advice: &'static str,
}

impl fmt::Display for NotACapture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a capture: found {} at offset {}",
            self.found, self.offset
        )?;
        if self.advice.is_empty() {
            Ok(())
        } else {
            write!(f, "; {}", self.advice)
        }
    }
}

impl std::error::Error for NotACapture {}

/// Recognises a file by its head.
///
/// # Errors
/// [`NotACapture`] with a sentence for whatever else it is.
pub fn sniff(head: &[u8]) -> Result<Container, NotACapture> {
    if let Some(magic) = head.first_chunk::<4>() {
        if let Some(format) = pcap(*magic) {
            return Ok(Container::Plain(format));
        }
        match *magic {
            [0x0a, 0x0d, 0x0d, 0x0a] => return pcapng(head),
            [0x1f, 0x8b, ..] => return Ok(Container::Compressed(Compression::Gzip)),
            [0x28, 0xb5, 0x2f, 0xfd] => return Ok(Container::Compressed(Compression::Zstd)),
            // A skippable frame first: pzstd writes one.
            [low, 0x2a, 0x4d, 0x18] if low & 0xf0 == 0x50 => {
                return Ok(Container::Compressed(Compression::Zstd));
            }
            _ => {}
        }
        if head.starts_with(b"snoop\0\0\0") {
            return Ok(Container::Plain(Format::Snoop));
        }
    }
    Err(other(head))
}

fn pcap(magic: [u8; 4]) -> Option<Format> {
    use PcapLayout::{Ixia, Modified, Standard};
    let of = |big_endian, number| {
        let (nanos, layout) = match number {
            0xa1b2_c3d4_u32 => (false, Standard),
            0xa1b2_3c4d => (true, Standard),
            0xa1b2_cd34 => (false, Modified),
            0x1c00_01ab => (false, Ixia),
            0x1c00_01ac => (true, Ixia),
            _ => return None,
        };
        Some(Format::Pcap {
            big_endian,
            nanos,
            layout,
        })
    };
    of(false, u32::from_le_bytes(magic)).or_else(|| of(true, u32::from_be_bytes(magic)))
}

fn pcapng(head: &[u8]) -> Result<Container, NotACapture> {
    match head.get(8..12) {
        None | Some([0x1a, 0x2b, 0x3c, 0x4d] | [0x4d, 0x3c, 0x2b, 0x1a]) => {
            Ok(Container::Plain(Format::PcapNg))
        }
        Some(other) => Err(NotACapture {
            offset: 8,
            found: format!(
                "a pcapng section header whose byte-order mark is {}",
                hex(other)
            ),
            advice: "a transfer in text mode does this to a pcapng file",
        }),
    }
}

const CONVERT: &str = "open it in the program that made it and save as pcapng";
const UNPACK: &str = "unpack it and drop what is inside";

/// Heads of what people drop by mistake.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a ZIP archive", UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (
        b"\xfd7zXZ\0",
        "an xz stream",
        "unpack it (unxz) and drop the capture",
    ),
    (
        b"BZh",
        "a bzip2 stream",
        "unpack it (bunzip2) and drop the capture",
    ),
    (
        b"\x04\x22\x4d\x18",
        "an LZ4 stream",
        "unpack it (unlz4) and drop the capture",
    ),
    (b"%PDF-", "a PDF document", ""),
    (b"MZ", "a Windows program (MZ)", ""),
    (b"\x7fELF", "an ELF program", ""),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document",
        "",
    ),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"GMBU", "a Microsoft Network Monitor 2 capture", CONVERT),
    (b"RTSS", "a Microsoft Network Monitor 1 capture", CONVERT),
    (b"XCP\0", "a NetXRay or Sniffer capture", CONVERT),
    (b"TRSNIFF data    \x1a", "a Sniffer capture", CONVERT),
    (b"\x7fver", "an OmniPeek capture", CONVERT),
    (
        b"\xa1\xb2\x34\xcd",
        "a pcap variant (FMESQUITA) that is not read",
        CONVERT,
    ),
    (
        b"\xa1\x2b\x3c\x4d",
        "a pcap variant (Navtel) that is not read",
        CONVERT,
    ),
];

fn other(head: &[u8]) -> NotACapture {
    let found = |offset, found: &str, advice| NotACapture {
        offset,
        found: found.to_owned(),
        advice,
    };
    if head.is_empty() {
        return found(
            0,
            "an empty file",
            "the capture may not have been closed, or the copy failed",
        );
    }
    for (magic, what, advice) in KNOWN {
        if head.starts_with(magic) {
            return found(0, what, advice);
        }
    }
    if head.get(257..262) == Some(b"ustar") {
        return found(257, "a tar archive", UNPACK);
    }
    let body = head.get(..head.len().min(SNIFF_LEN)).unwrap_or_default();
    if body.iter().all(|b| *b == 0) {
        return found(0, "nothing but zero bytes", "the copy or the disk failed");
    }
    let text = String::from_utf8_lossy(body);
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let printable = body
        .iter()
        .all(|b| matches!(b, 9 | 10 | 12 | 13 | 27 | 32..=126 | 128..));
    if printable && body.len() >= 4 {
        let lower: String = start
            .chars()
            .take(64)
            .collect::<String>()
            .to_ascii_lowercase();
        return match lower.as_str() {
            s if s.starts_with("#separator") => {
                found(0, "a Zeek log", "of Zeek\u{2019}s logs only conn is read")
            }
            s if s.starts_with("<!doctype html") || s.starts_with("<html") => found(
                0,
                "an HTML page",
                "a download page may have been saved in place of the capture",
            ),
            s if s.starts_with('{') || s.starts_with('[') => found(
                0,
                "JSON text",
                "of logs in JSON only Zeek\u{2019}s conn is read",
            ),
            s if s.starts_with("<?xml") => found(0, "an XML document", ""),
            _ => NotACapture {
                offset: 0,
                found: format!("text (\u{201c}{}\u{201d})", quote(start)),
                advice: "",
            },
        };
    }
    let magic = body.get(..body.len().min(4)).unwrap_or_default();
    if body.len() < 4 {
        let s = if body.len() == 1 { "" } else { "s" };
        return NotACapture {
            offset: 0,
            found: format!("a file of {} byte{s} ({})", body.len(), hex(magic)),
            advice: "",
        };
    }
    NotACapture {
        offset: 0,
        found: format!(
            "the bytes {}, which begin no known capture format",
            hex(magic)
        ),
        advice: "",
    }
}

fn quote(text: &str) -> String {
    text.chars()
        .take_while(|c| !c.is_control())
        .take(32)
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_magic_number() {
        use PcapLayout::{Ixia, Modified, Standard};
        for (number, nanos, layout) in [
            (0xa1b2_c3d4_u32, false, Standard),
            (0xa1b2_3c4d, true, Standard),
            (0xa1b2_cd34, false, Modified),
            (0x1c00_01ab, false, Ixia),
            (0x1c00_01ac, true, Ixia),
        ] {
            for big_endian in [false, true] {
                let bytes = if big_endian {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                };
                assert_eq!(
                    sniff(&bytes),
                    Ok(Container::Plain(Format::Pcap {
                        big_endian,
                        nanos,
                        layout
                    })),
                    "{number:x}"
                );
            }
        }
        assert_eq!(
            sniff(b"\x0a\x0d\x0d\x0a"),
            Ok(Container::Plain(Format::PcapNg))
        );
        assert_eq!(
            sniff(b"snoop\0\0\0\0\0\0\x02"),
            Ok(Container::Plain(Format::Snoop))
        );
        assert_eq!(
            sniff(b"\x1f\x8b\x08\0"),
            Ok(Container::Compressed(Compression::Gzip))
        );
        assert_eq!(
            sniff(b"\x28\xb5\x2f\xfd"),
            Ok(Container::Compressed(Compression::Zstd))
        );
        assert_eq!(
            sniff(b"\x50\x2a\x4d\x18\x04"),
            Ok(Container::Compressed(Compression::Zstd))
        );
    }

    #[test]
    fn what_else_was_dropped() {
        let mut tar = vec![b'a'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, words) in [
            (&b""[..], "an empty file at offset 0"),
            (b"\xd4", "a file of 1 byte (d4)"),
            (b"PK\x03\x04....", "ZIP"),
            (b"%PDF-1.7", "PDF"),
            (b"MZ\x90\0", "Windows program"),
            (b"hello, world\n", "text (\u{201c}hello, world\u{201d})"),
            (b"<!DOCTYPE html><html>", "HTML"),
            (b"#separator \\x09\n", "Zeek log"),
            (&[0; 64], "zero bytes"),
            (&[0x99, 1, 2, 3, 4], "99 01 02 03"),
            (
                b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x1a\x2b\x3c\x0a",
                "byte-order mark is 1a 2b 3c 0a at offset 8",
            ),
            (&tar, "tar archive at offset 257"),
        ] {
            let said = sniff(head).unwrap_err().to_string();
            assert!(said.contains(words), "{said} should say {words}");
        }
    }
}
