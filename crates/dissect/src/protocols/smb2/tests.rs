//! A session from negotiation to log-off, files in runs, compounds, losses, cuts and garbage.

use super::{FileAction, Mapping};
use crate::facts::{Artifact, Completeness};
use crate::protocols::ntlmssp::Login;
use crate::synth::{Connection, Synth};

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 445);
const FID: [u8; 16] = [7; 16];

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A command: its head and body.
#[derive(Clone)]
pub(super) struct Cmd {
    cmd: u16,
    flags: u32,
    status: u32,
    id: u64,
    body: Vec<u8>,
}

pub(super) fn ask(cmd: u16, id: u64, body: Vec<u8>) -> Cmd {
    Cmd {
        cmd,
        flags: 0,
        status: 0,
        id,
        body,
    }
}

pub(super) fn answer(cmd: u16, id: u64, status: u32, body: Vec<u8>) -> Cmd {
    Cmd {
        cmd,
        flags: 1,
        status,
        id,
        body,
    }
}

fn write(c: &Cmd, next: u32) -> Vec<u8> {
    let mut m = b"\xfeSMB\x40\0\0\0".to_vec();
    m.extend_from_slice(&c.status.to_le_bytes());
    m.extend_from_slice(&c.cmd.to_le_bytes());
    m.extend_from_slice(&[1, 0]);
    m.extend_from_slice(&c.flags.to_le_bytes());
    m.extend_from_slice(&next.to_le_bytes());
    m.extend_from_slice(&c.id.to_le_bytes());
    m.extend_from_slice(&[0, 0, 0, 0, 5, 0, 0, 0]);
    m.extend_from_slice(&9_u64.to_le_bytes());
    m.extend_from_slice(&[0; 16]);
    m.extend_from_slice(&c.body);
    m
}

fn frame(message: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(message);
    out
}

pub(super) fn one(c: &Cmd) -> Vec<u8> {
    frame(&write(c, 0))
}

/// Several commands in one message.
fn compound(list: &[Cmd]) -> Vec<u8> {
    let mut out = vec![];
    for (n, c) in list.iter().enumerate() {
        let mut m = write(c, 0);
        if n + 1 < list.len() {
            m.resize(m.len().next_multiple_of(8), 0);
            let next = u32::try_from(m.len()).unwrap();
            m[20..24].copy_from_slice(&next.to_le_bytes());
        }
        out.extend_from_slice(&m);
    }
    frame(&out)
}

fn blob(front: &[u8], at: usize, data: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut b = front.to_vec();
    b.extend_from_slice(&u16::try_from(64 + at).unwrap().to_le_bytes());
    b.extend_from_slice(&u16::try_from(data.len()).unwrap().to_le_bytes());
    b.extend_from_slice(tail);
    b.resize(at, 0);
    b.extend_from_slice(data);
    b
}

fn tree_connect(id: u64, path: &str) -> Cmd {
    ask(3, id, blob(&[9, 0, 0, 0], 8, &wide(path), &[]))
}

fn tree_answer(id: u64, kind: u8) -> Cmd {
    let mut body = vec![16, 0, kind, 0];
    body.resize(16, 0);
    answer(3, id, 0, body)
}

pub(super) fn create(id: u64, name: &str) -> Cmd {
    let mut front = vec![57, 0];
    front.resize(44, 0);
    ask(5, id, blob(&front, 56, &wide(name), &[]))
}

fn created(id: u64, size: u64) -> Cmd {
    let mut body = vec![89, 0];
    body.resize(48, 0);
    body.extend_from_slice(&size.to_le_bytes());
    body.resize(64, 0);
    body.extend_from_slice(&FID);
    body.resize(88, 0);
    answer(5, id, 0, body)
}

pub(super) fn read(id: u64, at: u64, len: u32) -> Cmd {
    let mut body = vec![49, 0, 0x50, 0];
    body.extend_from_slice(&len.to_le_bytes());
    body.extend_from_slice(&at.to_le_bytes());
    body.extend_from_slice(&FID);
    body.resize(49, 0);
    ask(8, id, body)
}

pub(super) fn data(id: u64, bytes: &[u8]) -> Cmd {
    let mut body = vec![17, 0, 0x50, 0];
    body.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
    body.resize(16, 0);
    body.extend_from_slice(bytes);
    answer(8, id, 0, body)
}

