//! The text of a mail between its command and the line with a point alone (RFC 5321 section 4.5.2, RFC 1939 section
//! 3): points that were put before points are taken out. Gives the bytes on as they come and keeps none.

/// Where in a line the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum At {
    #[default]
    Start,
    /// Behind a point that began the line.
    Point,
    /// Behind that point and a carriage return.
    PointReturn,
    Within,
}

/// One text under way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unstuff(At);

impl Unstuff {
    /// Takes the next bytes; gives pieces of the text, each with its place in `bytes`. `Some`: the text ended with so
    /// many of them.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        give: &mut dyn FnMut(usize, &[u8]),
    ) -> Option<usize> {
        let mut at = 0;
        while let Some(b) = bytes.get(at) {
            match self.0 {
                At::Start if *b == b'.' => {
                    self.0 = At::Point;
                    at += 1;
                }
                At::Point if *b == b'\r' => {
                    self.0 = At::PointReturn;
                    at += 1;
                }
                At::Point | At::PointReturn if *b == b'\n' => {
                    self.0 = At::Start;
                    return Some(at + 1);
                }
                // A point, a return and no line end: the return was text.
                At::PointReturn => {
                    give(at, b"\r");
                    self.0 = At::Within;
                }
                At::Start | At::Point | At::Within => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let end = memchr::memchr(b'\n', rest).map(|n| n + 1);
                    let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                    give(at, piece);
                    at += piece.len();
                    self.0 = if end.is_some() { At::Start } else { At::Within };
                }
            }
        }
        None
    }

    /// Bytes are missing: a line may begin behind them or not.
    pub(crate) fn gap(&mut self) {
        self.0 = At::Within;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_go_and_the_end_is_found_in_pieces_of_any_size() {
        let text = b"a\r\n..b\r\n.c\n.\rd\r\n\r\n.x.\r\n.\r\nQUIT";
        for piece in 1..=text.len() {
            let (mut u, mut out, mut end, mut base) = (Unstuff::default(), vec![], None, 0);
            for bytes in text.chunks(piece) {
                if let Some(n) = u.push(bytes, &mut |_, b| out.extend_from_slice(b)) {
                    end = Some(base + n);
                    break;
                }
                base += bytes.len();
            }
            assert_eq!(out, b"a\r\n.b\r\nc\n\rd\r\n\r\nx.\r\n", "{piece}");
            assert_eq!(end, Some(text.len() - 4), "{piece}");
        }
        let mut u = Unstuff::default();
        assert_eq!(u.push(b".\n", &mut |_, _| panic!()), Some(2));
    }
}
