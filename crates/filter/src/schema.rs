//! What a filter may refer to. The schema is the caller's: this crate knows no protocol.

use crate::nearest::nearest;
use std::collections::BTreeMap;
use weir_model::{Field, LayerInfo};

/// Protocols that may share a field; with more of them, any layer is looked at.
const HOLDERS: usize = 4;

/// A field and the protocols that describe it.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The field; compared by address, so it must be the static that dissection emits.
    pub field: &'static Field,
    /// The protocols whose layers hold it, first ones first; all `None` when any layer may.
    holders: [Option<&'static LayerInfo>; HOLDERS],
}

impl Declared {
    /// A field that any layer may hold.
    #[must_use]
    pub fn anywhere(field: &'static Field) -> Self {
        Self {
            field,
            holders: [None; HOLDERS],
        }
    }

    /// A field that only layers of this protocol hold.
    #[must_use]
    pub fn within(field: &'static Field, layer: &'static LayerInfo) -> Self {
        let mut out = Self::anywhere(field);
        out.holders[0] = Some(layer);
        out
    }

    /// The protocols whose layers hold it; none when any layer may.
    pub fn layers(&self) -> impl Iterator<Item = &'static LayerInfo> {
        self.holders.into_iter().flatten()
    }

    /// May any layer hold it?
    #[must_use]
    pub fn is_anywhere(&self) -> bool {
        self.holders[0].is_none()
    }

    /// What both say of the same field.
    fn join(&mut self, other: Self) {
        if self.is_anywhere() || other.is_anywhere() {
            self.holders = [None; HOLDERS];
            return;
        }
        for layer in other.layers() {
            if self.layers().any(|l| std::ptr::eq(l, layer)) {
                continue;
            }
            match self.holders.iter_mut().find(|h| h.is_none()) {
                Some(free) => *free = Some(layer),
                None => {
                    self.holders = [None; HOLDERS];
                    return;
                }
            }
        }
    }
}

/// One name of a schema.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// A protocol.
    Protocol(&'static LayerInfo),
    /// A field, or one of the fields of a group such as `ip.addr`.
    Field(&'a str, Declared),
}

impl Name<'_> {
    /// What it is written as in a filter.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Protocol(layer) => layer.name,
            Self::Field(name, _) => name,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Protocol(layer) => layer.title,
            Self::Field(_, declared) => declared.field.title,
        }
    }
}

/// Names and what they stand for.
pub trait Schema {
    /// The fields that answer to `name`: their own name, or a group they are part of.
    fn fields(&self, name: &str) -> Vec<Declared>;
    /// The protocol of this name.
    fn protocol(&self, name: &str) -> Option<&'static LayerInfo>;
    /// Every name that begins with `prefix`, in order of the alphabet; a group comes once per member.
    fn names(&self, prefix: &str, visit: &mut dyn FnMut(Name<'_>));
}

/// A [`Schema`] from lists of fields.
#[derive(Default, Debug)]
pub struct Table {
    names: BTreeMap<&'static str, Entry>,
}

#[derive(Default, Debug)]
struct Entry {
    protocol: Option<&'static LayerInfo>,
    fields: Vec<Declared>,
}

impl Table {
    /// An empty schema.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a protocol and its fields; a field may be that of several protocols.
    pub fn add_protocol(
        &mut self,
        layer: &'static LayerInfo,
        fields: impl IntoIterator<Item = &'static Field>,
    ) {
        self.names.entry(layer.name).or_default().protocol = Some(layer);
        for field in fields {
            self.add(Declared::within(field, layer));
        }
    }

    /// Adds fields that any protocol's layer may hold.
    pub fn add_anywhere(&mut self, fields: impl IntoIterator<Item = &'static Field>) {
        for field in fields {
            self.add(Declared::anywhere(field));
        }
    }

    fn add(&mut self, declared: Declared) {
        for name in std::iter::once(&declared.field.name).chain(declared.field.part_of) {
            let fields = &mut self.names.entry(name).or_default().fields;
            match fields
                .iter_mut()
                .find(|d| std::ptr::eq(d.field, declared.field))
            {
                Some(known) => known.join(declared),
                None => fields.push(declared),
            }
        }
    }
}

impl Schema for Table {
    fn fields(&self, name: &str) -> Vec<Declared> {
        self.names
            .get(name)
            .map(|e| e.fields.clone())
            .unwrap_or_default()
    }

    fn protocol(&self, name: &str) -> Option<&'static LayerInfo> {
        self.names.get(name)?.protocol
    }

    fn names(&self, prefix: &str, visit: &mut dyn FnMut(Name<'_>)) {
        let from = (
            std::ops::Bound::Included(prefix),
            std::ops::Bound::Unbounded,
        );
        for (name, entry) in self
            .names
            .range::<str, _>(from)
            .take_while(|(name, _)| name.starts_with(prefix))
        {
            if let Some(layer) = entry.protocol {
                visit(Name::Protocol(layer));
            }
            for declared in &entry.fields {
                visit(Name::Field(name, *declared));
            }
        }
    }
}

/// The names most like `name`, best first.
pub(crate) fn suggestions(schema: &dyn Schema, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    schema.names("", &mut |n| all.push(n.text().to_owned()));
    all.dedup();
    nearest(name, all.iter().map(String::as_str))
}
