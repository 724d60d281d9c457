//! A TLS handshake as a row: who was meant, what was agreed on, what both sides look like.

use super::PROTOCOL;
use super::certificate::Certificate;
use super::fields as f;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::Protocol;
use smallvec::SmallVec;
use std::net::IpAddr;
use weir_model::PacketRef;

/// One handshake. Its row is written with the first hello and filled in as the handshake goes on.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// First: the first hello's packet; last: the latest packet that changed the row.
    pub meta: MessageMeta,
    /// Who connected.
    pub client: (IpAddr, u16),
    /// To whom.
    pub server: (IpAddr, u16),
    /// Packet that completed the client's hello.
    pub client_hello: Option<PacketRef>,
    /// Packet that completed the server's hello.
    pub server_hello: Option<PacketRef>,
    /// Agreed version (0x0304 is TLS 1.3); what the client's hello says until the server answers.
    pub version: Option<u16>,
    /// Agreed cipher suite.
    pub cipher: Option<u16>,
    /// The name the client asked for (SNI). Hostile text.
    pub server_name: Option<Box<str>>,
    /// Application protocols the client offered. Hostile text.
    pub offered_protocols: SmallVec<[Box<str>; 2]>,
    /// The one the server chose, where it is seen (in TLS 1.3 only with keys). Hostile text.
    pub next_protocol: Option<Box<str>>,
    /// First eight bytes of the client's random: what key logs name sessions by.
    pub random: Option<[u8; 8]>,
    /// MD5, in hexadecimal.
    pub ja3: Option<Box<str>>,
    /// JA4 of the client.
    pub ja4: Option<Box<str>>,
    /// MD5, in hexadecimal.
    pub ja3s: Option<Box<str>>,
    /// The client's hello carries an encrypted one: the name is not the real one.
    pub ech: bool,
    /// An earlier session goes on.
    pub resumed: bool,
    /// Both sides went over to encryption and neither gave up.
    pub established: bool,
    /// First alert that could be read and is no ordinary end: level (2 is fatal), description, and whether the client sent it.
    pub alert: Option<(u8, u8, bool)>,
    /// Records were opened with its keys.
    pub opened: bool,
    /// Keys are known, and records of it did not open with them.
    pub unopened: bool,
    /// The client sent before the handshake (0-RTT), which is not opened. Seen only where keys are known.
    pub early: bool,
    /// The server's certificates, its own first. In TLS 1.3 only where it was opened.
    pub certificates: Vec<Certificate>,
    /// The client's certificates.
    pub client_certificates: Vec<Certificate>,
}

impl Handshake {
    /// `TLSv13`, as Zeek writes it.
    #[must_use]
    pub fn version_name(&self) -> Option<&'static str> {
        Some(match self.version? {
            0x0304 => "TLSv13",
            0x0303 => "TLSv12",
            0x0302 => "TLSv11",
            0x0301 => "TLSv10",
            0x0300 => "SSLv3",
            0x0002 => "SSLv2",
            0xfeff => "DTLSv10",
            0xfefd => "DTLSv12",
            0xfefc => "DTLSv13",
            _ => "unknown",
        })
    }
}

/// Zeek's ssl.log, with the fingerprints.
static COLUMNS: &[Column] = &[
    Column::new("version", "Agreed version"),
    Column::new("cipher", "Agreed cipher suite"),
    Column::new("server_name", "Name the client asked for"),
    Column::new("resumed", "An earlier session goes on"),
    Column::new("last_alert", "First alert in clear"),
    Column::new("next_protocol", "Application protocol the server chose"),
    Column::new("established", "Both sides went over to encryption"),
    Column::new("cert_chain_fps", "SHA-256 of the server's certificates"),
    Column::new("subject", "Subject of the server's certificate"),
    Column::new("issuer", "Who signed it"),
    Column::new("san.dns", "Further names in it"),
    Column::new("certificate.not_valid_before", "Valid from"),
    Column::new("certificate.not_valid_after", "Valid until"),
    Column::new("ja3", "JA3 of the client"),
    Column::new("ja3s", "JA3S of the server"),
    Column::new("ja4", "JA4 of the client"),
];

impl Message for Handshake {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        let own = self.certificates.first();
        match n {
            0 => Cell::text(self.version_name()),
            1 => self.cipher.map_or(Cell::Absent, |c| {
                let known = f::HANDSHAKE_CIPHERSUITE.word(u64::from(c));
                Cell::Text(known.map_or_else(|| format!("0x{c:04x}"), str::to_owned))
            }),
            2 => Cell::text(self.server_name.as_deref()),
            3 => Cell::Bool(self.resumed),
            4 => self.alert.map_or(Cell::Absent, |(_, a, _)| {
                let known = f::ALERT_MESSAGE_DESC.word(u64::from(a));
                Cell::Text(known.map_or_else(|| a.to_string(), str::to_owned))
            }),
            5 => Cell::text(self.next_protocol.as_deref()),
            6 => Cell::Bool(self.established),
            7 => Cell::List(
                self.certificates
                    .iter()
                    .map(|c| Cell::Text(super::fingerprint::hex(&c.sha256)))
                    .collect(),
            ),
            8 => Cell::text(own.map(|c| &*c.subject)),
            9 => Cell::text(own.map(|c| &*c.issuer)),
            10 => Cell::List(
                own.iter()
                    .flat_map(|c| &c.names)
                    .map(|n| Cell::text(Some(n)))
                    .collect(),
            ),
            11 => own.map_or(Cell::Absent, |c| Cell::Time(c.not_before)),
            12 => own.map_or(Cell::Absent, |c| Cell::Time(c.not_after)),
            13 => Cell::text(self.ja3.as_deref()),
            14 => Cell::text(self.ja3s.as_deref()),
            15 => Cell::text(self.ja4.as_deref()),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let name = self.server_name.as_deref().unwrap_or("no name");
        let version = self.version_name().unwrap_or("no answer");
        let how = if self.established {
            "established"
        } else {
            "not established"
        };
        format!("{version} {name}, {how}")
    }
    fn heap(&self) -> usize {
        let texts = [
            &self.server_name,
            &self.next_protocol,
            &self.ja3,
            &self.ja4,
            &self.ja3s,
        ];
        texts.into_iter().flatten().map(|t| t.len()).sum::<usize>()
            + self
                .offered_protocols
                .iter()
                .map(|t| t.len())
                .sum::<usize>()
            + self
                .certificates
                .iter()
                .chain(&self.client_certificates)
                .map(Certificate::heap)
                .sum::<usize>()
    }
}
