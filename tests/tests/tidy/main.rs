//! The rules of the house, read from the repository's files. Runs nothing and knows no traffic.
#![expect(
    clippy::unwrap_used,
    reason = "a rule that cannot be read is a failed rule"
)]

mod documents;
mod files;
mod layers;
mod registries;
mod words;
mod www;

use std::path::{Path, PathBuf};

/// A file of the repository: its path from the root, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The lines that are code, numbered from 1: no comments that have a line of their own.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let comment = ["//", "/*", "* ", "*/"];
        let code = move |line: &str| !comment.iter().any(|c| line.trim_start().starts_with(c));
        (1..)
            .zip(self.text.lines())
            .filter(move |(_, line)| code(line))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .into()
}

/// All text files below `folder` whose name ends in one of `ends`, sorted by path.
/// What is built or fetched is not looked at.
fn sources(folder: &str, ends: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let built = matches!(&*name, ".git" | "node_modules" | "dist" | "pkg" | "tools");
            if path.is_dir() {
                if !built && !name.starts_with("target") {
                    folders.push(path);
                }
            } else if ends.iter().any(|end| name.ends_with(end))
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let path = path.strip_prefix(root()).unwrap();
                let path = path.to_string_lossy().replace('\\', "/");
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Fails with every broken line, not only the first.
fn assert_none(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// Whether `line` names `word` as a whole identifier.
fn names(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}
