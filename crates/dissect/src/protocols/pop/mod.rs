//! POP3 (RFC 1939): commands with their answers, who logs in, the mails that are fetched.

mod describe;
mod fields;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;

pub use session::{Command, Login};

use crate::context::Ctx;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Protocol, Start, StreamDissector,
};
use session::Session;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1939",
    over: &[Over::TcpPort(110), Over::TlsPort(995)],
    fields: fields::ALL,
    anomalies: &[&describe::NO_LENGTH],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Control(Session::default()), start.from_start)
    }),
    logs: &[Log::of::<Command>(), Log::of::<Login>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("pop", "Post Office Protocol", "POP")
};

/// Bytes of a line that are waited for.
const LINE: usize = 48 << 10;

/// A server greets, mostly with its name.
fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Forward {
        return Certainty::No;
    }
    let Some(rest) = p.bytes.strip_prefix(b"+OK") else {
        return if b"+OK".starts_with(p.bytes) {
            Certainty::More
        } else {
            Certainty::No
        };
    };
    let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let says = line.windows(3).any(|w| w.eq_ignore_ascii_case(b"pop"));
    match rest.first() {
        Some(b' ' | b'\r' | b'\n') if says => Certainty::Certain,
        Some(b' ' | b'\r' | b'\n') => Certainty::Unsure,
        Some(_) => Certainty::No,
        None => Certainty::More,
    }
}

#[derive(Clone)]
struct Control(Session);

impl Framing for Control {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        // What begins otherwise is another protocol on this port.
        if at.direction == Direction::Backward && at.from_start && !at.lost && !self.0.greeted {
            let n = bytes.len().min(3);
            let same = |word: &[u8]| bytes.get(..n) == word.get(..n);
            if !same(b"+OK") && !same(b"-ER") {
                return Frame::Foreign;
            }
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
        if direction == Direction::Backward {
            self.0.close(ctx, how);
        }
    }

    fn held(&self) -> usize {
        self.0.held()
    }
}
