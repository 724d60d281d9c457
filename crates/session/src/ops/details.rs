//! One packet in full: its tree, its bytes, what it is linked to.

use crate::error::SessionError;
use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::Job;
use crate::ops::rowsink::RowSink;
use crate::ops::{Cx, Op, Out, Payload, json, names, parse, passed, view};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use weir_dissect::facts::LinkKind;
use weir_dissect::tree::{Node, SHOWN, What};
use weir_dissect::{BodySink, Severity, TreeSink};
use weir_filter::quote;
use weir_model::{
    ByteRange, Field, FieldSink, Kind, LayerInfo, PacketRef, SourceId, Timestamp, Value as Of,
};

/// A line of the details tree.
#[derive(Serialize)]
struct TreeLine {
    depth: u16,
    text: String,
    name: &'static str,
    value: Option<String>,
    filter: Option<String>,
    source: u16,
    start: u32,
    end: u32,
    layer: bool,
    severity: Option<&'static str>,
    link: Option<String>,
    spec: &'static str,
}

/// Collects the tree and the line of the packet list at once.
#[derive(Default)]
pub(super) struct Both {
    pub(super) tree: TreeSink,
    pub(super) row: RowSink,
}

impl FieldSink for Both {
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        self.tree.wants(layer)
    }
    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        self.tree.layer(layer, range);
        self.row.layer(layer, range);
    }
    fn extent(&mut self, range: ByteRange) {
        self.tree.extent(range);
    }
    fn open(&mut self, field: &'static Field, value: Of<'_>, range: ByteRange) {
        self.tree.open(field, value, range);
        self.row.open(field, value, range);
    }
    fn field(&mut self, field: &'static Field, value: Of<'_>, range: ByteRange) {
        self.tree.field(field, value, range);
        self.row.field(field, value, range);
    }
    fn close(&mut self) {
        self.tree.close();
        self.row.close();
    }
    fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId {
        self.tree.source(name, bytes)
    }
    fn info(&mut self, text: std::fmt::Arguments<'_>) {
        self.tree.info(text);
        self.row.info(text);
    }
}

#[derive(Default)]
struct Look {
    sink: Both,
    bytes: Vec<u8>,
}

impl Visitor for Look {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.bytes = bytes.to_vec();
        (&mut self.sink, None)
    }
    fn described(&mut self, _: PacketRef, _: &Session) {}
}

#[derive(Deserialize)]
struct PacketArgs {
    packet: String,
}

struct PacketOp {
    args: PacketArgs,
    replay: Option<(PacketRef, Replay<Look>)>,
}

pub(crate) fn packet(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(PacketOp {
        args: parse(args)?,
        replay: None,
    }))
}

impl PacketOp {
    fn run(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        if self.replay.is_none() {
            let packet = names::find_packet(cx.session, &self.args.packet)?;
            let chain = cx.session.capture(packet.capture).map_or(0, |c| c.chain);
            let replay = Replay::new(cx.session, chain, &[packet], false, Look::default());
            self.replay = Some((packet, replay));
        }
        let Some((packet, replay)) = &mut self.replay else {
            return Ok(Out::More);
        };
        if let Some(out) = passed(replay.step(cx.session, input, fuel)) {
            return Ok(out);
        }
        details(cx.session, *packet, &replay.visitor).map(Out::Done)
    }
}

impl Op for PacketOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.run(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}

/// The page's word for how loud an anomaly is.
pub(crate) fn severity(s: Severity) -> &'static str {
    match s {
        Severity::Chat => "info",
        Severity::Note => "low",
        Severity::Warn => "medium",
        Severity::Error => "high",
    }
}

/// The filter that finds this value; none for what is no filter or was cut.
fn filter_of(node: &Node) -> Option<String> {
    let What::Field(field) = node.what else {
        return Some(node.name().to_owned());
    };
    let (name, value) = (field.name, node.value.as_str());
    let literal = match field.kind {
        Kind::None => return Some(name.to_owned()),
        Kind::Bool => if value == "1" { "True" } else { "False" }.to_owned(),
        Kind::Text if value.len() >= SHOWN => return None,
        Kind::Text => quote(value.as_bytes()),
        Kind::Bytes if value.is_empty() => return Some(name.to_owned()),
        Kind::Bytes if value.ends_with('…') => return None,
        Kind::Bytes => {
            let pairs: Vec<&str> = (0..value.len())
                .step_by(2)
                .filter_map(|n| value.get(n..n + 2))
                .collect();
            pairs.join(":")
        }
        Kind::Time => quote(value.parse::<Timestamp>().ok()?.rfc3339().as_bytes()),
        Kind::Float if !value.parse::<f64>().is_ok_and(f64::is_finite) => return None,
        _ => value.to_owned(),
    };
    Some(format!("{name} == {literal}"))
}

