//! pcapng: every standard block, sections of either byte order. Frames blocks itself, so that
//! a block can be stepped over whatever it holds; what a block holds is pcap-parser's where
//! that is right.

use super::options::Options;
use super::{Found, Step, Tables};
use crate::event::{
    Info, Interface, InterfaceStatistics, LimitKindEq, NameRecord, PacketFlags, Secrets, Section,
    Skipped,
};
use crate::limits::{self, BLOCK_MAX, PACKET_MAX};
use crate::time::Clock;
use pcap_parser::{
    parse_decryptionsecretsblock_be, parse_decryptionsecretsblock_le, parse_enhancedpacketblock_be,
    parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le, parse_interfacestatisticsblock_be,
    parse_interfacestatisticsblock_le, parse_nameresolutionblock_be, parse_nameresolutionblock_le,
    parse_sectionheaderblock, parse_simplepacketblock_be, parse_simplepacketblock_le,
};
use std::net::IpAddr;
use std::ops::Range;
use weir_model::{Mac, Record, Timestamp};

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAMES: u32 = 4;
const STATISTICS: u32 = 5;
const PACKET: u32 = 6;
const JOURNAL: u32 = 9;
const SECRETS: u32 = 10;
const CUSTOM: u32 = 0x0bad;
const CUSTOM_NO_COPY: u32 = 0x4000_0bad;
/// Block type, length, and the length again at the end.
const FRAME: usize = 12;

#[derive(Debug)]
pub(super) struct PcapNg {
    big_endian: bool,
    headed: bool,
    /// Index of the section that is read.
    section: u32,
    /// Index of its first interface.
    first: usize,
    /// Interfaces described in it.
    described: u32,
}

impl PcapNg {
    pub(super) fn new() -> Self {
        Self {
            big_endian: false,
            headed: false,
            section: 0,
            first: 0,
            described: 0,
        }
    }

    pub(super) fn headed(&self) -> bool {
        self.headed
    }

