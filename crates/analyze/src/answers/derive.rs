//! What the answers lead to: indicators for the next pass. Proposes, adds nothing by itself.

use super::assemble::Assembler;
use super::collect::Collector;
use super::matcher::Matcher;
use super::rung::{FileRef, Rung, Way};
use super::{Answer, normal};
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::http::Transaction;
use weir_model::{Indicator, IndicatorKind, is_internal};

/// Most derived indicators of one pass.
const DERIVED: usize = 1000;

/// Sorted, without what the scope has already.
pub(super) fn derive(work: &Assembler<'_, '_>, rows: &[Answer]) -> Vec<Indicator> {
    let mut out: BTreeSet<Indicator> = BTreeSet::new();
    let all = work.all;
    for row in rows.iter().filter(|r| r.rung == Rung::Delivered) {
        if row.direction != Way::Received {
            continue;
        }
        for file in row.files.iter().filter(|f| f.complete) {
            let page = matches!(file.file, FileRef::Artifact(..)) && work.is_page(file.file);
            if let Some(hashes) = file.hashes.filter(|_| !page && file.size > 0) {
                let value = hashes.sha256.iter().map(|b| format!("{b:02x}")).collect();
                out.insert(of(IndicatorKind::Sha256, value));
            }
        }
    }
    let rare = rare_agents(all);
    for e in &all.evidence {
        if e.mention || e.via.is_some() {
            continue;
        }
        let matcher = all.matchers.get(e.indicator);
        let holder = all.holders.get(e.indicator).and_then(Option::as_ref);
        if let (Some(Matcher::Domain(_) | Matcher::Url(..)), Some(holder), Some(ip)) =
            (matcher, holder, e.server)
            && e.rung >= Rung::Contacted
            && !is_internal(ip)
            && !all.grants.shared(holder, ip)
        {
            out.insert(of(IndicatorKind::Address, ip.to_string()));
        }
        if e.rung >= Rung::Partial
            && e.way == Way::Received
            && e.classes.contains(&"redirect")
            && let Some(site) = &e.site
        {
            out.insert(of(IndicatorKind::Domain, normal(site)));
        }
        if let Some(agent) = &e.agent
            && e.rung >= Rung::Refused
            && rare.contains(agent)
        {
            out.insert(of(IndicatorKind::UserAgent, agent.clone()));
        }
    }
    let looked = |n: usize| all.evidence.iter().any(|e| e.indicator == n && !e.mention);
    for (n, matcher) in all.matchers.iter().enumerate() {
        if let (Matcher::Domain(domain), Some(Some(holder))) = (matcher, all.holders.get(n))
            && looked(n)
        {
            for name in all.grants.aliases(holder) {
                if !domain.holds(name) {
                    out.insert(of(IndicatorKind::Domain, normal(name)));
                }
            }
        }
    }
    let known: BTreeSet<(IndicatorKind, String)> = work
        .scope
        .indicators
        .iter()
        .map(|i| (i.kind, i.value.trim().to_lowercase()))
        .collect();
    let named = |i: &Indicator| {
        i.kind == IndicatorKind::Domain
            && all
                .matchers
                .iter()
                .any(|m| matches!(m, Matcher::Domain(d) if d.holds(&i.value)))
    };
    out.into_iter()
        .filter(|i| !known.contains(&(i.kind, i.value.to_lowercase())) && !named(i))
        .take(DERIVED)
        .collect()
}

fn of(kind: IndicatorKind, value: String) -> Indicator {
    Indicator { kind, value }
}

/// User-Agents that only one host of all uses.
fn rare_agents(all: &Collector<'_>) -> BTreeSet<String> {
    let mut users: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for (chain, c) in all.input.chains.iter().enumerate() {
        for t in c.facts.messages.all::<Transaction>() {
            let agent = t.request.as_ref().and_then(|r| r.user_agent.as_deref());
            let flow = t.meta.flow.and_then(|f| c.facts.flow(f));
            let (Some(agent), Some(flow)) = (agent, flow) else {
                continue;
            };
            let client = flow.ends(t.meta.direction).0.0;
            if let Some(host) = all.env.at(chain, client, t.meta.time) {
                let list = users.entry(agent).or_default();
                if list.len() < 3 {
                    list.insert(host.0);
                }
            }
        }
    }
    let everybody: BTreeSet<u32> = users.values().flatten().copied().collect();
    if everybody.len() < 3 {
        return BTreeSet::new();
    }
    users
        .into_iter()
        .filter(|(agent, hosts)| hosts.len() == 1 && !agent.is_empty())
        .map(|(agent, _)| agent.to_owned())
        .collect()
}
