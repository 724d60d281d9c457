//! From pushed bytes to packets: carries what a piece cut in two, copies nothing else.
//! Knows the order of a file's records, not their layouts.

mod options;
mod pcap;
mod pcapng;
mod snoop;

use crate::container::Format;
use crate::event::{Event, Info, Interface, LimitKindEq, PacketFlags, RawPacket, Section, Stop};
use crate::limits;
use std::ops::Range;
use weir_model::{Record, Timestamp};

/// One parser for each format.
#[derive(Debug)]
enum Parser {
    Pcap(pcap::Pcap),
    PcapNg(pcapng::PcapNg),
    Snoop(snoop::Snoop),
}

/// What a parser makes of the bytes before it; lengths and ranges count from their start.
enum Step {
    /// Not enough: so many bytes from the start of the record.
    Need(usize),
    /// A packet in a record of `len` bytes.
    Packet { len: usize, packet: Found },
    /// Something else in a record of `len` bytes; may reach beyond the bytes at hand. The
    /// packet number of a limit is filled in by the reader.
    Info { len: u64, info: Box<Info> },
    /// A record of `len` bytes that says nothing.
    Pass { len: usize },
    /// The record makes no sense.
    Stop(String),
}

/// A packet by its place.
struct Found {
    data: Range<usize>,
    options: Range<usize>,
    /// Bytes of the packet after `data` that are stepped over.
    beyond: u64,
    wire_len: u32,
    time: Timestamp,
    interface: u32,
    link_type: u16,
    record: Option<Record>,
    flags: PacketFlags,
    big_endian: bool,
}

/// The tables a container fills, shared by all formats.
#[derive(Debug, Default)]
struct Tables {
    sections: Vec<Section>,
    interfaces: Vec<Interface>,
    texts: options::Texts,
}

/// Reads one uncompressed capture, pushed in pieces of any size.
///
/// ```
/// # use weir_capture::{Event, Reader, sniff, Container};
/// # fn each_piece() -> Vec<Vec<u8>> { vec![] }
/// # let head = b"\xd4\xc3\xb2\xa1";
/// let Ok(Container::Plain(format)) = sniff(head) else { return };
/// let mut reader = Reader::new(format);
/// for piece in each_piece() {
///     let mut rest = &piece[..];
///     loop {
///         match reader.next(&mut rest) {
///             Event::Packet(packet) => assert!(packet.number > 0),
///             Event::Info(_) => {}
///             Event::NeedMore | Event::End | Event::Stopped(_) => break,
///         }
///     }
/// }
/// reader.finish();
/// // … and the same loop once more with an empty piece, to the `End` or `Stopped`.
/// ```
#[derive(Debug)]
pub struct Reader {
    parser: Parser,
    tables: Tables,
    /// A record that a piece cut: from its start, or from before it.
    carry: Vec<u8>,
    /// How much of `carry` is used up.
    spent: usize,
    /// File offset of the next byte to be parsed.
    offset: u64,
    /// Bytes to be stepped over first.
    skip: u64,
    /// Where the record begins whose bytes are stepped over.
    record: u64,
    number: u32,
    finished: bool,
    over: Option<Option<Stop>>,
    /// A limit to be told before the next record.
    tell: Option<Box<Info>>,
}

impl Reader {
    /// A reader at the start of a capture that [`crate::sniff`] recognised.
    #[must_use]
    pub fn new(format: Format) -> Self {
        let parser = match format {
            Format::Pcap {
                big_endian,
                nanos,
                layout,
            } => Parser::Pcap(pcap::Pcap::new(big_endian, nanos, layout)),
            Format::PcapNg => Parser::PcapNg(pcapng::PcapNg::new()),
            Format::Snoop => Parser::Snoop(snoop::Snoop::new()),
        };
        Self {
            parser,
            tables: Tables::default(),
            carry: Vec::new(),
            spent: 0,
            offset: 0,
            skip: 0,
            record: 0,
            number: 0,
            finished: false,
            over: None,
            tell: None,
        }
    }

