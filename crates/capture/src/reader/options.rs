//! Values of pcapng options, whatever the section's byte order, and the bound of what texts are kept of them.
//! Knows no option's meaning.

use crate::limits::TEXTS_MAX;
use pcap_parser::PcapNGOption;

/// What a text costs beside its bytes.
const EACH: usize = 32;

/// What is left of [`TEXTS_MAX`].
#[derive(Debug)]
pub(super) struct Texts {
    left: usize,
    over: bool,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            left: TEXTS_MAX,
            over: false,
        }
    }
}

impl Texts {
    /// Is there room for so many bytes more? Then they are counted.
    pub(super) fn room(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes.saturating_add(EACH)) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.over = true;
                false
            }
        }
    }

    /// The text, when there is room; what is not UTF-8 becomes U+FFFD, a final NUL is dropped.
    pub(super) fn keep(&mut self, bytes: &[u8]) -> Option<String> {
        let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        // An empty one costs its place too.
        self.room(text.len()).then(|| text.into_owned())
    }

    /// Was something left out since this was last asked?
    pub(super) fn take_over(&mut self) -> bool {
        std::mem::take(&mut self.over)
    }
}

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

    /// Every text of this code for which there is room.
    pub(super) fn texts(&self, code: u16, texts: &mut Texts) -> Vec<String> {
        self.all(code).map_while(|b| texts.keep(b)).collect()
    }

    /// The first text of this code; empty without one, and without room for it.
    pub(super) fn text(&self, code: u16, texts: &mut Texts) -> String {
        self.bytes(code)
            .and_then(|b| texts.keep(b))
            .unwrap_or_default()
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
