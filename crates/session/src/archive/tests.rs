//! Archives built in code: whole, lying, cut.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

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
