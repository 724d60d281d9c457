//! SMB2 sessions beyond their opening: log-on by NTLM, shares, files, and a service created by DCE/RPC.

use super::rng::Rng;
use super::tape::Tape;
use super::tcp::{Conn, Side};

/// A session on an open connection.
#[derive(Debug)]
pub struct Smb {
    message: u64,
    session: u64,
    tree: u32,
}

const NEGOTIATE: u16 = 0;
const SETUP: u16 = 1;
const TREE: u16 = 3;
const CREATE: u16 = 5;
const CLOSE: u16 = 6;
const WRITE: u16 = 9;
const IOCTL: u16 = 11;
/// More processing required.
const MORE: u32 = 0xc000_0016;
/// The name or the password is wrong.
const REFUSED: u32 = 0xc000_006d;
/// FSCTL_PIPE_TRANSCEIVE.
const TRANSCEIVE: u32 = 0x0011_c017;

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn len16(n: usize) -> [u8; 2] {
    u16::try_from(n).unwrap_or(0).to_le_bytes()
}

fn len32(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(0).to_le_bytes()
}

/// NTLMSSP: negotiate, challenge, authenticate (MS-NLMP 2.2.1).
fn ntlm(rng: &mut Rng, step: u8, user: &str, domain: &str, desk: &str) -> Vec<u8> {
    let flags = 0xa288_8205u32.to_le_bytes();
    let version = [10, 0, 0x61, 0x4a, 0, 0, 0, 15];
    let mut out = b"NTLMSSP\0".to_vec();
    out.extend([step, 0, 0, 0]);
    match step {
        1 => {
            out.extend(flags);
            out.extend([0; 16]);
            out.extend(version);
        }
        2 => {
            let name = wide(domain);
            out.extend(len16(name.len()));
            out.extend(len16(name.len()));
            out.extend(len32(56));
            out.extend(flags);
            out.extend(rng.bytes(8));
            out.extend([0; 8]);
            // Target information: the domain and the end of the list.
            let mut info = vec![2, 0];
            info.extend(len16(name.len()));
            info.extend_from_slice(&name);
            info.extend([0; 4]);
            out.extend(len16(info.len()));
            out.extend(len16(info.len()));
            out.extend(len32(56 + name.len()));
            out.extend(version);
            out.extend(name);
            out.extend(info);
        }
        _ => {
            let mut response = rng.bytes(16);
            response.extend([1, 1, 0, 0, 0, 0, 0, 0]);
            response.extend(rng.bytes(16));
            response.extend([0; 8]);
            let parts = [
                vec![0; 24],
                response,
                wide(domain),
                wide(user),
                wide(desk),
                Vec::new(),
            ];
            let mut at = 88;
            for part in &parts {
                out.extend(len16(part.len()));
                out.extend(len16(part.len()));
                out.extend(len32(at));
                at += part.len();
            }
            out.extend(flags);
            out.extend(version);
            out.extend(rng.bytes(16));
            out.extend(parts.concat());
        }
    }
    out
}

impl Smb {
    fn frame(&self, command: u16, response: bool, status: u32, body: &[u8]) -> Vec<u8> {
        let mut out = vec![0xfe, b'S', b'M', b'B', 64, 0, 0, 0];
        out.extend(status.to_le_bytes());
        out.extend(command.to_le_bytes());
        out.extend([1, 0]);
        out.extend(u32::from(response).to_le_bytes());
        out.extend([0; 4]);
        out.extend(self.message.to_le_bytes());
        out.extend([0xff, 0xfe, 0, 0]);
        out.extend(self.tree.to_le_bytes());
        out.extend(self.session.to_le_bytes());
        out.extend([0; 16]);
        out.extend_from_slice(body);
        let [_, a, b, c] = u32::try_from(out.len()).unwrap_or(0).to_be_bytes();
        let mut framed = vec![0, a, b, c];
        framed.extend(out);
        framed
    }

    fn turn(
        &mut self,
        tape: &mut Tape,
        conn: &mut Conn,
        command: u16,
        (ask, tell): (&[u8], &[u8]),
        status: u32,
    ) {
        let bytes = self.frame(command, false, 0, ask);
        conn.send(tape, Side::Client, &bytes);
        let bytes = self.frame(command, true, status, tell);
        conn.send(tape, Side::Server, &bytes);
        self.message += 1;
    }

    /// Negotiates and logs on.
    pub fn log_on(
        tape: &mut Tape,
        conn: &mut Conn,
        rng: &mut Rng,
        who: (&str, &str, &str),
    ) -> Self {
        Self::knock(tape, conn, rng, who, 0)
    }

    /// Negotiates and is not let in.
    pub fn refused(tape: &mut Tape, conn: &mut Conn, rng: &mut Rng, who: (&str, &str, &str)) {
        Self::knock(tape, conn, rng, who, REFUSED);
    }

