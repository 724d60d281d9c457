//! Rounds of hostile traffic: a few flows of half-right packets, from a number alone. Each round checks
//! that nothing panics, that describing packets sees what the load pass saw, and that a half-right file
//! of them reads alike in pieces of any size. Knows protocols only by how their first bytes look.

pub mod every;
pub mod mutated;

use weir_capture::{Container, Event, Reader, sniff};
use weir_dissect::{Dissector, Options, Over, PacketMeta, PacketOutcome, Protocol, TreeSink};
use weir_model::{CaptureId, PacketRef, Timestamp};

/// Beginnings that make dissectors read on.
const OPENINGS: &[&[u8]] = &[
    b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nMZ",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n4\r\n\x1f\x8b\x08\x00\r\n0\r\n\r\n",
    b"POST /b HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n\r\n--x--",
    b"220 ready\r\nUSER u\r\n331 x\r\nPASV\r\n227 Entering (10,0,0,1,4,1)\r\nRETR f\r\n",
    b"EPSV\r\n229 Extended (|||1025|)\r\nSTOR f\r\n150 go\r\n",
    b"\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03",
    b"\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\xc0\x0c\x00\x01\x00\x01",
    b"\x00\x00\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x01\x00\x02\xc0\x0c",
    b"\x02\x01\x06\x00\x00\x00\x00\x01",
    b"\x00\x01\x08\x00\x06\x04\x00\x01",
    b"\x45\x00\x00\x14\x00\x00\x40\x00\x40\x01",
];

const PORTS: &[u16] = &[20, 21, 53, 67, 68, 80, 137, 443, 1025, 2121, 5353, 8080];
const LINKS: &[u32] = &[0, 1, 12, 101, 108, 113, 228, 229, 276, 999];

/// A generator whose whole state is one number (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// A round's packets: number, metadata and bytes.
#[must_use]
pub fn packets(round: u64) -> Vec<(PacketMeta, Vec<u8>)> {
    let mut dice = Dice(round.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5745_4952);
    let mut out: Vec<(PacketMeta, Vec<u8>)> = Vec::new();
    let mut seq = [dice.next() as u32, dice.next() as u32];
    let ports = (dice.pick(PORTS), dice.pick(PORTS));
    let mut time = 1_700_000_000_000_000_000i64;
    let link = if dice.one_in(6) { dice.pick(LINKS) } else { 1 };
    for number in 1..=(4 + dice.below(28)) {
        time += dice.below(1 << 30) as i64 - (1 << 26);
        let mut bytes = if number > 2 && dice.one_in(8) {
            out[dice.below(out.len())].1.clone()
        } else {
            frame(&mut dice, ports, &mut seq)
        };
        spoil(&mut dice, &mut bytes);
        let time = Timestamp(time);
        let meta = PacketMeta {
            packet: PacketRef {
                capture: CaptureId(0),
                number: number as u32,
            },
            time,
            untimed: false,
            record: None,
            wire_len: if dice.one_in(10) {
                dice.next() as u32
            } else {
                bytes.len() as u32
            },
            link_type: link,
            interface: 0,
            first: out.first().map_or(time, |(first, _)| first.time),
            previous: out.last().map(|(last, _)| last.time),
        };
        out.push((meta, bytes));
    }
    out
}

