//! What a packet's fields say about its bytes: which are numbers, words, names, addresses, secrets.
//! Changes nothing.

use super::checksums::Header;
use std::fmt::Arguments;
use std::net::IpAddr;
use weir_model::{ByteRange, Field, FieldSink, Holds, Kind, LayerInfo, Mac, SourceId, Value};

/// Bytes of one text that are looked at: longer ones are blanked without a pseudonym.
pub(super) const TEXT: usize = 1024;
/// Fields of one packet that are looked at; what only later ones would keep is blanked, and what they hold is
/// under no other that is kept.
const FIELDS: usize = 20_000;

/// Below the application: their numbers are what conversations are made of, and can be no address.
const LOWER: &[&str] = &[
    "ah",
    "arcnet",
    "arp",
    "atmarp",
    "ayiya",
    "cfp",
    "chdlc",
    "erspan",
    "esp",
    "eth",
    "ethertype",
    "fddi",
    "fr",
    "gre",
    "gtp",
    "icmp",
    "icmpv6",
    "ieee8021ah",
    "igmp",
    "ip",
    "ipnet",
    "ipoib",
    "ipv6",
    "juniper",
    "l2tp",
    "llc",
    "macsec",
    "mpls",
    "nflog",
    "null",
    "pim",
    "pktap",
    "ppi",
    "ppp",
    "pppoe",
    "pppoes",
    "radiotap",
    "raw",
    "sctp",
    "sll",
    "stp",
    "tcp",
    "teredo",
    "tr",
    "udp",
    "udpencap",
    "vlan",
    "vntag",
    "vxlan",
    "wlan",
];

/// Protocols of lines: blanks in them are letters, so that lines stay lines.
const LINES: &[&str] = &[
    "ftp", "http", "imap", "irc", "pop", "rtsp", "sip", "smtp", "ssdp",
];

/// Those whose head ends with an empty line: what follows is a body.
const HEADED: &[&str] = &["http", "rtsp", "sip", "ssdp"];

/// Fields of bytes that are the same for everybody.
const CONSTANT: &[&str] = &[
    "bgp.marker",
    "stun.cookie",
    "tcp.options.eol",
    "tcp.options.mss",
    "tcp.options.nop",
    "tcp.options.sack",
    "tcp.options.sack_perm",
    "tcp.options.timestamp",
    "tcp.options.wscale",
];

/// What becomes of a range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    /// A number below the application.
    Header,
    /// A number of an application.
    Number,
    /// Text that can hold anything.
    Words(String),
    /// The name of a machine or person.
    Name(String),
    /// An address, as bytes or in words.
    Address(IpAddr),
    /// A hardware address.
    Mac(Mac),
    /// A credential, or what somebody wrote; with the text where it is one that is looked at.
    Blank(String),
}

/// A range with its rule.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rule: Rule,
    /// Within a protocol of lines.
    pub(super) lines: bool,
}

/// A value that is to be found nowhere afterwards.
#[derive(Clone, Debug)]
pub(super) enum Removed {
    Address(IpAddr),
    Mac(Mac),
    Name(String),
    Secret(Vec<u8>),
    Text(String),
}

/// Everything of one packet.
#[derive(Default)]
pub(crate) struct Reading {
    pub(super) spans: Vec<Span>,
    pub(super) headers: Vec<Header>,
    /// Protocols of lines: from where to where.
    pub(super) lines: Vec<(usize, usize, bool)>,
    pub(super) values: Vec<Removed>,
    /// The layers and fields that are open.
    stack: Vec<Option<&'static str>>,
    sources: u16,
    seen: usize,
}

