//! NTLMSSP ([MS-NLMP]): who logs on where, and what the server said of itself. Any protocol hands its messages here.
//! Checks no response and knows no password.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Direction, Log, Protocol};
use crate::wide;
use base64::Engine as _;
use fields as f;
use weir_model::{Field, PacketRef, Timestamp, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "[MS-NLMP]",
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<Login>()],
    inner: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ntlmssp", "NTLM Secure Service Provider", "NTLMSSP")
};

row! {
    /// A log-on. First: the client's answer to the challenge; last: the server's word on it.
    pub struct Login of PROTOCOL {
        username: Box<str> = "Who",
        hostname: Box<str> = "From which machine, as that says",
        domainname: Box<str> = "In which domain",
        server_nb_computer_name: Box<str> = "The server's NetBIOS name",
        server_dns_computer_name: Box<str> = "The server's name in DNS",
        server_tree_name: Box<str> = "The server's forest",
        success: Option<bool> = "Was it accepted?",
    }
    |l| {
        let how = match l.success {
            Some(true) => "accepted",
            Some(false) => "refused",
            None => "no word on it",
        };
        format!("{}\\{} from {}: {how}", l.domainname, l.username, l.hostname)
    }
}

/// What every message begins with.
pub(crate) const MAGIC: &[u8] = b"NTLMSSP\0";
/// Bytes that a challenge and an answer to it have at least.
const CHALLENGE: usize = 24;
const ANSWER: usize = 52;
/// Attributes of a list that are read.
const ITEMS: usize = 64;
/// Bytes of a name that are kept.
const NAME: usize = 512;

mod flag {
    pub(super) const UNICODE: u64 = 1;
    pub(super) const VERSION: u64 = 0x0200_0000;
}

/// What a client and a server have said, as far as a row needs it. Whoever carries the messages keeps one for each
/// log-on.
#[derive(Clone, Default, Debug)]
pub(crate) struct Exchange {
    server: Option<Box<Server>>,
    asked: Option<Box<Asked>>,
}

#[derive(Clone, Default, Debug)]
struct Server {
    computer: Box<str>,
    dns: Box<str>,
    tree: Box<str>,
    unicode: bool,
}

#[derive(Clone, Debug)]
struct Asked {
    user: Box<str>,
    host: Box<str>,
    domain: Box<str>,
    from: (PacketRef, Timestamp),
    direction: Direction,
}

impl Exchange {
    /// Reads a message that begins with [`MAGIC`].
    pub(crate) fn read(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>) {
        let wanted = ctx.layer(&PROTOCOL, data.all());
        let Some(kind) = wide::number(data, 8, 4).filter(|_| data.bytes.starts_with(MAGIC)) else {
            ctx.short();
            if wanted {
                ctx.close();
            }
            return;
        };
        if wanted {
            ctx.field(&f::IDENTIFIER, Value::Text("NTLMSSP"), data.range(0, 8));
            put(ctx, &f::MESSAGE_TYPE, data, 8, 4);
            if let Some(word) = f::MESSAGE_TYPE.word(kind) {
                ctx.info(format_args!("{word}"));
            }
        }
        match kind {
            1 if wanted => negotiate(ctx, data),
            2 => self.challenge(ctx, data, wanted),
            3 => self.answer(ctx, data, wanted),
            _ => {}
        }
        if wanted {
            ctx.close();
        }
    }

    /// Takes a message from a line in base64, as mail protocols send it. They show the line themselves, so there is no
    /// layer of its own.
    pub(crate) fn heard(&mut self, ctx: &mut Ctx<'_>, line: &str) {
        let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(line.trim()) else {
            return;
        };
        let data = Data::packet(&bytes);
        if !bytes.starts_with(MAGIC) {
            return;
        }
        match wide::number(data, 8, 4) {
            Some(2) if bytes.len() >= CHALLENGE => self.challenge(ctx, data, false),
            Some(3) if bytes.len() >= ANSWER => self.answer(ctx, data, false),
            _ => {}
        }
    }

    /// Who asks to log on, as `DOMAIN\\user`; empty before that is known.
    pub(crate) fn who(&self) -> String {
        match &self.asked {
            Some(a) if !a.domain.is_empty() => format!("{}\\{}", a.domain, a.user),
            Some(a) => a.user.to_string(),
            None => String::new(),
        }
    }

