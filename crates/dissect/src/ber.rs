//! Values in BER (X.690 section 8) where they stand: tag, length, content. Knows no type of any protocol and goes into
//! nothing by itself, so nothing nests deeper than whoever asks.

use crate::data::Data;

/// One value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tlv<'a> {
    /// Class, constructed bit and number (0 to 30) as one byte.
    pub(crate) tag: u8,
    /// Its content, cut to what is there.
    pub(crate) body: Data<'a>,
    /// Bytes of tag and length.
    pub(crate) head: usize,
}

/// Tag, bytes of the head and length of the content of the value that begins here. `None`: too few bytes, a tag of
/// several bytes, a length that is not told (8.1.3.6) or above 32 bits.
pub(crate) fn head(bytes: &[u8]) -> Option<(u8, usize, u64)> {
    let tag = *bytes.first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let first = *bytes.get(1)?;
    if first < 0x80 {
        return Some((tag, 2, first.into()));
    }
    let n = usize::from(first & 0x7f);
    if n == 0 || n > 4 {
        return None;
    }
    let len = bytes.get(2..2 + n)?;
    let len = len.iter().fold(0, |a, b| a << 8 | u64::from(*b));
    Some((tag, 2 + n, len))
}

/// Bytes that tell a head at most.
pub(crate) const HEAD: usize = 6;

impl<'a> Tlv<'a> {
    pub(crate) fn read(data: Data<'a>) -> Option<Self> {
        let (tag, head, len) = head(data.bytes)?;
        let end = head.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
        Some(Self {
            tag,
            body: data.sub(head, end),
            head,
        })
    }

    /// The values it holds, at most a few hundred.
    pub(crate) fn inner(&self) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
        each(self.body)
    }

    /// The first value inside with this tag.
    pub(crate) fn find(&self, tag: u8) -> Option<Tlv<'a>> {
        self.inner().find(|t| t.tag == tag)
    }

    /// Its only value (explicit tagging).
    pub(crate) fn only(&self) -> Option<Tlv<'a>> {
        Tlv::read(self.body)
    }

    /// As a number, of at most eight bytes.
    pub(crate) fn number(&self) -> Option<u64> {
        self.body
            .number(0, self.body.len())
            .filter(|_| !self.body.is_empty())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body.bytes).into_owned()
    }
}

/// Values one after the other.
pub(crate) fn each<'a>(data: Data<'a>) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
    const MANY: usize = 512;
    let mut rest = data;
    std::iter::from_fn(move || {
        let t = Tlv::read(rest)?;
        rest = rest.rest(t.head.saturating_add(t.body.len()));
        Some(t)
    })
    .take(MANY)
}

#[cfg(test)]
mod tests {
    use super::{Tlv, each, head};
    use crate::data::Data;

    #[test]
    fn lengths_of_every_form() {
        assert_eq!(head(&[0x30, 0x7f]), Some((0x30, 2, 127)));
        assert_eq!(head(&[0x30, 0x81, 0x80]), Some((0x30, 3, 128)));
        assert_eq!(
            head(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
            Some((0x30, 6, 0xffff_ffff))
        );
        for bad in [
            &[0x30, 0x80][..],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
            &[0x1f, 1],
            &[0x30],
            &[0x30, 0x82, 1],
        ] {
            assert_eq!(head(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_cut_shows_what_is_there() {
        let bytes = [0x30, 6, 2, 1, 7, 4, 1];
        let t = Tlv::read(Data::packet(&bytes)).unwrap();
        let inner: Vec<(u8, usize)> = t.inner().map(|t| (t.tag, t.body.len())).collect();
        assert_eq!(inner, [(2, 1), (4, 0)]);
        assert_eq!(t.find(2).and_then(|t| t.number()), Some(7));
        for n in 0..bytes.len() {
            let _ = each(Data::packet(&bytes[..n])).count();
        }
    }
}
