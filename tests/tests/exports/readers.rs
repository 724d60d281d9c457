//! Strict readers of what is exported: a line that its grammar does not know fails. Each gives back what the text
//! means, so that it can be evaluated over captures.

use std::net::IpAddr;
use weir_tests::golden::body::FileKey;

/// What one entry of a file looks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// A look-up of this name; `true`: and of all below it.
    Lookup(String, bool),
    /// A request to this host.
    Host(String, bool),
    /// A hello for this name.
    Sni(String, bool),
    /// A packet from or to this network.
    Address(IpAddr, u8),
    /// A request whose path ends so, case ignored.
    PathEnd(String),
    /// A file of this name, case ignored.
    FileName(String),
    /// A content with this digest.
    Digest(String),
    /// A request by this agent.
    Agent(String),
    /// A request for a page of a host.
    Page(String, String),
}

/// RFC 4180: quotes around whole cells, CR LF behind every line, as many cells as the head.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut row = Vec::new();
        loop {
            let cell;
            if let Some(quoted) = rest.strip_prefix('"') {
                let mut out = String::new();
                let mut at = quoted;
                loop {
                    let end = at.find('"').expect("a quote is closed");
                    out.push_str(&at[..end]);
                    at = &at[end + 1..];
                    match at.strip_prefix('"') {
                        Some(more) => {
                            out.push('"');
                            at = more;
                        }
                        None => break,
                    }
                }
                (cell, rest) = (out, at);
            } else {
                let end = rest.find([',', '\r', '\n', '"']).expect("a cell ends");
                cell = rest[..end].to_owned();
                rest = &rest[end..];
            }
            assert!(!cell.starts_with(['=', '+', '-', '@']), "a formula: {cell}");
            assert!(!cell.chars().any(weir_model::hidden), "{cell:?}");
            row.push(cell);
            if let Some(more) = rest.strip_prefix(',') {
                rest = more;
            } else {
                rest = rest.strip_prefix("\r\n").expect("a line ends with CR LF");
                break;
            }
        }
        rows.push(row);
    }
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
    }
    rows
}

pub(crate) fn network(text: &str) -> Wanted {
    let (ip, length) = text
        .split_once('/')
        .map_or((text, None), |(ip, n)| (ip, Some(n)));
    let ip: IpAddr = ip.parse().expect(text);
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(most, |n| n.parse().expect(text));
    assert!(length <= most, "{text}");
    Wanted::Address(ip, length)
}

/// The rules of the block list, statement by statement.
pub(crate) fn nftables(text: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    let mut lines = text
        .lines()
        .filter(|l| !l.starts_with('#') && !l.is_empty())
        .peekable();
    for head in [
        "table inet weir_block",
        "delete table inet weir_block",
        "table inet weir_block {",
    ] {
        assert_eq!(lines.next(), Some(head));
    }
    for (set, kind) in [("addresses4", "ipv4_addr"), ("addresses6", "ipv6_addr")] {
        for head in [
            format!("\tset {set} {{"),
            format!("\t\ttype {kind}"),
            "\t\tflags interval".to_owned(),
        ] {
            assert_eq!(lines.next(), Some(head.as_str()));
        }
        if lines.next_if_eq(&"\t\telements = {").is_some() {
            loop {
                let line = lines
                    .next()
                    .expect("elements end")
                    .strip_prefix("\t\t\t")
                    .expect("an element");
                let element = line.strip_suffix(',').unwrap_or(line);
                let wanted = network(element);
                assert!(
                    matches!(&wanted, Wanted::Address(ip, _) if ip.is_ipv4() == (kind == "ipv4_addr"))
                );
                out.push(wanted);
                if !line.ends_with(',') {
                    break;
                }
            }
            assert_eq!(lines.next(), Some("\t\t}"));
        }
        assert_eq!(lines.next(), Some("\t}"));
    }
    for (chain, sides) in [
        ("input", &["saddr"][..]),
        ("output", &["daddr"]),
        ("forward", &["daddr", "saddr"]),
    ] {
        assert_eq!(lines.next(), Some(format!("\tchain {chain} {{").as_str()));
        let hook = format!("\t\ttype filter hook {chain} priority filter; policy accept;");
        assert_eq!(lines.next(), Some(hook.as_str()));
        for side in sides {
            for (family, set) in [("ip", "addresses4"), ("ip6", "addresses6")] {
                assert_eq!(
                    lines.next(),
                    Some(format!("\t\t{family} {side} @{set} counter drop").as_str())
                );
            }
        }
        assert_eq!(lines.next(), Some("\t}"));
    }
    assert_eq!((lines.next(), lines.next()), (Some("}"), None));
    out
}

