//! What comes out of a capture: packets, and what the container says beside them.

use crate::time::Clock;
use std::fmt;
use weir_model::{LimitKind, Record, Timestamp};

/// The next thing in a capture.
#[derive(Debug)]
pub enum Event<'a> {
    /// A packet, or a record that is numbered with them; its bytes live until the next call.
    Packet(RawPacket<'a>),
    /// Anything else the container says.
    Info(Box<Info>),
    /// All bytes given so far are used up.
    NeedMore,
    /// The capture ended where a capture may end. Said again on every further call.
    End,
    /// The capture cannot be read further. Said again on every further call.
    Stopped(Stop),
}

/// A packet as the container holds it.
#[derive(Clone, Copy, Debug)]
pub struct RawPacket<'a> {
    /// 1-based, in file order.
    pub number: u32,
    /// Where [`RawPacket::bytes`] begin in the (decompressed) file: a door that reads
    /// `bytes.len()` bytes there has the packet again.
    pub offset: u64,
    /// Length on the wire.
    pub wire_len: u32,
    /// When; zero with [`PacketFlags::NO_TIME`].
    pub time: Timestamp,
    /// Index in [`crate::Reader::interfaces`].
    pub interface: u32,
    /// LINKTYPE_ number, [`crate::LINK_UNKNOWN`] without a described interface.
    pub link_type: u16,
    /// What it is instead of a packet.
    pub record: Option<Record>,
    /// What is odd about it.
    pub flags: PacketFlags,
    /// What was captured, at most [`crate::limits::PACKET_MAX`].
    pub bytes: &'a [u8],
    /// pcapng options of the packet, not yet looked at.
    pub options: &'a [u8],
    /// Byte order of `options`.
    pub big_endian: bool,
}

impl<'a> RawPacket<'a> {
    /// The packet's comments (pcapng `opt_comment`).
    #[must_use]
    pub fn comments(&self) -> PacketComments<'a> {
        PacketComments {
            rest: self.options,
            big_endian: self.big_endian,
        }
    }
}

/// Iterator over the comments of one packet; bytes that are not UTF-8 become U+FFFD.
#[derive(Clone, Copy, Debug)]
pub struct PacketComments<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl Iterator for PacketComments<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let (head, body) = self.rest.split_first_chunk::<4>()?;
            let [a, b, c, d] = *head;
            let number = |x, y| {
                if self.big_endian {
                    u16::from_be_bytes([x, y])
                } else {
                    u16::from_le_bytes([x, y])
                }
            };
            let (code, len) = (number(a, b), usize::from(number(c, d)));
            let value = body.get(..len)?;
            self.rest = body.get(len.next_multiple_of(4)..).unwrap_or_default();
            match code {
                0 => return None,
                1 => return Some(String::from_utf8_lossy(value).into_owned()),
                _ => {}
            }
        }
    }
}

/// What is odd about a packet: a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct PacketFlags(u8);

impl PacketFlags {
    /// The container keeps no time for it (Simple Packet Block, most records).
    pub const NO_TIME: Self = Self(1);
    /// Its time does not fit 64 bits of nanoseconds and was saturated.
    pub const TIME_SATURATED: Self = Self(2);
    /// Longer than [`crate::limits::PACKET_MAX`]: cut by Weir.
    pub const OVERSIZE: Self = Self(4);
    /// More was captured than the interface's snap length allows.
    pub const OVER_SNAPLEN: Self = Self(8);
    /// The length on the wire is said to be shorter than what was captured.
    pub const WIRE_SHORTER: Self = Self(16);
    /// Its interface was never described: no link type, microseconds assumed.
    pub const NO_INTERFACE: Self = Self(32);

