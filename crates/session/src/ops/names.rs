//! How packets, flows, artifacts and times are written for the page, and read back.

use crate::error::{ErrorKind, SessionError};
use crate::session::Session;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::{ArtifactId, CaptureId, EvidenceRef, FlowId, PacketRef, RowRef, Timestamp};

/// `A:12`.
pub(crate) fn packet(p: PacketRef) -> String {
    p.to_string()
}

/// `[[p12]]`, `[[B:p12]]`, `[[B:r12]]`.
pub(crate) fn evidence(of: impl Into<EvidenceRef>) -> String {
    of.into().to_string()
}

/// `A:tcp:17`, by the capture of its first packet.
pub(crate) fn flow(f: &Flow) -> String {
    let (capture, n) = f.home();
    format!("{capture}:{}:{n}", f.transport.name())
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`.
pub(crate) fn endpoint((ip, port): (IpAddr, u16)) -> String {
    match ip {
        IpAddr::V4(a) => format!("{a}:{port}"),
        IpAddr::V6(a) => format!("[{a}]:{port}"),
    }
}

fn bad(what: &str, text: &str, form: &str) -> SessionError {
    let message = format!("\u{201c}{text}\u{201d} names no {what}; one is written {form}");
    SessionError::new(ErrorKind::Request, message)
}

fn gone(what: &str, text: &str) -> SessionError {
    SessionError::new(ErrorKind::Gone, format!("{what} {text} is not loaded"))
}

/// A packet by `A:12` (or `12`, of capture A) that is loaded.
pub(crate) fn find_packet(session: &Session, text: &str) -> Result<PacketRef, SessionError> {
    let p = read_packet(text)?;
    packets_of(session, p.capture)?;
    session
        .entry(p)
        .map(|_| p)
        .ok_or_else(|| gone("packet", text))
}

/// A flow log has no packets and nothing made of them.
fn packets_of(session: &Session, id: CaptureId) -> Result<(), SessionError> {
    match session.capture(id) {
        Some(c) if c.log.is_some() => {
            let message = format!("{id} holds {FLOW_RECORDS_ONLY}: it has rows and no packets");
            Err(SessionError::new(ErrorKind::Request, message))
        }
        _ => Ok(()),
    }
}

/// A row of a flow log by `B:r12` that is loaded.
pub(crate) fn find_row(session: &Session, text: &str) -> Result<RowRef, SessionError> {
    let row: RowRef = text
        .parse()
        .map_err(|()| bad("flow-log row", text, "B:r12"))?;
    session
        .row(row)
        .map(|_| row)
        .ok_or_else(|| gone("flow-log row", text))
}

/// A packet's written name.
pub(crate) fn read_packet(text: &str) -> Result<PacketRef, SessionError> {
    let (letter, number) = text.split_once(':').unwrap_or(("A", text));
    let read = || {
        Some(PacketRef {
            capture: letter.parse().ok()?,
            number: number.parse().ok()?,
        })
    };
    read().ok_or_else(|| bad("packet", text, "A:12"))
}

/// A capture by its letter.
pub(crate) fn find_capture(session: &Session, text: &str) -> Result<CaptureId, SessionError> {
    let id: CaptureId = text.parse().map_err(|()| bad("capture", text, "A"))?;
    session
        .capture(id)
        .map(|_| id)
        .ok_or_else(|| gone("capture", text))
}

/// A flow by `A:tcp:17`: its chain and id.
pub(crate) fn find_flow(session: &Session, text: &str) -> Result<(usize, FlowId), SessionError> {
    let mut parts = text.rsplitn(3, ':');
    let read = || {
        let number: u32 = parts.next()?.parse().ok()?;
        let transport = parts.next()?;
        let capture: CaptureId = parts.next().unwrap_or("A").parse().ok()?;
        Some((capture, transport, number))
    };
    let (capture, transport, number) = { read }().ok_or_else(|| bad("flow", text, "A:tcp:17"))?;
    packets_of(session, capture)?;
    let id = session
        .flow_of_stream(capture, transport, number)
        .ok_or_else(|| gone("flow", text))?;
    let chain = session.capture(capture).map_or(0, |c| c.chain);
    Ok((chain, id))
}

/// An artifact by `A:120.0`.
pub(crate) fn read_artifact(text: &str) -> Result<ArtifactId, SessionError> {
    let read = || {
        let (packet, ordinal) = text.rsplit_once('.')?;
        Some(ArtifactId {
            packet: read_packet(packet).ok()?,
            ordinal: ordinal.parse().ok()?,
        })
    };
    read().ok_or_else(|| bad("file", text, "A:120.0"))
}

/// Epoch seconds or RFC 3339.
pub(crate) fn read_time(text: &str) -> Result<Timestamp, SessionError> {
    text.parse()
        .map_err(|e: weir_model::TimeError| SessionError::new(ErrorKind::Request, e.to_string()))
}
