//! SIP (RFC 3261) over TCP and UDP: requests and responses, who calls whom. Reads no media descriptions.

mod headers;
#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::MessageMeta;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::headed::{Head, words};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static REQUEST_LINE: Field =
    Field::new("sip.Request-Line", Kind::Text, "Request-Line").holds(Holds::Name);
static METHOD: Field = Field::new("sip.Method", Kind::Text, "Method");
static URI: Field = Field::new("sip.r-uri", Kind::Text, "Request-URI").holds(Holds::Name);
static STATUS_LINE: Field = Field::new("sip.Status-Line", Kind::Text, "Status-Line");
static STATUS: Field = Field::new("sip.Status-Code", Kind::Uint(32), "Status-Code");
static FROM: Field = Field::new("sip.From", Kind::Text, "From").holds(Holds::Name);
static TO: Field = Field::new("sip.To", Kind::Text, "To").holds(Holds::Name);
static FROM_ADDR: Field =
    Field::new("sip.from.addr", Kind::Text, "SIP from address").holds(Holds::Name);
static TO_ADDR: Field = Field::new("sip.to.addr", Kind::Text, "SIP to address").holds(Holds::Name);
static CALL_ID: Field = Field::new("sip.Call-ID", Kind::Text, "Call-ID");
static CSEQ: Field = Field::new("sip.CSeq", Kind::Text, "CSeq");
static USER_AGENT: Field = Field::new("sip.User-Agent", Kind::Text, "User-Agent");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3261",
    over: &[
        Over::UdpPort(5060),
        Over::TcpPort(5060),
        Over::TlsPort(5061),
    ],
    fields: &[
        &REQUEST_LINE,
        &METHOD,
        &URI,
        &STATUS_LINE,
        &STATUS,
        &FROM,
        &FROM_ADDR,
        &TO,
        &TO_ADDR,
        &CALL_ID,
        &CSEQ,
        &USER_AGENT,
    ],
    anomalies: &[&headers::UNKNOWN, &headers::BAD_LENGTH],
    probe: Some(probe),
    datagram: Some(|ctx, data| {
        let meta = ctx.whole_message();
        read(ctx, data, meta);
    }),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Sip, start.from_start)
    }),
    logs: &[Log::of::<Message>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("sip", "Session Initiation Protocol", "SIP")
};

row! {
    /// A request or a response.
    pub struct Message of PROTOCOL {
        method: Box<str> = "What is asked; of a response what it answers",
        uri: Box<str> = "Of whom",
        request_from: Box<str> = "Who asks",
        request_to: Box<str> = "Who is meant",
        call_id: Box<str> = "Which call",
        user_agent: Box<str> = "The program",
        status_code: Option<u16> = "Of a response",
        authorized: Box<str> = "As whom it logs in by digest",
    }
    |m| match m.status_code {
        Some(n) => format!("{n} to {} of {}", m.method, m.request_from),
        None => format!("{} {} by {}", m.method, m.uri, m.request_from),
    }
}

/// Is this the beginning of a message? `None` where that takes more of the first line.
fn begins(bytes: &[u8]) -> Option<bool> {
    if bytes.starts_with(b"SIP/2.0 ") {
        return Some(true);
    }
    let line = bytes.get(..2048).unwrap_or(bytes);
    let Some(n) = memchr::memchr(b'\n', line) else {
        let upper = line.iter().take_while(|b| b.is_ascii_uppercase()).count();
        let text = upper > 0
            && line.len() < 2048
            && line.iter().all(|b| (0x20..0x7f).contains(b) || *b == b'\r');
        return if text { None } else { Some(false) };
    };
    let line = line.get(..n).unwrap_or_default().trim_ascii_end();
    Some(line.first().is_some_and(u8::is_ascii_uppercase) && line.ends_with(b" SIP/2.0"))
}

fn probe(p: &Probe<'_>) -> Certainty {
    match begins(p.bytes) {
        Some(true) => Certainty::Certain,
        _ => Certainty::No,
    }
}

#[derive(Clone)]
struct Sip;

impl Framing for Sip {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        // Empty lines keep a connection alive (RFC 5626 section 3.5.1).
        let blank = bytes
            .iter()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .count();
        if blank > 0 {
            return Frame::Whole(blank as u64);
        }
        match begins(bytes) {
            Some(false) => Frame::Foreign,
            None => Frame::More(bytes.len() + 1),
            Some(true) => Head::frame(bytes, &["content-length", "l"]),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let meta = ctx.message(m.direction, m.from);
        read(ctx, m.data, meta);
    }
}

/// The address in a From or To (RFC 3261 section 20.20): in angle brackets, else up to its parameters.
fn address_of(value: &str) -> Option<&str> {
    let address = match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next()?,
        None => value.split(';').next()?,
    };
    Some(address.trim()).filter(|a| !a.is_empty())
}

