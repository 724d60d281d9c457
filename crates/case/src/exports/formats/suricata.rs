//! Rules for Suricata: look-ups, hosts and addresses of requests, names of TLS, addresses, agents.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, State, value};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use weir_model::IndicatorKind;

/// First of the range for rules of one's own, and how many Weir uses of it.
const FIRST: u32 = 1_000_000;
const RANGE: u32 = 900_000;
/// Longest content that a rule looks for, in bytes: Suricata takes 255.
const CONTENT: usize = 240;

/// The format.
pub static FORMAT: Format = Format {
    id: "suricata",
    title: "Suricata rules",
    purpose: "Alerts for Suricata 6 or newer: suricata -S FILE, or a line below rule-files. Rules by digest stand in it as comments: they need the SHA-256 list beside them.",
    ending: "rules",
    mime: "text/plain",
    check: Check::Ours("a strict grammar of our own, not checked by the product itself"),
    lists: Lists::Acting,
    texts: false,
    takes,
    notes,
    write,
};

fn takes(_: &Cx<'_>, r: &Listed) -> Result<(), &'static str> {
    match r.kind {
        IndicatorKind::Sha256 => Err(
            "a digest needs the SHA-256 list beside the rules: the rule for it is commented out",
        ),
        IndicatorKind::Sha1 | IndicatorKind::Md5 => Err("the list for digests holds SHA-256 alone"),
        IndicatorKind::Glob => Err("a pattern of names is no fixed content"),
        IndicatorKind::Filetype => Err("a sort of file is not acted on"),
        _ if r.value.len() > CONTENT => Err("too long for one content of a rule"),
        _ => Ok(()),
    }
}

fn notes(cx: &Cx<'_>, rows: &[&Listed]) -> Vec<String> {
    let mut out = Vec::new();
    if digests(cx) > 0 {
        out.push("The rule by digest is commented out: save the SHA-256 list beside the rules as weir-sha256.list first, or Suricata refuses it.".to_owned());
    }
    if rows.iter().any(|r| r.kind == IndicatorKind::Filename) {
        out.push("Rules by file name fire on every file that is called so.".to_owned());
    }
    out
}

/// Digests that the list beside the rules holds.
fn digests(cx: &Cx<'_>) -> usize {
    let all = cx.listed.iter().filter(|r| r.acts());
    all.filter(|r| r.kind == IndicatorKind::Sha256).count()
}

/// A content: letters, digits and a few marks as they are, everything else in hexadecimal.
fn content(text: &str) -> String {
    let mut out = String::new();
    let mut hex = false;
    for b in text.bytes() {
        let is_plain = b.is_ascii_alphanumeric() || b"._-/".contains(&b);
        match (is_plain, hex) {
            (true, true) | (false, false) => out.push('|'),
            (false, true) => out.push(' '),
            (true, false) => {}
        }
        hex = !is_plain;
        if is_plain {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("{b:02X}"));
        }
    }
    if hex {
        out.push('|');
    }
    out
}

struct Rules<'a> {
    cx: &'a Cx<'a>,
    used: BTreeSet<u32>,
    out: String,
}

