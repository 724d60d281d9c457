//! Reading captures: recognised, chained, dissected, indexed. What breaks is kept to its last good packet.

use crate::error::{ErrorKind, SessionError};
use crate::index::{PacketEntry, PacketIndex};
use crate::input::{Input, Need, SourceNo};
use crate::job::{Job, Phase, Progress, Step};
use crate::keys::{KEY_LOG, TLS_KEY_LOG};
use crate::log::FlowLog;
use crate::session::{Capture, Chain, Session};
use weir_capture::chain::{Member, chains};
use weir_capture::{
    CaptureFacts, Container, Event, Format, Info, PacketFlags, Reader, SNIFF_LEN, sniff,
};
use weir_dissect::secrets::{Origin, is_keylog};
use weir_dissect::{Dissector, PacketMeta};
use weir_model::{CaptureId, Duration, PacketRef, Timestamp};

/// Bytes read to find a file's first packet before the order of files is decided.
const PEEK: u64 = 256 << 10;

/// A key log without a line end for so many bytes is read as it is: the line is refused.
const LINE: usize = 1 << 20;

/// Bytes of a flow log that are read for one unit of fuel: about a row.
const ROW: usize = 128;
/// Letters that are held for captures of a case at most.
const HELD: usize = 1000;

/// A file as a door announces it. The bytes are those after decompression.
#[derive(Clone, Debug)]
pub struct File {
    /// The door's number of its plain bytes.
    pub source: SourceNo,
    /// The door's number of its bytes as on disk; the same where it is not compressed.
    pub raw: SourceNo,
    /// Its name.
    pub name: String,
    /// Bytes as on disk.
    pub size: u64,
    /// Bytes after decompression.
    pub plain_size: u64,
    /// What it was compressed with.
    pub compression: Option<String>,
    /// Why unpacking ended early, when it did.
    pub broken: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy)]
enum Content {
    Packets(Format),
    Rows(weir_import::Format),
}

/// A file with what its head tells.
struct Candidate {
    file: File,
    content: Content,
    head: Option<Member>,
    place: usize,
}

/// One capture being read.
struct Reading {
    id: CaptureId,
    /// None where rows are read: their reader is the log's own.
    reader: Option<Reader>,
    /// File offset of the next byte to push.
    at: u64,
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
}

enum State {
    /// Recognising the heads, this one next.
    Heads(usize),
    /// Reading a key log, from this byte on.
    Keys(usize, u64),
    /// Reading, one capture after the other.
    Files,
    /// Chains turned out differently: these captures are read again, in order.
    Again,
    Finished,
}

/// Loads files into a session. Letters are given in the order of `files`.
pub struct Load {
    files: Vec<File>,
    candidates: Vec<Candidate>,
    queue: Vec<Candidate>,
    again: Vec<CaptureId>,
    reading: Option<Reading>,
    state: State,
    /// Captures this load added.
    pub added: Vec<CaptureId>,
    /// Key logs this load read, by name.
    pub keys: Vec<String>,
    /// Files that are no captures, each with the reason.
    pub refused: Vec<(String, SessionError)>,
    done: u64,
    of: u64,
    after: Option<CaptureId>,
    rechained: bool,
}

impl Load {
    /// A load of these files.
    #[must_use]
    pub fn new(files: Vec<File>) -> Self {
        let of = files.iter().map(|f| f.plain_size).sum();
        Self {
            files,
            candidates: Vec::new(),
            queue: Vec::new(),
            again: Vec::new(),
            reading: None,
            state: State::Heads(0),
            added: Vec::new(),
            keys: Vec::new(),
            refused: Vec::new(),
            done: 0,
            of,
            rechained: false,
            after: None,
        }
    }

    /// These are slices that came with a case: their letters stand behind `last`, the last one of the case's own
    /// captures, which the captures themselves get when they come.
    #[must_use]
    pub fn after(mut self, last: Option<CaptureId>) -> Self {
        self.after = last;
        self
    }

