//! From evidence to answers: highest rung, evidence of that rung, scope and window, reason.

use super::collect::Collector;
use super::coverage::Coverage;
use super::derive;
use super::dns::shown;
use super::matcher::Matcher;
use super::rung::{Evidence, FileRef, Rung, Verdict, Way, add_class};
use super::text;
use super::{Answer, Answers, CITED, Classes, QUIET, SeenFile, decision};
use crate::environment::{Host, HostId, Role};
use crate::input::Hashes;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::{Artifact, Completeness};
use weir_dissect::flow::OVERLAP;
use weir_dissect::registry;
use weir_model::{FlowId, PacketRef, RowRef, Scope, Timestamp};

/// Files listed by one answer at most.
const FILES: usize = 200;

type Key = (HostId, usize, Way);

pub(super) struct Assembler<'c, 'a> {
    pub(super) all: &'c Collector<'a>,
    pub(super) scope: &'c Scope,
    coverage: Coverage,
    groups: BTreeMap<Key, Vec<&'c Evidence>>,
    /// Hosts with evidence of any kind.
    traced: BTreeSet<HostId>,
    /// Files that servers of the scope gave, and their contents.
    tied: BTreeSet<FileRef>,
    tied_contents: BTreeMap<usize, BTreeSet<[u8; 32]>>,
    overlaps: BTreeMap<(usize, FlowId), PacketRef>,
}

/// Answers from all evidence.
pub(super) fn assemble(all: &Collector<'_>, scope: &Scope) -> Answers {
    let mut groups: BTreeMap<Key, Vec<&Evidence>> = BTreeMap::new();
    let mut tied = BTreeSet::new();
    for e in &all.evidence {
        groups
            .entry((e.host, e.indicator, e.way))
            .or_default()
            .push(e);
        let server = all
            .matchers
            .get(e.indicator)
            .is_some_and(Matcher::names_servers);
        tied.extend(e.file.filter(|_| server));
    }
    let mut overlaps = BTreeMap::new();
    for (chain, c) in all.input.chains.iter().enumerate() {
        for row in c.facts.anomalies.rows() {
            if let Some(flow) = row.flow.filter(|_| row.kind.id == OVERLAP.id) {
                overlaps.entry((chain, flow)).or_insert(row.packet);
            }
        }
    }
    let mut work = Assembler {
        all,
        scope,
        coverage: Coverage::new(all.input, scope.window),
        traced: all.evidence.iter().map(|e| e.host).collect(),
        groups,
        tied,
        tied_contents: BTreeMap::new(),
        overlaps,
    };
    work.contents();
    let (mut rows, unlisted) = work.hosts();
    rows.extend(work.silent());
    rows.sort_by(|a, b| {
        let place = |r: &Answer| {
            let indicator = scope.indicators.iter().position(|i| *i == r.indicator);
            (r.id.is_none(), r.host, r.mac, r.id, indicator, r.direction)
        };
        place(a).cmp(&place(b))
    });
    Answers {
        derived: derive::derive(&work, &rows),
        decisions: decision::decide(all, &rows),
        unusable: scope
            .indicators
            .iter()
            .zip(&all.matchers)
            .filter_map(|(i, m)| match m {
                Matcher::Unusable(why) => Some((i.clone(), why.clone())),
                _ => None,
            })
            .collect(),
        strays: scope.strays(|name| registry().named(name).is_some()),
        unlisted,
        rows,
    }
}

impl Assembler<'_, '_> {
    fn contents(&mut self) {
        let mut out: BTreeMap<usize, BTreeSet<[u8; 32]>> = BTreeMap::new();
        for e in &self.all.evidence {
            let content = e.file.filter(|f| self.tied.contains(f));
            if let Some(hashes) = content.and_then(|f| self.hashes(f)) {
                out.entry(e.indicator).or_default().insert(hashes.sha256);
            }
        }
        self.tied_contents = out;
    }

