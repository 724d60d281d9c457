//! Names made into others of the same length: the same part of a name is the same pseudonym wherever it stands.
//! Knows no packet.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Parts of names that name nobody.
const SHARED: &[&str] = &[
    "_dns-sd",
    "_gc",
    "_http",
    "_https",
    "_ipp",
    "_kerberos",
    "_kpasswd",
    "_ldap",
    "_msdcs",
    "_services",
    "_sites",
    "_tcp",
    "_udp",
    "arpa",
    "cifs",
    "com",
    "edu",
    "ftp",
    "gov",
    "host",
    "http",
    "https",
    "in-addr",
    "ip6",
    "kerberos",
    "krbtgt",
    "lan",
    "ldap",
    "local",
    "localhost",
    "mil",
    "net",
    "org",
    "www",
];

/// Words of protocols: they stay where they stand, whoever wrote them.
const WORDS: &[&str] = &[
    "abor",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "apop",
    "application",
    "aspx",
    "auth",
    "authenticate",
    "authorization",
    "basic",
    "bdat",
    "br",
    "bye",
    "bytes",
    "cache-control",
    "call-id",
    "capa",
    "capability",
    "charset",
    "check",
    "chunked",
    "cdup",
    "close",
    "connect",
    "connection",
    "contact",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "cookie",
    "copy",
    "cseq",
    "css",
    "cwd",
    "data",
    "date",
    "deflate",
    "delete",
    "dele",
    "describe",
    "digest",
    "ehlo",
    "eprt",
    "epsv",
    "error",
    "etag",
    "expect",
    "expires",
    "feat",
    "fetch",
    "flags",
    "found",
    "from",
    "get",
    "gif",
    "gzip",
    "head",
    "helo",
    "help",
    "host",
    "html",
    "http",
    "https",
    "identity",
    "idle",
    "if-modified-since",
    "if-none-match",
    "image",
    "inbox",
    "invite",
    "jpeg",
    "join",
    "json",
    "keep-alive",
    "last-modified",
    "list",
    "location",
    "login",
    "logout",
    "m-search",
    "mail",
    "max-age",
    "max-forwards",
    "message",
    "mkd",
    "mode",
    "multipart",
    "nick",
    "no-cache",
    "no-store",
    "noop",
    "not",
    "notify",
    "ok",
    "options",
    "origin",
    "pass",
    "pasv",
    "patch",
    "ping",
    "plain",
    "play",
    "png",
    "pong",
    "port",
    "post",
    "pragma",
    "private",
    "privmsg",
    "proxy-connection",
    "public",
    "put",
    "pwd",
    "quit",
    "range",
    "rcpt",
    "record-route",
    "referer",
    "register",
    "retr",
    "rmd",
    "rnfr",
    "rnto",
    "rset",
    "rsrp",
    "rtsp",
    "search",
    "select",
    "server",
    "set-cookie",
    "setup",
    "sip",
    "size",
    "ssdp",
    "stat",
    "starttls",
    "status",
    "stls",
    "stor",
    "stream",
    "subject",
    "subscribe",
    "syst",
    "tag",
    "teardown",
    "text",
    "timeout",
    "top",
    "trace",
    "transfer-encoding",
    "transport",
    "type",
    "uid",
    "uidl",
    "upgrade",
    "upgrade-insecure-requests",
    "user",
    "user-agent",
    "utf-8",
    "vary",
    "via",
    "vrfy",
    "websocket",
    "www-authenticate",
    "xml",
];

/// A byte of a run: what a part of a name is made of.
fn part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || b >= 0x80
}

/// The runs of `text`: each with where it stands.
fn runs(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    text.split(|b| !part(*b)).filter_map(move |run| {
        let from = at;
        at += run.len() + 1;
        (!run.is_empty()).then_some((from, run))
    })
}

/// Is it a word that protocols share, or a part of names that names nobody?
fn common(text: &[u8]) -> bool {
    let is = |list: &[&str]| list.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(text));
    is(WORDS) || is(SHARED)
}

/// Is nothing in it but words that stay where they stand, and signs? `Connection: keep-alive` has no more.
pub(super) fn stays(text: &[u8]) -> bool {
    let mut after = text.to_vec();
    words(&mut after, false);
    after == text
}

