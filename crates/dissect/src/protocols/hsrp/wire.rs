//! What an HSRP message says, read from its bytes: version 0 by place, version 2 by type and length.

use super::fields as f;
use crate::data::Data;
use std::net::IpAddr;
use weir_model::Duration;

/// Bytes of a message of version 0.
pub(super) const FIXED: usize = 20;
/// Length of the group state of version 2, without type and length.
pub(super) const GROUP_STATE: u8 = 40;
/// Length of the interface state of version 2.
pub(super) const INTERFACE_STATE: u8 = 4;
/// Length of a password.
pub(super) const TEXT: u8 = 8;
/// Length of an MD5 authentication.
pub(super) const MD5: u8 = 28;

/// Operations of version 0.
pub(super) const COUP: u8 = 1;
/// Behind it stands the state of an interface.
pub(super) const ADVERTISE: u8 = 3;

/// Nobody can outbid it (RFC 2281 section 5.1); in version 2, which has room for more, routers set no more either.
const HIGHEST: u32 = 255;
/// What a router uses for want of another (RFC 2281 section 5.1).
const DEFAULT: &[u8] = b"cisco";

/// How a message proves itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Proof {
    /// Not at all.
    None,
    /// The password that every router has.
    Default,
    /// A password for all to read.
    Text,
    /// A digest with a secret.
    Md5,
}

impl Proof {
    /// A password in its eight bytes.
    pub(super) fn of(password: Data<'_>) -> Self {
        match password.until_zero() {
            b"" => Self::None,
            DEFAULT => Self::Default,
            _ => Self::Text,
        }
    }

    /// For the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Default => "default password",
            Self::Text => "password",
            Self::Md5 => "md5",
        }
    }
}

/// What a router says of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Said {
    pub(super) version: u8,
    pub(super) opcode: u8,
    pub(super) opcode_word: &'static str,
    pub(super) state_word: &'static str,
    pub(super) group: u16,
    pub(super) priority: u32,
    pub(super) hello: Duration,
    pub(super) hold: Duration,
    pub(super) address: Option<IpAddr>,
    pub(super) proof: Proof,
}

fn word(field: &'static weir_model::Field, n: u8) -> &'static str {
    field.word(u64::from(n)).unwrap_or("Unknown")
}

fn millis(n: u32) -> Duration {
    Duration(i64::from(n) * 1_000_000)
}

/// Zeros: a router that has not learned the address.
fn known(address: IpAddr) -> Option<IpAddr> {
    Some(address).filter(|a| !a.is_unspecified())
}

impl Said {
    /// A message of version 0 that is no advertisement (RFC 2281 section 5.1). `None` where it is cut.
    pub(super) fn version_0(data: Data<'_>) -> Option<Self> {
        let [version, opcode, state, hello, hold, priority, group, ..] = data.array::<16>(0)?;
        let address = data.array::<4>(16)?;
        Some(Self {
            version,
            opcode,
            opcode_word: word(&f::OPCODE, opcode),
            state_word: word(&f::STATE, state),
            group: u16::from(group),
            priority: u32::from(priority),
            hello: Duration::seconds(i64::from(hello)),
            hold: Duration::seconds(i64::from(hold)),
            address: known(address.into()),
            proof: Proof::of(data.sub(8, 8 + usize::from(TEXT))),
        })
    }

    /// The group state of version 2, whose type stands at `at`. `None` where it is cut.
    pub(super) fn version_2(data: Data<'_>, at: usize) -> Option<Self> {
        data.array::<{ 2 + GROUP_STATE as usize }>(at)?;
        let [version, opcode, state, ip] = data.array(at + 2)?;
        let address = match ip {
            4 => known(data.array::<4>(at + 26)?.into()),
            6 => known(data.array::<16>(at + 26)?.into()),
            _ => None,
        };
        Some(Self {
            version,
            opcode,
            opcode_word: word(&f::OPCODE_2, opcode),
            state_word: word(&f::STATE_2, state),
            group: data.u16(at + 6)?,
            priority: data.u32(at + 14)?,
            hello: millis(data.u32(at + 18)?),
            hold: millis(data.u32(at + 22)?),
            address,
            proof: Proof::None,
        })
    }

    /// Does it claim the group so that nobody can outbid it?
    pub(super) fn takes_over(&self) -> bool {
        self.priority >= HIGHEST && (self.opcode == COUP || self.state_word == "Active")
    }
}
