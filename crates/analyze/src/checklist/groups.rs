//! The lines of the checklist in the order in which one looks: which protocols are on each, and what tells what is
//! normal there.

use super::needs;
use crate::detections::ALL as DETECTIONS;

/// A line.
#[derive(PartialEq, Eq, Debug)]
pub struct Group {
    /// `http`.
    pub id: &'static str,
    /// In words.
    pub title: &'static str,
    /// Why one looks at it, and at what.
    pub look: &'static str,
    /// Filter that shows its packets; empty where no filter tells.
    pub filter: &'static str,
    /// Filter names of its protocols.
    pub protocols: &'static [&'static str],
    /// Columns of what is normal, with a word for each.
    pub normal: &'static [(&'static str, &'static str)],
    /// Families of detections that belong here whatever they need.
    families: &'static [&'static str],
}

/// The order in which one looks.
pub(super) static ALL: &[Group] = &[
    Group {
        id: "http",
        title: "HTTP",
        look: "Who fetches what from whom: programs, agents that fit no application, names that are none, uploads.",
        filter: "http || http2",
        protocols: &["http", "http2", "websocket", "ssdp"],
        normal: &[
            ("http.method", "Methods"),
            ("http.status_code", "Answers"),
            ("http.user_agent", "User agents"),
            ("http.host", "Hosts"),
        ],
        families: &["http", "ua"],
    },
    Group {
        id: "tls",
        title: "TLS and QUIC",
        look: "Names, certificates and fingerprints: content stays closed without keys, so what does not fit is what speaks.",
        filter: "tls || quic",
        protocols: &["tls", "quic"],
        normal: &[
            ("tls.server_name", "Server names"),
            ("tls.version", "Versions"),
            ("tls.ja4", "Clients by fingerprint"),
            ("tls.next_protocol", "Inside"),
        ],
        families: &["tls"],
    },
    Group {
        id: "dns",
        title: "DNS",
        look: "Who asks whom for what: names nobody else asks for, many that do not exist, answers by somebody else.",
        filter: "dns || mdns || llmnr || nbns",
        protocols: &["dns", "mdns", "llmnr", "nbns"],
        normal: &[
            ("dns.qtype_name", "Questions"),
            ("dns.rcode", "Answers"),
            ("dns.query", "Names"),
        ],
        families: &["dns"],
    },
    Group {
        id: "ftp",
        title: "FTP and TFTP",
        look: "Log-ins in clear, files that came or left, and from where.",
        filter: "ftp || ftp-data || tftp",
        protocols: &["ftp", "ftp-data", "tftp"],
        normal: &[("ftp.command", "Commands"), ("ftp.user", "Users")],
        families: &[],
    },
    Group {
        id: "mail",
        title: "Mail",
        look: "Mails from outside and what they carry, hosts that send mail and are no mail server, log-ins in clear.",
        filter: "smtp || imap || pop",
        protocols: &["smtp", "imap", "pop", "imf", "mime_multipart"],
        normal: &[
            ("smtp.helo", "Senders call themselves"),
            ("smtp.mailfrom", "From"),
            ("smtp.tls", "TLS begun"),
        ],
        families: &[],
    },
    Group {
        id: "windows",
        title: "SMB, LDAP, Kerberos",
        look: "Shares of administrators, pipes that start something, tickets of services, lists of accounts.",
        filter: "smb || smb2 || ldap || kerberos || dcerpc",
        protocols: &[
            "smb", "smb2", "nbss", "nbdgm", "ldap", "kerberos", "dcerpc", "ntlmssp",
        ],
        normal: &[
            ("smb2.path", "Shares"),
            ("smb2.action", "What is done with files"),
            ("dcerpc.endpoint", "Interfaces"),
            ("kerberos.request_type", "Tickets"),
            ("ldap.opcode", "Directory"),
        ],
        families: &["lateral"],
    },
    Group {
        id: "remote",
        title: "Remote access",
        look: "Who works on another machine, from where, when; tunnels and private networks.",
        filter: "ssh || rdp || telnet || openvpn || wg || isakmp || socks",
        protocols: &[
            "ssh", "rdp", "tpkt", "cotp", "t125", "t124", "telnet", "vnc", "openvpn", "wg",
            "isakmp", "udpencap", "esp", "socks", "teredo",
        ],
        normal: &[
            ("ssh.client", "SSH clients"),
            ("ssh.server", "SSH servers"),
            ("rdp.client_name", "RDP clients"),
        ],
        families: &["tunnel"],
    },
    Group {
        id: "rest",
        title: "The rest of TCP and UDP",
        look: "Everything else that was recognised: protocols that nobody here should speak, ports bound once.",
        filter: "",
        protocols: &[],
        normal: &[("flow.protocol", "Protocols of all conversations")],
        families: &[
            "c2",
            "scan",
            "bruteforce",
            "port",
            "proto",
            "pattern",
            "exfil",
            "baseline",
            "netissue",
        ],
    },
    Group {
        id: "unknown",
        title: "Unknown",
        look: "What no protocol recognised: its ports, its peers, its first bytes, which “Follow stream” shows with their entropy.",
        filter: "(tcp.len > 0 || udp) && data",
        protocols: &[],
        normal: &[],
        families: &[],
    },
    Group {
        id: "without",
        title: "Without TCP and UDP",
        look: "ARP, ICMP, routing, switches: who says to be whom, and what an echo carries.",
        filter: "!tcp && !udp",
        protocols: &[],
        normal: &[],
        families: &["l2", "icmp", "asset"],
    },
];

const REST: usize = 7;
pub(super) const UNKNOWN: usize = 8;
pub(super) const WITHOUT: usize = 9;

/// The line of a protocol.
pub(super) fn place(protocol: &str) -> usize {
    ALL.iter()
        .position(|g| g.protocols.contains(&protocol))
        .unwrap_or(REST)
}

/// Its content cannot be read without keys.
pub(super) fn closed(protocol: &str) -> bool {
    matches!(
        protocol,
        "tls" | "quic" | "ssh" | "wg" | "openvpn" | "isakmp" | "udpencap" | "esp"
    )
}

/// The ids of the lines that a detection belongs to; none for those that are about everything.
#[must_use]
pub fn of_detection(id: &str) -> Vec<&'static str> {
    let family = id.split('.').next().unwrap_or(id);
    let known = DETECTIONS.iter().find(|d| d.id == id);
    let needed: Vec<&str> = known.map(|d| needs(d.needs).collect()).unwrap_or_default();
    let by_name = |g: &&Group| {
        // `file.exe_ftp`, `bruteforce.ssh`: the kind names the protocol.
        let kind = id.split('.').nth(1).unwrap_or_default();
        kind.split('_').any(|word| {
            word == g.id || g.protocols.contains(&word) || (word == "smb" && g.id == "windows")
        })
    };
    let first: Vec<&str> = ALL
        .iter()
        .filter(|g| needed.iter().any(|n| g.protocols.contains(n)) || by_name(g))
        .map(|g| g.id)
        .collect();
    if !first.is_empty() {
        return first;
    }
    ALL.iter()
        .filter(|g| g.families.contains(&family))
        .map(|g| g.id)
        .collect()
}
