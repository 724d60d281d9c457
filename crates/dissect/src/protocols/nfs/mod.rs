//! NFS (RFC 1094, RFC 1813): what is done to which name, and how it went. Knows the calls by their numbers, the names of
//! directory operations and the status; reads no attributes, no file's bytes, and of version 4 no operations.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::Ctx;
use crate::data::Data;
use crate::facts::MessageMeta;
use crate::facts::row::row;
use crate::protocol::{Log, Protocol};
use weir_model::{Field, Holds, Kind, Value};

static PROCEDURE_2: Field =
    Field::new("nfs.procedure_v2", Kind::Uint(32), "V2 Procedure").values(&[
        (0, "NULL"),
        (1, "GETATTR"),
        (2, "SETATTR"),
        (3, "ROOT"),
        (4, "LOOKUP"),
        (5, "READLINK"),
        (6, "READ"),
        (7, "WRITECACHE"),
        (8, "WRITE"),
        (9, "CREATE"),
        (10, "REMOVE"),
        (11, "RENAME"),
        (12, "LINK"),
        (13, "SYMLINK"),
        (14, "MKDIR"),
        (15, "RMDIR"),
        (16, "READDIR"),
        (17, "STATFS"),
    ]);
static PROCEDURE_3: Field =
    Field::new("nfs.procedure_v3", Kind::Uint(32), "V3 Procedure").values(&[
        (0, "NULL"),
        (1, "GETATTR"),
        (2, "SETATTR"),
        (3, "LOOKUP"),
        (4, "ACCESS"),
        (5, "READLINK"),
        (6, "READ"),
        (7, "WRITE"),
        (8, "CREATE"),
        (9, "MKDIR"),
        (10, "SYMLINK"),
        (11, "MKNOD"),
        (12, "REMOVE"),
        (13, "RMDIR"),
        (14, "RENAME"),
        (15, "LINK"),
        (16, "READDIR"),
        (17, "READDIRPLUS"),
        (18, "FSSTAT"),
        (19, "FSINFO"),
        (20, "PATHCONF"),
        (21, "COMMIT"),
    ]);
static PROCEDURE_4: Field = Field::new("nfs.procedure_v4", Kind::Uint(32), "V4 Procedure")
    .values(&[(0, "NULL"), (1, "COMPOUND")]);
static NAME: Field = Field::new("nfs.name", Kind::Text, "Name").holds(Holds::Name);
static STATUS_2: Field = Field::new("nfs.status2", Kind::Uint(32), "Status").values(STATUS);
static STATUS_3: Field = Field::new("nfs.status3", Kind::Uint(32), "Status").values(STATUS);

/// RFC 1813 section 2.6; version 2 has the same numbers.
static STATUS: &[(u64, &str)] = &[
    (0, "OK"),
    (1, "not owner"),
    (2, "no such file or directory"),
    (5, "I/O error"),
    (6, "no such device"),
    (13, "permission denied"),
    (17, "file exists"),
    (18, "between two devices"),
    (19, "no such device"),
    (20, "not a directory"),
    (21, "is a directory"),
    (22, "invalid argument"),
    (27, "file too large"),
    (28, "no space left"),
    (30, "read-only file system"),
    (31, "too many links"),
    (63, "name too long"),
    (66, "directory not empty"),
    (69, "quota exceeded"),
    (70, "stale file handle"),
    (71, "too many levels of remote"),
    (10_001, "illegal file handle"),
    (10_002, "update out of step"),
    (10_003, "stale cookie"),
    (10_004, "not supported"),
    (10_005, "buffer too small"),
    (10_006, "server fault"),
    (10_007, "type not supported"),
    (10_008, "try again later"),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1813",
    fields: &[
        &PROCEDURE_2,
        &PROCEDURE_3,
        &PROCEDURE_4,
        &NAME,
        &STATUS_2,
        &STATUS_3,
    ],
    logs: &[Log::of::<Access>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("nfs", "Network File System", "NFS")
};

row! {
    /// A call and how it went.
    pub struct Access of PROTOCOL {
        version: u32 = "2, 3 or 4",
        procedure: &'static str = "What is done",
        name: Box<str> = "To what, in the directory whose handle is given; of a renaming the old name",
        new_name: Box<str> = "The new name",
        status: Option<u32> = "How it went; 0 is good",
    }
    |a| format!("{} {} {}", a.procedure, a.name, a.new_name)
}

/// The program's number.
pub(crate) const PROGRAM: u32 = 100_003;
/// Bytes of a name that a row keeps (RFC 1094 section 2.3.6 has 255).
const LONGEST: usize = 255;
/// Bytes of a handle of version 2, which is as long always.
const HANDLE: usize = 32;

/// What stands before the names of a call's arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Names {
    None,
    /// A directory and a name in it.
    One,
    /// That twice: the old and the new.
    Two,
    /// A file, then a directory and a name in it.
    Linked,
}

