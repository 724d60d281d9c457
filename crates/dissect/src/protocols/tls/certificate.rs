//! What a certificate says of itself (RFC 5280). Verifies nothing.

use sha2::{Digest, Sha256};
use weir_model::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};

/// Names kept of one certificate.
const NAMES: usize = 64;
/// Bytes of a name that are kept.
const NAME: usize = 1024;

/// A certificate as it was sent. Hostile text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// `CN=example.com, O=Example`.
    pub subject: Box<str>,
    /// Who says so.
    pub issuer: Box<str>,
    /// Serial number, as encoded.
    pub serial: Box<[u8]>,
    /// Subject alternative names that are host names or addresses, at most 64.
    pub names: Vec<Box<str>>,
    /// Valid from.
    pub not_before: Timestamp,
    /// Valid until.
    pub not_after: Timestamp,
    /// May sign others.
    pub ca: bool,
    /// SHA-256 of its encoding.
    pub sha256: [u8; 32],
    /// Bytes of its encoding.
    pub len: u32,
}

fn cut(text: &str) -> Box<str> {
    let mut end = text.len().min(NAME);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

impl Certificate {
    /// Reads a DER encoding; `None` when it is no certificate.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let (_, x) = X509Certificate::from_der(der).ok()?;
        let mut names = Vec::new();
        for extension in x.extensions() {
            let ParsedExtension::SubjectAlternativeName(list) = extension.parsed_extension() else {
                continue;
            };
            for name in list.general_names.iter().take(NAMES) {
                match name {
                    GeneralName::DNSName(n) => names.push(cut(n)),
                    GeneralName::IPAddress(b) => {
                        if let Ok(v4) = <[u8; 4]>::try_from(*b) {
                            names.push(std::net::Ipv4Addr::from(v4).to_string().into());
                        } else if let Ok(v6) = <[u8; 16]>::try_from(*b) {
                            names.push(std::net::Ipv6Addr::from(v6).to_string().into());
                        }
                    }
                    _ => {}
                }
            }
        }
        let time = |t: x509_parser::time::ASN1Time| Timestamp::from_parts(t.timestamp(), 0);
        Some(Self {
            subject: cut(&x.subject().to_string()),
            issuer: cut(&x.issuer().to_string()),
            serial: x.raw_serial().into(),
            names,
            not_before: time(x.validity().not_before),
            not_after: time(x.validity().not_after),
            ca: x.is_ca(),
            sha256: Sha256::digest(der).into(),
            len: u32::try_from(der.len()).unwrap_or(u32::MAX),
        })
    }

    pub(super) fn heap(&self) -> usize {
        self.subject.len()
            + self.issuer.len()
            + self.serial.len()
            + self
                .names
                .iter()
                .map(|n| n.len() + size_of::<Box<str>>())
                .sum::<usize>()
            + size_of::<Self>()
    }
}
