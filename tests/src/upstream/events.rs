//! Events as Suricata would write them, made from what Weir has: which values each type has stands in [`TYPES`].

use super::ours::{self, End, Row};
use crate::parity::Loaded;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::facts::Cell;
use weir_session::hex;

/// The types, each with the values that are made for it. A value that Weir has not in one event is not there.
pub(super) const TYPES: &[(&str, &[&str])] = &[
    (
        "http",
        &[
            "http.hostname",
            "http.url",
            "http.http_user_agent",
            "http.http_method",
            "http.status",
            "http.length",
            "http.http_content_type",
            "http.http_refer",
            "http.protocol",
            "http.redirect",
        ],
    ),
    (
        "dns",
        &[
            "dns.type",
            "dns.id",
            "dns.queries[0].rrname",
            "dns.queries[0].rrtype",
            "dns.rcode",
            "dns.aa",
            "dns.ra",
            "dns.rd",
            "dns.answers[0].rdata",
        ],
    ),
    (
        "fileinfo",
        &[
            "fileinfo.filename",
            "fileinfo.size",
            "fileinfo.state",
            "fileinfo.gaps",
            "fileinfo.sha256",
            "fileinfo.sha1",
            "fileinfo.md5",
            "app_proto",
            "http.hostname",
            "http.http_method",
            "smb.filename",
        ],
    ),
    (
        "flow",
        &[
            "app_proto",
            "flow.pkts_toserver",
            "flow.pkts_toclient",
            "flow.bytes_toserver",
            "flow.bytes_toclient",
        ],
    ),
    ("ftp_data", &["ftp_data.filename", "ftp_data.command"]),
    (
        "smtp",
        &[
            "smtp.helo",
            "smtp.mail_from",
            "smtp.rcpt_to[0]",
            "email.from",
            "email.to[0]",
        ],
    ),
    (
        "tls",
        &[
            "tls.version",
            "tls.subject",
            "tls.issuerdn",
            "tls.sni",
            "tls.ja3.hash",
            "tls.ja3s.hash",
        ],
    ),
    (
        "ssh",
        &["ssh.client.software_version", "ssh.server.software_version"],
    ),
    ("tftp", &["tftp.packet", "tftp.file", "tftp.mode"]),
    (
        "pop3",
        &[
            "pop3.request.command",
            "pop3.request.args[0]",
            "pop3.response.success",
            "pop3.response.status",
        ],
    ),
    ("pgsql", &["pgsql.request.simple_query"]),
    (
        "dhcp",
        &[
            "dhcp.dhcp_type",
            "dhcp.assigned_ip",
            "dhcp.client_mac",
            "dhcp.lease_time",
        ],
    ),
    ("rdp", &["rdp.cookie"]),
    (
        "krb5",
        &[
            "krb5.msg_type",
            "krb5.cname",
            "krb5.sname",
            "krb5.ticket_encryption",
        ],
    ),
];

/// Values that are about Suricata's own rules, configuration or bookkeeping.
pub(super) const OWN: &[&str] = &[
    "flow.alerted",
    "flow.action",
    "alert.signature_id",
    "ether.src_mac",
    "ether.dest_mac",
    "ether.src_macs[0]",
];

/// An event; a value may be written in several ways.
pub(super) struct Event {
    /// `http`, `dns` …
    pub(super) kind: &'static str,
    ends: Option<(End, End)>,
    proto: String,
    values: BTreeMap<&'static str, Vec<String>>,
}

impl Event {
    fn of(kind: &'static str, row: &Row) -> Self {
        Self {
            kind,
            ends: row.ends,
            proto: row.transport.to_uppercase(),
            values: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.values.entry(name).or_default().push(value);
        }
        self
    }

    /// Has it all of these values? Which end is the source differs by event, so either may be.
    pub(super) fn fits(&self, wanted: &[(String, String)]) -> bool {
        let value = |k: &str, v: &str| match k {
            "proto" => self.proto == v,
            _ => self
                .values
                .get(k)
                .is_some_and(|all| all.iter().any(|own| own == v)),
        };
        let is_end = |k: &str| k.starts_with("src_") || k.starts_with("dest_");
        if !wanted.iter().all(|(k, v)| is_end(k) || value(k, v)) {
            return false;
        }
        let mut ends = wanted.iter().filter(|(k, _)| is_end(k)).peekable();
        if ends.peek().is_none() {
            return true;
        }
        let Some((a, b)) = self.ends else {
            return false;
        };
        let wanted: Vec<_> = ends.collect();
        let from = |src: End, dest: End| {
            wanted.iter().all(|(k, v)| {
                let end = if k.starts_with("src_") { src } else { dest };
                if k.ends_with("ip") {
                    v.parse::<IpAddr>().is_ok_and(|ip| ip == end.0)
                } else {
                    *v == end.1.to_string()
                }
            })
        };
        from(a, b) || from(b, a)
    }
}

