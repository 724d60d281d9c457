//! SMB1 as fields.

use super::fields as f;
use super::items::show;
use super::layout::{self, cmd};
use super::message::{Command, Head, Texts};
use super::session::{Asked, Smb, key};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::LinkKind;
use crate::wide;
use weir_model::{Field, Value};

/// Dialects of an offer that are shown.
const DIALECTS: usize = 64;

fn put(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize, len: usize) {
    if let Some(n) = wide::number(data, at, len) {
        ctx.field(
            field,
            Value::Uint(n),
            data.range(at, at.saturating_add(len)),
        );
    }
}

/// The head of a message.
pub(super) fn head(
    ctx: &mut Ctx<'_>,
    state: &Smb,
    data: Data<'_>,
    head: &Head,
    asked: Option<&Asked>,
) {
    put(ctx, &f::COMPONENT, data, 0, 4);
    if let Some(asked) = asked {
        ctx.computed(&f::RESPONSE_TO, Value::Uint(asked.came.0.number.into()));
        ctx.computed(&f::TIME, Value::Duration(ctx.meta.time.since(asked.came.1)));
    } else if !head.response
        && let Some(to) = ctx.linked_to(LinkKind::Answer, key(head))
    {
        ctx.computed(&f::RESPONSE_IN, Value::Uint(to.number.into()));
    }
    put(ctx, &f::CMD, data, 4, 1);
    if head.nt {
        put(ctx, &f::NT_STATUS, data, 5, 4);
    } else {
        put(ctx, &f::ERROR_CLASS, data, 5, 1);
        ctx.bytes(&f::RESERVED, data, 6, 7);
        put(ctx, &f::ERROR_CODE, data, 7, 2);
    }
    show(ctx, data, layout::HEAD);
    if let Some(path) = state.path(head.tree) {
        ctx.computed(&f::PATH, Value::Text(path));
    }
    let word = f::CMD.word(head.cmd.into()).unwrap_or("Unknown command");
    let turn = if head.response { "Response" } else { "Request" };
    if head.status == 0 {
        ctx.info(format_args!("{word} {turn}"));
    } else {
        let said = f::NT_STATUS.word(head.status.into()).filter(|_| head.nt);
        ctx.info(format_args!(
            "{word} {turn}, Error: {}",
            said.unwrap_or("unknown status")
        ));
    }
}

/// Bytes that a reading or writing command is about.
pub(super) fn length(c: &Command<'_>) -> u32 {
    let word = |at| u32::from(c.word(at).unwrap_or(0));
    match c.cmd {
        cmd::READ => {
            let high = word(14);
            word(10) | if high < 0x100 { high << 16 } else { 0 }
        }
        cmd::WRITE => word(20) | word(18) << 16,
        _ => word(2),
    }
}

/// One command.
pub(super) fn command(ctx: &mut Ctx<'_>, state: &mut Smb, c: &Command<'_>, asked: Option<&Asked>) {
    let words = c.words;
    ctx.field(
        &f::WORDS,
        Value::Uint(c.count.into()),
        c.all.range(c.at.saturating_sub(3), c.at),
    );
    if let Some((next, _)) = c.next {
        ctx.field(&f::CMD, Value::Uint(next.into()), words.range(0, 1));
        ctx.bytes(&f::RESERVED, words, 1, 2);
        put(ctx, &f::ANDX_OFFSET, words, 2, 2);
    }
    show(ctx, words, layout::fixed(c.cmd, c.head.response, c.count));
    let handle = match c.head.response {
        false => c.handle(),
        true => asked.and_then(|a| a.handle),
    };
    // A transaction is a pipe's where its name says so ([MS-CIFS] section 2.2.5).
    let of_pipe = match (c.head.response, asked) {
        (true, Some(asked)) => asked.of_pipe,
        _ => c.of_pipe(),
    };
    let handle = handle.filter(|_| c.cmd != cmd::TRANS || of_pipe);
    let name = match (c.cmd, asked) {
        (cmd::NT_CREATE | cmd::OPEN | cmd::TRANS2, Some(asked)) => Some(asked.name.to_string()),
        _ => handle.and_then(|h| state.file(h).map(str::to_owned)),
    };
    if let Some(name) = name.filter(|n| !n.is_empty()) {
        // Of a transaction's answer Wireshark tells it twice: of its head, and of the pipe.
        let times = if c.cmd == cmd::TRANS && c.head.response {
            2
        } else {
            1
        };
        for _ in 0..times {
            ctx.computed(&f::FILE, Value::Text(&name));
        }
    }
    match (c.cmd, c.head.response) {
        (cmd::READ | cmd::WRITE, false) => {
            ctx.computed(&f::RW_OFFSET, Value::Uint(c.place()));
            ctx.computed(&f::RW_LENGTH, Value::Uint(length(c).into()));
        }
        (cmd::READ, true) => {
            if let Some(asked) = asked {
                ctx.computed(&f::RW_OFFSET, Value::Uint(asked.at));
                ctx.computed(&f::RW_LENGTH, Value::Uint(asked.len.into()));
            }
        }
        _ => {}
    }
    if c.at <= c.all.len() {
        put(ctx, &f::BYTES, c.all, c.at.saturating_sub(2), 2);
    }
    behind(ctx, c, asked);
}

