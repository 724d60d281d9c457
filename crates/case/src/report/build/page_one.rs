//! Page one: what somebody decides on. Everything on it has a bound in lines and characters, so that it stays one
//! page whatever the case; what has no room stands behind it, and page one says where.

use super::draft::{By, confirmed, finding_ref, lines};
use super::hosts::{affected, none, urgency, whose};
use super::{Cx, highest, limits, waiting};
use crate::notes::Run;
use crate::report::text::{Span, Text, said};
use crate::report::words::{RUNGS, clock, decision_words, group, plural, rung_words};
use crate::report::{Block, Decided, Entry, PAGE_ONE_HOSTS, PAGE_ONE_WORDS, Section, Table};

/// Lines of the conclusion.
const CONCLUSION: usize = 8;
/// Characters of the question, and of other text of people.
const TYPED: usize = 200;
/// Words of the question.
const QUESTION_WORDS: usize = 40;
/// Characters of a host's name.
const NAME: usize = 24;
/// Up to this many hosts, each has its MAC.
const WITH_MAC: usize = 8;
/// Words of the analyst's reasons.
const REASON_WORDS: usize = 8;
/// Height of page one in lines of its print: what fits on a sheet of Letter, with a margin for wide letters.
const PAGE_LINES: f64 = 57.0;
/// Characters of the title that fit on one line of its size.
const TITLE_CHARS: usize = 55;
/// Characters of a line in print, on average letters.
const LINE_CHARS: usize = 104;

/// How much page one shows. Where it would be too long, it is built at its shortest, and grows where there is room.
#[derive(Clone, Copy, PartialEq)]
struct Room {
    /// Lines of each list; the rest stand in the sections.
    lines: usize,
    /// Words and characters of the conclusion.
    conclusion: (usize, usize),
    /// Hosts are named, not only addressed.
    names: bool,
    /// What was found stands in a table, not in a line.
    table: bool,
    /// Reasons that are written out.
    reasons: usize,
    /// Characters of all hosts with their evidence.
    hosts: usize,
}

/// From the fullest to what always fits.
const ROOMS: [Room; 4] = [
    Room {
        lines: 5,
        conclusion: (90, 700),
        names: true,
        table: true,
        reasons: 2,
        hosts: 1700,
    },
    Room {
        lines: 4,
        conclusion: (75, 600),
        names: true,
        table: false,
        reasons: 1,
        hosts: 1500,
    },
    Room {
        lines: 3,
        conclusion: (60, 500),
        names: false,
        table: false,
        reasons: 0,
        hosts: 1400,
    },
    Room {
        lines: 2,
        conclusion: (40, 350),
        names: false,
        table: false,
        reasons: 0,
        hosts: 1000,
    },
];

/// What grows first where there is room: who is affected, then what is concluded, then the lists.
const GROWS: [fn(&mut Room, &Room); 6] = [
    |room, more| room.hosts = more.hosts,
    |room, more| room.conclusion = more.conclusion,
    |room, more| room.lines = more.lines,
    |room, more| room.reasons = more.reasons,
    |room, more| room.names = more.names,
    |room, more| room.table = more.table,
];

/// Page one and what it had no room for.
pub(super) struct First {
    pub(super) section: Section,
    /// Whole, to stand in another section.
    pub(super) moved: Vec<Block>,
    /// Words with everything that the analyst wrote, and else at its shortest.
    pub(super) wanted: usize,
}

pub(super) fn section(cx: Cx<'_>) -> First {
    let title = super::title(cx.case);
    let fits = |first: &First| {
        first.section.words() <= PAGE_ONE_WORDS && height(&title, &first.section) <= PAGE_LINES
    };
    let full = filled(cx, ROOMS[0]);
    let mut room = ROOMS[3];
    let mut first = filled(cx, room);
    // What is left when all else is at its shortest is what the analyst wrote.
    let wanted = first.wanted;
    if fits(&full) {
        return First { wanted, ..full };
    }
    for more in ROOMS.into_iter().rev().skip(1) {
        for grow in GROWS {
            let mut wider = room;
            grow(&mut wider, &more);
            if wider == room {
                continue;
            }
            let tried = filled(cx, wider);
            if fits(&tried) {
                (room, first) = (wider, tried);
            }
        }
    }
    First { wanted, ..first }
}

