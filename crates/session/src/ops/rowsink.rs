//! What a line of the packet list needs of a packet: its ends, its Info text and chosen fields.

use weir_dissect::tree::{plain, shown};
use weir_model::{ByteRange, Field, FieldSink, LayerInfo, SourceId, Value};

/// Collects one line after another.
#[derive(Default)]
pub(crate) struct RowSink {
    /// Who sent it: the innermost network address, else the hardware address.
    pub(crate) source: String,
    /// Who gets it.
    pub(crate) destination: String,
    /// The Info column.
    pub(crate) info: String,
    /// Names of further columns.
    fields: Vec<String>,
    /// Their values, joined by commas.
    pub(crate) values: Vec<String>,
    /// Inside a quoted packet, as ICMP errors carry: it says nothing of this one's ends.
    quoted: bool,
    depth: u16,
    network: bool,
}

impl RowSink {
    /// With values of these fields besides.
    pub(crate) fn new(fields: &[String]) -> Self {
        Self {
            fields: fields.to_vec(),
            values: fields.iter().map(|_| String::new()).collect(),
            ..Self::default()
        }
    }

    /// Ready for the next packet.
    pub(crate) fn clear(&mut self) {
        self.source.clear();
        self.destination.clear();
        self.info.clear();
        self.values.iter_mut().for_each(String::clear);
        self.quoted = false;
        self.network = false;
        self.depth = 0;
    }

    fn take(&mut self, field: &'static Field, value: Value<'_>) {
        if !self.quoted {
            let (end, network) = match field.name {
                "eth.src" | "sll.src.eth" => (Some(&mut self.source), false),
                "eth.dst" => (Some(&mut self.destination), false),
                "ip.src" | "ipv6.src" => (Some(&mut self.source), true),
                "ip.dst" | "ipv6.dst" => (Some(&mut self.destination), true),
                _ => (None, false),
            };
            if let Some(end) = end.filter(|_| network || !self.network) {
                *end = plain(field, value);
                self.network |= network;
            }
        }
        for (name, out) in self.fields.iter().zip(&mut self.values) {
            if field.name == name || field.part_of.contains(&name.as_str()) {
                if !out.is_empty() {
                    out.push(',');
                }
                out.push_str(&shown(field, value));
            }
        }
    }
}

impl FieldSink for RowSink {
    fn wants(&self, _: &'static LayerInfo) -> bool {
        true
    }
    fn layer(&mut self, layer: &'static LayerInfo, _: ByteRange) {
        self.quoted |= matches!(layer.name, "icmp" | "icmpv6");
        self.depth = self.depth.saturating_add(1);
    }
    fn open(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
        self.depth = self.depth.saturating_add(1);
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
    }
    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        SourceId(1)
    }
    fn info(&mut self, text: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        self.info.clear();
        let _ = self.info.write_fmt(text);
    }
}
