//! Layout of BOOTP and DHCP messages (RFC 951, RFC 2131, RFC 2132). Knows no option's meaning.

use weir_model::{Cursor, Short};

/// Bytes before the options, with the cookie.
pub(super) const FIXED: usize = 240;
/// RFC 2131 section 3.
pub(super) const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Options read of one message.
const OPTIONS: usize = 1024;

pub(super) const PAD: u8 = 0;
pub(super) const OVERLOAD: u8 = 52;
pub(super) const END: u8 = 255;

/// The fixed part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed<'a> {
    pub(super) op: u8,
    pub(super) hw_type: u8,
    pub(super) hw_len: u8,
    pub(super) hops: u8,
    pub(super) id: u32,
    pub(super) secs: u16,
    pub(super) flags: u16,
    /// Client, your, server, relay.
    pub(super) addresses: [[u8; 4]; 4],
    pub(super) hw: [u8; 16],
    pub(super) server: &'a [u8],
    pub(super) file: &'a [u8],
    pub(super) cookie: Option<[u8; 4]>,
    /// Did it reach to the end of the file's name? A capture may hold the front of packets alone.
    pub(super) whole: bool,
}

impl<'a> Fixed<'a> {
    /// Does it look as if the seconds were written with the low byte first? As Wireshark tells.
    pub(super) fn is_swapped(&self) -> bool {
        self.secs > 0xff && self.secs & 0xff == 0
    }

    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Short> {
        let mut c = Cursor::new(bytes);
        let mut fixed = Self {
            op: c.u8()?,
            hw_type: c.u8()?,
            hw_len: c.u8()?,
            hops: c.u8()?,
            id: c.u32()?,
            secs: c.u16()?,
            flags: c.u16()?,
            addresses: [c.array()?, c.array()?, c.array()?, c.array()?],
            hw: c.array()?,
            server: &[],
            file: &[],
            cookie: None,
            whole: false,
        };
        if let Ok(server) = c.take(64) {
            fixed.server = server;
            if let Ok(file) = c.take(128) {
                (fixed.file, fixed.whole) = (file, true);
                fixed.cookie = c.array().ok();
            }
        }
        Ok(fixed)
    }
}

/// An option and where it stands in the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opt<'a> {
    pub(super) code: u8,
    pub(super) value: &'a [u8],
    /// Its code byte.
    pub(super) at: usize,
}

impl Opt<'_> {
    pub(super) fn end(&self) -> usize {
        match self.code {
            PAD => self.at + self.value.len(),
            END => self.at + 1,
            _ => self.at + 2 + self.value.len(),
        }
    }
}

/// The options in their order, padding as one entry a run; whether they broke off early.
pub(super) fn options(message: &[u8]) -> (Vec<Opt<'_>>, bool) {
    let mut out = Vec::new();
    let mut whole = area(message, FIXED, message.len(), &mut out);
    let overload = out
        .iter()
        .find(|o| o.code == OVERLOAD)
        .and_then(|o| o.value.first())
        .copied();
    // RFC 2132 section 9.3: the file and server name fields may hold options.
    if overload.is_some_and(|o| o & 1 != 0) {
        whole &= area(message, 108, 236, &mut out);
    }
    if overload.is_some_and(|o| o & 2 != 0) {
        whole &= area(message, 44, 108, &mut out);
    }
    (out, !whole)
}

fn area<'a>(message: &'a [u8], from: usize, to: usize, out: &mut Vec<Opt<'a>>) -> bool {
    let bytes = message.get(from..to).unwrap_or_default();
    let mut c = Cursor::new(bytes);
    while out.len() < OPTIONS {
        let at = from + c.pos();
        let Ok(code) = c.u8() else {
            return true;
        };
        match code {
            PAD => {
                let more = c.rest().iter().take_while(|b| **b == PAD).count();
                let start = c.pos() - 1;
                let _ = c.skip(more);
                let value = bytes.get(start..c.pos()).unwrap_or_default();
                out.push(Opt { code, value, at });
            }
            END => {
                out.push(Opt {
                    code,
                    value: &[],
                    at,
                });
                if !c.is_empty() {
                    let value = c.rest();
                    out.push(Opt {
                        code: PAD,
                        value,
                        at: at + 1,
                    });
                }
                return true;
            }
            _ => {
                let Ok(len) = c.u8() else {
                    return false;
                };
                let Ok(value) = c.take(usize::from(len)) else {
                    return false;
                };
                out.push(Opt { code, value, at });
            }
        }
    }
    false
}
