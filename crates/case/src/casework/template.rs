//! A case as a template for the next one: how it was worked, with placeholders where this one's hosts, networks, names
//! and times stood. Holds no evidence; a word that could be captured goes, too.

use crate::{Document, Item};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Shortest part of a captured value that is looked for in sentences, in characters.
const WORD: usize = 4;
/// Most items of a template.
const MAX_ITEMS: usize = 2000;

/// Something to fill in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Placeholder {
    /// As it stands in the items: `‹address 1›`.
    pub mark: String,
    /// `address`, `network`, `name`, `time` or `number`.
    pub kind: &'static str,
    /// How many items name it.
    pub uses: usize,
}

/// A template; the page and `weir template` write the same.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Template {
    /// Of the template's own shape.
    pub schema: u64,
    /// Says what the file is.
    pub template: &'static str,
    /// What to fill in.
    pub placeholders: Vec<Placeholder>,
    /// `kind`, `step` and `body` of each item.
    pub items: Vec<Value>,
    /// Items beyond [`MAX_ITEMS`].
    pub left: usize,
}

/// Values of this case and the marks that stand for them.
#[derive(Default)]
struct Marks {
    by: BTreeMap<(&'static str, String), usize>,
    uses: BTreeMap<(&'static str, usize), usize>,
    telling: BTreeSet<String>,
}

fn mark(kind: &str, n: usize) -> String {
    format!("\u{2039}{kind} {n}\u{203a}")
}

impl Marks {
    fn of(&mut self, kind: &'static str, value: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        let next = 1 + self.by.keys().filter(|(k, _)| *k == kind).count();
        let n = *self
            .by
            .entry((kind, value.to_ascii_lowercase()))
            .or_insert(next);
        *self.uses.entry((kind, n)).or_default() += 1;
        mark(kind, n)
    }

    /// What a bare word is, where it could be out of a capture.
    fn kind(&self, word: &str) -> Option<&'static str> {
        let has = |c: char| word.contains(c);
        let digits = word.chars().any(|c| c.is_ascii_digit());
        let address = word.split('/').next().unwrap_or_default();
        if address.parse::<std::net::IpAddr>().is_ok() {
            return Some(if has('/') { "network" } else { "address" });
        }
        if digits
            && (has('T') || has(':'))
            && has('-')
            && word.parse::<weir_model::Timestamp>().is_ok()
        {
            return Some("time");
        }
        let letters = word.chars().any(char::is_alphabetic);
        let telling = self.telling.contains(&word.to_lowercase())
            || has('@')
            || has('\\')
            || has('_')
            || (has('/') && word.len() > 3)
            || (has(':') && word.len() > 2)
            || (has('.') && letters && word.trim_matches('.').contains('.'))
            || (digits && letters)
            || (digits && has('-'));
        telling.then_some("name")
    }

    /// A sentence without what could be evidence.
    fn sentence(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        // References go first: nothing inside them stays.
        let mut plain = String::new();
        while let Some(at) = rest.find("[[") {
            let (before, after) = rest.split_at(at);
            plain.push_str(before);
            match after.find("]]") {
                Some(end) => rest = after.get(end + 2..).unwrap_or_default(),
                None => {
                    rest = "";
                    break;
                }
            }
        }
        plain.push_str(rest);
        let punctuation = |c: char| ",;:!?()\"'`\u{201c}\u{201d}<>{}[]".contains(c);
        let mut word = String::new();
        let flush = |word: &mut String, out: &mut String, own: &mut Self| {
            let core = word.trim_matches(|c: char| punctuation(c) || c == '.');
            let parts: Vec<&str> = core.split('-').collect();
            let kind = own.kind(core).or_else(|| {
                parts
                    .iter()
                    .any(|p| own.kind(p) == Some("name"))
                    .then_some("name")
            });
            match kind {
                Some(kind) if !core.is_empty() => {
                    let mark = own.of(kind, core);
                    out.push_str(&word.replacen(core, &mark, 1));
                }
                _ => out.push_str(word),
            }
            word.clear();
        };
        for c in plain.chars() {
            if c.is_whitespace() || punctuation(c) && c != ':' {
                flush(&mut word, &mut out, self);
                out.push(c);
            } else {
                word.push(c);
            }
        }
        flush(&mut word, &mut out, self);
        out
    }

    /// A filter: fields and operators stay, values go; what counts packets or streams is this capture's alone.
    fn filter(&mut self, text: &str) -> String {
        let counts = ["frame.", "stream", ".seq", ".ack", "ip.id", ".time"];
        let own = counts.iter().any(|c| text.contains(c));
        let mut out = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '"' || c == '\'' {
                let mut value = String::new();
                let mut escaped = false;
                for v in chars.by_ref() {
                    if !escaped && v == c {
                        break;
                    }
                    escaped = !escaped && v == '\\';
                    value.push(v);
                }
                let kind = match self.kind(&value) {
                    Some(kind @ ("address" | "network" | "time")) => kind,
                    _ if value.parse::<weir_model::Timestamp>().is_ok() => "time",
                    _ => "name",
                };
                let mark = self.of(kind, &value);
                out.push_str(&format!("\"{mark}\""));
            } else if c.is_alphanumeric() {
                let mut word = String::from(c);
                let part = |c: char| c.is_alphanumeric() || "._:/-".contains(c);
                while let Some(next) = chars.next_if(|c| part(*c)) {
                    word.push(next);
                }
                let number = word.chars().all(|c| c.is_ascii_digit() || c == '.');
                let address = word.split('/').next().unwrap_or_default();
                let hex = |w: &str| {
                    w.contains(':') && w.chars().all(|c| c.is_ascii_hexdigit() || c == ':')
                };
                if address.parse::<std::net::IpAddr>().is_ok() {
                    let kind = if word.contains('/') {
                        "network"
                    } else {
                        "address"
                    };
                    out.push_str(&self.of(kind, &word));
                } else if hex(&word) || word.starts_with("0x") && word.len() > 6 {
                    out.push_str(&self.of("name", &word));
                } else if number && own {
                    out.push_str(&self.of("number", &word));
                } else if self.telling.contains(&word.to_lowercase()) {
                    out.push_str(&self.of("name", &word));
                } else {
                    out.push_str(&word);
                }
            } else {
                out.push(c);
            }
        }
        out
    }
}

