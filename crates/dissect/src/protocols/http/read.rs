//! From a head to facts: request and response records, framing, codings, names. Knows no stream state.

use super::framing::{Chunks, Framing};
use super::message::{Credentials, Request, Response};
use super::names::{self, Names};
use super::wire::{Head, StartLine, parameter, percent, text};
use crate::body::Encoding;
use crate::facts::{Completeness, ContentRange};
use base64::Engine as _;
use smallvec::SmallVec;
use weir_model::{PacketRef, Timestamp};

/// Longest text kept of a field; longer ones are cut.
const TEXT: usize = 8 << 10;

/// What the head says of its body and of the file in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    pub(super) content_length: Option<u64>,
    pub(super) chunked: bool,
    pub(super) transfer_coded: bool,
    /// Content-Length and Transfer-Encoding together, or two lengths that differ.
    pub(super) ambiguous: bool,
    /// A transfer coding nobody registered.
    pub(super) unknown_coding: bool,
    pub(super) encodings: SmallVec<[Encoding; 1]>,
    pub(super) media: Option<Box<str>>,
    pub(super) boundary: Option<Vec<u8>>,
    pub(super) range: Option<ContentRange>,
    pub(super) disposition: Option<Vec<u8>>,
    pub(super) etag: Option<Box<str>>,
    pub(super) last_modified: Option<Box<str>>,
    /// Upgrade names WebSocket.
    pub(super) websocket: bool,
}

impl Entity {
    /// Reads field lines: of a head or of a multipart part.
    pub(super) fn of<'a>(fields: impl Iterator<Item = super::wire::FieldLine<'a>>) -> Self {
        let mut e = Self::default();
        let mut transfer: SmallVec<[Encoding; 1]> = SmallVec::new();
        for field in fields {
            let value = field.value;
            match &*field.name.to_ascii_lowercase() {
                b"content-length" => e.length(value),
                b"transfer-encoding" => {
                    e.transfer_coded = true;
                    for coding in list(value) {
                        // Only as the last coding do chunks delimit; earlier chunked ones are not undone.
                        e.chunked = coding.eq_ignore_ascii_case(b"chunked");
                        match encoding(coding) {
                            _ if e.chunked => {}
                            Some(Encoding::Unknown) => e.unknown_coding = true,
                            Some(known) => transfer.push(known),
                            None => {}
                        }
                    }
                }
                b"content-encoding" => e.encodings.extend(list(value).filter_map(encoding)),
                b"content-type" => {
                    let stop = value
                        .iter()
                        .position(|b| matches!(b, b';' | b' ' | b',' | b'\t'));
                    let media = value.get(..stop.unwrap_or(value.len())).unwrap_or_default();
                    e.media = Some(short(&media.to_ascii_lowercase()));
                    e.boundary = parameter(value, "boundary").filter(|_| {
                        media.len() > 10
                            && media
                                .get(..10)
                                .is_some_and(|m| m.eq_ignore_ascii_case(b"multipart/"))
                    });
                }
                b"content-range" => e.range = content_range(value),
                b"content-disposition" => e.disposition = names::of_disposition(value),
                b"etag" => e.etag = Some(short(value)),
                b"last-modified" => e.last_modified = Some(short(value)),
                b"upgrade" => {
                    e.websocket |= list(value).any(|v| v.eq_ignore_ascii_case(b"websocket"));
                }
                _ => {}
            }
        }
        e.ambiguous |= e.transfer_coded && e.content_length.is_some();
        e.encodings.extend(transfer);
        e
    }

    fn length(&mut self, value: &[u8]) {
        for item in list(value) {
            let n = std::str::from_utf8(item).ok().and_then(|t| t.parse().ok());
            match (n, self.content_length) {
                (Some(n), None) => self.content_length = Some(n),
                (Some(n), Some(m)) if n == m => {}
                _ => self.ambiguous = true,
            }
        }
    }

    /// Framing of a request's body (RFC 9112 section 6.3).
    pub(super) fn request_framing(&self) -> Framing {
        if self.chunked {
            Framing::Chunked(Chunks::default())
        } else {
            Framing::Length(self.content_length.unwrap_or(0))
        }
    }

    /// Does an answer with this status to a request with this method never have a body?
    pub(super) fn is_bodiless(method: Option<&str>, status: u16) -> bool {
        matches!(status, 100..=199 | 204 | 304)
            || method == Some("HEAD")
            || (method == Some("CONNECT") && (200..300).contains(&status))
    }

    /// Framing of a response's body (RFC 9112 section 6.3).
    pub(super) fn response_framing(&self, method: Option<&str>, status: u16) -> Framing {
        let none = Self::is_bodiless(method, status);
        match (none, self.chunked, self.content_length) {
            (true, ..) => Framing::Length(0),
            (_, true, _) => Framing::Chunked(Chunks::default()),
            (_, _, Some(n)) if !self.transfer_coded => Framing::Length(n),
            _ => Framing::UntilClose,
        }
    }

    /// Strong ETag, else Last-Modified: what parts of one resource agree on (RFC 9110 section 14.4).
    pub(super) fn validator(&self) -> Option<Box<str>> {
        match (&self.etag, &self.last_modified) {
            (Some(tag), _) if !tag.starts_with("W/") => Some(format!("E{tag}").into()),
            (_, Some(date)) => Some(format!("L{date}").into()),
            _ => None,
        }
    }
}

fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|i| !i.is_empty())
}

fn encoding(name: &[u8]) -> Option<Encoding> {
    Some(match &*name.to_ascii_lowercase() {
        b"gzip" | b"x-gzip" => Encoding::Gzip,
        b"deflate" | b"x-deflate" => Encoding::Deflate,
        b"br" => Encoding::Brotli,
        b"zstd" => Encoding::Zstd,
        b"identity" | b"none" | b"binary" | b"8bit" | b"7bit" | b"utf-8" => return None,
        _ => Encoding::Unknown,
    })
}

/// `bytes 0-99/1234` (RFC 9110 section 14.4).
fn content_range(value: &[u8]) -> Option<ContentRange> {
    let value = std::str::from_utf8(value).ok()?;
    let rest = value.trim_start().strip_prefix("bytes")?;
    let (range, total) = rest.trim_start_matches([' ', '=']).split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (start, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let end = last.checked_add(1).filter(|end| *end > start)?;
    Some(ContentRange {
        start,
        end,
        total: total.trim().parse().ok(),
    })
}

/// Text of a field, cut at [`TEXT`].
pub(super) fn short(value: &[u8]) -> Box<str> {
    let cut = value.get(..TEXT).unwrap_or(value);
    text(cut).into()
}

/// The facts of a request's head.
pub(super) fn request(head: &Head<'_>, first: (PacketRef, Timestamp), secure: bool) -> Request {
    let StartLine::Request {
        method,
        target,
        version,
    } = head.start
    else {
        return Request::unknown(first);
    };
    let (path, _) = names::path_and_query(target);
    let authority = names::authority(target);
    let connect = method == b"CONNECT";
    let mut r = Request {
        method: short(method),
        target: short(target),
        path: short(&percent(path, false)),
        absolute: authority.is_some() || connect,
        secure,
        host: authority.or(connect.then_some(target)).map(short),
        version: short(version.strip_prefix(b"HTTP/").unwrap_or(version)),
        names: if connect {
            Names::new()
        } else {
            names::of_target(target)
        },
        ..Request::unknown(first)
    };
    for field in head.fields() {
        let value = field.value;
        let slot = match &*field.name.to_ascii_lowercase() {
            b"host" if r.host.is_none() => &mut r.host,
            b"user-agent" => &mut r.user_agent,
            b"referer" => &mut r.referer,
            b"origin" => &mut r.origin,
            b"if-none-match" => &mut r.if_none_match,
            b"if-modified-since" => &mut r.if_modified_since,
            b"range" => &mut r.range,
            b"authorization" => {
                r.credentials = Some(authorization(value, false));
                continue;
            }
            b"proxy-authorization" => {
                r.credentials
                    .get_or_insert_with(|| authorization(value, true));
                continue;
            }
            name => {
                proxy_field(name, value, &mut r.proxied);
                continue;
            }
        };
        slot.get_or_insert_with(|| short(value));
    }
    if r.credentials.is_none() {
        r.credentials = in_url(target);
    }
    r
}

impl Request {
    fn unknown(first: (PacketRef, Timestamp)) -> Self {
        Self {
            method: "".into(),
            target: "".into(),
            host: None,
            path: "".into(),
            absolute: false,
            secure: false,
            version: "".into(),
            user_agent: None,
            referer: None,
            origin: None,
            if_none_match: None,
            if_modified_since: None,
            range: None,
            content_type: None,
            proxied: SmallVec::new(),
            credentials: None,
            redirected_from: None,
            names: Names::new(),
            first,
            last: first,
            body_len: 0,
            file_names: SmallVec::new(),
            artifacts: SmallVec::new(),
            state: Completeness::Complete,
        }
    }
}

/// The facts of a response's head.
pub(super) fn response(
    head: &Head<'_>,
    entity: &Entity,
    first: (PacketRef, Timestamp),
) -> Response {
    let (version, status, phrase) = match head.start {
        StartLine::Response {
            version,
            code,
            phrase,
        } => (version, code, phrase),
        StartLine::Request { .. } => (&b""[..], 0, &b""[..]),
    };
    let mut r = Response {
        version: short(version.strip_prefix(b"HTTP/").unwrap_or(version)),
        status,
        phrase: short(phrase),
        server: None,
        location: None,
        content_type: entity.media.clone(),
        file_name: entity.disposition.as_deref().map(short),
        etag: entity.etag.clone(),
        last_modified: entity.last_modified.clone(),
        proxied: SmallVec::new(),
        first,
        last: first,
        body_len: 0,
        artifacts: SmallVec::new(),
    };
    for field in head.fields() {
        match &*field.name.to_ascii_lowercase() {
            b"server" => r.server = Some(short(field.value)),
            b"location" => r.location = Some(short(field.value)),
            name => proxy_field(name, field.value, &mut r.proxied),
        }
    }
    r
}

/// Most proxy fields kept of a message.
const PROXIED: usize = 8;

fn proxy_field(name: &[u8], value: &[u8], proxied: &mut SmallVec<[Box<str>; 1]>) {
    let known = [
        &b"via"[..],
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-from",
        b"client-ip",
        b"xroxy-connection",
        b"proxy-connection",
    ];
    if known.contains(&name) && proxied.len() < PROXIED {
        let name = text(&name.to_ascii_uppercase());
        proxied.push(format!("{name} -> {}", short(value)).into());
    }
}

/// Authorization and Proxy-Authorization (RFC 9110 section 11.6, RFC 7617).
fn authorization(value: &[u8], proxy: bool) -> Credentials {
    let stop = value
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(value.len());
    let (scheme, rest) = value.split_at(stop);
    let scheme = scheme.to_ascii_lowercase();
    let (mut user, mut password) = (None, false);
    if scheme == b"basic" {
        if let Some(plain) = basic(rest) {
            let colon = memchr::memchr(b':', &plain);
            user = plain.get(..colon.unwrap_or(plain.len())).map(short);
            password = colon.is_some_and(|c| c + 1 < plain.len());
        }
    } else if scheme == b"digest" {
        let value = [b";", rest]
            .concat()
            .iter()
            .map(|b| if *b == b',' { b';' } else { *b })
            .collect::<Vec<_>>();
        user = parameter(&value, "username").map(|u| short(&u));
    }
    Credentials {
        scheme: short(&scheme),
        user,
        password,
        proxy,
    }
}

/// `user:password` of a Basic value.
pub(super) fn basic(value: &[u8]) -> Option<Vec<u8>> {
    let tolerant = base64::engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, tolerant)
        .decode(value.get(..value.len().min(TEXT))?.trim_ascii())
        .ok()
}

