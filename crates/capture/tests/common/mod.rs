//! Builds captures byte by byte, and reads them in pieces.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use weir_capture::{CaptureFacts, Container, Event, Info, PacketFlags, Reader, Stop, sniff};
use weir_model::Record;

/// A packet as it can be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Got {
    pub number: u32,
    pub offset: u64,
    pub wire_len: u32,
    pub time: i64,
    pub interface: u32,
    pub link_type: u16,
    pub record: Option<Record>,
    pub flags: PacketFlags,
    pub bytes: Vec<u8>,
    pub comments: Vec<String>,
}

/// Everything a capture gave.
#[derive(Clone, PartialEq, Debug)]
pub struct Read {
    pub packets: Vec<Got>,
    pub infos: Vec<Info>,
    pub stopped: Option<Stop>,
    pub facts: CaptureFacts,
    pub most_held: usize,
}

/// Reads `file` in pieces of `size` bytes.
pub fn read_pieces(file: &[u8], size: usize) -> Read {
    let Ok(Container::Plain(format)) = sniff(file) else {
        panic!("{:?}", sniff(file))
    };
    let mut reader = Reader::new(format);
    let mut read = Read {
        packets: vec![],
        infos: vec![],
        stopped: None,
        facts: CaptureFacts::new(format),
        most_held: 0,
    };
    let mut pieces = file.chunks(size.max(1)).collect::<Vec<_>>();
    pieces.push(&[]);
    let last = pieces.len() - 1;
    for (i, piece) in pieces.into_iter().enumerate() {
        if i == last {
            reader.finish();
        }
        let mut rest = piece;
        loop {
            read.most_held = read.most_held.max(reader.held());
            let event = reader.next(&mut rest);
            read.facts.add(&event);
            match event {
                Event::Packet(p) => read.packets.push(Got {
                    number: p.number,
                    offset: p.offset,
                    wire_len: p.wire_len,
                    time: p.time.0,
                    interface: p.interface,
                    link_type: p.link_type,
                    record: p.record,
                    flags: p.flags,
                    bytes: p.bytes.to_vec(),
                    comments: p.comments().collect(),
                }),
                Event::Info(info) => read.infos.push(*info),
                Event::NeedMore => {
                    assert!(
                        rest.is_empty() && i != last,
                        "all of a piece is used, and the end is an end"
                    );
                    break;
                }
                Event::End => {
                    assert_eq!(i, last);
                    break;
                }
                Event::Stopped(stop) => {
                    read.stopped = Some(stop);
                    return read;
                }
            }
        }
    }
    read
}

pub fn read(file: &[u8]) -> Read {
    let read = read_pieces(file, file.len());
    for p in &read.packets {
        let at = usize::try_from(p.offset).unwrap();
        assert_eq!(
            &file[at..at + p.bytes.len()],
            p.bytes,
            "packet {} is at its offset",
            p.number
        );
    }
    read
}

/// A pcap builder of either byte order.
pub struct Pcap {
    pub big: bool,
    pub out: Vec<u8>,
    pub extra: usize,
}

impl Pcap {
    pub fn new(big: bool, magic: u32, link: u32, snaplen: u32) -> Self {
        let mut p = Self {
            big,
            out: vec![],
            extra: 0,
        };
        p.u32(magic);
        p.u16(2);
        p.u16(4);
        for v in [0, 0, snaplen, link] {
            p.u32(v);
        }
        p
    }

    pub fn u16(&mut self, v: u16) {
        self.out.extend(if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        });
    }

    pub fn u32(&mut self, v: u32) {
        self.out.extend(if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        });
    }

    pub fn packet(&mut self, seconds: u32, fraction: u32, wire: u32, bytes: &[u8]) -> &mut Self {
        self.record(seconds, fraction, u32::try_from(bytes.len()).unwrap(), wire);
        self.out.extend(bytes);
        self
    }

    pub fn record(&mut self, seconds: u32, fraction: u32, captured: u32, wire: u32) -> &mut Self {
        for v in [seconds, fraction, captured, wire] {
            self.u32(v);
        }
        self.out.extend(std::iter::repeat_n(0xee, self.extra));
        self
    }
}

/// A pcapng builder of either byte order.
pub struct Ng {
    pub big: bool,
    pub out: Vec<u8>,
}

impl Ng {
    pub fn new(big: bool) -> Self {
        let mut ng = Self { big, out: vec![] };
        ng.section(big, &[]);
        ng
    }

    pub fn b16(&self, v: u16) -> [u8; 2] {
        if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    }

    pub fn b32(&self, v: u32) -> [u8; 4] {
        if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    }

    pub fn b64(&self, v: u64) -> [u8; 8] {
        if self.big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    }

    pub fn words(&self, words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|w| self.b32(*w)).collect()
    }

    pub fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut out = [
            self.b16(code),
            self.b16(u16::try_from(value.len()).unwrap()),
        ]
        .concat();
        out.extend(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    pub fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let len = self.b32(u32::try_from(body.len() + 12).unwrap());
        self.out.extend(self.b32(kind));
        self.out.extend(len);
        self.out.extend(body);
        self.out.extend(len);
        self
    }

    pub fn section(&mut self, big: bool, options: &[u8]) -> &mut Self {
        self.big = big;
        let mut body = self.words(&[0x1a2b_3c4d]);
        body.extend([self.b16(1), self.b16(0)].concat());
        body.extend(self.b64(u64::MAX));
        body.extend(options);
        self.block(0x0a0d_0d0a, &body)
    }

    pub fn interface(&mut self, link: u16, snaplen: u32, options: &[u8]) -> &mut Self {
        let mut body = [self.b16(link), self.b16(0)].concat();
        body.extend(self.b32(snaplen));
        body.extend(options);
        self.block(1, &body)
    }

    pub fn packet(
        &mut self,
        interface: u32,
        units: u64,
        wire: u32,
        bytes: &[u8],
        options: &[u8],
    ) -> &mut Self {
        let (high, low) = (
            u32::try_from(units >> 32).unwrap(),
            u32::try_from(units & 0xffff_ffff).unwrap(),
        );
        let mut body = self.words(&[
            interface,
            high,
            low,
            u32::try_from(bytes.len()).unwrap(),
            wire,
        ]);
        body.extend(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(options);
        self.block(6, &body)
    }
}

/// Where the corpus is: `WEIR_CORPUS`, else beside the repository. A line says when it is absent.
pub fn corpus() -> Option<std::path::PathBuf> {
    let given = std::env::var_os("WEIR_CORPUS").map(std::path::PathBuf::from);
    let dir = given.unwrap_or_else(|| {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
    });
    if dir.is_dir() {
        return Some(dir);
    }
    println!("skipped: no corpus at {}", dir.display());
    None
}
