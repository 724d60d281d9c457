//! Layout of HTTP/2 frames (RFC 9113 sections 4 and 6). Every read is checked.

/// What a client begins with (RFC 9113 section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
pub(super) const PADDED: u8 = 8;
pub(super) const PRIORITISED: u8 = 0x20;

/// A frame's head.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) len: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Head {
    pub(super) const LEN: usize = 9;

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, stream @ ..] = *bytes.first_chunk::<9>()?;
        Some(Self {
            len: u32::from_be_bytes([0, a, b, c]) as usize,
            kind,
            flags,
            stream: u32::from_be_bytes(stream) & 0x7fff_ffff,
        })
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Can this be one? Frames without a stream have none, those of one have one, and lengths that are fixed fit.
    pub(super) fn is_sane(&self) -> bool {
        match self.kind {
            DATA | HEADERS | CONTINUATION => self.stream != 0,
            PUSH_PROMISE => self.stream != 0 && self.len >= 4,
            PRIORITY => self.stream != 0 && self.len == 5,
            RST_STREAM => self.stream != 0 && self.len == 4,
            SETTINGS => self.stream == 0 && self.len.is_multiple_of(6) && self.len <= 6 * 64,
            PING => self.stream == 0 && self.len == 8,
            GOAWAY => self.stream == 0 && self.len >= 8,
            WINDOW_UPDATE => self.len == 4,
            _ => self.len <= 1 << 16,
        }
    }
}

/// Where in a frame's payload its own part stands: behind padding's length and priority, before the padding.
pub(super) fn inner(head: Head, payload: &[u8]) -> Option<(usize, usize)> {
    let pads = matches!(head.kind, DATA | HEADERS | PUSH_PROMISE) && head.has(PADDED);
    let mut from = usize::from(pads);
    let padding = if pads {
        usize::from(*payload.first()?)
    } else {
        0
    };
    if head.kind == HEADERS && head.has(PRIORITISED) {
        from += 5;
    }
    if head.kind == PUSH_PROMISE {
        from += 4;
    }
    let to = payload.len().checked_sub(padding)?;
    (from <= to).then_some((from, to))
}
