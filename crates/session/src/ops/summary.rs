//! What is loaded, in figures: captures as capinfos has them, protocol hierarchy, limits.

use crate::bodies::hex;
use crate::error::{ErrorKind, SessionError};
use crate::ops::reply::limits;
use crate::ops::{health, json};
use crate::session::{Capture, Session};
use serde::Serialize;
use serde_json::{Value, json as object};
use weir_analyze::answers::coverage::silent;
use weir_analyze::statistics::{Hierarchy, Level};
use weir_capture::{Clock, Format, link_type_name, link_type_title};
use weir_model::Timestamp;

#[derive(Serialize)]
struct InterfaceRow {
    name: Option<String>,
    link: &'static str,
    packets: u64,
    snap_length: Option<u32>,
    resolution: String,
    drops: Option<u64>,
    /// As the capturing program had it; hostile text.
    filter: Option<String>,
    comment: Option<String>,
}

/// A silence in which nobody was listening.
#[derive(Serialize)]
struct GapRow {
    from: String,
    to: String,
}

/// Gaps listed of one capture, longest first.
const GAPS: usize = 16;

/// A capture as capinfos and the page have it.
#[derive(Serialize)]
pub(crate) struct CaptureRow {
    capture: String,
    name: String,
    kind: &'static str,
    bytes: u64,
    compression: Option<String>,
    plain_bytes: u64,
    format: String,
    sha256: Option<String>,
    packets: u64,
    wire_bytes: u64,
    first: Option<String>,
    last: Option<String>,
    snap_length: Option<u32>,
    interfaces: Vec<InterfaceRow>,
    comments: Vec<String>,
    hardware: Option<String>,
    os: Option<String>,
    application: Option<String>,
    chain: Option<usize>,
    place: usize,
    offset: String,
    /// At most [`GAPS`], the longest, in order of time.
    gaps: Vec<GapRow>,
    more_gaps: usize,
    stopped: Option<SessionError>,
    same_as: Option<String>,
}

/// A node of the protocol hierarchy.
#[derive(Serialize)]
pub(crate) struct ProtocolRow {
    depth: usize,
    name: &'static str,
    title: &'static str,
    packets: u64,
    bytes: u64,
    end_packets: u64,
    end_bytes: u64,
}

