//! What the detections found over what is loaded, and what was checked without a finding.

use crate::conclude::Merge;
use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::ops::{Cx, Op, Out, names, parse, passed};
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use weir_analyze::answers::answer;
use weir_analyze::detections::{ALL, Expected, Finding, Ground, Plot, Rhythm, Score, run};
use weir_analyze::environment::Environment;
use weir_model::{PacketRef, Scope, Timestamp};

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    scope: Option<Scope>,
}

struct FindingsOp {
    scope: Option<Scope>,
    merge: Merge,
}

pub(crate) fn findings(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(Box::new(FindingsOp {
        scope: args.scope,
        merge: Merge::default(),
    }))
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
    })
}

impl Op for FindingsOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let people = cx.session.people();
        let env = &people.environment;
        let found = cx.session.conclude(|input| {
            let answers = self.scope.as_ref().map(|s| answer(input, env, s));
            run(Ground::new(input, env, answers.as_ref()))
        });
        let rows: Vec<Value> = found
            .rows
            .iter()
            .map(|f| row(f, env, self.scope.as_ref()))
            .collect();
        let checked: Vec<Value> = found
            .checked
            .iter()
            .map(|c| {
                let title = ALL.iter().find(|d| d.id == c.detection).map(|d| d.title);
                object!({
                    "detection": c.detection,
                    "title": title.unwrap_or(c.detection),
                    "findings": c.found,
                    "says": c.says,
                })
            })
            .collect();
        Ok(object!({"findings": rows, "checked": checked})).into()
    }
}
