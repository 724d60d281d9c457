//! The handshake that QUIC carries: messages without records (RFC 9001 section 4).

use super::session::Session;
use super::{PROTOCOL, describe};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Direction;
use weir_model::{PacketRef, Timestamp};

/// What a client's hello over QUIC asks for. Hostile text.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// The name it wants.
    pub(crate) server_name: Option<Box<str>>,
    /// The first application protocol it offers.
    pub(crate) protocol: Option<Box<str>>,
}

/// One connection's handshake.
#[derive(Clone)]
pub(crate) struct OverQuic {
    session: Session,
}

impl Default for OverQuic {
    fn default() -> Self {
        Self {
            session: Session::over_quic(),
        }
    }
}

impl OverQuic {
    /// The next handshake bytes of a direction, which are a layer of their packet that QUIC shows among its own. Did they end a message?
    pub(crate) fn data(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        data: Data<'_>,
        from: (PacketRef, Timestamp),
    ) -> bool {
        let before = self.session.read;
        let wanted = ctx.layer_inside(&PROTOCOL, data.all());
        self.session.handshake(ctx, direction, wanted, data, from);
        let ended = self.session.read != before;
        if wanted {
            if !ended {
                describe::fragment(ctx, data);
            }
            ctx.close();
        }
        ended
    }

    /// A side used keys of its own.
    pub(crate) fn secure(&mut self, ctx: &mut Ctx<'_>, direction: Direction) {
        self.session.secure(ctx, direction);
    }

    /// What the client asked for, once its hello was read.
    pub(crate) fn offer(&self) -> Option<&Offer> {
        self.session.offer.as_deref()
    }
}
