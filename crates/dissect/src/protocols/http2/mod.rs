//! HTTP/2 (RFC 9113) with its header compression (RFC 7541): frames, headers, requests with their answers, content
//! as files, and DNS in it (RFC 8484). Over a stream in clear, whether begun so or upgraded. Does not know TLS.

mod describe;
mod fields;
mod hpack;
#[cfg(test)]
mod sample;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use crate::context::MALFORMED;
use crate::protocol::{Certainty, Over, Probe, Protocol, Transport};
use wire::{Head, PREFACE};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9113",
    over: &[Over::Heuristic(Transport::Tcp), Over::Alpn("h2")],
    fields: fields::ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    begins: Some(begins),
    stream: Some(session::start),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("http2", "HyperText Transfer Protocol 2", "HTTP2")
};

fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFACE)
}

fn probe(p: &Probe<'_>) -> Certainty {
    let b = p.bytes;
    if begins(b) {
        return Certainty::Certain;
    }
    if PREFACE.starts_with(b) {
        return Certainty::More;
    }
    // A server begins with its settings (RFC 9113 section 3.4).
    let Some(head) = Head::read(b).filter(|h| h.kind == wire::SETTINGS && h.flags == 0) else {
        return Certainty::No;
    };
    let settings = b.get(Head::LEN..).unwrap_or_default();
    let settings = settings
        .get(..head.len.min(settings.len()))
        .unwrap_or_default();
    let (each, _) = settings.as_chunks::<6>();
    let known = each
        .iter()
        .all(|[high, low, ..]| *high == 0 && (1..=9).contains(low));
    if !head.is_sane() || !known {
        Certainty::No
    } else if each.is_empty() {
        Certainty::Unsure
    } else {
        Certainty::Certain
    }
}
