//! Arkime's sessions: each TCP or UDP session is a conversation of Weir's with as many packets each way, and each value
//! it has of the session is among those that Weir's logs have of conversations between the same ends. Arkime writes
//! hosts and some other names small, so capitals are not compared.

use super::ours::{self, End, Row};
use super::report::{Check, Report};
use crate::parity::{Difference, Loaded};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::facts::Cell;
use weir_dissect::protocols::tls::Handshake;

/// Arkime's field, and where Weir has it: protocol and column.
const FIELDS: &[(&str, &[(&str, &str)])] = &[
    ("dcerpc.interface", &[("dcerpc", "endpoint")]),
    (
        "dhcp.host",
        &[("dhcp", "host_name"), ("dhcpv6", "host_name")],
    ),
    ("dhcp.mac", &[("dhcp", "mac"), ("dhcpv6", "mac")]),
    ("dhcp.type", &[("dhcp", "msg_type"), ("dhcpv6", "kind")]),
    // Names that are asked for, and those that an answer leads to.
    (
        "dns.host",
        &[("dns", "query"), ("dns", "answers"), ("mdns", "query")],
    ),
    ("dns.qt", &[("dns", "qtype_name"), ("mdns", "qtype_name")]),
    ("dns.status", &[("dns", "rcode")]),
    ("dns.ip", &[("dns", "answers")]),
    ("email.dst", &[("smtp", "rcptto"), ("smtp", "to")]),
    ("email.id", &[("smtp", "msg_id")]),
    ("email.smtpHello", &[("smtp", "helo")]),
    ("email.src", &[("smtp", "mailfrom"), ("smtp", "from")]),
    ("email.subject", &[("smtp", "subject")]),
    ("email.useragent", &[("smtp", "user_agent")]),
    ("http.clientVersion", &[("http", "version")]),
    // Arkime has the name that TLS is asked for here too.
    ("http.host", &[("http", "host"), ("tls", "server_name")]),
    ("http.method", &[("http", "method")]),
    ("http.request-referer", &[("http", "referrer")]),
    ("http.response-location", &[("http", "location")]),
    ("http.statuscode", &[("http", "status_code")]),
    ("http.uri", &[("http", "uri")]),
    ("http.useragent", &[("http", "user_agent")]),
    ("ldap.bindname", &[("ldap", "object")]),
    ("mqtt.clientId", &[("mqtt", "client_id")]),
    ("mqtt.topic", &[("mqtt", "topic"), ("mqtt", "topics")]),
    ("nbns.name", &[("nbns", "name")]),
    ("ntlm.domain", &[("ntlmssp", "domainname")]),
    ("ntlm.host", &[("ntlmssp", "hostname")]),
    ("ntlm.user", &[("ntlmssp", "username")]),
    ("sip.callid", &[("sip", "call_id")]),
    ("sip.method", &[("sip", "method")]),
    ("sip.statuscode", &[("sip", "status_code")]),
    ("sip.useragent", &[("sip", "user_agent")]),
    ("smb.host", &[("ntlmssp", "hostname")]),
    ("smb.share", &[("smb", "path"), ("smb2", "path")]),
    ("smb.user", &[("ntlmssp", "username")]),
    ("smb.domain", &[("ntlmssp", "domainname")]),
    ("socks.host", &[("socks", "request")]),
    ("socks.ip", &[("socks", "request")]),
    ("socks.port", &[("socks", "request_p")]),
    ("ssh.hassh", &[("ssh", "hassh")]),
    ("ssh.hasshServer", &[("ssh", "hassh_server")]),
    ("ssh.version", &[("ssh", "client"), ("ssh", "server")]),
    ("stun.software", &[("stun", "software")]),
    ("stun.username", &[("stun", "username")]),
    ("tftp.filename", &[("tftp", "fname")]),
    ("tls.cipher", &[("tls", "cipher")]),
    ("tls.ja3", &[("tls", "ja3")]),
    ("tls.ja3s", &[("tls", "ja3s")]),
    ("tls.ja4", &[("tls", "ja4")]),
    ("tls.version", &[("tls", "version")]),
];

