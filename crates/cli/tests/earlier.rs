//! `weir baseline`, `compare`, `trends` and `findings --applications`: what they refuse, each with its sentence.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("weir-earlier-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// Three datagrams within three seconds.
fn capture() -> Vec<u8> {
    let words = |n: &[u32]| n.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let mut out = words(&[0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 262_144, 1]);
    for n in 0..3 {
        out.extend(words(&[1_700_000_000 + n, 0, 44, 44]));
        out.extend([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
        out.extend([0x45, 0, 0, 30, 0, 1, 0, 0, 64, 17, 0, 0]);
        out.extend([10, 0, 0, 1, 10, 0, 0, 2]);
        out.extend([0x30, 0x39, 0x27, 0x0f, 0, 10, 0, 0, b'x', b'y']);
    }
    out
}

fn weir(args: &[&str]) -> (Option<i32>, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(args)
        .output()
        .unwrap();
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    (out.status.code(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn too_short_and_wrong_files_are_refused() {
    let dir = folder("refused");
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let pcap = file("a.pcap", &capture());
    let out = dir.join("b.json").to_string_lossy().into_owned();
    let (code, stdout, stderr) = weir(&["baseline", &pcap, "-o", &out]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("too short for a baseline: traffic in 1 hour, and 4 are needed"),
        "{stderr}"
    );
    assert!(!std::path::Path::new(&out).exists());
    let (code, _, stderr) = weir(&["trends", &pcap]);
    assert!(
        code == Some(1) && stderr.contains("a trend needs 2"),
        "{stderr}"
    );

    let none = file("none.json", b"{\"schema\": 7}");
    let old = file(
        "old.json",
        br#"{"schema":9,"first":"0.000000000","last":"0.000000000","hours":9,"clock":1,"seen":{},"volume":{},"findings":{}}"#,
    );
    let empty = file("empty.txt", b"# nothing yet\n\n");
    for (args, why) in [
        (
            &["findings", "--baseline", &none, &pcap][..],
            "not a baseline",
        ),
        (
            &["compare", "--baseline", &old, &pcap][..],
            "a baseline of schema 9; schema 1 is read",
        ),
        (&["compare", &pcap][..], "compare needs --baseline FILE"),
        (
            &["compare", &pcap, "--"][..],
            "compare needs a current capture",
        ),
        (
            &["findings", "--applications", &empty, &pcap][..],
            "names no application",
        ),
    ] {
        let (code, stdout, stderr) = weir(args);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(stderr.contains(why), "{args:?}: {stderr}");
    }
    // Both groups are read where `--` parts them.
    let (code, _, stderr) = weir(&["compare", &pcap, &pcap, "--", &pcap]);
    assert!(
        code == Some(1) && stderr.contains("too short for a baseline"),
        "{stderr}"
    );
    std::fs::remove_dir_all(dir).unwrap();
}
