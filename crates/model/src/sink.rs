//! Who takes the fields that dissection describes: the details tree, a filter, a table.

use crate::{ByteRange, Field, SourceId, Value};
use std::fmt;

/// What a sink needs to know of a protocol: its names.
#[derive(Debug)]
pub struct LayerInfo {
    /// Filter name: `http`, `ftp-data`.
    pub name: &'static str,
    /// `Hypertext Transfer Protocol`.
    pub title: &'static str,
    /// What the packet list's Protocol column says: `HTTP`.
    pub column: &'static str,
}

/// Receives layers and fields in the order of the packet. Every `layer` or `open` is
/// matched by one `close`. Values are borrowed: a sink copies what it keeps.
pub trait FieldSink {
    /// Does it want anything at all? `false` only for the load pass.
    fn describes(&self) -> bool {
        true
    }
    /// Is anything of this layer of interest? When not, its fields are not computed.
    fn wants(&self, layer: &'static LayerInfo) -> bool;
    /// A protocol's part of the packet begins.
    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange);
    /// A field with children begins.
    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange);
    /// A field without children.
    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange);
    /// Ends the innermost `layer` or `open`.
    fn close(&mut self);
    /// The innermost layer's bytes with its payload, where they do not reach to the end of the buffer
    /// (padding, a trailer): what a filter searches in `tcp contains "x"`.
    fn extent(&mut self, _range: ByteRange) {}
    /// What follows stands in a packet that this one quotes (`true`: an ICMP error), or no longer does: it is
    /// described and is no traffic.
    fn quoted(&mut self, _on: bool) {}
    /// A further buffer (reassembled, decoded) that later ranges point into.
    fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId;
    /// The packet list's Info column; the last layer's word stands.
    fn info(&mut self, text: fmt::Arguments<'_>);
}

/// Wants nothing: the load pass.
pub struct NoSink;

impl FieldSink for NoSink {
    fn describes(&self) -> bool {
        false
    }
    fn wants(&self, _: &'static LayerInfo) -> bool {
        false
    }
    fn layer(&mut self, _: &'static LayerInfo, _: ByteRange) {}
    fn open(&mut self, _: &'static Field, _: Value<'_>, _: ByteRange) {}
    fn field(&mut self, _: &'static Field, _: Value<'_>, _: ByteRange) {}
    fn close(&mut self) {}
    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        SourceId(0)
    }
    fn info(&mut self, _: fmt::Arguments<'_>) {}
}