/// How loud the expert information at this node is.
fn loudness(node: &Node, children: &[Node]) -> Option<&'static str> {
    if node.name() != "_ws.expert" {
        return None;
    }
    let told = children
        .iter()
        .take_while(|n| n.depth > node.depth)
        .find(|n| n.name() == "_ws.expert.severity")?;
    Some(match told.text.split(' ').next()? {
        "Chat" => "info",
        "Note" => "low",
        "Warning" => "medium",
        _ => "high",
    })
}

fn line(node: &Node, after: &[Node], packet: PacketRef) -> TreeLine {
    let (layer, kind, spec) = match node.what {
        What::Layer(_) => (true, None, ""),
        What::Field(f) => (false, Some(f.kind), f.spec),
    };
    let link = (kind == Some(Kind::Packet))
        .then(|| node.value.parse().ok())
        .flatten()
        .map(|number| {
            names::packet(PacketRef {
                capture: packet.capture,
                number,
            })
        });
    TreeLine {
        depth: node.depth,
        text: node.label(),
        name: node.name(),
        value: (!layer && kind != Some(Kind::None)).then(|| node.value.clone()),
        filter: filter_of(node),
        source: node.range.source.0,
        start: node.range.start,
        end: node.range.end,
        layer,
        severity: loudness(node, after),
        link,
        spec,
    }
}

fn links(session: &Session, packet: PacketRef) -> Vec<Value> {
    let Some(chain) = session.chain_of(packet.capture) else {
        return Vec::new();
    };
    let links = &chain.facts().links;
    let kinds = [
        (LinkKind::Answer, "response", "request"),
        (LinkKind::Fragment, "fragment_of", "fragment"),
        (LinkKind::Segment, "segment_of", "segment"),
        (LinkKind::Setup, "sets_up", "set_up_by"),
    ];
    let mut out = Vec::new();
    for (kind, to, from) in kinds {
        let one = |kind: &str, p: PacketRef| object!({"kind": kind, "packet": names::packet(p)});
        out.extend(links.to(packet, kind).map(|l| one(from, l.from)));
        out.extend(links.from(packet, kind).map(|l| one(to, l.to)));
    }
    out
}

fn details(session: &Session, packet: PacketRef, seen: &Look) -> Result<Payload, SessionError> {
    let (Some(entry), Some(capture), Some(chain)) = (
        session.entry(packet),
        session.capture(packet.capture),
        session.chain_of(packet.capture),
    ) else {
        return Ok(Payload::default());
    };
    let tree = &seen.sink.tree;
    let nodes: Vec<Node> = tree.nodes().cloned().collect();
    let lines: Vec<TreeLine> = nodes
        .iter()
        .enumerate()
        .map(|(n, node)| line(node, nodes.get(n + 1..).unwrap_or_default(), packet))
        .collect();
    let mut sources = vec![object!({"name": "Packet", "bytes": null})];
    let mut buffers = vec![("/sources/0/bytes".to_owned(), seen.bytes.clone())];
    for (n, source) in tree.sources().iter().enumerate() {
        sources.push(object!({"name": source.name, "bytes": null}));
        buffers.push((format!("/sources/{}/bytes", n + 1), source.bytes.clone()));
    }
    let interface = capture.facts.interfaces.get(usize::from(entry.interface));
    let interface = interface.map(|i| match i.interface.name.as_str() {
        "" => format!("interface {}", entry.interface),
        name => name.to_owned(),
    });
    let from = capture.comments.partition_point(|c| c.0 < packet.number);
    let comments: Vec<&str> = capture
        .comments
        .iter()
        .skip(from)
        .take_while(|c| c.0 == packet.number)
        .map(|c| c.1.as_str())
        .collect();
    let flow = entry.flow.and_then(|(id, _)| chain.facts().flow(id));
    let raised: Vec<Value> = view::anomalies(chain, packet)
        .map(|a| {
            object!({
                "severity": severity(a.kind.severity),
                "says": a.kind.says,
                "layer": a.kind.id.split('.').next(),
            })
        })
        .collect();
    let value = object!({
        "packet": names::packet(packet),
        "time": view::time(session, packet, &entry).epoch(),
        "captured": entry.captured,
        "wire": entry.wire,
        "interface": interface,
        "comments": comments,
        "tree": json(&lines)?,
        "sources": sources,
        "flow": flow.and_then(|f| f.stream(packet.capture).map(|n| {
            format!("{}:{}:{n}", packet.capture, f.transport.name())
        })),
        "links": links(session, packet),
        "anomalies": raised,
        "info": seen.sink.row.info,
        "source": seen.sink.row.source,
        "destination": seen.sink.row.destination,
        "protocol": view::protocol(session, packet, &entry),
    });
    Ok(Payload {
        value,
        buffers,
        bytes: None,
    })
}
