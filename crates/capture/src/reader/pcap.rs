//! libpcap's format in all its layouts. Knows nothing of what packets hold.

use super::{Found, Step, Tables};
use crate::container::PcapLayout;
use crate::event::{Info, Interface, PacketFlags};
use crate::limits::{BLOCK_MAX, PACKET_MAX};
use crate::time::Clock;
use pcap_parser::{parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};
use weir_model::Timestamp;

const HEADER: usize = 24;
const RECORD: usize = 16;
/// Seconds. The second record of an uncommon layout is believed only so close to the first.
const YEAR: u32 = 366 * 86_400;

#[derive(Debug)]
pub(super) struct Pcap {
    big_endian: bool,
    nanos: bool,
    layout: PcapLayout,
    /// Set by the file header.
    head: Option<Head>,
    described: bool,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    link_type: u16,
    snaplen: u32,
    /// Lengths may stand in the other order: files older than version 2.4.
    old: bool,
    /// Bytes of a record's header after the lengths; `None` until the first records told.
    extra: Option<usize>,
}

/// Seconds, fraction, captured and original length.
type Record = [u32; 4];

impl Pcap {
    pub(super) fn new(big_endian: bool, nanos: bool, layout: PcapLayout) -> Self {
        Self {
            big_endian,
            nanos,
            layout,
            head: None,
            described: false,
        }
    }

    pub(super) fn headed(&self) -> bool {
        self.head.is_some()
    }

    #[inline]
    pub(super) fn step(&mut self, view: &[u8], at_end: bool, tables: &mut Tables) -> Step {
        match self.head {
            Some(Head {
                extra: Some(extra),
                link_type,
                snaplen,
                old,
            }) if self.described => self.packet(view, extra, old, link_type, snaplen),
            Some(head) if head.extra.is_none() => self.tell_layout(view, at_end, head),
            Some(_) => {
                self.described = true;
                let interface = tables.interfaces.first().cloned();
                interface.map_or(Step::Pass { len: 0 }, |i| Step::Info {
                    len: 0,
                    info: Box::new(Info::Interface(0, i)),
                })
            }
            None => self.header(view, tables),
        }
    }

    fn header(&mut self, view: &[u8], tables: &mut Tables) -> Step {
        let len = HEADER
            + if self.layout == PcapLayout::Ixia {
                4
            } else {
                0
            };
        let (Some(head), true) = (view.first_chunk::<HEADER>(), view.len() >= len) else {
            return Step::Need(len);
        };
        // pcap-parser knows neither Ixia's numbers nor the modified one in big-endian; the
        // rest of the header is the same for all.
        let mut head = *head;
        let magic = 0xa1b2_c3d4_u32;
        let known = if self.big_endian {
            magic.to_be_bytes()
        } else {
            magic.to_le_bytes()
        };
        for (to, from) in head.iter_mut().zip(known) {
            *to = from;
        }
        let Ok((_, header)) = parse_pcap_header(&head) else {
            return Step::Stop("the file header makes no sense".to_owned());
        };
        // The upper half of the field tells of a frame check sequence (draft-ietf-opsawg-pcap, section 4).
        let network = header.network.0.cast_unsigned();
        let link_type = u16::try_from(network & 0xffff).unwrap_or(crate::LINK_UNKNOWN);
        let extra = match self.layout {
            PcapLayout::Modified => Some(8),
            PcapLayout::Ixia => Some(0),
            // Only the microsecond number was shared by other layouts.
            PcapLayout::Standard => self.nanos.then_some(0),
        };
        self.head = Some(Head {
            link_type,
            snaplen: header.snaplen,
            old: header.version_major == 2 && header.version_minor < 4,
            extra,
        });
        let mut interface = Interface::plain(
            link_type,
            header.snaplen,
            Clock::new(if self.nanos { 9 } else { 6 }, 0),
        );
        if network & 0x0400_0000 != 0 {
            interface.fcs_len = u8::try_from((network >> 28) * 2).ok();
        }
        tables.single(interface);
        Step::Pass { len }
    }

    fn numbers(&self, view: &[u8]) -> Option<Record> {
        let mut words = view.get(..RECORD)?.chunks_exact(4).map(|w| {
            let w = w.try_into().unwrap_or_default();
            if self.big_endian {
                u32::from_be_bytes(w)
            } else {
                u32::from_le_bytes(w)
            }
        });
        Some([words.next()?, words.next()?, words.next()?, words.next()?])
    }

