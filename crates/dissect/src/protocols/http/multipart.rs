//! Parts of a multipart body (RFC 2046 section 5.1), split while it streams. Keeps a boundary's length
//! of bytes, or a part's head. Knows nothing of what a part means.

use super::wire::head_end;
use std::borrow::Cow;

/// Longest boundary believed (RFC 2046 allows 70).
const BOUNDARY: usize = 256;
/// Longest part head.
const HEAD: usize = 16 << 10;

/// What happens in a multipart body.
#[derive(Debug)]
pub(super) enum Event<'a> {
    /// A part begins; its head, and how many bytes of this push (negative: of earlier ones) stood before its body.
    Begin { head: &'a [u8], at: i64 },
    /// The part's next bytes.
    Data(&'a [u8]),
    /// The part is whole.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Preamble,
    /// Behind a boundary: the rest of its line.
    Line,
    Head,
    Part,
    Epilogue,
}

/// Splits one body.
#[derive(Clone, Debug)]
pub(super) struct Splitter {
    /// `--boundary`.
    delimiter: Box<[u8]>,
    state: State,
    carry: Vec<u8>,
    /// Nothing was pushed yet: a boundary may stand at the very front.
    front: bool,
}

impl Splitter {
    pub(super) fn new(boundary: &[u8]) -> Option<Self> {
        let fine = !boundary.is_empty() && boundary.len() <= BOUNDARY;
        fine.then(|| Self {
            delimiter: [b"--", boundary].concat().into(),
            state: State::Preamble,
            carry: Vec::new(),
            front: true,
        })
    }

    /// Takes the body's next bytes.
    pub(super) fn push(&mut self, bytes: &[u8], event: &mut dyn FnMut(Event<'_>)) {
        let carried = i64::try_from(self.carry.len()).unwrap_or(0);
        let joined: Cow<'_, [u8]> = if self.carry.is_empty() {
            Cow::Borrowed(bytes)
        } else {
            let mut carry = std::mem::take(&mut self.carry);
            carry.extend_from_slice(bytes);
            Cow::Owned(carry)
        };
        let mut at = 0;
        while let Some(rest) = joined.get(at..) {
            match self.state {
                State::Epilogue => return,
                State::Preamble => match self.find(rest) {
                    Some((_, end)) => {
                        at += end;
                        self.state = State::Line;
                    }
                    None => return self.keep_tail(rest),
                },
                State::Line => {
                    if rest.starts_with(b"--") {
                        self.state = State::Epilogue;
                        return;
                    }
                    let Some(end) = memchr::memchr(b'\n', rest) else {
                        return self.keep(rest);
                    };
                    at += end + 1;
                    self.state = State::Head;
                }
                State::Head => {
                    // A part may have no field at all: then its head is an empty line.
                    let empty = match rest {
                        [b'\r', b'\n', ..] => Some(2),
                        [b'\n', ..] => Some(1),
                        _ => None,
                    };
                    let Some(end) = empty.or_else(|| head_end(rest, 0)) else {
                        return self.keep(rest);
                    };
                    at += end;
                    event(Event::Begin {
                        head: rest.get(..end).unwrap_or_default(),
                        at: i64::try_from(at).unwrap_or(i64::MAX) - carried,
                    });
                    self.state = State::Part;
                    self.front = true;
                }
                State::Part => match self.find(rest) {
                    Some((start, end)) => {
                        data(rest.get(..start), event);
                        event(Event::End);
                        at += end;
                        self.state = State::Line;
                    }
                    None => {
                        let keep = self.tail(rest);
                        data(rest.get(..rest.len() - keep), event);
                        self.front &= keep == rest.len();
                        self.carry = rest.get(rest.len() - keep..).unwrap_or_default().to_vec();
                        return;
                    }
                },
            }
            self.front &= at == 0 || matches!(self.state, State::Part);
        }
    }

    /// Bytes are missing: what was held back is given, heads are given up.
    pub(super) fn gap(&mut self, event: &mut dyn FnMut(Event<'_>)) {
        let carry = std::mem::take(&mut self.carry);
        match self.state {
            State::Part => data(Some(&carry), event),
            State::Line | State::Head => self.state = State::Preamble,
            State::Preamble | State::Epilogue => {}
        }
        self.front = false;
    }

    /// The body ended: what was held back is given. Was a part left open?
    pub(super) fn finish(&mut self, event: &mut dyn FnMut(Event<'_>)) -> bool {
        let open = self.state == State::Part;
        if open {
            data(Some(&std::mem::take(&mut self.carry)), event);
        }
        open
    }

    /// The delimiter with the line end before it: where it starts and ends.
    fn find(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let mut from = 0;
        loop {
            let at = from + memchr::memmem::find(bytes.get(from..)?, &self.delimiter)?;
            let end = at + self.delimiter.len();
            match (
                at.checked_sub(2).and_then(|n| bytes.get(n)),
                at.checked_sub(1).and_then(|n| bytes.get(n)),
            ) {
                (Some(b'\r'), Some(b'\n')) => return Some((at - 2, end)),
                (_, Some(b'\n')) => return Some((at - 1, end)),
                (None, None) if self.front => return Some((at, end)),
                _ => from = at + 1,
            }
        }
    }

    /// How many bytes at the end of `bytes` may be the beginning of a delimiter.
    fn tail(&self, bytes: &[u8]) -> usize {
        let longest = (self.delimiter.len() + 1).min(bytes.len());
        let window = bytes.len() - longest;
        let rest = bytes.get(window..).unwrap_or_default();
        let may = |tail: &[u8]| {
            let text = match tail {
                [b'\r'] => return true,
                [b'\r', b'\n', text @ ..] | [b'\n', text @ ..] => text,
                text if self.front && tail.len() == bytes.len() => text,
                _ => return false,
            };
            text.len() < self.delimiter.len() && self.delimiter.starts_with(text)
        };
        (0..rest.len())
            .find(|n| rest.get(*n..).is_some_and(may))
            .map_or(0, |n| rest.len() - n)
    }

    fn keep_tail(&mut self, rest: &[u8]) {
        let keep = self.tail(rest);
        self.front &= keep == rest.len();
        self.carry = rest.get(rest.len() - keep..).unwrap_or_default().to_vec();
    }

    fn keep(&mut self, rest: &[u8]) {
        if rest.len() > HEAD {
            self.state = State::Epilogue;
        } else {
            self.carry = rest.to_vec();
        }
    }
}

fn data(bytes: Option<&[u8]>, event: &mut dyn FnMut(Event<'_>)) {
    if let Some(bytes) = bytes.filter(|b| !b.is_empty()) {
        event(Event::Data(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &[u8], boundary: &[u8], piece: usize) -> Vec<(usize, Vec<u8>, bool)> {
        let mut splitter = Splitter::new(boundary).unwrap();
        let mut out: Vec<(usize, Vec<u8>, bool)> = Vec::new();
        let mut base = 0i64;
        let mut take = |base: i64, e: Event<'_>| match e {
            Event::Begin { at, .. } => {
                out.push((usize::try_from(base + at).unwrap(), Vec::new(), false));
            }
            Event::Data(b) => out.last_mut().unwrap().1.extend_from_slice(b),
            Event::End => out.last_mut().unwrap().2 = true,
        };
        for bytes in text.chunks(piece) {
            splitter.push(bytes, &mut |e| take(base, e));
            base += i64::try_from(bytes.len()).unwrap();
        }
        splitter.finish(&mut |e| take(base, e));
        out
    }

    #[test]
    fn pieces_of_any_size_give_the_same_parts() {
        let text = b"preamble\r\n--b\r\nA: 1\r\n\r\none\r\n--bb\r\n--\r\n--b  \r\n\r\n\r\n--b\r\nB: 2\r\n\r\n--b\r\n\r\nx\r\n--b--\r\ntail --b\r\n";
        let whole = parts(text, b"b", text.len());
        let bodies: Vec<&[u8]> = whole.iter().map(|p| p.1.as_slice()).collect();
        // `--bb` begins with the delimiter: RFC 2046 forbids such content, so it ends the part.
        assert_eq!(bodies[0], b"one");
        assert_eq!(bodies.last().unwrap(), b"x");
        assert!(whole.iter().all(|p| p.2));
        for (at, body, _) in &whole {
            assert!(text[*at..].starts_with(body));
        }
        for piece in 1..text.len() {
            assert_eq!(parts(text, b"b", piece), whole, "{piece}");
        }
    }

    #[test]
    fn bare_lf_a_cut_end_and_a_long_head() {
        let text = b"--xyz\nA: 1\n\nbody\nbody\n--xyz\n\nlast\r\n--xy";
        for piece in 1..text.len() {
            let found = parts(text, b"xyz", piece);
            assert_eq!(found[0].1, b"body\nbody", "{piece}");
            assert_eq!(
                (found[1].1.as_slice(), found[1].2),
                (&b"last\r\n--xy"[..], false)
            );
        }
        let long = [b"--xyz\r\n".as_slice(), &vec![b'a'; 100_000]].concat();
        assert!(parts(&long, b"xyz", 1000).is_empty());
    }
}
