//! TLS (RFC 8446, RFC 5246) and the hello of SSL 2: records, handshakes, certificates, fingerprints. What is encrypted
//! is opened where its keys are known, and what it carries is handed on; else it is counted.

mod certificate;
mod crypt;
mod describe;
pub(in crate::protocols) mod dtls;
#[cfg(test)]
mod dtls_tests;
mod fields;
mod fingerprint;
mod handshake;
mod keyed;
#[cfg(test)]
mod keyed_tests;
mod opened;
mod over_quic;
mod parameters;
#[cfg(test)]
mod sample;
mod sealed;
mod session;
#[cfg(test)]
mod tests;
mod wire;
pub(crate) mod x509;
#[cfg(test)]
mod x509_tests;

pub use certificate::Certificate;
pub use dtls::PROTOCOL as PROTOCOL_DTLS;
pub use handshake::Handshake;
pub(crate) use over_quic::OverQuic;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Chunk;
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Progress, Protocol, Severity, Start,
    StreamDissector,
};
use session::Session;
use wire::Record;

/// Where a record has to begin there is none: plain text on a port of TLS, or a stream that lost its place.
static NO_RECORD: AnomalyKind = AnomalyKind {
    id: "weir.tls.record",
    says: "no TLS record begins where one has to",
    severity: Severity::Error,
    group: "Malformed",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 8446",
    over: &[
        Over::TcpPort(443),
        Over::TcpPort(465),
        Over::TcpPort(563),
        Over::TcpPort(636),
        Over::TcpPort(853),
        Over::TcpPort(989),
        Over::TcpPort(990),
        Over::TcpPort(992),
        Over::TcpPort(993),
        Over::TcpPort(994),
        Over::TcpPort(995),
        Over::TcpPort(5061),
    ],
    fields: fields::ALL,
    anomalies: &[
        &MALFORMED,
        &NO_RECORD,
        &sealed::UNOPENED,
        &session::RESUMED,
        &session::HEARTBEAT,
        &describe::NO_ROOM,
    ],
    probe: Some(probe),
    begins: Some(begins),
    stream: Some(start),
    logs: &[Log::of::<handshake::Handshake>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("tls", "Transport Layer Security", "TLS")
};

fn probe(p: &Probe<'_>) -> Certainty {
    let b = p.bytes;
    if let Some(len) = ssl2(b) {
        let [.., high, low] = *b.first_chunk::<5>().unwrap_or(&[0; 5]);
        let version = u16::from_be_bytes([high, low]);
        let known = matches!(version, 2 | 0x0300..=0x0303);
        return if known && len >= 9 {
            Certainty::Unsure
        } else {
            Certainty::No
        };
    }
    let Some(record) = Record::read(b) else {
        let may = b.len() < Record::HEAD && matches!(b, [20..=23] | [20..=23, 3, ..]);
        return if may { Certainty::More } else { Certainty::No };
    };
    if record.kind != wire::HANDSHAKE {
        // Joined in the middle: the next record, where it is there, has to be one as well.
        let next = b.get(Record::HEAD + record.len..).unwrap_or_default();
        let fits = next.len() < Record::HEAD || Record::read(next).is_some();
        let sane = record.kind == wire::APPLICATION_DATA && record.len >= 16 || record.len <= 2;
        return if fits && sane && record.version >= 0x0300 {
            Certainty::Unsure
        } else {
            Certainty::No
        };
    }
    match b.get(5..11) {
        None => Certainty::More,
        Some([kind @ 1..=2, 0, a, b, 3, minor]) if *minor <= 4 => {
            // A hello may go on in further records, but has at least version, random and lists.
            let len = usize::from(u16::from_be_bytes([*a, *b]));
            let least = if *kind == wire::CLIENT_HELLO { 39 } else { 38 };
            if len >= least && record.len >= 6 {
                Certainty::Certain
            } else {
                Certainty::No
            }
        }
        Some(_) if p.from_start => Certainty::No,
        Some(_) => Certainty::Unsure,
    }
}

/// A whole client hello, or the front of one.
fn begins(b: &[u8]) -> bool {
    let hello = matches!(
        b,
        [
            wire::HANDSHAKE,
            3,
            0..=4,
            _,
            _,
            wire::CLIENT_HELLO,
            0,
            _,
            _,
            3,
            0..=4,
            ..
        ]
    );
    let lens = |n: usize| {
        let pair = b.get(n..).and_then(|b| b.first_chunk::<2>());
        pair.map_or(0, |p| usize::from(u16::from_be_bytes(*p)))
    };
    // The record holds the hello alone, or its front.
    hello && lens(7) >= 39 && (lens(3) == lens(7) + 4 || lens(3) >= 512)
}

/// Length of the SSL 2 hello that begins here (without its two-byte head).
fn ssl2(b: &[u8]) -> Option<usize> {
    match b {
        [high @ 0x80..=0xff, low, 1, 0 | 3, _, ..] => {
            Some(usize::from(high & 0x7f) << 8 | usize::from(*low))
        }
        _ => None,
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Box::new(Tls {
        session: Session::default(),
        from_start: start.from_start,
    })
}

#[derive(Clone)]
struct Tls {
    session: Session,
    from_start: bool,
}

impl StreamDissector for Tls {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let bytes = chunk.bytes();
        let way = direction.index();
        if !self.session.sides[way].started
            && let Some(len) = ssl2(bytes)
        {
            if bytes.len() < 2 + len {
                return Progress::Need(2 + len);
            }
            self.session.sides[way].started = true;
            let data = chunk.data.sub(0, 2 + len);
            self.session.ssl2(ctx, direction, data, chunk.packet_at(0));
            return Progress::Consumed(2 + len);
        }
        if let Some(to) = self.session.sides[way].resume {
            // The rest of a record whose front is missing.
            let rest = to.saturating_sub(chunk.offset).min(bytes.len() as u64);
            let rest = usize::try_from(rest).unwrap_or(bytes.len());
            if rest > 0 {
                if ctx.layer(&PROTOCOL, chunk.data.sub(0, rest).all()) {
                    ctx.close();
                }
                return Progress::Consumed(rest);
            }
            self.session.sides[way].resume = None;
        }
        // Every whole record that begins in the packet belongs to one layer.
        let mut records = Vec::new();
        let mut at = 0;
        while let Some(record) = Record::read(bytes.get(at..).unwrap_or_default()) {
            let end = at + Record::HEAD + record.len;
            if end > bytes.len() {
                break;
            }
            records.push((at, record));
            at = end;
            // One that was begun in another packet is a layer of its own, as it is put together on its own.
            if self.session.sides[way].under_way.is_some() {
                break;
            }
        }
        let side = &mut self.session.sides[way];
        if records.is_empty() {
            if let Some(record) = Record::read(bytes) {
                let len = Record::HEAD + record.len;
                side.under_way = Some(chunk.offset + len as u64);
                return Progress::Need(len);
            }
            if bytes.len() < Record::HEAD && matches!(bytes, [20..=24] | [20..=24, 3, ..]) {
                return Progress::Need(Record::HEAD);
            }
            // No record begins here. Wireshark, too, shows the layer and no record.
            let expected = side.lost || (!side.started && !self.from_start);
            side.lost = true;
            side.messages.clear();
            if ctx.layer(&PROTOCOL, chunk.data.all()) {
                ctx.close();
            }
            if !expected {
                ctx.anomaly(&NO_RECORD);
            }
            return Progress::Consumed(bytes.len());
        }
        side.started = true;
        side.lost = false;
        side.under_way = None;
        let wanted = ctx.layer(&PROTOCOL, chunk.data.sub(0, at).all());
        for (start, record) in records {
            let data = chunk.data.sub(start, start + Record::HEAD + record.len);
            let offset = chunk.offset + start as u64;
            let from = chunk.packet_at(start);
            self.session
                .record(ctx, direction, wanted, record, data, offset, from);
        }
        if wanted {
            ctx.close();
        }
        self.session.sealed.deliver(ctx, direction, chunk.offset);
        Progress::Consumed(at)
    }

    fn gap(&mut self, _: &mut Ctx<'_>, direction: Direction, offset: u64, len: u64) -> bool {
        self.session.sealed.gap(direction, len);
        // Without keys nothing hangs on where records begin.
        let keyed = self.session.sealed.keyed.is_some();
        let side = &mut self.session.sides[direction.index()];
        side.lost = true;
        side.messages.clear();
        let end = side.under_way.take().or(side.resume.take());
        side.resume = end.filter(|end| keyed && *end > offset.saturating_add(len));
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        self.session.sealed.close(ctx, direction, how);
    }

    fn held(&self) -> usize {
        self.session.held()
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}
