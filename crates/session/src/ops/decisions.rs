//! What is proposed for each affected host, from the answers to a scope and from what was found beside them.

use super::findings::Allowed;
use crate::conclude::Merge;
use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::judge::Judging;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, names, parse, passed};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::BTreeSet;
use weir_analyze::allow::{Rule, allowed};
use weir_analyze::answers::answer;
use weir_analyze::decisions::{Decision, Judged, propose};
use weir_model::Scope;

/// Packets of a decision that are written as evidence.
const SHOWN: usize = 8;

#[derive(Deserialize)]
struct Args {
    scope: Scope,
    /// What the analyst allows.
    #[serde(default)]
    allow: Vec<Allowed>,
    /// Ids of findings that the analyst dismissed: they propose nothing.
    #[serde(default)]
    dismissed: BTreeSet<String>,
    /// Ids of findings that the analyst confirmed.
    #[serde(default)]
    confirmed: BTreeSet<String>,
}

struct Deciding {
    scope: Scope,
    allow: Vec<Rule>,
    dismissed: BTreeSet<String>,
    confirmed: BTreeSet<String>,
    merge: Merge,
    judging: Judging,
}

/// `decisions`.
pub(super) fn decisions(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    let rules = args.allow.into_iter().map(Rule::from);
    Ok(Box::new(Deciding {
        scope: args.scope,
        allow: rules.filter(|r| *r != Rule::default()).collect(),
        dismissed: args.dismissed,
        confirmed: args.confirmed,
        merge: Merge::default(),
        judging: Judging::default(),
    }))
}

fn decision(d: &Decision) -> Value {
    let because = if d.because.is_empty() {
        d.rule.says.to_owned()
    } else {
        format!("{}: {}", d.rule.says, d.because)
    };
    object!({
        "host": d.host.to_string(),
        "mac": d.mac.map(|m| m.to_string()),
        "name": d.name,
        "rung": d.rung.word(),
        "decision": d.rule.proposal.word(),
        "because": because,
        "evidence": d.records.iter().take(SHOWN).map(|r| names::evidence(*r)).collect::<Vec<_>>(),
        "findings": d.findings,
        "in_scope": d.in_scope,
    })
}

impl Op for Deciding {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let scope = &self.scope;
        let Some(found) = self.judging.step(cx.session, Some(scope), fuel) else {
            return Out::More;
        };
        let people = cx.session.people();
        let env = &people.environment;
        let fits = allowed(&found.rows, &self.allow, env);
        let aside: Vec<bool> = found
            .rows
            .iter()
            .zip(&fits)
            .map(|(f, by)| by.is_some() || self.dismissed.contains(&f.id))
            .collect();
        let judged = Judged {
            aside: &aside,
            confirmed: &self.confirmed,
        };
        let asks = !scope.indicators.is_empty();
        let rows = cx.session.conclude(|input| {
            let answers = asks.then(|| answer(input, env, scope));
            propose(env, scope, answers.as_ref(), &found, judged)
        });
        Ok(object!({ "decisions": rows.iter().map(decision).collect::<Vec<_>>() })).into()
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.judging.progress(), "checks"))
    }
}
