//! What a dissector works with while a packet is read: the packet's state, the sink, the facts.

use crate::anomaly::AnomalyKind;
use crate::body::BodySink;
use crate::data::Data;
use crate::dissector::Core;
use crate::facts::{
    Anomalies, Anomaly, Artifact, Bindings, Facts, Layers, Link, LinkKind, Links, Marks, Message,
    MessageMeta, Span, Spans, Tunnels,
};
use crate::flow::{Expectation, Flow, FlowState, Live, Way};
use crate::protocol::{Direction, Over, Protocol, Severity, Transport};
use crate::registry::registry;
use crate::secrets::{Keys, MANY_SESSIONS, Secret, SessionName};
use smallvec::SmallVec;
use std::fmt;
use std::net::IpAddr;
use std::rc::Rc;
use weir_model::{
    ArtifactId, ByteRange, Duration, Field, FieldSink, FlowId, LimitKind, Mac, PacketRef, Record,
    SourceId, Timestamp, Value,
};

/// Layers of a packet.
pub(crate) const LAYERS: usize = 64;
/// Networks inside networks.
pub(crate) const NESTED: u8 = 8;

pub(crate) static DEEP: LimitKind = LimitKind {
    id: "packet.layers",
    says: "a packet had more layers than are read",
    bound: LAYERS as u64,
    unit: "layers",
};
static NESTS: LimitKind = LimitKind {
    id: "packet.nested",
    says: "a packet had more networks inside each other than are read",
    bound: NESTED as u64,
    unit: "networks",
};
static ROWS: LimitKind = LimitKind {
    id: "facts.messages",
    says: "more messages than the row budget holds; later ones are counted in flows but not listed",
    bound: Core::MESSAGES as u64,
    unit: "bytes",
};
static MANY_ARTIFACTS: LimitKind = LimitKind {
    id: "facts.artifacts",
    says: "more files than are listed, or than one packet can name; the messages that carried them are listed all the same",
    bound: Core::ARTIFACTS as u64,
    unit: "bytes",
};
static MANY_LINKS: LimitKind = LimitKind {
    id: "facts.links",
    says: "more packet-to-packet links than are kept",
    bound: Links::ROWS as u64,
    unit: "links",
};
static MANY_SPANS: LimitKind = LimitKind {
    id: "facts.spans",
    says: "more messages of several packets than are remembered as such",
    bound: Spans::ROWS as u64,
    unit: "messages",
};
static MANY_ANOMALIES: LimitKind = LimitKind {
    id: "facts.anomalies",
    says: "more anomalies than are listed; they are counted",
    bound: Anomalies::ROWS as u64,
    unit: "anomalies",
};
static MANY_TUNNELS: LimitKind = LimitKind {
    id: "facts.tunnels",
    says: "more pairs of hosts with networks inside others than are kept",
    bound: Tunnels::ROWS as u64,
    unit: "pairs",
};

static MANY_BINDINGS: LimitKind = LimitKind {
    id: "facts.bindings",
    says: "more changes of hardware address than are kept",
    bound: Bindings::ROWS as u64,
    unit: "intervals",
};

/// A layer's bytes break its specification or end too early.
pub static MALFORMED: AnomalyKind = AnomalyKind {
    id: "_ws.malformed",
    says: "the bytes do not follow the protocol's specification",
    severity: Severity::Error,
    group: "Malformed",
};

/// What the door knows of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PacketMeta {
    /// Its capture and number.
    pub packet: PacketRef,
    /// When; of the packet before it where it is untimed.
    pub time: Timestamp,
    /// The container keeps no time for it.
    pub untimed: bool,
    /// What it is instead of a packet.
    pub record: Option<Record>,
    /// Bytes on the wire.
    pub wire_len: u32,
    /// LINKTYPE_ number.
    pub link_type: u32,
    /// Interface number in its capture.
    pub interface: u32,
    /// Time of the first packet of its capture.
    pub first: Timestamp,
    /// Time of the packet before it in its capture.
    pub previous: Option<Timestamp>,
}

/// Sender and receiver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Addresses {
    /// Sender.
    pub src: IpAddr,
    /// Receiver.
    pub dst: IpAddr,
}

