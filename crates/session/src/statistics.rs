//! Statistics over packets: from index and flow records where they know, else by one replay.
//! Counts what Wireshark's taps count; draws no conclusion.

use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Phase, Progress, Step};
use crate::replay::{Replay, Visitor};
use crate::scan::Matches;
use crate::session::{Chain, Session};
use std::net::IpAddr;
use std::rc::Rc;
use weir_analyze::statistics::{
    Conversation, End, Experts, Hierarchy, MANY_EXPERTS, MANY_PAIRS, MANY_RESPONSES, Pairs,
    Responses, Way,
};
use weir_dissect::{BodySink, Transport, registry};
use weir_model::{
    ByteRange, CaptureId, Duration, Field, FieldSink, LayerInfo, LimitKind, Mac, PacketRef,
    SourceId, Timestamp, Value,
};

/// Bytes of a packet's comment in the expert summary, as of every remark.
const COMMENT: usize = 239;

/// Whose conversations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Talk {
    /// Hardware addresses of every Ethernet header, those inside tunnels too.
    Ethernet,
    /// Addresses of every IPv4 header.
    Ipv4,
    /// Addresses of every IPv6 header.
    Ipv6,
    /// TCP streams.
    Tcp,
    /// UDP streams.
    Udp,
}

impl Talk {
    /// All of them, in the order of the layers.
    pub const ALL: [Self; 5] = [Self::Ethernet, Self::Ipv4, Self::Ipv6, Self::Tcp, Self::Udp];

    /// The filter name of the layer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "eth",
            Self::Ipv4 => "ip",
            Self::Ipv6 => "ipv6",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// By the filter name of its layer.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    fn of(transport: Transport) -> Self {
        match transport {
            Transport::Tcp => Self::Tcp,
            Transport::Udp => Self::Udp,
        }
    }
}

/// Which tables are made.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// The protocol hierarchy.
    pub hierarchy: bool,
    /// Conversations of these.
    pub talk: Vec<Talk>,
    /// The expert summary.
    pub experts: bool,
    /// Response times.
    pub responses: bool,
}

impl Wanted {
    fn talks(&self, talk: Talk) -> bool {
        self.talk.contains(&talk)
    }
}

/// What was counted.
#[derive(Default)]
pub struct Tables {
    /// The protocol hierarchy.
    pub hierarchy: Hierarchy,
    pairs: [Pairs; Talk::ALL.len()],
    /// The expert summary.
    pub experts: Experts,
    /// Response times.
    pub responses: Responses,
}

impl Tables {
    /// Conversations of one kind.
    #[must_use]
    pub fn pairs(&self, talk: Talk) -> &Pairs {
        &self.pairs[talk as usize]
    }

    /// Bounds that were hit, and how often.
    #[must_use]
    pub fn limits(&self) -> Vec<(&'static LimitKind, u64)> {
        let pairs = self.pairs.iter().map(Pairs::beyond).sum();
        [
            (&MANY_PAIRS, pairs),
            (&MANY_EXPERTS, self.experts.beyond()),
            (&MANY_RESPONSES, self.responses.beyond()),
        ]
        .into_iter()
        .filter(|l| l.1 > 0)
        .collect()
    }
}

/// How often the layers that have conversations stand in a sequence of layers.
#[derive(Clone, Copy, Default)]
struct Shape {
    of: [u8; Talk::ALL.len()],
    /// It has a protocol whose response times are counted.
    answers: bool,
}

impl Shape {
    fn all(chain: &Chain) -> Vec<Self> {
        let stacks = chain.facts().stacks.all().iter();
        let shape = |layers: &[weir_dissect::ProtocolId]| {
            let mut shape = Self::default();
            for name in layers.iter().filter_map(|id| registry().get(*id)) {
                let name = name.info.name;
                if let Some(talk) = Talk::named(name) {
                    let n = &mut shape.of[talk as usize];
                    *n = n.saturating_add(1);
                }
                shape.answers |= Service::named(name).is_some();
            }
            shape
        };
        stacks.map(|s| shape(&s.layers)).collect()
    }

    fn has(&self, talk: Talk) -> u8 {
        self.of[talk as usize]
    }

    fn networks(&self) -> u8 {
        self.has(Talk::Ipv4).saturating_add(self.has(Talk::Ipv6))
    }

