//! Merges over random histories of three copies, held against a model that remembers every edit it ever saw.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use weir_case::document::TITLE;
use weir_case::{Change, Document, Item, Operation, Stamp, Version};

const CASE: &str = "00112233445566778899aabbccddeeff";
const HISTORIES: u32 = 10_000;

/// What happens to three copies of one case: who acts, on which item, how.
#[derive(Clone, Debug)]
enum Event {
    Edit(usize, u64, String),
    Delete(usize, u64, bool),
    Settle(usize, u64),
    Rename(usize, String),
    /// Of the last thing this copy did and has not undone.
    Undo(usize),
    Take(usize, usize),
    /// Saved and opened.
    Reopen(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let copy = 0..3_usize;
    let item = 0..4_u64;
    prop_oneof![
        6 => (copy.clone(), item.clone(), "[a-c]{1,2}").prop_map(|(c, i, t)| Event::Edit(c, i, t)),
        2 => (copy.clone(), item.clone(), any::<bool>()).prop_map(|(c, i, gone)| Event::Delete(c, i, gone)),
        2 => (copy.clone(), item).prop_map(|(c, i)| Event::Settle(c, i)),
        2 => (copy.clone(), "[xyz]{0,1}").prop_map(|(c, t)| Event::Rename(c, t)),
        2 => copy.clone().prop_map(Event::Undo),
        4 => (copy.clone(), copy.clone()).prop_map(|(to, from)| Event::Take(to, from)),
        1 => copy.prop_map(Event::Reopen),
    ]
}

type Dot = (String, u64);

/// One item as the model has it: the edits that stand, and every edit it has ever seen, none left out.
#[derive(Clone, Default, PartialEq, Debug)]
struct Seen {
    stand: BTreeMap<Dot, (bool, Value)>,
    ever: BTreeSet<Dot>,
}

impl Seen {
    fn stands(&mut self, version: &Version) {
        let dot = (version.stamp.author.clone(), version.stamp.counter);
        self.ever.insert(dot.clone());
        let says = (version.deleted, Value::Object(version.body.clone()));
        self.stand.insert(dot, says);
    }

