//! SMB2 as fields.

use super::fields as f;
use super::layout::{self, cmd};
use super::state::{Asked, State};
use super::{Command, Head, status};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::LinkKind;
use crate::protocols::smb::{access, items};
use crate::wide;
use weir_model::{Field, PacketRef, Value};

/// Entries of a list that are shown.
const ENTRIES: usize = 4096;
/// Contexts of a message that are shown.
const CONTEXTS: usize = 64;

/// Where nothing else says how a command goes on.
pub(super) fn command(ctx: &mut Ctx<'_>, state: &State, c: &Command<'_>, asked: Option<&Asked>) {
    head(ctx, state, c, asked);
    info(ctx, &c.head);
    let body = c.body();
    if let Some(n) = wide::number(body, 0, 2) {
        let range = body.range(0, 2);
        ctx.open(&f::STRUCTURE, Value::Uint(n), range);
        ctx.field(&f::STRUCTURE_LEN, Value::Uint(n >> 1), range);
        ctx.field(&f::STRUCTURE_DYNAMIC, Value::Bool(n & 1 != 0), range);
        ctx.close();
    } else {
        return ctx.short();
    }
    if matches!(c.head.cmd, cmd::GET_INFO | cmd::SET_INFO) {
        levels(ctx, c, asked);
    }
    if c.head.cmd == cmd::FIND
        && let Some(asked) = asked
    {
        ctx.computed(&f::FIND_LEVEL, Value::Uint(asked.level.into()));
    }
    if c.head.failed() {
        items::show(ctx, body, layout::ERROR);
        let len = wide::place(body, 4, 4).unwrap_or(0).max(1);
        ctx.bytes(&f::ERROR_DATA, body, 8, 8_usize.saturating_add(len));
        return;
    }
    // Of a lease another structure says that it ends.
    let lease = c.head.cmd == 18 && wide::number(body, 0, 2) != Some(24);
    if !lease {
        items::show(ctx, body, layout::fixed(c.head.cmd, c.head.response));
    }
    variable(ctx, c, asked);
}

fn frame(p: PacketRef) -> Value<'static> {
    Value::Uint(p.number.into())
}

fn head(ctx: &mut Ctx<'_>, state: &State, c: &Command<'_>, asked: Option<&Asked>) {
    ctx.number(&f::PROTOCOL_ID, c.data, 0, 4);
    items::show(ctx, c.data, layout::head(c.head.response, c.head.sync));
    if let Some(tree) = state
        .tree(c.head.session, c.head.tree)
        .filter(|_| c.head.sync)
    {
        ctx.computed(&f::TREE, Value::Text(&tree.path));
        ctx.computed(&f::SHARE_TYPE, Value::Uint(tree.kind.into()));
        ctx.computed(&f::TREE_FRAME, frame(tree.connected));
    }
    if let Some(session) = state.session(c.head.session) {
        ctx.computed(&f::AUTH_FRAME, frame(session.accepted));
    }
    if let Some(asked) = asked {
        ctx.computed(&f::RESPONSE_TO, frame(asked.came.0));
        let time = ctx.meta.time.since(asked.came.1);
        ctx.computed(&f::TIME, Value::Duration(time));
    } else if !c.head.response {
        let key = u32::try_from(c.head.id & 0xffff_ffff).unwrap_or(0);
        if let Some(to) = ctx.linked_to(LinkKind::Answer, key) {
            ctx.computed(&f::RESPONSE_IN, frame(to));
        }
    }
}

fn info(ctx: &mut Ctx<'_>, head: &Head) {
    let word = f::CMD.word(head.cmd.into()).unwrap_or("Unknown command");
    let turn = if head.response { "Response" } else { "Request" };
    if head.status == 0 {
        ctx.info(format_args!("{word} {turn}"));
    } else {
        let what = if head.status == status::PENDING {
            ""
        } else {
            "Error: "
        };
        let said = f::NT_STATUS
            .word(head.status.into())
            .unwrap_or("unknown status");
        ctx.info(format_args!("{word} {turn}, {what}{said}"));
    }
}