    fn transports(&self) -> u8 {
        self.has(Talk::Tcp).saturating_add(self.has(Talk::Udp))
    }
}

/// A protocol whose response times are counted: its name, the field of the time, and that of what was asked.
struct Service {
    name: &'static str,
    time: &'static str,
    /// Without one, answers are told apart by who gave them.
    procedure: Option<&'static str>,
}

static SERVICES: [Service; 4] = [
    Service {
        name: "http",
        time: "http.time",
        procedure: None,
    },
    Service {
        name: "dns",
        time: "dns.time",
        procedure: Some("dns.qry.type"),
    },
    Service {
        name: "smb",
        time: "smb.time",
        procedure: Some("smb.cmd"),
    },
    Service {
        name: "smb2",
        time: "smb2.time",
        procedure: Some("smb2.cmd"),
    },
];

impl Service {
    fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|s| s.name == name)
    }
}

/// Something open in the tree of the packet at hand.
enum Open {
    Talk(Talk),
    Service(&'static Service),
    Expert,
    Other,
}

/// Sorts a described packet's fields into the tables.
struct Tap {
    wanted: Wanted,
    tables: Tables,
    /// Conversations that index and flow record do not tell for the packet at hand.
    unknown: [bool; Talk::ALL.len()],
    packet: PacketRef,
    wire: u64,
    time: Timestamp,
    quoted: bool,
    open: Vec<Open>,
    macs: (Option<Mac>, Option<Mac>),
    /// Of the innermost network so far.
    addresses: (Option<IpAddr>, Option<IpAddr>),
    ports: (Option<u16>, Option<u16>),
    stream: Option<(CaptureId, u32)>,
    took: Option<Duration>,
    procedure: String,
    severity: &'static str,
    group: String,
    protocol: String,
    message: String,
}

impl Tap {
    fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            tables: Tables::default(),
            unknown: [false; Talk::ALL.len()],
            packet: PacketRef::default(),
            wire: 0,
            time: Timestamp::default(),
            quoted: false,
            open: Vec::new(),
            macs: (None, None),
            addresses: (None, None),
            ports: (None, None),
            stream: None,
            took: None,
            procedure: String::new(),
            severity: "",
            group: String::new(),
            protocol: String::new(),
            message: String::new(),
        }
    }

    fn unknown(&self, talk: Talk) -> bool {
        self.unknown[talk as usize]
    }

    fn count(&mut self, talk: Talk, from: End, to: End) {
        let stream = self.stream.filter(|_| matches!(from, End::Socket(..)));
        self.tables.pairs[talk as usize].add(&Way {
            from,
            to,
            stream,
            packet: self.packet,
            bytes: self.wire,
            time: self.time,
        });
    }

    /// A layer with conversations was described.
    fn talked(&mut self, talk: Talk) {
        if !self.unknown(talk) {
            return;
        }
        let ends = match talk {
            Talk::Ethernet => {
                let ends = self.macs.0.zip(self.macs.1);
                ends.map(|(a, b)| (End::Mac(a), End::Mac(b)))
            }
            Talk::Ipv4 | Talk::Ipv6 => {
                let ends = self.addresses.0.zip(self.addresses.1);
                ends.map(|(a, b)| (End::Ip(a), End::Ip(b)))
            }
            Talk::Tcp | Talk::Udp => {
                let ends = self.addresses.0.zip(self.addresses.1);
                let ports = self.ports.0.zip(self.ports.1);
                ends.zip(ports).map(|(ends, ports)| {
                    (End::Socket(ends.0, ports.0), End::Socket(ends.1, ports.1))
                })
            }
        };
        if let Some((from, to)) = ends {
            self.count(talk, from, to);
        }
    }

    /// A layer whose answers are timed was described.
    fn answered(&mut self, service: &'static Service) {
        if let Some(took) = self.took.take() {
            let by = self.addresses.0.map(|ip| ip.to_string());
            let procedure = match service.procedure {
                Some(_) => std::mem::take(&mut self.procedure),
                None => by.unwrap_or_default(),
            };
            let responses = &mut self.tables.responses;
            responses.add(service.name, &procedure, took, self.packet);
        }
    }

    fn take(&mut self, field: &'static Field, value: Value<'_>) {
        match (field.name, value) {
            ("eth.src", Value::Mac(mac)) => self.macs.0 = Some(mac),
            ("eth.dst", Value::Mac(mac)) => self.macs.1 = Some(mac),
            ("ip.src", Value::Ipv4(ip)) => self.addresses.0 = Some(ip.into()),
            ("ip.dst", Value::Ipv4(ip)) => self.addresses.1 = Some(ip.into()),
            ("ipv6.src", Value::Ipv6(ip)) => self.addresses.0 = Some(ip.into()),
            ("ipv6.dst", Value::Ipv6(ip)) => self.addresses.1 = Some(ip.into()),
            ("tcp.srcport" | "udp.srcport", Value::Uint(n)) => {
                self.ports.0 = u16::try_from(n).ok();
            }
            ("tcp.dstport" | "udp.dstport", Value::Uint(n)) => {
                self.ports.1 = u16::try_from(n).ok();
            }
            ("tcp.stream" | "udp.stream", Value::Uint(n)) => {
                let of = self.packet.capture;
                self.stream = u32::try_from(n).ok().map(|n| (of, n));
            }
            ("_ws.expert.message", Value::Text(text)) => text.clone_into(&mut self.message),
            ("_ws.expert.group", Value::Text(text)) => text.clone_into(&mut self.group),
            ("weir.expert.protocol", Value::Text(text)) => text.clone_into(&mut self.protocol),
            ("_ws.expert.severity", Value::Uint(n)) => {
                self.severity = field.word(n).unwrap_or_default();
            }
            (name, value) => self.timed(name, field, value),
        }
    }

    fn timed(&mut self, name: &str, field: &'static Field, value: Value<'_>) {
        let Some(Open::Service(service)) = self
            .open
            .iter()
            .rev()
            .find(|o| matches!(o, Open::Service(_)))
        else {
            return;
        };
        match value {
            Value::Duration(took) if service.time == name => self.took = Some(took),
            Value::Uint(n) if service.procedure == Some(name) && self.procedure.is_empty() => {
                self.procedure = field.word(n).map_or_else(|| n.to_string(), str::to_owned);
            }
            _ => {}
        }
    }
}

