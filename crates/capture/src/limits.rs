//! The bounds of this crate, each beside nothing else: what a container may claim before it is cut off.

use weir_model::LimitKind;

/// Bytes kept of one packet; as much as Wireshark accepts.
pub const PACKET_MAX: usize = 256 * 1024;
/// Bytes of a pcapng block that is read whole; also the longest pcap record that is stepped over.
pub const BLOCK_MAX: usize = 16 * 1024 * 1024;
/// Interface descriptions kept of one capture, over all its sections.
pub const INTERFACES_MAX: usize = 65_536;
/// Section headers kept of one capture.
pub const SECTIONS_MAX: usize = 65_536;
/// Bytes of names, descriptions, comments and secrets kept of one capture, beside those of packets; and again of
/// packets' comments.
pub const TEXTS_MAX: usize = 16 * 1024 * 1024;
/// Decompressed bytes per compressed byte, from [`INFLATE_FREE`] on.
pub const INFLATE_RATIO: u64 = 200;
/// Decompressed bytes before [`INFLATE_RATIO`] is looked at.
pub const INFLATE_FREE: u64 = 1024 * 1024;
/// The largest zstd window that is decoded; what the reference decoder accepts.
pub const ZSTD_WINDOW_MAX: u64 = 128 * 1024 * 1024;

/// A packet longer than [`PACKET_MAX`]: its first bytes are kept.
pub static PACKET: LimitKind = LimitKind {
    id: "capture.packet",
    says: "a packet is longer than what is kept of one; its end was stepped over",
    bound: PACKET_MAX as u64,
    unit: "bytes",
};

/// A block longer than [`BLOCK_MAX`]: stepped over.
pub static BLOCK: LimitKind = LimitKind {
    id: "capture.block",
    says: "a pcapng block is longer than what is read at once; it was stepped over",
    bound: BLOCK_MAX as u64,
    unit: "bytes",
};

/// More interface descriptions than [`INTERFACES_MAX`].
pub static INTERFACES: LimitKind = LimitKind {
    id: "capture.interfaces",
    says: "the capture describes more interfaces than are kept; packets of the others have no link type",
    bound: INTERFACES_MAX as u64,
    unit: "interfaces",
};

/// More section headers than [`SECTIONS_MAX`].
pub static SECTIONS: LimitKind = LimitKind {
    id: "capture.sections",
    says: "the capture has more sections than are kept; the descriptions of the others are lost",
    bound: SECTIONS_MAX as u64,
    unit: "sections",
};

/// More text than [`TEXTS_MAX`].
pub static TEXTS: LimitKind = LimitKind {
    id: "capture.texts",
    says: "the capture carries more names, comments or secrets than are kept; the later ones are lost",
    bound: TEXTS_MAX as u64,
    unit: "bytes",
};

/// More packets than a packet number can count.
pub static PACKETS: LimitKind = LimitKind {
    id: "capture.packets",
    says: "the capture holds more packets than can be numbered; reading stopped",
    bound: u32::MAX as u64,
    unit: "packets",
};

/// A compressed stream that swells more than [`INFLATE_RATIO`] times.
pub static INFLATE: LimitKind = LimitKind {
    id: "capture.inflate",
    says: "the compressed capture swells as no capture does (a decompression bomb); decompression stopped",
    bound: INFLATE_RATIO,
    unit: "times",
};

/// A zstd frame whose window is larger than [`ZSTD_WINDOW_MAX`].
pub static ZSTD_WINDOW: LimitKind = LimitKind {
    id: "capture.zstd_window",
    says: "the zstd frame asks for a larger window than is decoded",
    bound: ZSTD_WINDOW_MAX,
    unit: "bytes",
};
