//! The layout of an HTTP/1 head (RFC 9112 sections 2 to 5), read as tolerantly as evidence needs: bare LF,
//! odd names, folded lines. One parser for every pass. Knows no body.

use std::ops::Range;

/// What the first bytes of a message are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Looks {
    /// A start line.
    Like,
    /// Too few bytes to tell.
    More,
    /// No start line.
    Unlike,
}

/// Longest start line waited for before its end tells a request of an unknown method from text.
const LINE: usize = 64 << 10;
/// Longest method.
const METHOD: usize = 24;

const METHODS: &[&[u8]] = &[
    b"GET",
    b"POST",
    b"HEAD",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"CONNECT",
    b"TRACE",
    b"PATCH",
    b"PROPFIND",
    b"PROPPATCH",
    b"MKCOL",
    b"COPY",
    b"MOVE",
    b"LOCK",
    b"UNLOCK",
    b"REPORT",
    b"SEARCH",
    b"SUBSCRIBE",
    b"UNSUBSCRIBE",
    b"NOTIFY",
    b"POLL",
    b"BCOPY",
    b"BMOVE",
    b"BDELETE",
    b"BPROPFIND",
    b"BPROPPATCH",
    b"LABEL",
    b"MERGE",
    b"CHECKIN",
    b"CHECKOUT",
    b"UNCHECKOUT",
    b"UPDATE",
    b"MKACTIVITY",
    b"MKWORKSPACE",
    b"VERSION-CONTROL",
    b"BASELINE-CONTROL",
    b"CCM_POST",
    b"RPC_CONNECT",
    b"RPC_IN_DATA",
    b"RPC_OUT_DATA",
    b"SSTP_DUPLEX_POST",
    b"PATCH",
];

/// Is this a start line? Empty lines before it must have been skipped.
pub(super) fn looks(bytes: &[u8]) -> Looks {
    let known = |want: &[u8]| {
        let n = want.len().min(bytes.len());
        bytes.get(..n) == want.get(..n)
    };
    if known(b"HTTP/") || known(b"ICY ") {
        return if bytes.len() >= 5 {
            Looks::Like
        } else {
            Looks::More
        };
    }
    let space = bytes.iter().take(METHOD + 1).position(|b| *b == b' ');
    let method = bytes
        .get(..space.unwrap_or(bytes.len()))
        .unwrap_or_default();
    let token = !method.is_empty() && method.len() <= METHOD && method.iter().all(|b| is_token(*b));
    if !token {
        return Looks::Unlike;
    }
    let Some(space) = space else {
        return Looks::More;
    };
    let line_end = memchr::memchr(b'\n', bytes);
    let line = bytes
        .get(space..line_end.unwrap_or(bytes.len()))
        .unwrap_or_default();
    // The preface of HTTP/2 (RFC 9113 section 3.4) is made to be no request.
    if method == b"PRI" && line.starts_with(b" * HTTP/2") {
        return Looks::Unlike;
    }
    if method == b"PRI" && b" * HTTP/2".starts_with(line) {
        return Looks::More;
    }
    if memchr::memmem::find(line, b" HTTP/").is_some() {
        return Looks::Like;
    }
    // Others took over the form of the line (RTSP, SIP).
    if line_end.is_some() && names_version(line) {
        return Looks::Unlike;
    }
    match line_end {
        // RFC 1945 section 4.1: a request of version 0.9 has no version. Only plain methods are believed.
        Some(_) if METHODS.contains(&method) && line.len() > 2 => Looks::Like,
        Some(_) => Looks::Unlike,
        None if bytes.len() > LINE => Looks::Unlike,
        None => Looks::More,
    }
}

/// Of a head that was cut: the bytes that can be believed. Of its start line at least the method and the target
/// must be whole.
pub(super) fn front(bytes: &[u8]) -> Option<usize> {
    if memchr::memchr(b'\n', bytes).is_some() {
        return matches!(looks(bytes), Looks::Like).then_some(bytes.len());
    }
    let method = bytes.split(|b| *b == b' ').next().unwrap_or_default();
    let end = memchr::memrchr(b' ', bytes)?;
    (is_method(method) && end > method.len() + 1).then_some(end)
}

