//! Echo requests and replies found for each other. Bounded; the oldest request is forgotten first.

use super::rows::{self, Content};
use crate::context::{Addresses, Ctx};
use crate::data::Data;
use crate::facts::LinkKind;
use std::collections::VecDeque;
use std::net::IpAddr;
use weir_model::{Field, LimitKind, PacketRef, Timestamp, Value};

/// Requests without an answer that are remembered.
const WAITING: usize = 4096;

static MANY: LimitKind = LimitKind {
    id: "icmp.echo",
    says: "more echo requests were waiting for an answer than are remembered",
    bound: WAITING as u64,
    unit: "requests",
};

/// Requests that wait for their answer, oldest first.
#[derive(Default)]
pub(crate) struct Echoes(VecDeque<Request>);

struct Request {
    ends: Addresses,
    id: u16,
    seq: u16,
    packet: PacketRef,
    time: Timestamp,
    row: Option<u32>,
    digest: u64,
}

/// What is known of an echo.
pub(crate) struct Echo {
    asks: bool,
    other: Option<PacketRef>,
    /// Microseconds.
    took: u32,
}

/// The field names of either ICMP version.
pub(crate) struct Fields {
    pub(crate) resp_in: &'static Field,
    pub(crate) resp_to: &'static Field,
    pub(crate) resp_time: &'static Field,
    pub(crate) no_resp: Option<&'static Field>,
}

/// Notes a request, or finds the one that a reply answers; `content` is what they carry.
pub(crate) fn note(ctx: &mut Ctx<'_>, asks: bool, id: u16, seq: u16, content: Data<'_>) -> Echo {
    let quiet = ctx.core.muted || ctx.packet.duplicate || ctx.packet.quoted;
    if let Some(ends) = ctx.packet.addresses.filter(|_| !quiet) {
        let content = Content::of(ctx, content);
        if asks {
            request(ctx, ends, (id, seq), &content);
        } else {
            answer(ctx, ends, (id, seq), &content);
        }
    }
    let links = &ctx.facts().links;
    let packet = ctx.meta.packet;
    let link = if ctx.packet.quoted {
        None
    } else if asks {
        links.from(packet, LinkKind::Answer).next()
    } else {
        links.to(packet, LinkKind::Answer).next()
    };
    Echo {
        asks,
        other: link.map(|l| if asks { l.to } else { l.from }),
        took: link.map_or(0, |l| l.key),
    }
}

fn request(ctx: &mut Ctx<'_>, ends: Addresses, (id, seq): (u16, u16), content: &Content) {
    let full = ctx.core.echoes.0.len() >= WAITING;
    if full {
        ctx.core.echoes.0.pop_front();
        ctx.limit(&MANY);
    }
    let (packet, time) = (ctx.meta.packet, ctx.meta.time);
    let row = rows::asked(ctx, "echo", (id, seq), content);
    ctx.core.echoes.0.push_back(Request {
        ends,
        id,
        seq,
        packet,
        time,
        row,
        digest: content.digest,
    });
}

fn answer(ctx: &mut Ctx<'_>, ends: Addresses, (id, seq): (u16, u16), content: &Content) {
    let fits = |r: &Request| (r.ends.src, r.ends.dst, r.id, r.seq) == (ends.dst, ends.src, id, seq);
    let Some(at) = ctx.core.echoes.0.iter().rposition(fits) else {
        rows::asked(ctx, "unasked", (id, seq), content);
        return;
    };
    if let Some(request) = ctx.core.echoes.0.remove(at) {
        let (from, to) = (request.packet, ctx.meta.packet);
        // The link's key is the time it took, in microseconds: an echo has one answer.
        let took = ctx.meta.time.since(request.time).0 / 1000;
        let key = u32::try_from(took.max(0)).unwrap_or(u32::MAX);
        ctx.link(LinkKind::Answer, from, to, key);
        rows::answered(ctx, request.row, content, request.digest == content.digest);
    }
}

/// Is a packet for many: a group, or everybody on the link?
fn to_many(ctx: &Ctx<'_>) -> bool {
    ctx.packet.addresses.is_some_and(|a| match a.dst {
        IpAddr::V4(a) => a.is_multicast() || a.is_broadcast(),
        IpAddr::V6(a) => a.is_multicast(),
    })
}

impl Echo {
    /// Is it a request that nobody answered, as far as the whole capture tells?
    pub(crate) fn is_unanswered(&self, ctx: &Ctx<'_>) -> bool {
        self.misses(ctx) && !ctx.packet.quoted
    }

    /// Should there be an answer, and is there none? Who asks many at once need not be answered by that address.
    fn misses(&self, ctx: &Ctx<'_>) -> bool {
        self.asks && self.other.is_none() && !to_many(ctx) && ctx.knows_later()
    }

    /// Says which packet belongs to it and how long the answer took, in milliseconds.
    pub(crate) fn describe(&self, ctx: &mut Ctx<'_>, fields: &'static Fields) {
        match (self.asks, self.other) {
            (true, Some(p)) => {
                ctx.computed(fields.resp_in, Value::Uint(u64::from(p.number)));
            }
            (false, Some(p)) => {
                ctx.computed(fields.resp_to, Value::Uint(u64::from(p.number)));
                let took = f64::from(self.took) / 1000.0;
                ctx.computed(fields.resp_time, Value::Float(took));
            }
            (true, None) => {
                if let Some(field) = fields.no_resp.filter(|_| self.misses(ctx)) {
                    ctx.computed(field, Value::None);
                }
            }
            (false, None) => {}
        }
    }
}
