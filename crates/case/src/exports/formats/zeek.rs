//! A file for Zeek's intelligence framework: fields apart by tabs.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, State, value};
use weir_model::IndicatorKind;

/// The format.
pub static FORMAT: Format = Format {
    id: "zeek",
    title: "Zeek intelligence file",
    purpose: "For Zeek's intelligence framework: add it to Intel::read_files and load frameworks/intel/seen. What is seen stands in intel.log.",
    ending: "intel.dat",
    mime: "text/tab-separated-values",
    check: Check::Ours("a strict grammar of our own, not checked by the product itself"),
    lists: Lists::Acting,
    texts: false,
    takes: |_, r| match r.kind {
        IndicatorKind::Glob => Err("Zeek compares whole file names, not patterns"),
        IndicatorKind::Filetype => Err("a sort of file is not acted on"),
        _ => Ok(()),
    },
    notes: |_, rows| {
        if rows.iter().any(|r| r.kind == IndicatorKind::Domain) {
            vec!["Zeek compares whole names: names below a domain are listed as far as they were seen.".to_owned()]
        } else {
            Vec::new()
        }
    },
    write,
};

/// As Zeek's reader takes it back: everything that could end a field or mean nothing is written as `\xNN`.
fn field(text: &str) -> String {
    if text == "-" || text == "(empty)" {
        return text.bytes().map(|b| format!("\\x{b:02x}")).collect();
    }
    let mut out = String::new();
    for (n, b) in text.bytes().enumerate() {
        match b {
            // A line that begins with # is a comment; a comma would part a set.
            b'#' if n == 0 => out.push_str("\\x23"),
            b'\\' => out.push_str("\\x5c"),
            0x20..=0x7e => out.push(char::from(b)),
            _ => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut out = format!(
        "# {}\n#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n",
        cx.made()
    );
    let mut had = std::collections::BTreeSet::new();
    for r in rows {
        let mut of: Vec<(String, &str)> = Vec::new();
        match r.kind {
            IndicatorKind::Domain => {
                of.push((r.value.clone(), "Intel::DOMAIN"));
                of.extend(r.below.iter().map(|n| (n.clone(), "Intel::DOMAIN")));
            }
            IndicatorKind::Address => match value::network(&r.value) {
                Some(n) if n.prefix_len() < n.max_prefix_len() => {
                    of.push((n.to_string(), "Intel::SUBNET"))
                }
                Some(n) => of.push((n.addr().to_string(), "Intel::ADDR")),
                None => {}
            },
            IndicatorKind::Url => {
                let u = value::url(&r.value);
                of.extend(u.map(|u| (format!("{}{}", u.host, u.path), "Intel::URL")));
            }
            IndicatorKind::Sha256 => {
                of.push((r.value.clone(), "Intel::FILE_HASH"));
                // Zeek computes SHA-1 and MD5 by itself, SHA-256 only where it is told to.
                let c = r.content.iter();
                of.extend(
                    c.flat_map(|c| [&c.sha1, &c.md5])
                        .filter(|h| !h.is_empty())
                        .map(|h| (h.clone(), "Intel::FILE_HASH")),
                );
            }
            IndicatorKind::Sha1 | IndicatorKind::Md5 => {
                of.push((r.value.clone(), "Intel::FILE_HASH"))
            }
            IndicatorKind::Filename => of.push((r.value.clone(), "Intel::FILE_NAME")),
            IndicatorKind::UserAgent => of.push((r.value.clone(), "Intel::SOFTWARE")),
            IndicatorKind::Glob | IndicatorKind::Filetype => {}
        }
        let sure = if r.state == State::Unconfirmed {
            "unconfirmed: "
        } else {
            ""
        };
        for (text, kind) in of {
            if had.insert((text.clone(), kind)) {
                let why = value::plain(&r.why, 100);
                out += &format!("{}\t{kind}\tWeir\t{sure}{why}\n", field(&text));
            }
        }
    }
    out
}
