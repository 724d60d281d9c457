//! What a connection has said so far: who waits for an answer, which sessions, trees and handles there are.

use super::layout::cmd;
use super::{Command, FileAction, Mapping, PROTOCOL, status};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Completeness, LinkKind};
use crate::framed::Framed;
use crate::protocol::Direction;
use crate::protocols::dcerpc::Pipe;
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::Exchange;
use crate::protocols::smb::files::{Files, Open, Piece, What};
use crate::protocols::smb::rows::action;
use crate::wide;
use std::collections::VecDeque;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Requests without an answer that are kept.
const PENDING: usize = 1024;
/// Trees that are kept.
const TREES: usize = 256;
/// Sessions, and log-ons under way, that are kept.
const SESSIONS: usize = 64;
/// Bytes of a name that are kept.
const NAME: usize = 1024;

static MANY_PENDING: LimitKind = LimitKind {
    id: "smb2.pending",
    says: "more SMB2 requests of one connection waited for an answer than are kept",
    bound: PENDING as u64,
    unit: "requests",
};
static MANY_TREES: LimitKind = LimitKind {
    id: "smb2.trees",
    says: "more shares of one connection were connected than are remembered",
    bound: TREES as u64,
    unit: "shares",
};
static MANY_SESSIONS: LimitKind = LimitKind {
    id: "smb2.sessions",
    says: "more sessions of one connection were set up than are remembered",
    bound: SESSIONS as u64,
    unit: "sessions",
};

/// A handle that stands for the one opened just before in the same message.
const SAME: u128 = u128::MAX;

/// A request that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    id: u64,
    cmd: u16,
    session: u64,
    tree: u32,
    handle: u128,
    /// Offset in the file.
    at: u64,
    /// Class and level of what is asked about, or how a directory is listed.
    pub(super) class: u8,
    pub(super) level: u8,
    /// The name to open, to rename to or to connect.
    name: Box<str>,
    /// What it sets: the size.
    size: Option<u64>,
    /// What it sets: to be deleted.
    delete: bool,
    /// Its first byte, for rows.
    from: (PacketRef, Timestamp),
    direction: Direction,
    /// Its last byte.
    pub(super) came: (PacketRef, Timestamp),
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    session: u64,
    id: u32,
    pub(super) path: Box<str>,
    pub(super) kind: u8,
    pub(super) connected: PacketRef,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    id: u64,
    pub(super) accepted: PacketRef,
}

/// What the commands of one message hand on to the next one.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Chain {
    handle: Option<u128>,
    tree: Option<u32>,
    session: Option<u64>,
}

/// A command met what was known before.
pub(super) struct Met {
    /// The request it answers.
    pub(super) asked: Option<Asked>,
}

#[derive(Clone)]
pub(super) struct State {
    pending: VecDeque<Asked>,
    trees: Vec<Tree>,
    sessions: Vec<Session>,
    logins: Vec<(u64, Exchange)>,
    pub(super) files: Files,
    pub(super) chain: Chain,
}

