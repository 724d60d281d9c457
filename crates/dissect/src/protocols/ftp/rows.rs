//! What an FTP session did: commands, logins, transfers. No password is kept.

use super::PROTOCOL;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::{Close, Protocol};
use std::net::IpAddr;
use weir_model::{FlowId, PacketRef, Timestamp};

/// A command and its final reply.
#[derive(Clone, Debug)]
pub struct Command {
    /// First: the command's packet; last: the final reply's.
    pub meta: MessageMeta,
    /// Who commanded.
    pub client: (IpAddr, u16),
    /// Who obeyed.
    pub server: (IpAddr, u16),
    /// Logged in as, or trying to. Hostile text.
    pub user: Option<Box<str>>,
    /// In capitals: `RETR`.
    pub command: Box<str>,
    /// Empty where there is none; `<hidden>` for passwords. Hostile text.
    pub arg: Box<str>,
    /// Of the final reply.
    pub reply_code: Option<u16>,
    /// Of the final reply. Hostile text.
    pub reply_msg: Box<str>,
}

/// An attempt to log in with a password in clear text.
#[derive(Clone, Debug)]
pub struct Login {
    /// First: the PASS command's packet; last: its reply's.
    pub meta: MessageMeta,
    /// Who tried.
    pub client: (IpAddr, u16),
    /// Where.
    pub server: (IpAddr, u16),
    /// As whom; empty where USER was not seen. Hostile text.
    pub user: Box<str>,
    /// 230 or 202: yes; 530 and other refusals: no; `None` without an answer.
    pub success: Option<bool>,
}

/// How a data connection was agreed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setup {
    /// Nothing was said: the control connection's own ports (RFC 959 section 3.2).
    Default,
    /// The client listens.
    Port,
    /// The client listens (RFC 2428).
    Eprt,
    /// The server listens.
    Pasv,
    /// The server listens (RFC 2428).
    Epsv,
}

impl Setup {
    /// Wireshark's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Port => "PORT",
            Self::Eprt => "EPRT",
            Self::Pasv => "PASV",
            Self::Epsv => "EPASV",
        }
    }

    /// Does the server listen?
    #[must_use]
    pub fn passive(self) -> bool {
        matches!(self, Self::Pasv | Self::Epsv)
    }
}

/// What became of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// A data connection was agreed on and not used.
    Announced,
    /// Commanded; neither data nor an answer seen.
    Asked,
    /// The server said no before any data (550 and others).
    Refused,
    /// Begun; its end was not seen.
    Running,
    /// The server said that all was transferred (226, 250).
    Complete,
    /// The server said that it was not (426, 451 …).
    Aborted,
}

/// A data connection from its announcement to the final reply. Its row is written when it is announced
/// and filled in as more is said, so that control and data connection share it.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// First: what announced it; last: the latest packet that changed it.
    pub meta: MessageMeta,
    /// Control connection: who commanded.
    pub client: (IpAddr, u16),
    /// Control connection: who obeyed.
    pub server: (IpAddr, u16),
    /// Logged in as. Hostile text.
    pub user: Option<Box<str>>,
    /// How the data connection was agreed on.
    pub setup: Setup,
    /// Packet of the announcement.
    pub announced: PacketRef,
    /// The end that listens for the data connection.
    pub endpoint: (IpAddr, u16),
    /// `RETR`, `STOR`, `STOU`, `APPE`, `LIST`, `NLST`, `MLSD`; empty until commanded.
    pub command: Box<str>,
    /// As written. Hostile text.
    pub arg: Box<str>,
    /// The argument seen from the working directory, or the name the server chose (STOU). Hostile text.
    pub path: Box<str>,
    /// Working directory when commanded, where the server told it.
    pub cwd: Option<Box<str>>,
    /// Packet and time of the command.
    pub asked: Option<(PacketRef, Timestamp)>,
    /// ASCII mode (RFC 959 section 3.1.1.1): bytes are as sent.
    pub ascii: bool,
    /// From REST: where in the file the transfer begins.
    pub offset: u64,
    /// The file's whole size, from SIZE.
    pub size: Option<u64>,
    /// Bytes the server says it will send, from the 150 reply.
    pub announced_size: Option<u64>,
    /// Code and packet of the first preliminary reply (125, 150).
    pub begun: Option<(u16, PacketRef)>,
    /// Code, packet and time of the final reply.
    pub done: Option<(u16, PacketRef, Timestamp)>,
    /// Text of the final reply. Hostile text.
    pub reply_msg: Box<str>,
    /// The data connection, once it carried something.
    pub data: Option<FlowId>,
    /// First and last packet with data.
    pub packets: Option<(PacketRef, PacketRef)>,
    /// Packets with data.
    pub frames: u32,
    /// Bytes of data.
    pub bytes: u64,
    /// How the data connection ended, where its end was seen.
    pub closed: Option<Close>,
}

impl Transfer {
    /// Client to server?
    #[must_use]
    pub fn sent(&self) -> bool {
        matches!(&*self.command, "STOR" | "STOU" | "APPE")
    }

