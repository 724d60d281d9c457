//! The layers of the packet being read: which are listed, which have a line of their own at the top of its tree.

use crate::context::{Ctx, DEEP, LAYERS};
use crate::data::Data;
use crate::protocol::Protocol;
use crate::registry::ProtocolId;
use weir_model::ByteRange;

impl Ctx<'_> {
    /// A layer begins. `true`: describe its fields, then call [`Ctx::close`].
    pub fn layer(&mut self, protocol: &'static Protocol, range: ByteRange) -> bool {
        if self.packet.layers.len() >= LAYERS {
            self.limit(&DEEP);
            return false;
        }
        self.packet.layers.push(protocol.id());
        if self.packet.quoted && !self.packet.delivered || self.packet.inside {
            self.hidden();
        }
        let wanted = self.describing && self.sink.wants(&protocol.info);
        if wanted {
            self.sink.layer(&protocol.info, range);
        }
        wanted
    }

    /// A further part of a layer that was closed, shown apart (one of several packets in a datagram): it is not
    /// listed again. As [`Ctx::layer`] otherwise.
    pub fn layer_again(&mut self, protocol: &'static Protocol, range: ByteRange) -> bool {
        self.shown_too(protocol.id());
        let wanted = self.describes(protocol);
        if wanted {
            self.sink.layer(&protocol.info, range);
        }
        wanted
    }

    /// A layer that the layer before shows among its own lines (a ticket in a logon): listed, without a line of its
    /// own at the top of the tree. As [`Ctx::layer`] otherwise.
    pub fn layer_inside(&mut self, protocol: &'static Protocol, range: ByteRange) -> bool {
        let before = std::mem::replace(&mut self.packet.inside, true);
        let wanted = self.layer(protocol, range);
        self.packet.inside = before;
        wanted
    }

    /// A further message of a layer that was closed: the layer is neither listed again nor counted as a line of the
    /// tree. As [`Ctx::layer`] otherwise.
    pub fn layer_on(&mut self, protocol: &'static Protocol, range: ByteRange) -> bool {
        let wanted = self.describes(protocol);
        if wanted {
            self.sink.layer(&protocol.info, range);
        }
        wanted
    }

    /// The last layer has no line of its own at the top of the tree.
    fn hidden(&mut self) {
        if self.packet.marks.len() < LAYERS {
            self.packet
                .marks
                .push((self.packet.layers.len() as u8, None));
        }
    }

    /// A line of the tree that the list of layers does not name.
    fn shown_too(&mut self, protocol: ProtocolId) {
        let at = self.packet.layers.len();
        if at + self.packet.marks.len() < LAYERS {
            self.packet.marks.push((at as u8, Some(protocol)));
        }
    }

    /// A protocol that shares its parent's bytes and shows no line of its own: it stands only in the list
    /// of layers (`ethertype`).
    pub fn pass_through(&mut self, protocol: &'static Protocol) {
        if self.packet.layers.len() < LAYERS {
            self.packet.layers.push(protocol.id());
            if !protocol.inner {
                self.hidden();
            }
        }
    }

    /// Bytes of no known protocol that are part of the layer before.
    pub(crate) fn unknown_inside(&mut self, data: Data<'_>) {
        let before = std::mem::replace(&mut self.packet.inside, true);
        self.unknown(data);
        self.packet.inside = before;
    }
}