/// Class and level: said in the request, known in the answer.
fn levels(ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
    let body = c.body();
    let (class, level) = match (c.head.response, asked) {
        (false, _) => (body.u8(2).unwrap_or(0), body.u8(3).unwrap_or(0)),
        (true, Some(a)) => (a.class, a.level),
        (true, None) => return,
    };
    let field: &'static Field = match class {
        1 => &f::FILE_LEVEL,
        2 => &f::FS_LEVEL,
        3 => &f::SECURITY_LEVEL,
        _ => &f::LEVEL,
    };
    if c.head.response {
        ctx.computed(&f::CLASS, Value::Uint(class.into()));
        ctx.computed(field, Value::Uint(level.into()));
    } else {
        ctx.field(&f::CLASS, Value::Uint(class.into()), body.range(2, 3));
        ctx.field(field, Value::Uint(level.into()), body.range(3, 4));
    }
}

/// Offset and length of what stands behind the fixed fields.
fn olb(ctx: &mut Ctx<'_>, c: &Command<'_>, offset: (usize, usize), length: (usize, usize)) {
    let body = c.body();
    for (field, (at, len)) in [(&f::OLB_OFFSET, offset), (&f::OLB_LENGTH, length)] {
        put(ctx, field, body, at, len);
    }
}

fn put(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, at: usize, len: usize) {
    if let Some(n) = wide::number(data, at, len) {
        ctx.field(
            field,
            Value::Uint(n),
            data.range(at, at.saturating_add(len)),
        );
    }
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    ctx.field(field, Value::Text(&wide::text(data.bytes)), data.all());
}

/// A security blob and what is in it.
pub(super) fn blob<'c>(ctx: &mut Ctx<'c>, data: Data<'_>, inside: impl FnOnce(&mut Ctx<'c>)) {
    ctx.open(&f::SECURITY_BLOB, Value::Bytes(data.bytes), data.all());
    inside(ctx);
    ctx.close();
}

fn variable(ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
    let body = c.body();
    match (c.head.cmd, c.head.response) {
        (cmd::NEGOTIATE, false) => negotiate(ctx, c),
        (cmd::NEGOTIATE, true) => {
            olb(ctx, c, (56, 2), (58, 2));
            if wide::number(body, 4, 2) == Some(0x0311) {
                let (at, count) = (wide::place(body, 60, 4), wide::place(body, 6, 2));
                contexts(ctx, c, at.unwrap_or(0), count.unwrap_or(0));
            }
        }
        (cmd::SESSION_SETUP, false) => olb(ctx, c, (12, 2), (14, 2)),
        (cmd::SESSION_SETUP, true) => olb(ctx, c, (4, 2), (6, 2)),
        (cmd::TREE_CONNECT, false) => {
            text(ctx, &f::TREE, c.pointed((4, 2), (6, 2)));
            olb(ctx, c, (4, 2), (6, 2));
        }
        (cmd::CREATE, false) => {
            text(ctx, &f::FILENAME, c.pointed((44, 2), (46, 2)));
            olb(ctx, c, (44, 2), (46, 2));
            olb(ctx, c, (48, 4), (52, 4));
            create_contexts(ctx, c.pointed((48, 4), (52, 4)));
        }
        (cmd::CREATE, true) => {
            olb(ctx, c, (80, 4), (84, 4));
            create_contexts(ctx, c.pointed((80, 4), (84, 4)));
        }
        (cmd::READ, true) => {
            let data = c.pointed((2, 1), (4, 4));
            ctx.bytes(&f::READ_BLOB, data, 0, data.len());
        }
        (cmd::IOCTL, false) => {
            let input = c.pointed((24, 4), (28, 4));
            ioctl_data(ctx, &f::IOCTL_IN, input);
            if wide::number(c.body(), 4, 4) == Some(DFS_REFERRALS) {
                text(ctx, &access::FILE, input.rest(2));
            }
            if validates(c) {
                items::show(ctx, input, layout::VALIDATES);
                list(ctx, &f::DIALECT, input, 24, wide::place(input, 22, 2));
            }
            ioctl_data(ctx, &f::IOCTL_OUT, c.pointed((36, 4), (40, 4)));
        }
        (cmd::IOCTL, true) => {
            ioctl_data(ctx, &f::IOCTL_IN, c.pointed((24, 4), (28, 4)));
            let out = c.pointed((32, 4), (36, 4));
            ioctl_data(ctx, &f::IOCTL_OUT, out);
            if validates(c) {
                items::show(ctx, out, layout::VALIDATED);
            }
        }
        (cmd::FIND, false) => {
            text(ctx, &f::FIND_PATTERN, c.pointed((24, 2), (26, 2)));
            olb(ctx, c, (24, 2), (26, 2));
        }
        (cmd::FIND, true) => {
            if let Some(asked) = asked {
                listing(ctx, c.pointed((2, 2), (4, 4)), asked.level);
            }
        }
        (cmd::NOTIFY, true) => changes(ctx, c.pointed((2, 2), (4, 4))),
        (cmd::LOCK, false) => {
            let count = wide::place(body, 2, 2).unwrap_or(0).min(CONTEXTS);
            for n in 0..count {
                let lock = body.sub(24 + n * 24, 48 + n * 24);
                put(ctx, &f::FILE_OFFSET, lock, 0, 8);
                put(ctx, &f::LOCK_LENGTH, lock, 8, 8);
                put(ctx, &f::LOCK_FLAGS, lock, 16, 4);
            }
        }
        (cmd::GET_INFO, true) => {
            if let Some(asked) = asked.filter(|a| a.class == 1) {
                file_info(ctx, c.pointed((2, 2), (4, 4)), asked.level);
            }
        }
        (cmd::SET_INFO, false) if body.u8(2) == Some(1) => {
            file_info(ctx, c.pointed((8, 2), (4, 4)), body.u8(3).unwrap_or(0));
        }
        _ => {}
    }
}

