//! What a connection becomes with the answer 101. Knows WebSocket; anything else is recognised by its content.

use super::message::Transaction;
use super::read;
use super::wire::Fields;
use crate::context::Ctx;
use crate::protocols::websocket;

/// A connection becomes a WebSocket with this answer (RFC 6455 section 4.2.2).
pub(super) fn session(ctx: &mut Ctx<'_>, txn: &Transaction, head: &[u8]) {
    let answer = |name: &[u8]| {
        let mut fields = Fields { bytes: head, at: 0 };
        let field = fields.find(|f| f.name.eq_ignore_ascii_case(name));
        field.map_or_else(Box::default, |f| read::short(f.value))
    };
    let asked = txn.request.as_ref();
    let meta = ctx.whole_message();
    ctx.emit(websocket::Session {
        meta,
        host: asked.and_then(|r| r.host.clone()).unwrap_or_default(),
        uri: asked.map(|r| r.target.clone()).unwrap_or_default(),
        user_agent: asked.and_then(|r| r.user_agent.clone()).unwrap_or_default(),
        subprotocol: answer(b"sec-websocket-protocol"),
        server_extensions: answer(b"sec-websocket-extensions"),
    });
}
