//! The steps both IP versions take with a fragment, and the fields that tell of them.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Fragmenters, LinkKind};
use crate::flow::{FragmentKey, TOO_MANY_FRAGMENTS, Whole};
use crate::protocol::Severity;
use weir_model::{ByteRange, Field, Kind, LimitKind, SourceId, Value};

/// The same fields under the name of either version.
pub(crate) struct Fields {
    pub(crate) fragments: Field,
    pub(crate) fragment: Field,
    pub(crate) count: Field,
    pub(crate) length: Field,
    pub(crate) data: Field,
    pub(crate) reassembled_in: Field,
    pub(crate) overlap: Field,
    pub(crate) conflict: Field,
    pub(crate) error: Field,
}

macro_rules! fields {
    ($version:literal, $reassembled_in:literal) => {
        Fields {
            fragments: Field::new(concat!($version, ".fragments"), Kind::None, "Fragments"),
            fragment: Field::new(concat!($version, ".fragment"), Kind::Packet, "Fragment"),
            count: Field::new(
                concat!($version, ".fragment.count"),
                Kind::Uint(32),
                "Fragment count",
            ),
            length: Field::new(
                concat!($version, ".reassembled.length"),
                Kind::Uint(32),
                "Reassembled length",
            ),
            data: Field::new(
                concat!($version, ".reassembled.data"),
                Kind::Bytes,
                "Reassembled data",
            ),
            reassembled_in: Field::new($reassembled_in, Kind::Packet, "Reassembled in"),
            overlap: Field::new(
                concat!($version, ".fragment.overlap"),
                Kind::Bool,
                "Fragment overlap",
            ),
            conflict: Field::new(
                concat!($version, ".fragment.overlap.conflicts"),
                Kind::Bool,
                "Conflicting data in fragment overlap",
            ),
            error: Field::new(
                concat!($version, ".fragment.error"),
                Kind::Packet,
                "Defragmentation error",
            ),
        }
    };
}

pub(crate) static V4: Fields = fields!("ip", "ip.reassembled_in");
pub(crate) static V6: Fields = fields!("ipv6", "ipv6.reassembled.in");

/// A byte of a packet comes in two fragments with different content.
pub(crate) static CONFLICT: AnomalyKind = AnomalyKind {
    id: "ip.fragment.overlap.conflicts",
    says: "fragments overlap with different content; the first copy is used",
    severity: Severity::Error,
    group: "Reassemble",
};
/// A fragment that cannot belong to the others of its packet.
pub(crate) static MISFIT: AnomalyKind = AnomalyKind {
    id: "ip.fragment.error",
    says: "a fragment does not fit the others of its packet",
    severity: Severity::Error,
    group: "Reassemble",
};

static MANY_FRAGMENTERS: LimitKind = LimitKind {
    id: "facts.fragments",
    says: "more pairs of addresses have fragments between them than are told apart",
    bound: Fragmenters::ROWS as u64,
    unit: "pairs",
};

/// What a fragment came to.
#[derive(Default)]
pub(crate) struct Step {
    whole: Option<Whole>,
    overlap: bool,
    conflict: bool,
    misfit: bool,
    waits: bool,
}

/// Adds the fragment that the context's packet carries; `place`: first byte, and whether more follow.
pub(crate) fn add(
    ctx: &mut Ctx<'_>,
    key: FragmentKey,
    place: (u16, bool),
    payload: Data<'_>,
) -> Step {
    if ctx.packet.duplicate || ctx.packet.quoted {
        return Step::default();
    }
    let (packet, time) = (ctx.meta.packet, ctx.meta.time);
    let added = ctx
        .core
        .fragments
        .add(key, place.0, place.1, payload.bytes, packet, time);
    if added.full {
        ctx.limit(&TOO_MANY_FRAGMENTS);
    }
    if !ctx.core.muted {
        let ends = (key.src, key.dst);
        let whole = added.whole.is_some();
        let rows = &mut ctx.core.facts.fragments;
        if !rows.saw(ends, (packet, time), place.0 == 0, whole) {
            ctx.limit(&MANY_FRAGMENTERS);
        }
    }
    for piece in added.whole.iter().flat_map(|w| &w.pieces) {
        if piece.packet != packet {
            ctx.link(LinkKind::Fragment, piece.packet, packet, 0);
        }
    }
    Step {
        waits: added.whole.is_none(),
        whole: added.whole,
        overlap: added.overlap,
        conflict: added.conflict,
        misfit: added.misfit,
    }
}

impl Step {
    /// The fields of the fragment, inside its network layer.
    pub(crate) fn describe(&self, ctx: &mut Ctx<'_>, fields: &'static Fields) {
        if let Some(whole) = &self.whole {
            ctx.open(&fields.fragments, Value::None, ByteRange::GENERATED);
            for piece in &whole.pieces {
                let range = ByteRange {
                    source: SourceId(0),
                    start: 0,
                    end: 0,
                };
                let number = u64::from(piece.packet.number);
                ctx.field(&fields.fragment, Value::Uint(number), range);
            }
            ctx.computed(&fields.count, Value::Uint(whole.pieces.len() as u64));
            ctx.computed(&fields.length, Value::Uint(whole.bytes.len() as u64));
            ctx.computed(&fields.data, Value::Bytes(&whole.bytes));
            ctx.close();
        } else if self.waits
            && let Some(to) = ctx.linked_to(LinkKind::Fragment, 0)
        {
            let number = Value::Uint(u64::from(to.number));
            ctx.computed(&fields.reassembled_in, number);
        }
        for (is, field) in [
            (self.overlap, &fields.overlap),
            (self.conflict, &fields.conflict),
        ] {
            if is {
                ctx.computed(field, Value::Bool(true));
            }
        }
        if self.misfit {
            let number = u64::from(ctx.meta.packet.number);
            ctx.computed(&fields.error, Value::Uint(number));
        }
    }

    /// Raises what is wrong; the whole packet when this fragment completed it.
    pub(crate) fn finish(self, ctx: &mut Ctx<'_>) -> Option<Whole> {
        if self.conflict {
            ctx.anomaly(&CONFLICT);
        }
        if self.misfit {
            ctx.anomaly(&MISFIT);
        }
        self.whole
    }
}
