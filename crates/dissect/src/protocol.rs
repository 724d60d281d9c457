//! What a protocol is: one static that names its parents, fields, probe and dissectors.

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::{Chunk, Data};
use crate::facts::{Column, Message};
use crate::registry::ProtocolId;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use weir_model::{Field, LayerInfo};

/// How loud an anomaly is; Wireshark's expert severities.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Ordinary but worth a word.
    Chat,
    /// Unusual.
    Note,
    /// Wrong.
    Warn,
    /// Broken.
    Error,
}

/// Transport of a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transport {
    /// RFC 9293.
    Tcp,
    /// RFC 768.
    Udp,
}

impl Transport {
    /// `tcp` or `udp`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// The parent's key under which a protocol is found: the child names it, the parent is never edited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Over {
    /// LINKTYPE_ number of the capture's interface.
    LinkType(u32),
    /// Ethernet type.
    EtherType(u16),
    /// Destination point of IEEE 802.2 link control.
    Llc(u8),
    /// Type in SNAP under Cisco's organisation code.
    CiscoPid(u16),
    /// IP protocol or IPv6 next header.
    IpProto(u8),
    /// A registered TCP port: a hint, content goes before it.
    TcpPort(u16),
    /// A registered UDP port: a hint.
    UdpPort(u16),
    /// A registered TCP port where TLS carries it, opened with keys: a hint as well.
    TlsPort(u16),
    /// The name by which both ends of TLS agree on it (RFC 7301).
    Alpn(&'static str),
    /// Only by its probe, over this transport.
    Heuristic(Transport),
}

/// Which way a packet of a flow goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// From the side that opened the flow, as far as can be seen ([`crate::flow::Sender`]).
    Forward,
    /// From the other side.
    Backward,
}

impl Direction {
    /// 0 or 1, for two-element arrays.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Forward => 0,
            Self::Backward => 1,
        }
    }

    /// The other way.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// What a probe says of a flow's first bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Certainty {
    /// Not this protocol.
    No,
    /// Too few bytes to tell.
    More,
    /// Looks like it: loses against a registered port.
    Unsure,
    /// Cannot be anything else: wins against a registered port.
    Certain,
}

/// What a probe may look at.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// First contiguous bytes of this direction, at most 4 KiB; one datagram for UDP.
    pub bytes: &'a [u8],
    /// Which way they went.
    pub direction: Direction,
    /// Port of who sent them and of who gets them.
    pub ports: (u16, u16),
    /// Transport.
    pub transport: Transport,
    /// Was the start of the stream seen (SYN)?
    pub from_start: bool,
}

/// What a stream dissector did with a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// So many bytes are done with. Fewer than the chunk holds: it is called again with the
    /// rest at once; 0 means it waits for any further byte.
    Consumed(usize),
    /// Nothing done: call again when the chunk holds at least this many bytes.
    Need(usize),
    /// This is not my protocol after all: the flow is unknown from here on.
    NotMine,
    /// I can read nothing more of this direction (encrypted, out of sync): its bytes are only counted.
    Opaque,
}

/// How a direction ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Close {
    /// FIN, and every byte before it was delivered.
    Fin,
    /// RST by either side.
    Reset,
    /// The capture (or chain) ended, or the flow was replaced by a new one on the same ports.
    End,
}

/// What a stream dissector is started with.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Given by whoever expected this flow ([`Ctx::expect`]); 0 otherwise.
    pub token: u64,
    /// Was the start of both directions seen?
    pub from_start: bool,
    /// Server port (the port of the side that did not open the flow).
    pub server_port: u16,
    /// The side that opened it.
    pub client: IpAddr,
    /// The other side.
    pub server: IpAddr,
    /// What comes was within another protocol's stream, which was opened: TLS.
    pub opened: bool,
}

