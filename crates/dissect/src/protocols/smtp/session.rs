//! The state of a mail session: who speaks, which mail is under way, what is awaited.

use super::PROTOCOL;
use super::rows::{Hello, Login, Mail};
use crate::context::Ctx;
use crate::facts::{Artifact, Completeness, MessageMeta};
use crate::framed::Framed;
use crate::lines::{LONG_LINE, Line, Lines};
use crate::protocol::{Close, Direction};
use crate::protocols::imf::{self, Unstuff, cut};
use crate::protocols::ntlmssp::Exchange;
use crate::sasl;
use weir_model::LimitKind;

/// Receivers of a mail that are kept.
const RECEIVERS: usize = 256;

static MANY_RECEIVERS: LimitKind = LimitKind {
    id: "smtp.receivers",
    says: "a mail had more receivers than are kept",
    bound: RECEIVERS as u64,
    unit: "receivers",
};

/// What the client's next bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Sends {
    /// Commands.
    #[default]
    Commands,
    /// Commands, or a mail if the server agrees (DATA).
    Asked,
    /// A mail, up to a line with a point alone.
    Mail,
    /// So many bytes of a mail (RFC 3030); the last ones?
    Chunk(u64, bool),
    /// An answer to a challenge: with a name, a password, or both.
    Name,
    Secret,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Awaits {
    #[default]
    Nothing,
    StartTls,
    /// The final reply to a log-in.
    Login,
    /// The reply to a whole mail.
    Sent,
}

#[derive(Clone, Default)]
pub(super) struct Session {
    lines: [Lines; 2],
    pub(super) sends: Sends,
    /// The server said something.
    pub(super) replied: bool,
    awaits: Awaits,
    /// Commands whose final replies have not come.
    unanswered: u32,
    /// Of them, those sent before the one that a mail or log-in waits for (RFC 2920).
    ahead: u32,
    /// What the conversation has been, told when it ends.
    hello: Option<Box<Hello>>,
    /// Last line of the server's greeting, until the client says who it is.
    banner: Box<str>,
    helo: Box<str>,
    mails: u32,
    mail: Option<Box<Mail>>,
    /// The text of a mail, from its first byte on.
    text: Option<Box<imf::Mail>>,
    unstuff: Unstuff,
    /// Stream offset of the text's next byte.
    next: u64,
    /// Commands came since then, and nothing was lost: the text goes on behind them (RFC 3030).
    resumed: bool,
    /// Places of the files of the mail.
    files: Vec<u32>,
    login: Option<Box<Login>>,
    /// What is said in a log-in by NTLM.
    ntlm: Exchange,
}

/// `<a@b> SIZE=…` → `a@b`.
fn path(arg: &str) -> &str {
    let arg = arg.trim();
    match arg.split_once('<').and_then(|(_, r)| r.split_once('>')) {
        Some((inner, _)) => inner,
        None => arg.split(' ').next().unwrap_or_default(),
    }
}

impl Session {
    pub(super) fn lost(&mut self, direction: Direction) {
        self.lines[direction.index()].gap();
        (self.unanswered, self.ahead) = (0, 0);
        if let Sends::Chunk(..) = self.sends
            && direction == Direction::Forward
        {
            self.sends = Sends::Commands;
        }
        if direction == Direction::Forward {
            self.resumed = false;
        }
    }

