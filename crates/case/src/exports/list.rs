//! The list of indicators that exports are written from: what the case looks for and saw, what that led to, what
//! confirmed findings name; and what is not acted on, each with its reason. Knows no format.

use super::Options;
use super::facts::{AddressFacts, Facts, Sight};
use super::value;
use crate::Document;
use crate::report::{Answer, Finding, Material, finding_state, visible};
use ipnet::IpNet;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::{Indicator, IndicatorKind, Timestamp, is_internal};

/// References kept of one indicator.
const EVIDENCE: usize = 8;
/// Names that a reason lists; the rest are counted.
const NAMED: usize = 3;

/// Is it acted on?
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum State {
    /// Yes.
    Act,
    /// A finding that nobody judged names it; the analyst asked for those too.
    Unconfirmed,
    /// No, and why not.
    Left(String),
}

/// Digests and names of a content.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Content {
    /// In hexadecimal.
    pub sha256: String,
    /// In hexadecimal.
    pub sha1: String,
    /// In hexadecimal.
    pub md5: String,
    /// Bytes.
    pub size: u64,
    /// As the traffic names it. Hostile text.
    pub names: Vec<String>,
}

/// An indicator with what is known of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Listed {
    /// What sort.
    pub kind: IndicatorKind,
    /// In one form: names in lower case and A-labels, addresses as their rules write them. Of files and agents
    /// hostile text.
    pub value: String,
    /// `scope`, `derived` or `finding`.
    pub origin: &'static str,
    /// Is it acted on?
    #[serde(flatten)]
    pub state: State,
    /// Where it comes from, in a sentence.
    pub why: String,
    /// Written references, at most eight.
    pub evidence: Vec<String>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds; of an address that DNS gave, the end of the last answer's time to live.
    pub last: Option<String>,
    /// Of a digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Of a name: it and names below it, as they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<String>,
}

impl Listed {
    /// It goes into what blocks or alerts.
    #[must_use]
    pub fn acts(&self) -> bool {
        !matches!(self.state, State::Left(_))
    }
}

struct Build<'a> {
    case: &'a Document,
    m: &'a Material,
    facts: &'a Facts,
    /// Names that are acted on: addresses that served others as well are not.
    held: BTreeSet<String>,
    rows: BTreeMap<(IndicatorKind, String), Listed>,
    order: Vec<(IndicatorKind, String)>,
}

/// Puts the list together: the scope's first, then what they led to, then findings.
#[must_use]
pub fn list(case: &Document, m: &Material, facts: &Facts, options: &Options) -> Vec<Listed> {
    let mut b = Build {
        case,
        m,
        facts,
        held: BTreeSet::new(),
        rows: BTreeMap::new(),
        order: Vec::new(),
    };
    b.names_held();
    for i in &m.scope.indicators {
        b.of_scope(i);
    }
    for d in m.answers.iter().flat_map(|a| &a.derived) {
        b.derived(&d.indicator, &d.because);
    }
    b.given_addresses();
    b.of_findings(options.unconfirmed);
    let Build {
        mut rows, order, ..
    } = b;
    order.iter().filter_map(|k| rows.remove(k)).collect()
}

/// Findings that nobody judged and whose names and addresses are therefore not listed.
#[must_use]
pub fn unjudged(case: &Document, m: &Material) -> usize {
    let all = m.findings.iter().flat_map(|f| &f.findings);
    let named = |f: &&Finding| f.domain.is_some() || outside(f).next().is_some();
    all.filter(|f| finding_state(case, m, f) == "open")
        .filter(named)
        .count()
}

/// Addresses of a finding that are not of the network itself.
fn outside(f: &Finding) -> impl Iterator<Item = IpAddr> + '_ {
    let ends = [&f.src, &f.dst].into_iter().flatten();
    ends.filter_map(|a| a.parse().ok())
        .filter(|ip| !is_internal(*ip))
}

