//! What an archive holds, one level deep: names and sizes in zip, gzip and tar. Keeps nothing of what is unpacked.

use serde::Serialize;
use weir_dissect::{DecodeEnd, Decoder, Encoding};

/// Entries that are listed; later ones are counted.
const ENTRIES: usize = 1000;
/// Entries that are counted.
const COUNTED: usize = 1 << 20;
/// Bytes of a name that are shown.
const NAME: usize = 512;
/// Times its packed size that an entry may have before it is called a bomb.
const RATIO: u64 = 200;
/// Unpacked bytes of a gzip that are read.
const UNPACKED: u64 = 64 << 20;
/// Packed bytes of a gzip between two looks at that.
const PIECE: usize = 64 << 10;
/// Bytes of a name or an extended header in a tar that are kept.
const LONG: u64 = 64 << 10;
/// A zip's last record: its length, and the longest comment behind it.
const ZIP_END: usize = 22;
const ZIP_COMMENT: usize = 0xffff;

/// An archive's content.
#[derive(Serialize, Default, Debug)]
pub struct Listing {
    /// `zip`, `gzip`, `tar`, `tar.gz`.
    pub kind: &'static str,
    /// At most [`ENTRIES`].
    pub entries: Vec<Entry>,
    /// Entries that are not listed.
    pub more: usize,
    /// What is wrong or remarkable, and bounds that were hit.
    pub remarks: Vec<String>,
}

/// One of its files or folders. Hostile text.
#[derive(Serialize, Default, Debug)]
pub struct Entry {
    /// As the archive has it, cut where it is very long.
    pub name: String,
    /// Bytes, as the archive says.
    pub size: Option<u64>,
    /// Packed bytes.
    pub packed: Option<u64>,
    /// `stored`, `deflate` …
    pub method: &'static str,
    /// Does it need a password?
    pub encrypted: bool,
    /// No file.
    pub folder: bool,
}

/// Is a file of this media type one that [`list`] may know? Documents of offices and programs of Java are zips.
#[must_use]
pub fn is_archive(media: &str) -> bool {
    [
        "zip",
        "x-tar",
        "java-archive",
        "officedocument",
        "opendocument",
        "epub",
        "android.package",
    ]
    .iter()
    .any(|word| media.contains(word))
}

/// The content of an archive; `None` where these bytes begin none.
#[must_use]
pub fn list(bytes: &[u8]) -> Option<Listing> {
    let mut out = match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zip(bytes),
        [0x1f, 0x8b, 8, ..] => gzip(bytes),
        _ => {
            let mut tar = Tar::default();
            tar.push(bytes);
            tar.finish()?
        }
    };
    out.judge();
    Some(out)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn name(bytes: &[u8]) -> String {
    let mut out = String::from_utf8_lossy(bytes.get(..NAME).unwrap_or(bytes)).into_owned();
    if bytes.len() > NAME {
        out.push('…');
    }
    out
}

impl Listing {
    fn add(&mut self, entry: Entry) {
        if self.entries.len() < ENTRIES {
            self.entries.push(entry);
        } else {
            self.more += 1;
        }
    }

    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// Remarks of what all entries together say.
    fn judge(&mut self) {
        let any = |f: fn(&Entry) -> bool| self.entries.iter().any(f);
        let mut said = Vec::new();
        if any(|e| e.encrypted) {
            said.push("entries need a password".to_owned());
        }
        if any(|e| e.name.starts_with(['/', '\\']) || e.name.split(['/', '\\']).any(|p| p == ".."))
        {
            said.push("a name leads out of the folder it is unpacked to".to_owned());
        }
        let swells = |e: &Entry| {
            let packed = e.packed.map(|n| n.max(1).saturating_mul(RATIO));
            e.size.zip(packed).is_some_and(|(size, most)| size > most)
        };
        if any(swells) {
            said.push(format!(
                "an entry unpacks to more than {RATIO} times its packed size"
            ));
        }
        if self.more > 0 {
            said.push(format!("{} more entries are not listed", self.more));
        }
        self.remarks.extend(said);
    }
}

fn method(n: u16) -> &'static str {
    match n {
        0 => "stored",
        8 => "deflate",
        9 => "deflate64",
        12 => "bzip2",
        14 => "lzma",
        93 => "zstd",
        95 => "xz",
        99 => "AES",
        _ => "another",
    }
}

