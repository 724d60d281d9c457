//! What several tests of detections put on a tape.

use crate::tape::{End, RESOLVER, Tape};

/// What a resolver says.
pub(super) enum Reply {
    /// No such name.
    NoName,
    /// An address that may be kept so many seconds.
    Address(u32, [u8; 4]),
    /// A text that may be kept so many seconds.
    Text(u32, String),
}

/// Asks the usual resolver.
pub(super) fn question(tape: &mut Tape, client: End, name: &str, kind: u16, reply: &Reply) {
    question_to(tape, client, RESOLVER, name, kind, reply);
}

/// Asks a resolver for a name, as type `kind`.
pub(super) fn question_to(
    tape: &mut Tape,
    client: End,
    server: End,
    name: &str,
    kind: u16,
    reply: &Reply,
) {
    let mut asked = Vec::new();
    for label in name.split('.') {
        asked.push(u8::try_from(label.len()).unwrap());
        asked.extend(label.as_bytes());
    }
    asked.push(0);
    asked.extend(kind.to_be_bytes());
    asked.extend([0, 1]);
    let id = u16::try_from(tape.frames.len()).unwrap().to_be_bytes();
    let mut q = [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0]].concat();
    q.extend(&asked);
    tape.udp(client, server, &q);
    let (code, record) = match reply {
        Reply::NoName => (0x83, None),
        Reply::Address(ttl, ip) => (0x80, Some((1_u16, *ttl, ip.to_vec()))),
        Reply::Text(ttl, text) => {
            let mut data = vec![u8::try_from(text.len()).unwrap()];
            data.extend(text.as_bytes());
            (0x80, Some((16, *ttl, data)))
        }
    };
    let count = u8::from(record.is_some());
    let mut r = [&id[..], &[0x81, code, 0, 1, 0, count, 0, 0, 0, 0]].concat();
    r.extend(&asked);
    if let Some((kind, ttl, data)) = record {
        r.extend([0xc0, 12]);
        r.extend(kind.to_be_bytes());
        r.extend([0, 1]);
        r.extend(ttl.to_be_bytes());
        r.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        r.extend(data);
    }
    tape.udp(server, client, &r);
}

/// Letters and digits without any sense, the same for the same seed.
pub(super) fn noise(seed: u64, len: usize) -> String {
    let mut state = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(0x1234_5678_9abc_def1);
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let signs = b"abcdefghijklmnopqrstuvwxyz234567";
            char::from(signs[usize::try_from(state >> 40).unwrap() % signs.len()])
        })
        .collect()
}

/// Windows machines that talk: SMB 2 on port 445, remote procedure calls over TCP.
pub(super) mod windows {
    use crate::tape::{End, Tape};
    use weir_model::Duration;

