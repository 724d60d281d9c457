//! Slices: what is written is read again, by Weir and by tshark, as it was; anonymised ones keep conversations and
//! checksums and nothing that was to be removed.
//!
//! A tenth of the fixed choice of real captures is looked at, all of it with `WEIR_ALL=1`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use weir_capture::writer::{NewInterface, NewPacket, PcapNgWriter};
use weir_capture::{Container, Event, Reader, SNIFF_LEN, sniff};
use weir_session::ops::State;
use weir_tests::desk::{Desk, sample};

/// Real captures that are anonymised at most.
const CHOSEN: usize = 100;
/// Bytes of one of them at most.
const LARGE: u64 = 2 << 20;
/// The key of these tests.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn tshark(file: &Path, arguments: &[&str]) -> Option<String> {
    let out = Command::new("tshark")
        .args(["-n", "-r"])
        .arg(file)
        .args(arguments)
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn has_tshark() -> bool {
    let there = Command::new("tshark").arg("--version").output().is_ok();
    if !there {
        println!("skipped: slices as tshark reads them; tshark is not installed");
    }
    there
}

fn put(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("weir-slices-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    path
}

fn open() -> Value {
    json!({"filter": "", "from": null, "to": null, "captures": null, "unique": false})
}

/// The slice of a request over one capture, and what is said of it.
fn slice(desk: &mut Desk, change: Value) -> (Value, Vec<u8>) {
    let mut args = json!({"narrowing": open(), "packets": null});
    for (k, v) in change.as_object().unwrap() {
        args[k] = v.clone();
    }
    let reply = desk.reply("slice.save", args);
    assert!(
        reply.state == State::Done,
        "{:?}",
        reply.error.map(|e| e.to_string())
    );
    (reply.payload, reply.bytes.unwrap_or_default())
}

/// Real captures, in an order that their names decide, as many as are looked at.
fn chosen(of: &str) -> Vec<(String, Vec<u8>)> {
    let Some(corpus) = std::env::var_os("WEIR_CORPUS").map(PathBuf::from) else {
        println!("skipped: {of}; WEIR_CORPUS names no folder of captures");
        return Vec::new();
    };
    let manifest = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let mut named: Vec<([u8; 32], &str)> = manifest
        .lines()
        .skip(1)
        .filter_map(|l| l.split('\t').next())
        .filter(|p| !p.starts_with("hostile/"))
        .map(|p| (Sha256::digest(p.as_bytes()).into(), p))
        .collect();
    named.sort_unstable();
    let all = std::env::var_os("WEIR_ALL").is_some();
    named
        .into_iter()
        .map(|(_, p)| p)
        .filter(|p| std::fs::metadata(corpus.join(p)).is_ok_and(|m| m.len() < LARGE))
        .take(if all { CHOSEN } else { CHOSEN / 10 })
        .map(|p| (p.to_owned(), std::fs::read(corpus.join(p)).unwrap()))
        .collect()
}

/// A packet as it was written: time, length on the wire, bytes, comments.
type Packet = (i64, u32, Vec<u8>, Vec<String>);

fn packets(bytes: &[u8]) -> Vec<Packet> {
    let Ok(Container::Plain(format)) = sniff(&bytes[..bytes.len().min(SNIFF_LEN)]) else {
        return Vec::new();
    };
    let mut reader = Reader::new(format);
    reader.finish();
    let (mut left, mut out) = (bytes, Vec::new());
    loop {
        match reader.next(&mut left) {
            Event::Packet(p) if p.record.is_none() => {
                out.push((
                    p.time.0,
                    p.wire_len,
                    p.bytes.to_vec(),
                    p.comments().collect(),
                ));
            }
            Event::Packet(_) | Event::Info(_) => {}
            Event::NeedMore | Event::End | Event::Stopped(_) => return out,
        }
    }
}

/// What tshark says of each packet, a row a packet.
fn rows(file: &Path, fields: &[&str]) -> Vec<Vec<String>> {
    let mut arguments = vec!["-T", "fields", "-E", "occurrence=f"];
    for check in ["ip", "tcp", "udp"] {
        arguments.push("-o");
        arguments.push(match check {
            "ip" => "ip.check_checksum:TRUE",
            "tcp" => "tcp.check_checksum:TRUE",
            _ => "udp.check_checksum:TRUE",
        });
    }
    for f in fields {
        arguments.extend(["-e", f]);
    }
    let text = tshark(file, &arguments).unwrap_or_default();
    text.lines()
        .map(|l| l.split('\t').map(str::to_owned).collect())
        .collect()
}

fn re_read(name: &str, bytes: Vec<u8>, with_tshark: bool) {
    let before = packets(&bytes);
    let mut desk = Desk::with(1, &[(name, bytes)]);
    let notes = json!([{"packet": "A:1", "text": "first <b>noted</b>\nand a second line"}]);
    let (told, slice) = slice(&mut desk, json!({"notes": notes, "reason": "a test"}));
    let after = packets(&slice);
    assert_eq!(before.len(), after.len(), "{name}");
    assert_eq!(told["packets"], after.len(), "{name}");
    for (n, (b, a)) in before.iter().zip(&after).enumerate() {
        assert_eq!(
            (b.0, b.1, &b.2),
            (a.0, a.1, &a.2),
            "{name}, packet {}",
            n + 1
        );
        assert_eq!(a.3.len(), 1, "{name}");
    }
    if let Some(first) = after.first() {
        let said = "weir packet A:1\nfirst <b>noted</b>\nand a second line";
        assert_eq!(first.3, [said], "{name}");
    }
    if with_tshark && !after.is_empty() {
        let file = put("plain.pcapng", &slice);
        let rows = rows(
            &file,
            &[
                "frame.time_epoch",
                "frame.len",
                "frame.cap_len",
                "frame.comment",
            ],
        );
        assert_eq!(rows.len(), after.len(), "{name}");
        for (row, p) in rows.iter().zip(&after) {
            let time = format!(
                "{}.{:09}",
                p.0.div_euclid(1_000_000_000),
                p.0.rem_euclid(1_000_000_000)
            );
            if p.0 >= 0 {
                assert_eq!(row[0], time, "{name}");
            }
            assert_eq!(row[1], p.1.to_string(), "{name}");
            assert_eq!(row[2], p.2.len().to_string(), "{name}");
            let first = p.3[0].lines().next().unwrap();
            assert!(row[3].starts_with(first), "{name}: {row:?}");
        }
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn slices_are_read_again_as_they_were() {
    let with_tshark = has_tshark();
    re_read("sample.pcap", sample(), with_tshark);
    for (name, bytes) in chosen("slices of real captures") {
        re_read(&name, bytes, with_tshark);
    }
}

#[test]
fn a_comment_of_a_slice_comes_back_as_a_note_once() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let notes = json!([{"packet": "[[A:p3]]", "text": "odd"}, {"packet": "A:5", "text": ""}]);
    let (_, bytes) = slice(
        &mut desk,
        json!({"packets": ["[[A:p1-6]]"], "notes": notes}),
    );
    let mut again = Desk::with(1, &[("slice.pcapng", bytes)]);
    let told = again.ask("comments", json!({}));
    assert_eq!(told["of"], 1, "{told}");
    assert_eq!(told["comments"][0]["text"], "odd");
    assert_eq!(told["comments"][0]["evidence"], "[[p3]]");
}

#[test]
fn a_slice_says_which_packets_it_holds_and_leaves_the_case_its_letters() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let (_, bytes) = slice(&mut desk, json!({"packets": ["[[p7]]", "[[p2-3]]"]}));
    let mut again = Desk::new(1);
    let file = again.file("slice.pcapng", bytes.clone());
    again.reply("load", json!({"files": [file], "after": "C"}));
    let told = again.ask("origins", json!({}));
    let packets = json!([[1, "A:2"], [2, "A:3"], [3, "A:7"]]);
    assert_eq!(
        told,
        json!({"slices": [{"capture": "D", "packets": packets}]})
    );
    // The captures that the case speaks of get the letters that it gave them, others those behind.
    for (name, letter) in [("one", "A"), ("two", "B"), ("three", "C"), ("four", "E")] {
        let file = again.file(name, sample());
        let reply = again.reply("load", json!({"files": [file]}));
        assert_eq!(reply.payload["captures"][0]["capture"], letter, "{name}");
    }
    // A capture that is no slice has no origins, whatever its comments say.
    for comment in [
        "weir packet",
        "weir packet A:0",
        "weir packet a:1",
        "Weir packet A:1",
    ] {
        let mut out = Vec::new();
        let mut writer = PcapNgWriter::new(&mut out, "", "").unwrap();
        let interface = writer
            .interface(&mut out, &NewInterface::default())
            .unwrap();
        let packet = NewPacket {
            interface,
            time: weir_model::Timestamp::default(),
            wire_len: 4,
            bytes: b"abcd",
            comment,
        };
        writer.packet(&mut out, &packet).unwrap();
        let mut desk = Desk::with(1, &[("other.pcapng", out)]);
        assert_eq!(
            desk.ask("origins", json!({})),
            json!({"slices": []}),
            "{comment}"
        );
    }
    let file = again.file("slice.pcapng", bytes);
    let reply = again.reply("load", json!({"files": [file], "after": "../x"}));
    assert!(reply.error.is_some());
}

#[test]
fn a_slice_of_a_slice_still_says_which_packet_of_the_first_capture_it_was() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let (_, bytes) = slice(&mut desk, json!({"packets": ["[[p7]]", "[[p2-3]]"]}));
    // With its capture, alone, and beside another capture that has the letter.
    let (_, short) = slice(&mut desk, json!({"packets": ["[[p9]]"]}));
    let own = [("sample.pcap", sample()), ("slice.pcapng", bytes.clone())];
    let other = [("other.pcapng", short), ("slice.pcapng", bytes.clone())];
    for (files, letter, first) in [
        (&own[..], "B", json!("A:7")),
        (&own[1..], "A", json!("A:7")),
        (&other[..], "B", json!("B:3")),
    ] {
        let mut desk = Desk::with(1, files);
        let third = format!("[[{letter}:p3]]");
        let (_, again) = slice(&mut desk, json!({"packets": [third]}));
        let mut desk = Desk::with(1, &[("again.pcapng", again)]);
        let told = desk.ask("origins", json!({}));
        assert_eq!(told["slices"][0]["packets"], json!([[1, first]]));
        assert_eq!(desk.ask("comments", json!({}))["of"], 0);
    }
}

