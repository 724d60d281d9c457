//! What people wrote, sentence by sentence: is it cited, does what is cited exist, do its numbers still equal the
//! data, is every abbreviation explained, is every name made unclickable?

use super::{Lines, State, some};
use crate::claims::{self, Known, bones};
use crate::report::{self, By, Material};
use crate::{Document, Item};
use std::collections::BTreeSet;
use weir_model::EvidenceRef;

/// Characters of a sentence that a line names.
const SHOWN: usize = 90;
/// Sentences that are named one by one; the rest are counted.
const NAMED: usize = 5;
/// Members in which people write.
const TYPED: [(&str, &str); 9] = [
    ("note", "text"),
    ("node", "text"),
    ("pin", "comment"),
    ("decision", "reason"),
    ("verdict", "verdict"),
    ("verdict", "why"),
    ("lesson", "text"),
    ("action", "action"),
    ("done_when", "text"),
];
/// Endings of file names that are no names of hosts.
const FILES: [&str; 44] = [
    "bat", "bin", "bmp", "cab", "cfg", "class", "conf", "css", "csv", "dat", "dll", "doc", "docm",
    "docx", "elf", "exe", "gif", "gz", "hta", "htm", "html", "ini", "iso", "jar", "jpg", "js",
    "json", "lnk", "log", "msi", "pcap", "pcapng", "pdf", "php", "png", "ps1", "py", "scr", "sys",
    "tar", "txt", "vbs", "xml", "zip",
];
/// Ends of names that nobody outside can look up, and of names made for examples.
const INSIDE: [&str; 12] = [
    "arpa",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "test",
];

fn short(text: &str) -> String {
    let text = text.trim();
    let mut out: String = text.chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        out.push('\u{2026}');
    }
    out
}

/// Everything that people wrote, each with its item.
pub(super) fn typed(case: &Document) -> impl Iterator<Item = (&Item, &str)> {
    let all = TYPED.iter();
    let all = all.flat_map(|(k, m)| case.live(k).map(move |i| (i, i.now.text(m))));
    all.filter(|(_, text)| !text.trim().is_empty())
}

fn step(item: &Item) -> &'static str {
    match item.now.kind.as_str() {
        "note" if item.now.text("role") == "summary" => "report",
        "decision" => "report",
        "action" | "lesson" => "actions",
        "done_when" => "scope",
        _ => "notes",
    }
}

fn summaries(case: &Document) -> impl Iterator<Item = &Item> {
    case.live("note")
        .filter(|n| n.now.text("role") == "summary")
}

/// Sentences of the conclusion without evidence, and those whose numbers are another's now.
pub(super) fn conclusion(case: &Document, m: &Material, out: &mut Lines) {
    let mut ok = true;
    let now = report::draft(case, m);
    for note in summaries(case) {
        let all: Vec<(By, &str)> =
            report::lines(note.now.text("text"), note.now.text("drafted")).collect();
        let bare: Vec<&str> = all
            .iter()
            .map(|l| l.1)
            .filter(|l| report::references(l).is_empty() && l.split_whitespace().count() > 1)
            .collect();
        for line in bare.iter().take(NAMED) {
            let says = format!(
                "this sentence names no evidence: \u{201c}{}\u{201d}",
                short(line)
            );
            out.at(State::Warn, says, "report", note);
        }
        if bare.len() > NAMED {
            let says = format!("{} more sentences name no evidence", bare.len() - NAMED);
            out.at(State::Warn, says, "report", note);
        }
        ok &= bare.is_empty();
        for (by, line) in &all {
            if now.iter().any(|n| n == line) {
                continue;
            }
            let like = now.iter().find(|n| bones(n) == bones(line));
            let says = match like {
                Some(n) if figures(n) != figures(line) => format!(
                    "a number is another\u{2019}s now: \u{201c}{}\u{201d}, and the data say \u{201c}{}\u{201d}",
                    short(&bare_of(line)),
                    short(&bare_of(n))
                ),
                None if *by == By::Weir => {
                    format!(
                        "a drafted sentence is not drafted any more: \u{201c}{}\u{201d}",
                        short(line)
                    )
                }
                _ => continue,
            };
            ok = false;
            out.at(State::Warn, says, "report", note);
        }
        let inputs = note.now.text("inputs");
        if !inputs.is_empty() && inputs != report::inputs(case, m) {
            ok = false;
            let says =
                "the conclusion is stale: it was drafted from other captures or another scope";
            out.at(State::Warn, says, "report", note);
        }
    }
    if ok && summaries(case).next().is_some() {
        out.add(
            State::Ok,
            "every sentence of the conclusion is cited",
            "report",
        );
    }
}

