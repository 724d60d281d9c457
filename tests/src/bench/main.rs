//! `weir-bench-gen OUT.pcap [--size-mb N] [--seed N]`: the capture that the benchmark reads.
//! Deterministic from the seed, which is printed; streams to the file.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)]

mod clear;
mod flow;
mod frame;
mod rng;
mod tls;
mod world;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use world::{Tally, World};

const USAGE: &str = "usage: weir-bench-gen OUT.pcap [--size-mb N (500)] [--seed N (1)]";

/// Writes at least `size` bytes of pcap with microseconds.
fn generate(out: &mut impl Write, size: u64, seed: u64) -> io::Result<Tally> {
    let header = [0xa1b2_c3d4_u32, 2 | 4 << 16, 0, 0, 262_144, 1];
    out.write_all(&header.map(u32::to_le_bytes).concat())?;
    let mut world = World::new(seed);
    let (mut frame, mut written) = (Vec::with_capacity(2048), 24_u64);
    while written < size {
        let time = world.next(&mut frame);
        let (seconds, micros, len) = (
            (time / 1_000_000_000) as u32,
            (time % 1_000_000_000 / 1000) as u32,
            frame.len() as u32,
        );
        out.write_all(&[seconds, micros, len, len].map(u32::to_le_bytes).concat())?;
        out.write_all(&frame)?;
        written += 16 + u64::from(len);
    }
    Ok(world.tally)
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut path, mut size, mut seed) = (None, 500, 1);
    while let Some(arg) = args.next() {
        let number = |value: Option<String>| value.and_then(|v| v.parse::<u64>().ok());
        let known = match arg.as_str() {
            "--size-mb" => number(args.next()).map(|n| size = n),
            "--seed" => number(args.next()).map(|n| seed = n),
            _ if arg.starts_with('-') || path.is_some() => None,
            _ => {
                path = Some(arg);
                Some(())
            }
        };
        if known.is_none() {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    let Some(path) = path else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let made = File::create(&path).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let tally = generate(&mut out, size * 1_000_000, seed)?;
        out.flush()?;
        Ok(tally)
    });
    match made {
        Ok(t) => {
            let (mean, share) = (t.bytes / t.packets.max(1), t.named * 100 / t.bytes.max(1));
            println!("seed {seed}");
            println!(
                "packets {}\nflows {}\nmean packet {mean} bytes",
                t.packets, t.flows
            );
            println!(
                "in HTTP, FTP, DNS and TLS {share} % of the bytes\nseconds {}",
                t.span / 1_000_000_000
            );
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("{path}: {e}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_capture::{CaptureFacts, Container, Event, Reader, sniff};

    fn made(size: u64, seed: u64) -> (Vec<u8>, Tally) {
        let mut out = Vec::new();
        let tally = generate(&mut out, size, seed).unwrap();
        (out, tally)
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(made(300_000, 7).0, made(300_000, 7).0);
        assert_ne!(made(300_000, 7).0, made(300_000, 8).0);
    }

    #[test]
    fn shares_hold_at_a_fiftieth_of_the_size() {
        let (file, tally) = made(10_000_000, 1);
        let Ok(Container::Plain(format)) = sniff(&file) else {
            panic!("no capture")
        };
        let (mut reader, mut facts, mut rest) =
            (Reader::new(format), CaptureFacts::new(format), &file[..]);
        reader.finish();
        loop {
            let event = reader.next(&mut rest);
            facts.add(&event);
            if let Event::Packet(p) = &event {
                checked(p.bytes);
            }
            if matches!(event, Event::End | Event::Stopped(_)) {
                break;
            }
        }
        assert_eq!(
            (facts.stopped.is_none(), facts.packets, facts.wire_bytes),
            (true, tally.packets, tally.bytes)
        );
        assert_eq!(facts.order, weir_capture::TimeOrder::Strict);
        assert!(tally.bytes / tally.packets <= 600, "{tally:?}");
        assert!(
            tally.flows >= 2000 && (25..=35).contains(&(tally.named * 100 / tally.bytes)),
            "{tally:?}"
        );
    }

    /// Both checksums of a frame add up to all ones.
    fn checked(frame: &[u8]) {
        let sum = |start: u64, bytes: &[u8]| {
            let words = bytes
                .chunks(2)
                .map(|p| u64::from(p[0]) << 8 | u64::from(*p.get(1).unwrap_or(&0)));
            let mut sum = start + words.sum::<u64>();
            while sum > 0xffff {
                sum = (sum & 0xffff) + (sum >> 16);
            }
            sum
        };
        let (addresses, protocol, transport) = if frame[12] == 8 {
            assert_eq!(sum(0, &frame[14..34]), 0xffff);
            let len = usize::from(u16::from_be_bytes([frame[16], frame[17]]));
            (&frame[26..34], frame[23], &frame[34..14 + len])
        } else {
            let len = usize::from(u16::from_be_bytes([frame[18], frame[19]]));
            (&frame[22..54], frame[20], &frame[54..54 + len])
        };
        assert_eq!(
            sum(
                sum(u64::from(protocol) + transport.len() as u64, addresses),
                transport
            ),
            0xffff
        );
    }
}
