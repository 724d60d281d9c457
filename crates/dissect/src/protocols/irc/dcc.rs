//! What is offered between two people behind the back of the server: `SEND name address port [size]`.

use std::net::{IpAddr, Ipv4Addr};

/// A file that somebody offers; who takes it connects to him.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Offer {
    /// As said, without quotation marks. Hostile text.
    pub(crate) name: Box<str>,
    /// Where the sender listens.
    pub(crate) server: (IpAddr, u16),
    /// Bytes, where they are said.
    pub(crate) size: Option<u64>,
}

impl Offer {
    /// What stands behind `DCC `. `None` for a chat, and where the sender cannot listen (port 0).
    pub(crate) fn read(words: &str) -> Option<Self> {
        let (kind, rest) = words.trim().split_once(' ')?;
        if !kind.eq_ignore_ascii_case("SEND") {
            return None;
        }
        let last = |text: &'_ str| -> Option<(String, String)> {
            let (before, word) = text.trim_end().rsplit_once(' ')?;
            Some((before.to_owned(), word.to_owned()))
        };
        let (before, c) = last(rest)?;
        let (name, b) = last(&before)?;
        // Of three numbers the last is the size.
        let three = last(&name).and_then(|(n, a)| Some((n, address(&a)?, port(&b)?)));
        let (name, ip, port, size) = match three {
            Some((name, ip, port)) => (name, ip, port, c.parse().ok()),
            None => (name, address(&b)?, port(&c)?, None),
        };
        let name = name.trim().trim_matches('"');
        Some(Self {
            name: name.into(),
            server: (ip, port),
            size,
        })
    }
}

/// A whole number, as it was said first, or written as addresses are.
fn address(word: &str) -> Option<IpAddr> {
    let number = word.parse::<u32>().ok();
    let ip = match number {
        Some(n) => IpAddr::V4(Ipv4Addr::from(n)),
        None => word.parse().ok()?,
    };
    (!ip.is_unspecified()).then_some(ip)
}

fn port(word: &str) -> Option<u16> {
    word.parse().ok().filter(|p| *p != 0)
}

#[cfg(test)]
mod tests {
    use super::Offer;

    #[test]
    fn offers_as_programs_write_them() {
        let read = |t: &str| Offer::read(t).map(|o| (o.name.to_string(), o.server.1, o.size));
        let named = |n: &str, p, s| Some((n.to_owned(), p, s));
        assert_eq!(
            read("SEND a.txt 167772167 59130 12"),
            named("a.txt", 59130, Some(12))
        );
        assert_eq!(
            read("SEND a.txt 167772167 59130"),
            named("a.txt", 59130, None)
        );
        assert_eq!(read("send \"a b\" ::1 1 0"), named("a b", 1, Some(0)));
        assert_eq!(read("SEND 1 2 3 4"), named("1", 3, Some(4)));
        for bad in [
            "",
            "SEND",
            "SEND a",
            "SEND a 1",
            "SEND a 1 0",
            "SEND a 0 1",
            "CHAT CHAT 1 2",
            "SEND a b c d",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let ip = Offer::read("SEND a 167772167 1 2").map(|o| o.server.0.to_string());
        assert_eq!(ip.as_deref(), Some("10.0.0.7"));
    }
}
