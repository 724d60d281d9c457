//! What a field is and what it can hold. Knows no protocol.

use crate::{Duration, Mac, Timestamp};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The type of a field's values, as the filter language sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Present or absent, no value (`FT_NONE`, `FT_PROTOCOL`).
    None,
    /// True or false.
    Bool,
    /// Unsigned, of this many bits.
    Uint(u8),
    /// Signed, of this many bits.
    Int(u8),
    /// Double precision.
    Float,
    /// A byte string.
    Bytes,
    /// Text, UTF-8 by the field's encoding with U+FFFD for what is not.
    Text,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A hardware address.
    Mac,
    /// An absolute time.
    Time,
    /// A relative time.
    Duration,
    /// A packet number of the same capture (`FT_FRAMENUM`).
    Packet,
}

/// What kind of personal or secret matter a field's values are: drives masking and redaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Holds {
    /// Nothing to hide.
    #[default]
    Plain,
    /// An address of a machine.
    Address,
    /// The name of a machine or person.
    Name,
    /// A credential.
    Secret,
    /// What somebody wrote or read.
    Content,
}

/// The cheapest place a field's value can be had from: the planner's guide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Origin {
    /// Only by dissecting the packet again.
    #[default]
    Bytes,
    /// From the packet index alone.
    Index,
    /// From the packet's flow record.
    Flow,
}

/// One field: a static, named as Wireshark names it, shared by tree, filter, log and reference page.
#[derive(Debug)]
pub struct Field {
    /// `http.host`; fields Weir adds are `weir.*`.
    pub name: &'static str,
    /// Type of its values.
    pub kind: Kind,
    /// What the tree says before the value.
    pub title: &'static str,
    /// Where it is defined: RFC and section, or a standard's name. May be empty.
    pub spec: &'static str,
    /// Words for values; sorted or not, searched in order.
    pub values: &'static [(u64, &'static str)],
    /// Names this field is also found under: `ip.src` is part of `ip.addr`.
    pub part_of: &'static [&'static str],
    /// Drives masking.
    pub holds: Holds,
    /// Drives planning.
    pub origin: Origin,
    /// Shown in hexadecimal (ids, checksums, flags).
    pub hex: bool,
}

impl Field {
    /// A field of `kind` with everything else at its default.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, title: &'static str) -> Self {
        Self {
            name,
            kind,
            title,
            spec: "",
            values: &[],
            part_of: &[],
            holds: Holds::Plain,
            origin: Origin::Bytes,
            hex: false,
        }
    }

    /// Where it is defined.
    #[must_use]
    pub const fn spec(mut self, spec: &'static str) -> Self {
        self.spec = spec;
        self
    }

    /// Words for its values.
    #[must_use]
    pub const fn values(mut self, values: &'static [(u64, &'static str)]) -> Self {
        self.values = values;
        self
    }

    /// Further names it answers to.
    #[must_use]
    pub const fn part_of(mut self, names: &'static [&'static str]) -> Self {
        self.part_of = names;
        self
    }

    /// What its values give away.
    #[must_use]
    pub const fn holds(mut self, holds: Holds) -> Self {
        self.holds = holds;
        self
    }

    /// Where the planner finds it.
    #[must_use]
    pub const fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Shown in hexadecimal.
    #[must_use]
    pub const fn hex(mut self) -> Self {
        self.hex = true;
        self
    }

    /// The word for `value`, where the field has one.
    #[must_use]
    pub fn word(&self, value: u64) -> Option<&'static str> {
        self.values
            .iter()
            .find(|(v, _)| *v == value)
            .map(|(_, w)| *w)
    }
}

/// A value as it was captured, borrowed from the bytes it was read from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// The field is present and that is all.
    None,
    /// See [`Kind::Bool`].
    Bool(bool),
    /// See [`Kind::Uint`]; also [`Kind::Packet`].
    Uint(u64),
    /// See [`Kind::Int`].
    Int(i64),
    /// See [`Kind::Float`].
    Float(f64),
    /// See [`Kind::Bytes`].
    Bytes(&'a [u8]),
    /// See [`Kind::Text`].
    Text(&'a str),
    /// See [`Kind::Ipv4`].
    Ipv4(Ipv4Addr),
    /// See [`Kind::Ipv6`].
    Ipv6(Ipv6Addr),
    /// See [`Kind::Mac`].
    Mac(Mac),
    /// See [`Kind::Time`].
    Time(Timestamp),
    /// See [`Kind::Duration`].
    Duration(Duration),
}

/// Which buffer a range counts in: 0 is the packet, others are named by
/// [`crate::FieldSink::source`] while that packet is described.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SourceId(pub u16);

/// Bytes `start..end` of a source. Empty for what Weir computed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ByteRange {
    /// Which buffer.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl ByteRange {
    /// No bytes: the value was computed, not read.
    pub const GENERATED: Self = Self {
        source: SourceId(0),
        start: 0,
        end: 0,
    };

    /// Number of bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Was the value computed rather than read?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}