#[test]
fn conversations_come_with_what_they_begin_with() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let view = desk.table(json!({"table": "packets", "narrowing": {
        "filter": "http.response", "from": null, "to": null, "captures": null, "unique": false,
    }}));
    let last = view
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    let alone = desk.ask(
        "slice.size",
        json!({"narrowing": open(), "packets": [last]}),
    );
    assert_eq!(alone["packets"], 1, "{alone}");
    let args = json!({"narrowing": open(), "packets": [last], "with": "conversations"});
    let all = desk.ask("slice.size", args);
    assert!(all["packets"].as_u64().unwrap() > 4, "{all}");
    let (told, bytes) = slice(
        &mut desk,
        json!({"packets": [last], "with": "conversations"}),
    );
    assert_eq!(told["packets"], all["packets"]);
    let size = all["bytes"].as_u64().unwrap();
    let written = bytes.len() as u64;
    assert!(
        written.abs_diff(size) < size / 5 + 512,
        "{size} was said, {written} written"
    );
    let mut again = Desk::with(1, &[("slice.pcapng", bytes)]);
    let flows = again.table(json!({"table": "flows"}));
    assert!(
        flows.contains("tcp") && again.table(json!({"table": "messages"})).contains("http"),
        "{flows}"
    );
}

/// Old to new, each for one: else the packet where it is not.
fn one_to_one(old: &[Vec<String>], new: &[Vec<String>], columns: usize) -> Option<String> {
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    for (n, (o, w)) in old.iter().zip(new).enumerate() {
        for c in 0..columns {
            let (from, to) = (o[c].clone(), w[c].clone());
            if from.is_empty() && to.is_empty() {
                continue;
            }
            // Versions and kinds do not mix: an address of one column may stand in the other.
            if there.entry(from.clone()).or_insert_with(|| to.clone()) != &to
                || back.entry(to.clone()).or_insert_with(|| from.clone()) != &from
            {
                return Some(format!("packet {}: {from} became {to}", n + 1));
            }
        }
    }
    None
}

