//! Shares, files, transactions and calls, several commands in one message, cuts and garbage.

use super::{FileAction, Mapping};
use crate::facts::Completeness;
use crate::synth::{Connection, Synth};

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 139);

/// A message of one command, all texts of one byte a character.
pub(super) fn message(cmd: u8, answer: bool, number: u8, words: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut m = b"\xffSMB".to_vec();
    m.extend_from_slice(&[cmd, 0, 0, 0, 0, if answer { 0x80 } else { 0 }, 0, 0x40]);
    m.resize(24, 0);
    m.extend_from_slice(&[5, 0, 1, 0, 2, 0, number, 0]);
    m.push(u8::try_from(words.len() / 2).unwrap());
    m.extend_from_slice(words);
    m.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_le_bytes());
    m.extend_from_slice(bytes);
    let mut out = u32::try_from(m.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(&m);
    out
}

/// Words of a command that another may follow: these, none.
pub(super) fn words(len: usize, set: &[(usize, &[u8])]) -> Vec<u8> {
    let mut w = vec![0; len];
    w[0] = 0xff;
    for (at, bytes) in set {
        w[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    w
}

pub(super) fn opened(s: &mut Synth, service: &str, name: &str, size: u8, kind: u8) -> Connection {
    let mut c = s.connect(CLIENT, SERVER);
    let tree = words(8, &[(6, &[1])]);
    c.client(
        s,
        message(0x75, false, 1, &tree, b"\0\\\\srv\\share\0?????\0"),
    );
    let said = format!("{service}\0NTFS\0");
    c.server(s, message(0x75, true, 1, &words(6, &[]), said.as_bytes()));
    let said = format!("{name}\0");
    c.client(s, message(0xa2, false, 2, &words(48, &[]), said.as_bytes()));
    let open = words(68, &[(5, &[7]), (55, &[size]), (63, &[kind])]);
    c.server(s, message(0xa2, true, 2, &open, b""));
    c
}

pub(super) fn read(number: u8, at: u8, len: u8) -> Vec<u8> {
    message(
        0x2e,
        false,
        number,
        &words(20, &[(4, &[7]), (6, &[at]), (10, &[len])]),
        b"",
    )
}

pub(super) fn data(number: u8, bytes: &[u8]) -> Vec<u8> {
    // Behind 24 bytes of words stand the bytes, 59 into the message.
    let w = words(
        24,
        &[(10, &[u8::try_from(bytes.len()).unwrap()]), (12, &[59])],
    );
    message(0x2e, true, number, &w, bytes)
}

pub(super) fn put(number: u8, at: u8, bytes: &[u8]) -> Vec<u8> {
    let len = [u8::try_from(bytes.len()).unwrap()];
    let w = words(28, &[(4, &[7]), (6, &[at]), (20, &len), (22, &[63])]);
    message(0x2f, false, number, &w, bytes)
}

pub(super) fn close(s: &mut Synth, c: &mut Connection) {
    c.client(s, message(4, false, 99, &[7, 0, 0, 0, 0, 0], b""));
    c.server(s, message(4, true, 99, &[], b""));
}

#[test]
fn a_file_is_read_and_written() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, "A:", "dir\\a.txt", 8, 0);
    c.client(&mut s, read(3, 0, 5));
    c.server(&mut s, data(3, b"hello"));
    c.client(&mut s, read(4, 5, 9));
    c.server(&mut s, data(4, b"you"));
    c.client(&mut s, put(5, 0, b"HELLO"));
    close(&mut s, &mut c);
    let loaded = s.load();
    let facts = loaded.facts();
    let told: Vec<_> = facts
        .artifacts
        .iter()
        .map(|a| (a.sent, a.wire_size, &*a.url, a.range.is_some(), a.state))
        .collect();
    let url = "smb://srv/share/dir/a.txt";
    assert_eq!(
        told,
        [
            (false, 8, url, false, Completeness::Complete),
            (true, 5, url, true, Completeness::Complete),
        ]
    );
    let actions: Vec<_> = facts
        .messages
        .all::<FileAction>()
        .iter()
        .map(|a| a.action)
        .collect();
    assert_eq!(
        actions,
        ["SMB::FILE_OPEN", "SMB::FILE_READ", "SMB::FILE_WRITE"]
    );
    let shares = facts.messages.all::<Mapping>();
    let shares: Vec<_> = shares
        .iter()
        .map(|m| (&*m.path, &*m.service, &*m.native_file_system, m.share_type))
        .collect();
    assert_eq!(shares, [(r"\\srv\share", "A:", "NTFS", "DISK")]);
    let trees = s.trees(facts);
    let of = |n: usize, field: &str| {
        trees[n - 1]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(4, "smb.path"), [r"\\srv\share"]);
    assert_eq!(of(5, "smb.path"), [r"\\srv\share"]);
    assert_eq!(of(8, "smb.cmd"), ["0x2e", "0xff"]);
    assert_eq!(of(8, "smb.response_in"), ["9"]);
    assert_eq!(of(8, "smb.file"), [r"dir\a.txt"]);
    assert_eq!(of(11, "smb.file.rw.offset"), ["5"]);
    assert_eq!(of(4, "nbss.flags.e"), ["0"]);
}

