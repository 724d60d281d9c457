//! A server whose certificate was not valid yet when it was shown.

use super::finding::{Finding, Severity, rank};
use super::hellos::{judge as hellos, keys};
use super::{Detection, Ground, Key, Need};
use crate::answers::moment;
use weir_dissect::protocols::tls::Handshake;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.not_yet_valid",
    title: "A certificate that was not valid yet",
    why: "A certificate from the future was made on a machine whose clock is wrong, or in a hurry.",
    how: "The server's certificate is valid from after the packet that shows it. Certificates are visible up to TLS 1.2 only.",
    innocent: "A clock that is wrong: of the maker, or of the capture.",
    settle: "Compare the capture's clock with a time in its traffic; see which program on the host connects.",
    techniques: &["T1587.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content, Need::OtherSide],
    keys: |ground| keys(ground, odd),
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    let own = h.certificates.first()?;
    (h.meta.time < own.not_before).then(|| format!("valid from {}", moment(own.not_before)))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    hellos(ground, key, &DETECTION, odd)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn at_the_first_second() {
        for (from, is) in [(999, false), (1000, false), (1001, true)] {
            let h = hello_of(Some("x"), Some(("CN=x", "CN=CA", &["x"], [from, 5000])));
            assert_eq!(odd(&h).is_some(), is, "{from}");
        }
    }
}
