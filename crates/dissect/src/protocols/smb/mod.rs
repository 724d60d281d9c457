//! SMB1 ([MS-CIFS], [MS-SMB]): sessions, shares, files opened, read, written and closed, what transactions ask. Has
//! also what both versions share.

pub(crate) mod access;
mod describe;
mod fields;
pub(crate) mod files;
pub(crate) mod items;
mod layout;
mod message;
pub(crate) mod rows;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;

use crate::context::MALFORMED;
use crate::protocol::{Log, Protocol};
use weir_model::Field;

pub(crate) use session::Smb;

static FIELDS: [&Field; fields::ALL.len() + access::ALL.len()] = {
    let mut out = [access::ALL[0]; fields::ALL.len() + access::ALL.len()];
    let mut n = 0;
    while n < out.len() {
        out[n] = if n < fields::ALL.len() {
            fields::ALL[n]
        } else {
            access::ALL[n - fields::ALL.len()]
        };
        n += 1;
    }
    out
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "[MS-SMB]",
    fields: &FIELDS,
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<FileAction>(), Log::of::<Mapping>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("smb", "SMB (Server Message Block Protocol)", "SMB")
};

rows::rows!(PROTOCOL);

/// Does a message of the protocol begin here?
pub(crate) fn is_mine(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xffSMB")
}
