//! What a program needs of one packet, gathered while the packet is described.

use crate::program::{Program, What};
use crate::value::Val;
use std::borrow::Cow;
use std::fmt;
use weir_model::{ByteRange, Field, FieldSink, LayerInfo, SourceId, Value};

/// Bytes of one value that are kept; what is longer is cut, and [`Collector::is_cut`] says so.
pub const MAX_VALUE: usize = 16 << 20;

/// Bytes `start..end` of the collector's own buffer.
type Bytes = (usize, usize);

/// A value without borrowed parts.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Plain(Plain),
    Bytes(Bytes),
    /// A layer's own bytes, and those with its payload.
    Layer(Bytes, Bytes),
}

#[derive(Clone, Copy, Debug)]
enum Plain {
    None,
    Number(i128),
    Float(f64),
    V4(u32),
    V6(u128),
    Time(i64),
    Span(i64),
}

/// One value of a slot and which occurrence of its protocol it stood in, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    kept: Kept,
    pub(crate) layer: u32,
    protocol: usize,
}

/// A [`FieldSink`] that keeps only what one [`Program`] needs. Reused from packet to packet: after
/// the first packets it allocates nothing.
#[derive(Debug)]
pub struct Collector {
    /// Address of a field or layer, slot, whether the field's bytes are wanted. Sorted.
    index: Vec<(usize, u16, bool)>,
    any_layer: bool,
    layers: Vec<&'static LayerInfo>,
    needs_bytes: bool,
    pub(crate) slots: Vec<Vec<Item>>,
    /// Slots filled by the planner: asked and what came of it.
    pub(crate) asked: Vec<Option<bool>>,
    arena: Vec<u8>,
    sources: Vec<Bytes>,
    /// Open layers and fields: ordinal, protocol, and the slots' items that are layers.
    open: Vec<(u32, usize)>,
    counts: Vec<(usize, u32)>,
    cut: bool,
}

fn address<T>(of: &'static T) -> usize {
    std::ptr::from_ref(of) as usize
}

impl Collector {
    /// A collector for `program`.
    #[must_use]
    pub fn new(program: &Program) -> Self {
        let mut index: Vec<_> = (0u16..)
            .zip(&program.slots)
            .map(|(n, what)| match what {
                What::Field { declared, raw } => (address(declared.field), n, *raw),
                What::Layer(layer) => (address(*layer), n, false),
            })
            .collect();
        index.sort_unstable();
        Self {
            index,
            any_layer: program.needs.any_layer,
            layers: program.needs.layers.clone(),
            needs_bytes: program.needs.bytes,
            slots: program.slots.iter().map(|_| Vec::new()).collect(),
            asked: vec![None; program.slots.len()],
            arena: Vec::new(),
            sources: Vec::new(),
            open: Vec::new(),
            counts: Vec::new(),
            cut: false,
        }
    }

    /// Forgets the packet before and begins one of these captured bytes.
    pub fn start(&mut self, packet: &[u8]) {
        self.slots.iter_mut().for_each(Vec::clear);
        self.asked.fill(None);
        self.arena.clear();
        self.sources.clear();
        self.open.clear();
        self.counts.clear();
        self.cut = false;
        let kept = if self.needs_bytes {
            self.keep(packet)
        } else {
            (0, 0)
        };
        self.sources.push(kept);
    }

    /// Was a value of this packet cut to [`MAX_VALUE`]?
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    fn keep(&mut self, bytes: &[u8]) -> Bytes {
        let kept = bytes.get(..MAX_VALUE).unwrap_or(bytes);
        self.cut |= kept.len() < bytes.len();
        let start = self.arena.len();
        self.arena.extend_from_slice(kept);
        (start, self.arena.len())
    }

    /// Where `range` lies in the buffer; cut to what its source has.
    fn place(&self, range: ByteRange) -> Bytes {
        let (start, end) = self
            .sources
            .get(usize::from(range.source.0))
            .copied()
            .unwrap_or((0, 0));
        let at = |n: u32| start.saturating_add(n as usize).min(end);
        (at(range.start), at(range.end))
    }

    fn layer_of(&self) -> (u32, usize) {
        self.open.last().copied().unwrap_or((1, 0))
    }

    fn wanted(&self, address: usize) -> std::ops::Range<usize> {
        let from = self.index.partition_point(|(a, ..)| *a < address);
        let count = self
            .index
            .iter()
            .skip(from)
            .take_while(|(a, ..)| *a == address)
            .count();
        from..from + count
    }

    fn push(&mut self, slot: u16, kept: Kept) {
        let (layer, protocol) = self.layer_of();
        if let Some(items) = self.slots.get_mut(usize::from(slot)) {
            items.push(Item {
                kept,
                layer,
                protocol,
            });
        }
    }

