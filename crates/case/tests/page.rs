//! The page does the analyst's operations itself, so that they need no engine: over random histories it comes to the
//! same document as the operations here, undo and redo included. Needs node and the page's tools.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use weir_case::document::TITLE;
use weir_case::{Change, Document, Operation, Stamp};

const HISTORIES: usize = 2_000;

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn stamp(value: &Value) -> Stamp {
    Stamp {
        at: text(value, "at"),
        counter: value["counter"].as_u64().unwrap(),
        author: text(value, "author"),
    }
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn added(item: &Value) -> Change {
    Change::Add {
        kind: text(item, "kind"),
        pass: item["pass"].as_u64().unwrap(),
        step: text(item, "step"),
        body: members(&item["body"]),
    }
}

/// The analyst's steps on a document, each as the changes that undo it, the last one first.
struct Desk {
    doc: Document,
    done: Vec<(String, Vec<Change>)>,
    undone: Vec<(String, Vec<Change>)>,
}

impl Desk {
    fn change(&mut self, item: &str, stamp: &Stamp, changes: Vec<Change>) -> Vec<Change> {
        let mut back: Vec<Change> = changes
            .into_iter()
            .map(|change| {
                let operation = Operation {
                    item: item.to_owned(),
                    stamp: stamp.clone(),
                    change,
                };
                self.doc.apply(operation).unwrap()
            })
            .collect();
        back.reverse();
        back
    }

    fn act(&mut self, item: &str, stamp: &Stamp, changes: Vec<Change>) {
        let back = self.change(item, stamp, changes);
        self.done.push((item.to_owned(), back));
        self.undone.clear();
    }

    fn step(&mut self, step: &Value) {
        let item = text(step, "item");
        let by = || stamp(&step["stamp"]);
        match step["do"].as_str().unwrap() {
            "add" => {
                let made = &step["item"];
                self.act(&text(made, "id"), &stamp(&made["stamp"]), vec![added(made)]);
            }
            "rename" => {
                let made = &step["item"];
                let (id, text) = (text(made, "id"), json!({"text": made["body"]["text"]}));
                let by = stamp(&made["stamp"]);
                let changes = match self.doc.item(&id) {
                    None => vec![added(made)],
                    // Named as it was: the page does nothing.
                    Some(i) if !i.now.deleted && i.now.body.get("text") == text.get("text") => {
                        return;
                    }
                    Some(i) if i.now.deleted => {
                        vec![Change::Edit(members(&text)), Change::Delete(false)]
                    }
                    Some(_) => vec![Change::Edit(members(&text))],
                };
                self.act(&id, &by, changes);
                assert_eq!(self.doc.item(&id).unwrap().now.kind, TITLE);
            }
            "edit" => {
                // The page leaves out what is so already.
                let mut body = members(&step["body"]);
                body.retain(|name, value| step["before"].get(name.as_str()) != Some(value));
                self.act(&item, &by(), vec![Change::Edit(body)]);
            }
            "delete" => self.act(&item, &by(), vec![Change::Delete(true)]),
            "settle" => self.act(&item, &by(), vec![Change::Settle]),
            "choose" => {
                let now = self.doc.item(&item).unwrap().now.clone();
                let mut body = members(&step["chosen"]["body"]);
                for name in now.body.keys() {
                    if !body.contains_key(name) {
                        body.insert(name.clone(), Value::Null);
                    }
                }
                let gone = step["chosen"]["deleted"] == true;
                let mut changes = vec![Change::Edit(body)];
                if gone != now.deleted {
                    changes.push(Change::Delete(gone));
                }
                changes.push(Change::Settle);
                self.act(&item, &by(), changes);
            }
            way => {
                let undo = way == "undo";
                let from = if undo {
                    &mut self.done
                } else {
                    &mut self.undone
                };
                let (id, changes) = from.pop().unwrap();
                assert_eq!(id, item);
                let back = self.change(&id, &by(), changes);
                let to = if undo {
                    &mut self.undone
                } else {
                    &mut self.done
                };
                to.push((id, back));
            }
        }
    }
}

#[test]
fn the_page_and_the_core_come_to_the_same_document() {
    let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www");
    let ran = Command::new("node")
        .arg(www.join("tools/histories.mjs"))
        .arg(HISTORIES.to_string())
        .output();
    let Some(ran) = ran.ok().filter(|_| www.join("node_modules").is_dir()) else {
        println!(
            "skipped: node or the page's tools are not installed, the page's operations are not compared"
        );
        return;
    };
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let mut histories = 0;
    let mut kinds = std::collections::BTreeMap::<String, usize>::new();
    for line in String::from_utf8(ran.stdout).unwrap().lines() {
        let history: Value = serde_json::from_str(line).unwrap();
        let mut desk = Desk {
            doc: Document::from_value(history["begin"].clone()).unwrap(),
            done: Vec::new(),
            undone: Vec::new(),
        };
        for step in history["steps"].as_array().unwrap() {
            *kinds.entry(text(step, "do")).or_default() += 1;
            desk.step(step);
        }
        let page = Document::from_value(history["end"].clone()).unwrap();
        assert_eq!(
            desk.doc.save(),
            page.save(),
            "history {histories}: {}",
            history["steps"]
        );
        histories += 1;
    }
    assert_eq!(histories, HISTORIES);
    for kind in [
        "add", "edit", "delete", "settle", "choose", "rename", "undo", "redo",
    ] {
        assert!(
            kinds.get(kind).is_some_and(|n| *n > HISTORIES / 10),
            "{kinds:?}"
        );
    }
}