/// FSCTL_DFS_GET_REFERRALS (section 2.2.31): where else a path can be found.
const DFS_REFERRALS: u64 = 0x0006_0194;

/// FSCTL_VALIDATE_NEGOTIATE_INFO (section 2.2.31.4).
fn validates(c: &Command<'_>) -> bool {
    wide::number(c.body(), 4, 4) == Some(0x0014_0204)
}

fn ioctl_data(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    ctx.field(field, Value::None, data.all());
}

fn negotiate(ctx: &mut Ctx<'_>, c: &Command<'_>) {
    let body = c.body();
    let count = wide::place(body, 2, 2).unwrap_or(0).min(CONTEXTS);
    let newest = (0..count).any(|n| wide::number(body, 36 + n * 2, 2) == Some(0x0311));
    if newest {
        put(ctx, &f::CONTEXT_OFFSET, body, 28, 4);
        put(ctx, &f::CONTEXT_COUNT, body, 32, 2);
        ctx.bytes(&f::RESERVED, body, 34, 36);
    } else if let Some(n) = wide::number(body, 28, 8) {
        ctx.field(
            &f::BOOT_TIME,
            Value::Time(wide::time(n)),
            body.range(28, 36),
        );
    }
    for n in 0..count {
        put(ctx, &f::DIALECT, body, 36 + n * 2, 2);
    }
    if newest {
        let (at, count) = (wide::place(body, 28, 4), wide::place(body, 32, 2));
        contexts(ctx, c, at.unwrap_or(0), count.unwrap_or(0));
    }
}

/// Negotiate contexts (section 2.2.3.1), each on a place divisible by eight.
fn contexts(ctx: &mut Ctx<'_>, c: &Command<'_>, from: usize, count: usize) {
    let mut at = from;
    for _ in 0..count.min(CONTEXTS) {
        let one = c.data.rest(at);
        let Some(len) = wide::place(one, 2, 2) else {
            return;
        };
        put(ctx, &f::CONTEXT_TYPE, one, 0, 2);
        put(ctx, &f::CONTEXT_LENGTH, one, 2, 2);
        ctx.bytes(&f::RESERVED, one, 4, 8);
        let data = one.sub(8, 8 + len);
        match wide::number(one, 0, 2).unwrap_or(0) {
            1 => {
                put(ctx, &f::HASH_COUNT, data, 0, 2);
                put(ctx, &f::SALT_LENGTH, data, 2, 2);
                let end = list(ctx, &f::HASH, data, 4, wide::place(data, 0, 2));
                let salt = wide::place(data, 2, 2).unwrap_or(0);
                ctx.bytes(&f::SALT, data, end, end + salt);
            }
            2 => {
                put(ctx, &f::CIPHER_COUNT, data, 0, 2);
                list(ctx, &f::CIPHER, data, 2, wide::place(data, 0, 2));
            }
            3 => {
                put(ctx, &f::COMPRESSION_COUNT, data, 0, 2);
                put(ctx, &f::COMPRESSION_FLAGS, data, 4, 4);
                list(ctx, &f::COMPRESSION, data, 8, wide::place(data, 0, 2));
            }
            5 => text(ctx, &f::NETNAME, data),
            8 => {
                put(ctx, &f::SIGNING_COUNT, data, 0, 2);
                list(ctx, &f::SIGNING, data, 2, wide::place(data, 0, 2));
            }
            _ => {}
        }
        at = at.saturating_add(8 + len).next_multiple_of(8);
    }
}

