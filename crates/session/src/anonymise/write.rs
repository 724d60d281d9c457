//! A packet's bytes made anew: all zeros, and on them what is known to be harmless or has a pseudonym.
//! What no field speaks of stays zero.

use super::addresses::Permutation;
use super::checksums::{self, Header};
use super::names::{Pseudonyms, fill, words};
use super::reading::{Reading, Rule, Span};
use std::net::IpAddr;

/// Where a byte of the result came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum From {
    /// Written here: a blank, a pseudonym, a checksum.
    Written,
    /// Written here: the pseudonym of the address that begins at this byte.
    Address(usize),
    /// As it was: a number of a header below the application.
    Header,
    /// As it was: anything else.
    Copied,
}

/// The new bytes, and where each came from.
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) from: Vec<From>,
    pub(super) headers: Vec<Header>,
    pub(super) elsewhere: u64,
}

/// What everything is written with.
pub(super) struct Pen {
    pub(super) addresses: Permutation,
    pub(super) names: Pseudonyms,
}

fn put(out: &mut Written, start: usize, bytes: &[u8], from: From) {
    for (n, b) in bytes.iter().enumerate() {
        if let (Some(slot), Some(class)) =
            (out.bytes.get_mut(start + n), out.from.get_mut(start + n))
        {
            (*slot, *class) = (*b, from);
        }
    }
}

/// Where `needle` stands in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(hay, needle)
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|u| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        })
        .collect()
}

/// The letters of a name in DNS form (RFC 1035 section 4.1.4) at the beginning of `bytes`: where each label
/// stands. None unless labels and their end are all there is.
fn labels(bytes: &[u8]) -> Option<Vec<(usize, usize)>> {
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        match usize::from(*bytes.get(at)?) {
            0 => return (at + 1 == bytes.len()).then_some(out),
            n @ 1..=63 => {
                bytes.get(at + 1..at + 1 + n)?;
                out.push((at + 1, at + 1 + n));
                at += 1 + n;
                // A field that shows one label of several ends behind it.
                if at == bytes.len() {
                    return Some(out);
                }
            }
            192.. => return (at + 2 == bytes.len()).then_some(out),
            _ => return None,
        }
    }
}

/// A NetBIOS name, each byte of which is two letters from A to P (RFC 1001 section 14.1).
fn netbios(label: &[u8], pen: &Pen) -> Option<Vec<u8>> {
    if label.len() != 32 || !label.iter().all(|b| (b'A'..=b'P').contains(b)) {
        return None;
    }
    let mut name: Vec<u8> = label
        .chunks(2)
        .map(|p| match p {
            [a, b] => (a - b'A') << 4 | (b - b'A'),
            _ => 0,
        })
        .collect();
    let (text, _) = name.split_at_mut_checked(15)?;
    pen.names.write(text);
    Some(
        name.iter()
            .flat_map(|b| [b'A' + (b >> 4), b'A' + (b & 15)])
            .collect(),
    )
}

fn name(out: &mut Written, span: &Span, before: &[u8], text: &str, pen: &Pen) {
    let range = before.get(span.start..span.end).unwrap_or_default();
    if let Some(at) = find(range, text.as_bytes()).filter(|_| !text.is_empty()) {
        around(out, span, range, at, text.len());
        let mut new = text.as_bytes().to_vec();
        pen.names.write(&mut new);
        put(out, span.start + at, &new, From::Written);
        return;
    }
    for big in [false, true] {
        let wide = utf16(text, big);
        let Some(at) = find(range, &wide).filter(|_| !wide.is_empty()) else {
            continue;
        };
        // A byte for each unit, one that is no ASCII as one that is a letter.
        let mut units: Vec<u8> = text
            .encode_utf16()
            .map(|u| {
                u8::try_from(u)
                    .ok()
                    .filter(u8::is_ascii)
                    .unwrap_or(u.to_le_bytes()[0] | 0x80)
            })
            .collect();
        pen.names.write(&mut units);
        let new: Vec<u8> = units
            .iter()
            .flat_map(|b| if big { [0, *b] } else { [*b, 0] })
            .collect();
        put(out, span.start + at, &new, From::Written);
        return;
    }
    if let Some(found) = labels(range) {
        put(out, span.start, range, From::Written);
        for (from, to) in found {
            let mut label = range.get(from..to).unwrap_or_default().to_vec();
            match netbios(&label, pen) {
                Some(new) => label = new,
                None => pen.names.write(&mut label),
            }
            put(out, span.start + from, &label, From::Written);
        }
        return;
    }
    blank(out, span);
}

