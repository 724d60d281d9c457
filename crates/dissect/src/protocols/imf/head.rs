//! What a head says of the body behind it: type, boundary, coding, names. Names are read however senders write them
//! (RFC 2231, RFC 2047); the judging is left to others.

use super::coding::{Coding, undone};
use crate::facts::NameSource;
use crate::protocols::http::{Fields, Names, add_name, disposition, parameter, percent, text};

/// Longest media type kept.
const MEDIA: usize = 128;
/// Longest boundary believed (RFC 2046 allows 70).
const BOUNDARY: usize = 256;
/// Pieces of a name that are joined.
const PIECES: usize = 32;

/// The body behind a head.
#[derive(Debug)]
pub(crate) struct Entity {
    /// `image/png`, in small letters.
    pub(crate) media: Option<Box<str>>,
    /// Of a multipart.
    pub(crate) boundary: Option<Vec<u8>>,
    pub(crate) coding: Coding,
    pub(crate) names: Names,
}

/// The field lines of a head.
pub(super) fn lines(head: &[u8]) -> Fields<'_> {
    Fields { bytes: head, at: 0 }
}

/// Without the line ends that fold it.
pub(super) fn unfolded(value: &[u8]) -> Vec<u8> {
    let kept = value.iter().filter(|b| !matches!(b, b'\r' | b'\n'));
    kept.copied().collect()
}

impl Entity {
    pub(crate) fn of(head: &[u8]) -> Self {
        let mut e = Self {
            media: None,
            boundary: None,
            coding: Coding::Plain,
            names: Names::new(),
        };
        let mut named = None;
        for line in lines(head) {
            let is = |name: &str| line.name.eq_ignore_ascii_case(name.as_bytes());
            if is("content-type") && e.media.is_none() {
                let value = unfolded(line.value);
                let stop = value
                    .iter()
                    .position(|b| matches!(b, b';' | b' ' | b',' | b'\t'));
                let media = value.get(..stop.unwrap_or(value.len())).unwrap_or_default();
                let media = text(media.get(..MEDIA).unwrap_or(media)).to_ascii_lowercase();
                if media.starts_with("multipart/") {
                    e.boundary = parameter(&value, "boundary")
                        .filter(|b| !b.is_empty() && b.len() <= BOUNDARY);
                }
                e.media = Some(media.into());
                named = pieces(&value, "name").or_else(|| parameter(&value, "name"));
            } else if is("content-transfer-encoding") {
                e.coding = Coding::of(line.value);
            } else if is("content-disposition") {
                let value = unfolded(line.value);
                if let Some(name) = pieces(&value, "filename").or_else(|| disposition(&value)) {
                    let name = encoded_words(&name);
                    add_name(&mut e.names, name.as_bytes(), NameSource::Disposition);
                }
            }
        }
        if let Some(name) = named.filter(|_| e.names.is_empty()) {
            let name = encoded_words(&name);
            add_name(&mut e.names, name.as_bytes(), NameSource::Part);
        }
        e
    }
}

/// A value of several pieces or with a character set, `name*0*=utf-8''a; name*1=b` (RFC 2231).
fn pieces(value: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut charset: Option<Vec<u8>> = None;
    for n in 0..PIECES {
        let (piece, coded) = match parameter(value, &format!("{name}*{n}*")) {
            Some(piece) => (piece, true),
            None => match parameter(value, &format!("{name}*{n}")) {
                Some(piece) => (piece, false),
                None => break,
            },
        };
        let mut piece = &*piece;
        if n == 0 && coded {
            let mut parts = piece.splitn(3, |b| *b == b'\'');
            if let (Some(set), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
                charset = Some(set.to_vec());
                piece = rest;
            }
        }
        if coded {
            out.extend(percent(piece, false));
        } else {
            out.extend_from_slice(piece);
        }
    }
    if out.is_empty() {
        return None;
    }
    Some(match charset.and_then(|set| in_charset(&set, &out)) {
        Some(text) => text.into_bytes(),
        None => out,
    })
}