pub(super) fn put(id: u64, at: u64, bytes: &[u8]) -> Cmd {
    let mut body = vec![49, 0, 0x70, 0];
    body.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
    body.extend_from_slice(&at.to_le_bytes());
    body.extend_from_slice(&FID);
    body.resize(48, 0);
    body.extend_from_slice(bytes);
    ask(9, id, body)
}

pub(super) fn close(id: u64) -> Cmd {
    let mut body = vec![24, 0, 0, 0, 0, 0, 0, 0];
    body.extend_from_slice(&FID);
    ask(6, id, body)
}

pub(super) fn closed(id: u64) -> Cmd {
    let mut body = vec![60, 0];
    body.resize(60, 0);
    answer(6, id, 0, body)
}

/// A share is connected and a file of it is open.
pub(super) fn opened(s: &mut Synth, kind: u8, name: &str, size: u64) -> Connection {
    let mut c = s.connect(CLIENT, SERVER);
    c.client(s, one(&tree_connect(1, r"\\srv\share")));
    c.server(s, one(&tree_answer(1, kind)));
    c.client(s, one(&create(2, name)));
    c.server(s, one(&created(2, size)));
    c
}

/// Written, bytes, place in the file with its size, how complete.
type Shape = (bool, u64, Option<(u64, u64, Option<u64>)>, Completeness);

fn shape(a: &Artifact) -> Shape {
    let range = a.range.as_ref().map(|r| (r.start, r.end, r.total));
    (a.sent, a.wire_size, range, a.state)
}

#[test]
fn a_file_is_read_in_order_and_told_with_its_name() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, 1, r"dir\a.txt", 3000);
    c.client(&mut s, one(&read(3, 0, 2000)));
    c.server(&mut s, one(&data(3, &[b'a'; 2000])));
    c.client(&mut s, one(&read(4, 2000, 2000)));
    c.server(&mut s, one(&data(4, &[b'b'; 1000])));
    c.client(&mut s, one(&close(5)));
    c.server(&mut s, one(&closed(5)));
    let loaded = s.load();
    let facts = loaded.facts();
    let files: Vec<_> = facts.artifacts.iter().map(shape).collect();
    assert_eq!(files, [(false, 3000, None, Completeness::Complete)]);
    let a = &facts.artifacts[0];
    assert_eq!(&*a.url, "smb://srv/share/dir/a.txt");
    assert_eq!(&*a.names[0].text, "a.txt");
    assert_eq!(a.declared_size, Some(3000));
    let told: Vec<_> = facts
        .messages
        .all::<FileAction>()
        .iter()
        .map(|f| (f.action, &*f.path, &*f.name, f.size))
        .collect();
    let row = |action| (action, r"\\srv\share", r"dir\a.txt", Some(3000));
    assert_eq!(told, [row("SMB::FILE_OPEN"), row("SMB::FILE_READ")]);
    let shares = facts.messages.all::<Mapping>();
    assert_eq!(
        shares.iter().map(|m| m.share_type).collect::<Vec<_>>(),
        ["DISK"]
    );
    let trees = s.trees(facts);
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "smb2.tree").as_deref(), Some(r"\\srv\share"));
    assert_eq!(of(6, "smb2.filename").as_deref(), Some(r"dir\a.txt"));
    assert_eq!(of(6, "smb2.response_in").as_deref(), Some("7"));
    assert_eq!(of(7, "smb2.response_to").as_deref(), Some("6"));
    assert_eq!(
        of(7, "smb2.fid").as_deref(),
        Some("07070707-0707-0707-0707-070707070707")
    );
    assert_eq!(of(9, "tcp.reassembled_in").as_deref(), Some("10"));
    assert_eq!(of(10, "smb2.nt_status").as_deref(), Some("0x00000000"));
    assert_eq!(of(8, "smb2.read_length").as_deref(), Some("2000"));
}