/// By the directory at its end; by its entries where that is missing.
fn zip(bytes: &[u8]) -> Listing {
    let mut out = Listing {
        kind: "zip",
        ..Listing::default()
    };
    let from = bytes.len().saturating_sub(ZIP_END + ZIP_COMMENT);
    let tail = bytes.get(from..).unwrap_or_default();
    let end = memchr::memmem::rfind(tail, b"PK\x05\x06").map(|at| from + at);
    let directory = end.and_then(|end| zip_directory(bytes, end));
    match directory {
        Some((at, many)) => zip_entries(bytes, at, many, &mut out),
        None => {
            out.remark(
                "the directory at its end is missing: listed by what stands before each entry",
            );
            zip_local(bytes, &mut out);
        }
    }
    out
}

/// Where the directory stands and how many entries it has; `end`: its last record.
fn zip_directory(bytes: &[u8], end: usize) -> Option<(usize, u64)> {
    let mut many = u64::from(u16_at(bytes, end + 10)?);
    let mut len = u64::from(u32_at(bytes, end + 12)?);
    let mut at = u64::from(u32_at(bytes, end + 16)?);
    let locator = end.checked_sub(20);
    if let Some(locator) = locator.filter(|l| {
        bytes
            .get(*l..)
            .is_some_and(|b| b.starts_with(b"PK\x06\x07"))
    }) {
        let wide = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
        if bytes.get(wide..)?.starts_with(b"PK\x06\x06") {
            many = u64_at(bytes, wide.checked_add(32)?)?;
            len = u64_at(bytes, wide.checked_add(40)?)?;
            at = u64_at(bytes, wide.checked_add(48)?)?;
        }
    }
    // Something may stand before the archive (a program that unpacks itself): then places are off, lengths are not.
    let places = [Some(at), (end as u64).checked_sub(len)];
    let begins = |at: &usize| {
        many == 0
            || bytes
                .get(*at..)
                .is_some_and(|b| b.starts_with(b"PK\x01\x02"))
    };
    let mut places = places
        .into_iter()
        .flatten()
        .filter_map(|at| usize::try_from(at).ok());
    Some((places.find(begins)?, many))
}

fn zip_entries(bytes: &[u8], mut at: usize, many: u64, out: &mut Listing) {
    let mut read = 0;
    while read < many && read < COUNTED as u64 {
        let Some((entry, next)) = zip_entry(bytes, at) else {
            out.remark(format!("its directory says {many} entries and has {read}"));
            return;
        };
        out.add(entry);
        (at, read) = (next, read + 1);
    }
    if read < many {
        out.remark(format!("{many} entries: only {COUNTED} are counted"));
    }
}

fn zip_entry(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    const HEAD: usize = 46;
    let head = bytes.get(at..)?;
    let lens = [u16_at(head, 28)?, u16_at(head, 30)?, u16_at(head, 32)?].map(usize::from);
    let whole = HEAD + lens.iter().sum::<usize>();
    if !head.starts_with(b"PK\x01\x02") || head.len() < whole {
        return None;
    }
    let extra = head.get(HEAD + lens[0]..HEAD + lens[0] + lens[1])?;
    let mut entry = zip_head(head, 8, 20, head.get(HEAD..HEAD + lens[0])?)?;
    zip_wide(&mut entry, extra);
    Some((entry, at + whole))
}

/// Flags and method from `flags` on, sizes from `sizes` on.
fn zip_head(head: &[u8], flags: usize, sizes: usize, called: &[u8]) -> Option<Entry> {
    Some(Entry {
        name: name(called),
        packed: Some(u32_at(head, sizes)?.into()),
        size: Some(u32_at(head, sizes + 4)?.into()),
        method: method(u16_at(head, flags + 2)?),
        encrypted: u16_at(head, flags)? & 1 != 0,
        folder: called.ends_with(b"/"),
    })
}

