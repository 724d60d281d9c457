//! A server that vouches for itself.

use super::finding::{Finding, Severity, rank};
use super::gather::facts;
use super::hellos::{hello, outside, own_word};
use super::hellos::{judge as hellos, keys};
use super::tls_name_mismatch::mismatch;
use super::{Detection, Ground, Key, Need};
use weir_dissect::Transport;
use weir_dissect::protocols::tls::Handshake;

/// Outside, for no name.
const UNNAMED: f64 = 0.6;
/// Inside: appliances.
const INSIDE: f64 = 0.3;
/// A tool's own name stands in it.
const TOOL: f64 = 0.9;
/// Names that tools of control servers write into the certificates they make unless told otherwise.
const TOOLS: [&str; 6] = [
    "CN=AsyncRAT Server",
    "CN=DcRat",
    "CN=Quasar Server CA",
    "CN=Orcus Server",
    "CN=VenomRAT Server",
    "CN=Major Cobalt Strike",
];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.self_signed",
    title: "A certificate that is signed by itself",
    why: "Anybody can make such a certificate in a second; control servers of common tools do.",
    how: "Subject and issuer of the server's certificate are the same. Outside the network it is medium where the client names no host, or the name does not fit; inside it is a note. High where a name stands in it that a known tool of control servers writes into those it makes. Certificates are visible up to TLS 1.2 only. Those of DTLS are not looked at: calls and data channels of browsers always sign for themselves (RFC 8827).",
    innocent: "Appliances, printers and test servers, mostly inside the network.",
    settle: "Look the certificate's SHA-256 up; see which program on the host connects.",
    techniques: &["T1573.002", "T1587.003"],
    severity: Severity::High,
    needs: &[Need::Messages("tls"), Need::Content, Need::OtherSide],
    keys: |ground| {
        let mut all = keys(ground, odd);
        all.retain(|key| !datagrams(ground, key));
        all
    },
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    own_word(h).or_else(|| {
        tool(h).map(|name| format!("its certificate has the name that a tool makes: {name}"))
    })
}

/// The tool whose name stands in the certificate.
fn tool(h: &Handshake) -> Option<&'static str> {
    let own = h.certificates.first()?;
    let names = || own.subject.split(", ").chain(own.issuer.split(", "));
    TOOLS
        .into_iter()
        .find(|tool| names().any(|n| n == *tool))
        .and_then(|tool| tool.strip_prefix("CN="))
}

/// Are these handshakes of DTLS?
fn datagrams(ground: &Ground<'_>, key: &Key) -> bool {
    let over = |at: &(usize, usize)| {
        let flow = facts(ground, at.0)?.flow(hello(ground, *at)?.meta.flow?)?;
        Some(flow.transport)
    };
    key.rows.iter().all(|at| over(at) == Some(Transport::Udp))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, odd)?;
    let mut all = key.rows.iter().filter_map(|at| hello(ground, *at));
    if all.any(|h| tool(h).is_some()) {
        (out.severity, out.confidence) = (Severity::High, TOOL);
        return Some(out);
    }
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

    #[test]
    fn names_that_tools_make() {
        let of = |s, i| tool(&hello_of(Some("x"), Some((s, i, &["x"], [0, 2000]))));
        assert_eq!(of("CN=DcRat", "CN=DcRat Server, O=x"), Some("DcRat"));
        assert_eq!(of("CN=x", "CN=Quasar Server CA"), Some("Quasar Server CA"));
        assert_eq!(of("CN=DcRatio Ltd", "CN=Some CA"), None);
        assert_eq!(of("O=AsyncRAT Server", "CN=Some CA"), None, "another part");
    }
}