/// What the layers read so far have said; inner layers overwrite outer ones.
#[derive(Clone, Debug, Default)]
pub struct PacketState {
    /// Outermost first.
    pub layers: Layers,
    /// What the tree shows and the list of layers does not name, or the other way round.
    pub marks: Marks,
    /// Hardware sender and receiver.
    pub macs: Option<(Mac, Mac)>,
    /// Network sender and receiver.
    pub addresses: Option<Addresses>,
    /// Ports of sender and receiver.
    pub ports: Option<(u16, u16)>,
    /// TCP or UDP.
    pub transport: Option<Transport>,
    /// VLAN ids, outermost first.
    pub vlans: SmallVec<[u16; 2]>,
    /// TTL or hop limit.
    pub ttl: u8,
    /// Its flow and which way it goes.
    pub flow: Option<(FlowId, Direction)>,
    /// How long its flow had been silent; nothing once that is noted.
    pub silence: Duration,
    /// A copy of an earlier packet (mirror port).
    pub duplicate: bool,
    /// Cut by the snap length.
    pub cut: bool,
    /// Networks inside networks so far.
    pub nested: u8,
    /// Bytes of the innermost payload that the wire had behind the captured ones (snap length).
    pub beyond: u32,
    /// Inside a packet that an ICMP error quotes: what it says is not traffic.
    pub quoted: bool,
    /// What is read is the payload of a datagram that an error quotes: it has a line of its own all the same.
    pub delivered: bool,
    /// Layers are part of the layer before.
    pub inside: bool,
    /// The innermost network payload was put together from fragments.
    pub defragmented: bool,
    /// Streams within the connection's own that what is read stands in.
    pub within: u8,
}

/// The context of one packet.
pub struct Ctx<'a> {
    /// What the door knows of it.
    pub meta: PacketMeta,
    /// What its layers have said.
    pub packet: PacketState,
    pub(crate) core: &'a mut Core,
    pub(crate) sink: &'a mut dyn FieldSink,
    pub(crate) describing: bool,
    pub(crate) known: Option<&'a Facts>,
    pub(crate) body_sink: Option<&'a mut dyn BodySink>,
    /// A dissector gave its flow away: to a protocol, or to recognition.
    pub(crate) handed_over: Option<Option<&'static Protocol>>,
}

impl<'a> Ctx<'a> {
    /// Are fields of this protocol wanted? For fields that are described after their layer was closed.
    #[must_use]
    pub fn describes(&self, protocol: &'static Protocol) -> bool {
        self.describing && self.sink.wants(&protocol.info)
    }

