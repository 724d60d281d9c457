//! The case file as bytes. Knows names of its own only: what a capture called a file never names a part.

use super::{CASE, MANIFEST, MAX_PARTS, MAX_UNPACKED, Part, Sort, line, plain, zip};
use crate::document::{Document, SCHEMA};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Lower-case hex.
pub(super) fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut s, b| {
            let _ = write!(s, "{b:02x}");
            s
        })
}

/// The name a part gets: its own where it is another version's, else a number of its sort. Its ending says what the
/// door said it is: `pcapng`, `zip` (encrypted), `bin`.
fn name(part: &Part, taken: &mut BTreeSet<String>) -> String {
    let own = plain(&part.name);
    let ending = own.rsplit_once('.').map_or("bin", |(_, e)| e);
    let ending = if ending.len() <= 8 && !ending.contains('/') {
        ending
    } else {
        "bin"
    };
    let folder = match part.sort {
        Sort::Capture => "captures",
        Sort::Artifact => "artifacts",
        Sort::Other => {
            let odd = own.starts_with('/') || own.split('/').any(|p| p.is_empty() || p == "..");
            if !odd && own != CASE && own != MANIFEST && taken.insert(own.clone()) {
                return own;
            }
            "other"
        }
    };
    let mut names = (1..).map(|n: usize| format!("{folder}/{n}.{ending}"));
    let name = names.find(|name| taken.insert(name.clone()));
    name.unwrap_or_default()
}

/// The case file of this case with these parts; `version` is Weir's. The same input gives the same bytes.
///
/// # Errors
/// A bound on the parts is passed; the sentence names it.
pub fn write(document: &Document, parts: &[Part], version: &str) -> Result<Vec<u8>, String> {
    if parts.len() > MAX_PARTS - 2 {
        return Err(format!(
            "{} parts; a case file has at most {}",
            parts.len(),
            MAX_PARTS - 2
        ));
    }
    let total: usize = parts.iter().map(|p| p.bytes.len()).sum();
    if total > MAX_UNPACKED / 2 {
        return Err(format!(
            "the parts have {total} bytes together; a case file takes at most {}",
            MAX_UNPACKED / 2
        ));
    }
    let case = document.save();
    let mut taken = BTreeSet::new();
    let names: Vec<String> = parts.iter().map(|p| name(p, &mut taken)).collect();
    let entry = |name: &str, bytes: &[u8], what: &str| {
        let mut entry = json!({"name": name, "bytes": bytes.len(), "sha256": hash(bytes)});
        if let Some(o) = entry.as_object_mut().filter(|_| !what.is_empty()) {
            o.insert("what".into(), line(what).into());
        }
        entry
    };
    let mut list: Vec<Value> = vec![entry(CASE, case.as_bytes(), "")];
    list.extend(
        names
            .iter()
            .zip(parts)
            .map(|(n, p)| entry(n, &p.bytes, &p.what)),
    );
    let manifest = json!({
        "format": 1,
        "schema": SCHEMA,
        "weir": version,
        "case": document.id,
        "parts": list,
    });
    let manifest = format!("{manifest:#}\n");
    let mut entries: Vec<(&str, &[u8])> =
        vec![(MANIFEST, manifest.as_bytes()), (CASE, case.as_bytes())];
    let bytes = parts.iter().map(|p| p.bytes.as_slice());
    entries.extend(names.iter().map(String::as_str).zip(bytes));
    Ok(zip::write(&entries))
}
