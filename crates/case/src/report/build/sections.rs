//! What page one stands on: answers, files, findings, their times, what narrowed the view, and the method.

use super::{Cx, host};
use crate::report::material::{Answer, AnswerFile, File, Finding};
use crate::report::text::{Text, data, said};
use crate::report::words::{
    answer_words, between, bytes, group, indicator_words, issue_words, moment, plural, rung_words,
    span_words,
};
use crate::report::{Block, Section, Table};
use std::collections::BTreeMap;
use weir_model::Indicator;

pub(super) fn indicator(i: &Indicator) -> Text {
    said(indicator_words(i.kind)).said(" ").data(&i.value)
}

pub(super) fn times(first: Option<&str>, last: Option<&str>) -> Text {
    match (first, last) {
        (Some(a), Some(b)) => said(between(a, b)),
        (Some(t), None) | (None, Some(t)) => said(moment(t)),
        (None, None) => said("\u{2014}"),
    }
}

/// What all these sentences on what was checked begin with, up to the end of a part: said once above them.
fn common(all: &[&Answer]) -> String {
    let mut texts = all.iter().map(|a| a.checked.as_str());
    let parts = |text: &str| -> Vec<String> {
        let text = text.trim_end_matches('.');
        text.split("; ").map(str::to_owned).collect()
    };
    let mut shared = parts(texts.next().unwrap_or_default());
    for text in texts {
        let same = shared
            .iter()
            .zip(parts(text))
            .take_while(|(a, b)| **a == *b);
        let same = same.count();
        shared.truncate(same);
    }
    shared.join("; ")
}

/// Answers of one host that say the same on the same packets are one row, with all they are about.
fn rows<'a>(told: &[&'a Answer]) -> Vec<Vec<&'a Answer>> {
    let mut out: Vec<Vec<&Answer>> = Vec::new();
    let mut places: BTreeMap<_, usize> = BTreeMap::new();
    for a in told {
        let same = (
            (&a.host, &a.mac, &a.rung, &a.answer, &a.direction),
            (&a.evidence, &a.first, &a.last, &a.checked),
        );
        let place = *places.entry(same).or_insert(out.len());
        match out.get_mut(place) {
            Some(row) => row.push(a),
            None => out.push(vec![a]),
        }
    }
    out
}

pub(super) fn answers(cx: Cx<'_>) -> Section {
    let mut blocks = Vec::new();
    let parts = [
        ("", true, true),
        ("Outside your window", true, false),
        ("Outside your scope", false, true),
    ];
    for (title, scope, window) in parts {
        let of = |a: &&Answer| {
            a.in_scope == scope && (!scope || a.in_window == window || (window && a.rung == "none"))
        };
        let found: Vec<&Answer> = cx.answers().iter().filter(of).collect();
        let told: Vec<&Answer> = found.iter().copied().filter(|a| a.rung != "none").collect();
        if found.is_empty() || (!title.is_empty() && told.is_empty()) {
            continue;
        }
        if !title.is_empty() {
            blocks.push(Block::Heading(title.to_owned()));
        }
        if !told.is_empty() {
            let shared = common(&told);
            if !shared.is_empty() {
                blocks.push(Block::Line(data(format!("{shared}."))));
            }
            let grouped = rows(&told);
            let rows = grouped.iter().map(|r| answer(cx, r, &shared));
            blocks.push(Block::Table(Table {
                head: vec![
                    "Host",
                    "Looked for",
                    "Answer",
                    "When (UTC)",
                    "Why, and what was checked",
                    "Evidence",
                ],
                rows: rows.collect(),
            }));
        }
        blocks.extend(nothing(&found));
    }
    if blocks.is_empty() {
        blocks.push(Block::Nothing("No question was answered.".to_owned()));
    }
    let derived = cx.m.answers.iter().flat_map(|a| &a.derived);
    let derived: Vec<_> = derived
        .map(|d| {
            let line = indicator(&d.indicator)
                .said(" \u{2014} ")
                .data(&d.because)
                .said(" ");
            (0, line.and(cx.evidence(&d.evidence)))
        })
        .collect();
    if !derived.is_empty() {
        blocks.push(Block::Heading("Indicators for another pass".to_owned()));
        blocks.push(Block::List(derived));
    }
    Section {
        id: "answers",
        title: "Answers",
        blocks,
    }
}