    /// Cancelled: what was read stays, as a prefix that says so.
    pub fn cancel(&mut self, session: &mut Session) {
        if let Some(reading) = self.reading.take()
            && let Some(capture) = session.capture_mut(reading.id)
        {
            let share = 100 * reading.at.min(capture.plain_size) / capture.plain_size.max(1);
            capture.complete = false;
            capture.facts.stopped = Some(weir_capture::Stop {
                offset: reading.at,
                why: format!("reading was cancelled at {share} %"),
                kept: capture.records(),
            });
        }
        finish(session);
        self.state = State::Finished;
    }

    /// Bytes from `offset` of a file on cannot be read: it is refused, or kept up to there.
    pub fn unreadable(
        &mut self,
        session: &mut Session,
        source: SourceNo,
        offset: u64,
        reason: &str,
    ) {
        if let State::Heads(at) | State::Keys(at, _) = self.state {
            if let Some(file) = self.files.get(at).filter(|f| f.source == source) {
                let error =
                    SessionError::new(ErrorKind::Input, format!("cannot be read: {reason}"));
                self.refused
                    .push((file.name.clone(), error.at(file.name.clone())));
                self.state = State::Heads(at + 1);
            }
            return;
        }
        let reading = self
            .reading
            .take_if(|r| session.capture(r.id).is_some_and(|c| c.source == source));
        if let Some(capture) = reading.and_then(|r| session.capture_mut(r.id)) {
            capture.complete = true;
            capture.facts.stopped = Some(weir_capture::Stop {
                offset,
                why: format!("the file can no longer be read: {reason}"),
                kept: capture.records(),
            });
        }
    }

    fn heads(&mut self, at: usize, input: &mut Input) -> Step {
        let Some(file) = self.files.get(at) else {
            let mut order: Vec<Candidate> = std::mem::take(&mut self.candidates);
            order.sort_by_key(|c| {
                (
                    c.head
                        .as_ref()
                        .and_then(|h| h.span)
                        .map_or(Timestamp::MAX, |s| s.0),
                    c.place,
                )
            });
            order.reverse();
            self.queue = order;
            self.state = State::Files;
            return Step::More;
        };
        let want = PEEK.min(file.plain_size);
        let Some(head) = input.get(file.source, 0, want) else {
            return Step::Need(vec![Need {
                source: file.source,
                start: 0,
                end: want,
                sequential: false,
            }]);
        };
        match sniff(head.get(..SNIFF_LEN.min(head.len())).unwrap_or(head)) {
            Ok(Container::Plain(format)) => {
                let head = peek(format, head);
                self.candidates.push(Candidate {
                    file: file.clone(),
                    content: Content::Packets(format),
                    head,
                    place: at,
                });
            }
            Ok(Container::Compressed(c)) => {
                let message = format!("{} inside another compression is not read", c.name());
                self.refused.push((
                    file.name.clone(),
                    SessionError::new(ErrorKind::Input, message).at(file.name.clone()),
                ));
            }
            Err(_) if is_keylog(head) => {
                self.state = State::Keys(at, 0);
                return Step::More;
            }
            Err(not) => match weir_import::detect(head) {
                Ok(Some(format)) => self.candidates.push(Candidate {
                    file: file.clone(),
                    content: Content::Rows(format),
                    head: None,
                    place: at,
                }),
                Ok(None) => {
                    let message = format!("not a capture: found {}. {}", not.found, not.advice);
                    let place = format!("byte {} of {}", not.offset, file.name);
                    self.refused.push((
                        file.name.clone(),
                        SessionError::new(ErrorKind::Input, message.trim()).at(place),
                    ));
                }
                Err(log) => {
                    let mut message = log.message;
                    if let Some(suggestion) = log.suggestion {
                        message += &format!("; {suggestion}");
                    }
                    let place = format!("line {} of {}", log.line, file.name);
                    self.refused.push((
                        file.name.clone(),
                        SessionError::new(ErrorKind::Input, message).at(place),
                    ));
                }
            },
        }
        input.forget(file.source, u64::MAX);
        self.state = State::Heads(at + 1);
        Step::More
    }

