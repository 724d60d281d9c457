//! Two streams of HTTP/1 messages: heads found, bodies framed, answers given to their requests
//! (RFC 9112 sections 2, 6 and 9). Bodies pass through; heads are held while their bodies run.

use super::describe::{self, Exchange};
use super::framing::{Framing, Step};
use super::message::{Response, Transaction};
use super::names;
use super::open::{Open, Role};
use super::payload::Payload;
use super::read::{self, Entity};
use super::redirect::Redirects;
use super::upgrade;
use super::wire::{self, Head, Looks, StartLine};
use super::{AMBIGUOUS, CHUNKS, CODING, CONTINUATION, PROTOCOL};
use crate::body::BodyKey;
use crate::context::Ctx;
use crate::data::{Chunk, Data};
use crate::facts::{Artifact, Completeness, LinkKind, Message as _, MessageMeta, NameSource};
use crate::flow::RecognisedBy;
use crate::protocol::{Close, Direction, Progress, Protocol, Start, StreamDissector};
use crate::protocols::ntlmssp::Exchange as Login;
use crate::protocols::websocket;
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{ArtifactId, FlowId, LimitKind, PacketRef, Timestamp};

/// Longest head read; of a longer one the front is. Below what the engine holds for one message.
const HEAD: usize = 192 << 10;
/// Requests waiting for their answers in one flow.
const WAITING: usize = 1024;
/// Chunk sizes remembered of one message, to be shown.
const CHUNK_SIZES: usize = 4096;

static LONG_HEAD: LimitKind = LimitKind {
    id: "http.head",
    says: "a head was longer than is read; only its front was",
    bound: HEAD as u64,
    unit: "bytes",
};
static MANY_WAITING: LimitKind = LimitKind {
    id: "http.waiting",
    says: "more requests waited for answers on one connection than are remembered",
    bound: WAITING as u64,
    unit: "requests",
};

type At = (PacketRef, Timestamp);

/// One flow's dissector.
#[derive(Clone)]
pub(super) struct Http {
    sides: [Side; 2],
    /// Requests without a final answer, oldest first.
    waiting: VecDeque<Box<Transaction>>,
    /// Answered before their request was whole.
    early: VecDeque<Box<Transaction>>,
    count: u32,
    last_request: Option<PacketRef>,
    last_response: Option<PacketRef>,
    closed: [bool; 2],
    /// A message was seen.
    seen: bool,
    /// The connection was seen from its start.
    from_start: bool,
    /// It is within TLS.
    secure: bool,
    /// Who logs on with NTLM, which is good for the connection.
    login: Login,
}

#[derive(Clone, Default)]
struct Side {
    state: State,
    /// Bytes of the waiting head searched for its end.
    searched: usize,
    /// Bytes outside of messages were reported.
    reported: bool,
    /// Stream bytes were lost since the last message.
    lost: bool,
}

#[derive(Clone, Default)]
enum State {
    #[default]
    Start,
    /// The rest of a head that is too long.
    LongHead(Box<Open>),
    Body(Box<Open>),
}

impl Http {
    pub(super) fn start(start: Start) -> Box<dyn StreamDissector> {
        Box::new(Self {
            sides: [Side::default(), Side::default()],
            waiting: VecDeque::new(),
            early: VecDeque::new(),
            count: 0,
            last_request: None,
            last_response: None,
            closed: [false; 2],
            seen: false,
            from_start: start.from_start,
            secure: start.opened,
            login: Login::default(),
        })
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        let [forward, backward] = &mut self.sides;
        match direction {
            Direction::Forward => forward,
            Direction::Backward => backward,
        }
    }