    /// Indicators that can be compared; of the others nothing is said but that.
    fn checked(&self) -> impl Iterator<Item = usize> {
        let usable = |m: &Matcher| !matches!(m, Matcher::Unusable(_));
        let all = self.all.matchers.iter().enumerate();
        all.filter(move |(_, m)| usable(m)).map(|(n, _)| n)
    }

    fn covered(&self, host: &Host) -> bool {
        host.addresses.iter().any(|t| self.scope.covers(t.ip))
    }

    /// The answers of all hosts, and how many hosts are left out.
    fn hosts(&self) -> (Vec<Answer>, u64) {
        let (mut out, mut quiet, mut left_out) = (Vec::new(), 0, 0);
        let checked = self.checked().count();
        for host in self.all.env.hosts() {
            let inside = self.covered(host);
            let named = host
                .addresses
                .iter()
                .any(|t| self.scope.hosts.contains(&t.ip));
            if !self.traced.contains(&host.id) && inside && !named && host.spoke() {
                if quiet + checked > QUIET {
                    left_out += 1;
                    continue;
                }
                quiet += checked;
            }
            for indicator in self.checked() {
                for way in [Way::Received, Way::Sent] {
                    let group = self.groups.get(&(host.id, indicator, way));
                    let some = group.is_some_and(|g| g.iter().any(|e| e.rung > Rung::None));
                    let asked = inside && host.spoke() && way == Way::Received;
                    if some || asked {
                        let evidence = group.map_or(&[][..], Vec::as_slice);
                        out.push(self.one(host, inside, indicator, way, evidence));
                    }
                }
            }
        }
        (out, left_out)
    }

    /// Named in the scope, and no packet came from them.
    fn silent(&self) -> Vec<Answer> {
        let heard = |ip: IpAddr| {
            self.all
                .env
                .having(ip)
                .filter_map(|id| self.all.env.host(id))
                .any(Host::spoke)
        };
        let mut out = Vec::new();
        for ip in self.scope.hosts.iter().copied().filter(|ip| !heard(*ip)) {
            for indicator in self.checked().filter_map(|n| self.scope.indicators.get(n)) {
                out.push(Answer {
                    id: None,
                    host: ip,
                    mac: None,
                    name: None,
                    name_from: None,
                    indicator: indicator.clone(),
                    answer: Verdict::CannotTell,
                    rung: Rung::Hidden,
                    direction: Way::Received,
                    matched: Vec::new(),
                    in_scope: self.scope.covers(ip),
                    in_window: true,
                    first: None,
                    last: None,
                    packets: Vec::new(),
                    rows: Vec::new(),
                    files: Vec::new(),
                    reason: "Silent: there is no packet from this address in the captures."
                        .to_owned(),
                    checked: text::checked(self.all.input, &self.coverage, None, 0),
                    covered_s: 0,
                    window_s: self.coverage.window_s,
                    servers: Vec::new(),
                });
            }
        }
        out
    }

    fn in_window(&self, first: Timestamp, last: Timestamp) -> bool {
        let w = self.scope.window;
        w.from.is_none_or(|from| last >= from) && w.to.is_none_or(|to| first <= to)
    }

    fn allowed(&self, protocol: &str) -> bool {
        !matches!(protocol, "http" | "ftp")
            || self.scope.protocols.is_empty()
            || self
                .scope
                .protocols
                .iter()
                .any(|p| p.eq_ignore_ascii_case(protocol))
    }