fn is_label(l: &str) -> bool {
    (1..=63).contains(&l.len())
        && l.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

/// A zone file: SOA, NS, and CNAMEs to the root.
pub(crate) fn rpz(text: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    let mut lines = text.lines().filter(|l| !l.starts_with(';'));
    assert_eq!(lines.next(), Some("$TTL 300"));
    let soa = lines
        .next()
        .expect("a SOA")
        .strip_prefix("@ IN SOA localhost. hostmaster.localhost. ( ");
    let numbers = soa
        .and_then(|s| s.strip_suffix(" )"))
        .expect("numbers of the SOA");
    let numbers: Vec<u32> = numbers.split(' ').map(|n| n.parse().expect(n)).collect();
    assert_eq!(numbers.len(), 5);
    assert_eq!(lines.next(), Some("@ IN NS localhost."));
    let mut below = Vec::new();
    for line in lines {
        let owner = line.strip_suffix(" IN CNAME .").expect(line);
        if let Some(trigger) = owner.strip_suffix(".rpz-ip") {
            let mut parts: Vec<&str> = trigger.split('.').collect();
            let length = parts.remove(0);
            parts.reverse();
            let text = if parts.len() == 4 && !parts.contains(&"zz") {
                parts.join(".")
            } else {
                let joined = parts.join(":").replace("zz", "");
                if joined.starts_with(':') {
                    format!(":{joined}")
                } else if joined.ends_with(':') {
                    format!("{joined}:")
                } else {
                    joined
                }
            };
            out.push(network(&format!("{text}/{length}")));
        } else if let Some(name) = owner.strip_prefix("*.") {
            below.push(name.to_owned());
        } else {
            assert!(owner.split('.').all(is_label), "{line}");
            out.push(Wanted::Lookup(owner.to_owned(), true));
        }
    }
    for w in &out {
        if let Wanted::Lookup(name, _) = w {
            assert!(below.contains(name), "{name} without what is below it");
        }
    }
    assert_eq!(
        below.len(),
        out.iter()
            .filter(|w| matches!(w, Wanted::Lookup(..)))
            .count()
    );
    out
}

/// A content of Suricata: `|41 42|` is hexadecimal; quotes, semicolons, colons and backslashes stand only there.
fn content(text: &str) -> String {
    let mut out = Vec::new();
    for (n, part) in text.split('|').enumerate() {
        if n % 2 == 0 {
            assert!(!part.contains(['"', ';', ':', '\\']), "{text}");
            out.extend(part.bytes());
        } else {
            out.extend(part.split(' ').map(|h| {
                assert_eq!(h.len(), 2, "{text}");
                u8::from_str_radix(h, 16).expect(text)
            }));
        }
    }
    assert_eq!(text.split('|').count() % 2, 1, "{text}");
    String::from_utf8(out).expect(text)
}

/// Splits at `;` outside of quotes.
fn options(text: &str) -> Vec<(String, Option<String>)> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                quoted ^= *c == '"';
                *c == ';' && !quoted
            })
            .expect("an option ends with ;")
            .0;
        let option = rest[..end].trim();
        rest = rest[end + 1..].trim_start();
        let (name, value) = option
            .split_once(':')
            .map_or((option, None), |(n, v)| (n, Some(v.to_owned())));
        assert!(!name.is_empty(), "an option without a name: {text}");
        out.push((name.to_owned(), value));
    }
    out
}