fn answer(cx: Cx<'_>, same: &[&Answer], shared: &str) -> Vec<Text> {
    let Some(a) = same.first() else {
        return Vec::new();
    };
    let (mut what, mut why) = (Text::default(), Text::default());
    let mut reasons: Vec<&str> = Vec::new();
    for one in same {
        what = what.then("; ").and(indicator(&one.indicator));
        if let Some(by) = &one.by {
            what = what.said(", by ").data(by.replace('_', " "));
        }
        if !reasons.contains(&one.reason.as_str()) {
            why = why.then(" ").data(&one.reason);
            reasons.push(&one.reason);
        }
    }
    if a.direction == "sent" {
        what = what.said(" (sent)");
    }
    // What was seen needs no word on what else was looked at.
    if a.answer == "seen" {
    } else if !a.checked.is_empty() {
        // It says how much of the window is captured.
        let own = a.checked.strip_prefix(shared).unwrap_or(&a.checked);
        let own = own.trim_start_matches("; ").trim_start_matches('.');
        if !own.is_empty() {
            let mut own = own.chars();
            let capital = own.next().map(|c| c.to_ascii_uppercase());
            let own: String = capital.into_iter().chain(own).collect();
            why = why.then(" ").data(own);
        }
    } else if a.window_s > 0.0 {
        why = why.said(format!(
            "; in {} of {} captured",
            span_words(a.covered_s),
            span_words(a.window_s)
        ));
    }
    let evidence = if a.evidence.is_empty() {
        said("no packets")
    } else {
        cx.evidence(&a.evidence)
    };
    vec![
        host(a.name.as_deref(), &a.host, a.mac.as_deref()),
        what,
        Text::default()
            .strong(answer_words(&a.answer))
            .said(format!(", {}", rung_words(&a.rung))),
        times(a.first.as_deref(), a.last.as_deref()),
        why,
        evidence,
    ]
}