    fn one(
        &self,
        host: &Host,
        inside: bool,
        indicator: usize,
        way: Way,
        evidence: &[&Evidence],
    ) -> Answer {
        let mut rung = evidence
            .iter()
            .filter(|e| !e.mention)
            .map(|e| e.rung)
            .max()
            .unwrap_or_default();
        let mut best: Vec<&Evidence> = evidence
            .iter()
            .copied()
            .filter(|e| e.rung == rung && (rung > Rung::None || e.mention))
            .collect();
        let any_inside = best.iter().any(|e| self.in_window(e.first, e.last));
        if any_inside {
            best.retain(|e| self.in_window(e.first, e.last));
        }
        best.sort_by_key(|e| (e.first, e.last, e.packets.first().copied()));
        let in_window = best.is_empty() || any_inside;
        let mut reason = self.reason(host, inside, indicator, rung, in_window, &best, evidence);
        if rung == Rung::None
            && let Some(why) = self.blind(host)
        {
            rung = Rung::Hidden;
            reason = format!("{why}. {reason}");
        }
        let latest = best.iter().max_by_key(|e| e.last).map(|e| e.address);
        let mut packets: Vec<PacketRef> = Vec::new();
        for packet in best.iter().flat_map(|e| &e.packets) {
            if packets.len() < CITED && !packets.contains(packet) {
                packets.push(*packet);
            }
        }
        let mut rows: Vec<RowRef> = best.iter().flat_map(|e| &e.rows).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        rows.truncate(CITED);
        let mut matched = Classes::new();
        for class in best.iter().flat_map(|e| &e.classes) {
            add_class(&mut matched, class);
        }
        let mut servers: Vec<IpAddr> = best
            .iter()
            .filter(|e| e.via.is_none())
            .filter_map(|e| e.server)
            .collect();
        servers.sort_unstable();
        servers.dedup();
        let files = self.files(&best, evidence);
        let name = host.name();
        let elsewhere = self.elsewhere(host.id, evidence);
        let in_protocol = best.is_empty() || best.iter().any(|e| self.allowed(e.protocol));
        Answer {
            id: Some(host.id),
            host: latest
                .or_else(|| {
                    let in_scope = |t: &&crate::environment::Tenure| self.scope.covers(t.ip);
                    let of = host.addresses.iter().filter(in_scope);
                    of.max_by_key(|t| (t.ip.is_ipv4(), t.ended)).map(|t| t.ip)
                })
                .or_else(|| host.address())
                .unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)),
            mac: host.mac,
            name: name.map(|n| n.text.clone()),
            name_from: name.map(|n| n.from.word()),
            indicator: self
                .scope
                .indicators
                .get(indicator)
                .cloned()
                .unwrap_or_else(|| weir_model::Indicator {
                    kind: weir_model::IndicatorKind::Domain,
                    value: String::new(),
                }),
            answer: rung.verdict(),
            rung,
            direction: way,
            matched: matched.to_vec(),
            in_scope: inside && in_protocol,
            in_window,
            first: best.iter().map(|e| e.first).min(),
            last: best.iter().map(|e| e.last).max(),
            packets,
            rows,
            files,
            reason,
            checked: text::checked(self.all.input, &self.coverage, Some(host), elsewhere),
            covered_s: self.coverage.covered_s,
            window_s: self.coverage.window_s,
            servers,
        }
    }

    fn elsewhere(&self, host: HostId, evidence: &[&Evidence]) -> u64 {
        let all = self.all.encrypted.get(&host).copied().unwrap_or(0);
        let here: BTreeSet<_> = evidence
            .iter()
            .filter(|e| matches!(e.protocol, "tls" | "quic"))
            .filter_map(|e| e.flow)
            .collect();
        all.saturating_sub(here.len() as u64)
    }

    /// Why nothing at all can be said of this host, if so.
    fn blind(&self, host: &Host) -> Option<String> {
        let w = self.scope.window;
        if w.from.is_none() && w.to.is_none() {
            return None;
        }
        if self.coverage.spans.all().is_empty() && self.coverage.logged.all().is_empty() {
            return Some("No minute of the window is captured".to_owned());
        }
        (!self.in_window(host.first, host.last)).then(|| {
            let records = if self.all.input.logs.is_empty() {
                ""
            } else {
                " and no flow record"
            };
            format!("Silent: no packet{records} of this host lies inside the window")
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn reason(
        &self,
        host: &Host,
        inside: bool,
        indicator: usize,
        rung: Rung,
        in_window: bool,
        best: &[&Evidence],
        evidence: &[&Evidence],
    ) -> String {
        let mut parts: Vec<String> = Vec::new();
        let told = text::reasons(best.iter().copied());
        if told.is_empty() {
            parts.push(text::nothing(rung).to_owned());
        } else {
            parts.push(told);
        }
        if !in_window {
            let when = best
                .iter()
                .map(|e| text::against(self.scope.window, e.first, e.last))
                .find(|t| !t.is_empty())
                .unwrap_or_default();
            let other = evidence
                .iter()
                .filter(|e| !e.mention && self.in_window(e.first, e.last))
                .map(|e| e.rung)
                .max()
                .unwrap_or_default();
            let other = other.word().replace('_', " ");
            parts.push(format!("outside the window: {when}; inside it: {other}"));
        } else if let Some(edge) = best
            .iter()
            .map(|e| text::against(self.scope.window, e.first, e.last))
            .find(|t| !t.is_empty())
        {
            parts.push(edge);
        }
        let unasked = best
            .iter()
            .filter(|e| e.via.is_none() && rung >= Rung::Refused && e.way == Way::Received)
            .filter_map(|e| e.site.as_deref())
            .find(|site| !self.all.grants.asked(host.id, site));
        if let Some(site) = unasked {
            parts.push(format!(
                "no look-up of {} by this host in the capture",
                shown(site)
            ));
        }
        for e in best {
            let Some(packet) = e.flow.and_then(|f| self.overlaps.get(&f)) else {
                continue;
            };
            if rung >= Rung::Partial {
                parts.push(format!(
                    "an overlapping retransmission with other bytes ({packet}): two versions were on the wire, the first is used"
                ));
                break;
            }
        }
        if let Some(note) = self.other_source(indicator, best) {
            parts.push(note);
        }
        if host.sent == 0 && host.logged > 0 && rung < Rung::Contacted {
            parts.push(
                "flow records only: names and content of this host\u{2019}s traffic are in no capture"
                    .to_owned(),
            );
        }
        if rung > Rung::None && !host.several.is_empty() {
            parts.push(host.several.clone());
        }
        if host.is(Role::Proxy) {
            parts.push("a proxy relays: what it fetched for others is counted for them".to_owned());
        }
        if host.is(Role::Resolver) {
            parts.push("a resolver asks for others: its questions are counted for them".to_owned());
        }
        let alike: Vec<String> = self
            .all
            .look_alikes
            .iter()
            .filter(|l| l.host == host.id && l.indicator == indicator)
            .map(|l| format!("{} ({})", shown(&l.name), l.packet))
            .collect();
        if !alike.is_empty() {
            parts.push(format!("look-alike, not counted: {}", alike.join(", ")));
        }
        if !inside {
            let how = best.first().map_or("", |e| e.protocol).to_uppercase();
            parts.push(format!(
                "outside your scope: {} over {how}; widen it to include this host?",
                rung.word().replace('_', " ")
            ));
        }
        sentences(&parts)
    }

    /// The right name with another content from a server that the scope does not name.
    fn other_source(&self, indicator: usize, best: &[&Evidence]) -> Option<String> {
        let named = matches!(self.all.matchers.get(indicator), Some(Matcher::Name(_)));
        let known = self.tied_contents.get(&indicator)?;
        let mine = best
            .iter()
            .filter_map(|e| e.file)
            .find(|f| !self.tied.contains(f))?;
        let content = self.hashes(mine)?;
        (named && !known.contains(&content.sha256)).then(|| {
            "same name, other content and other source than what the scope's servers gave"
                .to_owned()
        })
    }

    fn artifact(&self, file: FileRef) -> Option<&Artifact> {
        match file {
            FileRef::Artifact(chain, n) => {
                let facts = self.all.input.chains.get(chain)?.facts;
                facts.artifacts.get(n as usize)
            }
            FileRef::Merged(n) => {
                let (chain, n) = *self.all.plans.get(n as usize)?.parts.first()?;
                self.artifact(FileRef::Artifact(chain, n))
            }
        }
    }

    /// Hashes of a whole content.
    pub(super) fn hashes(&self, file: FileRef) -> Option<Hashes> {
        match file {
            FileRef::Artifact(chain, n) => {
                let facts = self.all.input.chains.get(chain)?.facts;
                let artifact = facts.artifacts.get(n as usize)?;
                (artifact.state == Completeness::Complete).then_some(())?;
                self.all.content(chain, artifact)?.hashes
            }
            FileRef::Merged(n) => {
                let plan = self.all.plans.get(n as usize)?;
                let merged = self.all.input.merged.iter().find(|m| m.plan == *plan)?;
                merged.content?.hashes
            }
        }
    }

    /// Is it worth looking for elsewhere: content that is no page?
    pub(super) fn is_page(&self, file: FileRef) -> bool {
        self.artifact(file).is_some_and(super::matcher::is_page)
    }

    fn files(&self, best: &[&Evidence], evidence: &[&Evidence]) -> Vec<SeenFile> {
        let mut list: Vec<FileRef> = best.iter().filter_map(|e| e.file).collect();
        // The parts of what was merged stand beside it.
        let parts: Vec<(usize, u32)> = list
            .iter()
            .filter_map(|f| match f {
                FileRef::Merged(n) => self.all.plans.get(*n as usize),
                FileRef::Artifact(..) => None,
            })
            .flat_map(|p| p.parts.iter().copied())
            .collect();
        for file in evidence.iter().filter_map(|e| e.file) {
            if matches!(file, FileRef::Artifact(c, n) if parts.contains(&(c, n))) {
                list.push(file);
            }
        }
        let mut seen = BTreeSet::new();
        list.retain(|f| seen.insert(*f));
        let mut out: Vec<SeenFile> = list.iter().filter_map(|f| self.file(*f)).collect();
        out.sort_by_key(|f| (f.first, !f.complete, f.file));
        out.truncate(FILES);
        out
    }

    fn file(&self, file: FileRef) -> Option<SeenFile> {
        let artifact = self.artifact(file)?;
        let hashes = self.hashes(file);
        let (complete, size, parts, last) = match file {
            FileRef::Artifact(chain, _) => {
                let content = self.all.content(chain, artifact);
                let (rung, _) = super::http::came(artifact, Way::Received);
                let size = content.map_or(artifact.wire_size, |c| c.size);
                (rung == Rung::Delivered, size, Vec::new(), artifact.ended)
            }
            FileRef::Merged(n) => {
                let plan = self.all.plans.get(n as usize)?;
                let parts: Vec<&Artifact> = plan
                    .parts
                    .iter()
                    .filter_map(|(c, n)| self.artifact(FileRef::Artifact(*c, *n)))
                    .collect();
                let last = parts.iter().map(|a| a.ended).max()?;
                (true, plan.total, parts.iter().map(|a| a.id).collect(), last)
            }
        };
        Some(SeenFile {
            file,
            artifact: Some(artifact.id),
            name: artifact
                .names
                .first()
                .map_or_else(String::new, |n| n.text.to_string()),
            size,
            hashes,
            complete,
            url: artifact.url.to_string(),
            server: artifact.server.0,
            first: artifact.asked.map_or(artifact.begun, |a| a.1),
            last,
            ascii: artifact.ascii,
            parts,
        })
    }
}

/// Parts as sentences; a part that begins with a name keeps its spelling.
fn sentences(parts: &[String]) -> String {
    let mut out = String::new();
    for part in parts.iter().filter(|p| !p.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        let word = part.split([' ', ',']).next().unwrap_or_default();
        let ordinary = word.chars().all(|c| c.is_alphabetic() || c == '-');
        let mut chars = part.chars();
        match chars.next() {
            Some(c) if ordinary => out.extend(c.to_uppercase().chain(chars)),
            _ => out.push_str(part),
        }
        if !part.ends_with(['.', '?']) {
            out.push('.');
        }
    }
    out
}
