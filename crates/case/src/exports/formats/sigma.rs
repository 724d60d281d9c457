//! Sigma rules, one document a log: proxy, DNS, firewall.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, State, case_uuid, value};
use weir_model::IndicatorKind;

/// The format.
pub static FORMAT: Format = Format {
    id: "sigma",
    title: "Sigma rules",
    purpose: "Searches for logs of proxy, DNS and firewall, to be turned into the language of a SIEM: sigma convert -t BACKEND FILE.",
    ending: "sigma.yml",
    mime: "application/yaml",
    check: Check::Product("sigma check and a grammar of our own"),
    lists: Lists::Acting,
    texts: false,
    takes: |_, r| match r.kind {
        IndicatorKind::Sha256 | IndicatorKind::Sha1 | IndicatorKind::Md5 => {
            Err("logs of proxy, DNS and firewall hold no digests")
        }
        IndicatorKind::Filetype => Err("a sort of file is not acted on"),
        _ => Ok(()),
    },
    notes: |_, _| {
        vec!["Names of fields are those of Sigma's own taxonomy; a SIEM may need a pipeline that renames them.".to_owned()]
    },
    write,
};

/// A double-quoted string of YAML. `*` and `?` are wildcards of Sigma and stand for themselves behind `\`.
fn string(text: &str, glob: bool) -> String {
    let mut sigma = String::new();
    for c in text.chars() {
        if c == '\\' || (c == '?' || (c == '*' && !glob)) {
            sigma.push('\\');
        }
        sigma.push(c);
    }
    yaml(&sigma)
}

fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => {
                let n = u32::from(c);
                if n > 0xffff {
                    out.push_str(&format!("\\U{n:08x}"));
                } else {
                    out.push_str(&format!("\\u{n:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

/// A field with its modifier, and the values it is compared with.
type Search = (&'static str, Vec<String>);

fn add(list: &mut Vec<Search>, field: &'static str, value: String) {
    match list.iter_mut().find(|s| s.0 == field) {
        Some(s) => {
            if !s.1.contains(&value) {
                s.1.push(value);
            }
        }
        None => list.push((field, vec![value])),
    }
}

#[derive(Default)]
struct Logs {
    proxy: Vec<Search>,
    /// A host and a path that belong together.
    pages: Vec<(String, String)>,
    dns: Vec<Search>,
    firewall: Vec<Search>,
}

impl Logs {
    fn take(&mut self, r: &Listed) {
        let v = || string(&r.value, false);
        match r.kind {
            IndicatorKind::Domain => {
                let below = string(&format!(".{}", r.value), false);
                for (list, exact, ends) in [
                    (&mut self.dns, "query", "query|endswith"),
                    (&mut self.proxy, "cs-host", "cs-host|endswith"),
                ] {
                    add(list, exact, v());
                    add(list, ends, below.clone());
                }
            }
            IndicatorKind::Address => {
                let net = value::network(&r.value).filter(|n| n.prefix_len() < n.max_prefix_len());
                for (one, many) in [("dst_ip", "dst_ip|cidr"), ("src_ip", "src_ip|cidr")] {
                    add(
                        &mut self.firewall,
                        if net.is_some() { many } else { one },
                        v(),
                    );
                }
            }
            IndicatorKind::Url => {
                if let Some(u) = value::url(&r.value) {
                    self.pages
                        .push((string(&u.host, false), string(&u.path, false)));
                }
            }
            IndicatorKind::Filename => {
                add(
                    &mut self.proxy,
                    "c-uri-stem|endswith",
                    string(&format!("/{}", r.value), false),
                );
            }
            IndicatorKind::Glob => {
                add(
                    &mut self.proxy,
                    "c-uri-stem|endswith",
                    string(&format!("/{}", r.value), true),
                );
            }
            IndicatorKind::UserAgent => add(&mut self.proxy, "c-useragent", v()),
            _ => {}
        }
    }
}

struct Kind {
    name: &'static str,
    title: &'static str,
    category: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "proxy",
        title: "Requests to indicators of a case",
        category: "proxy",
    },
    Kind {
        name: "dns",
        title: "Look-ups of indicators of a case",
        category: "dns",
    },
    Kind {
        name: "firewall",
        title: "Traffic with indicators of a case",
        category: "firewall",
    },
];

fn document(
    cx: &Cx<'_>,
    kind: &Kind,
    sure: bool,
    searches: &[Search],
    pages: &[(String, String)],
) -> String {
    let id = case_uuid(cx, &format!("sigma {} {sure}", kind.name));
    let (mark, level) = if sure {
        ("", "high")
    } else {
        (" (unconfirmed)", "medium")
    };
    // As Sigma's appendix on tags writes them: `tlp.amber-strict`.
    let tags = cx.options.marking.map_or_else(String::new, |m| {
        format!("tags:\n    - tlp.{}\n", m.code.replace('_', "-"))
    });
    let mut out = format!(
        "title: {}{mark}\nid: {id}\nstatus: experimental\ndescription: {}\nauthor: Weir\ndate: {}\n{tags}logsource:\n    category: {}\ndetection:\n",
        kind.title,
        yaml(&cx.made()),
        value::day(cx.options.at),
        kind.category
    );
    let mut n = 0;
    for (field, values) in searches {
        out += &format!("    selection_{n}:\n        {field}:\n");
        for v in values {
            out += &format!("            - {v}\n");
        }
        n += 1;
    }
    for (host, path) in pages {
        out += &format!("    selection_{n}:\n        cs-host: {host}\n        c-uri: {path}\n");
        n += 1;
    }
    out + &format!(
        "    condition: 1 of selection_*\nfalsepositives:\n    - Analysts who look into the case\nlevel: {level}\n"
    )
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut documents = Vec::new();
    for sure in [true, false] {
        let mut logs = Logs::default();
        for r in rows.iter().filter(|r| (r.state == State::Act) == sure) {
            logs.take(r);
        }
        let Logs {
            proxy,
            pages,
            dns,
            firewall,
        } = logs;
        let of = [(proxy, pages), (dns, Vec::new()), (firewall, Vec::new())];
        for (kind, (searches, pages)) in KINDS.iter().zip(of) {
            if !searches.is_empty() || !pages.is_empty() {
                documents.push(document(cx, kind, sure, &searches, &pages));
            }
        }
    }
    if documents.is_empty() {
        return format!(
            "# {}\n# No indicator of this case is of a kind that these logs hold.\n",
            cx.made()
        );
    }
    documents.join("---\n")
}