/// "Not seen, nothing" in one line per indicator, with what was checked.
fn nothing(found: &[&Answer]) -> Vec<Block> {
    let mut by: BTreeMap<(&Indicator, &str), Vec<&Answer>> = BTreeMap::new();
    for a in found.iter().filter(|a| a.rung == "none") {
        by.entry((&a.indicator, &a.direction)).or_default().push(a);
    }
    let line = |((i, direction), all): (&(&Indicator, &str), &Vec<&Answer>)| {
        let mut hosts: Vec<&str> = all.iter().map(|a| a.host.as_str()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let mut line = indicator(i);
        if *direction == "sent" {
            line = line.said(" (sent)");
        }
        line = line.said(format!(
            ": not seen, nothing, at {}",
            plural(hosts.len(), "host")
        ));
        let mut checked: Vec<&str> = all
            .iter()
            .map(|a| a.checked.as_str())
            .filter(|c| !c.is_empty())
            .collect();
        checked.sort_unstable();
        checked.dedup();
        match checked.as_slice() {
            [] => (0, line),
            [one] => (0, line.said(". ").data(one)),
            // What is said of one host alone is left out of a line for many.
            [one, ..] => {
                let common = one.split("; this host seen").next().unwrap_or(one);
                (0, line.said(". ").data(common).said("."))
            }
        }
    };
    if by.is_empty() {
        return Vec::new();
    }
    vec![Block::List(by.iter().map(line).collect())]
}

pub(super) fn digest(name: &'static str, value: Option<&str>, rest: Text) -> Text {
    match value {
        Some(v) => rest.said(format!(" {name} ")).code(v),
        None => rest,
    }
}

/// Files of the answers alone: where nobody asked who else had them.
pub(super) fn files(cx: Cx<'_>) -> Section {
    let mut asked: BTreeMap<&str, (&AnswerFile, &Answer)> = BTreeMap::new();
    for a in cx.answers() {
        for f in &a.files {
            asked.entry(&f.id).or_insert((f, a));
        }
    }
    let cards: BTreeMap<&str, &File> = cx.m.files.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut table = Table {
        head: vec![
            "File",
            "Size and hashes",
            "From, to",
            "When (UTC)",
            "Complete",
            "Evidence",
        ],
        rows: Vec::new(),
    };
    for (id, (f, a)) in &asked {
        let row = match cards.get(id) {
            Some(card) => file(cx, card),
            None => vec![
                data(&f.name).said(" (").code(id).said(")"),
                digest("SHA-256", f.sha256.as_deref(), said(bytes(f.size))),
                said("with ").code(&a.host),
                times(a.first.as_deref(), a.last.as_deref()),
                said(if f.complete { "yes" } else { "no" }),
                cx.evidence(&a.evidence),
            ],
        };
        table.rows.push(row);
    }
    let mut blocks = vec![if table.rows.is_empty() {
        Block::Nothing(
            if cx.m.answers.is_none() {
                "Nobody could look for files."
            } else {
                "No file was transferred that the scope looks for."
            }
            .to_owned(),
        )
    } else {
        Block::Table(table)
    }];
    if cx.m.files_left > 0 {
        blocks.push(Block::Line(said(format!(
            "Of {} more files only what the answers say is listed.",
            cx.m.files_left
        ))));
    }
    Section {
        id: "files",
        title: "Files",
        blocks,
    }
}

fn file(cx: Cx<'_>, f: &File) -> Vec<Text> {
    let mut names = Text::default();
    for (n, name) in f.names.iter().enumerate() {
        if n > 0 {
            names = names.said("; also ");
        }
        names = names
            .data(&name.text)
            .said(" (")
            .data(&name.place)
            .said(")");
    }
    if f.names.is_empty() {
        names = said("without a name");
    }
    if let Some(content) = &f.content_type {
        names = names.said("; content: ").data(content);
    }
    if let Some(declared) = &f.declared_type {
        names = names.said("; declared: ").data(declared);
    }
    for r in &f.remarks {
        names = names.said("; ").data(r);
    }
    let mut size = said(bytes(f.size));
    if let Some(declared) = f.declared_size.filter(|d| *d != f.size) {
        size = size.said(format!(" of {} declared", group(declared)));
    }
    size = if f.pending {
        size.said("; hashes not computed yet")
    } else {
        let size = digest("SHA-256", f.sha256.as_deref(), size.said(";"));
        let size = digest("SHA-1", f.sha1.as_deref(), size);
        digest("MD5", f.md5.as_deref(), size)
    };
    let (from, to) = if f.direction == "sent" {
        (&f.client, &f.server)
    } else {
        (&f.server, &f.client)
    };
    let mut packets: Vec<String> = f.request.iter().cloned().collect();
    packets.extend(
        [f.first.clone(), f.last.clone()]
            .into_iter()
            .filter(|p| !p.is_empty()),
    );
    packets.dedup();
    vec![
        names,
        size,
        Text::default()
            .code(from)
            .said(" to ")
            .code(to)
            .said(format!(
                ", {} over ",
                if f.direction == "sent" {
                    "sent"
                } else {
                    "received"
                }
            ))
            .data(&f.protocol),
        times(f.first_time.as_deref(), f.last_time.as_deref()),
        match (&f.incomplete, f.complete) {
            (_, true) => said("yes"),
            (Some(why), false) => said("no: ").data(why),
            (None, false) => said("no"),
        },
        cx.packets(&packets),
    ]
}

/// What the analyst did with a finding, and why.
fn judged<'a>(cx: Cx<'a>, f: &Finding) -> (&'a str, &'a str) {
    let mut items = cx.case.live("dismissal");
    items
        .rfind(|i| i.now.text("finding") == f.id)
        .map_or(("open", ""), |i| {
            (i.now.text("state"), i.now.text("reason"))
        })
}

