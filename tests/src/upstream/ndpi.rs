//! nDPI's flow list: the protocol of each TCP or UDP flow, where Weir reads that protocol, and its fingerprints. nDPI
//! names what carries a flow before the point (`TLS.Google`), and guesses by port where it saw too little.

use super::ja4::prints;
use super::ours::{self, End};
use super::report::{Check, Report};
use crate::parity::Loaded;
use std::path::Path;

/// nDPI's names for what Weir reads, and Weir's for any of it.
const NAMES: &[(&str, &[&str])] = &[
    ("BGP", &["bgp"]),
    ("BitTorrent", &["bittorrent"]),
    ("DHCP", &["dhcp"]),
    ("DHCPV6", &["dhcpv6"]),
    ("DNS", &["dns"]),
    ("FTP_CONTROL", &["ftp"]),
    ("FTP_DATA", &["ftp-data"]),
    ("Git", &["git"]),
    ("HTTP", &["http"]),
    ("HTTP2", &["http2"]),
    ("IMAP", &["imap"]),
    ("IRC", &["irc"]),
    ("Jabber", &["xmpp"]),
    ("Kerberos", &["kerberos"]),
    ("LDAP", &["ldap", "cldap"]),
    ("LLMNR", &["llmnr"]),
    ("MDNS", &["mdns"]),
    ("MQTT", &["mqtt"]),
    ("Modbus", &["mbtcp", "modbus"]),
    ("MsSQL-TDS", &["tds"]),
    ("MySQL", &["mysql"]),
    ("NTP", &["ntp"]),
    ("NetBIOS", &["nbns", "nbdgm", "nbss"]),
    ("POP3", &["pop"]),
    ("PostgreSQL", &["pgsql"]),
    ("QUIC", &["quic"]),
    ("RDP", &["tpkt", "rdp"]),
    ("RTSP", &["rtsp"]),
    ("Radius", &["radius"]),
    ("Redis", &["resp"]),
    ("SIP", &["sip"]),
    ("SMBv1", &["nbss", "smb"]),
    ("SMBv23", &["nbss", "smb2"]),
    ("SMTP", &["smtp"]),
    ("SNMP", &["snmp"]),
    ("SOCKS", &["socks"]),
    ("SSDP", &["ssdp"]),
    ("SSH", &["ssh"]),
    ("STUN", &["stun"]),
    ("Syslog", &["syslog"]),
    ("TFTP", &["tftp"]),
    ("TLS", &["tls"]),
    ("Telnet", &["telnet"]),
    ("Teredo", &["teredo"]),
    ("Whois-DAS", &["whois"]),
    ("WireGuard", &["wg"]),
    ("sFlow", &["sflow"]),
];

pub(super) fn compare(loaded: &Loaded, file: &Path, report: &mut Report) {
    let text = std::fs::read(file).unwrap_or_default();
    for line in String::from_utf8_lossy(&text).lines() {
        let Some((transport, ends)) = flow(line) else {
            continue;
        };
        let between = |e: (End, End)| e == ends || e == (ends.1, ends.0);
        let of = ours::flows(loaded).filter(|(_, f)| f.transport.name() == transport);
        let mine: Vec<_> = of.filter(|(_, f)| between((f.client, f.server))).collect();
        if mine.is_empty() {
            report
                .skip("flows of nDPI that are no conversation of Weir's (inside tunnels, or cut)");
            continue;
        }
        for (tag, column) in [("JA4", "ja4"), ("JA3C", "ja3"), ("JA3S", "ja3s")] {
            let Some(theirs) = tagged(line, tag) else {
                continue;
            };
            let ours = prints(loaded, ends, column);
            if column != "ja4" && mine.iter().any(|(_, f)| ours::carried(f) == "quic") {
                report.skip("JA3 of QUIC");
                continue;
            }
            // nDPI says behind some that they are weak.
            let theirs = theirs.split(' ').next().unwrap_or(theirs);
            if tag == "JA4" {
                let ours = ours.iter().map(|o| common(o)).collect();
                let item = "JA4 without the letters of name and ALPN (nDPI)";
                report.among(&loaded.name, Check::Ja4, item, &ours, &common(theirs));
            } else {
                report.among(&loaded.name, Check::Ja4, tag, &ours, theirs);
            }
        }
        let Some(name) = tagged(line, "proto").and_then(|p| p.split_once('/')) else {
            continue;
        };
        let name = name.1.split('.').next().unwrap_or("");
        let guessed = tagged(line, "Confidence").is_none_or(|c| !c.starts_with("DPI"));
        if guessed {
            report.skip("protocols that nDPI guessed by port or address");
            continue;
        }
        let Some((_, known)) = NAMES.iter().find(|(n, _)| *n == name) else {
            report.skip("protocols of flows that Weir does not read (nDPI)");
            continue;
        };
        // What a flow was before it went over to something else has left rows.
        let ours = ours::spoken(loaded, &between);
        let said: Vec<&str> = ours.iter().copied().collect();
        let equal = ours.iter().any(|o| known.contains(o));
        let said = if equal {
            name.to_owned()
        } else {
            said.join(",")
        };
        report.same(&loaded.name, Check::Protocols, name, &said, name);
    }
}

/// A JA4 without what nDPI forms in its own way: whether a name is asked for (it looks at the name's form), and the
/// letters of the ALPN (the first two, where FoxIO takes the first and the last).
fn common(ja4: &str) -> String {
    let letters = ja4.chars().enumerate();
    letters
        .filter(|(n, _)| !matches!(n, 3 | 8 | 9))
        .map(|(_, c)| c)
        .collect()
}

/// `TCP 10.0.0.1:80 <-> 10.0.0.2:90 [proto: …`, after its number.
fn flow(line: &str) -> Option<(&'static str, (End, End))> {
    let mut words = line.strip_prefix('\t')?.split_whitespace();
    words.next()?.parse::<u32>().ok()?;
    let transport = match words.next()? {
        "TCP" => "tcp",
        "UDP" => "udp",
        _ => return None,
    };
    let a = end(words.next()?)?;
    words.next().filter(|w| w.ends_with("->"))?;
    Some((transport, (a, end(words.next()?)?)))
}

fn end(text: &str) -> Option<End> {
    let (ip, port) = text.rsplit_once(':')?;
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    Some((ip.parse().ok()?, port.parse().ok()?))
}

fn tagged<'a>(line: &'a str, tag: &str) -> Option<&'a str> {
    let start = line.find(&format!("[{tag}: "))? + tag.len() + 3;
    let rest = line.get(start..)?;
    rest.get(..rest.find(']')?)
}
