//! Zeek's logs: as many rows, and the same values in columns that both have. Which of Weir's logs is which of Zeek's
//! stands in [`LOGS`], with what Zeek's definition leaves out of it.

use super::joined::joined;
use super::ours::{self, End, Row};
use super::report::{Check, Report};
use super::terms;
use super::zeek_log::Log;
use crate::parity::Loaded;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::{Artifact, Cell, NameSource};

/// One of Zeek's logs.
struct Kind {
    /// Zeek's name.
    path: &'static str,
    /// Weir's logs: the protocol, and a column that this one of its logs has.
    from: &'static [(&'static str, &'static str)],
    /// Rows of Weir's that Zeek's definition has too.
    keep: fn(&Row) -> bool,
    /// A row a conversation, not a message.
    once: bool,
}

const fn kind(path: &'static str, from: &'static [(&'static str, &'static str)]) -> Kind {
    Kind {
        path,
        from,
        keep: |_| true,
        once: false,
    }
}

/// What Zeek logs by default of FTP (`FTP::logged_commands`) and SMB (`SMB::logged_file_actions`); a test may log more,
/// which its log shows.
const CHOSEN: &[(&str, &str, &[&str])] = &[
    (
        "ftp",
        "command",
        &[
            "APPE", "DELE", "RETR", "STOR", "STOU", "ACCT", "PORT", "PASV", "EPRT", "EPSV",
        ],
    ),
    (
        "smb_files",
        "action",
        &[
            "SMB::FILE_OPEN",
            "SMB::FILE_RENAME",
            "SMB::FILE_DELETE",
            "SMB::PRINT_OPEN",
            "SMB::PRINT_CLOSE",
        ],
    ),
];

/// Ports of mDNS, NetBIOS and LLMNR names: Zeek has all of them in the log of DNS, Weir not every question.
const OTHER_NAMES: [&str; 3] = ["137", "5353", "5355"];

/// Protocols that Zeek reads only in connections that it saw begin.
const FROM_THE_START: [&str; 2] = ["dce_rpc", "http"];

/// Zeek's logs that Weir has too. The others are counted as not compared.
const LOGS: &[Kind] = &[
    kind("dce_rpc", &[("dcerpc", "operation")]),
    kind("dhcp", &[("dhcp", "msg_type")]),
    kind("dns", &[("dns", "query")]),
    // Weir has each transfer in a log of its own too.
    Kind {
        keep: |r| !r.columns.contains(&"outcome"),
        ..kind("ftp", &[("ftp", "command")])
    },
    kind("http", &[("http", "method")]),
    kind("irc", &[("irc", "addl")]),
    // Zeek leaves out that a key is to be proved first (`KRB::ignored_errors`).
    Kind {
        keep: |r| r.text("error_msg") != "KDC_ERR_PREAUTH_REQUIRED",
        ..kind("kerberos", &[("kerberos", "request_type")])
    },
    Kind {
        keep: |r| !r.text("opcode").contains("search"),
        ..kind("ldap", &[("ldap", "opcode"), ("cldap", "opcode")])
    },
    Kind {
        keep: |r| r.text("opcode").contains("search"),
        ..kind("ldap_search", &[("ldap", "opcode"), ("cldap", "opcode")])
    },
    kind("modbus", &[("modbus", "func")]),
    kind("mqtt_connect", &[("mqtt", "connect_status")]),
    kind("mqtt_publish", &[("mqtt", "topic")]),
    kind("mqtt_subscribe", &[("mqtt", "topics")]),
    kind("mysql", &[("mysql", "cmd")]),
    kind("ntlm", &[("ntlmssp", "username")]),
    kind("ntp", &[("ntp", "stratum")]),
    kind("postgresql", &[("pgsql", "frontend")]),
    kind("quic", &[("quic", "")]),
    kind("radius", &[("radius", "")]),
    kind("rdp", &[("rdp", "cookie")]),
    kind("sip", &[("sip", "")]),
    kind("smb_files", &[("smb", "action"), ("smb2", "action")]),
    kind(
        "smb_mapping",
        &[("smb", "share_type"), ("smb2", "share_type")],
    ),
    kind("smtp", &[("smtp", "mailfrom")]),
    kind("socks", &[("socks", "")]),
    kind("ssh", &[("ssh", "")]),
    kind("ssl", &[("tls", "cipher")]),
    kind("syslog", &[("syslog", "")]),
    kind("tftp", &[("tftp", "")]),
    kind("websocket", &[("websocket", "")]),
    Kind {
        once: true,
        ..kind("wireguard", &[("wg", "")])
    },
];