    /// Reads a key log: its keys are there before the first packet is.
    fn keys(&mut self, session: &mut Session, input: &mut Input, at: usize, from: u64) -> Step {
        let Some(file) = self.files.get(at) else {
            self.state = State::Heads(at + 1);
            return Step::More;
        };
        let end = file.plain_size.min(KEY_LOG);
        let origin = Origin::File(file.name.clone());
        let piece = input.from(file.source, from);
        let piece = piece
            .get(..usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX))
            .unwrap_or(piece);
        let last = from + piece.len() as u64 >= end;
        // What follows the last line end is the front of a line, unless nothing follows.
        let lines = match piece.iter().rposition(|b| *b == b'\n') {
            Some(n) if !last => piece.get(..=n).unwrap_or(piece),
            None if !last && piece.len() < LINE => &[],
            _ => piece,
        };
        if lines.is_empty() && !last {
            return Step::Need(vec![Need {
                source: file.source,
                start: from + piece.len() as u64,
                end,
                sequential: true,
            }]);
        }
        session.add_keys(&origin, lines);
        let next = from + lines.len() as u64;
        self.done += lines.len() as u64;
        input.forget(file.source, next);
        if !last {
            self.state = State::Keys(at, next);
            return Step::More;
        }
        self.done += file.plain_size - end;
        self.keys.push(file.name.clone());
        if file.plain_size > end {
            let message = format!("of a key log at most {KEY_LOG} bytes are read");
            let error = SessionError::new(ErrorKind::Input, message);
            self.refused
                .push((file.name.clone(), error.at(file.name.clone())));
        }
        input.forget(file.source, u64::MAX);
        self.state = State::Heads(at + 1);
        Step::More
    }

    /// Where the letters of this load begin.
    fn first_letter(&self, session: &mut Session, count: usize) -> usize {
        if self.after.is_none() && session.free.len() >= count {
            let base = session.free.start;
            session.free.start += count;
            return base;
        }
        let own = self.after.map_or(0, |last| usize::from(last.0) + 1);
        let base = session.captures.len().max(own.min(HELD));
        if base > session.captures.len() {
            session.free = session.captures.len()..base;
        }
        session.captures.resize_with(base + count, || None);
        base
    }

    /// Takes the next file up, in the order of first packets; letters were promised in drop order.
    fn next_file(&mut self, session: &mut Session) -> bool {
        if self.added.is_empty() && !self.queue.is_empty() {
            let mut places: Vec<usize> = self.queue.iter().map(|c| c.place).collect();
            places.sort_unstable();
            let base = self.first_letter(session, places.len());
            self.added = (base..base + places.len())
                .map(|n| CaptureId(u16::try_from(n).unwrap_or(u16::MAX)))
                .collect();
            for c in &mut self.queue {
                c.place = places.iter().position(|p| *p == c.place).unwrap_or(0);
            }
        }
        let Some(next) = self.queue.pop() else {
            return false;
        };
        let Some(&id) = self.added.get(next.place) else {
            return false;
        };
        let chain = match next.content {
            Content::Rows(_) => Capture::NO_CHAIN,
            Content::Packets(_) => follows(session, next.head.as_ref()).unwrap_or_else(|| {
                session.chains.push(Chain {
                    captures: Vec::new(),
                    dissector: Dissector::new(session.options()),
                    stale: false,
                });
                session.chains.len() - 1
            }),
        };
        if let Some(chain) = session.chains.get_mut(chain) {
            chain.captures.push(id);
        }
        // A log's own format stands with its rows; its facts are those of a capture without packets.
        let (format, log) = match next.content {
            Content::Packets(format) => (format, None),
            Content::Rows(format) => (Format::PcapNg, Some(FlowLog::new(format))),
        };
        let reader = log.is_none().then(|| Reader::new(format));
        let file = next.file;
        let slot = Capture {
            id,
            name: file.name,
            source: file.source,
            raw: file.raw,
            broken: file.broken,
            size: file.size,
            plain_size: file.plain_size,
            compression: file.compression,
            facts: CaptureFacts::new(format),
            info: Vec::new(),
            comments: Vec::new(),
            comments_left: Capture::COMMENT_BYTES,
            index: PacketIndex::default(),
            log,
            chain,
            complete: false,
            sha256: None,
            same_as: None,
            offset: Duration(0),
        };
        if let Some(place) = session.captures.get_mut(usize::from(id.0)) {
            *place = Some(slot);
        }
        self.reading = Some(Reading {
            id,
            reader,
            at: 0,
            first: None,
            previous: None,
        });
        true
    }

    fn next_again(&mut self, session: &mut Session) -> bool {
        let Some(id) = self.again.pop() else {
            return false;
        };
        let Some(capture) = session.capture_mut(id) else {
            return self.next_again(session);
        };
        capture.index = PacketIndex::default();
        capture.info = Vec::new();
        capture.comments_left = Capture::COMMENT_BYTES;
        capture.comments = Vec::new();
        let format = capture.facts.format;
        capture.facts = CaptureFacts::new(format);
        capture.complete = false;
        self.reading = Some(Reading {
            id,
            reader: Some(Reader::new(format)),
            at: 0,
            first: None,
            previous: None,
        });
        true
    }

    fn read(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        let Some(reading) = &mut self.reading else {
            return Step::More;
        };
        let Some((source, size, chain_no)) = session
            .capture(reading.id)
            .map(|c| (c.source, c.plain_size, c.chain))
        else {
            self.reading = None;
            return Step::More;
        };
        let piece = input.from(source, reading.at);
        if piece.is_empty() && reading.at < size {
            return Step::Need(vec![Need {
                source,
                start: reading.at,
                end: size,
                sequential: true,
            }]);
        }
        let Some(reader) = &mut reading.reader else {
            return self.read_rows(session, input, fuel);
        };
        if reading.at >= size {
            reader.finish();
        }
        let (Some(Some(capture)), Some(chain)) = (
            session.captures.get_mut(usize::from(reading.id.0)),
            session.chains.get_mut(chain_no),
        ) else {
            return Step::More;
        };
        // Keys end the step: they are for every chain.
        let mut keys = None;
        let id = reading.id;
        let mut rest = piece;
        let mut left = fuel.max(1);
        let mut ended = false;
        while left > 0 {
            let event = reader.next(&mut rest);
            capture.facts.add(&event);
            match event {
                Event::Packet(raw) => {
                    left -= 1;
                    let packet = PacketRef {
                        capture: reading.id,
                        number: raw.number,
                    };
                    // Without a time of its own it stands where the packet before it stood.
                    let untimed = raw.flags.contains(PacketFlags::NO_TIME);
                    let previous = reading.previous;
                    let time = if untimed {
                        previous.unwrap_or_default()
                    } else {
                        reading.previous = Some(raw.time);
                        raw.time
                    };
                    let first = match reading.first {
                        Some(first) => first,
                        None if untimed || raw.record.is_some() => time,
                        None => *reading.first.insert(time),
                    };
                    let meta = PacketMeta {
                        packet,
                        time,
                        untimed,
                        record: raw.record,
                        wire_len: raw.wire_len,
                        link_type: u32::from(raw.link_type),
                        interface: raw.interface,
                        first,
                        previous,
                    };
                    let outcome = chain.dissector.packet(&meta, raw.bytes);
                    let entry = PacketEntry {
                        number: raw.number,
                        offset: raw.offset,
                        captured: u32::try_from(raw.bytes.len()).unwrap_or(u32::MAX),
                        wire: raw.wire_len,
                        time,
                        untimed,
                        record: raw.record,
                        interface: u16::try_from(raw.interface).unwrap_or(u16::MAX),
                        flow: None,
                        stack: outcome.stack,
                        duplicate: outcome.duplicate,
                    };
                    capture.index.push(&entry, outcome);
                    if !raw.options.is_empty() {
                        capture.keep_comments(&raw);
                    }
                }
                Event::Info(info) => {
                    // The facts have the rest already.
                    match *info {
                        Info::Secrets(secrets) if secrets.kind == TLS_KEY_LOG => {
                            keys = Some(secrets.data);
                            break;
                        }
                        info @ Info::Names(_) => capture.info.push(info),
                        _ => {}
                    }
                }
                Event::NeedMore => break,
                Event::End | Event::Stopped(_) => {
                    ended = true;
                    break;
                }
            }
        }
        let used = (piece.len() - rest.len()) as u64;
        reading.at += used;
        self.done += used;
        input.forget(source, reading.at);
        if ended {
            if let Some(why) = &capture.broken {
                let kept = u64::from(capture.index.len());
                capture.facts.stopped = Some(weir_capture::Stop {
                    offset: reading.at,
                    why: format!("the compressed file is damaged: {why}"),
                    kept,
                });
            }
            capture.complete = true;
            input.forget(source, u64::MAX);
            self.reading = None;
        }
        if let Some(text) = keys {
            session.add_keys(&Origin::Capture(id), &text);
        }
        Step::More
    }

    /// Rows of a flow log.
    fn read_rows(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        let Some(reading) = &mut self.reading else {
            return Step::More;
        };
        let Some(capture) = session.capture_mut(reading.id) else {
            self.reading = None;
            return Step::More;
        };
        let Some(log) = &mut capture.log else {
            self.reading = None;
            return Step::More;
        };
        let piece = input.from(capture.source, reading.at);
        let most = usize::try_from(fuel.max(1)).unwrap_or(usize::MAX);
        let piece = piece.get(..most.saturating_mul(ROW)).unwrap_or(piece);
        log.push(piece);
        reading.at += piece.len() as u64;
        self.done += piece.len() as u64;
        let ended = reading.at >= capture.plain_size;
        if ended {
            log.finish();
        }
        if let Some((first, last)) = log.span {
            (capture.facts.earliest, capture.facts.latest) = (Some(first), Some(last));
        }
        input.forget(capture.source, reading.at);
        if ended {
            if let Some(why) = &capture.broken {
                capture.facts.stopped = Some(weir_capture::Stop {
                    offset: reading.at,
                    why: format!("the compressed file is damaged: {why}"),
                    kept: log.rows.len() as u64,
                });
            }
            capture.complete = true;
            input.forget(capture.source, u64::MAX);
            self.reading = None;
        }
        Step::More
    }

    /// Were the chains right, now that every capture's last packet is known?
    fn rechain(&mut self, session: &mut Session) -> bool {
        if std::mem::replace(&mut self.rechained, true) {
            return false;
        }
        session.void_stale();
        let packets = || session.loaded().filter(|c| c.log.is_none());
        let ids: Vec<CaptureId> = packets().map(|c| c.id).collect();
        let members: Vec<Member> = packets().map(Capture::member).collect();
        let want: Vec<Vec<CaptureId>> = chains(&members)
            .into_iter()
            .map(|c| c.into_iter().filter_map(|n| ids.get(n).copied()).collect())
            .collect();
        let mut old: Vec<Option<Chain>> = std::mem::take(&mut session.chains)
            .into_iter()
            .map(Some)
            .collect();
        let digests = std::mem::take(&mut session.digests);
        for (n, captures) in want.into_iter().enumerate() {
            let same = old
                .iter_mut()
                .enumerate()
                .find(|(_, c)| c.as_ref().is_some_and(|c| c.captures == captures));
            let same = same.and_then(|(place, chain)| {
                let kept = digests.iter().filter(|((c, _), _)| *c == place);
                session
                    .digests
                    .extend(kept.map(|((_, key), d)| ((n, *key), *d)));
                chain.take()
            });
            for id in &captures {
                if let Some(capture) = session.capture_mut(*id) {
                    capture.chain = n;
                }
            }
            let chain = same.unwrap_or_else(|| {
                self.again.extend(captures.iter().copied());
                Chain {
                    captures,
                    dissector: Dissector::new(session.options()),
                    stale: false,
                }
            });
            session.chains.push(chain);
        }
        self.again.reverse();
        let bytes: u64 = self
            .again
            .iter()
            .filter_map(|id| session.capture(*id))
            .map(|c| c.plain_size)
            .sum();
        self.of += bytes;
        !self.again.is_empty()
    }
}

