//! A client that does not say which server it means.

use super::finding::{Finding, Severity, rank};
use super::hellos::outside;
use super::hellos::{judge as hellos, keys};
use super::{Detection, Ground, Key, Need};
use std::net::IpAddr;
use weir_dissect::protocols::tls::Handshake;

/// Many programs do.
const ALONE: f64 = 0.35;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.no_sni",
    title: "TLS to the outside without a name",
    why: "Every browser says the name of the server it wants; programs that connect to an address have none to say.",
    how: "A TLS hello to the outside without a server name, or with an address as one.",
    innocent: "Devices and programs that know their server by address; private networks; mail programs of old.",
    settle: "See on the host which program connects; look up to whom the address belongs.",
    techniques: &["T1573.002", "T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content],
    keys: |ground| keys(ground, odd),
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    if h.client_hello.is_none() || h.ech {
        return None;
    }
    match h.server_name.as_deref() {
        None => Some("no server name in the hello".to_owned()),
        Some(name) => name
            .parse::<IpAddr>()
            .is_ok()
            .then(|| "the server name is an address".to_owned()),
    }
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, odd).filter(|_| outside(ground, key))?;
    out.confidence = ALONE;
    out.domain = None;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn with_and_without_a_name() {
        for (name, is) in [
            (None, true),
            (Some("198.51.100.9"), true),
            (Some("x.example"), false),
        ] {
            let mut h = hello_of(name, None);
            assert!(odd(&h).is_none(), "the hello was not seen");
            h.client_hello = Some(weir_model::PacketRef::default());
            assert_eq!(odd(&h).is_some(), is, "{name:?}");
        }
    }
}