    /// Says that no byte follows those already given (and those still in the caller's slice).
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Interfaces described so far, over all sections.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.tables.interfaces
    }

    /// Sections begun so far; pcap and snoop have one that says nothing.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.tables.sections
    }

    /// Packets given so far.
    #[must_use]
    pub fn packets(&self) -> u32 {
        self.number
    }

    /// File offset of the next record.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// Bytes of pieces that are held because their record is not complete; at most
    /// [`limits::BLOCK_MAX`] and one record's header.
    #[must_use]
    pub fn held(&self) -> usize {
        self.carry.len()
    }

    /// The next event. `input` is what is left of the current piece and is advanced over what
    /// was used, so a caller may stop at any event and go on later with the same slice. After
    /// [`Event::NeedMore`] it is empty and the next piece is due.
    pub fn next<'a, 'p: 'a>(&'a mut self, input: &mut &'p [u8]) -> Event<'a> {
        let (found, base, from) = loop {
            if let Some(info) = self.tell.take() {
                return Event::Info(info);
            }
            if let Some(over) = &self.over {
                return over.clone().map_or(Event::End, Event::Stopped);
            }
            if self.spent == self.carry.len() {
                self.carry.clear();
                self.spent = 0;
            }
            if self.skip > 0 {
                if !self.step_over(input) {
                    if self.finished {
                        let missing = self.skip;
                        self.offset = self.record;
                        self.stop(format!(
                            "the file ends {missing} bytes before the end that this record claims"
                        ));
                        continue;
                    }
                    return Event::NeedMore;
                }
                continue;
            }
            let from_carry = !self.carry.is_empty();
            let view = if from_carry {
                self.carry.get(self.spent..).unwrap_or_default()
            } else {
                *input
            };
            let at_end = self.finished && (!from_carry || input.is_empty());
            self.record = self.offset;
            if self.tables.texts.take_over() {
                return Event::Info(Box::new(Info::Limit(
                    LimitKindEq(&limits::TEXTS),
                    self.number.saturating_add(1),
                )));
            }
            let step = match &mut self.parser {
                Parser::Pcap(p) => p.step(view, at_end, &mut self.tables),
                Parser::PcapNg(p) => p.step(view, self.offset, &mut self.tables),
                Parser::Snoop(p) => p.step(view, &mut self.tables),
            };
            match step {
                Step::Packet { len, packet } => {
                    let Some(number) = self.number.checked_add(1) else {
                        self.tell = Some(Box::new(Info::Limit(
                            LimitKindEq(&limits::PACKETS),
                            self.number,
                        )));
                        self.stop("packets can be numbered no further".to_owned());
                        continue;
                    };
                    self.number = number;
                    self.skip = packet.beyond;
                    if packet.flags.contains(PacketFlags::OVERSIZE) {
                        self.tell =
                            Some(Box::new(Info::Limit(LimitKindEq(&limits::PACKET), number)));
                    }
                    let base = self.offset;
                    self.offset = self.offset.saturating_add(len as u64);
                    if from_carry {
                        let from = self.spent;
                        self.spent = self.spent.saturating_add(len).min(self.carry.len());
                        break (packet, base, Err(from));
                    }
                    let whole: &'p [u8] = input;
                    *input = input.get(len..).unwrap_or_default();
                    break (packet, base, Ok(whole));
                }
                Step::Need(n) => {
                    let have = view.len();
                    if at_end {
                        if have == 0 {
                            let whole = self.parser.may_end();
                            match whole {
                                Ok(()) => self.over = Some(None),
                                Err(why) => self.stop(why),
                            }
                        } else {
                            let why = format!(
                                "the file ends {have} bytes into a record of at least {n} bytes"
                            );
                            self.stop(why);
                        }
                        continue;
                    }
                    if !self.grow(n.max(have.saturating_add(1)), input) && !self.finished {
                        return Event::NeedMore;
                    }
                }
                Step::Info { len, mut info } => {
                    self.skip = len;
                    if let Info::Limit(_, number) = info.as_mut() {
                        *number = self.number.saturating_add(1);
                    }
                    if let Info::Skipped(s) = info.as_ref()
                        && s.damage.is_none()
                        && s.len > limits::BLOCK_MAX as u64
                    {
                        self.tell = Some(Box::new(Info::Limit(
                            LimitKindEq(&limits::BLOCK),
                            self.number.saturating_add(1),
                        )));
                    }
                    return Event::Info(info);
                }
                Step::Pass { len } => self.skip = len as u64,
                Step::Stop(why) => self.stop(why),
            }
        };
        let source: &'a [u8] = match from {
            Ok(piece) => piece,
            Err(from) => self.carry.get(from..).unwrap_or_default(),
        };
        Event::Packet(RawPacket {
            number: self.number,
            offset: base.saturating_add(found.data.start as u64),
            wire_len: found.wire_len,
            time: found.time,
            interface: found.interface,
            link_type: found.link_type,
            record: found.record,
            flags: found.flags,
            bytes: source.get(found.data).unwrap_or_default(),
            options: source.get(found.options).unwrap_or_default(),
            big_endian: found.big_endian,
        })
    }

    fn stop(&mut self, why: String) {
        self.over = Some(Some(Stop {
            offset: self.offset,
            why,
            kept: u64::from(self.number),
        }));
        self.carry = Vec::new();
        self.spent = 0;
    }

    /// Steps over `skip` bytes; false when the piece ended before.
    fn step_over(&mut self, input: &mut &[u8]) -> bool {
        let held = self.carry.len().saturating_sub(self.spent);
        let from_carry = usize::try_from(self.skip).unwrap_or(usize::MAX).min(held);
        self.spent = self.spent.saturating_add(from_carry);
        self.skip -= from_carry as u64;
        let from_input = usize::try_from(self.skip)
            .unwrap_or(usize::MAX)
            .min(input.len());
        *input = input.get(from_input..).unwrap_or_default();
        self.skip -= from_input as u64;
        self.offset = self
            .offset
            .saturating_add((from_carry as u64).saturating_add(from_input as u64));
        self.skip == 0
    }

    /// Carries until `n` bytes of the record are held; false when the piece ended before.
    fn grow(&mut self, n: usize, input: &mut &[u8]) -> bool {
        if self.spent > 0 {
            self.carry.drain(..self.spent.min(self.carry.len()));
            self.spent = 0;
        }
        let take = n.saturating_sub(self.carry.len()).min(input.len());
        let (head, rest) = input.split_at_checked(take).unwrap_or((input, &[]));
        self.carry.extend_from_slice(head);
        *input = rest;
        self.carry.len() >= n
    }
}

impl Parser {
    /// May the file end here, between two records?
    fn may_end(&self) -> Result<(), String> {
        let headed = match self {
            Self::Pcap(p) => p.headed(),
            Self::PcapNg(p) => p.headed(),
            Self::Snoop(p) => p.headed(),
        };
        if headed {
            Ok(())
        } else {
            Err("the file ends before its header".to_owned())
        }
    }
}

impl Tables {
    /// The one section and interface of a format without descriptions.
    fn single(&mut self, interface: Interface) {
        self.sections.push(Section::default());
        self.interfaces.push(interface);
    }
}

impl Interface {
    /// An interface about which only the file header speaks.
    fn plain(link_type: u16, snaplen: u32, clock: crate::Clock) -> Self {
        Self {
            section: 0,
            id: 0,
            link_type,
            snaplen,
            clock,
            name: String::new(),
            description: String::new(),
            hardware: String::new(),
            os: String::new(),
            filter: String::new(),
            mac: None,
            speed: None,
            fcs_len: None,
            comments: Vec::new(),
        }
    }
}