/// How many lines a section takes in print, rather more than fewer: the style of page one in numbers.
fn height(title: &str, section: &Section) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let lines = |chars: usize| chars.div_ceil(LINE_CHARS).max(1) as f64;
    let of = |b: &Block| match b {
        Block::Line(t) => lines(t.chars()) * 1.04 + 0.3,
        Block::Nothing(t) => lines(t.chars().count()) * 1.04 + 0.3,
        Block::Heading(_) => 2.1,
        Block::List(l) => l.iter().map(|(_, t)| lines(t.chars()) * 1.05).sum::<f64>() + 0.3,
        Block::Outline(l) => {
            let all = l.iter().flat_map(Entry::lines);
            all.map(|t| lines(t.chars()) * 1.05).sum::<f64>() + 0.3
        }
        Block::Table(t) => t.rows.iter().map(|_| 1.35).sum::<f64>() + 1.85,
        Block::Drawing { .. } => 0.0,
    };
    let title = if title.chars().count() > TITLE_CHARS {
        4.6
    } else {
        2.6
    };
    title + section.blocks.iter().map(of).sum::<f64>()
}

fn filled(cx: Cx<'_>, room: Room) -> First {
    let mut behind = Vec::new();
    let mut saved = 0;
    let mut blocks = vec![question(cx, &mut behind, &mut saved), window(cx)];
    if cx.m.summary.captures.is_empty() {
        let known = super::remembered(cx.case).len();
        blocks.push(Block::Line(Text::default().strong(format!(
            "Made with no capture loaded: nothing here was looked up in packets. The case speaks of {}.",
            plural(known, "capture")
        ))));
    }
    blocks.extend(conclusion(cx, room, &mut behind, &mut saved));
    blocks.push(Block::Heading("What was found".to_owned()));
    blocks.extend(counts(cx, room));
    blocks.extend(found(cx, room));
    blocks.push(Block::Heading("Affected hosts and what to do".to_owned()));
    blocks.extend(hosts(cx, room));
    blocks.push(Block::Heading("Cost of waiting".to_owned()));
    blocks.push(list(waiting::short(cx), room));
    blocks.push(Block::Heading("What would change our mind".to_owned()));
    blocks.push(list(change(cx), room));
    blocks.push(Block::Heading("What the capture cannot show".to_owned()));
    blocks.push(list(limits::short(cx), room));
    blocks.push(Block::Nothing(marks(cx)));
    let without = crate::report::layout::without(cx.case);
    if !without.is_empty() {
        let listed: Vec<&str> = without.iter().map(|p| p.1).collect();
        let listed = listed.join(", ");
        blocks.push(Block::Nothing(format!(
            "Left out of this report by the analyst: {listed}."
        )));
    }
    let section = Section {
        id: "decide",
        title: "For the decision",
        blocks,
    };
    First {
        wanted: section.words() + saved,
        section,
        moved: behind,
    }
}

/// What the marks of evidence mean, for who never saw Weir.
fn marks(cx: Cx<'_>) -> String {
    let named = if cx.refs.letters {
        "B:p12: packet 12 of capture B"
    } else {
        "p12: packet 12 of the capture"
    };
    format!("{named}, numbered as in Wireshark.")
}

/// A line with its text cut after so many characters; what is cited stays.
pub(super) fn short(line: Text, most: usize) -> Text {
    let mut left = most;
    let mut out = Text::default();
    for span in line.0 {
        let cut = |t: String, left: &mut usize| {
            let count = t.chars().count();
            if count <= *left {
                *left -= count;
                return t;
            }
            let mut kept: String = t.chars().take(*left).collect();
            if *left > 0 {
                kept.push('\u{2026}');
            }
            *left = 0;
            kept
        };
        out.0.push(match span {
            Span::Said(t) => Span::Said(cut(t, &mut left)),
            Span::Strong(t) => Span::Strong(cut(t, &mut left)),
            Span::Data(t) => Span::Data(cut(t, &mut left)),
            Span::Code(t) => Span::Code(cut(t, &mut left)),
            Span::Run(r) => Span::Run(Run {
                text: cut(r.text, &mut left),
                ..r
            }),
            Span::Ref { written, words } => {
                // A reference is not cut in two.
                if left == 0 {
                    if !matches!(out.0.last(), Some(Span::Said(t)) if t == "\u{2026}") {
                        out.0.push(Span::Said("\u{2026}".to_owned()));
                    }
                    continue;
                }
                left = left.saturating_sub(words.chars().count());
                Span::Ref { written, words }
            }
        });
    }
    out
}