fn form(i: &Indicator) -> Result<String, String> {
    let value = i.value.trim();
    let not = |what: &str| Err(format!("it is no {what}"));
    match i.kind {
        IndicatorKind::Domain => value::domain(value).map_or_else(|| not("host name"), Ok),
        IndicatorKind::Address => value::network(value)
            .map_or_else(|| not("address or network"), |n| Ok(value::written(n))),
        IndicatorKind::Url => value::url(value).map_or_else(
            || not("web address"),
            |u| Ok(format!("{}://{}{}", u.scheme, u.host, u.path)),
        ),
        IndicatorKind::Sha256 => value::digest(value, 64).map_or_else(|| not("SHA-256"), Ok),
        IndicatorKind::Sha1 => value::digest(value, 40).map_or_else(|| not("SHA-1"), Ok),
        IndicatorKind::Md5 => value::digest(value, 32).map_or_else(|| not("MD5"), Ok),
        IndicatorKind::Filetype => Err("a sort of file is not acted on".to_owned()),
        IndicatorKind::Filename | IndicatorKind::Glob | IndicatorKind::UserAgent
            if value.is_empty() =>
        {
            Err("it is empty".to_owned())
        }
        IndicatorKind::Filename | IndicatorKind::Glob | IndicatorKind::UserAgent => {
            Ok(value.to_owned())
        }
    }
}

/// Is `name` one of these or below one?
fn holds(names: &BTreeSet<String>, name: &str) -> bool {
    let mut at = Some(name);
    while let Some(n) = at {
        if names.contains(n) {
            return true;
        }
        at = n.split_once('.').map(|p| p.1);
    }
    false
}

fn named(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED).map(|n| visible(n)).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn earlier(a: Option<String>, b: Option<&String>) -> Option<String> {
    pick(a, b, |a, b| a <= b)
}

fn later(a: Option<String>, b: Option<&String>) -> Option<String> {
    pick(a, b, |a, b| a >= b)
}

fn pick(
    a: Option<String>,
    b: Option<&String>,
    keep: fn(Timestamp, Timestamp) -> bool,
) -> Option<String> {
    match (
        value::time(a.as_deref()),
        value::time(b.map(String::as_str)),
    ) {
        (Some(x), Some(y)) if !keep(x, y) => b.cloned(),
        (None, Some(_)) => b.cloned(),
        _ => a,
    }
}

impl Listed {
    fn new(kind: IndicatorKind, value: String, origin: &'static str, why: String) -> Self {
        Self {
            kind,
            value,
            origin,
            state: State::Act,
            why,
            evidence: Vec::new(),
            first: None,
            last: None,
            content: None,
            below: Vec::new(),
        }
    }

    fn cite(&mut self, evidence: &[String], first: Option<&String>, last: Option<&String>) {
        for e in evidence {
            if self.evidence.len() < EVIDENCE && !self.evidence.contains(e) {
                self.evidence.push(e.clone());
            }
        }
        self.first = earlier(self.first.take(), first);
        self.last = later(self.last.take(), last);
    }
}

