//! Documents that name paths, crates and scripts: each must exist.

use crate::{Source, assert_none, root, sources};

/// Made by a script, or outside the repository by contract.
const MADE: &[&str] = &[
    "dist/",
    "target/",
    "www/pkg",
    "www/node_modules",
    "../shared/corpus",
];

/// What a document calls by a path: `code spans` with a slash, and the targets of links.
fn paths(text: &str) -> Vec<String> {
    let spans = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| span.contains('/'));
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let whole = |path: &&str| {
        !path.contains([' ', '<', '*', '{', '…', '\n', '#', '=', '!']) && !path.contains("://")
    };
    spans
        .chain(links)
        .filter(whole)
        .map(|path| path.trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn paths_named_in_documents_exist() {
    let mut broken = Vec::new();
    let mut counted = 0;
    for Source {
        path: document,
        text,
    } in sources(".", &[".md"])
    {
        let folder = root().join(&document);
        let folder = folder.parent().unwrap();
        for path in paths(&text) {
            if MADE.iter().any(|made| path.starts_with(made)) {
                continue;
            }
            counted += 1;
            // A path is read from the root, or from the document's own folder.
            if !root().join(&path).exists() && !folder.join(&path).exists() {
                broken.push(format!("{document}: {path}"));
            }
        }
    }
    assert_none("paths named in documents exist", &broken);
    assert!(
        counted > 0,
        "no path found in any document: the reader is broken"
    );
}
