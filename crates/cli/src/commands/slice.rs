//! `weir slice`: chosen packets as pcapng, as they are or anonymised; `weir comments`: what was written on packets.

use super::Done;
use super::ask::Ask;
use super::case;
use super::decode::of_case;
use crate::args::{Args, Usage};
use crate::out::{self, Out, visible};
use serde_json::{Value, json};
use std::process::ExitCode;
use weir_case::Document;

/// What a case cites anywhere, and what its pins and notes say there.
fn cited(case: &Document) -> (Vec<String>, Vec<Value>) {
    let (mut packets, mut notes) = (Vec::new(), Vec::new());
    let items = case.to_value();
    let live = items["items"].as_array().into_iter().flatten();
    for item in live.filter(|i| i["deleted"] != true) {
        let body = &item["body"];
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        match item["kind"].as_str() {
            Some("pin") => {
                let words = [text("snapshot"), text("comment")];
                let words: Vec<&str> = words.into_iter().filter(|t| !t.is_empty()).collect();
                notes.push(json!({"packet": text("evidence"), "text": words.join("\n")}));
            }
            Some("note") => {
                for reference in references(text("text")) {
                    notes.push(json!({"packet": reference, "text": text("text")}));
                }
            }
            _ => {}
        }
        // What is said of captures and of the work cites nothing.
        if !matches!(item["kind"].as_str(), Some("capture" | "log")) {
            packets.extend(references(&body.to_string()));
        }
    }
    packets.sort_unstable();
    packets.dedup();
    (packets, notes)
}

/// `[[…]]` in a text.
fn references(text: &str) -> Vec<String> {
    let mut parts = text.split("[[").skip(1);
    let mut out = Vec::new();
    for part in &mut parts {
        if let Some((inside, _)) = part.split_once("]]") {
            out.push(format!("[[{inside}]]"));
        }
    }
    out.retain(|r| r.parse::<weir_model::EvidenceRef>().is_ok());
    out
}

/// `A:1-20,B:7`: as references.
fn listed(text: &str) -> Result<Vec<String>, Usage> {
    let mut out = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (letter, numbers) = part.split_once(':').unwrap_or(("A", part));
        let reference = format!("[[{letter}:p{numbers}]]");
        reference
            .parse::<weir_model::EvidenceRef>()
            .map_err(|_| Usage(format!("{part:?} names no packets; write A:12 or A:1-20")))?;
        out.push(reference);
    }
    Ok(out)
}

/// The key to anonymise with: what was given, else random.
fn key(args: &Args) -> Result<Option<String>, Usage> {
    if !args.anonymise {
        return Ok(None);
    }
    if let Some(key) = &args.key {
        return Ok(Some(key.clone()));
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| Usage(format!("no randomness: {e}")))?;
    Ok(Some(weir_session::hex(&bytes)))
}

const README: &str = "\
slice.pcapng opens in Wireshark and in Weir. A comment on each packet says its number in the capture it was taken
from, which is the number that question.md uses, and what was noted on it.
";

pub(crate) fn run(args: &Args) -> Done {
    let path = args
        .output
        .as_deref()
        .ok_or_else(|| Usage("slice needs -o OUT.pcapng".to_owned()))?;
    let ways = [
        args.filter.is_some(),
        args.packets.is_some(),
        args.case.is_some(),
    ];
    if ways.into_iter().filter(|w| *w).count() != 1 {
        return Err(Usage(
            "slice needs -Y FILTER, --packets A:1-20 or --case CASE, one of them".to_owned(),
        ));
    }
    let (mut packets, mut notes, mut rules) = (None, Vec::new(), Vec::new());
    if let Some(path) = args.case.as_deref() {
        let case = case::read(path)?.document;
        rules = of_case(&case)?;
        let (cited, said) = cited(&case);
        notes = said;
        packets = Some(cited);
    } else if let Some(list) = args.packets.as_deref() {
        packets = Some(listed(list)?);
    }
    let texts = args.question.as_deref().map(|question| {
        json!([
            {"name": "README.txt", "text": README},
            {"name": "question.md", "text": format!("# Question\n\n{question}\n")},
        ])
    });
    let key = key(args)?;
    let mut ask = Ask::decoding(args, rules)?;
    let with = if args.conversations {
        "conversations"
    } else {
        "packets"
    };
    let narrowing = json!({
        "filter": args.filter.as_deref().unwrap_or_default(),
        "from": null, "to": null, "captures": null, "unique": false,
    });
    let size = ask.get(
        "slice.size",
        json!({"narrowing": narrowing, "packets": packets, "with": with}),
    );
    let request = json!({
        "narrowing": narrowing, "packets": packets, "with": with, "notes": notes, "reason": "",
        "anonymise": key, "texts": texts.unwrap_or_else(|| json!([])),
    });
    let Some((told, bytes)) = ask.saved("slice.save", request) else {
        return Ok(ask.code());
    };
    for (count, what) in [
        (
            &size["others"],
            "name a host, file, finding, time, filter or row and no packet: left out",
        ),
        (&size["missing"], "name what is not loaded: left out"),
    ] {
        if count.as_u64().is_some_and(|n| n > 0) {
            out::error(&format!("{count} references {what}"));
        }
    }
    if told["blocked"] == true {
        leaks(&told["anonymised"]);
        return Ok(ExitCode::FAILURE);
    }
    std::fs::write(path, &bytes).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    let mut row = json!({"file": path.display().to_string(), "packets": told["packets"], "bytes": bytes.len()});
    let done = &told["anonymised"];
    if let (Some(row), false) = (row.as_object_mut(), done.is_null()) {
        row.insert(
            "addresses removed".to_owned(),
            done["removed"]["addresses"].clone(),
        );
        row.insert("texts removed".to_owned(), done["removed"]["texts"].clone());
        row.insert(
            "too short to search".to_owned(),
            done["removed"]["short"].clone(),
        );
        row.insert(
            "protocol words".to_owned(),
            done["removed"]["common"].clone(),
        );
        row.insert("blanked after search".to_owned(), done["blanked"].clone());
        row.insert("alike by chance".to_owned(), done["chance"].clone());
        row.insert("addresses exchanged".to_owned(), done["exchanged"].clone());
        row.insert("leaks".to_owned(), done["leaked"].clone());
    }
    Out::new(args.json).row(&row);
    Ok(ask.code())
}

/// What still stood in the result: nothing was written.
fn leaks(told: &Value) {
    out::error(&format!(
        "nothing was written: {} places still hold something that was to be removed",
        told["leaked"]
    ));
    for leak in told["leaks"].as_array().into_iter().flatten() {
        let text = |name: &str| visible(leak[name].as_str().unwrap_or_default());
        out::error(&format!(
            "{}, byte {}: {} as {}",
            text("place"),
            leak["offset"],
            text("value"),
            text("form")
        ));
    }
}

pub(crate) fn comments(args: &Args) -> Done {
    let mut ask = Ask::unhashed(args)?;
    let told = ask.get("comments", json!({}));
    let mut out = Out::new(args.json);
    let rows = told["comments"].as_array().map_or(&[][..], Vec::as_slice);
    for row in rows {
        out.row(&json!({"packet": row["packet"], "comment": row["text"], "cut": row["cut"]}));
    }
    if told["of"].as_u64() > u64::try_from(rows.len()).ok() {
        out::error(&format!(
            "the first {} of {} comments",
            rows.len(),
            told["of"]
        ));
    }
    Ok(ask.code())
}