/// Arkime's names for protocols that Weir reads, where they differ.
const PROTOCOLS: &[(&str, &[&str])] = &[
    ("bgp", &["bgp"]),
    ("bittorrent", &["bittorrent"]),
    ("dcerpc", &["dcerpc"]),
    ("dhcp", &["dhcp"]),
    ("dhcpv6", &["dhcpv6"]),
    ("dns", &["dns"]),
    ("http", &["http"]),
    ("imap", &["imap"]),
    ("ldap", &["ldap", "cldap"]),
    ("mdns", &["mdns"]),
    ("mqtt", &["mqtt"]),
    ("nbns", &["nbns"]),
    ("nbds", &["nbdgm"]),
    ("ntlm", &["ntlmssp"]),
    ("ntp", &["ntp"]),
    ("pop3", &["pop"]),
    ("sip", &["sip"]),
    ("smb", &["smb", "smb2", "nbss"]),
    ("smtp", &["smtp"]),
    ("socks", &["socks"]),
    ("ssh", &["ssh"]),
    ("stun", &["stun"]),
    ("tds", &["tds"]),
    ("tftp", &["tftp"]),
    ("tls", &["tls"]),
];

/// The sessions of a file.
pub(super) fn read(file: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read(file).unwrap_or_default();
    let json: Value = serde_json::from_slice(&text).unwrap_or_default();
    json.get("sessions3")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

pub(super) fn compare(loaded: &Loaded, sessions: &[Value], report: &mut Report) {
    let mut rows: BTreeMap<&'static str, Vec<Row>> = BTreeMap::new();
    for (protocol, _) in FIELDS.iter().flat_map(|(_, from)| *from) {
        rows.entry(protocol)
            .or_insert_with(|| ours::rows(loaded, protocol, ""));
    }
    let mut used = BTreeSet::new();
    let pieces = pieces(loaded, sessions);
    for body in sessions.iter().filter_map(|s| s.get("body")) {
        let transport = match body.get("ipProtocol").and_then(Value::as_u64) {
            Some(6) => "tcp",
            Some(17) => "udp",
            _ => {
                report.skip("Arkime sessions that are neither TCP nor UDP");
                continue;
            }
        };
        let Some((a, b)) = end(body, "source").zip(end(body, "destination")) else {
            report.skip("Arkime sessions without readable ends");
            continue;
        };
        packets(
            loaded,
            body,
            transport,
            (a, b),
            (&pieces, &mut used),
            report,
        );
        values(loaded, body, (a, b), &rows, report);
    }
}

fn end(body: &Value, side: &str) -> Option<End> {
    let side = body.get(side)?;
    let port = side.get("port")?.as_u64()?;
    Some((
        side.get("ip")?.as_str()?.parse().ok()?,
        u16::try_from(port).ok()?,
    ))
}

/// Transport and ends, the lower first.
type Between = (&'static str, End, End);

/// Conversations that Arkime wrote in pieces, as it does after a time (`tcpSaveTimeout`, `udpTimeout`) and after so many
/// packets (`maxPackets`), of which all pieces together have as many packets each way as all of ours between these ends.
fn pieces(loaded: &Loaded, sessions: &[Value]) -> BTreeSet<Between> {
    let mut theirs: BTreeMap<Between, (usize, [u64; 2])> = BTreeMap::new();
    for body in sessions.iter().filter_map(|s| s.get("body")) {
        let transport = match body.get("ipProtocol").and_then(Value::as_u64) {
            Some(6) => "tcp",
            Some(17) => "udp",
            _ => continue,
        };
        let Some(ends) = end(body, "source").zip(end(body, "destination")) else {
            continue;
        };
        let sent = [sent(body, "source"), sent(body, "destination")];
        let sum = theirs.entry(between(transport, ends)).or_default();
        sum.0 += 1;
        add(&mut sum.1, ends, sent);
    }
    let mut ours: BTreeMap<Between, [u64; 2]> = BTreeMap::new();
    for (_, f) in ours::flows(loaded) {
        let ends = (f.client, f.server);
        let sum = ours.entry(between(f.transport.name(), ends)).or_default();
        add(sum, ends, f.packets.map(u64::from));
    }
    let whole = theirs.into_iter();
    let whole = whole.filter(|(k, (n, sum))| *n > 1 && ours.get(k) == Some(sum));
    whole.map(|(k, _)| k).collect()
}

fn between(transport: &'static str, (a, b): (End, End)) -> Between {
    (transport, a.min(b), a.max(b))
}

/// Adds what each end sent, the lower one's first.
fn add(sum: &mut [u64; 2], (a, b): (End, End), sent: [u64; 2]) {
    let [low, high] = if a <= b { sent } else { [sent[1], sent[0]] };
    sum[0] += low;
    sum[1] += high;
}

/// Packets that one side sent.
fn sent(body: &Value, side: &str) -> u64 {
    let packets = body.get(side).and_then(|s| s.get("packets"));
    packets.and_then(Value::as_u64).unwrap_or(0)
}

/// A conversation with as many packets each way, each of ours once; or a piece of one.
fn packets(
    loaded: &Loaded,
    body: &Value,
    transport: &'static str,
    (a, b): (End, End),
    (pieces, used): (&BTreeSet<Between>, &mut BTreeSet<(usize, u32)>),
    report: &mut Report,
) {
    let theirs = [sent(body, "source"), sent(body, "destination")];
    let mut best: Option<((usize, u32), [u64; 2])> = None;
    for (chain, f) in ours::flows(loaded).filter(|(_, f)| f.transport.name() == transport) {
        let sent = f.packets.map(u64::from);
        let sent = match (f.client, f.server) {
            e if e == (a, b) => sent,
            e if e == (b, a) => [sent[1], sent[0]],
            _ => continue,
        };
        let id = (chain, f.id.0);
        if !used.contains(&id) && (best.is_none() || sent == theirs) {
            best = Some((id, sent));
        }
    }
    let outcome = match best {
        Some((id, sent)) if sent == theirs => {
            used.insert(id);
            Ok(())
        }
        _ if pieces.contains(&between(transport, (a, b))) => Ok(()),
        other => Err(Difference {
            ours: other.map_or_else(
                || "no conversation".to_owned(),
                |(_, sent)| format!("packets {sent:?}"),
            ),
            theirs: format!(
                "{transport} {}:{} {}:{} packets {theirs:?}",
                a.0, a.1, b.0, b.1
            ),
        }),
    };
    report.add(&loaded.name, Check::Sessions, transport, outcome);
}

fn values(
    loaded: &Loaded,
    body: &Value,
    ends: (End, End),
    rows: &BTreeMap<&'static str, Vec<Row>>,
    report: &mut Report,
) {
    let between = |e: (End, End)| e == ends || e == (ends.1, ends.0);
    for (field, from) in FIELDS {
        let theirs = recorded(body, field);
        if theirs.is_empty() {
            continue;
        }
        let mut ours = BTreeSet::new();
        for (protocol, column) in *from {
            let of = rows.get(protocol).into_iter().flatten();
            for row in of.filter(|r| r.ends.is_some_and(between)) {
                collect(row, column, &mut ours);
                if *field == "http.host" {
                    let host = row.text("host").to_lowercase();
                    ours.insert(host.split(':').next().unwrap_or("").to_owned());
                }
                if *field == "dns.status" {
                    ours.insert(rcode(&row.text("rcode")).to_owned());
                }
                // Arkime's URI begins with the host.
                if *field == "http.uri" {
                    let uri = row.text("uri");
                    ours.insert(format!("{}{uri}", row.text("host")).to_lowercase());
                    ours.insert(uri.trim_start_matches("http://").to_lowercase());
                }
            }
        }
        for value in theirs {
            // Arkime writes out every digit of an address.
            let ip = value.parse::<std::net::IpAddr>().ok();
            let value = match ip {
                Some(ip) => ip.to_string(),
                None if *field == "tls.version" => tls_version(&value),
                None => value,
            };
            report.among(
                &loaded.name,
                Check::SessionValues,
                field,
                &ours,
                &value.to_lowercase(),
            );
        }
    }
    certificates(loaded, body, &between, report);
    protocols(loaded, body, &between, report);
}

/// The values of a field: in one object, or in each of a list of them.
fn recorded(body: &Value, field: &str) -> Vec<String> {
    let Some((first, second)) = field.split_once('.') else {
        return Vec::new();
    };
    let objects: Vec<&Value> = match body.get(first) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut out = Vec::new();
    for value in objects.iter().filter_map(|o| o.get(second)) {
        let all: &[Value] = match value {
            Value::Array(all) => all,
            one => std::slice::from_ref(one),
        };
        out.extend(
            all.iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)),
        );
    }
    out.retain(|v| !v.is_empty());
    out
}

