//! Fields of WireGuard.

use weir_model::{Field, Kind};

pub(super) static TYPE: Field = Field::new("wg.type", Kind::Uint(8), "Type").values(&[
    (1, "Handshake Initiation"),
    (2, "Handshake Response"),
    (3, "Cookie Reply"),
    (4, "Transport Data"),
]);
pub(super) static RESERVED: Field = Field::new("wg.reserved", Kind::Bytes, "Reserved");
pub(super) static SENDER: Field = Field::new("wg.sender", Kind::Uint(32), "Sender").hex();
pub(super) static RECEIVER: Field = Field::new("wg.receiver", Kind::Uint(32), "Receiver").hex();
pub(super) static EPHEMERAL: Field = Field::new("wg.ephemeral", Kind::Text, "Ephemeral");
pub(super) static ENCRYPTED_STATIC: Field =
    Field::new("wg.encrypted_static", Kind::None, "Encrypted Static");
pub(super) static ENCRYPTED_TIMESTAMP: Field =
    Field::new("wg.encrypted_timestamp", Kind::None, "Encrypted Timestamp");
pub(super) static ENCRYPTED_EMPTY: Field =
    Field::new("wg.encrypted_empty", Kind::None, "Encrypted Empty");
pub(super) static MAC1: Field = Field::new("wg.mac1", Kind::Bytes, "mac1");
pub(super) static MAC2: Field = Field::new("wg.mac2", Kind::Bytes, "mac2");
pub(super) static NONCE: Field = Field::new("wg.nonce", Kind::Bytes, "Nonce");
pub(super) static ENCRYPTED_COOKIE: Field =
    Field::new("wg.encrypted_cookie", Kind::Bytes, "Encrypted Cookie");
pub(super) static COUNTER: Field = Field::new("wg.counter", Kind::Uint(64), "Counter");
pub(super) static ENCRYPTED_PACKET: Field =
    Field::new("wg.encrypted_packet", Kind::None, "Encrypted Packet");
pub(super) static KEEPALIVE: Field =
    Field::new("wg.keepalive", Kind::None, "This is a Keepalive message");
pub(super) static RESPONSE_IN: Field =
    Field::new("wg.response_in", Kind::Packet, "Response in Frame");
pub(super) static RESPONSE_TO: Field =
    Field::new("wg.response_to", Kind::Packet, "Response to Frame");

pub(super) static ALL: &[&Field] = &[
    &TYPE,
    &RESERVED,
    &SENDER,
    &RECEIVER,
    &EPHEMERAL,
    &ENCRYPTED_STATIC,
    &ENCRYPTED_TIMESTAMP,
    &ENCRYPTED_EMPTY,
    &MAC1,
    &MAC2,
    &NONCE,
    &ENCRYPTED_COOKIE,
    &COUNTER,
    &ENCRYPTED_PACKET,
    &KEEPALIVE,
    &RESPONSE_IN,
    &RESPONSE_TO,
];