    /// A field with children begins; end it with [`Ctx::close`].
    pub fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.sink.open(field, value, range);
    }

    /// A field without children. Only call it where [`Ctx::layer`] said `true`.
    pub fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.sink.field(field, value, range);
    }

    /// A field whose value is the big-endian number at `at`; nothing where the bytes are missing.
    pub fn number(&mut self, field: &'static Field, data: Data<'_>, at: usize, len: usize) {
        if let Some(n) = data.number(at, len) {
            self.sink
                .field(field, Value::Uint(n), data.range(at, at + len));
        }
    }

    /// A flag: the bits of `mask` in the big-endian number at `at`.
    pub fn flag(
        &mut self,
        field: &'static Field,
        data: Data<'_>,
        at: usize,
        len: usize,
        mask: u64,
    ) {
        if let Some(n) = data.number(at, len) {
            self.sink
                .field(field, Value::Bool(n & mask != 0), data.range(at, at + len));
        }
    }

    /// The bits of `mask` in the big-endian number at `at`, shifted down.
    pub fn bits(
        &mut self,
        field: &'static Field,
        data: Data<'_>,
        at: usize,
        len: usize,
        mask: u64,
    ) {
        if let Some(n) = data.number(at, len) {
            let value = (n & mask) >> mask.trailing_zeros().min(63);
            self.sink
                .field(field, Value::Uint(value), data.range(at, at + len));
        }
    }

    /// The bytes `from..to`, where there are any.
    pub fn bytes(&mut self, field: &'static Field, data: Data<'_>, from: usize, to: usize) {
        let part = data.sub(from, to);
        if !part.is_empty() {
            self.sink.field(field, Value::Bytes(part.bytes), part.all());
        }
    }

    /// Something computed, not read.
    pub fn computed(&mut self, field: &'static Field, value: Value<'_>) {
        self.sink.field(field, value, ByteRange::GENERATED);
    }

    /// Ends the innermost layer or open field.
    pub fn close(&mut self) {
        self.sink.close();
    }

    /// The Info column: of an error, what it says, not what it quotes. Cheap when nobody looks.
    pub fn info(&mut self, text: fmt::Arguments<'_>) {
        if self.describing && !self.packet.quoted {
            self.sink.info(text);
        }
    }

    /// Names a further buffer for ranges. Cheap when nobody looks.
    pub fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId {
        if self.describing {
            self.sink.source(name, bytes)
        } else {
            SourceId(0)
        }
    }

    /// Hands the bytes to the protocol registered under a key, or shows them as `data`.
    pub fn next(&mut self, key: Over, data: Data<'_>) {
        if let Over::IpProto(proto) = key
            && let Some(kind) = Tunnels::kind(proto)
        {
            self.carries(kind, data.len() as u64);
        }
        match registry().over(key).and_then(|p| p.datagram) {
            Some(dissect) => dissect(self, data),
            None => self.unknown(data),
        }
    }

    /// The packet carries a network inside the one whose addresses it has now.
    fn carries(&mut self, kind: &'static str, bytes: u64) {
        let Some(ends) = self.packet.addresses.filter(|_| !self.core.muted) else {
            return;
        };
        let (packet, time) = (self.meta.packet, self.meta.time);
        let all = &mut self.core.facts.tunnels;
        let quoted = self.packet.quoted || self.packet.duplicate;
        if !quoted && !all.saw(kind, (ends.src, ends.dst), bytes, packet, time) {
            self.limit(&MANY_TUNNELS);
        }
    }

    /// One more network inside the packet; `false` when there are too many.
    pub fn nest(&mut self) -> bool {
        let room = self.packet.nested < NESTED && self.packet.layers.len() < LAYERS;
        if room {
            self.packet.nested += 1;
        } else {
            self.limit(&NESTS);
        }
        room
    }

    /// Bytes of no known protocol.
    pub fn unknown(&mut self, data: Data<'_>) {
        if !data.is_empty() {
            crate::protocols::data::dissect(self, data);
        }
    }

    /// A layer ended early: a cut packet is truncated, any other malformed.
    pub fn short(&mut self) {
        if !self.packet.cut {
            self.anomaly_as(
                &MALFORMED,
                format_args!("Malformed Packet (Exception occurred)"),
            );
        }
    }

    /// Something ordinary that is worth a word (a connection begins): shown with the packet, no anomaly and no
    /// fact. Cheap when nobody looks.
    pub fn remark(&mut self, kind: &'static AnomalyKind, text: fmt::Arguments<'_>) {
        if self.describing {
            crate::protocols::expert::describe(self, None, kind, Some(text));
        }
    }

    /// The same, said by another layer than the innermost.
    pub(crate) fn remark_of(&mut self, by: &'static Protocol, kind: &'static AnomalyKind) {
        if self.describing {
            crate::protocols::expert::describe(self, Some(by), kind, None);
        }
    }

    /// Something against a specification.
    pub fn anomaly(&mut self, kind: &'static AnomalyKind) {
        self.raise(kind, None);
    }

    /// The same, where the packet is described with figures in the words.
    pub fn anomaly_as(&mut self, kind: &'static AnomalyKind, text: fmt::Arguments<'_>) {
        self.raise(kind, Some(text));
    }

    fn raise(&mut self, kind: &'static AnomalyKind, text: Option<fmt::Arguments<'_>>) {
        if self.describing {
            crate::protocols::expert::describe(self, None, kind, text);
        }
        if self.core.muted || self.packet.duplicate {
            return;
        }
        let row = Anomaly {
            kind,
            packet: self.meta.packet,
            flow: self.packet.flow.map(|f| f.0),
        };
        if !self.core.facts.anomalies.push(row) {
            self.core
                .facts
                .limits
                .hit(&MANY_ANOMALIES, Some(self.meta.packet));
        }
    }

    /// A bound was hit.
    pub fn limit(&mut self, kind: &'static LimitKind) {
        if !self.core.muted {
            self.core.facts.limits.hit(kind, Some(self.meta.packet));
        }
    }

    /// The meta of a message of this packet's flow that began with `first` and is complete now.
    #[must_use]
    pub fn message(&self, direction: Direction, first: (PacketRef, Timestamp)) -> MessageMeta {
        MessageMeta {
            flow: self.packet.flow.map(|f| f.0),
            direction,
            first: first.0,
            last: self.meta.packet,
            time: first.1,
            end: self.meta.time,
            duplicate: self.packet.duplicate,
        }
    }

    /// The meta of a message that this packet alone carries.
    #[must_use]
    pub fn whole_message(&self) -> MessageMeta {
        let direction = self.packet.flow.map_or(Direction::Forward, |f| f.1);
        self.message(direction, (self.meta.packet, self.meta.time))
    }

    /// Reports a message; its row, or `None` where rows are not kept (replay, budget).
    pub fn emit<T: Message>(&mut self, row: T) -> Option<u32> {
        debug_assert!(
            T::protocol()
                .logs
                .iter()
                .any(|l| std::ptr::eq(l.columns(), T::columns())),
            "{:?} emits rows that its `logs` do not list",
            T::protocol()
        );
        if self.core.muted {
            return None;
        }
        if self.core.facts.messages.heap() > Core::MESSAGES {
            self.limit(&ROWS);
            return None;
        }
        Some(self.core.facts.messages.push(row))
    }

    /// Changes a row reported earlier. It must not be one of before the last end of capture.
    pub fn update<T: Message>(&mut self, row: Option<u32>, change: impl FnOnce(&mut T)) {
        if let Some(n) = row.filter(|_| !self.core.muted) {
            self.core.facts.messages.change(n, change);
        }
    }

    /// Facts of the whole chain where they are known (filters and details after the load), else those so far.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.known.unwrap_or(&self.core.facts)
    }

    /// Are the facts those of the whole chain, so that what is not there will not come?
    #[must_use]
    pub fn knows_later(&self) -> bool {
        self.known.is_some() || self.core.replay
    }

    /// Relates two packets.
    pub fn link(&mut self, kind: LinkKind, from: PacketRef, to: PacketRef, key: u32) {
        if !self.core.muted
            && !self.core.facts.links.push(Link {
                from,
                to,
                kind,
                key,
            })
        {
            self.limit(&MANY_LINKS);
        }
    }

    /// A message of this packet's flow that began in `first`: complete with the packet being read, or (not
    /// `whole`) never completed.
    pub fn spans(&mut self, direction: Direction, first: PacketRef, whole: bool) {
        self.span(direction, first, whole, false);
    }

    /// A message that began in `first` and is complete because its stream ended with the packet being read.
    pub fn spans_to_end(&mut self, direction: Direction, first: PacketRef) {
        self.span(direction, first, true, true);
    }

    fn span(&mut self, direction: Direction, first: PacketRef, whole: bool, to_end: bool) {
        let last = self.meta.packet;
        // Segments carry what TLS sealed; which records carry a message within is another matter.
        let carried = !self.core.muted && self.packet.within == 0;
        let Some((flow, _)) = self.packet.flow.filter(|_| carried) else {
            return;
        };
        if (first == last && whole) || first > last {
            return;
        }
        let span = Span {
            flow,
            direction,
            last,
            first,
            whole,
            to_end,
        };
        if !self.core.facts.spans.push(span) {
            self.limit(&MANY_SPANS);
        }
    }

    /// The packet that the current one leads to (an answer, a completing packet), by kind and key.
    #[must_use]
    pub fn linked_to(&self, kind: LinkKind, key: u32) -> Option<PacketRef> {
        self.facts()
            .links
            .from(self.meta.packet, kind)
            .find(|l| l.key == key)
            .map(|l| l.to)
    }

    /// The packet that led to the current one.
    #[must_use]
    pub fn linked_from(&self, kind: LinkKind, key: u32) -> Option<PacketRef> {
        self.facts()
            .links
            .to(self.meta.packet, kind)
            .find(|l| l.key == key)
            .map(|l| l.from)
    }

    /// `mac` sent as `ip` (`announced`: and said so itself).
    pub fn bind(&mut self, mac: Mac, ip: IpAddr, announced: bool) {
        let ttl = if announced { 0 } else { self.packet.ttl };
        let (packet, time) = (self.meta.packet, self.meta.time);
        let bindings = &mut self.core.facts.bindings;
        if !self.core.muted && !bindings.saw(mac, ip, packet, time, announced, ttl) {
            self.limit(&MANY_BINDINGS);
        }
    }

    /// A network packet begins: notes who sent it, and whether it is a copy of one seen just before.
    pub(crate) fn saw_network(&mut self, data: Data<'_>, src: IpAddr) {
        if self.packet.quoted {
            return;
        }
        if self.packet.nested == 1 {
            let packet = self.meta.packet;
            if self.core.muted {
                self.packet.duplicate = self.core.facts.copies.contains(packet);
            } else {
                let way = Way {
                    macs: self.packet.macs,
                    vlans: &self.packet.vlans,
                    ttl: self.packet.ttl,
                };
                self.packet.duplicate = self.core.recent.is_copy(data, way, self.meta.time);
                if self.packet.duplicate {
                    self.core.facts.copies.add(packet);
                    if self.core.recent.looped {
                        self.core.facts.quality.looped.add(packet);
                    }
                }
            }
        }
        if let Some((mac, _)) = self.packet.macs.filter(|_| self.packet.nested == 1) {
            self.bind(mac, src, false);
        }
    }

    /// Reads what an ICMP error quotes: described, but no traffic.
    pub(crate) fn quote(&mut self, key: Over, data: Data<'_>) {
        let (addresses, ports, transport, flow, ttl, beyond) = (
            self.packet.addresses,
            self.packet.ports,
            self.packet.transport,
            self.packet.flow,
            self.packet.ttl,
            self.packet.beyond,
        );
        let (muted, quoted) = (self.core.muted, self.packet.quoted);
        self.core.muted = true;
        self.packet.quoted = true;
        if self.describing {
            self.sink.quoted(true);
        }
        self.next(key, data);
        if self.describing {
            self.sink.quoted(quoted);
        }
        self.core.muted = muted;
        self.packet.quoted = quoted;
        self.packet.addresses = addresses;
        self.packet.ports = ports;
        self.packet.transport = transport;
        self.packet.flow = flow;
        self.packet.ttl = ttl;
        self.packet.beyond = beyond;
    }

    /// As [`Ctx::quote`], of a packet of which `beyond` more bytes were on another wire.
    pub(crate) fn quote_cut(&mut self, key: Over, data: Data<'_>, beyond: u32) {
        let before = std::mem::replace(&mut self.packet.beyond, beyond);
        self.quote(key, data);
        self.packet.beyond = before;
    }

    /// The keys of the conversation whose client's hello has this random. That they were looked for is noted, so
    /// that keys that come late are known to matter.
    pub(crate) fn keys(&mut self, random: &[u8; 32]) -> Option<Rc<Keys>> {
        if !self.core.muted
            && let Some(first) = random.first_chunk()
        {
            self.core.asked.insert(*first);
        }
        self.core.options.secrets.of(random)
    }

    /// The master secret of a session, by the id that its server gave it.
    pub(crate) fn session_key(&self, id: &[u8]) -> Option<Secret> {
        self.core.options.secrets.of_session(id)
    }

    /// A session's id or ticket, with the master secret that whoever goes on with it has.
    pub(crate) fn learn_session(&mut self, id: &[u8], master: Secret) {
        if self.core.muted {
            return;
        }
        if let Some(name) = SessionName::of(id)
            && !self.core.sessions.learn(name, master)
        {
            self.limit(&MANY_SESSIONS);
        }
    }

    /// The master secret of a session that this packet's flow goes on with, by its id or its ticket.
    pub(crate) fn resumed_session(&mut self, names: [Option<SessionName>; 2]) -> Option<Secret> {
        let (flow, _) = self.packet.flow?;
        if self.core.muted {
            return self.core.sessions.adopted(flow);
        }
        self.core.sessions.adopt(flow, names)
    }

    /// Are there keys for any conversation at all?
    pub(crate) fn has_secrets(&self) -> bool {
        !self.core.options.secrets.is_empty()
    }

    /// Announces a flow to come.
    pub fn expect(&mut self, e: Expectation) {
        if !self.core.muted && !self.core.expectations.push(e) {
            self.limit(&crate::flow::TOO_MANY_EXPECTED);
        }
    }

    /// The flow from here on, both directions, is this protocol's (STARTTLS), or is recognised anew (CONNECT).
    /// Takes effect after what the caller returns as consumed.
    pub fn hand_over(&mut self, to: Option<&'static Protocol>) {
        self.handed_over = Some(to);
    }

    /// The flow's record.
    #[must_use]
    pub fn flow(&self) -> Option<&Flow> {
        self.packet
            .flow
            .and_then(|(id, _)| self.core.facts.flow(id))
    }

    /// Changes the flow's record (not while replaying).
    pub fn flow_record(&mut self, change: impl FnOnce(&mut Flow)) {
        if let Some((id, _)) = self.packet.flow.filter(|_| !self.core.muted)
            && let Some(flow) = self.core.facts.flows.get_mut(id.0 as usize)
        {
            change(flow);
        }
    }

    /// State of type `T` that the flow keeps between its packets. Not from inside a stream dissector:
    /// that has its own state.
    pub fn flow_state<T: FlowState + Default, R>(
        &mut self,
        with: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let (id, _) = self.packet.flow?;
        let mut live = self.take_live(id)?;
        let out = with(live.states.get::<T>());
        self.put_live(id, live);
        Some(out)
    }

    /// State of type `T` that the whole chain keeps (what one flow tells about another). `None` while replaying.
    pub(crate) fn chain_state<T: FlowState + Default, R: Into<Option<U>>, U>(
        &mut self,
        with: impl FnOnce(&mut T) -> R,
    ) -> Option<U> {
        if self.core.muted {
            return None;
        }
        with(self.core.chain.get::<T>()).into()
    }

    /// The place of the artifact kept last; `None` while replaying, and where there was no room for it.
    pub(crate) fn last_artifact(&self) -> Option<u32> {
        let last = self.core.facts.artifacts.len().checked_sub(1)?;
        let none = self.core.muted || self.core.refused;
        u32::try_from(last).ok().filter(|_| !none)
    }

    /// The artifacts at these places were carried by the message at `row`.
    pub(crate) fn carried_by(&mut self, artifacts: &[u32], row: Option<u32>) {
        for place in artifacts {
            let artifact = self.core.facts.artifacts.get_mut(*place as usize);
            if let Some(artifact) = artifact.filter(|_| !self.core.muted) {
                artifact.message = row;
            }
        }
    }

    /// Who wants bodies, if anybody does.
    pub(crate) fn bodies(&mut self) -> Option<&mut (dyn BodySink + 'a)> {
        self.body_sink.as_deref_mut()
    }

    /// Names an artifact and keeps it.
    pub(crate) fn keep_artifact(&mut self, mut artifact: Artifact) -> ArtifactId {
        let packet = self.meta.packet;
        if self.core.muted {
            return ArtifactId { packet, ordinal: 0 };
        }
        let list = &self.core.facts.artifacts;
        let before = list.last().filter(|a| a.id.packet == packet);
        let ordinal = before.map_or(Some(0), |a| a.id.ordinal.checked_add(1));
        let heap = artifact.heap();
        let room = self.core.artifacts.saturating_add(heap) <= Core::ARTIFACTS;
        let Some(ordinal) = ordinal.filter(|_| room) else {
            self.core.refused = true;
            self.limit(&MANY_ARTIFACTS);
            return ArtifactId { packet, ordinal: 0 };
        };
        debug_assert!(
            artifact.protocol.files,
            "{:?} has files and does not say so",
            artifact.protocol
        );
        self.core.refused = false;
        self.core.artifacts += heap;
        artifact.id = ArtifactId { packet, ordinal };
        let id = artifact.id;
        self.core.facts.artifacts.push(artifact);
        id
    }

    pub(crate) fn take_live(&mut self, id: FlowId) -> Option<Box<Live>> {
        self.core.live.get_mut(id.0 as usize).and_then(Option::take)
    }

    pub(crate) fn put_live(&mut self, id: FlowId, live: Box<Live>) {
        if let Some(slot) = self.core.live.get_mut(id.0 as usize) {
            *slot = Some(live);
        }
    }

    /// Runs `what` as if the flow's last packet were being read, describing nothing.
    pub(crate) fn as_of_last_packet(&mut self, id: FlowId, what: impl FnOnce(&mut Self)) {
        let Some((last, ended)) = self.core.facts.flow(id).map(|f| (f.last, f.ended)) else {
            return;
        };
        let (meta, flow, duplicate) = (self.meta, self.packet.flow, self.packet.duplicate);
        self.meta.packet = last;
        self.meta.time = ended;
        self.packet.flow = Some((id, Direction::Forward));
        self.packet.duplicate = false;
        self.aside(what);
        self.meta = meta;
        self.packet.flow = flow;
        self.packet.duplicate = duplicate;
    }

    /// Runs `what` without a word of it in the packet being read: no fields, no layers.
    pub(crate) fn aside(&mut self, what: impl FnOnce(&mut Self)) {
        let describing = std::mem::replace(&mut self.describing, false);
        let layers = std::mem::take(&mut self.packet.layers);
        let marks = std::mem::take(&mut self.packet.marks);
        what(self);
        self.describing = describing;
        self.packet.layers = layers;
        self.packet.marks = marks;
    }
}
