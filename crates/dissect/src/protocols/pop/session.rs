//! The state of a POP3 session: which commands wait for their answer, which text is under way. No password is kept.

use super::PROTOCOL;
use crate::context::Ctx;
use crate::facts::row::row;
use crate::facts::{Artifact, Completeness, MessageMeta};
use crate::framed::Framed;
use crate::lines::{LONG_LINE, Line, Lines};
use crate::protocol::{Close, Direction};
use crate::protocols::imf::{Mail, Unstuff, cut, fetched};
use crate::protocols::ntlmssp::Exchange;
use crate::registry::registry;
use crate::sasl;
use std::collections::VecDeque;
use weir_model::LimitKind;

/// Commands that wait for their answers.
const WAITING: usize = 256;

static MANY_WAITING: LimitKind = LimitKind {
    id: "pop.waiting",
    says: "more commands waited for their answers than are kept; answers are given to the wrong ones",
    bound: WAITING as u64,
    unit: "commands",
};

row! {
    /// A command and its answer. First: the command; last: what ended the answer.
    pub struct Command of PROTOCOL {
        command: Box<str> = "In capitals",
        argument: Box<str> = "Its argument, where that is no secret",
        status: Box<str> = "+OK or -ERR",
        message: Box<str> = "What stands behind the status",
        lines: u64 = "Lines of the answer behind its first that are in the capture",
    }
    |c| format!("{} {} → {} {}", c.command, c.argument, c.status, c.message)
}

row! {
    /// An attempt to log in. First: the name; last: the answer to the password.
    pub struct Login of PROTOCOL {
        method: &'static str = "How: PASS, APOP or AUTH, this with its mechanism where it sends the password itself",
        user: Box<str> = "As whom, where that is readable",
        success: Option<bool> = "Let in?",
    }
    |l| {
        let how = match l.success {
            Some(true) => "let in",
            Some(false) => "turned away",
            None => "no answer",
        };
        format!("{} by {}: {how}", l.user, l.method)
    }
}

/// The lines behind an answer's first one.
#[derive(Clone)]
enum Text {
    /// A list.
    Lines,
    Mail(Box<Mail>, MessageMeta),
}

#[derive(Clone, Default)]
pub(super) struct Session {
    lines: [Lines; 2],
    /// The server said something.
    pub(super) greeted: bool,
    /// The row of each command that waits, with what it was.
    waiting: VecDeque<(Option<u32>, Kind)>,
    text: Option<Text>,
    /// The command whose text it is.
    of: Option<u32>,
    unstuff: Unstuff,
    /// Stream offset of the server's next byte.
    next: u64,
    /// The text so far ends in the middle of a line.
    within: bool,
    user: Box<str>,
    login: Option<Login>,
    /// The server asked for an answer (RFC 5034).
    asked: bool,
    /// What is said in a log-in by NTLM.
    ntlm: Exchange,
}

/// What a command is, as far as its answer depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Plain,
    /// A list follows.
    List,
    /// A mail follows: whole, or only its beginning.
    Mail(bool),
    Login,
    Tls,
}

impl Kind {
    fn of(word: &str, argument: &str) -> Self {
        match word {
            "RETR" => Self::Mail(true),
            "TOP" => Self::Mail(false),
            "CAPA" => Self::List,
            "LIST" | "UIDL" | "AUTH" if argument.is_empty() => Self::List,
            "PASS" | "APOP" | "AUTH" => Self::Login,
            "STLS" => Self::Tls,
            _ => Self::Plain,
        }
    }
}

impl Session {
    /// Is what the server says next part of a text?
    pub(super) fn in_text(&self, said: &[u8]) -> bool {
        self.text.is_some() && !self.leaves_list(said)
    }

    /// Does the server answer the next command though the list before never ended? Lines of a list begin with a number
    /// or the name of a capability (RFC 1939 section 5, RFC 2449 section 5). Looked for where a segment begins, since
    /// the command came in between.
    fn leaves_list(&self, said: &[u8]) -> bool {
        matches!(self.text, Some(Text::Lines))
            && !self.within
            && !self.waiting.is_empty()
            && (said.starts_with(b"+OK") || said.starts_with(b"-ERR"))
    }

