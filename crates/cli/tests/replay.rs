//! Every packet opened alone is described as in a full pass over the capture.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use weir_cli::Door;
use weir_dissect::tree::TreeSink;
use weir_dissect::{BodySink, Dissector, Options};
use weir_model::{FieldSink, PacketRef};
use weir_session::{Input, Job, Load, PacketEntry, Replay, Session, Step, Visitor};

fn corpus() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let dir = std::env::var_os("WEIR_CORPUS").map_or(here, PathBuf::from);
    dir.join("MANIFEST.tsv").exists().then_some(dir)
}

struct Trees(TreeSink, Vec<(PacketRef, String)>);

impl Visitor for Trees {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.0 = TreeSink::new();
        (&mut self.0, None)
    }
    fn described(&mut self, packet: PacketRef, _: &Session) {
        let text = self.0.dump();
        self.1.push((packet, text));
    }
}

fn check(path: &Path) -> (u32, Vec<String>) {
    let mut door = Door::default();
    let mut session = Session::new(7);
    let file = door.open(path).unwrap();
    let source = file.source;
    let mut load = Load::new(vec![file]);
    door.run(&mut session, &mut load).unwrap();
    let mut wrong = Vec::new();
    let Some(capture) = session.loaded().next() else {
        return (0, wrong);
    };
    let (id, count) = (capture.id, capture.index.len().min(400));
    let mut full = Dissector::new(Options {
        seed: 99,
        ..Options::default()
    });
    for number in 1..=count {
        let packet = PacketRef {
            capture: id,
            number,
        };
        let (meta, entry) = (
            session.meta(packet).unwrap(),
            session.entry(packet).unwrap(),
        );
        let mut input = Input::default();
        let end = entry.offset + u64::from(entry.captured);
        door.supply(
            &weir_session::Need {
                source,
                start: entry.offset,
                end,
                sequential: false,
            },
            &mut input,
        )
        .unwrap();
        let bytes = input.get(source, entry.offset, end).unwrap_or_default();
        let mut sink = TreeSink::new();
        full.describe(
            &meta,
            bytes,
            &mut sink,
            Some(session.chains[0].facts()),
            None,
        );
        let want = sink.dump();
        let mut replay = Replay::new(
            &session,
            0,
            &[packet],
            false,
            Trees(TreeSink::new(), Vec::new()),
        );
        let mut input = Input::default();
        loop {
            match replay.step(&mut session, &mut input, 1000) {
                Step::More => {}
                Step::Need(needs) => needs
                    .iter()
                    .for_each(|n| door.supply(n, &mut input).unwrap()),
                Step::Done => break,
                Step::Failed(e) => panic!("{e}"),
            }
        }
        let got = replay.visitor.1.pop().map(|t| t.1).unwrap_or_default();
        if got != want {
            let differs = want.lines().zip(got.lines()).find(|(a, b)| a != b);
            wrong.push(format!("{}: packet {number}: {differs:?}", path.display()));
        }
    }
    (count, wrong)
}

#[test]
fn a_packet_alone_is_described_as_in_the_full_pass() {
    let Some(dir) = corpus() else {
        println!("skipped: no corpus beside the project");
        return;
    };
    let manifest = std::fs::read_to_string(dir.join("MANIFEST.tsv")).unwrap();
    let share: usize = std::env::var("WEIR_SHARE")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(10);
    let (mut packets, mut wrong, mut files) = (0, Vec::new(), 0);
    for (n, line) in manifest.lines().skip(1).enumerate() {
        let Some(path) = line.split('\t').next().filter(|_| n % share == 0) else {
            continue;
        };
        let (count, bad) = check(&dir.join(path));
        packets += count;
        files += 1;
        wrong.extend(bad);
    }
    println!(
        "{packets} packets of {files} captures, {} differ",
        wrong.len()
    );
    assert!(files > 0 && packets > 0, "the corpus holds no capture");
    assert!(
        wrong.is_empty(),
        "{}",
        wrong
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}