    fn challenge(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, wanted: bool) {
        let Some(flags) = wide::number(data, 20, 4) else {
            return ctx.short();
        };
        let unicode = flags & flag::UNICODE != 0;
        let mut server = Server {
            unicode,
            ..Server::default()
        };
        let info = pointed(data, 40);
        for (kind, value) in items(info.unwrap_or(data.sub(0, 0))) {
            let keep = || wide::cut(&wide::text(value.bytes), NAME).into();
            match kind {
                1 => server.computer = keep(),
                3 => server.dns = keep(),
                5 => server.tree = keep(),
                _ => {}
            }
        }
        self.server = Some(Box::new(server));
        self.asked = None;
        if !wanted {
            return;
        }
        string(ctx, &f::TARGET_NAME, data, 12, unicode);
        flags_at(ctx, data, 20);
        ctx.bytes(&f::SERVER_CHALLENGE, data, 24, 32);
        ctx.bytes(&f::RESERVED, data, 32, 40);
        if let Some(info) = info.filter(|i| !i.is_empty()) {
            ctx.open(&f::INFO, Value::None, info.all());
            put(ctx, &f::INFO_LENGTH, data, 40, 2);
            put(ctx, &f::INFO_MAX, data, 42, 2);
            put(ctx, &f::INFO_OFFSET, data, 44, 4);
            list(ctx, info, &f::CHALLENGED);
            ctx.close();
        }
        if first_payload(data, &[12, 40]) >= 56 {
            version(ctx, data, 48);
        }
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, wanted: bool) {
        const PAYLOADS: &[usize] = &[12, 20, 28, 36, 44, 52];
        if data.len() < ANSWER {
            return ctx.short();
        }
        let start = first_payload(data, PAYLOADS);
        let flags = wide::number(data, 60, 4).filter(|_| start >= 64);
        let unicode = match (flags, &self.server) {
            (Some(flags), _) => flags & flag::UNICODE != 0,
            (None, Some(server)) => server.unicode,
            (None, None) => true,
        };
        let name = |at| wide::cut(&text(pointed(data, at), unicode), NAME).into();
        self.asked = Some(Box::new(Asked {
            domain: name(28),
            user: name(36),
            host: name(44),
            from: (ctx.meta.packet, ctx.meta.time),
            direction: ctx.packet.flow.map_or(Direction::Forward, |f| f.1),
        }));
        if !wanted {
            return;
        }
        blob(ctx, &f::LM, data, 12);
        let old = wide::number(data, 12, 2) == Some(24);
        if let Some(lm) = pointed(data, 12).filter(|_| old) {
            ctx.bytes(&f::CLIENT_CHALLENGE, lm, 16, 24);
        }
        response(ctx, data, 20);
        string(ctx, &f::DOMAIN, data, 28, unicode);
        string(ctx, &f::USER, data, 36, unicode);
        string(ctx, &f::HOST, data, 44, unicode);
        blob(ctx, &f::KEY, data, 52);
        if start >= 64 {
            flags_at(ctx, data, 60);
        }
        if start >= 72 {
            version(ctx, data, 64);
        }
        if start >= 88 {
            ctx.bytes(&f::MIC, data, 72, 88);
        }
    }

    /// The server's word on it came, or none ever will: a row, where somebody asked to log on.
    pub(crate) fn finish(&mut self, ctx: &mut Ctx<'_>, success: Option<bool>) {
        let Some(asked) = self.asked.take() else {
            return;
        };
        let server = self.server.take().unwrap_or_default();
        ctx.emit(Login {
            meta: ctx.message(asked.direction, asked.from),
            username: asked.user,
            hostname: asked.host,
            domainname: asked.domain,
            server_nb_computer_name: server.computer,
            server_dns_computer_name: server.dns,
            server_tree_name: server.tree,
            success,
        });
    }
}

/// A signature made with a session's key ([MS-NLMP] section 2.2.2.9).
pub(crate) fn verifier(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.open(&f::VERIFIER, Value::None, data.all());
        put(ctx, &f::VERIFIER_VERSION, data, 0, 4);
        ctx.bytes(&f::VERIFIER_BODY, data, 4, data.len());
        ctx.close();
        ctx.close();
    }
}

/// A little-endian number, where it is there.
fn put(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize, len: usize) {
    if let Some(n) = wide::number(data, at, len) {
        ctx.field(
            field,
            Value::Uint(n),
            data.range(at, at.saturating_add(len)),
        );
    }
}

fn negotiate(ctx: &mut Ctx<'_>, data: Data<'_>) {
    flags_at(ctx, data, 12);
    string(ctx, &f::DOMAIN_CALLING, data, 16, false);
    string(ctx, &f::STATION_CALLING, data, 24, false);
    let flags = wide::number(data, 12, 4).unwrap_or(0);
    if flags & flag::VERSION != 0 {
        version(ctx, data, 32);
    }
}

fn flags_at(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    let Some(flags) = wide::number(data, at, 4) else {
        return;
    };
    let range = data.range(at, at + 4);
    ctx.open(&f::FLAGS, Value::Uint(flags), range);
    for (n, field) in f::BITS.iter().enumerate() {
        ctx.field(field, Value::Bool(flags >> n & 1 != 0), range);
    }
    ctx.close();
}

fn version(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    let part = data.sub(at, at + 8);
    if part.len() < 8 {
        return;
    }
    ctx.open(&f::VERSION, Value::None, part.all());
    put(ctx, &f::MAJOR, part, 0, 1);
    put(ctx, &f::MINOR, part, 1, 1);
    put(ctx, &f::BUILD, part, 2, 2);
    put(ctx, &f::REVISION, part, 7, 1);
    ctx.close();
}

