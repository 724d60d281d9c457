//! SMTP (RFC 5321): commands, replies, mails with their parts as files, and who logged in.

mod describe;
mod fields;
mod rows;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;

pub use rows::{Hello, Login, Mail};

use crate::context::Ctx;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Protocol, Start, StreamDissector,
};
use crate::registry::registry;
use session::{Sends, Session};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5321",
    over: &[Over::TcpPort(25), Over::TcpPort(587), Over::TlsPort(465)],
    fields: fields::ALL,
    probe: Some(probe),
    begins: Some(|b| hello(b) == Certainty::Certain && b.ends_with(b"\n")),
    stream: Some(start),
    logs: &[
        Log::of::<rows::Mail>(),
        Log::of::<rows::Login>(),
        Log::of::<rows::Hello>(),
    ],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("smtp", "Simple Mail Transfer Protocol", "SMTP")
};

/// Bytes of a line that are waited for: with a segment more they are still a message to [`Frames`].
const LINE: usize = 48 << 10;

fn starts(b: &[u8], word: &[u8]) -> Certainty {
    let n = b.len().min(word.len());
    match b.get(..n) {
        Some(head) if !head.eq_ignore_ascii_case(word.get(..n).unwrap_or_default()) => {
            Certainty::No
        }
        _ if n == word.len() => Certainty::Certain,
        _ => Certainty::More,
    }
}

/// A client says who it is.
fn hello(b: &[u8]) -> Certainty {
    starts(b, b"EHLO ").max(starts(b, b"HELO "))
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Forward {
        return hello(p.bytes);
    }
    let greets = starts(p.bytes, b"220 ").max(starts(p.bytes, b"220-"));
    if greets != Certainty::Certain {
        return greets;
    }
    let line = p.bytes.split(|c| *c == b'\n').next().unwrap_or_default();
    if line.windows(4).any(|w| w.eq_ignore_ascii_case(b"smtp")) {
        Certainty::Certain
    } else {
        // The client's first word tells.
        Certainty::More
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Control(Session::default()), start.from_start)
}

#[derive(Clone)]
struct Control(Session);

impl Framing for Control {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        // A reply begins with three digits; a client that is no mail client says other words.
        if at.direction == Direction::Backward && at.from_start && !at.lost && !self.0.replied {
            let digits = bytes.iter().take(3).all(u8::is_ascii_digit);
            if !digits {
                return Frame::Foreign;
            }
        }
        // A client that was greeted as a mail client begins with TLS all the same.
        let commands = at.direction == Direction::Forward && self.0.sends == Sends::Commands;
        if commands
            && registry()
                .beginning(bytes)
                .is_some_and(|p| !std::ptr::eq(p, &PROTOCOL))
        {
            return Frame::Other;
        }
        if memchr::memchr(b'\n', bytes).is_none() && bytes.len() < LINE {
            return Frame::More(bytes.len() + 1);
        }
        Frame::Whole(bytes.len() as u64)
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, message: &Framed<'_>) {
        describe::part(ctx, &self.0, message);
        self.0.part(ctx, message);
    }

    fn lost(&mut self, _: &mut Ctx<'_>, direction: Direction) {
        self.0.lost(direction);
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        if direction == Direction::Forward {
            self.0.close(ctx, how);
        }
    }

    fn held(&self) -> usize {
        self.0.held()
    }
}
