//! NetBIOS names: sixteen bytes, each sent as two letters (RFC 1001 section 14.1).

use std::fmt::Write as _;
use weir_model::Short;

/// Wireshark's words for the sixteenth byte.
static USES: &[(u8, &str)] = &[
    (0x00, "Workstation/Redirector"),
    (0x01, "Browser"),
    (0x02, "Workstation/Redirector"),
    (0x03, "Messenger service/Main name"),
    (0x05, "Forwarded name"),
    (0x06, "RAS Server service"),
    (0x1b, "Domain Master Browser"),
    (0x1c, "Domain Controllers"),
    (0x1d, "Local Master Browser"),
    (0x1e, "Browser Election Service"),
    (0x1f, "Net DDE Service"),
    (0x20, "Server service"),
    (0x21, "RAS client service"),
    (0x22, "Exchange Interchange (MSMail Connector)"),
    (0x23, "Exchange Store"),
    (0x24, "Exchange Directory"),
    (0x2b, "Lotus Notes Server service"),
    (0x30, "Modem sharing server service"),
    (0x31, "Modem sharing client service"),
    (0x43, "SMS client remote control"),
    (0x44, "SMS admin remote control tool"),
    (0x45, "SMS client remote chat"),
    (0x46, "SMS client remote transfer"),
    (0x4c, "DEC TCPIP SVC on Windows NT"),
    (0x52, "DEC TCPIP SVC on Windows NT"),
    (0x6a, "Microsoft Exchange IMC"),
    (0x87, "Microsoft Exchange MTA"),
    (0xbe, "Network Monitor agent"),
    (0xbf, "Network Monitor application"),
];

/// A decoded name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decoded {
    bytes: Vec<u8>,
    /// The sixteenth byte.
    pub(super) suffix: u8,
}

impl Decoded {
    /// Sixteen bytes as they are: padding ends the name.
    pub(super) fn plain(raw: [u8; 16]) -> Self {
        let [bytes @ .., suffix] = raw;
        let end = bytes.iter().rposition(|b| *b != b' ').map_or(0, |n| n + 1);
        let bytes = bytes.get(..end).unwrap_or_default().to_vec();
        Self { bytes, suffix }
    }

    /// For people and for comparing: what is printable of it.
    pub(super) fn text(&self) -> String {
        let printable = self.bytes.iter().filter(|b| **b >= 0x20 && **b != 0x7f);
        String::from_utf8_lossy(&printable.copied().collect::<Vec<_>>()).into_owned()
    }

    /// `WORKGROUP<1d>`.
    pub(super) fn shown(&self) -> String {
        let mut out = String::new();
        for b in &self.bytes {
            if (0x20..0x7f).contains(b) {
                out.push(char::from(*b));
            } else {
                let _ = write!(out, "<{b:02x}>");
            }
        }
        let _ = write!(out, "<{:02x}>", self.suffix);
        out
    }

    /// `WORKGROUP<1d> (Local Master Browser)`.
    pub(super) fn shown_with_use(&self) -> String {
        let what = USES
            .iter()
            .find(|(n, _)| *n == self.suffix)
            .map_or("Unknown", |(_, t)| t);
        format!("{} ({what})", self.shown())
    }
}

/// The name at `at`; a pointer is followed once.
pub(super) fn decode(message: &[u8], at: usize) -> Result<Decoded, Short> {
    let first = |at: usize| message.get(at).copied().ok_or(Short);
    let at = match first(at)? {
        high if high >> 6 == 3 => usize::from(high & 0x3f) << 8 | usize::from(first(at + 1)?),
        _ => at,
    };
    let len = usize::from(first(at)?);
    let label = message.get(at + 1..at + 1 + len).ok_or(Short)?;
    let mut raw = [b' '; 16];
    let (pairs, rest) = label.as_chunks::<2>();
    let letters = label.iter().all(|b| (b'A'..=b'P').contains(b));
    if len == 32 && rest.is_empty() && letters {
        for (to, [high, low]) in raw.iter_mut().zip(pairs) {
            *to = (high - b'A') << 4 | (low - b'A');
        }
        return Ok(Decoded::plain(raw));
    }
    // Not encoded, as some devices send it.
    Ok(Decoded {
        bytes: label.get(..len.min(63)).unwrap_or_default().to_vec(),
        suffix: 0,
    })
}