/// Columns whose values are Zeek's own: numbers it gave out, types it found by content, times that the record hides.
const OWN: &[&str] = &[
    "ts",
    "uid",
    "uids",
    "uid_data",
    "fuid",
    "fuids",
    "orig_fuids",
    "resp_fuids",
    "orig_mime_types",
    "resp_mime_types",
    "mime_type",
    "history",
    "ssl_history",
    "tags",
    "duration",
];

/// Logs of one kind with as many rows count once a capture.
pub(super) fn compare(loaded: &Loaded, logs: &[Log], report: &mut Report) {
    let mut counted: BTreeSet<(&str, usize)> = BTreeSet::new();
    for log in logs {
        if log.shared() {
            report.skip("Zeek logs of tests over several captures (hashes in them are compared)");
            continue;
        }
        let first = counted.insert((&log.path, log.rows.len()));
        match log.path.as_str() {
            "conn" => connections(loaded, log, first, report),
            "x509" => {
                let shown = ours::certificates(loaded);
                let ours = match log.test.as_str() {
                    // Without the cache each one is logged as often as it is shown, with this policy a host's own.
                    "scripts.base.files.x509.event-caching" => shown.len(),
                    "scripts.policy.protocols.ssl.log-hostcerts-only" => {
                        ours::own_certificates(loaded)
                    }
                    _ => shown.into_iter().collect::<BTreeSet<_>>().len(),
                };
                count(loaded, log, first, ours, log.rows.len(), report);
            }
            "files" => {
                let chains = loaded.session.chains.iter();
                let all = chains.flat_map(|c| &c.facts().artifacts);
                // A mail itself is a file to Weir, to Zeek only where a test asks for it.
                let rfc822 = |r: &Vec<String>| log.value(r, "mime_type") == "message/rfc822";
                let mails = log.rows.iter().any(rfc822);
                let part = |a: &&Artifact| a.names.iter().any(|n| n.from == NameSource::Part);
                let mail = |a: &&Artifact| {
                    a.declared_type.as_deref() == Some("message/rfc822") && !part(a)
                };
                // So is every listing of FTP, which Weir has in the log of transfers.
                let listings = ours::rows(loaded, "ftp", "outcome")
                    .into_iter()
                    .filter(|r| {
                        matches!(r.text("command").as_str(), "LIST" | "NLST" | "MLSD")
                            && r.text("bytes").parse::<u64>().is_ok_and(|n| n > 0)
                    });
                let ours = all.filter(|a| mails || !mail(a)).count()
                    + listings.count()
                    + ours::certificates(loaded).len();
                count(loaded, log, first, ours, log.rows.len(), report);
            }
            path => match LOGS.iter().find(|k| k.path == path) {
                Some(kind) => messages(loaded, kind, log, first, report),
                None => report.skip(&format!("Zeek logs of kinds that Weir has not: {path}.log")),
            },
        }
    }
}

fn count(loaded: &Loaded, log: &Log, first: bool, ours: usize, theirs: usize, report: &mut Report) {
    if first {
        let (ours, theirs) = (ours.to_string(), format!("{theirs} ({})", log.test));
        let theirs = if theirs.starts_with(&format!("{ours} ")) {
            &ours
        } else {
            &theirs
        };
        let item = format!("{}.log", log.path);
        report.same(&loaded.name, Check::LogRows, &item, &ours, theirs);
    }
}