/// What an answer code is called (RFC 1035, RFC 2136).
fn rcode(number: &str) -> &'static str {
    match number {
        "0" => "NOERROR",
        "1" => "FORMERR",
        "2" => "SERVFAIL",
        "3" => "NXDOMAIN",
        "4" => "NOTIMP",
        "5" => "REFUSED",
        _ => "",
    }
}

/// Every event of a capture.
pub(super) fn events(loaded: &Loaded) -> Vec<Event> {
    let mut out = Vec::new();
    for r in ours::rows(loaded, "http", "method") {
        let version = r.text("version");
        out.push(
            Event::of("http", &r)
                .with(
                    "http.hostname",
                    r.text("host").split(':').next().unwrap_or(""),
                )
                .with("http.url", r.text("uri"))
                .with("http.http_user_agent", r.text("user_agent"))
                .with("http.http_method", r.text("method"))
                .with("http.status", r.text("status_code"))
                .with("http.length", r.text("response_body_len"))
                .with("http.http_content_type", r.text("resp_mime_types"))
                .with("http.http_refer", r.text("referrer"))
                .with("http.protocol", format!("HTTP/{version}"))
                .with("http.redirect", r.text("location")),
        );
    }
    for r in ours::rows(loaded, "dns", "query") {
        let event = || {
            Event::of("dns", &r)
                .with("dns.id", r.text("trans_id"))
                .with("dns.queries[0].rrname", r.text("query"))
                .with("dns.queries[0].rrtype", r.text("qtype_name"))
        };
        // LLMNR is no DNS to Suricata, which looks for it on port 53 (and 5353, as mDNS).
        if r.ends.is_some_and(|e| e.1.1 == 5355) {
            continue;
        }
        // `query` and `answer` in the format before version 8.
        let asked = event().with("dns.type", "request");
        out.push(asked.with("dns.type", "query"));
        if r.cells.contains_key("rcode") {
            let first = match r.cells.get("answers") {
                Some(Cell::List(all)) => all.first().map(Cell::show).unwrap_or_default(),
                _ => String::new(),
            };
            let answer = event()
                .with("dns.type", "response")
                .with("dns.type", "answer")
                .with("dns.rcode", rcode(&r.text("rcode")))
                .with("dns.answers[0].rdata", first);
            let flag = |e: Event, name, column: &str| e.with(name, r.text(column));
            let answer = flag(answer, "dns.aa", "AA");
            out.push(flag(flag(answer, "dns.ra", "RA"), "dns.rd", "RD"));
        }
    }
    simple(loaded, &mut out);
    conversations(loaded, &mut out);
    files(loaded, &mut out);
    out
}

/// Events of which each is a row.
fn simple(loaded: &Loaded, out: &mut Vec<Event>) {
    for r in ours::rows(loaded, "ftp", "outcome") {
        let event = Event::of("ftp_data", &r).with("ftp_data.filename", r.text("arg"));
        out.push(event.with("ftp_data.command", r.text("command")));
    }
    for r in ours::rows(loaded, "smtp", "mailfrom") {
        let receivers = r.text("rcptto");
        let first = receivers.split(',').next().unwrap_or("");
        out.push(
            Event::of("smtp", &r)
                .with("smtp.helo", r.text("helo"))
                .with("smtp.mail_from", r.text("mailfrom"))
                .with("smtp.mail_from", format!("<{}>", r.text("mailfrom")))
                .with("smtp.rcpt_to[0]", first)
                .with("smtp.rcpt_to[0]", format!("<{first}>"))
                .with("email.from", r.text("from"))
                .with("email.to[0]", r.text("to")),
        );
    }
    for r in ours::rows(loaded, "tls", "cipher") {
        let version = r.text("version");
        let written = version
            .replace("TLSv1", "TLS 1.")
            .replace("TLS 1.0", "TLSv1");
        out.push(
            Event::of("tls", &r)
                .with("tls.version", written)
                .with("tls.sni", r.text("server_name"))
                .with("tls.subject", r.text("subject"))
                .with("tls.issuerdn", r.text("issuer"))
                .with("tls.ja3.hash", r.text("ja3"))
                .with("tls.ja3s.hash", r.text("ja3s")),
        );
    }
    for r in ours::rows(loaded, "ssh", "") {
        let software = |text: String| -> String {
            let rest = text.splitn(3, '-').nth(2).map(str::to_owned);
            rest.unwrap_or(text)
        };
        let event =
            Event::of("ssh", &r).with("ssh.client.software_version", software(r.text("client")));
        out.push(event.with("ssh.server.software_version", software(r.text("server"))));
    }
    for r in ours::rows(loaded, "tftp", "") {
        let way = if r.text("write") == "true" {
            "write"
        } else {
            "read"
        };
        let event = Event::of("tftp", &r).with("tftp.packet", way);
        out.push(
            event
                .with("tftp.file", r.text("fname"))
                .with("tftp.mode", r.text("mode")),
        );
    }
    for r in ours::rows(loaded, "pop", "lines") {
        let status = r.text("status");
        let event = Event::of("pop3", &r)
            .with("pop3.request.command", r.text("command"))
            .with("pop3.request.args[0]", r.text("argument"))
            .with(
                "pop3.response.status",
                status.trim_start_matches(['+', '-']),
            );
        out.push(event.with("pop3.response.success", (status == "+OK").to_string()));
    }
    for r in ours::rows(loaded, "pgsql", "frontend") {
        out.push(Event::of("pgsql", &r).with("pgsql.request.simple_query", r.text("frontend_arg")));
    }
    for r in ours::rows(loaded, "dhcp", "msg_type") {
        out.push(
            Event::of("dhcp", &r)
                .with("dhcp.dhcp_type", r.text("msg_type").to_lowercase())
                // The field of a message that gives no address is zero.
                .with("dhcp.assigned_ip", or(r.text("assigned_addr"), "0.0.0.0"))
                .with("dhcp.client_mac", r.text("mac"))
                .with("dhcp.lease_time", r.text("lease_time")),
        );
    }
    for r in ours::rows(loaded, "rdp", "cookie") {
        out.push(Event::of("rdp", &r).with("rdp.cookie", r.text("cookie")));
    }
    for r in ours::rows(loaded, "kerberos", "request_type") {
        out.push(
            Event::of("krb5", &r)
                .with("krb5.cname", r.text("client"))
                .with("krb5.sname", r.text("service"))
                .with("krb5.ticket_encryption", r.text("cipher")),
        );
    }
}

