//! Zip as far as a case file needs it (APPNOTE.TXT 6.3, sections 4.3 and 4.4): stored and deflated entries, no
//! passwords, no entry above 4 GiB. An entry that is broken does not break the others.

use super::{MAX_PARTS, MAX_RATIO, MAX_UNPACKED, RATIO_FROM, plain};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc, Decompress, FlushDecompress, Status};
use std::io::Write;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Length of the last record, and of the longest comment behind it.
const END_LEN: usize = 22;
const COMMENT: usize = 0xffff;

/// An entry as it was found: its name, and its content or why there is none.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) content: Result<Vec<u8>, String>,
}

/// What a zip holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    /// What is wrong with the whole, in sentences.
    pub(super) says: Vec<String>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*two).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// What an entry's header says.
struct Head {
    name: String,
    flags: usize,
    method: usize,
    crc: u32,
    packed: usize,
    size: usize,
}

/// `at`: of the flags; the name has `len` bytes from `from` on.
fn head(bytes: &[u8], at: usize, len: usize, from: usize) -> Option<Head> {
    let name = bytes.get(from..from.checked_add(len)?)?;
    Some(Head {
        name: String::from_utf8_lossy(name).into_owned(),
        flags: u16_at(bytes, at)?,
        method: u16_at(bytes, at + 2)?,
        crc: u32_at(bytes, at + 8)?,
        packed: size_at(bytes, at + 12)?,
        size: size_at(bytes, at + 16)?,
    })
}

/// Where the content behind a local header begins.
fn content_at(bytes: &[u8], local: usize) -> Option<usize> {
    let head = bytes.get(local..)?;
    if !head.starts_with(LOCAL) {
        return None;
    }
    local
        .checked_add(30)?
        .checked_add(u16_at(head, 26)?)?
        .checked_add(u16_at(head, 28)?)
}

/// The content of an entry; `room`: bytes that may still be unpacked.
fn content(bytes: &[u8], head: &Head, local: usize, room: usize) -> Result<Vec<u8>, String> {
    if head.flags & 1 != 0 {
        return Err("it needs a password".to_owned());
    }
    if head.flags & 8 != 0 && head.packed == 0 && head.size != 0 {
        return Err("its length is not told before its content".to_owned());
    }
    if head.size > room {
        return Err(format!(
            "it has {} bytes, and all parts together may have {MAX_UNPACKED}",
            head.size
        ));
    }
    if head.size > RATIO_FROM && head.size / MAX_RATIO > head.packed {
        return Err(format!(
            "it unpacks to more than {MAX_RATIO} times its packed size"
        ));
    }
    let packed = content_at(bytes, local)
        .and_then(|at| bytes.get(at..at.checked_add(head.packed)?))
        .ok_or("the file ends before it does")?;
    let plain = match head.method {
        0 if head.packed == head.size => packed.to_vec(),
        0 => return Err("its two lengths differ".to_owned()),
        8 => inflate(packed, head.size)?,
        other => {
            return Err(format!(
                "it is packed by method {other}; 0 (stored) and 8 (deflate) are read"
            ));
        }
    };
    let mut crc = Crc::new();
    crc.update(&plain);
    if crc.sum() == head.crc {
        Ok(plain)
    } else {
        Err("its checksum is wrong".to_owned())
    }
}

/// Never more than `size` bytes, whatever stands in it.
fn inflate(packed: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let mut plain = Vec::with_capacity(size.max(1));
    let ended = Decompress::new(false).decompress_vec(packed, &mut plain, FlushDecompress::Finish);
    match ended {
        Ok(Status::StreamEnd) if plain.len() == size => Ok(plain),
        Ok(_) => Err("it does not unpack to the length it has".to_owned()),
        Err(_) => Err("it cannot be unpacked".to_owned()),
    }
}