/// Rows of messages.
fn messages(loaded: &Loaded, kind: &Kind, log: &Log, first: bool, report: &mut Report) {
    let (log, left_out) = comparable(log);
    let log = &log;
    report.skip_some(
        "rows of Zeek's dns.log that are mDNS, LLMNR or NetBIOS names, and the greeting in its ftp.log",
        left_out,
    );
    let mut rows: Vec<Row> = Vec::new();
    for (protocol, column) in kind.from {
        let of = ours::rows(loaded, protocol, column);
        rows.extend(of.into_iter().filter(kind.keep));
    }
    if let Some((_, column, usual)) = CHOSEN.iter().find(|(path, _, _)| *path == kind.path) {
        let said: BTreeSet<String> = log.rows.iter().map(|r| log.value(r, column)).collect();
        rows.retain(|r| {
            let own = r.text(column);
            usual.contains(&own.as_str()) || said.contains(&own)
        });
    }
    if kind.path == "dns" {
        rows.retain(|r| {
            !r.ends
                .is_some_and(|e| OTHER_NAMES.contains(&&*e.1.1.to_string()))
        });
    }
    if FROM_THE_START.contains(&kind.path) {
        rows.retain(|r| r.begun);
    }
    if kind.path == "irc" {
        rows.retain(|r| chat(loaded, r));
    }
    rows = joined(log, rows);
    if kind.once {
        let mut seen = BTreeSet::new();
        rows.retain(|r| seen.insert(r.flow));
    }
    count(loaded, log, first, rows.len(), log.rows.len(), report);
    let Some(columns) = rows.first().map(|r| r.columns.clone()) else {
        return;
    };
    let ours: Vec<Ours> = rows
        .iter()
        .map(|r| Ours {
            ends: r.ends,
            cells: cells(loaded, kind.path, r),
        })
        .collect();
    values(loaded, log, &columns, &ours, report);
}

/// Values of a row, as Zeek writes them.
fn cells(loaded: &Loaded, log: &str, row: &Row) -> BTreeMap<&'static str, String> {
    let mut out: BTreeMap<_, _> = terms::texts(log, row, &written).collect();
    // Zeek counts a body after its content coding is undone.
    if log == "http"
        && let Some(sent) = out.get_mut("response_body_len")
        && let Some(size) = undone(loaded, row, sent)
    {
        *sent = size;
    }
    out
}

/// Bytes of a body whose coding is undone: of a coded body of that many bytes in the row's conversation.
fn undone(loaded: &Loaded, row: &Row, sent: &str) -> Option<String> {
    let (chain, flow) = row.flow?;
    let facts = loaded.session.chains.get(chain)?.facts();
    let coded = facts.artifacts.iter().find(|a| {
        let own = !a.sent && a.flow().0 == flow;
        own && !a.encodings.is_empty() && a.wire_size.to_string() == sent
    })?;
    let digests = loaded.session.digests.get(&(chain, coded.key))?;
    Some(digests.size.to_string())
}

/// Is it a row to Zeek? A file that is offered is one when its connection comes, other offers never, and to join is one
/// for each channel (`base/protocols/irc`).
fn chat(loaded: &Loaded, row: &Row) -> bool {
    match row.text("command").as_str() {
        "DCC" => {
            let value = row.text("value");
            let port = value
                .strip_prefix("SEND ")
                .and_then(|v| v.split(' ').nth(2));
            let port: Option<u16> = port.and_then(|p| p.parse().ok());
            port.is_some_and(|p| ours::flows(loaded).any(|(_, f)| f.server.1 == p))
        }
        "JOIN" => row.cells.contains_key("value"),
        _ => true,
    }
}