    fn at_start(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let bytes = chunk.bytes();
        let blank = wire::leading_lines(bytes);
        if blank > 0 {
            return Progress::Consumed(blank);
        }
        match wire::looks(bytes) {
            Looks::More => return Progress::Need(bytes.len() + 1),
            Looks::Unlike => {
                // A message begins with a segment: what follows this one is looked at anew.
                let next = chunk.runs.iter().find(|r| r.offset > chunk.offset);
                let len = next.map_or(bytes.len() as u64, |r| r.offset - chunk.offset);
                let len = usize::try_from(len).unwrap_or(usize::MAX);
                return self.outside(ctx, direction, chunk.data.sub(0, len));
            }
            Looks::Like => {}
        }
        let searched = std::mem::take(&mut self.side(direction).searched);
        let end = wire::head_end(bytes, searched.min(bytes.len()));
        if end.is_none() && bytes.len() < HEAD {
            self.side(direction).searched = bytes.len();
            return Progress::Need(bytes.len() + 1);
        }
        let end = end.filter(|n| *n <= HEAD);
        if end.is_none() {
            ctx.limit(&LONG_HEAD);
        }
        let used = end.unwrap_or(HEAD);
        let open = self.begin(ctx, direction, chunk, used);
        if end.is_none() {
            self.side(direction).state = State::LongHead(open);
        } else {
            self.enter(ctx, direction, open);
        }
        Progress::Consumed(used)
    }

    /// Bytes that belong to no message: joined mid-stream, behind a hole, or no HTTP at all.
    fn outside(&mut self, ctx: &mut Ctx<'_>, direction: Direction, data: Data<'_>) -> Progress {
        if !self.seen {
            // A connection that begins with something else is not HTTP, whatever its port; one joined in
            // the middle may become readable.
            return if self.from_start && !self.side(direction).lost {
                Progress::NotMine
            } else {
                Progress::Consumed(data.len())
            };
        }
        let side = self.side(direction);
        let first = !std::mem::replace(&mut side.reported, true);
        describe::continuation(ctx, data);
        if first {
            ctx.anomaly(&CONTINUATION);
        }
        Progress::Consumed(data.len())
    }

    /// Reads a head: `len` bytes at the front of the chunk.
    fn begin(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        chunk: &Chunk<'_>,
        len: usize,
    ) -> Box<Open> {
        let data = chunk.data.sub(0, len);
        let first = chunk.packet_at(0);
        let head = Head::read(data.bytes);
        let entity = Entity::of(head.fields());
        let offset = chunk.offset + len as u64;
        let side = self.side(direction);
        let lost = std::mem::take(&mut side.lost);
        side.reported = false;
        self.seen = true;
        let mut bodiless = false;
        let (role, framing, artifact) = match head.start {
            StartLine::Request { .. } => {
                let txn = self.asked(ctx, direction, &head, &entity, first);
                let number = txn.number;
                let artifact = artifact(ctx, direction, offset, &txn, &entity, true);
                if self.waiting.len() >= WAITING {
                    ctx.limit(&MANY_WAITING);
                    if let Some(oldest) = self.waiting.pop_front() {
                        self.emit(ctx, oldest);
                    }
                }
                self.waiting.push_back(txn);
                (Role::Request(number), entity.request_framing(), artifact)
            }
            StartLine::Response { code, phrase, .. } => {
                let response = read::response(&head, &entity, first);
                if matches!(code, 100 | 102..=199)
                    && let Some(txn) = self.waiting.front_mut()
                {
                    txn.interim = Some((code, read::short(phrase)));
                    let number = txn.number;
                    let artifact = artifact(ctx, direction, offset, txn, &entity, false);
                    bodiless = true;
                    (Role::Interim(number), Framing::Length(0), artifact)
                } else {
                    let txn = self.answered(ctx, direction, response, lost);
                    let method = txn.request.as_ref().map(|r| &*r.method);
                    bodiless = Entity::is_bodiless(method, code);
                    let framing = entity.response_framing(method, code);
                    let artifact = artifact(ctx, direction, offset, &txn, &entity, false);
                    (Role::Response(txn), framing, artifact)
                }
            }
        };
        if entity.ambiguous {
            ctx.anomaly(&AMBIGUOUS);
        }
        if entity.unknown_coding {
            ctx.anomaly(&CODING);
        }
        let mut artifact = artifact;
        artifact.declared_size = match framing {
            Framing::Length(n) => Some(n),
            Framing::UntilClose | Framing::Chunked(_) => None,
        };
        Box::new(Open {
            head: data.bytes.to_vec(),
            cut: Vec::new(),
            place: (ctx.meta.packet, data.source, data.start),
            first: first.0,
            bodiless,
            websocket: entity.websocket,
            role,
            framing,
            content_length: entity.content_length,
            payload: Payload::new(artifact, &entity, describe::looked_at(ctx)),
            chunks: Vec::new(),
            began: false,
        })
    }

