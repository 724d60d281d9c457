//! Writes pcapng and pcap into a byte vector, which the caller may empty between packets.
//! Knows nothing of what packets hold.

use pcap_parser::pcapng::{
    EnhancedPacketBlock, InterfaceDescriptionBlock, OptionCode, PcapNGOption, SectionHeaderBlock,
};
use pcap_parser::{LegacyPcapBlock, Linktype, PcapHeader, ToVec};
use std::borrow::Cow;
use std::fmt;
use weir_model::Timestamp;

/// Longest text an option can hold and still be padded within 16 bits of length.
const OPTION_MAX: usize = 65_532;
const SECOND: i64 = 1_000_000_000;

/// A thing that cannot be written: the sentence to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteError(pub String);

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WriteError {}

/// An interface to be described in the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewInterface {
    /// LINKTYPE_ number.
    pub link_type: u16,
    /// Snap length; 0 means none.
    pub snaplen: u32,
    /// Seconds that are added to every time (`if_tsoffset`): packets may not be earlier. 0 will
    /// do unless there are times before 1970.
    pub offset: i64,
    /// `eth0`; empty leaves it out.
    pub name: String,
    /// Empty leaves it out.
    pub description: String,
}

/// A packet to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewPacket<'a> {
    /// As [`PcapNgWriter::interface`] returned it.
    pub interface: u32,
    /// When.
    pub time: Timestamp,
    /// Length on the wire.
    pub wire_len: u32,
    /// What was captured.
    pub bytes: &'a [u8],
    /// A comment, such as the packet's original number; empty leaves it out.
    pub comment: &'a str,
}

/// Writes one little-endian section with nanosecond times.
#[derive(Debug)]
pub struct PcapNgWriter {
    offsets: Vec<i64>,
}

impl PcapNgWriter {
    /// Writes the section header to `out`. Empty texts are left out.
    ///
    /// # Errors
    /// When a text is longer than an option can hold.
    pub fn new(out: &mut Vec<u8>, application: &str, comment: &str) -> Result<Self, WriteError> {
        let mut options = Vec::new();
        text(&mut options, OptionCode::Comment, comment)?;
        text(&mut options, OptionCode::ShbUserAppl, application)?;
        let mut block = SectionHeaderBlock {
            block_type: 0,
            block_len1: 0,
            bom: 0,
            major_version: 1,
            minor_version: 0,
            section_len: -1,
            options,
            block_len2: 0,
        };
        write(out, &mut block)?;
        Ok(Self {
            offsets: Vec::new(),
        })
    }

    /// Describes an interface; returns its number for packets.
    ///
    /// # Errors
    /// When a text is longer than an option can hold.
    pub fn interface(&mut self, out: &mut Vec<u8>, new: &NewInterface) -> Result<u32, WriteError> {
        let mut options = Vec::new();
        text(&mut options, OptionCode::IfName, &new.name)?;
        text(&mut options, OptionCode::IfDescription, &new.description)?;
        let mut block = InterfaceDescriptionBlock {
            block_type: 0,
            block_len1: 0,
            linktype: Linktype(i32::from(new.link_type)),
            reserved: 0,
            snaplen: new.snaplen,
            options,
            block_len2: 0,
            if_tsresol: 9,
            if_tsoffset: new.offset,
        };
        write(out, &mut block)?;
        let number = u32::try_from(self.offsets.len())
            .map_err(|_| WriteError("too many interfaces".to_owned()))?;
        self.offsets.push(new.offset);
        Ok(number)
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// An interface that was not described, a time before its offset, a packet or comment too long.
    pub fn packet(&mut self, out: &mut Vec<u8>, new: &NewPacket<'_>) -> Result<(), WriteError> {
        let Some(offset) = self.offsets.get(new.interface as usize) else {
            return Err(WriteError(format!(
                "interface {} was not described",
                new.interface
            )));
        };
        let units = i128::from(new.time.0) - i128::from(*offset) * i128::from(SECOND);
        let units = u64::try_from(units).map_err(|_| {
            WriteError(format!(
                "{} lies before the interface's time offset",
                new.time.rfc3339()
            ))
        })?;
        let mut options = Vec::new();
        text(&mut options, OptionCode::Comment, new.comment)?;
        let mut block = EnhancedPacketBlock {
            block_type: 0,
            block_len1: 0,
            if_id: new.interface,
            ts_high: u32::try_from(units >> 32).unwrap_or(u32::MAX),
            ts_low: u32::try_from(units & 0xffff_ffff).unwrap_or(u32::MAX),
            caplen: length(new.bytes)?,
            origlen: new.wire_len,
            data: new.bytes,
            options: Vec::new(),
            block_len2: 0,
        };
        if new.comment.is_empty() {
            return write(out, &mut block);
        }
        // pcap-parser rounds a block's length up once, over data and options together, but pads
        // each: given padded data, its length is right, and the captured length is ours anyway.
        let mut padded = new.bytes.to_vec();
        padded.resize(padded.len().next_multiple_of(4), 0);
        block.data = &padded;
        block.options = options;
        write(out, &mut block)
    }
}

/// Writes a plain pcap file, little-endian, with nanosecond times.
#[derive(Debug)]
pub struct PcapWriter(());

impl PcapWriter {
    /// Writes the file header to `out`.
    ///
    /// # Errors
    /// Never in practice: the sink is memory.
    pub fn new(out: &mut Vec<u8>, link_type: u16, snaplen: u32) -> Result<Self, WriteError> {
        let mut header = PcapHeader::new();
        header.magic_number = 0xa1b2_3c4d;
        header.snaplen = snaplen;
        header.network = Linktype(i32::from(link_type));
        write(out, &mut header)?;
        Ok(Self(()))
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// A time before 1970 or after 2106, a packet too long.
    pub fn packet(
        &mut self,
        out: &mut Vec<u8>,
        time: Timestamp,
        wire_len: u32,
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let seconds = u32::try_from(time.0.div_euclid(SECOND))
            .map_err(|_| WriteError(format!("{} does not fit a pcap file", time.rfc3339())))?;
        let mut block = LegacyPcapBlock {
            ts_sec: seconds,
            ts_usec: u32::try_from(time.0.rem_euclid(SECOND)).unwrap_or(0),
            caplen: length(bytes)?,
            origlen: wire_len,
            data: bytes,
        };
        write(out, &mut block)
    }
}

fn length(bytes: &[u8]) -> Result<u32, WriteError> {
    u32::try_from(bytes.len())
        .ok()
        .filter(|n| *n < u32::MAX / 2)
        .ok_or_else(|| WriteError("the packet is too long".to_owned()))
}

fn text<'a>(
    options: &mut Vec<PcapNGOption<'a>>,
    code: OptionCode,
    text: &'a str,
) -> Result<(), WriteError> {
    if text.is_empty() {
        return Ok(());
    }
    if text.len() > OPTION_MAX {
        return Err(WriteError(format!(
            "a text of {} bytes does not fit a pcapng option",
            text.len()
        )));
    }
    let len =
        u16::try_from(text.len()).map_err(|_| WriteError("the text is too long".to_owned()))?;
    options.push(PcapNGOption {
        code,
        len,
        value: Cow::Borrowed(text.as_bytes()),
    });
    Ok(())
}

fn write(out: &mut Vec<u8>, block: &mut impl ToVec) -> Result<(), WriteError> {
    let bytes = block
        .to_vec()
        .map_err(|e| WriteError(format!("cannot be written: {e:?}")))?;
    out.extend_from_slice(&bytes);
    Ok(())
}
