//! Earlier against current: what is called earlier, the baseline of it as a document, and what deviates.

use crate::conclude::Merge;
use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::job::Job;
use crate::judge::Judging;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, json, names, once, parse, passed};
use crate::session::{Earlier, Session};
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use std::collections::BTreeMap;
use std::rc::Rc;
use weir_analyze::activity::Activity;
use weir_analyze::baseline::{
    CHANCE, Changed, Current, Deviation, Deviations, More, Part, Shown, current,
};
use weir_analyze::detections::Finding;
use weir_analyze::environment::{Environment, Host, HostId};
use weir_model::baseline::{Baseline, Kind, Known, Seen};
use weir_model::{Scope, Timestamp};

/// What came of comparing.
pub(crate) struct Compared {
    /// What is compared with; findings are known by it.
    pub(crate) baseline: Rc<Baseline>,
    /// The part that is earlier, where it is loaded too; and the part that is current.
    pub(crate) parts: (Option<Part>, Part),
    /// Why nothing was compared.
    pub(crate) refused: Option<String>,
    /// What deviates, as rows.
    rows: Vec<Value>,
    /// What there is to know of the comparison.
    says: Vec<String>,
    counts: Value,
    now: Value,
}

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    baseline: Option<Value>,
    /// The file it came from.
    #[serde(default)]
    name: String,
    #[serde(default)]
    captures: Vec<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

fn request(message: impl Into<String>) -> SessionError {
    SessionError::new(ErrorKind::Request, message)
}

fn time(text: Option<&str>, open: Timestamp) -> Result<Timestamp, SessionError> {
    text.filter(|t| !t.is_empty()).map_or(Ok(open), |t| {
        t.parse().map_err(|e: weir_model::TimeError| request(e.0))
    })
}

fn read(args: Args) -> Result<Option<Earlier>, SessionError> {
    if let Some(document) = args.baseline {
        let document: Baseline = serde_json::from_value(document)
            .map_err(|e| request(format!("not a baseline: {e}")))?;
        document.check().map_err(|e| request(e.to_string()))?;
        return Ok(Some(Earlier::Document(Rc::new(document), args.name)));
    }
    if !args.captures.is_empty() {
        let list = args.captures.iter().map(|c| c.parse());
        let list = list.collect::<Result<_, _>>();
        return Ok(Some(Earlier::Captures(
            list.map_err(|_| request("a capture is named by its letter"))?,
        )));
    }
    let (from, to) = (args.from.as_deref(), args.to.as_deref());
    if to.is_some_and(|t| !t.is_empty()) {
        let (from, to) = (time(from, Timestamp::MIN)?, time(to, Timestamp::MAX)?);
        if from >= to {
            return Err(request("the earlier time ends before it begins"));
        }
        return Ok(Some(Earlier::Times(from, to)));
    }
    Ok(None)
}

/// Says what is earlier; nothing takes it back. What was concluded is concluded anew.
pub(crate) fn earlier(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let earlier = read(parse(args)?)?;
    Ok(once(move |cx| {
        let says = earlier.as_ref().map(Earlier::says);
        cx.session.set_earlier(earlier);
        Ok(object!({ "says": says })).into()
    }))
}

impl Earlier {
    fn says(&self) -> String {
        match self {
            Self::Document(b, name) => format!(
                "a baseline{}, {} hours from {} to {}",
                if name.is_empty() {
                    String::new()
                } else {
                    format!(" ({name})")
                },
                b.hours,
                minute(&b.first),
                minute(&b.last)
            ),
            Self::Captures(list) => {
                let list: Vec<String> = list.iter().map(ToString::to_string).collect();
                let s = if list.len() == 1 { "" } else { "s" };
                format!("capture{s} {}", list.join(", "))
            }
            Self::Times(from, to) if *from == Timestamp::MIN => {
                format!("what began before {}", minute(&to.epoch()))
            }
            Self::Times(from, to) => {
                format!(
                    "what began from {} to {}",
                    minute(&from.epoch()),
                    minute(&to.epoch())
                )
            }
        }
    }

    /// The part that is earlier, where it is loaded; and the part that is current.
    pub(crate) fn parts(&self, session: &Session) -> (Option<Part>, Part) {
        match self {
            Self::Document(..) => (None, Part::default()),
            Self::Captures(list) => {
                let rest = session.loaded().map(|c| c.id).filter(|c| !list.contains(c));
                let of = |captures| Part {
                    captures: Some(captures),
                    ..Part::default()
                };
                (Some(of(list.clone())), of(rest.collect()))
            }
            Self::Times(from, to) => {
                let part = |from, to| Part {
                    from,
                    to,
                    captures: None,
                };
                (Some(part(*from, *to)), part(*to, Timestamp::MAX))
            }
        }
    }
}