fn read(ctx: &mut Ctx<'_>, data: Data<'_>, meta: MessageMeta) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    if begins(data.bytes) != Some(true) {
        if wanted {
            ctx.close();
        }
        return;
    }
    let head = Head::read(data.bytes).unwrap_or_else(|| Head::cut(data.bytes));
    if ctx.describing {
        headers::remark(ctx, &head);
    }
    let line = head.lines().next().unwrap_or_default();
    let text = String::from_utf8_lossy(line);
    let [first, second, _] = words(line);
    let answer = first.starts_with("SIP/");
    let status = second.parse::<u16>().ok().filter(|_| answer);
    let [from, to, call, cseq, agent, server] = [
        &["from", "f"][..],
        &["to", "t"],
        &["call-id", "i"],
        &["cseq"],
        &["user-agent"],
        &["server"],
    ]
    .map(|names| head.text(names).unwrap_or_default());
    if wanted {
        let range = data.range(0, line.len());
        ctx.info(format_args!("{text}"));
        if answer {
            ctx.field(&STATUS_LINE, Value::Text(&text), range);
            if let Some(n) = status {
                ctx.field(&STATUS, Value::Uint(n.into()), range);
            }
        } else {
            ctx.field(&REQUEST_LINE, Value::Text(&text), range);
            ctx.field(&METHOD, Value::Text(&first), data.range(0, first.len()));
            let at = first.len() + 1;
            ctx.field(
                &URI,
                Value::Text(&second),
                data.range(at, at + second.len()),
            );
        }
        for (field, value) in [
            (&FROM, &from),
            (&TO, &to),
            (&CALL_ID, &call),
            (&CSEQ, &cseq),
            (&USER_AGENT, &agent),
        ] {
            if !value.is_empty() {
                ctx.computed(field, Value::Text(value));
            }
            let address = match field.name {
                "sip.From" => Some(&FROM_ADDR),
                "sip.To" => Some(&TO_ADDR),
                _ => None,
            };
            if let Some((field, address)) = address.zip(address_of(value)) {
                ctx.computed(field, Value::Text(address));
            }
        }
        ctx.close();
    }
    let asked = cseq.split_once(' ').map_or("", |(_, m)| m);
    ctx.emit(Message {
        meta,
        method: if answer { asked.into() } else { first.into() },
        uri: if answer {
            Box::default()
        } else {
            second.into()
        },
        request_from: from.into(),
        request_to: to.into(),
        call_id: call.into(),
        user_agent: if agent.is_empty() { server } else { agent }.into(),
        status_code: status,
        authorized: logs_in(&head).into(),
    });
}

/// The user of a digest (RFC 3261 section 22.4).
fn logs_in(head: &Head<'_>) -> String {
    let names = ["authorization", "proxy-authorization"];
    let text = head.text(&names).unwrap_or_default();
    let user = text
        .split_once("username=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    user.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::facts::Message as _;
    use crate::synth::Synth;

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 5070);

    #[test]
    fn calls_over_udp_and_in_pieces_over_tcp() {
        let call = |body: usize| {
            format!(
                "INVITE sip:b@x SIP/2.0\r\nFrom: <sip:a@x>\r\nCSeq: 1 INVITE\r\nl: {body}\r\n\r\n{}",
                "v".repeat(body)
            )
        };
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, call(0).as_bytes());
        s.udp(
            SERVER,
            CLIENT,
            b"SIP/2.0 200 OK\r\nf: <sip:a@x>\r\nCSeq: 1 INVITE\r\n\r\n",
        );
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, call(3000));
        c.client(&mut s, "\r\n\r\n");
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Message>();
        let told: Vec<String> = rows.iter().take(3).map(|m| m.summary()).collect();
        let line = "INVITE sip:b@x by <sip:a@x>";
        assert_eq!(told, [line, "200 to INVITE of <sip:a@x>", line]);
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(1, "sip.Method").as_deref(), Some("INVITE"));
        assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
        assert_eq!(of(8, "sip.r-uri").as_deref(), Some("sip:b@x"));
    }

    #[test]
    fn a_length_that_is_no_number_is_malformed() {
        for (length, malformed) in [("0", 0), ("bad", 1), ("-1", 1)] {
            let mut s = Synth::default();
            let text = format!("BYE sip:b@x SIP/2.0\r\nContent-Length: {length}\r\n\r\n");
            s.udp(CLIENT, SERVER, text.as_bytes());
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            assert_eq!(
                trees[0].values("_ws.malformed").count(),
                malformed,
                "{length}"
            );
        }
    }
}
