//! Nanoseconds per packet of the reader alone: `cargo run --profile fast -p weir-capture --example pace [FILE]`.
//! Without a file it makes 200 MB of pcap and of pcapng in memory.
#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use std::time::{Duration, Instant};
use weir_capture::writer::{NewInterface, NewPacket, PcapNgWriter, PcapWriter};
use weir_capture::{CaptureFacts, Container, Event, Reader, sniff};
use weir_model::Timestamp;

const SIZE: usize = 200_000_000;

fn sizes() -> impl Iterator<Item = (i64, usize)> {
    let mut x = 1_u32;
    (0..).map(move |i: i64| {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (
            1_772_625_600_000_000_000 + i * 10_000,
            60 + (x >> 16) as usize % 1000,
        )
    })
}

fn pcap() -> Vec<u8> {
    let (mut out, bytes) = (Vec::with_capacity(SIZE + 4096), [0x5a; 1100]);
    let mut w = PcapWriter::new(&mut out, 1, 262_144).unwrap();
    for (time, len) in sizes() {
        if out.len() >= SIZE {
            break;
        }
        w.packet(&mut out, Timestamp(time), len as u32, &bytes[..len])
            .unwrap();
    }
    out
}

fn pcapng() -> Vec<u8> {
    let (mut out, bytes) = (Vec::with_capacity(SIZE + 4096), [0x5a; 1100]);
    let mut w = PcapNgWriter::new(&mut out, "", "").unwrap();
    w.interface(
        &mut out,
        &NewInterface {
            link_type: 1,
            ..NewInterface::default()
        },
    )
    .unwrap();
    for (time, len) in sizes() {
        if out.len() >= SIZE {
            break;
        }
        let packet = NewPacket {
            interface: 0,
            time: Timestamp(time),
            wire_len: len as u32,
            bytes: &bytes[..len],
            comment: "",
        };
        w.packet(&mut out, &packet).unwrap();
    }
    out
}

fn walk(name: &str, file: &[u8]) {
    let Ok(Container::Plain(format)) = sniff(file) else {
        panic!("{:?}", sniff(file))
    };
    for with_facts in [false, true] {
        let (mut best, mut packets, mut seen) = (f64::MAX, 0, 0_u64);
        for _ in 0..5 {
            let mut reader = Reader::new(format);
            let mut facts = CaptureFacts::new(format);
            let (mut spent, mut piece) = (Duration::ZERO, Vec::new());
            for from in file.chunks(1 << 20) {
                // As a door does: the piece was just read and is warm; the copy is not counted.
                piece.clear();
                piece.extend_from_slice(from);
                let start = Instant::now();
                let mut rest = &piece[..];
                loop {
                    let event = reader.next(&mut rest);
                    if with_facts {
                        facts.add(&event);
                    }
                    match event {
                        Event::Packet(p) => {
                            seen =
                                seen.wrapping_add(p.bytes.len() as u64 ^ p.time.0.cast_unsigned());
                        }
                        Event::Info(_) => {}
                        _ => break,
                    }
                }
                spent += start.elapsed();
            }
            best = best.min(spent.as_secs_f64());
            packets = reader.packets();
        }
        let what = if with_facts {
            "with facts"
        } else {
            "walk alone"
        };
        println!(
            "{name}, {what}: {packets} packets, {:.1} ns a packet, {:.0} MB/s ({seen:x})",
            best * 1e9 / f64::from(packets.max(1)),
            file.len() as f64 / best / 1e6
        );
    }
}

fn main() {
    match std::env::args().nth(1) {
        Some(path) => walk(&path, &std::fs::read(&path).expect("the file can be read")),
        None => {
            walk("pcap", &pcap());
            walk("pcapng", &pcapng());
        }
    }
}