/// A text, where there is one.
fn text(ctx: &mut Ctx<'_>, field: &'static Field, texts: &mut Texts<'_>) {
    if let Some((text, at)) = texts.next() {
        ctx.field(field, Value::Text(&text), at.all());
    }
}

fn narrow(ctx: &mut Ctx<'_>, field: &'static Field, texts: &mut Texts<'_>) {
    if let Some((text, at)) = texts.narrow() {
        ctx.field(field, Value::Text(&text), at.all());
    }
}

/// What stands behind the words.
fn behind(ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
    let len = |at: usize| usize::from(c.word(at).unwrap_or(0));
    match (c.cmd, c.head.response) {
        (cmd::NEGOTIATE, false) => {
            let mut rest = c.bytes;
            for _ in 0..DIALECTS {
                if rest.is_empty() {
                    return;
                }
                let name = rest.rest(1);
                let end = memchr::memchr(0, name.bytes).unwrap_or(name.len());
                put(ctx, &f::BUFFER_FORMAT, rest, 0, 1);
                let text = wide::narrow(name.bytes);
                ctx.field(&f::DIALECT, Value::Text(&text), name.range(0, end));
                rest = rest.rest(end + 2);
            }
        }
        (cmd::NEGOTIATE, true) if c.count == 17 => {
            if let Some(zone) = c.word(31) {
                let zone = i64::from(zone.cast_signed());
                ctx.field(&f::SERVER_ZONE, Value::Int(zone), c.words.range(31, 33));
            }
            if c.long(19).unwrap_or(0) & 0x8000_0000 != 0 {
                if let Some(id) = c.bytes.array(0) {
                    ctx.field(
                        &f::SERVER_GUID,
                        Value::Text(&wide::guid(id)),
                        c.bytes.range(0, 16),
                    );
                }
                return;
            }
            let challenge = usize::from(c.words.u8(33).unwrap_or(0));
            ctx.bytes(&f::CHALLENGE, c.bytes, 0, challenge);
            let mut texts = c.texts(challenge);
            text(ctx, &f::DOMAIN, &mut texts);
            text(ctx, &f::SERVER, &mut texts);
        }
        (cmd::SESSION_SETUP, false) => setup(ctx, c),
        (cmd::SESSION_SETUP, true) => {
            let mut texts = c.texts(if c.count == 4 { len(6) } else { 0 });
            text(ctx, &f::NATIVE_OS, &mut texts);
            text(ctx, &f::NATIVE_LANMAN, &mut texts);
            text(ctx, &f::DOMAIN, &mut texts);
        }
        (cmd::TREE_CONNECT, false) => {
            ctx.bytes(&f::PASSWORD, c.bytes, 0, len(6));
            let mut texts = c.texts(len(6));
            text(ctx, &f::PATH, &mut texts);
            narrow(ctx, &f::SERVICE, &mut texts);
        }
        (cmd::TREE_CONNECT, true) => {
            let mut texts = c.texts(0);
            narrow(ctx, &f::SERVICE, &mut texts);
            text(ctx, &f::NATIVE_FS, &mut texts);
        }
        (cmd::NT_CREATE | cmd::OPEN, false) => text(ctx, &f::FILE, &mut c.texts(0)),
        (cmd::DELETE | cmd::QUERY_INFORMATION | cmd::SET_INFORMATION, false) => {
            put(ctx, &f::BUFFER_FORMAT, c.bytes, 0, 1);
            text(ctx, &f::FILE, &mut c.texts(1));
        }
        (cmd::RENAME, false) => {
            put(ctx, &f::BUFFER_FORMAT, c.bytes, 0, 1);
            let mut texts = c.texts(1);
            text(ctx, &f::OLD_FILE, &mut texts);
            let mut texts = Texts::new(c.all, texts.at() + 1, c.head.unicode);
            text(ctx, &f::FILE, &mut texts);
        }
        (cmd::ECHO, _) => ctx.bytes(&f::ECHO_DATA, c.bytes, 0, c.bytes.len()),
        (cmd::TRANS, false) => text(ctx, &f::TRANSACTION, &mut c.texts(0)),
        (cmd::TRANS2, false) => trans2(ctx, c),
        (cmd::TRANS2, true) => {
            if let Some(asked) = asked {
                ctx.computed(&f::TRANS2, Value::Uint(asked.sub.into()));
            }
        }
        _ => {}
    }
}

