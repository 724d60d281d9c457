//! When a file name is the indicator's: whole last segment, case ignored, `*` as a wildcard.

use crate::answers::domain::host_of_url;

/// The last segment of a path, decoded from percent form once.
#[must_use]
pub(crate) fn last_segment(path: &str) -> String {
    let path = percent(path);
    let end = path.trim_end_matches(['/', '\\']);
    let from = end.rfind(['/', '\\']).map_or(0, |n| n + 1);
    end.get(from..).unwrap_or_default().to_owned()
}

/// Undoes percent encoding; what is not valid stays. U+FFFD for bytes that are no UTF-8.
#[must_use]
pub(crate) fn percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        let hex = |n: usize| {
            bytes
                .get(at + n)
                .and_then(|b| char::from(*b).to_digit(16))
                .and_then(|d| u8::try_from(d).ok())
        };
        match (b, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                at += 3;
            }
            (b, _, _) => {
                out.push(*b);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A file name to look for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileName {
    pattern: Vec<char>,
    glob: bool,
}

impl FileName {
    /// From what the analyst typed; `glob` makes `*` stand for any characters.
    #[must_use]
    pub fn new(value: &str, glob: bool) -> Self {
        let name = if glob {
            value.trim().to_owned()
        } else {
            last_segment(value.trim())
        };
        Self {
            pattern: fold(&name),
            glob: glob || value.contains('*'),
        }
    }

    /// Does the last segment of `name`, as it was decoded on the wire, match?
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let end = name.trim_end_matches(['/', '\\']);
        let from = end.rfind(['/', '\\']).map_or(0, |n| n + 1);
        let name = fold(end.get(from..).unwrap_or_default());
        if self.pattern.is_empty() || name.is_empty() {
            false
        } else if self.glob {
            wild(&self.pattern, &name)
        } else {
            self.pattern == name
        }
    }

    /// Its extension, in lower case.
    #[must_use]
    pub fn extension(&self) -> String {
        let text: String = self.pattern.iter().collect();
        text.rsplit_once('.')
            .map_or_else(String::new, |(_, e)| e.to_owned())
    }
}

fn fold(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// `*` stands for any characters, also none. Linear with one way back.
pub(crate) fn wild(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(c) if text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    p = star;
                    t = from + 1;
                    back = Some((star, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|c| *c == '*')
}

/// `text` against a pattern with `*`, case ignored.
#[must_use]
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    wild(&fold(pattern.trim()), &fold(text.trim()))
}

/// A URL to look for: scheme and host without case, path as decoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url {
    host: String,
    path: String,
    wild: bool,
}

impl Url {
    /// From what the analyst typed, scheme optional.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let (host, path) = split(value.trim());
        Self {
            wild: value.contains('*'),
            host,
            path,
        }
    }

    /// Its host in A-label form.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Is it this one?
    #[must_use]
    pub fn matches(&self, url: &str) -> bool {
        let (host, path) = split(url);
        if self.wild {
            like(
                &format!("{}{}", self.host, self.path),
                &format!("{host}{path}"),
            )
        } else {
            !self.host.is_empty() && host == self.host && path == self.path
        }
    }
}

fn split(url: &str) -> (String, String) {
    let host = super::domain::normal(host_of_url(url));
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let path = rest
        .find(['/', '?'])
        .and_then(|n| rest.get(n..))
        .unwrap_or("/");
    (host, percent(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_whole_last_segment() {
        let name = FileName::new("tool.exe", false);
        for (text, same) in [
            ("tool.exe", true),
            ("TOOL.Exe", true),
            ("../../tool.exe", true),
            ("C:\\dir\\tool.exe", true),
            ("tool.exe.txt", false),
            ("nottool.exe", false),
            ("tool.exe/readme.html", false),
            ("", false),
        ] {
            assert_eq!(name.matches(text), same, "{text}");
        }
        assert_eq!(name.extension(), "exe");
        assert_eq!(last_segment("/a/%74ool.exe"), "tool.exe");
        assert_eq!(percent("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_star_stands_for_anything() {
        let name = FileName::new("*tool*.ex?", true);
        assert!(!name.matches("mytool.exe"), "a question mark is one");
        let name = FileName::new("*too*l*.exe", true);
        for (text, same) in [
            ("tool.exe", true),
            ("xtoo12l.EXE", true),
            ("tol.exe", false),
            ("tool.exe.txt", false),
        ] {
            assert_eq!(name.matches(text), same, "{text}");
        }
        assert!(wild(&['*'], &[]));
        assert!(!wild(&[], &['a']));
    }

    #[test]
    fn urls_are_compared_decoded() {
        let url = Url::new("http://Alpha.example/a%20b/c.exe?x=1");
        assert!(url.matches("http://alpha.example/a b/c.exe?x=1"));
        assert!(url.matches("alpha.example:80/a%20b/c.exe?x=1"));
        assert!(!url.matches("http://alpha.example/a%20b/C.exe?x=1"));
        assert!(Url::new("alpha.example/*.exe").matches("http://alpha.example/d/x.exe"));
    }
}