fn frame(dice: &mut Dice, ports: (u16, u16), seq: &mut [u32; 2]) -> Vec<u8> {
    let side = dice.below(2);
    let ports = if side == 0 { ports } else { (ports.1, ports.0) };
    let mut payload = Vec::new();
    for _ in 0..dice.below(3) {
        payload.extend_from_slice(dice.pick(OPENINGS));
    }
    for _ in 0..dice.below(40) {
        payload.push(dice.byte());
    }
    let mut transport = Vec::new();
    transport.extend(ports.0.to_be_bytes());
    transport.extend(ports.1.to_be_bytes());
    let tcp = !dice.one_in(3);
    if tcp {
        let flags: u8 = dice.pick(&[0x02, 0x12, 0x10, 0x18, 0x18, 0x18, 0x11, 0x04]);
        transport.extend(seq[side].to_be_bytes());
        transport.extend(seq[1 - side].to_be_bytes());
        transport.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        let advance = payload.len() as u32 + u32::from(flags & 0x03 != 0);
        // Now and then a hole, a repetition, or a jump over the wrap.
        let slip = if dice.one_in(6) {
            dice.pick(&[1, 7, u32::MAX, 0x8000_0000, 1000])
        } else {
            0
        };
        seq[side] = seq[side].wrapping_add(advance).wrapping_add(slip);
    } else {
        transport.extend((8 + payload.len() as u16).to_be_bytes());
        transport.extend([0, 0]);
    }
    transport.extend(payload);
    let proto = if tcp { 6 } else { 17 };
    let hosts = if side == 0 { [1, 2] } else { [2, 1] };
    let mut bytes = vec![2, 0, 0, 0, 0, hosts[1], 2, 0, 0, 0, 0, hosts[0]];
    if dice.one_in(8) {
        bytes.extend([0x81, 0, 0, 7]);
    }
    if dice.one_in(4) {
        bytes.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
        bytes.extend((transport.len() as u16).to_be_bytes());
        bytes.extend([proto, 64]);
        for host in hosts {
            bytes.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
        }
    } else {
        bytes.extend([0x08, 0, 0x45, 0]);
        bytes.extend((20 + transport.len() as u16).to_be_bytes());
        let fragment: [u8; 2] = if dice.one_in(10) {
            dice.pick(&[[0x20, 0], [0, 3], [0x20, 1], [0x1f, 0xff]])
        } else {
            [0x40, 0]
        };
        bytes.extend([0, 9, fragment[0], fragment[1], 64, proto, 0, 0]);
        for host in hosts {
            bytes.extend([10, 0, 0, host]);
        }
    }
    bytes.extend(transport);
    bytes
}

