//! The case document's requests: they need no capture and are answered at once.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use weir_case::file::{self, Part, Sort};
use weir_case::{Document, map};
use weir_session::ops::StepReply;
use weir_session::{ErrorKind, SessionError};

fn refused(e: &weir_case::OpenError) -> SessionError {
    let error = SessionError::new(ErrorKind::Input, e.message.clone());
    match &e.place {
        Some(place) => error.at(place.clone()),
        None => error,
    }
}

fn open(args: &Value) -> Result<StepReply, SessionError> {
    let text = args.get("text").and_then(Value::as_str).unwrap_or_default();
    let document = Document::open(text).map_err(|e| refused(&e))?.filled();
    Ok(StepReply::done(
        json!({"document": document.to_value()}),
        None,
    ))
}

fn save(args: &Value) -> Result<StepReply, SessionError> {
    let document = document(args, "document")?;
    let named = json!({"name": "case.weir.json", "mime": "application/json"});
    Ok(StepReply::done(named, Some(document.save().into_bytes())))
}

/// Origins that stand on what is loaded; nothing where that is not known.
fn supported(args: &Value) -> Option<BTreeSet<String>> {
    let list = args.get("supported")?.as_array()?.iter();
    Some(list.filter_map(|o| Some(o.as_str()?.to_owned())).collect())
}

fn draw(args: &Value) -> Result<StepReply, SessionError> {
    let (case, supported) = (document(args, "document")?, supported(args));
    let map = case.map(supported.as_ref());
    let drawn = map::drawn(&map, &map::layout(&map));
    Ok(StepReply::done(drawn, None))
}

fn export(args: &Value) -> Result<StepReply, SessionError> {
    let (case, supported) = (document(args, "document")?, supported(args));
    let map = case.map(supported.as_ref());
    let (text, ending, mime) = match args.get("format").and_then(Value::as_str) {
        Some("svg") => (
            map::svg(&map, &map::layout(&map), &case.title),
            "svg",
            "image/svg+xml",
        ),
        Some("md") => (map::markdown(&map, &case.title), "md", "text/markdown"),
        Some("mmd") => (map::mermaid(&map), "mmd", "text/plain"),
        Some("canvas") => (
            map::canvas(&map, &map::layout(&map)),
            "canvas",
            "application/json",
        ),
        _ => {
            let why = "a map is svg, md, mmd or canvas";
            return Err(SessionError::new(ErrorKind::Request, why));
        }
    };
    let named = json!({"name": format!("map.{ending}"), "mime": mime});
    Ok(StepReply::done(named, Some(text.into_bytes())))
}

fn document(args: &Value, member: &str) -> Result<Document, SessionError> {
    let value = args.get(member).cloned().unwrap_or_default();
    Document::from_value(value).map_err(|e| refused(&e))
}

/// Texts that are read at a time.
const TEXTS: usize = 1_000;

/// Texts as blocks and runs, with their tags; in the order asked for. With `report` they are reports in Markdown.
fn notes(args: &Value) -> Result<StepReply, SessionError> {
    let texts = args.get("texts").and_then(Value::as_array);
    let texts = texts.map(Vec::as_slice).unwrap_or_default();
    if texts.len() > TEXTS {
        let why = format!("at most {TEXTS} texts are read at a time");
        return Err(SessionError::new(ErrorKind::Request, why));
    }
    let report = args.get("report").and_then(Value::as_bool) == Some(true);
    let read = |t: &Value| {
        let text = t.as_str().unwrap_or_default();
        if report {
            weir_case::notes::read_report(text)
        } else {
            weir_case::notes::read(text)
        }
    };
    let notes: Vec<_> = texts.iter().map(read).collect();
    Ok(StepReply::done(json!({"notes": notes}), None))
}

/// Two copies of a case as one, and what the second brought.
fn merge(args: &Value) -> Result<StepReply, SessionError> {
    let (mine, theirs) = (document(args, "mine")?, document(args, "theirs")?);
    let merged = mine
        .merge(&theirs)
        .map_err(|e| SessionError::new(ErrorKind::Input, e.to_string()))?;
    let came = mine.came(&merged);
    Ok(StepReply::done(
        json!({"document": merged.filled().to_value(), "came": came}),
        None,
    ))
}

/// What a case file holds, whatever its form; bytes of its parts stand in their places.
pub(crate) fn unpack(bytes: &[u8]) -> StepReply {
    let got = match file::open(bytes) {
        Ok(got) => got,
        Err(e) => return StepReply::failed(refused(&e)),
    };
    let part = |p: &Part| json!({"sort": p.sort.name(), "name": p.name, "what": p.what});
    let parts: Vec<Value> = got.parts.iter().map(part).collect();
    let mut reply = StepReply::done(
        json!({
            "document": got.document.filled().to_value(),
            "form": got.form,
            "says": got.says,
            "parts": parts,
        }),
        None,
    );
    let places = (0..).map(|n: usize| format!("/parts/{n}/bytes"));
    reply.buffers = places.zip(got.parts.into_iter().map(|p| p.bytes)).collect();
    reply
}

/// A case file. `args`: the document, and of each part `sort`, `name`, `what`; `bytes` in the same order.
pub(crate) fn pack(args: &Value, bytes: Vec<Vec<u8>>) -> StepReply {
    let packed = document(args, "document").and_then(|document| {
        let of = |p: &Value, m: &str| {
            p.get(m)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let parts = args.get("parts").and_then(Value::as_array);
        let parts: Vec<Part> = parts
            .into_iter()
            .flatten()
            .zip(bytes)
            .map(|(p, bytes)| Part {
                sort: Sort::named(&of(p, "sort")).unwrap_or(Sort::Other),
                name: of(p, "name"),
                what: of(p, "what"),
                bytes,
            })
            .collect();
        file::write(&document, &parts, env!("CARGO_PKG_VERSION"))
            .map_err(|why| SessionError::new(ErrorKind::Limit, why))
    });
    match packed {
        Ok(bytes) => {
            let named = json!({"name": "case.weir.zip", "mime": "application/zip"});
            StepReply::done(named, Some(bytes))
        }
        Err(e) => StepReply::failed(e),
    }
}

/// The answer, when `op` is one of these.
pub(crate) fn answer(op: &str, args: &Value) -> Option<StepReply> {
    let answered = match op {
        "notes.read" => notes(args),
        "case.open" => open(args),
        "case.save" => save(args),
        "map.draw" => draw(args),
        "map.export" => export(args),
        "case.merge" => merge(args),
        _ => return None,
    };
    Some(answered.unwrap_or_else(StepReply::failed))
}