impl Rules<'_> {
    /// A rule's number: of what it looks for, so that it is the same in the next export.
    fn sid(&mut self, what: &str) -> u32 {
        let digest = Sha1::digest(what.as_bytes());
        let mut n = digest
            .iter()
            .take(4)
            .fold(0u32, |n, b| n << 8 | u32::from(*b))
            % RANGE;
        while !self.used.insert(n) {
            n = (n + 1) % RANGE;
        }
        FIRST + n
    }

    fn rule(&mut self, r: &Listed, head: &str, by: &str, options: &str) {
        let sid = self.sid(&format!("{by} {head} {} {options}", r.value));
        let sure = if r.state == State::Unconfirmed {
            " (unconfirmed)"
        } else {
            ""
        };
        let shown = value::plain(&r.value, 80).replace(['(', ')', '[', ']', '='], "_");
        let revision = self.cx.options.at;
        self.out += &format!(
            "alert {head} (msg:\"Weir {by} {shown}{sure}\"; {options} classtype:trojan-activity; metadata:created_at {}, case {}; sid:{sid}; rev:1;)\n",
            value::day(revision).replace('-', "_"),
            self.case(),
        );
    }

    fn case(&self) -> String {
        let id: String = self
            .cx
            .case
            .id
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(8)
            .collect();
        if id.is_empty() { "none".to_owned() } else { id }
    }

    fn domain(&mut self, r: &Listed, name: &str) {
        // `dotprefix` puts a dot before the buffer: the name itself and all below it, nothing that merely ends so.
        let end = format!("dotprefix; content:\".{}\"; endswith;", content(name));
        self.rule(
            r,
            "dns any any -> any any",
            "look-up of",
            &format!("dns.query; {end} nocase;"),
        );
        // This buffer is in lower case already, and Suricata refuses `nocase` there.
        self.rule(
            r,
            "http any any -> any any",
            "request to",
            &format!("flow:established,to_server; http.host; {end}"),
        );
        self.rule(
            r,
            "tls any any -> any any",
            "TLS to",
            &format!("flow:established,to_server; tls.sni; {end} nocase;"),
        );
    }

    fn url(&mut self, r: &Listed) {
        let Some(u) = value::url(&r.value) else {
            return;
        };
        if u.scheme == "http" {
            let what = format!(
                "flow:established,to_server; http.host; content:\"{}\"; startswith; endswith; http.uri.raw; content:\"{}\"; startswith; endswith;",
                content(&u.host),
                content(&u.path)
            );
            self.rule(r, "http any any -> any any", "request for", &what);
        } else if let Some(name) = value::domain(&u.host) {
            // What stands behind the name is encrypted, or is asked for in several lines.
            self.domain(r, &name);
        }
    }

    fn file(&mut self, r: &Listed) {
        let name = content(&r.value);
        let uri =
            format!("flow:established,to_server; http.uri; content:\"/{name}\"; nocase; endswith;");
        self.rule(r, "http any any -> any any", "file name", &uri);
        let given = format!("file.name; content:\"{name}\"; nocase; endswith;");
        for carrier in ["http", "smtp", "smb", "ftp-data"] {
            self.rule(
                r,
                &format!("{carrier} any any -> any any"),
                "file name in",
                &given,
            );
        }
    }
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut all = Rules {
        cx,
        used: BTreeSet::new(),
        out: format!(
            "# {}\n# Not checked by Suricata itself: suricata -T -S FILE does.\n",
            cx.made()
        ),
    };
    let digests = digests(cx);
    for r in rows {
        match r.kind {
            IndicatorKind::Domain => all.domain(r, &r.value),
            IndicatorKind::Address => all.rule(
                r,
                &format!("ip any any <> {} any", ip(&r.value)),
                "traffic with",
                "",
            ),
            IndicatorKind::Url => all.url(r),
            IndicatorKind::Filename => all.file(r),
            IndicatorKind::UserAgent => {
                let what = format!(
                    "flow:established,to_server; http.user_agent; content:\"{}\"; startswith; endswith;",
                    content(&r.value)
                );
                all.rule(r, "http any any -> any any", "agent", &what);
            }
            _ => {}
        }
    }
    if digests > 0 {
        let sid = all.sid("filesha256");
        all.out += &format!(
            "# {digests} by digest: save the SHA-256 list as weir-sha256.list beside this file, then take the first # of the next line away.\n\
             # alert http any any -> any any (msg:\"Weir content by SHA-256\"; filesha256:weir-sha256.list; classtype:trojan-activity; sid:{sid}; rev:1;)\n"
        );
    }
    all.out
}

/// IPv6 in brackets is a list of one.
fn ip(text: &str) -> String {
    if text.contains(':') {
        format!("[{text}]")
    } else {
        text.to_owned()
    }
}
