//! RTSP (RFC 7826, RFC 2326): requests and responses, and the media between them as far as their frames go.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::headed::{Head, words};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static REQUEST: Field = Field::new("rtsp.request", Kind::Text, "Request");
static RESPONSE: Field = Field::new("rtsp.response", Kind::Text, "Response");
static METHOD: Field = Field::new("rtsp.method", Kind::Text, "Method");
static URL: Field = Field::new("rtsp.url", Kind::Text, "URL").holds(Holds::Content);
static STATUS: Field = Field::new("rtsp.status", Kind::Uint(32), "Status");
static SESSION: Field = Field::new("rtsp.session", Kind::Text, "Session");
static LENGTH: Field = Field::new("rtsp.length", Kind::Uint(32), "Content-length");
static MAGIC: Field = Field::new("rtsp.magic", Kind::Uint(8), "Magic").hex();
static CHANNEL: Field = Field::new("rtsp.channel", Kind::Uint(8), "Channel").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 7826",
    over: &[Over::TcpPort(554), Over::TcpPort(8554)],
    fields: &[
        &REQUEST, &RESPONSE, &METHOD, &URL, &STATUS, &SESSION, &LENGTH, &MAGIC, &CHANNEL,
    ],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Rtsp { row: None }, start.from_start)
    }),
    logs: &[Log::of::<Request>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("rtsp", "Real Time Streaming Protocol", "RTSP")
};

row! {
    /// A request and its response.
    pub struct Request of PROTOCOL {
        method: Box<str> = "What is asked",
        url: Box<str> = "Of which stream",
        status_code: Option<u16> = "How it ended",
    }
    |r| format!("{} {}", r.method, r.url)
}

/// Bytes before a frame of media (RFC 7826 section 14).
const MEDIA: usize = 4;

/// Is this the beginning of a message? `None` where that takes the whole first line.
fn begins(bytes: &[u8]) -> Option<bool> {
    const WORD: &[u8] = b"RTSP/";
    if bytes.starts_with(WORD) {
        return Some(true);
    }
    let line = bytes.get(..2048).unwrap_or(bytes);
    match memchr::memchr(b'\n', line) {
        Some(n) => {
            let line = line.get(..n).unwrap_or_default();
            let method = line.first().is_some_and(u8::is_ascii_uppercase);
            Some(method && memchr::memmem::find(line, b" RTSP/").is_some())
        }
        None => {
            let text = line.len() < 2048 && line.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
            if text { None } else { Some(false) }
        }
    }
}

fn probe(p: &Probe<'_>) -> Certainty {
    let front = p.bytes.get(..4096).unwrap_or(p.bytes);
    match begins(front) {
        Some(true) => Certainty::Certain,
        Some(false) => Certainty::No,
        None if memchr::memmem::find(front, b" rtsp://").is_some() => Certainty::More,
        None => Certainty::No,
    }
}

#[derive(Clone)]
struct Rtsp {
    row: Option<u32>,
}

impl Framing for Rtsp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.first() == Some(&b'$') {
            return match bytes.get(2..MEDIA) {
                Some([high, low]) => {
                    Frame::Whole(MEDIA as u64 + u64::from(u16::from_be_bytes([*high, *low])))
                }
                _ => Frame::More(MEDIA),
            };
        }
        match begins(bytes) {
            Some(false) => Frame::Foreign,
            None => Frame::More(bytes.len() + 1),
            Some(true) => Head::frame(bytes, &["content-length"]),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let wanted = ctx.layer(&PROTOCOL, data.all());
        if data.u8(0) == Some(b'$') {
            if wanted {
                ctx.number(&MAGIC, data, 0, 1);
                ctx.number(&CHANNEL, data, 1, 1);
                ctx.close();
            }
            return;
        }
        let Some(head) = Head::read(data.bytes) else {
            if wanted {
                ctx.close();
            }
            return;
        };
        let line = head.lines().next().unwrap_or_default();
        let text = String::from_utf8_lossy(line);
        let [first, second, _] = words(line);
        let answer = text.starts_with("RTSP/");
        let status = second.parse::<u16>().ok().filter(|_| answer);
        if wanted {
            let range = data.range(0, line.len());
            ctx.info(format_args!("{text}"));
            if answer {
                ctx.field(&RESPONSE, Value::Text(&text), range);
                if let Some(n) = status {
                    ctx.field(&STATUS, Value::Uint(n.into()), range);
                }
            } else {
                ctx.field(&REQUEST, Value::Text(&text), range);
                ctx.field(&METHOD, Value::Text(&first), data.range(0, first.len()));
                let at = first.len() + 1;
                ctx.field(
                    &URL,
                    Value::Text(&second),
                    data.range(at, at + second.len()),
                );
            }
            if let Some(session) = head.text(&["session"]) {
                ctx.computed(&SESSION, Value::Text(&session));
            }
            if let Some(n) = head.text(&["content-length"]).and_then(|n| n.parse().ok()) {
                ctx.computed(&LENGTH, Value::Uint(n));
            }
            ctx.close();
        }
        if answer {
            let at = (ctx.meta.packet, ctx.meta.time);
            let row = self.row.take();
            ctx.update::<Request>(row, |r| {
                r.status_code = status;
                (r.meta.last, r.meta.end) = at;
            });
        } else {
            let meta = ctx.message(m.direction, m.from);
            self.row = ctx.emit(Request {
                meta,
                method: first.into(),
                url: second.into(),
                status_code: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::synth::Synth;

    #[test]
    fn a_request_a_long_answer_and_media() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 5540));
        c.client(&mut s, "DESCRIBE rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\n\r\n");
        c.server(
            &mut s,
            format!(
                "RTSP/1.0 200 OK\r\nContent-Length: 3000\r\n\r\n{}",
                "v".repeat(3000)
            ),
        );
        c.server(&mut s, b"$\x00\x00\x04abcd");
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Request>();
        let told: Vec<_> = rows
            .iter()
            .map(|r| (&*r.method, &*r.url, r.status_code))
            .collect();
        assert_eq!(told, [("DESCRIBE", "rtsp://h/a", Some(200))]);
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
        assert_eq!(of(7, "rtsp.status").as_deref(), Some("200"));
        assert!(of(8, "rtsp.channel").is_some());
    }
}