#[test]
fn runs_that_do_not_adjoin_are_parts_with_their_places() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, 1, "a", 300);
    // Answered in another order than asked.
    c.client(&mut s, one(&read(3, 0, 100)));
    c.client(&mut s, one(&read(4, 100, 100)));
    c.server(&mut s, one(&data(4, &[2; 100])));
    c.server(&mut s, one(&data(3, &[1; 100])));
    c.client(&mut s, one(&put(5, 50, &[9; 60])));
    c.client(&mut s, one(&put(6, 110, &[9; 40])));
    c.client(&mut s, one(&put(7, u64::MAX, &[9; 5])));
    c.client(&mut s, one(&close(8)));
    c.server(&mut s, one(&closed(8)));
    let loaded = s.load();
    let whole = Completeness::Complete;
    let files: Vec<_> = loaded.facts().artifacts.iter().map(shape).collect();
    assert_eq!(
        files,
        [
            (false, 100, Some((100, 200, Some(300))), whole),
            (false, 100, Some((0, 100, Some(300))), whole),
            (true, 105, Some((50, 155, Some(300))), whole),
        ]
    );
}

#[test]
fn a_message_longer_than_is_kept_passes_its_bytes_on() {
    for lost in [0, 3000] {
        let mut s = Synth::default();
        let mut c = opened(&mut s, 1, "big", 0);
        let bytes = vec![3; 200_000];
        let message = one(&put(3, 10, &bytes));
        if lost == 0 {
            c.client(&mut s, &message);
        } else {
            c.client(&mut s, &message[..50_000]);
            c.lose(0, 3000);
            c.client(&mut s, &message[53_000..]);
        }
        c.client(&mut s, one(&put(4, 200_010, b"end")));
        c.client(&mut s, one(&close(5)));
        c.server(&mut s, one(&closed(5)));
        c.finish(&mut s, 0);
        let loaded = s.load();
        let facts = loaded.facts();
        let how = if lost == 0 {
            Completeness::Complete
        } else {
            Completeness::Lost
        };
        let files: Vec<_> = facts.artifacts.iter().map(shape).collect();
        assert_eq!(
            files,
            [(
                true,
                200_003 - lost,
                Some((10, 200_013, Some(200_013))),
                how
            )]
        );
        let missing: Vec<_> = facts.artifacts[0].missing.iter().cloned().collect();
        // Before the file's bytes stand four, sixty-four and forty-eight others.
        let hole = 50_000 - 116..53_000 - 116;
        assert_eq!(missing, if lost == 0 { vec![] } else { vec![hole] });
        let trees = s.trees(facts);
        let shown = trees
            .iter()
            .flat_map(|t| t.values("smb2.write_length"))
            .collect::<Vec<_>>();
        assert_eq!(
            shown,
            if lost == 0 {
                vec!["200000", "3"]
            } else {
                vec!["3"]
            }
        );
    }
}

#[test]
fn what_a_loss_swallowed_is_missing_from_the_file() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, 1, "a", 300);
    for (n, byte) in [1, 2, 3].into_iter().enumerate() {
        let id = 3 + n as u64;
        c.client(&mut s, one(&read(id, n as u64 * 100, 100)));
        let message = one(&data(id, &[byte; 100]));
        if byte == 2 {
            c.lose(1, u32::try_from(message.len()).unwrap());
        } else {
            c.server(&mut s, message);
        }
    }
    c.client(&mut s, one(&close(9)));
    c.server(&mut s, one(&closed(9)));
    c.finish(&mut s, 0);
    let loaded = s.load();
    let facts = loaded.facts();
    let files: Vec<_> = facts.artifacts.iter().map(shape).collect();
    assert_eq!(files, [(false, 200, None, Completeness::Lost)]);
    let missing = &facts.artifacts[0].missing;
    assert_eq!(
        (missing.len(), missing[0].start, missing[0].end),
        (1, 100, 200)
    );
}

