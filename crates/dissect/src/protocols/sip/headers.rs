//! The header fields of SIP that are registered (IANA, Session Initiation Protocol Parameters), and a word on others:
//! those that a vendor made up, and names that broke on their way.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::headed::Head;
use crate::protocol::Severity;

/// A header field that nobody registered.
pub(super) static UNKNOWN: AnomalyKind = AnomalyKind {
    id: "sip.unrecognised_header",
    says: "Unrecognised SIP header",
    severity: Severity::Note,
    group: "Undecoded",
};

/// Names of one letter that stand for others (RFC 3261 section 7.3.3 and later ones).
const SHORT: &[u8] = b"abcdefijklmnorstuvxy";

/// In the order of the alphabet, in small letters.
static KNOWN: &[&str] = &[
    "accept",
    "accept-contact",
    "accept-encoding",
    "accept-language",
    "accept-resource-priority",
    "additional-identity",
    "alert-info",
    "allow",
    "allow-events",
    "answer-mode",
    "attestation-info",
    "authentication-info",
    "authorization",
    "call-id",
    "call-info",
    "cellular-network-info",
    "contact",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "cseq",
    "date",
    "diversion",
    "error-info",
    "event",
    "expires",
    "feature-caps",
    "flow-timer",
    "from",
    "geolocation",
    "geolocation-error",
    "geolocation-routing",
    "history-info",
    "identity",
    "identity-info",
    "in-reply-to",
    "info-package",
    "join",
    "max-breadth",
    "max-forwards",
    "mime-version",
    "min-expires",
    "min-se",
    "organization",
    "origination-id",
    "p-access-network-info",
    "p-answer-state",
    "p-asserted-identity",
    "p-asserted-service",
    "p-associated-uri",
    "p-called-party-id",
    "p-charge-info",
    "p-charging-function-addresses",
    "p-charging-vector",
    "p-dcs-billing-info",
    "p-dcs-laes",
    "p-dcs-osps",
    "p-dcs-redirect",
    "p-dcs-trace-party-id",
    "p-early-media",
    "p-media-authorization",
    "p-preferred-identity",
    "p-preferred-service",
    "p-profile-key",
    "p-refused-uri-list",
    "p-served-user",
    "p-user-database",
    "p-visited-network-id",
    "path",
    "permission-missing",
    "policy-contact",
    "policy-id",
    "priority",
    "priority-share",
    "priv-answer-mode",
    "privacy",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-require",
    "rack",
    "reason",
    "reason-phrase",
    "record-route",
    "recv-info",
    "refer-sub",
    "refer-to",
    "referred-by",
    "reject-contact",
    "relayed-charge",
    "replaces",
    "reply-to",
    "request-disposition",
    "require",
    "resource-priority",
    "resource-share",
    "response-source",
    "restoration-info",
    "retry-after",
    "route",
    "rseq",
    "security-client",
    "security-server",
    "security-verify",
    "server",
    "service-interact-info",
    "service-route",
    "session-expires",
    "session-id",
    "sip-etag",
    "sip-if-match",
    "subject",
    "subscription-state",
    "supported",
    "suppress-if-match",
    "target-dialog",
    "timestamp",
    "to",
    "trigger-consent",
    "unsupported",
    "user-agent",
    "via",
    "warning",
    "www-authenticate",
];

fn is_known(name: &str) -> bool {
    matches!(name.as_bytes(), [letter] if SHORT.contains(letter))
        || KNOWN.binary_search(&name).is_ok()
}

/// A length that is no number (RFC 3261 section 20.14).
pub(super) static BAD_LENGTH: AnomalyKind = AnomalyKind {
    id: "sip.content_length.invalid",
    says: "Invalid content_length",
    severity: Severity::Note,
    group: "Malformed",
};

/// Remarks every header field of a message that nobody registered, and a length that is none.
pub(super) fn remark(ctx: &mut Ctx<'_>, head: &Head<'_>) {
    let length = head.text(&["content-length", "l"]);
    if length.is_some_and(|n| n.trim().parse::<u32>().is_err()) {
        ctx.remark(&BAD_LENGTH, format_args!("{}", BAD_LENGTH.says));
    }
    for line in head.lines().skip(1) {
        if matches!(line.first(), None | Some(b' ' | b'\t')) {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        if !is_known(&name) {
            ctx.remark(&UNKNOWN, format_args!("{} ({name})", UNKNOWN.says));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_names_are_found_and_others_are_not() {
        assert!(KNOWN.is_sorted());
        for name in KNOWN {
            assert!(is_known(name), "{name}");
        }
        assert!(is_known("v") && is_known("m"));
        assert!(!is_known("x-vendor") && !is_known("w") && !is_known("") && !is_known("contac"));
    }
}