/// Everything in a zip, by the directory at its end; where that is gone, by what stands before each entry.
pub(super) fn read(bytes: &[u8]) -> Found {
    let mut out = Found::default();
    let mut room = MAX_UNPACKED;
    let mut take = |out: &mut Found, head: &Head, local: usize| {
        if head.name.ends_with('/') {
            return;
        }
        let content = content(bytes, head, local, room);
        room -= content.as_ref().map_or(0, Vec::len);
        out.entries.push(Entry {
            name: plain(&head.name),
            content,
        });
    };
    if let Some(directory) = directory(bytes) {
        let Directory { mut at, entries } = directory;
        for n in 0..entries {
            if n == MAX_PARTS {
                out.says.push(format!(
                    "{entries} entries; only the first {MAX_PARTS} are read"
                ));
                break;
            }
            let entry = bytes.get(at..).filter(|b| b.starts_with(CENTRAL));
            let read = entry.and_then(|b| {
                let lens = [u16_at(b, 28)?, u16_at(b, 30)?, u16_at(b, 32)?];
                Some((
                    head(b, 8, lens[0], 46)?,
                    size_at(b, 42)?,
                    lens.iter().sum::<usize>(),
                ))
            });
            let Some((head, local, more)) = read else {
                out.says
                    .push(format!("its directory tells {entries} entries and has {n}"));
                break;
            };
            take(&mut out, &head, local);
            at += 46 + more;
        }
        return out;
    }
    out.says
        .push("the end of the file is missing: what stands before it was read".to_owned());
    let mut at = 0;
    while let Some(b) = bytes.get(at..).filter(|b| b.starts_with(LOCAL)) {
        let len = u16_at(b, 26).and_then(|len| head(b, 6, len, 30));
        let Some((head, begin)) = len.zip(content_at(bytes, at)) else {
            break;
        };
        if out.entries.len() == MAX_PARTS {
            break;
        }
        take(&mut out, &head, at);
        at = begin.saturating_add(head.packed);
    }
    out
}

struct Directory {
    at: usize,
    entries: usize,
}

fn directory(bytes: &[u8]) -> Option<Directory> {
    let from = bytes.len().saturating_sub(END_LEN + COMMENT);
    let tail = bytes.get(from..)?;
    let end = tail.windows(END.len()).rposition(|w| w == END)?;
    let tail = tail.get(end..).filter(|t| t.len() >= END_LEN)?;
    let (entries, at) = (u16_at(tail, 10)?, size_at(tail, 16)?);
    let begins = bytes.get(at..).is_some_and(|b| b.starts_with(CENTRAL));
    (entries == 0 || begins).then_some(Directory { at, entries })
}

/// A zip of these entries, in this order; the same entries give the same bytes. Longer than 4 GiB is refused by
/// none of its callers' bounds.
pub(super) fn write(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let packed = deflate(content);
        // What is packed already does not shrink again.
        let (method, packed) = match &packed {
            Some(p) if p.len() < content.len() => (8u16, p.as_slice()),
            _ => (0, *content),
        };
        let mut crc = Crc::new();
        crc.update(content);
        // Needs 2.0, name in UTF-8, method, 1980-01-01: no clock is asked.
        let mut common: Vec<u8> = Vec::new();
        for v in [20, 0x800, method, 0, 0x21] {
            common.extend(v.to_le_bytes());
        }
        common.extend(crc.sum().to_le_bytes());
        common.extend(four(packed.len()));
        common.extend(four(content.len()));
        common.extend(two(name.len()));
        common.extend([0; 2]);

        directory.extend(CENTRAL);
        directory.extend(20u16.to_le_bytes());
        directory.extend(&common);
        // Comment, disk, attributes inside and outside; where the entry stands.
        directory.extend([0; 10]);
        directory.extend(four(out.len()));
        directory.extend(name.as_bytes());

        out.extend(LOCAL);
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    let at = out.len();
    let many = two(entries.len());
    out.extend(&directory);
    out.extend(END);
    out.extend([0; 4]);
    out.extend(many);
    out.extend(many);
    out.extend(four(directory.len()));
    out.extend(four(at));
    out.extend([0; 2]);
    out
}

fn deflate(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}

fn four(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes()
}

fn two(n: usize) -> [u8; 2] {
    u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes()
}