#[test]
fn commands_of_one_message_go_on_where_the_one_before_left_off() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, one(&tree_connect(1, r"\\srv\share")));
    c.server(&mut s, one(&tree_answer(1, 1)));
    let mut reading = read(3, 0, 10);
    reading.flags = 4;
    reading.body[16..32].fill(0xff);
    let mut closing = close(4);
    closing.flags = 4;
    closing.body[8..24].fill(0xff);
    c.client(&mut s, compound(&[create(2, "n"), reading, closing]));
    let mut bytes = data(3, b"0123456789");
    bytes.flags = 5;
    let mut done = closed(4);
    done.flags = 5;
    c.server(&mut s, compound(&[created(2, 10), bytes, done]));
    let loaded = s.load();
    let facts = loaded.facts();
    let files: Vec<_> = facts.artifacts.iter().map(shape).collect();
    assert_eq!(files, [(false, 10, None, Completeness::Complete)]);
    let trees = s.trees(facts);
    assert_eq!(
        trees[5].values("smb2.cmd").collect::<Vec<_>>(),
        ["5", "8", "6"]
    );
    assert_eq!(trees[5].values("smb2.tree").count(), 3);
    assert_eq!(
        trees[6].values("smb2.response_to").collect::<Vec<_>>(),
        ["6", "6", "6"]
    );
    let protocols = trees[5].values("frame.protocols").next().unwrap();
    assert_eq!(protocols, "eth:ethertype:ip:tcp:nbss:smb2");
}

#[test]
fn an_answer_that_waits_is_followed_by_the_real_one() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, 1, "a", 4);
    c.client(&mut s, one(&read(3, 0, 4)));
    let mut waits = answer(8, 3, 0x103, vec![9, 0, 0, 0, 0, 0, 0, 0, 0]);
    waits.flags = 3;
    c.server(&mut s, one(&waits));
    let mut real = data(3, b"abcd");
    real.flags = 3;
    c.server(&mut s, one(&real));
    let loaded = s.load();
    let files: Vec<_> = loaded.facts().artifacts.iter().map(shape).collect();
    assert_eq!(files, [(false, 4, None, Completeness::Complete)]);
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[7].values("smb2.response_in").collect::<Vec<_>>(),
        ["10"]
    );
    assert_eq!(trees[8].values("smb2.response_to").count(), 0);
    assert_eq!(trees[8].values("smb2.aid").count(), 1);
    assert_eq!(
        trees[9].values("smb2.response_to").collect::<Vec<_>>(),
        ["8"]
    );
}

fn challenge() -> Vec<u8> {
    let mut m = b"NTLMSSP\0\x02\0\0\0".to_vec();
    m.resize(48, 0);
    m[20] = 1;
    let mut info = vec![1, 0, 6, 0];
    info.extend_from_slice(&wide("SRV"));
    info.extend_from_slice(&[0; 4]);
    m[40] = u8::try_from(info.len()).unwrap();
    m[44] = 48;
    m.extend_from_slice(&info);
    m
}

fn authenticate() -> Vec<u8> {
    let mut m = b"NTLMSSP\0\x03\0\0\0".to_vec();
    m.resize(64, 0);
    m[60] = 1;
    for (at, text) in [(28, "DOM"), (36, "alice"), (44, "PC")] {
        let text = wide(text);
        m[at] = u8::try_from(text.len()).unwrap();
        m[at + 4] = u8::try_from(m.len()).unwrap();
        m.extend_from_slice(&text);
    }
    m
}

#[test]
fn a_log_on_is_told_with_its_outcome() {
    for (status, success) in [(0, true), (0xc000_006d, false)] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        let setup = |id, token: &[u8]| {
            let mut front = vec![25, 0];
            front.resize(12, 0);
            ask(1, id, blob(&front, 24, token, &[]))
        };
        let reply =
            |id, status, token: &[u8]| answer(1, id, status, blob(&[9, 0, 0, 0], 8, token, &[]));
        c.client(&mut s, one(&setup(1, b"NTLMSSP\0\x01\0\0\0")));
        c.server(&mut s, one(&reply(1, 0xc000_0016, &challenge())));
        c.client(&mut s, one(&setup(2, &authenticate())));
        c.server(&mut s, one(&reply(2, status, &[])));
        c.client(&mut s, one(&tree_connect(3, r"\\srv\x")));
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Login>();
        let told: Vec<_> = rows
            .iter()
            .map(|l| {
                (
                    &*l.domainname,
                    &*l.username,
                    &*l.hostname,
                    &*l.server_nb_computer_name,
                    l.success,
                )
            })
            .collect();
        assert_eq!(told, [("DOM", "alice", "PC", "SRV", Some(success))]);
        let trees = s.trees(loaded.facts());
        assert_eq!(
            trees[5].values("ntlmssp.auth.username").collect::<Vec<_>>(),
            ["alice"]
        );
        let accepted = trees[7].values("smb2.auth_frame").next();
        assert_eq!(accepted, success.then_some("7"));
    }
}

