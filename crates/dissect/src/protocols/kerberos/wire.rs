//! Where the parts of a message stand (RFC 4120 section 5).

use crate::ber::Tlv;
use crate::data::Data;

/// RFC 4120 section 7.5.9.
pub(super) static ERRORS: &[(u64, &str)] = &[
    (3, "KDC_ERR_BAD_PVNO"),
    (6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"),
    (7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"),
    (9, "KDC_ERR_NULL_KEY"),
    (12, "KDC_ERR_POLICY"),
    (13, "KDC_ERR_BADOPTION"),
    (14, "KDC_ERR_ETYPE_NOSUPP"),
    (18, "KDC_ERR_CLIENT_REVOKED"),
    (23, "KDC_ERR_KEY_EXPIRED"),
    (24, "KDC_ERR_PREAUTH_FAILED"),
    (25, "KDC_ERR_PREAUTH_REQUIRED"),
    (29, "KDC_ERR_SVC_UNAVAILABLE"),
    (31, "KRB_AP_ERR_BAD_INTEGRITY"),
    (32, "KRB_AP_ERR_TKT_EXPIRED"),
    (34, "KRB_AP_ERR_REPEAT"),
    (36, "KRB_AP_ERR_BADMATCH"),
    (37, "KRB_AP_ERR_SKEW"),
    (41, "KRB_AP_ERR_MODIFIED"),
    (52, "KRB_ERR_RESPONSE_TOO_BIG"),
    (60, "KRB_ERR_GENERIC"),
    (68, "KDC_ERR_WRONG_REALM"),
];

/// IANA's list of encryption types.
pub(super) static CIPHERS: &[(u64, &str)] = &[
    (1, "des-cbc-crc"),
    (2, "des-cbc-md4"),
    (3, "des-cbc-md5"),
    (16, "des3-cbc-sha1"),
    (17, "aes128-cts-hmac-sha1-96"),
    (18, "aes256-cts-hmac-sha1-96"),
    (19, "aes128-cts-hmac-sha256-128"),
    (20, "aes256-cts-hmac-sha384-192"),
    (23, "rc4-hmac"),
    (24, "rc4-hmac-exp"),
];

/// Bytes of a name that are kept, and parts of it.
const NAME: usize = 256;
const PARTS: usize = 8;
/// Ciphers of an offer that are read.
const OFFER: usize = 32;

/// TGS-REQ, encrypted time, public keys (two drafts and RFC 4556), FAST and its challenge (RFC 6113).
const PROOFS: [u64; 7] = [1, 2, 14, 15, 16, 136, 138];

/// A message of the key distribution centre: request, answer or error.
#[derive(Default)]
pub(super) struct Kdc<'a> {
    pub(super) kind: u64,
    pub(super) cname: Vec<Tlv<'a>>,
    pub(super) sname: Vec<Tlv<'a>>,
    pub(super) realm: Option<Tlv<'a>>,
    pub(super) crealm: Option<Tlv<'a>>,
    /// Offered in a request, used in an answer.
    pub(super) etypes: Vec<Tlv<'a>>,
    /// What the ticket of an answer is sealed with.
    pub(super) ticket: Option<Tlv<'a>>,
    /// A request brings a proof of its client: a time sealed with its key, a signature, a ticket.
    pub(super) proven: bool,
    pub(super) code: Option<Tlv<'a>>,
    /// What an error says beside its code (`e-text`).
    pub(super) said: Option<Tlv<'a>>,
}

impl Default for Tlv<'_> {
    fn default() -> Self {
        Self {
            tag: 0,
            body: Data::packet(&[]),
            head: 0,
        }
    }
}

/// The value behind an explicit tag `[n]`.
fn tagged<'a>(of: &Tlv<'a>, n: u8) -> Option<Tlv<'a>> {
    of.find(0xa0 | n)?.only()
}

/// The parts of a name (section 5.2.2).
fn name<'a>(of: Option<Tlv<'a>>) -> Vec<Tlv<'a>> {
    of.iter().flat_map(parts).collect()
}

/// The parts of a name, one after the other.
pub(super) fn parts<'a>(of: &Tlv<'a>) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
    let list = tagged(of, 1);
    list.into_iter().flat_map(|l| l.inner()).take(PARTS)
}