/// Numbers of two bytes; where they end.
fn list(
    ctx: &mut Ctx<'_>,
    field: &'static Field,
    data: Data<'_>,
    from: usize,
    count: Option<usize>,
) -> usize {
    let count = count.unwrap_or(0).min(CONTEXTS);
    for n in 0..count {
        put(ctx, field, data, from + n * 2, 2);
    }
    from + count * 2
}

/// Create contexts (section 2.2.13.2): tags, and where the next one stands.
fn create_contexts(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut rest = data;
    for _ in 0..CONTEXTS {
        let Some(next) = wide::place(rest, 0, 4) else {
            return;
        };
        let (tag, len) = (wide::place(rest, 4, 2), wide::place(rest, 6, 2));
        let tag = tag.unwrap_or(0);
        let tag = rest.sub(tag, tag.saturating_add(len.unwrap_or(0)));
        put(ctx, &f::CREATE_CHAIN, rest, 0, 4);
        let word = String::from_utf8_lossy(tag.bytes);
        ctx.field(&f::TAG, Value::Text(&word), tag.all());
        put(ctx, &f::OLB_OFFSET, rest, 4, 2);
        put(ctx, &f::OLB_LENGTH, rest, 6, 2);
        put(ctx, &f::OLB_OFFSET, rest, 10, 2);
        put(ctx, &f::OLB_LENGTH, rest, 12, 4);
        let at = wide::place(rest, 10, 2).unwrap_or(0);
        let value = rest.sub(at, at.saturating_add(wide::place(rest, 12, 4).unwrap_or(0)));
        match tag.bytes {
            b"DHnQ" | b"DHnC" => {
                if let Some(id) = value.array(0) {
                    ctx.field(&f::FID, Value::Text(&wide::guid(id)), value.range(0, 16));
                }
            }
            b"AlSi" => put(ctx, &f::ALLOCATION, value, 0, 8),
            _ => {}
        }
        if next == 0 {
            return;
        }
        rest = rest.rest(next);
    }
}

/// Entries of a directory ([MS-FSCC] section 2.4).
fn listing(ctx: &mut Ctx<'_>, data: Data<'_>, level: u8) {
    let Some((items, name, length)) = layout::entry(level) else {
        return;
    };
    let mut rest = data;
    for _ in 0..ENTRIES {
        let Some(next) = wide::place(rest, 0, 4) else {
            return;
        };
        items::show(ctx, rest, items);
        if matches!(level, 3 | 37) {
            let len = usize::from(rest.u8(68).unwrap_or(0).min(24));
            if len > 0 {
                text(ctx, &f::SHORT_NAME, rest.sub(70, 70 + len));
            }
        }
        match level {
            37 => put(ctx, &f::FILE_ID, rest, 96, 8),
            38 => put(ctx, &f::FILE_ID, rest, 72, 8),
            _ => {}
        }
        let len = wide::place(rest, length, 4).unwrap_or(0);
        text(ctx, &f::FILENAME, rest.sub(name, name.saturating_add(len)));
        if next == 0 {
            return;
        }
        rest = rest.rest(next);
    }
}

/// Changes in a directory (section 2.7.1).
fn changes(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut rest = data;
    for _ in 0..ENTRIES {
        let Some(next) = wide::place(rest, 0, 4) else {
            return;
        };
        put(ctx, &f::NOTIFY_NEXT, rest, 0, 4);
        put(ctx, &f::NOTIFY_ACTION, rest, 4, 4);
        put(ctx, &f::FILENAME_LEN, rest, 8, 4);
        let len = wide::place(rest, 8, 4).unwrap_or(0);
        text(
            ctx,
            &f::FILENAME,
            rest.sub(12, 12_usize.saturating_add(len)),
        );
        if next == 0 {
            return;
        }
        rest = rest.rest(next);
    }
}

fn file_info(ctx: &mut Ctx<'_>, data: Data<'_>, level: u8) {
    items::show(ctx, data, layout::file_info(level));
    if let Some(at) = layout::info_name(level) {
        let len = wide::place(data, at - 4, 4).unwrap_or(0);
        if len > 0 {
            text(ctx, &f::FILENAME, data.sub(at, at.saturating_add(len)));
        }
    }
}
