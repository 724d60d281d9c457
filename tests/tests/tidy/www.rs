//! The page: who may import whom, and the browser's powers it never uses.

use crate::{Source, assert_none, names, sources};

/// A layer of `www/src` and the layers it may import. What stands beside the layers is the app.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("widgets", &["base"]),
    ("engine", &["base"]),
    ("pages", &["base", "widgets", "engine"]),
    ("steps", &["base", "widgets", "engine"]),
    ("app", &["base", "widgets", "engine", "pages", "steps"]),
];

/// What page, worker and engine agree on: the types of requests and replies. It imports nothing,
/// so that every layer may import it and learn no more of the engine.
const CONTRACT: &str = "www/src/engine/contract.ts";

/// What could send bytes away, or turn captured text into markup or code.
const REFUSED: &[&str] = &[
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "dangerouslySetInnerHTML",
    "setHTMLUnsafe",
    "createContextualFragment",
    "DOMParser",
    "srcdoc",
    "eval",
    "fetch",
    "importScripts",
    "XMLHttpRequest",
    "WebSocket",
    "WebTransport",
    "EventSource",
    "sendBeacon",
];

fn scripts() -> Vec<Source> {
    sources("www/src", &[".ts", ".tsx"])
}

/// The layer of a path below `www/src`, and the folder inside it where there is one.
fn place(path: &str) -> (&str, Option<&str>) {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [layer, folder, _, ..] => (*layer, Some(*folder)),
        [layer, _] => (*layer, None),
        _ => ("app", None),
    }
}

/// The relative import of a line, resolved to a path below `www/src`.
fn import(file: &str, line: &str) -> Option<String> {
    let rest = match line.split_once(" from ") {
        Some((_, rest)) => rest,
        None => line
            .strip_prefix("import ")
            .or_else(|| line.split_once("import(").map(|(_, rest)| rest))?,
    };
    let target = rest
        .trim_start()
        .strip_prefix(['\'', '"'])?
        .split(['\'', '"'])
        .next()?;
    let mut path: Vec<&str> = file.split('/').collect();
    path.pop();
    for part in target.strip_prefix('.').map(|_| target.split('/'))? {
        match part {
            "." => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

#[test]
fn layers_of_the_page_import_only_downwards() {
    let mut broken = Vec::new();
    let mut imports = 0;
    for file in scripts() {
        let (layer, folder) = place(file.path.strip_prefix("www/src/").unwrap());
        let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| *known == layer) else {
            broken.push(format!(
                "{}: a folder without a place in the order",
                file.path
            ));
            continue;
        };
        for (number, line) in file.code() {
            let Some(target) = import(&file.path, line) else {
                continue;
            };
            imports += 1;
            if file.path == CONTRACT {
                broken.push(format!("{CONTRACT}:{number}: the contract imports nothing"));
            }
            if target == CONTRACT {
                continue;
            }
            let Some(inside) = target.strip_prefix("www/src/") else {
                if target.contains("/pkg/") && layer != "engine" {
                    broken.push(format!(
                        "{}:{number}: only engine imports the wasm",
                        file.path
                    ));
                }
                continue;
            };
            let (other, other_folder) = place(inside);
            let list = matches!(layer, "pages" | "steps") && folder.is_none();
            let neighbour = matches!(layer, "pages" | "steps")
                && other_folder.is_some()
                && other_folder != folder;
            if other != layer && !allowed.contains(&other) {
                broken.push(format!(
                    "{}:{number}: {layer} must not import {other}",
                    file.path
                ));
            } else if other == layer && neighbour && !list {
                broken.push(format!(
                    "{}:{number}: {layer} never import each other",
                    file.path
                ));
            }
        }
    }
    assert_none("layers of the page import only downwards", &broken);
    assert!(
        imports > 0,
        "no import found in www/src: the reader is broken"
    );
}

#[test]
fn the_page_uses_no_network_and_no_markup_from_text() {
    let mut broken = Vec::new();
    for file in scripts() {
        for (number, line) in file.code() {
            for word in REFUSED.iter().filter(|word| names(line, word)) {
                broken.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    assert_none("the page uses no network and no markup from text", &broken);
}