#[test]
fn calls_in_a_pipe_are_read_and_make_no_file() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, "IPC", "lsarpc", 0, 2);
    let mut call = vec![5, 0, 0, 3, 0x10, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0];
    call.extend_from_slice(&[0, 0, 0, 0, 0, 0, 44, 0]);
    c.client(&mut s, put(3, 0, &call));
    // TransactNmPipe: sixteen words, the name, then the data 76 into the message.
    let mut w = vec![0; 32];
    (w[22], w[24], w[26], w[28], w[30]) = (24, 76, 2, 0x26, 7);
    let mut bytes = b"\\PIPE\\\0\0\0".to_vec();
    bytes.extend_from_slice(&call);
    c.client(&mut s, message(0x25, false, 4, &w, &bytes));
    let loaded = s.load();
    assert!(loaded.facts().artifacts.is_empty());
    let trees = s.trees(loaded.facts());
    let opnum: Vec<_> = trees
        .iter()
        .flat_map(|t| t.values("dcerpc.opnum"))
        .collect();
    assert_eq!(opnum, ["44", "44"]);
    assert_eq!(
        trees[8].values("smb.trans_name").collect::<Vec<_>>(),
        [r"\PIPE\"]
    );
}

#[test]
fn several_commands_of_one_message_each_forward() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    // A log-on with a tree to connect behind it: at 32 + 1 + 26 + 2 + 5.
    let mut m = message(
        0x73,
        false,
        1,
        &words(26, &[(0, &[0x75]), (2, &[66])]),
        b"\0u\0d\0",
    );
    let tree = message(0x75, false, 1, &words(8, &[]), b"\\\\s\\x\0A:\0");
    m.extend_from_slice(&tree[4 + 32..]);
    m[3] = u8::try_from(m.len() - 4).unwrap();
    c.client(&mut s, &m);
    // One that says that it is followed by itself.
    let round = message(0x73, false, 2, &words(26, &[(0, &[0x73]), (2, &[32])]), b"");
    c.client(&mut s, &round);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[3].values("smb.cmd").collect::<Vec<_>>(),
        ["0x73", "0x75", "0xff"]
    );
    assert_eq!(trees[3].values("smb.path").collect::<Vec<_>>(), [r"\\s\x"]);
    assert_eq!(
        trees[4].values("smb.cmd").collect::<Vec<_>>(),
        ["0x73", "0x73"]
    );
}

fn all() -> Vec<Vec<u8>> {
    let mut out = vec![read(3, 0, 5), data(3, b"hello"), put(4, 1, b"abc")];
    for cmd in 0..=0xff {
        for answer in [false, true] {
            let words: Vec<u8> = (0..68_u8).map(|n| n.wrapping_mul(cmd) / 3).collect();
            out.push(message(cmd, answer, 9, &words, b"\x02texts\0and\0more\0"));
        }
    }
    out
}

#[test]
fn cut_at_every_length_nothing_breaks() {
    for message in all().into_iter().step_by(3) {
        for n in 4..message.len() {
            let mut s = Synth::default();
            let mut c = s.connect(CLIENT, SERVER);
            let mut cut = message[..n].to_vec();
            cut[..4].copy_from_slice(&u32::try_from(n - 4).unwrap().to_be_bytes());
            c.client(&mut s, &cut);
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
        }
    }
}

#[test]
fn bytes_bent_anywhere_break_nothing() {
    let mut seed = 3_u32;
    for round in 0..8 {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        for (n, mut message) in all().into_iter().enumerate() {
            for _ in 0..round {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = 8 + seed as usize % (message.len() - 8);
                message[at] = (seed >> 24) as u8;
            }
            if n % 2 == 0 {
                c.client(&mut s, &message);
            } else {
                c.server(&mut s, &message);
            }
        }
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
    }
}
