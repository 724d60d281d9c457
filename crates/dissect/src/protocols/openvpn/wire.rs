//! A packet of OpenVPN as it stands: what guards it is told by its bytes, for nothing in it says so.

use crate::data::Data;

/// Opcodes.
pub(super) const CONTROL: u8 = 4;
pub(super) const ACK: u8 = 5;
pub(super) const DATA_V1: u8 = 6;
pub(super) const CLIENT_RESET: u8 = 7;
pub(super) const SERVER_RESET: u8 = 8;
pub(super) const DATA_V2: u8 = 9;
pub(super) const CLIENT_RESET_V3: u8 = 10;
pub(super) const WRAPPED_KEY: u8 = 11;

/// Lengths of check values: SHA-1, SHA-2 and MD5.
const DIGESTS: [usize; 6] = [20, 32, 64, 16, 28, 48];
/// Acknowledgements that one packet holds at most.
const ACKS: u8 = 8;
/// Opcode, key and session.
const HEAD: usize = 9;
/// A packet's number and the time it was made.
const STAMP: usize = 8;
/// The check value that stands before what is sealed (tls-crypt).
const TAG: usize = 32;

/// How the control channel is guarded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guard {
    None,
    /// A check value before the packet's number (tls-auth).
    Auth,
    /// Sealed behind the packet's number and a check value (tls-crypt).
    Crypt,
}

impl Guard {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Auth => "tls-auth",
            Self::Crypt => "tls-crypt",
        }
    }
}

/// A control packet; places are counted from its opcode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    pub(super) guard: Guard,
    /// Where the check value stands.
    pub(super) hmac: (usize, usize),
    /// Where number and time stand.
    pub(super) stamp: Option<usize>,
    /// Where the number of acknowledgements stands; nothing behind it is in the clear otherwise.
    pub(super) acks: Option<usize>,
    pub(super) remote: Option<usize>,
    /// Where the message's number stands.
    pub(super) message: Option<usize>,
    /// Where what it carries begins.
    pub(super) payload: usize,
}

/// Opcode and key id; `None`: none that there is.
pub(super) fn opcode(data: Data<'_>) -> Option<(u8, u8)> {
    let b = data.u8(0)?;
    (1..=WRAPPED_KEY)
        .contains(&(b >> 3))
        .then_some((b >> 3, b & 7))
}

pub(super) fn is_reset(opcode: u8) -> bool {
    matches!(opcode, CLIENT_RESET | SERVER_RESET | CLIENT_RESET_V3)
}

/// Number and time of a packet: a time from 2001 to 2033, and not a number that comes to nothing.
fn stamped(data: Data<'_>, at: usize) -> bool {
    let number = data.u32(at).is_some_and(|n| n != 0);
    number
        && data
            .u32(at + 4)
            .is_some_and(|t| (1_000_000_000..2_000_000_000).contains(&t))
}

impl Control {
    /// Reads the packet; `None`: it ends before its session does.
    pub(super) fn read(data: Data<'_>, opcode: u8) -> Option<Self> {
        data.number(1, 8)?;
        let rest = |at: usize| data.len().saturating_sub(at);
        // Sealed: a small number, a time, a check value, and at least a count and a number.
        let sealed = rest(HEAD) > STAMP + TAG && stamped(data, HEAD);
        let small = data.u16(HEAD).is_some_and(|n| n == 0 || n == 0x0f00);
        if sealed && small {
            return Some(Self {
                guard: Guard::Crypt,
                hmac: (HEAD + STAMP, HEAD + STAMP + TAG),
                stamp: Some(HEAD),
                acks: None,
                remote: None,
                message: None,
                payload: HEAD + STAMP + TAG,
            });
        }
        // A check value has hardly two zeros among its first four bytes; a count of acknowledgements has them behind it.
        let zeros = data
            .array::<4>(HEAD)
            .map(|b| b.iter().filter(|n| **n == 0).count());
        let guarded = data.u8(HEAD).is_some_and(|n| n > 0) && zeros.is_some_and(|n| n < 2);
        let mut at = HEAD;
        let (mut hmac, mut stamp) = ((HEAD, HEAD), None);
        if guarded {
            let len = DIGESTS
                .into_iter()
                .find(|n| stamped(data, HEAD + n))
                .unwrap_or(DIGESTS[0]);
            hmac = (HEAD, HEAD + len);
            at = hmac.1;
            if rest(at) >= STAMP {
                stamp = Some(at);
                at += STAMP;
            }
        }
        let mut found = Self {
            guard: if guarded { Guard::Auth } else { Guard::None },
            hmac,
            stamp,
            acks: None,
            remote: None,
            message: None,
            payload: at,
        };
        if let Some(many) = data.u8(at) {
            found.acks = Some(at);
            at += 1;
            if many > 0 {
                at += usize::from(many) * 4;
                if rest(at) >= 8 {
                    found.remote = Some(at);
                    at += 8;
                }
            }
            if opcode != ACK && rest(at) >= 4 {
                found.message = Some(at);
                at += 4;
            }
            found.payload = at;
        }
        Some(found)
    }

    /// Is it, as a first packet of a client, what it seems to be? Nothing is acknowledged, and it is the first.
    pub(super) fn is_first(&self, data: Data<'_>) -> bool {
        let numbered = self.stamp.is_none_or(|at| stamped(data, at));
        let fresh = self.acks.is_none_or(|at| data.u8(at) == Some(0));
        let first = self.message.is_none_or(|at| data.u32(at) == Some(0));
        let whole = match self.guard {
            Guard::Crypt => data.u32(HEAD).is_some_and(|n| n & 0xffff == 1),
            _ => self.message.is_some() && self.payload == data.len(),
        };
        numbered && fresh && first && whole && (self.guard != Guard::Auth || self.stamp.is_some())
    }

    /// Can it be one that answers, or goes on?
    pub(super) fn is_sound(&self, data: Data<'_>) -> bool {
        self.acks
            .is_none_or(|at| data.u8(at).is_some_and(|n| n <= ACKS))
            && self.payload <= data.len()
    }
}