/// Rules, one a line; numbers are there once.
pub(crate) fn suricata(text: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    let mut numbers = std::collections::BTreeSet::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        assert!(
            line.is_ascii() && !line.chars().any(char::is_control),
            "{line}"
        );
        let (head, rest) = line.split_once(" (").expect(line);
        let body = rest.strip_suffix(')').expect(line);
        let head: Vec<&str> = head.split(' ').collect();
        let [action, protocol, from, from_port, way, to, to_port] = head[..] else {
            panic!("{line}")
        };
        assert_eq!(
            (action, from, from_port, to_port),
            ("alert", "any", "any", "any"),
            "{line}"
        );
        assert!(
            ["dns", "http", "tls", "ip", "smtp", "smb", "ftp-data"].contains(&protocol),
            "{line}"
        );
        let options = options(body);
        let is = |name: &str| options.iter().any(|o| o.0 == name);
        let known = [
            "msg",
            "flow",
            "dns.query",
            "http.host",
            "tls.sni",
            "http.uri",
            "http.uri.raw",
            "http.user_agent",
            "file.name",
            "dotprefix",
            "content",
            "endswith",
            "startswith",
            "nocase",
            "classtype",
            "metadata",
            "sid",
            "rev",
        ];
        for (name, value) in &options {
            assert!(known.contains(&name.as_str()), "{name} in {line}");
            let quoted = value
                .as_ref()
                .is_some_and(|v| v.starts_with('"') && v.ends_with('"') && v.len() > 1);
            assert_eq!(matches!(name.as_str(), "msg" | "content"), quoted, "{line}");
        }
        let sid = options
            .iter()
            .find(|o| o.0 == "sid")
            .and_then(|o| o.1.as_ref())
            .expect(line);
        let sid: u32 = sid.parse().expect(line);
        assert!(
            (1_000_000..2_000_000).contains(&sid) && numbers.insert(sid),
            "{line}"
        );
        let contents: Vec<String> = options
            .iter()
            .filter(|o| o.0 == "content")
            .map(|o| content(o.1.as_deref().unwrap_or_default().trim_matches('"')))
            .collect();
        if protocol == "ip" {
            assert_eq!(way, "<>");
            out.push(network(to.trim_start_matches('[').trim_end_matches(']')));
            continue;
        }
        assert_eq!((way, to), ("->", "any"));
        assert!(
            !(is("http.host") && is("nocase")),
            "Suricata refuses that: {line}"
        );
        let first = contents.first().cloned().expect(line);
        if is("dotprefix") {
            assert!(is("endswith"));
            let name = first.strip_prefix('.').expect(line).to_owned();
            out.push(match protocol {
                "dns" if is("dns.query") => Wanted::Lookup(name, true),
                "http" if is("http.host") => Wanted::Host(name, true),
                "tls" if is("tls.sni") => Wanted::Sni(name, true),
                _ => panic!("{line}"),
            });
        } else if is("http.uri.raw") {
            out.push(Wanted::Page(first, contents[1].clone()));
        } else if is("http.uri") {
            assert!(is("endswith") && is("nocase"));
            out.push(Wanted::PathEnd(first));
        } else if is("file.name") {
            assert!(is("endswith") && is("nocase"));
            out.push(Wanted::FileName(first));
        } else {
            assert!(
                is("http.user_agent") && is("startswith") && is("endswith"),
                "{line}"
            );
            out.push(Wanted::Agent(first));
        }
    }
    out
}

/// One digest a line.
pub(crate) fn digests(text: &str) -> Vec<Wanted> {
    let is = |l: &&str| {
        l.len() == 64
            && l.bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    text.lines()
        .map(|l| {
            assert!(is(&l), "{l}");
            Wanted::Digest(l.to_owned())
        })
        .collect()
}

/// Zeek's reader: tabs between four fields, `\xNN` for what is no printable ASCII.
pub(crate) fn zeek(text: &str) -> Vec<Wanted> {
    let mut lines = text.lines();
    assert!(lines.next().expect("a comment").starts_with("# Weir "));
    assert_eq!(
        lines.next(),
        Some("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc")
    );
    let mut out = Vec::new();
    for line in lines {
        assert!(!line.starts_with('#') && line.is_ascii(), "{line}");
        let fields: Vec<&str> = line.split('\t').collect();
        let [value, kind, source, _] = fields[..] else {
            panic!("{line}")
        };
        assert!(
            source == "Weir" && !fields.contains(&"") && !fields.contains(&"-"),
            "{line}"
        );
        let mut bytes = Vec::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('\\') {
            bytes.extend(before.bytes());
            let hex = after
                .strip_prefix('x')
                .and_then(|h| h.get(..2))
                .expect(line);
            bytes.push(u8::from_str_radix(hex, 16).expect(line));
            rest = &after[3..];
        }
        bytes.extend(rest.bytes());
        let value = String::from_utf8(bytes).expect(line);
        match kind {
            "Intel::DOMAIN" => out.extend([
                Wanted::Lookup(value.clone(), false),
                Wanted::Host(value.clone(), false),
                Wanted::Sni(value, false),
            ]),
            "Intel::ADDR" | "Intel::SUBNET" => out.push(network(&value)),
            "Intel::FILE_HASH" => out.push(Wanted::Digest(value)),
            "Intel::FILE_NAME" => out.push(Wanted::FileName(value)),
            "Intel::SOFTWARE" => out.push(Wanted::Agent(value)),
            "Intel::URL" => {
                let (host, path) = value.split_at(value.find('/').expect(line));
                out.push(Wanted::Page(host.to_owned(), path.to_owned()));
            }
            _ => panic!("{line}"),
        }
    }
    out
}

/// A double-quoted string of YAML: printable ASCII and escapes.
fn yaml(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .expect(text);
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        assert!((' '..='~').contains(&c) && c != '"', "{text}");
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = match chars.next().expect(text) {
            c @ ('"' | '\\') => {
                out.push(c);
                continue;
            }
            'u' => 4,
            'U' => 8,
            _ => panic!("{text}"),
        };
        let hex: String = chars.by_ref().take(digits).collect();
        assert_eq!(hex.len(), digits, "{text}");
        out.push(
            u32::from_str_radix(&hex, 16)
                .ok()
                .and_then(char::from_u32)
                .expect(text),
        );
    }
    out
}

