//! What capinfos says of a capture, gathered while it is read. Knows no protocol.

use crate::container::{Compression, Format};
use crate::event::{
    Event, Info, Interface, InterfaceStatistics, LimitKindEq, PacketFlags, RawPacket, Section,
    Skipped, Stop,
};
use crate::{LINK_UNKNOWN, link_type_name};
use std::collections::{BTreeMap, BTreeSet};
use weir_model::{Duration, Timestamp};

/// Are the packets in order of time?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeOrder {
    /// No packet is earlier than the one before.
    #[default]
    Strict,
    /// At least one is.
    Backwards,
    /// Some packets have no time, the others are in order.
    Unknown,
}

/// One interface and what it saw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterfaceFacts {
    /// As described.
    pub interface: Interface,
    /// Packets captured on it.
    pub packets: u64,
    /// The last counters that the file gives for it.
    pub statistics: Option<InterfaceStatistics>,
}

impl InterfaceFacts {
    /// Packets lost before they reached the file, as far as the file tells.
    #[must_use]
    pub fn dropped(&self) -> Option<u64> {
        let s = self.statistics?;
        match (s.dropped, s.os_dropped) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
        }
    }
}

/// Facts of one capture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaptureFacts {
    /// The uncompressed format.
    pub format: Format,
    /// The compression around it; set by the door.
    pub compression: Option<Compression>,
    /// Bytes of the file as it was dropped; set by the door.
    pub file_size: Option<u64>,
    /// Packets; records are not among them, as in capinfos.
    pub packets: u64,
    /// Records that are numbered with the packets and are none.
    pub records: u64,
    /// Bytes of packets that were captured.
    pub captured_bytes: u64,
    /// Bytes of packets on the wire: capinfos' "data size".
    pub wire_bytes: u64,
    /// Time of the first packet in the file that has one.
    pub first: Option<Timestamp>,
    /// Time of the last packet in the file that has one.
    pub last: Option<Timestamp>,
    /// The earliest time: capinfos' "first packet time".
    pub earliest: Option<Timestamp>,
    /// The latest time: capinfos' "last packet time".
    pub latest: Option<Timestamp>,
    /// Packets without a time.
    pub untimed: u64,
    /// Packets whose time could not be represented.
    pub saturated: u64,
    /// Packets of no bytes at all.
    pub empty: u64,
    /// Order of time.
    pub order: TimeOrder,
    /// Packets of which less was captured than was on the wire.
    pub cut: u64,
    /// Shortest and longest captured length among those: what capinfos infers as the limit.
    pub cut_lengths: Option<(u32, u32)>,
    /// Packets on interfaces that were never described.
    pub stray: u64,
    /// Sections, in file order.
    pub sections: Vec<Section>,
    /// Interfaces, over all sections, in file order.
    pub interfaces: Vec<InterfaceFacts>,
    /// Packets that carry a comment or another option.
    pub with_options: u64,
    /// Resolved IPv4 addresses told by the file.
    pub names_v4: u64,
    /// Resolved IPv6 addresses told by the file.
    pub names_v6: u64,
    /// Blocks of decryption secrets.
    pub secrets: u64,
    /// Blocks stepped over, by type.
    pub skipped: BTreeMap<u32, u64>,
    /// Damaged blocks among those.
    pub damaged: u64,
    /// The first of them, at most [`CaptureFacts::DAMAGES`].
    pub damages: Vec<Skipped>,
    /// Bounds that were hit, and how often.
    pub limits: Vec<(LimitKindEq, u64)>,
    /// Where and why reading stopped before the end.
    pub stopped: Option<Stop>,
    previous: Timestamp,
}

impl CaptureFacts {
    /// Damaged blocks of which the place is kept.
    pub const DAMAGES: usize = 4;

