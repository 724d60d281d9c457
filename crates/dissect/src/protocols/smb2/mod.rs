//! SMB2 and SMB3 ([MS-SMB2]): sessions, shares, files opened, read, written, listed, asked about and closed. What is
//! encrypted or compressed is named as such and not opened.

mod describe;
mod fields;
mod layout;
#[cfg(test)]
mod sample;
mod state;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::Completeness;
use crate::framed::{Framed, Part};
use crate::protocol::{Direction, Log, Protocol};
use crate::protocols::smb::access;
use crate::protocols::smb::files::{Piece, Place};
use crate::protocols::smb::items;
use crate::protocols::smb::rows::rows;
use crate::wide;
use fields as f;
use layout::cmd;
use state::State;
use weir_model::{Field, LimitKind};

static FIELDS: [&Field; f::ALL.len() + access::ALL.len()] = {
    let mut out = [&f::CMD; f::ALL.len() + access::ALL.len()];
    let mut n = 0;
    while n < out.len() {
        out[n] = if n < f::ALL.len() {
            f::ALL[n]
        } else {
            access::ALL[n - f::ALL.len()]
        };
        n += 1;
    }
    out
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "[MS-SMB2]",
    fields: &FIELDS,
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<FileAction>(), Log::of::<Mapping>()],
    files: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new(
        "smb2",
        "SMB2 (Server Message Block Protocol version 2)",
        "SMB2",
    )
};

rows!(PROTOCOL);

/// Bytes of a command's head.
const HEAD: usize = 64;
/// Commands of a message that are read.
const CHAIN: usize = 128;

/// A message that is passed by and is no one reading or writing command.
pub(super) static LONG_MESSAGE: LimitKind = LimitKind {
    id: "smb.message",
    says: "a long SMB message was more than one command with a file's bytes; what stands behind its front was not read",
    bound: 128 << 10,
    unit: "bytes",
};
static LONG_CHAIN: LimitKind = LimitKind {
    id: "smb2.chain",
    says: "a message held more commands than are read",
    bound: CHAIN as u64,
    unit: "commands",
};

/// What a message begins with.
pub(crate) fn is_mine(bytes: &[u8]) -> bool {
    matches!(bytes, [0xfc..=0xfe, b'S', b'M', b'B', ..])
}

/// A command's head, as far as it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) cmd: u16,
    pub(super) response: bool,
    /// It has an async id in the place of process and tree.
    pub(super) sync: bool,
    /// It goes on where the command before it left off.
    pub(super) related: bool,
    pub(super) status: u32,
    pub(super) next: usize,
    pub(super) id: u64,
    pub(super) tree: u32,
    pub(super) session: u64,
}

fn number32(data: Data<'_>, at: usize) -> Option<u32> {
    data.array(at).map(u32::from_le_bytes)
}

impl Head {
    fn read(data: Data<'_>) -> Option<Self> {
        if !data.bytes.starts_with(b"\xfeSMB") {
            return None;
        }
        let flags = number32(data, 16)?;
        let response = flags & 1 != 0;
        let sync = flags & 2 == 0;
        Some(Self {
            cmd: data.array(12).map(u16::from_le_bytes)?,
            response,
            sync,
            related: flags & 4 != 0,
            status: if response { number32(data, 8)? } else { 0 },
            next: wide::place(data, 20, 4)?,
            id: wide::number(data, 24, 8)?,
            tree: if sync { number32(data, 36)? } else { 0 },
            session: wide::number(data, 40, 8)?,
        })
    }

    /// Does it say only what went wrong?
    pub(super) fn failed(&self) -> bool {
        let partial = match self.cmd {
            cmd::SESSION_SETUP => self.status == status::MORE,
            cmd::READ | cmd::IOCTL | cmd::GET_INFO => self.status == status::OVERFLOW,
            cmd::NOTIFY => self.status == status::ENUM_DIR,
            _ => false,
        };
        self.response && self.status != 0 && !partial
    }
}

/// Status words that change what is read.
mod status {
    pub(super) const PENDING: u32 = 0x103;
    pub(super) const ENUM_DIR: u32 = 0x10c;
    pub(super) const OVERFLOW: u32 = 0x8000_0005;
    pub(super) const MORE: u32 = 0xc000_0016;
}

/// A command with its place.
#[derive(Clone, Copy)]
pub(super) struct Command<'a> {
    pub(super) head: Head,
    /// From its head on.
    pub(super) data: Data<'a>,
    pub(super) direction: Direction,
}

