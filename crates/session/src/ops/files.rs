//! Artifacts: the card of one, found by hash, and saved plain or in an encrypted zip.

use crate::archive::{self, is_archive};
use crate::bodies::{Extract, hex};
use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::job::Job;
use crate::ops::view::{PART, completeness};
use crate::ops::zip::encrypted;
use crate::ops::{Cx, Op, Out, Payload, json, names, once, parse, passed};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use weir_dissect::facts::{Artifact, NameSource};
use weir_model::ArtifactId;

/// Bytes of a saved file that go out at a time.
const PIECE: usize = 4 << 20;

/// Chain and place of an artifact.
fn find(session: &Session, id: ArtifactId) -> Result<(usize, &Artifact), SessionError> {
    session
        .chains
        .iter()
        .enumerate()
        .find_map(|(n, c)| {
            let found = c.facts().artifacts.iter().find(|a| a.id == id)?;
            Some((n, found))
        })
        .ok_or_else(|| SessionError::new(ErrorKind::Gone, format!("file {id} is not loaded")))
}

fn place(from: NameSource) -> &'static str {
    match from {
        NameSource::Path => "path",
        NameSource::Query => "query",
        NameSource::Disposition => "content-disposition",
        NameSource::Redirect => "redirect",
        NameSource::Argument => "FTP argument",
        NameSource::Part => "multipart part",
        NameSource::Subject => "subject",
    }
}

#[derive(Serialize)]
struct Present {
    start: u64,
    end: u64,
}

/// Ranges of the transferred bytes that are there.
fn present(a: &Artifact) -> Vec<Present> {
    let mut out = Vec::new();
    let mut at = 0;
    let missing: u64 = a.missing.iter().map(|m| m.end - m.start).sum();
    let whole = a.wire_size.saturating_add(missing);
    for hole in &a.missing {
        if hole.start > at {
            out.push(Present {
                start: at,
                end: hole.start,
            });
        }
        at = at.max(hole.end);
    }
    if whole > at {
        out.push(Present {
            start: at,
            end: whole,
        });
    }
    out
}

fn remarks(a: &Artifact) -> Vec<String> {
    let mut out = Vec::new();
    if a.ascii {
        out.push(
            "ASCII mode: bytes as sent; line ends, and so the hash, may differ from the file's"
                .to_owned(),
        );
    }
    if let Some(r) = &a.range {
        let total = r.total.map_or_else(String::new, |t| format!(" of {t}"));
        out.push(format!("part: bytes {} to {}{total}", r.start, r.end));
    }
    out
}

#[derive(Deserialize)]
struct FileArgs {
    file: String,
}

pub(crate) fn file(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: FileArgs = parse(args)?;
    let id = names::read_artifact(&args.file)?;
    Ok(once(move |cx| card(cx.session, id).into()))
}

fn card(session: &Session, id: ArtifactId) -> Result<Value, SessionError> {
    let (chain, a) = find(session, id)?;
    let digests = session.digests.get(&(chain, a.key));
    let hashes = digests.and_then(|d| d.hashes);
    let facts = session.chains.get(chain).map(crate::session::Chain::facts);
    let flow = facts.and_then(|f| f.flow(a.flow()));
    let same: Vec<String> = hashes.map_or_else(Vec::new, |h| {
        with_hash(session, |other| other == h.sha256)
            .filter(|other| *other != id)
            .map(|other| other.to_string())
            .collect()
    });
    let given: Vec<Value> = a
        .names
        .iter()
        .map(|n| object!({"text": n.text, "where": place(n.from)}))
        .collect();
    let declared = a.declared_type.as_deref();
    let found = a.found_type.as_ref().map(|t| &*t.media);
    let packets = flow.map_or(0, |f| f.packets.iter().map(|n| u64::from(*n)).sum::<u64>());
    let state = completeness(a, digests);
    let complete = matches!(state, "complete" | PART);
    let end = |(ip, port)| names::endpoint((ip, port));
    Ok(object!({
        "id": a.id.to_string(),
        "names": given,
        "direction": if a.sent { "sent" } else { "received" },
        "protocol": a.protocol.info.name,
        "declared_type": declared,
        "content_type": found,
        "mismatch": declared.zip(found).is_some_and(|(d, f)| differs(d, f)),
        "size": digests.map_or(a.wire_size, |d| d.size),
        "declared_size": a.declared_size,
        "sha256": hashes.map(|h| hex(&h.sha256)),
        "sha1": hashes.map(|h| hex(&h.sha1)),
        "md5": hashes.map(|h| hex(&h.md5)),
        "pending": digests.is_none(),
        "client": end(a.client),
        "server": end(a.server),
        "request": a.asked.map(|(p, _)| names::packet(p)),
        "first": names::packet(a.first),
        "last": names::packet(a.last),
        "first_time": a.begun.epoch(),
        "last_time": a.ended.epoch(),
        "packets": packets,
        "flow": flow.map(names::flow),
        "complete": complete,
        "incomplete": (!complete).then_some(state),
        "present": json(&present(a))?,
        "parts": [],
        "archive": found.is_some_and(is_archive),
        "same_hash": same,
        "remarks": remarks(a),
    }))
}