fn list(mut lines: Vec<Text>, room: Room) -> Block {
    let left = lines.len().saturating_sub(room.lines);
    lines.truncate(room.lines);
    if left > 0 {
        lines.push(said(format!("And {left} more, further on.")));
    }
    let lines = lines.into_iter().map(|l| (0, short(l, TYPED)));
    Block::List(lines.collect())
}

/// The first words of a text, within so many words and characters; and whether that is all of it.
fn head(text: &str, words: usize, chars: usize) -> (String, bool) {
    let mut out = String::new();
    let mut used = 0;
    for (count, word) in text.split_inclusive(char::is_whitespace).enumerate() {
        let len = word.chars().count();
        if count == words || used + len > chars {
            // One word longer than all the room is cut within.
            if count == 0 {
                out.extend(word.chars().take(chars));
            }
            return (format!("{}\u{2026}", out.trim_end()), false);
        }
        out.push_str(word);
        used += len;
    }
    (out.trim_end().to_owned(), true)
}

fn question(cx: Cx<'_>, behind: &mut Vec<Block>, saved: &mut usize) -> Block {
    let q = cx.m.scope.question.trim();
    if q.is_empty() {
        return Block::Nothing("No question was written down.".to_owned());
    }
    let (shown, whole) = head(q, QUESTION_WORDS, TYPED);
    let line = |text: &str| {
        Text::default()
            .strong("Question:")
            .said(" ")
            .and(cx.refs.typed(text))
    };
    let out = line(&shown);
    if !whole {
        *saved += line(q).words().saturating_sub(out.words());
        behind.push(Block::Line(line(q)));
    }
    Block::Line(out)
}

/// One line of the conclusion, with who it is by where both wrote it.
fn concluded(cx: Cx<'_>, (by, line): (By, &str), marked: bool) -> Text {
    let typed = cx.refs.typed(line);
    match (marked, by) {
        (false, _) => typed,
        (true, By::Weir) => Text::default().strong("W").said(" ").and(typed),
        (true, By::Analyst) => Text::default().strong("A").said(" ").and(typed),
    }
}

/// What the analyst concludes: their words, and what they kept of a draft, told apart.
fn conclusion(cx: Cx<'_>, most: Room, behind: &mut Vec<Block>, saved: &mut usize) -> Vec<Block> {
    let notes = cx.case.live("note");
    let notes = notes.filter(|n| n.now.text("role") == "summary");
    let all: Vec<(By, &str)> = notes
        .flat_map(|n| lines(n.now.text("text"), n.now.text("drafted")))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let kept = all.iter().any(|l| l.0 == By::Weir);
    let texts: Vec<Text> = all.iter().map(|l| concluded(cx, *l, kept)).collect();
    let mut room = most.conclusion;
    let mut shown = Vec::new();
    for text in texts.iter().take(CONCLUSION) {
        let chars = text.chars();
        if text.words() > room.0 || chars > room.1 {
            break;
        }
        room = (room.0 - text.words(), room.1 - chars);
        shown.push((0, text.clone()));
    }
    let mut out = vec![Block::Heading("Conclusion of the analyst".to_owned())];
    let left = texts.len() - shown.len();
    if left > 0 {
        if shown.is_empty()
            && let Some(first) = texts.first()
        {
            shown.push((0, short(first.clone(), TYPED)));
        }
        shown.push((0, said("Continued under In full.")));
        // A draft is cut without a word: what counts is what the analyst wrote.
        let hidden = all.iter().zip(&texts).skip(texts.len() - left);
        let theirs = hidden.filter(|(line, _)| line.0 == By::Analyst);
        *saved += theirs.map(|(_, text)| text.words()).sum::<usize>();
        behind.push(Block::Line(
            Text::default().strong("Conclusion of the analyst, in full:"),
        ));
        behind.push(Block::List(texts.iter().map(|t| (0, t.clone())).collect()));
    }
    out.push(Block::List(shown));
    if kept {
        out.push(Block::Nothing(
            "W: drafted by Weir, kept word for word. A: the analyst\u{2019}s words.".to_owned(),
        ));
    }
    out
}

