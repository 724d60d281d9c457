//! Hashes of files and certificates that Zeek, Suricata and Arkime recorded, and the files that Zeek's tests took out:
//! each must be the hash of a file, or the SHA-256 of a certificate, that Weir found. Each counts once a capture.

use super::bodies::Bodies;
use super::report::{Check, Report};
use super::zeek_log::Log;
use crate::parity::{Difference, Loaded, Outcome};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use weir_session::hex;

/// Columns of Zeek's logs that are hashes; of certificates Weir has the SHA-256 alone.
const COLUMNS: [(&str, bool); 6] = [
    ("md5", false),
    ("sha1", false),
    ("sha256", false),
    ("fingerprint", true),
    ("cert_chain_fps", true),
    ("client_cert_chain_fps", true),
];

/// Zeek's tests of the option that cuts a file which it takes out.
const CUT: [&str; 1] = ["scripts.base.files.extract.limit"];

/// Zeek's logs.
pub(super) fn of_logs(loaded: &Loaded, logs: &[Log], have: &BTreeSet<String>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for log in logs {
        for row in &log.rows {
            let x509 = log.value(row, "source") == "SSL";
            // What no connection carried was read from the disk.
            let ends = log.columns.iter().any(|c| c == "id.orig_h");
            if log.path == "files" && ends && log.value(row, "id.orig_h").is_empty() {
                report.skip("Zeek files that a test reads from the disk");
                continue;
            }
            for (column, certificate) in COLUMNS {
                let value = log.value(row, column);
                for hash in value.split(',').filter(|h| is_hash(h)) {
                    let certificate = certificate || x509;
                    if certificate && hash.len() != 64 {
                        report.skip("MD5 and SHA-1 of certificates");
                        continue;
                    }
                    let item = if certificate {
                        "Zeek certificate"
                    } else {
                        "Zeek file"
                    };
                    if log.shared() {
                        report.shared_hash(
                            &loaded.name,
                            item,
                            &log.test,
                            hash,
                            have.contains(hash),
                        );
                    } else if seen.insert(hash.to_owned()) {
                        let what = format!(
                            "{} {}",
                            log.value(row, "source"),
                            log.value(row, "filename")
                        );
                        add(loaded, item, hash, have, what.trim(), report);
                    }
                }
            }
        }
    }
}

/// What Zeek's tests of files print, and the files they took out.
pub(super) fn of_output(
    loaded: &Loaded,
    files: &[PathBuf],
    have: &BTreeSet<String>,
    bodies: &Bodies,
    report: &mut Report,
) {
    let mut cut = BTreeSet::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or("");
        let Some((test, short)) = name.rsplit_once("__") else {
            continue;
        };
        let extracted =
            short.contains("extract_files") || short.ends_with("-file") || short == "thefile";
        let printed = test.contains("file-analysis") && !short.ends_with(".log");
        if !extracted && !printed {
            continue;
        }
        let bytes = std::fs::read(file).unwrap_or_default();
        let mut hashes = Vec::new();
        if extracted {
            let bytes = without_note(&bytes);
            let hash = hex(&Sha256::digest(bytes));
            if CUT.contains(&test) && bodies.front(bytes) {
                cut.insert(hash.clone());
            }
            hashes.push(hash);
        } else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let lines = text.lines().filter_map(|l| l.split_once(": "));
            let said = lines.filter(|(k, h)| matches!(*k, "MD5" | "SHA1" | "SHA256") && is_hash(h));
            hashes.extend(said.map(|(_, h)| h.to_owned()));
        }
        for hash in hashes {
            if test.starts_with("multi-trace") {
                report.shared_hash(&loaded.name, "Zeek file", test, &hash, have.contains(&hash));
            } else {
                seen.entry(hash).or_insert_with(|| name.to_owned());
            }
        }
    }
    for (hash, what) in seen {
        let have = if cut.contains(&hash) { &cut } else { have };
        add(loaded, "Zeek file", &hash, have, &what, report);
    }
}

/// Suricata's checks: hashes in `fileinfo`, and files that its store must have.
pub(super) fn of_suricata(
    loaded: &Loaded,
    file: &Path,
    have: &BTreeSet<String>,
    report: &mut Report,
) {
    let text = std::fs::read(file).unwrap_or_default();
    for line in String::from_utf8_lossy(&text).lines().map(str::trim) {
        let hash = line.rsplit([' ', '/', '"']).find(|t| is_hash(t));
        let Some(hash) = hash else { continue };
        let said = line.starts_with("fileinfo.");
        if said || line.contains("test -e filestore/") {
            add(loaded, "Suricata file", hash, have, line, report);
        }
    }
}

/// Arkime's sessions: `http.sha256`, `email.md5` …
pub(super) fn of_arkime(
    loaded: &Loaded,
    sessions: &[Value],
    have: &BTreeSet<String>,
    report: &mut Report,
) {
    let mut seen = BTreeSet::new();
    for body in sessions.iter().filter_map(|s| s.get("body")) {
        for (protocol, values) in body.as_object().into_iter().flatten() {
            for kind in ["md5", "sha256"] {
                let all = values.get(kind).and_then(Value::as_array);
                for hash in all.into_iter().flatten().filter_map(Value::as_str) {
                    if is_hash(hash) && seen.insert(hash.to_owned()) {
                        add(
                            loaded,
                            "Arkime file",
                            hash,
                            have,
                            &format!("{protocol}.{kind}"),
                            report,
                        );
                    }
                }
            }
        }
    }
}

fn add(
    loaded: &Loaded,
    item: &str,
    hash: &str,
    have: &BTreeSet<String>,
    what: &str,
    report: &mut Report,
) {
    let outcome: Outcome = if have.contains(hash) {
        Ok(())
    } else {
        Err(Difference {
            ours: "no file with this hash".to_owned(),
            theirs: format!("{hash} {what}"),
        })
    };
    report.add(&loaded.name, Check::Hashes, item, outcome);
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64)
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The record writes a note in front of some texts.
fn without_note(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"### BTest baseline data") {
        return bytes;
    }
    let end = bytes.iter().position(|b| *b == b'\n').map_or(0, |n| n + 1);
    bytes.get(end..).unwrap_or_default()
}
