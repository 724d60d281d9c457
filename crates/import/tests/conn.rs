//! Zeek's `conn` log: both forms, odd rows, pieces of any size, hostile cells.

use weir_import::{FlowRow, Format, Reader, Transport, detect};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-03-04-12-00-00\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\tresp_pkts\ttunnel_parents\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tcount\tstring\tcount\tcount\tset[string]\n";
const ROW: &str = "1772625600.123456\tCx1\t192.0.2.23\t50112\t203.0.113.9\t80\ttcp\thttp\t1.5\t300\t70000\tSF\tT\t0\tShADadFf\t9\t60\t(empty)\n";
const JSON: &str = "{\"ts\":1772625600.123456,\"uid\":\"Cx1\",\"id.orig_h\":\"192.0.2.23\",\"id.orig_p\":50112,\"id.resp_h\":\"203.0.113.9\",\"id.resp_p\":80,\"proto\":\"tcp\",\"service\":\"http\",\"duration\":1.5,\"orig_bytes\":300,\"resp_bytes\":70000,\"conn_state\":\"SF\",\"missed_bytes\":0,\"history\":\"ShADadFf\",\"orig_pkts\":9,\"resp_pkts\":60}\n";

fn read(format: Format, text: &[u8], piece: usize) -> (Vec<FlowRow>, Vec<String>) {
    let mut reader = Reader::new(format);
    let mut rows = Vec::new();
    for part in text.chunks(piece) {
        reader.push(part, &mut |r| rows.push(r));
    }
    reader.finish(&mut |r| rows.push(r));
    assert_eq!(reader.rows() as usize, rows.len());
    (
        rows,
        reader.errors().iter().map(ToString::to_string).collect(),
    )
}

fn tsv(rows: &str) -> (Vec<FlowRow>, Vec<String>) {
    read(
        Format::ZeekConnTsv,
        format!("{HEAD}{rows}").as_bytes(),
        4096,
    )
}

#[test]
fn both_forms_give_the_same_row() {
    let (table, errors) = tsv(ROW);
    assert!(errors.is_empty(), "{errors:?}");
    let (lines, errors) = read(Format::ZeekConnJson, JSON.as_bytes(), 4096);
    assert!(errors.is_empty(), "{errors:?}");
    let unplaced = |rows: &[FlowRow]| -> Vec<FlowRow> {
        let bare = |r: &FlowRow| FlowRow {
            place: weir_import::Place::default(),
            ..r.clone()
        };
        rows.iter().map(bare).collect()
    };
    assert_eq!(unplaced(&table), unplaced(&lines));
    let row = &table[0];
    assert_eq!(row.row, 1);
    assert_eq!(row.time.epoch(), "1772625600.123456000");
    assert_eq!(row.end().epoch(), "1772625601.623456000");
    assert_eq!(row.responder.port, 80);
    assert_eq!(row.transport, Transport::Tcp);
    assert_eq!(row.responder_bytes, Some(70000));
    assert_eq!(row.answered(), Some(true));
    assert_eq!(row.history.as_deref(), Some("ShADadFf"));
}

#[test]
fn formats_are_recognised_by_content() {
    for (head, want) in [
        (format!("{HEAD}{ROW}"), Some(Format::ZeekConnTsv)),
        (format!("\u{feff}{HEAD}"), Some(Format::ZeekConnTsv)),
        (HEAD.replace('\n', "\r\n"), Some(Format::ZeekConnTsv)),
        (JSON.to_owned(), Some(Format::ZeekConnJson)),
        (format!("\n {JSON}"), Some(Format::ZeekConnJson)),
        ("{\"schema\":1,\"items\":[]}".into(), None),
        ("#separator x".into(), None),
        ("id.orig_h,id.resp_h\n".into(), None),
        (String::new(), None),
    ] {
        assert_eq!(detect(head.as_bytes()), Ok(want), "{head}");
    }
    let other = HEAD.replace("#path\tconn", "#path\tdns");
    let error = detect(other.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("line 5") && error.message.contains("dns"),
        "{error}"
    );
    assert_eq!(detect(&[0xd4, 0xc3, 0xb2, 0xa1]), Ok(None));
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    let text = format!(
        "{HEAD}{ROW}\n{ROW}#close\t2026-03-04-13-00-00\n{}",
        ROW.trim_end()
    );
    let whole = read(Format::ZeekConnTsv, text.as_bytes(), usize::MAX);
    assert_eq!(whole.0.len(), 2);
    assert!(whole.1[0].contains("ends within this row"));
    for piece in [1, 2, 7, 100] {
        assert_eq!(read(Format::ZeekConnTsv, text.as_bytes(), piece), whole);
    }
}

