//! What a connection of SMB1 has said: who waits for an answer, which shares and files there are; each message read
//! with it.

use super::describe;
use super::files::{Files, Open, Piece, Place, What};
use super::layout::cmd;
use super::message::{Command, Head, Texts, commands};
use super::rows::action;
use super::{FileAction, Mapping, PROTOCOL};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Completeness, LinkKind};
use crate::framed::Framed;
use crate::protocol::Direction;
use crate::protocols::dcerpc::Pipe;
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::Exchange;
use crate::wide;
use std::collections::VecDeque;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Requests without an answer that are kept.
const PENDING: usize = 256;
/// Shares that are kept.
const TREES: usize = 256;
/// Log-ons under way that are kept.
const LOGINS: usize = 16;
/// Bytes of a name that are kept.
const NAME: usize = 1024;

static MANY_PENDING: LimitKind = LimitKind {
    id: "smb.pending",
    says: "more SMB requests of one connection waited for an answer than are kept",
    bound: PENDING as u64,
    unit: "requests",
};
static MANY_TREES: LimitKind = LimitKind {
    id: "smb.trees",
    says: "more shares of one connection were connected than are remembered",
    bound: TREES as u64,
    unit: "shares",
};

/// A request that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    whose: (u16, u16),
    cmd: u8,
    /// The share it connects.
    share: Box<str>,
    /// The file it opens, or is to be called from now on.
    pub(super) name: Box<str>,
    before: Box<str>,
    pub(super) handle: Option<u16>,
    /// Offset in the file.
    pub(super) at: u64,
    /// Bytes it wants.
    pub(super) len: u32,
    /// Subcommand of a transaction.
    pub(super) sub: u16,
    /// It is a transaction of a named pipe.
    pub(super) of_pipe: bool,
    from: (PacketRef, Timestamp),
    direction: Direction,
    pub(super) came: (PacketRef, Timestamp),
}

#[derive(Clone, Debug)]
struct Tree {
    id: u16,
    path: Box<str>,
    pipe: bool,
}

/// One connection, or the messages of one host's datagrams.
#[derive(Clone)]
pub(crate) struct Smb {
    pending: VecDeque<Asked>,
    trees: Vec<Tree>,
    files: Files,
    logins: Vec<(u16, Exchange)>,
}

fn kept(text: &str) -> Box<str> {
    wide::cut(text, NAME).into()
}

/// Files by a number of two bytes.
fn id(handle: u16) -> u128 {
    handle.into()
}

impl Smb {
    pub(crate) fn new() -> Self {
        Self {
            pending: VecDeque::new(),
            trees: Vec::new(),
            files: Files::new(&PROTOCOL),
            logins: Vec::new(),
        }
    }

    pub(super) fn path(&self, tree: u16) -> Option<&str> {
        self.trees
            .iter()
            .rev()
            .find(|t| t.id == tree)
            .map(|t| &*t.path)
    }

    pub(super) fn file(&mut self, handle: u16) -> Option<&str> {
        self.files
            .get(id(handle))
            .map(|o| &*o.name)
            .filter(|n| !n.is_empty())
    }