/// Not `udp.stream`: tshark numbers conversations that payload announces before their first packet, and payload is
/// blank.
const ENDS: &[&str] = &[
    "eth.src",
    "eth.dst",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.stream",
    "tcp.srcport",
    "tcp.dstport",
    "udp.srcport",
    "udp.dstport",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.flags",
    "frame.len",
    "frame.time_epoch",
    "ip.checksum.status",
    "tcp.checksum.status",
    "udp.checksum.status",
    "icmp.checksum.status",
    "icmpv6.checksum.status",
];
const ADDRESSES: usize = 6;

/// Names and secrets as tshark reads them: none may stand in the result.
const NAMED: &[&str] = &[
    "dns.qry.name",
    "http.host",
    "http.user_agent",
    "http.request.uri",
    "tls.handshake.extensions_server_name",
    "ftp.request.arg",
    "smtp.req.parameter",
    "pop.request.parameter",
    "dhcp.option.hostname",
    "nbns.name",
    "sip.from.addr",
    "ip.src",
    "eth.src",
];

fn holds(bytes: &[u8], text: &str) -> bool {
    let (bytes, text) = (bytes.to_ascii_lowercase(), text.to_ascii_lowercase());
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

/// What was looked at.
#[derive(Default)]
struct Looked {
    packets: usize,
    /// Of IP, TCP, UDP, ICMP, as tshark judges them before and after.
    checksums: usize,
}

/// What is wrong with the anonymised slice of a capture.
fn wrong(name: &str, bytes: Vec<u8>, with_tshark: bool, looked: &mut Looked) -> Vec<String> {
    let mut out = Vec::new();
    let mut desk = Desk::with(1, &[("capture", bytes)]);
    let (_, plain) = slice(&mut desk, json!({}));
    let (told, new) = slice(&mut desk, json!({"anonymise": KEY}));
    let done = &told["anonymised"];
    if done["leaked"] != 0 || told["blocked"] != false {
        return vec![format!("{name}: leaks: {done}")];
    }
    let (_, twice) = slice(&mut desk, json!({"anonymise": KEY}));
    if new != twice {
        out.push(format!("{name}: the same key made another file"));
    }
    let (old, now) = (packets(&plain), packets(&new));
    looked.packets += now.len();
    let same = |(o, n): (&Packet, &Packet)| (o.0, o.1, o.2.len()) == (n.0, n.1, n.2.len());
    if old.len() != now.len() || !old.iter().zip(&now).all(same) {
        out.push(format!("{name}: times or lengths changed"));
    }
    if !with_tshark || old.is_empty() {
        return out;
    }
    let files = [put("old.pcapng", &plain), put("new.pcapng", &new)];
    let [old, now] = [0, 1].map(|n| rows(&files[n], ENDS));
    if old.len() != now.len() {
        out.push(format!(
            "{name}: {} packets became {}",
            old.len(),
            now.len()
        ));
    }
    out.extend(one_to_one(&old, &now, ADDRESSES).map(|e| format!("{name}: {e}")));
    for (n, (o, w)) in old.iter().zip(&now).enumerate() {
        let judged = ENDS
            .iter()
            .zip(o)
            .filter(|(e, v)| e.ends_with("checksum.status") && !v.is_empty());
        looked.checksums += judged.count();
        let differs = (ADDRESSES..ENDS.len()).find(|c| o[*c] != w[*c]);
        if let Some(c) = differs {
            let what = format!("{} {:?} became {:?}", ENDS[c], o[c], w[c]);
            out.push(format!("{name}, packet {}: {what}", n + 1));
            break;
        }
    }
    let payload: Vec<u8> = packets(&new).into_iter().flat_map(|p| p.2).collect();
    for row in rows(&files[0], NAMED) {
        let values = row
            .iter()
            .filter(|v| v.len() > 6 && v.chars().any(|c| !"x0./:-".contains(c)));
        if let Some(v) = values
            .filter(|v| *v != "ff:ff:ff:ff:ff:ff")
            .find(|v| holds(&payload, v))
        {
            out.push(format!("{name}: {v} is still there"));
            break;
        }
    }
    files.iter().for_each(|f| std::fs::remove_file(f).unwrap());
    out
}

#[test]
fn anonymised_slices_keep_conversations_and_checksums_and_nothing_removed() {
    let with_tshark = has_tshark();
    let mut looked = Looked::default();
    let mut all = wrong("sample.pcap", sample(), with_tshark, &mut looked);
    let chosen = chosen("anonymised slices of real captures");
    let count = chosen.len();
    for (name, bytes) in chosen {
        all.extend(wrong(&name, bytes, with_tshark, &mut looked));
    }
    println!(
        "{count} real captures anonymised: {} packets, {} checksums compared, {} wrong",
        looked.packets,
        looked.checksums,
        all.len()
    );
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn hostile_captures_are_sliced_and_anonymised_too() {
    let Some(corpus) = std::env::var_os("WEIR_CORPUS").map(PathBuf::from) else {
        println!("skipped: slices of hostile captures; WEIR_CORPUS names no folder of captures");
        return;
    };
    let all = std::env::var_os("WEIR_ALL").is_some();
    let mut names: Vec<PathBuf> = std::fs::read_dir(corpus.join("hostile"))
        .unwrap()
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.is_file() && p.metadata().is_ok_and(|m| m.len() < LARGE / 8))
        .collect();
    names.sort();
    for path in names.into_iter().step_by(if all { 1 } else { 10 }) {
        let mut desk = Desk::with(1, &[("hostile", std::fs::read(&path).unwrap())]);
        let args = json!({"narrowing": open(), "packets": null, "anonymise": KEY});
        let reply = desk.reply("slice.save", args);
        let told = &reply.payload["anonymised"];
        assert!(
            reply.error.is_some() || told["leaked"] == 0,
            "{}: {told}",
            path.display()
        );
    }
}

#[test]
fn what_an_analyst_writes_is_anonymised_too_and_a_leak_keeps_everything_back() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let hosts = desk.table(json!({"table": "hosts"}));
    let address = hosts
        .lines()
        .flat_map(|l| l.split(','))
        .find(|c| c.parse::<std::net::Ipv4Addr>().is_ok())
        .unwrap()
        .to_owned();
    let texts = json!([{"name": "question.md", "text": format!("Why does {address} do this?")}]);
    let (told, bytes) = slice(&mut desk, json!({"anonymise": KEY, "texts": texts}));
    assert_eq!(told["blocked"], false, "{told}");
    assert_eq!(told["name"], "help.zip");
    assert!(bytes.starts_with(b"PK\x03\x04") && holds(&bytes, "Why does "));
    assert!(!holds(&bytes, &address));
    // In a form that no pseudonym is put in place of.
    let hex: String = address
        .parse::<std::net::Ipv4Addr>()
        .unwrap()
        .octets()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let texts = json!([{"name": "question.md", "text": format!("cookie={hex}")}]);
    let (told, bytes) = slice(&mut desk, json!({"anonymise": KEY, "texts": texts}));
    assert_eq!(told["blocked"], true, "{told}");
    assert!(bytes.is_empty());
    let leak = &told["anonymised"]["leaks"][0];
    assert_eq!(
        (&leak["place"], &leak["form"]),
        (&json!("question.md"), &json!("hexadecimal"))
    );
    assert!(
        !leak["value"].as_str().unwrap().contains(&address),
        "{leak}"
    );
}

#[test]
fn a_request_that_is_not_right_is_refused() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    for args in [
        json!({"anonymise": "00"}),
        json!({"anonymise": "zz".repeat(32)}),
        json!({"packets": ["nonsense"]}),
    ] {
        let reply = desk.ask("slice.save", args.clone());
        assert!(reply["error"].is_string(), "{args}: {reply}");
    }
    let size = desk.ask(
        "slice.size",
        json!({"packets": ["[[A:p999999]]", "[[h:192.0.2.1]]"]}),
    );
    assert_eq!(
        (&size["missing"], &size["others"]),
        (&json!(1), &json!(1)),
        "{size}"
    );
}