    fn asked(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        head: &Head<'_>,
        entity: &Entity,
        first: At,
    ) -> Box<Transaction> {
        self.count = self.count.saturating_add(1);
        let mut request = read::request(head, first, self.secure);
        request.content_type = entity.media.clone();
        let client = ctx.flow().map(|f| f.ends(direction).0.0);
        if let Some(client) = client {
            let url = request.url();
            if let Some((from, names)) =
                ctx.chain_state::<Redirects, _, _>(|r| r.led_to(client, &url))
            {
                request.redirected_from = Some(from);
                for name in names {
                    let text = name.text.as_bytes();
                    names::add(&mut request.names, text, NameSource::Redirect);
                }
            }
        }
        Box::new(Transaction {
            meta: ctx.message(direction, first),
            number: self.count,
            request: Some(request),
            response: None,
            interim: None,
            state: Completeness::CaptureEnded,
        })
    }

    fn answered(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        response: Response,
        lost: bool,
    ) -> Box<Transaction> {
        // Answers were lost: this is the one to the latest request before it.
        let asked_before = |t: &Transaction| {
            let request = t.request.as_ref();
            request.is_some_and(|r| r.first.0 < response.first.0)
        };
        while lost && self.waiting.get(1).is_some_and(|t| asked_before(t)) {
            if let Some(mut txn) = self.waiting.pop_front() {
                txn.state = Completeness::Lost;
                self.emit(ctx, txn);
            }
        }
        let mut txn = self.waiting.pop_front().unwrap_or_else(|| {
            self.count = self.count.saturating_add(1);
            Box::new(Transaction {
                meta: ctx.message(direction.other(), response.first),
                number: self.count,
                request: None,
                response: None,
                interim: None,
                state: Completeness::CaptureEnded,
            })
        });
        if matches!(response.status, 300..=308)
            && let (Some(request), Some(location)) = (&txn.request, &response.location)
            && let Some(client) = ctx.flow().map(|f| f.ends(direction).1.0)
        {
            let url = request.url();
            ctx.chain_state::<Redirects, _, ()>(|r| {
                r.saw(client, &url, location, &request.names);
                Some(())
            });
        }
        txn.response = Some(response);
        txn
    }

    /// A head is read: its body begins, or the message ends.
    fn enter(&mut self, ctx: &mut Ctx<'_>, direction: Direction, open: Box<Open>) {
        if open.framing.is_done() {
            self.finish(ctx, direction, open, Completeness::Complete);
        } else {
            self.side(direction).state = State::Body(open);
        }
    }

    fn long_head(&mut self, ctx: &mut Ctx<'_>, direction: Direction, bytes: &[u8]) -> Progress {
        let Some(end) = wire::head_end(bytes, 0) else {
            let keep = bytes.len().min(3);
            return match bytes.len() - keep {
                0 => Progress::Need(keep + 1),
                n => Progress::Consumed(n),
            };
        };
        if let State::LongHead(mut open) = std::mem::take(&mut self.side(direction).state) {
            if open.bodiless {
                self.finish(ctx, direction, open, Completeness::Complete);
            } else {
                // What says how the body is framed may stand in the part that was not read.
                self.side(direction).lost = true;
                if !open.framing.is_done() {
                    // Some of it or other is missing.
                    open.payload.gap(ctx, 1);
                }
                self.finish(ctx, direction, open, Completeness::Unread);
            }
        }
        Progress::Consumed(end)
    }