    /// A message, without what frames it: `data` stands `skip` bytes behind the message's first.
    pub(crate) fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, data: Data<'_>, skip: u64) {
        let wanted = ctx.layer(&PROTOCOL, data.all());
        let Some(head) = Head::read(data) else {
            if wanted {
                ctx.close();
            }
            return ctx.short();
        };
        let list: Vec<Command<'_>> = commands(data, head).collect();
        let asked = self.meet(ctx, m, &head, &list);
        // What it changes at once the answer itself shows.
        let connects = list.iter().find(|c| c.cmd == cmd::TREE_CONNECT);
        if head.response
            && !head.failed()
            && let (Some(asked), Some(c)) = (&asked, connects)
        {
            self.connect(ctx, c, asked);
        }
        if wanted {
            describe::head(ctx, self, data, &head, asked.as_ref());
        }
        for c in &list {
            if wanted {
                describe::command(ctx, self, c, asked.as_ref());
            }
            self.security(ctx, c, wanted);
        }
        if list.is_empty() {
            ctx.short();
        }
        if wanted {
            ctx.close();
        }
        let mut carried = false;
        for c in &list {
            // A chain has one command that carries bytes; what another one points at is not a second file.
            if carried && c.payload().is_some_and(|d| !d.is_empty()) {
                ctx.short();
            } else {
                carried |= c.payload().is_some_and(|d| !d.is_empty());
                self.carry(ctx, m, c, asked.as_ref(), skip);
            }
            self.settle(ctx, c, asked.as_ref());
        }
    }

    /// Notes a request; finds the one that is answered.
    fn meet(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        head: &Head,
        list: &[Command<'_>],
    ) -> Option<Asked> {
        if head.response {
            let place = self
                .pending
                .iter()
                .position(|a| a.whose == head.whose && a.cmd == head.cmd);
            let asked = place.and_then(|n| self.pending.remove(n))?;
            ctx.link(LinkKind::Answer, asked.came.0, ctx.meta.packet, key(head));
            return Some(asked);
        }
        let mut asked = Asked {
            whose: head.whose,
            cmd: head.cmd,
            share: Box::default(),
            name: Box::default(),
            before: Box::default(),
            handle: None,
            at: 0,
            len: 0,
            sub: 0,
            of_pipe: false,
            from: m.from,
            direction: m.direction,
            came: (ctx.meta.packet, ctx.meta.time),
        };
        for c in list {
            self.ask(c, &mut asked);
        }
        if self.pending.len() >= PENDING {
            ctx.limit(&MANY_PENDING);
            self.pending.pop_front();
        }
        self.pending.push_back(asked);
        None
    }

    fn ask(&self, c: &Command<'_>, asked: &mut Asked) {
        if let Some(handle) = c.handle() {
            asked.handle = Some(handle);
        }
        match c.cmd {
            cmd::TREE_CONNECT => {
                let skip = usize::from(c.word(6).unwrap_or(0));
                asked.share = kept(&c.texts(skip).next().map(|t| t.0).unwrap_or_default());
            }
            cmd::NT_CREATE | cmd::OPEN => {
                asked.name = kept(&c.texts(0).next().map(|t| t.0).unwrap_or_default());
            }
            cmd::READ | cmd::READ_CORE => {
                asked.at = c.place();
                asked.len = describe::length(c);
            }
            cmd::WRITE | cmd::WRITE_CORE => {
                asked.at = c.place();
                asked.len = describe::length(c);
            }
            cmd::DELETE | cmd::RENAME => {
                let mut texts = c.texts(1);
                let first = texts.next().map(|t| t.0).unwrap_or_default();
                asked.name = kept(&first);
                if c.cmd == cmd::RENAME {
                    // Between the names stands a format.
                    let at = texts.at() + 1;
                    let mut texts = Texts::new(c.all, at, c.head.unicode);
                    asked.before = asked.name.clone();
                    asked.name = kept(&texts.next().map(|t| t.0).unwrap_or_default());
                }
            }
            cmd::TRANS => asked.of_pipe = c.of_pipe(),
            cmd::TRANS2 => {
                asked.sub = c.word(28).unwrap_or(0);
                // QUERY_PATH_INFORMATION and its counterpart.
                if matches!(asked.sub, 5 | 6) {
                    asked.name = kept(&c.path(6).unwrap_or_default());
                }
            }
            cmd::NT_TRANS => asked.sub = c.word(36).unwrap_or(0),
            _ => {}
        }
    }

    fn connect(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, asked: &Asked) {
        let mut texts = c.texts(0);
        let service = texts.narrow().map(|t| t.0).unwrap_or_default();
        let system = texts.next().map(|t| t.0).unwrap_or_default();
        let pipe = service == "IPC";
        if self.trees.len() >= TREES {
            ctx.limit(&MANY_TREES);
            self.trees.remove(0);
        }
        self.trees.retain(|t| t.id != c.head.tree);
        self.trees.push(Tree {
            id: c.head.tree,
            path: asked.share.clone(),
            pipe,
        });
        ctx.emit(Mapping {
            meta: ctx.message(asked.direction, asked.from),
            path: asked.share.clone(),
            share_type: match &*service {
                "IPC" => "PIPE",
                "LPT1:" => "PRINT",
                _ => "DISK",
            },
            service: kept(&service),
            native_file_system: kept(&system),
        });
    }

    /// The security blob of a command, and what it leads to.
    fn security(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, wanted: bool) {
        let blob = match (c.cmd, c.head.response, c.count) {
            (cmd::NEGOTIATE, true, 17) if c.long(19).unwrap_or(0) & 0x8000_0000 != 0 => {
                c.bytes.rest(16)
            }
            (cmd::SESSION_SETUP, false, 12) => c.bytes.sub(0, c.word(14).unwrap_or(0).into()),
            (cmd::SESSION_SETUP, true, 4) => c.bytes.sub(0, c.word(6).unwrap_or(0).into()),
            (cmd::SESSION_SETUP, true, _) => c.bytes.sub(0, 0),
            _ => return,
        };
        let user = c.head.user;
        let place = self.logins.iter().position(|(u, _)| *u == user);
        let mut exchange = place.map(|n| self.logins.remove(n).1).unwrap_or_default();
        if wanted && !blob.is_empty() {
            describe::blob(ctx, blob, |ctx| gss_api::blob(ctx, blob, &mut exchange));
        } else {
            gss_api::blob(ctx, blob, &mut exchange);
        }
        if c.cmd != cmd::SESSION_SETUP {
            return;
        }
        if c.head.response && (c.head.status == 0 || c.head.failed()) {
            return exchange.finish(ctx, Some(c.head.status == 0));
        }
        if self.logins.len() >= LOGINS {
            self.logins.remove(0);
        }
        self.logins.push((user, exchange));
    }

    /// What it carries for somebody else: a file's bytes, a pipe's.
    fn carry(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        c: &Command<'_>,
        asked: Option<&Asked>,
        skip: u64,
    ) {
        let sent = !c.head.response;
        if c.head.failed() {
            return;
        }
        let handle = c.handle().filter(|_| sent).or_else(|| asked?.handle);
        let Some(handle) = handle else {
            return;
        };
        let data = match c.cmd {
            cmd::TRANS => c.transaction().1,
            _ => c.payload().unwrap_or(c.all.sub(0, 0)),
        };
        if data.is_empty() {
            return;
        }
        let part = Framed { data, ..*m };
        if c.cmd == cmd::TRANS {
            self.pipe(ctx, handle, c.head.tree, &part, true);
            return;
        }
        if self.pipe(ctx, handle, c.head.tree, &part, false) {
            return;
        }
        let at = if sent {
            c.place()
        } else {
            asked.map_or(0, |a| a.at)
        };
        ctx.unknown(data);
        let start = u64::from(data.start.saturating_sub(c.all.start));
        let place = Place {
            direction: m.direction,
            stream: m.offset.saturating_add(skip).saturating_add(start),
            from: m.from,
        };
        let piece = Piece {
            id: id(handle),
            sent,
            at,
        };
        if !m.passed {
            self.files.data(ctx, piece, data.bytes, &place);
        }
        self.tell_use(ctx, handle, sent);
    }

    /// Hands a pipe's bytes on; `true` where they were a pipe's.
    fn pipe(
        &mut self,
        ctx: &mut Ctx<'_>,
        handle: u16,
        tree: u16,
        m: &Framed<'_>,
        sure: bool,
    ) -> bool {
        let in_pipes = self.trees.iter().any(|t| t.id == tree && t.pipe);
        let Some(open) = self.files.known(ctx, id(handle)) else {
            return false;
        };
        let unknown = open.asked.is_none() && open.told == [false; 2];
        let begins = Pipe::begins(m.data.bytes);
        if open.what != What::Pipe && !(sure || in_pipes || (unknown && begins)) {
            return false;
        }
        open.what = What::Pipe;
        let mut pipe = open.pipe.take().unwrap_or_default();
        let read = pipe.read(ctx, m);
        if let Some(open) = self.files.get(id(handle)) {
            open.pipe = Some(pipe);
        }
        if !read {
            ctx.unknown(m.data);
        }
        true
    }

    /// What a command changes, once everything it carries was read.
    fn settle(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
        if !c.head.response || c.head.failed() {
            return;
        }
        match (c.cmd, asked) {
            (cmd::NT_CREATE | cmd::OPEN, _) => self.opened(ctx, c, asked),
            (cmd::CLOSE, Some(asked)) => {
                if let Some(handle) = asked.handle {
                    self.files.close(ctx, id(handle), Completeness::Complete);
                }
            }
            (cmd::TREE_DISCONNECT, _) => self.files.close_tree(ctx, c.head.tree.into()),
            (cmd::LOGOFF, _) => self.files.end(ctx, Completeness::Complete),
            (cmd::DELETE | cmd::RENAME, Some(asked)) => {
                let word = if c.cmd == cmd::DELETE {
                    action::DELETE
                } else {
                    action::RENAME
                };
                let open = Open {
                    name: asked.name.clone(),
                    share: self.path(c.head.tree).unwrap_or_default().into(),
                    ..Open::default()
                };
                tell(ctx, &open, word, Some(asked), &asked.before);
            }
            _ => {}
        }
    }

    fn opened(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
        let nt = c.cmd == cmd::NT_CREATE;
        let Some(handle) = c.word(if nt { 5 } else { 4 }) else {
            return;
        };
        let time = |at| wide::time(wide::number(c.words, at, 8).unwrap_or(0));
        let kind = c.word(if nt { 63 } else { 18 }).unwrap_or(0);
        let in_pipes = self.trees.iter().any(|t| t.id == c.head.tree && t.pipe);
        let pipe = in_pipes || matches!(kind, 1 | 2);
        let open = Open {
            id: id(handle),
            tree: c.head.tree.into(),
            what: if pipe { What::Pipe } else { What::File },
            name: asked.map(|a| a.name.clone()).unwrap_or_default(),
            share: self.path(c.head.tree).unwrap_or_default().into(),
            size: if nt {
                wide::number(c.words, 55, 8)
            } else {
                wide::number(c.words, 12, 4)
            },
            times: if nt {
                [time(11), time(19), time(27), time(35)]
            } else {
                [Timestamp::default(); 4]
            },
            asked: asked.map(|a| a.from),
            told: [false; 2],
            pipe: None,
        };
        if let Some(asked) = asked {
            let word = if pipe {
                action::PIPE_OPEN
            } else {
                action::OPEN
            };
            tell(ctx, &open, word, Some(asked), "");
        }
        self.files.add(ctx, open);
    }

    /// A file's first reading or writing is told.
    fn tell_use(&mut self, ctx: &mut Ctx<'_>, handle: u16, write: bool) {
        let Some(open) = self.files.get(id(handle)) else {
            return;
        };
        let Some(told) = open.told.get_mut(usize::from(write)) else {
            return;
        };
        if !std::mem::replace(told, true) {
            let word = if write { action::WRITE } else { action::READ };
            tell(ctx, open, word, None, "");
        }
    }

    /// Bytes it keeps.
    pub(crate) fn held(&self) -> usize {
        self.files.held()
    }

    /// Bytes of a direction were lost.
    pub(crate) fn lost(&mut self, direction: Direction) {
        self.files.lost(direction);
    }

    /// The connection is over.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        self.files.end(ctx, how);
        for (_, mut exchange) in std::mem::take(&mut self.logins) {
            exchange.finish(ctx, None);
        }
    }
}

/// What tells an answer's packet from others.
pub(super) fn key(head: &Head) -> u32 {
    u32::from(head.whose.0) << 16 | u32::from(head.whose.1)
}

fn tell(ctx: &mut Ctx<'_>, open: &Open, action: &'static str, asked: Option<&Asked>, before: &str) {
    let meta = match asked {
        Some(a) => ctx.message(a.direction, a.from),
        None => ctx.whole_message(),
    };
    ctx.emit(FileAction {
        meta,
        action,
        path: open.share.clone(),
        name: open.name.clone(),
        size: open.size,
        prev_name: before.into(),
        times: open.times,
    });
}
