//! The reference of protocols and fields, out of the registry: what is read, how far, and under which names.
//! Knows no capture.

use serde::Serialize;
use weir_dissect::protocols::ALL;
use weir_dissect::{Over, Protocol, Severity, Transport, registry};
use weir_filter::kind_title;
use weir_model::Field;

/// A protocol in the list.
#[derive(Serialize)]
pub struct ProtocolEntry {
    /// Filter name: `http`.
    pub name: &'static str,
    /// `Hypertext Transfer Protocol`.
    pub title: &'static str,
    /// Where it is defined; may be empty.
    pub spec: &'static str,
    /// How far it is read.
    pub level: &'static str,
    /// Where it is looked for: `tcp.port 80`, `eth.type 0x0806`; empty where other protocols hand it over.
    pub carried: Vec<String>,
    /// Is it also told by its content, on any port?
    pub by_content: bool,
    /// Keys under which the analyst can say that it stands there: `tcp.port`, `udp.port`, `eth.type`.
    pub decode_as: Vec<&'static str>,
    /// Fields it has.
    pub fields: usize,
    /// Columns of its messages (`weir log`), a list for each table.
    pub logs: Vec<Vec<ColumnEntry>>,
    /// Anomalies it can raise.
    pub anomalies: Vec<AnomalyEntry>,
}

/// A column of a message table.
#[derive(Serialize)]
pub struct ColumnEntry {
    /// As Zeek names it, where Zeek has the log.
    pub name: &'static str,
    /// What it holds.
    pub title: &'static str,
}

/// Something that traffic can do against the specification.
#[derive(Serialize)]
pub struct AnomalyEntry {
    /// `tcp.analysis.retransmission`.
    pub id: &'static str,
    /// A sentence.
    pub says: &'static str,
    /// `chat`, `note`, `warn` or `error`.
    pub severity: &'static str,
    /// Wireshark's expert group.
    pub group: &'static str,
}

/// A field.
#[derive(Serialize)]
pub struct FieldEntry {
    /// `http.host`.
    pub name: &'static str,
    /// What the tree says before its value.
    pub title: &'static str,
    /// Type of its values, in words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is defined; may be empty.
    pub spec: &'static str,
    /// Further names it answers to: `ip.src` is part of `ip.addr`.
    pub part_of: &'static [&'static str],
    /// Words for its values.
    pub values: Vec<(u64, &'static str)>,
}

/// How far a protocol is read.
fn level(p: &Protocol) -> &'static str {
    match (p.fields.is_empty(), p.logs.is_empty(), p.files) {
        (_, false, true) => "fields, messages, files",
        (_, false, false) => "fields, messages",
        (_, true, true) => "fields, files",
        (false, true, false) => "fields",
        (true, true, false) => "recognised",
    }
}

/// One key in words.
fn key(over: Over) -> Option<String> {
    Some(match over {
        Over::LinkType(n) => format!("link type {n}"),
        Over::EtherType(n) => format!("eth.type {n:#06x}"),
        Over::Llc(n) => format!("llc.dsap {n:#04x}"),
        Over::CiscoPid(n) => format!("llc.cisco_pid {n:#06x}"),
        Over::IpProto(n) => format!("ip.proto {n}"),
        Over::TcpPort(n) => format!("tcp.port {n}"),
        Over::UdpPort(n) => format!("udp.port {n}"),
        Over::TlsPort(n) => format!("tls.port {n}"),
        Over::Alpn(name) => format!("ALPN {name}"),
        Over::Heuristic(_) => return None,
    })
}

/// Under which keys it can be said to stand: a stream's protocol where ports are, a layer's where types are.
fn decode_as(p: &Protocol) -> Vec<&'static str> {
    let layer = p.over.iter().any(|o| {
        matches!(
            o,
            Over::LinkType(_)
                | Over::EtherType(_)
                | Over::Llc(_)
                | Over::CiscoPid(_)
                | Over::IpProto(_)
        )
    });
    let over = |transport| p.over.contains(&Over::Heuristic(transport));
    let port = |tcp: bool| {
        p.over.iter().any(|o| match o {
            Over::TcpPort(_) => tcp,
            Over::UdpPort(_) => !tcp,
            _ => false,
        })
    };
    let mut keys = Vec::new();
    if p.stream.is_some() && (!layer || port(true) || over(Transport::Tcp)) {
        keys.push("tcp.port");
    }
    if p.datagram.is_some() && (port(false) || over(Transport::Udp) || p.probe.is_some()) {
        keys.push("udp.port");
    }
    if p.datagram.is_some() && layer {
        keys.push("eth.type");
    }
    keys
}

