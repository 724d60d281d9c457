//! Sentences for the analyst's conclusion, drafted from answers, confirmed findings and pins alone; each cites what
//! it stands on. What the analyst keeps of them word for word is told apart from what they wrote.

use super::sections::finding_state;
use super::{Cx, rank};
use crate::report::material::{Answer, Finding};
use crate::report::text::visible;
use crate::report::words::{decision_words, group, plural};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Hosts named in a sentence; the rest are counted, all stand in the sections.
const HOSTS: usize = 4;
/// Hosts named in the first sentence.
const GOT: usize = 12;
/// Sentences on files, on findings and on pins, each.
const LINES: usize = 3;
/// Characters of somebody else's text in a sentence.
const SHOWN: usize = 80;

/// Somebody else's text within a sentence: on one line, short, and no reference of its own.
fn plain(text: &str) -> String {
    let text = visible(&text.replace(['\n', '\r', '\t'], " "));
    let mut out: String = text.trim().chars().take(SHOWN).collect();
    if text.trim().chars().count() > SHOWN {
        out.push('\u{2026}');
    }
    out.replace("[[", "[ [").replace("]]", "] ]")
}

/// A host with the packet that shows it.
type Shown<'a> = (&'a str, &'a str);

/// "192.0.2.23 [[p12]], 192.0.2.24 [[p40]] and 3 more".
fn hosts(list: &[Shown<'_>], most: usize) -> String {
    let named = list.iter().take(most).map(|(host, evidence)| {
        let host = plain(host);
        format!("{host} {evidence}").trim().to_owned()
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {} more", group(more as u64)),
    }
}

/// Of each host what shows the highest that it reached in one direction, inside scope and window.
fn best<'a>(cx: Cx<'a>, direction: &str) -> BTreeMap<&'a str, &'a Answer> {
    let mut out: BTreeMap<&str, &Answer> = BTreeMap::new();
    let counted = |a: &&Answer| a.in_scope && a.in_window && a.direction == direction;
    for a in cx.answers().iter().filter(counted) {
        let held = out.entry(&a.host).or_insert(a);
        if rank(&a.rung) < rank(&held.rung) {
            *held = a;
        }
    }
    out
}

fn first(evidence: &[String]) -> &str {
    evidence.first().map_or("", String::as_str)
}

fn of<'a>(all: &BTreeMap<&'a str, &'a Answer>, rungs: &[&str]) -> Vec<Shown<'a>> {
    let all = all.values().filter(|a| rungs.contains(&a.rung.as_str()));
    all.map(|a| (a.host.as_str(), first(&a.evidence))).collect()
}

/// The time that was looked at, as a reference.
fn looked_at(cx: Cx<'_>) -> Option<String> {
    let s = &cx.m.summary;
    let end = |t: &Option<String>| t.as_ref()?.parse::<weir_model::Timestamp>().ok();
    let (from, to) = (end(&s.first)?, end(&s.last)?);
    Some(weir_model::EvidenceRef::Time(from, to).to_string())
}

fn answered(cx: Cx<'_>, out: &mut Vec<String>) {
    if cx.m.answers.is_none() || cx.m.scope.indicators.is_empty() {
        return;
    }
    let received = best(cx, "received");
    let got = of(&received, &["delivered", "partial"]);
    if got.is_empty() {
        if let Some(time) = looked_at(cx) {
            out.push(format!(
                "No host received what was looked for, as far as these captures show {time}."
            ));
        }
    } else {
        out.push(format!(
            "{} received what was looked for, whole or in part: {}.",
            plural(got.len(), "host"),
            hosts(&got, GOT)
        ));
    }
    files(cx, out);
    let sent = of(&best(cx, "sent"), &["delivered", "partial"]);
    let hidden = of(&received, &["hidden"]);
    let asked = of(&received, &["refused", "contacted", "looked_up"]);
    for (list, says) in [
        (sent, "sent what was looked for"),
        (hidden, "exchanged what cannot be read"),
        (asked, "asked or looked up without receiving"),
    ] {
        if list.iter().any(|(_, evidence)| !evidence.is_empty()) {
            let count = plural(list.len(), "host");
            out.push(format!("{count} {says}: {}.", hosts(&list, HOSTS)));
        }
    }
}

/// What came whole, by its hash.
fn files(cx: Cx<'_>, out: &mut Vec<String>) {
    /// What one file was called, and by how many; who has it.
    type Copies<'a> = (BTreeMap<&'a str, usize>, BTreeSet<&'a str>);
    let mut by: BTreeMap<&str, Copies<'_>> = BTreeMap::new();
    let counted = |a: &&Answer| a.in_scope && a.in_window && a.direction == "received";
    for a in cx.answers().iter().filter(counted) {
        for f in a.files.iter().filter(|f| f.complete) {
            if let Some(hash) = &f.sha256 {
                let of = by.entry(hash).or_default();
                *of.0.entry(&f.name).or_default() += 1;
                of.1.insert(&a.host);
            }
        }
    }
    let mut all: Vec<_> = by.into_iter().collect();
    all.sort_by_key(|(hash, (_, hosts))| (std::cmp::Reverse(hosts.len()), *hash));
    for (hash, (names, hosts)) in all.into_iter().take(LINES) {
        // By the name that most have it under.
        let most = names
            .iter()
            .max_by_key(|(name, n)| (**n, std::cmp::Reverse(**name)));
        let name = most.map_or("", |(name, _)| *name);
        let also = match names.len() {
            0 | 1 => String::new(),
            n => format!(", under {n} names,"),
        };
        let name = match plain(name) {
            name if name.is_empty() => format!("A file without a name{also}"),
            name => format!("The file {name}{also}"),
        };
        let start: String = hash.chars().take(16).collect();
        let count = plural(hosts.len(), "host");
        out.push(format!("{name} came whole to {count} [[file:{start}]]."));
    }
}

/// Findings that the analyst confirmed, as ranked.
pub(super) fn confirmed<'a>(cx: Cx<'a>) -> Vec<&'a Finding> {
    let all = cx.m.findings.iter().flat_map(|f| &f.findings);
    all.filter(|f| finding_state(cx, f) == "confirmed")
        .collect()
}

