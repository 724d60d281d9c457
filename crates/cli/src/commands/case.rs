//! `weir case`: what a case file holds, a case file packed and unpacked, and two copies of a case made one.

use super::Done;
use crate::args::{Args, Usage};
use crate::out::{Out, error, visible};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use weir_case::Document;
use weir_case::document::Came;
use weir_case::file::{self, CaseFile, Part, Sort};
use weir_case::report::{Remembered, clock, remembered};

type Did = Result<(), Usage>;

type Action = fn(&Args) -> Did;

/// Every action by name.
const ACTIONS: &[(&str, Action)] = &[
    ("show", show),
    ("pack", pack),
    ("unpack", unpack),
    ("merge", merge),
];

pub(crate) fn run(args: &Args) -> Done {
    let action = args.words.first().map(String::as_str).unwrap_or_default();
    match ACTIONS.iter().find(|(name, _)| *name == action) {
        Some((_, act)) => act(args).map(|()| ExitCode::SUCCESS),
        None => Err(Usage(
            "case needs show, pack, unpack or merge; weir --help says what they do".to_owned(),
        )),
    }
}

fn about(path: &Path, what: impl std::fmt::Display) -> Usage {
    Usage(format!("{}: {what}", path.display()))
}

/// A case file, a page with a case inside, or a case alone; what is broken in it is said.
pub(crate) fn read(path: &Path) -> Result<CaseFile, Usage> {
    let bytes = fs::read(path).map_err(|e| about(path, e))?;
    let got = file::open(&bytes).map_err(|e| about(path, e))?;
    for line in &got.says {
        error(&format!("{}: {line}", path.display()));
    }
    Ok(got)
}

fn one(args: &Args) -> Result<&PathBuf, Usage> {
    match args.files.as_slice() {
        [one] => Ok(one),
        _ => Err(Usage("one case is expected".to_owned())),
    }
}

fn output<'a>(args: &'a Args, example: &str) -> Result<&'a Path, Usage> {
    let given = args.output.as_deref();
    given.ok_or_else(|| Usage(format!("it needs -o {example}")))
}

/// Nothing is written over: a case that is there may hold what nobody else has.
fn save(path: &Path, bytes: &[u8]) -> Did {
    use std::io::Write;
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    file.and_then(|mut f| f.write_all(bytes))
        .map_err(|e| about(path, e))
}

/// By the ending: `.zip` is a case file, anything else the case alone.
fn save_case(path: &Path, document: &Document, parts: &[Part]) -> Did {
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("zip"))
    {
        let bytes = file::write(document, parts, env!("CARGO_PKG_VERSION"));
        return save(path, &bytes.map_err(|e| about(path, e))?);
    }
    if !parts.is_empty() {
        return Err(about(
            path,
            format!(
                "{} beside the case need a file that ends in .zip",
                parts.len()
            ),
        ));
    }
    save(path, document.save().as_bytes())
}

/// What a case keeps of a capture.
fn capture(c: &Remembered) -> Value {
    json!({
        "name": c.name, "sha256": c.sha256, "capture": c.letter, "bytes": c.bytes, "packets": c.packets,
        "first": c.first, "last": c.last, "offset": c.offset, "placement": c.placement, "about": c.about,
        "remarks": c.remarks,
    })
}

