//! Names of files, where senders leave them: path, query, Content-Disposition. Judges none of them.

use super::wire::{parameter, percent, text};
use crate::facts::{ArtifactName, NameSource};
use smallvec::SmallVec;

/// Longest name kept.
const NAME: usize = 1024;
/// Most names of one artifact.
pub(super) const NAMES: usize = 8;

pub(crate) type Names = SmallVec<[ArtifactName; 1]>;

/// Parameters whose values are what somebody searched for: a mention, no file's name.
const SEARCHES: &[&[u8]] = &[
    b"q",
    b"query",
    b"search",
    b"s",
    b"p",
    b"wd",
    b"text",
    b"keyword",
    b"keywords",
    b"term",
];

/// Adds a name unless it is empty, too many or there already.
pub(crate) fn add(names: &mut Names, name: &[u8], from: NameSource) {
    let mut name = text(name.trim_ascii());
    if name.len() > NAME {
        let cut = (0..=NAME).rev().find(|n| name.is_char_boundary(*n));
        name.truncate(cut.unwrap_or(0));
    }
    let fresh = !names.iter().any(|n| *n.text == *name && n.from == from);
    if !name.is_empty() && fresh && names.len() < NAMES {
        names.push(ArtifactName {
            text: name.into(),
            from,
        });
    }
}

/// Path and query of a target in any form (RFC 9112 section 3.2).
pub(super) fn path_and_query(target: &[u8]) -> (&[u8], &[u8]) {
    let target = match memchr::memmem::find(target, b"://") {
        Some(n) if n <= 8 => {
            let rest = target.get(n + 3..).unwrap_or_default();
            let slash = rest.iter().position(|b| matches!(b, b'/' | b'?'));
            slash.and_then(|s| rest.get(s..)).unwrap_or(b"/")
        }
        _ => target,
    };
    let target = target
        .get(..memchr::memchr(b'#', target).unwrap_or(target.len()))
        .unwrap_or_default();
    match memchr::memchr(b'?', target) {
        Some(n) => (
            target.get(..n).unwrap_or_default(),
            target.get(n + 1..).unwrap_or_default(),
        ),
        None => (target, b""),
    }
}

/// The authority of an absolute target, without user.
pub(super) fn authority(target: &[u8]) -> Option<&[u8]> {
    let n = memchr::memmem::find(target, b"://").filter(|n| *n <= 8)?;
    let rest = target.get(n + 3..)?;
    let stop = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#'));
    let authority = rest.get(..stop.unwrap_or(rest.len()))?;
    let user = memchr::memrchr(b'@', authority).map_or(0, |n| n + 1);
    authority.get(user..)
}

/// The names in a target: its last path segment, and query values that look like file names.
pub(super) fn of_target(target: &[u8]) -> Names {
    let mut names = Names::new();
    let (path, query) = path_and_query(target);
    let last = path
        .get(memchr::memrchr(b'/', path).map_or(0, |n| n + 1)..)
        .unwrap_or_default();
    add(&mut names, &percent(last, false), NameSource::Path);
    for pair in query.split(|b| matches!(b, b'&' | b';')) {
        let Some(eq) = memchr::memchr(b'=', pair) else {
            continue;
        };
        let key = pair.get(..eq).unwrap_or_default().to_ascii_lowercase();
        if SEARCHES.contains(&key.as_slice()) {
            continue;
        }
        let value = percent(pair.get(eq + 1..).unwrap_or_default(), true);
        if let Some(name) = file_name(&value) {
            add(&mut names, name, NameSource::Query);
        }
    }
    names
}

/// The file name in `value`, when it looks like one: something, a dot, an extension with a letter.
fn file_name(value: &[u8]) -> Option<&[u8]> {
    let from = memchr::memrchr2(b'/', b'\\', value).map_or(0, |n| n + 1);
    let name = value.get(from..)?;
    let dot = memchr::memrchr(b'.', name).filter(|n| *n > 0)?;
    let extension = name.get(dot + 1..)?;
    let plausible = (1..=5).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_alphanumeric)
        && extension.iter().any(u8::is_ascii_alphabetic)
        && !name
            .iter()
            .any(|b| matches!(b, b'@' | b'=' | b'&' | b'<' | b'>'));
    plausible.then_some(name)
}

/// The name in a Content-Disposition (RFC 6266): `filename*` before `filename`.
pub(crate) fn of_disposition(value: &[u8]) -> Option<Vec<u8>> {
    let extended = parameter(value, "filename*").and_then(|v| extended(&v));
    extended
        .or_else(|| {
            parameter(value, "filename").map(|v| {
                if v.contains(&b'%') {
                    percent(&v, false)
                } else {
                    v
                }
            })
        })
        .filter(|name| !name.is_empty())
}

/// An extended value, `UTF-8''na%C3%AFve.exe` (RFC 8187 section 3.2).
fn extended(value: &[u8]) -> Option<Vec<u8>> {
    let first = memchr::memchr(b'\'', value)?;
    let second = first + 1 + memchr::memchr(b'\'', value.get(first + 1..)?)?;
    let bytes = percent(value.get(second + 1..)?, false);
    if value.get(..first)?.eq_ignore_ascii_case(b"ISO-8859-1") {
        return Some(
            bytes
                .iter()
                .map(|b| char::from(*b))
                .collect::<String>()
                .into_bytes(),
        );
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(target: &str) -> Vec<(String, NameSource)> {
        of_target(target.as_bytes())
            .iter()
            .map(|n| (n.text.to_string(), n.from))
            .collect()
    }

    #[test]
    fn names_of_targets() {
        let path = |n: &str| (n.to_owned(), NameSource::Path);
        let query = |n: &str| (n.to_owned(), NameSource::Query);
        assert_eq!(names("/%73etUp.EXE"), [path("setUp.EXE")]);
        assert_eq!(
            names("/dl.php?file=a%2Fsetup.exe&v=1.5&q=other.exe"),
            [path("dl.php"), query("setup.exe")]
        );
        assert_eq!(names("http://h.example:80/a/b.bin?x#c"), [path("b.bin")]);
        assert_eq!(names("http://h.example"), []);
        assert_eq!(names("/setup.exe/readme.html"), [path("readme.html")]);
        assert_eq!(names("/x/..%2f..%2fetc"), [path("../../etc")]);
    }

    #[test]
    fn names_of_dispositions() {
        let name = |v: &str| of_disposition(v.as_bytes()).map(|b| text(&b));
        let some = |n: &str| Some(n.to_owned());
        assert_eq!(name("attachment; filename=\"a;b.exe\""), some("a;b.exe"));
        assert_eq!(
            name("attachment; filename=plain.bin; x=1"),
            some("plain.bin")
        );
        assert_eq!(
            name("attachment; filename=\"x\"; filename*=UTF-8''na%C3%AFve.exe"),
            some("na\u{ef}ve.exe")
        );
        assert_eq!(
            name("attachment; filename*=iso-8859-1'en'%A3.txt"),
            some("\u{a3}.txt")
        );
        assert_eq!(
            name("form-data; name=f; filename=\"C:\\dir\\a.exe\""),
            some("C:\\dir\\a.exe")
        );
        assert_eq!(name("attachment; filename=\"q\\\"q\""), some("q\"q"));
        assert_eq!(name("inline"), None);
        assert_eq!(name("attachment; filename="), None);
    }
}
