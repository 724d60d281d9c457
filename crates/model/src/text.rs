//! Which characters of other people's text are drawn as symbols. Knows no markup and no terminal.

/// Control, direction and invisible characters: what moves a cursor, turns text around or cannot be seen.
#[must_use]
pub fn hidden(c: char) -> bool {
    matches!(u32::from(c),
        0..=0x1f
        | 0x7f..=0x9f
        | 0xad
        | 0x61c
        | 0x180e
        | 0x200b..=0x200f
        | 0x2028..=0x202e
        | 0x2060..=0x206f
        | 0xfeff
        | 0xfff9..=0xfffb
        | 0xe0000..=0xe007f)
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn letters_stay_and_tricks_do_not() {
        assert!("a\u{e9}\u{4e2d} \u{1f600}".chars().all(|c| !hidden(c)));
        assert!(
            "\u{1b}\u{9b}\u{ad}\u{61c}\u{202e}\u{2066}\u{fff9}\u{e0041}"
                .chars()
                .all(hidden)
        );
    }
}
