//! A case out of whatever holds one: told by content, never by a file's name. What is broken is named, the rest is
//! opened.

use super::write::hash;
use super::{CASE, MANIFEST, MAX_FILE, Part, Sort, line, plain, zip};
use crate::document::{Document, OpenError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was opened.
#[derive(Clone, PartialEq, Debug)]
pub struct CaseFile {
    /// The case.
    pub document: Document,
    /// What was saved beside it.
    pub parts: Vec<Part>,
    /// What is broken or missing, a sentence each.
    pub says: Vec<String>,
    /// `case file`, `Weir with a case inside`, `case`.
    pub form: &'static str,
}

fn wrong(message: impl Into<String>, place: Option<&str>) -> OpenError {
    OpenError {
        message: message.into(),
        place: place.map(str::to_owned),
    }
}

/// Opens a case file, a page with a case inside, or a case alone.
///
/// # Errors
/// It is none of them, or its case cannot be read.
pub fn open(bytes: &[u8]) -> Result<CaseFile, OpenError> {
    if bytes.len() > MAX_FILE {
        return Err(wrong(
            format!(
                "the file has {} bytes; a case file has at most {MAX_FILE}",
                bytes.len()
            ),
            None,
        ));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return packed(bytes);
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        wrong(
            "this is neither a case file nor a case: it is no text",
            Some(&format!("byte {}", e.valid_up_to())),
        )
    })?;
    let alone = |document, form| CaseFile {
        document,
        parts: Vec::new(),
        says: Vec::new(),
        form,
    };
    match inside(text, "weir-case") {
        Some("") => Err(wrong("this copy of Weir carries no case", None)),
        Some(case) => {
            let mut got = alone(Document::open(case)?, "Weir with a case inside");
            let parts = inside(text, "weir-parts").unwrap_or_default();
            if !parts.is_empty() {
                beside(parts, &mut got);
            }
            Ok(got)
        }
        None => Ok(alone(Document::open(text)?, "case")),
    }
}

/// What stands beside the case in a page: a case file as base64. What is wrong there leaves the case alone.
fn beside(text: &str, got: &mut CaseFile) {
    let packed = STANDARD
        .decode(text)
        .map_err(|_| "it is no base64".to_owned())
        .and_then(|bytes| packed(&bytes).map_err(|e| e.message));
    match packed {
        Ok(file) if file.document.id == got.document.id => {
            got.parts = file.parts;
            got.says = file.says;
        }
        Ok(_) => got
            .says
            .push("what came with the case belongs to another one: it was left out".to_owned()),
        Err(why) => got
            .says
            .push(format!("what came with the case was left out: {why}")),
    }
}

/// A place for text in Weir's own page.
fn inside<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') {
        return None;
    }
    let (_, rest) = text.split_once(&format!("<script type=\"text/plain\" id=\"{id}\">"))?;
    rest.split_once("</script>")
        .map(|(inside, _)| inside.trim())
}

fn sort(name: &str) -> Sort {
    match name.split_once('/') {
        Some(("captures", _)) => Sort::Capture,
        Some(("artifacts", _)) => Sort::Artifact,
        _ => Sort::Other,
    }
}

/// What the manifest says of each name: SHA-256 and what it is.
type Told = BTreeMap<String, (String, String)>;

fn told(bytes: &[u8]) -> Option<Told> {
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let parts = manifest.get("parts")?.as_array()?;
    let of = |p: &Value, m: &str| {
        p.get(m)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let one = |p: &Value| {
        (
            plain(&of(p, "name")),
            (of(p, "sha256"), line(&of(p, "what"))),
        )
    };
    Some(parts.iter().take(super::MAX_PARTS).map(one).collect())
}

fn packed(bytes: &[u8]) -> Result<CaseFile, OpenError> {
    let found = zip::read(bytes);
    let mut says = found.says;
    let mut contents: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut order = Vec::new();
    for entry in found.entries {
        match entry.content {
            Err(why) if entry.name == CASE => {
                return Err(wrong(
                    format!("the case in this file is damaged: {why}"),
                    Some(CASE),
                ));
            }
            Err(why) => says.push(format!("{} was left out: {why}", entry.name)),
            Ok(_) if contents.contains_key(&entry.name) => {
                says.push(format!(
                    "{} stands there twice; the first one counts",
                    entry.name
                ));
            }
            Ok(content) => {
                order.push(entry.name.clone());
                contents.insert(entry.name, content);
            }
        }
    }
    let Some(case) = contents.remove(CASE) else {
        return Err(wrong(
            format!("this zip is no case file: it has no \u{201c}{CASE}\u{201d}"),
            None,
        ));
    };
    let told = contents.remove(MANIFEST).and_then(|m| told(&m));
    if told.is_none() {
        says.push(format!(
            "{MANIFEST} is missing or damaged: whether its parts are those that were saved is not known"
        ));
    }
    let mut told = told.unwrap_or_default();
    let mut check = |name: &str, content: &[u8]| -> (String, Option<String>) {
        match told.remove(name) {
            None => (String::new(), None),
            Some((sha, what)) if sha == hash(content) => (what, None),
            Some((_, what)) => (
                what,
                Some(format!(
                    "{name} is not what was saved: its SHA-256 differs from the manifest\u{2019}s"
                )),
            ),
        }
    };
    says.extend(check(CASE, &case).1);
    let text = String::from_utf8(case).map_err(|_| {
        wrong(
            "the case in this file is damaged: it is no text",
            Some(CASE),
        )
    })?;
    let document = Document::open(&text)?;
    let mut parts = Vec::new();
    for name in order {
        let Some(bytes) = contents.remove(&name) else {
            continue;
        };
        let (what, differs) = check(&name, &bytes);
        says.extend(differs);
        parts.push(Part {
            sort: sort(&name),
            what,
            bytes,
            name,
        });
    }
    for name in told.keys() {
        if !says.iter().any(|s| s.starts_with(&format!("{name} "))) {
            says.push(format!("{name} is missing"));
        }
    }
    Ok(CaseFile {
        document,
        parts,
        says,
        form: "case file",
    })
}
