//! Layout of DNS messages (RFC 1035 section 4). Knows names, questions and records, not what they mean.
//! Hostile bytes: how far compression pointers are followed is bounded, and names and records are.

use weir_model::{Cursor, Short};

/// Longest name on the wire (RFC 1035 section 2.3.4).
const NAME_BYTES: usize = 255;
/// Compression pointers followed in one name.
const POINTERS: usize = 128;

/// Short names of record types, as questions and logs show them.
pub(crate) static TYPES: &[(u64, &str)] = &[
    (1, "A"),
    (2, "NS"),
    (3, "MD"),
    (4, "MF"),
    (5, "CNAME"),
    (6, "SOA"),
    (7, "MB"),
    (8, "MG"),
    (9, "MR"),
    (10, "NULL"),
    (11, "WKS"),
    (12, "PTR"),
    (13, "HINFO"),
    (14, "MINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (19, "X25"),
    (20, "ISDN"),
    (21, "RT"),
    (22, "NSAP"),
    (23, "NSAP-PTR"),
    (24, "SIG"),
    (25, "KEY"),
    (26, "PX"),
    (27, "GPOS"),
    (28, "AAAA"),
    (29, "LOC"),
    (30, "NXT"),
    (33, "SRV"),
    (35, "NAPTR"),
    (36, "KX"),
    (37, "CERT"),
    (38, "A6"),
    (39, "DNAME"),
    (41, "OPT"),
    (42, "APL"),
    (43, "DS"),
    (44, "SSHFP"),
    (45, "IPSECKEY"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (49, "DHCID"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (53, "SMIMEA"),
    (55, "HIP"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (108, "EUI48"),
    (109, "EUI64"),
    (249, "TKEY"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (253, "MAILB"),
    (254, "MAILA"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
    (32768, "TA"),
    (32769, "DLV"),
    (65281, "WINS"),
    (65282, "WINS-R"),
];

/// The short name of a record type.
pub(crate) fn type_name(kind: u16) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(n, _)| *n == u64::from(kind))
        .map(|(_, t)| *t)
}

/// The twelve bytes every message begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) id: u16,
    pub(crate) flags: u16,
    /// Questions, answers, authority, additional.
    pub(crate) counts: [u16; 4],
}

impl Header {
    pub(crate) const LEN: usize = 12;

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Short> {
        let mut c = Cursor::new(bytes);
        Ok(Self {
            id: c.u16()?,
            flags: c.u16()?,
            counts: [c.u16()?, c.u16()?, c.u16()?, c.u16()?],
        })
    }

    pub(crate) fn is_response(self) -> bool {
        self.flags & 0x8000 != 0
    }

    pub(crate) fn opcode(self) -> u16 {
        self.flags >> 11 & 15
    }

    pub(crate) fn rcode(self) -> u16 {
        self.flags & 15
    }
}

/// A name and how far it reaches where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Name {
    /// Labels joined by dots, without a last dot; `<Root>` for the root.
    pub(crate) text: String,
    /// Labels.
    pub(crate) labels: u16,
    /// The byte after it.
    pub(crate) end: usize,
}

impl Name {
    /// The length Wireshark counts: that of the text, 0 for the root.
    pub(crate) fn len(&self) -> usize {
        if self.labels == 0 { 0 } else { self.text.len() }
    }
}

/// Where the name at `at` ends, without reading what it points to.
pub(crate) fn skip_name(message: &[u8], mut at: usize) -> Result<usize, Short> {
    let start = at;
    loop {
        let len = usize::from(*message.get(at).ok_or(Short)?);
        match len >> 6 {
            0 if len == 0 => return Ok(at + 1),
            0 => at += len + 1,
            3 if at + 1 < message.len() => return Ok(at + 2),
            _ => return Err(Short),
        }
        if at - start > NAME_BYTES {
            return Err(Short);
        }
    }
}

/// The name at `at`, decompressed.
///
/// # Errors
/// [`Short`] when it runs out of the message; what points forward, loops or is too long ends in a
/// remark in angle brackets instead, so that the rest of the message can still be read.
pub(crate) fn name(message: &[u8], at: usize) -> Result<Name, Short> {
    let end = skip_name(message, at)?;
    let mut raw: Vec<u8> = Vec::with_capacity(32);
    // RFC 1035 has pointers lead to what stood before. They are followed forward too, as long as fewer bytes were
    // looked at than the message has: then there was no loop.
    let mut looked = 0;
    let (mut at, mut labels, mut pointers) = (at, 0u16, 0usize);
    let mut remark = "";
    loop {
        let len = usize::from(*message.get(at).ok_or(Short)?);
        match len >> 6 {
            0 if len == 0 => break,
            0 => {
                if raw.len() + len > NAME_BYTES {
                    remark = "<Name too long>";
                    break;
                }
                if !raw.is_empty() {
                    raw.push(b'.');
                }
                raw.extend_from_slice(message.get(at + 1..at + 1 + len).ok_or(Short)?);
                labels += 1;
                at += len + 1;
                looked += len + 1;
            }
            3 => {
                let low = usize::from(*message.get(at + 1).ok_or(Short)?);
                let to = (len & 0x3f) << 8 | low;
                pointers += 1;
                looked += 2;
                if looked >= message.len() || pointers > POINTERS {
                    remark = "<Name contains a pointer that loops>";
                    break;
                }
                at = to;
            }
            _ => return Err(Short),
        }
    }
    let mut text = match String::from_utf8(raw) {
        Ok(text) => text,
        Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
    };
    if !remark.is_empty() {
        text = remark.to_owned();
        labels = labels.max(1);
    } else if labels == 0 {
        text.push_str("<Root>");
    }
    Ok(Name { text, labels, end })
}

/// A question (RFC 1035 section 4.1.2). Offsets are the message's.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) at: usize,
    pub(crate) name: Name,
    pub(crate) kind: u16,
    pub(crate) class: u16,
}

impl Question {
    pub(crate) fn read(message: &[u8], at: usize) -> Result<Self, Short> {
        let name = name(message, at)?;
        let mut c = Cursor::new(message.get(name.end..).unwrap_or_default());
        Ok(Self {
            at,
            name,
            kind: c.u16()?,
            class: c.u16()?,
        })
    }

    pub(crate) fn end(&self) -> usize {
        self.name.end + 4
    }
}

/// A resource record (RFC 1035 section 4.1.3). Offsets are the message's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Its owner name.
    pub(crate) at: usize,
    /// The byte after the owner name.
    pub(crate) fixed: usize,
    pub(crate) kind: u16,
    pub(crate) class: u16,
    pub(crate) ttl: u32,
    /// Its data.
    pub(crate) data: (usize, usize),
}