    fn knock(
        tape: &mut Tape,
        conn: &mut Conn,
        rng: &mut Rng,
        (user, domain, desk): (&str, &str, &str),
        last: u32,
    ) -> Self {
        let mut smb = Self {
            message: 0,
            session: 0,
            tree: 0,
        };
        let guid = rng.bytes(16);
        let mut ask = vec![36, 0, 2, 0, 1, 0, 0, 0, 0x7f, 0, 0, 0];
        ask.extend_from_slice(&guid);
        ask.extend([0; 8]);
        ask.extend([2, 2, 0x10, 2]);
        let mut tell = vec![65, 0, 1, 0, 0x10, 2, 0, 0];
        tell.extend_from_slice(&guid);
        tell.extend([0x2f, 0, 0, 0]);
        for _ in 0..3 {
            tell.extend(0x0010_0000u32.to_le_bytes());
        }
        tell.extend([0; 16]);
        tell.extend([128, 0, 0, 0, 0, 0, 0, 0]);
        smb.turn(tape, conn, NEGOTIATE, (&ask, &tell), 0);
        let session = rng.next_u64() >> 8;
        for (step, status) in [(1u8, MORE), (3, last)] {
            let token = ntlm(rng, step, user, domain, desk);
            let mut ask = vec![25, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 88, 0];
            ask.extend(len16(token.len()));
            ask.extend([0; 8]);
            ask.extend(token);
            let token = if step == 1 {
                ntlm(rng, 2, user, domain, desk)
            } else {
                Vec::new()
            };
            let mut tell = vec![9, 0, 0, 0, 72, 0];
            tell.extend(len16(token.len()));
            tell.extend(token);
            let bytes = smb.frame(SETUP, false, 0, &ask);
            conn.send(tape, Side::Client, &bytes);
            smb.session = session;
            let bytes = smb.frame(SETUP, true, status, &tell);
            conn.send(tape, Side::Server, &bytes);
            smb.message += 1;
        }
        smb
    }

    /// Connects to a share; `pipe` for IPC$.
    pub fn tree(&mut self, tape: &mut Tape, conn: &mut Conn, path: &str, pipe: bool) {
        let path = wide(path);
        let mut ask = vec![9, 0, 0, 0, 72, 0];
        ask.extend(len16(path.len()));
        ask.extend(path);
        let before = self.tree;
        let bytes = self.frame(TREE, false, 0, &ask);
        conn.send(tape, Side::Client, &bytes);
        self.tree = before + 1;
        let kind = if pipe { 2 } else { 1 };
        let tell = [16, 0, kind, 0, 0x30, 0, 0, 0, 0, 0, 0, 0, 0xff, 1, 31, 0];
        let bytes = self.frame(TREE, true, 0, &tell);
        conn.send(tape, Side::Server, &bytes);
        self.message += 1;
    }

    /// Opens a file or pipe; gives its id.
    pub fn open(&mut self, tape: &mut Tape, conn: &mut Conn, rng: &mut Rng, name: &str) -> Vec<u8> {
        let name = wide(name);
        let mut ask = vec![57, 0, 0, 0, 2, 0, 0, 0];
        ask.extend([0; 16]);
        ask.extend(0x0012_019fu32.to_le_bytes());
        ask.extend([0; 4]);
        // Share all, create or overwrite.
        ask.extend([7, 0, 0, 0, 5, 0, 0, 0, 0x40, 0, 0, 0]);
        ask.extend(len16(64 + 56));
        ask.extend(len16(name.len()));
        ask.extend([0; 8]);
        ask.extend(name);
        let id = rng.bytes(16);
        let mut tell = vec![89, 0, 0, 0, 2, 0, 0, 0];
        tell.extend([0; 32]);
        tell.extend([0; 16]);
        tell.extend([0x80, 0, 0, 0, 0, 0, 0, 0]);
        tell.extend_from_slice(&id);
        tell.extend([0; 8]);
        self.turn(tape, conn, CREATE, (&ask, &tell), 0);
        id
    }

    /// Writes bytes to an open file, in pieces.
    pub fn write(&mut self, tape: &mut Tape, conn: &mut Conn, id: &[u8], bytes: &[u8]) {
        for (n, piece) in bytes.chunks(32_768).enumerate() {
            let mut ask = vec![49, 0];
            ask.extend(len16(64 + 48));
            ask.extend(len32(piece.len()));
            ask.extend((n as u64 * 32_768).to_le_bytes());
            ask.extend_from_slice(id);
            ask.extend([0; 16]);
            ask.extend_from_slice(piece);
            let mut tell = vec![17, 0, 0, 0];
            tell.extend(len32(piece.len()));
            tell.extend([0; 8]);
            self.turn(tape, conn, WRITE, (&ask, &tell), 0);
        }
    }

    /// One call through an open pipe.
    fn call(&mut self, tape: &mut Tape, conn: &mut Conn, id: &[u8], ask: &[u8], tell: &[u8]) {
        let mut body = vec![57, 0, 0, 0];
        body.extend(TRANSCEIVE.to_le_bytes());
        body.extend_from_slice(id);
        body.extend(len32(64 + 56));
        body.extend(len32(ask.len()));
        body.extend([0; 12]);
        body.extend(len32(4280));
        body.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        body.extend_from_slice(ask);
        let mut back = vec![49, 0, 0, 0];
        back.extend(TRANSCEIVE.to_le_bytes());
        back.extend_from_slice(id);
        back.extend(len32(64 + 48));
        back.extend([0; 4]);
        back.extend(len32(64 + 48));
        back.extend(len32(tell.len()));
        back.extend([0; 8]);
        back.extend_from_slice(tell);
        self.turn(tape, conn, IOCTL, (&body, &back), 0);
    }