/// A number with a sign.
pub(super) fn signed(t: Tlv<'_>) -> i64 {
    let negative = t.body.u8(0).is_some_and(|b| b & 0x80 != 0);
    let n = t.number().unwrap_or(0);
    let bits = u32::try_from(t.body.len().min(8) * 8).unwrap_or(64);
    if negative && bits < 64 {
        (n | u64::MAX << bits).cast_signed()
    } else {
        n.cast_signed()
    }
}

fn joined(parts: &[Tlv<'_>], realm: Option<Tlv<'_>>) -> String {
    let mut out = parts.iter().map(Tlv::text).collect::<Vec<_>>().join("/");
    if let Some(realm) = realm.filter(|_| !out.is_empty()) {
        out = format!("{out}/{}", realm.text());
    }
    let mut end = out.len().min(NAME);
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    out
}

/// A cipher's name, or its number.
fn cipher(t: Tlv<'_>) -> String {
    let n = signed(t);
    let known = CIPHERS.iter().find(|(v, _)| i64::try_from(*v) == Ok(n));
    known.map_or_else(|| n.to_string(), |(_, w)| (*w).to_owned())
}

impl<'a> Kdc<'a> {
    pub(super) fn read(data: Data<'a>) -> Option<Self> {
        let outer = Tlv::read(data)?;
        let body = outer.only().filter(|b| b.tag == 0x30)?;
        let tag = u64::from(outer.tag & 0x1f);
        // A request says its type one place later than an answer.
        let kind = tagged(&body, if matches!(tag, 10 | 12) { 2 } else { 1 })?;
        let mut out = Self {
            kind: kind.number()?,
            ..Self::default()
        };
        match tag {
            10 | 12 => {
                let asked = tagged(&body, 4)?;
                let proofs = tagged(&body, 3);
                let kinds = proofs.iter().flat_map(Tlv::inner).take(OFFER);
                out.proven = kinds
                    .filter_map(|p| tagged(&p, 1)?.number())
                    .any(|n| PROOFS.contains(&n));
                out.cname = name(tagged(&asked, 1));
                out.realm = tagged(&asked, 2);
                out.sname = name(tagged(&asked, 3));
                let list = tagged(&asked, 8);
                out.etypes = list.iter().flat_map(Tlv::inner).take(OFFER).collect();
            }
            11 | 13 => {
                out.crealm = tagged(&body, 3);
                out.cname = name(tagged(&body, 4));
                let ticket = tagged(&body, 5).and_then(|t| t.only());
                out.realm = ticket.and_then(|t| tagged(&t, 1));
                out.sname = name(ticket.and_then(|t| tagged(&t, 2)));
                out.ticket = ticket
                    .and_then(|t| tagged(&t, 3))
                    .and_then(|t| tagged(&t, 0));
                let sealed = tagged(&body, 6);
                out.etypes = sealed.and_then(|t| tagged(&t, 0)).into_iter().collect();
            }
            30 => {
                out.code = tagged(&body, 6);
                out.crealm = tagged(&body, 7);
                out.cname = name(tagged(&body, 8));
                out.realm = tagged(&body, 9);
                out.sname = name(tagged(&body, 10));
                out.said = tagged(&body, 11);
            }
            _ => {}
        }
        Some(out)
    }

    pub(super) fn client(&self) -> String {
        joined(&self.cname, self.crealm.or(self.realm))
    }

    pub(super) fn service(&self) -> String {
        joined(&self.sname, None)
    }

    /// Cipher of the ticket in an answer.
    pub(super) fn sealed(&self) -> String {
        self.ticket.map(cipher).unwrap_or_default()
    }

    pub(super) fn error(&self) -> String {
        let n = self.code.and_then(|c| c.number()).unwrap_or(0);
        let word = ERRORS.iter().find(|(v, _)| *v == n);
        word.map_or_else(|| n.to_string(), |(_, w)| (*w).to_owned())
    }

    /// The text beside the code, without the zero that some end it with.
    pub(super) fn said(&self) -> String {
        let mut text = self.said.map_or_else(String::new, |t| t.text());
        let mut end = text.len().min(NAME);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.trim_end_matches('\0').to_owned()
    }

    pub(super) fn ciphers(&self) -> String {
        let words: Vec<String> = self.etypes.iter().copied().map(cipher).collect();
        words.join(",")
    }
}
