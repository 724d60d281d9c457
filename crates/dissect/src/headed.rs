//! Messages in the form of HTTP's over a stream: a first line, headers, a body of a length that a header says
//! (RFC 3261 section 7, RFC 7826 section 5). Knows no protocol.

use crate::framed::Frame;

/// Bytes of a head that are waited for.
const HEAD: usize = 32 << 10;

/// A head, in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// Without the empty line.
    bytes: &'a [u8],
    /// Bytes with the empty line.
    pub(crate) len: usize,
}

impl<'a> Head<'a> {
    /// `None` where its end is not here.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let n = memchr::memmem::find(bytes.get(..HEAD).unwrap_or(bytes), b"\r\n\r\n")?;
        Some(Self {
            bytes: bytes.get(..n)?,
            len: n + 4,
        })
    }

    /// What is there of a head whose end is not: in a datagram nothing more follows.
    pub(crate) fn cut(bytes: &'a [u8]) -> Self {
        let bytes = bytes.get(..HEAD).unwrap_or(bytes);
        Self {
            bytes,
            len: bytes.len(),
        }
    }

    /// Lines, the first one first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.bytes
            .split(|b| *b == b'\n')
            .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
    }

    /// The value of the first header with one of these names.
    pub(crate) fn value(&self, names: &[&str]) -> Option<&'a [u8]> {
        self.lines().skip(1).find_map(|line| {
            let colon = memchr::memchr(b':', line)?;
            let name = line.get(..colon)?.trim_ascii();
            let wanted = names
                .iter()
                .any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
            Some(line.get(colon + 1..)?.trim_ascii()).filter(|_| wanted)
        })
    }

    /// The value as text.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        let value = self.value(names)?;
        let value = value.get(..1024).unwrap_or(value);
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// The message with its body, whose length one of these headers says.
    pub(crate) fn frame(bytes: &[u8], length: &[&str]) -> Frame {
        let Some(head) = Head::read(bytes) else {
            return if bytes.len() > HEAD {
                Frame::Foreign
            } else {
                Frame::More(bytes.len() + 1)
            };
        };
        let body = head.text(length).and_then(|n| n.parse::<u64>().ok());
        Frame::Whole((head.len as u64).saturating_add(body.unwrap_or(0)))
    }
}

/// Three parts of a first line.
pub(crate) fn words(line: &[u8]) -> [String; 3] {
    let line = line.get(..2048).unwrap_or(line);
    let text = String::from_utf8_lossy(line);
    let mut words = text.splitn(3, ' ').map(str::to_owned);
    [(); 3].map(|()| words.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Head, words};
    use crate::framed::Frame;

    #[test]
    fn heads_with_and_without_a_body() {
        let m = b"A b C\r\nX: 1\r\nContent-Length : 7\r\n\r\n";
        assert_eq!(
            Head::frame(m, &["content-length", "l"]),
            Frame::Whole(m.len() as u64 + 7)
        );
        assert_eq!(
            Head::frame(b"A b C\r\nl: x\r\n\r\n", &["l"]),
            Frame::Whole(15)
        );
        let most = format!("A\r\nl: {}\r\n\r\n", u64::MAX);
        assert_eq!(Head::frame(most.as_bytes(), &["l"]), Frame::Whole(u64::MAX));
        for n in 0..m.len() {
            assert_eq!(Head::frame(&m[..n], &["l"]), Frame::More(n + 1));
        }
        assert_eq!(Head::frame(&[b'x'; (32 << 10) + 1], &["l"]), Frame::Foreign);
        assert_eq!(
            words(b"INVITE sip:a SIP/2.0"),
            ["INVITE", "sip:a", "SIP/2.0"]
        );
    }
}