/// A sentence without its references.
fn bare_of(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[[") {
        out.push_str(before.trim_end());
        rest = after.split_once("]]").map_or("", |a| a.1);
    }
    out.push_str(rest);
    out
}

/// The numbers of a sentence outside its references, in order.
fn figures(line: &str) -> Vec<String> {
    let bare = bare_of(line);
    let words = bare.split_whitespace();
    let words = words.map(|w| {
        w.trim_matches(|c: char| !c.is_ascii_digit())
            .replace(',', "")
    });
    words.filter(|w| !w.is_empty()).collect()
}

/// "70,000 bytes" and "21 packets": each number that stands before such a unit.
fn counted<'a>(line: &'a str, unit: &str) -> Vec<(u64, &'a str)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let pairs = words.windows(2).filter_map(|w| {
        let [number, of] = w else { return None };
        let of = of.trim_matches(|c: char| !c.is_alphanumeric());
        let number = number.trim_start_matches(['(', '\u{201c}', '"']);
        let is = of == unit || of.strip_suffix('s') == Some(unit);
        Some((number.replace(',', "").parse().ok()?, number)).filter(|_| is)
    });
    pairs.collect()
}

/// Numbers with a unit in sentences that cite what they count.
pub(super) fn numbers(case: &Document, m: &Material, out: &mut Lines) {
    let known = Known::of(case);
    let letters = known.here(&m.summary);
    for (item, text) in typed(case) {
        for line in text.lines() {
            let refs = report::references(line);
            if refs.is_empty() {
                continue;
            }
            let cited: Vec<&report::Cited> = refs
                .iter()
                .filter_map(|r| {
                    let typed = claims::Typed {
                        written: r.to_string(),
                        item: String::new(),
                        sha12: item.now.text("sha12").to_owned(),
                    };
                    m.cited.get(&letters.today(&typed).written)
                })
                .filter(|c| c.found == Some(true))
                .collect();
            let sizes: Vec<u64> = cited.iter().filter_map(|c| c.bytes).collect();
            let told = |n: u64| {
                cited.iter().any(|c| {
                    let mut words = c.values.iter().map(String::as_str).chain([c.says.as_str()]);
                    words.any(|w| figures(w).iter().any(|f| *f == n.to_string()))
                })
            };
            let bare = bare_of(line);
            for (n, written) in counted(&bare, "byte") {
                let sum: u64 = sizes.iter().sum();
                if !sizes.is_empty() && !sizes.contains(&n) && n != sum && !told(n) {
                    let is: Vec<String> = sizes.iter().map(u64::to_string).collect();
                    let says = format!(
                        "a number is not what is cited: \u{201c}{written} bytes\u{201d}, and the data say {}",
                        some(&is)
                    );
                    out.at(State::Warn, says, step(item), item);
                }
            }
            let ranges: Vec<u64> = refs
                .iter()
                .filter_map(|r| match r {
                    EvidenceRef::Packets { first, last, .. } if last > first => {
                        Some(u64::from(last - first) + 1)
                    }
                    _ => None,
                })
                .collect();
            for (n, written) in counted(&bare, "packet") {
                let sum: u64 = ranges.iter().sum();
                if !ranges.is_empty() && !ranges.contains(&n) && n != sum && !told(n) {
                    let is: Vec<String> = ranges.iter().map(u64::to_string).collect();
                    let says = format!(
                        "a number is not what is cited: \u{201c}{written} packets\u{201d}, and the reference has {}",
                        some(&is)
                    );
                    out.at(State::Warn, says, step(item), item);
                }
            }
        }
    }
}

/// References of the case that the engine did not find.
pub(super) fn lost(case: &Document, m: &Material) -> Vec<String> {
    let known = Known::of(case);
    let letters = known.here(&m.summary);
    let mut out = Vec::new();
    for typed in claims::typed(case) {
        let today = letters.today(&typed);
        let gone = match today.written.parse() {
            Ok(EvidenceRef::Finding(id)) => m.findings.as_ref().is_some_and(|f| {
                let is = |f: &report::Finding| f.label == id || f.id.starts_with(&id);
                m.complete && !f.findings.iter().any(is)
            }),
            _ => m
                .cited
                .get(&today.written)
                .is_some_and(|c| c.found == Some(false)),
        };
        // Of a capture that is not loaded nothing is known, which is said of it elsewhere.
        let known = !matches!(today.capture, claims::Fate::Gone { .. });
        if gone && known && !out.contains(&typed.written) {
            out.push(typed.written);
        }
    }
    out
}

