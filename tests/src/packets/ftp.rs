//! FTP sessions: a control connection with its replies, and data connections of every mode.

use super::frame::End;
use super::tape::{PacketId, Tape};
use super::tcp::{Conn, Side};
use super::{MILLI, Nanos};
use std::net::IpAddr;

/// How the data connection is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// PASV.
    Passive,
    /// EPSV.
    Extended,
    /// PORT.
    Active,
}

/// A session: the control connection and every data connection it made.
#[derive(Clone, Debug)]
pub struct Session {
    /// Control connection.
    pub control: Conn,
    /// Data connections in order.
    pub data: Vec<Conn>,
}

impl Session {
    /// Connects, greets and logs in.
    pub fn login(tape: &mut Tape, control: Conn, user: &str, password: &str) -> Self {
        let mut session = Self {
            control,
            data: Vec::new(),
        };
        session.control.open(tape);
        session.reply(tape, "220 FTP server ready");
        session.command(tape, &format!("USER {user}"), "331 Password required");
        session.command(tape, &format!("PASS {password}"), "230 Logged in");
        session
    }

    /// One reply line.
    pub fn reply(&mut self, tape: &mut Tape, line: &str) {
        self.control
            .send(tape, Side::Server, format!("{line}\r\n").as_bytes());
    }

    /// One command and its reply.
    pub fn command(&mut self, tape: &mut Tape, line: &str, reply: &str) {
        self.control.wait(30 * MILLI);
        self.control
            .send(tape, Side::Client, format!("{line}\r\n").as_bytes());
        self.reply(tape, reply);
    }

    /// Arranges a data connection (not open yet); `between` are commands that stand before the transfer.
    pub fn arrange(
        &mut self,
        tape: &mut Tape,
        mode: Mode,
        port: u16,
        between: &[(&str, &str)],
    ) -> Conn {
        let (client, server) = (self.control.client, self.control.server);
        let octets = |end: &End| match end.ip {
            IpAddr::V4(ip) => ip.octets().map(|o| o.to_string()).join(","),
            IpAddr::V6(_) => "0,0,0,0".to_owned(),
        };
        let two = |port: u16| format!("{},{}", port >> 8, port & 255);
        let mine = tape.port(client.ip);
        let isn = (u64::from(mine) << 40) ^ (u64::from(port) << 13) ^ 0x5bd1_e995;
        let (from, to) = match mode {
            Mode::Passive => {
                let line = format!(
                    "227 Entering Passive Mode ({},{}).",
                    octets(&server),
                    two(port)
                );
                self.command(tape, "PASV", &line);
                (client.at(mine), server.at(port))
            }
            Mode::Extended => {
                self.command(
                    tape,
                    "EPSV",
                    &format!("229 Entering Extended Passive Mode (|||{port}|)"),
                );
                (client.at(mine), server.at(port))
            }
            Mode::Active => {
                self.command(
                    tape,
                    &format!("PORT {},{}", octets(&client), two(mine)),
                    "200 PORT command successful",
                );
                (server.at(20), client.at(mine))
            }
        };
        for (line, reply) in between {
            self.command(tape, line, reply);
        }
        let mut conn = Conn::new(from, to, self.control.now, self.control.rtt, isn);
        conn.pace = self.control.pace;
        conn
    }

    /// The command that starts a transfer and its 150.
    pub fn start(&mut self, tape: &mut Tape, line: &str) {
        self.command(tape, line, "150 Opening data connection");
    }

    /// Moves bytes over an arranged connection and closes it; `sent` if the client sends them. Gives the data packets.
    pub fn carry(
        &mut self,
        tape: &mut Tape,
        mut conn: Conn,
        bytes: &[u8],
        sent: bool,
    ) -> Vec<PacketId> {
        let active = conn.client.ip == self.control.server.ip;
        let side = if sent == active {
            Side::Server
        } else {
            Side::Client
        };
        conn.now = self.control.now + MILLI;
        conn.open(tape);
        let ids = conn.send(tape, side, bytes);
        conn.close(tape, side);
        self.control.now = conn.now + MILLI;
        self.data.push(conn);
        ids
    }

    /// A whole download: arrange, `RETR`, bytes, 226.
    pub fn retrieve(
        &mut self,
        tape: &mut Tape,
        mode: Mode,
        port: u16,
        path: &str,
        bytes: &[u8],
    ) -> Vec<PacketId> {
        let conn = self.arrange(tape, mode, port, &[]);
        self.start(tape, &format!("RETR {path}"));
        let ids = self.carry(tape, conn, bytes, false);
        self.reply(tape, "226 Transfer complete");
        ids
    }

    /// Says goodbye.
    pub fn quit(&mut self, tape: &mut Tape) {
        self.command(tape, "QUIT", "221 Goodbye");
        self.control.close(tape, Side::Server);
    }

    /// When the last packet was.
    #[must_use]
    pub fn now(&self) -> Nanos {
        self.control.now
    }
}
