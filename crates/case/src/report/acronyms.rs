//! Abbreviations: those of the field are explained in the report where it uses them; others have to be spelled out by
//! who uses them, and the checks name those that are not.

use super::text::{Span, Text, said};
use super::{Block, Entry, Report, Section, Table};
use crate::notes::Sort;
use std::collections::BTreeSet;

/// Those of the field, with what they stand for.
const KNOWN: &[(&str, &str)] = &[
    ("ACL", "access control list"),
    ("AD", "Active Directory"),
    ("API", "application programming interface"),
    ("APT", "advanced persistent threat"),
    ("ARP", "Address Resolution Protocol"),
    ("ASN", "autonomous system number"),
    ("C2", "command and control"),
    ("CA", "certificate authority"),
    ("CDN", "content delivery network"),
    ("CERT", "computer emergency response team"),
    ("CNAME", "canonical name, a record of DNS"),
    ("CSIRT", "computer security incident response team"),
    ("CSV", "comma-separated values"),
    ("DC", "domain controller"),
    ("DGA", "domain generation algorithm"),
    ("DHCP", "Dynamic Host Configuration Protocol"),
    ("DLL", "dynamic-link library"),
    ("DLP", "data loss prevention"),
    ("DMZ", "demilitarised zone"),
    ("DNS", "Domain Name System"),
    ("DOH", "DNS over HTTPS"),
    ("DOS", "denial of service"),
    ("EDR", "endpoint detection and response"),
    ("FQDN", "fully qualified domain name"),
    ("FTP", "File Transfer Protocol"),
    ("FTPS", "FTP over TLS"),
    ("GPO", "group policy object"),
    ("HTML", "Hypertext Markup Language"),
    ("HTTP", "Hypertext Transfer Protocol"),
    ("HTTPS", "HTTP over TLS"),
    ("ICMP", "Internet Control Message Protocol"),
    ("IDS", "intrusion detection system"),
    ("IMAP", "Internet Message Access Protocol"),
    ("IOC", "indicator of compromise"),
    ("IP", "Internet Protocol"),
    ("IPS", "intrusion prevention system"),
    ("IR", "incident response"),
    ("IRC", "Internet Relay Chat"),
    ("JSON", "JavaScript Object Notation"),
    ("LAN", "local area network"),
    ("LDAP", "Lightweight Directory Access Protocol"),
    ("LLMNR", "Link-Local Multicast Name Resolution"),
    ("MAC", "media access control address"),
    ("MD5", "message digest 5"),
    ("MDNS", "multicast DNS"),
    ("MIME", "Multipurpose Internet Mail Extensions"),
    ("MITM", "machine in the middle"),
    ("MTU", "maximum transmission unit"),
    ("NAS", "network attached storage"),
    ("NAT", "network address translation"),
    ("NBNS", "NetBIOS Name Service"),
    ("NTLM", "NT LAN Manager, a log-in protocol"),
    ("NTP", "Network Time Protocol"),
    ("NXDOMAIN", "DNS answer: there is no such name"),
    ("OUI", "organisationally unique identifier"),
    ("PDF", "Portable Document Format"),
    ("PE", "Portable Executable, a program for Windows"),
    ("POP", "Post Office Protocol"),
    ("QUIC", "a transport protocol over UDP"),
    ("RADIUS", "Remote Authentication Dial-In User Service"),
    ("RDP", "Remote Desktop Protocol"),
    ("RPC", "remote procedure call"),
    ("RPZ", "response policy zone of DNS"),
    ("SHA", "secure hash algorithm"),
    ("SIEM", "security information and event management"),
    ("SIP", "Session Initiation Protocol"),
    ("SMB", "Server Message Block"),
    ("SMTP", "Simple Mail Transfer Protocol"),
    ("SNI", "server name indication of TLS"),
    ("SNMP", "Simple Network Management Protocol"),
    ("SOC", "security operations centre"),
    ("SPAN", "mirror port of a switch"),
    ("SSH", "Secure Shell"),
    ("SSL", "Secure Sockets Layer"),
    ("TCP", "Transmission Control Protocol"),
    ("TLD", "top-level domain"),
    ("TLP", "Traffic Light Protocol"),
    ("TLS", "Transport Layer Security"),
    ("TTL", "time to live"),
    ("TXT", "text record of DNS"),
    ("UDP", "User Datagram Protocol"),
    ("UPNP", "Universal Plug and Play"),
    ("URI", "uniform resource identifier"),
    ("URL", "uniform resource locator"),
    ("USB", "Universal Serial Bus"),
    ("UTC", "Coordinated Universal Time"),
    ("VLAN", "virtual local area network"),
    ("VM", "virtual machine"),
    ("VPN", "virtual private network"),
    ("WAN", "wide area network"),
    ("WINS", "Windows Internet Name Service"),
    ("WPAD", "Web Proxy Auto-Discovery"),
];