    fn u32(&self, view: &[u8], at: usize) -> Option<u32> {
        let bytes: [u8; 4] = view.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    pub(super) fn step(&mut self, view: &[u8], offset: u64, tables: &mut Tables) -> Step {
        let Some(kind) = self.u32(view, 0) else {
            return Step::Need(FRAME);
        };
        if kind == SECTION {
            // The byte-order mark decides how the block's own length is read.
            match view.get(8..12) {
                None => return Step::Need(FRAME),
                Some([0x1a, 0x2b, 0x3c, 0x4d]) => self.big_endian = true,
                Some([0x4d, 0x3c, 0x2b, 0x1a]) => self.big_endian = false,
                Some(other) => {
                    return Step::Stop(format!(
                        "a section begins whose byte-order mark is {other:02x?}"
                    ));
                }
            }
        } else if !self.headed {
            return Step::Stop("the file does not begin with a section header".to_owned());
        }
        let Some(len) = self.u32(view, 4) else {
            return Step::Need(FRAME);
        };
        if (len as usize) < FRAME {
            return Step::Stop(format!(
                "a block of type {kind:#x} claims a length of {len} bytes, less than its own frame"
            ));
        }
        if len as usize > BLOCK_MAX {
            let skipped = Skipped {
                block_type: kind,
                offset,
                len: u64::from(len),
                damage: None,
            };
            return Step::Info {
                len: u64::from(len),
                info: Box::new(Info::Skipped(skipped)),
            };
        }
        let len = len as usize;
        let Some(block) = view.get(..len) else {
            return Step::Need(len);
        };
        let again = self.u32(block, len - 4).unwrap_or(0);
        if again as usize != len {
            return Step::Stop(format!(
                "a block of type {kind:#x} says {len} bytes at its beginning and {again} at its end"
            ));
        }
        let done = match kind {
            PACKET => self.packet(block, tables),
            SECTION => self.section(block, tables),
            INTERFACE => self.interface(block, tables),
            OLD_PACKET => self.old_packet(block, tables),
            SIMPLE_PACKET => self.simple_packet(block, tables),
            NAMES => self.names(block, tables),
            STATISTICS => self.statistics(block, tables),
            SECRETS => self.secrets(block, tables),
            JOURNAL => self.journal(block),
            CUSTOM | CUSTOM_NO_COPY => self.custom(block, kind == CUSTOM),
            _ => Some(Step::Info {
                len: len as u64,
                info: Box::new(Info::Skipped(Skipped {
                    block_type: kind,
                    offset,
                    len: len as u64,
                    damage: None,
                })),
            }),
        };
        done.unwrap_or_else(|| {
            if kind == SECTION {
                return Step::Stop("a section header is too short".to_owned());
            }
            let damage = Some(format!(
                "what a block of type {kind:#x} holds does not fit its {len} bytes"
            ));
            Step::Info {
                len: len as u64,
                info: Box::new(Info::Skipped(Skipped {
                    block_type: kind,
                    offset,
                    len: len as u64,
                    damage,
                })),
            }
        })
    }

    fn section(&mut self, block: &[u8], tables: &mut Tables) -> Option<Step> {
        let (_, shb) = parse_sectionheaderblock(block).ok()?;
        let options = Options::new(&shb.options, self.big_endian);
        let section = Section {
            big_endian: self.big_endian,
            version: (shb.major_version, shb.minor_version),
            hardware: options.text(2, &mut tables.texts),
            os: options.text(3, &mut tables.texts),
            application: options.text(4, &mut tables.texts),
            comments: options.texts(1, &mut tables.texts),
        };
        if shb.major_version != 1 {
            return Some(Step::Stop(format!(
                "pcapng version {}.{} is not read",
                shb.major_version, shb.minor_version
            )));
        }
        if self.headed {
            self.section = self.section.saturating_add(1);
        }
        self.headed = true;
        self.first = tables.interfaces.len();
        self.described = 0;
        let len = block.len() as u64;
        if tables.sections.len() >= limits::SECTIONS_MAX {
            return Some(Step::Info {
                len,
                info: Box::new(Info::Limit(LimitKindEq(&limits::SECTIONS), 0)),
            });
        }
        tables.sections.push(section.clone());
        Some(Step::Info {
            len,
            info: Box::new(Info::Section(self.section, section)),
        })
    }

    fn interface(&mut self, block: &[u8], tables: &mut Tables) -> Option<Step> {
        let parse = if self.big_endian {
            parse_interfacedescriptionblock_be
        } else {
            parse_interfacedescriptionblock_le
        };
        let (_, idb) = parse(block).ok()?;
        let options = Options::new(&idb.options, self.big_endian);
        let resolution = options
            .bytes(9)
            .and_then(|b| b.first().copied())
            .unwrap_or(6);
        let shift = options.u64(14).map_or(0, u64::cast_signed);
        let mut interface = Interface::plain(
            u16::try_from(idb.linktype.0).unwrap_or(crate::LINK_UNKNOWN),
            idb.snaplen,
            Clock::new(resolution, shift),
        );
        interface.section = self.section;
        interface.id = self.described;
        interface.name = options.text(2, &mut tables.texts);
        interface.description = options.text(3, &mut tables.texts);
        interface.mac = options.bytes(6).and_then(|b| b.try_into().ok()).map(Mac);
        interface.speed = options.u64(8);
        // The first byte says how the filter is written: 0 is text, 1 is compiled.
        interface.filter = match options.bytes(11).and_then(<[u8]>::split_first) {
            Some((0, text)) => tables.texts.keep(text).unwrap_or_default(),
            _ => String::new(),
        };
        interface.os = options.text(12, &mut tables.texts);
        interface.fcs_len = options.bytes(13).and_then(|b| b.first().copied());
        interface.hardware = options.text(15, &mut tables.texts);
        interface.comments = options.texts(1, &mut tables.texts);
        self.described = self.described.saturating_add(1);
        let len = block.len() as u64;
        if tables.interfaces.len() >= limits::INTERFACES_MAX {
            return Some(Step::Info {
                len,
                info: Box::new(Info::Limit(LimitKindEq(&limits::INTERFACES), 0)),
            });
        }
        let index = u32::try_from(tables.interfaces.len()).unwrap_or(u32::MAX);
        tables.interfaces.push(interface.clone());
        Some(Step::Info {
            len,
            info: Box::new(Info::Interface(index, interface)),
        })
    }

    /// Index and description of the section's interface `id`.
    fn lookup<'t>(&self, id: u32, tables: &'t Tables) -> Option<(u32, &'t Interface)> {
        let index = self.first.checked_add(id as usize)?;
        Some((u32::try_from(index).ok()?, tables.interfaces.get(index)?))
    }

