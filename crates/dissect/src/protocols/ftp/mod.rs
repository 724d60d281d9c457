//! FTP control connections (RFC 959): commands, replies, and the data connections they announce.
//! Knows nothing of the bytes that travel there: `ftp-data` reads those and shares the transfer's row.

mod describe;
mod fields;
mod rows;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;
mod wire;

pub use rows::{Command, Login, Outcome, Setup, Transfer};

use crate::context::Ctx;
use crate::data::Chunk;
use crate::lines::{LONG_LINE, Lines};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Progress, Protocol, Start, StreamDissector,
};
use session::Session;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 959",
    over: &[Over::TcpPort(21), Over::TlsPort(990), Over::Alpn("ftp")],
    fields: fields::ALL,
    probe: Some(probe),
    stream: Some(start),
    logs: &[
        Log::of::<rows::Command>(),
        Log::of::<rows::Login>(),
        Log::of::<rows::Transfer>(),
    ],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ftp", "File Transfer Protocol (FTP)", "FTP")
};

/// Ports on which `USER` begins another protocol: SMTP, POP3, IMAP, IRC.
const OTHERS: [u16; 7] = [25, 110, 143, 194, 587, 995, 6667];

/// Commands no other protocol has.
const DISTINCT: [&[u8]; 8] = [
    b"EPSV\r\n",
    b"PASV\r\n",
    b"PORT ",
    b"EPRT ",
    b"RETR ",
    b"STOR ",
    b"TYPE ",
    b"CWD ",
];
/// Replies no other protocol has.
const REPLIES: [&[u8]; 3] = [b"227 Entering", b"229 Entering", b"150 Opening"];

fn probe(p: &Probe<'_>) -> Certainty {
    let b = p.bytes;
    let word = |list: &[&[u8]]| {
        list.iter().any(|w| {
            b.len() >= w.len() && b.get(..w.len()).is_some_and(|h| h.eq_ignore_ascii_case(w))
        })
    };
    if p.direction == Direction::Backward {
        if word(&REPLIES) {
            return Certainty::Certain;
        }
        if !b.starts_with(b"220 ") && !b.starts_with(b"220-") {
            let head = b.get(..4).unwrap_or(b);
            return if b"220 ".starts_with(head) {
                Certainty::More
            } else {
                Certainty::No
            };
        }
        let head = b.get(..512).unwrap_or(b);
        let says = head.windows(3).any(|w| w.eq_ignore_ascii_case(b"ftp"));
        // The client's first word tells a server that does not say what it is.
        return if says {
            Certainty::Certain
        } else {
            Certainty::More
        };
    }
    let short = |w: &[u8]| b.len() < w.len() && w.starts_with(b);
    if word(&DISTINCT) {
        return if OTHERS.contains(&p.ports.1) {
            Certainty::Unsure
        } else {
            Certainty::Certain
        };
    }
    let plain: [&[u8]; 4] = [b"USER ", b"AUTH TLS", b"AUTH SSL", b"FEAT\r\n"];
    if word(&plain) && !OTHERS.contains(&p.ports.1) {
        // IRC's USER has four arguments.
        let line = b.split(|c| *c == b'\n').next().unwrap_or_default();
        let words = line.split(|c| *c == b' ').count();
        return if words == 2 || !b.starts_with(b"USER") {
            Certainty::Unsure
        } else {
            Certainty::No
        };
    }
    if DISTINCT.iter().chain(&plain).any(|w| short(w)) {
        Certainty::More
    } else {
        Certainty::No
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Box::new(Control {
        lines: [Lines::default(), Lines::default()],
        session: Session::new(start),
    })
}

#[derive(Clone)]
struct Control {
    lines: [Lines; 2],
    session: Session,
}

impl StreamDissector for Control {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let lines = &mut self.lines[direction.index()];
        let list = lines.feed(chunk.bytes(), |n| chunk.packet_at(n));
        if std::mem::take(&mut lines.too_long) {
            ctx.limit(&LONG_LINE);
        }
        for line in list {
            match direction {
                Direction::Forward => self.session.command(ctx, &line),
                Direction::Backward => self.session.reply(ctx, &line),
            }
        }
        describe::chunk(ctx, direction, chunk.data, self.session.cwd.as_deref());
        // Wireshark, too, reads every segment by itself.
        Progress::Consumed(chunk.data.len())
    }

    fn gap(&mut self, _: &mut Ctx<'_>, direction: Direction, _: u64, _: u64) -> bool {
        self.lines[direction.index()].gap();
        true
    }

    fn close(&mut self, _: &mut Ctx<'_>, _: Direction, _: Close) {}

    fn held(&self) -> usize {
        0
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}
