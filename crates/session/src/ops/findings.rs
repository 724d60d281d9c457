//! What the detections found over what is loaded, what to look at first, and what was checked without a finding.

use crate::conclude::Merge;
use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::judge::Judging;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, names, parse, passed};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use std::collections::BTreeSet;
use weir_analyze::allow::{Rule, allowed};
use weir_analyze::detections::{ALL, Expected, Finding, Findings, Plot, Rhythm, Score};
use weir_analyze::environment::{Environment, Host, HostId};
use weir_analyze::leads::{Category, Lead, Leads, Tally, categories, goes_on, sureness};
use weir_analyze::techniques::{self, tactic, technique};
use weir_model::{PacketRef, Scope, Timestamp};

/// Addresses that a lead of many hosts names; the rest are counted.
const HOSTS: usize = 12;
/// Packets that a lead cites; its findings cite theirs.
const CITED: usize = 6;

#[derive(Deserialize)]
pub(super) struct Allowed {
    #[serde(default)]
    detection: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    peer: String,
}

impl From<Allowed> for Rule {
    fn from(a: Allowed) -> Self {
        let some = |text: String| Some(text).filter(|t| !t.is_empty());
        Self {
            detection: a.detection,
            host: some(a.host),
            peer: some(a.peer),
        }
    }
}

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    scope: Option<Scope>,
    /// What the analyst allows.
    #[serde(default)]
    allow: Vec<Allowed>,
    /// Ids of findings that the analyst dismissed: they lead nowhere.
    #[serde(default)]
    dismissed: BTreeSet<String>,
}

struct FindingsOp {
    scope: Option<Scope>,
    allow: Vec<Rule>,
    dismissed: BTreeSet<String>,
    merge: Merge,
    judging: Judging,
}

pub(crate) fn findings(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    // A rule without any part would allow everything.
    let rules = args.allow.into_iter().map(Rule::from);
    Ok(Box::new(FindingsOp {
        scope: args.scope,
        allow: rules.filter(|r| *r != Rule::default()).collect(),
        dismissed: args.dismissed,
        merge: Merge::default(),
        judging: Judging::default(),
    }))
}

/// Hosts with their addresses and best names, as leads have them.
fn host(host: &Host) -> Value {
    object!({
        "host": host.address().map(|ip| ip.to_string()),
        "mac": host.mac.map(|m| m.to_string()),
        "name": host.name().map(|n| n.text.clone()),
    })
}

fn lead(l: &Lead, found: &Findings, env: &Environment, scope: Option<&Scope>) -> Value {
    let rows: Vec<&Finding> = l
        .findings
        .iter()
        .filter_map(|n| found.rows.get(*n))
        .collect();
    let first = rows.first();
    let ids: Vec<&str> = rows.iter().map(|f| f.id.as_str()).collect();
    let mut evidence: Vec<String> = Vec::new();
    // One packet of each finding before a second one of any.
    for at in 0..CITED {
        for f in &rows {
            if let Some(p) = f.evidence.packets().nth(at).map(names::evidence)
                && evidence.len() < CITED
                && !evidence.contains(&p)
            {
                evidence.push(p);
            }
        }
    }
    let hosts: Vec<Value> = l
        .hosts
        .iter()
        .filter_map(|id| env.host(*id))
        .take(HOSTS)
        .map(host)
        .collect();
    // Only of what the lead goes on by: the time of a note beside it would be taken for that of the lead.
    let again = rows.iter().filter(|f| l.goes_on && goes_on(f));
    let again = again.filter_map(|f| f.rhythm.as_ref()?.next.first()).next();
    let in_scope = |f: &&Finding| {
        let ends = [f.src, f.dst];
        scope.is_none_or(|s| ends.iter().flatten().any(|ip| s.covers(*ip)))
    };
    object!({
        "side": l.side.word(),
        "title": first.map(|f| &f.title),
        "why": first.map(|f| &f.why),
        "severity": l.severity.word(),
        "raised_from": l.raised.map(|r| r.0.word()),
        "raised_by": l.raised.map(|r| r.1.says()),
        "goes_on": l.goes_on,
        "next": again.map(expected),
        "asked": l.asked,
        "confidence": l.confidence,
        "sure": sureness(l.confidence),
        "alarm": l.is_alarm(),
        "benign": l.benign,
        "tactics": l.tactics.iter().map(|t| t.name()).collect::<Vec<_>>(),
        "hosts": hosts,
        "of_hosts": l.hosts.len(),
        "peer": first.and_then(|f| f.domain.clone().or(f.dst.map(|ip| ip.to_string()))),
        "findings": ids,
        "evidence": evidence,
        "first": rows.iter().map(|f| f.first).min().map(Timestamp::epoch),
        "last": rows.iter().map(|f| f.last).max().map(Timestamp::epoch),
        "in_scope": rows.iter().any(in_scope),
    })
}