fn window(cx: Cx<'_>) -> Block {
    let w = cx.m.scope.window;
    let end = |t: Option<weir_model::Timestamp>| t.map(|t| clock(&t.epoch()));
    let mut line = match (end(w.from), end(w.to)) {
        (Some(from), Some(to)) => said(format!("Window: {from} to {to}")),
        (Some(from), None) => said(format!("Window: from {from}")),
        (None, Some(to)) => said(format!("Window: up to {to}")),
        (None, None) => said("Window: all of the captures"),
    };
    if let Some(covered) = limits::coverage(cx) {
        line = line.said("; ").and(covered);
    }
    Block::Line(line.said("."))
}

fn counts(cx: Cx<'_>, room: Room) -> Vec<Block> {
    if cx.m.scope.indicators.is_empty() {
        return vec![Block::Nothing(
            "The scope names nothing to look for.".to_owned(),
        )];
    }
    if cx.m.answers.is_none() {
        return vec![Block::Nothing(
            "The questions could not be answered.".to_owned(),
        )];
    }
    let received = highest(cx.answers(), "received");
    let of = |rung: &str| received.values().filter(|r| **r == rung).count();
    // Of each host the first packet that shows it.
    let shown = |rung: &str| -> Vec<String> {
        let at = |host: &str| {
            let all = cx.answers().iter();
            let mut of =
                all.filter(|a| a.host == host && a.rung == rung && a.direction == "received");
            of.find_map(|a| a.evidence.first().cloned())
        };
        received
            .iter()
            .filter(|(_, r)| **r == rung)
            .filter_map(|(host, _)| at(host))
            .collect()
    };
    let met = RUNGS.iter().filter(|r| of(r) > 0);
    let mut out = vec![if room.table {
        let row = |r: &&str| {
            let evidence = cx.refs.list(&shown(r), 3);
            vec![said(rung_words(r)), said(of(r).to_string()), evidence]
        };
        Block::Table(Table {
            head: vec!["Highest reached", "Hosts", "Evidence"],
            rows: met.map(row).collect(),
        })
    } else {
        let mut line = said("Hosts by the highest that each reached: ");
        for (n, r) in met.enumerate() {
            let then = if n == 0 { "" } else { "; " };
            line = line.said(format!("{then}{} {} ", rung_words(r), of(r)));
            line = line.and(cx.evidence(shown(r).get(..1).unwrap_or_default()));
        }
        Block::Line(line.said("."))
    }];
    let outside: std::collections::BTreeSet<&str> = cx
        .answers()
        .iter()
        .filter(|a| {
            a.in_scope
                && !a.in_window
                && a.direction == "received"
                && super::rank(&a.rung) <= super::rank("partial")
        })
        .map(|a| a.host.as_str())
        .filter(|host| {
            received
                .get(host)
                .is_none_or(|r| super::rank(r) > super::rank("partial"))
        })
        .collect();
    if !outside.is_empty() {
        let listed: Vec<&str> = outside.iter().copied().take(3).collect();
        let more = outside.len() - listed.len();
        let mut line = said(format!(
            "Received outside the window only, and not counted above: {}, ",
            plural(outside.len(), "host")
        ));
        line = line.code(listed.join(", "));
        if more > 0 {
            line = line.said(format!(" and {more} more"));
        }
        out.push(Block::Line(line.said(".")));
    }
    let sent = highest(cx.answers(), "sent");
    let sent = sent
        .values()
        .filter(|r| super::rank(r) <= super::rank("partial"))
        .count();
    if sent > 0 {
        let line = said(format!(
            "{} sent what was looked for.",
            plural(sent, "host")
        ));
        out.push(Block::Line(line));
    }
    out
}

/// Confirmed findings, in a line each.
fn found(cx: Cx<'_>, room: Room) -> Vec<Block> {
    let all = confirmed(cx);
    if all.is_empty() {
        return Vec::new();
    }
    let lines = all.iter().map(|f| {
        let mut line = said("Confirmed: ");
        if let Some(src) = f.src.as_ref().filter(|src| !f.title.contains(*src)) {
            line = line.code(src).said(" ");
        }
        line.data(&f.title)
            .said(" ")
            .and(cx.refs.one(&finding_ref(f)))
            .said(", ")
            .and(cx.evidence(f.evidence.get(..1).unwrap_or_default()))
    });
    vec![list(lines.collect(), room)]
}