impl<'a> Command<'a> {
    /// What stands behind the head.
    pub(super) fn body(&self) -> Data<'a> {
        self.data.rest(HEAD)
    }

    /// The bytes that an offset and a length in the body point to, counted from the head.
    pub(super) fn pointed(&self, offset: (usize, usize), length: (usize, usize)) -> Data<'a> {
        let body = self.body();
        let from = wide::place(body, offset.0, offset.1).unwrap_or(0);
        let len = wide::place(body, length.0, length.1).unwrap_or(0);
        if from < HEAD {
            return self.data.sub(0, 0);
        }
        self.data.sub(from, from.saturating_add(len))
    }

    /// A handle in the body.
    pub(super) fn handle(&self, at: usize) -> Option<u128> {
        self.body().array(at).map(u128::from_be_bytes)
    }
}

/// Bytes of a file that a message longer than is kept carries, on their way.
#[derive(Clone, Copy, Debug)]
struct Passing {
    piece: Piece,
    /// Where in the message they stand.
    from: u64,
    to: u64,
    /// The message's next byte.
    next: u64,
}

/// What one connection has said.
#[derive(Clone)]
pub(crate) struct Smb2 {
    state: State,
    passing: [Option<Passing>; 2],
}

impl Smb2 {
    pub(crate) fn new() -> Self {
        Self {
            state: State::new(),
            passing: [None, None],
        }
    }

