//! Values of pcapng options, whatever the section's byte order. Knows no option's meaning.

use pcap_parser::PcapNGOption;

/// The options of one block. pcap-parser gives their values as they stand in the file and
/// its typed getters read them little-endian whatever the section says; these do not.
pub(super) struct Options<'a> {
    options: &'a [PcapNGOption<'a>],
    big_endian: bool,
}

impl<'a> Options<'a> {
    pub(super) fn new(options: &'a [PcapNGOption<'a>], big_endian: bool) -> Self {
        Self {
            options,
            big_endian,
        }
    }

    fn all(&self, code: u16) -> impl Iterator<Item = &'a [u8]> {
        let options = self.options;
        options
            .iter()
            .take_while(|o| o.code.0 != 0)
            .filter(move |o| o.code.0 == code)
            .filter_map(|o| o.as_bytes().ok())
    }

    pub(super) fn bytes(&self, code: u16) -> Option<&'a [u8]> {
        self.all(code).next()
    }

    /// Every text of this code; what is not UTF-8 becomes U+FFFD, a final NUL is dropped.
    pub(super) fn texts(&self, code: u16) -> Vec<String> {
        self.all(code).map(text).collect()
    }

    pub(super) fn text(&self, code: u16) -> String {
        self.bytes(code).map(text).unwrap_or_default()
    }

    pub(super) fn u64(&self, code: u16) -> Option<u64> {
        let bytes: [u8; 8] = self.bytes(code)?.try_into().ok()?;
        Some(if self.big_endian {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        })
    }

    /// A time: high word first, each in the section's byte order.
    pub(super) fn units(&self, code: u16) -> Option<u64> {
        let (high, low) = self.bytes(code)?.split_at_checked(4)?;
        let (high, low): ([u8; 4], [u8; 4]) = (high.try_into().ok()?, low.try_into().ok()?);
        let word = |b| {
            u64::from(if self.big_endian {
                u32::from_be_bytes(b)
            } else {
                u32::from_le_bytes(b)
            })
        };
        Some(word(high) << 32 | word(low))
    }
}

fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).into_owned()
}