    fn packet(&self, block: &[u8], tables: &Tables) -> Option<Step> {
        // With options pcap-parser builds a list of them, which the load pass never looks at: then
        // the numbers are read here and the options stay bytes.
        let captured = self.u32(block, 20)?;
        let data = 28..28_usize.checked_add(captured as usize)?;
        let options =
            captured.checked_next_multiple_of(4)?.checked_add(28)? as usize..block.len() - 4;
        if options.start > options.end {
            return None;
        }
        let (interface, high, low, original) = if options.is_empty() {
            let parse = if self.big_endian {
                parse_enhancedpacketblock_be
            } else {
                parse_enhancedpacketblock_le
            };
            let (_, epb) = parse(block).ok()?;
            (epb.if_id, epb.ts_high, epb.ts_low, epb.origlen)
        } else {
            (
                self.u32(block, 8)?,
                self.u32(block, 12)?,
                self.u32(block, 16)?,
                self.u32(block, 24)?,
            )
        };
        let units = u64::from(high) << 32 | u64::from(low);
        Some(self.found(
            block,
            data,
            options,
            interface,
            Some(units),
            original,
            tables,
        ))
    }

    /// Packet Block, obsolete; pcap-parser does not know it.
    fn old_packet(&self, block: &[u8], tables: &Tables) -> Option<Step> {
        let [a, b]: [u8; 2] = block.get(8..10)?.try_into().ok()?;
        let interface = if self.big_endian {
            u16::from_be_bytes([a, b])
        } else {
            u16::from_le_bytes([a, b])
        };
        let units = u64::from(self.u32(block, 12)?) << 32 | u64::from(self.u32(block, 16)?);
        let (captured, original) = (self.u32(block, 20)?, self.u32(block, 24)?);
        let data = 28..28_usize.checked_add(captured as usize)?;
        let options =
            captured.checked_next_multiple_of(4)?.checked_add(28)? as usize..block.len() - 4;
        if options.start > options.end {
            return None;
        }
        Some(self.found(
            block,
            data,
            options,
            u32::from(interface),
            Some(units),
            original,
            tables,
        ))
    }

    fn simple_packet(&self, block: &[u8], tables: &Tables) -> Option<Step> {
        let parse = if self.big_endian {
            parse_simplepacketblock_be
        } else {
            parse_simplepacketblock_le
        };
        let (_, spb) = parse(block).ok()?;
        let snaplen = self.lookup(0, tables).map_or(0, |(_, i)| i.snaplen);
        let limit = if snaplen == 0 { u32::MAX } else { snaplen };
        let captured = (spb.origlen.min(limit) as usize).min(spb.data.len());
        Some(self.found(block, 12..12 + captured, 0..0, 0, None, spb.origlen, tables))
    }

    #[allow(clippy::too_many_arguments)]
    fn found(
        &self,
        block: &[u8],
        data: Range<usize>,
        options: Range<usize>,
        interface: u32,
        units: Option<u64>,
        wire_len: u32,
        tables: &Tables,
    ) -> Step {
        let known = self.lookup(interface, tables);
        let clock = known.map_or_else(Clock::default, |(_, i)| i.clock);
        let (time, saturated) = units.map_or((Timestamp::default(), false), |u| clock.time(u));
        let snaplen = known.map_or(0, |(_, i)| i.snaplen) as usize;
        let captured = data.len();
        let flags = PacketFlags::default()
            .with(PacketFlags::NO_TIME, units.is_none())
            .with(PacketFlags::TIME_SATURATED, saturated)
            .with(PacketFlags::OVERSIZE, captured > PACKET_MAX)
            .with(
                PacketFlags::OVER_SNAPLEN,
                captured > snaplen && snaplen != 0,
            )
            .with(PacketFlags::WIRE_SHORTER, (wire_len as usize) < captured)
            .with(PacketFlags::NO_INTERFACE, known.is_none());
        let end = data.start + captured.min(PACKET_MAX);
        Step::Packet {
            len: block.len(),
            packet: Found {
                data: data.start..end,
                options,
                beyond: 0,
                wire_len,
                time,
                interface: known.map_or(u32::MAX, |(index, _)| index),
                link_type: known.map_or(crate::LINK_UNKNOWN, |(_, i)| i.link_type),
                record: None,
                flags,
                big_endian: self.big_endian,
            },
        }
    }

    /// A Custom Block: who defined it stands before what it holds.
    fn custom(&self, block: &[u8], copy: bool) -> Option<Step> {
        let pen = self.u32(block, 8)?;
        let data = 12..block.len().checked_sub(4)?;
        self.record(block, data, Record::Custom { pen, copy }, None)
    }