    fn body(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let State::Body(mut open) = std::mem::take(&mut self.side(direction).state) else {
            return Progress::Opaque;
        };
        let bytes = chunk.bytes();
        let first_step = !std::mem::replace(&mut open.began, true);
        let progress = match open.framing.step(bytes) {
            Step::Content(n) => {
                let content = bytes.get(..n).unwrap_or_default();
                open.payload
                    .data(ctx, content, chunk.offset, chunk.packet_at(0));
                Progress::Consumed(n)
            }
            Step::Frame(n, size) => {
                if let Some(size) = size.filter(|_| open.chunks.len() < CHUNK_SIZES) {
                    open.chunks.push(u32::try_from(size).unwrap_or(u32::MAX));
                }
                Progress::Consumed(n)
            }
            Step::Need(n) => {
                open.began = !first_step;
                self.side(direction).state = State::Body(open);
                return Progress::Need(n);
            }
            Step::Broken if first_step => {
                // Said to be chunked and is not.
                ctx.anomaly(&CHUNKS);
                open.framing = match (&open.role, open.content_length) {
                    (_, Some(n)) => Framing::Length(n),
                    (Role::Response(_), None) => Framing::UntilClose,
                    (_, None) => Framing::Length(0),
                };
                self.enter(ctx, direction, open);
                return self.again(ctx, direction, chunk);
            }
            Step::Broken => {
                ctx.anomaly(&CHUNKS);
                self.finish(ctx, direction, open, Completeness::Aborted);
                return self.again(ctx, direction, chunk);
            }
            Step::End => {
                self.finish(ctx, direction, open, Completeness::Complete);
                return self.again(ctx, direction, chunk);
            }
        };
        self.enter(ctx, direction, open);
        progress
    }

    /// The same bytes in the new state; never deeper than twice, because only a body's end leads here.
    fn again(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        match &self.side(direction).state {
            State::Body(_) => self.body(ctx, direction, chunk),
            _ => self.at_start(ctx, direction, chunk),
        }
    }

    /// A message ended in the packet being read.
    fn finish(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        mut open: Box<Open>,
        how: Completeness,
    ) {
        ctx.spans(direction, open.first, is_shown(how));
        let form = open.payload.form().to_vec();
        let how = open.payload.end(ctx, how);
        let now = (ctx.meta.packet, ctx.meta.time);
        let rows = std::mem::take(&mut open.payload.rows);
        let files = std::mem::take(&mut open.payload.names);
        let size = open.payload.size;
        match std::mem::replace(&mut open.role, Role::Interim(0)) {
            Role::Request(number) => {
                if let Some(txn) = self.find(number)
                    && let Some(request) = &mut txn.request
                {
                    request.last = now;
                    request.body_len = size;
                    request.artifacts = rows;
                    request.file_names = files;
                    request.state = how;
                    if request.credentials.is_none() {
                        request.credentials = read::form_login(&form);
                    }
                }
                if is_shown(how) {
                    let exchange = Exchange {
                        number,
                        previous_request: self.last_request,
                        ..Exchange::default()
                    };
                    let mut login = std::mem::take(&mut self.login);
                    let txn = self.find(number).map(|t| &*t);
                    describe::message(ctx, &open.view(exchange, txn), &mut login);
                    self.login = login;
                    self.last_request = Some(now.0);
                }
                if let Some(at) = self.early.iter().position(|t| t.number == number)
                    && let Some(txn) = self.early.remove(at)
                {
                    self.emit(ctx, txn);
                }
            }
            Role::Response(mut txn) => {
                txn.state = how;
                if let Some(response) = &mut txn.response {
                    response.last = now;
                    response.body_len = size;
                    response.artifacts = rows;
                }
                let asked = txn.request.as_ref();
                let asked = asked.map(|r| (r.last, &*r.method == "CONNECT"));
                let running = self.is_running(direction.other(), txn.number);
                if let Some(((request, _), _)) = asked
                    && !running
                    && how != Completeness::CaptureEnded
                {
                    ctx.link(LinkKind::Answer, request, now.0, txn.number);
                }
                let exchange = Exchange {
                    number: txn.number,
                    request: asked.map(|a| a.0).filter(|_| !running),
                    previous_request: None,
                    previous_response: self.last_response,
                };
                let status = txn.status();
                if is_shown(how) {
                    let view = open.view(exchange, Some(&txn));
                    let goes_on = describe::message(ctx, &view, &mut self.login);
                    if !goes_on {
                        let refused = matches!(status, Some(401 | 407));
                        self.login.finish(ctx, Some(!refused));
                    }
                    self.last_response = Some(now.0);
                }
                let tunnel =
                    asked.is_some_and(|a| a.1) && status.is_some_and(|s| (200..300).contains(&s));
                let leaves = how != Completeness::CaptureEnded && (tunnel || status == Some(101));
                let websocket = status == Some(101) && open.websocket;
                if leaves && websocket {
                    upgrade::session(ctx, &txn, &open.head);
                }
                if running {
                    self.early.push_back(txn);
                } else {
                    self.emit(ctx, txn);
                }
                if leaves {
                    self.leave(ctx, websocket.then_some(&websocket::PROTOCOL));
                }
            }
            Role::Interim(number) => {
                let running = self.is_running(direction.other(), number);
                let txn = self.find(number).filter(|_| !running);
                let request = txn.and_then(|t| t.request.as_ref()).map(|r| r.last);
                if let Some((asked, _)) = request {
                    ctx.link(LinkKind::Answer, asked, now.0, number);
                }
                let exchange = Exchange {
                    number,
                    request,
                    previous_response: self.last_response,
                    ..Exchange::default()
                };
                describe::message(ctx, &open.view(exchange, None), &mut self.login);
            }
        }
    }