/// A host as it stands in a group: name and address, its MAC where few hosts are listed.
fn who(d: &Decided, names: bool, mac: bool) -> Text {
    let p = &d.proposed;
    let name: Option<String> = p.name.as_ref().map(|n| n.chars().take(NAME).collect());
    let host = super::host(
        name.as_deref().filter(|_| names),
        &p.host,
        p.mac.as_deref().filter(|_| mac),
    );
    if p.in_scope {
        host
    } else {
        host.said(" (out of scope)")
    }
}

/// Each decision in a line, with its hosts by what they reached.
fn hosts(cx: Cx<'_>, room: Room) -> Vec<Block> {
    let all = affected(cx);
    if all.is_empty() {
        return vec![Block::Nothing(none(cx).to_owned())];
    }
    let mac = all.len() <= WITH_MAC;
    let undecided = all.iter().all(|d| !d.confirmed);
    let (mut chars, mut hosts, mut reasons) = (room.hosts, PAGE_ONE_HOSTS, room.reasons);
    let mut lines = Vec::new();
    for of in all.chunk_by(|a, b| urgency(&a.decision) == urgency(&b.decision)) {
        let Some(first) = of.first() else { continue };
        let count = of.len();
        let title = format!("{} ({count})", decision_words(&first.decision));
        let mut line = Text::default().strong(title);
        let mut named = 0;
        let mut rung = "";
        for d in of {
            let mut item = Text::default();
            // Without a decision nothing of a ladder led here, but findings.
            if d.proposed.rung != rung && !d.decision.is_empty() {
                rung = &d.proposed.rung;
                let reached = match rung {
                    "none" => "by findings",
                    rung => rung_words(rung),
                };
                item = item.said(reached).said(": ");
            }
            item = item.and(who(d, room.names, mac));
            if d.theirs && reasons > 0 {
                reasons -= 1;
                let mut reason = d.clone();
                reason.reason = head(d.reason.trim(), REASON_WORDS, TYPED / 2).0;
                item = item.said(" \u{2014} ").and(whose(&reason));
            } else if d.theirs {
                item = item.said(" \u{2014} analyst\u{2019}s decision");
            } else if !undecided && !d.confirmed && !d.decision.is_empty() {
                item = item.said(" \u{2014} proposed");
            }
            let evidence = d.proposed.evidence.get(..1).unwrap_or_default();
            if !evidence.is_empty() {
                item = item.said(" ").and(cx.evidence(evidence));
            }
            let long = item.chars() + 2;
            if hosts == 0 || long > chars {
                break;
            }
            (chars, hosts) = (chars - long, hosts - 1);
            line = line.said(if named == 0 { " " } else { "; " }).and(item);
            named += 1;
        }
        let more = group((count - named) as u64);
        if named == 0 {
            line = line.said(" listed further on");
        } else if named < count {
            line = line.said(format!(" and {more} more"));
        }
        lines.push((0, line));
    }
    let mut out = Vec::new();
    if undecided && all.iter().any(|d| !d.decision.is_empty()) {
        out.push(Block::Nothing(
            "Proposed by the rule; nobody decided yet.".to_owned(),
        ));
    }
    out.push(Block::List(lines));
    out
}

/// What, if it came to light, would change a decision above.
fn change(cx: Cx<'_>) -> Vec<Text> {
    let all = affected(cx);
    let at = |rungs: &[&str]| {
        all.iter()
            .filter(|d| rungs.contains(&d.proposed.rung.as_str()))
            .count()
    };
    let mut out = Vec::new();
    let (whole, hidden) = (at(&["delivered", "partial"]), at(&["hidden"]));
    if whole > 0 {
        out.push(said(format!(
            "Proof that the file is harmless would lower {}.",
            plural(whole, "decision")
        )));
    }
    if hidden > 0 {
        out.push(said(format!(
            "Keys or the disk of {} could settle what the network hides.",
            plural(hidden, "host")
        )));
    }
    if let Some(a) = &cx.m.answers
        && a.coverage.wanted_s - a.coverage.covered_s >= 1.0
    {
        out.push(said("A capture of the missing time could add hosts."));
    }
    let open = super::sections::open_findings(cx);
    if open > 0 {
        out.push(said(format!("{} not judged yet.", plural(open, "finding"))));
    }
    if let Some(a) = &cx.m.answers
        && !a.derived.is_empty()
    {
        out.push(said(format!(
            "Another pass with {} may reach more hosts.",
            plural(a.derived.len(), "derived indicator")
        )));
    }
    if out.is_empty() {
        out.push(said("Another capture point or a wider window."));
    }
    out
}