impl From<&Level> for ProtocolRow {
    fn from(l: &Level) -> Self {
        Self {
            depth: l.depth(),
            name: l.name(),
            title: l.title(),
            packets: l.packets,
            bytes: l.bytes,
            end_packets: l.end_packets,
            end_bytes: l.end_bytes,
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Why a capture's reading ended early.
pub(crate) fn stopped(c: &Capture) -> Option<SessionError> {
    let unit = if c.log.is_some() { "row" } else { "packet" };
    let kept = |n: u64| Some(format!("{n} {unit}{} kept", if n == 1 { "" } else { "s" }));
    let Some(stop) = c.facts.stopped.as_ref() else {
        // Lines that are no rows: what stands before and after them was read.
        let trouble = c.log.as_ref()?.trouble()?;
        let mut error = SessionError::new(ErrorKind::Input, trouble).at(c.name.clone());
        error.kept = kept(c.records());
        return Some(error);
    };
    let mut error = SessionError::new(
        ErrorKind::Input,
        format!("stopped at offset {} because {}", stop.offset, stop.why),
    )
    .at(format!("byte {} of {}", stop.offset, c.name));
    error.kept = kept(stop.kept);
    Some(error)
}

fn format(f: Format) -> String {
    match f {
        Format::Pcap {
            big_endian, nanos, ..
        } => format!(
            "{}, {}seconds, {}-endian",
            f.name(),
            if nanos { "nano" } else { "micro" },
            if big_endian { "big" } else { "little" }
        ),
        other => other.name().to_owned(),
    }
}

/// Silences of one capture that count as not captured, longest first.
fn silences(session: &Session, c: &Capture) -> Vec<(Timestamp, Timestamp)> {
    session.conclude(|input| {
        let chain = input.chains.get(c.chain);
        let all = chain.map(silent).unwrap_or_default();
        let mine = all.iter().filter(|s| s.packet.capture == c.id);
        mine.map(|s| (s.before, s.after)).collect()
    })
}

/// The row of one capture.
pub(crate) fn capture(session: &Session, c: &Capture) -> CaptureRow {
    let section = c.facts.sections.first();
    let text = |of: fn(&weir_capture::Section) -> &String| section.and_then(|s| some(of(s)));
    let interfaces = c.facts.interfaces.iter().map(|i| InterfaceRow {
        name: some(&i.interface.name),
        link: link_type_title(i.interface.link_type)
            .unwrap_or_else(|| link_type_name(i.interface.link_type)),
        packets: i.packets,
        snap_length: Some(i.interface.snaplen).filter(|n| *n > 0),
        resolution: resolution(&i.interface.clock),
        drops: i.dropped(),
        filter: some(&i.interface.filter),
        comment: i.interface.comments.first().cloned(),
    });
    let mut gaps = silences(session, c);
    let more_gaps = gaps.len().saturating_sub(GAPS);
    gaps.truncate(GAPS);
    gaps.sort_unstable();
    let gap = |(from, to): (Timestamp, Timestamp)| GapRow {
        from: from.plus(c.offset).epoch(),
        to: to.plus(c.offset).epoch(),
    };
    CaptureRow {
        capture: c.id.to_string(),
        name: c.name.clone(),
        kind: if c.log.is_some() {
            "flow_log"
        } else {
            "packets"
        },
        bytes: c.size,
        compression: c.compression.clone(),
        plain_bytes: c.plain_size,
        format: c
            .log
            .as_ref()
            .map_or_else(|| format(c.facts.format), |l| l.format().name().to_owned()),
        sha256: c.sha256.map(|h| hex(&h)),
        packets: c.records(),
        wire_bytes: c.facts.wire_bytes,
        first: c.facts.earliest.map(|t| t.plus(c.offset).epoch()),
        last: c.facts.latest.map(|t| t.plus(c.offset).epoch()),
        snap_length: c.facts.snaplen(),
        interfaces: interfaces.collect(),
        comments: c
            .facts
            .sections
            .iter()
            .flat_map(|s| s.comments.iter().cloned())
            .collect(),
        hardware: text(|s| &s.hardware),
        os: text(|s| &s.os),
        application: text(|s| &s.application),
        chain: Some(c.chain).filter(|n| *n != Capture::NO_CHAIN),
        place: session
            .chains
            .get(c.chain)
            .and_then(|chain| chain.place(c.id))
            .unwrap_or(0),
        offset: c.offset.decimal(),
        gaps: gaps.into_iter().map(gap).collect(),
        more_gaps,
        stopped: stopped(c),
        same_as: c.same_as.map(|id| id.to_string()),
    }
}

fn resolution(clock: &Clock) -> String {
    match clock.digits() {
        0 => "seconds".to_owned(),
        3 => "milliseconds".to_owned(),
        6 => "microseconds".to_owned(),
        9 => "nanoseconds".to_owned(),
        n => format!("{n} decimal digits"),
    }
}

/// The protocol hierarchy over all chains, depth first.
pub(crate) fn hierarchy(session: &Session) -> Vec<ProtocolRow> {
    let mut hierarchy = Hierarchy::default();
    for stack in session.chains.iter().flat_map(|c| c.facts().stacks.all()) {
        hierarchy.add(stack, stack.packets, stack.bytes);
    }
    hierarchy.levels().iter().map(ProtocolRow::from).collect()
}

/// Everything the capture page shows.
pub(crate) fn summary(session: &mut Session) -> Result<Value, SessionError> {
    let people = session.people();
    let env = &people.environment;
    let hosts = env.hosts().len();
    let (lines, placement) = session.conclude(|input| health::of(input, env));
    let captures: Vec<_> = session.loaded().map(|c| capture(session, c)).collect();
    let facts = || session.chains.iter().map(crate::session::Chain::facts);
    let packets = session.packets();
    let duplicates: u64 = facts().map(|f| f.quality.duplicates.count).sum();
    let span = session.span();
    Ok(object!({
        "captures": json(&captures)?,
        "packets": packets,
        "rows": session.logs().map(|(_, l)| l.rows.len()).sum::<usize>(),
        "unique_packets": packets - duplicates.min(packets),
        "wire_bytes": session.loaded().map(|c| c.facts.wire_bytes).sum::<u64>(),
        "first": span.map(|s| s.0.epoch()),
        "last": span.map(|s| s.1.epoch()),
        "flows": facts().map(|f| f.flows.len()).sum::<usize>(),
        "hosts": hosts,
        "files": facts().map(|f| f.artifacts.len()).sum::<usize>(),
        "health": lines,
        "hierarchy": json(&hierarchy(session))?,
        "placement": placement,
        "limits": json(&limits(session))?,
        "keys": super::keys::says(session),
    }))
}
