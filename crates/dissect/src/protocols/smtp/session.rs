//! The state of a mail session: who speaks, which mail is under way, what is awaited.

use super::rows::{Login, Mail};
use crate::context::Ctx;
use crate::facts::MessageMeta;
use crate::framed::Framed;
use crate::lines::{LONG_LINE, Line, Lines};
use crate::protocol::Direction;
use base64::Engine as _;
use weir_model::LimitKind;

/// Bytes of a value that are kept.
const VALUE: usize = 1024;
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
    helo: Box<str>,
    mails: u32,
    mail: Option<Box<Mail>>,
    /// In the head of a mail, with the header that a folded line goes on.
    head: Option<Box<str>>,
    /// Commands without a reply: a client may send several at once (RFC 2920).
    owed: u32,
    login: Option<Box<Login>>,
}

fn cut(text: &str) -> Box<str> {
    let mut end = text.len().min(VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

fn decoded(text: &str) -> Option<String> {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text.trim())
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// The name in a PLAIN answer (RFC 4616): between the first and the second zero.
fn plain_name(text: &str) -> Option<String> {
    Some(decoded(text)?.split('\0').nth(1)?.to_owned())
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
        if let Sends::Chunk(..) = self.sends
            && direction == Direction::Forward
        {
            self.sends = Sends::Commands;
        }
    }

    pub(super) fn part(&mut self, ctx: &mut Ctx<'_>, part: &Framed<'_>) {
        let way = part.direction.index();
        let mut at = 0;
        while let Some(rest) = part.data.bytes.get(at..).filter(|r| !r.is_empty()) {
            if let (Direction::Forward, Sends::Chunk(left, last)) = (part.direction, self.sends) {
                let used = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                at += used;
                self.chunk(used as u64, left, last);
                continue;
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let from = part.from;
            let lines = self.lines[way].feed(rest.get(..end).unwrap_or_default(), |_| from);
            if std::mem::take(&mut self.lines[way].too_long) {
                ctx.limit(&LONG_LINE);
            }
            at += end;
            if part.direction == Direction::Forward
                && self.sends == Sends::Mail
                && let Some(mail) = &mut self.mail
            {
                mail.bytes += end as u64;
            }
            for line in lines {
                match part.direction {
                    Direction::Forward => self.client(ctx, &line),
                    Direction::Backward => self.reply(ctx, &line),
                }
            }
        }
    }

    fn chunk(&mut self, used: u64, left: u64, last: bool) {
        if let Some(mail) = &mut self.mail {
            mail.bytes += used;
        }
        self.sends = if used < left {
            Sends::Chunk(left - used, last)
        } else {
            if last {
                self.awaits = Awaits::Sent;
            }
            Sends::Commands
        };
    }

    fn client(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        match self.sends {
            // Without the server's side there is no telling; a mail follows mostly.
            Sends::Asked if !self.replied => {
                self.sends = Sends::Mail;
                self.mail_line(&line.text);
            }
            Sends::Commands | Sends::Asked => self.command(ctx, line),
            Sends::Mail => self.mail_line(&line.text),
            Sends::Chunk(..) => {}
            Sends::Name => {
                let name = decoded(&line.text).unwrap_or_default();
                self.named(&name);
                self.sends = Sends::Commands;
            }
            Sends::Both => {
                let name = plain_name(&line.text).unwrap_or_default();
                self.named(&name);
                self.sends = Sends::Commands;
            }
            Sends::Secret => self.sends = Sends::Commands,
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
        self.owed = self.owed.saturating_add(1);
        let (word, arg) = line.text.split_once(' ').unwrap_or((&line.text, ""));
        let arg = arg.trim();
        match word.trim().to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" | "LHLO" => self.helo = cut(arg),
            "MAIL" => {
                self.end(ctx);
                self.mails += 1;
                self.mail = Some(Box::new(Mail {
                    meta: Self::meta(ctx, line),
                    trans_depth: self.mails,
                    helo: self.helo.clone(),
                    mailfrom: cut(path(arg)),
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
                self.head = Some(Box::default());
            }
            "RCPT" => {
                if let Some(mail) = &mut self.mail {
                    if mail.rcptto.len() < RECEIVERS {
                        mail.rcptto.push(cut(path(arg)));
                    } else {
                        ctx.limit(&MANY_RECEIVERS);
                    }
                }
            }
            "DATA" => {
                self.sends = Sends::Asked;
                self.replied = false;
            }
            "BDAT" => {
                let mut words = arg.split_ascii_whitespace();
                let len = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
                let last = words.next().is_some_and(|w| w.eq_ignore_ascii_case("LAST"));
                self.chunk(0, len, last);
            }
            "RSET" | "QUIT" => self.end(ctx),
            "STARTTLS" => self.awaits = Awaits::StartTls,
            "AUTH" => {
                let (mechanism, first) = arg.split_once(' ').unwrap_or((arg, ""));
                let mechanism = mechanism.to_ascii_uppercase();
                let user = match (mechanism.as_str(), first) {
                    (_, "") => None,
                    ("PLAIN", first) => plain_name(first),
                    ("LOGIN", first) => decoded(first),
                    _ => None,
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

    fn mail_line(&mut self, text: &str) {
        if text == "." {
            self.sends = Sends::Commands;
            self.awaits = Awaits::Sent;
            self.head = None;
            return;
        }
        let (Some(open), Some(mail)) = (&mut self.head, &mut self.mail) else {
            return;
        };
        if text.is_empty() {
            self.head = None;
            return;
        }
        let folded = text.starts_with([' ', '\t']);
        let (name, value) = if folded {
            (open.to_string(), text.trim())
        } else {
            let (name, value) = text.split_once(':').unwrap_or((text, ""));
            (name.to_ascii_lowercase(), value.trim())
        };
        let place = match name.as_str() {
            "date" => &mut mail.date,
            "from" => &mut mail.from,
            "to" => &mut mail.to,
            "cc" => &mut mail.cc,
            "reply-to" => &mut mail.reply_to,
            "message-id" => &mut mail.msg_id,
            "in-reply-to" => &mut mail.in_reply_to,
            "subject" => &mut mail.subject,
            "x-originating-ip" => &mut mail.x_originating_ip,
            "user-agent" | "x-mailer" => &mut mail.user_agent,
            _ => {
                *open = Box::default();
                return;
            }
        };
        if folded {
            *place = cut(&format!("{place} {value}"));
        } else {
            *place = cut(value);
            *open = cut(&name);
        }
    }

    fn reply(&mut self, ctx: &mut Ctx<'_>, line: &Line) {
        self.replied = true;
        let code = line.text.get(..3).and_then(|c| c.parse::<u16>().ok());
        let Some(code) = code.filter(|_| line.text.as_bytes().get(3) != Some(&b'-')) else {
            return;
        };
        self.owed = self.owed.saturating_sub(1);
        if let Some(mail) = &mut self.mail {
            mail.last_reply = cut(&line.text);
            (mail.meta.last, mail.meta.end) = (ctx.meta.packet, ctx.meta.time);
        }
        match self.awaits {
            Awaits::StartTls => {
                self.awaits = Awaits::Nothing;
                // What was decrypted before it was captured goes on as mail.
                if code == 220 {
                    ctx.hand_over(None);
                }
            }
            Awaits::Login if code == 334 => self.challenge(&line.text),
            Awaits::Login => {
                self.awaits = Awaits::Nothing;
                self.sends = Sends::Commands;
                if let Some(mut login) = self.login.take() {
                    login.success = Some(code == 235);
                    (login.meta.last, login.meta.end) = (ctx.meta.packet, ctx.meta.time);
                    ctx.emit(*login);
                }
            }
            Awaits::Sent => {
                self.awaits = Awaits::Nothing;
                self.end(ctx);
            }
            Awaits::Nothing if self.sends == Sends::Asked => {
                // Replies to the commands before it come first.
                if code == 354 {
                    self.sends = Sends::Mail;
                } else if self.owed == 0 {
                    self.sends = Sends::Commands;
                }
            }
            Awaits::Nothing => {}
        }
    }

    /// What the server asks for in a log-in.
    fn challenge(&mut self, text: &str) {
        let Some(login) = &self.login else {
            return;
        };
        let asked = decoded(text.get(4..).unwrap_or_default()).unwrap_or_default();
        self.sends = match &*login.mechanism {
            "PLAIN" => Sends::Both,
            "LOGIN" if !login.user.is_empty() || asked.to_ascii_lowercase().contains("pass") => {
                Sends::Secret
            }
            "LOGIN" => Sends::Name,
            _ => Sends::Secret,
        };
    }

    /// The mail under way is done with.
    pub(super) fn end(&mut self, ctx: &mut Ctx<'_>) {
        self.head = None;
        if let Some(mail) = self.mail.take() {
            ctx.emit(*mail);
        }
        if let Some(login) = self.login.take_if(|_| self.awaits != Awaits::Login) {
            ctx.emit(*login);
        }
    }
}
