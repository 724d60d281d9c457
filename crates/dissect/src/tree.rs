//! A packet's fields collected as a tree: what the details view shows and tests compare.
//! Knows no protocol but the frame's place, which is first.

use std::fmt::{self, Write as _};
use weir_model::{ByteRange, Duration, Field, FieldSink, Kind, LayerInfo, SourceId, Value};

/// Nodes kept of one packet.
pub const NODES: usize = 100_000;
/// Bytes of one value that are shown.
pub const SHOWN: usize = 4096;

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A protocol's part of the packet.
    Layer(&'static LayerInfo),
    /// A field.
    Field(&'static Field),
}

/// One line of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// Layers stand at 0.
    pub depth: u16,
    /// Layer or field.
    pub what: What,
    /// The value as `tshark -T fields` prints it; empty for layers and fields without value.
    pub value: String,
    /// The value as people read it: with its word, its unit.
    pub text: String,
    /// Where it stands.
    pub range: ByteRange,
}

impl Node {
    /// Filter name of the layer or field.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.what {
            What::Layer(l) => l.name,
            What::Field(f) => f.name,
        }
    }

    /// `Time to Live: 64`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.what {
            What::Layer(l) => l.title.to_owned(),
            What::Field(f) if self.text.is_empty() => f.title.to_owned(),
            What::Field(f) => format!("{}: {}", f.title, self.text),
        }
    }

    /// As text: two spaces a depth, name, value, range. For tests and goldens.
    #[must_use]
    pub fn line(&self) -> String {
        let width = usize::from(self.depth) * 2;
        let mut out = format!("{:width$}{}", "", self.name());
        if !self.text.is_empty() {
            let _ = write!(out, " = {}", self.text);
        }
        if !self.range.is_empty() {
            let _ = write!(out, " [{}..{}", self.range.start, self.range.end);
            if self.range.source.0 > 0 {
                let _ = write!(out, "@{}", self.range.source.0);
            }
            out.push(']');
        }
        out
    }
}

/// A buffer that ranges point into, other than the packet itself.
#[derive(Clone, Debug)]
pub struct Named {
    /// `Reassembled TCP`.
    pub name: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Collects everything (or some layers) of one packet.
#[derive(Default)]
pub struct TreeSink {
    frame: Vec<Node>,
    nodes: Vec<Node>,
    sources: Vec<Named>,
    info: String,
    depth: u16,
    in_frame: bool,
    only: Option<Vec<String>>,
    cut: bool,
}

impl TreeSink {
    /// Takes every layer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes only layers of these names.
    #[must_use]
    pub fn only(layers: &[&str]) -> Self {
        Self {
            only: Some(layers.iter().map(|s| (*s).to_owned()).collect()),
            ..Self::default()
        }
    }

    /// The lines, the frame first.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.frame.iter().chain(&self.nodes)
    }

    /// Further buffers; [`SourceId`] 1 is the first.
    #[must_use]
    pub fn sources(&self) -> &[Named] {
        &self.sources
    }

    /// The Info column.
    #[must_use]
    pub fn info_text(&self) -> &str {
        &self.info
    }

    /// Were there more than [`NODES`] lines?
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Every value of a field or group (`ip.addr`), in order, as `tshark -T fields` prints them.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.nodes()
            .filter(move |n| match n.what {
                What::Layer(l) => l.name == name,
                What::Field(f) => f.name == name || f.part_of.contains(&name),
            })
            .map(|n| n.value.as_str())
    }

    /// The tree as text: two spaces a depth, name, value, range. For tests and goldens.
    #[must_use]
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for n in self.nodes() {
            out.push_str(&n.line());
            out.push('\n');
        }
        if !self.info.is_empty() {
            let _ = writeln!(out, "info {}", self.info);
        }
        out
    }

    fn push(&mut self, what: What, value: Value<'_>, range: ByteRange) {
        let (value, text) = match what {
            What::Layer(_) => (String::new(), String::new()),
            What::Field(f) => (plain(f, value), shown(f, value)),
        };
        if self.frame.len() + self.nodes.len() >= NODES {
            self.cut = true;
            return;
        }
        let list = if self.in_frame {
            &mut self.frame
        } else {
            &mut self.nodes
        };
        list.push(Node {
            depth: self.depth,
            what,
            value,
            text,
            range,
        });
    }
}

impl FieldSink for TreeSink {
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        self.only
            .as_ref()
            .is_none_or(|names| names.iter().any(|n| n == layer.name))
    }

    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        self.in_frame = self.depth == 0 && layer.name == "frame";
        self.push(What::Layer(layer), Value::None, range);
        self.depth = self.depth.saturating_add(1);
    }

    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.push(What::Field(field), value, range);
        self.depth = self.depth.saturating_add(1);
    }

    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.push(What::Field(field), value, range);
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.in_frame = false;
        }
    }

    fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId {
        self.sources.push(Named {
            name,
            bytes: bytes.to_vec(),
        });
        SourceId(u16::try_from(self.sources.len()).unwrap_or(u16::MAX))
    }

    fn info(&mut self, text: fmt::Arguments<'_>) {
        self.info.clear();
        let _ = self.info.write_fmt(text);
    }
}