/// Words stay, any other letter becomes `x`, any other digit `0` unless they are said to stay; signs between
/// words stay.
pub(super) fn words(text: &mut [u8], digits: bool) {
    let before = text.to_vec();
    for (from, run) in runs(&before) {
        if common(run) || run == b"1" || (digits && run.iter().all(u8::is_ascii_digit)) {
            continue;
        }
        fill(text.get_mut(from..from + run.len()).unwrap_or_default());
    }
}

/// Letters become `x`, digits `0`; line ends stay.
pub(super) fn fill(text: &mut [u8]) {
    for b in text {
        *b = match *b {
            b'\r' | b'\n' => *b,
            b'0'..=b'9' => b'0',
            _ => b'x',
        };
    }
}

/// Is nothing in it that blanking does not write itself?
pub(super) fn is_fill(text: &[u8]) -> bool {
    let blank = |b: &u8| matches!(b.to_ascii_lowercase(), 0 | b'x' | b'0') || !part(*b);
    text.iter().all(blank)
}

/// Pseudonyms of one key.
pub(super) struct Pseudonyms([u8; 32]);

impl Pseudonyms {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Endless bytes that `run` decides, whatever its case.
    fn stream(&self, run: &[u8]) -> impl Iterator<Item = u8> {
        let key = self.0;
        let lower = run.to_ascii_lowercase();
        (0u32..).flat_map(move |n| {
            // HMAC takes keys of any length.
            #[allow(clippy::expect_used)]
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
            mac.update(&lower);
            mac.update(&n.to_be_bytes());
            let bytes: [u8; 32] = mac.finalize().into_bytes().into();
            bytes
        })
    }

    /// Writes the pseudonym of a name over it: same length, same signs between its parts. Numbers become
    /// zeros; capitals stay capitals where there is nothing else.
    pub(super) fn write(&self, name: &mut [u8]) {
        let before = name.to_vec();
        for (from, run) in runs(&before) {
            let out = name.get_mut(from..from + run.len()).unwrap_or_default();
            if run.iter().all(u8::is_ascii_digit) {
                fill(out);
            } else if !SHARED
                .iter()
                .any(|w| w.as_bytes().eq_ignore_ascii_case(run))
            {
                self.run(run, out);
            }
        }
    }

    fn run(&self, run: &[u8], out: &mut [u8]) {
        let upper =
            !run.iter().any(u8::is_ascii_lowercase) && run.iter().any(u8::is_ascii_uppercase);
        // One that came out as it went in would be a leak: the next bytes of the stream are taken.
        for skip in 0..8 {
            let mut bytes = self.stream(run).skip(skip);
            for (o, b) in out.iter_mut().zip(run) {
                let letter = b'a' + bytes.next().unwrap_or_default() % 26;
                *o = match *b {
                    b'-' | b'_' => *b,
                    _ if upper => letter.to_ascii_uppercase(),
                    _ => letter,
                };
            }
            if !out.eq_ignore_ascii_case(run) {
                break;
            }
        }
    }

    /// The same for text of an analyst.
    pub(super) fn of(&self, name: &str) -> String {
        let mut bytes = name.as_bytes().to_vec();
        self.write(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_part_is_the_same_pseudonym_and_lengths_hold() {
        let p = Pseudonyms::new([7; 32]);
        let [a, b, c] = ["www.example.com", "mail.EXAMPLE.com", "example"].map(|n| p.of(n));
        assert_eq!(a.len(), 15);
        assert!(a.starts_with("www.") && a.ends_with(".com"), "{a}");
        assert_eq!(a.get(4..11), Some(c.as_str()));
        assert_eq!(b.get(5..12).map(str::to_ascii_lowercase), Some(c));
        assert_eq!(p.of("10.1.20.3:80"), "00.0.00.0:00");
        let other = Pseudonyms::new([8; 32]).of("example");
        assert_ne!(p.of("example"), other);
        assert_eq!(p.of("пример").len(), "пример".len());
    }

    #[test]
    fn words_stay_and_all_else_does_not() {
        let mut line = b"Host: secret-7.corp\r\nX-Client: bob 42\r\n".to_vec();
        words(&mut line, false);
        assert_eq!(line, b"Host: xxxxxxx0.xxxx\r\nxxxxxxxx: xxx 00\r\n");
        let mut line = b"Content-Length: 1234\r\n".to_vec();
        words(&mut line, true);
        assert_eq!(line, b"Content-Length: 1234\r\n");
    }
}
