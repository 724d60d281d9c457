//! What FTP commands and replies say of addresses, sizes and paths (RFC 959, RFC 2428, RFC 3659).

use std::net::{IpAddr, Ipv4Addr};

/// Command word and argument of a line.
pub(super) fn command(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// Code, whether more lines follow, and text of a reply line.
pub(super) fn reply(line: &str) -> Option<(u16, bool, &str)> {
    let code = line
        .get(..3)
        .filter(|c| c.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = line.get(3..)?;
    let more = rest.starts_with('-');
    let text = rest.strip_prefix([' ', '-']).unwrap_or(rest);
    Some((code.parse().ok()?, more, text))
}

/// `h1,h2,h3,h4,p1,p2` wherever it stands in the text.
pub(super) fn host_port(text: &str) -> Option<(Ipv4Addr, u16)> {
    let starts = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .map(|(n, _)| n);
    for start in starts.take(64) {
        let rest = text.get(start..)?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != ',' && c != ' ')
            .unwrap_or(rest.len());
        let mut numbers = rest.get(..end)?.split(',').map(|n| n.trim().parse::<u8>());
        let mut next = || numbers.next()?.ok();
        if let (Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)) =
            (next(), next(), next(), next(), next(), next())
        {
            return Some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([e, f])));
        }
    }
    None
}

/// `|2|address|port|` with any delimiter (RFC 2428 section 2): family, address, port.
pub(super) fn extended(text: &str) -> Option<(u8, Option<IpAddr>, u16)> {
    let start = text.find('(').map_or(0, |n| n + 1);
    let text = text.get(start..)?;
    let delimiter = text
        .chars()
        .next()
        .filter(|c| c.is_ascii_graphic() && !c.is_ascii_digit())?;
    let mut parts = text.split(delimiter).skip(1);
    let family = parts.next()?;
    let address = parts.next()?;
    let port = parts.next()?.trim().parse().ok()?;
    Some((family.parse().unwrap_or(0), address.parse().ok(), port))
}

/// The path in quotes of a 257 reply; quotes inside are doubled.
pub(super) fn quoted(text: &str) -> Option<String> {
    let start = text.find('"')? + 1;
    let mut out = String::new();
    let mut chars = text.get(start..)?.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if chars.peek() == Some(&'"') => {
                chars.next();
                out.push('"');
            }
            '"' => return Some(out),
            c => out.push(c),
        }
    }
    None
}

/// `path` seen from `cwd`: absolute, without `.` and `..`. Backslashes are kept: they may be part of names.
pub(super) fn resolve(cwd: &str, path: &str) -> String {
    let base = if path.starts_with('/') { "" } else { cwd };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            p => parts.push(p),
        }
    }
    let mut out = String::with_capacity(cwd.len() + path.len() + 1);
    for p in &parts {
        out.push('/');
        out.push_str(p);
    }
    if out.is_empty() {
        out.push('/');
    }
    out
}

/// `(1234 bytes)` in the text of a 150 reply.
pub(super) fn announced_size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let end = lower.rfind(" byte")?;
    let head = lower.get(..end)?;
    let start = head
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |n| n + 1);
    head.get(start..)?.parse().ok()
}