    /// Does it carry a file (and not a listing)?
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.sent() || &*self.command == "RETR"
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.done.map(|d| d.0) {
            Some(200..300) => Outcome::Complete,
            Some(_) if self.data.is_none() && self.begun.is_none() => Outcome::Refused,
            Some(_) => Outcome::Aborted,
            None if self.data.is_some() || self.begun.is_some() => Outcome::Running,
            None if self.asked.is_some() => Outcome::Asked,
            None => Outcome::Announced,
        }
    }

    /// `RETR file`.
    #[must_use]
    pub fn line(&self) -> String {
        if self.arg.is_empty() {
            self.command.to_string()
        } else {
            format!("{} {}", self.command, self.arg)
        }
    }

    /// Bytes the data connection should carry, where that was said.
    #[must_use]
    pub fn expected(&self) -> Option<u64> {
        if self.sent() {
            return None;
        }
        // The 150 reply may state the whole or the rest: only without REST is it clear.
        match (self.size, self.announced_size) {
            (Some(size), _) if !self.ascii => Some(size.saturating_sub(self.offset)),
            (_, Some(n)) if self.offset == 0 => Some(n),
            _ => None,
        }
    }

    /// `ftp://server/path`.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.server.1;
        let host = match self.server.0 {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        if port == 21 {
            format!("ftp://{host}{}", self.path)
        } else {
            format!("ftp://{host}:{port}{}", self.path)
        }
    }
}

impl Message for Command {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        static COLUMNS: &[Column] = &[
            Column::new("user", "Logged in as"),
            Column::new("command", "Command"),
            Column::new("arg", "Its argument"),
            Column::new("reply_code", "Final reply"),
            Column::new("reply_msg", "Its text"),
        ];
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::text(self.user.as_deref()),
            1 => Cell::text(Some(&self.command)),
            2 => Cell::text(Some(&*self.arg).filter(|a| !a.is_empty())),
            3 => Cell::uint(self.reply_code),
            4 => Cell::text(Some(&*self.reply_msg).filter(|a| !a.is_empty())),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let code = self
            .reply_code
            .map_or_else(|| "no reply".to_owned(), |c| c.to_string());
        format!("{} {} → {code} {}", self.command, self.arg, self.reply_msg)
    }
    fn heap(&self) -> usize {
        self.command.len()
            + self.arg.len()
            + self.reply_msg.len()
            + self.user.as_ref().map_or(0, |u| u.len())
    }
}

impl Message for Login {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        static COLUMNS: &[Column] = &[
            Column::new("user", "As whom"),
            Column::new("success", "Let in?"),
        ];
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::text(Some(&self.user)),
            1 => self.success.map_or(Cell::Absent, Cell::Bool),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let how = match self.success {
            Some(true) => "let in",
            Some(false) => "turned away",
            None => "no answer",
        };
        format!("{} at {}: {how}", self.user, self.server.0)
    }
    fn heap(&self) -> usize {
        self.user.len()
    }
}

impl Message for Transfer {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        static COLUMNS: &[Column] = &[
            Column::new("user", "Logged in as"),
            Column::new("command", "Command"),
            Column::new("arg", "Its argument"),
            Column::new("path", "The argument seen from the working directory"),
            Column::new("file_size", "Size the server stated"),
            Column::new("offset", "Where in the file it begins"),
            Column::new("ascii", "ASCII mode"),
            Column::new("reply_code", "Final reply"),
            Column::new("reply_msg", "Its text"),
            Column::new("data_channel.passive", "The server listens"),
            Column::new("data_channel.resp_h", "Address that listens"),
            Column::new("data_channel.resp_p", "Port that listens"),
            Column::new("bytes", "Bytes carried"),
            Column::new("outcome", "What became of it"),
        ];
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        let some = |t: &str| Cell::text(Some(t).filter(|t| !t.is_empty()));
        match n {
            0 => Cell::text(self.user.as_deref()),
            1 => some(&self.command),
            2 => some(&self.arg),
            3 => some(&self.path),
            4 => Cell::uint(self.size.or(self.announced_size)),
            5 => Cell::Uint(self.offset),
            6 => Cell::Bool(self.ascii),
            7 => Cell::uint(self.done.map(|d| d.0)),
            8 => some(&self.reply_msg),
            9 => Cell::Bool(self.setup.passive()),
            10 => Cell::Address(self.endpoint.0),
            11 => Cell::Uint(u64::from(self.endpoint.1)),
            12 => Cell::Uint(self.bytes),
            13 => Cell::Text(format!("{:?}", self.outcome()).to_lowercase()),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let outcome = format!("{:?}", self.outcome()).to_lowercase();
        format!("{} → {outcome}, {} bytes", self.line(), self.bytes)
    }
    fn heap(&self) -> usize {
        self.command.len()
            + self.arg.len()
            + self.path.len()
            + self.reply_msg.len()
            + self.user.as_ref().map_or(0, |u| u.len())
            + self.cwd.as_ref().map_or(0, |u| u.len())
    }
}
