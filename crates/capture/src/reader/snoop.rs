//! snoop, RFC 1761. Knows nothing of what packets hold.

use super::{Found, Step, Tables};
use crate::event::{Info, Interface, InterfaceStatistics, PacketFlags};
use crate::limits::{BLOCK_MAX, PACKET_MAX};
use crate::time::Clock;
use weir_model::{Cursor, Short, Timestamp};

const HEADER: usize = 16;
const RECORD: usize = 24;

#[derive(Debug)]
pub(super) struct Snoop {
    link_type: Option<u16>,
    described: bool,
    /// Drops told so far: the file counts them up in every record.
    drops: u32,
}

/// RFC 1761, section 4: datalink type to LINKTYPE_.
fn link_type(datalink: u32) -> u16 {
    match datalink {
        0 | 4 => 1,
        2 => 6,
        8 => 10,
        26 => 242,
        _ => crate::LINK_UNKNOWN,
    }
}

impl Snoop {
    pub(super) fn new() -> Self {
        Self {
            link_type: None,
            described: false,
            drops: 0,
        }
    }

    pub(super) fn headed(&self) -> bool {
        self.link_type.is_some()
    }

    pub(super) fn step(&mut self, view: &[u8], tables: &mut Tables) -> Step {
        let Some(link) = self.link_type else {
            let Ok((version, datalink)) = header(view) else {
                return Step::Need(HEADER);
            };
            if !(1..=2).contains(&version) {
                return Step::Stop(format!("snoop version {version} is not read"));
            }
            let link = link_type(datalink);
            self.link_type = Some(link);
            tables.single(Interface::plain(link, 0, Clock::default()));
            return Step::Pass { len: HEADER };
        };
        if !self.described {
            self.described = true;
            return tables
                .interfaces
                .first()
                .cloned()
                .map_or(Step::Pass { len: 0 }, |i| Step::Info {
                    len: 0,
                    info: Box::new(Info::Interface(0, i)),
                });
        }
        self.packet(view, link).unwrap_or(Step::Need(RECORD))
    }

    fn packet(&mut self, view: &[u8], link_type: u16) -> Result<Step, Short> {
        let mut c = Cursor::new(view);
        let (wire_len, captured, record, drops, seconds, micros) =
            (c.u32()?, c.u32()?, c.u32()?, c.u32()?, c.u32()?, c.u32()?);
        let (captured, record) = (captured as usize, record as usize);
        if record < RECORD || captured > record - RECORD || record > BLOCK_MAX {
            return Ok(Step::Stop(format!(
                "this record claims {record} bytes with {captured} captured ones, which cannot be"
            )));
        }
        let time = Timestamp(i64::from(seconds) * 1_000_000_000 + i64::from(micros) * 1000);
        if drops > self.drops {
            self.drops = drops;
            let statistics = InterfaceStatistics {
                time,
                dropped: Some(u64::from(drops)),
                ..InterfaceStatistics::default()
            };
            return Ok(Step::Info {
                len: 0,
                info: Box::new(Info::Statistics(statistics)),
            });
        }
        let kept = captured.min(PACKET_MAX);
        // What is kept and, as long as nothing was cut, the padding after it.
        let len = if captured > kept {
            RECORD + kept
        } else {
            record
        };
        if view.len() < len {
            return Ok(Step::Need(len));
        }
        let flags = PacketFlags::default()
            .with(PacketFlags::OVERSIZE, captured > kept)
            .with(PacketFlags::WIRE_SHORTER, (wire_len as usize) < captured);
        let packet = Found {
            data: RECORD..RECORD + kept,
            options: 0..0,
            beyond: (record - len) as u64,
            wire_len,
            time,
            interface: 0,
            link_type,
            record: None,
            flags,
            big_endian: true,
        };
        Ok(Step::Packet { len, packet })
    }
}

fn header(view: &[u8]) -> Result<(u32, u32), Short> {
    let mut c = Cursor::new(view);
    c.skip(8)?;
    Ok((c.u32()?, c.u32()?))
}
