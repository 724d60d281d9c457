//! Values in the one form in which they are compared and written: names, addresses, web addresses, digests; and text
//! that goes into lines of other programs. Knows no format.

use ipnet::IpNet;
use std::net::IpAddr;
use weir_model::Timestamp;

/// Longest name (RFC 1035 section 2.3.4) and label, in bytes.
const NAME: usize = 253;
const LABEL: usize = 63;

/// A name in lower case and A-labels, without the last dot. `None`: it is no host name.
#[must_use]
pub fn domain(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let name = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(text).ok()?
    };
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= LABEL
            && l.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let good = name.len() <= NAME && name.split('.').all(label) && name.parse::<IpAddr>().is_err();
    good.then_some(name)
}

/// An address or a network, as written by its own rules.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let one = text
        .parse::<IpAddr>()
        .map(|ip| IpNet::from(ip.to_canonical()));
    one.ok()
        .or_else(|| text.parse::<IpNet>().ok().map(|n| n.trunc()))
}

/// An address without `/32`, a network with its length.
#[must_use]
pub fn written(net: IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}

/// A digest of so many hexadecimal digits, in lower case.
#[must_use]
pub fn digest(text: &str, digits: usize) -> Option<String> {
    let text = text.trim();
    let good = text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    good.then(|| text.to_ascii_lowercase())
}

/// A web address in its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Url {
    /// Lower case.
    pub scheme: String,
    /// Without user and port.
    pub host: String,
    /// From the first slash on; `/` where there is none.
    pub path: String,
}

/// Takes a web address apart.
#[must_use]
pub fn url(text: &str) -> Option<Url> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(at)?;
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let path = path.split('#').next().unwrap_or_default();
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    let scheme = scheme.to_ascii_lowercase();
    let known = matches!(scheme.as_str(), "http" | "https" | "ftp");
    (known && !host.is_empty()).then(|| Url {
        scheme,
        host: host.to_ascii_lowercase(),
        path,
    })
}

/// Text for a comment or a message: printable ASCII only, nothing of what ends one anywhere.
#[must_use]
pub fn plain(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if out.len() >= longest {
            out.push_str("...");
            break;
        }
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | '_' | '-' | ':' | '+' => {
                out.push(c)
            }
            // A slash beside a star would end a comment.
            '/' if !out.ends_with(['/', '*']) => out.push(c),
            '(' | ')' | '[' | ']' | '=' | '@' | '\u{b7}' => {
                out.push(if c == '\u{b7}' { '-' } else { c })
            }
            ';' => out.push(','),
            '\u{201c}' | '\u{201d}' | '\'' | '"' => {}
            _ => out.push('_'),
        }
    }
    out.trim().to_owned()
}

/// Epoch seconds or RFC 3339 as a time.
#[must_use]
pub fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// `2026-03-04T12:00:00.000Z`: what STIX asks for.
#[must_use]
pub fn millis(t: Timestamp) -> String {
    let text = t.rfc3339();
    let cut = text.len().saturating_sub("000000Z".len());
    format!("{}Z", text.get(..cut).unwrap_or_default())
}

/// `2026-03-04`.
#[must_use]
pub fn day(t: Timestamp) -> String {
    t.rfc3339().get(..10).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_form_or_none() {
        for (from, to) in [
            ("Files.Example.NET.", Some("files.example.net")),
            (" b\u{fc}cher.example ", Some("xn--bcher-kva.example")),
            ("_dmarc.example.net", Some("_dmarc.example.net")),
            ("a b.example", None),
            ("x\ny.example", None),
            ("a..b", None),
            ("", None),
            ("192.0.2.1", None),
            ("x;drop.example", None),
            ("\u{202e}evil.example", None),
        ] {
            assert_eq!(domain(from).as_deref(), to, "{from}");
        }
        assert!(domain(&"a".repeat(64)).is_none() && domain(&"a.".repeat(200)).is_none());
        for (from, to) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.77/24", Some("192.0.2.0/24")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("2001:DB8::1", Some("2001:db8::1")),
            ("192.0.2.1;", None),
        ] {
            assert_eq!(network(from).map(written).as_deref(), to, "{from}");
        }
        let u = url("HTTP://u:p@Host.example:8080/a?b=1#c").unwrap_or_else(|| Url {
            scheme: String::new(),
            host: String::new(),
            path: String::new(),
        });
        assert_eq!(
            (&*u.scheme, &*u.host, &*u.path),
            ("http", "host.example", "/a?b=1")
        );
        assert_eq!(url("javascript:alert(1)"), None);
        assert_eq!(plain("a*/b\n\"c\"; d|e", 99), "a_/b_c, d_e");
        assert_eq!(plain("a*/", 99), "a_/");
        assert_eq!(plain("//x", 99), "/_x");
    }
}