fn text(data: Data<'_>) -> Box<str> {
    wide::cut(&wide::text(data.bytes), NAME).into()
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            pending: VecDeque::new(),
            trees: Vec::new(),
            sessions: Vec::new(),
            logins: Vec::new(),
            files: Files::new(&PROTOCOL),
            chain: Chain::default(),
        }
    }

    pub(super) fn tree(&self, session: u64, id: u32) -> Option<&Tree> {
        self.trees
            .iter()
            .rev()
            .find(|t| t.session == session && t.id == id)
    }

    pub(super) fn session(&self, id: u64) -> Option<&Session> {
        self.sessions.iter().rev().find(|s| s.id == id)
    }

    /// The tree a command is about: it may say that it is the one of the command before it.
    fn tree_of(&self, c: &Command<'_>) -> (u64, u32) {
        let session = self
            .chain
            .session
            .filter(|_| c.head.related && c.head.session == u64::MAX);
        let tree = self
            .chain
            .tree
            .filter(|_| c.head.related && c.head.tree == u32::MAX);
        (
            session.unwrap_or(c.head.session),
            tree.unwrap_or(c.head.tree),
        )
    }

    /// Notes a request; finds the one that is answered. What an answer changes at once is changed, so that the answer
    /// itself shows it.
    pub(super) fn meet(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>) -> Met {
        if !c.head.response {
            self.ask(ctx, c);
            return Met { asked: None };
        }
        let place = self
            .pending
            .iter()
            .position(|a| a.id == c.head.id && a.cmd == c.head.cmd);
        let waits = c.head.status == status::PENDING && !c.head.sync;
        let asked = match place {
            Some(n) if waits => self.pending.get(n).cloned().filter(|_| false),
            Some(n) => self.pending.remove(n),
            None => None,
        };
        if let Some(asked) = &asked {
            let key = u32::try_from(asked.id & 0xffff_ffff).unwrap_or(0);
            ctx.link(LinkKind::Answer, asked.came.0, ctx.meta.packet, key);
            if c.head.cmd == cmd::TREE_CONNECT && c.head.status == 0 {
                self.connect(ctx, c, asked);
            }
        }
        Met { asked }
    }

    fn ask(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>) {
        if c.head.cmd == cmd::CANCEL {
            return;
        }
        let (session, tree) = self.tree_of(c);
        let body = c.body();
        let mut asked = Asked {
            id: c.head.id,
            cmd: c.head.cmd,
            session,
            tree,
            handle: self.handle(c).unwrap_or(0),
            at: 0,
            class: 0,
            level: 0,
            name: Box::default(),
            size: None,
            delete: false,
            from: (ctx.meta.packet, ctx.meta.time),
            direction: c.direction,
            came: (ctx.meta.packet, ctx.meta.time),
        };
        match c.head.cmd {
            cmd::TREE_CONNECT => asked.name = text(c.pointed((4, 2), (6, 2))),
            cmd::CREATE => {
                asked.name = text(c.pointed((44, 2), (46, 2)));
                asked.handle = SAME;
            }
            cmd::READ | cmd::WRITE => asked.at = wide::number(body, 8, 8).unwrap_or(0),
            cmd::FIND => asked.level = body.u8(2).unwrap_or(0),
            cmd::GET_INFO | cmd::SET_INFO => {
                asked.class = body.u8(2).unwrap_or(0);
                asked.level = body.u8(3).unwrap_or(0);
            }
            _ => {}
        }
        if c.head.cmd == cmd::SET_INFO && asked.class == 1 {
            let info = c.pointed((8, 2), (4, 4));
            match asked.level {
                10 => {
                    let len = wide::place(info, 16, 4).unwrap_or(0);
                    asked.name = text(info.sub(20, 20_usize.saturating_add(len)));
                }
                13 => asked.delete = info.u8(0) == Some(1),
                20 => asked.size = wide::number(info, 0, 8),
                _ => {}
            }
        }
        self.chain = Chain {
            handle: Some(asked.handle),
            tree: Some(tree),
            session: Some(session),
        };
        if self.pending.len() >= PENDING {
            ctx.limit(&MANY_PENDING);
            self.pending.pop_front();
        }
        self.pending.push_back(asked);
    }

    /// The handle that a request is about.
    fn handle(&self, c: &Command<'_>) -> Option<u128> {
        let at = match c.head.cmd {
            cmd::READ | cmd::WRITE | cmd::SET_INFO => 16,
            cmd::GET_INFO => 24,
            cmd::CLOSE | 7 | cmd::LOCK | cmd::IOCTL | cmd::FIND | cmd::NOTIFY => 8,
            _ => return None,
        };
        c.handle(at)
    }

    fn connect(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, asked: &Asked) {
        let kind = c.body().u8(2).unwrap_or(0);
        if self.trees.len() >= TREES {
            ctx.limit(&MANY_TREES);
            self.trees.remove(0);
        }
        self.trees
            .retain(|t| (t.session, t.id) != (c.head.session, c.head.tree));
        self.trees.push(Tree {
            session: c.head.session,
            id: c.head.tree,
            path: asked.name.clone(),
            kind,
            connected: ctx.meta.packet,
        });
        let mut meta = ctx.message(asked.direction, asked.from);
        meta.last = ctx.meta.packet;
        ctx.emit(Mapping {
            meta,
            path: asked.name.clone(),
            service: Box::default(),
            native_file_system: Box::default(),
            share_type: match kind {
                2 => "PIPE",
                3 => "PRINT",
                _ => "DISK",
            },
        });
    }

    /// The security blob of a command, and what it leads to.
    pub(super) fn security(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, wanted: bool) {
        let blob = match (c.head.cmd, c.head.response) {
            _ if c.head.failed() && c.head.cmd != cmd::SESSION_SETUP => return,
            (cmd::NEGOTIATE, true) => c.pointed((56, 2), (58, 2)),
            (cmd::SESSION_SETUP, false) => c.pointed((12, 2), (14, 2)),
            (cmd::SESSION_SETUP, true) if !c.head.failed() => c.pointed((4, 2), (6, 2)),
            (cmd::SESSION_SETUP, true) => c.data.sub(0, 0),
            _ => return,
        };
        let id = c.head.session;
        let place = self.logins.iter().position(|(s, _)| *s == id);
        let mut exchange = place.map(|n| self.logins.remove(n).1).unwrap_or_default();
        if wanted && !blob.is_empty() {
            super::describe::blob(ctx, blob, |ctx| gss_api::blob(ctx, blob, &mut exchange));
        } else {
            gss_api::blob(ctx, blob, &mut exchange);
        }
        if c.head.cmd != cmd::SESSION_SETUP {
            return;
        }
        if c.head.response && c.head.status != status::MORE {
            let accepted = c.head.status == 0;
            if accepted {
                self.accept(ctx, id);
            }
            exchange.finish(ctx, Some(accepted));
            return;
        }
        if self.logins.len() >= SESSIONS {
            ctx.limit(&MANY_SESSIONS);
            self.logins.remove(0);
        }
        self.logins.push((id, exchange));
    }

    fn accept(&mut self, ctx: &mut Ctx<'_>, id: u64) {
        self.sessions.retain(|s| s.id != id);
        if self.sessions.len() >= SESSIONS {
            ctx.limit(&MANY_SESSIONS);
            self.sessions.remove(0);
        }
        self.sessions.push(Session {
            id,
            accepted: ctx.meta.packet,
        });
    }

    /// The bytes that a command carries for a file or a pipe.
    pub(super) fn payload<'a>(
        &self,
        c: &Command<'a>,
        asked: Option<&Asked>,
    ) -> Option<(Piece, Data<'a>)> {
        if c.head.failed() {
            return None;
        }
        let handle = match asked {
            Some(a) if a.handle == SAME => self.chain.handle?,
            Some(a) => a.handle,
            None => 0,
        };
        let piece = |id, sent, at| Piece { id, sent, at };
        Some(match (c.head.cmd, c.head.response) {
            (cmd::WRITE, false) => {
                let at = wide::number(c.body(), 8, 8)?;
                // The file that the message before it opens is not named yet: the bytes stand alone.
                let id = match c.handle(16)? {
                    SAME => SAME ^ u128::from(c.head.id),
                    id => id,
                };
                (piece(id, true, at), c.pointed((2, 2), (4, 4)))
            }
            (cmd::READ, true) => (piece(handle, false, asked?.at), c.pointed((2, 1), (4, 4))),
            (cmd::IOCTL, response) => {
                let function = wide::number(c.body(), 4, 4)?;
                let data = if response {
                    c.pointed((32, 4), (36, 4))
                } else {
                    c.pointed((24, 4), (28, 4))
                };
                // Some servers write another handle into the answer.
                let id = match asked {
                    Some(_) if response => handle,
                    _ => c.handle(8)?,
                };
                // FSCTL_PIPE_TRANSCEIVE.
                (
                    piece(id, !response, 0),
                    if function == 0x0011_c017 {
                        data
                    } else {
                        c.data.sub(0, 0)
                    },
                )
            }
            _ => return None,
        })
    }

    /// As [`State::payload`], of a command that is there with its front only: where in it the bytes begin, and how
    /// many they are.
    pub(super) fn stretch(&self, c: &Command<'_>) -> Option<(Piece, u64, u64)> {
        let asked = self
            .pending
            .iter()
            .find(|a| a.id == c.head.id && a.cmd == c.head.cmd);
        if c.body().len() < 32 && !c.head.response {
            return None;
        }
        let (piece, _) = self.payload(c, asked)?;
        let from = match c.head.cmd {
            cmd::WRITE => wide::number(c.body(), 2, 2)?,
            cmd::READ => wide::number(c.body(), 2, 1)?,
            _ => return None,
        };
        (from >= super::HEAD as u64).then_some(())?;
        Some((piece, from, wide::number(c.body(), 4, 4)?))
    }

    /// Hands a pipe's bytes on; `true` where they were a pipe's.
    pub(super) fn pipe(&mut self, ctx: &mut Ctx<'_>, piece: Piece, m: &Framed<'_>) -> bool {
        let Some(open) = self.files.known(ctx, piece.id) else {
            return false;
        };
        // What was opened before the capture is told by what it carries.
        let unknown = open.asked.is_none() && open.told == [false; 2];
        if open.what != What::Pipe && !(unknown && Pipe::begins(m.data.bytes)) {
            return false;
        }
        open.what = What::Pipe;
        let mut pipe = open.pipe.take().unwrap_or_default();
        let read = pipe.read(ctx, m);
        if let Some(open) = self.files.get(piece.id) {
            open.pipe = Some(pipe);
        }
        if !read && !m.data.is_empty() {
            ctx.unknown(m.data);
        }
        true
    }

    /// What a command changes, once everything it carries was read.
    pub(super) fn settle(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, met: &Met) {
        if !c.head.response {
            if c.head.cmd == cmd::WRITE
                && let Some(id) = c.handle(16)
            {
                self.tell_use(ctx, id, true);
            }
            return;
        }
        if c.head.failed() {
            return;
        }
        let handle = match &met.asked {
            Some(a) if a.handle == SAME => self.chain.handle,
            Some(a) => Some(a.handle),
            None => None,
        };
        match (c.head.cmd, &met.asked) {
            (cmd::CREATE, asked) => self.opened(ctx, c, asked.as_ref()),
            (cmd::CLOSE, Some(_)) => {
                if let Some(id) = handle {
                    self.files.close(ctx, id, Completeness::Complete);
                }
            }
            (cmd::READ, Some(_)) => {
                if let Some(id) = handle {
                    self.tell_use(ctx, id, false);
                }
            }
            (cmd::SET_INFO, Some(asked)) => self.changed(ctx, asked, handle),
            (cmd::TREE_DISCONNECT, _) => self.files.close_tree(ctx, u64::from(c.head.tree)),
            (cmd::LOGOFF, _) => self.files.end(ctx, Completeness::Complete),
            _ => {}
        }
    }

    fn opened(&mut self, ctx: &mut Ctx<'_>, c: &Command<'_>, asked: Option<&Asked>) {
        let Some(id) = c.handle(64) else {
            return ctx.short();
        };
        self.chain.handle = Some(id);
        let body = c.body();
        let time = |at| wide::time(wide::number(body, at, 8).unwrap_or(0));
        let (session, tree) = match asked {
            Some(a) => (a.session, a.tree),
            None => self.tree_of(c),
        };
        let share = self.tree(session, tree);
        let pipe = share.is_some_and(|t| t.kind == 2);
        let open = Open {
            id,
            tree: u64::from(tree),
            what: if pipe { What::Pipe } else { What::File },
            name: asked.map(|a| a.name.clone()).unwrap_or_default(),
            share: share.map(|t| t.path.clone()).unwrap_or_default(),
            size: wide::number(body, 48, 8),
            times: [time(8), time(16), time(24), time(32)],
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

    fn changed(&mut self, ctx: &mut Ctx<'_>, asked: &Asked, handle: Option<u128>) {
        let Some(open) = handle.and_then(|id| self.files.get(id)) else {
            return;
        };
        if asked.size.is_some() {
            open.size = asked.size;
        } else if asked.delete {
            tell(ctx, open, action::DELETE, Some(asked), "");
        } else if !asked.name.is_empty() {
            let before = std::mem::replace(&mut open.name, asked.name.clone());
            tell(ctx, open, action::RENAME, Some(asked), &before);
        }
    }

    /// A file's first reading or writing is told.
    fn tell_use(&mut self, ctx: &mut Ctx<'_>, id: u128, write: bool) {
        let Some(open) = self.files.get(id) else {
            return;
        };
        let Some(told) = open.told.get_mut(usize::from(write)) else {
            return;
        };
        if std::mem::replace(told, true) {
            return;
        }
        let word = match (open.what, write) {
            (What::File, false) => action::READ,
            (What::File, true) => action::WRITE,
            (What::Pipe, false) => action::PIPE_READ,
            (What::Pipe, true) => action::PIPE_WRITE,
        };
        tell(ctx, open, word, None, "");
    }

    pub(super) fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        self.files.end(ctx, how);
        for (_, mut exchange) in std::mem::take(&mut self.logins) {
            exchange.finish(ctx, None);
        }
    }
}

fn tell(ctx: &mut Ctx<'_>, open: &Open, action: &'static str, asked: Option<&Asked>, before: &str) {
    let meta = match asked {
        Some(a) => ctx.message(a.direction, a.from),
        None => ctx.whole_message(),
    };
    let name = if open.name.is_empty() {
        "<share_root>"
    } else {
        &*open.name
    };
    ctx.emit(FileAction {
        meta,
        action,
        path: open.share.clone(),
        name: name.into(),
        size: open.size,
        prev_name: before.into(),
        times: open.times,
    });
}
