//! A server that was asked for by one name and shows a certificate for others.

use super::finding::{Finding, Severity, rank};
use super::hellos::{common_name, covers, hello};
use super::hellos::{judge as hellos, keys};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use weir_dissect::protocols::tls::Handshake;

/// The client gave up.
const REFUSED: f64 = 0.3;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.name_mismatch",
    title: "A certificate for another name",
    why: "Either somebody stands in between, or the name that was asked for was only meant to be read by whoever watches.",
    how: "None of the names in the certificate stands for the name that the client asked for, a star counting for one label. Certificates are visible up to TLS 1.2 only.",
    innocent: "Shared hosting whose owner set no certificate up; an inspecting proxy.",
    settle: "Connect to the server yourself with that name; look its address up for that name.",
    techniques: &["T1557", "T1573.002"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content, Need::OtherSide],
    keys: |ground| keys(ground, odd),
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    mismatch(h)
}

/// What the certificate is for, where that is not what was asked for.
pub(super) fn mismatch(h: &Handshake) -> Option<String> {
    let asked = h.server_name.as_deref().filter(|_| !h.ech)?;
    let own = h.certificates.first()?;
    let common = common_name(&own.subject).filter(|_| own.names.is_empty());
    let mut names = own.names.iter().map(|n| &**n).chain(common).peekable();
    let first = *names.peek()?;
    let fits = names.any(|n| covers(n, asked));
    (!fits).then(|| {
        format!(
            "\u{201c}{}\u{201d} was asked for, the certificate is for \u{201c}{}\u{201d}",
            shown(asked),
            shown(first)
        )
    })
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, odd)?;
    let hello = hello(ground, *key.rows.first()?)?;
    // A client that gave up at once was not fooled.
    if hello.alert.is_some_and(|a| a.2) {
        out.confidence = REFUSED;
        out.why += " The client gave up over it.";
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn names_that_fit_and_do_not() {
        for (asked, names, is) in [
            (
                "www.example.com",
                &["example.com", "*.example.com"][..],
                false,
            ),
            ("www.example.com", &["example.com"], true),
            ("a.b.example.com", &["*.example.com"], true),
        ] {
            let h = hello_of(Some(asked), Some(("CN=none", "CN=CA", names, [0, 5000])));
            assert_eq!(odd(&h).is_some(), is, "{asked}");
        }
        // Without further names the common one counts; without a question there is nothing to fit.
        assert!(
            odd(&hello_of(
                Some("x.example"),
                Some(("CN=x.example", "CN=CA", &[], [0, 1]))
            ))
            .is_none()
        );
        assert!(
            odd(&hello_of(
                Some("y.example"),
                Some(("CN=x.example", "CN=CA", &[], [0, 1]))
            ))
            .is_some()
        );
        assert!(
            odd(&hello_of(
                None,
                Some(("CN=x.example", "CN=CA", &[], [0, 1]))
            ))
            .is_none()
        );
    }
}
