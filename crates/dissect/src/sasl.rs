//! Log-ins by SASL in the clear, of mail's protocols alike: the name in an answer by PLAIN (RFC 4616) or LOGIN.
//! Passwords are not kept.

use base64::Engine as _;

/// Base64 of text.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text.trim())
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// The name in a PLAIN answer: between the first and the second zero.
pub(crate) fn plain_name(text: &str) -> Option<String> {
    Some(decoded(text)?.split('\0').nth(1)?.to_owned())
}

/// The name in a client's first answer by this mechanism, in capitals.
pub(crate) fn name(mechanism: &str, answer: &str) -> Option<String> {
    match mechanism {
        "PLAIN" => plain_name(answer),
        "LOGIN" => decoded(answer),
        _ => None,
    }
}

/// Does this mechanism, in capitals, send the password itself?
#[must_use]
pub fn in_clear(mechanism: &str) -> bool {
    matches!(mechanism, "PLAIN" | "LOGIN")
}