/// A value as `tshark -T fields` prints it; it can be pasted into a filter after `==`.
#[must_use]
pub fn plain(field: &Field, value: Value<'_>) -> String {
    match value {
        Value::None => String::new(),
        Value::Bool(b) => u8::from(b).to_string(),
        Value::Uint(n) if field.hex => hex(field, n),
        Value::Uint(n) => n.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(x) => x.to_string(),
        Value::Bytes(b) => digits(b, None),
        Value::Text(t) => cut(t).to_owned(),
        Value::Ipv4(a) => a.to_string(),
        Value::Ipv6(a) => a.to_string(),
        Value::Mac(m) => m.to_string(),
        Value::Time(t) => t.epoch(),
        Value::Duration(d) => d.decimal(),
    }
}

/// A value as people read it.
#[must_use]
pub fn shown(field: &Field, value: Value<'_>) -> String {
    let word = match value {
        Value::Uint(n) => field.word(n),
        Value::Int(n) => field.word(n.cast_unsigned()),
        Value::Bool(b) => field.word(u64::from(b)),
        _ => None,
    };
    match (value, word) {
        (Value::Bool(_), Some(w)) => w.to_owned(),
        (Value::Bool(b), None) => if b { "Set" } else { "Not set" }.to_owned(),
        (_, Some(w)) => format!("{w} ({})", plain(field, value)),
        (Value::Uint(n), None) if field.kind == Kind::Packet => n.to_string(),
        (Value::Bytes(b), None) => digits(b, Some(':')),
        (Value::Time(t), None) => t.rfc3339(),
        (Value::Duration(Duration(_)), None) => format!("{} seconds", plain(field, value)),
        _ => plain(field, value),
    }
}

fn hex(field: &Field, n: u64) -> String {
    let width = match field.kind {
        Kind::Uint(bits) | Kind::Int(bits) => usize::from(bits).div_ceil(4),
        _ => 2,
    };
    format!("0x{n:0width$x}")
}

fn digits(bytes: &[u8], between: Option<char>) -> String {
    let mut out = String::new();
    for (n, b) in bytes.iter().take(SHOWN).enumerate() {
        if n > 0
            && let Some(c) = between
        {
            out.push(c);
        }
        let _ = write!(out, "{b:02x}");
    }
    if bytes.len() > SHOWN {
        out.push('…');
    }
    out
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(SHOWN * 4);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_model::Mac;

    static KIND: Field = Field::new("t.kind", Kind::Uint(16), "Kind")
        .hex()
        .values(&[(0x0800, "IPv4")]);
    static FLAG: Field = Field::new("t.flag", Kind::Bool, "Flag");
    static RAW: Field = Field::new("t.raw", Kind::Bytes, "Raw").part_of(&["t.any"]);
    static HARD: Field = Field::new("t.mac", Kind::Mac, "MAC").part_of(&["t.any"]);
    static FRAME: LayerInfo = LayerInfo {
        name: "frame",
        title: "Frame",
        column: "",
    };
    static T: LayerInfo = LayerInfo {
        name: "t",
        title: "Test",
        column: "T",
    };

    #[test]
    fn values_read_as_wireshark_shows_them() {
        assert_eq!(shown(&KIND, Value::Uint(0x0800)), "IPv4 (0x0800)");
        assert_eq!(plain(&KIND, Value::Uint(6)), "0x0006");
        assert_eq!(shown(&FLAG, Value::Bool(false)), "Not set");
        assert_eq!(shown(&RAW, Value::Bytes(&[1, 255])), "01:ff");
    }

    #[test]
    fn the_frame_described_last_stands_first() {
        let mut tree = TreeSink::new();
        let at = |start, end| ByteRange {
            start,
            end,
            ..ByteRange::GENERATED
        };
        tree.layer(&T, at(0, 4));
        tree.open(&KIND, Value::Uint(1), at(0, 2));
        tree.field(&RAW, Value::Bytes(&[0xab]), at(0, 1));
        tree.close();
        tree.field(&HARD, Value::Mac(Mac([0; 6])), ByteRange::GENERATED);
        tree.close();
        tree.layer(&FRAME, at(0, 4));
        tree.field(&FLAG, Value::Bool(true), ByteRange::GENERATED);
        tree.close();
        assert_eq!(
            tree.dump(),
            "frame [0..4]\n  t.flag = Set\nt [0..4]\n  t.kind = 0x0001 [0..2]\n    t.raw = ab [0..1]\n  t.mac = 00:00:00:00:00:00\n"
        );
        assert_eq!(
            tree.values("t.any").collect::<Vec<_>>(),
            ["ab", "00:00:00:00:00:00"]
        );
    }
}
