//! Text of protocols that know only ASCII, as it is shown.

/// Up to the first zero; what is no UTF-8 is taken for ASCII, so that each other byte is one replacement character.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes
            .iter()
            .map(|b| {
                if b.is_ascii() {
                    char::from(*b)
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn texts_end_at_a_zero() {
        assert_eq!(shown(b"ab\0c"), "ab");
        assert_eq!(shown("h\u{e9}".as_bytes()), "h\u{e9}");
        assert_eq!(shown(b"\xc3\xe9x"), "\u{fffd}\u{fffd}x");
        assert_eq!(shown(b""), "");
    }
}