/// The same in lines, below its name.
fn said(c: &Value) -> Vec<String> {
    let time = |member: &str| match c[member].as_str().unwrap_or_default() {
        "" => "none".to_owned(),
        t => clock(t),
    };
    let mut out = vec![format!(
        "{} packets, {} to {}",
        c["packets"],
        time("first"),
        time("last")
    )];
    let about = &c["about"];
    let all = |member: &str| about[member].as_array().cloned().unwrap_or_default();
    for i in all("interfaces") {
        let filter = match i["filter"].as_str() {
            Some(f) => format!(", filter {}", visible(f)),
            None => String::new(),
        };
        out.push(format!(
            "interface {} {}, {} packets{filter}",
            visible(text(&i, "name")),
            visible(text(&i, "link")),
            i["packets"]
        ));
    }
    for g in all("gaps") {
        let at = |m: &str| clock(g[m].as_str().unwrap_or_default());
        out.push(format!("gap {} to {}", at("from"), at("to")));
    }
    let with = ["application", "os", "hardware"].map(|m| text(about, m));
    let with: Vec<&str> = with.into_iter().filter(|t| !t.is_empty()).collect();
    if !with.is_empty() {
        out.push(format!("taken with {}", visible(&with.join(", "))));
    }
    let comments = all("comments");
    let comments = comments.iter().filter_map(Value::as_str);
    out.extend(comments.map(|t| format!("comment {}", visible(t))));
    let remarks = c["remarks"].as_array().into_iter().flatten();
    let remarks = remarks.filter_map(Value::as_str).filter(|t| !t.is_empty());
    out.extend(remarks.map(|t| format!("remark {}", visible(t))));
    out
}

