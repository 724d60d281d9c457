//! Telnet (RFC 854): commands and options between the text, and who logs in. No password is kept.

mod describe;
mod fields;
mod login;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use login::Login;

use crate::context::Ctx;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Protocol, Start, StreamDissector,
};
use login::Logins;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 854",
    over: &[Over::TcpPort(23), Over::TcpPort(2323), Over::TlsPort(992)],
    fields: fields::ALL,
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Telnet::default(), start.from_start)
    }),
    logs: &[Log::of::<Login>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("telnet", "Telnet", "TELNET")
};

/// A side that begins with options: two of them at least, of numbers that are given out.
fn probe(p: &Probe<'_>) -> Certainty {
    let mut offers = p.bytes.chunks_exact(3);
    let two: Vec<bool> = offers
        .by_ref()
        .take(2)
        .map(|o| matches!(o, [0xff, 251..=254, 0..=49]))
        .collect();
    match &*two {
        [true, true] => Certainty::Unsure,
        _ => Certainty::No,
    }
}

#[derive(Clone, Default)]
struct Telnet {
    logins: Logins,
}

impl Framing for Telnet {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        Frame::Whole(bytes.len() as u64)
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        describe::part(ctx, m.data);
        self.logins.part(ctx, m);
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, _: Direction, _: Close) {
        self.logins.close(ctx);
    }
}

/// A piece of what a side sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Piece {
    /// Text from here to there.
    Text(usize, usize),
    /// A command at this place, and its length with its option.
    Command(usize, usize),
    /// A suboption from its command to the end of its data, and where what follows it begins.
    Sub(usize, usize, usize),
}

const IAC: u8 = 0xff;
const SE: u8 = 240;
const SB: u8 = 250;

/// The piece at `at`; `None` at the end.
pub(crate) fn piece(bytes: &[u8], at: usize) -> Option<Piece> {
    let rest = bytes.get(at..).filter(|r| !r.is_empty())?;
    if rest.first() != Some(&IAC) || rest.get(1) == Some(&IAC) {
        // Two of them stand for one byte of text.
        let mut end = usize::from(rest.get(1) == Some(&IAC) && rest.first() == Some(&IAC)) * 2;
        while let Some(n) = rest.get(end..).and_then(|r| memchr::memchr(IAC, r)) {
            if rest.get(end + n + 1) != Some(&IAC) {
                return Some(Piece::Text(at, at + end + n));
            }
            end += n + 2;
        }
        return Some(Piece::Text(at, bytes.len()));
    }
    match rest.get(1) {
        Some(&SB) => {
            let mut from = 2;
            loop {
                let behind = rest.get(from..).unwrap_or_default();
                let Some(n) = memchr::memchr(IAC, behind) else {
                    return Some(Piece::Sub(at, bytes.len(), bytes.len()));
                };
                from += n;
                if rest.get(from + 1) != Some(&IAC) {
                    return Some(Piece::Sub(at, at + from, at + from));
                }
                from += 2;
            }
        }
        Some(251..=254) => Some(Piece::Command(at, rest.len().min(3))),
        Some(_) => Some(Piece::Command(at, 2)),
        None => Some(Piece::Command(at, 1)),
    }
}

impl Piece {
    /// Where the next piece begins.
    pub(crate) fn end(self) -> usize {
        match self {
            Self::Text(_, end) | Self::Sub(_, _, end) => end,
            Self::Command(at, len) => at + len,
        }
    }
}