/// The log without rows of what Weir's own log is not about, and how many those are.
fn comparable(log: &Log) -> (Log, usize) {
    let mut log = log.clone();
    let mut rows = std::mem::take(&mut log.rows);
    let all = rows.len();
    rows.retain(|r| match log.path.as_str() {
        "dns" => !OTHER_NAMES.contains(&log.value(r, "id.resp_p").as_str()),
        "ftp" => log.value(r, "command") != "<init>",
        _ => true,
    });
    let left_out = all - rows.len();
    log.rows = rows;
    (log, left_out)
}

/// Rows of conversations. Weir has none of what is neither TCP nor UDP.
fn connections(loaded: &Loaded, log: &Log, first: bool, report: &mut Report) {
    let transport = |row: &Vec<String>| log.value(row, "proto");
    let both = |row: &Vec<String>| matches!(transport(row).as_str(), "tcp" | "udp");
    if log.columns.iter().any(|c| c == "proto") {
        let rows = log.rows.iter().filter(|r| both(r)).count();
        let others = log.rows.len() - rows;
        report.skip_some("rows of conn.log that are neither TCP nor UDP", others);
        if rows > 0 || others == 0 {
            count(
                loaded,
                log,
                first,
                ours::flows(loaded).count(),
                rows,
                report,
            );
        }
    } else {
        report.skip("counts of conn.log without the column of the transport");
    }
    let columns = ["proto", "service", "orig_pkts", "resp_pkts", "missed_bytes"];
    let mut ours = Vec::new();
    for (_, f) in ours::flows(loaded) {
        let mut cells = BTreeMap::new();
        cells.insert("proto", f.transport.name().to_owned());
        cells.insert("service", service(ours::carried(f)).to_owned());
        cells.insert("orig_pkts", f.packets[0].to_string());
        cells.insert("resp_pkts", f.packets[1].to_string());
        let missed: u64 = f.seldom().missed.iter().sum();
        cells.insert("missed_bytes", missed.to_string());
        ours.push(Ours {
            ends: Some((f.client, f.server)),
            cells,
        });
    }
    values(loaded, log, &columns, &ours, report);
}