/// Does a start line end with a protocol and its version, `RTSP/1.0`?
fn names_version(line: &[u8]) -> bool {
    let last = line.trim_ascii_end().rsplit(|b| *b == b' ').next();
    match last.and_then(|w| w.split_at_checked(w.len().checked_sub(4)?)) {
        Some((name, [b'/', major, b'.', minor])) => {
            name.len() >= 3
                && name.iter().all(u8::is_ascii_uppercase)
                && major.is_ascii_digit()
                && minor.is_ascii_digit()
        }
        _ => false,
    }
}

/// Is `method` one that HTTP or its extensions define?
pub(super) fn is_method(method: &[u8]) -> bool {
    METHODS.contains(&method)
}

pub(super) fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// Empty lines before a start line (RFC 9112 section 2.2 lets a server skip them).
pub(super) fn leading_lines(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n'))
        .count()
}

/// The end of the head: one past its empty line. `from`: everything before was searched already.
pub(super) fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from.saturating_sub(3);
    loop {
        let rest = bytes.get(at..)?;
        at += memchr::memchr(b'\n', rest)? + 1;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\n'), _) => return Some(at + 1),
            (Some(b'\r'), Some(b'\n')) => return Some(at + 2),
            _ => {}
        }
    }
}

/// A start line (RFC 9112 sections 3 and 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StartLine<'a> {
    Request {
        method: &'a [u8],
        target: &'a [u8],
        version: &'a [u8],
    },
    Response {
        version: &'a [u8],
        code: u16,
        phrase: &'a [u8],
    },
}

/// A head and where its parts stand in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) start: StartLine<'a>,
    /// One past the start line's end of line.
    pub(super) fields_at: usize,
}

/// A field line (RFC 9112 section 5), folded lines included.
#[derive(Clone, Debug)]
pub(crate) struct FieldLine<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    /// The value as Wireshark shows it: blanks behind it stay.
    pub(crate) shown: &'a [u8],
    /// The line with its end.
    pub(crate) range: Range<usize>,
}

impl<'a> Head<'a> {
    /// Reads a head that begins with a start line.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |n| n + 1);
        let line = trim_end(bytes.get(..end).unwrap_or_default());
        Self {
            bytes,
            start: start_line(line),
            fields_at: end,
        }
    }

    /// Its field lines, in order.
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields {
            bytes: self.bytes,
            at: self.fields_at,
        }
    }
}

/// Field lines from `at` on until the empty line: also reads trailers.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = FieldLine<'a>;

    fn next(&mut self) -> Option<FieldLine<'a>> {
        loop {
            let begin = self.at;
            let rest = self.bytes.get(begin..).filter(|r| !r.is_empty())?;
            let mut len = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            if trim_end(rest.get(..len)?).is_empty() {
                return None;
            }
            // Obsolete line folding (RFC 9112 section 5.2).
            while matches!(rest.get(len), Some(b' ' | b'\t')) {
                let more = rest.get(len..)?;
                len += memchr::memchr(b'\n', more).map_or(more.len(), |n| n + 1);
            }
            self.at = begin + len;
            let line = rest.get(..len)?;
            let Some(colon) = memchr::memchr(b':', line) else {
                continue;
            };
            let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
            return Some(FieldLine {
                name: name.trim_ascii(),
                value: value.trim_ascii(),
                shown: trim_end(value).trim_ascii_start(),
                range: begin..begin + len,
            });
        }
    }
}

fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn start_line(line: &[u8]) -> StartLine<'_> {
    if line.starts_with(b"HTTP/") || line.starts_with(b"ICY ") {
        let (version, rest) = split(line, b' ');
        let rest = rest.trim_ascii_start();
        let (code, phrase) = split(rest, b' ');
        let digits = code.iter().take(3).take_while(|b| b.is_ascii_digit());
        let code = digits.fold(0, |n: u16, d| n * 10 + u16::from(d - b'0'));
        return StartLine::Response {
            version,
            code,
            phrase,
        };
    }
    let (method, rest) = split(line, b' ');
    let at = memchr::memmem::rfind(rest, b" HTTP/");
    let (target, version) = match at {
        Some(n) => (
            rest.get(..n).unwrap_or_default(),
            rest.get(n + 1..).unwrap_or_default(),
        ),
        None => (rest, &b""[..]),
    };
    StartLine::Request {
        method,
        target: target.trim_ascii_start(),
        // All that is left of the line: a blank behind it is part of what was sent.
        version,
    }
}

fn split(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(at, bytes) {
        Some(n) => (
            bytes.get(..n).unwrap_or_default(),
            bytes.get(n + 1..).unwrap_or_default(),
        ),
        None => (bytes, &[]),
    }
}

/// A parameter of a field value, `form-data; filename="x"` (RFC 9110 section 5.6.6), unquoted.
pub(crate) fn parameter(value: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut rest = value.get(memchr::memchr(b';', value)? + 1..)?;
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let stop = memchr::memchr2(b'=', b';', rest).unwrap_or(rest.len());
        let key = rest.get(..stop)?.trim_ascii();
        let (text, after) = if rest.get(stop) == Some(&b'=') {
            quoted_or_token(rest.get(stop + 1..)?)
        } else {
            (Vec::new(), rest.get(stop..)?)
        };
        if key.eq_ignore_ascii_case(name.as_bytes()) {
            return Some(text);
        }
        rest = match memchr::memchr(b';', after) {
            Some(n) => after.get(n + 1..)?,
            None => return None,
        };
    }
}

fn quoted_or_token(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let text = text.trim_ascii_start();
    let Some(inner) = text.strip_prefix(b"\"") else {
        let stop = memchr::memchr(b';', text).unwrap_or(text.len());
        let (token, rest) = text.split_at(stop);
        return (token.trim_ascii().to_vec(), rest);
    };
    let mut out = Vec::new();
    let mut bytes = inner.iter().enumerate();
    while let Some((n, b)) = bytes.next() {
        match b {
            b'"' => return (out, inner.get(n + 1..).unwrap_or_default()),
            // Only a quote or a backslash is escaped by senders; a lone backslash is part of a Windows path.
            b'\\' if matches!(inner.get(n + 1), Some(b'"' | b'\\')) => {
                if let Some((_, b)) = bytes.next() {
                    out.push(*b);
                }
            }
            b => out.push(*b),
        }
    }
    (out, &[])
}

/// Percent-decodes (RFC 3986 section 2.1); what is no valid escape stays.
pub(crate) fn percent(text: &[u8], plus: bool) -> Vec<u8> {
    let hex = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut n = 0;
    while let Some(b) = text.get(n) {
        match (b, hex(text.get(n + 1)), hex(text.get(n + 2))) {
            (b'%', Some(h), Some(l)) => {
                out.push(u8::try_from(h * 16 + l).unwrap_or(b'?'));
                n += 3;
                continue;
            }
            (b'+', ..) if plus => out.push(b' '),
            _ => out.push(*b),
        }
        n += 1;
    }
    out
}

/// Bytes as text: UTF-8, else Latin-1 for names of old servers.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec())
        .unwrap_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect())
}

#[cfg(test)]
mod tests {
    use super::front;

    #[test]
    fn of_a_cut_head_whole_words_are_believed() {
        let cut = |text: &str| front(text.as_bytes());
        assert_eq!(cut("GET /a.gif HTT"), Some("GET /a.gif".len()));
        assert_eq!(cut("GET /a.gif HTTP/1.1\r\nHos"), Some(24));
        assert_eq!(cut("GET /a.g"), None);
        assert_eq!(cut("HTTP/1.1 20"), None);
        assert_eq!(cut("nothing like it"), None);
    }
}
