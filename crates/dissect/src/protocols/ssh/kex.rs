//! What both sides offer before the keys, what they agree on, and the fingerprint of an offer (HASSH).

use super::fields as f;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::MessageMeta;
use crate::facts::row::row;
use crate::protocol::Direction;
use md5::{Digest, Md5};
use std::fmt::Write as _;
use weir_model::{ByteRange, Field, Value};

/// Bytes of a list that are kept.
const LIST: usize = 4096;
/// Lists in an offer.
const LISTS: usize = 10;
const COOKIE: usize = 16;

/// The lists of a KEXINIT (RFC 4253 section 7.1).
#[derive(Clone, Debug, Default)]
pub(super) struct Offer([Box<str>; LISTS]);

/// The list that begins at `at`, and where the next one does.
fn list(data: Data<'_>, at: usize) -> Option<(Data<'_>, usize)> {
    let len = usize::try_from(data.u32(at)?).ok()?;
    let end = at.checked_add(4)?.checked_add(len)?;
    (end <= data.len()).then(|| (data.sub(at + 4, end), end))
}

impl Offer {
    /// `data` begins with the cookie.
    pub(super) fn read(data: Data<'_>) -> Option<Self> {
        let mut out = Self::default();
        let mut at = COOKIE;
        for slot in &mut out.0 {
            let (text, next) = list(data, at)?;
            let text = text.bytes.get(..LIST).unwrap_or(text.bytes);
            *slot = String::from_utf8_lossy(text).into();
            at = next;
        }
        Some(out)
    }
}

/// What HASSH is the MD5 of, and that.
pub(super) fn hassh(offer: &Offer, direction: Direction) -> (String, String) {
    let [kex, _, enc, enc_back, mac, mac_back, zip, zip_back, ..] = &offer.0;
    let text = if direction == Direction::Forward {
        format!("{kex};{enc};{mac};{zip}")
    } else {
        format!("{kex};{enc_back};{mac_back};{zip_back}")
    };
    let print = Md5::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        });
    (text, print)
}

pub(super) fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, direction: Direction) {
    ctx.bytes(&f::COOKIE, data, 0, COOKIE);
    let mut at = COOKIE;
    for field in &f::LISTS {
        let Some((text, next)) = list(data, at) else {
            return;
        };
        let words = String::from_utf8_lossy(text.bytes);
        ctx.field(field, Value::Text(&words), text.all());
        at = next;
    }
    ctx.number(&f::FIRST_FOLLOWS, data, at, 1);
    let Some(offer) = Offer::read(data) else {
        return;
    };
    let (text, print) = hassh(&offer, direction);
    let (algorithms, digest): (&'static Field, &'static Field) = if direction == Direction::Forward
    {
        (&f::HASSH_ALGORITHMS, &f::HASSH)
    } else {
        (&f::HASSHSERVER_ALGORITHMS, &f::HASSHSERVER)
    };
    ctx.field(algorithms, Value::Text(&text), ByteRange::GENERATED);
    ctx.field(digest, Value::Text(&print), ByteRange::GENERATED);
}

row! {
    /// A session: who speaks which version, and what both agreed on (RFC 4253 section 7.1).
    pub struct Session of super::PROTOCOL {
        version: u8 = "Protocol version, 1 or 2",
        client: Box<str> = "The client's software",
        server: Box<str> = "The server's software",
        cipher_alg: Box<str> = "Cipher",
        mac_alg: Box<str> = "Message authentication",
        compression_alg: Box<str> = "Compression",
        kex_alg: Box<str> = "Key exchange",
        host_key_alg: Box<str> = "Kind of the server's key",
        hassh: Box<str> = "Fingerprint of the client's offer",
        hassh_server: Box<str> = "Fingerprint of the server's offer",
        client_bytes: u64 = "Encrypted bytes of the client",
        server_bytes: u64 = "Encrypted bytes of the server",
    }
    |s| format!("{} → {}", s.client, s.server)
}

/// The client's first choice that the server has.
fn chosen(client: &str, server: &str) -> Box<str> {
    let has = |c: &&str| server.split(',').any(|s| s == *c);
    client.split(',').find(has).unwrap_or_default().into()
}

/// The exchange that both sides agree on.
pub(super) fn exchange(client: &Offer, server: &Offer) -> Box<str> {
    chosen(&client.0[0], &server.0[0])
}

/// Whether a reply has room for its three parts, the server's key, half of the exchange and a signature (RFC 4253
/// section 8).
pub(super) fn reply_is_whole(data: Data<'_>) -> bool {
    (0..3)
        .try_fold(0, |at, _| list(data, at).map(|(_, end)| end))
        .is_some()
}

/// Of a reply with the server's key, half of the exchange and a signature (RFC 4253 section 8): how many bytes of the
/// signature are taken apart and how long it says it is, where these differ. Signatures over curves are not taken apart.
pub(super) fn unread_signature(data: Data<'_>) -> Option<(usize, usize)> {
    let (_, at) = list(data, 0)?;
    let (_, at) = list(data, at)?;
    let (signature, _) = list(data, at)?;
    let (kind, end) = list(signature, 0)?;
    let read = if matches!(kind.bytes, b"ssh-rsa" | b"ssh-dss") {
        list(signature, end)?.1
    } else if kind.bytes.starts_with(b"ecdsa-sha2-") || kind.bytes.starts_with(b"ssh-ed") {
        end
    } else {
        signature.len()
    };
    (read != signature.len()).then_some((4 + read, signature.len()))
}

impl Session {
    pub(super) fn new(meta: MessageMeta, client: &str, server: &str, first: bool) -> Self {
        Self {
            meta,
            version: if first { 1 } else { 2 },
            client: client.into(),
            server: server.into(),
            cipher_alg: Box::default(),
            mac_alg: Box::default(),
            compression_alg: Box::default(),
            kex_alg: Box::default(),
            host_key_alg: Box::default(),
            hassh: Box::default(),
            hassh_server: Box::default(),
            client_bytes: 0,
            server_bytes: 0,
        }
    }

    pub(super) fn agree(&mut self, client: &Offer, server: &Offer) {
        let pairs: Vec<Box<str>> = client
            .0
            .iter()
            .zip(&server.0)
            .map(|(c, s)| chosen(c, s))
            .collect();
        if let [kex, key, cipher, _, mac, _, zip, ..] = pairs.as_slice() {
            self.kex_alg = kex.clone();
            self.host_key_alg = key.clone();
            self.cipher_alg = cipher.clone();
            // A cipher that authenticates needs no code of its own (RFC 5647).
            let aead = cipher.contains("gcm") || cipher.contains("poly1305");
            self.mac_alg = if aead { Box::default() } else { mac.clone() };
            self.compression_alg = zip.clone();
        }
    }
}
