//! TLS handshakes with who made them, for the detections of certificates and clients. Judges nothing.

use super::finding::{Finding, Severity};
use super::gather::{Groups, Row, begin, facts, inside, named};
use super::{Detection, Ground, Key};
use crate::answers::{plural, shown};
use std::net::IpAddr;
use weir_dissect::protocols::tls::Handshake;

/// A handshake by its place; nothing for copies.
pub(super) fn hello<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Handshake> {
    let row = facts(ground, at.0)?.messages.all::<Handshake>().get(at.1)?;
    (!row.meta.duplicate).then_some(row)
}

/// Handshakes of the network's hosts of which `odd` says something, by host, server and port.
pub(super) fn keys(ground: &Ground<'_>, odd: impl Fn(&Handshake) -> Option<String>) -> Vec<Key> {
    let mut out: Groups<(IpAddr, IpAddr, u16)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..c.facts.messages.all::<Handshake>().len() {
            if let Some(h) = hello(ground, (chain, n)).filter(|h| odd(h).is_some()) {
                out.put((h.client.0, h.server.0, h.server.1), (chain, n));
            }
        }
    }
    let mut all = out.keys(1, |_| String::new());
    for key in &mut all {
        if let Some((at, h)) = key
            .rows
            .first()
            .and_then(|at| Some((*at, hello(ground, *at)?)))
        {
            let (_, who) = named(ground, at.0, h.client.0, h.meta.time);
            key.subject = format!("{who}|{}|{}", h.server.0, h.server.1);
        }
    }
    all
}

/// Is the server outside the network?
pub(super) fn outside(ground: &Ground<'_>, key: &Key) -> bool {
    let first = key
        .rows
        .first()
        .and_then(|at| Some((*at, hello(ground, *at)?)));
    first.is_some_and(|(at, h)| !inside(ground, at.0, h.server.0, h.meta.time))
}

/// A finding about a key's handshakes: low, a note, until its detection says more.
pub(super) fn judge(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    odd: impl Fn(&Handshake) -> Option<String>,
) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = hello(ground, at)?;
    let says = odd(first)?;
    let packets: Vec<_> = key
        .rows
        .iter()
        .filter_map(|at| hello(ground, *at))
        .flat_map(|h| [(h.meta.first, h.meta.time), (h.meta.last, h.meta.end)])
        .collect();
    let mut out = begin(
        ground,
        detection,
        &key.subject,
        (at.0, first.client.0),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    out.domain = first.server_name.as_deref().map(str::to_owned);
    let place = first
        .server_name
        .as_deref()
        .map_or_else(|| first.server.0.to_string(), shown);
    out.title = format!("{}: {place}", detection.title);
    out.why = format!(
        "{}: {says}. {}",
        plural(key.rows.len() as u64, "handshake"),
        detection.why
    );
    (out.severity, out.confidence) = (Severity::Low, 0.5);
    Some(out)
}

/// Did the server sign for itself?
pub(super) fn own_word(h: &Handshake) -> Option<String> {
    let own = h.certificates.first()?;
    // One that is known to sign others may stand at the root of a house's own.
    (own.subject == own.issuer && !own.subject.is_empty()).then(|| {
        format!(
            "its certificate for \u{201c}{}\u{201d} is signed by itself",
            shown(&own.subject)
        )
    })
}

/// Does a name stand for a host (RFC 6125 section 6.4): equal, or one label under a star?
pub(super) fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.trim_end_matches('.'), host.trim_end_matches('.'));
    match pattern.strip_prefix("*.") {
        Some(rest) => host
            .split_once('.')
            .is_some_and(|(label, parent)| !label.is_empty() && parent.eq_ignore_ascii_case(rest)),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// The common name of a subject.
pub(super) fn common_name(subject: &str) -> Option<&str> {
    subject
        .split(", ")
        .find_map(|part| part.strip_prefix("CN="))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use smallvec::SmallVec;
    use weir_dissect::protocols::tls::Certificate;
    use weir_model::Timestamp;

    /// A handshake at second 1000 of TLS 1.2 with `name`, and a certificate of subject, issuer, names and validity.
    pub(in super::super) fn hello_of(
        name: Option<&str>,
        certificate: Option<(&str, &str, &[&str], [i64; 2])>,
    ) -> Handshake {
        let time = |s| Timestamp::from_parts(s, 0);
        let certificates = certificate.map(|(subject, issuer, names, [from, to])| Certificate {
            subject: subject.into(),
            issuer: issuer.into(),
            serial: Box::new([1]),
            names: names.iter().map(|n| (*n).into()).collect(),
            not_before: time(from),
            not_after: time(to),
            ca: false,
            sha256: [0; 32],
            len: 1,
        });
        let meta = weir_dissect::facts::MessageMeta {
            flow: None,
            direction: weir_dissect::Direction::Forward,
            first: weir_model::PacketRef::default(),
            last: weir_model::PacketRef::default(),
            time: time(1000),
            end: time(1000),
            duplicate: false,
        };
        Handshake {
            meta,
            client: ([10, 0, 0, 7].into(), 40_000),
            server: ([198, 51, 100, 9].into(), 443),
            client_hello: None,
            server_hello: None,
            version: Some(0x0303),
            cipher: Some(0xc02f),
            server_name: name.map(Into::into),
            offered_protocols: SmallVec::new(),
            next_protocol: None,
            random: None,
            ja3: None,
            ja4: None,
            ja3s: None,
            ech: false,
            resumed: false,
            established: true,
            alert: None,
            opened: false,
            unopened: false,
            early: false,
            certificates: certificates.into_iter().collect(),
            client_certificates: Vec::new(),
        }
    }

    #[test]
    fn names_stand_for_hosts() {
        for (pattern, host, is) in [
            ("www.example.com", "WWW.example.com", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("example.com", "www.example.com", false),
            ("*", "example", false),
        ] {
            assert_eq!(covers(pattern, host), is, "{pattern} {host}");
        }
        assert_eq!(common_name("C=US, CN=x.example, O=Y"), Some("x.example"));
    }

    #[test]
    fn who_signs_for_himself() {
        let of = |s, i| own_word(&hello_of(None, Some((s, i, &[], [0, 2000])))).is_some();
        assert!(of("CN=x", "CN=x"));
        assert!(!of("CN=x", "CN=Some CA"));
        assert!(own_word(&hello_of(None, None)).is_none());
    }
}
