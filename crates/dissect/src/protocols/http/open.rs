//! A message whose head was read and whose body is under way.

use super::describe::{Exchange, View};
use super::framing::Framing;
use super::message::Transaction;
use super::payload::Payload;
use weir_model::{PacketRef, SourceId};

/// A message whose body is being read.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) head: Vec<u8>,
    /// What stands behind a head that was cut: part of a word.
    pub(super) cut: Vec<u8>,
    pub(super) place: (PacketRef, SourceId, u32),
    /// The packet its head begins in.
    pub(super) first: PacketRef,
    /// No body follows it, whatever its fields say.
    pub(super) bodiless: bool,
    /// It names WebSocket as what the connection becomes.
    pub(super) websocket: bool,
    pub(super) role: Role,
    pub(super) framing: Framing,
    pub(super) content_length: Option<u64>,
    pub(super) payload: Payload,
    pub(super) chunks: Vec<u32>,
    pub(super) began: bool,
}

#[derive(Clone)]
pub(super) enum Role {
    /// Number of its transaction.
    Request(u32),
    /// Its transaction.
    Response(Box<Transaction>),
    /// 1xx, with the number of the transaction it belongs to.
    Interim(u32),
}

impl Open {
    /// Bytes kept of it.
    pub(super) fn held(&self) -> usize {
        size_of::<Self>()
            + self.head.capacity()
            + self.cut.capacity()
            + self.chunks.capacity() * size_of::<u32>()
            + self.payload.held()
    }
}

impl Open {
    pub(super) fn view<'a>(&'a self, exchange: Exchange, txn: Option<&'a Transaction>) -> View<'a> {
        View {
            head: &self.head,
            cut: &self.cut,
            place: self.place,
            exchange,
            txn,
            content: self.payload.kept.as_deref(),
            size: self.payload.size,
            encodings: &self.payload.encodings,
            chunks: &self.chunks,
            trailer: match &self.framing {
                Framing::Chunked(chunks) => &chunks.trailer,
                _ => &[],
            },
        }
    }
}