/// `2026-03-04 12:00 UTC` of epoch seconds.
fn minute(epoch: &str) -> String {
    let time: Option<Timestamp> = epoch.parse().ok();
    let text = time.map_or_else(|| epoch.to_owned(), Timestamp::rfc3339);
    let text = text.get(..16).unwrap_or(&text).replace('T', " ");
    format!("{text} UTC")
}

/// Why these are not compared.
pub(crate) fn refusal(then: &Baseline, now: Option<&Baseline>) -> Option<String> {
    if let Some(why) = then.refusal() {
        return Some(why);
    }
    let now = now?;
    if now.hours == 0 {
        return Some(
            "nothing is left to compare: everything that is loaded is called earlier".to_owned(),
        );
    }
    (then.clock & now.clock == 0).then(|| {
        "the earlier and the current time share no hour of the day, and a night is not compared with a day".to_owned()
    })
}

/// Rows and sentences of a comparison.
pub(crate) fn told(
    baseline: Rc<Baseline>,
    parts: (Option<Part>, Part),
    (refused, deviations): (Option<String>, Option<&Deviations>),
    now: Option<&Current>,
    env: &Environment,
) -> Compared {
    let mut rows = Vec::new();
    let mut says = Vec::new();
    let mut counts = object!({});
    let none = BTreeMap::new();
    let hosts = now.map_or(&none, |n| &n.hosts);
    if let Some(all) = deviations {
        let of = Of { env, hosts };
        rows.extend(all.new.iter().map(|d| of.deviation("new", d)));
        rows.extend(all.changed.iter().map(|c| of.changed(c)));
        rows.extend(all.more.iter().map(|m| of.more(m)));
        rows.extend(all.gone.iter().map(|d| of.deviation("gone", d)));
        says = sentences(all);
        counts = object!({ "known": all.known, "untold": all.untold, "apart": all.apart });
    }
    Compared {
        baseline,
        parts,
        refused,
        rows,
        says,
        counts,
        now: now.map_or(Value::Null, |n| covers(&n.document)),
    }
}

fn covers(b: &Baseline) -> Value {
    object!({ "hours": b.hours, "clock": b.clock, "first": b.first, "last": b.last })
}

fn sentences(all: &Deviations) -> Vec<String> {
    let (then, now) = all.hours;
    let shared = all.shared.count_ones();
    let mut says = vec![format!(
        "{now} hours of traffic now against {then} hours earlier; both cover {shared} of 24 hours of the day, and only at those anything is compared."
    )];
    if then < Baseline::DAY {
        says.push(format!(
            "The earlier time is short: \u{201c}new\u{201d} means not seen in {then} hours."
        ));
    }
    let sum = |of: &BTreeMap<Kind, u64>| of.values().sum::<u64>();
    if sum(&all.apart) > 0 {
        says.push(format!(
            "{} things are seen only at hours of the day that the earlier time does not cover: not compared.",
            sum(&all.apart)
        ));
    }
    if sum(&all.untold) > 0 {
        says.push(format!(
            "{} more are new and not told: so much is new by chance, or because somebody browses.",
            sum(&all.untold)
        ));
    }
    let unsure = all.new.iter().filter(|d| d.q > CHANCE).count() as u64;
    if unsure > 0 {
        says.push(format!(
            "{} told although chance may explain it: by a port that governs machines, to one that never answered on it.",
            if unsure == 1 { "1 pair is".to_owned() } else { format!("{unsure} pairs are") }
        ));
    }
    for kind in &all.beyond {
        says.push(format!(
            "{} are not compared: there are more than {}.",
            word(*kind),
            Baseline::THINGS
        ));
    }
    says
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Host => "Hosts",
        Kind::Service => "Services",
        Kind::Pair => "Pairs of hosts",
        Kind::Destination => "Destinations of hosts",
        Kind::Site => "Sites",
        Kind::Agent => "User-Agents",
        Kind::Fingerprint => "TLS clients",
    }
}

struct Of<'a> {
    env: &'a Environment,
    hosts: &'a BTreeMap<String, HostId>,
}

