//! Display filters: count and SHA-256 of the matching packet numbers.

use super::{Check, Difference, Loaded, Report};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use weir_filter::Program;
use weir_session::{Scan, hex, schema};

/// Protocols whose filters are compared: what every capture is made of.
pub const FOUNDATION: &[&str] = &[
    "frame", "eth", "vlan", "arp", "ip", "ipv6", "icmp", "icmpv6", "tcp", "udp", "dns", "dhcp",
    "http", "ftp", "ftp-data", "tls",
];

/// Filters that name one of these too are counted apart.
pub const FURTHER: &[&str] = &[
    "_ws",
    "bittorrent",
    "data",
    "dcerpc",
    "geneve",
    "gre",
    "http2",
    "imap",
    "imf",
    "irc",
    "kerberos",
    "ldap",
    "llmnr",
    "mbtcp",
    "mdns",
    "mime_multipart",
    "modbus",
    "mpls",
    "mqtt",
    "mysql",
    "nbns",
    "ntlmssp",
    "ntp",
    "pgsql",
    "pop",
    "ppp",
    "pppoes",
    "quic",
    "radiotap",
    "radius",
    "rdp",
    "sip",
    "sll",
    "smb",
    "smb2",
    "smtp",
    "snmp",
    "ssh",
    "syslog",
    "telnet",
    "tftp",
    "vxlan",
    "websocket",
    "wlan",
    "x509ce",
    "x509sat",
];

/// What filters are about, as the table groups them.
pub const GROUPS: [&str; 4] = ["L2 to L4", "flow state", "links", "application"];

/// Protocols of layers 2 to 4.
const LAYERS: &[&str] = &[
    "frame", "eth", "arp", "ip", "ipv6", "icmp", "icmpv6", "tcp", "udp", "data", "sll",
];

/// Link layers, tags and tunnels.
const LINKS: &[&str] = &[
    "vlan", "geneve", "gre", "mpls", "ppp", "pppoes", "radiotap", "vxlan", "wlan",
];

/// What a field says that one packet alone does not.
const STATE: &[&str] = &[
    "analysis",
    "stream",
    "completeness",
    "reassembled_in",
    "segment_data",
    "time_delta",
    "time_relative",
];

/// Words of the language that are no field or protocol.
const WORDS: &[&str] = &[
    "and", "or", "not", "xor", "contains", "matches", "in", "any", "all", "eq", "ne", "gt", "lt",
    "ge", "le", "len", "count", "lower", "upper", "string", "abs", "min", "max", "true", "false",
];

/// The filters to compare, by id.
pub struct Filters {
    list: Vec<Compared>,
}

struct Compared {
    id: String,
    text: String,
    check: Check,
    program: Result<Rc<Program>, String>,
}

impl Filters {
    /// Those of the corpus that name only [`FOUNDATION`] and [`FURTHER`].
    ///
    /// # Errors
    /// The list cannot be read.
    pub fn of(dir: &Path) -> std::io::Result<Self> {
        let text = std::fs::read_to_string(dir.join("filters.txt"))?;
        let lines = text
            .lines()
            .filter(|l| !l.starts_with('#'))
            .filter_map(|l| l.split_once('\t'));
        let list = lines
            .filter_map(|(id, f)| {
                let names = names(f);
                let among = |list: &[&str], n: &String| list.contains(&n.as_str());
                let built = |n: &String| among(FOUNDATION, n) || among(FURTHER, n);
                let check = if names.iter().any(|n| among(FURTHER, n)) {
                    Check::Further
                } else {
                    Check::Filters
                };
                names.iter().all(built).then(|| Compared {
                    id: id.to_owned(),
                    text: f.to_owned(),
                    check,
                    program: Program::new(f, schema())
                        .map(Rc::new)
                        .map_err(|e| e.to_string()),
                })
            })
            .collect();
        Ok(Self { list })
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// None?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The text of a filter, for the table.
    #[must_use]
    pub fn words(&self, id: &str) -> String {
        self.list
            .iter()
            .find(|c| c.id == id)
            .map_or_else(|| id.to_owned(), |c| format!("{id} `{}`", c.text))
    }

    /// Its group; `None` of an id that is no filter's.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&'static str> {
        let text = &self.list.iter().find(|c| c.id == id)?.text;
        let names = names(text);
        let [layers, state, links, application] = GROUPS;
        let links_named = names.iter().any(|n| LINKS.contains(&n.as_str()));
        let above = |n: &String| !LAYERS.contains(&n.as_str()) && !LINKS.contains(&n.as_str());
        Some(if names.iter().any(above) {
            application
        } else if links_named {
            links
        } else if STATE.iter().any(|s| text.contains(s)) {
            state
        } else {
            layers
        })
    }