impl FieldSink for Tap {
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        // What is quoted is no traffic.
        if self.quoted {
            return false;
        }
        if layer.name == "_ws.expert" {
            return self.wanted.experts;
        }
        match Talk::named(layer.name) {
            Some(Talk::Ethernet) => self.unknown(Talk::Ethernet),
            // Their addresses are those of the layers inside, and of who answers.
            Some(Talk::Ipv4 | Talk::Ipv6) => {
                self.wanted.responses || Talk::ALL.iter().skip(1).any(|t| self.unknown(*t))
            }
            Some(talk) => self.unknown(talk),
            None => self.wanted.responses && Service::named(layer.name).is_some(),
        }
    }

    fn layer(&mut self, layer: &'static LayerInfo, _: ByteRange) {
        self.open.push(match Talk::named(layer.name) {
            Some(talk) => {
                match talk {
                    Talk::Ethernet => self.macs = (None, None),
                    Talk::Ipv4 | Talk::Ipv6 => self.addresses = (None, None),
                    Talk::Tcp | Talk::Udp => (self.ports, self.stream) = ((None, None), None),
                }
                Open::Talk(talk)
            }
            None => match Service::named(layer.name) {
                Some(service) => {
                    (self.took, self.procedure) = (None, String::new());
                    Open::Service(service)
                }
                None => Open::Other,
            },
        });
    }

    fn open(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
        self.open.push(if field.name == "_ws.expert" {
            Open::Expert
        } else {
            Open::Other
        });
    }

    fn field(&mut self, field: &'static Field, value: Value<'_>, _: ByteRange) {
        self.take(field, value);
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Talk(talk)) => self.talked(talk),
            Some(Open::Service(service)) => self.answered(service),
            Some(Open::Expert) => self.tables.experts.add(
                self.severity,
                &self.group,
                &self.protocol,
                &self.message,
                self.packet,
            ),
            _ => {}
        }
    }

    fn quoted(&mut self, on: bool) {
        self.quoted = on;
    }

    fn source(&mut self, _: &'static str, _: &[u8]) -> SourceId {
        SourceId(1)
    }

    fn info(&mut self, _: std::fmt::Arguments<'_>) {}
}

/// The tap with, packet by packet, what it has to find out.
struct Reader {
    tap: Tap,
    /// For each packet to be read, in order.
    unknown: std::vec::IntoIter<(PacketRef, [bool; Talk::ALL.len()])>,
}

