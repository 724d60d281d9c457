//! Layout of TLS records and of the handshake messages that travel in clear (RFC 8446 sections 4 and 5,
//! RFC 5246 section 7). Every read is checked; offsets are the message's.

use weir_model::{Cursor, Short};

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;
pub(super) const HEARTBEAT: u8 = 24;

pub(super) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;
/// The least padding of a heartbeat (RFC 6520 section 4).
pub(super) const HEARTBEAT_PADDING: usize = 16;
pub(super) const NEW_SESSION_TICKET: u8 = 4;
pub(super) const SERVER_HELLO_DONE: u8 = 14;
pub(super) const ENCRYPTED_EXTENSIONS: u8 = 8;
pub(super) const CERTIFICATE: u8 = 11;
pub(super) const CERTIFICATE_REQUEST: u8 = 13;
pub(super) const FINISHED: u8 = 20;
pub(super) const CERTIFICATE_STATUS: u8 = 22;
pub(super) const KEY_UPDATE: u8 = 24;

/// An alert that is the ordinary end.
pub(super) const CLOSE_NOTIFY: u8 = 0;

/// Largest record body: 2^14 and what encryption adds (RFC 5246 section 6.2.3).
const RECORD: usize = (1 << 14) + 2048;

pub(super) const SERVER_NAME: u16 = 0;
pub(super) const GROUPS: u16 = 10;
pub(super) const POINT_FORMATS: u16 = 11;
pub(super) const SIGNATURES: u16 = 13;
pub(super) const ALPN: u16 = 16;
/// Codes over what is encrypted (RFC 7366).
pub(super) const ENCRYPT_THEN_MAC: u16 = 22;
/// RFC 5077 section 3.2.
pub(super) const SESSION_TICKET: u16 = 35;
pub(super) const PRE_SHARED_KEY: u16 = 41;
/// The client sends before the handshake (RFC 8446 section 4.2.10).
pub(super) const EARLY_DATA: u16 = 42;
pub(super) const VERSIONS: u16 = 43;
pub(super) const KEY_SHARE: u16 = 51;
/// QUIC's transport parameters (RFC 9001 section 8.2), and as drafts numbered them.
pub(super) const QUIC_PARAMETERS: u16 = 57;
pub(super) const QUIC_PARAMETERS_DRAFT: u16 = 0xffa5;
/// Encrypted client hello (RFC 9849).
pub(super) const ECH: u16 = 0xfe0d;

/// A record's head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) kind: u8,
    pub(super) version: u16,
    pub(super) len: usize,
}

impl Record {
    pub(super) const HEAD: usize = 5;

    /// The head at the start of `bytes`; `None` when this is no record.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [kind, major, minor, a, b] = *bytes.first_chunk::<5>()?;
        let record = Self {
            kind,
            version: u16::from_be_bytes([major, minor]),
            len: usize::from(u16::from_be_bytes([a, b])),
        };
        let sane = (CHANGE_CIPHER_SPEC..=HEARTBEAT).contains(&kind)
            && major == 3
            && minor <= 4
            && record.len <= RECORD
            && (record.len > 0 || kind == APPLICATION_DATA);
        sane.then_some(record)
    }
}

/// One that clients send so that servers keep ignoring what they do not know (RFC 8701).
pub(super) fn is_grease(n: u16) -> bool {
    n & 0x0f0f == 0x0a0a && n >> 8 == n & 0xff
}

/// An extension: its type, data, and where its type stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extension<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
    pub(super) at: usize,
}

