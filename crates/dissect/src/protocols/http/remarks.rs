//! What is worth a word about a head: what it asks or answers, names that are none, and HTTP in clear on a port where
//! it is expected sealed.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::Severity;

/// Bytes of a start line that are looked at for the remark on it.
const LINE: usize = 1024;
/// The port of HTTP within TLS.
const SEALED: u16 = 443;

/// What was asked, what was answered.
pub(super) static CHAT: AnomalyKind = AnomalyKind {
    id: "http.chat",
    says: "Formatted text",
    severity: Severity::Chat,
    group: "Sequence",
};
/// A field name with characters that no name has (RFC 9110 section 5.1): some readers see the field, some do not.
pub(super) static BAD_NAME: AnomalyKind = AnomalyKind {
    id: "http.bad_header_name",
    says: "Illegal characters found in header name",
    severity: Severity::Warn,
    group: "Protocol",
};
/// In clear where TLS is expected.
pub(super) static IN_CLEAR: AnomalyKind = AnomalyKind {
    id: "http.tls_port",
    says: "Unencrypted HTTP protocol detected over encrypted port, could indicate a dangerous misconfiguration.",
    severity: Severity::Warn,
    group: "Security",
};

/// Remarks the start line, with its end of line, as Wireshark does.
pub(super) fn chat(ctx: &mut Ctx<'_>, head: &[u8]) {
    if !ctx.describing {
        return;
    }
    let end = memchr::memchr(b'\n', head).map_or(head.len(), |n| n + 1);
    let line = head.get(..end.min(LINE)).unwrap_or_default();
    ctx.remark(&CHAT, format_args!("{}", escaped(line)));
    for _ in bad_names(head) {
        ctx.remark(&BAD_NAME, format_args!("{}", BAD_NAME.says));
    }
}

/// Remarks a message of a connection that is not opened from TLS.
pub(super) fn in_clear(ctx: &mut Ctx<'_>) {
    let sealed = ctx
        .packet
        .ports
        .is_some_and(|(a, b)| a == SEALED || b == SEALED);
    if ctx.describing && sealed && ctx.packet.within == 0 {
        ctx.remark(&IN_CLEAR, format_args!("{}", IN_CLEAR.says));
    }
}

/// The names of a head's lines that are none. Lines that go on with the one before have no name.
fn bad_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = head.split(|b| *b == b'\n').skip(1);
    let lines = lines.take_while(|l| !matches!(l, [] | [b'\r']));
    let named = lines.filter(|l| !matches!(l.first(), Some(b' ' | b'\t')));
    named.filter_map(|l| {
        let name = l.get(..memchr::memchr(b':', l)?)?;
        let fine = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&\\^_`|~*+-.".contains(b);
        (name.is_empty() || !name.iter().all(fine)).then_some(name)
    })
}

/// Control characters as Wireshark writes them.
fn escaped(line: &[u8]) -> String {
    let mut out = String::with_capacity(line.len() + 4);
    for c in String::from_utf8_lossy(line).chars() {
        match c {
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::bad_names;

    #[test]
    fn a_name_is_a_token_and_what_goes_on_has_none() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\nX-\xa0: 1\r\nA B: 2\r\n goes: on\r\n: 3\r\nno colon\r\n\r\nin the body: 4\r\n";
        let bad: Vec<&[u8]> = bad_names(head).collect();
        assert_eq!(bad, [b"X-\xa0".as_slice(), b"A B", b""]);
        assert_eq!(bad_names(b"HTTP/1.1 200 OK\nServer: x\n\n").count(), 0);
    }
}