    /// The connection is another protocol's from here on.
    fn leave(&mut self, ctx: &mut Ctx<'_>, to: Option<&'static Protocol>) {
        // An answer may come before its request has ended.
        for direction in [Direction::Forward, Direction::Backward] {
            match std::mem::take(&mut self.side(direction).state) {
                State::Body(open) | State::LongHead(open) => {
                    self.finish(ctx, direction, open, Completeness::Aborted);
                }
                State::Start => {}
            }
        }
        while let Some(txn) = self.early.pop_front() {
            self.emit(ctx, txn);
        }
        while let Some(txn) = self.waiting.pop_front() {
            self.emit(ctx, txn);
        }
        ctx.hand_over(to);
    }

    fn find(&mut self, number: u32) -> Option<&mut Transaction> {
        let Self {
            sides,
            waiting,
            early,
            ..
        } = self;
        let open = sides.iter_mut().filter_map(|s| match &mut s.state {
            State::Body(open) | State::LongHead(open) => match &mut open.role {
                Role::Response(txn) => Some(txn),
                _ => None,
            },
            State::Start => None,
        });
        waiting
            .iter_mut()
            .rev()
            .chain(early.iter_mut())
            .chain(open)
            .find(|t| t.number == number)
            .map(|t| &mut **t)
    }

    /// Is the request with this number still being sent?
    fn is_running(&mut self, direction: Direction, number: u32) -> bool {
        match &self.side(direction).state {
            State::Body(open) | State::LongHead(open) => {
                matches!(open.role, Role::Request(n) if n == number)
            }
            State::Start => false,
        }
    }

    fn emit(&mut self, ctx: &mut Ctx<'_>, txn: Box<Transaction>) {
        emit(ctx, txn);
    }
}

/// Writes a transaction's row, from its first byte to its last.
pub(super) fn emit(ctx: &mut Ctx<'_>, mut txn: Box<Transaction>) {
    let request = txn.request.as_ref().map(|r| (r.first, r.last));
    let response = txn.response.as_ref().map(|r| (r.first, r.last));
    let (Some(first), Some(last)) = (request.or(response), response.or(request)) else {
        return;
    };
    let latest = request.map_or(last.1, |r| r.1.max(last.1));
    txn.meta = MessageMeta {
        first: first.0.0,
        time: first.0.1,
        last: latest.0,
        end: latest.1,
        ..txn.meta
    };
    let request = txn.request.iter().flat_map(|r| &r.artifacts);
    let response = txn.response.iter().flat_map(|r| &r.artifacts);
    let artifacts: SmallVec<[u32; 4]> = request.chain(response).copied().collect();
    let row = ctx.emit(*txn);
    ctx.carried_by(&artifacts, row);
}