/// Does a value of Sigma hold a wildcard?
fn globbed(text: &str) -> bool {
    let mut escaped = false;
    text.chars().any(|c| {
        let wild = !escaped && (c == '*' || c == '?');
        escaped = !escaped && c == '\\';
        wild
    })
}

/// A value of Sigma without wildcards: what stands behind `\\` stands for itself.
fn unglobbed(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        assert!(c != '*' && c != '?', "a wildcard: {text}");
        out.push(if c == '\\' {
            chars.next().expect(text)
        } else {
            c
        });
    }
    out
}

/// Documents of Sigma, line by line as they are written; what each searches in its log.
pub(crate) fn sigma(text: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for document in text.split("---\n").filter(|d| !d.starts_with('#')) {
        let mut lines = document.lines();
        let mut next = |start: &str| {
            let line = lines.next().expect(start);
            line.strip_prefix(start)
                .unwrap_or_else(|| panic!("{start:?} is not {line:?}"))
                .to_owned()
        };
        next("title: ");
        let id = next("id: ");
        assert!(id.len() == 36 && ids.insert(id));
        next("status: experimental");
        yaml(&next("description: "));
        next("author: Weir");
        assert_eq!(next("date: ").len(), 10);
        if next("") == "tags:" {
            let tag = next("    - tlp.");
            let tags = ["clear", "green", "amber", "amber-strict", "red"];
            assert!(tags.contains(&tag.as_str()), "{tag}");
            next("logsource:");
        }
        let log = next("    category: ");
        next("detection:");
        let (mut field, mut page) = (String::new(), None);
        for line in lines.by_ref() {
            if line == "    condition: 1 of selection_*" {
                break;
            }
            if let Some(n) = line.strip_prefix("    selection_") {
                n.strip_suffix(':')
                    .and_then(|n| n.parse::<u32>().ok())
                    .expect(line);
            } else if let Some(v) = line.strip_prefix("            - ") {
                let v = yaml(v);
                if field == "c-uri-stem|endswith" && globbed(&v) {
                    // A pattern of names: of the list itself, not of the captures.
                    continue;
                }
                let v = unglobbed(&v);
                out.extend(match (log.as_str(), field.as_str()) {
                    ("dns", "query") => Some(Wanted::Lookup(v, false)),
                    ("dns", "query|endswith") => Some(Wanted::Lookup(v[1..].to_owned(), true)),
                    ("proxy", "cs-host") => Some(Wanted::Host(v, false)),
                    ("proxy", "cs-host|endswith") => Some(Wanted::Host(v[1..].to_owned(), true)),
                    ("proxy", "c-uri-stem|endswith") => Some(Wanted::PathEnd(v)),
                    ("proxy", "c-useragent") => Some(Wanted::Agent(v)),
                    ("firewall", "dst_ip" | "src_ip" | "dst_ip|cidr" | "src_ip|cidr") => {
                        Some(network(&v))
                    }
                    other => panic!("{other:?}"),
                });
            } else if let Some(host) = line.strip_prefix("        cs-host: ") {
                page = Some(unglobbed(&yaml(host)));
            } else if let Some(path) = line.strip_prefix("        c-uri: ") {
                out.push(Wanted::Page(
                    page.take().expect(line),
                    unglobbed(&yaml(path)),
                ));
            } else {
                field = line
                    .strip_prefix("        ")
                    .and_then(|l| l.strip_suffix(':'))
                    .expect(line)
                    .to_owned();
            }
        }
        let rest: Vec<&str> = lines.collect();
        assert_eq!(
            rest[..2],
            ["falsepositives:", "    - Analysts who look into the case"]
        );
        assert!(
            matches!(rest[2..], ["level: high" | "level: medium"]),
            "{rest:?}"
        );
    }
    out
}

/// A rule of YARA.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    /// Digest by its name, and the size.
    digest: Option<(String, String, Option<u64>)>,
    texts: Vec<Vec<u8>>,
    /// So many of the texts in less than so many bytes.
    enough: (usize, usize),
}