fn names(version: u32, procedure: u32) -> Names {
    match (version, procedure) {
        (2, 4 | 9 | 10 | 13 | 14 | 15) | (3, 3 | 8..=13) => Names::One,
        (2, 11) | (3, 14) => Names::Two,
        (2, 12) | (3, 15) => Names::Linked,
        _ => Names::None,
    }
}

fn procedures(version: u32) -> Option<&'static Field> {
    match version {
        2 => Some(&PROCEDURE_2),
        3 => Some(&PROCEDURE_3),
        4 => Some(&PROCEDURE_4),
        _ => None,
    }
}

/// What stands behind an opaque of variable length at `at`, and where in it its bytes are (RFC 4506 section 4.10).
fn opaque(data: Data<'_>, at: usize) -> Option<(usize, usize, usize)> {
    let len = usize::try_from(data.u32(at)?).ok()?;
    let (from, to) = (at + 4, at.checked_add(4)?.checked_add(len)?);
    (to <= data.len()).then_some((from, to, to.checked_next_multiple_of(4)?))
}

fn handle(data: Data<'_>, version: u32, at: usize) -> Option<usize> {
    if version == 2 {
        return (at + HANDLE <= data.len()).then_some(at + HANDLE);
    }
    opaque(data, at).map(|o| o.2)
}

fn cut(text: &str) -> Box<str> {
    text.get(..text.floor_char_boundary(LONGEST))
        .unwrap_or(text)
        .into()
}

/// The arguments of a call; the place of its row.
pub(crate) fn call(
    ctx: &mut Ctx<'_>,
    (version, procedure): (u32, u32),
    data: Data<'_>,
    meta: MessageMeta,
) -> Option<u32> {
    let wanted = begin(ctx, (version, procedure), data);
    let word = procedures(version).and_then(|f| f.word(procedure.into()));
    let word = word.unwrap_or("unknown");
    let kind = names(version, procedure);
    let mut found = [Box::default(), Box::default()];
    let mut at = match kind {
        Names::Linked => handle(data, version, 0),
        _ => Some(0),
    };
    let wants = match kind {
        Names::None => 0,
        Names::One | Names::Linked => 1,
        Names::Two => 2,
    };
    for name in found.iter_mut().take(wants) {
        let place = at
            .and_then(|a| handle(data, version, a))
            .and_then(|a| opaque(data, a));
        let Some((from, to, next)) = place else {
            ctx.short();
            break;
        };
        let text = String::from_utf8_lossy(data.sub(from, to).bytes);
        if wanted {
            ctx.field(&NAME, Value::Text(&text), data.range(from, to));
        }
        *name = cut(&text);
        at = Some(next);
    }
    let [name, new_name] = found;
    if wanted {
        ctx.info(format_args!("V{version} {word} Call {name} {new_name}"));
        ctx.close();
    }
    ctx.emit(Access {
        meta,
        version,
        procedure: word,
        name,
        new_name,
        status: None,
    })
}

/// What came back to the call whose row is at `row`.
pub(crate) fn reply(
    ctx: &mut Ctx<'_>,
    (version, procedure): (u32, u32),
    data: Data<'_>,
    row: Option<u32>,
) {
    let wanted = begin(ctx, (version, procedure), data);
    let field = match version {
        2 => Some(&STATUS_2),
        3 => Some(&STATUS_3),
        _ => None,
    };
    // NULL has no result.
    let status = data.u32(0).filter(|_| procedure > 0);
    if wanted {
        if let (Some(field), Some(_)) = (field, status) {
            ctx.number(field, data, 0, 4);
        }
        let word = procedures(version).and_then(|f| f.word(procedure.into()));
        ctx.info(format_args!(
            "V{version} {} Reply",
            word.unwrap_or("unknown")
        ));
        ctx.close();
    }
    let at = (ctx.meta.packet, ctx.meta.time);
    ctx.update::<Access>(row, |a| {
        a.status = a.status.or(status);
        (a.meta.last, a.meta.end) = at;
    });
}

fn begin(ctx: &mut Ctx<'_>, (version, procedure): (u32, u32), data: Data<'_>) -> bool {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    if wanted && let Some(field) = procedures(version) {
        ctx.computed(field, Value::Uint(procedure.into()));
    }
    wanted
}