    /// Does what the server says next answer a RETR?
    pub(super) fn fetches(&self) -> bool {
        self.greeted && matches!(self.waiting.front(), Some((_, Kind::Mail(true))))
    }

    /// Is what the client says next an answer in a log-in?
    pub(super) fn answers(&self) -> bool {
        self.asked
    }

    pub(super) fn held(&self) -> usize {
        match &self.text {
            Some(Text::Mail(mail, _)) => mail.held(),
            _ => 0,
        }
    }

    pub(super) fn lost(&mut self, direction: Direction) {
        self.lines[direction.index()].gap();
        if direction == Direction::Forward {
            // Whose answers come is not known now.
            self.waiting.clear();
        }
    }

    pub(super) fn part(&mut self, ctx: &mut Ctx<'_>, part: &Framed<'_>) {
        let way = part.direction.index();
        let mut at = 0;
        if part.direction == Direction::Backward && self.leaves_list(part.data.bytes) {
            self.text = None;
        }
        while let Some(rest) = part.data.bytes.get(at..).filter(|r| !r.is_empty()) {
            let here = part.offset.saturating_add(at as u64);
            if part.direction == Direction::Backward && self.text.is_some() {
                let used = self.text(ctx, rest, here, part);
                self.within = rest.get(..used).and_then(<[u8]>::last) != Some(&b'\n');
                at += used;
                self.next = here.saturating_add(used as u64);
                continue;
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let from = part.from;
            let lines = self.lines[way].feed(rest.get(..end).unwrap_or_default(), |_| from);
            if std::mem::take(&mut self.lines[way].too_long) {
                ctx.limit(&LONG_LINE);
            }
            at += end;
            let next = here.saturating_add(end as u64);
            for line in lines {
                match part.direction {
                    Direction::Forward => self.command(ctx, &line),
                    Direction::Backward => self.answer(ctx, &line, next),
                }
            }
            if part.direction == Direction::Backward {
                self.next = next;
            }
        }
    }

    fn command(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        if std::mem::take(&mut self.asked) {
            self.ntlm.heard(ctx, &line.text);
            let who = self.ntlm.who();
            if let Some(login) = &mut self.login {
                if !who.is_empty() {
                    login.user = cut(&who);
                } else if login.user.is_empty()
                    && let Some(mechanism) = login.method.strip_prefix("AUTH ")
                {
                    // Of LOGIN's two answers the name is the first.
                    login.user = cut(&sasl::name(mechanism, &line.text).unwrap_or_default());
                }
            }
            return;
        }
        let (word, argument) = line
            .text
            .trim()
            .split_once(' ')
            .unwrap_or((line.text.trim(), ""));
        let word = word.to_ascii_uppercase();
        let argument = argument.trim();
        let kind = Kind::of(&word, argument);
        let mut meta = ctx.whole_message();
        (meta.first, meta.time) = line.from;
        let mut public = argument;
        match word.as_str() {
            "USER" => self.user = cut(argument),
            "PASS" | "APOP" | "AUTH" => {
                public = match word.as_str() {
                    "PASS" => "",
                    _ => argument.split(' ').next().unwrap_or_default(),
                };
                let (method, user) = match word.as_str() {
                    "PASS" => ("PASS", self.user.clone()),
                    "APOP" => ("APOP", cut(public)),
                    _ => {
                        let (mechanism, answer) =
                            argument.split_once(' ').unwrap_or((argument, ""));
                        let mechanism = mechanism.to_ascii_uppercase();
                        let method = match mechanism.as_str() {
                            "PLAIN" => "AUTH PLAIN",
                            "LOGIN" => "AUTH LOGIN",
                            _ => "AUTH",
                        };
                        let user = sasl::name(&mechanism, answer).unwrap_or_default();
                        (method, cut(&user))
                    }
                };
                if kind == Kind::Login {
                    self.login = Some(Login {
                        meta,
                        method,
                        user,
                        success: None,
                    });
                }
            }
            _ => {}
        }
        let row = ctx.emit(Command {
            meta,
            command: cut(&word),
            argument: cut(public),
            status: Box::default(),
            message: Box::default(),
            lines: 0,
        });
        if self.waiting.len() >= WAITING {
            ctx.limit(&MANY_WAITING);
            self.waiting.pop_front();
        }
        self.waiting.push_back((row, kind));
    }

    /// A line that answers a command, or greets; `next` is the stream's offset behind it.
    fn answer(&mut self, ctx: &mut Ctx<'_>, line: &Line, next: u64) {
        let greets = !std::mem::replace(&mut self.greeted, true) && self.waiting.is_empty();
        let (status, message) = line.text.split_once(' ').unwrap_or((&line.text, ""));
        if greets {
            return;
        }
        if status == "+" {
            self.asked = matches!(self.waiting.front(), Some((_, Kind::Login)));
            if self.asked {
                self.ntlm.heard(ctx, message);
            }
            return;
        }
        if !matches!(status, "+OK" | "-ERR") {
            return;
        }
        let fine = status == "+OK";
        self.asked = false;
        let Some((row, kind)) = self.waiting.pop_front() else {
            return;
        };
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Command>(row, |c| {
            (c.meta.last, c.meta.end) = at;
            c.status = status.into();
            c.message = cut(message);
        });
        self.of = row;
        match kind {
            Kind::Login => {
                self.ntlm.finish(ctx, Some(fine));
                if let Some(mut login) = self.login.take() {
                    (login.meta.last, login.meta.end) = at;
                    login.success = Some(fine);
                    ctx.emit(login);
                }
            }
            // What was decrypted before it was captured goes on as it is.
            Kind::Tls if fine => ctx.hand_over(registry().named("tls")),
            Kind::List if fine => {
                self.unstuff = Unstuff::default();
                self.within = false;
                self.text = Some(Text::Lines);
            }
            Kind::Mail(whole) if fine => {
                self.unstuff = Unstuff::default();
                let Some(flow) = ctx.flow() else {
                    return;
                };
                let mut artifact = Artifact::draft(&PROTOCOL, flow, Direction::Backward, next);
                if !whole {
                    artifact.declared_type = Some("text/rfc822-headers".into());
                }
                let meta = ctx.message(Direction::Backward, at);
                self.text = Some(Text::Mail(Box::new(Mail::new(artifact)), meta));
            }
            _ => {}
        }
    }

    /// Bytes of a text; so many of them were its.
    fn text(&mut self, ctx: &mut Ctx<'_>, rest: &[u8], here: u64, part: &Framed<'_>) -> usize {
        let lost = here.saturating_sub(self.next);
        let Self { unstuff, text, .. } = self;
        if lost > 0 {
            unstuff.gap();
            if let Some(Text::Mail(mail, _)) = text {
                mail.gap(ctx, lost);
            }
        }
        let mut lines = 0u64;
        let end = unstuff.push(rest, &mut |at, piece| {
            lines += u64::from(piece.ends_with(b"\n"));
            if let Some(Text::Mail(mail, _)) = text {
                mail.data(ctx, piece, here.saturating_add(at as u64), part.from);
            }
        });
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Command>(self.of, |c| {
            c.lines = c.lines.saturating_add(lines);
            (c.meta.last, c.meta.end) = at;
        });
        if end.is_some() {
            self.end(ctx, Completeness::Complete);
        }
        end.unwrap_or(rest.len())
    }

    fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        if let Some(Text::Mail(mail, mut meta)) = self.text.take() {
            (meta.last, meta.end) = (ctx.meta.packet, ctx.meta.time);
            fetched(ctx, *mail, meta, "pop", how);
        }
    }

    pub(super) fn close(&mut self, ctx: &mut Ctx<'_>, how: Close) {
        self.end(
            ctx,
            match how {
                Close::End => Completeness::CaptureEnded,
                Close::Fin | Close::Reset => Completeness::Aborted,
            },
        );
        if let Some(login) = self.login.take() {
            ctx.emit(login);
        }
    }
}