    pub(super) fn compare(&self, loaded: &mut Loaded, report: &mut Report) {
        if loaded.incomplete("filters") {
            return;
        }
        let rows = loaded.rows("filters.tsv").unwrap_or_default();
        let theirs: BTreeMap<&str, (&str, &str)> = rows
            .iter()
            .filter_map(|r| {
                Some((
                    r.first()?.as_str(),
                    (r.get(1)?.as_str(), r.get(2)?.as_str()),
                ))
            })
            .collect();
        let programs: Vec<Rc<Program>> = self
            .list
            .iter()
            .filter_map(|c| c.program.as_ref().ok().cloned())
            .collect();
        let mut scan = Scan::new(&programs, true);
        if let Err(e) = loaded.door.run(&mut loaded.session, &mut scan) {
            report.add(
                &loaded.name,
                Check::Filters,
                "scan",
                Err(Difference {
                    ours: e.to_string(),
                    theirs: String::new(),
                }),
            );
            return;
        }
        let mut found = scan.matches().into_iter();
        let captures: Vec<_> = loaded.session.loaded().map(|c| c.id).collect();
        for Compared {
            id, check, program, ..
        } in &self.list
        {
            let recorded = theirs.get(id.as_str());
            let (numbers, digest) = match program {
                Ok(_) => {
                    let numbers: Vec<String> = found.next().map_or_else(Vec::new, |m| {
                        captures
                            .iter()
                            .flat_map(|c| m.numbers(*c))
                            .map(|n| n.to_string())
                            .collect()
                    });
                    let digest = hex(&Sha256::digest(numbers.join("\n").as_bytes()));
                    (numbers, digest)
                }
                Err(e) => {
                    if let Some((n, _)) = recorded {
                        report.add(
                            &loaded.name,
                            *check,
                            id,
                            Err(Difference {
                                ours: e.clone(),
                                theirs: (*n).to_owned(),
                            }),
                        );
                    }
                    continue;
                }
            };
            if numbers.is_empty() && recorded.is_none() {
                continue;
            }
            let equal = recorded.is_some_and(|(_, sha)| *sha == digest);
            let theirs = recorded.map_or("0", |(n, _)| n).to_owned();
            let outcome = if equal {
                Ok(())
            } else {
                report.keep_packets(&loaded.name, id, &numbers);
                Err(Difference {
                    ours: numbers.len().to_string(),
                    theirs,
                })
            };
            report.add(&loaded.name, *check, id, outcome);
        }
    }
}

/// The protocols a filter names: the first part of every name outside of quotes.
fn names(filter: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut quoted = false;
    let mut word = String::new();
    for c in filter.chars().chain([' ']) {
        if c == '"' {
            quoted = !quoted;
        }
        if !quoted && (c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')) {
            word.push(c.to_ascii_lowercase());
            continue;
        }
        let name = word.split('.').next().unwrap_or("").to_owned();
        let literal = word.starts_with(|c: char| c.is_ascii_digit())
            || word.contains(':')
            || name.bytes().all(|b| b.is_ascii_hexdigit());
        if !word.is_empty() && !literal && !WORDS.contains(&name.as_str()) {
            out.insert(name);
        }
        word.clear();
    }
    out
}