/// A lead that is not among the first: what it is about and where it stands.
fn brief(l: &Lead, found: &Findings, env: &Environment) -> Value {
    let first = l.findings.first().and_then(|n| found.rows.get(*n));
    let address = |id: &HostId| env.host(*id)?.address();
    object!({
        "title": first.map(|f| &f.title),
        "finding": first.map(|f| &f.id),
        "severity": l.severity.word(),
        "alarm": l.is_alarm(),
        "host": l.hosts.first().and_then(address).map(|ip| ip.to_string()),
        "of_hosts": l.hosts.len(),
        "of_findings": l.findings.len(),
    })
}

fn category(c: &Category) -> Value {
    let lacking = |(title, why): &(&str, String)| object!({"title": title, "why": why});
    object!({
        "family": c.family,
        "title": c.title,
        "side": c.side.word(),
        "findings": c.found,
        "checks": c.checks,
        "says": c.says,
        "not_checked": c.not_checked.iter().map(lacking).collect::<Vec<_>>(),
    })
}

fn side(t: &Tally) -> Value {
    let [info, low, medium, high, critical] = t.by_severity;
    object!({
        "side": t.side.word(),
        "critical": critical,
        "high": high,
        "medium": medium,
        "low": low,
        "info": info,
        "alarms": t.alarms,
        "hosts": t.hosts,
        "checks": t.checks,
        "not_checked": t.not_checked,
        "allowed": t.allowed,
    })
}