/// Flips, cuts, repeats and extreme lengths; every third packet stays as it is.
fn spoil(dice: &mut Dice, bytes: &mut Vec<u8>) {
    if dice.one_in(3) || bytes.is_empty() {
        return;
    }
    for _ in 0..dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = dice.pick(&[0, 1, 0x7f, 0x80, 0xff]),
            2 => bytes.truncate(at),
            3 => {
                let tail = bytes[at..].to_vec();
                bytes.extend(tail);
            }
            _ => bytes.insert(at, dice.byte()),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// The round's packets as a half-right capture.
#[must_use]
pub fn file(round: u64) -> Vec<u8> {
    let mut dice = Dice(round ^ 0x6669_6c65);
    let mut out = Vec::new();
    let classic = dice.one_in(2);
    let big = dice.one_in(2);
    let u32s = |out: &mut Vec<u8>, numbers: &[u32]| {
        for number in numbers {
            out.extend(if big {
                number.to_be_bytes()
            } else {
                number.to_le_bytes()
            });
        }
    };
    let u16s = |out: &mut Vec<u8>, numbers: &[u16]| {
        for number in numbers {
            out.extend(if big {
                number.to_be_bytes()
            } else {
                number.to_le_bytes()
            });
        }
    };
    if classic {
        u32s(&mut out, &[dice.pick(&[0xa1b2_c3d4, 0xa1b2_3c4d])]);
        u16s(&mut out, &[2, 4]);
        u32s(&mut out, &[0, 0, 65535, 1]);
    } else {
        u32s(&mut out, &[0x0a0d_0d0a, 28, 0x1a2b_3c4d]);
        u16s(&mut out, &[1, 0]);
        u32s(&mut out, &[u32::MAX, u32::MAX, 28, 1, 20]);
        u16s(&mut out, &[1, 0]);
        u32s(&mut out, &[0, 20]);
    }
    for (meta, bytes) in packets(round) {
        let len = bytes.len() as u32;
        let padded = len.next_multiple_of(4);
        let seconds = (meta.time.0 / 1_000_000_000) as u32;
        if classic {
            u32s(&mut out, &[seconds, 1, len, meta.wire_len]);
            out.extend(bytes);
        } else {
            let block = 32 + padded;
            u32s(
                &mut out,
                &[6, block, 0, 1, seconds, len, meta.wire_len.max(len)],
            );
            out.extend(bytes);
            out.resize(out.len() + (padded - len) as usize, 0);
            u32s(&mut out, &[block]);
        }
    }
    if dice.one_in(2) {
        spoil(&mut dice, &mut out);
    }
    out
}

/// Everything a file says, one line an event, read in pieces of the sizes that `size` gives.
fn read(file: &[u8], mut size: impl FnMut() -> usize) -> Vec<String> {
    let Ok(Container::Plain(format)) = sniff(file) else {
        return Vec::new();
    };
    let mut reader = Reader::new(format);
    let mut said = Vec::new();
    let mut rest = file;
    loop {
        let (mut piece, after) = rest.split_at(size().clamp(1, rest.len().max(1)).min(rest.len()));
        rest = after;
        if piece.is_empty() {
            reader.finish();
        }
        loop {
            match reader.next(&mut piece) {
                Event::NeedMore => break,
                Event::Packet(packet) => said.push(format!("{packet:?}")),
                Event::Info(info) => said.push(format!("{info:?}")),
                end @ (Event::End | Event::Stopped(_)) => {
                    said.push(format!("{end:?}"));
                    return said;
                }
            }
        }
    }
}

/// Dissects packets: loaded twice and described once.
///
/// # Errors
/// A sentence, when describing the packets saw other flows or layers than the load pass, or another
/// seed of the hash tables gave others.
///
/// # Panics
/// When dissection does: that is what is looked for.
pub fn dissect(
    packets: &[(PacketMeta, Vec<u8>)],
    seed: u64,
    decode_as: &[(Over, &'static Protocol)],
) -> Result<(), String> {
    let options = |seed| Options {
        seed,
        decode_as: decode_as.to_vec(),
        ..Options::default()
    };
    let load = |seed: u64| -> Vec<PacketOutcome> {
        let mut dissector = Dissector::new(options(seed));
        let seen = packets
            .iter()
            .map(|(meta, bytes)| dissector.packet(meta, bytes))
            .collect();
        dissector.finish(None);
        seen
    };
    let loaded = load(1);
    if load(seed | 2) != loaded {
        return Err("another seed of the hash tables gave other flows or layers".into());
    }
    let mut again = Dissector::new(options(0));
    for ((meta, bytes), loaded) in packets.iter().zip(&loaded) {
        let mut tree = TreeSink::new();
        let described = again.describe(meta, bytes, &mut tree, None, None);
        if described != *loaded {
            return Err(format!(
                "packet {} described is not the packet loaded: {described:?}, {loaded:?}",
                meta.packet.number
            ));
        }
    }
    again.finish(None);
    Ok(())
}

/// Runs one round.
///
/// # Errors
/// What [`dissect`] says, or that pieces of a file said something else than the whole.
///
/// # Panics
/// When dissection or reading does: that is what is looked for.
pub fn run(round: u64) -> Result<(), String> {
    dissect(&packets(round), round, &[])?;
    let file = file(round);
    let whole = read(&file, || file.len());
    let mut dice = Dice(round);
    for most in [1, 7, 4096] {
        let pieces = read(&file, || 1 + dice.below(most));
        if let Some(at) =
            (0..whole.len().max(pieces.len())).find(|at| whole.get(*at) != pieces.get(*at))
        {
            return Err(format!(
                "in pieces of at most {most} bytes, event {at} is {:?} and not {:?}",
                pieces.get(at),
                whole.get(at)
            ));
        }
    }
    Ok(())
}
