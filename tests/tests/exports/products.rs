//! The products themselves read what is written, where they are installed. What is not there is said in one line.

use crate::ground::{Ground, artefact, confirming, put as put_in};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use weir_case::exports::Exports;
use weir_tests::golden::write::Twin;

/// Runs a program; `None`, and a line, where it is not installed. What `scripts/setup` brought by pip stands beside the
/// build.
fn run(program: &str, arguments: &[&str], what: &str) -> Option<Output> {
    let path = std::env::var("PATH").unwrap_or_default();
    let by_pip = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("products/bin");
    let found = |p: &str| {
        std::iter::once(by_pip.as_path())
            .chain(path.split(':').chain(["/usr/sbin", "/sbin"]).map(Path::new))
            .map(|d| d.join(p))
            .find(|p| p.is_file())
    };
    let Some(program) = found(program) else {
        println!("skipped: {program} is not installed, {what} not read by it");
        return None;
    };
    Some(Command::new(program).args(arguments).output().unwrap())
}

fn said(o: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&o.stdout),
        String::from_utf8_lossy(&o.stderr)
    )
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("weir-exports-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn yara(folder: &Folder, all: &Exports, golden: &Ground, clean: &Ground) {
    let text = &artefact(all, "yara").text;
    let rules = folder.put("rules.yar", text);
    for (name, ground) in [("golden", golden), ("clean", clean)] {
        for (n, body) in ground.bodies.iter().enumerate() {
            folder.put(&format!("{name}/{n}.bin"), &body.bytes);
        }
        let files = folder.0.join(name).to_string_lossy().into_owned();
        let Some(out) = run("yara", &["-w", "-r", &rules, &files], "the rules were") else {
            return;
        };
        assert!(out.status.success(), "{}", said(&out));
        let mut theirs: Vec<String> = String::from_utf8_lossy(&out.stdout)
            .lines()
            .map(|l| {
                let (rule, file) = l.split_once(' ').unwrap();
                format!(
                    "{rule} {}",
                    Path::new(file).file_stem().unwrap().to_string_lossy()
                )
            })
            .collect();
        theirs.sort();
        let rules = crate::readers::yara(text);
        let bodies = ground.bodies.iter().enumerate();
        let mut ours: Vec<String> = bodies
            .flat_map(|(n, b)| {
                rules
                    .iter()
                    .filter(|r| r.finds(b))
                    .map(move |r| format!("{} {n}", r.name))
            })
            .collect();
        ours.sort();
        assert_eq!(theirs, ours, "{name}");
        assert_eq!(ours.is_empty(), name == "clean");
    }
}

#[test]
fn products_read_their_files() {
    let (mut golden, clean) = (Ground::new(Twin::None), Ground::new(Twin::Clean));
    let all = golden.exports(&confirming(&[]), true);
    let folder = Folder::new();
    let put = |id: &str, name: &str| folder.put(name, &artefact(&all, id).text);
    yara(&folder, &all, &golden, &clean);

    let file = put("nftables", "block.nft");
    if let Some(out) = run("nft", &["-c", "-f", &file], "the block list was") {
        let said = said(&out);
        if said.contains("Operation not permitted")
            || said.contains("not supported")
            || said.contains("cache initialization failed")
        {
            println!("skipped: nft may not ask the kernel here, the block list was not read by it");
        } else {
            assert!(out.status.success(), "{said}");
        }
    }
    let file = put("rpz", "zone.rpz");
    if let Some(out) = run(
        "named-checkzone",
        &["-i", "none", "rpz.example", &file],
        "the zone was",
    ) {
        assert!(out.status.success(), "{}", said(&out));
    }
    // Each marking has a definition of its own.
    let bundles: Vec<String> = ["", "clear", "green", "amber", "amber_strict", "red"]
        .iter()
        .map(|tlp| {
            let mut case = confirming(&[]);
            put_in(&mut case, "marking", &json!({"tlp": tlp}));
            let all = golden.exports(&case, true);
            folder.put(&format!("bundle{tlp}.json"), &artefact(&all, "stix").text)
        })
        .collect();
    let files: Vec<&str> = bundles.iter().map(String::as_str).collect();
    if let Some(out) = run("stix2_validator", &files, "the bundle was") {
        // Only that ids are random is advised against: ids that last are made of names.
        let said = said(&out);
        assert!(
            out.status.success() && said.matches("STIX JSON: Valid").count() == files.len(),
            "{said}"
        );
        let others: Vec<&str> = said
            .lines()
            .filter(|l| l.contains("Warning") && !l.contains("{103}"))
            .collect();
        assert!(others.is_empty(), "{others:#?}");
    }
    let file = put("sigma", "weir-case-rules.yml");
    // Two of its checks fetch lists from elsewhere.
    let config = folder.put(
        "checks.yml",
        "validators:\n  - all\n  - -attacktag\n  - -d3_fendtag\n",
    );
    let arguments = [
        "check",
        "--fail-on-error",
        "--fail-on-issues",
        "--validation-config",
        &config,
        &file,
    ];
    if let Some(out) = run("sigma", &arguments, "the rules were") {
        assert!(out.status.success(), "{}", said(&out));
    }
}