/// What stands in a line around the value of its field: the name of a header, signs.
fn around(out: &mut Written, span: &Span, range: &[u8], at: usize, length: usize) {
    if !span.lines {
        return;
    }
    for (from, to) in [(0, at), (at + length, range.len())] {
        let mut text = range.get(from..to).unwrap_or_default().to_vec();
        words(&mut text, false);
        put(out, span.start + from, &text, From::Copied);
    }
}

fn blank(out: &mut Written, span: &Span) {
    let length = span.end.saturating_sub(span.start).min(out.bytes.len());
    let byte = if span.lines { b'x' } else { 0 };
    put(out, span.start, &vec![byte; length], From::Written);
}

fn address(out: &mut Written, span: &Span, before: &[u8], old: &[u8], new: &[u8]) {
    let range = before.get(span.start..span.end).unwrap_or_default();
    let turned = |b: &[u8]| b.iter().rev().copied().collect::<Vec<u8>>();
    if range == old {
        put(out, span.start, new, From::Address(span.start));
    } else if range == turned(old) {
        put(out, span.start, &turned(new), From::Address(span.start));
    } else if span.lines {
        let mut text = range.to_vec();
        words(&mut text, false);
        put(out, span.start, &text, From::Written);
    } else {
        blank(out, span);
    }
}

/// The first fragment of a datagram, which is described where its last one is: the header of what it carries.
fn fragments(out: &mut Written, before: &[u8]) {
    let innermost = out
        .headers
        .iter()
        .enumerate()
        .rev()
        .find(|(_, h)| matches!(h.name, "ip" | "ipv6"))
        .map(|(n, h)| (n, h.start));
    let Some((n, start)) = innermost else { return };
    let Some(ip) = checksums::ip(before, start) else {
        return;
    };
    if n + 1 < out.headers.len() || ip.fragment.is_none_or(|f| f.0 > 0) {
        return;
    }
    let Some(name) = checksums::carried(ip.carries) else {
        return;
    };
    let kept = match name {
        "tcp" => 20,
        "udp" => 8,
        _ => 4,
    };
    let header = before.get(ip.payload..(ip.payload + kept).min(ip.end));
    put(out, ip.payload, header.unwrap_or_default(), From::Header);
    out.headers.push(Header {
        name,
        start: ip.payload,
    });
}

/// Makes a packet anew.
pub(super) fn packet(before: &[u8], reading: &Reading, elsewhere: u64, pen: &Pen) -> Written {
    let mut out = Written {
        bytes: vec![0; before.len()],
        from: vec![From::Written; before.len()],
        headers: reading.headers.clone(),
        elsewhere,
    };
    for (start, end, headed) in &reading.lines {
        let all = before.get(*start..*end).unwrap_or_default();
        let end = if *headed {
            find(all, b"\r\n\r\n").map_or(all.len(), |at| at + 4)
        } else {
            all.len()
        };
        let mut text = all.get(..end).unwrap_or_default().to_vec();
        separators(&mut text, *start, reading);
        put(&mut out, *start, &text, From::Written);
    }
    // What gives more away comes later, so that it stands over what gives less.
    let ranks: [fn(&Rule) -> bool; 5] = [
        |r| matches!(r, Rule::Words(_)),
        |r| matches!(r, Rule::Header | Rule::Number),
        |r| matches!(r, Rule::Address(_) | Rule::Mac(_)),
        |r| matches!(r, Rule::Name(_)),
        |r| matches!(r, Rule::Blank(_)),
    ];
    for rank in ranks {
        for span in reading.spans.iter().filter(|s| rank(&s.rule)) {
            apply(&mut out, span, before, pen);
        }
    }
    fragments(&mut out, before);
    checked(&mut out, before);
    out
}