#[test]
fn columns_in_any_order_and_with_any_separator() {
    let text = "#separator \\x7c\n#unset_field|?\n#path|conn\n#fields|proto|id.resp_p|id.resp_h|x|id.orig_p|id.orig_h|ts|service\nudp|53|2001:db8::1|a\\x7cb|5353|fe80::1%eth0|1772625600|?\n";
    let (rows, errors) = read(Format::ZeekConnTsv, text.as_bytes(), 64);
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(rows[0].responder.ip.to_string(), "2001:db8::1");
    assert_eq!(rows[0].originator.ip.to_string(), "fe80::1");
    assert_eq!(rows[0].service, None);
    assert_eq!(rows[0].duration, None);
    assert_eq!(rows[0].end(), rows[0].time);
}

#[test]
fn odd_rows_are_refused_one_by_one_with_their_line() {
    let head = HEAD.lines().count();
    for (change, reason) in [
        (ROW.replace("1772625600.123456", "-"), "ts is not set"),
        (ROW.replace("1772625600.123456", "yesterday"), "is no time"),
        (ROW.replace("1772625600.123456", "1e30"), "is no time"),
        (ROW.replace("192.0.2.23", "192.0.2.323"), "is no address"),
        (ROW.replace("\t80\t", "\t65536\t"), "is no port"),
        (ROW.replace("\t80\t", "\t-1\t"), "is no port"),
        (
            ROW.replace("\t1.5\t", "\t-1.5\t"),
            "number of seconds from 0",
        ),
        (
            ROW.replace("\t1.5\t", "\tNaN\t"),
            "number of seconds from 0",
        ),
        (ROW.replace("70000", "18446744073709551616"), "is no count"),
        (ROW.replace("70000", "7e4"), "is no count"),
        (ROW.replace("\tSF", ""), "17 cells, but #fields names 18"),
        ("cut".into(), "1 cells"),
        (ROW.replace("tcp", "(empty)"), "proto is not set"),
    ] {
        let (rows, errors) = tsv(&format!("{change}\n{ROW}"));
        assert_eq!(rows.len(), 1, "{reason}: the row behind it is read");
        assert_eq!(rows[0].row, 1);
        assert_eq!(errors.len(), 1, "{reason}");
        assert!(
            errors[0].starts_with(&format!("line {}: ", head + 1)),
            "{}",
            errors[0]
        );
        assert!(errors[0].contains(reason), "{} / {reason}", errors[0]);
    }
}

#[test]
fn cells_are_unescaped_and_marks_are_not_text() {
    let row = ROW.replace("Cx1", "a\\x09b\\\\").replace("http", "-");
    let (rows, errors) = tsv(&row);
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(rows[0].uid, "a\tb\\");
    assert_eq!(rows[0].service, None);
    // An escaped minus is a minus.
    assert_eq!(
        tsv(&ROW.replace("http", "\\x2d")).0[0].service.as_deref(),
        Some("-")
    );
}

#[test]
fn tables_without_what_a_flow_needs_say_so() {
    for (head, reason) in [
        (
            HEAD.replace("\tid.resp_p", "\tport"),
            "#fields does not name id.resp_p",
        ),
        (
            HEAD.replace("\tuid\t", "\tproto\t"),
            "#fields names proto twice",
        ),
        (
            HEAD.replace("#path\tconn", "#path\thttp"),
            "only \u{201c}conn\u{201d} is read",
        ),
        ("#separator \n".into(), "separator has 1 to 16 bytes"),
        (String::new(), "a row stands before #fields"),
    ] {
        let (_, errors) = read(Format::ZeekConnTsv, format!("{head}{ROW}").as_bytes(), 512);
        assert!(
            errors.iter().any(|e| e.contains(reason)),
            "{reason}: {errors:?}"
        );
    }
}