    /// Interfaces, as their bytes stand in a bind.
    pub(in super::super) const SVCCTL: [u8; 16] = [
        0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0, 0x10, 0x03,
    ];
    pub(in super::super) const DRSUAPI: [u8; 16] = [
        0x35, 0x42, 0x51, 0xe3, 0x06, 0x4b, 0xd1, 0x11, 0xab, 0x04, 0, 0xc0, 0x4f, 0xc2, 0xdc, 0xd2,
    ];
    pub(in super::super) const SAMR: [u8; 16] = [
        0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xac,
    ];
    pub(in super::super) const EVENTS: [u8; 16] = [
        0xf7, 0xaf, 0xbe, 0xf6, 0x19, 0x1e, 0xbb, 0x4f, 0x9f, 0x8f, 0xb8, 0x9e, 0x20, 0x18, 0x33,
        0x7c,
    ];
    pub(in super::super) const EPM: [u8; 16] = [
        0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0, 0x2b, 0x14, 0xa0, 0xfa,
    ];
    pub(in super::super) const ACTIVATE: [u8; 16] =
        [0xa0, 0x01, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    pub(in super::super) const DISPATCH: [u8; 16] =
        [0, 0x04, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
    pub(in super::super) const WMI: [u8; 16] = [
        0x99, 0xdc, 0x56, 0x95, 0x8c, 0x82, 0xcf, 0x11, 0xa3, 0x7e, 0, 0xaa, 0, 0x32, 0x40, 0xc7,
    ];

    /// One client with one server.
    pub(in super::super) struct Talk<'a> {
        tape: &'a mut Tape,
        client: [u8; 4],
        server: [u8; 4],
        smb: Option<Line>,
        rpc: Option<Line>,
        port: u16,
        id: u64,
    }

    #[derive(Clone, Copy)]
    struct Line {
        ends: (End, End),
        sent: [u32; 2],
    }

    impl Line {
        fn open(tape: &mut Tape, client: End, server: End) -> Self {
            tape.tcp(client, server, 100, 0, 2, &[]);
            tape.tcp(server, client, 500, 101, 0x12, &[]);
            tape.tcp(client, server, 101, 501, 0x10, &[]);
            Self {
                ends: (client, server),
                sent: [101, 501],
            }
        }

        fn say(&mut self, tape: &mut Tape, back: bool, bytes: &[u8]) {
            let (from, to) = if back {
                (self.ends.1, self.ends.0)
            } else {
                self.ends
            };
            let [a, b] = self.sent;
            let (seq, ack) = if back { (b, a) } else { (a, b) };
            tape.tcp(from, to, seq, ack, 0x18, bytes);
            self.sent[usize::from(back)] += u32::try_from(bytes.len()).unwrap();
        }
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn smb2(cmd: u16, id: u64, answer: bool, body: &[u8]) -> Vec<u8> {
        let mut m = b"\xfeSMB\x40\0\0\0\0\0\0\0".to_vec();
        m.extend(cmd.to_le_bytes());
        m.extend([1, 0, u8::from(answer), 0, 0, 0, 0, 0, 0, 0]);
        m.extend(id.to_le_bytes());
        m.extend([0, 0, 0, 0, 5, 0, 0, 0]);
        m.extend(9_u64.to_le_bytes());
        m.extend([0; 16]);
        m.extend(body);
        let mut out = u32::try_from(m.len()).unwrap().to_be_bytes().to_vec();
        out.extend(m);
        out
    }

    fn named(front: &[u8], at: usize, name: &str) -> Vec<u8> {
        let name = wide(name);
        let mut b = front.to_vec();
        b.extend(u16::try_from(64 + at).unwrap().to_le_bytes());
        b.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        b.resize(at, 0);
        b.extend(name);
        b
    }

    fn sized(front: &[u8], len: usize) -> Vec<u8> {
        let mut b = front.to_vec();
        b.resize(len, 0);
        b
    }

    fn fragment(kind: u8, call: u8, body: &[u8]) -> Vec<u8> {
        let mut m = vec![5, 0, kind, 3, 0x10, 0, 0, 0];
        m.extend(u16::try_from(16 + body.len()).unwrap().to_le_bytes());
        m.extend([0, 0, call, 0, 0, 0]);
        m.extend(body);
        m
    }

    impl<'a> Talk<'a> {
        pub(in super::super) fn begin(
            tape: &'a mut Tape,
            client: [u8; 4],
            server: [u8; 4],
        ) -> Self {
            Self {
                tape,
                client,
                server,
                smb: None,
                rpc: None,
                port: 40_000,
                id: 1,
            }
        }

        fn smb(&mut self, cmd: u16, ask: &[u8], tell: &[u8]) {
            let (client, server) = ((self.client, self.port), (self.server, 445));
            let mut line = self
                .smb
                .unwrap_or_else(|| Line::open(self.tape, client, server));
            self.id += 1;
            line.say(self.tape, false, &smb2(cmd, self.id, false, ask));
            line.say(self.tape, true, &smb2(cmd, self.id, true, tell));
            self.smb = Some(line);
        }

        /// Connects a share; of pipes or of files.
        pub(in super::super) fn share(&mut self, path: &str, pipes: bool) {
            let ask = named(&[9, 0, 0, 0], 8, path);
            self.smb(3, &ask, &sized(&[16, 0, if pipes { 2 } else { 1 }, 0], 16));
        }

        /// Opens a file of the share and writes it.
        pub(in super::super) fn write(&mut self, name: &str, bytes: &[u8]) {
            let ask = named(&sized(&[57, 0], 44), 56, name);
            let mut made = sized(&[89, 0], 64);
            made.extend([7; 16]);
            made.resize(88, 0);
            self.smb(5, &ask, &made);
            let mut put = vec![49, 0, 0x70, 0];
            put.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            put.extend([0; 8]);
            put.extend([7; 16]);
            put.resize(48, 0);
            put.extend(bytes);
            self.smb(9, &put, &sized(&[17, 0, 0, 0, 8, 0, 0, 0], 17));
            let mut close = sized(&[24, 0], 8);
            close.extend([7; 16]);
            self.smb(6, &close, &sized(&[60, 0], 60));
        }

        /// Binds an interface on a connection of its own and calls an operation.
        pub(in super::super) fn call(&mut self, _: &str, interface: &[u8; 16], operation: u8) {
            self.port += 1;
            let mut line = Line::open(self.tape, (self.client, self.port), (self.server, 49_667));
            let mut body = vec![0; 8];
            body.extend([1, 0, 0, 0, 7, 0, 1, 0]);
            body.extend(interface);
            body.extend([2, 0, 0, 0]);
            body.extend([0; 20]);
            line.say(self.tape, false, &fragment(11, 1, &body));
            self.rpc = Some(line);
            self.call_again(operation);
        }

        /// Another operation of it.
        pub(in super::super) fn call_again(&mut self, operation: u8) {
            let mut line = self.rpc.unwrap();
            self.id += 1;
            let call = u8::try_from(self.id % 250).unwrap();
            line.say(
                self.tape,
                false,
                &fragment(0, call, &[0, 0, 0, 0, 7, 0, operation, 0]),
            );
            line.say(self.tape, true, &fragment(2, call, &[0; 8]));
            self.rpc = Some(line);
        }

        pub(in super::super) fn pause(&mut self, seconds: i64) {
            self.tape.now = self.tape.now.plus(Duration::seconds(seconds));
        }
    }
}

/// A host of the network looks at so many sites outside.
pub(super) fn browse(tape: &mut Tape, client: [u8; 4], sites: u8) {
    for n in 0..sites {
        tape.talk(
            (client, 50_000 + u16::from(n)),
            ([198, 51, 100, n + 1], 443),
            b"?",
            b"!",
        );
    }
}

/// A connection in which the client sends so many bytes and gets so many back.
pub(super) fn push(tape: &mut Tape, client: End, server: End, sent: usize, back: usize) {
    tape.tcp(client, server, 100, 0, 2, &[]);
    tape.tcp(server, client, 500, 101, 0x12, &[]);
    tape.tcp(client, server, 101, 501, 0x10, &[]);
    let (mut a, mut b) = (101_u32, 501_u32);
    let mut block = [0x55; 60_000];
    if server.1 == 22 {
        block[..11].copy_from_slice(b"SSH-2.0-x\r\n");
    }
    let mut left = sent;
    while left > 0 {
        let part = &block[..left.min(block.len())];
        tape.tcp(client, server, a, b, 0x18, part);
        a += u32::try_from(part.len()).unwrap();
        left -= part.len();
    }
    let mut left = back;
    while left > 0 {
        let part = &block[..left.min(block.len())];
        tape.tcp(server, client, b, a, 0x18, part);
        b += u32::try_from(part.len()).unwrap();
        left -= part.len();
    }
    tape.tcp(client, server, a, b, 0x11, &[]);
    tape.tcp(server, client, b, a + 1, 0x11, &[]);
}

/// The head of a Windows program.
pub(super) fn program() -> Vec<u8> {
    let mut b = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec();
    b.resize(60, 0);
    b.extend(64_u32.to_le_bytes());
    b.extend(b"PE\0\0\x4c\x01\x03\0");
    b.resize(200, 0);
    b
}

/// A host fetches something over HTTP, with or without a User-Agent in `extra`.
pub(super) fn request(
    tape: &mut Tape,
    client: End,
    method: &str,
    host: &str,
    path: &str,
    extra: &str,
    body: &[u8],
) {
    let server = ([198, 51, 100, 9], 80);
    let mut ask = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n").into_bytes();
    if method != "GET" {
        ask = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{extra}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        ask.extend(body);
    }
    let answer: &[u8] = if method == "GET" { body } else { b"" };
    let mut tell = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    )
    .into_bytes();
    tell.extend(answer);
    tape.talk(client, server, &ask, &tell);
}

/// A host fetches a file.
pub(super) fn download(tape: &mut Tape, client: End, host: &str, path: &str, body: &[u8]) {
    request(
        tape,
        client,
        "GET",
        host,
        path,
        "User-Agent: Mozilla/5.0\r\n",
        body,
    );
}

/// A capture in which one host fetches a file.
pub(super) fn fetched(host: &str, path: &str, body: &[u8]) -> Tape {
    let mut tape = Tape::default();
    download(&mut tape, ([10, 0, 0, 7], 40_000), host, path, body);
    tape
}