/// Sizes that do not fit in four bytes stand in an extra field, in this order.
fn zip_wide(entry: &mut Entry, mut extra: &[u8]) {
    while let (Some(kind), Some(len)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(len);
        let field = extra.get(4..end).unwrap_or_default();
        if kind == 1 {
            let mut at = 0;
            for size in [&mut entry.size, &mut entry.packed] {
                if *size == Some(u32::MAX.into()) {
                    *size = u64_at(field, at);
                    at += 8;
                }
            }
            return;
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

fn zip_local(bytes: &[u8], out: &mut Listing) {
    const HEAD: usize = 30;
    let mut at = 0;
    for _ in 0..COUNTED {
        let head = bytes.get(at..).unwrap_or_default();
        let Some(start) = memchr::memmem::find(head, b"PK\x03\x04") else {
            return;
        };
        let head = head.get(start..).unwrap_or_default();
        let lens = u16_at(head, 26).zip(u16_at(head, 28));
        let Some((called, extra)) = lens.map(|(n, e)| (usize::from(n), usize::from(e))) else {
            return;
        };
        let Some(mut entry) = head
            .get(HEAD..HEAD + called)
            .and_then(|called| zip_head(head, 6, 18, called))
        else {
            return;
        };
        // Its sizes stand behind it.
        let later = u16_at(head, 6).is_some_and(|flags| flags & 8 != 0);
        let packed = entry.packed.filter(|_| !later).unwrap_or(0);
        if later {
            (entry.size, entry.packed) = (None, None);
        }
        out.add(entry);
        let skip = usize::try_from(packed).unwrap_or(usize::MAX);
        at = (at + start + HEAD + called + extra).saturating_add(skip);
    }
}

/// One file, or a tar.
fn gzip(bytes: &[u8]) -> Listing {
    let called = gzip_name(bytes).map(name).unwrap_or_default();
    let mut decoder = Decoder::new(&[Encoding::Gzip]);
    let (mut tar, mut size, mut packed) = (Tar::default(), 0u64, 0u64);
    let mut whole = true;
    let mut take = |part: &[u8]| {
        size = size.saturating_add(part.len() as u64);
        tar.push(part);
        size
    };
    for piece in bytes.chunks(PIECE) {
        let mut so_far = 0;
        decoder.push(piece, &mut |part| so_far = take(part));
        packed += piece.len() as u64;
        if so_far > UNPACKED {
            whole = packed >= bytes.len() as u64;
            break;
        }
    }
    let end = whole.then(|| {
        decoder.finish(&mut |part| {
            take(part);
        })
    });
    let mut out = match tar.finish() {
        Some(tar) => Listing {
            kind: "tar.gz",
            ..tar
        },
        None => Listing {
            kind: "gzip",
            entries: vec![Entry {
                name: called,
                size: whole.then_some(size),
                packed: Some(bytes.len() as u64),
                method: "deflate",
                ..Entry::default()
            }],
            ..Listing::default()
        },
    };
    match end {
        None => out.remark(format!(
            "only its first {UNPACKED} unpacked bytes were read"
        )),
        Some(DecodeEnd::Bomb) => out.remark("a decompression bomb: not read further"),
        Some(DecodeEnd::Broken) => out.remark("its compression is broken or cut"),
        Some(_) => {}
    }
    out
}

/// The name in a gzip's head (RFC 1952 section 2.3).
fn gzip_name(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16_at(bytes, at)?);
    }
    let rest = bytes.get(at..).filter(|_| flags & 8 != 0)?;
    rest.get(..memchr::memchr(0, rest)?)
}

/// A tar as it comes in pieces (POSIX ustar, with the long names of GNU and pax).
#[derive(Default)]
struct Tar {
    out: Listing,
    block: Vec<u8>,
    /// Bytes of an entry that are passed over.
    skip: u64,
    /// What is kept of an entry that speaks of the next one: its kind, and how much is to come.
    long: Option<(u8, Vec<u8>, u64)>,
    /// What the next entry is called.
    called: Option<String>,
    sized: Option<u64>,
    heads: usize,
    /// It ended, or is none.
    done: bool,
}

const BLOCK: usize = 512;

impl Tar {
    fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.done {
            if let Some((_, kept, left)) = &mut self.long {
                let n = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                kept.extend_from_slice(bytes.get(..n).unwrap_or_default());
                *left -= n as u64;
                bytes = bytes.get(n..).unwrap_or_default();
                if *left == 0 {
                    self.learn();
                }
                continue;
            }
            let n = usize::try_from(self.skip)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            self.skip -= n as u64;
            bytes = bytes.get(n..).unwrap_or_default();
            let room = BLOCK - self.block.len();
            let n = room.min(bytes.len());
            self.block
                .extend_from_slice(bytes.get(..n).unwrap_or_default());
            bytes = bytes.get(n..).unwrap_or_default();
            if self.block.len() == BLOCK {
                let block = std::mem::take(&mut self.block);
                self.head(&block);
            }
        }
    }

    fn head(&mut self, block: &[u8]) {
        let sum = |n: u64, (at, b): (usize, &u8)| {
            n + u64::from(if (148..156).contains(&at) { b' ' } else { *b })
        };
        let told = block.get(148..156).and_then(octal);
        let fits = told == Some(block.iter().enumerate().fold(0, sum));
        if !fits || self.heads >= COUNTED {
            let empty = block.iter().all(|b| *b == 0);
            if self.heads > 0 && !empty {
                let why = if fits {
                    "more entries than are counted"
                } else {
                    "it breaks off, or is damaged"
                };
                self.out.remark(why);
            }
            self.done = true;
            return;
        }
        self.heads += 1;
        let text = |from: usize, to: usize| {
            let part = block.get(from..to).unwrap_or_default();
            let end = memchr::memchr(0, part).unwrap_or(part.len());
            part.get(..end).unwrap_or_default()
        };
        let kind = block.get(156).copied().unwrap_or(0);
        let size = block.get(124..136).and_then(octal).unwrap_or(0);
        let size = self.sized.take().unwrap_or(size);
        let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        if matches!(kind, b'L' | b'x') && size <= LONG {
            self.long = (size > 0).then(|| (kind, Vec::new(), size));
            self.skip = padded - size;
            return;
        }
        self.skip = if matches!(kind, b'1'..=b'6') {
            0
        } else {
            padded
        };
        if matches!(kind, b'L' | b'K' | b'x' | b'g') {
            return;
        }
        let plain = || {
            let (first, last) = (text(345, 500), text(0, 100));
            let ustar = text(257, 262) == b"ustar" && !first.is_empty();
            name(&if ustar {
                [first, b"/", last].concat()
            } else {
                last.to_vec()
            })
        };
        let called = self.called.take().unwrap_or_else(plain);
        let file = matches!(kind, 0 | b'0' | b'7');
        self.out.add(Entry {
            folder: kind == b'5' || called.ends_with('/'),
            name: called,
            size: file.then_some(size),
            packed: None,
            method: match kind {
                b'1' => "link",
                b'2' => "symbolic link",
                _ => "stored",
            },
            encrypted: false,
        });
    }

    /// What an entry says of the next one.
    fn learn(&mut self) {
        let Some((kind, kept, _)) = self.long.take() else {
            return;
        };
        if kind == b'L' {
            let end = memchr::memchr(0, &kept).unwrap_or(kept.len());
            self.called = Some(name(kept.get(..end).unwrap_or_default()));
            return;
        }
        // "LENGTH KEY=VALUE\n", one after the other.
        let mut rest = &kept[..];
        while let Some(space) = memchr::memchr(b' ', rest) {
            let len = std::str::from_utf8(rest.get(..space).unwrap_or_default());
            let Some(len) = len
                .ok()
                .and_then(|n| n.parse::<usize>().ok())
                .filter(|n| *n > space + 1)
            else {
                return;
            };
            let record = rest.get(space + 1..len);
            let Some(pair) = record.and_then(|r| r.strip_suffix(b"\n")) else {
                return;
            };
            if let Some(path) = pair.strip_prefix(b"path=") {
                self.called = Some(name(path));
            } else if let Some(size) = pair.strip_prefix(b"size=") {
                self.sized = std::str::from_utf8(size).ok().and_then(|n| n.parse().ok());
            }
            rest = rest.get(len..).unwrap_or_default();
        }
    }

    /// `None`: it was none.
    fn finish(mut self) -> Option<Listing> {
        if self.heads == 0 {
            return None;
        }
        if !self.done && (self.skip > 0 || self.long.is_some() || !self.block.is_empty()) {
            self.out.remark("it breaks off");
        }
        self.out.kind = "tar";
        Some(self.out)
    }
}