    /// A Journal Export Block: lines of `NAME=value`, one of them its time.
    fn journal(&self, block: &[u8]) -> Option<Step> {
        let data = 8..block.len().checked_sub(4)?;
        let time = block
            .get(data.clone())?
            .split(|b| *b == b'\n')
            .find_map(|line| {
                let micros = line.strip_prefix(b"__REALTIME_TIMESTAMP=")?;
                let micros: i64 = std::str::from_utf8(micros).ok()?.parse().ok()?;
                Some(Timestamp(micros.checked_mul(1000)?))
            });
        self.record(block, data, Record::Journal, time)
    }

    /// A block that is numbered with the packets.
    fn record(
        &self,
        block: &[u8],
        data: Range<usize>,
        record: Record,
        time: Option<Timestamp>,
    ) -> Option<Step> {
        let held = data.end.checked_sub(data.start)?;
        Some(Step::Packet {
            len: block.len(),
            packet: Found {
                data: data.start..data.start + held.min(PACKET_MAX),
                options: 0..0,
                beyond: 0,
                wire_len: u32::try_from(held).ok()?,
                time: time.unwrap_or_default(),
                interface: u32::MAX,
                link_type: crate::LINK_UNKNOWN,
                record: Some(record),
                flags: PacketFlags::default()
                    .with(PacketFlags::NO_TIME, time.is_none())
                    .with(PacketFlags::OVERSIZE, held > PACKET_MAX),
                big_endian: self.big_endian,
            },
        })
    }

    fn names(&self, block: &[u8], tables: &mut Tables) -> Option<Step> {
        let parse = if self.big_endian {
            parse_nameresolutionblock_be
        } else {
            parse_nameresolutionblock_le
        };
        let (_, nrb) = parse(block).ok()?;
        let mut records = Vec::new();
        for record in &nrb.nr {
            let address = match record.record_type.0 {
                1 => record
                    .record_value
                    .split_first_chunk::<4>()
                    .map(|(a, rest)| (IpAddr::from(*a), rest)),
                2 => record
                    .record_value
                    .split_first_chunk::<16>()
                    .map(|(a, rest)| (IpAddr::from(*a), rest)),
                _ => None,
            };
            let Some((address, rest)) = address else {
                continue;
            };
            let names: Vec<String> = rest
                .split(|b| *b == 0)
                .filter(|n| !n.is_empty())
                .map_while(|n| tables.texts.keep(n))
                .collect();
            if !names.is_empty() {
                records.push(NameRecord { address, names });
            }
        }
        Some(Step::Info {
            len: block.len() as u64,
            info: Box::new(Info::Names(records)),
        })
    }

    fn statistics(&self, block: &[u8], tables: &Tables) -> Option<Step> {
        let parse = if self.big_endian {
            parse_interfacestatisticsblock_be
        } else {
            parse_interfacestatisticsblock_le
        };
        let (_, isb) = parse(block).ok()?;
        let options = Options::new(&isb.options, self.big_endian);
        let known = self.lookup(isb.if_id, tables);
        let clock = known.map_or_else(Clock::default, |(_, i)| i.clock);
        let statistics = InterfaceStatistics {
            interface: known.map_or(u32::MAX, |(index, _)| index),
            time: clock
                .time(u64::from(isb.ts_high) << 32 | u64::from(isb.ts_low))
                .0,
            start: options.units(2).map(|u| clock.time(u).0),
            end: options.units(3).map(|u| clock.time(u).0),
            received: options.u64(4),
            dropped: options.u64(5),
            accepted: options.u64(6),
            os_dropped: options.u64(7),
            delivered: options.u64(8),
        };
        Some(Step::Info {
            len: block.len() as u64,
            info: Box::new(Info::Statistics(statistics)),
        })
    }

    fn secrets(&self, block: &[u8], tables: &mut Tables) -> Option<Step> {
        let parse = if self.big_endian {
            parse_decryptionsecretsblock_be
        } else {
            parse_decryptionsecretsblock_le
        };
        let (_, dsb) = parse(block).ok()?;
        let data = dsb.data.get(..dsb.secrets_len as usize)?;
        if !tables.texts.room(data.len()) {
            return Some(Step::Pass { len: block.len() });
        }
        let data = data.to_vec();
        Some(Step::Info {
            len: block.len() as u64,
            info: Box::new(Info::Secrets(Secrets {
                kind: dsb.secrets_type.0,
                data,
            })),
        })
    }
}