    /// Closes an open file.
    pub fn close(&mut self, tape: &mut Tape, conn: &mut Conn, id: &[u8]) {
        let mut ask = vec![24, 0, 0, 0, 0, 0, 0, 0];
        ask.extend_from_slice(id);
        let mut tell = vec![60, 0, 0, 0, 0, 0, 0, 0];
        tell.extend([0; 52]);
        self.turn(tape, conn, CLOSE, (&ask, &tell), 0);
    }

    /// What remote administration does: a program to ADMIN$, a service of it by svcctl, started.
    pub fn service(
        &mut self,
        tape: &mut Tape,
        conn: &mut Conn,
        rng: &mut Rng,
        (server, name): (&str, &str),
        program: &[u8],
    ) {
        self.tree(tape, conn, &format!("\\\\{server}\\ADMIN$"), false);
        let id = self.open(tape, conn, rng, &format!("{name}.exe"));
        self.write(tape, conn, &id, program);
        self.close(tape, conn, &id);
        self.tree(tape, conn, &format!("\\\\{server}\\IPC$"), true);
        let pipe = self.open(tape, conn, rng, "svcctl");
        self.call(tape, conn, &pipe, &bind(), &bound());
        let handle = rng.bytes(20);
        let manager = handle_reply(&handle);
        let mut open = referent(1);
        open.extend(text(server));
        open.extend(referent(0));
        open.extend(0x0002u32.to_le_bytes());
        self.call(
            tape,
            conn,
            &pipe,
            &request(1, 15, &open),
            &response(1, &manager),
        );
        let mut create = handle.clone();
        create.extend(text(name));
        create.extend(referent(2));
        create.extend(text(name));
        for n in [0x000f_01ffu32, 0x10, 3, 0] {
            create.extend(n.to_le_bytes());
        }
        create.extend(text(&format!("%SystemRoot%\\{name}.exe")));
        create.extend([0; 28]);
        let service = rng.bytes(20);
        let mut made = vec![0; 4];
        made.extend(handle_reply(&service));
        self.call(
            tape,
            conn,
            &pipe,
            &request(2, 12, &create),
            &response(2, &made),
        );
        let mut start = service;
        start.extend([0; 8]);
        self.call(
            tape,
            conn,
            &pipe,
            &request(3, 19, &start),
            &response(3, &[0; 4]),
        );
        self.close(tape, conn, &pipe);
    }
}

fn referent(n: u32) -> Vec<u8> {
    if n == 0 {
        vec![0; 4]
    } else {
        (0x0002_0000 + n * 4).to_le_bytes().to_vec()
    }
}

/// A conformant varying wide string with its final zero, padded to four bytes.
fn text(of: &str) -> Vec<u8> {
    let mut letters = wide(of);
    letters.extend([0, 0]);
    let count = len32(letters.len() / 2);
    let mut out = count.to_vec();
    out.extend([0; 4]);
    out.extend(count);
    out.extend(letters);
    out.resize(out.len().div_ceil(4) * 4, 0);
    out
}

fn handle_reply(handle: &[u8]) -> Vec<u8> {
    let mut out = handle.to_vec();
    out.extend([0; 4]);
    out
}

fn pdu(kind: u8, call: u32, body: &[u8]) -> Vec<u8> {
    let mut out = vec![5, 0, kind, 3, 0x10, 0, 0, 0];
    out.extend(len16(body.len() + 16));
    out.extend([0, 0]);
    out.extend(call.to_le_bytes());
    out.extend_from_slice(body);
    out
}

/// The service control manager's interface, version 2.
const SVCCTL: [u8; 20] = [
    0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03,
    2, 0, 0, 0,
];
/// NDR, version 2.
const NDR: [u8; 20] = [
    0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60,
    2, 0, 0, 0,
];

fn bind() -> Vec<u8> {
    let mut body = vec![0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0];
    body.extend(SVCCTL);
    body.extend(NDR);
    pdu(11, 0, &body)
}

fn bound() -> Vec<u8> {
    let mut body = vec![0xb8, 0x10, 0xb8, 0x10, 0x31, 0x12, 0, 0, 13, 0];
    body.extend(b"\\PIPE\\ntsvcs\0");
    body.push(0);
    body.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(NDR);
    pdu(12, 0, &body)
}

fn request(call: u32, operation: u16, stub: &[u8]) -> Vec<u8> {
    let mut body = len32(stub.len()).to_vec();
    body.extend([0, 0]);
    body.extend(operation.to_le_bytes());
    body.extend_from_slice(stub);
    pdu(0, call, &body)
}

fn response(call: u32, stub: &[u8]) -> Vec<u8> {
    let mut body = len32(stub.len()).to_vec();
    body.extend([0, 0, 0, 0]);
    body.extend_from_slice(stub);
    pdu(2, call, &body)
}
