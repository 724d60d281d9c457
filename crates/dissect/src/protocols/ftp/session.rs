//! The state of an FTP session: who, where, which mode, which data connection is announced.

use super::rows::{Command, Login, Setup, Transfer};
use super::wire;
use crate::context::Ctx;
use crate::flow::Expectation;
use crate::lines::Line;
use crate::protocol::{Start, Transport};
use crate::protocols::ftp_data;
use crate::registry::registry;
use std::collections::VecDeque;
use std::net::IpAddr;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Commands that wait for their final reply.
const PENDING: usize = 64;
/// Bytes of a path or argument that are kept.
const PATH: usize = 4096;

static MANY_PENDING: LimitKind = LimitKind {
    id: "ftp.pending",
    says: "more FTP commands of one session waited for a reply than are kept",
    bound: PENDING as u64,
    unit: "commands",
};

/// What a command's reply will mean.
#[derive(Clone, Debug)]
enum Meaning {
    Plain,
    User,
    Pass(Option<u32>),
    Cwd(String),
    Pwd,
    Type(bool),
    Rest(u64),
    Size(String),
    Passive(Setup),
    Secure,
    /// Rows of transfers; the argument is kept for STOU.
    Transfer(Option<u32>),
    Quit,
}

#[derive(Clone, Debug)]
struct Pending {
    meaning: Meaning,
    row: Option<u32>,
}