/// Does the declared type say something else than the content? Types that say nothing never differ.
fn differs(declared: &str, found: &str) -> bool {
    let main = |t: &str| t.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let vague = [
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-download",
    ];
    let executable = found.contains("dosexec")
        || found.contains("executable")
        || found.contains("portable-executable");
    let declared_program = [
        "msdownload",
        "dosexec",
        "executable",
        "portable-executable",
        "x-msdos",
    ]
    .iter()
    .any(|w| declared.contains(w));
    let alike = main(declared) == main(found) || declared.eq_ignore_ascii_case(found);
    let program = executable && declared_program;
    let markup = main(declared) == "text" && found == "application/xml";
    !(vague.contains(&declared) || alike || program || markup)
}

/// Artifacts whose SHA-256 fulfils `is`.
fn with_hash<'a>(
    session: &'a Session,
    is: impl Fn([u8; 32]) -> bool + 'a,
) -> impl Iterator<Item = ArtifactId> + 'a {
    session.chains.iter().enumerate().flat_map(move |(n, c)| {
        let found: Vec<ArtifactId> = c
            .facts()
            .artifacts
            .iter()
            .filter(|a| {
                let d = session.digests.get(&(n, a.key)).and_then(|d| d.hashes);
                d.is_some_and(|h| is(h.sha256))
            })
            .map(|a| a.id)
            .collect();
        found
    })
}

/// What an archive holds, read from its bytes.
struct ListOp {
    id: ArtifactId,
    reading: Option<(Box<Extract>, weir_dissect::BodyKey)>,
}

pub(crate) fn list(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: FileArgs = parse(args)?;
    let id = names::read_artifact(&args.file)?;
    Ok(Box::new(ListOp { id, reading: None }))
}

impl ListOp {
    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        let Some((extract, key)) = &mut self.reading else {
            let (chain, a) = find(cx.session, self.id)?;
            let extract = Extract::new(cx.session, chain, vec![a.key]);
            self.reading = Some((Box::new(extract), a.key));
            return Ok(Out::More);
        };
        if let Some(out) = passed(extract.step(cx.session, input, fuel)) {
            return Ok(out);
        }
        let key = *key;
        let body = self
            .reading
            .take()
            .and_then(|(extract, _)| extract.finish().remove(&key));
        let listing = body.and_then(|b| archive::list(&b.bytes));
        json(&listing).map(|value| {
            Out::Done(Payload {
                value,
                ..Payload::default()
            })
        })
    }
}

impl Op for ListOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}

#[derive(Deserialize)]
struct HashArgs {
    hash: String,
}

pub(crate) fn by_hash(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: HashArgs = parse(args)?;
    let start = args.hash.to_ascii_lowercase();
    Ok(once(move |cx| {
        let found: Vec<String> = with_hash(cx.session, |h| hex(&h).starts_with(&start))
            .map(|id| id.to_string())
            .collect();
        Ok(object!({"files": found})).into()
    }))
}

#[derive(Deserialize)]
struct SaveArgs {
    file: String,
    #[serde(rename = "as")]
    form: Form,
    #[serde(default)]
    password: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Plain,
    Zip,
}

enum Saving {
    Begin,
    Reading(Box<Extract>, weir_dissect::BodyKey),
    Writing(Vec<u8>, usize),
}

struct SaveOp {
    id: ArtifactId,
    form: Form,
    password: String,
    name: String,
    state: Saving,
}

pub(crate) fn save(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: SaveArgs = parse(args)?;
    if args.form == Form::Zip && args.password.is_empty() {
        return Err(SessionError::new(
            ErrorKind::Request,
            "an encrypted zip needs a password",
        ));
    }
    let id = names::read_artifact(&args.file)?;
    Ok(Box::new(SaveOp {
        id,
        form: args.form,
        password: args.password,
        name: String::new(),
        state: Saving::Begin,
    }))
}

impl SaveOp {
    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        match &mut self.state {
            Saving::Begin => {
                let (chain, a) = find(cx.session, self.id)?;
                // No name from the capture ever names a file on disk.
                self.name = format!("file-{}.bin", a.id.to_string().replace([':', '.'], "-"));
                let key = a.key;
                let extract = Extract::new(cx.session, chain, vec![key]);
                self.state = Saving::Reading(Box::new(extract), key);
                Ok(Out::More)
            }
            Saving::Reading(extract, key) => {
                if let Some(out) = passed(extract.step(cx.session, input, fuel)) {
                    return Ok(out);
                }
                let key = *key;
                let Saving::Reading(extract, _) = std::mem::replace(&mut self.state, Saving::Begin)
                else {
                    return Ok(Out::More);
                };
                let body = extract.finish().remove(&key).unwrap_or_default();
                let bytes = match self.form {
                    Form::Plain => body.bytes,
                    Form::Zip => {
                        encrypted(&self.name, &body.bytes, &self.password, cx.session.seed)
                    }
                };
                self.state = Saving::Writing(bytes, 0);
                Ok(Out::More)
            }
            Saving::Writing(bytes, at) => {
                let end = bytes.len().min(*at + PIECE);
                let piece = bytes.get(*at..end).unwrap_or_default().to_vec();
                *at = end;
                if end < bytes.len() {
                    return Ok(Out::Partial(Payload {
                        bytes: Some(piece),
                        ..Payload::default()
                    }));
                }
                let (name, mime) = match self.form {
                    Form::Plain => (self.name.clone(), "application/octet-stream"),
                    Form::Zip => (format!("{}.zip", self.name), "application/zip"),
                };
                Ok(Out::Done(Payload {
                    value: object!({"name": name, "mime": mime}),
                    bytes: Some(piece),
                    ..Payload::default()
                }))
            }
        }
    }
}

impl Op for SaveOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}
