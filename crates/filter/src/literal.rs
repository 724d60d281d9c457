//! Literals: what a word or a string means as a value of a type.

use crate::value::{Type, Val};
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::Mac;

const SECOND: i64 = 1_000_000_000;

/// `word` as a value of `ty`, or the sentence that says why it is none.
pub(crate) fn word(text: &str, ty: Type) -> Result<Val<'static>, String> {
    match ty {
        Type::None => Err("a label has no value to compare with".to_owned()),
        Type::Bool => match text {
            "True" | "TRUE" | "true" => Ok(Val::Number(1)),
            "False" | "FALSE" | "false" => Ok(Val::Number(0)),
            _ => number(text)
                .map(|n| Val::Number(i128::from(n != 0)))
                .ok_or_else(|| not(text, ty)),
        },
        Type::Number { signed, bits } => {
            let Some(value) = number(text) else {
                return Err(not(text, ty));
            };
            let bits = u32::from(bits.clamp(1, 64)) - u32::from(signed);
            let most = (1i128 << bits) - 1;
            if value > most {
                return Err(format!("{text} is too big for this field, at most {most}"));
            }
            Ok(Val::Number(value))
        }
        Type::Float => text.parse().map(Val::Float).map_err(|_| not(text, ty)),
        Type::Text => Ok(Val::Bytes(Cow::Owned(text.as_bytes().to_vec()))),
        Type::Bytes | Type::Protocol => bytes(text)
            .map(|b| Val::Bytes(Cow::Owned(b)))
            .ok_or_else(|| not(text, ty)),
        Type::Mac => match bytes(text) {
            Some(found) if found.len() == 6 => Ok(Val::Bytes(Cow::Owned(found))),
            Some(found) => Err(format!(
                "{text} has {} bytes; a hardware address has 6",
                found.len()
            )),
            None => match text.parse::<Mac>() {
                Ok(mac) => Ok(Val::Bytes(Cow::Owned(mac.0.to_vec()))),
                Err(()) => Err(not(text, ty)),
            },
        },
        Type::V4 => {
            let (address, bits) = network(text, 32)?;
            let address: Ipv4Addr = address.parse().map_err(|_| not(text, ty))?;
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            Ok(Val::V4(address.into(), mask))
        }
        Type::V6 => {
            let (address, bits) = network(text, 128)?;
            let address: Ipv6Addr = address.parse().map_err(|_| not(text, ty))?;
            Ok(Val::V6(
                address.into(),
                u128::MAX.checked_shl(128 - bits).unwrap_or(0),
            ))
        }
        Type::Time => time(text)
            .map(Val::Time)
            .ok_or_else(|| format!("{text:?} is not a time; write \"2026-03-04 12:00:00\" (UTC)")),
        Type::Span => seconds(text).map(Val::Span).ok_or_else(|| not(text, ty)),
    }
}

/// A quoted string as a value of `ty`.
pub(crate) fn string(text: &[u8], ty: Type) -> Result<Val<'static>, String> {
    match ty {
        Type::Text | Type::Bytes | Type::Protocol => Ok(Val::Bytes(Cow::Owned(text.to_vec()))),
        Type::Time | Type::Bool => match std::str::from_utf8(text) {
            Ok(text) => word(text, ty),
            Err(_) => Err(format!("this string is not {}", ty.title())),
        },
        _ => Err(format!(
            "a string is not {}; write it without quotes",
            ty.title()
        )),
    }
}

/// A character as a value of `ty`.
pub(crate) fn character(byte: u8, ty: Type) -> Result<Val<'static>, String> {
    match ty {
        Type::Number { .. } => Ok(Val::Number(i128::from(byte))),
        Type::Text | Type::Bytes | Type::Protocol => Ok(Val::Bytes(Cow::Owned(vec![byte]))),
        _ => Err(format!("a character is not {}", ty.title())),
    }
}

fn not(text: &str, ty: Type) -> String {
    format!("{text} is not {}", ty.title())
}

/// Decimal, `0x` hexadecimal, `0b` binary or `0` octal. At most 64 bits.
fn number(text: &str) -> Option<i128> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..)?, 16),
        [b'0', b'b', ..] => (lower.get(2..)?, 2),
        [b'0', _, ..] => (lower.get(1..)?, 8),
        _ => (lower.as_str(), 10),
    };
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    u64::from_str_radix(digits, radix).ok().map(i128::from)
}

/// Hexadecimal digits with `:`, `-` or `.` between the bytes, or in pairs without; `0xff` is one byte.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return if (1..=2).contains(&hex.len()) {
            u8::from_str_radix(hex, 16).ok().map(|b| vec![b])
        } else {
            None
        };
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'-' | b'.'))
    {
        return None;
    }
    let separators = [':', '-', '.'];
    // `47:` and `47:45:` are what is left when a sequence is being typed.
    let text = text.strip_suffix(separators).unwrap_or(text);
    let mut out = Vec::new();
    for part in text.split(separators) {
        match part.len() {
            1 | 2 => out.push(u8::from_str_radix(part, 16).ok()?),
            n if n > 0 && n % 2 == 0 => {
                for pair in 0..n / 2 {
                    out.push(u8::from_str_radix(part.get(pair * 2..pair * 2 + 2)?, 16).ok()?);
                }
            }
            _ => return None,
        }
    }
    Some(out)
}

