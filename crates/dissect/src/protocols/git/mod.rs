//! The protocol of git (gitprotocol-common): packets with their length in hexadecimal, what is asked of which
//! repository. Reads no packs.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static LENGTH: Field = Field::new("git.length", Kind::Uint(16), "Packet length");
static TERMINATOR: Field = Field::new("git.terminator", Kind::Uint(16), "Terminator packet").hex();
static DATA: Field = Field::new("git.data", Kind::Bytes, "Packet data").holds(Holds::Content);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "gitprotocol-common",
    over: &[Over::TcpPort(9418)],
    fields: &[&LENGTH, &TERMINATOR, &DATA],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Git, start.from_start)
    }),
    logs: &[Log::of::<Request>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("git", "Git Smart Protocol", "Git")
};

row! {
    /// What a client asks of which repository.
    pub struct Request of PROTOCOL {
        service: Box<str> = "git-upload-pack: fetch, git-receive-pack: push",
        repository: Box<str> = "Which",
        host: Box<str> = "At which host",
    }
    |r| format!("{} {}{}", r.service, r.host, r.repository)
}

/// Bytes of a length.
const HEAD: usize = 4;

/// The length that stands here; below four it is a mark without content.
fn length(b: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(b.get(..HEAD)?).ok()?;
    let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| plain)
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Backward {
        return Certainty::No;
    }
    let word = p.bytes.get(HEAD..).unwrap_or_default();
    match length(p.bytes) {
        Some(_) if word.starts_with(b"git-") => Certainty::Certain,
        Some(_) if b"git-".starts_with(word) => Certainty::More,
        None if p.bytes.len() < HEAD && p.bytes.iter().all(u8::is_ascii_hexdigit) => {
            Certainty::More
        }
        _ => Certainty::No,
    }
}

#[derive(Clone)]
struct Git;

impl Framing for Git {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return Frame::More(HEAD);
        }
        match length(bytes) {
            Some(n) if usize::from(n) > HEAD => Frame::Whole(n.into()),
            // Flush, delimiter, response end, and a packet without content.
            Some(_) => Frame::Whole(HEAD as u64),
            None => Frame::Foreign,
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let n = length(data.bytes).unwrap_or(0);
        let body = data.rest(HEAD);
        if ctx.layer(&PROTOCOL, data.all()) {
            let field: &'static Field = if n < 4 { &TERMINATOR } else { &LENGTH };
            ctx.field(field, Value::Uint(n.into()), data.range(0, HEAD));
            ctx.bytes(&DATA, body, 0, body.len());
            ctx.close();
        }
        if m.direction == Direction::Forward && body.bytes.starts_with(b"git-") {
            let text = String::from_utf8_lossy(body.bytes.get(..1024).unwrap_or(body.bytes));
            let (line, rest) = text.split_once('\0').unwrap_or((&text, ""));
            let (service, repository) = line.split_once(' ').unwrap_or((line, ""));
            let host = rest.split('\0').find_map(|p| p.strip_prefix("host="));
            let meta = ctx.message(m.direction, m.from);
            ctx.emit(Request {
                meta,
                service: service.into(),
                repository: repository.trim_end().into(),
                host: host.unwrap_or_default().into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, length};
    use crate::facts::Message;
    use crate::synth::Synth;

    #[test]
    fn a_request_and_a_long_packet() {
        assert_eq!(length(b"FfFf"), Some(0xffff));
        assert_eq!(
            (length(b"+fff"), length(b"00g0"), length(b"000")),
            (None, None, None)
        );
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 9419));
        c.client(&mut s, "0023git-upload-pack /a.git\0host=h\0\0");
        let mut long = b"0bb8".to_vec();
        long.resize(3000, b'x');
        c.server(&mut s, long);
        c.server(&mut s, "0000");
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Request>();
        assert_eq!(
            rows.iter().map(Message::summary).collect::<Vec<_>>(),
            ["git-upload-pack h/a.git"]
        );
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
        assert_eq!(of(7, "git.length").as_deref(), Some("3000"));
        assert_eq!(of(8, "git.terminator").as_deref(), Some("0x0000"));
    }
}