fn show(args: &Args) -> Did {
    let got = read(one(args)?)?;
    let doc = &got.document;
    let mut kinds = serde_json::Map::new();
    for item in doc.items.iter().filter(|i| !i.now.deleted) {
        let n = kinds.entry(&item.now.kind).or_insert(json!(0));
        *n = json!(n.as_u64().unwrap_or_default() + 1);
    }
    let parts: Vec<Value> = got
        .parts
        .iter()
        .map(|p| json!({"name": p.name, "sort": p.sort.name(), "bytes": p.bytes.len(), "what": p.what}))
        .collect();
    let conflicts: Vec<Value> = doc
        .conflicted()
        .map(|i| json!({"id": i.id, "kind": i.now.kind, "says": i.now.says(), "against": i.conflicts.iter().map(|c| if c.deleted { "taken away".to_owned() } else { c.says() }).collect::<Vec<_>>()}))
        .collect();
    let captures: Vec<Value> = remembered(doc).iter().map(capture).collect();
    let tags: Vec<(String, usize)> = weir_case::notes::tagged(doc)
        .into_iter()
        .map(|t| (t.tag, t.items.len()))
        .collect();
    let mut out = Out::new(args.json);
    if args.json {
        let tags: serde_json::Map<String, Value> =
            tags.into_iter().map(|(tag, n)| (tag, json!(n))).collect();
        out.row(&json!({
            "form": got.form, "id": doc.id, "title": doc.title, "items": kinds, "tags": tags, "captures": captures,
            "parts": parts, "conflicts": conflicts, "twins": doc.twins(), "broken": got.says,
        }));
        return Ok(());
    }
    let title = if doc.title.is_empty() {
        "(unnamed)"
    } else {
        &doc.title
    };
    out.line(&format!("{title}: {}, id {}", got.form, doc.id));
    for (kind, n) in &kinds {
        out.line(&format!("  {n:>6} {kind}"));
    }
    for (tag, n) in &tags {
        out.line(&format!("  {n:>6} #{}", weir_case::report::visible(tag)));
    }
    for c in &captures {
        out.line(&format!(
            "  speaks of {} {}",
            text(c, "name"),
            text(c, "sha256")
        ));
        for line in said(c) {
            out.line(&format!("    {line}"));
        }
    }
    for p in &parts {
        out.line(&format!(
            "  holds {} ({} bytes) {}",
            text(p, "name"),
            p["bytes"],
            text(p, "what")
        ));
    }
    for c in &conflicts {
        out.line(&format!(
            "  conflict: {} {}: {} / {}",
            text(c, "kind"),
            text(c, "id"),
            text(c, "says"),
            c["against"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" / ")
        ));
    }
    for t in doc.twins() {
        out.line(&format!(
            "  twice: {} ({} items; the last one counts)",
            t.about,
            t.ids.len()
        ));
    }
    Ok(())
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The first file is the case; captures, and files found in the traffic, go in beside it.
fn pack(args: &Args) -> Did {
    let Some((case, captures)) = args.files.split_first() else {
        return Err(Usage(
            "pack needs a case, then the captures that go in with it".to_owned(),
        ));
    };
    let to = output(args, "OUT.weir.zip")?;
    let CaseFile {
        document,
        mut parts,
        ..
    } = read(case)?;
    for path in captures {
        parts.push(part(path, Sort::Capture, "pcapng")?);
    }
    for path in &args.artifacts {
        parts.push(part(path, Sort::Artifact, "bin")?);
    }
    save_case(to, &document, &parts)
}

/// The name on this disk stays here: it may say where and whose.
fn part(path: &Path, sort: Sort, ending: &str) -> Result<Part, Usage> {
    let bytes = fs::read(path).map_err(|e| about(path, e))?;
    let zipped = sort == Sort::Artifact && bytes.starts_with(b"PK\x03\x04");
    let ending = if zipped { "zip" } else { ending };
    Ok(Part {
        sort,
        name: format!("x.{ending}"),
        what: String::new(),
        bytes,
    })
}

/// Into a folder that is made now, under names of its own.
fn unpack(args: &Args) -> Did {
    let to = output(args, "FOLDER")?;
    let got = read(one(args)?)?;
    fs::create_dir(to).map_err(|e| about(to, e))?;
    save(&to.join("case.json"), got.document.save().as_bytes())?;
    let mut out = Out::new(args.json);
    for (n, p) in (1..).zip(&got.parts) {
        let ending = p.name.rsplit_once('.').map_or("bin", |(_, e)| e);
        // Malware is not to run by a press.
        let ending = if p.sort == Sort::Other || ending.len() > 8 || ending.contains('/') {
            "bin"
        } else {
            ending
        };
        let name = format!("{}-{n}.{ending}", p.sort.name());
        save(&to.join(&name), &p.bytes)?;
        if args.json {
            out.row(&json!({"file": name, "was": p.name, "bytes": p.bytes.len(), "what": p.what}));
        } else {
            out.line(&format!("{name}: {} {}", p.name, p.what));
        }
    }
    Ok(())
}

fn merge(args: &Args) -> Did {
    let to = output(args, "OUT.weir.zip")?;
    let Some((first, rest)) = args
        .files
        .split_first()
        .filter(|(_, rest)| !rest.is_empty())
    else {
        return Err(Usage("merge needs two copies of a case or more".to_owned()));
    };
    let CaseFile {
        mut document,
        mut parts,
        ..
    } = read(first)?;
    let mut out = Out::new(args.json);
    for path in rest {
        let theirs = read(path)?;
        let merged = document
            .merge(&theirs.document)
            .map_err(|e| about(path, e))?;
        let came = document.came(&merged);
        if args.json {
            out.row(&serde_json::to_value(&came).unwrap_or_default());
        } else {
            told(&mut out, path, &came);
        }
        document = merged;
        let new = theirs
            .parts
            .into_iter()
            .filter(|p| !parts.iter().any(|q| q.bytes == p.bytes));
        let new: Vec<Part> = new.collect();
        parts.extend(new);
    }
    save_case(to, &document, &parts)
}

fn told(out: &mut Out, path: &Path, came: &Came) {
    let path = path.display();
    if came.nothing {
        out.line(&format!("{path}: nothing new"));
        return;
    }
    out.line(&format!(
        "{path}: {} new, {} changed, {} taken away, {} in conflict, {} lines of the log",
        came.of_new, came.of_changed, came.of_removed, came.of_conflicts, came.log
    ));
    for p in &came.people {
        let name = if p.name.is_empty() {
            p.author.get(..8).unwrap_or(&p.author)
        } else {
            &p.name
        };
        out.line(&format!(
            "  by {name}: {} edits, the last {}",
            p.edits, p.last
        ));
    }
    for line in &came.conflicts {
        out.line(&format!(
            "  conflict: {} {}: {}",
            line.kind, line.id, line.says
        ));
    }
    for twin in &came.twins {
        out.line(&format!("  twice: {}", twin.about));
    }
}
