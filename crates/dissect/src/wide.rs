//! What Windows writes: little-endian numbers, UTF-16 text, times from 1601, GUIDs. Knows no protocol.

use crate::data::Data;
use std::fmt::Write as _;
use weir_model::Timestamp;

/// `len` bytes at `at`, at most eight, as one little-endian number.
pub(crate) fn number(data: Data<'_>, at: usize, len: usize) -> Option<u64> {
    let bytes = data.bytes.get(at..at.checked_add(len)?)?;
    (len <= 8).then(|| bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// As [`number`], for places in the same message.
pub(crate) fn place(data: Data<'_>, at: usize, len: usize) -> Option<usize> {
    usize::try_from(number(data, at, len)?).ok()
}

/// UTF-16, little-endian, until the first zero.
pub(crate) fn text(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|c| {
            u16::from_le_bytes([
                c.first().copied().unwrap_or(0),
                c.get(1).copied().unwrap_or(0),
            ])
        })
        .take_while(|u| *u != 0);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// One byte a character, until the first zero.
pub(crate) fn narrow(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or(bytes)).into_owned()
}

/// At most `most` bytes of a text.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Seconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600;

/// A time in steps of 100 ns since 1601; zero says that there is none, and stays zero.
pub(crate) fn time(steps: u64) -> Timestamp {
    if steps == 0 {
        return Timestamp::default();
    }
    let seconds = i64::try_from(steps / 10_000_000).unwrap_or(i64::MAX);
    let rest = i64::try_from(steps % 10_000_000).unwrap_or(0);
    Timestamp::from_parts(seconds.saturating_sub(EPOCH), rest * 100)
}

/// A GUID: its first three parts are little-endian numbers.
pub(crate) fn guid(b: [u8; 16]) -> String {
    let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = b;
    let mut out = format!(
        "{:08x}-{:04x}-{:04x}-",
        u32::from_le_bytes([a0, a1, a2, a3]),
        u16::from_le_bytes([b0, b1]),
        u16::from_le_bytes([c0, c1])
    );
    for (n, byte) in rest.iter().enumerate() {
        let dash = if n == 2 { "-" } else { "" };
        let _ = write!(out, "{dash}{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cut, guid, narrow, number, text, time};
    use crate::data::Data;
    use weir_model::Timestamp;

    #[test]
    fn numbers_texts_and_times_at_their_bounds() {
        let d = Data::packet(&[1, 2, 3]);
        assert_eq!(number(d, 0, 2), Some(0x0201));
        assert_eq!(number(d, 2, 2), None);
        assert_eq!(number(d, usize::MAX, 2), None);
        assert_eq!(number(Data::packet(&[0; 9]), 0, 9), None);
        assert_eq!(text(b"a\0b\0\0\0c\0"), "ab");
        assert_eq!(text(&[0, 0xd8, 0x61, 0, 7]), "\u{fffd}a");
        assert_eq!(narrow(b"ab\0c"), "ab");
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(time(0), Timestamp(0));
        assert_eq!(time(116_444_736_000_000_010), Timestamp(1000));
        assert_eq!(time(u64::MAX), Timestamp(i64::MAX));
        assert!(time(1).0 < i64::MIN + 1000, "before 1677");
        assert_eq!(
            guid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            "03020100-0504-0706-0809-0a0b0c0d0e0f"
        );
    }
}