fn in_url(target: &[u8]) -> Option<Credentials> {
    let n = memchr::memmem::find(target, b"://").filter(|n| *n <= 8)?;
    let rest = target.get(n + 3..)?;
    let stop = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    let user = rest.get(..memchr::memrchr(b'@', rest.get(..stop)?)?)?;
    let colon = memchr::memchr(b':', user);
    Some(Credentials {
        scheme: "url".into(),
        user: user
            .get(..colon.unwrap_or(user.len()))
            .map(|u| short(&percent(u, false))),
        password: colon.is_some(),
        proxy: false,
    })
}

/// A log-in in the first bytes of a form (`application/x-www-form-urlencoded`): a password parameter makes one.
pub(super) fn form_login(form: &[u8]) -> Option<Credentials> {
    const PASSWORDS: &[&[u8]] = &[
        b"password",
        b"passwd",
        b"pass",
        b"pwd",
        b"passwort",
        b"user_password",
        b"login_password",
    ];
    const USERS: &[&[u8]] = &[
        b"username",
        b"user",
        b"login",
        b"email",
        b"userid",
        b"user_id",
        b"uname",
        b"log",
        b"account",
    ];
    let (mut user, mut password) = (None, false);
    for pair in form.split(|b| *b == b'&') {
        let Some(eq) = memchr::memchr(b'=', pair) else {
            continue;
        };
        let key = percent(pair.get(..eq).unwrap_or_default(), true).to_ascii_lowercase();
        let value = pair.get(eq + 1..).unwrap_or_default();
        // Frameworks wrap names: `session[password]`.
        let key = key.strip_suffix(b"]").unwrap_or(&key);
        let key = key
            .get(memchr::memrchr(b'[', key).map_or(0, |n| n + 1)..)
            .unwrap_or_default();
        password |= PASSWORDS.contains(&key) && !value.is_empty();
        if user.is_none() && USERS.contains(&key) {
            user = Some(short(&percent(value, true)));
        }
    }
    password.then(|| Credentials {
        scheme: "form".into(),
        user,
        password,
        proxy: false,
    })
}
