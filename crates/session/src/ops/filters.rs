//! Narrowings: a filter run over the captures and the other limits, for every list that is narrowed.

use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::job::Job;
use crate::matches::Matches;
use crate::ops::view::{Limits, Narrowing, instant};
use crate::ops::{Cx, Out, passed};
use crate::scan::Scan;
use crate::schema::schema;
use crate::session::Session;
use std::rc::Rc;
use weir_filter::{FilterError, Program, Tri};
use weir_model::{CaptureId, FlowId, PacketRef, RecordRef, RowRef, Timestamp};

/// A filter that cannot be used, as an error of the request.
pub(crate) fn refused(text: &str, e: &FilterError) -> SessionError {
    SessionError::new(ErrorKind::Request, e.to_string()).at(format!(
        "characters {} to {} of the filter \u{201c}{text}\u{201d}",
        utf16(text, e.span.start),
        utf16(text, e.span.end)
    ))
}

/// A byte offset counted in UTF-16 code units, as the page counts.
pub(crate) fn utf16(text: &str, byte: usize) -> usize {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).map_or(0, |t| t.encode_utf16().count())
}

/// Flows of every chain that are taken.
pub(crate) struct FlowSet(Vec<Vec<bool>>);

impl FlowSet {
    pub(crate) fn has(&self, chain: usize, id: FlowId) -> bool {
        let flows = self.0.get(chain);
        flows.is_some_and(|f| f.get(id.0 as usize).copied().unwrap_or_default())
    }
}

/// A narrowing made ready: its filter runs as a job.
pub(crate) struct Narrowed {
    program: Option<Rc<Program>>,
    text: String,
    scan: Option<Scan>,
    matches: Option<Rc<Matches>>,
    read: u64,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    pub(crate) captures: Option<Vec<CaptureId>>,
    pub(crate) unique: bool,
}

impl Narrowed {
    pub(crate) fn new(n: &Narrowing) -> Result<Self, SessionError> {
        let text = n.filter.trim();
        let program = if text.is_empty() {
            None
        } else {
            Some(Rc::new(
                Program::new(text, schema()).map_err(|e| refused(text, &e))?,
            ))
        };
        let captures = n.captures.as_ref().map(|list| {
            list.iter()
                .filter_map(|letter| letter.parse().ok())
                .collect()
        });
        Ok(Self {
            program,
            text: text.to_owned(),
            scan: None,
            matches: None,
            read: 0,
            from: instant(n.from.as_ref())?,
            to: instant(n.to.as_ref())?,
            captures,
            unique: n.unique,
        })
    }

    /// Runs the filter; `None` when it is through.
    pub(crate) fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Option<Out> {
        let program = self.program.as_ref()?;
        if self.matches.is_some() {
            return None;
        }
        if let Some((matches, read)) = cx.filters.get(cx.session, &self.text) {
            (self.matches, self.read) = (Some(matches), read);
            return None;
        }
        let scan = self
            .scan
            .get_or_insert_with(|| Scan::new(std::slice::from_ref(program), true));
        let out = passed(scan.step(cx.session, input, fuel));
        if out.is_none() {
            let matches = scan.matches().first().map(|m| Matches::clone(m));
            let matches = Rc::new(matches.unwrap_or_default());
            self.read = scan.read();
            cx.filters
                .keep(cx.session, &self.text, Rc::clone(&matches), self.read);
            self.matches = Some(matches);
            self.scan = None;
        }
        out
    }

    /// What the filter left, where there is one.
    pub(crate) fn matches(&self) -> Option<&Matches> {
        self.matches.as_deref()
    }

    /// Nothing is limited.
    pub(crate) fn is_open(&self) -> bool {
        self.program.is_none()
            && self.from.is_none()
            && self.to.is_none()
            && self.captures.is_none()
            && !self.unique
    }

    /// Does an interval touch the time limits?
    pub(crate) fn during(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from.is_none_or(|t| to >= t) && self.to.is_none_or(|t| from <= t)
    }

