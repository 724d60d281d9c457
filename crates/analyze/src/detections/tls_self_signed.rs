//! A server that vouches for itself.

use super::finding::{Finding, Severity, rank};
use super::hellos::{hello, outside, own_word};
use super::hellos::{judge as hellos, keys};
use super::tls_name_mismatch::mismatch;
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::tls::Handshake;

/// Outside, for no name.
const UNNAMED: f64 = 0.6;
/// Inside: appliances.
const INSIDE: f64 = 0.3;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.self_signed",
    title: "A certificate that is signed by itself",
    why: "Anybody can make such a certificate in a second; control servers of common tools do.",
    how: "Subject and issuer of the server's certificate are the same. Outside the network it is medium where the client names no host, or the name does not fit; inside it is a note. Certificates are visible up to TLS 1.2 only.",
    innocent: "Appliances, printers and test servers, mostly inside the network.",
    settle: "Look the certificate's SHA-256 up; see which program on the host connects.",
    techniques: &["T1573.002", "T1587.003"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls")],
    keys: |ground| keys(ground, odd),
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    own_word(h)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, odd)?;
    if !outside(ground, key) {
        out.confidence = INSIDE;
        out.benign = Some(("appliance", "it is a machine of the network".to_owned()));
        return Some(out);
    }
    let unnamed = |h: &Handshake| h.server_name.is_none() || mismatch(h).is_some();
    let hello = hello(ground, *key.rows.first()?)?;
    if unnamed(hello) && hello.alert.is_none_or(|a| !a.2) {
        (out.severity, out.confidence) = (Severity::Medium, UNNAMED);
        out.why += " The client names no host that it would be for.";
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn by_itself_and_by_another() {
        let of = |s, i| odd(&hello_of(Some("x"), Some((s, i, &["x"], [0, 2000])))).is_some();
        assert!(of("CN=x", "CN=x"));
        assert!(!of("CN=x", "CN=Some CA"));
    }
}
