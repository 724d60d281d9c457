//! HTTP/1 (RFC 9110, RFC 9112): requests, answers and the files in their bodies, in any stream.
//! Does not know the frames of HTTP/2 and WebSocket, nor what a tunnelled connection carries.

mod carried;
mod content;
mod describe;
mod fields;
mod framing;
mod message;
mod multipart;
mod names;
mod open;
mod payload;
mod read;
mod redirect;
mod remarks;
#[cfg(test)]
mod sample;
mod stream;
#[cfg(test)]
mod tests;
mod upgrade;
mod wire;

pub(crate) use carried::Carried;
pub(crate) use describe::datagram;
pub(crate) use fields::ALL as FIELDS;
pub use message::{Credentials, Request, Response, Transaction};
pub(crate) use names::{Names, add as add_name, of_disposition as disposition};
pub(crate) use wire::{FieldLine, Fields, parameter, percent, text};

use crate::anomaly::AnomalyKind;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Severity};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9110, RFC 9112",
    over: &[
        Over::Alpn("http/1.1"),
        Over::Alpn("http/1.0"),
        Over::TlsPort(443),
        Over::TcpPort(80),
        Over::TcpPort(2710),
        Over::TcpPort(2869),
        Over::TcpPort(3128),
        Over::TcpPort(3132),
        Over::TcpPort(5985),
        Over::TcpPort(8080),
        Over::TcpPort(8088),
        Over::TcpPort(11371),
    ],
    fields: fields::ALL,
    anomalies: &[
        &AMBIGUOUS,
        &CODING,
        &CHUNKS,
        &CONTINUATION,
        &remarks::CHAT,
        &remarks::BAD_NAME,
        &remarks::IN_CLEAR,
    ],
    probe: Some(probe),
    begins: Some(begins),
    stream: Some(stream::Http::start),
    logs: &[Log::of::<message::Transaction>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("http", "Hypertext Transfer Protocol", "HTTP")
};

/// RFC 9112 section 6.1: what lets two readers see different messages.
pub static AMBIGUOUS: AnomalyKind = AnomalyKind {
    id: "http.te_and_length",
    says: "the body's length is stated twice and differently (request smuggling)",
    severity: Severity::Warn,
    group: "Protocol",
};

/// RFC 9112 section 7.
pub static CODING: AnomalyKind = AnomalyKind {
    id: "http.te_unknown",
    says: "a transfer coding that nobody registered",
    severity: Severity::Warn,
    group: "Undecoded",
};

/// RFC 9112 section 7.1.
pub static CHUNKS: AnomalyKind = AnomalyKind {
    id: "weir.http.chunks",
    says: "a body that should be chunked is not, or stops being so",
    severity: Severity::Error,
    group: "Malformed",
};

/// Joined in the middle, behind a hole, or no HTTP.
pub static CONTINUATION: AnomalyKind = AnomalyKind {
    id: "weir.http.continuation",
    says: "bytes that belong to no message whose beginning was seen",
    severity: Severity::Note,
    group: "Undecoded",
};

fn probe(p: &Probe<'_>) -> Certainty {
    let bytes = p
        .bytes
        .get(wire::leading_lines(p.bytes)..)
        .unwrap_or_default();
    if bytes.is_empty() {
        return Certainty::More;
    }
    match wire::looks(bytes) {
        wire::Looks::Unlike => Certainty::No,
        wire::Looks::More => Certainty::More,
        wire::Looks::Like if bytes.starts_with(b"ICY ") => Certainty::Unsure,
        wire::Looks::Like if bytes.starts_with(b"HTTP/") => response(bytes),
        wire::Looks::Like => {
            let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
            let method = bytes.split(|b| *b == b' ').next().unwrap_or_default();
            let http = memchr::memmem::find(line, b" HTTP/").is_some();
            if http && (wire::is_method(method) || method.iter().all(u8::is_ascii_uppercase)) {
                Certainty::Certain
            } else {
                Certainty::Unsure
            }
        }
    }
}

/// A request of a known method, or an answer.
fn begins(bytes: &[u8]) -> bool {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    if bytes.starts_with(b"HTTP/1.") {
        return response(bytes) == Certainty::Certain;
    }
    let method = line.split(|b| *b == b' ').next().unwrap_or_default();
    wire::is_method(method) && memchr::memmem::find(line, b" HTTP/1.").is_some()
}

/// `HTTP/1.1 200`.
fn response(bytes: &[u8]) -> Certainty {
    let shape = |n: usize, b: u8| match n {
        0..5 => true,
        5 | 7 => b.is_ascii_digit(),
        6 => b == b'.',
        8 => b == b' ',
        _ => b.is_ascii_digit(),
    };
    let front = bytes.get(..12).unwrap_or(bytes);
    match (
        front.iter().enumerate().all(|(n, b)| shape(n, *b)),
        front.len(),
    ) {
        (true, 12) => Certainty::Certain,
        (true, _) => Certainty::More,
        (false, _) => Certainty::Unsure,
    }
}