/// A client's or server's hello. A server's has one cipher suite and one compression method.
#[derive(Clone, Debug)]
pub(super) struct Hello<'a> {
    pub(super) version: u16,
    pub(super) random: [u8; 32],
    pub(super) session: &'a [u8],
    /// Two bytes each, and where they stand.
    pub(super) ciphers: (&'a [u8], usize),
    pub(super) compression: (&'a [u8], usize),
    /// Where the length of the extensions stands, where there are any.
    pub(super) extensions_at: Option<usize>,
    pub(super) extensions: Vec<Extension<'a>>,
    /// QUIC carries it.
    pub(super) quic: bool,
}

impl<'a> Hello<'a> {
    /// `body`: the message after its four-byte head.
    pub(super) fn read(body: &'a [u8], client: bool) -> Result<Self, Short> {
        let mut c = Cursor::new(body);
        let version = c.u16()?;
        let random = c.array()?;
        let len = usize::from(c.u8()?);
        let session = c.take(len)?;
        let len = if client { usize::from(c.u16()?) } else { 2 };
        let at = c.pos();
        let ciphers = (c.take(len)?, at);
        let len = if client { usize::from(c.u8()?) } else { 1 };
        let at = c.pos();
        let compression = (c.take(len)?, at);
        let mut hello = Self {
            version,
            random,
            session,
            ciphers,
            compression,
            extensions_at: None,
            extensions: Vec::new(),
            quic: false,
        };
        if c.left() < 2 {
            return Ok(hello);
        }
        hello.extensions_at = Some(c.pos());
        let end = usize::from(c.u16()?).min(c.left()) + c.pos();
        hello.extensions = extensions(&mut c, end)?;
        Ok(hello)
    }

    pub(super) fn extension(&self, kind: u16) -> Option<&'a [u8]> {
        self.extensions
            .iter()
            .find(|e| e.kind == kind)
            .map(|e| e.data)
    }

    pub(super) fn cipher_list(&self) -> impl Iterator<Item = u16> + 'a {
        pairs(self.ciphers.0)
    }

    /// The name the client wants (RFC 6066 section 3).
    pub(super) fn server_name(&self) -> Option<String> {
        let mut c = Cursor::new(self.extension(SERVER_NAME)?);
        c.u16().ok()?;
        c.u8().ok()?;
        let len = usize::from(c.u16().ok()?);
        Some(String::from_utf8_lossy(c.take(len).ok()?).into_owned())
    }

    /// Application protocols (RFC 7301 section 3.1).
    pub(super) fn alpn(&self) -> Vec<&'a [u8]> {
        protocols(self.extension(ALPN).unwrap_or_default())
    }

    /// Values of an extension that is a list of two-byte values after a two-byte length.
    pub(super) fn list(&self, kind: u16) -> impl Iterator<Item = u16> + 'a {
        pairs(
            self.extension(kind)
                .and_then(|d| d.get(2..))
                .unwrap_or_default(),
        )
    }

    /// The versions a client offers, or the one a server chose (RFC 8446 section 4.2.1).
    pub(super) fn versions(&self, client: bool) -> impl Iterator<Item = u16> + 'a {
        let data = self.extension(VERSIONS).unwrap_or_default();
        pairs(if client {
            data.get(1..).unwrap_or_default()
        } else {
            data
        })
    }
}

/// Extensions up to `end`.
fn extensions<'a>(c: &mut Cursor<'a>, end: usize) -> Result<Vec<Extension<'a>>, Short> {
    let mut out = Vec::new();
    while c.pos() + 4 <= end {
        let at = c.pos();
        let kind = c.u16()?;
        let len = usize::from(c.u16()?);
        let data = c.take(len)?;
        out.push(Extension { kind, data, at });
    }
    Ok(out)
}

/// The body of a message that is a list of extensions alone.
pub(super) fn extension_list(body: &[u8]) -> Result<Vec<Extension<'_>>, Short> {
    let mut c = Cursor::new(body);
    let len = usize::from(c.u16()?).min(c.left());
    let end = c.pos() + len;
    extensions(&mut c, end)
}

/// Names of application protocols in the data of their extension.
pub(super) fn protocols(data: &[u8]) -> Vec<&[u8]> {
    let mut c = Cursor::new(data.get(2..).unwrap_or_default());
    let mut out = Vec::new();
    while let Ok(len) = c.u8() {
        let Ok(name) = c.take(usize::from(len)) else {
            break;
        };
        out.push(name);
    }
    out
}

/// Two-byte values one after the other.
pub(super) fn pairs(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|b| u16::from_be_bytes(*b))
}

/// The certificates of a Certificate message of TLS 1.3: each with where it stands and its extensions' bytes.
pub(super) fn certificates13(body: &[u8]) -> Vec<(&[u8], usize)> {
    let mut out = Vec::new();
    let mut c = Cursor::new(body);
    let context = c.u8().and_then(|len| c.skip(usize::from(len)));
    if context.and_then(|()| c.u24()).is_err() {
        return out;
    }
    while let Ok(len) = c.u24() {
        let at = c.pos();
        let Ok(der) = c.take(len as usize) else {
            break;
        };
        out.push((der, at));
        if c.u16().and_then(|len| c.skip(usize::from(len))).is_err() {
            break;
        }
    }
    out
}

/// The certificates of a Certificate message before TLS 1.3: each with where it stands.
pub(super) fn certificates(body: &[u8]) -> Vec<(&[u8], usize)> {
    let mut out = Vec::new();
    let mut c = Cursor::new(body);
    if c.u24().is_err() {
        return out;
    }
    while let Ok(len) = c.u24() {
        let at = c.pos();
        match c.take(len as usize) {
            Ok(der) => out.push((der, at)),
            Err(Short) => break,
        }
    }
    out
}
