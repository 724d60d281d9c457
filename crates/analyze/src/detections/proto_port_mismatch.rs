//! A port carries something else than what it is registered for.

use super::between::spoken;
use super::finding::{Finding, Severity, rank};
use super::gather::{Row, begin, flow, inside, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::{Flow, RecognisedBy};

/// Ports that firewalls let through, and what is expected on them.
const OPEN: [(u16, &str); 5] = [
    (80, "http"),
    (443, "tls"),
    (53, "dns"),
    (25, "smtp"),
    (110, "pop"),
];
/// Bytes of the client below which nobody can tell what it speaks.
const ENOUGH: u64 = 16;
/// Servers of one client that are found one by one; of more it is one finding.
const APART: usize = 8;
/// Another protocol by content, to the outside on a port that firewalls let through.
const OTHER: f64 = 0.7;
/// Nothing that is known: messengers speak their own on 443.
const UNKNOWN: f64 = 0.4;
/// A shell on a port of its own: administrators move it.
const MOVED: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "proto.port_mismatch",
    title: "A port carries something else",
    why: "What a firewall lets through by its port need not be what the port is for: shells and tunnels use 443 and 53 because they are open.",
    how: "Protocols are told by content. On 80, 443, 53, 25 and 110 something else than HTTP, TLS, DNS, SMTP and POP3, whole connections only; SSH on a port that is not 22. What content does not tell, on 443 and 80, is a note.",
    innocent: "Messengers with an encryption of their own on 443; SSH moved to another port on purpose; proxies.",
    settle: "See on the host which program connects; follow the stream's first bytes.",
    techniques: &["T1571", "T1572"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

/// What is wrong with a flow: what it should be, what it is (nothing where content does not tell).
fn wrong(f: &Flow) -> Option<(&'static str, &'static str)> {
    let name = spoken(f);
    let expected = OPEN
        .iter()
        .find(|(port, _)| *port == f.server.1)
        .map(|(_, name)| *name);
    // What is as it should be is nearly everything, and is told by two fields.
    let by_port = f.recognised_by == RecognisedBy::Port;
    if expected.is_none() && name != "ssh" || expected == Some(name) && !by_port {
        return None;
    }
    let whole = f.tcp.syn
        && f.tcp.syn_ack
        && f.payload[0] >= ENOUGH
        && f.payload[1] > 0
        && f.seldom().missed == [0, 0];
    if f.transport != Transport::Tcp || !whole || f.seldom().setup.is_some() {
        return None;
    }
    let sure = f.recognised_by == RecognisedBy::Content;
    match expected {
        // Taken for it by its port alone: its content did not tell.
        Some(e @ ("tls" | "http")) if name == e && by_port => Some((e, "")),
        Some(e) if name == e => None,
        // What begins as HTTP and goes on as something else, or grew out of it.
        Some("http") if matches!(name, "http2" | "websocket" | "socks") => None,
        Some("tls") if matches!(name, "http2" | "websocket" | "openvpn") => None,
        // Both begin in clear and go over to it when asked (RFC 3207, RFC 2595): a flow is called what it became.
        Some("smtp" | "pop") if name == "tls" => None,
        Some(e) if sure => Some((e, name)),
        Some(e @ ("tls" | "http")) if name.is_empty() => Some((e, "")),
        None if name == "ssh" && sure && f.server.1 != 22 => Some(("", "ssh")),
        _ => None,
    }
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut found: Vec<(IpAddr, u16, &str, IpAddr, Row)> = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            if let Some((_, is)) = wrong(f).filter(|_| inside(ground, chain, f.client.0, f.begun)) {
                found.push((f.client.0, f.server.1, is, f.server.0, (chain, n)));
            }
        }
    }
    found.sort_unstable();
    let mut all = Vec::new();
    for mine in found.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let Some((client, port, ..)) = mine.first().copied() else {
            continue;
        };
        let rows = |of: &[(IpAddr, u16, &str, IpAddr, Row)]| of.iter().map(|f| f.4).collect();
        let servers: Vec<_> = mine.chunk_by(|a, b| a.3 == b.3).collect();
        // With many it is the client's way, and one finding.
        let servers: Vec<(String, Vec<Row>)> = if servers.len() > APART {
            vec![("many".to_owned(), rows(mine))]
        } else {
            let named = servers.into_iter();
            named
                .filter_map(|of| Some((of.first()?.3.to_string(), rows(of))))
                .collect()
        };
        for (server, rows) in servers {
            let Some((at, f)) = rows.first().and_then(|at| Some((*at, flow(ground, *at)?))) else {
                continue;
            };
            let (_, who) = named(ground, at.0, client, f.begun);
            let subject = format!("{who}|{server}|{port}|{}", spoken(f));
            all.push(Key { subject, rows });
        }
    }
    all
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = flow(ground, at)?;
    let (should, is) = wrong(first)?;
    let flows = || key.rows.iter().filter_map(|at| flow(ground, *at));
    let packets: Vec<_> = flows()
        .flat_map(|f| [(f.first, f.begun), (f.last, f.ended)])
        .collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &key.subject,
        (at.0, first.client.0),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let outside = flows().any(|f| !inside(ground, at.0, f.server.0, f.begun));
    let title = |name: &'static str| {
        weir_dissect::registry()
            .named(name)
            .map_or(name, |p| p.info.column)
    };
    (out.severity, out.confidence) = match (should, is) {
        (_, "") => (Severity::Low, UNKNOWN),
        ("", _) => (Severity::Low, MOVED),
        // In clear where one expects it sealed is careless more often than not.
        ("tls", "http") | ("http", "tls") => (Severity::Low, MOVED),
        _ if outside => (Severity::Medium, OTHER),
        _ => (Severity::Low, OTHER),
    };
    let port = first.server.1;
    let carries = if is.is_empty() {
        "nothing that is known".to_owned()
    } else {
        title(is).to_owned()
    };
    let mut servers: Vec<IpAddr> = flows().map(|f| f.server.0).collect();
    servers.sort_unstable();
    servers.dedup();
    out.title = match servers.as_slice() {
        [one] => format!("{carries} on port {port} of {one}"),
        all => format!("{carries} on port {port} of {} machines", all.len()),
    };
    let expected = if should.is_empty() {
        String::new()
    } else {
        format!(", where {} is expected", title(should))
    };
    out.why = format!(
        "{} with {carries} on port {port}{expected}. {}",
        plural(key.rows.len() as u64, "connection"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const SSH: (&[u8], &[u8]) = (b"SSH-2.0-OpenSSH_9.6\r\n", b"SSH-2.0-dropbear\r\n");
    const HTTP: (&[u8], &[u8]) = (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    const NOISE: (&[u8], &[u8]) = (
        b"\x9f\x11\x02\x77\x65\x04\x8a\xfe\x9f\x11\x02\x77\x65\x04\x8a\xfe",
        b"\x91\x12\x80",
    );

    fn on(port: u16, outside: bool, (ask, tell): (&[u8], &[u8])) -> Option<(Severity, f64)> {
        let server = if outside {
            [198, 51, 100, 9]
        } else {
            [10, 0, 0, 9]
        };
        let mut tape = Tape::default();
        tape.talk(([10, 0, 0, 7], 40_000), (server, port), ask, tell);
        found(&tape, &DETECTION)
            .first()
            .map(|f| (f.severity, f.confidence))
    }

    #[test]
    fn what_belongs_where() {
        assert_eq!(on(80, true, HTTP), None);
        assert_eq!(on(22, true, SSH), None);
        assert_eq!(on(443, true, SSH), Some((Severity::Medium, OTHER)));
        assert_eq!(on(53, true, SSH), Some((Severity::Medium, OTHER)));
        assert_eq!(on(443, false, SSH), Some((Severity::Low, OTHER)));
        assert_eq!(on(2222, true, SSH), Some((Severity::Low, MOVED)));
        assert_eq!(on(443, true, HTTP), Some((Severity::Low, MOVED)));
        assert_eq!(on(8080, true, HTTP), None);
    }

    #[test]
    fn what_nobody_knows() {
        assert_eq!(on(443, true, NOISE), Some((Severity::Low, UNKNOWN)));
        assert_eq!(
            on(443, true, (&NOISE.0[..15], NOISE.1)),
            None,
            "too little to tell"
        );
        assert_eq!(on(4430, true, NOISE), None);
    }
}