    /// A message, without what frames it: `data` stands `skip` bytes behind the message's first.
    pub(crate) fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, data: Data<'_>, skip: u64) {
        if let Some(passing) = self.passing.get_mut(m.direction.index()) {
            *passing = None;
        }
        let wanted = ctx.layer(&PROTOCOL, data.all());
        match data.u8(0) {
            Some(0xfd) => wrapped(
                ctx,
                data,
                wanted,
                layout::SEALED,
                52,
                &f::SEALED_DATA,
                "Encrypted SMB3",
            ),
            Some(0xfc) => wrapped(
                ctx,
                data,
                wanted,
                layout::PACKED,
                16,
                &f::PACKED_DATA,
                "Compressed SMB3",
            ),
            _ => return self.chain(ctx, m, data, skip, wanted),
        }
        if wanted {
            ctx.close();
        }
    }

    fn chain(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        data: Data<'_>,
        skip: u64,
        wanted: bool,
    ) {
        let mut at = 0;
        for n in 0.. {
            let rest = data.rest(at);
            let Some(head) = Head::read(rest) else {
                if n == 0 {
                    ctx.short();
                    if wanted {
                        ctx.close();
                    }
                }
                return;
            };
            let end = if head.next == 0 {
                rest.len()
            } else {
                head.next
            };
            // Asked also where nobody looks: the packet's line of protocols counts it.
            if n > 0 {
                ctx.layer_again(&PROTOCOL, rest.sub(0, end).all());
            }
            let command = Command {
                head,
                data: rest.sub(0, end),
                direction: m.direction,
            };
            if !head.related {
                self.state.chain = state::Chain::default();
            }
            let met = self.state.meet(ctx, &command);
            if wanted {
                describe::command(ctx, &self.state, &command, met.asked.as_ref());
            }
            self.state.security(ctx, &command, wanted);
            if wanted {
                ctx.close();
            }
            self.carry(ctx, m, &command, &met, skip + at as u64);
            self.state.settle(ctx, &command, &met);
            if head.next < HEAD || rest.len() <= head.next {
                return;
            }
            if n + 1 >= CHAIN {
                return ctx.limit(&LONG_CHAIN);
            }
            at += head.next;
        }
    }

    /// What it carries for somebody else: a file's bytes, a pipe's.
    fn carry(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        c: &Command<'_>,
        met: &state::Met,
        skip: u64,
    ) {
        let Some((piece, data)) = self.state.payload(c, met.asked.as_ref()) else {
            return;
        };
        if data.is_empty() {
            return;
        }
        let start = u64::from(data.start.saturating_sub(c.data.start));
        let place = Place {
            direction: m.direction,
            stream: m.offset.saturating_add(skip).saturating_add(start),
            from: m.from,
        };
        let part = Framed { data, ..*m };
        if self.state.pipe(ctx, piece, &part) {
            return;
        }
        if c.head.cmd == cmd::IOCTL {
            return;
        }
        ctx.unknown(data);
        if m.passed {
            return;
        }
        self.state.files.data(ctx, piece, data.bytes, &place);
        // What it says it carries and does not is missing from the file.
        let claimed = wide::number(c.body(), 4, 4).unwrap_or(0);
        let missing = claimed.saturating_sub(data.len() as u64);
        if missing > 0 {
            ctx.short();
            let piece = Piece {
                at: piece.at.saturating_add(data.len() as u64),
                ..piece
            };
            self.state.files.gap(ctx, piece, missing, &place);
        }
    }

    /// Bytes of a message that is longer than is kept; it stands `skip` bytes behind what frames it.
    pub(crate) fn part(&mut self, ctx: &mut Ctx<'_>, part: &Part<'_>, skip: usize) {
        let way = part.direction.index();
        let end = part.at.saturating_add(part.bytes.len() as u64);
        let mut passing = self.passing.get(way).copied().flatten();
        // Behind a loss the front is not the message's.
        let early = part.front.get(to_place(part.at)..);
        let unbroken = early.is_some_and(|e| part.bytes.starts_with(e));
        if part.at == 0 || (passing.is_none() && unbroken) {
            passing = self.plan(part, skip);
            if passing.is_none() {
                ctx.limit(&LONG_MESSAGE);
            }
            // What came before the head was whole.
            if let Some(p) = passing.filter(|p| p.from < part.at) {
                let early = part
                    .front
                    .get(to_place(p.from)..to_place(part.at.min(p.to)));
                self.deliver(ctx, &p, p.from, early.unwrap_or_default(), part);
            }
        }
        if let Some(p) = &mut passing {
            if p.next < part.at {
                let (from, to) = (p.next.max(p.from), part.at.min(p.to));
                if from < to {
                    let place = at_place(part, from);
                    self.state
                        .files
                        .gap(ctx, shifted(p, from), to - from, &place);
                }
            }
            let (from, to) = (part.at.max(p.from), end.min(p.to));
            if from < to {
                let bytes = part
                    .bytes
                    .get(to_place(from - part.at)..to_place(to - part.at));
                let p = *p;
                self.deliver(ctx, &p, from, bytes.unwrap_or_default(), part);
            }
            p.next = end;
        }
        if let Some(slot) = self.passing.get_mut(way) {
            *slot = passing;
        }
    }

    /// Which bytes of a long message are a file's: its first command tells.
    fn plan(&self, part: &Part<'_>, skip: usize) -> Option<Passing> {
        let data = Data::packet(part.front).rest(skip);
        let command = Command {
            head: Head::read(data)?,
            data,
            direction: part.direction,
        };
        let (piece, at, len) = self.state.stretch(&command)?;
        let from = skip as u64 + at;
        Some(Passing {
            piece,
            from,
            to: from.saturating_add(len),
            next: part.at,
        })
    }

    fn deliver(&mut self, ctx: &mut Ctx<'_>, p: &Passing, at: u64, bytes: &[u8], part: &Part<'_>) {
        let place = at_place(part, at);
        self.state.files.data(ctx, shifted(p, at), bytes, &place);
    }

    /// Bytes it keeps.
    pub(crate) fn held(&self) -> usize {
        self.state.files.held()
    }

    /// Bytes of a direction were lost.
    pub(crate) fn lost(&mut self, direction: Direction) {
        self.state.files.lost(direction);
    }

    /// The connection is over.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        self.state.end(ctx, how);
    }
}

/// The place of byte `at` of a message.
fn at_place(part: &Part<'_>, at: u64) -> Place {
    Place {
        direction: part.direction,
        stream: part.offset.saturating_add(at),
        from: part.from,
    }
}

fn to_place(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// The piece that begins where byte `at` of the message stands.
fn shifted(p: &Passing, at: u64) -> Piece {
    let by = at.saturating_sub(p.from);
    let at = if p.piece.at == u64::MAX {
        u64::MAX
    } else {
        p.piece.at.saturating_add(by)
    };
    Piece { at, ..p.piece }
}

/// A message whose content is not opened.
fn wrapped(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    wanted: bool,
    items: &'static [items::Item],
    head: usize,
    field: &'static Field,
    info: &str,
) {
    if data.len() < head {
        ctx.short();
    }
    if wanted {
        ctx.info(format_args!("{info}"));
        ctx.number(&f::PROTOCOL_ID, data, 0, 4);
        items::show(ctx, data, items);
        ctx.bytes(field, data, head, data.len());
    }
}