impl Record {
    pub(crate) fn read(message: &[u8], at: usize) -> Result<Self, Short> {
        let fixed = skip_name(message, at)?;
        let mut c = Cursor::new(message.get(fixed..).unwrap_or_default());
        let (kind, class, ttl, len) = (c.u16()?, c.u16()?, c.u32()?, usize::from(c.u16()?));
        c.skip(len)?;
        let start = fixed + 10;
        Ok(Self {
            at,
            fixed,
            kind,
            class,
            ttl,
            data: (start, start + len),
        })
    }

    pub(crate) fn bytes<'a>(&self, message: &'a [u8]) -> &'a [u8] {
        message.get(self.data.0..self.data.1).unwrap_or_default()
    }
}

/// Everything after the header, as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    pub(crate) questions: Vec<Question>,
    /// Answers, authority, additional.
    pub(crate) records: [Vec<Record>; 3],
    /// Did the bytes end before what the counts promise?
    pub(crate) short: bool,
    /// Where what was read ends.
    pub(crate) end: usize,
}

impl Sections {
    pub(crate) fn read(message: &[u8], header: Header) -> Self {
        let mut out = Self::default();
        let mut at = Header::LEN;
        let [questions, counts @ ..] = header.counts;
        for _ in 0..questions {
            let Ok(q) = Question::read(message, at) else {
                out.short = true;
                return out;
            };
            at = q.end();
            out.questions.push(q);
        }
        out.end = at;
        for (count, list) in counts.into_iter().zip(&mut out.records) {
            for _ in 0..count {
                let Ok(r) = Record::read(message, at) else {
                    out.short = true;
                    return out;
                };
                at = r.data.1;
                list.push(r);
            }
        }
        out.end = at;
        out
    }
}