impl Build<'_> {
    fn answers(&self) -> &[Answer] {
        self.m.answers.as_ref().map_or(&[], |a| &a.answers)
    }

    /// Names of the scope, of what they led to and of confirmed findings.
    fn names_held(&mut self) {
        let derived = self
            .m
            .answers
            .iter()
            .flat_map(|a| &a.derived)
            .map(|d| &d.indicator);
        for i in self.m.scope.indicators.iter().chain(derived) {
            match i.kind {
                IndicatorKind::Domain => self.held.extend(value::domain(&i.value)),
                IndicatorKind::Url => self
                    .held
                    .extend(value::url(&i.value).and_then(|u| value::domain(&u.host))),
                _ => {}
            }
        }
        for f in self.m.findings.iter().flat_map(|f| &f.findings) {
            if finding_state(self.case, self.m, f) == "confirmed" {
                self.held
                    .extend(f.domain.as_deref().and_then(value::domain));
            }
        }
    }

    fn put(&mut self, row: Listed) {
        let key = (row.kind, row.value.clone());
        if let Some(had) = self.rows.get_mut(&key) {
            had.cite(&row.evidence, row.first.as_ref(), row.last.as_ref());
            // A finding that nobody judged adds nothing to what is listed for a better reason, and a confirmed one
            // makes certain what was not.
            if had.state == State::Unconfirmed && row.state == State::Act {
                had.state = State::Act;
                had.why = row.why;
            }
            return;
        }
        self.order.push(key.clone());
        self.rows.insert(key, row);
    }

    fn of_scope(&mut self, i: &Indicator) {
        let why = "looked for in this case".to_owned();
        let value = match form(i) {
            Ok(value) => value,
            Err(reason) => {
                let mut row = Listed::new(i.kind, i.value.trim().to_owned(), "scope", why);
                row.state = State::Left(reason);
                return self.put(row);
            }
        };
        // Who only reached a name's server has not asked for the file.
        let rungs: &[&str] = match i.kind {
            IndicatorKind::Domain => &[
                "delivered",
                "partial",
                "hidden",
                "refused",
                "contacted",
                "looked_up",
            ],
            IndicatorKind::Address => &["delivered", "partial", "hidden", "refused", "contacted"],
            _ => &["delivered", "partial", "refused"],
        };
        let mut row = Listed::new(i.kind, value, "scope", why);
        let mine: Vec<&Answer> = self
            .answers()
            .iter()
            .filter(|a| a.indicator == *i && rungs.contains(&a.rung.as_str()))
            .collect();
        let hosts: BTreeSet<&str> = mine.iter().map(|a| a.host.as_str()).collect();
        for a in &mine {
            let two = a
                .evidence
                .get(..a.evidence.len().min(2))
                .unwrap_or_default();
            row.cite(two, a.first.as_ref(), a.last.as_ref());
        }
        if !hosts.is_empty() {
            row.why = format!(
                "looked for in this case; seen with {}",
                crate::report::plural(hosts.len(), "host")
            );
        }
        let seen = !mine.is_empty();
        self.judge(&mut row);
        if !seen && row.acts() {
            row.state = State::Left("not seen in these captures".to_owned());
        }
        self.put(row);
    }

    fn derived(&mut self, i: &Indicator, because: &str) {
        let why = if because.is_empty() {
            "the answers led to it"
        } else {
            because
        };
        let mut row = Listed::new(i.kind, i.value.trim().to_owned(), "derived", why.to_owned());
        match form(i) {
            Ok(value) => row.value = value,
            Err(reason) => row.state = State::Left(reason),
        }
        if row.acts() {
            self.judge(&mut row);
        }
        if row.evidence.is_empty() {
            // What brought it about, where nothing of its own is cited.
            let by = |a: &&Answer| match i.kind {
                IndicatorKind::Sha256 => a
                    .files
                    .iter()
                    .any(|f| f.sha256.as_deref() == Some(&row.value)),
                IndicatorKind::Address => a.by.as_deref().is_some_and(|b| b.contains("address")),
                _ => a.rung == "delivered",
            };
            let of: Vec<Answer> = self
                .answers()
                .iter()
                .filter(by)
                .take(EVIDENCE)
                .cloned()
                .collect();
            for a in of {
                let two = a
                    .evidence
                    .get(..a.evidence.len().min(2))
                    .unwrap_or_default();
                row.cite(two, a.first.as_ref(), a.last.as_ref());
            }
        }
        self.put(row);
    }

    /// Addresses that DNS gave to names that are acted on and that the answers did not lead to: listed, so that nobody
    /// wonders.
    fn given_addresses(&mut self) {
        let names: Vec<String> = self
            .order
            .iter()
            .filter(|k| k.0 == IndicatorKind::Domain)
            .map(|k| k.1.clone())
            .collect();
        for name in names {
            if !self
                .rows
                .get(&(IndicatorKind::Domain, name.clone()))
                .is_some_and(Listed::acts)
            {
                continue;
            }
            let given: Vec<Sight> = self
                .facts
                .name(&name)
                .map_or_else(Vec::new, |n| n.addresses.clone());
            for s in given {
                let Some(net) = value::network(&s.address) else {
                    continue;
                };
                let mut row = Listed::new(
                    IndicatorKind::Address,
                    value::written(net),
                    "derived",
                    format!("DNS gave it to {name}"),
                );
                if self.rows.contains_key(&(row.kind, row.value.clone())) {
                    continue;
                }
                self.judge(&mut row);
                row.cite(&s.evidence, s.first.as_ref(), s.last.as_ref());
                let contacted = self.facts.address(&row.value).is_some_and(|f| {
                    let mut asked = f.names.iter().filter(|s| s.by != "dns");
                    asked.any(|s| holds(&self.held, &s.name))
                });
                if row.acts() && !contacted {
                    let why = "DNS gave it, and nobody was seen to ask it for such a name";
                    row.state = State::Left(why.to_owned());
                }
                self.put(row);
            }
        }
    }

    fn of_findings(&mut self, unconfirmed: bool) {
        let all: Vec<&Finding> = self.m.findings.iter().flat_map(|f| &f.findings).collect();
        for wanted in ["confirmed", "open"] {
            if wanted == "open" && !unconfirmed {
                continue;
            }
            for f in &all {
                if finding_state(self.case, self.m, f) != wanted {
                    continue;
                }
                let why = if wanted == "confirmed" {
                    format!("finding {}, confirmed: {}", f.label, visible(&f.title))
                } else {
                    format!("finding {}, not judged yet: {}", f.label, visible(&f.title))
                };
                let name = f.domain.as_deref().and_then(value::domain);
                let mut rows: Vec<Listed> = name
                    .into_iter()
                    .map(|n| Listed::new(IndicatorKind::Domain, n, "finding", why.clone()))
                    .collect();
                let ends: BTreeSet<IpAddr> = outside(f).collect();
                rows.extend(ends.into_iter().map(|ip| {
                    Listed::new(
                        IndicatorKind::Address,
                        ip.to_string(),
                        "finding",
                        why.clone(),
                    )
                }));
                for mut row in rows {
                    row.cite(&f.evidence, f.first.as_ref(), f.last.as_ref());
                    let own = row.evidence.clone();
                    let span = (row.first.clone(), row.last.clone());
                    self.judge(&mut row);
                    // The finding's packets, not everything that names it.
                    (row.evidence, row.first, row.last) = (own, span.0, span.1);
                    if wanted == "open" && row.acts() {
                        row.state = State::Unconfirmed;
                    }
                    self.put(row);
                }
            }
        }
    }

    /// What the captures say of a value: where it was seen, and why it is not acted on.
    fn judge(&self, row: &mut Listed) {
        match row.kind {
            IndicatorKind::Domain => self.judge_name(row),
            IndicatorKind::Url => {
                let host = value::url(&row.value).map(|u| u.host).unwrap_or_default();
                if let Some(net) = value::network(&host)
                    && let Some(reason) = self.not_address(net, false)
                {
                    row.state = State::Left(reason);
                }
            }
            IndicatorKind::Address => {
                if let Some(net) = value::network(&row.value) {
                    let address = row.value.clone();
                    for name in self
                        .facts
                        .seen
                        .names
                        .iter()
                        .filter(|n| holds(&self.held, &n.name))
                    {
                        for s in name.addresses.iter().filter(|s| s.address == address) {
                            row.cite(&s.evidence, s.first.as_ref(), s.last.as_ref());
                        }
                    }
                    if let Some(reason) = self.not_address(net, true) {
                        row.state = State::Left(reason);
                    }
                }
            }
            IndicatorKind::Sha256 => self.judge_content(row),
            IndicatorKind::UserAgent => {
                let mine = self.facts.seen.agents.iter().find(|a| a.agent == row.value);
                if let Some(a) = mine {
                    row.cite(&a.evidence, a.first.as_ref(), a.last.as_ref());
                }
            }
            _ => {}
        }
    }

    fn judge_name(&self, row: &mut Listed) {
        if !row.value.contains('.') {
            row.state = State::Left("a name of one label holds everything below it".to_owned());
            return;
        }
        let Some(f) = self.facts.name(&row.value) else {
            return;
        };
        let evidence = f
            .evidence
            .get(..f.evidence.len().min(EVIDENCE / 2))
            .unwrap_or_default();
        row.cite(evidence, f.first.as_ref(), f.last.as_ref());
        row.below = f
            .below
            .iter()
            .filter_map(|b| value::domain(&b.name))
            .collect();
        row.below.dedup();
        let addresses: Vec<IpNet> = f
            .addresses
            .iter()
            .filter_map(|a| value::network(&a.address))
            .collect();
        if !addresses.is_empty() && addresses.iter().all(|n| self.inside(*n)) {
            row.state = State::Left(
                "a name of the network itself: all its addresses are internal".to_owned(),
            );
            return;
        }
        let led: Vec<&str> = f
            .led
            .iter()
            .map(|l| l.name.as_str())
            .filter(|n| !holds(&self.held, n))
            .collect();
        // What the scope names is looked for, whoever else points there.
        if !led.is_empty() && row.origin != "scope" {
            row.state = State::Left(format!("look-ups of {} led to it too", named(&led)));
        }
    }

    fn judge_content(&self, row: &mut Listed) {
        let mut content = Content {
            sha256: row.value.clone(),
            ..Content::default()
        };
        if let Some(c) = self.facts.content(&row.value) {
            row.cite(&c.evidence, c.first.as_ref(), c.last.as_ref());
            content.sha1.clone_from(&c.sha1);
            content.md5.clone_from(&c.md5);
            content.size = c.size;
            content.names.clone_from(&c.names);
        } else {
            // A resource that came in parts has no artifact of its own.
            let files = || {
                self.answers()
                    .iter()
                    .flat_map(|a| a.files.iter().map(move |f| (a, f)))
            };
            let mine = content.sha256.clone();
            for (a, f) in files().filter(|(_, f)| f.sha256.as_deref() == Some(&mine)) {
                row.cite(&a.evidence, a.first.as_ref(), a.last.as_ref());
                content.size = f.size;
                if !content.names.contains(&f.name) && content.names.len() < EVIDENCE {
                    content.names.push(f.name.clone());
                }
            }
        }
        if content.size == 0 && !content.names.is_empty() {
            row.state = State::Left("the digest of an empty file".to_owned());
        }
        row.content = Some(content);
    }

    fn inside(&self, net: IpNet) -> bool {
        let of_case = self.m.scope.networks.iter().any(|n| n.contains(&net));
        let facts = self.facts.address(&net.addr().to_string());
        of_case || is_internal(net.addr()) || facts.is_some_and(|f| f.internal)
    }

    /// Why an address or network is not blocked.
    fn not_address(&self, net: IpNet, names: bool) -> Option<String> {
        let ip = net.addr();
        if net.prefix_len() == 0 || ip.is_unspecified() {
            return Some("it is every address".to_owned());
        }
        if ip.is_multicast() || matches!(ip, IpAddr::V4(v4) if v4.is_broadcast()) {
            return Some("an address of many at once".to_owned());
        }
        if self.inside(net) {
            return Some("a host of the network itself: isolate it, do not block it".to_owned());
        }
        let f = self.facts.address(&ip.to_string())?;
        if let Some(role) = f.roles.first() {
            return Some(format!("it serves this network as {role}"));
        }
        let others = self.others(f);
        (names && !others.is_empty()).then(|| format!("it also served {}", named(&others)))
    }

    /// Names beside those acted on that an address was given to. What clients only say counts where DNS says nothing:
    /// anybody can write any name into a request.
    fn others<'f>(&self, f: &'f AddressFacts) -> Vec<&'f str> {
        let by_dns = f.names.iter().any(|s| s.by == "dns");
        let mut out: Vec<&str> = f
            .names
            .iter()
            .filter(|s| !by_dns || s.by == "dns")
            .map(|s| s.name.as_str())
            .filter(|n| !holds(&self.held, n))
            .collect();
        out.dedup();
        out
    }
}