impl Of<'_> {
    fn host(&self, key: &str) -> Option<&Host> {
        match self.hosts.get(key) {
            Some(id) => self.env.host(*id),
            None => self.env.hosts().iter().find(|h| {
                h.mac.is_some_and(|m| m.to_string() == key)
                    || h.address().is_some_and(|ip| ip.to_string() == key)
            }),
        }
    }

    fn address(&self, key: &str) -> String {
        let ip = self.host(key).and_then(Host::address);
        ip.map_or_else(|| key.to_owned(), |ip| ip.to_string())
    }

    /// Host, and what it is about.
    fn parts(&self, kind: Kind, key: &str, shown: &[Shown]) -> (Option<String>, String) {
        let (first, rest) = key.split_once('|').unwrap_or((key, ""));
        match kind {
            Kind::Host => (Some(self.address(key)), String::new()),
            Kind::Service | Kind::Destination => (Some(self.address(first)), rest.to_owned()),
            Kind::Pair => {
                let (server, port) = rest.split_once('|').unwrap_or((rest, ""));
                (
                    Some(self.address(first)),
                    format!("{} {port}", self.address(server)),
                )
            }
            Kind::Site | Kind::Agent | Kind::Fingerprint => {
                let client = shown.first().and_then(|s| s.client);
                (client.map(|ip| ip.to_string()), key.to_owned())
            }
        }
    }

    fn row(&self, status: &str, kind: Kind, key: &str, shown: &[Shown]) -> Map<String, Value> {
        let (host, what) = self.parts(kind, key, shown);
        let of_key = key.split('|').next().unwrap_or_default();
        let name = self
            .host(of_key)
            .and_then(Host::name)
            .map(|n| n.text.clone());
        let mut out = Map::new();
        let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
        put("status", object!(status));
        put("kind", object!(kind));
        put("host", object!(host));
        put("name", object!(name));
        put("what", object!(what));
        put("first", object!(shown.first().map(|s| s.time.epoch())));
        let evidence: Vec<String> = shown.iter().map(|s| names::evidence(s.packet)).collect();
        put("evidence", object!(evidence));
        out
    }

    fn deviation(&self, status: &str, d: &Deviation) -> Value {
        let mut out = self.row(status, d.kind, &d.key, &d.shown);
        numbers(&mut out, (d.p, d.q), (&d.then, &d.now));
        Value::Object(out)
    }

    fn changed(&self, c: &Changed) -> Value {
        let mut out = self.row("changed", c.kind, &c.key, &c.shown);
        numbers(&mut out, (c.p, c.q), (&c.then, &c.now));
        out.insert("ratio".to_owned(), object!(c.ratio));
        out.insert("interval".to_owned(), object!([c.interval.0, c.interval.1]));
        Value::Object(out)
    }

    fn more(&self, m: &More) -> Value {
        let mut out = self.row("changed", Kind::Host, &m.key, &[]);
        out.insert("kind".to_owned(), object!("volume"));
        let of = |n: usize| [m.usual.0, m.usual.1].get(n).copied();
        let hours = |hours: u32, n: usize| object!({ "hours": hours, "usual": of(n), "busiest": m.busiest.filter(|_| n == 1) });
        out.insert("then".to_owned(), hours(m.hours.0, 0));
        out.insert("now".to_owned(), hours(m.hours.1, 1));
        out.insert("ratio".to_owned(), object!(m.ratio()));
        out.insert("p".to_owned(), object!(m.p));
        out.insert("q".to_owned(), object!(m.q));
        Value::Object(out)
    }
}

fn numbers(out: &mut Map<String, Value>, (p, q): (f64, f64), (then, now): (&Seen, &Seen)) {
    let of = |s: &Seen| object!({ "hours": s.hours, "times": s.times, "sent": s.sent });
    out.insert("then".to_owned(), of(then));
    out.insert("now".to_owned(), of(now));
    out.insert("p".to_owned(), object!(p));
    out.insert("q".to_owned(), object!(q));
}

impl Compared {
    /// Is a finding new, known or changed; and what it was. Nothing where nothing was compared. Of what is loaded
    /// whole, a finding is known when one of its packets is earlier.
    pub(crate) fn status(
        &self,
        session: &Session,
        f: &Finding,
    ) -> Option<(&'static str, Option<&Known>)> {
        if self.refused.is_some() {
            return None;
        }
        let Some(earlier) = &self.parts.0 else {
            // What several hosts do alike stands under one of them, which may be another one the next day.
            let alike =
                |k: &&Known| k.detection == f.detection && !k.peer.is_empty() && k.peer == peer(f);
            let many = (!f.others.is_empty()).then(|| self.baseline.findings.values().find(alike));
            let was = self.baseline.findings.get(&f.id).or(many.flatten());
            return Some(match was {
                None => ("new", None),
                Some(k) if k.severity != f.severity.word() => ("changed", was),
                Some(_) => ("known", was),
            });
        };
        let holds = |part: &Part| {
            let mut packets = f.evidence.packets();
            packets.any(|p| session.entry(p).is_some_and(|e| part.holds(e.time, p)))
        };
        Some(match (holds(earlier), holds(&self.parts.1)) {
            (true, true) => ("known", None),
            (true, false) => ("gone", None),
            (false, _) => ("new", None),
        })
    }
}

