//! The forms in which a removed value could still stand somewhere: as text, in wider letters, encoded, reversed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use weir_model::Mac;

/// Shorter forms stand everywhere by chance.
pub(super) const LEAST: usize = 4;

/// A form: what it is called and the bytes to look for.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Capitals make no difference.
    pub(super) any_case: bool,
}

fn form(name: &'static str, bytes: impl Into<Vec<u8>>, any_case: bool) -> Form {
    Form {
        name,
        bytes: bytes.into(),
        any_case,
    }
}

fn hex(bytes: &[u8], before: &str, between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|b| format!("{before}{b:02x}")).collect();
    pairs.join(between)
}

/// What all of `bytes` is within base64, at each of the three places that it can begin at.
fn encoded(out: &mut Vec<Form>, bytes: &[u8]) {
    for skip in 0..3 {
        let mut padded = vec![0; skip];
        padded.extend(bytes);
        let from = [0, 2, 3].get(skip).copied().unwrap_or(0);
        let to = padded.len() * 8 / 6;
        let of = |text: String| text.get(from..to).map(str::to_owned);
        let plain = of(STANDARD_NO_PAD.encode(&padded));
        let url = of(URL_SAFE_NO_PAD.encode(&padded)).filter(|u| Some(u) != plain.as_ref());
        out.extend(
            plain
                .into_iter()
                .chain(url)
                .map(|t| form("base64", t, false)),
        );
    }
}

/// What a text can be written as.
fn written(out: &mut Vec<Form>, text: &str) {
    let bytes = text.as_bytes();
    out.push(form("text", bytes, true));
    let wide = |big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    out.push(form("UTF-16, little-endian", wide(false), true));
    out.push(form("UTF-16, big-endian", wide(true), true));
    out.push(form("hexadecimal", hex(bytes, "", ""), true));
    out.push(form("URL-encoded", hex(bytes, "%", ""), true));
    let reserved: String = bytes
        .iter()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(*b).to_string()
            }
            _ => format!("%{b:02x}"),
        })
        .collect();
    if reserved != text {
        out.push(form("URL-encoded", reserved, true));
    }
    encoded(out, bytes);
}

/// A name with dots as DNS sends it.
fn wire(name: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for label in name.split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|n| (1..64).contains(n))?;
        out.push(length);
        out.extend(label.as_bytes());
    }
    Some(out)
}

fn raw(out: &mut Vec<Form>, bytes: &[u8]) {
    let turned: Vec<u8> = bytes.iter().rev().copied().collect();
    out.push(form("hexadecimal", hex(bytes, "", ""), true));
    out.push(form("hexadecimal, reversed", hex(&turned, "", ""), true));
    encoded(out, bytes);
    out.push(form("bytes", bytes, false));
    out.push(form("bytes, reversed", turned, false));
}

fn reversed(out: &mut Vec<Form>, name: &str) {
    out.push(form("reversed DNS", name, true));
    out.extend(wire(name).map(|w| form("reversed DNS", w, true)));
}

fn v4(a: Ipv4Addr) -> Vec<Form> {
    let mut out = Vec::new();
    written(&mut out, &a.to_string());
    raw(&mut out, &a.octets());
    let [p, q, r, s] = a.octets();
    out.push(form("text with hyphens", format!("{p}-{q}-{r}-{s}"), true));
    out.push(form("text with commas", format!("{p},{q},{r},{s}"), true));
    reversed(&mut out, &format!("{s}.{r}.{q}.{p}.in-addr.arpa"));
    out
}

fn v6(a: Ipv6Addr) -> Vec<Form> {
    let mut out = Vec::new();
    written(&mut out, &a.to_string());
    raw(&mut out, &a.octets());
    let full: Vec<String> = a.segments().iter().map(|s| format!("{s:04x}")).collect();
    out.push(form("text, all digits", full.join(":"), true));
    let nibbles: Vec<String> = full.concat().chars().rev().map(String::from).collect();
    reversed(&mut out, &format!("{}.ip6.arpa", nibbles.join(".")));
    out
}

/// Every form of an address.
pub(super) fn address(a: IpAddr) -> Vec<Form> {
    let out = match a {
        IpAddr::V4(a) => v4(a),
        IpAddr::V6(a) => v6(a),
    };
    long(out)
}

/// Every form of a hardware address.
pub(super) fn mac(a: Mac) -> Vec<Form> {
    let mut out = Vec::new();
    written(&mut out, &a.to_string());
    raw(&mut out, &a.0);
    out.push(form("text with hyphens", hex(&a.0, "", "-"), true));
    let [b, c, d, e, f, g] = a.0;
    let dotted = format!("{b:02x}{c:02x}.{d:02x}{e:02x}.{f:02x}{g:02x}");
    out.push(form("text with dots", dotted, true));
    out.push(form(
        "interface identifier",
        [b ^ 2, c, d, 0xff, 0xfe, e, f, g],
        false,
    ));
    long(out)
}

/// Every form of a text.
pub(super) fn text(text: &str) -> Vec<Form> {
    let mut out = Vec::new();
    written(&mut out, text);
    if text.contains('.') {
        out.extend(wire(text.trim_end_matches('.')).map(|w| form("DNS", w, true)));
    }
    long(out)
}

/// Every form of bytes that are no text.
pub(super) fn bytes(bytes: &[u8]) -> Vec<Form> {
    let mut out = Vec::new();
    raw(&mut out, bytes);
    long(out)
}

fn long(mut forms: Vec<Form>) -> Vec<Form> {
    forms.retain(|f| f.bytes.len() >= LEAST);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(forms: &[Form], bytes: &[u8]) -> bool {
        forms.iter().any(|f| f.bytes == bytes)
    }

    #[test]
    fn base64_of_a_text_is_found_wherever_it_begins() {
        let forms = text("hunter22");
        for around in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "!", "!!"] {
                let whole = STANDARD_NO_PAD.encode(format!("{around}hunter22{after}"));
                let found = forms.iter().filter(|f| f.name == "base64");
                assert!(
                    found
                        .map(|f| String::from_utf8(f.bytes.clone()).unwrap())
                        .any(|f| whole.contains(&f)),
                    "{whole}"
                );
            }
        }
    }

    #[test]
    fn an_address_has_all_its_forms() {
        let forms = address("192.0.2.10".parse().unwrap());
        for wanted in [
            &b"192.0.2.10"[..],
            b"10.2.0.192.in-addr.arpa",
            &[192, 0, 2, 10],
            &[10, 2, 0, 192],
            b"c000020a",
            b"1\x009\x002\x00.\x000\x00.\x002\x00.\x001\x000\x00",
            b"192-0-2-10",
            b"\x0210\x012\x010\x03192\x07in-addr\x04arpa",
        ] {
            assert!(has(&forms, wanted), "{wanted:?}");
        }
        let forms = address("2001:db8::1".parse().unwrap());
        let name = format!("1.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(23));
        assert!(has(&forms, name.as_bytes()));
        let forms = mac("00:0c:29:79:fd:94".parse().unwrap());
        for wanted in [
            &b"00-0c-29-79-fd-94"[..],
            b"000c.2979.fd94",
            b"000c2979fd94",
            &[2, 12, 0x29, 0xff, 0xfe, 0x79, 0xfd, 0x94],
        ] {
            assert!(has(&forms, wanted), "{wanted:?}");
        }
    }

    #[test]
    fn a_name_has_its_dns_form_and_a_short_one_none() {
        assert!(has(&text("a.example.org"), b"\x01a\x07example\x03org"));
        assert!(text("bob").iter().all(|f| f.name != "text"));
    }
}