impl StreamDissector for Http {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        match &self.side(direction).state {
            State::Start => self.at_start(ctx, direction, chunk),
            State::LongHead(_) => self.long_head(ctx, direction, chunk.bytes()),
            State::Body(_) => self.body(ctx, direction, chunk),
        }
    }

    fn cut(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) {
        let bytes = chunk.bytes();
        let at_start = matches!(self.side(direction).state, State::Start);
        if let Some(len) = wire::front(bytes).filter(|_| at_start) {
            // A head without its end: what it says is said.
            self.side(direction).searched = 0;
            let mut open = self.begin(ctx, direction, chunk, len);
            open.cut = bytes.get(len..).unwrap_or_default().to_vec();
            self.finish(ctx, direction, open, Completeness::Cut);
        }
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: u64, len: u64) -> bool {
        let side = self.side(direction);
        side.searched = 0;
        match std::mem::take(&mut side.state) {
            State::Start => side.lost = true,
            State::LongHead(open) => {
                side.lost = true;
                self.finish(ctx, direction, open, Completeness::Lost);
            }
            State::Body(mut open) => match open.framing.gap(len) {
                Ok(()) => {
                    open.payload.gap(ctx, len);
                    self.enter(ctx, direction, open);
                }
                Err(known) => {
                    side.lost = true;
                    // Where nothing of a known length is missing, some byte or other is.
                    open.payload.gap(ctx, known.max(1));
                    self.finish(ctx, direction, open, Completeness::Lost);
                }
            },
        }
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        let short = match how {
            Close::Fin | Close::Reset => Completeness::Aborted,
            Close::End => Completeness::CaptureEnded,
        };
        match std::mem::take(&mut self.side(direction).state) {
            State::Body(open) => {
                let until_close = matches!(open.framing, Framing::UntilClose);
                let how = if until_close && how == Close::Fin {
                    Completeness::Complete
                } else {
                    short
                };
                self.finish(ctx, direction, open, how);
            }
            // Its head never ended.
            State::LongHead(open) => self.finish(ctx, direction, open, short),
            State::Start => {}
        }
        let [forward, backward] = &mut self.closed;
        *(if direction == Direction::Forward {
            forward
        } else {
            backward
        }) = true;
        let answers = self.waiting.front().map(|t| t.meta.direction.other());
        if answers == Some(direction) || self.closed == [true, true] {
            while let Some(mut txn) = self.waiting.pop_front() {
                txn.state = short;
                self.emit(ctx, txn);
            }
            while let Some(txn) = self.early.pop_front() {
                self.emit(ctx, txn);
            }
        }
        if self.closed == [true, true] {
            self.login.finish(ctx, None);
        }
        if self.closed == [true, true] && !self.seen {
            // Only its port said HTTP.
            ctx.flow_record(|f| {
                f.protocol = None;
                f.recognised_by = RecognisedBy::Nothing;
            });
        }
    }

    fn tells_spans(&self) -> bool {
        true
    }

    fn held(&self) -> usize {
        let open = self.sides.iter().map(|s| match &s.state {
            State::Start => 0,
            State::LongHead(open) | State::Body(open) => open.held(),
        });
        let rows = self.waiting.iter().chain(&self.early);
        open.sum::<usize>()
            + rows
                .map(|t| size_of::<Transaction>() + t.heap())
                .sum::<usize>()
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}

/// Does a message that ended so show in its last packet? As in Wireshark, one cut short by its sender does not.
fn is_shown(how: Completeness) -> bool {
    !matches!(how, Completeness::Aborted | Completeness::CaptureEnded)
}

/// The draft of the artifact that a message's body is.
pub(super) fn artifact(
    ctx: &Ctx<'_>,
    direction: Direction,
    offset: u64,
    txn: &Transaction,
    entity: &Entity,
    sent: bool,
) -> Artifact {
    let nobody = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let ends = ctx.flow().map(|f| f.ends(direction));
    let (from, to) = ends.unwrap_or((nobody, nobody));
    let (client, server) = if sent { (from, to) } else { (to, from) };
    let mut names = names::Names::new();
    if let Some(name) = &entity.disposition {
        names::add(&mut names, name, NameSource::Disposition);
    }
    for name in txn.request.iter().flat_map(|r| &r.names) {
        names::add(&mut names, name.text.as_bytes(), name.from);
    }
    let now = (PacketRef::default(), Timestamp::default());
    Artifact {
        id: ArtifactId::default(),
        key: BodyKey {
            flow: ctx.packet.flow.map_or(FlowId(0), |f| f.0),
            direction,
            offset,
        },
        protocol: &PROTOCOL,
        message: None,
        names,
        declared_type: entity.media.clone(),
        found_type: None,
        encodings: entity.encodings.clone(),
        declared_size: None,
        wire_size: 0,
        missing: SmallVec::new(),
        range: entity.range.clone(),
        validator: entity.validator(),
        url: txn.url().unwrap_or_default().into(),
        client,
        server,
        sent,
        ascii: false,
        asked: txn.request.as_ref().map(|r| r.first),
        first: now.0,
        last: now.0,
        begun: now.1,
        ended: now.1,
        state: Completeness::CaptureEnded,
    }
}