/// Written in capitals and no abbreviation: methods, answers, words for stress, units.
const WORDS: &[&str] = &[
    "ALL", "AM", "AND", "ANY", "ASAP", "CONNECT", "CLEAR", "DELETE", "DO", "DONE", "EU", "FIN",
    "FIX", "FROM", "GB", "GET", "GMT", "GREEN", "AMBER", "RED", "HEAD", "HOST", "ID", "IN", "IS",
    "ISO", "IT", "KB", "LIST", "MB", "NB", "NO", "NOT", "NOTE", "NOW", "OK", "ON", "ONLY",
    "OPTIONS", "OR", "PASS", "PATCH", "PC", "PM", "POST", "PS", "PUT", "QUIT", "RETR", "RFC",
    "RST", "STOP", "STOR", "STRICT", "SYN", "ACK", "TB", "THE", "TO", "UK", "US", "USER", "VIA",
    "WHO", "YES",
];

/// Shortest and longest abbreviation.
const LONG: std::ops::RangeInclusive<usize> = 2..=6;
/// Abbreviations that a check names.
const NAMED: usize = 50;

fn meaning(word: &str) -> Option<&'static str> {
    let at = KNOWN.iter().find(|k| k.0 == word)?;
    Some(at.1)
}

/// Words of a text as they could be abbreviations: what is quoted, cited, a name with digits or a part of a longer
/// name is none.
fn candidates(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    // Outside of references, of code and of quotations.
    while !rest.is_empty() {
        let opens = ["[[", "`", "\u{201c}", "\""];
        let next = opens
            .iter()
            .filter_map(|o| rest.find(o).map(|at| (at, *o)))
            .min_by_key(|(at, _)| *at);
        let (before, after) = match next {
            Some((at, open)) => {
                let before = rest.get(..at).unwrap_or_default();
                let inside = rest.get(at + open.len()..).unwrap_or_default();
                let close = match open {
                    "[[" => "]]",
                    "\u{201c}" => "\u{201d}",
                    same => same,
                };
                let behind = inside.split_once(close).map_or("", |(_, behind)| behind);
                (before, behind)
            }
            None => (rest, ""),
        };
        out.extend(before.split_whitespace());
        rest = after;
    }
    out
}

/// The word without what a sentence puts around it; none where it is no abbreviation by its looks.
fn abbreviation(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word = word
        .strip_suffix("\u{2019}s")
        .or_else(|| word.strip_suffix("'s"))
        .unwrap_or(word);
    let word = match word.strip_suffix('s') {
        Some(one) if one.len() > 1 && one.bytes().all(|b| b.is_ascii_uppercase()) => one,
        _ => word,
    };
    let capitals = word.bytes().all(|b| b.is_ascii_uppercase());
    (capitals && LONG.contains(&word.len())).then_some(word)
}

/// Is a line shouted, so that capitals say nothing?
fn shouted(line: &str) -> bool {
    let words = line
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphabetic));
    let (mut all, mut loud) = (0usize, 0usize);
    for w in words {
        all += 1;
        loud += usize::from(!w.chars().any(char::is_lowercase));
    }
    all > 2 && loud * 2 > all
}