fn severity(s: Severity) -> &'static str {
    match s {
        Severity::Chat => "chat",
        Severity::Note => "note",
        Severity::Warn => "warn",
        Severity::Error => "error",
    }
}

fn entry(p: &'static Protocol) -> ProtocolEntry {
    let mut carried: Vec<String> = Vec::new();
    for words in p.over.iter().filter_map(|o| key(*o)) {
        if !carried.contains(&words) {
            carried.push(words);
        }
    }
    ProtocolEntry {
        name: p.info.name,
        title: p.info.title,
        spec: p.spec,
        level: level(p),
        carried,
        by_content: p.probe.is_some(),
        decode_as: decode_as(p),
        fields: p.fields.len(),
        logs: p
            .logs
            .iter()
            .map(|log| {
                let columns = log.columns().iter();
                columns
                    .map(|c| ColumnEntry {
                        name: c.name,
                        title: c.title,
                    })
                    .collect()
            })
            .collect(),
        anomalies: p
            .anomalies
            .iter()
            .map(|a| AnomalyEntry {
                id: a.id,
                says: a.says,
                severity: severity(a.severity),
                group: a.group,
            })
            .collect(),
    }
}

fn field(f: &'static Field) -> FieldEntry {
    FieldEntry {
        name: f.name,
        title: f.title,
        kind: kind_title(f.kind),
        spec: f.spec,
        part_of: f.part_of,
        values: f.values.to_vec(),
    }
}

/// Every protocol, by name. Several forms of one (as links have them) are one entry, told by the form with most fields.
#[must_use]
pub fn protocols() -> Vec<ProtocolEntry> {
    let mut all: Vec<ProtocolEntry> = ALL.iter().map(|p| entry(p)).collect();
    all.sort_by_key(|p| (p.name, std::cmp::Reverse(p.fields)));
    all.dedup_by(|form, kept| {
        let same = form.name == kept.name;
        if same {
            kept.carried.append(&mut form.carried);
            kept.by_content |= form.by_content;
        }
        same
    });
    all
}

/// The protocol that has this name, or that has a field of it, with its fields by name.
#[must_use]
pub fn protocol(name: &str) -> Option<(ProtocolEntry, Vec<FieldEntry>)> {
    let name = registry().named(name).or_else(|| owner(name))?.info.name;
    let mut fields: Vec<FieldEntry> = ALL
        .iter()
        .filter(|p| p.info.name == name)
        .flat_map(|p| p.fields)
        .map(|f| field(f))
        .collect();
    fields.sort_by_key(|f| f.name);
    fields.dedup_by_key(|f| f.name);
    Some((protocols().into_iter().find(|p| p.name == name)?, fields))
}

/// Whose field it is: of several that share it, the one whose name it begins with.
fn owner(name: &str) -> Option<&'static Protocol> {
    let has = |p: &&'static Protocol| {
        p.fields
            .iter()
            .any(|f| f.name == name || f.part_of.contains(&name))
    };
    let all = || ALL.iter().copied().filter(has);
    let own = |p: &&'static Protocol| {
        name.strip_prefix(p.info.name)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    all().find(own).or_else(|| all().next())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_protocol_a_field_and_a_shared_name_lead_to_their_page() {
        assert_eq!(protocol("http").unwrap().0.name, "http");
        assert_eq!(protocol("http.host").unwrap().0.name, "http");
        assert_eq!(protocol("ip.addr").unwrap().0.name, "ip");
        assert_eq!(protocol("mdns").unwrap().0.name, "mdns");
        assert!(protocol("http.nothing").is_none());
        assert!(protocol("").is_none());
    }

    #[test]
    fn a_page_says_how_far_a_protocol_is_read_and_where_it_stands() {
        let (http, fields) = protocol("http").unwrap();
        assert_eq!(http.level, "fields, messages, files");
        assert!(http.carried.contains(&"tcp.port 80".to_owned()));
        assert!(http.by_content);
        assert_eq!(http.decode_as, ["tcp.port"]);
        assert!(http.logs.iter().flatten().any(|c| c.name == "status_code"));
        assert!(
            fields
                .iter()
                .any(|f| f.name == "http.host" && f.kind == "text")
        );
        let (arp, _) = protocol("arp").unwrap();
        assert_eq!(
            (arp.level, arp.decode_as.as_slice()),
            ("fields, messages", &["eth.type"][..])
        );
        assert!(protocol("dns").unwrap().0.decode_as.contains(&"udp.port"));
    }

    #[test]
    fn every_protocol_has_a_title_and_every_field_a_type() {
        for p in protocols() {
            assert!(!p.title.is_empty(), "{}", p.name);
            let (_, fields) = protocol(p.name).unwrap();
            assert!(fields.iter().all(|f| !f.kind.is_empty()), "{}", p.name);
        }
    }
}
