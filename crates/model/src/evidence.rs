//! The written form of a reference to evidence: `[[p1234]]`, `[[B:p12]]`, `[[B:r12]]`.
//! Parses and prints; resolves nothing.

use crate::{CaptureId, PacketRef, RecordRef, RowRef, Timestamp};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What a sentence of the case points at. Without a capture letter it is capture A's.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum EvidenceRef {
    /// Packets `first..=last` of a capture, `[[A:p12-20]]`.
    Packets {
        /// Capture letter.
        capture: CaptureId,
        /// First packet number.
        first: u32,
        /// Last packet number; equal to `first` for one packet.
        last: u32,
    },
    /// A field of a packet, `[[p12:http.host]]`.
    Field {
        /// Capture letter.
        capture: CaptureId,
        /// Packet number.
        packet: u32,
        /// Field name.
        field: String,
    },
    /// Bytes of a packet, `[[p12@66+14]]`.
    Bytes {
        /// Capture letter.
        capture: CaptureId,
        /// Packet number.
        packet: u32,
        /// First byte, from 0.
        start: u32,
        /// Number of bytes.
        len: u32,
    },
    /// A row of a flow log, `[[B:r12]]`, 1-based.
    Row {
        /// Log letter: logs share the captures' letters.
        capture: CaptureId,
        /// Row number.
        row: u32,
    },
    /// A followed stream, `[[tcp:17]]`.
    Stream {
        /// Capture letter.
        capture: CaptureId,
        /// `tcp` or `udp`.
        transport: String,
        /// Number in that capture, as Wireshark numbers it.
        stream: u32,
    },
    /// A host by address, `[[h:192.0.2.1]]`.
    Host(IpAddr),
    /// A file by the start of its SHA-256, `[[file:9c1f]]`.
    File(String),
    /// A finding by id, `[[F-03]]`.
    Finding(String),
    /// A time range, `[[t:FROM..TO]]`.
    Time(Timestamp, Timestamp),
    /// A display filter, `` [[q:`http`]] ``.
    Filter(String),
}

/// Not a reference: the sentence to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceError(pub String);

impl fmt::Display for EvidenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EvidenceError {}

impl From<PacketRef> for EvidenceRef {
    fn from(p: PacketRef) -> Self {
        Self::Packets {
            capture: p.capture,
            first: p.number,
            last: p.number,
        }
    }
}

impl From<RowRef> for EvidenceRef {
    fn from(r: RowRef) -> Self {
        Self::Row {
            capture: r.capture,
            row: r.row,
        }
    }
}

impl From<RecordRef> for EvidenceRef {
    fn from(r: RecordRef) -> Self {
        match r {
            RecordRef::Packet(p) => p.into(),
            RecordRef::Row(r) => r.into(),
        }
    }
}

fn letter(f: &mut fmt::Formatter<'_>, capture: CaptureId) -> fmt::Result {
    if capture == CaptureId(0) {
        Ok(())
    } else {
        write!(f, "{capture}:")
    }
}

impl fmt::Display for EvidenceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[[")?;
        match self {
            Self::Packets {
                capture,
                first,
                last,
            } => {
                letter(f, *capture)?;
                write!(f, "p{first}")?;
                if last != first {
                    write!(f, "-{last}")?;
                }
            }
            Self::Field {
                capture,
                packet,
                field,
            } => {
                letter(f, *capture)?;
                write!(f, "p{packet}:{field}")?;
            }
            Self::Bytes {
                capture,
                packet,
                start,
                len,
            } => {
                letter(f, *capture)?;
                write!(f, "p{packet}@{start}+{len}")?;
            }
            Self::Row { capture, row } => {
                letter(f, *capture)?;
                write!(f, "r{row}")?;
            }
            Self::Stream {
                capture,
                transport,
                stream,
            } => {
                letter(f, *capture)?;
                write!(f, "{transport}:{stream}")?;
            }
            Self::Host(ip) => write!(f, "h:{ip}")?,
            Self::File(hash) => write!(f, "file:{hash}")?,
            Self::Finding(id) => f.write_str(id)?,
            Self::Time(from, to) => write!(f, "t:{}..{}", from.rfc3339(), to.rfc3339())?,
            Self::Filter(text) => write!(f, "q:`{text}`")?,
        }
        f.write_str("]]")
    }
}