/// Digits, or a number with the first bit set as GNU writes large ones.
fn octal(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|b| b & 0x80 != 0) {
        let tail = field.get(field.len().checked_sub(8)?..)?;
        return Some(u64::from_be_bytes(*tail.first_chunk()?) & (u64::MAX >> 1));
    }
    let digits = field.iter().filter(|b| (b'0'..=b'7').contains(b));
    let strange = field.iter().any(|b| !matches!(b, b'0'..=b'7' | b' ' | 0));
    (!strange).then(|| digits.fold(0u64, |n, b| n << 3 | u64::from(b - b'0')))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::{ENTRIES, Listing, list};

    fn zip(entries: &[(&str, u32, u32, u16)]) -> Vec<u8> {
        let (mut out, mut directory) = (vec![], vec![]);
        for (name, packed, size, flags) in entries {
            let mut fixed = flags.to_le_bytes().to_vec();
            fixed.extend([8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            fixed.extend(packed.to_le_bytes());
            fixed.extend(size.to_le_bytes());
            fixed.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            fixed.extend([0, 0]);
            let at = u32::try_from(out.len()).unwrap();
            out.extend(b"PK\x03\x04\x14\0");
            out.extend(&fixed);
            out.extend(name.as_bytes());
            out.extend(vec![b'x'; *packed as usize]);
            directory.extend(b"PK\x01\x02\x14\0\x14\0");
            directory.extend(fixed);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let at = u32::try_from(out.len()).unwrap();
        let many = u16::try_from(entries.len()).unwrap().to_le_bytes();
        let len = u32::try_from(directory.len()).unwrap();
        out.extend(directory);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(many);
        out.extend(many);
        out.extend(len.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    fn tar(entries: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let mut out = vec![];
        for (name, kind, data) in entries {
            let mut block = vec![0u8; 512];
            block[..name.len()].copy_from_slice(name.as_bytes());
            block[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
            block[156] = *kind;
            block[257..263].copy_from_slice(b"ustar\0");
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
            block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            out.extend(block);
            out.extend_from_slice(data);
            out.resize(out.len().next_multiple_of(512), 0);
        }
        out.extend([0; 1024]);
        out
    }

    fn told(l: &Listing) -> Vec<(&str, Option<u64>)> {
        l.entries.iter().map(|e| (&*e.name, e.size)).collect()
    }

    #[test]
    fn a_zip_is_listed_by_its_directory() {
        let bytes = zip(&[
            ("a.exe", 10, 20, 0),
            ("d/", 0, 0, 0),
            ("../b", 3, 3, 1),
            ("bomb", 4, 1000, 0),
        ]);
        let l = list(&bytes).unwrap();
        assert_eq!((l.kind, l.more), ("zip", 0));
        assert_eq!(
            told(&l),
            [
                ("a.exe", Some(20)),
                ("d/", Some(0)),
                ("../b", Some(3)),
                ("bomb", Some(1000))
            ]
        );
        assert!(l.entries[1].folder && l.entries[2].encrypted);
        assert_eq!(l.remarks.len(), 3, "{:?}", l.remarks);
        // A program before it, and nothing behind it.
        let mut program = b"PK\x03\x04MZ".to_vec();
        program.extend(&bytes);
        assert_eq!(list(&program).unwrap().entries.len(), 4);
        let cut = list(&bytes[..bytes.len() - 100]).unwrap();
        assert_eq!(told(&cut), told(&l));
        assert!(cut.remarks[0].contains("missing"));
    }

    #[test]
    fn a_tar_is_listed_with_long_names() {
        let pax: &[u8] = b"17 path=long/name\n";
        let wrong: &[u8] = b"18 path=long/name\n";
        let bytes = tar(&[
            ("a", b'0', b"hello"),
            ("d/", b'5', b""),
            ("x", b'x', wrong),
            ("y", b'0', b"z"),
            ("l", b'L', b"other\0"),
            ("m", b'0', b""),
        ]);
        let l = list(&bytes).unwrap();
        assert_eq!(l.kind, "tar");
        assert_eq!(
            told(&l),
            [
                ("a", Some(5)),
                ("d/", None),
                ("long/name", Some(1)),
                ("other", Some(0))
            ]
        );
        assert!(l.remarks.is_empty(), "{:?}", l.remarks);
        assert_eq!(
            list(&tar(&[("x", b'x', pax), ("y", b'0', b"z")]))
                .unwrap()
                .entries[0]
                .name,
            "y"
        );
    }

    #[test]
    fn a_gzip_is_one_file_or_a_tar() {
        use std::io::Write as _;
        let pack = |bytes: &[u8]| {
            let mut e = flate2::GzBuilder::new()
                .filename("f.txt")
                .write(vec![], flate2::Compression::default());
            e.write_all(bytes).unwrap();
            e.finish().unwrap()
        };
        let l = list(&pack(b"hello")).unwrap();
        assert_eq!((l.kind, told(&l)), ("gzip", vec![("f.txt", Some(5))]));
        let l = list(&pack(&tar(&[("a", b'0', b"hello")]))).unwrap();
        assert_eq!((l.kind, told(&l)), ("tar.gz", vec![("a", Some(5))]));
    }

    #[test]
    fn more_entries_than_are_listed_are_told() {
        let many = vec![("a", 0, 0, 0); ENTRIES + 5];
        let l = list(&zip(&many)).unwrap();
        assert_eq!((l.entries.len(), l.more), (ENTRIES, 5));
        assert!(l.remarks.iter().any(|r| r.contains("5 more")));
    }

    #[test]
    fn nothing_breaks_at_any_length() {
        assert!(list(b"").is_none() && list(&[0; 2000]).is_none() && list(b"hello").is_none());
        let whole = [
            zip(&[("a.exe", 10, 20, 0), ("b", 3, 3, 8)]),
            tar(&[("a", b'0', b"hello"), ("l", b'L', b"x")]),
        ];
        for bytes in whole {
            for n in 0..bytes.len() {
                let _ = list(&bytes[..n]);
                let mut bent = bytes.clone();
                bent[n] = 0xff;
                let _ = list(&bent);
            }
        }
    }
}