/// `address/bits` apart; the bits of one address are all of them.
fn network(text: &str, most: u32) -> Result<(&str, u32), String> {
    let Some((address, bits)) = text.split_once('/') else {
        return Ok((text, most));
    };
    match bits.parse() {
        Ok(bits) if bits <= most => Ok((address, bits)),
        _ => Err(format!(
            "{text} has no prefix length from 0 to {most} after the /"
        )),
    }
}

/// Seconds with up to nine digits after the point, to nanoseconds.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(SECOND)?.checked_add(nanos(fraction))
}

/// The digits after the point; what is finer than a nanosecond is dropped.
fn nanos(fraction: &str) -> i64 {
    let mut out = 0;
    for n in 0..9 {
        let digit = fraction
            .as_bytes()
            .get(n)
            .map_or(0, |b| i64::from(b.wrapping_sub(b'0')));
        out = out * 10 + digit;
    }
    out
}

/// ISO 8601 (`T` may be a space, `Z` or `+01:00` may follow) or `Mar 4, 2026 12:00:00`. UTC unless it says otherwise.
fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_suffix("UTC").map_or(text, str::trim_end);
    let (date, rest) = match text.as_bytes().first()? {
        b'0'..=b'9' => {
            let (date, rest) = text.split_at_checked(10)?;
            let mut parts = date.split('-').map(digits);
            let date = (parts.next()??, parts.next()??, parts.next()??);
            if parts.next().is_some() {
                return None;
            }
            (date, rest.strip_prefix(['T', ' ']).unwrap_or(rest))
        }
        _ => legacy(text)?,
    };
    let (clock, offset) = zone(rest.trim())?;
    let days = days(date.0, date.1, date.2)?;
    days.checked_mul(86_400)?
        .checked_sub(offset)?
        .checked_mul(SECOND)?
        .checked_add(clock_nanos(clock)?)
}

/// `Sep 26, 2004 23:18:04.95`.
fn legacy(text: &str) -> Option<((i64, i64, i64), &str)> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let (month, rest) = text.split_at_checked(3)?;
    let month = MONTHS.iter().position(|m| month.eq_ignore_ascii_case(m))?;
    let (day, rest) = rest.trim_start().split_once([',', ' '])?;
    let rest = rest.trim_start();
    let (year, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((
        (digits(year)?, i64::try_from(month).ok()? + 1, digits(day)?),
        rest,
    ))
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        None
    } else {
        text.parse().ok()
    }
}

/// The clock time and the seconds east of UTC.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let (clock, offset) = text.split_at_checked(at)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let (hours, minutes) = match offset.split_once(':') {
        Some((h, m)) => (digits(h)?, digits(m)?),
        None => match digits(offset)? {
            n if offset.len() > 2 => (n / 100, n % 100),
            n => (n, 0),
        },
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    Some((
        clock.trim_end(),
        if sign == "-" { -seconds } else { seconds },
    ))
}

/// `12:00`, `12:00:00` or `12:00:00.5`; nothing is midnight.
fn clock_nanos(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':').map(digits);
    let (hour, minute, second) = (
        parts.next()??,
        parts.next()??,
        parts.next().unwrap_or(Some(0))?,
    );
    let fits =
        hour < 24 && minute < 60 && second <= 60 && fraction.bytes().all(|b| b.is_ascii_digit());
    if !fits || parts.next().is_some() {
        return None;
    }
    Some((hour * 3600 + minute * 60 + second) * SECOND + nanos(fraction))
}

/// Days from 1970-01-01 in the Gregorian calendar; `None` for a day that does not exist.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    // Years counted from March, so that the leap day is the last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    Some(
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day
            - 1
            - 719_468,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("2020-03-04 12:00:00", Some(1_583_323_200)),
            ("2020-03-04T12:00:00Z", Some(1_583_323_200)),
            ("2020-03-04T13:00+01:00", Some(1_583_323_200)),
            ("2020-03-04 11:30:00 -0030", Some(1_583_323_200)),
            ("Mar 4, 2020 12:00:00", Some(1_583_323_200)),
            ("Mar  4, 2020 12:00:00 UTC", Some(1_583_323_200)),
            ("2020-02-30", None),
            ("2020-13-01", None),
            ("2020-03-04 25:00", None),
            ("9999-03-04", None),
            ("é020-03-04", None),
            ("", None),
        ] {
            assert_eq!(time(text), expected.map(|s: i64| s * SECOND), "{text}");
        }
        assert_eq!(time("1970-01-01 00:00:01.5"), Some(1_500_000_000));
    }

    #[test]
    fn byte_strings() {
        for (text, expected) in [
            ("47:45:54", Some(&b"GET"[..])),
            ("47-45-54", Some(b"GET")),
            ("47.45.54", Some(b"GET")),
            ("474554", Some(b"GET")),
            ("4745.5400", Some(b"GET\0")),
            ("0x47", Some(b"G")),
            ("2", Some(&[2])),
            ("0x4745", None),
            ("GET", None),
            ("474", None),
            ("47::45", None),
        ] {
            assert_eq!(bytes(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", Some(0)),
            ("80", Some(80)),
            ("0x50", Some(80)),
            ("0120", Some(80)),
            ("0b1010000", Some(80)),
            ("18446744073709551615", Some(18_446_744_073_709_551_615)),
            ("18446744073709551616", None),
            ("0x", None),
            ("08", None),
            ("+1", None),
            ("0x+1", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