/// A data connection that was agreed on.
#[derive(Clone, Copy, Debug)]
struct Announced {
    row: Option<u32>,
    setup: Setup,
    at: (PacketRef, Timestamp),
    endpoint: (IpAddr, u16),
    /// A command used its row already.
    used: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    client: IpAddr,
    server: IpAddr,
    user: Option<Box<str>>,
    /// Working directory, once the server told it.
    pub(super) cwd: Option<Box<str>>,
    ascii: bool,
    rest: u64,
    size: Option<(String, u64)>,
    pending: VecDeque<Pending>,
    announced: Option<Announced>,
    /// Code of a reply of several lines whose last line has not come.
    open_reply: Option<u16>,
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(PATH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

impl Session {
    pub(super) fn new(start: Start) -> Self {
        Self {
            client: start.client,
            server: start.server,
            user: None,
            cwd: None,
            // RFC 959 section 5.1: the default is ASCII.
            ascii: true,
            rest: 0,
            size: None,
            pending: VecDeque::new(),
            announced: None,
            open_reply: None,
        }
    }

    /// Client and server of the control connection, ports included.
    fn ends(&self, ctx: &Ctx<'_>) -> ((IpAddr, u16), (IpAddr, u16)) {
        ctx.flow()
            .map_or(((self.client, 0), (self.server, 0)), |f| {
                (f.client, f.server)
            })
    }

    fn resolve(&self, path: &str) -> String {
        wire::resolve(self.cwd.as_deref().unwrap_or("/"), path)
    }

    pub(super) fn command(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        let (word, arg) = wire::command(&line.text);
        let word = word.trim();
        if word.is_empty() || word.len() > 16 || !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return;
        }
        let word = word.to_ascii_uppercase();
        let arg = cut(arg.trim_end());
        let ends = self.ends(ctx);
        let secret = matches!(&*word, "PASS" | "ACCT");
        let mut meta = ctx.whole_message();
        (meta.first, meta.time) = line.from;
        if word == "USER" {
            self.user = Some(arg.into());
        }
        let row = ctx.emit(Command {
            meta,
            client: ends.0,
            server: ends.1,
            user: self.user.clone(),
            command: word.as_str().into(),
            arg: if secret && !arg.is_empty() {
                "<hidden>".into()
            } else {
                arg.into()
            },
            reply_code: None,
            reply_msg: Box::default(),
        });
        let meaning = match &*word {
            "USER" => Meaning::User,
            "PASS" => Meaning::Pass(ctx.emit(Login {
                meta,
                client: ends.0,
                server: ends.1,
                user: self.user.clone().unwrap_or_default(),
                success: None,
            })),
            "CWD" | "XCWD" => Meaning::Cwd(self.resolve(arg)),
            "CDUP" | "XCUP" => Meaning::Cwd(self.resolve("..")),
            "PWD" | "XPWD" => Meaning::Pwd,
            "TYPE" => Meaning::Type(arg.starts_with(['A', 'a', 'E', 'e'])),
            "REST" => Meaning::Rest(arg.trim().parse().unwrap_or(0)),
            "SIZE" => Meaning::Size(self.resolve(arg)),
            "PASV" => Meaning::Passive(Setup::Pasv),
            "EPSV" => Meaning::Passive(Setup::Epsv),
            "AUTH" => Meaning::Secure,
            "QUIT" => Meaning::Quit,
            "PORT" => {
                if let Some((ip, port)) = wire::host_port(arg) {
                    self.announce(ctx, line.from, Setup::Port, (ip.into(), port));
                }
                Meaning::Plain
            }
            "EPRT" => {
                if let Some((_, Some(ip), port)) = wire::extended(arg) {
                    self.announce(ctx, line.from, Setup::Eprt, (ip, port));
                }
                Meaning::Plain
            }
            "RETR" | "STOR" | "STOU" | "APPE" | "LIST" | "NLST" | "MLSD" => {
                Meaning::Transfer(self.transfer(ctx, line.from, &word, arg))
            }
            _ => Meaning::Plain,
        };
        if self.pending.len() >= PENDING {
            ctx.limit(&MANY_PENDING);
            self.pending.pop_front();
        }
        self.pending.push_back(Pending { meaning, row });
    }

    /// A data connection is agreed on: its row is written and the flow expected.
    fn announce(
        &mut self,
        ctx: &mut Ctx<'_>,
        at: (PacketRef, Timestamp),
        setup: Setup,
        endpoint: (IpAddr, u16),
    ) {
        let mut announced = Announced {
            row: None,
            setup,
            at,
            endpoint,
            used: false,
        };
        announced.row = self.draft(ctx, &announced);
        self.expect(ctx, &announced);
        self.announced = Some(announced);
    }

    fn draft(&self, ctx: &mut Ctx<'_>, a: &Announced) -> Option<u32> {
        let (client, server) = self.ends(ctx);
        let mut meta = ctx.whole_message();
        (meta.first, meta.time) = a.at;
        ctx.emit(Transfer {
            meta,
            client,
            server,
            user: self.user.clone(),
            setup: a.setup,
            announced: a.at.0,
            endpoint: a.endpoint,
            command: Box::default(),
            arg: Box::default(),
            path: Box::default(),
            cwd: None,
            asked: None,
            ascii: self.ascii,
            offset: 0,
            size: None,
            announced_size: None,
            begun: None,
            done: None,
            reply_msg: Box::default(),
            data: None,
            packets: None,
            frames: 0,
            bytes: 0,
            closed: None,
        })
    }

    fn expect(&self, ctx: &mut Ctx<'_>, a: &Announced) {
        let Some(row) = a.row else {
            return;
        };
        let mut expect = |ip: IpAddr| {
            ctx.expect(Expectation {
                transport: Transport::Tcp,
                server: (ip, a.endpoint.1),
                client: None,
                protocol: &ftp_data::PROTOCOL,
                token: ftp_data::token(row),
                setup: a.at.0,
            });
        };
        expect(a.endpoint.0);
        // Behind address translation the announced address is not the one on the wire.
        let seen = if a.setup.passive() {
            self.server
        } else {
            self.client
        };
        if seen != a.endpoint.0 {
            expect(seen);
        }
    }

    fn transfer(
        &mut self,
        ctx: &mut Ctx<'_>,
        at: (PacketRef, Timestamp),
        word: &str,
        arg: &str,
    ) -> Option<u32> {
        let mut a = match self.announced {
            Some(a) => a,
            None => {
                // RFC 959 section 3.2: without a word, the client listens on the control connection's port.
                let (client, _) = self.ends(ctx);
                Announced {
                    row: None,
                    setup: Setup::Default,
                    at,
                    endpoint: client,
                    used: true,
                }
            }
        };
        if a.used {
            // The earlier command did not use the connection (550), or none was announced.
            a.row = self.draft(ctx, &a);
            self.expect(ctx, &a);
        }
        a.used = true;
        if a.setup != Setup::Default {
            self.announced = Some(a);
        }
        let listing = matches!(word, "LIST" | "NLST" | "MLSD");
        let path = if listing && arg.starts_with('-') {
            self.resolve("")
        } else {
            self.resolve(arg)
        };
        let size = self.size.take().filter(|(p, _)| *p == path).map(|(_, n)| n);
        let offset = std::mem::take(&mut self.rest);
        let (ascii, user, cwd) = (self.ascii, self.user.clone(), self.cwd.clone());
        let packet = ctx.meta.packet;
        let time = ctx.meta.time;
        ctx.update::<Transfer>(a.row, |t| {
            t.command = word.into();
            t.arg = arg.into();
            t.path = path.into();
            t.cwd = cwd;
            t.user = user;
            t.asked = Some(at);
            t.ascii = ascii;
            t.offset = offset;
            t.size = size;
            (t.meta.last, t.meta.end) = (packet, time);
        });
        a.row
    }

    pub(super) fn reply(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        let parsed = wire::reply(&line.text);
        if let Some(open) = self.open_reply {
            // A reply of several lines ends with its code and a space.
            match parsed {
                Some((code, false, _)) if code == open => self.open_reply = None,
                _ => return,
            }
        }
        let Some((code, more, text)) = parsed else {
            return;
        };
        if more {
            self.open_reply = Some(code);
            return;
        }
        let text = cut(text);
        if (100..200).contains(&code) {
            return self.preliminary(ctx, code, text);
        }
        // The greeting, a goodbye for idleness and the like answer no command.
        if code == 421 || (code == 220 && self.pending.front().is_none_or(|p| p.row.is_none())) {
            return;
        }
        let Some(pending) = self.pending.pop_front() else {
            return self.unasked(ctx, code, text, line.from);
        };
        let now = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Command>(pending.row, |c| {
            c.reply_code = Some(code);
            c.reply_msg = text.into();
            (c.meta.last, c.meta.end) = now;
        });
        self.mean(ctx, pending, code, text, line.from);
    }

    fn preliminary(&mut self, ctx: &mut Ctx<'_>, code: u16, text: &str) {
        let Some(Pending {
            meaning: Meaning::Transfer(row),
            ..
        }) = self.pending.front()
        else {
            return;
        };
        let packet = ctx.meta.packet;
        let size = wire::announced_size(text);
        // RFC 1123 section 4.1.2.9: the name the server chose for STOU.
        let path = text
            .strip_prefix("FILE:")
            .map(|n| self.resolve(cut(n.trim())));
        ctx.update::<Transfer>(*row, |t| {
            t.begun.get_or_insert((code, packet));
            t.announced_size = t.announced_size.or(size);
            if let Some(path) = path
                && &*t.command == "STOU"
            {
                t.path = path.into();
            }
        });
    }

    /// A reply whose command is not in the capture: what it says by itself still holds.
    fn unasked(&mut self, ctx: &mut Ctx<'_>, code: u16, text: &str, from: (PacketRef, Timestamp)) {
        let setup = match code {
            227 => Setup::Pasv,
            229 => Setup::Epsv,
            _ => return,
        };
        let pending = Pending {
            meaning: Meaning::Passive(setup),
            row: None,
        };
        self.mean(ctx, pending, code, text, from);
    }

    fn mean(
        &mut self,
        ctx: &mut Ctx<'_>,
        pending: Pending,
        code: u16,
        text: &str,
        from: (PacketRef, Timestamp),
    ) {
        let good = (200..300).contains(&code);
        let now = (ctx.meta.packet, ctx.meta.time);
        match pending.meaning {
            Meaning::Plain | Meaning::User | Meaning::Quit => {}
            Meaning::Pass(row) => ctx.update::<Login>(row, |l| {
                // 332: an account is wanted as well.
                l.success = if code < 400 {
                    good.then_some(true)
                } else {
                    Some(false)
                };
                (l.meta.last, l.meta.end) = now;
            }),
            Meaning::Cwd(path) if good => self.cwd = Some(path.into()),
            Meaning::Pwd if code == 257 => {
                self.cwd = wire::quoted(text)
                    .map(|p| cut(&p).into())
                    .or(self.cwd.take());
            }
            Meaning::Type(ascii) if good => self.ascii = ascii,
            Meaning::Rest(at) if code == 350 => self.rest = at,
            Meaning::Size(path) if code == 213 => {
                self.size = text.trim().parse().ok().map(|n| (path, n));
            }
            Meaning::Passive(setup) => {
                let endpoint = match setup {
                    Setup::Pasv if code == 227 => {
                        wire::host_port(text).map(|(ip, p)| (ip.into(), p))
                    }
                    Setup::Epsv if code == 229 => {
                        wire::extended(text).map(|(_, ip, p)| (ip.unwrap_or(self.server), p))
                    }
                    _ => None,
                };
                if let Some(endpoint) = endpoint {
                    self.announce(ctx, from, setup, endpoint);
                }
            }
            Meaning::Secure if code == 234 || code == 334 => {
                if code == 234 {
                    ctx.hand_over(registry().named("tls"));
                }
            }
            Meaning::Transfer(row) => ctx.update::<Transfer>(row, |t| {
                t.done = Some((code, now.0, now.1));
                t.reply_msg = text.into();
                (t.meta.last, t.meta.end) = now;
            }),
            Meaning::Cwd(_)
            | Meaning::Pwd
            | Meaning::Type(_)
            | Meaning::Rest(_)
            | Meaning::Size(_)
            | Meaning::Secure => {}
        }
    }
}