/// Words out of captures that the case holds: parts of names, addresses and snapshots.
fn telling(case: &Document) -> BTreeSet<String> {
    // Ends of names and words of the trade say nothing of a case.
    const COMMON: [&str; 14] = [
        "http", "https", "html", "index", "local", "example", "file", "files", "download", "text",
        "data", "capture", "pcap", "pcapng",
    ];
    let mut out = BTreeSet::new();
    let mut take = |text: &str, all: bool| {
        for word in text.split_whitespace() {
            let tells = all
                || word.chars().any(|c| "._-\\@/".contains(c))
                || word.chars().any(|c| c.is_ascii_digit());
            if !tells {
                continue;
            }
            for part in word.split(|c: char| !c.is_alphanumeric()) {
                let part = part.to_lowercase();
                if part.chars().count() >= WORD && !COMMON.contains(&part.as_str()) {
                    out.insert(part);
                }
            }
        }
    };
    for i in &case.items {
        let v = &i.now;
        match v.kind.as_str() {
            "scope" if ["network", "host", "exclude", "indicator"].contains(&v.text("entry")) => {
                take(v.text("value"), true);
            }
            "capture" | "earlier" => take(v.text("name"), true),
            "decision" | "verdict" | "action" => take(v.text("host"), true),
            "allow" => {
                take(v.text("host"), true);
                take(v.text("peer"), true);
            }
            "pin" => take(v.text("snapshot"), false),
            _ => {}
        }
    }
    out
}