    pub(super) fn part(&mut self, ctx: &mut Ctx<'_>, part: &Framed<'_>) {
        let way = part.direction.index();
        let mut at = 0;
        while let Some(rest) = part.data.bytes.get(at..).filter(|r| !r.is_empty()) {
            let here = part.offset.saturating_add(at as u64);
            if let (Direction::Forward, Sends::Chunk(left, last)) = (part.direction, self.sends) {
                let used = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let piece = rest.get(..used).unwrap_or_default();
                self.open_text(ctx, here, part);
                if let Some(text) = &mut self.text {
                    text.data(ctx, piece, here, part.from);
                }
                self.next = here.saturating_add(used as u64);
                at += used;
                self.chunk(ctx, used as u64, left, last);
                continue;
            }
            // Without the server's side there is no telling; a mail follows mostly.
            if part.direction == Direction::Forward
                && (self.sends == Sends::Mail || (self.sends == Sends::Asked && !self.replied))
            {
                self.sends = Sends::Mail;
                at += self.stuffed(ctx, rest, here, part);
                continue;
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let from = part.from;
            let lines = self.lines[way].feed(rest.get(..end).unwrap_or_default(), |_| from);
            if std::mem::take(&mut self.lines[way].too_long) {
                ctx.limit(&LONG_LINE);
            }
            at += end;
            for line in lines {
                match part.direction {
                    Direction::Forward => self.client(ctx, &line),
                    Direction::Backward => self.reply(ctx, &line),
                }
            }
        }
    }

    /// Begins the text of a mail, or notes what of it is missing before `here`.
    fn open_text(&mut self, ctx: &mut Ctx<'_>, here: u64, part: &Framed<'_>) {
        if let Some(text) = &mut self.text {
            let lost = here.saturating_sub(self.next);
            if lost > 0 && !std::mem::take(&mut self.resumed) {
                self.unstuff.gap();
                text.gap(ctx, lost);
            }
            return;
        }
        let Some(flow) = ctx.flow() else {
            return;
        };
        let mut artifact = Artifact::draft(&PROTOCOL, flow, part.direction, here);
        artifact.asked = self.mail.as_ref().map(|m| (m.meta.first, m.meta.time));
        self.text = Some(Box::new(imf::Mail::new(artifact)));
        self.unstuff = Unstuff::default();
    }

    /// Bytes of a mail with points before its points; so many of them were its.
    fn stuffed(&mut self, ctx: &mut Ctx<'_>, rest: &[u8], here: u64, part: &Framed<'_>) -> usize {
        self.open_text(ctx, here, part);
        let Self { unstuff, text, .. } = self;
        let end = unstuff.push(rest, &mut |at, piece| {
            if let Some(text) = text {
                text.data(ctx, piece, here.saturating_add(at as u64), part.from);
            }
        });
        let used = end.unwrap_or(rest.len());
        self.next = here.saturating_add(used as u64);
        if let Some(mail) = &mut self.mail {
            mail.bytes += used as u64;
        }
        if end.is_some() {
            self.sends = Sends::Commands;
            self.awaits = Awaits::Sent;
            self.end_text(ctx, Completeness::Complete);
        }
        used
    }

    /// The text ended: its head tells the rest of the row.
    fn end_text(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        let Some(text) = self.text.take() else {
            return;
        };
        if let Some(mail) = &mut self.mail {
            let value = |name| cut(&text.value(name));
            mail.date = value("date");
            mail.from = value("from");
            mail.to = value("to");
            mail.cc = value("cc");
            mail.reply_to = value("reply-to");
            mail.msg_id = value("message-id");
            mail.in_reply_to = value("in-reply-to");
            mail.subject = value("subject");
            mail.x_originating_ip = value("x-originating-ip");
            let agent = value("user-agent");
            mail.user_agent = if agent.is_empty() {
                value("x-mailer")
            } else {
                agent
            };
        }
        self.files = text.end(ctx, how).into_vec();
    }

    fn chunk(&mut self, ctx: &mut Ctx<'_>, used: u64, left: u64, last: bool) {
        if let Some(mail) = &mut self.mail {
            mail.bytes += used;
        }
        self.sends = if used < left {
            Sends::Chunk(left - used, last)
        } else {
            if last {
                self.awaits = Awaits::Sent;
                self.end_text(ctx, Completeness::Complete);
            }
            self.resumed = true;
            Sends::Commands
        };
    }

    fn client(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        match self.sends {
            Sends::Commands | Sends::Asked => self.command(ctx, line),
            Sends::Mail | Sends::Chunk(..) => {}
            Sends::Name => {
                let name = sasl::decoded(&line.text).unwrap_or_default();
                self.named(&name);
                self.sends = Sends::Commands;
            }
            Sends::Both => {
                let name = sasl::plain_name(&line.text).unwrap_or_default();
                self.named(&name);
                self.sends = Sends::Commands;
            }
            Sends::Secret => {
                self.ntlm.heard(ctx, &line.text);
                let who = self.ntlm.who();
                if !who.is_empty() {
                    self.named(&who);
                }
                self.sends = Sends::Commands;
            }
        }
    }

    /// A mail begins.
    fn begin(&mut self, ctx: &mut Ctx<'_>, line: &Line, sender: &str) {
        self.end(ctx, Completeness::Aborted);
        self.mails += 1;
        if let Some(hello) = &mut self.hello {
            hello.mails = self.mails;
        }
        self.mail = Some(Box::new(Mail {
            meta: Self::meta(ctx, line),
            trans_depth: self.mails,
            helo: self.helo.clone(),
            mailfrom: cut(sender),
            rcptto: Vec::new(),
            date: Box::default(),
            from: Box::default(),
            to: Box::default(),
            cc: Box::default(),
            reply_to: Box::default(),
            msg_id: Box::default(),
            in_reply_to: Box::default(),
            subject: Box::default(),
            x_originating_ip: Box::default(),
            last_reply: Box::default(),
            user_agent: Box::default(),
            bytes: 0,
        }));
    }

    /// The client said who it is. It may say so again, after TLS has begun or of another name.
    fn greeted(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        match &mut self.hello {
            Some(hello) => hello.helo = self.helo.clone(),
            None => {
                self.hello = Some(Box::new(Hello {
                    meta: Self::meta(ctx, line),
                    helo: self.helo.clone(),
                    banner: std::mem::take(&mut self.banner),
                    mails: 0,
                    tls: false,
                }));
            }
        }
    }

    fn told(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(hello) = self.hello.take() {
            ctx.emit(*hello);
        }
    }

    fn named(&mut self, name: &str) {
        if let Some(login) = &mut self.login {
            login.user = cut(name);
        }
    }

    fn meta(ctx: &Ctx<'_>, line: &Line) -> MessageMeta {
        let mut meta = ctx.whole_message();
        (meta.first, meta.time) = line.from;
        meta
    }

    fn command(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        let (word, arg) = line.text.split_once(' ').unwrap_or((&line.text, ""));
        let arg = arg.trim();
        let before = self.unanswered;
        self.unanswered = before.saturating_add(1);
        match word.trim().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" | "LHLO" => {
                self.helo = cut(arg);
                self.greeted(ctx, line);
            }
            "MAIL" => self.begin(ctx, line, path(arg)),
            "RCPT" => {
                // Receivers that no sender was named for: tried, and told.
                if self.mail.is_none() {
                    self.begin(ctx, line, "");
                }
                if let Some(mail) = &mut self.mail {
                    if mail.rcptto.len() < RECEIVERS {
                        mail.rcptto.push(cut(path(arg)));
                    } else {
                        ctx.limit(&MANY_RECEIVERS);
                    }
                }
            }
            "DATA" => {
                // Chunks whose last one never came.
                self.end_text(ctx, Completeness::Aborted);
                self.sends = Sends::Asked;
                self.replied = false;
                self.ahead = before;
            }
            "BDAT" => {
                let mut words = arg.split_ascii_whitespace();
                let len = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
                let last = words.next().is_some_and(|w| w.eq_ignore_ascii_case("LAST"));
                self.chunk(ctx, 0, len, last);
            }
            "RSET" | "QUIT" => self.end(ctx, Completeness::Aborted),
            "STARTTLS" => self.awaits = Awaits::StartTls,
            "AUTH" => {
                let (mechanism, first) = arg.split_once(' ').unwrap_or((arg, ""));
                let mechanism = mechanism.to_ascii_uppercase();
                let user = match (mechanism.as_str(), first) {
                    (_, "") => None,
                    (mechanism, first) => sasl::name(mechanism, first),
                };
                self.login = Some(Box::new(Login {
                    meta: Self::meta(ctx, line),
                    mechanism: cut(&mechanism),
                    user: cut(&user.unwrap_or_default()),
                    success: None,
                }));
                self.awaits = Awaits::Login;
            }
            _ => {}
        }
    }

    fn reply(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        let code = line.text.get(..3).and_then(|c| c.parse::<u16>().ok());
        let last = line.text.as_bytes().get(3) != Some(&b'-');
        // Answers to what was sent before the mail was asked for say nothing of it.
        let earlier = self.sends == Sends::Asked && self.ahead > 0;
        self.replied |= !earlier;
        let Some(code) = code.filter(|_| last) else {
            return;
        };
        self.unanswered = self.unanswered.saturating_sub(1);
        if code == 220 && self.helo.is_empty() && self.banner.is_empty() {
            self.banner = cut(line.text.get(4..).unwrap_or_default());
        }
        if let Some(hello) = &mut self.hello {
            (hello.meta.last, hello.meta.end) = (ctx.meta.packet, ctx.meta.time);
        }
        if earlier {
            self.ahead -= 1;
            // Nobody answers 354 to another command: an earlier reply was not seen.
            if code == 354 {
                self.ahead = 0;
                self.replied = true;
                self.sends = Sends::Mail;
            }
            return;
        }
        if let Some(mail) = &mut self.mail {
            mail.last_reply = cut(&line.text);
            (mail.meta.last, mail.meta.end) = (ctx.meta.packet, ctx.meta.time);
        }
        match self.awaits {
            Awaits::StartTls => {
                self.awaits = Awaits::Nothing;
                // What was decrypted before it was captured goes on as mail.
                if code == 220 {
                    if let Some(hello) = &mut self.hello {
                        hello.tls = true;
                    }
                    self.told(ctx);
                    ctx.hand_over(None);
                }
            }
            Awaits::Login if code == 334 => {
                self.ntlm.heard(ctx, line.text.get(4..).unwrap_or_default());
                self.challenge(&line.text);
            }
            Awaits::Login => {
                self.awaits = Awaits::Nothing;
                self.sends = Sends::Commands;
                self.ntlm.finish(ctx, Some(code == 235));
                if let Some(mut login) = self.login.take() {
                    login.success = Some(code == 235);
                    (login.meta.last, login.meta.end) = (ctx.meta.packet, ctx.meta.time);
                    ctx.emit(*login);
                }
            }
            Awaits::Sent => {
                self.awaits = Awaits::Nothing;
                self.end(ctx, Completeness::Aborted);
            }
            Awaits::Nothing if self.sends == Sends::Asked => {
                self.sends = if code == 354 {
                    Sends::Mail
                } else {
                    Sends::Commands
                };
            }
            Awaits::Nothing => {}
        }
    }

    /// What the server asks for in a log-in.
    fn challenge(&mut self, text: &str) {
        let Some(login) = &self.login else {
            return;
        };
        let asked = sasl::decoded(text.get(4..).unwrap_or_default()).unwrap_or_default();
        self.sends = match &*login.mechanism {
            "PLAIN" => Sends::Both,
            "LOGIN" if !login.user.is_empty() || asked.to_ascii_lowercase().contains("pass") => {
                Sends::Secret
            }
            "LOGIN" => Sends::Name,
            _ => Sends::Secret,
        };
    }

    /// Bytes kept of a mail, roughly.
    pub(super) fn held(&self) -> usize {
        self.text.as_ref().map_or(0, |t| t.held())
    }

    /// The client says no more.
    pub(super) fn close(&mut self, ctx: &mut Ctx<'_>, how: Close) {
        let how = match how {
            Close::End => Completeness::CaptureEnded,
            Close::Fin | Close::Reset => Completeness::Aborted,
        };
        self.end(ctx, how);
        self.told(ctx);
    }

    /// The mail under way is done with.
    fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        self.end_text(ctx, how);
        let files = std::mem::take(&mut self.files);
        if let Some(mail) = self.mail.take() {
            let row = ctx.emit(*mail);
            ctx.carried_by(&files, row);
        }
        if let Some(login) = self.login.take_if(|_| self.awaits != Awaits::Login) {
            ctx.emit(*login);
        }
    }
}
