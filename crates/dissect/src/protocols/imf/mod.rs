//! The Internet Message Format (RFC 5322) with MIME (RFC 2045 to 2049): the heads of a mail and of what is in it as
//! fields, the mail, the mails in it and its parts as artifacts. Read as it streams in, whoever carries it; what is
//! kept of it is its heads, never its text.

mod address;
mod coding;
mod describe;
mod fields;
mod head;
mod mail;
mod outline;
mod rows;
#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
mod unstuff;

pub(crate) use describe::part_head;
pub(crate) use mail::Mail;
pub use rows::Letter;
pub(crate) use rows::{cut, fetched};
pub(crate) use unstuff::Unstuff;

use crate::protocol::{Log, Protocol};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5322",
    fields: fields::ALL,
    logs: &[Log::of::<Letter>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("imf", "Internet Message Format", "IMF")
};
