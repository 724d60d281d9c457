//! Files in question and who had them, against what the golden generator planted and against tshark.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use weir_tests::desk::Desk;
use weir_tests::golden::key::Plant;
use weir_tests::golden::write::{Case, Twin, build};

fn file(case: &Case, name: &str) -> Vec<u8> {
    let found = case.files.iter().find(|(n, _)| n == name);
    found.unwrap().1.clone()
}

fn scope(case: &Case) -> Value {
    serde_json::from_slice(&file(case, "scope.json")).unwrap()
}

fn rows(found: &Value, member: &str) -> Vec<Value> {
    found[member].as_array().unwrap().clone()
}

fn text<'a>(v: &'a Value, member: &str) -> &'a str {
    v[member].as_str().unwrap_or_default()
}

/// `A:12` as letter and number.
fn packet(name: &str) -> (String, u64) {
    let (letter, number) = name.split_once(':').unwrap();
    (letter.to_owned(), number.parse().unwrap())
}

fn holds(plant: &Plant, name: &str) -> bool {
    let (letter, number) = packet(name);
    plant
        .packets
        .get(&letter)
        .is_some_and(|all| all.contains(&number))
}

/// Who asked, by station where there is one: a host of the key may have used its other address.
fn asked(t: &Value) -> [String; 2] {
    let end = if text(t, "direction") == "sent" {
        "from"
    } else {
        "to"
    };
    let of = |m: &str| text(&t[end], m).to_owned();
    [of("mac"), of("host")]
}

