//! Fields under another protocol's names: what carries the same messages in another way describes them by the same code.

use crate::context::Ctx;
use std::fmt;
use weir_model::{ByteRange, Field, FieldSink, LayerInfo, SourceId, Value};

/// A field and what it is called instead.
pub(crate) type Name = (&'static Field, &'static Field);

struct Renaming<'a> {
    inner: &'a mut dyn FieldSink,
    /// The filter names to be replaced begin so.
    prefix: &'static str,
    names: &'static [Name],
    /// Of the fields that are open: was it left out?
    open: Vec<bool>,
}

impl Renaming<'_> {
    /// `None`: the other protocol has no such field.
    fn name(&self, field: &'static Field) -> Option<&'static Field> {
        if !field.name.starts_with(self.prefix) {
            return Some(field);
        }
        let found = self.names.iter().find(|(of, _)| std::ptr::eq(*of, field));
        found.map(|(_, to)| *to)
    }
}

impl FieldSink for Renaming<'_> {
    fn describes(&self) -> bool {
        self.inner.describes()
    }
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        self.inner.wants(layer)
    }
    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        self.open.push(false);
        self.inner.layer(layer, range);
    }
    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        let to = self.name(field);
        self.open.push(to.is_none());
        if let Some(to) = to {
            self.inner.open(to, value, range);
        }
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        if let Some(to) = self.name(field) {
            self.inner.field(to, value, range);
        }
    }
    fn close(&mut self) {
        if self.open.pop() != Some(true) {
            self.inner.close();
        }
    }
    fn extent(&mut self, range: ByteRange) {
        self.inner.extent(range);
    }
    fn quoted(&mut self, on: bool) {
        self.inner.quoted(on);
    }
    fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId {
        self.inner.source(name, bytes)
    }
    fn info(&mut self, text: fmt::Arguments<'_>) {
        self.inner.info(text);
    }
}

impl Ctx<'_> {
    /// Runs `what` with fields whose names begin with `prefix` under other names, or left out.
    pub(crate) fn renaming(
        &mut self,
        prefix: &'static str,
        names: &'static [Name],
        what: impl FnOnce(&mut Ctx<'_>),
    ) {
        let mut sink = Renaming {
            inner: &mut *self.sink,
            prefix,
            names,
            open: Vec::new(),
        };
        let mut ctx = Ctx {
            meta: self.meta,
            packet: std::mem::take(&mut self.packet),
            core: &mut *self.core,
            sink: &mut sink,
            describing: self.describing,
            known: self.known,
            body_sink: match &mut self.body_sink {
                Some(b) => Some(&mut **b),
                None => None,
            },
            handed_over: None,
        };
        what(&mut ctx);
        self.packet = ctx.packet;
    }
}
