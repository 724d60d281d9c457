//! Bytes to facts: protocols, flows, reassembly, recognition.
//! Knows no file format, draws no conclusion and keeps no payload.

mod anomaly;
mod asked;
mod ber;
mod blocks;
mod body;
mod context;
mod data;
mod dissector;
mod fields;
mod framed;
#[cfg(test)]
mod golden;
mod headed;
mod layers;
mod lines;
mod protocol;
mod registry;
mod renaming;
pub mod sasl;
mod shown;
#[cfg(test)]
mod synth;

pub mod facts;
pub mod flow;
pub mod protocols;
pub mod secrets;
pub mod tree;
mod values;
mod wide;

pub use anomaly::AnomalyKind;
pub use blocks::Blocks;
pub use body::{
    BOMB, Body, BodyEnd, BodyKey, BodySink, DecodeEnd, Decoder, Encoding, XORED, sniff,
};
pub use context::{Addresses, Ctx, MALFORMED, PacketMeta, PacketState};
pub use data::{Chunk, Data};
pub use dissector::{Checkpoint, Dissector, Options, PacketOutcome};
pub use facts::Facts;
pub use protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Progress, Protocol, Severity, Start,
    StreamDissector, Transport,
};
pub use registry::{ProtocolId, Registry, registry};
pub use tree::TreeSink;