    /// Does it hold all of `other`?
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Nothing odd?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both sets.
    #[must_use]
    pub fn with(self, other: Self, when: bool) -> Self {
        if when { Self(self.0 | other.0) } else { self }
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

/// What a container says beside packets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Info {
    /// A section begins; index in [`crate::Reader::sections`].
    Section(u32, Section),
    /// An interface is described; index in [`crate::Reader::interfaces`].
    Interface(u32, Interface),
    /// Counters of an interface.
    Statistics(InterfaceStatistics),
    /// Names of addresses, and the resolver's name when given.
    Names(Vec<NameRecord>),
    /// Keys to decrypt with.
    Secrets(Secrets),
    /// A block that holds nothing for us, or a damaged one: stepped over.
    Skipped(Skipped),
    /// A bound was hit, first at this packet number (the one that comes next or was just given).
    Limit(LimitKindEq, u32),
}

/// A [`LimitKind`] compared by its id.
#[derive(Clone, Copy, Debug)]
pub struct LimitKindEq(pub &'static LimitKind);

impl PartialEq for LimitKindEq {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for LimitKindEq {}

/// Who wrote a section and with what. Texts are empty when not given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Section {
    /// Byte order.
    pub big_endian: bool,
    /// Format version.
    pub version: (u16, u16),
    /// Hardware of the capturing machine.
    pub hardware: String,
    /// Operating system of the capturing machine.
    pub os: String,
    /// The capturing application.
    pub application: String,
    /// Comments on the section.
    pub comments: Vec<String>,
}

/// One interface. pcap and snoop have exactly one, described by the file header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Section index.
    pub section: u32,
    /// Number within the section, as packets of the file name it.
    pub id: u32,
    /// LINKTYPE_ number.
    pub link_type: u16,
    /// Most bytes captured of a packet; 0 means no limit is known.
    pub snaplen: u32,
    /// How it counts time.
    pub clock: Clock,
    /// `eth0`; may be empty.
    pub name: String,
    /// Its description; may be empty.
    pub description: String,
    /// Its hardware's description; may be empty.
    pub hardware: String,
    /// Operating system; may be empty.
    pub os: String,
    /// The capture filter; may be empty.
    pub filter: String,
    /// Its hardware address, when given.
    pub mac: Option<weir_model::Mac>,
    /// Bits per second, when given.
    pub speed: Option<u64>,
    /// Bytes of frame check sequence at the end of each packet, when given.
    pub fcs_len: Option<u8>,
    /// Comments on the interface.
    pub comments: Vec<String>,
}

/// Interface Statistics Block, or what snoop keeps per packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InterfaceStatistics {
    /// Index in [`crate::Reader::interfaces`]; `u32::MAX` when never described.
    pub interface: u32,
    /// When counted.
    pub time: Timestamp,
    /// Start of the capture, when given.
    pub start: Option<Timestamp>,
    /// End of the capture, when given.
    pub end: Option<Timestamp>,
    /// Packets the interface received.
    pub received: Option<u64>,
    /// Packets the interface dropped for lack of resources.
    pub dropped: Option<u64>,
    /// Packets the filter let through.
    pub accepted: Option<u64>,
    /// Packets the operating system dropped.
    pub os_dropped: Option<u64>,
    /// Packets given to the capturing program.
    pub delivered: Option<u64>,
}

/// One address and its names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameRecord {
    /// The address.
    pub address: std::net::IpAddr,
    /// Its names, never empty.
    pub names: Vec<String>,
}

/// Decryption Secrets Block.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// `TLSK` (0x544c534b) a TLS key log, `WGKL` (0x57474b4c) WireGuard's.
    pub kind: u32,
    /// The secrets as they stand in the file.
    pub data: Vec<u8>,
}

impl fmt::Debug for Secrets {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Secrets {{ kind: {:#x}, {} bytes }}",
            self.kind,
            self.data.len()
        )
    }
}

/// A block that was stepped over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Its type.
    pub block_type: u32,
    /// Where it begins.
    pub offset: u64,
    /// Its whole length.
    pub len: u64,
    /// What is wrong with it; `None` for a good block of a type that is not read.
    pub damage: Option<String>,
}

/// Where and why reading stopped before the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    /// Where the record that could not be read begins.
    pub offset: u64,
    /// Fits into "stopped at offset N because …".
    pub why: String,
    /// Packets read before.
    pub kept: u64,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.kept == 1 { "" } else { "s" };
        write!(
            f,
            "stopped at offset {} because {}; {} packet{s} before it kept",
            self.offset, self.why, self.kept
        )
    }
}