fn setup(ctx: &mut Ctx<'_>, c: &Command<'_>) {
    let len = |at: usize| usize::from(c.word(at).unwrap_or(0));
    let mut texts = match c.count {
        12 => c.texts(len(14)),
        13 => {
            let (ansi, unicode) = (len(14), len(16));
            ctx.bytes(&f::ANSI, c.bytes, 0, ansi);
            ctx.bytes(&f::UNICODE, c.bytes, ansi, ansi + unicode);
            let mut texts = c.texts(ansi + unicode);
            text(ctx, &f::ACCOUNT, &mut texts);
            text(ctx, &f::DOMAIN, &mut texts);
            texts
        }
        _ => {
            ctx.bytes(&f::PASSWORD, c.bytes, 0, len(14));
            let mut texts = c.texts(len(14));
            text(ctx, &f::ACCOUNT, &mut texts);
            text(ctx, &f::DOMAIN, &mut texts);
            texts
        }
    };
    text(ctx, &f::NATIVE_OS, &mut texts);
    text(ctx, &f::NATIVE_LANMAN, &mut texts);
}

/// The second kind of transaction ([MS-CIFS] section 2.2.6): what it asks, at which level, of which file.
fn trans2(ctx: &mut Ctx<'_>, c: &Command<'_>) {
    put(ctx, &f::TRANS2, c.words, 28, 2);
    let (parameters, _) = c.transaction();
    let texts = |at: usize| {
        let start = usize::try_from(parameters.start.saturating_sub(c.all.start)).unwrap_or(0);
        Texts::new(
            c.all.sub(0, start + parameters.len()),
            start + at,
            c.head.unicode,
        )
    };
    match c.word(28) {
        Some(1) => {
            put(ctx, &f::SEARCH_ATTRIBUTES, parameters, 0, 2);
            put(ctx, &f::SEARCH_COUNT, parameters, 2, 2);
            put(ctx, &f::FIND_LEVEL, parameters, 6, 2);
            text(ctx, &f::SEARCH_PATTERN, &mut texts(12));
        }
        Some(3) => put(ctx, &f::FS_LEVEL, parameters, 0, 2),
        Some(5) => {
            put(ctx, &f::QUERY_LEVEL, parameters, 0, 2);
            text(ctx, &f::FILE, &mut texts(6));
        }
        Some(6) => {
            put(ctx, &f::SET_LEVEL, parameters, 0, 2);
            text(ctx, &f::FILE, &mut texts(6));
        }
        Some(7) => {
            put(ctx, &f::FID, parameters, 0, 2);
            put(ctx, &f::QUERY_LEVEL, parameters, 2, 2);
        }
        Some(8) => {
            put(ctx, &f::FID, parameters, 0, 2);
            put(ctx, &f::SET_LEVEL, parameters, 2, 2);
        }
        _ => {}
    }
}

/// A security blob and what is in it.
pub(super) fn blob<'c>(ctx: &mut Ctx<'c>, data: Data<'_>, inside: impl FnOnce(&mut Ctx<'c>)) {
    ctx.open(&f::BLOB, Value::Bytes(data.bytes), data.all());
    inside(ctx);
    ctx.close();
}
