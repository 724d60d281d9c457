//! A line of IRC (RFC 2812 section 2.3.1): prefix, command, parameters, trailer, each where it stands.

/// Parameters that are read.
const PARAMETERS: usize = 15;

/// One line without its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) prefix: Option<(usize, usize)>,
    pub(super) command: (usize, usize),
    pub(super) parameters: Vec<(usize, usize)>,
    pub(super) trailer: Option<(usize, usize)>,
}

/// Where the blanks from `at` on end.
fn skip(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| **b == b' ').count()
}

/// Where the word at `at` ends.
fn word(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + memchr::memchr(b' ', rest).unwrap_or(rest.len())
}

impl Line {
    pub(super) fn read(text: &[u8]) -> Self {
        let mut line = Self::default();
        // Servers take a line with blanks before it all the same.
        let mut at = skip(text, 0);
        if text.get(at) == Some(&b':') {
            let end = word(text, at + 1);
            line.prefix = Some((at + 1, end));
            at = skip(text, end);
        }
        let end = word(text, at);
        line.command = (at, end);
        at = skip(text, end);
        while at < text.len() {
            if text.get(at) == Some(&b':') {
                line.trailer = Some((at + 1, text.len()));
                break;
            }
            let end = word(text, at);
            if line.parameters.len() < PARAMETERS {
                line.parameters.push((at, end));
            }
            at = skip(text, end);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn parts_of_a_line() {
        let text = b":nick!u@h  PRIVMSG  #c x :hello :) you";
        let line = Line::read(text);
        let at = |r: (usize, usize)| std::str::from_utf8(&text[r.0..r.1]).unwrap();
        assert_eq!(line.prefix.map(at), Some("nick!u@h"));
        assert_eq!(at(line.command), "PRIVMSG");
        let parameters: Vec<_> = line.parameters.iter().map(|r| at(*r)).collect();
        assert_eq!(parameters, ["#c", "x"]);
        assert_eq!(line.trailer.map(at), Some("hello :) you"));
        assert_eq!(Line::read(b"  NICK x").command, (2, 6));
        assert_eq!(Line::read(b" :a NICK x").prefix, Some((2, 3)));
        assert_eq!(Line::read(b"").command, (0, 0));
        assert_eq!(Line::read(b":").prefix, Some((1, 1)));
        assert_eq!(Line::read(b"PING :").trailer, Some((6, 6)));
    }
}