/// Is `word` spelled out: "port address translation (PAT)", "PAT (port address translation)", "PAT: …", "PAT = …"?
fn spelled(word: &str, texts: &[&str]) -> bool {
    texts.iter().any(|text| {
        let behind = text.match_indices(&format!("({word})")).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            before.split_whitespace().count() >= 2
        });
        let before = [
            format!("{word} ("),
            format!("{word} = "),
            format!("{word} means "),
            format!("{word} stands for "),
        ];
        behind || before.iter().any(|b| text.contains(b.as_str()))
    })
}

/// Abbreviations in the analyst's texts that nobody can look up: not of the field, not spelled out, and not a name
/// that the captures gave.
pub(crate) fn undefined(texts: &[&str], names: &BTreeSet<String>) -> Vec<String> {
    let mut out = BTreeSet::new();
    for line in texts.iter().flat_map(|t| t.lines()).filter(|l| !shouted(l)) {
        for word in candidates(line).into_iter().filter_map(abbreviation) {
            let fine = meaning(word).is_some() || WORDS.contains(&word) || names.contains(word);
            if !fine && !spelled(word, texts) {
                out.insert(word.to_owned());
            }
        }
    }
    out.into_iter().take(NAMED).collect()
}

/// Abbreviations of the field that a report uses, explained. None where it uses none.
pub(super) fn section(report: &Report) -> Option<Section> {
    let mut used = BTreeSet::new();
    let mut look = |text: &str| {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let word = word.strip_suffix('s').unwrap_or(word);
            if meaning(word).is_some() {
                used.insert(word.to_owned());
            }
        }
    };
    let mut line = |text: &Text| {
        for span in &text.0 {
            match span {
                Span::Said(t) | Span::Strong(t) | Span::Data(t) => look(t),
                Span::Run(r) if r.sort == Sort::Text => look(&r.text),
                Span::Run(_) | Span::Code(_) | Span::Ref { .. } => {}
            }
        }
    };
    let all = std::iter::once(&report.page_one).chain(&report.sections);
    for block in all.chain([&report.last]).flat_map(|s| &s.blocks) {
        match block {
            Block::Line(text) => line(text),
            Block::List(lines) => lines.iter().for_each(|l| line(&l.1)),
            Block::Outline(entries) => entries.iter().flat_map(Entry::lines).for_each(|l| line(&l)),
            Block::Table(table) => {
                table.head.iter().for_each(|h| line(&said(h)));
                table.rows.iter().flatten().for_each(&mut line);
            }
            Block::Heading(text) | Block::Nothing(text) => line(&said(text)),
            Block::Drawing { .. } => {}
        }
    }
    if report.marking.is_some() {
        used.insert("TLP".to_owned());
    }
    let rows = used.iter().filter_map(|word| {
        let text = Text::default().strong(word);
        Some(vec![text, said(meaning(word)?)])
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Section {
        id: "abbreviations",
        title: "Abbreviations",
        blocks: vec![Block::Table(Table {
            head: Vec::new(),
            rows,
        })],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_explains_is_named() {
        let names = BTreeSet::from(["ACME".to_owned()]);
        let none =
            |text: &str| assert_eq!(undefined(&[text], &names), Vec::<String>::new(), "{text}");
        none("The DNS look-up of ACME went over UDP [[p12]]. GET was answered.");
        none("port address translation (PAT) hides them; PAT is in use");
        none("PAT (port address translation) hides them");
        none("file `XYZ` and \u{201c}ABC\u{201d} and \"QRS\" in [[F-ABC]]");
        none("THIS IS IMPORTANT FOR EVERYBODY");
        none("WS-17, KB5034441, SETUP.EXE and AbC are names");
        assert_eq!(
            undefined(&["the XFR of QZT's, two QZTs"], &names),
            ["QZT", "XFR"]
        );
        assert_eq!(undefined(&["(PAT) is used"], &names), ["PAT"]);
    }

    #[test]
    fn the_list_is_sorted_and_names_each_once() {
        let words: Vec<&str> = KNOWN.iter().map(|k| k.0).collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(words, sorted);
        for word in WORDS {
            assert!(meaning(word).is_none(), "{word}");
        }
    }
}
