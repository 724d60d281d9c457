//! Content-Transfer-Encodings (RFC 2045 section 6) undone by pieces of any size. Keeps at most three bytes.

/// How a part's bytes are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Coding {
    /// As they are: 7bit, 8bit, binary, and what nobody registered.
    Plain,
    /// RFC 2045 section 6.8.
    Base64,
    /// RFC 2045 section 6.7.
    QuotedPrintable,
}

impl Coding {
    /// The coding of a header's value.
    pub(crate) fn of(value: &[u8]) -> Self {
        let word = value
            .split(|b| matches!(b, b';' | b' ' | b'\t' | b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        if word.eq_ignore_ascii_case(b"base64") {
            Self::Base64
        } else if word.eq_ignore_ascii_case(b"quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Plain
        }
    }
}

/// Undoes one coding.
#[derive(Clone, Debug)]
pub(crate) struct Undo {
    coding: Coding,
    /// Base64: bits not given yet, and how many.
    bits: (u32, u8),
    /// Base64 ended with its padding.
    done: bool,
    /// Quoted-printable: what follows an equals sign so far, with it.
    held: [u8; 3],
    len: u8,
}

impl Undo {
    pub(crate) fn new(coding: Coding) -> Self {
        Self {
            coding,
            bits: (0, 0),
            done: false,
            held: [0; 3],
            len: 0,
        }
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.coding == Coding::Plain
    }

    /// How many bytes so many encoded ones stand for, roughly.
    pub(crate) fn shrunk(&self, len: u64) -> u64 {
        match self.coding {
            Coding::Base64 => len / 4 * 3,
            Coding::Plain | Coding::QuotedPrintable => len,
        }
    }

    /// Bytes are missing: what was held back means nothing without them.
    pub(crate) fn gap(&mut self) {
        self.bits = (0, 0);
        self.len = 0;
    }

    /// Undoes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.coding {
            Coding::Plain => out.extend_from_slice(bytes),
            Coding::Base64 => bytes.iter().for_each(|b| self.base64(*b, out)),
            Coding::QuotedPrintable => bytes.iter().for_each(|b| self.quoted(*b, out)),
        }
    }

    /// What was held back when the part ended.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.coding == Coding::QuotedPrintable {
            self.spill(out);
        }
    }

    fn base64(&mut self, b: u8, out: &mut Vec<u8>) {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                self.done |= self.bits.1 > 0;
                return;
            }
            // Anything else is to be ignored.
            _ => return,
        };
        if self.done {
            // Some senders join texts that were padded each for itself.
            self.done = false;
            self.bits = (0, 0);
        }
        let (bits, n) = (self.bits.0 << 6 | u32::from(six), self.bits.1 + 6);
        if n < 8 {
            self.bits = (bits, n);
        } else {
            out.push(u8::try_from(bits >> (n - 8) & 0xff).unwrap_or(0));
            self.bits = (bits & ((1 << (n - 8)) - 1), n - 8);
        }
    }

    fn spill(&mut self, out: &mut Vec<u8>) {
        let held = self.held.get(..usize::from(self.len)).unwrap_or_default();
        out.extend_from_slice(held);
        self.len = 0;
    }

    fn quoted(&mut self, b: u8, out: &mut Vec<u8>) {
        if self.len == 0 {
            if b == b'=' {
                self.hold(b);
            } else {
                out.push(b);
            }
            return;
        }
        let hex = |b: u8| char::from(b).to_digit(16);
        match (self.len, b) {
            // A soft line break.
            (1, b'\n') => self.len = 0,
            (2, b'\n') if self.held.get(1) == Some(&b'\r') => self.len = 0,
            // Blanks that were added on the way.
            (1, b' ' | b'\t') => {}
            (1, b'\r') => self.hold(b),
            (1, b) if hex(b).is_some() => self.hold(b),
            (2, b) => {
                let high = self.held.get(1).copied().and_then(hex);
                if let (Some(h), Some(l)) = (high, hex(b)) {
                    out.push(u8::try_from(h * 16 + l).unwrap_or(b'?'));
                    self.len = 0;
                } else {
                    self.spill(out);
                    self.quoted(b, out);
                }
            }
            _ => {
                self.spill(out);
                self.quoted(b, out);
            }
        }
    }

    fn hold(&mut self, b: u8) {
        if let Some(slot) = self.held.get_mut(usize::from(self.len)) {
            *slot = b;
            self.len += 1;
        }
    }
}

/// Undoes the whole of a short text.
pub(super) fn undone(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    let (mut undo, mut out) = (Undo::new(coding), Vec::new());
    undo.push(bytes, &mut out);
    undo.finish(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_size_give_the_same_bytes() {
        let texts: [(Coding, &[u8], &[u8]); 6] = [
            (
                Coding::Base64,
                b"aGVs\r\nbG8g\r\nd29ybGQ=\r\n",
                b"hello world",
            ),
            (Coding::Base64, b"YQ==YmM=", b"abc"),
            (Coding::Base64, b"!a!G!k=====", b"hi"),
            (
                Coding::QuotedPrintable,
                b"a=3Db=\r\nc =\t\nd\r\n",
                b"a=bc d\r\n",
            ),
            (Coding::QuotedPrintable, b"a=zz=e9=C", b"a=zz\xe9=C"),
            (Coding::Plain, b"=41\r\n", b"=41\r\n"),
        ];
        for (coding, text, want) in texts {
            for piece in 1..=text.len() {
                let (mut undo, mut out) = (Undo::new(coding), Vec::new());
                for bytes in text.chunks(piece) {
                    undo.push(bytes, &mut out);
                }
                undo.finish(&mut out);
                assert_eq!(out, want, "{coding:?} {piece}");
            }
        }
    }

    #[test]
    fn names_of_codings() {
        assert_eq!(Coding::of(b"BASE64 "), Coding::Base64);
        assert_eq!(Coding::of(b"Quoted-Printable; x"), Coding::QuotedPrintable);
        assert_eq!(Coding::of(b"8bit"), Coding::Plain);
        assert_eq!(Coding::of(b""), Coding::Plain);
    }
}
