//! A folder (or file) and its line in a list: neither without the other.

use crate::{assert_none, root};
use std::collections::BTreeSet;

/// What stands in a folder beside the list itself: names of sub-folders and of files with `end`.
fn members(folder: &str, end: &str) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
        return BTreeSet::new();
    };
    entries
        .filter_map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                Some(name)
            } else {
                name.strip_suffix(end)
                    .filter(|n| !matches!(*n, "mod" | "index" | "tests"))
                    .map(str::to_owned)
            }
        })
        .collect()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// Members against a Rust list: `pub mod` lines and `&name::STATIC,` lines. A module that is not public
/// is no member; it serves the others.
fn compare(folder: &str, end: &str, constant: &str, ordered: bool) {
    let mut members = members(folder, end);
    let list = text(&format!("{folder}/mod.rs"));
    let named = |start: &str| -> Vec<String> {
        list.lines()
            .filter_map(|line| line.strip_prefix(start)?.strip_suffix(';'))
            .map(str::to_owned)
            .collect()
    };
    let modules = named("pub mod ");
    for helper in named("mod ") {
        members.remove(&helper);
    }
    let mut rows: Vec<String> = list
        .lines()
        .filter(|line| line.contains(constant))
        .filter_map(|line| {
            line.trim()
                .strip_prefix('&')?
                .split("::")
                .next()
                .map(str::to_owned)
        })
        .collect();
    let mut broken = Vec::new();
    for (what, lines, ordered) in [
        ("mod lines", &modules, true),
        ("registry lines", &rows, ordered),
    ] {
        if ordered && !lines.is_sorted() {
            broken.push(format!(
                "{folder}/mod.rs: {what} are not in the order of the alphabet"
            ));
        }
    }
    rows.dedup();
    for name in &members {
        let places = [("mod", &modules), ("registry", &rows)];
        for (what, _) in places.iter().filter(|(_, lines)| !lines.contains(name)) {
            broken.push(format!("{folder}/{name} has no {what} line"));
        }
    }
    for name in rows.iter().filter(|name| !members.contains(*name)) {
        broken.push(format!(
            "{folder}/mod.rs registers {name}, which does not exist"
        ));
    }
    assert_none("each folder has its two lines", &broken);
}

#[test]
fn protocols_and_their_lines_agree() {
    compare("crates/dissect/src/protocols", "/", "::PROTOCOL", true);
}

/// The order of detections is that of the page: the strongest first.
#[test]
fn detections_and_their_lines_agree() {
    compare("crates/analyze/src/detections", ".rs", "::DETECTION", false);
}

/// The order of formats is that of the page.
#[test]
fn formats_and_their_lines_agree() {
    compare("crates/case/src/exports/formats", ".rs", "::FORMAT", false);
}

#[test]
fn steps_and_pages_stand_in_their_lists() {
    let mut broken = Vec::new();
    for folder in ["www/src/steps", "www/src/pages"] {
        let list = text(&format!("{folder}/index.ts"));
        for name in members(folder, "/") {
            if !list.contains(&format!("\"./{name}/")) {
                broken.push(format!("{folder}/index.ts does not list {name}"));
            }
        }
    }
    assert_none("each step and each page has its line", &broken);
}

/// The rail draws an icon by its name; one that is not there stops the page.
#[test]
fn steps_and_pages_have_icons() {
    let icons = text("www/src/widgets/icons.tsx");
    let mut broken = Vec::new();
    let mut named = 0;
    for folder in ["www/src/steps", "www/src/pages"] {
        for name in members(folder, "/") {
            let path = format!("{folder}/{name}/index.tsx");
            let step = text(&path);
            let icon = step
                .lines()
                .find_map(|line| line.trim().strip_prefix("icon: \"")?.strip_suffix("\","));
            let Some(icon) = icon else {
                broken.push(format!("{path} has no line `icon: \"…\",`"));
                continue;
            };
            named += 1;
            if !icons.contains(&format!("\n\t{icon}: [")) {
                broken.push(format!(
                    "{path}: no icon {icon:?} in www/src/widgets/icons.tsx"
                ));
            }
        }
    }
    assert_none("each step and each page has its icon", &broken);
    assert!(named > 0, "no step with an icon: the reader is broken");
}