/// The state of a finding: `confirmed`, `dismissed`, `allowed` by a rule, else `open`.
pub(crate) fn finding_state(cx: Cx<'_>, f: &Finding) -> &'static str {
    match judged(cx, f).0 {
        "confirmed" => "confirmed",
        "dismissed" => "dismissed",
        _ if !f.allowed.is_empty() => "allowed",
        _ => "open",
    }
}

pub(crate) fn open_findings(cx: Cx<'_>) -> usize {
    let all = cx.m.findings.iter().flat_map(|f| &f.findings);
    all.filter(|f| finding_state(cx, f) == "open").count()
}

/// Notes of one detection that are printed.
const NOTES: usize = 5;
/// The detection that repeats what the answers say.
const ANSWERED: &str = "indicator.seen";

/// What the findings of one detection have in common: when it is harmless, and what settles it.
fn shared(all: &[&Finding]) -> Option<Text> {
    let f = all.first()?;
    let innocent = all.iter().all(|g| g.innocent == f.innocent);
    let settle = all.iter().all(|g| g.settle == f.settle);
    let mut out = Text::default();
    if innocent && !f.innocent.is_empty() {
        let text = f.innocent.trim_end_matches('.');
        out = out.said("Harmless if: ").data(text).said(".");
    }
    if settle && !f.settle.is_empty() {
        let text = f.settle.trim_end_matches('.');
        out = out.then(" ").said("What settles it: ").data(text).said(".");
    }
    (!out.is_empty()).then_some(out)
}

fn finding(cx: Cx<'_>, f: &Finding, explained: bool) -> Vec<Text> {
    let mut why = data(&f.why);
    let reason = judged(cx, f).1.trim();
    if !reason.is_empty() {
        why = why
            .said(" \u{2014} the analyst: ")
            .and(cx.refs.typed(reason));
    }
    if !f.allowed.is_empty() {
        why = why.said(" \u{2014} allowed: ").data(&f.allowed);
    }
    if explained && !f.innocent.is_empty() {
        why = why
            .said(" \u{2014} innocent explanations: ")
            .data(&f.innocent);
    }
    if explained && !f.settle.is_empty() {
        why = why.said(" \u{2014} what settles it: ").data(&f.settle);
    }
    let mut title = data(&f.label).said(" ").data(&f.title);
    if !f.techniques.is_empty() {
        title = title.said(" (").data(f.techniques.join(", ")).said(")");
    }
    vec![
        title,
        said(format!(
            "{}, {:.0} %",
            f.severity,
            f.confidence.clamp(0.0, 1.0) * 100.0
        )),
        times(f.first.as_deref(), f.last.as_deref()),
        why,
        cx.evidence(&f.evidence),
    ]
}

/// Findings by detection, in the order in which the first of each is ranked; what is said of all of one is said once.
fn by_detection(cx: Cx<'_>, of: &[&Finding], open: bool) -> Vec<Vec<Text>> {
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    for f in of {
        match groups.iter_mut().find(|g| g.0 == f.detection) {
            Some(group) => group.1.push(f),
            None => groups.push((&f.detection, vec![f])),
        }
    }
    let checked = cx.m.findings.iter().flat_map(|f| &f.checked);
    let titles: BTreeMap<&str, &str> = checked
        .map(|c| (c.detection.as_str(), c.title.as_str()))
        .collect();
    let mut rows = Vec::new();
    for (detection, group) in &groups {
        let said_once = open.then(|| shared(group)).flatten();
        if let Some(once) = &said_once {
            let title = titles.get(detection).copied().unwrap_or(detection);
            let head = Text::default().strong(title).said(". ");
            rows.push(vec![head.and(once.clone())]);
        }
        // Alarms are all listed. Of notes, of which there may be hundreds alike, some stand for the rest.
        let (mut notes, mut left) = (0, 0);
        for f in group {
            notes += usize::from(open && !f.alarm());
            if open && !f.alarm() && notes > NOTES {
                left += 1;
                continue;
            }
            rows.push(finding(cx, f, open && said_once.is_none()));
        }
        if left > 0 {
            rows.push(vec![said(format!(
                "And {} like these, below an alarm; step 6 and weir findings list every one.",
                plural(left, "note")
            ))]);
        }
    }
    rows
}

pub(super) fn findings(cx: Cx<'_>) -> Section {
    let mut blocks = vec![Block::Line(said(
        "Findings are hypotheses with evidence, never verdicts.",
    ))];
    let all = cx.m.findings.as_ref().map_or(&[][..], |f| &f.findings);
    let answered = cx.m.answers.is_some();
    let mut repeated = 0;
    for (state, title) in [
        ("confirmed", "Confirmed by the analyst"),
        ("open", "Open: not judged yet"),
        ("dismissed", "Set aside by the analyst"),
        ("allowed", "Expected here, by a rule of the analyst"),
    ] {
        let open = state == "open";
        let mut of: Vec<&Finding> = all
            .iter()
            .filter(|f| finding_state(cx, f) == state)
            .collect();
        if open && answered {
            let before = of.len();
            of.retain(|f| f.detection != ANSWERED);
            repeated = before - of.len();
        }
        if of.is_empty() {
            continue;
        }
        blocks.push(Block::Heading(format!("{title} ({})", of.len())));
        blocks.push(Block::Table(Table {
            head: vec![
                "Finding",
                "Severity, confidence",
                "When (UTC)",
                "Why",
                "Evidence",
            ],
            rows: by_detection(cx, &of, open),
        }));
    }
    if repeated > 0 {
        blocks.push(Block::Line(said(format!(
            "{} more, open too, only repeat what stands under Answers: an indicator of the scope was seen.",
            plural(repeated, "finding")
        ))));
    }
    match &cx.m.findings {
        None => blocks.push(Block::Nothing("Detections did not run.".to_owned())),
        Some(f) => {
            let checked = f.checked.iter().filter(|c| c.findings == 0);
            let lines: Vec<_> = checked
                .map(|c| (0, data(&c.title).said(": ").data(&c.says)))
                .collect();
            if !lines.is_empty() {
                blocks.push(Block::Heading("Checked, nothing found".to_owned()));
                blocks.push(Block::List(lines));
            }
        }
    }
    Section {
        id: "findings",
        title: "Findings",
        blocks,
    }
}

pub(super) fn exclusions(cx: Cx<'_>) -> Section {
    let mut blocks = vec![Block::Line(said(
        "Narrowing decides what is shown, never what is checked: answers use all packets.",
    ))];
    let rows: Vec<_> = cx
        .case
        .live("exclusion")
        .map(|e| {
            let v = &e.now;
            let state = if v.flag("on") { "on" } else { "off" };
            vec![
                data(v.text("name")),
                cx.refs.typed(v.text("reason")),
                Text::default().code(v.text("filter")),
                said(state),
            ]
        })
        .collect();
    blocks.push(if rows.is_empty() {
        Block::Nothing("Nothing was excluded from view.".to_owned())
    } else {
        Block::Table(Table {
            head: vec!["Excluded from view", "Reason", "Filter", "State"],
            rows,
        })
    });
    let saved: Vec<_> = cx
        .case
        .live("filter")
        .map(|f| (0, Text::default().code(f.now.text("filter"))))
        .collect();
    if !saved.is_empty() {
        blocks.push(Block::Heading("Filters kept in the case".to_owned()));
        blocks.push(Block::List(saved));
    }
    let decoded: Vec<_> = cx
        .case
        .live("decode_as")
        .map(|d| {
            let v = &d.now;
            vec![
                data(v.text("key")),
                said(v.number("value").to_string()),
                data(v.text("protocol")),
            ]
        })
        .collect();
    if !decoded.is_empty() {
        blocks.push(Block::Heading("Decoded as the analyst says".to_owned()));
        blocks.push(Block::Table(Table {
            head: vec!["Key", "Value", "Protocol"],
            rows: decoded,
        }));
    }
    Section {
        id: "exclusions",
        title: "Exclusions and narrowing",
        blocks,
    }
}

pub(super) fn method(cx: Cx<'_>) -> Section {
    let scope = &cx.m.scope;
    let mut lines = vec![(0, said(format!("Issue: {}", issue_words(scope.issue))))];
    if let Some(issue) = cx.case.live("issue").next_back() {
        for (member, title) in [
            ("reported_by", "reported by"),
            ("noticed", "noticed"),
            ("severity", "severity, as guessed at first"),
        ] {
            let text = issue.now.text(member).trim();
            if !text.is_empty() {
                lines.push((1, said(format!("{title}: ")).data(text)));
            }
        }
    }
    for goal in cx.case.scope_entries("goal") {
        lines.push((0, said("Goal: ").and(cx.refs.typed(goal.now.text("value")))));
    }
    let mut named = |title: &str, values: Vec<String>| {
        if !values.is_empty() {
            lines.push((0, said(format!("{title}: ")).data(values.join(", "))));
        }
    };
    named(
        "Target networks",
        scope.networks.iter().map(ToString::to_string).collect(),
    );
    named(
        "Target hosts",
        scope.hosts.iter().map(ToString::to_string).collect(),
    );
    named("Taken out", scope.exclude.clone());
    named("Protocols", scope.protocols.clone());
    if !scope.indicators.is_empty() {
        lines.push((0, said("Looked for:")));
        lines.extend(scope.indicators.iter().map(|i| (1, indicator(i))));
    }
    lines.push((0, said(format!("Passes: {}", cx.case.passes()))));
    let mut blocks = vec![Block::List(lines)];
    let done: Vec<_> = cx
        .case
        .live("done_when")
        .map(|d| {
            let mark = if d.now.flag("done") {
                "done: "
            } else {
                "not done: "
            };
            (0, said(mark).and(cx.refs.typed(d.now.text("text"))))
        })
        .collect();
    if !done.is_empty() {
        blocks.push(Block::Heading("Done when".to_owned()));
        blocks.push(Block::List(done));
    }
    blocks.push(Block::Heading(
        "How answers and decisions come about".to_owned(),
    ));
    let rule = [
        "Per host and indicator the answer is the highest rung reached: delivered, partly delivered, cannot be read, asked and refused, contacted, looked up, nothing. The first two are \u{201c}seen\u{201d}, the third is \u{201c}cannot tell\u{201d}, the others are \u{201c}not seen\u{201d}.",
        "Delivered, with later check-ins or traffic from host to host: isolate now. Delivered or partly delivered: isolate and examine.",
        "Cannot be read: examine the host, the network cannot clear it. Refused: find out what asked. Looked up or contacted: watch.",
        "A finding is a hypothesis. Check-ins and traffic from host to host that the analyst confirmed: isolate now; another confirmed finding of somebody at work on a host: isolate and examine. An alarm that nobody has judged, or a host worked on by one with an alarm: examine the host. Alarms of another kind: find out what did it.",
        "Whatever the analyst decides otherwise is shown as the analyst\u{2019}s, with the reason.",
    ];
    blocks.push(Block::List(rule.iter().map(|r| (0, said(*r))).collect()));
    Section {
        id: "method",
        title: "Method",
        blocks,
    }
}
