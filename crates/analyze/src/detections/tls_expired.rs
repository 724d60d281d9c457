//! A server whose certificate was no longer valid when it was shown.

use super::finding::{Finding, Severity, rank};
use super::hellos::{judge as hellos, keys};
use super::{Detection, Ground, Key, Need};
use crate::answers::moment;
use weir_dissect::protocols::tls::Handshake;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.expired",
    title: "A certificate that had expired",
    why: "Who cares for a server renews its certificate; forgotten and hijacked servers do not.",
    how: "The server's certificate was valid until before the packet that shows it. Certificates are visible up to TLS 1.2 only.",
    innocent: "A forgotten renewal, mostly of appliances; a clock of the capture that is wrong.",
    settle: "Ask the owner; see which program on the host connects in spite of it.",
    techniques: &["T1587.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content, Need::OtherSide],
    keys: |ground| keys(ground, odd),
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    let own = h.certificates.first()?;
    (h.meta.time > own.not_after).then(|| format!("valid until {}", moment(own.not_after)))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    hellos(ground, key, &DETECTION, odd)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn at_the_last_second() {
        for (until, is) in [(999, true), (1000, false), (1001, false)] {
            let h = hello_of(Some("x"), Some(("CN=x", "CN=CA", &["x"], [0, until])));
            assert_eq!(odd(&h).is_some(), is, "{until}");
        }
    }
}