#[test]
fn json_lines_that_are_none_are_refused_with_their_line() {
    for (line, reason) in [
        ("{\"ts\":1,", "no JSON object"),
        ("[1]", "no JSON object"),
        (&JSON.trim().replace("50112", "\"x\""), "is no port"),
        (&JSON.trim().replace("50112", "-5"), "is no port"),
        (&JSON.trim().replace("50112", "1.5"), "is no port"),
        (
            &JSON.trim().replace("50112", "null"),
            "id.orig_p is not set",
        ),
        (
            &JSON.trim().replace("50112", "{}"),
            "neither text nor a number",
        ),
        (
            &JSON.trim().replace("\"uid\"", "\"_path\":\"dns\",\"uid\""),
            "dns",
        ),
    ] {
        let text = format!("{JSON}{line}\n{JSON}");
        let (rows, errors) = read(Format::ZeekConnJson, text.as_bytes(), 33);
        assert_eq!(rows.len(), 2, "{reason}");
        assert!(
            errors[0].starts_with("line 2: ") && errors[0].contains(reason),
            "{}",
            errors[0]
        );
    }
    let text = JSON.replace("1772625600.123456", "\"2026-03-04T12:00:00.123456Z\"");
    let (rows, _) = read(Format::ZeekConnJson, text.as_bytes(), 64);
    assert_eq!(rows[0].time.epoch(), "1772625600.123456000");
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let (rows, errors) = read(
        Format::ZeekConnJson,
        deep.get(..200_000).unwrap().as_bytes(),
        4096,
    );
    assert_eq!((rows.len(), errors.len()), (0, 1));
}

#[test]
fn a_line_without_end_takes_no_memory_and_the_next_one_is_read() {
    let mut reader = Reader::new(Format::ZeekConnTsv);
    let mut rows = 0;
    reader.push(HEAD.as_bytes(), &mut |_| {});
    for _ in 0..1000 {
        reader.push(&[b'x'; 4096], &mut |_| rows += 1);
    }
    reader.push(b"\n", &mut |_| rows += 1);
    reader.push(ROW.as_bytes(), &mut |_| rows += 1);
    reader.finish(&mut |_| rows += 1);
    assert_eq!((rows, reader.refused()), (1, 1));
    assert!(reader.errors()[0].message.contains("longer than"));
}

#[test]
fn a_thousand_bad_lines_are_counted_but_not_kept() {
    let (_, errors) = tsv(&"bad\n".repeat(1000));
    assert_eq!(errors.len(), 100);
    let mut reader = Reader::new(Format::ZeekConnJson);
    reader.push("x\n".repeat(1000).as_bytes(), &mut |_| {});
    assert_eq!(reader.refused(), 1000);
}

#[test]
fn a_log_cut_anywhere_keeps_the_rows_before_the_cut() {
    let text = format!("{HEAD}{ROW}{ROW}");
    for cut in 0..text.len() {
        let (rows, errors) = read(Format::ZeekConnTsv, &text.as_bytes()[..cut], 50);
        let lines = text[..cut].matches('\n').count();
        assert_eq!(rows.len(), lines.saturating_sub(HEAD.lines().count()));
        assert!(errors.len() <= 1, "{cut}: {errors:?}");
    }
}

#[test]
fn hostile_bytes_never_panic() {
    let mut seed = 0x9e37_79b9_u32;
    for round in 0..2000 {
        let mut text = if round % 2 == 0 {
            format!("{HEAD}{ROW}")
        } else {
            JSON.to_owned()
        }
        .into_bytes();
        for _ in 0..1 + round % 7 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = seed as usize % text.len();
            text[at] = (seed >> 24) as u8;
        }
        let _ = detect(&text);
        read(Format::ZeekConnTsv, &text, 64);
        read(Format::ZeekConnJson, &text, 64);
    }
}

