//! What the writers write, read back by our reader and, where there is one, by tshark.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::read;
use std::process::Command;
use weir_capture::writer::{NewInterface, NewPacket, PcapNgWriter, PcapWriter};
use weir_model::Timestamp;

const START: i64 = 1_772_625_600_123_456_789;

fn packets() -> Vec<(u32, i64, u32, Vec<u8>, String)> {
    (0..40_u8)
        .map(|i| {
            let bytes: Vec<u8> = (0..60 + i).map(|b| b.wrapping_mul(i)).collect();
            let wire = u32::try_from(bytes.len()).unwrap() + u32::from(i % 3) * 100;
            let comment = match i % 4 {
                0 => String::new(),
                3 => "x".repeat(5_000 + usize::from(i)),
                _ => format!(
                    "packet {} of capture \u{201c}B\u{201d}",
                    1000 + u32::from(i)
                ),
            };
            (
                u32::from(i % 2),
                START + i64::from(i) * 1_000_001,
                wire,
                bytes,
                comment,
            )
        })
        .collect()
}

fn pcapng() -> Vec<u8> {
    let mut out = Vec::new();
    let mut w = PcapNgWriter::new(&mut out, "a test", "two packets \u{e4}nd more").unwrap();
    let ether = NewInterface {
        link_type: 1,
        snaplen: 262_144,
        name: "eth0".into(),
        ..NewInterface::default()
    };
    let raw = NewInterface {
        link_type: 101,
        description: "raw".into(),
        ..NewInterface::default()
    };
    assert_eq!(
        [
            w.interface(&mut out, &ether).unwrap(),
            w.interface(&mut out, &raw).unwrap()
        ],
        [0, 1]
    );
    for (interface, time, wire_len, bytes, comment) in &packets() {
        let packet = NewPacket {
            interface: *interface,
            time: Timestamp(*time),
            wire_len: *wire_len,
            bytes,
            comment,
        };
        w.packet(&mut out, &packet).unwrap();
    }
    out
}

#[test]
fn what_is_written_reads_back() {
    let got = read(&pcapng());
    assert_eq!((got.packets.len(), &got.stopped), (40, &None));
    for (p, (interface, time, wire, bytes, comment)) in got.packets.iter().zip(packets()) {
        assert_eq!(
            (p.interface, p.time, p.wire_len, &p.bytes),
            (interface, time, wire, &bytes)
        );
        assert_eq!(p.link_type, [1, 101][interface as usize]);
        assert_eq!(p.comments.concat(), comment);
    }
    assert_eq!(
        got.facts.sections[0].comments,
        ["two packets \u{e4}nd more"]
    );
    assert_eq!(got.facts.interfaces[0].interface.name, "eth0");
    let mut out = Vec::new();
    let mut w = PcapWriter::new(&mut out, 1, 65_535).unwrap();
    for (_, time, wire, bytes, _) in &packets() {
        w.packet(&mut out, Timestamp(*time), *wire, bytes).unwrap();
    }
    let plain = read(&out);
    assert_eq!(
        plain
            .packets
            .iter()
            .map(|p| (p.time, &p.bytes))
            .collect::<Vec<_>>(),
        got.packets
            .iter()
            .map(|p| (p.time, &p.bytes))
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_cannot_be_written_is_said() {
    let mut out = Vec::new();
    let mut w = PcapNgWriter::new(&mut out, "", "").unwrap();
    let packet = NewPacket {
        interface: 0,
        time: Timestamp(-1),
        wire_len: 1,
        bytes: &[1],
        comment: "",
    };
    assert!(
        w.packet(&mut out, &packet)
            .unwrap_err()
            .0
            .contains("not described")
    );
    w.interface(
        &mut out,
        &NewInterface {
            link_type: 1,
            ..NewInterface::default()
        },
    )
    .unwrap();
    let before = out.len();
    assert!(
        w.packet(&mut out, &packet)
            .unwrap_err()
            .0
            .contains("before the interface's time offset")
    );
    let long = "x".repeat(70_000);
    assert!(
        w.packet(
            &mut out,
            &NewPacket {
                time: Timestamp(0),
                comment: &long,
                ..packet
            }
        )
        .is_err()
    );
    assert_eq!(out.len(), before, "nothing half-written");
    w.interface(
        &mut out,
        &NewInterface {
            link_type: 1,
            offset: -10,
            ..NewInterface::default()
        },
    )
    .unwrap();
    w.packet(
        &mut out,
        &NewPacket {
            interface: 1,
            ..packet
        },
    )
    .unwrap();
    assert_eq!(read(&out).packets[0].time, -1);
    assert!(
        PcapWriter::new(&mut Vec::new(), 1, 0)
            .unwrap()
            .packet(&mut out, Timestamp(-1), 1, &[1])
            .is_err()
    );
}

#[test]
fn tshark_reads_the_same() {
    if Command::new("tshark").arg("-v").output().is_err() {
        println!("skipped: no tshark here");
        return;
    }
    let path = std::env::temp_dir().join(format!("weir-writing-{}.pcapng", std::process::id()));
    std::fs::write(&path, pcapng()).unwrap();
    let fields = [
        "frame.time_epoch",
        "frame.len",
        "frame.cap_len",
        "frame.interface_id",
        "frame.comment",
    ];
    let mut tshark = Command::new("tshark");
    tshark.args(["-n", "-T", "fields", "-r"]).arg(&path);
    for f in fields {
        tshark.args(["-e", f]);
    }
    let output = tshark.output().unwrap();
    let json = Command::new("tshark")
        .args(["-n", "-x", "-r"])
        .arg(&path)
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    for (line, (interface, time, wire, bytes, comment)) in text.lines().zip(packets()) {
        let want = format!(
            "{}\t{wire}\t{}\t{interface}\t{comment}",
            Timestamp(time).epoch(),
            bytes.len()
        );
        assert_eq!(line, want);
    }
    assert_eq!(text.lines().count(), 40);
    // The bytes, as tshark's hex dump has them.
    let dump = String::from_utf8_lossy(&json.stdout).into_owned();
    let hex: String = dump
        .lines()
        .filter_map(|l| l.get(6..53))
        .flat_map(|h| h.chars())
        .filter(char::is_ascii_hexdigit)
        .collect();
    let want: String = packets()
        .iter()
        .flat_map(|p| p.3.clone())
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(hex == want, "the bytes differ");
}