fn found(cx: Cx<'_>, out: &mut Vec<String>) {
    let all = confirmed(cx);
    for f in all.iter().take(LINES) {
        let named = |src: &&str| !f.title.contains(*src);
        let host = f.src.as_deref().filter(named).map(plain);
        let host = host.map_or_else(String::new, |h| format!("{h}: "));
        let cited = format!("{} {}", finding_ref(f), first(&f.evidence));
        let title = plain(f.title.trim_end_matches('.'));
        out.push(format!(
            "Confirmed finding, {host}{title} {}.",
            cited.trim()
        ));
    }
    if let Some(rest) = all.get(LINES..).filter(|rest| !rest.is_empty()) {
        let cited: Vec<String> = rest.iter().take(HOSTS).map(|f| finding_ref(f)).collect();
        let count = plural(rest.len(), "more finding");
        out.push(format!(
            "{count} confirmed: {}{}.",
            cited.join(", "),
            if rest.len() > HOSTS {
                " and others"
            } else {
                ""
            }
        ));
    }
}

/// A finding as it is cited: by the id that stays, not by this session's number.
pub(crate) fn finding_ref(f: &Finding) -> String {
    let id: String = f.id.chars().filter(|c| !"[]".contains(*c)).collect();
    if id.starts_with("F-") {
        format!("[[{id}]]")
    } else {
        format!("[[{}]]", f.label)
    }
}

fn pinned(cx: Cx<'_>, out: &mut Vec<String>) {
    let pins = cx.case.live("pin").filter(|p| {
        let shown = p.now.text("snapshot").trim();
        let about = p.now.text("evidence");
        !shown.is_empty() && about.parse::<weir_model::EvidenceRef>().is_ok()
    });
    for p in pins.take(LINES) {
        out.push(format!(
            "Pinned: {} {}.",
            plain(p.now.text("snapshot")),
            super::notes::today(cx, p)
        ));
    }
}

fn proposed(cx: Cx<'_>, out: &mut Vec<String>) {
    let all = cx.m.decisions.iter().flatten();
    let mut groups: Vec<(&str, Vec<Shown<'_>>)> = Vec::new();
    for d in all.filter(|d| d.decision != "none" && d.in_scope) {
        let shown = (d.host.as_str(), first(&d.evidence));
        match groups.iter_mut().find(|g| g.0 == d.decision) {
            Some(group) => group.1.push(shown),
            None => groups.push((&d.decision, vec![shown])),
        }
    }
    let mut line = String::new();
    for (decision, list) in &groups {
        let Some((_, evidence)) = list.iter().find(|(_, e)| !e.is_empty()) else {
            continue;
        };
        let (words, count) = (decision_words(decision), plural(list.len(), "host"));
        let then = if line.is_empty() { "" } else { "; " };
        let _ = write!(line, "{then}{words}, {count} {evidence}");
    }
    if !line.is_empty() {
        out.push(format!("Proposed by the rule: {line}."));
    }
}

/// The sentences that can be drafted now, one a line.
pub(crate) fn draft(cx: Cx<'_>) -> Vec<String> {
    let mut out = Vec::new();
    answered(cx, &mut out);
    found(cx, &mut out);
    pinned(cx, &mut out);
    proposed(cx, &mut out);
    out
}

/// Who a line of the conclusion is by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum By {
    /// Drafted, and kept word for word.
    Weir,
    /// Written or changed by the analyst.
    Analyst,
}

/// The lines of a text, each with who it is by: `drafted` is the draft as it was made.
pub(crate) fn lines<'a>(
    text: &'a str,
    drafted: &'a str,
) -> impl Iterator<Item = (By, &'a str)> + 'a {
    let made: BTreeSet<&str> = drafted.lines().map(str::trim).collect();
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.map(move |line| {
        let by = if made.contains(line) {
            By::Weir
        } else {
            By::Analyst
        };
        (by, line.trim_start_matches("- "))
    })
}

/// What results were made from: the scope and the captures. Equal for the same files and the same questions,
/// in any browser and at any time.
pub(crate) fn inputs(cx: Cx<'_>) -> String {
    let mut all = Sha256::new();
    let scope = serde_json::to_string(&cx.m.scope).unwrap_or_default();
    all.update(scope.as_bytes());
    for c in &cx.m.summary.captures {
        let (first, last) = (&c.first, &c.last);
        // Without the hash: it comes later than the packets.
        let text = format!(
            ";{}:{}:{}:{first:?}:{last:?}:{}",
            c.capture, c.bytes, c.packets, c.offset
        );
        all.update(text.as_bytes());
    }
    let digest = all.finalize();
    digest.iter().take(16).fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