#[test]
fn everybody_who_had_a_planted_file_is_listed_with_it_and_nobody_else() {
    for seed in [1, 2] {
        let case = build(seed, Twin::None, false);
        let mut desk = Desk::with(
            seed,
            &[
                ("a.pcap", file(&case, "a.pcap")),
                ("b.pcap", file(&case, "b.pcap")),
            ],
        );
        let found = desk.ask("spread", json!({"scope": scope(&case)}));
        assert_eq!(found["pending"], 0);
        let by: BTreeMap<String, Value> = rows(&found, "contents")
            .into_iter()
            .filter_map(|c| Some((c["sha256"].as_str()?.to_owned(), c)))
            .collect();
        let mut planted: BTreeMap<&str, Vec<&Plant>> = BTreeMap::new();
        for plant in case
            .key
            .plants
            .iter()
            .filter(|p| (1..=100).contains(&p.row))
        {
            for f in plant.files.iter().filter(|f| f.complete) {
                planted.entry(&f.sha256).or_default().push(plant);
            }
        }
        let mut checked = 0;
        for (hash, plants) in &planted {
            // What was fetched after the captures' end, or only by a port that has to be named, has no line.
            let Some(content) = by.get(*hash) else {
                continue;
            };
            let transfers = rows(content, "transfers");
            for plant in plants {
                let mine = transfers.iter().filter(|t| {
                    let who = asked(t);
                    who[0] == plant.host.mac || who[1] == plant.host.address
                });
                let its: Vec<&Value> = mine.filter(|t| holds(plant, text(t, "first"))).collect();
                let row = format!("seed {seed} row {}{} {hash}", plant.row, plant.part);
                assert!(!its.is_empty(), "{row} has no line");
                for t in its {
                    assert_eq!(t["complete"], true, "{row}");
                    for member in ["request", "last"] {
                        let name = text(t, member);
                        assert!(
                            name.is_empty() || holds(plant, name),
                            "{row}: {member} {name}"
                        );
                    }
                    checked += 1;
                }
            }
            // Nobody is named that the generator did not make fetch or send it.
            for t in &transfers {
                let of = plants.iter().any(|p| holds(p, text(t, "first")));
                assert!(of, "seed {seed} {hash}: {t} was not planted");
            }
            // Each host once, whatever it did how often.
            let hosts = rows(content, "hosts");
            let ends = transfers.iter().flat_map(|t| {
                ["from", "to"].map(|e| {
                    let end = &t[e];
                    if text(end, "mac").is_empty() {
                        text(end, "host")
                    } else {
                        text(end, "mac")
                    }
                    .to_owned()
                })
            });
            let ends: BTreeSet<String> = ends.collect();
            assert_eq!(hosts.len(), ends.len(), "seed {seed} {hash}");
        }
        assert!(
            checked > 25,
            "seed {seed}: only {checked} planted transfers were compared"
        );

        // Row 17: the same content under another name, from another server, found by nothing but its hash.
        let renamed = case.key.plants.iter().find(|p| p.row == 17).unwrap();
        let content = &by[&renamed.files[0].sha256];
        let names: Vec<&str> = content["names"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(
            names.len() > 2 && names.contains(&renamed.files[0].name.as_str()),
            "{names:?}"
        );
        let servers: BTreeSet<&str> = content["transfers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| text(&t["from"], "host"))
            .collect();
        assert!(servers.len() > 2, "{servers:?}");
        // Row 13: sent is told from received.
        let sent = case
            .key
            .plants
            .iter()
            .find(|p| p.row == 13 && p.part == "b")
            .unwrap();
        let hosts = content["hosts"].as_array().unwrap();
        let it = hosts
            .iter()
            .find(|h| text(h, "mac") == sent.host.mac)
            .unwrap();
        assert_eq!((&it["sent"], &it["received"]), (&json!(1), &json!(0)));
    }
}

#[test]
fn a_file_is_in_question_by_hash_by_pin_or_with_all_and_the_clean_twin_has_nothing_asked_for() {
    let case = build(1, Twin::None, true);
    let sample = file(&case, "sample.pcap");
    let mut desk = Desk::with(1, &[("sample.pcap", sample)]);
    let all = desk.ask("spread", json!({"all": true}));
    let contents = rows(&all, "contents");
    let listed: usize = contents
        .iter()
        .map(|c| c["transfers"].as_array().unwrap().len())
        .sum();
    assert!(
        listed > 10 && listed as u64 <= all["files"].as_u64().unwrap(),
        "{listed}"
    );
    let whole = contents
        .iter()
        .find(|c| c["transfers"].as_array().unwrap().len() > 1 && c["sha256"].is_string())
        .unwrap();
    let hash = text(whole, "sha256");
    let one = desk.ask("spread", json!({"hash": &hash[..12]}));
    assert_eq!(rows(&one, "contents").len(), 1);
    assert_eq!(one["contents"][0]["transfers"], whole["transfers"]);
    // A pin on one packet of one transfer brings everybody who had the content.
    let (_, number) = packet(text(&whole["transfers"][0], "first"));
    for pin in [format!("[[p{number}]]"), format!("[[file:{}]]", &hash[..8])] {
        let found = desk.ask("spread", json!({"pinned": [pin]}));
        let of: Vec<Value> = rows(&found, "contents")
            .into_iter()
            .filter(|c| c["sha256"] == hash)
            .collect();
        assert_eq!(of[0]["transfers"], whole["transfers"]);
        assert!(
            of[0]["why"]
                .as_array()
                .unwrap()
                .iter()
                .any(|w| w["sort"] == "pinned"),
            "{}",
            of[0]["why"]
        );
    }
    // However many pins there are: those on the same packet each say so, and those not looked at are counted.
    let mut reasons = |pins: u32| {
        let many: Vec<String> = (0..pins)
            .map(|n| format!("[[p{number}-{}]]", 900_000_000 + n))
            .collect();
        let found = desk.ask("spread", json!({"pinned": many}));
        let of = rows(&found, "contents");
        let of = of.iter().find(|c| c["sha256"] == hash).unwrap();
        let shown = of["why"].as_array().unwrap().len() as u64;
        let left = found["left"]["pins"].as_u64().unwrap();
        (shown, shown + of["more_why"].as_u64().unwrap(), left)
    };
    let (_, one, none) = reasons(1);
    assert_eq!(none, 0);
    assert_eq!(reasons(1_500), (8, one + 999, 500));
    // The same however little a step may do.
    desk.fuel = 1;
    assert_eq!(
        desk.ask(
            "spread",
            json!({"scope": scope(&build(1, Twin::None, false))})
        )["files"],
        all["files"]
    );

    let clean = build(1, Twin::Clean, false);
    let mut desk = Desk::with(1, &[("a.pcap", file(&clean, "a.pcap"))]);
    let found = desk.ask("spread", json!({"scope": scope(&clean)}));
    for c in rows(&found, "contents") {
        let by_indicator = c["why"]
            .as_array()
            .unwrap()
            .iter()
            .any(|w| w["sort"] == "indicator");
        assert!(!by_indicator, "{c}");
    }
}

#[test]
fn what_is_written_out_has_a_line_a_transfer_in_each_form() {
    let case = build(1, Twin::None, true);
    let mut desk = Desk::with(1, &[("sample.pcap", file(&case, "sample.pcap"))]);
    let all = desk.ask("spread", json!({"all": true}));
    let lines: usize = rows(&all, "contents")
        .iter()
        .map(|c| c["transfers"].as_array().unwrap().len())
        .sum();
    for (form, between) in [("csv", ","), ("tsv", "\t")] {
        let reply = desk.reply("spread.save", json!({"all": true, "as": form}));
        let out = String::from_utf8(reply.bytes.unwrap()).unwrap();
        assert_eq!(out.lines().count(), lines + 1, "{form}");
        let head: Vec<&str> = out.lines().next().unwrap().split(between).collect();
        assert!(
            head.contains(&"community_id") && head.contains(&"request"),
            "{head:?}"
        );
    }
    let reply = desk.reply("spread.save", json!({"all": true, "as": "json"}));
    let out: Value = serde_json::from_slice(&reply.bytes.unwrap()).unwrap();
    assert_eq!(out["contents"], all["contents"]);
}

#[test]
fn a_part_is_not_whole_and_a_slice_beside_its_capture_counts_nothing_twice() {
    let case = build(1, Twin::None, false);
    let a = file(&case, "a.pcap");
    let mut desk = Desk::with(1, &[("a.pcap", a.clone())]);
    let all = desk.ask("spread", json!({"all": true}));
    let contents = rows(&all, "contents");
    let parts: Vec<Value> = contents
        .iter()
        .filter(|c| c["transfers"][0]["state"] == "a part, complete")
        .cloned()
        .collect();
    assert!(!parts.is_empty());
    for c in &parts {
        assert_eq!(c["transfers"][0]["complete"], false, "{c}");
        assert_eq!(c["hosts"][0]["complete"], false, "{c}");
    }

    let one = contents.iter().find(|c| c["sha256"].is_string()).unwrap();
    let (_, number) = packet(text(&one["transfers"][0], "last"));
    let narrowing =
        json!({"filter": "", "from": null, "to": null, "captures": null, "unique": false});
    let request = json!({"narrowing": narrowing, "packets": [format!("[[p{number}]]")], "with": "conversations"});
    let cut = desk.reply("slice.save", request).bytes.unwrap();
    desk.load(&[("slice.pcapng", cut.clone())]);
    let mut both = desk.ask("spread", json!({"all": true}));
    let slices = both["slices"].take();
    assert_eq!(slices[0]["capture"], "B");
    assert!(slices[0]["files"].as_u64() > Some(0), "{slices}");
    both["slices"] = json!([]);
    assert_eq!(both, all);
    // Alone it counts as what it is.
    let mut desk = Desk::with(1, &[("slice.pcapng", cut)]);
    let alone = desk.ask("spread", json!({"hash": one["sha256"]}));
    assert_eq!(alone["slices"], json!([]));
    assert_eq!(rows(&alone["contents"][0], "transfers").len(), 1);
}

fn tshark(path: &Path, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let mut call = Command::new("tshark");
    call.args(["-n", "-r"]).arg(path).args([
        "-o",
        "tcp.reassemble_out_of_order:TRUE",
        "-Y",
        filter,
        "-T",
        "fields",
    ]);
    for f in fields {
        call.args(["-e", f]);
    }
    let out = call.output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let row = |l: &str| l.split('\t').map(str::to_owned).collect();
    text.lines().map(row).collect()
}

/// Requests and data packets of whole files that were received, and in how many cases tshark could say them.
fn compared(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let mut desk = Desk::with(1, &[("capture", bytes)]);
    let all = desk.ask("spread", json!({"all": true}));
    // Frame in which a response is whole, with its request and the frames that it was put together of.
    let http: BTreeMap<String, Vec<String>> = tshark(
        path,
        "http.response",
        &["frame.number", "http.request_in", "tcp.segment"],
    )
    .into_iter()
    .map(|r| (r[0].clone(), r))
    .collect();
    let mut ftp: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in tshark(
        path,
        "ftp-data && tcp.len > 0",
        &["tcp.stream", "frame.number", "ftp-data.command-frame"],
    ) {
        ftp.entry(row[0].clone()).or_default().push(row);
    }
    let commands: BTreeSet<String> = tshark(
        path,
        "ftp.request.command == \"RETR\" || ftp.request.command == \"STOR\"",
        &["frame.number"],
    )
    .into_iter()
    .map(|r| r[0].clone())
    .collect();
    let mut n = 0;
    for t in rows(&all, "contents")
        .iter()
        .flat_map(|c| rows(c, "transfers"))
    {
        let number = |m: &str| packet(text(&t, m)).1.to_string();
        if t["direction"] != "received" || t["state"] != "complete" || t["request"].is_null() {
            continue;
        }
        match text(&t, "protocol") {
            "http" => {
                // A response that others follow in one stream, or that tshark puts together elsewhere, is none of its.
                let Some(row) = http.get(&number("last")) else {
                    continue;
                };
                if row[1].is_empty() {
                    continue;
                }
                assert_eq!(row[1], number("request"), "{}: {t}", path.display());
                let mut frames: Vec<&str> = row[2].split(',').filter(|f| !f.is_empty()).collect();
                frames.push(&row[0]);
                assert!(
                    frames.contains(&number("first").as_str()),
                    "{}: {t} in {frames:?}",
                    path.display()
                );
            }
            "ftp-data" => {
                let stream = text(&t, "flow").rsplit(':').next().unwrap();
                let Some(list) = ftp.get(stream) else {
                    continue;
                };
                assert_eq!(list[0][1], number("first"), "{}: {t}", path.display());
                assert_eq!(
                    list[list.len() - 1][1],
                    number("last"),
                    "{}: {t}",
                    path.display()
                );
                // Where SIZE stands between the announcement and the request, tshark takes SIZE for the command.
                if commands.contains(&list[0][2]) {
                    assert_eq!(list[0][2], number("request"), "{}: {t}", path.display());
                }
            }
            _ => continue,
        }
        n += 1;
    }
    n
}

#[test]
fn request_and_data_packets_are_those_of_tshark() {
    let there = Command::new("tshark")
        .arg("--version")
        .output()
        .is_ok_and(|o| o.status.success());
    if !there {
        println!("skipped: tshark is not installed, no request and no data packet compared");
        return;
    }
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("spread");
    std::fs::create_dir_all(&dir).unwrap();
    let case = build(1, Twin::None, false);
    let path = dir.join("a.pcap");
    std::fs::write(&path, file(&case, "a.pcap")).unwrap();
    let n = compared(&path);
    assert!(n > 60, "only {n} files of the golden case were compared");
    let Some(corpus) = std::env::var_os("WEIR_CORPUS").map(PathBuf::from) else {
        println!("skipped: files of real captures; WEIR_CORPUS names no folder of captures");
        return;
    };
    let mut real = 0;
    for name in [
        "proto/ftp/zeek__retr.pcap",
        "proto/ftp/zeek__bigtransfer.pcap",
        "proto/ftp/sv__filestore-ftp-active-mode--ftp-active-mode.pcap",
        "proto/http/sv__filestore-filecontainer-http--filecontainer-http.pcap",
    ] {
        let path = corpus.join(name);
        if path.exists() {
            real += compared(&path);
        }
    }
    assert!(real > 3, "only {real} files of real captures were compared");
}