impl Visitor for Reader {
    fn look(
        &mut self,
        packet: PacketRef,
        entry: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        let tap = &mut self.tap;
        tap.unknown = self
            .unknown
            .find(|(p, _)| *p == packet)
            .map_or_else(Default::default, |(_, u)| u);
        tap.packet = packet;
        tap.wire = u64::from(entry.wire);
        tap.time = entry.time;
        tap.quoted = false;
        tap.open.clear();
        tap.macs = (None, None);
        tap.addresses = (None, None);
        tap.ports = (None, None);
        tap.stream = None;
        (&mut self.tap, None)
    }

    fn described(&mut self, _: PacketRef, _: &Session) {}
}

enum Stage {
    /// Counting what is known: chain, capture's place in it, next packet.
    Plan(usize, usize, u32),
    /// Reading what is not known of a chain.
    Read(usize, Box<Replay<Reader>>),
    Done,
}

/// Makes the wanted tables.
pub struct Statistics {
    stage: Stage,
    among: Option<Rc<Matches>>,
    tap: Option<Tap>,
    shapes: Vec<Shape>,
    open: Vec<(PacketRef, [bool; Talk::ALL.len()])>,
    /// Packets that had to be read.
    pub read: u64,
    done: u64,
    begun: bool,
}

impl Statistics {
    /// Over all packets, or those `among`.
    #[must_use]
    pub fn new(wanted: Wanted, among: Option<Rc<Matches>>) -> Self {
        Self {
            stage: Stage::Plan(0, 0, 1),
            among,
            tap: Some(Tap::new(wanted)),
            shapes: Vec::new(),
            open: Vec::new(),
            read: 0,
            done: 0,
            begun: false,
        }
    }

    /// Was a step made?
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.begun
    }

    /// Counts only packets `among`; before the first step.
    pub fn narrow(&mut self, among: Option<Rc<Matches>>) {
        self.among = among;
    }

    /// What was counted, when the job is done.
    #[must_use]
    pub fn tables(self) -> Tables {
        match self.stage {
            Stage::Read(_, replay) => replay.visitor.tap.tables,
            _ => self.tap.map(|t| t.tables).unwrap_or_default(),
        }
    }

    fn plan(&mut self, session: &Session, at: (usize, usize, u32), fuel: u32) {
        let (chain_no, place, from) = at;
        let Some(chain) = session.chains.get(chain_no) else {
            self.stage = Stage::Done;
            return;
        };
        let Some(tap) = &mut self.tap else { return };
        if (place, from) == (0, 1) {
            self.shapes = Shape::all(chain);
            if self.among.is_none() {
                whole(tap, chain);
            }
        }
        let Some(capture) = chain.captures.get(place).map(|id| session.capture(*id)) else {
            let open = std::mem::take(&mut self.open);
            self.read += open.len() as u64;
            if let Some(tap) = self.tap.take() {
                let targets: Vec<PacketRef> = open.iter().map(|(p, _)| *p).collect();
                let reader = Reader {
                    tap,
                    unknown: open.into_iter(),
                };
                let replay = Replay::new(session, chain_no, &targets, false, reader);
                self.stage = Stage::Read(chain_no, Box::new(replay));
            }
            return;
        };
        let Some(capture) = capture else {
            self.stage = Stage::Plan(chain_no, place + 1, 1);
            return;
        };
        let end = from.saturating_add(fuel.max(1)) - 1;
        let to = capture.index.len().min(end);
        for number in from..=to {
            self.done += 1;
            let packet = PacketRef {
                capture: capture.id,
                number,
            };
            if self.among.as_ref().is_some_and(|m| !m.has(packet)) {
                continue;
            }
            let Some(entry) = capture.index.get(number) else {
                continue;
            };
            if tap.wanted.experts {
                comments(tap, &capture.comments, packet);
            }
            let shape = self.shapes.get(usize::from(entry.stack.0));
            let shape = shape.copied().unwrap_or_default();
            let filtered = self.among.is_some();
            let unknown = known(tap, chain, packet, &entry, shape, filtered);
            let wanted = &tap.wanted;
            let read = wanted.experts || (wanted.responses && shape.answers);
            if read || unknown.contains(&true) {
                self.open.push((packet, unknown));
            }
        }
        self.stage = if to >= capture.index.len() {
            Stage::Plan(chain_no, place + 1, 1)
        } else {
            Stage::Plan(chain_no, place, to + 1)
        };
    }
}

