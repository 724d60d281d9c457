//! A search's filter (RFC 4511 section 4.5.1.7) as text (RFC 4515).

use crate::ber::Tlv;
use std::fmt::Write as _;

/// Filters within filters that are followed.
const DEPTH: u8 = 16;
/// Bytes of text from which on no more is added.
const ENOUGH: usize = 512;

/// As text; what is too deep or too long is left out.
pub(super) fn text(filter: &Tlv<'_>) -> String {
    let mut out = String::new();
    add(&mut out, filter, DEPTH);
    out
}

fn add(out: &mut String, filter: &Tlv<'_>, depth: u8) {
    if depth == 0 || out.len() >= ENOUGH {
        return;
    }
    let mut parts = filter.inner();
    let text = |t: Option<Tlv<'_>>| t.map(|t| t.text()).unwrap_or_default();
    match filter.tag & 0x1f {
        set @ 0..=2 => {
            out.push_str(["(&", "(|", "(!"].get(usize::from(set)).unwrap_or(&"("));
            for inner in filter.inner() {
                add(out, &inner, depth - 1);
            }
            out.push(')');
        }
        4 => {
            let name = text(parts.next());
            let pieces = parts.next();
            let pieces = pieces.iter().flat_map(Tlv::inner);
            let mut value = String::new();
            for piece in pieces {
                // The first of them may stand at the beginning, the last at the end.
                if piece.tag & 0x1f != 0 && !value.ends_with('*') {
                    value.push('*');
                }
                value += &piece.text();
                if piece.tag & 0x1f != 2 {
                    value.push('*');
                }
            }
            let _ = write!(out, "({name}={value})");
        }
        7 => {
            let _ = write!(out, "({}=*)", filter.text());
        }
        9 => {
            let (mut rule, mut name, mut value) = (String::new(), String::new(), String::new());
            for p in filter.inner() {
                match p.tag & 0x1f {
                    1 => rule = p.text(),
                    2 => name = p.text(),
                    3 => value = p.text(),
                    _ => {}
                }
            }
            let colon = if rule.is_empty() { "" } else { ":" };
            let _ = write!(out, "({name}{colon}{rule}:={value})");
        }
        other => {
            let sign = match other {
                5 => ">=",
                6 => "<=",
                8 => "~=",
                _ => "=",
            };
            let (name, value) = (text(parts.next()), text(parts.next()));
            let _ = write!(out, "({name}{sign}{value})");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tlv;
    use super::*;
    use crate::data::Data;

    fn said(bytes: &[u8]) -> String {
        text(&Tlv::read(Data::packet(bytes)).unwrap())
    }

    #[test]
    fn each_kind_as_text() {
        let pair = |tag, a: &[u8], b: &[u8]| tlv(tag, &[tlv(4, a), tlv(4, b)].concat());
        let present = tlv(0x87, b"servicePrincipalName");
        assert_eq!(said(&present), "(servicePrincipalName=*)");
        assert_eq!(said(&pair(0xa3, b"cn", b"a")), "(cn=a)");
        assert_eq!(said(&pair(0xa5, b"n", b"3")), "(n>=3)");
        assert_eq!(said(&pair(0xa6, b"n", b"3")), "(n<=3)");
        assert_eq!(said(&pair(0xa8, b"cn", b"a")), "(cn~=a)");
        let pieces = |list: &[(u8, &[u8])]| {
            let inner: Vec<u8> = list.iter().flat_map(|(t, b)| tlv(*t, b)).collect();
            tlv(0xa4, &[tlv(4, b"cn"), tlv(0x30, &inner)].concat())
        };
        assert_eq!(
            said(&pieces(&[(0x80, b"a"), (0x81, b"b"), (0x82, b"c")])),
            "(cn=a*b*c)"
        );
        assert_eq!(said(&pieces(&[(0x81, b"b")])), "(cn=*b*)");
        assert_eq!(said(&pieces(&[(0x82, b"c")])), "(cn=*c)");
        let both = tlv(
            0xa0,
            &[present.clone(), tlv(0xa2, &pair(0xa3, b"cn", b"a"))].concat(),
        );
        assert_eq!(said(&both), "(&(servicePrincipalName=*)(!(cn=a)))");
        let rule = [tlv(0x81, b"1.2"), tlv(0x82, b"uac"), tlv(0x83, b"2")].concat();
        assert_eq!(said(&tlv(0xa9, &rule)), "(uac:1.2:=2)");
    }

    #[test]
    fn what_is_cut_too_deep_or_too_long() {
        let mut deep = tlv(0x87, b"a");
        for _ in 0..60 {
            deep = tlv(0xa2, &deep);
        }
        assert_eq!(said(&deep).matches("(!").count(), 16);
        let many: Vec<u8> = (0..400).flat_map(|_| tlv(0x87, b"abcdefgh")).collect();
        assert!(said(&tlv(0xa0, &many)).len() < 560);
        for n in 2..deep.len() {
            said(&deep[..n]);
        }
    }
}