fn body(case: &Document, marks: &mut Marks, item: &Item) -> Option<Value> {
    let v = &item.now;
    let t = |m: &str| v.text(m);
    Some(match v.kind.as_str() {
        "issue" => {
            json!({"issue": t("issue"), "severity": t("severity"), "sentence": "", "reported_by": "", "noticed": ""})
        }
        "scope" => match t("entry") {
            "goal" => json!({"entry": "goal", "value": marks.sentence(t("value"))}),
            "protocol" => json!({"entry": "protocol", "value": t("value")}),
            "network" => {
                json!({"entry": "network", "value": marks.of("network", t("value")), "role": "", "source": "template"})
            }
            entry @ ("host" | "exclude") => {
                let kind = if t("value").contains('/') {
                    "network"
                } else {
                    "address"
                };
                json!({"entry": entry, "value": marks.of(kind, t("value")), "role": "", "source": "template"})
            }
            "indicator" => {
                let kind = if t("kind") == "address" {
                    "address"
                } else {
                    "name"
                };
                json!({"entry": "indicator", "kind": t("kind"), "value": marks.of(kind, t("value")), "because": ""})
            }
            "window" => {
                let (from, to) = (marks.of("time", t("from")), marks.of("time", t("to")));
                json!({"entry": "window", "from": from, "to": to, "typed_from": "", "typed_to": "", "zone": t("zone")})
            }
            _ => return None,
        },
        "done_when" => json!({"text": marks.sentence(t("text")), "done": false}),
        "filter" => json!({"name": marks.sentence(t("name")), "filter": marks.filter(t("filter"))}),
        "exclusion" => json!({
            "name": marks.sentence(t("name")), "reason": marks.sentence(t("reason")),
            "filter": marks.filter(t("filter")), "on": v.flag("on"),
        }),
        "allow" => json!({
            "detection": t("detection"), "host": marks.of("address", t("host")), "peer": marks.of("name", t("peer")),
            "reason": marks.sentence(t("reason")), "on": v.flag("on"),
        }),
        "decode_as" => {
            json!({"key": t("key"), "value": v.number("value"), "protocol": t("protocol")})
        }
        "layout" => {
            let without = crate::report::layout::without(case);
            let words: Vec<&str> = without.iter().map(|p| p.0).collect();
            json!({"without": words.join(" ")})
        }
        "lesson" => json!({"heading": t("heading"), "text": ""}),
        "watch" if t("sort") == "filter" => json!({
            "sort": "filter", "what": marks.sentence(t("what")), "filter": marks.filter(t("filter")),
        }),
        "watch" if t("sort") == "finding" => json!({
            "sort": "finding", "what": marks.sentence(t("what")), "detection": t("detection"),
            "host": marks.of("address", t("host")), "peer": marks.of("name", t("peer")),
        }),
        _ => return None,
    })
}

/// The case without its evidence.
#[must_use]
pub fn template(case: &Document) -> Template {
    let mut marks = Marks {
        telling: telling(case),
        ..Marks::default()
    };
    let mut items = Vec::new();
    let mut left = 0;
    let headings: BTreeSet<&str> = case.live("lesson").map(|l| l.now.text("heading")).collect();
    for item in case.items.iter().filter(|i| !i.now.deleted) {
        let Some(body) = body(case, &mut marks, item) else {
            continue;
        };
        if items.len() == MAX_ITEMS {
            left += 1;
            continue;
        }
        items.push(json!({"kind": item.now.kind, "step": item.now.step, "body": body}));
    }
    for heading in super::lessons::HEADINGS {
        if !headings.contains(heading) && items.len() < MAX_ITEMS {
            items.push(json!({"kind": "lesson", "step": "actions", "body": {"heading": heading, "text": ""}}));
        }
    }
    let mut placeholders: Vec<Placeholder> = marks
        .uses
        .iter()
        .map(|((kind, n), uses)| Placeholder {
            mark: mark(kind, *n),
            kind,
            uses: *uses,
        })
        .collect();
    placeholders.sort_by_key(|p| std::cmp::Reverse(p.uses));
    Template {
        schema: 1,
        template: "weir",
        placeholders,
        items,
        left,
    }
}