    /// Nothing read yet.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            compression: None,
            file_size: None,
            packets: 0,
            records: 0,
            captured_bytes: 0,
            wire_bytes: 0,
            first: None,
            last: None,
            earliest: None,
            latest: None,
            untimed: 0,
            saturated: 0,
            empty: 0,
            order: TimeOrder::Strict,
            cut: 0,
            cut_lengths: None,
            stray: 0,
            sections: Vec::new(),
            interfaces: Vec::new(),
            with_options: 0,
            names_v4: 0,
            names_v6: 0,
            secrets: 0,
            skipped: BTreeMap::new(),
            damaged: 0,
            damages: Vec::new(),
            limits: Vec::new(),
            stopped: None,
            previous: Timestamp::MIN,
        }
    }

    /// Takes what the reader just gave.
    #[inline]
    pub fn add(&mut self, event: &Event<'_>) {
        match event {
            Event::Packet(packet) => self.packet(packet),
            Event::Info(info) => self.info(info),
            Event::Stopped(stop) => self.stopped = Some(stop.clone()),
            Event::NeedMore | Event::End => {}
        }
    }

    /// Takes a packet.
    #[inline]
    pub fn packet(&mut self, packet: &RawPacket<'_>) {
        if packet.record.is_some() {
            self.records += 1;
            return;
        }
        let captured = u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX);
        self.packets += 1;
        self.captured_bytes = self.captured_bytes.saturating_add(u64::from(captured));
        self.wire_bytes = self.wire_bytes.saturating_add(u64::from(packet.wire_len));
        if captured < packet.wire_len {
            self.cut += 1;
            let (low, high) = self.cut_lengths.unwrap_or((captured, captured));
            self.cut_lengths = Some((low.min(captured), high.max(captured)));
        }
        self.empty += u64::from(packet.bytes.is_empty() && packet.wire_len == 0);
        self.with_options += u64::from(!packet.options.is_empty());
        match self.interfaces.get_mut(packet.interface as usize) {
            Some(interface) => interface.packets += 1,
            None => self.stray += 1,
        }
        if packet.flags.contains(PacketFlags::NO_TIME) {
            self.untimed += 1;
            if self.order == TimeOrder::Strict {
                self.order = TimeOrder::Unknown;
            }
            return;
        }
        self.saturated += u64::from(packet.flags.contains(PacketFlags::TIME_SATURATED));
        if packet.time < self.previous {
            self.order = TimeOrder::Backwards;
        }
        self.previous = packet.time;
        self.last = Some(packet.time);
        if self.first.is_none() {
            self.first = Some(packet.time);
        }
        self.earliest = Some(self.earliest.map_or(packet.time, |t| t.min(packet.time)));
        self.latest = Some(self.latest.map_or(packet.time, |t| t.max(packet.time)));
    }

    /// Takes anything else.
    pub fn info(&mut self, info: &Info) {
        match info {
            Info::Section(_, section) => self.sections.push(section.clone()),
            Info::Interface(_, interface) => {
                self.interfaces.push(InterfaceFacts {
                    interface: interface.clone(),
                    packets: 0,
                    statistics: None,
                });
            }
            Info::Statistics(statistics) => {
                if let Some(interface) = self.interfaces.get_mut(statistics.interface as usize) {
                    interface.statistics = Some(*statistics);
                }
            }
            Info::Names(records) => {
                for record in records {
                    if record.address.is_ipv4() {
                        self.names_v4 += 1
                    } else {
                        self.names_v6 += 1
                    }
                }
            }
            Info::Secrets(_) => self.secrets += 1,
            Info::Skipped(skipped) => {
                // Types are 32 bits of the file's choosing; the rare ones share a row.
                let known =
                    self.skipped.len() < 256 || self.skipped.contains_key(&skipped.block_type);
                *self
                    .skipped
                    .entry(if known { skipped.block_type } else { u32::MAX })
                    .or_default() += 1;
                if skipped.damage.is_some() {
                    self.damaged += 1;
                    if self.damages.len() < Self::DAMAGES {
                        self.damages.push(skipped.clone());
                    }
                }
            }
            // One entry a kind: there are few.
            Info::Limit(kind, _) => match self.limits.iter_mut().find(|(k, _)| k == kind) {
                Some((_, n)) => *n = n.saturating_add(1),
                None => self.limits.push((*kind, 1)),
            },
        }
    }

    /// From the earliest to the latest packet; `None` without times.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Some(self.latest?.since(self.earliest?))
    }

    /// Packets by link type, in order of link type; described interfaces count even without packets.
    #[must_use]
    pub fn link_types(&self) -> BTreeMap<u16, u64> {
        let mut out = BTreeMap::new();
        for i in &self.interfaces {
            *out.entry(i.interface.link_type).or_default() += i.packets;
        }
        if self.stray > 0 {
            *out.entry(LINK_UNKNOWN).or_default() += self.stray;
        }
        out
    }

    /// The file's encapsulation as capinfos names it: `per-packet` when interfaces differ.
    #[must_use]
    pub fn encapsulation(&self) -> &'static str {
        let names: BTreeSet<&str> = self
            .link_types()
            .keys()
            .map(|l| link_type_name(*l))
            .collect();
        match (names.first(), names.len()) {
            (Some(name), 1) => name,
            (Some(_), _) => "per-packet",
            (None, _) => "unknown",
        }
    }

    /// Largest snap length of its interfaces; `None` when one has no limit or none is described.
    #[must_use]
    pub fn snaplen(&self) -> Option<u32> {
        let all: Option<Vec<u32>> = self
            .interfaces
            .iter()
            .map(|i| Some(i.interface.snaplen).filter(|s| *s != 0))
            .collect();
        all?.into_iter().max()
    }

    /// Mean length of a packet on the wire, in bytes.
    #[must_use]
    pub fn mean_length(&self) -> Option<f64> {
        ratio(self.wire_bytes, self.packets)
    }

    /// Bytes on the wire per second over [`CaptureFacts::duration`]; `None` for no time at all.
    #[must_use]
    pub fn byte_rate(&self) -> Option<f64> {
        self.per_second(self.wire_bytes)
    }

    /// Packets per second over [`CaptureFacts::duration`]; `None` for no time at all.
    #[must_use]
    pub fn packet_rate(&self) -> Option<f64> {
        self.per_second(self.packets)
    }

    #[allow(clippy::cast_precision_loss)]
    fn per_second(&self, n: u64) -> Option<f64> {
        let span = self.duration().filter(|d| d.0 > 0)?;
        Some(n as f64 / span.as_secs())
    }
}

#[allow(clippy::cast_precision_loss)]
fn ratio(a: u64, b: u64) -> Option<f64> {
    (b > 0).then(|| a as f64 / b as f64)
}