/// Zeek's name for what a conversation carries; empty where it has none.
fn service(protocol: &'static str) -> &'static str {
    match protocol {
        "tls" => "ssl",
        "mdns" | "llmnr" | "nbns" => "dns",
        "smb" | "smb2" | "nbss" => "smb",
        "kerberos" => "krb",
        "pgsql" => "postgresql",
        "resp" => "redis",
        "pop" => "pop3",
        "tpkt" | "cotp" => "rdp",
        "dcerpc" => "dce_rpc",
        "cldap" => "ldap",
        "mbtcp" => "modbus",
        "wg" => "spicy_wireguard",
        "gtp" => "gtpv1",
        "irc-data" => "irc-dcc-data",
        other => other,
    }
}

/// A row of ours, its values written as Zeek writes them.
struct Ours {
    ends: Option<(End, End)>,
    cells: BTreeMap<&'static str, String>,
}

/// Compares rows of one conversation, whichever side either takes for the originator: each of theirs with that of ours
/// which is most like it, each of ours once.
fn values(
    loaded: &Loaded,
    log: &Log,
    columns: &[&'static str],
    ours: &[Ours],
    report: &mut Report,
) {
    let known = |c: &&String| columns.contains(&c.as_str()) && !OWN.contains(&c.as_str());
    let both: Vec<&String> = log.columns.iter().filter(known).collect();
    let ended = log.columns.iter().any(|c| c == "id.orig_h");
    for c in log
        .columns
        .iter()
        .filter(|c| !columns.contains(&c.as_str()) && !OWN.contains(&c.as_str()))
    {
        if c.starts_with("id.") {
            continue;
        }
        let set = log
            .rows
            .iter()
            .filter(|r| !log.value(r, c).is_empty())
            .count();
        report.skip_some(
            "values of Zeek logs in columns that Weir's log has not",
            set,
        );
    }
    let mut left: Vec<&Ours> = ours.iter().collect();
    for row in &log.rows {
        let ends = ends(log, row);
        let alike = |o: &&Ours| {
            let equal = both
                .iter()
                .filter(|c| same(c, o.get(c), &log.value(row, c)));
            equal.count() + usize::from(o.ends == ends)
        };
        let of = left.iter().enumerate();
        let of =
            of.filter(|(_, o)| !ended || o.ends.is_none() || unordered(o.ends) == unordered(ends));
        // The first of those that are most alike.
        let best = of.rev().max_by_key(|(_, o)| alike(o)).map(|(n, _)| n);
        let Some(best) = best.map(|n| left.remove(n)) else {
            report.skip("rows of Zeek logs without a row of ours in that conversation");
            continue;
        };
        if ended && best.ends.is_some() {
            let side = |e: Option<(End, End)>| {
                e.map(|(a, _)| format!("{} {}", a.0, a.1))
                    .unwrap_or_default()
            };
            let item = format!("{}.log id.orig", log.path);
            report.same(
                &loaded.name,
                Check::LogValues,
                &item,
                &side(best.ends),
                &side(ends),
            );
        }
        let turned = ended && best.ends != ends && best.ends.is_some();
        for c in &both {
            let theirs = terms::plain(&log.path, c, log.value(row, c));
            let mine = match (turned, c.as_str()) {
                (true, "orig_pkts") => best.get("resp_pkts"),
                (true, "resp_pkts") => best.get("orig_pkts"),
                _ => best.get(c),
            };
            if theirs.contains("XXXXXXXXXX") || (theirs.is_empty() && mine.is_empty()) {
                continue;
            }
            if c.as_str() == "service" && theirs.is_empty() {
                report.skip("connections of which Zeek does not say the service");
                continue;
            }
            let item = format!("{}.log {c}", log.path);
            let equal = same(c, mine, &theirs) || terms::alike(&log.path, c, mine, &theirs);
            let mine = if equal { &theirs } else { mine };
            report.same(&loaded.name, Check::LogValues, &item, mine, &theirs);
        }
    }
}

impl Ours {
    fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

fn ends(log: &Log, row: &[String]) -> Option<(End, End)> {
    let end = |h: &str, p: &str| -> Option<End> {
        let ip: IpAddr = log.value(row, h).parse().ok()?;
        Some((ip, log.value(row, p).parse().ok()?))
    };
    Some((
        end("id.orig_h", "id.orig_p")?,
        end("id.resp_h", "id.resp_p")?,
    ))
}

fn unordered(ends: Option<(End, End)>) -> Option<(End, End)> {
    ends.map(|(a, b)| if a <= b { (a, b) } else { (b, a) })
}

/// A cell as Zeek writes it.
fn written(cell: &Cell) -> String {
    match cell {
        Cell::Bool(true) => "T".to_owned(),
        Cell::Bool(false) => "F".to_owned(),
        Cell::List(cells) => cells.iter().map(written).collect::<Vec<_>>().join(","),
        other => other.show(),
    }
}

/// Equal but for the way of writing: capitals, `_` for a space, sets have no order, spans and times are decimal fractions
/// of any length.
fn same(column: &str, ours: &str, theirs: &str) -> bool {
    let plain = |t: &str| {
        let t = t.trim_matches('\0').trim();
        t.to_lowercase().replace('_', " ")
    };
    let (ours, theirs) = (plain(ours), plain(theirs));
    if column == "service" {
        // Some of Zeek's names say the transport too.
        let named = |s: &str| s.strip_suffix(" tcp").or(s.strip_suffix(" udp")) == Some(&ours);
        return theirs.split(',').any(|s| s == ours || named(s));
    }
    let one = |a: &str, b: &str| {
        let numbers = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
        a == b || numbers.is_some_and(|(a, b)| (a - b).abs() < 2e-6)
    };
    let set = |t: &str| {
        let mut all: Vec<String> = t.split(',').map(str::to_owned).collect();
        all.sort();
        all
    };
    let (a, b) = (set(&ours), set(&theirs));
    one(&ours, &theirs) || (a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| one(a, b)))
}
