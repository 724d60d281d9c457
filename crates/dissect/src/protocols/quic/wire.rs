//! Layout of QUIC packets and of the frames that Initial packets may carry (RFC 9000 sections 12, 16, 17
//! and 19, RFC 9369 section 3.2). Every read is checked; offsets are the packet's.

use super::keys;
use weir_model::{Cursor, Short};

/// Longest connection id of versions 1 and 2 (RFC 9000 section 17.2).
pub(super) const ID: usize = 20;
/// Version 2 (RFC 9369).
pub(super) const V2: u32 = 0x6b33_43cf;
/// Version 2 while it was a draft.
pub(super) const V2_DRAFT: u32 = 0x709a_50c4;

/// A connection id, kept.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Id {
    len: u8,
    bytes: [u8; ID],
}

impl Id {
    /// `None` for one that is longer than any version in use allows.
    pub(super) fn new(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; ID];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        let len = u8::try_from(id.len()).ok()?;
        Some(Self { len, bytes })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// What a packet with a long header is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
    /// Version negotiation.
    Negotiation,
    /// Of a version whose packets are not known.
    Unknown,
}

/// A packet with a long header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Long<'a> {
    pub(super) first: u8,
    pub(super) version: u32,
    pub(super) kind: Kind,
    pub(super) dcid: &'a [u8],
    pub(super) scid: &'a [u8],
    /// An Initial's token, and where its length stands.
    pub(super) token: (&'a [u8], usize),
    /// What the packet says of the length of number and payload, and where; zero where it does not.
    pub(super) length: (u64, usize),
    /// Where the packet number (or what a packet without one carries) begins.
    pub(super) body: usize,
    /// Where the packet ends, as far as it is there.
    pub(super) end: usize,
}

/// A number of one to eight bytes (RFC 9000 section 16).
pub(super) fn varint(c: &mut Cursor<'_>) -> Result<u64, Short> {
    let first = c.u8()?;
    let more = (1usize << (first >> 6)) - 1;
    let rest = c.take(more)?;
    let start = u64::from(first & 0x3f);
    Ok(rest.iter().fold(start, |n, b| n << 8 | u64::from(*b)))
}

/// Is this a version whose long headers are those of RFC 9000, or one that is sent to be refused?
pub(super) fn is_known(version: u32) -> bool {
    keys::suite(version).is_some()
        || matches!(
            version,
            0xff00_000b..=0xff00_0022 | 0xface_b001 | 0xface_b002
        )
        || is_reserved(version)
}

/// Sent so that servers keep negotiating (RFC 9000 section 15).
fn is_reserved(version: u32) -> bool {
    version & 0x0f0f_0f0f == 0x0a0a_0a0a
}

impl<'a> Long<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Short> {
        let mut c = Cursor::new(bytes);
        let first = c.u8()?;
        let version = c.u32()?;
        let len = usize::from(c.u8()?);
        let dcid = c.take(len)?;
        let len = usize::from(c.u8()?);
        let scid = c.take(len)?;
        let kind = match (version, first >> 4 & 3) {
            (0, _) => Kind::Negotiation,
            (V2 | V2_DRAFT, n) => {
                [Kind::Retry, Kind::Initial, Kind::ZeroRtt, Kind::Handshake][usize::from(n)]
            }
            (v, n) if is_known(v) => {
                [Kind::Initial, Kind::ZeroRtt, Kind::Handshake, Kind::Retry][usize::from(n)]
            }
            _ => Kind::Unknown,
        };
        let mut token = (&[][..], 0);
        let mut length = (0, 0);
        let mut end = bytes.len();
        if kind == Kind::Initial {
            let at = c.pos();
            let len = usize::try_from(varint(&mut c)?).map_err(|_| Short)?;
            token = (c.take(len)?, at);
        }
        if matches!(kind, Kind::Initial | Kind::ZeroRtt | Kind::Handshake) {
            let at = c.pos();
            length = (varint(&mut c)?, at);
            let said = usize::try_from(length.0).unwrap_or(usize::MAX);
            end = c.pos().saturating_add(said).min(end);
        }
        Ok(Self {
            first,
            version,
            kind,
            dcid,
            scid,
            token,
            length,
            body: c.pos(),
            end,
        })
    }

    /// Is less there than the packet says?
    pub(super) fn is_short(&self) -> bool {
        self.length.0 > (self.end - self.body) as u64
    }

    /// Number of the type as the header has it.
    pub(super) fn kind_bits(&self) -> u8 {
        self.first >> 4 & 3
    }
}

/// Frames that Initial packets may carry (RFC 9000 section 12.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body {
    /// So many bytes.
    Padding(usize),
    Ping,
    Ack,
    /// Stream offset, and where the bytes stand.
    Crypto(u64, (usize, usize)),
    Close,
    /// One that must not be here: nothing behind it is read.
    Foreign,
}

/// A frame and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) kind: u64,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) body: Body,
}

impl Frame {
    /// The frame at `at` of a packet's decrypted payload.
    pub(super) fn read(bytes: &[u8], at: usize) -> Result<Self, Short> {
        let mut c = Cursor::new(bytes.get(at..).unwrap_or_default());
        let kind = varint(&mut c)?;
        let body = match kind {
            0 => {
                let more = c.rest().iter().take_while(|b| **b == 0).count();
                c.skip(more)?;
                Body::Padding(more + 1)
            }
            1 => Body::Ping,
            2 | 3 => {
                varint(&mut c)?;
                varint(&mut c)?;
                let ranges = varint(&mut c)?;
                varint(&mut c)?;
                for _ in 0..ranges {
                    varint(&mut c)?;
                    varint(&mut c)?;
                }
                if kind == 3 {
                    for _ in 0..3 {
                        varint(&mut c)?;
                    }
                }
                Body::Ack
            }
            6 => {
                let offset = varint(&mut c)?;
                let len = usize::try_from(varint(&mut c)?).map_err(|_| Short)?;
                let from = at + c.pos();
                c.skip(len)?;
                Body::Crypto(offset, (from, from + len))
            }
            0x1c | 0x1d => {
                varint(&mut c)?;
                if kind == 0x1c {
                    varint(&mut c)?;
                }
                let len = usize::try_from(varint(&mut c)?).map_err(|_| Short)?;
                c.skip(len)?;
                Body::Close
            }
            _ => {
                let rest = c.left();
                c.skip(rest)?;
                Body::Foreign
            }
        };
        Ok(Self {
            kind,
            at,
            end: at + c.pos(),
            body,
        })
    }
}
