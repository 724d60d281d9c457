//! What is read of a capture, as text: packets with their fields, rows, anomalies, limits and files.

use crate::body::{BodyEnd, BodyKey, BodySink, Encoding};
use crate::dissector::Dissector;
use crate::facts::{Artifact, Cell, Facts, MessageTable};
use crate::synth::Synth;
use crate::tree::TreeSink;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Layers below most protocols: their fields are shown only where the sample is theirs.
const BELOW: &[&str] = &["frame", "eth", "ethertype", "ip", "tcp", "udp"];

/// The bytes of the bodies that a pass passed on.
#[derive(Default)]
struct Bodies(BTreeMap<BodyKey, Sha256>);

impl BodySink for Bodies {
    fn begin(&mut self, key: BodyKey, _: &[Encoding]) {
        self.0.insert(key, Sha256::new());
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        if let Some(hash) = self.0.get_mut(&key) {
            hash.update(bytes);
        }
    }
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, _: BodyKey, _: BodyEnd) {}
}

/// A capture as text; it is a sample of `own`.
pub(crate) fn render(synth: &Synth, own: &[&str]) -> String {
    let mut d = Dissector::new(synth.options.clone());
    let mut bodies = Bodies::default();
    for (n, bytes) in synth.packets.iter().enumerate() {
        let sink = &mut weir_model::NoSink;
        d.describe(&synth.meta(n), bytes, sink, None, Some(&mut bodies));
    }
    d.finish(Some(&mut bodies));
    let facts = d.facts();
    let trees = synth.trees(facts);
    let shown = |layer: &str| own.contains(&layer) || !BELOW.contains(&layer);
    let mut out = String::new();
    for (n, tree) in trees.iter().enumerate() {
        packet(&mut out, n + 1, tree, &shown);
    }
    for table in facts.messages.tables() {
        rows(&mut out, table);
    }
    told(&mut out, facts);
    for artifact in facts.artifacts.iter() {
        file(&mut out, artifact, &bodies);
    }
    out
}

fn packet(out: &mut String, number: usize, tree: &TreeSink, wanted: &dyn Fn(&str) -> bool) {
    let protocols = tree.values("frame.protocols").next().unwrap_or_default();
    let _ = writeln!(out, "{number} {protocols}");
    if !tree.info_text().is_empty() {
        let _ = writeln!(out, "  info {}", tree.info_text().escape_debug());
    }
    let mut shown = false;
    for node in tree.nodes() {
        if node.depth == 0 {
            shown = wanted(node.name());
        }
        if shown {
            let _ = writeln!(out, "  {}", node.line());
        }
    }
}

fn rows(out: &mut String, table: &dyn MessageTable) {
    let _ = writeln!(out, "\nlog {}", table.protocol().info.name);
    for n in 0..table.len() {
        let Some(meta) = table.meta(n) else { continue };
        let way = ["->", "<-"][meta.direction.index()];
        let (first, last) = (meta.first.number, meta.last.number);
        let summary = table.summary(n);
        let _ = writeln!(out, "{first}-{last} {way} {}", summary.escape_debug());
        for (c, column) in table.columns().iter().enumerate() {
            let cell = table.cell(n, c);
            if cell != Cell::Absent {
                let _ = writeln!(out, "  {} = {}", column.name, cell.show().escape_debug());
            }
        }
    }
}

fn told(out: &mut String, facts: &Facts) {
    if !facts.anomalies.rows().is_empty() {
        let _ = writeln!(out, "\nanomalies");
    }
    for a in facts.anomalies.rows() {
        let (number, kind) = (a.packet.number, a.kind);
        let _ = writeln!(
            out,
            "{number} {} ({:?}, {}): {}",
            kind.id, kind.severity, kind.group, kind.says
        );
    }
    if !facts.limits.all().is_empty() {
        let _ = writeln!(out, "\nlimits");
    }
    for l in facts.limits.all() {
        let _ = writeln!(out, "{} {} times", l.kind.id, l.count);
    }
}

fn file(out: &mut String, a: &Artifact, bodies: &Bodies) {
    let (first, last) = (a.first.number, a.last.number);
    let _ = writeln!(
        out,
        "\nfile {first}-{last} {} {} bytes, {:?}",
        a.protocol.info.name, a.wire_size, a.state
    );
    for name in &a.names {
        let _ = writeln!(out, "  name {:?} ({:?})", name.text, name.from);
    }
    let _ = writeln!(out, "  url {}", a.url.escape_debug());
    if let Some(declared) = &a.declared_type {
        let _ = writeln!(out, "  declared {}", declared.escape_debug());
    }
    if let Some(found) = &a.found_type {
        let _ = writeln!(out, "  found {}", found.media);
    }
    if !a.encodings.is_empty() {
        let _ = writeln!(out, "  encoded {:?}", a.encodings);
    }
    if let Some(size) = a.declared_size {
        let _ = writeln!(out, "  declared size {size}");
    }
    if !a.missing.is_empty() {
        let _ = writeln!(out, "  missing {:?}", a.missing);
    }
    if let Some(range) = &a.range {
        let _ = writeln!(
            out,
            "  range {}..{} of {:?}",
            range.start, range.end, range.total
        );
    }
    if let Some(hash) = bodies.0.get(&a.key) {
        let mut digest = String::new();
        for byte in hash.clone().finalize() {
            let _ = write!(digest, "{byte:02x}");
        }
        let _ = writeln!(out, "  sha256 {digest}");
    }
}