fn or(text: String, other: &str) -> String {
    if text.is_empty() {
        other.to_owned()
    } else {
        text
    }
}

fn conversations(loaded: &Loaded, out: &mut Vec<Event>) {
    for (_, f) in ours::flows(loaded) {
        let event = Event {
            kind: "flow",
            ends: Some((f.client, f.server)),
            proto: f.transport.name().to_uppercase(),
            values: BTreeMap::new(),
        };
        out.push(
            event
                .with("app_proto", app(ours::carried(f)))
                .with("flow.pkts_toserver", f.packets[0].to_string())
                .with("flow.pkts_toclient", f.packets[1].to_string())
                .with("flow.bytes_toserver", f.bytes[0].to_string())
                .with("flow.bytes_toclient", f.bytes[1].to_string()),
        );
    }
}

/// Suricata's name for a protocol.
fn app(protocol: &'static str) -> &'static str {
    match protocol {
        "nbss" | "smb2" => "smb",
        "pop" => "pop3",
        "kerberos" => "krb5",
        "tpkt" => "rdp",
        // Seen, and not recognised.
        "" => "failed",
        other => other,
    }
}

fn files(loaded: &Loaded, out: &mut Vec<Event>) {
    for (n, chain) in loaded.session.chains.iter().enumerate() {
        for a in &chain.facts().artifacts {
            let digests = loaded.session.digests.get(&(n, a.key));
            let whole = a.state == weir_dissect::facts::Completeness::Complete;
            let path = a.url.splitn(4, '/').nth(3).map(|p| format!("/{p}"));
            let path = path.map(|p| p.split('?').next().unwrap_or("").to_owned());
            let host = a.url.split('/').nth(2).unwrap_or("");
            let flow = chain.facts().flow(a.flow());
            let mut event = Event {
                kind: "fileinfo",
                ends: Some((a.client, a.server)),
                proto: flow
                    .map(|f| f.transport.name().to_uppercase())
                    .unwrap_or_default(),
                values: BTreeMap::new(),
            };
            for name in &a.names {
                event = event
                    .with("fileinfo.filename", &*name.text)
                    .with("smb.filename", &*name.text);
            }
            event = event
                .with("fileinfo.filename", path.unwrap_or_default())
                .with("http.hostname", host.split(':').next().unwrap_or(""))
                .with(
                    "fileinfo.size",
                    digests.map_or(a.wire_size, |d| d.size).to_string(),
                )
                .with("fileinfo.state", if whole { "CLOSED" } else { "TRUNCATED" })
                .with("fileinfo.gaps", (!a.missing.is_empty()).to_string())
                .with("app_proto", app(a.protocol.info.name))
                .with("http.http_method", if a.sent { "POST" } else { "GET" });
            if let Some(h) = digests.and_then(|d| d.hashes) {
                event = event
                    .with("fileinfo.sha256", hex(&h.sha256))
                    .with("fileinfo.sha1", hex(&h.sha1))
                    .with("fileinfo.md5", hex(&h.md5));
            }
            out.push(event);
        }
    }
}