/// A layer for the ATT&CK Navigator: the techniques that findings name, without anybody's address or words.
fn layer<'a>(counted: impl Iterator<Item = &'a Finding> + Clone) -> Value {
    let mut ids: Vec<&str> = counted
        .clone()
        .flat_map(|f| f.techniques.iter().copied())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<Value> = ids
        .iter()
        .map(|id| {
            let mine = || counted.clone().filter(|f| f.techniques.contains(id));
            let worst = mine().map(|f| f.severity).max();
            let mut by: Vec<&str> = mine().map(|f| f.detection).collect();
            by.sort_unstable();
            by.dedup();
            let n = mine().count();
            let s = if n == 1 { "" } else { "s" };
            object!({
                "techniqueID": id,
                "score": worst.map_or(0, |s| s as u64 + 1),
                "comment": format!("{n} finding{s}: {}", by.join(", ")),
                "enabled": true,
                "showSubtechniques": true,
            })
        })
        .collect();
    object!({
        "name": "Weir findings",
        "versions": {"attack": techniques::VERSION, "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "Techniques that findings of Weir name. Findings are hypotheses; the score is the severity of the strongest: 1 info, 2 low, 3 medium, 4 high, 5 critical.",
        "techniques": rows,
        "gradient": {"colors": ["#fff3d6", "#a1121f"], "minValue": 1, "maxValue": 5},
        "showTacticRowBackground": true,
        "selectSubtechniquesWithParent": false,
    })
}

/// Characters of an id by which a finding is called: it does not move when others come or go.
const LABEL: usize = 7;

fn row(f: &Finding, env: &Environment, scope: Option<&Scope>) -> Value {
    let cited: Vec<PacketRef> = f.evidence.packets().collect();
    let how = ALL.iter().find(|d| d.id == f.detection).map(|d| d.how);
    let mut out: Map<String, Value> = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            out.insert(name.to_owned(), value);
        }
    };
    put("id", object!(f.id));
    put("label", object!(f.id.get(..LABEL).unwrap_or(&f.id)));
    put("detection", object!(f.detection));
    put("title", object!(f.title));
    put("severity", object!(f.severity.word()));
    put("confidence", object!(f.confidence));
    put("src", object!(f.src.map(|ip| ip.to_string())));
    put("dst", object!(f.dst.map(|ip| ip.to_string())));
    put("domain", object!(f.domain));
    put("dport", object!(f.dport));
    put("mac", object!(f.mac.map(|m| m.to_string())));
    put("first", object!(f.first.epoch()));
    put("last", object!(f.last.epoch()));
    let packets: Vec<String> = cited.iter().map(|p| names::packet(*p)).collect();
    put("packets", object!(packets));
    let evidence: Vec<String> = cited.iter().map(|p| names::evidence(*p)).collect();
    put("evidence", object!(evidence));
    put("techniques", object!(f.techniques));
    let known: Vec<Value> = f
        .techniques
        .iter()
        .filter_map(|id| technique(id))
        .map(|t| object!({"id": t.id, "name": t.name}))
        .collect();
    if !known.is_empty() {
        put("attack", object!(known));
    }
    put(
        "tactic",
        object!(tactic(f.techniques).map(techniques::Tactic::name)),
    );
    put("sure", object!(sureness(f.confidence)));
    if !f.scores.is_empty() {
        put("scores", f.scores.iter().map(score).collect());
    }
    if !f.plots.is_empty() {
        put("plots", f.plots.iter().map(plot).collect());
    }
    if let Some(rhythm) = &f.rhythm {
        put("period_s", object!(rhythm.period.0 as f64 / 1e9));
        put("next", rhythm.next.first().map_or(Value::Null, expected));
        put("rhythm", repeats(rhythm));
    }
    put(
        "benign",
        f.benign.as_ref().map_or(
            Value::Null,
            |(class, says)| object!({"class": class, "says": says}),
        ),
    );
    let others = f.others.iter().filter_map(|id| env.host(*id)?.address());
    let others: Vec<String> = others.map(|ip| ip.to_string()).collect();
    if !others.is_empty() {
        put("others", object!(others));
    }
    put("why", object!(f.why));
    put("how", object!(how.unwrap_or_default()));
    put("innocent", object!(f.innocent));
    put("settle", object!(f.settle));
    let targets = [f.src, f.dst];
    let in_scope = scope.is_none_or(|s| targets.iter().flatten().any(|ip| s.covers(*ip)));
    put("in_scope", object!(in_scope));
    Value::Object(out)
}

fn score(s: &Score) -> Value {
    let terms: Vec<Value> = s
        .terms
        .iter()
        .map(|t| {
            let mut out = object!({"name": t.name, "value": t.value, "says": t.says});
            if let (Some(weight), Some(map)) = (t.weight, out.as_object_mut()) {
                map.insert("weight".to_owned(), object!(weight));
            }
            out
        })
        .collect();
    object!({"name": s.name, "formula": s.formula, "result": s.result, "terms": terms})
}

fn plot(p: &Plot) -> Value {
    object!({"title": p.title, "unit": p.unit, "bars": p.bars})
}

fn expected(e: &Expected) -> Value {
    let seconds = |t: Timestamp| t.0 as f64 / 1e9;
    object!({"lo": seconds(e.lo), "hi": seconds(e.hi), "level": e.level})
}

fn repeats(r: &Rhythm) -> Value {
    object!({
        "seen": r.seen,
        "missed": r.missed,
        "expected": r.next.iter().map(expected).collect::<Vec<_>>(),
        "tested": {"held": r.tested.0, "made": r.tested.1},
        "says": r.says,
        "foretold": r.foretold.as_ref().map(|f| object!({
            "by": f.by,
            "expected": expected(&f.expected),
            "state": f.state,
            "came": f.came.map(|c| c.0.epoch()),
            "evidence": f.came.map(|c| names::evidence(c.1)),
            "missed": f.missed,
            "held": f.tally.0,
            "made": f.tally.1,
        })),
    })
}