impl Reading {
    fn layer_name(&self) -> &'static str {
        self.stack.iter().rev().find_map(|s| *s).unwrap_or_default()
    }

    fn value(&mut self, field: &'static Field, value: Value<'_>) {
        let holds = field.holds;
        match value {
            Value::Ipv4(a) => self.values.push(Removed::Address(a.into())),
            Value::Ipv6(a) => self.values.push(Removed::Address(a.into())),
            Value::Mac(a) => self.values.push(Removed::Mac(a)),
            Value::Text(t) if !t.is_empty() && t.len() <= TEXT => match holds {
                Holds::Name | Holds::Address => self.values.push(Removed::Name(t.to_owned())),
                Holds::Secret => self.values.push(Removed::Secret(t.as_bytes().to_vec())),
                Holds::Content => self.values.push(Removed::Text(t.to_owned())),
                Holds::Plain => {}
            },
            Value::Bytes(b) if !b.is_empty() && b.len() <= TEXT && holds == Holds::Secret => {
                self.values.push(Removed::Secret(b.to_vec()));
            }
            Value::Bytes(b) if b.len() == 6 && holds == Holds::Address => {
                let mut mac = [0; 6];
                mac.copy_from_slice(b);
                self.values.push(Removed::Mac(Mac(mac)));
            }
            _ => {}
        }
    }

    fn rule(
        &self,
        field: &'static Field,
        value: Value<'_>,
        length: usize,
        lower: bool,
        lines: bool,
    ) -> Option<Rule> {
        let fits = |bits: u8| length * 8 <= usize::from(bits).next_multiple_of(8).max(8);
        Some(match (field.holds, value) {
            (Holds::Secret | Holds::Content, Value::Text(t)) if t.len() <= TEXT => {
                Rule::Blank(t.to_owned())
            }
            (Holds::Secret | Holds::Content, _) => Rule::Blank(String::new()),
            (_, Value::Ipv4(a)) => Rule::Address(a.into()),
            (_, Value::Ipv6(a)) => Rule::Address(a.into()),
            (_, Value::Mac(a)) => Rule::Mac(a),
            (Holds::Address, Value::Bytes(b)) if b.len() == 6 && length == 6 => {
                let mut mac = [0; 6];
                mac.copy_from_slice(b);
                Rule::Mac(Mac(mac))
            }
            (Holds::Name, Value::Text(t)) if t.len() <= TEXT => Rule::Name(t.to_owned()),
            // An address in words becomes zeros, as numbers in names do.
            (Holds::Address, Value::Text(t)) if t.len() <= TEXT && lines => {
                Rule::Words(t.to_owned())
            }
            (Holds::Name | Holds::Address, _) => Rule::Blank(String::new()),
            (Holds::Plain, Value::Text(t)) => {
                if lower {
                    return None;
                }
                Rule::Words(if t.len() <= TEXT {
                    t.to_owned()
                } else {
                    String::new()
                })
            }
            (Holds::Plain, Value::Bytes(_)) => {
                if !CONSTANT.contains(&field.name) {
                    return None;
                }
                if lower { Rule::Header } else { Rule::Number }
            }
            (Holds::Plain, _) => {
                let number = match field.kind {
                    Kind::Uint(n) | Kind::Int(n) => lines || fits(n),
                    Kind::Bool | Kind::Float | Kind::Time | Kind::Duration => lines || length <= 8,
                    _ => false,
                };
                if !number {
                    return None;
                }
                if lower { Rule::Header } else { Rule::Number }
            }
        })
    }

    fn take(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.seen += 1;
        if self.seen > FIELDS {
            return;
        }
        self.value(field, value);
        if range.source != SourceId(0) || range.is_empty() {
            return;
        }
        let layer = self.layer_name();
        let (lower, lines) = (LOWER.contains(&layer), LINES.contains(&layer));
        let (start, end) = (range.start as usize, range.end as usize);
        if let Some(rule) = self.rule(field, value, end - start, lower, lines) {
            self.spans.push(Span {
                start,
                end,
                rule,
                lines,
            });
        }
    }
}

impl FieldSink for Reading {
    fn wants(&self, _: &'static LayerInfo) -> bool {
        true
    }
    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        self.stack.push(Some(layer.name));
        if range.source != SourceId(0) || range.is_empty() {
            return;
        }
        let (start, end) = (range.start as usize, range.end as usize);
        if matches!(
            layer.name,
            "ip" | "ipv6" | "tcp" | "udp" | "icmp" | "icmpv6" | "igmp" | "pim" | "vrrp"
        ) {
            self.headers.push(Header {
                name: layer.name,
                start,
            });
        }
        // Numbers of the device's interfaces, of which not each is a field; their length says where the packet begins.
        if layer.name == "juniper" {
            self.spans.push(Span {
                start,
                end,
                rule: Rule::Header,
                lines: false,
            });
        }
        if LINES.contains(&layer.name) {
            self.lines.push((start, end, HEADED.contains(&layer.name)));
        }
    }
    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.take(field, value, range);
        self.stack.push(None);
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.take(field, value, range);
    }
    fn close(&mut self) {
        self.stack.pop();
    }
    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        self.sources = self.sources.saturating_add(1);
        SourceId(self.sources)
    }
    fn info(&mut self, _: Arguments<'_>) {}
}