impl Rule {
    /// Does it find this content?
    pub(crate) fn finds(&self, body: &Body) -> bool {
        if let Some((kind, value, size)) = &self.digest {
            let own = match kind.as_str() {
                "sha256" => &body.key.sha256,
                "sha1" => &body.key.sha1,
                _ => &body.key.md5,
            };
            return own == value && size.is_none_or(|s| s == body.bytes.len() as u64);
        }
        let has = |t: &&Vec<u8>| body.bytes.windows(t.len()).any(|w| w == t.as_slice());
        body.bytes.len() < self.enough.0 && self.texts.iter().filter(has).count() >= self.enough.1
    }
}

/// A string of YARA.
fn quoted(text: &str) -> Vec<u8> {
    let inner = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .expect(text);
    let mut out = Vec::new();
    let mut bytes = inner.bytes();
    while let Some(b) = bytes.next() {
        assert!((0x20..0x7f).contains(&b) && b != b'"', "{text}");
        if b != b'\\' {
            out.push(b);
            continue;
        }
        match bytes.next().expect(text) {
            b @ (b'"' | b'\\') => out.push(b),
            b'x' => {
                let hex: Vec<u8> = bytes.by_ref().take(2).collect();
                out.push(
                    u8::from_str_radix(std::str::from_utf8(&hex).expect(text), 16).expect(text),
                );
            }
            _ => panic!("{text}"),
        }
    }
    out
}

/// Rules of both shapes, line by line as they are written.
pub(crate) fn yara(text: &str) -> Vec<Rule> {
    let mut lines = text.lines();
    assert!(lines.next().expect("a comment").starts_with("// Weir "));
    assert_eq!(lines.next(), Some("import \"hash\""));
    let mut out: Vec<Rule> = Vec::new();
    while let Some(line) = lines.next() {
        assert_eq!(line, "");
        let name = lines
            .next()
            .and_then(|l| l.strip_prefix("rule "))
            .expect("a rule")
            .to_owned();
        assert!(
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
            "{name}"
        );
        assert!(out.iter().all(|r| r.name != name), "{name} twice");
        assert_eq!((lines.next(), lines.next()), (Some("{"), Some("\tmeta:")));
        let mut rule = Rule {
            name,
            digest: None,
            texts: Vec::new(),
            enough: (0, 0),
        };
        let mut part = "meta";
        for line in lines.by_ref() {
            match (part, line) {
                (_, "\tstrings:") => part = "strings",
                (_, "\tcondition:") => part = "condition",
                (_, "}") => break,
                ("meta", _) => {
                    let (name, value) = line
                        .strip_prefix("\t\t")
                        .and_then(|l| l.split_once(" = "))
                        .expect(line);
                    assert!(
                        [
                            "author",
                            "description",
                            "date",
                            "named",
                            "sha256",
                            "sha1",
                            "md5"
                        ]
                        .contains(&name),
                        "{line}"
                    );
                    quoted(value);
                }
                ("strings", _) => {
                    let (name, value) = line
                        .strip_prefix("\t\t$")
                        .and_then(|l| l.split_once(" = "))
                        .expect(line);
                    assert_eq!(name, format!("t{}", rule.texts.len()));
                    rule.texts
                        .push(quoted(value.strip_suffix(" ascii").expect(line)));
                }
                _ => {
                    let line = line.strip_prefix("\t\t").expect(line);
                    if rule.texts.is_empty() {
                        let (size, hash) = line
                            .split_once(" and ")
                            .map_or((None, line), |(s, h)| (Some(s), h));
                        let size = size.map(|s| {
                            s.strip_prefix("filesize == ")
                                .and_then(|n| n.parse().ok())
                                .expect(line)
                        });
                        let (kind, value) = hash
                            .strip_prefix("hash.")
                            .and_then(|h| h.split_once("(0, filesize) == "))
                            .expect(line);
                        let value = String::from_utf8(quoted(value)).expect(line);
                        rule.digest = Some((kind.to_owned(), value, size));
                    } else {
                        let (most, enough) = line
                            .strip_prefix("filesize < ")
                            .and_then(|l| l.split_once(" and "))
                            .expect(line);
                        let enough = enough
                            .strip_suffix(" of them")
                            .and_then(|n| n.parse().ok())
                            .expect(line);
                        rule.enough = (most.parse().expect(line), enough);
                        assert!(
                            rule.enough.1 >= 3 && rule.enough.1 <= rule.texts.len(),
                            "{line}"
                        );
                    }
                }
            }
        }
        out.push(rule);
    }
    out
}

/// A content with its digests.
pub(crate) struct Body {
    pub(crate) key: FileKey,
    pub(crate) bytes: Vec<u8>,
}