impl FromStr for EvidenceRef {
    type Err = EvidenceError;

    /// With or without the double brackets.
    fn from_str(s: &str) -> Result<Self, EvidenceError> {
        let bad = || {
            EvidenceError(format!(
                "\u{201c}{s}\u{201d} is no evidence reference; write [[p12]], [[B:p12]], [[tcp:3]] …"
            ))
        };
        let inner = s
            .strip_prefix("[[")
            .and_then(|s| s.strip_suffix("]]"))
            .unwrap_or(s);
        if let Some(ip) = inner.strip_prefix("h:") {
            return ip.parse().map(Self::Host).map_err(|_| bad());
        }
        if let Some(hash) = inner.strip_prefix("file:") {
            let hex = !hash.is_empty() && hash.bytes().all(|b| b.is_ascii_hexdigit());
            return if hex {
                Ok(Self::File(hash.to_ascii_lowercase()))
            } else {
                Err(bad())
            };
        }
        if let Some(range) = inner.strip_prefix("t:") {
            let (from, to) = range.split_once("..").ok_or_else(bad)?;
            return Ok(Self::Time(
                from.parse().map_err(|_| bad())?,
                to.parse().map_err(|_| bad())?,
            ));
        }
        if let Some(text) = inner.strip_prefix("q:`").and_then(|t| t.strip_suffix('`')) {
            return Ok(Self::Filter(text.to_owned()));
        }
        if inner.starts_with("F-") {
            return Ok(Self::Finding(inner.to_owned()));
        }
        let (capture, rest) = match inner.split_once(':') {
            Some((l, rest)) if l.parse::<CaptureId>().is_ok() => {
                (l.parse().map_err(|()| bad())?, rest)
            }
            _ => (CaptureId(0), inner),
        };
        if let Some((transport @ ("tcp" | "udp"), n)) = rest.split_once(':') {
            let stream = n.parse().map_err(|_| bad())?;
            return Ok(Self::Stream {
                capture,
                transport: transport.to_owned(),
                stream,
            });
        }
        if let Some(row) = rest.strip_prefix('r') {
            return Ok(Self::Row {
                capture,
                row: row.parse().map_err(|_| bad())?,
            });
        }
        let p = rest.strip_prefix('p').ok_or_else(bad)?;
        let number = |s: &str| s.parse::<u32>().map_err(|_| bad());
        if let Some((n, field)) = p.split_once(':') {
            return Ok(Self::Field {
                capture,
                packet: number(n)?,
                field: field.to_owned(),
            });
        }
        if let Some((n, span)) = p.split_once('@') {
            let (start, len) = span.split_once('+').ok_or_else(bad)?;
            return Ok(Self::Bytes {
                capture,
                packet: number(n)?,
                start: number(start)?,
                len: number(len)?,
            });
        }
        let (first, last) = p.split_once('-').unwrap_or((p, p));
        Ok(Self::Packets {
            capture,
            first: number(first)?,
            last: number(last)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_form_survives() {
        for text in [
            "[[p12]]",
            "[[B:p12]]",
            "[[B:r12]]",
            "[[p12-40]]",
            "[[AA:p3:http.host]]",
            "[[p12@66+14]]",
            "[[tcp:17]]",
            "[[C:udp:0]]",
            "[[h:192.0.2.1]]",
            "[[h:2001:db8::1]]",
            "[[file:9c1f]]",
            "[[F-03]]",
            "[[q:`http.host contains \"a\"`]]",
        ] {
            assert_eq!(text.parse::<EvidenceRef>().unwrap().to_string(), text);
        }
        for bad in [
            "[[]]",
            "[[12]]",
            "[[p]]",
            "[[file:xyz]]",
            "[[h:me]]",
            "[[A:]]",
        ] {
            assert!(bad.parse::<EvidenceRef>().is_err(), "{bad}");
        }
    }
}