    fn plausible([_, fraction, captured, _]: Record) -> bool {
        captured as usize <= PACKET_MAX && fraction < 1_000_000
    }

    /// Which layout the first two records fit. Standard, unless another fits and it does not.
    fn tell_layout(&mut self, view: &[u8], at_end: bool, head: Head) -> Step {
        let Some(first) = self.numbers(view) else {
            if at_end {
                self.head = Some(Head {
                    extra: Some(0),
                    ..head
                });
                return Step::Pass { len: 0 };
            }
            return Step::Need(RECORD);
        };
        let mut chosen = 0;
        if Self::plausible(first) {
            for extra in [0, 4, 8] {
                let next = RECORD + extra + first[2] as usize;
                let fits = match view.get(next..).and_then(|v| self.numbers(v)) {
                    Some(record) => {
                        let near = record[0].abs_diff(first[0]) < YEAR && record[2] <= record[3];
                        Self::plausible(record) && (extra == 0 || near)
                    }
                    None if !at_end => return Step::Need(next + RECORD),
                    // Cut short after one packet: nothing tells, so the common layout.
                    None => extra == 0 && view.len() >= next,
                };
                if fits {
                    chosen = extra;
                    break;
                }
            }
        }
        self.head = Some(Head {
            extra: Some(chosen),
            ..head
        });
        Step::Pass { len: 0 }
    }

    #[inline]
    fn packet(&self, view: &[u8], extra: usize, old: bool, link_type: u16, snaplen: u32) -> Step {
        if extra == 0 && !old {
            let frame = if self.big_endian {
                parse_pcap_frame_be(view)
            } else {
                parse_pcap_frame(view)
            };
            if let Ok((_, f)) = frame
                && f.data.len() <= PACKET_MAX
            {
                let len = RECORD + f.data.len();
                return self.found(
                    [f.ts_sec, f.ts_usec, f.caplen, f.origlen],
                    RECORD..len,
                    len,
                    0,
                    link_type,
                    snaplen,
                );
            }
        }
        let start = RECORD + extra;
        let Some(mut record) = self.numbers(view).filter(|_| view.len() >= start) else {
            return Step::Need(start);
        };
        if old && record[2] > record[3] {
            record.swap(2, 3);
        }
        let captured = record[2] as usize;
        if captured > PACKET_MAX {
            // Believed only while it could be true of a packet; else the file is damaged here.
            if captured > BLOCK_MAX || captured > record[3] as usize {
                return Step::Stop(format!(
                    "this packet claims {captured} captured bytes of {} on the wire, which is no packet's length",
                    record[3]
                ));
            }
            let len = start + PACKET_MAX;
            if view.len() < len {
                return Step::Need(len);
            }
            return self.found(
                record,
                start..len,
                len,
                (captured - PACKET_MAX) as u64,
                link_type,
                snaplen,
            );
        }
        let len = start + captured;
        if view.len() < len {
            return Step::Need(len);
        }
        self.found(record, start..len, len, 0, link_type, snaplen)
    }

    #[inline]
    fn found(
        &self,
        record: Record,
        data: std::ops::Range<usize>,
        len: usize,
        beyond: u64,
        link_type: u16,
        snaplen: u32,
    ) -> Step {
        let [seconds, fraction, captured, original] = record;
        // Seconds are unsigned here, which lasts until 2106; both fit 63 bits of nanoseconds.
        let nanos = i64::from(fraction) * if self.nanos { 1 } else { 1000 };
        let flags = PacketFlags::default()
            .with(PacketFlags::OVERSIZE, beyond > 0)
            .with(
                PacketFlags::OVER_SNAPLEN,
                captured > snaplen && snaplen != 0,
            )
            .with(PacketFlags::WIRE_SHORTER, original < captured);
        Step::Packet {
            len,
            packet: Found {
                data,
                options: 0..0,
                beyond,
                wire_len: original,
                time: Timestamp(i64::from(seconds) * 1_000_000_000 + nanos),
                interface: 0,
                link_type,
                record: None,
                flags,
                big_endian: self.big_endian,
            },
        }
    }
}