impl Op for FindingsOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let scope = self.scope.as_ref();
        let Some(found) = self.judging.step(cx.session, scope, fuel) else {
            return Out::More;
        };
        let compared = cx.session.compared.clone();
        let people = cx.session.people();
        let env = &people.environment;
        let session = &*cx.session;
        let fits = allowed(&found.rows, &self.allow, env);
        let issue = scope.map(|s| s.issue).unwrap_or_default();
        let mut leads = Leads::new(&found, &fits, env, issue);
        let gone = |n: usize| {
            found
                .rows
                .get(n)
                .is_some_and(|f| self.dismissed.contains(&f.id))
        };
        let aside: Vec<Option<usize>> = fits
            .iter()
            .enumerate()
            .map(|(n, by)| by.or(gone(n).then_some(usize::MAX)))
            .collect();
        if aside != fits {
            // What is dismissed leads nowhere, and stays where it is in the list.
            let order = std::mem::take(&mut leads.order);
            leads = Leads {
                order,
                ..Leads::new(&found, &aside, env, issue)
            };
        }
        let mut lead_of: Vec<Option<(usize, &Lead)>> = vec![None; found.rows.len()];
        for (at, l) in leads.rows.iter().enumerate() {
            for n in &l.findings {
                if let Some(slot) = lead_of.get_mut(*n) {
                    *slot = Some((at, l));
                }
            }
        }
        let rows: Vec<Value> = leads
            .order
            .iter()
            .filter_map(|n| Some((*n, found.rows.get(*n)?, fits.get(*n)?)))
            .map(|(n, f, by)| {
                let mut out = row(f, env, scope);
                if let (Some((at, lead)), Some(members)) =
                    (lead_of.get(n).copied().flatten(), out.as_object_mut())
                {
                    members.insert("lead".to_owned(), object!(at + 1));
                    members.insert("lead_severity".to_owned(), object!(lead.severity.word()));
                }
                let status = compared.as_ref().and_then(|c| c.status(session, f));
                if let (Some((status, was)), Some(members)) = (status, out.as_object_mut()) {
                    members.insert("against".to_owned(), object!(status));
                    if let Some(was) = was {
                        members.insert("was".to_owned(), object!(was.severity));
                    }
                }
                let rule = by.and_then(|n| self.allow.get(n));
                if let (Some(rule), Some(members)) = (rule, out.as_object_mut()) {
                    members.insert("allowed".to_owned(), object!(rule.says()));
                }
                out
            })
            .collect();
        let rules: Vec<Value> = self
            .allow
            .iter()
            .enumerate()
            .map(|(n, rule)| {
                let findings = fits.iter().filter(|by| **by == Some(n)).count();
                object!({"says": rule.says(), "findings": findings})
            })
            .collect();
        let counted = found.rows.iter().zip(&aside);
        let counted = counted.filter(|(_, by)| by.is_none()).map(|(f, _)| f);
        let checked: Vec<Value> = found
            .checked
            .iter()
            .map(|c| {
                let title = ALL.iter().find(|d| d.id == c.detection).map(|d| d.title);
                object!({
                    "detection": c.detection,
                    "title": title.unwrap_or(c.detection),
                    "findings": c.found,
                    "made": c.made(),
                    "says": c.says,
                })
            })
            .collect();
        Ok(object!({
            "leads": leads.rows.iter().map(|l| lead(l, &found, env, scope)).collect::<Vec<_>>(),
            "leads_beyond": leads.beyond,
            "more_leads": leads.more.iter().map(|l| brief(l, &found, env)).collect::<Vec<_>>(),
            "dismissed": (0..found.rows.len()).filter(|n| gone(*n)).count(),
            "asked": leads.asked.as_ref().map(|l| lead(l, &found, env, scope)),
            "sides": leads.sides.iter().map(side).collect::<Vec<_>>(),
            "categories": categories(&found).iter().map(category).collect::<Vec<_>>(),
            "allowed": rules,
            "navigator": layer(counted),
            "findings": rows,
            "checked": checked,
        }))
        .into()
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.judging.progress(), "checks"))
    }
}