/// Bytes of a character set as text; `None` for sets that are not known.
fn in_charset(name: &[u8], bytes: &[u8]) -> Option<String> {
    let name = name.to_ascii_lowercase();
    match &*name {
        b"utf-8" | b"utf8" | b"us-ascii" | b"ascii" => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        b"iso-8859-1" | b"iso-8859-15" | b"latin1" | b"windows-1252" => {
            Some(bytes.iter().map(|b| char::from(*b)).collect())
        }
        // What is plain in every set.
        _ if bytes.is_ascii() && !name.starts_with(b"utf-") && !name.starts_with(b"iso-2022") => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    }
}

/// One encoded word at the front (RFC 2047 section 2), and its bytes.
fn word(value: &[u8]) -> Option<(String, usize)> {
    let rest = value.strip_prefix(b"=?")?;
    let set = memchr::memchr(b'?', rest)?;
    let coding = match rest.get(set + 1)? {
        b'b' | b'B' => Coding::Base64,
        b'q' | b'Q' => Coding::QuotedPrintable,
        _ => return None,
    };
    let inner = rest.get(set + 2..)?.strip_prefix(b"?")?;
    let end = memchr::memmem::find(inner, b"?=")?;
    let mut coded = inner.get(..end)?.to_vec();
    if coding == Coding::QuotedPrintable {
        coded
            .iter_mut()
            .filter(|b| **b == b'_')
            .for_each(|b| *b = b' ');
    }
    // A language may stand behind the set (RFC 2231 section 5).
    let charset = rest.get(..set)?.split(|b| *b == b'*').next()?;
    let out = in_charset(charset, &undone(coding, &coded))?;
    Some((out, 2 + set + 3 + end + 2))
}

/// A value with its encoded words read; those of a character set that is not known stay as they are.
pub(crate) fn encoded_words(value: &[u8]) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut plain = 0;
    let mut after_word = false;
    while let Some(n) = value.get(at..).and_then(|r| memchr::memmem::find(r, b"=?")) {
        let begin = at + n;
        let Some((read, len)) = word(value.get(begin..).unwrap_or_default()) else {
            at = begin + 2;
            continue;
        };
        let between = value.get(plain..begin).unwrap_or_default();
        // Blanks between two words are no text.
        if !after_word || !between.trim_ascii().is_empty() {
            out.push_str(&text(between));
        }
        out.push_str(&read);
        at = begin + len;
        plain = at;
        after_word = true;
    }
    out.push_str(&text(value.get(plain..).unwrap_or_default()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_sets_that_are_known_and_not() {
        let read = |t: &str| encoded_words(t.as_bytes());
        assert_eq!(read("plain"), "plain");
        assert_eq!(
            read("=?utf-8?B?aMOp?= =?UTF-8?q?l_lo=21?= x"),
            "h\u{e9}l lo! x"
        );
        assert_eq!(read("=?iso-8859-1*en?Q?=E9?=."), "\u{e9}.");
        assert_eq!(read("=?gb2312?B?xeTQxQ==?="), "=?gb2312?B?xeTQxQ==?=");
        assert_eq!(read("a =?b =?utf-8?B?YQ?="), "a =?b a");
        assert_eq!(read("=?utf-8?X?YQ?="), "=?utf-8?X?YQ?=");
    }

    #[test]
    fn names_and_types() {
        let of = |t: &str| Entity::of(t.as_bytes());
        let first = |t: &str| of(t).names.first().map(|n| n.text.to_string());
        let e = of("Content-Type: MULTIPART/Mixed;\r\n\tboundary=\"a b\"\r\n\r\n");
        assert_eq!(e.media.as_deref(), Some("multipart/mixed"));
        assert_eq!(e.boundary.as_deref(), Some(&b"a b"[..]));
        assert!(
            of("Content-Type: text/plain; boundary=x")
                .boundary
                .is_none()
        );
        assert_eq!(
            first("Content-Type: a/b; name=\"=?utf-8?Q?=C3=A9.exe?=\"\r\n"),
            Some("\u{e9}.exe".into())
        );
        assert_eq!(
            first(
                "Content-Disposition: attachment;\r\n filename*0*=UTF-8''a%20;\r\n filename*1=\"b.zip\"\r\n"
            ),
            Some("a b.zip".into())
        );
        assert_eq!(
            first("Content-Type: a/b; name=c\nContent-Disposition: x; filename=d\n"),
            Some("d".into())
        );
        assert_eq!(
            of("Content-Transfer-Encoding: base64\n").coding,
            Coding::Base64
        );
    }
}