/// Reads one flow's two streams. Bytes are contiguous, in order, each offered until consumed;
/// the first copy of a byte wins. Everything it keeps must be bounded. It is cloned for checkpoints.
pub trait StreamDissector {
    /// Unconsumed bytes of a direction, after the last consumed one.
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress;
    /// `len` bytes at `offset` are not in the capture; what was offered and not consumed before them
    /// is lost too. `false`: cannot go on, treat this direction as opaque.
    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, offset: u64, len: u64) -> bool;
    /// The snap length cut what it waits for: these bytes of it are in the capture, and a gap follows.
    fn cut(&mut self, _: &mut Ctx<'_>, _: Direction, _: &Chunk<'_>) {}
    /// No more bytes of this direction will come. Called once a direction.
    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close);
    /// Does it tell itself which packets carry a message ([`Ctx::spans`])? Otherwise what it waits for and
    /// then consumes is taken for one.
    fn tells_spans(&self) -> bool {
        false
    }
    /// Stream bytes that it keeps, roughly: counted with what all flows hold, and dropped with the dissector
    /// when that is too much.
    fn held(&self) -> usize;
    /// A copy with the same state.
    fn box_clone(&self) -> Box<dyn StreamDissector>;
}

/// A table of a protocol's messages, for whoever lists them without having any.
#[derive(Clone, Copy)]
pub struct Log(fn() -> &'static [Column]);

impl Log {
    /// The table of this row type.
    #[must_use]
    pub const fn of<T: Message>() -> Self {
        Self(T::columns)
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &'static [Column] {
        (self.0)()
    }
}

/// A protocol: everything the tree, the filter, completion, recognition and the reference page need.
pub struct Protocol {
    /// Filter name, title, Protocol column.
    pub info: LayerInfo,
    /// Where it is defined.
    pub spec: &'static str,
    /// Its parents' keys.
    pub over: &'static [Over],
    /// Its fields.
    pub fields: &'static [&'static Field],
    /// What it can raise.
    pub anomalies: &'static [&'static AnomalyKind],
    /// Its messages: every row type that it emits.
    pub logs: &'static [Log],
    /// Are files found in it?
    pub files: bool,
    /// Recognition by content.
    pub probe: Option<fn(&Probe<'_>) -> Certainty>,
    /// Is this certainly its beginning? Asked of segments of a stream that nobody reads: another protocol may
    /// have made way for this one (STARTTLS, a proxy).
    pub begins: Option<fn(&[u8]) -> bool>,
    /// As a layer or a datagram's payload.
    pub datagram: Option<fn(&mut Ctx<'_>, Data<'_>)>,
    /// Its datagrams carry whole packets of other flows. Times within its own flow are not described: a packet
    /// is replayed with the innermost flow alone.
    pub tunnel: bool,
    /// Wireshark opens a conversation anew where it first reads this in one, so the flow has another stream number from
    /// its second packet on, and in the end for all of them.
    pub renumbered: bool,
    /// It is part of the layer before: it stands in the list of layers, and in Wireshark its line, where it has
    /// one, stands within its parent's. The protocol hierarchy does not count it.
    pub inner: bool,
    /// Over a stream.
    pub stream: Option<fn(Start) -> Box<dyn StreamDissector>>,
    /// Its place in the registry, written once when that is built.
    pub(crate) place: AtomicU16,
    /// A capture of it, and what is read of that.
    #[cfg(test)]
    pub(crate) sample: Option<crate::golden::Sample>,
}

impl Protocol {
    /// A protocol with names only; the rest is set with struct update syntax.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str, column: &'static str) -> Self {
        Self {
            info: LayerInfo {
                name,
                title,
                column,
            },
            spec: "",
            over: &[],
            fields: &[],
            anomalies: &[],
            logs: &[],
            files: false,
            probe: None,
            begins: None,
            datagram: None,
            tunnel: false,
            renumbered: false,
            inner: false,
            stream: None,
            place: AtomicU16::new(u16::MAX),
            #[cfg(test)]
            sample: None,
        }
    }
}

impl Protocol {
    /// Its place in the registry.
    #[must_use]
    pub fn id(&self) -> ProtocolId {
        let place = self.place.load(Ordering::Relaxed);
        if place == u16::MAX {
            crate::registry::registry();
        }
        ProtocolId(self.place.load(Ordering::Relaxed))
    }
}

impl std::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.info.name)
    }
}
