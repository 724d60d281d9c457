//! YARA rules: one by digest for every content, one by content where the captures hold text that no other content
//! of theirs has.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, value};
use std::collections::BTreeSet;
use weir_model::IndicatorKind;

/// Fewest texts that a rule by content stands on.
const FEWEST: usize = 3;

/// The format.
pub static FORMAT: Format = Format {
    id: "yara",
    title: "YARA rules",
    purpose: "Finds these contents on disks and in memory: yara -r FILE FOLDER. By digest each finds the same bytes; by content it finds a changed copy as well.",
    ending: "yar",
    mime: "text/plain",
    check: Check::Product("yara and a grammar of our own"),
    lists: Lists::Acting,
    texts: true,
    takes: |_, r| match r.kind {
        IndicatorKind::Sha256 | IndicatorKind::Sha1 | IndicatorKind::Md5 => Ok(()),
        IndicatorKind::Filename | IndicatorKind::Glob => {
            Err("YARA looks into files, not at their names")
        }
        _ => Err("YARA looks into files"),
    },
    notes,
    write,
};

fn texts<'a>(cx: &'a Cx<'_>, sha256: &str) -> &'a [crate::exports::facts::Found] {
    let all = cx.facts.texts.iter().flat_map(|t| &t.contents);
    let mine = all.into_iter().find(|c| c.sha256 == sha256);
    mine.map(|c| c.texts.as_slice())
        .filter(|t| t.len() >= FEWEST)
        .unwrap_or_default()
}

fn notes(cx: &Cx<'_>, rows: &[&Listed]) -> Vec<String> {
    let (by_content, alone): (Vec<&&Listed>, Vec<&&Listed>) =
        rows.iter().partition(|r| !texts(cx, &r.value).is_empty());
    let mut out = Vec::new();
    if !by_content.is_empty() {
        let t = cx.facts.texts.as_ref();
        let (compared, not) = t.map_or((0, 0), |t| (t.compared, t.not_compared));
        let not = if not > 0 {
            format!(" ({not} more were too large or too many)")
        } else {
            String::new()
        };
        out.push(format!(
            "Texts of the {} by content stand in none of {compared} other contents of these captures{not}. They were not compared with a collection of harmless programs: try them on yours first.",
            crate::report::plural(by_content.len(), "rule")
        ));
    }
    if !alone.is_empty() {
        out.push(format!(
            "{} by digest alone: the content was not at hand, or holds fewer than {FEWEST} texts of its own.",
            crate::report::plural(alone.len(), "rule")
        ));
    }
    out
}

/// A string of YARA: what is no plain character is written as `\xNN`.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for b in text.bytes() {
        match b {
            b'"' | b'\\' => out.push_str(&format!("\\{}", char::from(b))),
            0x20..=0x7e => out.push(char::from(b)),
            _ => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push('"');
    out
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut out = format!("// {}\nimport \"hash\"\n", cx.made());
    let mut had = BTreeSet::new();
    for r in rows {
        let kind = match r.kind {
            IndicatorKind::Sha256 => "sha256",
            IndicatorKind::Sha1 => "sha1",
            _ => "md5",
        };
        let name = format!("weir_{kind}_{}", r.value.get(..12).unwrap_or(&r.value));
        if !had.insert(name.clone()) {
            continue;
        }
        let content = r.content.clone().unwrap_or_default();
        let called = content
            .names
            .first()
            .map(|n| format!("\t\tnamed = {}\n", quoted(n)))
            .unwrap_or_default();
        let meta = format!(
            "\tmeta:\n\t\tauthor = \"Weir\"\n\t\tdescription = \"{}\"\n\t\tdate = \"{}\"\n\t\t{kind} = \"{}\"\n{called}",
            value::plain(&r.why, 100),
            value::day(cx.options.at),
            r.value
        );
        let size = if content.size > 0 {
            format!("filesize == {} and ", content.size)
        } else {
            String::new()
        };
        out += &format!(
            "\nrule {name}\n{{\n{meta}\tcondition:\n\t\t{size}hash.{kind}(0, filesize) == \"{}\"\n}}\n",
            r.value
        );
        let texts = texts(cx, &r.value);
        if texts.is_empty() {
            continue;
        }
        out += &format!("\nrule {name}_content\n{{\n{meta}\tstrings:\n");
        for (n, t) in texts.iter().enumerate() {
            out += &format!("\t\t$t{n} = {} ascii\n", quoted(&t.text));
        }
        // A changed copy may lack some; one of its size is no sixteen times larger.
        let most = content.size.max(1).saturating_mul(16);
        let wanted = (texts.len() * 3).div_ceil(4);
        out += &format!("\tcondition:\n\t\tfilesize < {most} and {wanted} of them\n}}\n");
    }
    out
}