    /// What both have, and of either what the other has never seen.
    fn merge(&self, other: &Self) -> Self {
        let kept = |a: &Self, b: &Self| {
            let kept = a
                .stand
                .iter()
                .filter(|(dot, _)| b.stand.contains_key(*dot) || !b.ever.contains(*dot));
            kept.map(|(d, s)| (d.clone(), s.clone()))
                .collect::<BTreeMap<_, _>>()
        };
        let mut stand = kept(self, other);
        stand.extend(kept(other, self));
        Self {
            stand,
            ever: &self.ever | &other.ever,
        }
    }
}

type Model = BTreeMap<String, Seen>;

fn merged(a: &Model, b: &Model) -> Model {
    let ids: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let of = |m: &Model, id: &String| m.get(id).cloned().unwrap_or_default();
    ids.into_iter()
        .map(|id| (id.clone(), of(a, id).merge(&of(b, id))))
        .collect()
}

fn versions(item: &Item) -> impl Iterator<Item = &Version> {
    std::iter::once(&item.now).chain(&item.conflicts)
}

/// A copy with its model.
#[derive(Clone, Default)]
struct Copy {
    doc: Document,
    model: Model,
    counter: u64,
    undo: Vec<(String, Change)>,
}

impl Copy {
    fn act(&mut self, author: usize, item: &str, change: Change) {
        self.counter += 1;
        let stamp = Stamp {
            // Clocks differ: wall time does not follow the order of events.
            at: format!(
                "2026-03-04T{:02}:00:00.000Z",
                (self.counter * 7 + author as u64 * 11) % 24
            ),
            counter: self.counter,
            author: format!("{author:032x}"),
        };
        if let Change::Unsettle(lost) = &change {
            self.counter += lost.len() as u64;
        }
        let settles = matches!(change, Change::Settle);
        let before = self.doc.item(item).map(|i| i.now.stamp.clone());
        let operation = Operation {
            item: item.to_owned(),
            stamp,
            change,
        };
        let Ok(back) = self.doc.apply(operation) else {
            return;
        };
        self.undo.push((item.to_owned(), back));
        let seen = self.model.entry(item.to_owned()).or_default();
        if settles {
            seen.stand.clear();
        } else if let Some(before) = before {
            seen.stand.remove(&(before.author, before.counter));
        }
        for version in versions(self.doc.item(item).unwrap()) {
            seen.stands(version);
        }
    }
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn live(events: Vec<Event>) -> [Copy; 3] {
    let mut copies = [0, 1, 2].map(|_| Copy {
        doc: Document::new(CASE),
        ..Copy::default()
    });
    for event in events {
        match event {
            Event::Take(to, from) => {
                copies[to].doc = copies[to].doc.merge(&copies[from].doc).unwrap();
                copies[to].model = merged(&copies[to].model, &copies[from].model);
            }
            Event::Reopen(copy) => {
                let text = copies[copy].doc.save();
                copies[copy].doc = Document::open(&text).unwrap();
            }
            Event::Undo(copy) => {
                if let Some((item, change)) = copies[copy].undo.pop() {
                    copies[copy].act(copy, &item, change);
                    copies[copy].undo.pop();
                }
            }
            Event::Rename(copy, title) => {
                let body = members(json!({"text": title}));
                let change = if copies[copy].doc.title_item().is_some() {
                    Change::Edit(body)
                } else {
                    added(TITLE, body)
                };
                copies[copy].act(copy, CASE, change);
            }
            Event::Edit(copy, item, text) => {
                let id = shared(&copies[copy].doc, item, copy);
                let body = members(json!({"text": text}));
                let known = copies[copy].doc.item(&id).is_some();
                let change = if known {
                    Change::Edit(body)
                } else {
                    added("note", body)
                };
                copies[copy].act(copy, &id, change);
            }
            Event::Delete(copy, item, gone) => {
                let id = shared(&copies[copy].doc, item, copy);
                copies[copy].act(copy, &id, Change::Delete(gone));
            }
            Event::Settle(copy, item) => {
                let id = shared(&copies[copy].doc, item, copy);
                copies[copy].act(copy, &id, Change::Settle);
            }
        }
    }
    copies
}

fn added(kind: &str, body: Map<String, Value>) -> Change {
    Change::Add {
        kind: kind.into(),
        pass: 1,
        step: "notes".into(),
        body,
    }
}

/// Ids are random, so two authors never make the same item; what one has taken over, it edits.
fn shared(doc: &Document, item: u64, copy: usize) -> String {
    let ids = (0..3).map(|owner| format!("{:032x}", 100 + item * 3 + owner));
    let own = format!("{:032x}", 100 + item * 3 + copy as u64);
    ids.into_iter()
        .find(|id| doc.item(id).is_some())
        .unwrap_or(own)
}

/// Every edit that nobody has replaced after having seen it stands, as the state or as a conflict, and no other.
fn holds(doc: &Document, model: &Model) -> Result<(), TestCaseError> {
    for item in &doc.items {
        let mut stand = Seen::default();
        versions(item).for_each(|v| stand.stands(v));
        let wanted = model.get(&item.id).cloned().unwrap_or_default();
        prop_assert_eq!(&stand.stand, &wanted.stand, "{}", item.id);
        prop_assert!(item.conflicts.iter().all(|c| c.order(&item.now).is_lt()));
    }
    prop_assert_eq!(doc.items.len(), model.len());
    let title = doc.title_item().filter(|i| !i.now.deleted);
    let named = title.map(|i| i.now.text("text")).unwrap_or_default();
    prop_assert_eq!(doc.title.as_str(), named);
    Ok(())
}

#[test]
fn merges_lose_nothing_and_agree_in_any_order() {
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let events = proptest::collection::vec(event(), 0..50);
    let outcome = runner.run(&events, |events| {
        let [a, b, c] = live(events);
        let join = |x: &Document, y: &Document| x.merge(y).unwrap();
        let ab = join(&a.doc, &b.doc);
        let text = ab.save();
        prop_assert_eq!(&text, &join(&b.doc, &a.doc).save(), "commutative");
        let all = join(&ab, &c.doc);
        let other = join(&a.doc, &join(&b.doc, &c.doc));
        prop_assert_eq!(all.save(), other.save(), "associative");
        prop_assert_eq!(&join(&ab, &ab).save(), &text, "idempotent");
        prop_assert_eq!(&join(&ab, &a.doc).save(), &text, "absorbing");
        prop_assert_eq!(&Document::open(&text).unwrap(), &ab, "saved and opened");
        let model = merged(&a.model, &b.model);
        holds(&ab, &model)?;
        holds(&all, &merged(&model, &c.model))?;
        let came = a.doc.came(&join(&a.doc, &ab));
        let of = [
            came.of_new,
            came.of_changed,
            came.of_removed,
            came.of_conflicts,
        ];
        prop_assert!(!came.nothing || of == [0; 4], "{:?}", came);
        prop_assert!(
            ab.came(&join(&ab, &b.doc)).nothing,
            "what was merged comes once"
        );
        Ok(())
    });
    if let Err(e) = outcome {
        panic!("{e}");
    }
}