/// What somebody wrote at the packet is part of the expert summary.
fn comments(tap: &mut Tap, comments: &[(u32, String)], packet: PacketRef) {
    let from = comments.partition_point(|c| c.0 < packet.number);
    let of = comments.iter().skip(from);
    for (_, text) in of.take_while(|c| c.0 == packet.number) {
        let end = text.floor_char_boundary(COMMENT);
        let text = text.get(..end).unwrap_or_default();
        let experts = &mut tap.tables.experts;
        experts.add("Comment", "Comment", "frame", text, packet);
    }
}

/// What a whole chain tells without a look at its packets.
fn whole(tap: &mut Tap, chain: &Chain) {
    if tap.wanted.hierarchy {
        for stack in chain.facts().stacks.all() {
            tap.tables.hierarchy.add(stack, stack.packets, stack.bytes);
        }
    }
    for flow in &chain.facts().flows {
        let talk = Talk::of(flow.transport);
        if tap.wanted.talks(talk) {
            tap.tables.pairs[talk as usize].push(Conversation {
                a: End::Socket(flow.client.0, flow.client.1),
                b: End::Socket(flow.server.0, flow.server.1),
                stream: Some(flow.home()),
                packets: flow.packets.map(u64::from),
                bytes: flow.bytes,
                first: flow.first,
                begun: flow.begun,
                ended: flow.ended,
            });
        }
    }
}

/// Counts what index and flow record tell of a packet; what they do not must be read.
fn known(
    tap: &mut Tap,
    chain: &Chain,
    packet: PacketRef,
    entry: &PacketEntry,
    shape: Shape,
    filtered: bool,
) -> [bool; Talk::ALL.len()] {
    let mut unknown = [false; Talk::ALL.len()];
    if filtered && tap.wanted.hierarchy {
        let stacks = chain.facts().stacks.all();
        if let Some(stack) = stacks.get(usize::from(entry.stack.0)) {
            tap.tables.hierarchy.add(stack, 1, u64::from(entry.wire));
        }
    }
    tap.packet = packet;
    tap.wire = u64::from(entry.wire);
    tap.time = entry.time;
    let flow = entry
        .flow
        .and_then(|(id, direction)| Some((chain.facts().flow(id)?, direction)));
    // One network and one transport: the packet's own flow has their addresses.
    let plain = flow.filter(|_| shape.networks() == 1 && shape.transports() == 1);
    for talk in Talk::ALL {
        if !tap.wanted.talks(talk) || shape.has(talk) == 0 {
            continue;
        }
        match (talk, plain) {
            (Talk::Tcp | Talk::Udp, _) if !filtered => {}
            (Talk::Ipv4 | Talk::Ipv6, Some((flow, direction))) => {
                let (from, to) = flow.ends(direction);
                tap.count(talk, End::Ip(from.0), End::Ip(to.0));
            }
            (Talk::Tcp | Talk::Udp, Some((flow, direction))) => {
                let (from, to) = flow.ends(direction);
                tap.stream = Some(flow.home());
                let ends = [from, to].map(|e| End::Socket(e.0, e.1));
                tap.count(talk, ends[0], ends[1]);
            }
            _ => unknown[talk as usize] = true,
        }
    }
    unknown
}

impl Job for Statistics {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        self.begun = true;
        match &mut self.stage {
            Stage::Plan(chain, place, from) => {
                let at = (*chain, *place, *from);
                self.plan(session, at, fuel);
                if matches!(self.stage, Stage::Done) {
                    Step::Done
                } else {
                    Step::More
                }
            }
            Stage::Read(chain, replay) => match replay.step(session, input, fuel) {
                Step::Done => {
                    let next = Stage::Plan(*chain + 1, 0, 1);
                    if let Stage::Read(_, replay) = std::mem::replace(&mut self.stage, next) {
                        self.tap = Some(replay.visitor.tap);
                    }
                    Step::More
                }
                step => step,
            },
            Stage::Done => Step::Done,
        }
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        match &self.stage {
            Stage::Read(_, replay) => replay.progress(session),
            _ => Some(Progress {
                phase: Phase::Analysing,
                done: self.done,
                of: session.packets(),
                unit: "packets",
            }),
        }
    }
}
