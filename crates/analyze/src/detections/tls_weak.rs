//! A server and a client that agree on what can be broken.

use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, named};
use super::hellos::{hello, judge as hellos};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::protocols::tls::Handshake;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.weak",
    title: "TLS with an old version or a broken cipher",
    why: "Versions before TLS 1.2 and ciphers without encryption, with export keys, RC4 or DES protect little; old malware speaks nothing else.",
    how: "The agreed version is before TLS 1.2, or the agreed cipher has no encryption, an export key, RC4, DES or no proof of the server.",
    innocent: "Old appliances and their programs.",
    settle: "Find out which of the two sides is old, and renew it.",
    techniques: &["T1573"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn odd(h: &Handshake) -> Option<String> {
    h.server_hello?;
    let version = h.version.filter(|v| matches!(v, 2 | 0x0300..=0x0302));
    if version.is_some() {
        return Some(format!(
            "agreed on {}",
            h.version_name().unwrap_or("an old version")
        ));
    }
    let cipher = h.cipher.filter(|c| broken(*c))?;
    Some(format!(
        "agreed on cipher suite 0x{cipher:04x}, which is broken"
    ))
}

/// IANA's cipher suites with NULL, EXPORT, RC4, DES (not triple) or no authentication.
fn broken(suite: u16) -> bool {
    let low = matches!(suite, 0x0000..=0x0009 | 0x000b | 0x000c | 0x000e | 0x000f | 0x0011 | 0x0012 | 0x0014 | 0x0015 | 0x0017..=0x001b);
    let others = matches!(suite, 0x001e..=0x002e | 0x0034 | 0x003a | 0x003b | 0x0060..=0x0066 | 0x006c | 0x006d | 0x008a | 0x008e | 0x0092);
    let curves = matches!(suite, 0xc001 | 0xc002 | 0xc006 | 0xc007 | 0xc00b | 0xc00c | 0xc010 | 0xc011 | 0xc015..=0xc019 | 0xc033 | 0xc039..=0xc03b);
    low || others || curves
}

/// One key for each client and what is old with it: a client that has nothing better says so to every server.
fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<(IpAddr, String)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..c.facts.messages.all::<Handshake>().len() {
            let row = hello(ground, (chain, n));
            if let Some((h, says)) = row.and_then(|h| Some((h, odd(h)?))) {
                out.put((h.client.0, says), (chain, n));
            }
        }
    }
    let mut all = out.keys(1, |(_, says)| says.clone());
    for key in &mut all {
        let at = key.rows.first().copied();
        if let Some((at, h)) = at.and_then(|at| Some((at, hello(ground, at)?))) {
            let (_, who) = named(ground, at.0, h.client.0, h.meta.time);
            key.subject = format!("{who}|{}", key.subject);
        }
    }
    all
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, odd)?;
    let rows = key.rows.iter().filter_map(|at| hello(ground, *at));
    let servers: BTreeSet<IpAddr> = rows.map(|h| h.server.0).collect();
    if servers.len() > 1 {
        let more = plural(servers.len() as u64 - 1, "other server");
        out.title = format!("{} and {more}", out.title);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::hellos::tests::hello_of;
    use super::*;

    #[test]
    fn versions_and_ciphers() {
        let of = |version, cipher| {
            let mut h = hello_of(Some("x"), None);
            h.server_hello = Some(weir_model::PacketRef::default());
            (h.version, h.cipher) = (Some(version), Some(cipher));
            odd(&h).is_some()
        };
        for (version, is) in [
            (0x0300, true),
            (0x0301, true),
            (0x0302, true),
            (0x0303, false),
            (0x0304, false),
        ] {
            assert_eq!(of(version, 0xc02f), is, "{version:x}");
        }
        for (cipher, is) in [
            (0x0005, true),
            (0x0004, true),
            (0x0009, true),
            (0x000a, false),
            (0x002f, false),
            (0xc011, true),
            (0xc013, false),
            (0x1301, false),
        ] {
            assert_eq!(of(0x0303, cipher), is, "{cipher:04x}");
        }
        assert!(odd(&hello_of(None, None)).is_none(), "no answer");
    }
}