/// The bytes that the length and the offset at `at` point to, cut to what is there.
fn pointed(data: Data<'_>, at: usize) -> Option<Data<'_>> {
    let len = wide::place(data, at, 2)?;
    let from = wide::place(data, at + 4, 4)?;
    Some(data.sub(from, from.saturating_add(len)))
}

/// Where the first of the payloads begins; the front is what stands before it.
fn first_payload(data: Data<'_>, places: &[usize]) -> usize {
    let begins = |at: &usize| {
        let len = wide::number(data, *at, 2)?;
        wide::place(data, *at + 4, 4).filter(|_| len > 0)
    };
    places.iter().filter_map(begins).min().unwrap_or(data.len())
}

fn text(part: Option<Data<'_>>, unicode: bool) -> String {
    let bytes = part.map_or(&[][..], |p| p.bytes);
    if unicode {
        wide::text(bytes)
    } else {
        wide::narrow(bytes)
    }
}

/// A text with its head. Wireshark writes the word for none where it is empty.
fn string(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize, unicode: bool) {
    let Some(part) = pointed(data, at) else {
        return;
    };
    if wide::number(data, at, 2) == Some(0) {
        ctx.field(field, Value::Text("NULL"), data.range(at, at + 8));
        return;
    }
    ctx.open(field, Value::Text(&text(Some(part), unicode)), part.all());
    put(ctx, &f::STRING_LENGTH, data, at, 2);
    put(ctx, &f::STRING_MAX, data, at + 2, 2);
    put(ctx, &f::STRING_OFFSET, data, at + 4, 4);
    ctx.close();
}

/// Bytes with their head; without them nothing is shown.
fn blob(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize) {
    if let Some(part) = pointed(data, at).filter(|p| !p.is_empty()) {
        ctx.open(field, Value::Bytes(part.bytes), part.all());
        head(ctx, data, at);
        ctx.close();
    }
}

fn head(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    put(ctx, &f::BLOB_LENGTH, data, at, 2);
    put(ctx, &f::BLOB_MAX, data, at + 2, 2);
    put(ctx, &f::BLOB_OFFSET, data, at + 4, 4);
}

/// The answer to the challenge: of 24 bytes, or of the second version (section 2.2.2.8).
fn response(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    let Some(part) = pointed(data, at).filter(|p| !p.is_empty()) else {
        return;
    };
    ctx.open(&f::NT, Value::Bytes(part.bytes), part.all());
    head(ctx, data, at);
    if part.len() > 24 {
        ctx.open(&f::V2, Value::Bytes(part.bytes), part.all());
        ctx.bytes(&f::V2_PROOF, part, 0, 16);
        put(ctx, &f::V2_VERSION, part, 16, 1);
        put(ctx, &f::V2_HI_VERSION, part, 17, 1);
        ctx.bytes(&f::V2_Z, part, 18, 24);
        if let Some(n) = wide::number(part, 24, 8) {
            ctx.field(&f::V2_TIME, Value::Time(wide::time(n)), part.range(24, 32));
        }
        ctx.bytes(&f::V2_CHALLENGE, part, 32, 40);
        ctx.bytes(&f::V2_Z, part, 40, 44);
        list(ctx, part.rest(44), &f::ANSWERED);
        ctx.close();
    }
    ctx.close();
}

/// Attributes with their types, the one that ends the list left out.
fn items(data: Data<'_>) -> impl Iterator<Item = (u64, Data<'_>)> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let kind = wide::number(rest, 0, 2).filter(|k| *k != 0)?;
        let len = wide::place(rest, 2, 2)?;
        let value = rest.sub(4, 4 + len);
        rest = rest.rest(4 + len);
        Some((kind, value))
    })
    .take(ITEMS)
}

fn list(ctx: &mut Ctx<'_>, data: Data<'_>, of: &'static f::List) {
    let mut at = 0;
    for (kind, value) in items(data) {
        put(ctx, of.kind, data, at, 2);
        put(ctx, of.len, data, at + 2, 2);
        at += 4 + value.len();
        let field = usize::try_from(kind)
            .ok()
            .and_then(|k| of.values.get(k.checked_sub(1)?));
        let Some(field) = field else {
            continue;
        };
        let range = value.all();
        match kind {
            6 => put(ctx, field, value, 0, 4),
            7 => {
                if let Some(n) = wide::number(value, 0, 8) {
                    ctx.field(field, Value::Time(wide::time(n)), range);
                }
            }
            8 | 10 => ctx.bytes(field, value, 0, value.len()),
            _ => ctx.field(field, Value::Text(&wide::text(value.bytes)), range),
        }
    }
    if wide::number(data, at, 4) == Some(0) {
        put(ctx, of.kind, data, at, 2);
        put(ctx, of.len, data, at + 2, 2);
    }
}