/// The other side of a finding in a word.
fn peer(f: &Finding) -> String {
    let address = || f.dst.map(|ip| ip.to_string());
    f.domain.clone().or_else(address).unwrap_or_default()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    scope: Option<Scope>,
    /// Of the earlier part alone.
    #[serde(default)]
    earlier: bool,
}

/// The baseline of what is loaded, or of its earlier part.
struct BaselineOp {
    asked: Asked,
    merge: Merge,
    judging: Judging,
}

pub(crate) fn baseline(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(BaselineOp {
        asked: parse(args)?,
        merge: Merge::default(),
        judging: Judging::default(),
    }))
}

impl Op for BaselineOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let part = match cx.session.earlier.as_ref().filter(|_| self.asked.earlier) {
            Some(earlier) => match earlier.parts(cx.session).0 {
                Some(part) => part,
                None => return Err(request("what is earlier is a baseline already")).into(),
            },
            None => Part::default(),
        };
        let scope = self.asked.scope.as_ref();
        let Some(found) = self.judging.step(cx.session, scope, fuel) else {
            return Out::More;
        };
        let people = cx.session.people();
        let env = &people.environment;
        let mut document = cx.session.conclude(|input| {
            let activity = Activity::new(input, env);
            current(input, env, &activity, &part).document
        });
        if let Some(why) = document.refusal() {
            return Err(request(why)).into();
        }
        // What deviates from another baseline is nothing of this one.
        let rows = found
            .rows
            .iter()
            .filter(|f| !f.detection.starts_with("baseline."));
        for f in rows {
            let mut packets = f.evidence.packets();
            let session = &*cx.session;
            if packets.any(|p| session.entry(p).is_some_and(|e| part.holds(e.time, p))) {
                let known = Known {
                    severity: f.severity.word().to_owned(),
                    confidence: f.confidence,
                    detection: f.detection.to_owned(),
                    peer: peer(f),
                };
                document.findings.insert(f.id.clone(), known);
            }
        }
        json(&document).into()
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.judging.progress(), "checks"))
    }
}

/// What deviates, and which findings are new, known and changed.
struct CompareOp {
    asked: Asked,
    merge: Merge,
    judging: Judging,
}

pub(crate) fn compare(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(CompareOp {
        asked: parse(args)?,
        merge: Merge::default(),
        judging: Judging::default(),
    }))
}

impl Op for CompareOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = passed(self.merge.step(cx.session, input, fuel)) {
            return out;
        }
        let scope = self.asked.scope.as_ref();
        let Some(found) = self.judging.step(cx.session, scope, fuel) else {
            return Out::More;
        };
        let Some(c) = cx.session.compared.clone() else {
            return Ok(object!({ "earlier": null })).into();
        };
        let session = &*cx.session;
        let mut known = 0_u64;
        let mut findings: Vec<Value> = Vec::new();
        let mut gone: Vec<Value> = Vec::new();
        for f in &found.rows {
            let Some((status, was)) = c.status(session, f) else {
                continue;
            };
            if status == "known" {
                known += 1;
            }
            findings.push(object!({
                "status": status, "id": f.id, "detection": f.detection, "title": f.title,
                "severity": f.severity.word(), "was": was,
            }));
        }
        if c.refused.is_none() && c.parts.0.is_none() {
            let here: std::collections::BTreeSet<&str> =
                found.rows.iter().map(|f| f.id.as_str()).collect();
            for (id, was) in c
                .baseline
                .findings
                .iter()
                .filter(|(id, _)| !here.contains(id.as_str()))
            {
                gone.push(object!({ "status": "gone", "id": id, "was": was }));
            }
        }
        Ok(object!({
            "earlier": session.earlier.as_ref().map(Earlier::says),
            "refused": c.refused,
            "then": covers(&c.baseline),
            "now": c.now,
            "says": c.says,
            "rows": c.rows,
            "counts": c.counts,
            "findings": findings,
            "findings_gone": gone,
            "findings_known": known,
        }))
        .into()
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.judging.progress(), "checks"))
    }
}
