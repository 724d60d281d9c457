//! Who logs in, told by what the server asks for and what is typed then. Passwords are passed over.

use super::{PROTOCOL, Piece, piece};
use crate::context::Ctx;
use crate::facts::MessageMeta;
use crate::facts::row::row;
use crate::framed::Framed;
use crate::protocol::Direction;

row! {
    /// An attempt to log in. First: what was typed for the name; last: what told how it went.
    pub struct Login of PROTOCOL {
        user: Box<str> = "As whom",
        success: Option<bool> = "Let in, by what the server said next?",
        terminal: Box<str> = "Terminal that the client says it is",
    }
    |l| {
        let how = match l.success {
            Some(true) => "let in",
            Some(false) => "turned away",
            None => "no answer",
        };
        format!("{}: {how}", l.user)
    }
}

/// Bytes of the server's last line that are kept.
const PROMPT: usize = 64;
/// Bytes of a typed line that are kept.
const TYPED: usize = 256;
/// Lines of the server that are looked at for how an attempt went.
const ANSWER: u8 = 12;

/// What the client types next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Types {
    #[default]
    Anything,
    Name,
    Password,
}

#[derive(Clone, Default)]
pub(super) struct Logins {
    prompt: Vec<u8>,
    typed: Vec<u8>,
    types: Types,
    open: Option<Login>,
    /// The password was typed: so many lines of the answer were seen.
    answer: Option<u8>,
    terminal: Box<str>,
}

/// Words by which servers turn somebody away, and let him in.
const NO: &[&str] = &[
    "incorrect",
    "fail",
    "denied",
    "invalid",
    "bad password",
    "wrong",
    "refused",
];
const YES: &[&str] = &["last login", "welcome", "logged in", "successful"];

fn says(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(w))
}

impl Logins {
    pub(super) fn part(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let mut at = 0;
        while let Some(piece) = piece(m.data.bytes, at) {
            match piece {
                Piece::Text(from, to) => {
                    let text = m.data.bytes.get(from..to).unwrap_or_default();
                    match m.direction {
                        Direction::Forward => self.client(ctx, m, text),
                        Direction::Backward => self.server(ctx, text),
                    }
                }
                Piece::Sub(from, to, _) if m.direction == Direction::Forward => {
                    let sub = m.data.bytes.get(from + 2..to).unwrap_or_default();
                    if let [24, 0, name @ ..] = sub {
                        let name = name.get(..TYPED).unwrap_or(name);
                        self.terminal = String::from_utf8_lossy(name).into();
                    }
                }
                Piece::Sub(..) | Piece::Command(..) => {}
            }
            at = piece.end().max(at + 1);
        }
    }

    fn server(&mut self, ctx: &mut Ctx<'_>, text: &[u8]) {
        let end = |b: &u8| matches!(b, b'\r' | b'\n');
        for line in text.split_inclusive(end) {
            let (line, ended) = match line.split_last() {
                Some((last, line)) if end(last) => (line, true),
                _ => (line, false),
            };
            self.keep(line);
            if ended {
                self.line(ctx);
                self.prompt.clear();
            }
        }
        let prompt = String::from_utf8_lossy(&self.prompt).to_ascii_lowercase();
        let prompt = prompt.trim_end();
        if prompt.ends_with("login:") || prompt.ends_with("username:") || prompt.ends_with("user:")
        {
            // Asked for a name again: the attempt before it failed.
            if self.answer.is_some() {
                self.close_with(ctx, Some(false));
            }
            self.types = Types::Name;
        } else if prompt.ends_with("password:") || prompt.ends_with("passcode:") {
            if self.answer.is_some() {
                self.close_with(ctx, Some(false));
            }
            self.types = Types::Password;
        } else if self.answer.is_some() && prompt.ends_with(['$', '#', '>', '%']) {
            self.close_with(ctx, Some(true));
        }
    }

    /// More of the server's line: its last bytes are kept, without NUL.
    fn keep(&mut self, line: &[u8]) {
        let mut last: Vec<u8> = line
            .iter()
            .rev()
            .filter(|b| **b != 0)
            .take(PROMPT)
            .copied()
            .collect();
        last.reverse();
        let over = (self.prompt.len() + last.len()).saturating_sub(PROMPT);
        self.prompt.drain(..over.min(self.prompt.len()));
        self.prompt.append(&mut last);
    }

    /// A line of the server is whole.
    fn line(&mut self, ctx: &mut Ctx<'_>) {
        let Some(seen) = &mut self.answer else {
            return;
        };
        *seen += 1;
        let last = *seen >= ANSWER;
        let text = String::from_utf8_lossy(&self.prompt).to_ascii_lowercase();
        if says(&text, NO) {
            self.close_with(ctx, Some(false));
        } else if says(&text, YES) {
            self.close_with(ctx, Some(true));
        } else if last {
            self.close_with(ctx, None);
        }
    }

    fn client(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, text: &[u8]) {
        for b in text {
            match b {
                b'\r' | b'\n' => {
                    let typed = std::mem::take(&mut self.typed);
                    // A line end may be of two bytes.
                    if !typed.is_empty() || *b == b'\r' {
                        self.entered(ctx.message(m.direction, m.from), &typed);
                    }
                }
                8 | 127 => {
                    self.typed.pop();
                }
                0..=31 => {}
                _ if self.types == Types::Password => {
                    // That something was typed is enough.
                    self.typed = vec![b'*'];
                }
                b => {
                    if self.typed.len() < TYPED {
                        self.typed.push(*b);
                    }
                }
            }
        }
    }

    /// The client ended a line.
    fn entered(&mut self, meta: MessageMeta, typed: &[u8]) {
        match std::mem::take(&mut self.types) {
            Types::Anything => {}
            Types::Name if !typed.is_empty() => {
                self.open = Some(Login {
                    meta,
                    user: String::from_utf8_lossy(typed).into(),
                    success: None,
                    terminal: self.terminal.clone(),
                });
            }
            Types::Name => {}
            Types::Password => {
                // A password for a name that was not asked for here.
                self.open.get_or_insert_with(|| Login {
                    meta,
                    user: Box::default(),
                    success: None,
                    terminal: self.terminal.clone(),
                });
                self.answer = Some(0);
            }
        }
    }

    fn close_with(&mut self, ctx: &mut Ctx<'_>, success: Option<bool>) {
        self.answer = None;
        if let Some(mut login) = self.open.take() {
            login.success = success;
            (login.meta.last, login.meta.end) = (ctx.meta.packet, ctx.meta.time);
            ctx.emit(login);
        }
    }

    /// A side says no more.
    pub(super) fn close(&mut self, ctx: &mut Ctx<'_>) {
        if self.answer.is_some() {
            self.close_with(ctx, None);
        }
    }
}
