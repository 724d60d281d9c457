//! A program that is declared or named as something else.

use super::file_exe_http::{artifact, base, keys as programs};
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use weir_dissect::facts::{Artifact, NameSource};

/// Content and declaration contradict each other.
const CONTRADICTED: f64 = 0.9;

/// Extensions of files that people open without running them.
const HARMLESS: [&str; 16] = [
    "gif", "jpg", "jpeg", "png", "bmp", "ico", "svg", "webp", "txt", "css", "pdf", "htm", "html",
    "mp3", "mp4", "woff",
];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_disguised",
    title: "A program was declared or named as something else",
    why: "Filters and people let pictures and texts pass; a program under such a name was hidden on purpose.",
    how: "The content begins as a Windows program does; the declared type or the name's extension says picture, text, sound or document.",
    innocent: "A server that declares a wrong default type for everything it serves.",
    settle: "Look the SHA-256 up; see whether the same server declares the same type for other files.",
    techniques: &["T1036.008", "T1105"],
    severity: Severity::High,
    needs: &[Need::Artifacts, Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = programs(ground, "http");
    out.extend(programs(ground, "ftp-data"));
    out
}

fn contradiction(a: &Artifact) -> Option<String> {
    let declared = a.declared_type.as_deref().unwrap_or_default();
    let declared = declared.trim().to_ascii_lowercase();
    let kind = declared.split('/').next().unwrap_or_default();
    if matches!(kind, "image" | "audio" | "video" | "text" | "font")
        || declared == "application/pdf"
    {
        return Some(format!("declared as {declared}"));
    }
    let named = a.names.iter().filter(|n| {
        matches!(
            n.from,
            NameSource::Path | NameSource::Disposition | NameSource::Argument
        )
    });
    named
        .filter_map(|n| n.text.rsplit_once('.').map(|(_, e)| e.to_lowercase()))
        .find(|e| HARMLESS.contains(&e.as_str()))
        .map(|e| format!("named .{e}"))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let odd: Vec<(usize, usize)> = key
        .rows
        .iter()
        .copied()
        .filter(|at| artifact(ground, *at).and_then(contradiction).is_some())
        .collect();
    let how = artifact(ground, *odd.first()?).and_then(contradiction)?;
    let key = Key {
        subject: key.subject.clone(),
        rows: odd,
    };
    let mut out = base(ground, &key, &DETECTION)?;
    out.confidence = CONTRADICTED;
    out.why = format!("A Windows program by content, {how}. {}", DETECTION.why);
    Some(out)
}
