//! `weir packets`: rows, fields, counts, whole trees, lists of filters.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::{Out, visible};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::rc::Rc;
use weir_dissect::BodySink;
use weir_dissect::tree::TreeSink;
use weir_filter::Program;
use weir_model::{CaptureId, FieldSink, PacketRef};
use weir_session::{Matches, PacketEntry, Replay, Scan, Session, Visitor, hex, schema};

pub(crate) fn run(args: &Args) -> Done {
    let program = args.filter.as_deref().map(compile).transpose()?;
    if let (true, Some(program)) = (args.explain, &program) {
        Out::new(false).lines(program.explain().trim_end());
    }
    let mut open = Open::new(args)?;
    open.payload_only();
    if let Some(list) = &args.filter_list {
        let text =
            std::fs::read_to_string(list).map_err(|e| Usage(format!("{}: {e}", list.display())))?;
        return filter_list(args, &mut open, &text);
    }
    if let Some(packet) = &args.packet {
        return tree(&mut open, packet);
    }
    let matches = match program {
        Some(program) => {
            let mut scan = Scan::new(&[Rc::new(program)], !args.unplanned);
            open.run(&mut scan);
            scan.matches().first().map(|m| (*m).clone())
        }
        None => None,
    };
    let wanted: Vec<PacketRef> = all(&open.session)
        .into_iter()
        .filter(|p| matches.as_ref().is_none_or(|m| m.has(*p)))
        .collect();
    let mut out = Out::new(args.json);
    if args.count {
        out.row(&json!({ "count": wanted.len() }));
        return Ok(open.code());
    }
    for n in 0..open.session.chains.len() {
        let chain = open
            .session
            .chains
            .get(n)
            .map(|c| c.captures.clone())
            .unwrap_or_default();
        let targets: Vec<PacketRef> = wanted
            .iter()
            .copied()
            .filter(|p| chain.contains(&p.capture))
            .collect();
        let rows = Rows {
            tree: TreeSink::new(),
            fields: args.fields.clone(),
            json: args.json,
            out,
        };
        let mut replay = Replay::new(&open.session, n, &targets, false, rows);
        open.run(&mut replay);
        out = replay.visitor.out;
    }
    Ok(open.code())
}

fn compile(text: &str) -> Result<Program, Usage> {
    Program::new(text, schema()).map_err(|e| Usage(e.render(text)))
}

fn all(session: &Session) -> Vec<PacketRef> {
    let of = |id: CaptureId, len: u32| {
        (1..=len).map(move |number| PacketRef {
            capture: id,
            number,
        })
    };
    session
        .loaded()
        .flat_map(|c| of(c.id, c.index.len()))
        .collect()
}

/// Prints each target as a row.
struct Rows {
    tree: TreeSink,
    fields: Vec<String>,
    json: bool,
    out: Out,
}

impl Visitor for Rows {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.tree = TreeSink::new();
        (&mut self.tree, None)
    }

    fn described(&mut self, packet: PacketRef, session: &Session) {
        if !self.fields.is_empty() {
            let value = |f: &String| {
                self.tree
                    .values(f)
                    .map(visible)
                    .collect::<Vec<_>>()
                    .join(",")
            };
            if self.json {
                let members: Map<String, Value> = self
                    .fields
                    .iter()
                    .map(|f| (f.clone(), Value::String(value(f))))
                    .collect();
                self.out.row(&Value::Object(members));
            } else {
                let line = self.fields.iter().map(value).collect::<Vec<_>>().join("\t");
                self.out.line(&line);
            }
            return;
        }
        let first = |names: &[&str]| {
            names
                .iter()
                .filter_map(|n| self.tree.values(n).last().map(str::to_owned))
                .next_back()
        };
        let time = session.entry(packet).map(|e| e.time);
        let layers = session.entry(packet).and_then(|e| {
            session
                .chain_of(packet.capture)
                .map(|c| c.facts().stacks.layers(e.stack).to_vec())
        });
        let column = layers
            .iter()
            .flatten()
            .rev()
            .filter_map(|id| weir_dissect::registry().get(*id))
            .find(|p| !p.info.column.is_empty() && p.info.name != "data");
        let row = json!({
            "packet": session.name(packet),
            "time": time.map(weir_model::Timestamp::epoch),
            "source": first(&["eth.src", "ip.src", "ipv6.src"]),
            "destination": first(&["eth.dst", "ip.dst", "ipv6.dst"]),
            "protocol": column.map(|p| p.info.column),
            "length": session.entry(packet).map(|e| e.wire),
            "info": self.tree.info_text(),
        });
        self.out.row(&row);
    }
}

/// The whole tree of one packet.
fn tree(open: &mut Open, name: &str) -> Done {
    let bad = || Usage(format!("{name:?} is no packet; write 12 or B:12"));
    let (capture, number) = name
        .split_once(':')
        .map_or(Ok((CaptureId(0), name)), |(l, n)| {
            l.parse().map(|l| (l, n)).map_err(|()| bad())
        })?;
    let packet = PacketRef {
        capture,
        number: number.parse().map_err(|_| bad())?,
    };
    let chain = open
        .session
        .capture(capture)
        .map(|c| c.chain)
        .filter(|_| open.session.entry(packet).is_some());
    let chain = chain.ok_or_else(|| Usage(format!("there is no packet {name}")))?;
    struct Dump(TreeSink, String);
    impl Visitor for Dump {
        fn look(
            &mut self,
            _: PacketRef,
            _: &PacketEntry,
            _: &[u8],
        ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
            self.0 = TreeSink::new();
            (&mut self.0, None)
        }
        fn described(&mut self, _: PacketRef, _: &Session) {
            self.1 = self.0.dump();
        }
    }
    let mut replay = Replay::new(
        &open.session,
        chain,
        &[packet],
        false,
        Dump(TreeSink::new(), String::new()),
    );
    open.run(&mut replay);
    let mut out = Out::new(false);
    for line in replay.visitor.1.lines() {
        out.line(&visible(line));
    }
    Ok(open.code())
}

/// `id TAB filter` lines: per line the id, the count and the SHA-256 of the packet numbers.
fn filter_list(args: &Args, open: &mut Open, text: &str) -> Done {
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('\t'))
        .collect();
    let compiled: Vec<Result<Rc<Program>, String>> = lines
        .iter()
        .map(|(_, f)| {
            Program::new(f, schema())
                .map(Rc::new)
                .map_err(|e| e.to_string())
        })
        .collect();
    let programs: Vec<Rc<Program>> = compiled
        .iter()
        .filter_map(|c| c.as_ref().ok().cloned())
        .collect();
    let mut scan = Scan::new(&programs, !args.unplanned);
    open.run(&mut scan);
    let mut found = scan.matches().into_iter();
    let mut out = Out::new(args.json);
    for ((id, _), program) in lines.iter().zip(&compiled) {
        match program {
            Ok(_) => {
                let numbers = found
                    .next()
                    .map(|m| names(&open.session, m))
                    .unwrap_or_default();
                let digest = hex(&Sha256::digest(numbers.join("\n").as_bytes()));
                out.row(&json!({ "id": id, "count": numbers.len(), "sha256": digest }));
            }
            Err(error) => out.row(&json!({ "id": id, "error": error })),
        }
    }
    Ok(open.code())
}

fn names(session: &Session, matches: &Matches) -> Vec<String> {
    let of = |c: CaptureId| {
        matches
            .numbers(c)
            .map(move |number| PacketRef { capture: c, number })
    };
    session
        .loaded()
        .flat_map(|c| of(c.id))
        .map(|p| session.name(p))
        .collect()
}