/// In lines, line ends and single signs between fields stay, all else is a letter.
fn separators(text: &mut [u8], start: usize, reading: &Reading) {
    let mut covered = vec![false; text.len()];
    for span in &reading.spans {
        let from = span.start.saturating_sub(start).min(text.len());
        let to = span.end.saturating_sub(start).min(text.len());
        if span.end > start {
            covered.get_mut(from..to).unwrap_or_default().fill(true);
        }
    }
    let at = |n: usize| covered.get(n).copied().unwrap_or(true);
    for (n, b) in text.iter_mut().enumerate() {
        let between = at(n.wrapping_sub(1)) && at(n + 1);
        match *b {
            b'\r' | b'\n' => {}
            b' ' | b':' | b'-' if between => {}
            _ => *b = b'x',
        }
    }
}

fn apply(out: &mut Written, span: &Span, before: &[u8], pen: &Pen) {
    let range = before.get(span.start..span.end).unwrap_or_default();
    match &span.rule {
        Rule::Header => put(out, span.start, range, From::Header),
        Rule::Number if span.lines => {
            let mut text = range.to_vec();
            words(&mut text, true);
            put(out, span.start, &text, From::Copied);
        }
        Rule::Number => put(out, span.start, range, From::Copied),
        Rule::Words(text) => match find(range, text.as_bytes()).filter(|_| !text.is_empty()) {
            Some(_) => {
                let mut text = range.to_vec();
                words(&mut text, false);
                put(out, span.start, &text, From::Copied);
            }
            None => match labels(range).filter(|_| text.contains('.')) {
                Some(_) => name(out, span, before, text, pen),
                None => blank(out, span),
            },
        },
        Rule::Name(text) => name(out, span, before, text, pen),
        Rule::Address(IpAddr::V4(a)) => {
            let new = pen.addresses.v4(*a).octets();
            address(out, span, before, &a.octets(), &new);
        }
        Rule::Address(IpAddr::V6(a)) => {
            let new = pen.addresses.v6(*a).octets();
            address(out, span, before, &a.octets(), &new);
        }
        Rule::Mac(a) => address(out, span, before, &a.0, &pen.addresses.mac(*a).0),
        Rule::Blank(text) => {
            blank(out, span);
            let text = text.trim_end_matches(['\r', '\n']);
            let found = find(range, text.as_bytes()).filter(|_| span.lines && !text.is_empty());
            if let Some(at) = found {
                around(out, span, range, at, text.len());
                if text.starts_with('/') {
                    put(out, span.start + at, b"/", From::Written);
                }
            }
            if span.lines && range.ends_with(b"\r\n") {
                put(out, span.end - 2, b"\r\n", From::Written);
            }
        }
    }
}

/// Puts checksums right after a change.
fn checked(out: &mut Written, before: &[u8]) {
    let places = checksums::restore(before, &mut out.bytes, &out.headers, out.elsewhere);
    for at in places {
        if let Some(class) = out.from.get_mut(at) {
            *class = From::Header;
        }
    }
}

/// Blanks what was copied within a range, and letters that a pseudonym left as they were; was there any?
pub(super) fn again(out: &mut Written, before: &[u8], start: usize, end: usize) -> bool {
    let mut any = false;
    for at in start..end.min(out.bytes.len()) {
        let (Some(b), Some(from)) = (out.bytes.get_mut(at), out.from.get_mut(at)) else {
            continue;
        };
        let letter = b.is_ascii_alphanumeric();
        let ours = matches!(from, From::Written | From::Address(_));
        let kept = ours && letter && before.get(at) == Some(b);
        if *from != From::Copied && !kept {
            continue;
        }
        any = true;
        *from = From::Written;
        *b = if letter {
            let mut one = [*b];
            fill(&mut one);
            // A letter that reads as one of a blank is one no more.
            if one == [*b] { b'-' } else { one[0] }
        } else if b.is_ascii_graphic() {
            b'x'
        } else {
            0
        };
    }
    if any {
        checked(out, before);
    }
    any
}