/// What a file's first bytes tell of its place.
fn peek(format: Format, head: &[u8]) -> Option<Member> {
    let mut facts = CaptureFacts::new(format);
    let mut reader = Reader::new(format);
    let mut rest = head;
    loop {
        let event = reader.next(&mut rest);
        let seen = matches!(event, Event::Packet(_));
        facts.add(&event);
        match event {
            Event::NeedMore | Event::End | Event::Stopped(_) => return None,
            _ if seen => return Some(Member::from(&facts)),
            _ => {}
        }
    }
}

/// The chain that a file with this head goes on, when one does.
fn follows(session: &Session, head: Option<&Member>) -> Option<usize> {
    let head = head?;
    let ends = session.chains.iter().enumerate().filter_map(|(n, chain)| {
        let last = session
            .capture(*chain.captures.last()?)
            .filter(|c| c.complete)?;
        let member = last.member();
        let end = member.span?.1;
        (chains(&[member, head.clone()]) == [[0, 1]]).then_some((end, n))
    });
    ends.max().map(|(_, n)| n)
}

/// Ends every chain and notes captures that are the same.
fn finish(session: &mut Session) {
    for chain in &mut session.chains {
        chain.dissector.finish(None);
    }
    let mut repeats = Vec::new();
    for (n, capture) in session.loaded().enumerate() {
        let member = capture.member();
        let same = |other: &&Capture| {
            other.plain_size == capture.plain_size
                && member.span.is_some()
                && other.member() == member
                && other.log == capture.log
        };
        let first = session.loaded().take(n).find(same);
        repeats.push((capture.id, first.map(|c| c.id)));
    }
    for (id, same) in repeats {
        if let Some(capture) = session.capture_mut(id) {
            capture.same_as = same;
        }
    }
    session.generation += 1;
    session.layout += 1;
}

impl Job for Load {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        match self.state {
            State::Heads(at) => self.heads(at, input),
            State::Keys(at, from) => self.keys(session, input, at, from),
            State::Files => {
                if self.reading.is_some() {
                    return self.read(session, input, fuel);
                }
                if !self.next_file(session) {
                    self.state = if self.rechain(session) {
                        State::Again
                    } else {
                        State::Finished
                    };
                    if matches!(self.state, State::Finished) {
                        finish(session);
                        return Step::Done;
                    }
                }
                Step::More
            }
            State::Again => {
                if self.reading.is_some() {
                    return self.read(session, input, fuel);
                }
                if !self.next_again(session) {
                    self.state = State::Finished;
                    finish(session);
                    return Step::Done;
                }
                Step::More
            }
            State::Finished => Step::Done,
        }
    }

    fn progress(&self, _: &Session) -> Option<Progress> {
        Some(Progress {
            phase: Phase::Reading,
            done: self.done,
            of: self.of,
            unit: "bytes",
        })
    }
}
