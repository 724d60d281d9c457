//! ICMP messages: echoes with any content, and errors that quote what they are about.

use super::Nanos;
use super::frame::{End, checksum, ip};
use super::tape::{PacketId, Tape};

fn message(kind: u8, code: u8, rest: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, code, 0, 0];
    out.extend_from_slice(&rest);
    out.extend_from_slice(body);
    let sum = checksum(&[&out]).to_be_bytes();
    out.splice(2..4, sum);
    out
}

/// One echo request (`reply` false) or reply.
pub fn echo(
    tape: &mut Tape,
    time: Nanos,
    (from, to): (&End, &End),
    reply: bool,
    (id, seq): (u16, u16),
    body: &[u8],
) -> PacketId {
    let [a, b] = id.to_be_bytes();
    let [c, d] = seq.to_be_bytes();
    let bytes = message(if reply { 0 } else { 8 }, 0, [a, b, c, d], body);
    let frame = ip(tape, from, to, 1, &bytes);
    tape.push(time, frame, None)
}

/// An error about the packet in the Ethernet frame `about`: its IP header and eight bytes are quoted. `rest` is the
/// second word: the next hop's MTU for type 3 code 4.
pub fn error(
    tape: &mut Tape,
    time: Nanos,
    (from, to): (&End, &End),
    (kind, code): (u8, u8),
    rest: [u8; 4],
    about: &[u8],
) -> PacketId {
    let quoted = about.get(14..about.len().min(14 + 28)).unwrap_or(&[]);
    let bytes = message(kind, code, rest, quoted);
    let frame = ip(tape, from, to, 1, &bytes);
    tape.push(time, frame, None)
}
