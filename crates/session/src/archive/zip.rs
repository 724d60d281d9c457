//! Zip (APPNOTE.TXT sections 4.3 and 4.4): its directory, or what stands before the files where that is missing.

use super::{COUNTED, Entry, Listing, name, u16_at, u32_at, u64_at};

/// A zip's last record: its length, and the longest comment behind it.
const ZIP_END: usize = 22;
const ZIP_COMMENT: usize = 0xffff;

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
pub(super) fn list(bytes: &[u8]) -> Listing {
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
