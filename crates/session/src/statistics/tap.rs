//! A packet's described fields, sorted into the tables: what index and flow record did not tell.

use super::service::Service;
use super::talk::{Talk, Unknown};
use super::{Tables, Wanted};
use crate::index::PacketEntry;
use std::net::IpAddr;
use weir_analyze::statistics::{End, Way};
use weir_model::{
    ByteRange, CaptureId, Duration, Field, FieldSink, LayerInfo, Mac, PacketRef, SourceId,
    Timestamp, Value,
};

/// Something open in the tree of the packet at hand.
enum Open {
    Talk(Talk),
    Service(&'static Service),
    Expert,
    Other,
}

/// Sorts a described packet's fields into the tables.
pub(super) struct Tap {
    pub(super) wanted: Wanted,
    pub(super) tables: Tables,
    /// Of the packet at hand, headers of each kind that index and flow record do not tell.
    unknown: Unknown,
    pub(super) packet: PacketRef,
    pub(super) wire: u64,
    pub(super) time: Timestamp,
    quoted: bool,
    open: Vec<Open>,
    macs: (Option<Mac>, Option<Mac>),
    /// Of the innermost network so far.
    addresses: (Option<IpAddr>, Option<IpAddr>),
    ports: (Option<u16>, Option<u16>),
    pub(super) stream: Option<(CaptureId, u32)>,
    took: Option<Duration>,
    procedure: String,
    severity: &'static str,
    group: String,
    protocol: String,
    message: String,
}

impl Tap {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            tables: Tables::default(),
            unknown: Unknown::default(),
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

    /// A packet is described from now on, of which `unknown` was not told by index and flow record.
    pub(super) fn begin(&mut self, packet: PacketRef, entry: &PacketEntry, unknown: Unknown) {
        self.unknown = unknown;
        self.packet = packet;
        self.wire = u64::from(entry.wire);
        self.time = entry.time;
        self.quoted = false;
        self.open.clear();
        self.macs = (None, None);
        self.addresses = (None, None);
        self.ports = (None, None);
        self.stream = None;
    }

    fn unknown(&self, talk: Talk) -> bool {
        self.unknown[talk as usize] > 0
    }

    pub(super) fn count(&mut self, talk: Talk, from: End, to: End) {
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
        self.unknown[talk as usize] -= 1;
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
