//! What dissection reports, bounded: flows, messages, artifacts, anomalies, limits, links, bindings, stacks.
//! Holds no payload and draws no conclusion.

mod anomalies;
mod artifact;
mod bindings;
mod broadcasts;
mod fragments;
mod limits;
mod links;
mod message;
mod pauses;
mod quality;
pub(crate) mod row;
mod spans;
mod stacks;
mod tunnels;
mod waits;

pub use anomalies::{Anomalies, Anomaly};
pub use artifact::{Artifact, ArtifactName, Completeness, ContentRange, FoundType, NameSource};
pub use bindings::{Binding, Bindings};
pub use broadcasts::{Broadcasts, Burst};
pub use fragments::{Fragmented, Fragmenters};
pub use limits::Limits;
pub use links::{Link, LinkKind, Links};
pub use message::{Cell, Column, Message, MessageMeta, MessageTable, Messages};
pub use pauses::{Pause, Pauses};
pub use quality::{Count, Quality, Step};
pub use spans::{Span, Spans};
pub use stacks::{Layers, Marks, StackId, StackUse, Stacks};
pub use tunnels::{Tunnel, Tunnels};
pub use waits::{Wait, Waits};

use crate::blocks::Blocks;
use crate::flow::{Copies, Flow};
use weir_model::FlowId;

/// The facts of one chain, up to the packet last read.
#[derive(Default)]
pub struct Facts {
    /// Flows in order of their first packet; a [`FlowId`] is a place here.
    pub flows: Blocks<Flow>,
    /// Typed tables of messages.
    pub messages: Messages,
    /// Files seen on the wire, in order of completion.
    pub artifacts: Blocks<Artifact>,
    /// Traffic against its specification.
    pub anomalies: Anomalies,
    /// Bounds that were hit.
    pub limits: Limits,
    /// Packet to packet.
    pub links: Links,
    /// Messages that several packets carry.
    pub spans: Spans,
    /// Where conversations spoke again after a silence.
    pub pauses: Pauses,
    /// Where clients waited long for their server's word.
    pub waits: Waits,
    /// Who sends fragments to whom.
    pub fragments: Fragmenters,
    /// What went to everybody on the link, second by second.
    pub broadcasts: Broadcasts,
    /// Which hardware address used which network address when.
    pub bindings: Bindings,
    /// Layer stacks, each with packets and bytes: the protocol hierarchy.
    pub stacks: Stacks,
    /// Who sends networks inside others to whom.
    pub tunnels: Tunnels,
    /// What the capture itself lacks.
    pub quality: Quality,
    /// Which packets are copies of earlier ones (mirror ports).
    pub copies: Copies,
}

impl Facts {
    /// The flow with this id.
    #[must_use]
    pub fn flow(&self, id: FlowId) -> Option<&Flow> {
        self.flows.get(id.0 as usize)
    }
}