    /// Keeps `value` in `slot`; the planner's way in.
    pub(crate) fn put(&mut self, slot: u16, value: Value<'_>) {
        let plain = match value {
            Value::None => Plain::None,
            Value::Bool(b) => Plain::Number(i128::from(b)),
            Value::Uint(n) => Plain::Number(i128::from(n)),
            Value::Int(n) => Plain::Number(i128::from(n)),
            Value::Float(x) => Plain::Float(x),
            Value::Ipv4(a) => Plain::V4(a.into()),
            Value::Ipv6(a) => Plain::V6(a.into()),
            Value::Time(t) => Plain::Time(t.0),
            Value::Duration(d) => Plain::Span(d.0),
            Value::Bytes(bytes) => return self.put_bytes(slot, bytes),
            Value::Text(text) => return self.put_bytes(slot, text.as_bytes()),
            Value::Mac(mac) => return self.put_bytes(slot, &mac.0),
        };
        self.push(slot, Kept::Plain(plain));
    }

    fn put_bytes(&mut self, slot: u16, bytes: &[u8]) {
        let kept = self.keep(bytes);
        self.push(slot, Kept::Bytes(kept));
    }

    /// Marks `count` occurrences of a protocol whose bytes are not asked for.
    pub(crate) fn put_layers(&mut self, slot: u16, count: u32) {
        if let Some(items) = self.slots.get_mut(usize::from(slot)) {
            let items_of = |layer| Item {
                kept: Kept::Layer((0, 0), (0, 0)),
                layer,
                protocol: 0,
            };
            items.extend((1..=count).map(items_of));
        }
        self.counts.push((0, count));
    }

    fn take(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        for n in self.wanted(address(field)) {
            match self.index.get(n) {
                Some(&(_, slot, true)) => {
                    let place = self.place(range);
                    self.push(slot, Kept::Bytes(place));
                }
                Some(&(_, slot, false)) => self.put(slot, value),
                None => {}
            }
        }
    }

    /// How often the item's protocol occurs in the packet.
    pub(crate) fn layers_of(&self, item: &Item) -> u32 {
        self.counts
            .iter()
            .find(|(p, _)| *p == item.protocol)
            .map_or(1, |(_, n)| *n)
    }

    fn bytes(&self, (start, end): Bytes) -> Val<'_> {
        Val::Bytes(Cow::Borrowed(
            self.arena.get(start..end).unwrap_or_default(),
        ))
    }

    /// The item's value; `whole` takes a protocol with its payload.
    pub(crate) fn value(&self, item: &Item, whole: bool) -> Val<'_> {
        match item.kept {
            Kept::Plain(Plain::None) => Val::None,
            Kept::Plain(Plain::Number(n)) => Val::Number(n),
            Kept::Plain(Plain::Float(x)) => Val::Float(x),
            Kept::Plain(Plain::V4(a)) => Val::V4(a, u32::MAX),
            Kept::Plain(Plain::V6(a)) => Val::V6(a, u128::MAX),
            Kept::Plain(Plain::Time(t)) => Val::Time(t),
            Kept::Plain(Plain::Span(t)) => Val::Span(t),
            Kept::Bytes(place) => self.bytes(place),
            Kept::Layer(own, all) => self.bytes(if whole { all } else { own }),
        }
    }
}

impl FieldSink for Collector {
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        self.any_layer || self.layers.iter().any(|l| std::ptr::eq(*l, layer))
    }

    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        let protocol = address(layer);
        let ordinal = match self.counts.iter_mut().find(|(p, _)| *p == protocol) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.counts.push((protocol, 1));
                1
            }
        };
        self.open.push((ordinal, protocol));
        for n in self.wanted(protocol) {
            let Some(&(_, slot, _)) = self.index.get(n) else {
                continue;
            };
            let all = ByteRange {
                end: u32::MAX,
                ..range
            };
            let kept = Kept::Layer(self.place(range), self.place(all));
            self.push(slot, kept);
        }
    }

    fn extent(&mut self, range: ByteRange) {
        let Some(&(ordinal, protocol)) = self.open.last() else {
            return;
        };
        let place = self.place(range);
        for n in self.wanted(protocol) {
            let Some(&(_, slot, _)) = self.index.get(n) else {
                continue;
            };
            let item = self
                .slots
                .get_mut(usize::from(slot))
                .and_then(|items| items.last_mut());
            if let Some(Item {
                kept: Kept::Layer(_, all),
                layer,
                ..
            }) = item
                && *layer == ordinal
            {
                *all = place;
            }
        }
    }

    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.take(field, value, range);
        let layer = self.layer_of();
        self.open.push(layer);
    }

    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.take(field, value, range);
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn source(&mut self, _: &'static str, bytes: &[u8]) -> SourceId {
        let id = u16::try_from(self.sources.len()).unwrap_or(u16::MAX);
        let kept = if self.needs_bytes {
            self.keep(bytes)
        } else {
            (0, 0)
        };
        self.sources.push(kept);
        SourceId(id)
    }

    fn info(&mut self, _: fmt::Arguments<'_>) {}
}