#[test]
fn who_never_answered_was_not_contacted() {
    let state = |s: &str, packets: &str| {
        let row = ROW
            .replace("\tSF\t", &format!("\t{s}\t"))
            .replace("\t60\t", &format!("\t{packets}\t"));
        tsv(&row.replace("70000", "-")).0[0].answered()
    };
    assert_eq!(state("S0", "0"), Some(false));
    assert_eq!(state("S0", "-"), Some(false));
    assert_eq!(state("REJ", "-"), Some(true));
    assert_eq!(state("OTH", "-"), None);
    assert_eq!(state("-", "-"), None);
}

/// A row is read again from its place, with every column that the log has.
#[test]
fn a_row_is_found_again_with_all_its_columns() {
    let table = format!("\u{feff}{HEAD}{ROW}#close\t2026\n{HEAD}\r\n{ROW}");
    let json = format!(
        "{JSON}\n{}",
        JSON.replace("\"uid\"", "\"vlan\":7,\"tags\":{\"a\":1},\"uid\"")
    );
    for (format, text) in [
        (Format::ZeekConnTsv, table.as_str()),
        (Format::ZeekConnTsv, &table.replace('\n', "\r\n")),
        (Format::ZeekConnJson, &json),
    ] {
        for piece in [1, 7, 4096] {
            let mut reader = Reader::new(format);
            let mut rows = Vec::new();
            for part in text.as_bytes().chunks(piece) {
                reader.push(part, &mut |r| rows.push(r));
            }
            reader.finish(&mut |r| rows.push(r));
            assert_eq!(rows.len(), 2, "{:?}", reader.errors());
            for row in &rows {
                let at = usize::try_from(row.place.offset).unwrap();
                let line = &text.as_bytes()[at..at + row.place.len as usize];
                let before = &text[..at];
                assert_eq!(row.place.line, 1 + before.matches('\n').count() as u64);
                let cells = reader.cells(row.row, line).unwrap();
                let cell = |name: &str| cells.iter().find(|c| c.0 == name).map(|c| c.1.as_str());
                assert_eq!(cell("id.resp_h"), Some("203.0.113.9"));
                assert_eq!(cell("history"), Some("ShADadFf"));
                if format == Format::ZeekConnTsv {
                    assert_eq!(cell("local_orig"), Some("T"));
                    assert_eq!(cell("tunnel_parents"), Some("(empty)"));
                    assert_eq!(cells.len(), 18);
                } else if row.row == 2 {
                    assert_eq!(cell("vlan"), Some("7"));
                    assert_eq!(cell("tags"), Some("{\"a\":1}"));
                }
            }
        }
    }
}

/// A file of joined logs: each row has the columns of the header above it, and where too many headers
/// were met the names are not guessed.
#[test]
fn cells_are_named_by_the_header_above_them() {
    let swapped = HEAD.replace("\torig_pkts\tresp_pkts", "\tresp_pkts\torig_pkts");
    let mut text = format!("{HEAD}{ROW}{swapped}{ROW}");
    for _ in 0..weir_import::MAX_TABLES {
        text += HEAD;
        text += ROW;
    }
    let mut reader = Reader::new(Format::ZeekConnTsv);
    let mut rows = Vec::new();
    reader.push(text.as_bytes(), &mut |r| rows.push(r));
    let of = |row: u32| reader.cells(row, ROW.trim_end().as_bytes());
    let packets = |row: u32| {
        of(row)?
            .into_iter()
            .find(|c| c.0 == "orig_pkts")
            .map(|c| c.1)
    };
    assert_eq!(packets(1).as_deref(), Some("9"));
    assert_eq!(packets(2).as_deref(), Some("60"));
    assert_eq!(packets(3).as_deref(), Some("9"));
    assert!(of(u32::try_from(rows.len()).unwrap()).is_none());
}
