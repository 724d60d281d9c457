//! Capture containers: pcap, pcapng and snoop in, pcap and pcapng out, compression, chains.
//! Knows no protocol and does no I/O: doors push bytes of any size and take packets.

pub mod chain;
pub mod compression;
mod container;
mod event;
mod facts;
pub mod limits;
mod link;
mod reader;
mod time;
pub mod writer;

pub use container::{Compression, Container, Format, NotACapture, PcapLayout, SNIFF_LEN, sniff};
pub use event::{
    Event, Info, Interface, InterfaceStatistics, LimitKindEq, NameRecord, PacketComments,
    PacketFlags, RawPacket, Secrets, Section, Skipped, Stop,
};
pub use facts::{CaptureFacts, InterfaceFacts, TimeOrder};
pub use link::{LINK_UNKNOWN, link_type_name, link_type_title};
pub use reader::Reader;
pub use time::Clock;