/// A column's values small; of mail addresses what stands between the brackets too.
fn collect(row: &Row, column: &str, out: &mut BTreeSet<String>) {
    let Some(cell) = row.cells.get(column) else {
        return;
    };
    let mut add = |text: String| {
        let text = text.to_lowercase();
        for part in text.split(',') {
            let inner = part.split_once('<').and_then(|(_, r)| r.split_once('>'));
            out.insert(inner.map_or(part, |i| i.0).trim().to_owned());
        }
        out.insert(text);
    };
    match cell {
        Cell::List(all) => all.iter().for_each(|c| add(c.show())),
        other => add(other.show()),
    }
}

/// What an answer code is called (RFC 1035, RFC 2136).
fn rcode(number: &str) -> &'static str {
    match number {
        "0" => "noerror",
        "1" => "formerr",
        "2" => "servfail",
        "3" => "nxdomain",
        "4" => "notimpl",
        "5" => "refused",
        _ => "",
    }
}

fn tls_version(text: &str) -> String {
    let small = text.replace('.', "");
    if small == "TLSv1" {
        "TLSv10".to_owned()
    } else {
        small
    }
}

fn certificates(
    loaded: &Loaded,
    body: &Value,
    between: &dyn Fn((End, End)) -> bool,
    report: &mut Report,
) {
    for (field, issuer) in [("cert.subjectCN", false), ("cert.issuerCN", true)] {
        let theirs = recorded(body, field);
        if theirs.is_empty() {
            continue;
        }
        let mut ours = BTreeSet::new();
        for chain in &loaded.session.chains {
            let facts = chain.facts();
            for h in facts.messages.all::<Handshake>() {
                let flow = h.meta.flow.and_then(|f| facts.flow(f));
                if !flow.is_some_and(|f| between((f.client, f.server))) {
                    continue;
                }
                for c in h.certificates.iter().chain(&h.client_certificates) {
                    let name = if issuer { &c.issuer } else { &c.subject };
                    let parts = name.split(',').map(str::trim);
                    ours.extend(
                        parts
                            .filter_map(|p| p.strip_prefix("CN="))
                            .map(str::to_lowercase),
                    );
                }
            }
        }
        for value in theirs {
            report.among(&loaded.name, Check::SessionValues, field, &ours, &value);
        }
    }
}

/// Every protocol that Arkime names and Weir reads is that of the conversation, or of a row in one of its logs.
fn protocols(
    loaded: &Loaded,
    body: &Value,
    between: &dyn Fn((End, End)) -> bool,
    report: &mut Report,
) {
    let ours = ours::spoken(loaded, between);
    let named = body.get("protocol").and_then(Value::as_array);
    for name in named.into_iter().flatten().filter_map(Value::as_str) {
        if matches!(name, "tcp" | "udp") {
            continue;
        }
        let Some((_, known)) = PROTOCOLS.iter().find(|(n, _)| *n == name) else {
            report.skip("protocols of sessions that Weir does not read, or that its tests' rules add (Arkime)");
            continue;
        };
        let equal = known.iter().any(|k| ours.contains(k));
        let said: Vec<&str> = ours.iter().copied().collect();
        let said = if equal {
            name.to_owned()
        } else {
            said.join(",")
        };
        report.same(
            &loaded.name,
            Check::SessionValues,
            &format!("protocol {name}"),
            &said,
            name,
        );
    }
}