/// Abbreviations that nobody explains.
pub(super) fn abbreviations(case: &Document, m: &Material, out: &mut Lines) {
    let mut names = BTreeSet::new();
    let mut learn = |text: &str| {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if word.len() > 1 {
                names.insert(word.to_ascii_uppercase());
            }
        }
    };
    for a in m.answers.iter().flat_map(|a| &a.answers) {
        a.name.iter().for_each(|n| learn(n));
        a.files.iter().for_each(|f| learn(&f.name));
        learn(&a.indicator.value);
    }
    for d in m.decisions.iter().flatten() {
        d.name.iter().for_each(|n| learn(n));
    }
    learn(&case.title);
    learn(&m.scope.question);
    let texts: Vec<&str> = typed(case).map(|t| t.1).collect();
    let bare = report::undefined(&texts, &names);
    if !bare.is_empty() {
        let says = format!("not spelled out anywhere: {}", some(&bare));
        let holds = |t: &str| {
            t.split(|c: char| !c.is_alphanumeric())
                .any(|w| Some(w) == bare.first().map(String::as_str))
        };
        match typed(case).find(|t| holds(t.1)) {
            Some((item, _)) => out.at(State::Warn, says, step(item), item),
            None => out.add(State::Warn, says, "notes"),
        }
    }
}

/// What looks like a name that others can look up.
fn name(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word = word.split(['/', ':', '?', '#']).next()?;
    let labels: Vec<&str> = word.split('.').collect();
    let last = labels.last()?.to_ascii_lowercase();
    let label = |l: &&str| {
        !l.is_empty()
            && l.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let fine = labels.len() > 1
        && labels.iter().all(label)
        && last.len() > 1
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && !FILES.contains(&last.as_str())
        && !INSIDE.contains(&last.as_str());
    // Two labels of one word each may be the end of a sentence without a space, and a field's name.
    let sentence = labels.len() == 2
        && labels
            .get(1)
            .is_some_and(|l| l.starts_with(char::is_uppercase));
    (fine && !sentence).then_some(word)
}

/// Names in typed text that stay as they are in the report, because nobody said that they are indicators.
pub(super) fn clickable(case: &Document, m: &Material, out: &mut Lines) {
    let defang = report::defang_for(m);
    let mut seen = BTreeSet::new();
    let mut first = None;
    for (item, text) in typed(case) {
        // Outside of references and of code, in which fields are written.
        let bare = bare_of(text);
        let plain = bare.split('`').step_by(2);
        for word in plain.flat_map(str::split_whitespace) {
            let Some(name) = name(word) else { continue };
            if defang.apply(word).contains("[.]") || seen.contains(name) {
                continue;
            }
            first.get_or_insert(item);
            seen.insert(name.to_owned());
        }
    }
    if let Some(item) = first {
        let names: Vec<String> = seen.into_iter().collect();
        let says = format!(
            "names that stay clickable, because they are no indicators: {}",
            some(&names)
        );
        out.at(State::Warn, says, step(item), item);
    }
}

/// Who may have it is said by whoever sends it.
pub(super) fn marking(case: &Document, out: &mut Lines) {
    match report::Marking::of(case) {
        Some(m) => out.add(State::Ok, format!("marked {}", m.label), "report"),
        None => out.add(
            State::Warn,
            "no TLP marking is chosen: who may have this report?",
            "report",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_looked_up_is_told_from_files_fields_and_ends_of_sentences() {
        for word in [
            "evil.example.org",
            "(cdn.bad.com),",
            "bad.com/x.exe",
            "a.b.co.uk.",
        ] {
            assert!(name(word).is_some(), "{word}");
        }
        for word in [
            "setup.exe",
            "it.Then",
            "192.0.2.1",
            "ws-17.corp",
            "e.g.",
            "1.5",
            "a.b.local",
            "x",
        ] {
            assert!(name(word).is_none(), "{word}");
        }
    }

    #[test]
    fn figures_and_counts_are_read_outside_of_references() {
        assert_eq!(figures("22 hosts [[p12]] in 1,024 s."), ["22", "1024"]);
        assert_eq!(
            counted("came 70,000 bytes (12 packets)", "byte"),
            [(70_000, "70,000")]
        );
        assert_eq!(
            counted("came 70,000 bytes (12 packets)", "packet"),
            [(12, "12")]
        );
        assert_eq!(
            bones("22 hosts got it [[p1]]"),
            bones("1 host got it [[p9]]")
        );
    }
}