#[test]
fn calls_in_a_pipe_are_read_and_make_no_file() {
    let mut s = Synth::default();
    let mut c = opened(&mut s, 2, "svcctl", 0);
    let mut call = vec![5, 0, 0, 3, 0x10, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0];
    call.extend_from_slice(&[0, 0, 0, 0, 0, 0, 15, 0]);
    c.client(&mut s, one(&put(3, 0, &call[..20])));
    c.client(&mut s, one(&put(4, 0, &call[20..])));
    let loaded = s.load();
    assert!(loaded.facts().artifacts.is_empty());
    let trees = s.trees(loaded.facts());
    let opnum: Vec<_> = trees
        .iter()
        .map(|t| t.values("dcerpc.opnum").count())
        .collect();
    assert_eq!(opnum, [0, 0, 0, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn encrypted_and_compressed_messages_are_named() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    let mut sealed = b"\xfdSMB".to_vec();
    sealed.resize(80, 1);
    c.client(&mut s, frame(&sealed));
    let mut packed = b"\xfcSMB".to_vec();
    packed.resize(40, 2);
    c.server(&mut s, frame(&packed));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(trees[3].values("smb2.header.transform.enc_data").count(), 1);
    assert_eq!(
        trees[4]
            .values("smb2.header.comp_transform.comp_alg")
            .count(),
        1
    );
}

#[test]
fn other_ports_are_known_by_content() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, (SERVER.0, 4455));
    c.client(&mut s, one(&tree_connect(1, r"\\srv\x")));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert_eq!(trees[3].values("smb2.cmd").collect::<Vec<_>>(), ["3"]);
}

/// Every kind of command, request and answer.
fn all() -> Vec<(bool, Vec<u8>)> {
    let mut out = vec![
        (true, one(&tree_connect(1, r"\\srv\share"))),
        (false, one(&tree_answer(1, 1))),
        (true, one(&create(2, "a"))),
        (false, one(&created(2, 9))),
        (true, one(&read(3, 0, 9))),
        (false, one(&data(3, b"012345678"))),
        (true, one(&put(4, 1, b"xyz"))),
        (true, compound(&[create(5, "b"), read(6, 0, 1), close(7)])),
    ];
    for cmd in 0..20 {
        let body: Vec<u8> = (0..120_u8).map(|n| n.wrapping_mul(3)).collect();
        out.push((true, one(&ask(cmd, 20 + u64::from(cmd), body.clone()))));
        out.push((false, one(&answer(cmd, 20 + u64::from(cmd), 0, body))));
    }
    out
}

#[test]
fn cut_at_every_length_nothing_breaks() {
    for (client, message) in all() {
        for n in 4..message.len() {
            let mut s = Synth::default();
            let mut c = s.connect(CLIENT, SERVER);
            // The frame says what there is: SMB itself ends early.
            let cut = frame(&message[4..n]);
            if client {
                c.client(&mut s, &cut);
            } else {
                c.server(&mut s, &cut);
            }
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
        }
    }
}

#[test]
fn bytes_bent_anywhere_break_nothing() {
    let mut seed = 7_u32;
    for round in 0..400 {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        for (client, mut message) in all() {
            for _ in 0..round % 7 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = 8 + seed as usize % (message.len() - 8);
                message[at] = [0, 0xff, 0x80, (seed >> 24) as u8][(seed >> 16) as usize % 4];
            }
            if client {
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

#[test]
fn what_waits_and_what_is_open_is_bounded_and_said() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.piece = 60_000;
    let mut asks = vec![];
    for n in 0..1100 {
        asks.extend_from_slice(&one(&create(n, "x")));
    }
    c.client(&mut s, &asks);
    let mut answers = vec![];
    for n in 0..600_u64 {
        let mut one_of = created(500 + n, 1);
        one_of.body[64..72].copy_from_slice(&n.to_le_bytes());
        answers.extend_from_slice(&one(&one_of));
    }
    c.server(&mut s, &answers);
    let loaded = s.load();
    let limits: Vec<_> = loaded
        .facts()
        .limits
        .all()
        .iter()
        .map(|l| l.kind.id)
        .collect();
    assert!(limits.contains(&"smb2.pending"), "{limits:?}");
    assert!(limits.contains(&"smb.files"), "{limits:?}");
}