    pub(crate) fn in_captures(&self, id: CaptureId) -> bool {
        self.captures.as_ref().is_none_or(|list| list.contains(&id))
    }

    /// Is the packet within every limit?
    pub(crate) fn takes(&self, session: &Session, packet: PacketRef) -> bool {
        self.takes_but(session, packet, &Limits::default())
    }

    /// Is it within every limit but these?
    pub(crate) fn takes_but(&self, session: &Session, packet: PacketRef, but: &Limits) -> bool {
        if !but.filter && self.matches().is_some_and(|m| !m.has(packet)) {
            return false;
        }
        if !but.captures && !self.in_captures(packet.capture) {
            return false;
        }
        let timed = !but.time && (self.from.is_some() || self.to.is_some());
        let unique = !but.duplicates && self.unique;
        if !timed && !unique {
            return true;
        }
        session.entry(packet).is_some_and(|e| {
            let time = crate::ops::view::time(session, packet, &e);
            (!timed || self.during(time, time)) && !(unique && e.duplicate)
        })
    }

    /// The flows with a packet that matches the filter; `None` where there is no filter.
    pub(crate) fn flows(&self, session: &Session) -> Option<FlowSet> {
        let m = self.matches()?;
        let chains = session.chains.iter().map(|chain| {
            let mut has = vec![false; chain.facts().flows.len()];
            for c in chain.captures.iter().filter_map(|id| session.capture(*id)) {
                for id in m.numbers(c.id).filter_map(|n| c.index.flow(n)) {
                    if let Some(has) = has.get_mut(id.0 as usize) {
                        *has = true;
                    }
                }
            }
            has
        });
        Some(FlowSet(chains.collect()))
    }

    /// Does the row of a flow log match the filter? `Unknown` where the filter asks for what no row holds.
    pub(crate) fn row_matches(&self, session: &Session, row: RowRef) -> Tri {
        let Some(program) = &self.program else {
            return Tri::Yes;
        };
        session.row(row).map_or(Tri::No, |(c, r)| {
            let (begun, ended) = (r.time.plus(c.offset), r.end().plus(c.offset));
            crate::rowknown::decide(program, r, begun, ended)
        })
    }

    /// Does any packet or row of these match the filter? A row that cannot tell stays.
    pub(crate) fn record_matches(&self, session: &Session, record: RecordRef) -> bool {
        match record {
            RecordRef::Packet(p) => self.matches().is_none_or(|m| m.has(p)),
            RecordRef::Row(r) => self.row_matches(session, r) != Tri::No,
        }
    }

    /// How the filter was answered, in words.
    pub(crate) fn plan(&self, session: &Session) -> Option<String> {
        self.program.as_ref()?;
        let packets = session.packets();
        Some(if self.read == 0 {
            "answered by the index".to_owned()
        } else {
            format!(
                "read {} % of packets",
                (100 * self.read).div_ceil(packets.max(1))
            )
        })
    }
}

/// What filters are answered from: also how far the load is.
fn inputs(session: &Session) -> String {
    format!("{};{}", session.fingerprint(), session.packets())
}

/// Answers of filters, kept while what is loaded stays the same.
#[derive(Default)]
pub(crate) struct Filters {
    inputs: String,
    kept: Vec<(String, Rc<Matches>, u64)>,
}

impl Filters {
    /// Answers kept.
    const KEPT: usize = 32;

    fn get(&mut self, session: &Session, text: &str) -> Option<(Rc<Matches>, u64)> {
        let inputs = inputs(session);
        if self.inputs != inputs {
            self.inputs = inputs;
            self.kept.clear();
        }
        self.kept
            .iter()
            .find(|(t, ..)| t == text)
            .map(|(_, m, read)| (Rc::clone(m), *read))
    }

    fn keep(&mut self, session: &Session, text: &str, matches: Rc<Matches>, read: u64) {
        if self.inputs == inputs(session) {
            self.kept.truncate(Self::KEPT - 1);
            self.kept.insert(0, (text.to_owned(), matches, read));
        }
    }
}
